"""What the files want × what state remembers × what the stores hold → what to do about each address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType

from catalogctl.model.address import Address, in_order
from catalogctl.model.blocks import ASKED_FOR
from catalogctl.model.diagnostics import CatalogError, Diagnostic, error, warning
from catalogctl.model.resource import Observed, Recorded, RemovalRule, ReplaceOrder, Resource, ResourceType, Trait
from catalogctl.model.value import Attributes, Reference, Value, fill
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.attribute_words import attribute_name
from catalogctl.planning.blocks.suggest_moves import Offers, offers
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import UNREADABLE, AttributeChange, Change, Drift, LeftAlone, Missing
from catalogctl.planning.diff import diff, ignored, whole
from catalogctl.planning.handover import Place, circles, freed, is_handed_over, place, taken, temporary_key
from catalogctl.planning.make_change import (
    Difference,
    id_afterwards,
    last_left_over,
    make_change,
    part_with,
    refresh_record,
    with_left_over,
)
from catalogctl.planning.scope import Purpose, Scope
from catalogctl.planning.skeleton import skeleton
from catalogctl.planning.threeway import cleared_attributes, drift_between, forces_replace, known, leave_alone, reason_for
from catalogctl.system.host import canonical


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The planner's findings, before they are ordered."""

    changes: tuple[Change, ...]
    drift: tuple[Drift, ...]
    diagnostics: tuple[Diagnostic, ...]


def plan_changes(
    catalog: Catalog,
    recorded: Mapping[Address, Recorded],
    observed: Mapping[Address, Observed],
    scope: Scope,
    present: Mapping[Address, frozenset[str]] = MappingProxyType({}),
) -> Verdicts:
    """Decide about every address that the files or state know and the scope selects.

    Shapes:  `recorded` has been relocated; an address missing from `observed` does not exist in its store, and where its store
             keeps no keys `present` has the ids that are there in its place.
    Raises:  CatalogError (dependency-cycle).
    Source:  PRODUCT.md 4, 5.3, 5.4, 5.8, 5.9.
    """
    planner = _Planner(catalog, recorded, observed, scope, present)
    renamed = offers(catalog, recorded, observed, scope.selects) if scope.purpose is Purpose.CONVERGE else Offers()
    planner.problems.extend(renamed.diagnostics)
    addresses = [
        address for address in _parents_first(catalog, recorded) if scope.selects(address) and renamed.edition(address) not in renamed.open
    ]
    planner.deciding = frozenset(addresses)
    for address in addresses:
        planner.decide(address)
    planner.look_for_idle_imports()
    planner.look_for_missing_parents()
    planner.look_for_heirs_left_out()
    planner.look_for_other_holders()
    planner.look_for_held_keys()
    planner.look_for_circles()
    planner.look_for_withdrawals()
    planner.look_for_lost_parts()
    changes = sorted(planner.changes, key=lambda change: in_order(change.address))
    drift = sorted(planner.drift, key=lambda item: item.address)
    return Verdicts(tuple(changes), tuple(drift), tuple(planner.problems))


def _parents_first(catalog: Catalog, recorded: Mapping[Address, Recorded]) -> Iterable[Address]:
    addresses = sorted({*catalog.resources, *recorded}, key=in_order)
    # What is no longer declared depends on what state remembers; nothing that is declared depends on it.
    graph = {
        address: (catalog.resources[address] if address in catalog.resources else recorded[address]).dependencies for address in addresses
    }
    if not any(graph.values()):
        return addresses
    try:
        return [address for address in TopologicalSorter(graph).static_order() if address in graph]
    except CycleError as cycle:
        way = " → ".join(str(address) for address in cycle.args[1])
        raise CatalogError(error("dependency-cycle", "Resources depend on each other in a circle", f"{way}.")) from cycle


