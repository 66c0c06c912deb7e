"""The words for what a change does and why."""

from __future__ import annotations

from catalogctl.model.resource import ReplaceOrder
from catalogctl.planning.action import Action
from catalogctl.planning.attribute_words import attribute_name
from catalogctl.planning.change import Change
from catalogctl.view.paint.style import Style


def word(change: Change) -> str:
    """Return the word for an action: what destroys is in capitals."""
    if change.action is Action.ADOPT and change.attributes:
        return "adopt and update"
    return change.action.name if change.action.destroys else change.action.name.lower()


def why(change: Change, style: Style) -> str:
    """Return why an action was chosen and what follows, in one line."""
    return because(change, f" {style.arrow} ")


def because(change: Change, then: str) -> str:
    """Return why an action was chosen and what follows; `then` is between the two."""
    reason: str = change.reason.value
    match change.action:
        case Action.REPLACE:
            names = ", ".join(dict.fromkeys(attribute_name(change.type, str(path[0])) for path in change.replace_paths))
            cause = f"{names}: {reason}" if names else reason
            return f"{cause}{then}{_replaced(change)}"
        case Action.ADOPT if not change.attributes:
            return f"{reason}{then}it is recorded as it is, nothing is sent"
        case Action.ADOPT:
            return f"{reason}{then}it joins the state and is made as declared"
        case Action.FORGET:
            return f"{reason}{then}dropped from the state, nothing is sent"
        case _:
            return reason


def _replaced(change: Change) -> str:
    kind = change.type.name
    if change.type.replace_order is ReplaceOrder.DELETE_FIRST:
        return f"the {kind} is deleted, then created again"
    return f"a new {kind} is created, then the old one deleted"
