"""Make again what is remembered, from the files and the stores alone: what is declared is found there by its natural key."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from catalogctl.engine.absence import disagrees
from catalogctl.engine.import_one import Untold, as_it_is
from catalogctl.engine.missing import vanished
from catalogctl.engine.plan import PlanRequest, look, refuse_emptied
from catalogctl.engine.stores import Stores
from catalogctl.events import Listener
from catalogctl.model.address import Address, in_order
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Diagnostics, Refusal, Severity
from catalogctl.model.resource import Recorded
from catalogctl.planning.action import Action
from catalogctl.planning.blocks.relocate import relocate
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.planner import plan_changes
from catalogctl.planning.scope import Scope


@dataclass(frozen=True, slots=True)
class RebuiltState:
    """What of the catalog is in the stores."""

    recorded: Mapping[Address, Recorded]
    """What was found, as a state remembers it: with the values that the store holds now."""
    differing: tuple[Address, ...]
    """Of these, the ones that are not as the files say, or of which the store does not tell enough to know."""
    missing: tuple[Address, ...]
    """Declared, and not in its store."""
    unclear: Mapping[Address, frozenset[str]]
    """Declared and not found, in a place where the store keeps no keys and holds these ids that are no one's."""
    unverified: tuple[Address, ...]
    """Found, with a file that the store does not tell and that cannot be sent again: taken to be as declared, as an adoption does."""
    diagnostics: tuple[Diagnostic, ...]
    """Warnings: why what is there was not taken, and what else was noticed."""


def find_all(catalog: Catalog, remembered: Mapping[Address, Recorded], stores: Stores, listen: Listener) -> RebuiltState:
    """Look for all that the files declare, owners before their parts. Sends no write.

    Shapes:  `remembered`: what there is a state of until now; nothing where that is of no use.
    Raises:  CatalogError: credentials or unavailable when a store cannot be asked, unavailable when one shows nothing of what is
             remembered, safety when nothing is declared and something is remembered, error (dependency-cycle).
    Source:  PRODUCT.md 5.5, 5.8: nothing is found but what is declared; 5.10, 6.8.
    """
    refuse_emptied(catalog, remembered, "If state is to forget everything, say so:\ncatalogctl state rm '*/*'")
    recorded: dict[Address, Recorded] = {}
    shown: dict[Address, str] = {}
    differing: list[Address] = []
    lost: dict[Address, frozenset[str]] = {}
    problems: list[Diagnostic] = []
    unverified: set[str | None] = set()
    waiting = set(catalog.resources)
    while ready := {address for address in waiting if waiting.isdisjoint(catalog.resources[address].dependencies)} or waiting:
        # A part is found within its owner, whose id the round before reported; where the owner is not there, neither is the part.
        scope = Scope(only=frozenset(ready))
        accounts = {address.account for address in ready}
        seen = look(catalog, recorded, stores, PlanRequest(scope=scope), accounts, listen)
        shown.update((address, one.id) for address, one in seen.observed.items())
        verdicts = plan_changes(catalog, recorded, seen.observed, scope, seen.present)
        unverified.update(one.address for one in verdicts.diagnostics if one.code == "adopt-unverified")
        # That a part's owner is not there is reported of the owner.
        problems += [
            *seen.diagnostics,
            *(one for one in verdicts.diagnostics if one.code not in {"adopt-unverified", "dependency-missing", "update-would-clear"}),
        ]
        for change in verdicts.changes:
            if change.action is Action.ADOPT:
                recorded[change.address] = as_it_is(change, stores, Untold.NOTHING)
                if change.attributes:
                    differing.append(change.address)
            else:
                lost[change.address] = change.present
        waiting -= ready
    _really_gone(remembered, catalog, {address for address, ids in lost.items() if not ids}, stores, listen)
    # Where the store holds what no one can tell apart it does not show nothing.
    shown.update((address, "") for address, ids in lost.items() if ids)
    _not_vanished(catalog, remembered, shown, stores)
    return RebuiltState(
        recorded,
        tuple(sorted(differing, key=in_order)),
        tuple(sorted((address for address, ids in lost.items() if not ids), key=in_order)),
        {address: lost[address] for address in sorted(lost, key=in_order) if lost[address]},
        tuple(sorted((address for address in recorded if str(address) in unverified), key=in_order)),
        # What keeps an object from being taken keeps a plan from being made; here it only leaves that one out.
        tuple(replace(problem, severity=Severity.WARNING) for problem in Diagnostics.of(problems)),
    )


def _really_gone(
    remembered: Mapping[Address, Recorded], catalog: Catalog, lost: Collection[Address], stores: Stores, listen: Listener
) -> None:
    """Make sure that what is remembered under the key it was looked for by, and was not found, is gone: it is read again by its id.

    Raises:  CatalogError: unavailable (store-disagrees), and as `look`.
    """
    known = {address: have for address, have in relocate(remembered, catalog).recorded.items() if address in lost and have.type.key}
    there = {
        address: have
        for address, have in known.items()
        if have.key == catalog.resources[address].key and have.base_url == stores.accounts[address.account].base_url
    }
    if not there:
        return
    accounts = {address.account for address in there}
    seen = look(replace(catalog, imports=()), there, stores, PlanRequest(scope=Scope(only=frozenset(there))), accounts, listen)
    for address, have in there.items():
        found = seen.observed.get(address)
        if found is not None and found.id == have.id:
            raise disagrees(address.account, f"{address} (id {have.id})")


def _not_vanished(catalog: Catalog, remembered: Mapping[Address, Recorded], shown: Mapping[Address, str], stores: Stores) -> None:
    """Make sure that no store shows nothing of what is remembered there: a list that came empty by mistake would have it all forgotten."""
    asked = {
        address: have
        for address, have in relocate(remembered, catalog).recorded.items()
        if address in catalog.resources and have.base_url == stores.accounts[address.account].base_url
    }
    problems: list[Diagnostic] = []
    for account in sorted({address.account for address in asked}):
        known = {address: have for address, have in asked.items() if address.account == account}
        problems += vanished(account, known, {address: id_ for address, id_ in shown.items() if address.account == account})
    if problems:
        raise CatalogError(*problems, refusal=Refusal.UNAVAILABLE)
