"""Editions that only got another name: what is declared again under the very key of something recorded is offered as a move. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from catalogctl.model.address import Address, in_order
from catalogctl.model.diagnostics import Diagnostic, error
from catalogctl.model.resource import Observed, Recorded
from catalogctl.planning.catalog import Catalog

_Edition = tuple[str, str, str]
"""Account, title and edition."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What is asked of the user before such editions can be planned."""

    diagnostics: tuple[Diagnostic, ...] = ()
    """One for each edition and account."""
    open: frozenset[_Edition] = frozenset()
    """The editions they are about, by their old and their new name: nothing is decided of these before the answer."""

    @staticmethod
    def edition(address: Address) -> _Edition:
        """Return the edition that an address is of, as `open` has it."""
        return (address.account, address.title, address.edition)


def offers(
    catalog: Catalog, recorded: Mapping[Address, Recorded], observed: Mapping[Address, Observed], selected: Callable[[Address], bool]
) -> Offers:
    """Find editions that would be deleted under one name and created under another, with one natural key.

    Shapes:  `recorded` has been relocated. What is gone from the store, or given up by a `removed` block, is free for anybody.
    Source:  PRODUCT.md 5.5, 5.9.
    """
    given_up = {removal.address for removal in catalog.removed}
    left = {
        (address.account, have.type.name, have.key): address
        for address, have in recorded.items()
        if address not in catalog.resources
        and address not in given_up
        and (address in observed or have.half_replaced or not selected(address))
    }
    if not left:
        return Offers()
    renamed: dict[tuple[_Edition, _Edition], list[tuple[Address, Address]]] = {}
    for address in sorted(catalog.resources.keys() - recorded.keys(), key=in_order):
        want = catalog.resources[address]
        old = left.get((address.account, want.type.name, want.key))
        if old is not None and selected(address) and Offers.edition(old) != Offers.edition(address):
            renamed.setdefault((Offers.edition(old), Offers.edition(address)), []).append((old, address))
    told = [_offer(catalog, recorded, pairs) for pairs in renamed.values()]
    if len(told) > 1:
        block = "\n".join(["moved:", *_by_name(catalog, renamed)])
        other = "Take out the lines of those that are other editions, and give these an external_id or ISBN of their own."
        hint = f"If they only got other names, say so, in any document of the catalog:\n{block}\n{other}"
        told = [*(replace(one, hint="") for one in told[:-1]), replace(told[-1], hint=hint)]
    return Offers(tuple(told), frozenset(edition for both in renamed for edition in both))


def _by_name(catalog: Catalog, renamed: Iterable[tuple[_Edition, _Edition]]) -> list[str]:
    """Write renames by the names that hold on every account; whole titles where all of their editions go along."""
    declared = {address.title for address in catalog.resources}
    titles: dict[tuple[str, str], dict[tuple[str, str], None]] = {}
    for old, new in renamed:
        titles.setdefault((old[1], new[1]), {})[old[2], new[2]] = None
    lines: list[str] = []
    for (source, target), editions in titles.items():
        if source != target and source not in declared and all(old == new for old, new in editions):
            lines.append(f"  - {{from: {source}, to: {target}}}")
        else:
            lines += [f"  - {{from: {source}.{old}, to: {target}.{new}}}" for old, new in editions]
    return lines


def _offer(catalog: Catalog, recorded: Mapping[Address, Recorded], pairs: list[tuple[Address, Address]]) -> Diagnostic:
    # What is part of something goes where that goes, without a move of its own.
    wholes = [(old, new) for old, new in pairs if not recorded[old].type.owner]
    moves = wholes or pairs
    old, new = moves[0]
    place = catalog.place(catalog.resources[new].origin)
    file = "" if place is None else f" in {place.path}"
    key = recorded[old].key
    detail = (
        f"{new.title}.{new.edition} is declared on {new.account} with the key {key!r}, by which state knows {old.title}.{old.edition}, "
        f"which is no longer declared. Taken for two, it would be deleted (id {recorded[old].id}) and created again."
    )
    lines = [f"  - {{from: {source}, to: {target}}}" for source, target in moves]
    along = f"\nWhat is part of it goes with it ({len(pairs) - len(moves)} more)." if len(pairs) > len(moves) else ""
    if all((one.title, one.edition) != (old.title, old.edition) for one in catalog.resources):
        # The old name is free on every account, so that a move of the name says the same, and of all accounts.
        lines, along = _by_name(catalog, [(Offers.edition(old), Offers.edition(new))]), ""
    block = "\n".join(["moved:", *lines])
    hint = (
        f"If it only got another name, say so{file}:\n{block}{along}\nIf it is another edition, give it an external_id or ISBN of its own."
    )
    return error("renamed-without-move", "An edition that seems to have another name now", detail, hint, address=str(new)).at(place)