class _Planner:
    """Holds what has been decided so far: a child's reference to its parent depends on what becomes of the parent."""

    def __init__(
        self,
        catalog: Catalog,
        recorded: Mapping[Address, Recorded],
        observed: Mapping[Address, Observed],
        scope: Scope,
        present: Mapping[Address, frozenset[str]],
    ) -> None:
        self.catalog = catalog
        self.present = dict(present)
        self.recorded = recorded
        self.observed = observed
        self.scope = scope
        self.released = {removal.address for removal in catalog.removed if not removal.destroy}
        self.imports = {entry.address: entry for entry in catalog.imports}
        self.owners = {(address.account, have.type.name, have.id): address for address, have in recorded.items()}
        self.ids: dict[Address, str | None] = {address: have.id for address, have in recorded.items() if not scope.selects(address)}
        self.deciding: frozenset[Address] = frozenset()
        """All addresses that are decided about."""
        self.fates: dict[Address, Change] = {}
        """What has been decided so far, by address."""
        self.handed_over: set[Address] = set()
        """What is created under a key that another object gives up in this plan."""
        self.changes: list[Change] = []
        self.drift: list[Drift] = []
        self.problems: list[Diagnostic] = []

    def decide(self, address: Address) -> None:
        want = self.catalog.resources.get(address)
        have = self.recorded.get(address)
        seen = None if self._is_part_of_a_new_one(want) else self._own(want, have, self.observed.get(address))
        drifted = drift_between(have, seen) if have is not None else ()
        match self.scope.purpose:
            case Purpose.CONVERGE | Purpose.REVERT if want is not None:
                change = self._converge(want, have, seen, drifted)
            case Purpose.REFRESH:
                change = refresh_record(address, want, have, seen)
            case _:
                change = self._give_up(want, have, seen)
        if change is None:
            return
        parts = self._parts(change, have)
        change = replace(change, owner=self._owner(change, have), present=self.present.get(address, frozenset()), parts=parts)
        if have is not None and have.deposed and self.scope.purpose is not Purpose.REFRESH:
            change = with_left_over(change, have.deposed)
        self.changes.append(change)
        self.fates[address] = change
        renewed = change.action is Action.REPLACE or any(Trait.RENEWS in item.attribute.traits for item in change.attributes)
        self.ids[address] = None if renewed else id_afterwards(change, have)
        if have is not None and (drifted or seen is None):
            names = {item.path[0] for item in drifted}
            matters = change.action is not Action.NO_OP and (seen is None or bool(names & change.changed))
            forgotten = change.action is Action.FORGET
            refreshing = self.scope.purpose is Purpose.REFRESH
            self.drift.append(Drift(address, have.type, drifted, seen is None, refreshing or (matters and not forgotten), parts))

    def _parts(self, change: Change, have: Recorded | None) -> dict[str, Address]:
        """Find which objects the ids in lists of a change are of, among what it depends on."""
        needed = {*change.dependencies, *(have.dependencies if have is not None else ())}
        sides = (change.before or {}, change.after or {}, change.observed)
        ids = {item for side in sides for value in side.values() if isinstance(value, tuple) for item in value} if needed else set()
        return {id_: address for address in sorted(needed) if (id_ := self.ids.get(address)) in ids and id_ is not None}

    def look_for_idle_imports(self) -> None:
        """Notice import blocks for addresses that no title declares: nothing would come of them."""
        for address in self.imports:
            if self.scope.purpose is Purpose.CONVERGE and address not in self.catalog.resources and address not in self.recorded:
                detail = f"No title declares {address}; an import there would be deleted at once."
                hint = "Declare the edition, or take the import block out."
                self.problems.append(error("import-undeclared", "An import that nothing declares", detail, hint, address=str(address)))

    def look_for_missing_parents(self) -> None:
        """Notice what would be made while something that it needs neither exists nor is made."""
        there = {change.address for change in self.changes if change.after is not None} | self.recorded.keys()
        for change in self.changes:
            if change.after is None or not change.action.changes_anything:
                continue
            for needed in change.dependencies:
                if needed not in there:
                    detail = f"{change.address} needs {needed}, which the store does not have and this plan does not make."
                    hint = f"Select it too:\n--target {needed}"
                    self.problems.append(
                        error("dependency-missing", "Something needed is left out", detail, hint, address=str(change.address))
                    )

    def look_for_heirs_left_out(self) -> None:
        """Notice what is declared and left out of the plan, and would inherit another value from what the plan changes."""
        sources = {change.address: change for change in self.changes if change.after is not None and _sends(change) and _passes_on(change)}
        for want in self.catalog.resources.values() if sources else ():
            for source in (sources[needed] for needed in want.dependencies if needed in sources and want.address not in self.deciding):
                becoming = [name for name in _passes_on(source) if want.attributes.get(name) not in (None, (source.after or {})[name])]
                if source.type is not want.type or not becoming:
                    continue
                detail = (
                    f"{want.address} inherits from {source.address} until it is set. The files declare it otherwise than {source.address} "
                    "will be, and it is left out of this plan."
                )
                hint = f"Select both, and exclude neither:\n--target {source.address} --target {want.address}"
                self.problems.append(error("dependency-missing", "Something needed is left out", detail, hint, address=str(source.address)))

    def look_for_other_holders(self) -> None:
        """Notice what would be deleted while another address keeps it, as where two accounts are one store."""
        holders: dict[tuple[str, str, str], list[Address]] = {}
        for address, have in self.recorded.items():
            holders.setdefault(identity_of(have), []).append(address)
        for change in self.changes:
            recorded = self.recorded.get(change.address)
            if recorded is None or not change.action.destroys or change.id != recorded.id:
                continue
            kept = (other for other in holders[identity_of(recorded)] if other not in self.fates or not self.fates[other].action.destroys)
            for other in kept:
                detail = f"{change.address} would be deleted, and state records the same object (id {recorded.id}) as {other}, which stays."
                hint = f"Have state forget this address, so that the object stays:\ncatalogctl state rm {change.address}"
                self.problems.append(
                    error("held-elsewhere", "An object that another address holds", detail, hint, address=str(change.address))
                )

    def look_for_held_keys(self) -> None:
        """Notice a key that an object is to get while another managed one keeps it: the store would refuse it, or know two by it."""
        holders: dict[Place, Address] = {}
        for address, have in self.recorded.items():
            seen = self.observed.get(address)
            if seen is not None and seen.id == have.id:
                holders[address.account, have.type.name, seen.key] = address
            elif address not in self.deciding:
                holders[address.account, have.type.name, have.key] = address
        for change in self.changes:
            key = taken(change)
            holder = holders.get(place(change, key), change.address) if key else change.address
            is_free = holder in self.fates and freed(self.fates[holder]) == key
            if holder == change.address or is_free or change.type.replace_order is not ReplaceOrder.DELETE_FIRST:
                continue
            detail = f"{change.address} is to get the key {key!r}, which {holder} has and keeps in this plan."
            if holder in self.deciding or holder not in self.catalog.resources:
                hint = f"Give {change.address} another key, or have {holder} give it up."
            else:
                hint = f"If {holder} is giving up that key, plan both together:\n--target {change.address} --target {holder}"
            self.problems.append(error("key-held", "A key that another object keeps", detail, hint, address=str(change.address)))

    def look_for_circles(self) -> None:
        """Tell of keys that are exchanged, and notice those that cannot be."""
        for circle in circles(self.changes):
            waiting, first = circle.waiting, circle.changes[0]
            names = " → ".join(str(change.address) for change in (*circle.changes, first))
            if waiting is not None:
                detail = (
                    f"Each of these takes the key of the next one: {names}. Until the others have their keys, {waiting.address} has the "
                    f"temporary key {temporary_key(waiting)!r}, by an update of its own."
                )
                self.problems.append(warning("keys-exchanged", "Keys that are exchanged", detail, address=str(waiting.address)))
            elif first.type.replace_order is ReplaceOrder.DELETE_FIRST:
                detail = f"Each of these takes the key of the next one, and none can have a temporary key: {names}."
                hint = (
                    f"Do it in two steps: give {first.address} a key that nothing has, and apply; then give it the key that it is to have, "
                    "and apply again."
                )
                self.problems.append(error("key-circle", "Keys that cannot be exchanged", detail, hint, address=str(first.address)))

    def look_for_withdrawals(self) -> None:
        """Mark the first change of each object that is on sale and is not handed in again; warn where no file says that it is on sale.

        Source:  PRODUCT.md 5.4.
        """
        said = {change.owner for change in self.changes if change.type.undone and (_sends(change) or change.action is Action.DELETE)}
        said |= {change.address for change in self.changes if change.action.destroys}
        for number, change in enumerate(self.changes):
            address = change.owner or change.address
            live = any(place in self.observed and self.observed[place].live for place in (address, change.address))
            if not live or not _sends(change) or address in said:
                continue
            said.add(address)
            self.changes[number] = replace(change, withdraws=True)
            if not any(want.type.undone and address in want.dependencies for want in self.catalog.resources.values()):
                self.problems.append(self._live_undeclared(address, change))

    def look_for_lost_parts(self) -> None:
        """Notice parts that nobody declares of an object that is made anew: they would go with it, and nothing could make them again.

        Source:  PRODUCT.md 5.8, 5.9.
        """
        for change in self.changes:
            parts = self.observed[change.address].parts if change.action is Action.REPLACE and change.address in self.observed else {}
            if not parts or self._takes_away_the_rest(change.address):
                continue
            account = change.address.account
            ours = {have.id for address, have in self.recorded.items() if address.account == account and address not in self.released}
            ours |= {seen.id for address, seen in self.observed.items() if address.account == account and address in self.catalog.resources}
            lost = [words for id_, words in parts.items() if id_ not in ours]
            if lost:
                detail = (
                    f"{change.address} would be deleted and created again. It has {', '.join(lost)}, which the files do not declare and "
                    "which would be deleted with it."
                )
                hint = "Declare them, make the change in the store's own panel, or take them away there first."
                summary = "A new object could not be like the old one"
                self.problems.append(error("replace-would-lose", summary, detail, hint, address=str(change.address)))

    def _takes_away_the_rest(self, owner: Address) -> bool:
        """Return whether the files declare that an object has no parts but those that they declare."""
        return any(
            Trait.TAKES_AWAY in want.type.attributes[name].traits
            for want in self.catalog.resources.values()
            if want.type.owner and owner in want.dependencies
            for name in want.attributes
        )

    def _live_undeclared(self, address: Address, change: Change) -> Diagnostic:
        one = self.catalog.resources.get(address) or self.recorded.get(address)
        detail = (
            f"{address} is on sale. The store makes a draft of it when it is changed, which is off sale; the files do not declare that "
            "it is on sale, so that nothing hands it in again."
        )
        declared = "" if one is None else one.type.resubmission.format(account=address.account)
        hint = f"To hand it in after the change, declare it:\n{declared}" if declared else ""
        place = None if change.origin is None else self.catalog.place(change.origin)
        summary = "A change takes a book off sale"
        return warning("live-undeclared", summary, detail, hint, address=str(change.address)).at(place)

    def _is_part_of_a_new_one(self, want: Resource | None) -> bool:
        """Return whether something is part of an object that this plan creates, so that nothing in the store is it."""
        owner = None if want is None or not want.type.owner else want.attributes.get(want.type.owner)
        return (
            isinstance(owner, Reference)
            and owner.address in self.fates
            and self.fates[owner.address].action is Action.CREATE
            and owner.address in self.handed_over
        )

    def _own(self, want: Resource | None, have: Recorded | None, seen: Observed | None) -> Observed | None:
        """Return what was seen of an object, unless that is another one, found by a key that it gives up in this plan."""
        if want is None or seen is None or (have is not None and have.id == seen.id):
            return seen
        holder = self.owners.get((want.address.account, want.type.name, seen.id))
        if holder is None or holder == want.address or not is_handed_over(want.type) or not self._gives_up(holder):
            return seen
        self.handed_over.add(want.address)
        # What is looked for after a lost answer must not be the other one either.
        self.present[want.address] = self.present.get(want.address, frozenset()) | {seen.id}
        return None

    def _gives_up(self, holder: Address) -> bool:
        """Return whether a recorded object that is there will not keep its place in the store: its key, or what it is a switch of."""
        if holder not in self.deciding or self.scope.purpose not in {Purpose.CONVERGE, Purpose.REVERT} or holder in self.released:
            return False
        have, seen, want = self.recorded[holder], self.observed.get(holder), self.catalog.resources.get(holder)
        if seen is None or seen.id != have.id:
            return False
        if want is None:
            return True
        if is_handed_over(have.type):
            return want.key != seen.key and ignored((have.type.key,), want.ignore, have.type) is None
        renewing = {name: value for name, value in want.attributes.items() if Trait.RENEWS in have.type.attributes[name].traits}
        return bool(renewing) and bool(diff(seen.attributes, renewing, have.type))

    def _converge(
        self, want: Resource, have: Recorded | None, seen: Observed | None, drifted: tuple[AttributeChange, ...]
    ) -> Change | None:
        if have is None and self._cannot_import(want, seen):
            return None
        desired = fill(want.attributes, self.ids.get) if want.dependencies else dict(want.attributes)
        if seen is None:
            self._look_for_lacking(want)
            reason = self._or_reverted(Reason.DECLARED if have is None else Reason.GONE)
            return make_change(want, Action.CREATE, reason, None, Difference(None, desired, whole(None, desired, want.type)))
        if have is None or have.id != seen.id:
            found_by = Reason.IMPORTED if want.address in self.imports else Reason.FOUND_BY_KEY
            return self._adopt(want, seen, desired, found_by if have is None else Reason.RECREATED)
        cleared = cleared_attributes(want.type, desired, have)
        desired |= cleared
        before = known(want.type, desired, have, seen)
        undone = self._undo(want, before)
        found = diff(before, desired, want.type)
        left: tuple[LeftAlone, ...] = ()
        if found and want.ignore:
            found, desired, left = leave_alone(found, desired, want.ignore, want.type)
        shown = {name: value for name, value in before.items() if not isinstance(value, Missing)}
        asked = self.scope.requests_replace(want.address)
        if asked or any(forces_replace(item, seen) for item in found):
            self._look_for_lacking(want)
            reason = Reason.REQUESTED if asked else Reason.CANNOT_CHANGE_IN_PLACE
            # What state protects is not destroyed by the same plan that takes the protection away.
            change = replace(
                make_change(want, Action.REPLACE, reason, seen, Difference(shown, desired, found, left)),
                protect=want.protect or have.protect,
            )
            return self._carrying(replace(change, cleared=frozenset(cleared)), seen)
        if found:
            self._look_for_impossible(want, found)
            said = Reason.UNDONE if undone.issuperset(item.path[0] for item in found) else reason_for(have, desired, drifted, found)
            reason = said if said is Reason.UNDONE else self._or_reverted(said)
            change = make_change(want, Action.UPDATE, reason, seen, Difference(shown, desired, found, left))
            return self._carrying(replace(change, cleared=frozenset(cleared)), seen)
        unlike = (want.protect, want.key, set(want.dependencies)) != (have.protect, have.key, set(have.dependencies))
        # What is only read to take a run back is not what that is for.
        managed = {name: value for name, value in desired.items() if name not in cleared}
        stale = self.scope.purpose is not Purpose.REVERT and (bool(drifted) or unlike or have.attributes != managed)
        return make_change(want, Action.NO_OP, Reason.NONE, seen, Difference(shown, managed, (), left), record=stale)

    def _carrying(self, change: Change, seen: Observed) -> Change:
        """Have an update send as observed what it replaces and nobody declares; refuse it where that is not known.

        Source:  PRODUCT.md 5.8, 6.21.
        """
        kind, before, after = change.type, change.before or {}, change.after or {}
        changed = change.changed
        if change.action is Action.REPLACE:
            self._look_for_irreplaceable(change, seen)
            changed = frozenset(kind.attributes)
        swept = kind.swept(after, changed)
        carried: dict[str, Value] = {}
        for name in sorted(swept & seen.attributes.keys()):
            told, part = seen.attributes[name], kind.attributes[name].carried
            carried[name] = told if part is None else part(told, before, after)
        untold = swept - carried.keys()
        if change.action is Action.REPLACE:
            carried |= _had(kind, seen, before, after, carried)
        self._warn_of_unknown_territories(change)
        if untold:
            self.problems.append(self._would_clear(change, sorted(untold)))
        else:
            self._warn_of_unseen(change, carried)
            if change.action is Action.REPLACE:
                self._warn_of_unread(change, [name for name in seen.unread if name not in after and name not in carried])
                self._warn_of_unwritable(change, seen)
        return replace(change, carried=carried, untold=untold)

    def _warn_of_unseen(self, change: Change, carried: Attributes) -> None:
        for unseen in sorted({change.type.attributes[name].unseen for name in carried} - {""}):
            summary = "An update may clear values that cannot be read"
            self.problems.append(warning("update-may-clear", summary, unseen, address=str(change.address)))

    def _warn_of_unread(self, change: Change, unread: list[str]) -> None:
        """Warn of attributes that an object may have, nobody can read, and a new object would not have."""
        if unread:
            names = ", ".join(attribute_name(change.type, name) for name in unread)
            detail = (
                f"{change.address} would be deleted and created again. The store does not return these fields and the files do not declare "
                f"them, so the new object would be created without them: {names}."
            )
            hint = "Compare it with the store's own panel. Declare what the new object must keep, or set it there after the replace."
            place = None if change.origin is None else self.catalog.place(change.origin)
            summary = "A replace may lose values that cannot be read"
            self.problems.append(warning("replace-may-lose", summary, detail, hint, address=str(change.address)).at(place))

    def _warn_of_unwritable(self, change: Change, seen: Observed) -> None:
        if seen.unwritable:
            hint = "Compare the new object with the store's own panel after the replace."
            place = None if change.origin is None else self.catalog.place(change.origin)
            summary = "A replace may lose values that cannot be written"
            self.problems.append(warning("replace-may-lose", summary, seen.unwritable, hint, address=str(change.address)).at(place))

    def _warn_of_unknown_territories(self, change: Change) -> None:
        """Warn where an object would be sold in some countries and the store does not tell where it is: no limit can measure that."""
        for item in change.attributes:
            if (
                Trait.TERRITORIES in item.attribute.traits
                and item.before is UNREADABLE
                and item.after not in ((), item.attribute.everywhere)
            ):
                names = ", ".join(map(str, item.after)) if isinstance(item.after, tuple) else str(item.after)
                detail = (
                    f"{change.address} would be sold in {names} alone. The store does not return the countries where it is sold now, "
                    "so a loss is not listed as a risk and not counted against `max_territory_loss`."
                )
                hint = "Compare it with the store's own panel before this is applied."
                place = self.catalog.field_place(change.address, item.attribute.name)
                summary = "Unknown loss of territories"
                self.problems.append(warning("territories-unknown", summary, detail, hint, address=str(change.address)).at(place))

    def _look_for_irreplaceable(self, change: Change, seen: Observed) -> None:
        if seen.irreplaceable:
            hint = "Make the change in the store's own panel, or take that away there first."
            self.problems.append(
                error(
                    "replace-would-lose",
                    "A new object could not be like the old one",
                    seen.irreplaceable,
                    hint,
                    address=str(change.address),
                )
            )

    def _would_clear(self, change: Change, untold: list[str]) -> Diagnostic:
        account = change.address.account
        attributes = [change.type.attributes[name] for name in untold]
        names = [attribute_name(change.type, name) for name in untold]
        detail = (
            f"An update of {change.address} replaces {', '.join(names)} as well. The files do not declare them and the store does not "
            "return them, so the update would clear them."
        )
        as_json = change.origin is not None and change.origin.path.lower().endswith(".json")
        lines = skeleton(attributes, account, as_json=as_json)
        hint = f"Declare each with its value in the store; an empty list clears it there.\n{lines}"
        place = None if change.origin is None else self.catalog.place(change.origin)
        return error("update-would-clear", "An update would clear undeclared fields", detail, hint, address=str(change.address)).at(place)

    def _or_reverted(self, otherwise: Reason) -> Reason:
        return Reason.REVERTED if self.scope.purpose is Purpose.REVERT else otherwise

    def _owner(self, change: Change, have: Recorded | None) -> Address | None:
        """Find what an object is part of, among what it depends on: by the reference that is declared, or the id that is recorded."""
        name = change.type.owner
        if not name:
            return None
        declared = self.catalog.resources.get(change.address)
        said = None if declared is None else declared.attributes.get(name)
        if isinstance(said, Reference):
            return said.address
        held = None if have is None else have.attributes.get(name)
        return next((one for one in change.dependencies if one in self.recorded and self.recorded[one].id == held), None)

    def _undo(self, want: Resource, before: dict[str, Value | Missing]) -> set[str]:
        """Put what will have been undone, by a change of what it depends on, in the place of what there is now."""
        inherited = self._inherited(want, before)
        if inherited:
            before.update(inherited)
            return set(inherited)
        falls_back = want.type.undone
        if not falls_back or not any(needed in self.fates and _sends(self.fates[needed]) for needed in want.dependencies):
            return set()
        # What is declared to be as they leave it is not left to them: how they do it is not how it is done on purpose.
        undone = {
            name: value for name, value in falls_back.items() if name in before and value not in (before[name], want.attributes.get(name))
        }
        before.update(undone)
        return set(undone)

    def _inherited(self, want: Resource, before: Mapping[str, Value | Missing]) -> dict[str, Value]:
        """Return the values that declared attributes may read as, once what they are inherited from has changed.

        The store does not tell a value that was set from one that is inherited. One that reads as declared because its source reads
        the same, and whose source gets another value, has to be set; where it was set before, that changes nothing.
        """
        found: dict[str, Value] = {}
        for name, wanted in want.attributes.items():
            if Trait.INHERITED not in want.type.attributes[name].traits or before.get(name) != wanted:
                continue
            sources = (self.fates[needed] for needed in want.dependencies if needed in self.fates)
            for source in sources:
                if source.type is not want.type or not _sends(source) or source.after is None:
                    continue
                became = source.after.get(name, wanted)
                if (source.before or {}).get(name, wanted) == wanted and became != wanted:
                    found[name] = became
        return found

    def _look_for_lacking(self, want: Resource) -> None:
        """Notice what could not be made from what is declared, now that it would have to be."""
        if want.create_errors:
            told = (self.catalog.located(replace(problem, address=str(want.address))) for problem in want.create_errors)
            self.problems.extend(one if one.source is not None else one.at(self.catalog.place(want.origin)) for one in told)

    def _look_for_impossible(self, want: Resource, found: tuple[AttributeChange, ...]) -> None:
        """Notice what cannot become as declared while the object lives: to leave it out would be to say that it is."""
        for item in found:
            if item.attribute.impossible is None or isinstance(item.before, Missing) or isinstance(item.after, Missing):
                continue
            why = item.attribute.impossible(item.before, item.after)
            if why:
                owner = want.attributes.get(want.type.owner)
                whole_address = owner.address if isinstance(owner, Reference) else want.address
                hint = f"To replace it, with all that is lost by that:\ncatalogctl plan --replace {whole_address}"
                self.problems.append(
                    error(
                        "change-impossible",
                        "A change that the store cannot make",
                        why,
                        hint,
                        address=str(want.address),
                        attribute=item.attribute.name,
                    )
                )

    def _cannot_import(self, want: Resource, seen: Observed | None) -> bool:
        """Notice an import block whose object is not there: a create in its place would double what was meant."""
        named = self.imports.get(want.address)
        if named is None or (seen is not None and seen.id == named.id):
            return False
        instead = "" if seen is None else f" The one with the key {want.key!r} has the id {seen.id}."
        detail = f"{want.address} should be the object with the id {named.id}, and the store does not show one.{instead}"
        hint = (
            "Correct the id: it is the one that the store gave it."
            if named.origin == ASKED_FOR
            else "Correct the id, or take the import block out."
        )
        self.problems.append(error("import-missing", "Nothing to import", detail, hint, address=str(want.address)))
        return True

    def _is_managed(self, want: Resource, seen: Observed) -> bool:
        """Notice an object that another address manages: two would write to it, or one would delete what the other keeps."""
        owner = self.owners.get((want.address.account, want.type.name, seen.id), want.address)
        if owner == want.address or owner in self.released or (not is_handed_over(want.type) and self._gives_up(owner)):
            return False
        detail = f"The object with the key {want.key!r} (id {seen.id}) is managed as {owner} already."
        if owner in self.catalog.resources:
            hint = f"If {owner} is giving up that key, apply this first:\ncatalogctl apply --target {owner}"
        else:
            hint = f"If it only got another address, say so:\nmoved: [{{from: {owner}, to: {want.address}}}]"
        self.problems.append(error("managed-elsewhere", "An object with two addresses", detail, hint, address=str(want.address)))
        return True

    def _adopt(self, want: Resource, seen: Observed, desired: dict[str, Value], reason: Reason) -> Change | None:
        if self._is_managed(want, seen):
            return None
        before: dict[str, Value | Missing] = {}
        unverified: list[str] = []
        for name, wanted in desired.items():
            attribute = want.type.attributes[name]
            if name in seen.attributes and not (Trait.NORMALISED in attribute.traits and not attribute.same(seen.attributes[name], wanted)):
                before[name] = seen.attributes[name]
            elif attribute.replaces or not attribute.traits.isdisjoint({Trait.RENEWS, Trait.AT_CREATION}):
                before[name] = wanted
                unverified.append(name)
            else:
                before[name] = UNREADABLE
        self._undo(want, before)
        found = diff(before, desired, want.type)
        left: tuple[LeftAlone, ...] = ()
        if found and want.ignore:
            found, desired, left = leave_alone(found, desired, want.ignore, want.type)
        self._look_for_impossible(want, found)
        blocking = [attribute_name(want.type, str(item.path[0])) for item in found if forces_replace(item, seen)]
        if blocking:
            detail = (
                f"The store already holds {want.key!r} (id {seen.id}), not made by this catalog, and its {', '.join(blocking)} cannot be "
                "changed in place. Only recorded objects are deleted, so it is left unchanged."
            )
            hint = "Remove it in the store, or give the edition another external_id."
            self.problems.append(
                error("adopt-conflict", "An object of another kind holds this key", detail, hint, address=str(want.address))
            )
            return None
        for name in unverified:
            detail = f"The store does not tell its {attribute_name(want.type, name)}; it is taken to be the declared one from now on."
            self.problems.append(
                warning("adopt-unverified", "Adopted without comparing the file", detail, address=str(want.address), attribute=name)
            )
        shown = {name: value for name, value in before.items() if not isinstance(value, Missing)}
        change = make_change(want, Action.ADOPT, reason, seen, Difference(shown, desired, found, left))
        return self._carrying(change, seen) if found else change

    def _give_up(self, want: Resource | None, have: Recorded | None, seen: Observed | None) -> Change | None:
        if have is None:
            return None
        if have.deposed and (seen is None or seen.id != have.id):
            # It is gone, and what it took the place of is there still.
            have, seen = last_left_over(have), Observed(have.deposed[-1].id, have.deposed[-1].key, {})
        kind = have.type
        owner = self._fate_of_owner(have)
        if have.address in self.released or (owner is not None and owner.action is Action.FORGET and owner.address in self.released):
            return part_with(have, Action.FORGET, self._or_reverted(Reason.RELEASED), seen)
        if seen is None or seen.id != have.id:
            return part_with(have, Action.FORGET, Reason.ALREADY_GONE, None)
        if kind.cascades and owner is not None and owner.action.destroys:
            return replace(part_with(have, Action.DELETE, Reason.WITH_OWNER, seen), protect=have.protect)
        if kind.singleton is not None and not diff(seen.attributes, kind.singleton, kind):
            return part_with(have, Action.FORGET, Reason.ALREADY_GONE, None)
        match kind.removal:
            case RemovalRule.REFUSED:
                return self._cannot_remove(have, seen)
            case RemovalRule.LEFT:
                return self._leave(have, seen)
            case RemovalRule.DELETED:
                reason = Reason.DESTROY if self.scope.purpose is Purpose.DESTROY else self._or_reverted(Reason.NO_LONGER_DECLARED)
                return replace(part_with(have, Action.DELETE, reason, seen), protect=have.protect or (want is not None and want.protect))

    def _fate_of_owner(self, have: Recorded) -> Change | None:
        held = have.attributes.get(have.type.owner) if have.type.owner else None
        return next((self.fates[one] for one in have.dependencies if one in self.fates and self.fates[one].id == held), None)

    def _cannot_remove(self, have: Recorded, seen: Observed) -> Change:
        detail = f"{have.address} is no longer declared, and {have.type.loss[0].lower()}{have.type.loss[1:]}"
        hint = "Declare it again, or take the whole edition off the account."
        self.problems.append(error("change-impossible", "A change that the store cannot make", detail, hint, address=str(have.address)))
        return part_with(have, Action.FORGET, Reason.STAYS, seen)

    def _leave(self, have: Recorded, seen: Observed) -> Change:
        if have.type.singleton is None:
            detail = (
                f"{have.address} is no longer declared. The store has no way to take it away, so it stays there and is no longer managed."
            )
            self.problems.append(warning("left-in-store", "Something stays in the store", detail, address=str(have.address)))
        return part_with(have, Action.FORGET, Reason.STAYS, seen)


