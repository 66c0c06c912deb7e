"""A saved plan held against one made now: what may be done as it was reviewed, what is done already, and what has moved.

    as reviewed   the plan made now would do the very same                → done
    settled       the object is as the plan would leave it                → nothing is sent
    moved         anything else                                           → refused, shown three ways
    withheld      it needs, or is part of, or takes along what is refused → not tried

Nothing is ever done because a file says so: what may be done is taken from the plan made now, where the saved one agrees.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto

from catalogctl.model.address import Address, in_order
from catalogctl.model.diagnostics import Diagnostic
from catalogctl.model.resource import Recorded
from catalogctl.model.value import UNKNOWN, Reference, Value, fill
from catalogctl.planning.action import Action
from catalogctl.planning.change import Change
from catalogctl.planning.order import OperationGraph, order
from catalogctl.planning.plan import Plan, Refresh
from catalogctl.planning.review.moved import moved
from catalogctl.planning.scope import Purpose, Scope


class Standing(Enum):
    """How a change of a saved plan stands to what a plan made now would do."""

    AS_REVIEWED = auto()
    SETTLED = auto()
    """The object is as the plan would leave it: someone did it, or an earlier apply."""
    MOVED = auto()
    PASSED = auto()
    """State was to take note of an object that was as the files say, and that no longer is: no part of what was reviewed."""


@dataclass(frozen=True, slots=True)
class RefusedChange:
    """An object that is left alone, since it is not what the plan was reviewed on."""

    change: Change
    """As it was reviewed."""
    diagnostic: Diagnostic

    @property
    def name(self) -> str:
        """What was to be done, and to what."""
        return f"{self.change.action.value} {self.change.address}"


@dataclass(frozen=True, slots=True)
class Withheld:
    """A step that is not tried because of an object that is refused."""

    name: str
    verb: str
    address: Address
    because: str
    """The name of what is refused."""


@dataclass(frozen=True, slots=True)
class Review:
    """What holding a saved plan against the stores came to, beside what may be done."""

    settled: tuple[Change, ...] = ()
    refused: tuple[RefusedChange, ...] = ()
    withheld: tuple[Withheld, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """What of a saved plan may be done now."""

    changes: tuple[Change, ...]
    """As planned now, ordered by address; of what is settled, what state has to learn."""
    graph: OperationGraph
    review: Review


def reviewed(saved: Plan, recorded: Mapping[Address, Recorded]) -> Scope:
    """Return the scope in which a plan made now can do what a saved one does, and no more.

    Shapes:  `recorded` has been relocated. What is to be created again is so only while state still has the object that was to go.
    """
    doing = {change.address for change in _doing(saved)}
    renewed = {
        change.address
        for change in saved.changes
        if change.action is Action.REPLACE
        and change.address in recorded
        and recorded[change.address].id == change.id
        and not recorded[change.address].half_replaced
    }
    return Scope(saved.purpose, only=frozenset(doing), replaced=frozenset(renewed))


def approve(saved: Plan, fresh: Plan, impossible: Mapping[Address, Diagnostic]) -> Approval:
    """Find out what of a saved plan may be done, by a plan that was made now in the scope of what was reviewed.

    Shapes:  `impossible` has what cannot be planned any more, and why; these and what needs them are not in `fresh`.
    Raises:  CatalogError (dependency-cycle).
    Source:  PRODUCT.md 5.2, 6.3.
    """
    now = {change.address: change for change in fresh.changes}
    why = {item.address: item.detail for item in fresh.diagnostics}
    refused = {
        change.address: RefusedChange(change, impossible[change.address]) for change in _doing(saved) if change.address in impossible
    }
    withheld = needing(saved, refused)
    settled: list[Change] = []
    doing: dict[Address, Change] = {}
    noting: list[Change] = []
    for change in _doing(saved):
        other = now.get(change.address)
        if change.address in withheld:
            continue
        match standing(saved, change, other, now):
            case Standing.AS_REVIEWED if other is not None:
                doing[change.address] = other
            case Standing.SETTLED:
                settled.append(change)
                if other is not None and (other.updates_state_only or other.action in {Action.ADOPT, Action.FORGET}):
                    noting.append(other)
            case Standing.MOVED:
                refused[change.address] = RefusedChange(change, moved(change, other, saved.command, why.get(str(change.address), "")))
            case _:
                pass
    planned = {**{change.address: change for change in _doing(saved) if change.address in refused or change.address in withheld}, **doing}
    graph = order(planned.values())
    blamed = _blame(graph, planned, {address: one.name for address, one in refused.items()})
    return Approval(
        changes=tuple(
            sorted([*(doing[address] for address in doing.keys() - blamed.keys()), *noting], key=lambda one: in_order(one.address))
        ),
        graph=without(graph, blamed),
        review=Review(
            tuple(settled),
            tuple(refused[address] for address in sorted(refused, key=in_order)),
            tuple(_withheld(graph, planned, {address: why for address, why in blamed.items() if address not in refused})),
        ),
    )


def needing(saved: Plan, refused: Iterable[Address]) -> frozenset[Address]:
    """Find what of a plan cannot be done without some of it, these included."""
    doing = {change.address: change for change in _doing(saved)}
    return frozenset(_blame(saved.graph, doing, {address: str(address) for address in refused}))


def standing(saved: Plan, was: Change, now: Change | None, others: Mapping[Address, Change]) -> Standing:
    """Say how a change of a saved plan stands to what a plan made now would do about the same address.

    Shapes:  `others` are all changes of the plan made now: what was to be made and is there by now has an id.
    """
    if was.action is Action.NO_OP:
        return _noted(saved.purpose, was, now)
    if now is not None and _agrees(saved.refresh, was, now, _ids(others)):
        return Standing.AS_REVIEWED
    return Standing.SETTLED if _is_settled(was, now) else Standing.MOVED


def _doing(saved: Plan) -> Iterator[Change]:
    return (change for change in saved.changes if change.action.changes_anything or change.updates_state_only)


def _ids(others: Mapping[Address, Change]) -> Callable[[Address], str | None]:
    def id_of(address: Address) -> str | None:
        other = others.get(address)
        return other.id if other is not None and other.action in {Action.NO_OP, Action.ADOPT} else None

    return id_of


def _noted(purpose: Purpose, was: Change, now: Change | None) -> Standing:
    """Judge what state is only to take note of: where that is all that a plan is for, it is the very note that was reviewed."""
    if now is None or now.action is not Action.NO_OP:
        return Standing.MOVED if purpose is Purpose.REFRESH else Standing.PASSED
    if not now.updates_state_only:
        return Standing.SETTLED if purpose is Purpose.REFRESH else Standing.PASSED
    told = {name: value for name, value in was.observed.items() if name in (was.after or {})}
    same = all(now.observed.get(name) == value for name, value in told.items())
    return Standing.AS_REVIEWED if same or purpose is not Purpose.REFRESH else Standing.MOVED


def _agrees(refresh: Refresh, was: Change, now: Change, id_of: Callable[[Address], str | None]) -> bool:
    """Return whether the very same is done, to the very same object, or what is left of it where only its delete was done."""
    if was.action is Action.REPLACE and now.continues == was.id and now.continues is not None:
        wanted = None if was.after is None else fill(was.after, id_of)
        return (was.key, set(was.dependencies), wanted) == (now.key, set(now.dependencies), now.after)
    same_object = (was.id, was.key, was.protect, set(was.dependencies)) == (now.id, now.key, now.protect, set(now.dependencies))
    if not same_object or (was.actions, was.changed, was.deposed) != (now.actions, now.changed, now.deposed):
        return False
    wanted = None if was.after is None else fill(was.after, id_of)
    return wanted == now.after and _is_unmoved(refresh, was, now)


def _is_unmoved(refresh: Refresh, was: Change, now: Change) -> bool:
    match refresh:
        case Refresh.STORES:
            # A change that takes a book from sale by now, and did not when it was planned, was not reviewed as such.
            return was.fingerprint == now.fingerprint and (was.withdraws or not now.withdraws)
        case Refresh.STATE:
            known = was.type.attributes
            return all(known[name].same(was.observed[name], told) for name, told in now.observed.items() if name in was.observed)


def _is_settled(was: Change, now: Change | None) -> bool:
    """Return whether the object is as a change would leave it, and a plan made now would send nothing to it."""
    if was.after is None:
        return now is None or now.action is Action.FORGET
    if now is None or now.after is None:
        return False
    match now.action:
        case Action.NO_OP:
            pass
        case Action.ADOPT if not now.attributes and was.id in {None, now.id}:
            pass
        case _:
            return False
    # What its declaration leaves to the store may be anything; what it was to be given must be what it has.
    given = {name: value for name, value in was.after.items() if name in was.changed and not _is_open(value)}
    known = was.type.attributes
    # What was emptied, since no file declares it any more, is not managed after that.
    return all(
        known[name].same(now.after[name], value) if name in now.after else known[name].unset == value for name, value in given.items()
    )


def _is_open(value: Value) -> bool:
    """Return whether only the store could tell a value, or a part of it, when the plan was made."""
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else (value,)
    return any(part is UNKNOWN or isinstance(part, Reference) for part in parts)


def _blame(graph: OperationGraph, changes: Mapping[Address, Change], refused: Mapping[Address, str]) -> dict[Address, str]:
    """Tell of each address that cannot be done without what is refused, these included, what is to blame."""
    blamed = dict(refused)
    bound = bounds(graph, changes)
    while True:
        more: dict[Address, str] = {}
        for address in bound.keys() - blamed.keys():
            culprit = next((blamed[one] for one in bound[address] if one in blamed), None)
            if culprit is not None:
                more[address] = culprit
        if not more:
            return blamed
        blamed.update(more)


def bounds(graph: OperationGraph, changes: Mapping[Address, Change]) -> dict[Address, list[Address]]:
    """List what each change is not made without: what goes before it, what it is part of or needs, and what goes along when it destroys."""
    steps = {operation.name: operation.address for operation in graph.operations}
    bound: dict[Address, list[Address]] = {address: [] for address, change in changes.items() if change.action.changes_anything}
    for operation in graph.operations:
        bound[operation.address].extend(steps[name] for name in operation.requires)
    for address, needed in bound.items():
        change = changes[address]
        if change.owner is not None:
            needed.append(change.owner)
            if change.owner in bound and changes[change.owner].action.destroys:
                bound[change.owner].append(address)
        if change.after is not None:
            needed.extend(change.dependencies)
    return bound


def without(graph: OperationGraph, left_out: Collection[Address]) -> OperationGraph:
    """Return the steps that are left when some addresses, and all that needs them, are left out."""
    kept = [operation for operation in graph.operations if operation.address not in left_out]
    names = {operation.name for operation in kept}
    return OperationGraph(tuple(replace(one, runs_after=tuple(name for name in one.runs_after if name in names)) for one in kept))


def _withheld(graph: OperationGraph, planned: Mapping[Address, Change], blamed: Mapping[Address, str]) -> Iterator[Withheld]:
    for operation in graph.operations:
        if operation.address in blamed:
            yield Withheld(operation.name, operation.verb.value, operation.address, blamed[operation.address])
    stepless = blamed.keys() - {operation.address for operation in graph.operations}
    for address in sorted(stepless, key=in_order):
        verb = planned[address].action.value
        yield Withheld(f"{verb} {address}", verb, address, blamed[address])
