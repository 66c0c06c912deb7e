"""One address's decision as a Change. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from catalogctl.model.address import Address
from catalogctl.model.resource import Deposed, Observed, Recorded, Resource, Trait
from catalogctl.model.title import NOWHERE
from catalogctl.model.value import Attributes
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.change import AttributeChange, Change, LeftAlone
from catalogctl.planning.diff import whole


def last_left_over(have: Recorded) -> Recorded:
    """Return the most recent object that a replace left behind, as state would record it."""
    *others, last = have.deposed
    return replace(have, id=last.id, key=last.key, deposed=tuple(others))


def with_left_over(change: Change, deposed: tuple[Deposed, ...]) -> Change:
    """Have what earlier replaces left deleted, whatever else becomes of the address; where nothing else does, that is the change."""
    if change.action is not Action.NO_OP:
        return replace(change, deposed=tuple(one for one in deposed if one.id != change.id))
    first, *rest = deposed
    return replace(
        change,
        action=Action.DELETE,
        reason=Reason.BROKEN_OFF,
        id=first.id,
        key=first.key,
        held_key="",
        before=None,
        deposed=tuple(rest),
        protect=False,
        observed={},
        updates_state_only=False,
    )


def id_afterwards(change: Change, have: Recorded | None) -> str | None:
    """Return the id that an address has when a change is made; what is deleted of one that stays is not what it has now."""
    return have.id if have is not None and change.action is Action.DELETE and change.after is not None else change.id


@dataclass(frozen=True, slots=True)
class Difference:
    """The attributes of one object as they are and as they are to be."""

    before: Attributes | None
    """As the store has them, those that it does not return as recorded; `None` where there is no object."""
    after: Attributes
    attributes: tuple[AttributeChange, ...] = ()
    """What has to change."""
    ignored: tuple[LeftAlone, ...] = ()
    """What differs and is left alone, since an edition ignores it."""


def make_change(
    want: Resource, action: Action, reason: Reason, seen: Observed | None, difference: Difference, *, record: bool = False
) -> Change:
    """Build the change of an address that the files declare."""
    return Change(
        address=want.address,
        type=want.type,
        action=action,
        reason=reason,
        id=None if seen is None else seen.id,
        key=want.key,
        before=difference.before,
        after=difference.after,
        attributes=difference.attributes,
        dependencies=want.dependencies,
        follows=want.follows,
        protect=want.protect,
        fingerprint="" if seen is None or action is Action.NO_OP else seen.fingerprint,
        observed={} if seen is None else seen.attributes,
        links={} if seen is None else seen.links,
        held_key="" if seen is None else seen.key,
        origin=None if want.origin == NOWHERE else want.origin,
        ignored=difference.ignored,
        updates_state_only=record,
    )


def part_with(have: Recorded, action: Action, reason: Reason, seen: Observed | None) -> Change:
    """Build the change that deletes or forgets what state records."""
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


def refresh_record(address: Address, want: Resource | None, have: Recorded | None, seen: Observed | None) -> Change | None:
    """Only state changes: it forgets what is gone and takes note of what is otherwise than it remembers."""
    if have is None:
        return None
    if seen is None or seen.id != have.id:
        return part_with(have, Action.FORGET, Reason.ALREADY_GONE, None)
    noted = {name: value for name, value in seen.attributes.items() if name in have.attributes}
    # For these, what the store reported right after an apply stands for what was applied: a later word must not be taken for it.
    own = {name: value for name, value in noted.items() if Trait.NORMALISED in have.type.attributes[name].traits}
    moved = {name: value for name, value in own.items() if value != have.observed.get(name, have.attributes[name])}
    return Change(
        address=address,
        type=have.type,
        action=Action.NO_OP,
        reason=Reason.NONE,
        id=have.id,
        key=have.key,
        before=have.attributes,
        after={**have.attributes, **moved},
        dependencies=have.dependencies,
        protect=have.protect,
        observed=seen.attributes,
        origin=None if want is None else want.origin,
        updates_state_only=any(
            not have.type.attributes[name].same(have.observed.get(name, have.attributes[name]), value) for name, value in noted.items()
        ),
    )
