"""What the files say about resources beside declaring them: that they moved, that they are given up, that they exist already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from catalogctl.model.address import Address
from catalogctl.model.title import Origin

ASKED_FOR: Final = Origin("", 0)
"""The origin of what stands in no file: somebody asked for it on the command line."""


@dataclass(frozen=True, slots=True)
class Move:
    """A resource that got another address."""

    source: Address
    target: Address
    origin: Origin


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
