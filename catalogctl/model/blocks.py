"""What the files say about resources beside declaring them: that they moved, that they are given up, that they exist already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from catalogctl.model.address import Address
from catalogctl.model.title import Origin

ASKED_FOR: Final = Origin("", 0)
"""The origin of what is in no file: someone asked for it on the command line."""


@dataclass(frozen=True, slots=True)
class Move:
    """A resource that got another address."""

    source: Address
    target: Address
    origin: Origin


@dataclass(frozen=True, slots=True)
class Rename:
    """A title or an edition that got another name, on every account."""

    source: str
    """TITLE or TITLE.EDITION."""
    target: str
    origin: Origin

    def before(self, address: Address) -> Address | None:
        """Return where a resource of the new name was under the old one; `None` for a resource of another name."""
        title, _, edition = self.target.partition(".")
        if address.title != title or (edition and address.edition != edition):
            return None
        old_title, _, old_edition = self.source.partition(".")
        return replace(address, title=old_title, edition=old_edition or address.edition)

    def after(self, address: Address) -> Address | None:
        """Return where a resource of the old name is under the new one; `None` for a resource of another name."""
        return Rename(self.target, self.source, self.origin).before(address)

    @property
    def is_even(self) -> bool:
        """Whether a title becomes a title and an edition an edition."""
        return "/" not in self.source + self.target and ("." in self.source) is ("." in self.target)


@dataclass(frozen=True, slots=True)
class Removal:
    """An address that the files gave up on purpose."""

    address: Address
    destroy: bool
    """False: the object stays in the store and state forgets it."""
    origin: Origin


@dataclass(frozen=True, slots=True)
class Import:
    """An object that exists and shall be managed under an address from now on."""

    address: Address
    id: str
    origin: Origin
