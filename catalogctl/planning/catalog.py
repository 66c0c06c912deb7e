"""Everything the files want, ready to be compared: resources, and what was said about moving, releasing and importing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from catalogctl.model.address import Address
from catalogctl.model.blocks import Import, Move, Removal
from catalogctl.model.diagnostics import Diagnostic, SourceRange
from catalogctl.model.resource import Resource
from catalogctl.model.title import Origin

__all__ = ["Catalog", "Import", "Move", "Removal"]


def nowhere(_: Origin) -> SourceRange | None:
    """Give no place, for a catalog that did not come out of files."""
    return None


@dataclass(frozen=True, slots=True)
class Catalog:
    """What the files want of all accounts."""

    resources: Mapping[Address, Resource]
    moved: tuple[Move, ...] = ()
    removed: tuple[Removal, ...] = ()
    imports: tuple[Import, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    """Title id → its name, for people."""
    unheld: Callable[[Callable[[Address], bool]], tuple[Diagnostic, ...]] = field(default=lambda _: ())
    """Tells, account by account, which declared facts of the editions of some addresses the stores have no place for. Asked only for
    what is shown: where something was declared is found at a cost."""
    place: Callable[[Origin], SourceRange | None] = nowhere
    """Finds where something was declared, at the same cost: for problems only."""
