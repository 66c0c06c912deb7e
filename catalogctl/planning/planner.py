"""What the files want × what state remembers × what the stores hold → what to do about each address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from graphlib import CycleError, TopologicalSorter

from catalogctl.model.address import Address, everywhere, in_order, print_path
from catalogctl.model.diagnostics import CatalogError, Diagnostic, error, warning
from catalogctl.model.reference import fill
from catalogctl.model.resource import NO_UNSET, Observed, Recorded, Resource, ResourceType, Trait
from catalogctl.model.value import Attributes, Scalar, Value
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import UNREADABLE, AttributeChange, Change, Drift, Missing
from catalogctl.planning.diff import diff, ignored, whole


class Purpose(Enum):
    """What a plan is for."""

    CONVERGE = "make the stores hold what the files say"
    DESTROY = "remove everything that is managed"
    REFRESH = "only take note of what the stores hold"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the catalog a plan is about, and how."""

    purpose: Purpose = Purpose.CONVERGE
    selected: Callable[[Address], bool] = everywhere
    replace: Callable[[Address], bool] = field(default=lambda _: False)
    """Addresses to be deleted and created anew although nothing forces it."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The planner's findings, before they are ordered."""

    changes: tuple[Change, ...]
    drift: tuple[Drift, ...]
    diagnostics: tuple[Diagnostic, ...]


def plan_changes(catalog: Catalog, recorded: Mapping[Address, Recorded], observed: Mapping[Address, Observed], scope: Scope) -> Verdicts:
    """Decide about every address that the files or state know and the scope selects.

    Shapes:  `recorded` has been relocated; an address missing from `observed` does not exist in its store.
    Raises:  CatalogError (dependency-cycle).
    Source:  PRODUCT.md 4, 5.3, 5.4, 5.8, 5.9.
    """
    planner = _Planner(catalog, recorded, observed, scope)
    addresses = [address for address in _parents_first(catalog, recorded) if scope.selected(address)]
    for address in addresses:
        planner.decide(address)
    planner.look_for_idle_imports()
    planner.look_for_missing_parents()
    changes = sorted(planner.changes, key=lambda change: in_order(change.address))
    drift = sorted(planner.drift, key=lambda item: item.address)
    return Verdicts(tuple(changes), tuple(drift), tuple(planner.problems))


def _parents_first(catalog: Catalog, recorded: Mapping[Address, Recorded]) -> Iterable[Address]:
    addresses = sorted({*catalog.resources, *recorded}, key=in_order)
    graph = {address: catalog.resources[address].dependencies for address in addresses if address in catalog.resources}
    if not any(graph.values()):
        return addresses
    sorter = TopologicalSorter({address: graph.get(address, ()) for address in addresses})
    try:
        return list(sorter.static_order())
    except CycleError as cycle:
        way = " → ".join(str(address) for address in cycle.args[1])
        raise CatalogError(error("dependency-cycle", "Resources depend on each other in a circle", f"{way}.")) from cycle


