"""State's entries under the addresses that `moved` blocks give them, before anything is compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic, error
from catalogctl.model.resource import Recorded
from catalogctl.planning.catalog import Catalog, Move


@dataclass(frozen=True, slots=True)
class Relocated:
    """State's entries where the files now have them."""

    recorded: Mapping[Address, Recorded]
    moved: Mapping[Address, Address]
    """Where each moved entry is recorded → where it belongs."""
    diagnostics: tuple[Diagnostic, ...]


def relocate(recorded: Mapping[Address, Recorded], catalog: Catalog) -> Relocated:
    """Give state's entries the addresses that `moved` blocks tell; moves that follow each other are one way.

    A move whose source state does not know changes nothing; when state knows both ends it is an error, since one of
    the two would be lost. What depends on a moved entry depends on its new address.
    """
    placed = dict(recorded)
    problems: list[Diagnostic] = []
    moved: dict[Address, Address] = {}
    for move in _first_steps_first(catalog.moved):
        if move.source not in placed:
            continue
        if (move.source.account, move.source.type) != (move.target.account, move.target.type):
            detail = f"{move.source} shall move to {move.target}, but an object stays in its store and of its kind."
            problems.append(error("move-conflict", "A move to another account or type", detail, address=str(move.target)))
            continue
        if move.target in placed:
            detail = f"{move.source} shall move to {move.target}, but state holds both, so one of them would be lost."
            problems.append(error("move-conflict", "A move onto an address that is taken", detail, address=str(move.target)))
            continue
        placed[move.target] = replace(placed.pop(move.source), address=move.target)
        moved = {source: move.target if target == move.source else target for source, target in moved.items()} | {move.source: move.target}
    if moved:
        for address, have in placed.items():
            if not moved.keys().isdisjoint(have.dependencies):
                placed[address] = replace(have, dependencies=tuple(moved.get(needed, needed) for needed in have.dependencies))
    return Relocated(placed, {source: target for source, target in moved.items() if source in recorded}, tuple(problems))


def _first_steps_first(moves: tuple[Move, ...]) -> Iterable[Move]:
    """Order moves so that `a → b` comes before `b → c`, whatever files they stand in; a circle keeps the order of the files."""
    by_source = {move.source: move for move in moves}
    leading_to = {move: [other for other in moves if other.target == move.source] for move in by_source.values()}
    try:
        return list(TopologicalSorter(leading_to).static_order())
    except CycleError:
        return moves
