"""Everything the files want, ready to be compared: resources, and what was said about moving, releasing and importing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalogctl.model.address import Address
from catalogctl.model.blocks import Import, Move, Removal
from catalogctl.model.diagnostics import Diagnostic
from catalogctl.model.resource import Resource

__all__ = ["Catalog", "Import", "Move", "Removal"]


@dataclass(frozen=True, slots=True)
class Catalog:
    """What the files want of all accounts."""

    resources: Mapping[Address, Resource]
    moved: tuple[Move, ...] = ()
    removed: tuple[Removal, ...] = ()
    imports: tuple[Import, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    """Title id → its name, for people."""
    unheld: Mapping[str, Diagnostic] = field(default_factory=dict)
    """By account: the declared facts that its store has no place for, where that is to be told and not refused."""