def identity_of(have: Recorded) -> tuple[str, str, str]:
    """Return what tells a recorded object from all others, whatever its account is called; each sandbox account is a store of its own."""
    store = canonical(have.base_url)
    return (store if "://" in store else have.address.account, have.type.name, have.id)


def _sends(change: Change) -> bool:
    """Return whether a change sends anything that touches the object itself."""
    return change.action in {Action.CREATE, Action.UPDATE, Action.REPLACE} or (change.action is Action.ADOPT and bool(change.attributes))


def _passes_on(change: Change) -> list[str]:
    """List the attributes that get another value by a change, and that others may inherit."""
    before, after = change.before or {}, change.after or {}
    inherited = (name for name, attribute in change.type.attributes.items() if Trait.INHERITED in attribute.traits)
    return [name for name in inherited if name in after and before.get(name) != after[name]]


def _had(type_: ResourceType, seen: Observed, before: Attributes, after: Attributes, carried: Attributes) -> dict[str, Value]:
    """Return what an object has, nobody declares, and one made in its place would not have by itself."""
    had: dict[str, Value] = {}
    for name in seen.attributes.keys() & type_.attributes.keys() - after.keys() - carried.keys():
        attribute, told = type_.attributes[name], seen.attributes[name]
        value = told if attribute.carried is None else attribute.carried(told, before, after)
        if Trait.FOREIGN not in attribute.traits and value is not None and value != attribute.unset and value not in ((), {}, False, ""):
            had[name] = value
    return had
