"""What the files want × what state remembers × what the stores hold → what to do about each address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType

from catalogctl.model.address import Address, in_order
from catalogctl.model.blocks import ASKED_FOR
from catalogctl.model.diagnostics import CatalogError, Diagnostic, error, warning
from catalogctl.model.resource import Observed, Recorded, RemovalRule, Resource, Trait
from catalogctl.model.value import Reference, Value, fill
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.attribute_words import attribute_name
from catalogctl.planning.blocks.suggest_moves import Offers, offers
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import UNREADABLE, AttributeChange, Change, Drift, LeftAlone, Missing
from catalogctl.planning.conflicts import Decided, conflicts, withdrawals
from catalogctl.planning.diff import diff, ignored, whole
from catalogctl.planning.half_replaced import before_its_replace, created_again, told_of
from catalogctl.planning.handover import is_handed_over
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
from catalogctl.planning.threeway import cleared_attributes, drift_between, forces_replace, known, leave_alone, reason_for
from catalogctl.planning.undeclared import carrying, losses


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
    decided = Decided(catalog, recorded, observed, scope, planner.deciding, planner.changes)
    planner.problems.extend(conflicts(decided))
    withdrawing, warnings = withdrawals(decided)
    changes = sorted(withdrawing, key=lambda change: in_order(change.address))
    drift = sorted(planner.drift, key=lambda item: item.address)
    return Verdicts(tuple(changes), tuple(drift), (*planner.problems, *warnings))


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
        self.released = catalog.released
        self.imports = {entry.address: entry for entry in catalog.imports}
        self.owners = {(address.account, have.type.name, have.id): address for address, have in recorded.items()}
        self.ids: dict[Address, str | None] = {
            address: have.id for address, have in recorded.items() if not have.half_replaced and not scope.selects(address)
        }
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
                change = None if seen is None and before_its_replace(have, self.recorded) else refresh_record(address, want, have, seen)
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
        if have is not None and (drifted or (seen is None and before_its_replace(have, self.recorded) is None)):
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
            was = before_its_replace(have, self.recorded)
            if have is not None and was is not None:
                return self._create_again(want, have, was, desired)
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
        stale = self.scope.purpose is not Purpose.REVERT and (bool(drifted) or unlike or have.attributes != managed or have.half_replaced)
        return make_change(want, Action.NO_OP, Reason.NONE, seen, Difference(shown, managed, (), left), record=stale)

    def _carrying(self, change: Change, seen: Observed) -> Change:
        """Have an update send as observed what it replaces and no file declares; refuse it where that is not known."""
        change = carrying(change, seen)
        self.problems.extend(losses(change, seen, self.catalog))
        return change

    def _create_again(self, want: Resource, have: Recorded, was: Observed, desired: dict[str, Value]) -> Change:
        """Create what a replace deleted and did not create again; what was deleted is none of what a lost answer may have made."""
        change = created_again(want, have, was, desired)
        self.problems.extend(told_of(change, was, self.catalog))
        self.present[want.address] = self.present.get(want.address, frozenset()) | {have.id}
        return replace(change, untold=frozenset(), reason=self._or_reverted(change.reason))

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
        if not falls_back or not any(needed in self.fates and self.fates[needed].sends for needed in want.dependencies):
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
                if source.type is not want.type or not source.sends or source.after is None:
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
