"""What a plan is for, and which addresses it is about. Data: it can be saved and shown."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from catalogctl.model.address import Address, selector

_selector = lru_cache(maxsize=64)(selector)


class Purpose(Enum):
    """What a plan is for."""

    CONVERGE = "make the stores hold what the files say"
    DESTROY = "remove everything that is managed"
    REFRESH = "only take note of what the stores hold"
    REVERT = "put back what a run changed"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the catalog a plan is about, and how. Globs are as `selector` reads them."""

    purpose: Purpose = Purpose.CONVERGE
    targets: tuple[str, ...] = ()
    """Globs of what is selected; none select everything."""
    excludes: tuple[str, ...] = ()
    """Globs of what is not."""
    only: frozenset[Address] | None = None
    """The only addresses that are selected; `None`: all that the globs select."""
    replaces: tuple[str, ...] = ()
    """Globs of what is deleted and created again although nothing forces it."""
    replaced: frozenset[Address] = frozenset()
    """Addresses that are so."""

    def selects(self, address: Address) -> bool:
        """Return whether a plan is about an address."""
        if self.only is not None and address not in self.only:
            return False
        if self.targets and not _selector(self.targets)(address):
            return False
        return not self.excludes or not _selector(self.excludes)(address)

    @property
    def is_narrowed(self) -> bool:
        """Return whether globs select a part alone."""
        return bool(self.targets or self.excludes)

    @property
    def options(self) -> str:
        """What narrows a command to this scope, as it is typed, with a blank before each option; empty where nothing does."""
        words = [("--target", glob) for glob in self.targets] + [("--exclude", glob) for glob in self.excludes]
        return "".join(f" {flag} {shlex.quote(glob)}" for flag, glob in words)

    def requests_replace(self, address: Address) -> bool:
        """Return whether an object is replaced although nothing forces it."""
        return address in self.replaced or (bool(self.replaces) and _selector(self.replaces)(address))

    def within(self, addresses: Iterable[Address]) -> Scope:
        """Return the part of this scope that is among some addresses."""
        chosen = frozenset(addresses)
        return replace(self, only=chosen if self.only is None else chosen & self.only)
