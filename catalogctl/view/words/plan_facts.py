"""What every form of a plan says in the same words: how long its apply takes, and what it was made from."""

from __future__ import annotations

from catalogctl.planning.plan import Plan


def is_whole(plan: Plan) -> bool:
    """Return whether the stores have a place for all that the files declare of what is planned."""
    return all(one.code != "fact-not-held" for one in plan.diagnostics)


def unasked(plan: Plan) -> str:
    """Return what a plan was made from for which no store was asked."""
    recorded = f"what was last recorded (serial {plan.base.serial} of the state)" if plan.base.lineage else "a state that has nothing yet"
    return f"No store was asked: this plan is made from {recorded}."
