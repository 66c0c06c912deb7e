"""How an account's key gets onto its requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from catalogctl.model.value import Secret


class Authentication(Protocol):
    """Puts an account's key on its requests."""

    async def headers(self) -> Mapping[str, Secret]:
        """Give the headers that carry the key."""
        ...

    async def renew(self) -> bool:
        """Get a new key after a refusal, if this service has such a thing; whether it is worth trying again."""
        ...


@dataclass(frozen=True, slots=True)
class FixedHeaders:
    """Authentication by a key that never changes."""

    fixed: Mapping[str, Secret]

    async def headers(self) -> Mapping[str, Secret]:
        """Give the headers that carry the key."""
        return self.fixed

    async def renew(self) -> bool:
        """There is no other key to try."""
        return False
