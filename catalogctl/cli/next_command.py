"""The command that a run is followed by, with the options that it was given: what it left undone, and what it needed a confirmation for."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from catalogctl.cli.options import LOCK_TIMEOUT, ApplyOptions, BoundOptions, ChangeOptions

if TYPE_CHECKING:
    from catalogctl.cli.console import Console
    from catalogctl.planning.plan import Plan
    from catalogctl.view.text.apply import Tally

_TARGETS = 4
"""So many addresses are named by a command that someone may have to type."""


def resuming(options: ApplyOptions) -> ApplyOptions:
    """Return the options of the run that goes on with the plan of one that was given these: what narrows a plan is in it already."""
    return replace(options, resume="latest", scope=replace(options.scope, targets=(), excludes=()), change=ChangeOptions())


def next_command(console: Console, name: str, planfile: str | None, options: ApplyOptions, plan: Plan, tally: Tally) -> str:
    """Return the command that goes on from where `catalogctl NAME` came to an end; where objects were refused, the one that plans again."""
    if tally.refused:
        return " ".join((console.command, plan.command, *_targets(plan, tally), "--out", shlex.quote(planfile or "plan.json")))
    replaces = tuple(_still_to_replace(options, plan, tally)) if planfile is None else ()
    left = replace(options, change=replace(options.change, replaces=replaces))
    return " ".join((console.command, command_line(name, planfile, left)))


def command_line(name: str, planfile: str | None, options: ApplyOptions) -> str:
    """Return a command with the options that narrow and guide a run, as they are typed; `plan` takes only those of a plan."""
    scope, change, approval = options.scope, options.change, options.approval
    words = [] if planfile is None else [planfile]
    if options.resume is not None and name != "plan":
        words += ["--resume", options.resume]
    repeated = {"--target": scope.targets, "--exclude": scope.excludes, "--allow": scope.allowed, "--replace": change.replaces}
    words += [word for flag, values in repeated.items() for value in values for word in (flag, value)]
    flags = {"--no-refresh": not change.refresh, "--partial": change.partial, "--refresh-only": change.refresh_only}
    if name != "plan":
        flags |= {"--auto-approve": approval.auto_approve, "--fail-fast": approval.fail_fast}
    words += [flag for flag, is_given in flags.items() if is_given]
    if approval.each and name != "plan":
        words += ["--confirm", approval.confirm]
    if scope.parallelism is not None:
        words += ["--parallelism", str(scope.parallelism)]
    if name != "plan":
        words += _bound(options.bound)
    if options.lock_timeout != LOCK_TIMEOUT:
        words += ["--lock-timeout", f"{options.lock_timeout:g}"]
    return " ".join((name, *map(shlex.quote, words)))


def _bound(bound: BoundOptions) -> list[str]:
    words = [] if bound.duration is None else ["--max-duration", f"{bound.duration:g}"]
    return words if bound.operations is None else [*words, "--max-operations", str(bound.operations)]


def agreeing_beforehand(name: str, planfile: str | None, options: ApplyOptions) -> str:
    """Return the hint for a run that had no terminal to ask on: the same command, agreed to beforehand."""
    from catalogctl.view.paint.style import PROGRAM

    scope, once = options.scope, replace(options.approval, confirm="once")
    if name == "destroy":
        what = "what is selected" if scope.targets or scope.excludes else "everything that is managed"
        line = command_line(name, None, replace(options, approval=replace(once, auto_approve=True)))
        return f"If {what} shall go, agree beforehand:\n{PROGRAM} {line}"
    if options.resume is not None:
        agreed = replace(options, approval=replace(once, auto_approve=True))
        return f"Look at what is left, and agree beforehand:\n{PROGRAM} {command_line('apply', None, agreed)}"
    bare = replace(options, scope=replace(scope, targets=(), excludes=()), change=ChangeOptions(), approval=once)
    saved = f"{PROGRAM} {command_line('apply', planfile or 'plan.json', bare)}"
    if planfile is not None:
        return f"In CI, apply the reviewed plan:\n{saved}"
    reviewed = f"{PROGRAM} {command_line('plan', None, options)} --out plan.json\n{saved}"
    if options.approval.each:
        return f"In CI, apply a reviewed plan:\n{reviewed}"
    approved = f"{PROGRAM} {command_line('apply', None, options)} --approved DIGEST"
    return f"In CI, apply a reviewed plan, or agree beforehand:\n{reviewed}\n{approved}"


def _targets(plan: Plan, tally: Tally) -> list[str]:
    """Narrow a plan of taking a run back to what was not done: a saved one tells no more of what it was narrowed to."""
    left = {str(one.address) for one in (*tally.refused, *tally.failed, *tally.skipped, *tally.not_started)}
    if plan.reverts is None or len(left) > _TARGETS:
        return []
    return [word for address in sorted(left) for word in ("--target", shlex.quote(address))]


def _still_to_replace(options: ApplyOptions, plan: Plan, tally: Tally) -> list[str]:
    """List what was to be replaced by request and was not begun: what was begun, the next plan sees to by itself."""
    from catalogctl.model.address import selector
    from catalogctl.planning.action import Action

    requested = selector(options.change.replaces)
    begun = {finished.address for finished in tally.finished}
    return [
        str(change.address)
        for change in plan.changes
        if change.action is Action.REPLACE and requested(change.address) and change.address not in begun
    ]
