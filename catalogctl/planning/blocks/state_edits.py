"""Changing what is remembered without touching any store: entries move, are forgotten, or follow their account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from catalogctl.model.address import Address, selector
from catalogctl.model.blocks import ASKED_FOR, Move
from catalogctl.model.diagnostics import CatalogError, error
from catalogctl.model.resource import Recorded
from catalogctl.planning.blocks.relocate import relocate
from catalogctl.planning.catalog import Catalog
from catalogctl.state.journal import End, Outcome


@dataclass(frozen=True, slots=True)
class Amendment:
    """What becomes of state's entries."""

    entries: Mapping[Address, Recorded | None]
    """Address as it was → the entry as it is from now on; `None`: forgotten. One that only depends on a moved one is not among them."""
    outcomes: tuple[Outcome, ...]
    """The same for the journal, those included that depend on an entry which moved."""


def move(recorded: Mapping[Address, Recorded], source: Address, target: Address) -> Amendment:
    """Return an entry another address, and its parts with it; as a `moved` block does.

    Raises:  CatalogError (not-in-state, move-to-itself, move-conflict).
    """
    if source not in recorded:
        raise _not_there([str(source)])
    if source == target:
        detail = f"{source} shall move to where it is."
        raise CatalogError(error("move-to-itself", "A move that goes nowhere", detail, "Name another address.", address=str(target)))
    if target in recorded:
        detail = f"State has {recorded[source].id} at {source} and {recorded[target].id} at {target}, so one would be lost."
        hint = f"Name an address that is free, or let go of the object that is there:\ncatalogctl state rm {target}"
        raise CatalogError(error("move-conflict", "A move onto an address that is taken", detail, hint, address=str(target)))
    relocated = relocate(recorded, Catalog({}, moved=(Move(source, target, ASKED_FOR),)))
    if relocated.diagnostics:
        raise CatalogError(*relocated.diagnostics)
    return _amendment(recorded, relocated.recorded, relocated.moved)


def rename(recorded: Mapping[Address, Recorded], moves: Sequence[Move]) -> Amendment:
    """Return entries of a title or an edition their new addresses, all at once.

    Raises:  CatalogError (move-conflict).
    """
    relocated = relocate(recorded, Catalog({}, moved=tuple(moves)))
    if relocated.diagnostics:
        raise CatalogError(*relocated.diagnostics)
    return _amendment(recorded, relocated.recorded, relocated.moved)


def forget(recorded: Mapping[Address, Recorded], patterns: Iterable[str]) -> Amendment:
    """Drop the entries that addresses or globs select, and their parts with them.

    Raises:  CatalogError (not-in-state) for each that selects nothing.
    """
    gone: dict[Address, Recorded | None] = {}
    idle: list[str] = []
    for pattern in patterns:
        selected = selector((pattern,))
        chosen = [address for address in recorded if selected(address)]
        gone.update(dict.fromkeys(chosen))
        if not chosen:
            idle.append(pattern)
    if idle:
        raise _not_there(idle)
    owners = {(address.account, address.title, address.edition, recorded[address].id) for address in gone}
    for address, have in recorded.items():
        held = have.attributes.get(have.type.owner) if have.type.owner else None
        if held is not None and (address.account, address.title, address.edition, held) in owners:
            gone[address] = None
    gone = dict(sorted(gone.items(), key=lambda one: one[0]))
    return Amendment(gone, tuple(Outcome(f"forget {address}", "forget", address, End.DONE) for address in gone))


def reassign(recorded: Mapping[Address, Recorded], account: str, name: str, base_url: str) -> Amendment:
    """Say that the store of an account is at another address now, or that the account has another name; its objects are the same.

    Shapes:  no entries where all are as asked already.
    Raises:  CatalogError (not-in-state, move-conflict).
    """
    mine = {address: have for address, have in sorted(recorded.items()) if address.account == account}
    if not mine:
        raise _not_there([f"{account}/*"])
    if name != account and any(address.account == name for address in recorded):
        detail = f"The resources of {account!r} shall become those of {name!r}, but state holds some of {name!r} already."
        raise CatalogError(error("move-conflict", "A move onto an account that has resources", detail))
    moved = {address: replace(address, account=name) for address, have in mine.items() if (name, base_url) != (account, have.base_url)}
    placed = {moved.get(address, address): have for address, have in recorded.items()}
    for source, target in moved.items():
        dependencies = tuple(moved.get(needed, needed) for needed in recorded[source].dependencies)
        placed[target] = replace(recorded[source], address=target, base_url=base_url, dependencies=dependencies)
    return _amendment(recorded, placed, moved)


def _amendment(before: Mapping[Address, Recorded], after: Mapping[Address, Recorded], moved: Mapping[Address, Address]) -> Amendment:
    left = [Outcome(f"move {source}", "move", source, End.DONE) for source in sorted(moved) if source not in after]
    put = [
        Outcome(f"move {address}", "move", address, End.DONE, have)
        for address, have in sorted(after.items())
        if before.get(address) != have
    ]
    return Amendment({source: after[moved[source]] for source in sorted(moved)}, (*left, *put))


def _not_there(names: list[str]) -> CatalogError:
    detail = f"State has nothing at {', '.join(names)}."
    return CatalogError(error("not-in-state", "Nothing of that name is in state", detail, "To see what is:\ncatalogctl state list"))
