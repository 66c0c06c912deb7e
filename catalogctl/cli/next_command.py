"""The command that does what an apply left undone, with the options that it was given and still needs."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from catalogctl.cli.console import Console
    from catalogctl.planning.plan import Plan
    from catalogctl.view.text.apply import Tally

_TARGETS = 4
"""So many addresses are named by a command that somebody may have to type."""
_SAYING = {"targets": "--target", "excludes": "--exclude", "allowed": "--allow"}
_FLAGS = {"partial": "--partial", "refresh_only": "--refresh-only", "auto_approve": "--auto-approve", "fail_fast": "--fail-fast"}


def going_on(console: Console, name: str, planfile: str | None, chosen: dict[str, Any], plan: Plan, tally: Tally) -> str:
    """Return the command that goes on from where `catalogctl NAME` came to an end; where objects were refused, the one that plans anew."""
    if tally.refused:
        return " ".join((console.command, plan.command, *_targets(plan, tally), "--out", shlex.quote(planfile or "plan.json")))
    words = [] if planfile is None else [planfile]
    for option, flag in _SAYING.items():
        for value in chosen.get(option, ()):
            words += [flag, value]
    for address in _still_to_replace(plan, tally) if planfile is None else ():
        words += ["--replace", address]
    if not chosen.get("refresh", True):
        words.append("--no-refresh")
    words += [flag for option, flag in _FLAGS.items() if chosen.get(option)]
    if chosen["confirm"] != "once":
        words += ["--confirm", chosen["confirm"]]
    if chosen["parallelism"] is not None:
        words += ["--parallelism", str(chosen["parallelism"])]
    return " ".join((console.command, name, *map(shlex.quote, words)))


def _targets(plan: Plan, tally: Tally) -> list[str]:
    """Narrow a plan of taking a run back to what was not done: a saved one tells no more of what it was narrowed to."""
    left = {str(one.address) for one in (*tally.refused, *tally.failed, *tally.skipped, *tally.not_started)}
    if plan.reverts is None or len(left) > _TARGETS:
        return []
    return [word for address in sorted(left) for word in ("--target", shlex.quote(address))]


def _still_to_replace(plan: Plan, tally: Tally) -> list[str]:
    """List what was asked to be made anew and was not begun: what was, the next plan sees to by itself."""
    from catalogctl.planning.action import Reason

    begun = {finished.address for finished in tally.finished}
    return [str(change.address) for change in plan.changes if change.reason is Reason.REQUESTED and change.address not in begun]