class _Planner:
    """Holds what has been decided so far: a child's reference to its parent depends on what becomes of the parent."""

    def __init__(self, catalog: Catalog, recorded: Mapping[Address, Recorded], observed: Mapping[Address, Observed], scope: Scope) -> None:
        self.catalog = catalog
        self.recorded = recorded
        self.observed = observed
        self.scope = scope
        self.released = {removal.address for removal in catalog.removed if not removal.destroy}
        self.imports = {entry.address: entry.id for entry in catalog.imports}
        self.owners = {(address.account, have.type.name, have.id): address for address, have in recorded.items()}
        self.ids: dict[Address, str | None] = {address: have.id for address, have in recorded.items() if not scope.selected(address)}
        self.changes: list[Change] = []
        self.drift: list[Drift] = []
        self.problems: list[Diagnostic] = []

    def decide(self, address: Address) -> None:
        want = self.catalog.resources.get(address)
        have = self.recorded.get(address)
        seen = self.observed.get(address)
        drifted = _drift(have, seen) if have is not None else ()
        match self.scope.purpose:
            case Purpose.CONVERGE if want is not None:
                change = self._converge(want, have, seen, drifted)
            case Purpose.REFRESH:
                change = _refreshed(address, want, have, seen)
            case _:
                change = self._give_up(want, have, seen)
        if change is None:
            return
        self.changes.append(change)
        self.ids[address] = None if change.action is Action.REPLACE else change.id
        if have is not None and (drifted or seen is None):
            names = {item.path[0] for item in drifted}
            matters = change.action is not Action.NO_OP and (seen is None or bool(names & change.changed))
            forgotten = change.action is Action.FORGET
            refreshing = self.scope.purpose is Purpose.REFRESH
            self.drift.append(Drift(address, have.type, drifted, seen is None, refreshing or (matters and not forgotten)))

    def look_for_idle_imports(self) -> None:
        """Notice import blocks for addresses that no title declares: nothing would come of them."""
        for address in self.imports:
            if self.scope.purpose is Purpose.CONVERGE and address not in self.catalog.resources and address not in self.recorded:
                detail = f"No title declares {address}; what is imported there would be deleted at once."
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

    def _converge(
        self, want: Resource, have: Recorded | None, seen: Observed | None, drifted: tuple[AttributeChange, ...]
    ) -> Change | None:
        if have is None and self._cannot_import(want, seen):
            return None
        desired = fill(want.attributes, self.ids.get) if want.dependencies else dict(want.attributes)
        if seen is None:
            reason = Reason.DECLARED if have is None else Reason.GONE
            return _change(want, Action.CREATE, reason, None, None, desired, whole(None, desired, want.type))
        if have is None or have.id != seen.id:
            return self._adopt(want, seen, desired, Reason.FOUND_BY_KEY if have is None else Reason.RECREATED)
        for name in have.attributes:
            attribute = want.type.attributes[name]
            if name not in desired and attribute.unset is not NO_UNSET:
                desired[name] = attribute.unset
        before = _known(want.type, desired, have, seen)
        found = diff(before, desired, want.type)
        if found and want.ignore:
            found, desired = _leave_alone(found, desired, want.ignore)
        shown = {name: value for name, value in before.items() if not isinstance(value, Missing)}
        asked = self.scope.replace(want.address)
        if asked or any(item.replaces for item in found):
            reason = Reason.REQUESTED if asked else Reason.CANNOT_CHANGE_IN_PLACE
            # What state protects is not destroyed by the same plan that takes the protection away.
            return replace(_change(want, Action.REPLACE, reason, seen, shown, desired, found), protect=want.protect or have.protect)
        if found:
            return _change(want, Action.UPDATE, _why(have, desired, drifted, found), seen, shown, desired, found)
        unlike = (want.protect, want.key, set(want.dependencies)) != (have.protect, have.key, set(have.dependencies))
        stale = bool(drifted) or unlike or have.attributes != desired
        return _change(want, Action.NO_OP, Reason.NONE, seen, shown, desired, (), record=stale)

    def _cannot_import(self, want: Resource, seen: Observed | None) -> bool:
        """Notice an import block whose object is not there: a create in its place would double what was meant."""
        named = self.imports.get(want.address)
        if named is None or (seen is not None and seen.id == named):
            return False
        instead = "" if seen is None else f" The one with the key {want.key!r} has the id {seen.id}."
        detail = f"{want.address} is to be the object with the id {named}, and the store does not show one.{instead}"
        hint = "Correct the id, or take the import block out."
        self.problems.append(error("import-missing", "Nothing to import", detail, hint, address=str(want.address)))
        return True

    def _is_managed(self, want: Resource, seen: Observed) -> bool:
        """Notice an object that another address manages: two would write to it, or one would delete what the other keeps."""
        owner = self.owners.get((want.address.account, want.type.name, seen.id), want.address)
        if owner == want.address or owner in self.released:
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
            if name in seen.attributes:
                before[name] = seen.attributes[name]
            elif attribute.replaces:
                before[name] = wanted
                unverified.append(name)
            else:
                before[name] = UNREADABLE
        found = diff(before, desired, want.type)
        if found and want.ignore:
            found, desired = _leave_alone(found, desired, want.ignore)
        blocking = [print_path(item.path) for item in found if item.replaces]
        if blocking:
            detail = (
                f"The store already holds {want.key!r} (id {seen.id}), not made by this catalog, and its {', '.join(blocking)} cannot be "
                "changed in place. Only what state records is ever deleted, so it is left as it is."
            )
            hint = "Remove it in the store by hand, or give the edition another external_id."
            self.problems.append(
                error("adopt-conflict", "An object of another kind holds this key", detail, hint, address=str(want.address))
            )
            return None
        for name in unverified:
            detail = f"The store does not tell its {name}; it is taken to be the declared one from now on."
            self.problems.append(
                warning("adopt-unverified", "Adopted without comparing the file", detail, address=str(want.address), attribute=name)
            )
        shown = {name: value for name, value in before.items() if not isinstance(value, Missing)}
        return _change(want, Action.ADOPT, reason, seen, shown, desired, found)

    def _give_up(self, want: Resource | None, have: Recorded | None, seen: Observed | None) -> Change | None:
        if have is None:
            return None
        if have.address in self.released:
            return _parting(have, Action.FORGET, Reason.RELEASED, seen)
        if seen is None or seen.id != have.id:
            return _parting(have, Action.FORGET, Reason.ALREADY_GONE, None)
        reason = Reason.DESTROY if self.scope.purpose is Purpose.DESTROY else Reason.NO_LONGER_DECLARED
        return replace(_parting(have, Action.DELETE, reason, seen), protect=have.protect or (want is not None and want.protect))


def _known(kind: ResourceType, desired: Attributes, have: Recorded, seen: Observed) -> dict[str, Value | Missing]:
    """Take each declared attribute from where it can be known: the store, or for what the store never tells, state."""
    before: dict[str, Value | Missing] = {}
    told, remembered = seen.attributes, have.attributes
    for name in desired:
        by_memory = Trait.ON_DECISION in kind.attributes[name].traits
        if name in told and not by_memory:
            before[name] = told[name]
        elif name in remembered:
            before[name] = remembered[name]
        elif name in told:
            before[name] = told[name]
        elif kind.attributes[name].replaces:
            before[name] = desired[name]
        else:
            before[name] = UNREADABLE
    return before


