"""State's entries under the addresses that `moved` blocks give them, before anything is compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    """Return state's entries the addresses that `moved` blocks tell; moves that follow each other are one way.

    A move whose source state does not know changes nothing; when state knows both ends it is an error, since one of
    the two would be lost. What is part of a moved entry goes with it, and what depends on one depends on its new address.
    """
    if not catalog.moved:
        return Relocated(recorded, {}, ())
    placed = dict(recorded)
    problems: list[Diagnostic] = []
    moved: dict[Address, Address] = {}
    for move in _first_steps_first(catalog.moved):
        if move.source not in placed:
            continue
        if crosses(move):
            problems.append(across(move, catalog))
            continue
        if move.target in placed:
            detail = f"{move.source} shall move to {move.target}, but state holds both, so one of them would be lost."
            hint = "Take the move out: it is over, or never was meant."
            place = catalog.place(move.origin)
            problem = error("move-conflict", "A move onto an address that is taken", detail, hint, address=str(move.target)).at(place)
            problems.append(problem)
            continue
        for source, target in ((move.source, move.target), *_parts(placed, move)):
            placed[target] = replace(placed.pop(source), address=target)
            moved = {first: target if last == source else last for first, last in moved.items()} | {source: target}
    if moved:
        for address, have in placed.items():
            if not moved.keys().isdisjoint(have.dependencies):
                placed[address] = replace(have, dependencies=tuple(moved.get(needed, needed) for needed in have.dependencies))
    return Relocated(placed, {source: target for source, target in moved.items() if source in recorded}, tuple(problems))


def leading_nowhere(recorded: Mapping[Address, Recorded], catalog: Catalog) -> Iterator[Diagnostic]:
    """Find moves of recorded entries to where nothing wants them: no title, no further move, no block that gives them up.

    Shapes:  `recorded` has not been relocated. A move that is over is none of these: what it led to may be gone since.
    """
    wanted = {*catalog.resources, *(move.source for move in catalog.moved), *(removal.address for removal in catalog.removed)}
    held = {*recorded}
    for move in _first_steps_first(catalog.moved):
        if move.source not in held:
            continue
        held.add(move.target)
        if move.target not in wanted:
            detail = f"{move.source} shall move to {move.target}, which no title declares: it would be deleted there at once."
            hint = "Correct the move, or say what shall become of it:\n" + f"removed: [{{address: {move.target}, destroy: false}}]"
            place = catalog.place(move.origin.at("to"))
            yield error("move-undeclared", "A move to nowhere", detail, hint, address=str(move.target)).at(place)


def crosses(move: Move) -> bool:
    """Return whether a move would make an object one of another account or of another kind."""
    return (move.source.account, move.source.type) != (move.target.account, move.target.type)


def across(move: Move, catalog: Catalog) -> Diagnostic:
    """Say that no object can make such a move."""
    detail = f"{move.source} shall move to {move.target}, but an object stays in its store and of its kind."
    place = catalog.place(move.origin.at("to"))
    return error("move-conflict", "A move to another account or type", detail, address=str(move.target)).at(place)


def _parts(placed: Mapping[Address, Recorded], move: Move) -> list[tuple[Address, Address]]:
    """List where the parts of an object that moves go: with it, unless their place is taken or they have moved by themselves."""
    owner = placed[move.source]
    along: list[tuple[Address, Address]] = []
    for address, have in placed.items():
        kind = have.type
        if not kind.owner or have.attributes.get(kind.owner) != owner.id or address.account != move.source.account:
            continue
        if address == move.source or (address.title, address.edition) != (move.source.title, move.source.edition):
            continue  # a facet has the id of what it is a part of
        target = replace(address, title=move.target.title, edition=move.target.edition)
        if target not in placed:
            along.append((address, target))
    return along


def _first_steps_first(moves: tuple[Move, ...]) -> Iterable[Move]:
    """Order moves so that `a → b` comes before `b → c`, whatever files they are in; a circle keeps the order of the files."""
    by_source = {move.source: move for move in moves}
    by_target: dict[Address, list[Move]] = {}
    for move in moves:
        by_target.setdefault(move.target, []).append(move)
    leading_to = {move: by_target.get(move.source, []) for move in by_source.values()}
    try:
        return list(TopologicalSorter(leading_to).static_order())
    except CycleError:
        return moves
