"""Desired, recorded and observed compared: what drifted, why a change is made, and what is left alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from catalogctl.model.resource import NO_UNSET, Observed, Recorded, ResourceType, Trait
from catalogctl.model.title import Ignore
from catalogctl.model.value import Attributes, Scalar, Value
from catalogctl.planning.action import Reason
from catalogctl.planning.change import UNREADABLE, AttributeChange, LeftAlone, Missing
from catalogctl.planning.diff import diff, ignored


def cleared_attributes(type_: ResourceType, desired: Attributes, have: Recorded) -> dict[str, Value]:
    """Return the empty values of what was declared once and is no longer; what was recorded as empty is not managed any more."""
    emptied: dict[str, Value] = {}
    for name, was in have.attributes.items():
        unset = type_.attributes[name].unset
        if name not in desired and unset is not NO_UNSET and was != unset:
            emptied[name] = unset
    return emptied


def known(type_: ResourceType, desired: Attributes, have: Recorded, seen: Observed) -> dict[str, Value | Missing]:
    """Take each declared attribute from where it can be known: the store, or for what the store never tells, state."""
    before: dict[str, Value | Missing] = {}
    told, remembered = seen.attributes, have.attributes
    for name in desired:
        traits = type_.attributes[name].traits
        # What the store made of what was sent, and has kept since, stands for what was sent.
        by_memory = Trait.ON_DECISION in traits or (
            Trait.NORMALISED in traits and name in remembered and told.get(name) == have.observed.get(name, remembered[name])
        )
        if name in told and not by_memory:
            before[name] = told[name]
        elif name in remembered:
            before[name] = remembered[name]
        elif name in told:
            before[name] = told[name]
        elif type_.attributes[name].replaces or Trait.AT_CREATION in traits:
            before[name] = desired[name]
        else:
            before[name] = UNREADABLE
    return before


def forces_replace(item: AttributeChange, seen: Observed) -> bool:
    """Return whether a change can only be made by creating the object again."""
    return item.replaces and item.path[0] not in seen.in_place


def drift_between(have: Recorded, seen: Observed | None) -> tuple[AttributeChange, ...]:
    """List what differs between the recorded and the observed attributes of one object."""
    if seen is None:
        return ()
    remembered: dict[str, Value | Missing] = {}
    told: dict[str, Value] = {}
    for name, applied in have.attributes.items():
        if name in seen.attributes:
            remembered[name] = have.observed.get(name, applied)
            told[name] = seen.attributes[name]
    return diff(remembered, told, have.type)


def leave_alone(
    found: tuple[AttributeChange, ...], desired: dict[str, Value], rules: tuple[Ignore, ...], type_: ResourceType
) -> tuple[tuple[AttributeChange, ...], dict[str, Value], tuple[LeftAlone, ...]]:
    """Drop the differences that `ignore_changes` covers, and want there what is there, so that a full write keeps it."""
    kept: list[AttributeChange] = []
    left: list[LeftAlone] = []
    wanted = dict(desired)
    for item in found:
        rule = ignored(item.path, rules, type_)
        if rule is None:
            kept.append(item)
            continue
        # Of what no one can read, no one can say that it differs.
        if item.before is not UNREADABLE:
            left.append(LeftAlone(item.path, rule))
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
            merged[str(item.path[1])] = as_scalar(item.before)
        wanted[name] = merged
    return tuple(kept), wanted, tuple(left)


def as_scalar(value: Value) -> Scalar:
    """Return an entry of a mapping, which is never a list or a mapping itself."""
    if isinstance(value, tuple | Mapping):
        message = "an entry of a mapping is a scalar"
        raise TypeError(message)
    return value


def reason_for(have: Recorded, desired: Attributes, drifted: tuple[AttributeChange, ...], found: tuple[AttributeChange, ...]) -> Reason:
    """Return why an object changes: by an edit of the files, by drift, or by both."""
    by_store = not {item.path for item in found}.isdisjoint(item.path for item in drifted)
    by_files = any(is_edited(item, have.attributes, desired) for item in found)
    match by_files, by_store:
        case True, True:
            return Reason.BOTH
        case False, True:
            return Reason.DRIFTED
        case _:
            return Reason.EDITED


def is_edited(item: AttributeChange, recorded: Attributes, desired: Attributes) -> bool:
    """Return whether the files say something else at this path than what was last applied."""
    name, *rest = (str(step) for step in item.path)
    if name not in recorded:
        return True
    was, now = recorded[name], desired[name]
    if rest and isinstance(was, Mapping) and isinstance(now, Mapping):
        was, now = ({key: value for key, value in entries.items() if key in rest} for entries in (was, now))
    return not item.attribute.same(was, now)
