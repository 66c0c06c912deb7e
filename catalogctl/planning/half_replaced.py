"""What a replace deleted and did not create again, since it failed or was killed in between: created as the replace would have. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic, warning
from catalogctl.model.resource import Observed, Recorded, Resource
from catalogctl.model.value import Value
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.attribute_words import attribute_name
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import Change, Missing
from catalogctl.planning.diff import diff, whole
from catalogctl.planning.make_change import Difference, make_change
from catalogctl.planning.threeway import cleared_attributes, known, leave_alone
from catalogctl.planning.undeclared import carrying, losses


def before_its_replace(have: Recorded | None, recorded: Mapping[Address, Recorded]) -> Observed | None:
    """Return what an object was like that a replace deleted and did not create again, or that went with one; `None` for all others."""
    if have is None:
        return None
    if have.half_replaced:
        return Observed(have.id, have.key, have.observed)
    if have.type.owner and any(needed in recorded and recorded[needed].half_replaced for needed in have.dependencies):
        return Observed(have.id, have.key, {**have.attributes, **have.observed})
    return None


def created_again(want: Resource, have: Recorded, was: Observed, desired: Mapping[str, Value]) -> Change:
    """Return the create of an object as the replace that deleted it would have made it: with what it had and no file declares.

    Shapes:  `was` is what the store showed of it before it was deleted.
    """
    cleared = cleared_attributes(want.type, desired, have)
    wanted = {**desired, **cleared}
    before = known(want.type, wanted, have, was)
    found, wanted, left = leave_alone(diff(before, wanted, want.type), wanted, want.ignore, want.type)
    shown = {name: value for name, value in before.items() if not isinstance(value, Missing)}
    asked = make_change(want, Action.REPLACE, Reason.HALF_REPLACED, was, Difference(shown, wanted, found))
    sent = carrying(asked, was)
    made = make_change(want, Action.CREATE, Reason.HALF_REPLACED, None, Difference(None, wanted, whole(None, wanted, want.type), left))
    return replace(made, carried=sent.carried, untold=sent.untold, cleared=frozenset(cleared), continues=have.id)


def told_of(change: Change, was: Observed, catalog: Catalog) -> Iterator[Diagnostic]:
    """Say what a create carries over from the deleted object; an error where it would lose what no one knows."""
    yield from losses(change, was, catalog)
    had = [name for name, value in change.carried.items() if value not in (None, (), {}, False, "")]
    if had and not change.untold:
        names = ", ".join(sorted({attribute_name(change.type, name) for name in had}))
        detail = (
            f"An earlier replace deleted {change.address} and did not create it again. It is created with what the deleted object had and "
            f"the files do not declare: {names}."
        )
        place = None if change.origin is None else catalog.place(change.origin)
        summary = "A replace that was not finished is continued"
        yield warning("replace-continued", summary, detail, address=str(change.address)).at(place)
