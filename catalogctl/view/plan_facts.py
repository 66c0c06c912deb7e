"""What every form of a plan says in the same words: how long its apply takes, and what it was made from."""

from __future__ import annotations

from catalogctl.planning.plan import Plan


def unasked(plan: Plan) -> str:
    """Say what a plan was made from for which no store was asked."""
    recorded = f"what was last recorded (serial {plan.base.serial} of the state)" if plan.base.lineage else "a state that has nothing yet"
    return f"No store was asked: this plan is made from {recorded}."


def duration_text(seconds: float) -> str:
    """Write an estimated time in words, no more exact than it is."""
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return f"about {round(seconds) if seconds < 10 else round(seconds / 5) * 5} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"about {minutes} min"
    hours, minutes = divmod(round(seconds / 600) * 10, 60)
    if hours >= 48:
        return f"about {round(hours / 24)} days"
    return f"about {hours} h {minutes} min" if minutes else f"about {hours} h"
