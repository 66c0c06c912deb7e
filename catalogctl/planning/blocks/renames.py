"""Titles and editions that got another name → a move for each of their resources, on every account. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from catalogctl.model.address import Address
from catalogctl.model.blocks import Move, Rename
from catalogctl.model.diagnostics import Diagnostic, error
from catalogctl.model.resource import Recorded
from catalogctl.planning.catalog import Catalog


def moves_of(renames: Sequence[Rename], addresses: Iterable[Address]) -> Iterator[Move]:
    """List the moves that lead to some addresses, those of names that were changed several times as well.

    What is said of an edition goes before what is said of its title: an edition that got its name later never had it under the other title.
    """
    by_title: dict[str, list[Rename]] = {}
    for rename in renames:
        if rename.is_even and rename.source != rename.target:
            by_title.setdefault(rename.target.partition(".")[0], []).append(rename)
    if not by_title:
        return
    done: set[Address] = set()
    waiting = list(addresses)
    while waiting:
        address = waiting.pop()
        if address in done:
            continue
        done.add(address)
        found = [(rename, source) for rename in by_title.get(address.title, ()) if (source := rename.before(address)) is not None]
        own = [one for one in found if "." in one[0].target]
        for rename, source in own or found:
            yield Move(source, address, rename.origin)
            waiting.append(source)


def uneven(catalog: Catalog) -> Iterator[Diagnostic]:
    """List the renames that make something of another kind of a title or an edition."""
    for rename in catalog.renamed:
        place = catalog.place(rename.origin)
        if not rename.is_even:
            detail = f"{rename.source} shall become {rename.target}: a title becomes a title, an edition an edition, an address an address."
            yield error("move-conflict", "A move to something of another kind", detail, "Write both ends alike.").at(place)
        elif rename.source == rename.target:
            detail = f"{rename.source} shall move to where it is."
            yield error("move-to-itself", "A move that goes nowhere", detail, "Take it out.").at(place)


def renamed_nowhere(recorded: Mapping[Address, Recorded], catalog: Catalog) -> Iterator[Diagnostic]:
    """Find renames of what is recorded to a name that no title has."""
    if not catalog.renamed:
        return
    wanted = {*catalog.resources, *(move.source for move in catalog.moved), *(removal.address for removal in catalog.removed)}
    sources = {rename.source for rename in catalog.renamed}
    for rename in catalog.renamed:
        if rename.target in sources:
            continue
        held = [address for address in recorded if (new := rename.after(address)) is not None and new not in wanted]
        if held and not any(rename.before(address) for address in wanted):
            detail = f"{rename.source} shall have become {rename.target}, which no title declares: {held[0]} would be deleted."
            place = catalog.place(rename.origin.at("to"))
            yield error("move-undeclared", "A move to nowhere", detail, "Correct the name.", address=str(held[0])).at(place)
