"""Which run a plan takes back, and what of it is not put back, in words that all forms of a plan share."""

from __future__ import annotations

from collections.abc import Callable

from catalogctl.model.quantity import counted
from catalogctl.planning.plan import Plan, Revert

_DIGITS = 12
"""Hex digits of a commit that are shown."""

Written = Callable[[str], str]
"""Writes what a form must not take for its own."""


def revert_words(revert: Revert, safe: Written, code: Written) -> tuple[str, str]:
    """Name the run, and say when it was, whose it was, what it applied, and how far it is taken back; `code` writes what can be copied."""
    commit = f", commit {code(revert.commit[:_DIGITS])}" if revert.commit else ""
    since = "what was changed since is put back, too" if revert.force else "what was changed since is left alone"
    when = f"{revert.started:%Y-%m-%d %H:%M %Z}"
    return f"Revert of run {code(revert.run)}", f"applied {safe(when)} by {safe(revert.actor)}{commit}; {since}"


def not_put_back(plan: Plan) -> str:
    """Count what of a run is not put back; empty where a plan reverts none, or all of it."""
    if plan.reverts is None:
        return ""
    told = [
        (plan.reverts.impossible, "cannot be put back"),
        (plan.reverts.left, "left alone, since changed again after the run"),
    ]
    return ", ".join(f"{counted(number, 'object')} {what}" for number, what in told if number)


def moved_back(plan: Plan) -> str:
    """Count what gets its address of before; empty where nothing does."""
    number = sum(change.moved_from is not None for change in plan.changes) if plan.reverts is not None else 0
    return f"{counted(number, 'object')} of state moved back" if number else ""