def _drift(have: Recorded, seen: Observed | None) -> tuple[AttributeChange, ...]:
    if seen is None:
        return ()
    remembered: dict[str, Value | Missing] = {}
    told: dict[str, Value] = {}
    for name, applied in have.attributes.items():
        if name in seen.attributes:
            remembered[name] = have.observed.get(name, applied)
            told[name] = seen.attributes[name]
    return diff(remembered, told, have.type)


def _leave_alone(
    found: tuple[AttributeChange, ...], desired: dict[str, Value], globs: tuple[str, ...]
) -> tuple[tuple[AttributeChange, ...], dict[str, Value]]:
    """Drop the differences that `ignore_changes` covers, and want there what is there, so that a full write keeps it."""
    kept: list[AttributeChange] = []
    wanted = dict(desired)
    for item in found:
        if not ignored(item.path, globs):
            kept.append(item)
            continue
        name = str(item.path[0])
        if len(item.path) == 1:
            if isinstance(item.before, Missing):
                wanted.pop(name, None)
            else:
                wanted[name] = item.before
            continue
        entries = wanted[name]
        merged = dict(entries) if isinstance(entries, Mapping) else {}
        if isinstance(item.before, Missing):
            merged.pop(str(item.path[1]), None)
        else:
            merged[str(item.path[1])] = _scalar(item.before)
        wanted[name] = merged
    return tuple(kept), wanted


def _scalar(value: Value) -> Scalar:
    if isinstance(value, tuple | Mapping):
        message = "an entry of a mapping is a scalar"
        raise TypeError(message)
    return value


def _why(have: Recorded, desired: Attributes, drifted: tuple[AttributeChange, ...], found: tuple[AttributeChange, ...]) -> Reason:
    by_store = not {item.path for item in found}.isdisjoint(item.path for item in drifted)
    by_files = any(_edited(item, have.attributes, desired) for item in found)
    match by_files, by_store:
        case True, True:
            return Reason.BOTH
        case False, True:
            return Reason.DRIFTED
        case _:
            return Reason.EDITED


def _edited(item: AttributeChange, recorded: Attributes, desired: Attributes) -> bool:
    """Whether the files say something else at this path than what was last applied."""
    name, *rest = (str(step) for step in item.path)
    if name not in recorded:
        return True
    was, now = recorded[name], desired[name]
    if rest and isinstance(was, Mapping) and isinstance(now, Mapping):
        was, now = ({key: value for key, value in entries.items() if key in rest} for entries in (was, now))
    return not item.attribute.same(was, now)


def _change(
    want: Resource,
    action: Action,
    reason: Reason,
    seen: Observed | None,
    before: Attributes | None,
    after: Attributes,
    found: tuple[AttributeChange, ...],
    *,
    record: bool = False,
) -> Change:
    return Change(
        address=want.address,
        type=want.type,
        action=action,
        reason=reason,
        id=None if seen is None else seen.id,
        key=want.key,
        before=before,
        after=after,
        attributes=found,
        dependencies=want.dependencies,
        protect=want.protect,
        fingerprint="" if seen is None or action is Action.NO_OP else seen.fingerprint,
        observed={} if seen is None else seen.attributes,
        origin=want.origin,
        record=record,
    )


def _parting(have: Recorded, action: Action, reason: Reason, seen: Observed | None) -> Change:
    before = {**have.attributes, **{name: value for name, value in (seen.attributes if seen else {}).items() if name in have.attributes}}
    return Change(
        address=have.address,
        type=have.type,
        action=action,
        reason=reason,
        id=have.id,
        key=have.key if seen is None else seen.key,
        before=before,
        after=None,
        attributes=whole(before, None, have.type) if action is Action.DELETE else (),
        dependencies=have.dependencies,
        protect=have.protect,
        fingerprint="" if seen is None else seen.fingerprint,
        observed={} if seen is None else seen.attributes,
    )


def _refreshed(address: Address, want: Resource | None, have: Recorded | None, seen: Observed | None) -> Change | None:
    """Only state changes: it forgets what is gone and takes note of what is otherwise than it remembers."""
    if have is None:
        return None
    if seen is None or seen.id != have.id:
        return _parting(have, Action.FORGET, Reason.ALREADY_GONE, None)
    noted = {name: value for name, value in seen.attributes.items() if name in have.attributes}
    return Change(
        address=address,
        type=have.type,
        action=Action.NO_OP,
        reason=Reason.NONE,
        id=have.id,
        key=have.key,
        before=have.attributes,
        after=have.attributes,
        dependencies=have.dependencies,
        protect=have.protect,
        observed=seen.attributes,
        origin=None if want is None else want.origin,
        record=any(
            not have.type.attributes[name].same(have.observed.get(name, have.attributes[name]), value) for name, value in noted.items()
        ),
    )
