"""The command that a run is followed by, with the options that it was given: what it left undone, and what it needed a confirmation for."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from catalogctl.cli.console import Console
    from catalogctl.planning.plan import Plan
    from catalogctl.view.text.apply import Tally

_TARGETS = 4
"""So many addresses are named by a command that somebody may have to type."""
_SCOPE = {"targets": "--target", "excludes": "--exclude", "allowed": "--allow", "replaces": "--replace"}
_PLANNED = {"partial": "--partial", "refresh_only": "--refresh-only"}
_APPLIED = {"auto_approve": "--auto-approve", "fail_fast": "--fail-fast"}
_LOCK_TIMEOUT = 30.0
"""The seconds that a command waits for the lock where none are given."""


def going_on(console: Console, name: str, planfile: str | None, chosen: dict[str, Any], plan: Plan, tally: Tally) -> str:
    """Return the command that goes on from where `catalogctl NAME` came to an end; where objects were refused, the one that plans anew."""
    if tally.refused:
        return " ".join((console.command, plan.command, *_targets(plan, tally), "--out", shlex.quote(planfile or "plan.json")))
    replaces = _still_to_replace(plan, tally) if planfile is None else []
    return " ".join((console.command, command_line(name, planfile, {**chosen, "replaces": replaces})))


def command_line(name: str, planfile: str | None, chosen: dict[str, Any]) -> str:
    """Return a command with the options that narrow and guide a run, as they are typed; `plan` takes only those of a plan."""
    words = [] if planfile is None else [planfile]
    for option, flag in _SCOPE.items():
        for value in chosen.get(option, ()):
            words += [flag, value]
    if not chosen.get("refresh", True):
        words.append("--no-refresh")
    flags = _PLANNED if name == "plan" else {**_PLANNED, **_APPLIED}
    words += [flag for option, flag in flags.items() if chosen.get(option)]
    if chosen["confirm"] != "once" and name != "plan":
        words += ["--confirm", chosen["confirm"]]
    if chosen["parallelism"] is not None:
        words += ["--parallelism", str(chosen["parallelism"])]
    if chosen["lock_timeout"] != _LOCK_TIMEOUT:
        words += ["--lock-timeout", f"{chosen['lock_timeout']:g}"]
    return " ".join((name, *map(shlex.quote, words)))


def agreeing_beforehand(name: str, planfile: str | None, chosen: dict[str, Any]) -> str:
    """Return the hint for a run that had no terminal to ask on: the same command, agreed to beforehand."""
    from catalogctl.view.paint.style import PROGRAM

    if name == "destroy":
        what = "what is selected" if chosen["targets"] or chosen["excludes"] else "everything that is managed"
        once = command_line(name, None, {**chosen, "confirm": "once", "auto_approve": True})
        return f"If {what} shall go, agree beforehand:\n{PROGRAM} {once}"
    bare = {"targets": (), "excludes": (), "replaces": (), "refresh": True, "partial": False, "refresh_only": False, "confirm": "once"}
    saved = f"{PROGRAM} {command_line('apply', planfile or 'plan.json', {**chosen, **bare})}"
    if planfile is not None:
        return f"In CI, apply the reviewed plan:\n{saved}"
    reviewed = f"{PROGRAM} {command_line('plan', None, chosen)} --out plan.json\n{saved}"
    if chosen["confirm"] == "each":
        return f"In CI, apply a reviewed plan:\n{reviewed}"
    approved = f"{PROGRAM} {command_line('apply', None, chosen)} --approved DIGEST"
    return f"In CI, apply a reviewed plan, or agree beforehand:\n{reviewed}\n{approved}"


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
