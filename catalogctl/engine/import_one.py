"""Putting what a store holds already into the state, without sending anything to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from catalogctl.engine.plan import PlanRequest, make_plan
from catalogctl.engine.recover import recover
from catalogctl.engine.step import recorded_of
from catalogctl.engine.stores import Stores
from catalogctl.events import Listener
from catalogctl.model.address import Address
from catalogctl.model.alike import most_alike
from catalogctl.model.blocks import Import
from catalogctl.model.diagnostics import CatalogError, Diagnostic, error
from catalogctl.model.resource import Recorded
from catalogctl.model.value import Value
from catalogctl.planning.action import Action
from catalogctl.planning.blocks.relocate import relocate
from catalogctl.planning.blocks.rules import among_themselves
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import UNREADABLE, Change
from catalogctl.planning.scope import Scope
from catalogctl.state.journal import End, Outcome
from catalogctl.state.ledger import Held, Ledger


class Untold(Enum):
    """What state remembers of a declared attribute that the store does not tell."""

    NOTHING = "nothing: the next plan sends it"
    AS_DECLARED = "what is declared: it was written down from the store itself"


@dataclass(frozen=True, slots=True)
class Imported:
    """One object that is managed from now on."""

    change: Change
    """The adoption; its attributes are what a plan would go on to change."""
    serial: int
    """Of the state that was written."""


def import_one(catalog: Catalog, held: Held, stores: Stores, request: PlanRequest, entry: Import, listen: Listener) -> Imported:
    """Read one object by its id, and record it under an address that a title declares.

    1. Recover what an interrupted run left open.
    2. Refuse an address that cannot be imported to.
    3. Plan that address alone, with the import in the place of what the files say about imports.
    4. Record what the store holds.

    State gets what the store holds, not what the files say: the next plan shows every difference.
    Raises:  CatalogError: error (import-no-id, block-address-unknown, import-undeclared, import-managed, import-missing,
             adopt-conflict), and as `make_plan`.
    Source:  PRODUCT.md 3.
    """
    recover(held, stores, listen)
    problems = [*_misspelt(entry, stores)]
    if problems:
        raise CatalogError(*problems)
    recorded = relocate(held.recall().snapshot.resources, catalog).recorded
    problems = [*_in_the_way(catalog, recorded.values(), entry)]
    if problems:
        raise CatalogError(*problems)
    alone = replace(request, scope=Scope(only=frozenset({entry.address})))
    planned = make_plan(replace(catalog, imports=(entry,)), held.backend, stores, alone, listen)
    [change] = planned.plan.changes
    ledger = Ledger.open(held)
    ledger.commit([noted(change, stores, Untold.NOTHING)])
    return Imported(change, ledger.close().serial)


def noted(change: Change, stores: Stores, untold: Untold) -> Outcome:
    """Return what the journal says of an adopted object."""
    return Outcome(f"import {change.address}", "import", change.address, End.DONE, as_it_is(change, stores, untold))


def as_it_is(change: Change, stores: Stores, untold: Untold) -> Recorded:
    """Record an adopted object as its store holds it: what an adoption would change is not yet so."""
    assert change.action is Action.ADOPT, "only what is there can be adopted"
    before, after = change.before or {}, change.after or {}
    unreadable = {str(item.path[0]) for item in change.attributes if item.before is UNREADABLE}
    attributes: dict[str, Value] = {}
    for name, declared in after.items():
        if name not in change.changed or (name in unreadable and untold is Untold.AS_DECLARED):
            attributes[name] = declared
        elif name in before:
            attributes[name] = _declared_part(before[name], declared)
    base_url = stores.accounts[change.address.account].base_url
    return recorded_of(change, base_url, change.id or "", attributes, change.observed)


def _declared_part(there: Value, wanted: Value) -> Value:
    # An entry that the store has beside the declared ones is not ours; recorded, it would look as if it had been declared once.
    if isinstance(there, Mapping) and isinstance(wanted, Mapping):
        return {key: value for key, value in there.items() if key in wanted}
    return there


def _misspelt(entry: Import, stores: Stores) -> Iterable[Diagnostic]:
    if not entry.id.strip():
        detail = f"To be managed as {entry.address} an object has to be named by the id that the store gave it."
        hint = f"Add it:\ncatalogctl import {entry.address} ID"
        yield error("import-no-id", "An import without an id", detail, hint, address=str(entry.address))
    yield from among_themselves(Catalog({}, imports=(entry,)), stores.kinds)


def _in_the_way(catalog: Catalog, recorded: Iterable[Recorded], entry: Import) -> Iterable[Diagnostic]:
    address = entry.address
    known = {have.address: have for have in recorded}
    want = catalog.resources.get(address)
    if want is None:
        yield _undeclared(catalog, address)
        return
    if address in known and not known[address].half_replaced:
        detail = f"{address} is the object with the id {known[address].id} already."
        hint = "To use it for another object, forget the recorded one first:\n" + f"catalogctl state rm {address}"
        yield error("import-managed", "An address that is in state", detail, hint, address=str(address))
        return
    for have in known.values():
        if (have.address.account, have.type.name, have.id) == (address.account, address.type, entry.id):
            detail = f"The object with the id {entry.id} is managed as {have.address} already; two addresses would write to it."
            hint = f"If it only got another address, say so in the files:\nmoved: [{{from: {have.address}, to: {address}}}]"
            yield error("import-managed", "An object that is in state", detail, hint, address=str(address))
    missing = [needed for needed in want.dependencies if needed not in known]
    if missing:
        detail = f"{address} is part of, or comes after, {', '.join(map(str, missing))}, which state does not know yet."
        hint = "Import that first:\n" + "\n".join(f"catalogctl import {needed} ID" for needed in missing)
        yield error("import-too-early", "Something that has to be imported before", detail, hint, address=str(address))


def _undeclared(catalog: Catalog, address: Address) -> Diagnostic:
    detail = f"No title declares {address}; an import there would be deleted by the next apply."
    alike = {f"{one.title}.{one.edition}": one for one in catalog.resources if (one.account, one.type) == (address.account, address.type)}
    near = most_alike(f"{address.title}.{address.edition}", alike, cutoff=0.8)
    if near:
        hint = f"Did you mean {alike[near[0]]}?"
    elif address.title in catalog.titles:
        hint = (
            f"Declare it first, in the file of {address.title}:\neditions:\n  {address.edition}:\n    format: epub\n"
            f"    external_id: the key it has in the store\n    publish: {{{address.account}: {{}}}}"
        )
    else:
        hint = (
            f"Declare it first, in a file of the catalog:\nkind: title\nid: {address.title}\ntitle: …\neditions:\n"
            f"  {address.edition}:\n    format: epub\n    external_id: the key it has in the store\n"
            f"    publish: {{{address.account}: {{}}}}\n"
            f"Or have the files written:\ncatalogctl import {address.account} --all --write catalog/"
        )
    return error("import-undeclared", "An import that nothing declares", detail, hint, address=str(address))
