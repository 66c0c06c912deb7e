"""What `moved`, `removed` and `import` blocks may not say, beside each other and beside what the files declare. Pure.

The rules are Terraform's. A block that has done its work stays valid: what it names need not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Final, TypeVar

from catalogctl.model.address import Address
from catalogctl.model.blocks import Import, Move, Removal
from catalogctl.model.diagnostics import Diagnostic, error
from catalogctl.model.title import Origin
from catalogctl.planning.blocks.relocate import across, crosses
from catalogctl.planning.catalog import Catalog

MOST_BLOCKS: Final = 10_000
"""Entries of all blocks together."""

_Block = TypeVar("_Block", Move, Import, Removal)


def among_themselves(catalog: Catalog, kinds: Mapping[str, Collection[str]]) -> Iterator[Diagnostic]:
    """List what is wrong with blocks whatever the files declare.

    Shapes:  `kinds` has the names of the resource types by account. Each problem has its place.
    """
    origins = [block.origin for blocks in (catalog.moved, catalog.removed, catalog.imports) for block in blocks]
    if len(origins) > MOST_BLOCKS:
        detail = (
            f"There are {len(origins):,} entries in `moved`, `removed` and `import` blocks; {MOST_BLOCKS:,} are looked at in bearable time."
        )
        hint = "Take out those that have done their work."
        yield error("too-many-blocks", "Too many blocks", detail, hint).at(catalog.place(origins[0]))
        return
    yield from _unknown(catalog, kinds)
    yield from _lone_moves(catalog, kinds)
    yield from _ambiguous_moves(catalog)
    yield from _circle(catalog)
    yield from _ambiguous_imports(catalog)
    yield from _ambiguous_removals(catalog)


def beside_titles(catalog: Catalog) -> Iterator[Diagnostic]:
    """List the blocks that give up an address which a title still declares; the catalog must be whole."""
    for move in catalog.moved:
        if move.source in catalog.resources and move.source != move.target:
            source, hint = catalog.place(move.origin.at("from")), _take_it_off(catalog, move.source)
            detail = f"{move.source} shall have moved to {move.target}, and it is still declared."
            yield error("move-source-declared", "What moved is still declared", detail, hint, address=str(move.source)).at(source)
    for removal in catalog.removed:
        if removal.address in catalog.resources:
            source, hint = catalog.place(removal.origin.at("address")), _take_it_off(catalog, removal.address)
            detail = f"{removal.address} shall no longer be managed, and it is still declared."
            yield error("removed-declared", "What was removed is still declared", detail, hint, address=str(removal.address)).at(source)


def _take_it_off(catalog: Catalog, address: Address) -> str:
    there = catalog.place(catalog.resources[address].origin)
    where = "" if there is None else f", at {there.path}:{there.line}"
    return f"Take the edition off {address.account}{where}, or take the block out."


def _unknown(catalog: Catalog, kinds: Mapping[str, Collection[str]]) -> Iterator[Diagnostic]:
    """Find addresses of an account or a type that there is none of: nothing can ever have been there, so they are misspelt."""
    named = [(address, move.origin.at(end)) for move in catalog.moved for end, address in (("from", move.source), ("to", move.target))]
    named += [(removal.address, removal.origin.at("address")) for removal in catalog.removed]
    named += [(entry.address, entry.origin.at("address")) for entry in catalog.imports]
    for address, origin in named:
        known = kinds.get(address.account)
        if known is None:
            what, hint = f"an account {address.account!r}", f"The accounts are: {', '.join(sorted(kinds))}."
        elif address.type not in known:
            what, hint = f"a type {address.type!r} on {address.account}", f"Its types are: {', '.join(sorted(known))}."
        else:
            continue
        detail = f"{address} names {what}, and there is none."
        yield error("block-address-unknown", "An address of nothing", detail, hint, address=str(address)).at(catalog.place(origin))


def _lone_moves(catalog: Catalog, kinds: Mapping[str, Collection[str]]) -> Iterator[Diagnostic]:
    for move in catalog.moved:
        if move.source == move.target:
            source = catalog.place(move.origin.at("to"))
            detail = f"{move.source} shall move to where it is."
            yield error("move-to-itself", "A move that goes nowhere", detail, "Take it out.", address=str(move.target)).at(source)
        elif not {move.source.account, move.target.account} <= kinds.keys():
            continue  # what is misspelt is reported already
        elif crosses(move):
            yield across(move, catalog)


def _ambiguous_moves(catalog: Catalog) -> Iterator[Diagnostic]:
    moves = [move for move in catalog.moved if move.source != move.target]
    for move, first in _twice(moves, lambda move: move.source):
        if move.target != first.target:
            detail = f"{move.source} shall move to {move.target} here, and to {first.target} {_at(catalog, first.origin)}."
            source = catalog.place(move.origin.at("to"))
            yield error("move-ambiguous", "Two moves from one address", detail, "Keep one.", address=str(move.source)).at(source)
    for move, first in _twice(moves, lambda move: move.target):
        if move.source != first.source:
            detail = f"{move.source} shall move to {move.target} here, and {first.source} too, {_at(catalog, first.origin)}."
            source = catalog.place(move.origin.at("from"))
            yield error("move-ambiguous", "Two moves to one address", detail, "Keep one.", address=str(move.target)).at(source)


def _at(catalog: Catalog, origin: Origin) -> str:
    place = catalog.place(origin)
    return "in another block" if place is None else f"at {place.path}:{place.line}"


def _circle(catalog: Catalog) -> Iterator[Diagnostic]:
    graph: dict[Address, set[Address]] = {}
    for move in catalog.moved:
        if move.source != move.target:
            graph.setdefault(move.target, set()).add(move.source)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as cycle:
        way = " → ".join(str(address) for address in cycle.args[1])
        first = next(move for move in catalog.moved if move.source in cycle.args[1])
        hint = "Take out the moves that are over. Two that exchange their places take an apply each way, by a third address."
        yield error("move-cycle", "Moves in a circle", f"{way}.", hint, address=str(first.source)).at(catalog.place(first.origin))


def _ambiguous_imports(catalog: Catalog) -> Iterator[Diagnostic]:
    for entry, first in _twice(catalog.imports, lambda entry: entry.address):
        if entry.id != first.id:
            detail = f"{entry.address} shall be the object {entry.id} here, and the object {first.id} {_at(catalog, first.origin)}."
            yield _ambiguous_import(catalog, entry, "Two objects for one address", detail)
    for entry, first in _twice(catalog.imports, lambda entry: (entry.address.account, entry.address.type, entry.id)):
        if entry.address != first.address:
            detail = f"The object {entry.id} shall be {entry.address} here, and {first.address} {_at(catalog, first.origin)}."
            yield _ambiguous_import(catalog, entry, "Two addresses for one object", detail)


def _ambiguous_removals(catalog: Catalog) -> Iterator[Diagnostic]:
    """Find addresses of which two blocks want different things, and tell it at both."""
    for removal, first in _twice(catalog.removed, lambda removal: removal.address):
        if removal.destroy != first.destroy:
            for here, there in ((removal, first), (first, removal)):
                fate, other = ("destroyed", "released") if here.destroy else ("released", "destroyed")
                detail = f"{here.address} shall be {fate} here, and {other} {_at(catalog, there.origin)}."
                source = catalog.place(here.origin)
                yield error("removed-ambiguous", "Two fates for one address", detail, "Keep one.", address=str(here.address)).at(source)
    moves = {move.source: move for move in catalog.moved}
    for removal in catalog.removed:
        if removal.address in moves:
            move = moves[removal.address]
            given_up = f"{removal.address} shall no longer be managed here, and move to {move.target} {_at(catalog, move.origin)}."
            moved = f"{move.source} shall move to {move.target} here, and no longer be managed {_at(catalog, removal.origin)}."
            hint = f"Keep one. To give it up after it has moved, name where it moves to:\nremoved: [{{address: {move.target}}}]"
            for detail, origin in ((given_up, removal.origin), (moved, move.origin)):
                source = catalog.place(origin)
                yield error("removed-ambiguous", "Two fates for one address", detail, hint, address=str(removal.address)).at(source)


def _ambiguous_import(catalog: Catalog, entry: Import, summary: str, detail: str) -> Diagnostic:
    return error("import-ambiguous", summary, detail, "Keep one.", address=str(entry.address)).at(catalog.place(entry.origin.at("id")))


def _twice(blocks: Collection[_Block], key: Callable[[_Block], object]) -> Iterator[tuple[_Block, _Block]]:
    """Yield each block that has a key which an earlier one had, with the first that had it."""
    known: dict[object, _Block] = {}
    for block in blocks:
        first = known.setdefault(key(block), block)
        if first is not block:
            yield block, first
