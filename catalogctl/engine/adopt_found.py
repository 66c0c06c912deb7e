"""What titles declare and an account holds already → adoptions. Nothing is sent to a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from catalogctl.engine.plan import PlanRequest, decide, look, settled_addresses
from catalogctl.engine.stores import Stores
from catalogctl.events import Listener
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic
from catalogctl.planning.action import Action
from catalogctl.planning.attribute_words import attribute_name, path_name
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import UNREADABLE, Change
from catalogctl.state.ledger import Held
from catalogctl.system.gc_pause import keeping_all

_IN_THE_WAY: Final = frozenset({"adopt-conflict", "managed-elsewhere", "import-missing"})
"""Why an object that is there is not adopted."""
Place = tuple[str, str]
"""A title and one of its editions."""


@dataclass(frozen=True, slots=True)
class Adoptions:
    """What an account holds of what titles declare, and what keeps other objects from being adopted."""

    changes: tuple[Change, ...] = ()
    lacking: int = 0
    """How many declared objects the account does not hold."""
    refused: tuple[Diagnostic, ...] = ()

    @property
    def differing(self) -> list[tuple[str, str]]:
        """The editions that the account has otherwise, with the fields, in the words of title files."""
        found: dict[str, dict[str, None]] = {}
        for change in self.changes:
            fields = [path_name(change.type, item.path) for item in change.attributes if item.before is not UNREADABLE]
            if fields:
                found.setdefault(f"{change.address.title}.{change.address.edition}", {}).update(dict.fromkeys(fields))
        return [(edition, ", ".join(fields)) for edition, fields in found.items()]

    @property
    def untold(self) -> list[str]:
        """The declared fields that the account does not return, so that they are taken to be as declared."""
        unread = [(change.type, str(item.path[0])) for change in self.changes for item in change.attributes if item.before is UNREADABLE]
        return sorted({attribute_name(kind, name) for kind, name in unread})


def find_adoptions(catalog: Catalog, held: Held, stores: Stores, request: PlanRequest, listen: Listener) -> Adoptions:
    """Find what of the declared objects in the scope of `request` their store holds; what stands in the way of an update does not matter.

    Raises:  CatalogError: error, stale, credentials, unavailable.
    """
    recalled = held.recall()
    recorded = settled_addresses(recalled.snapshot, catalog, stores, recalled.name).recorded
    accounts = {address.account for address in catalog.resources if request.scope.selects(address)}
    seen = look(catalog, recorded, stores, request, accounts, listen)
    with keeping_all():
        verdicts, _ = decide(catalog, recorded, seen, stores, request, listen)
    adopted: dict[Address, Change] = {}
    for change in verdicts.changes:
        if change.action is Action.ADOPT:
            adopted[change.address] = change
    # A part, or what comes after something, waits for that: the next plan has both.
    while late := [
        one.address for one in adopted.values() if any(need not in recorded and need not in adopted for need in one.dependencies)
    ]:
        for address in late:
            del adopted[address]
    in_the_way = (one for one in verdicts.diagnostics if one.code in _IN_THE_WAY)
    lacking = sum(change.action is Action.CREATE for change in verdicts.changes)
    return Adoptions(tuple(adopted.values()), lacking, tuple(catalog.located(one) for one in in_the_way))
