"""How an account's key gets onto its requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from catalogctl.model.value import Secret
from catalogctl.provider.endpoint import Endpoint

if TYPE_CHECKING:
    from catalogctl.provider.answer import Answer


class SignIn(Protocol):
    """Sends what is needed to get a key for a session; a service gives it to its account's authentication."""

    async def __call__(self, endpoint: Endpoint, form: Mapping[str, Secret | str], /) -> Answer:
        """Send a form with nothing else on it.

        Raises:  as `ReadClient.get`.
        """
        ...


class Authentication(Protocol):
    """Puts an account's key on its requests."""

    @property
    def login(self) -> Endpoint | None:
        """What is sent to get a key for a session: the one request that a plan may send beside GET. `None` where there is none."""

    @property
    def refusals(self) -> frozenset[int]:
        """Statuses by which the service may say that it does not take the key (any more)."""

    async def headers(self, sign_in: SignIn) -> Mapping[str, Secret]:
        """Return the headers that carry the key."""
        ...

    async def renew(self, refused: Mapping[str, Secret]) -> bool:
        """Return up what was refused, if this service has something else to try; whether it is worth trying again."""
        ...


@dataclass(frozen=True, slots=True)
class FixedHeaders:
    """Authentication by a key that never changes."""

    fixed: Mapping[str, Secret]
    login: Endpoint | None = field(default=None, init=False)
    refusals: frozenset[int] = field(default=frozenset({401}), init=False)

    async def headers(self, sign_in: SignIn) -> Mapping[str, Secret]:  # noqa: ARG002 -- there is nothing to sign in to
        """Return the headers that carry the key."""
        return self.fixed

    async def renew(self, refused: Mapping[str, Secret]) -> bool:  # noqa: ARG002 -- there is no other key to try
        """There is no other key to try."""
        return False
