"""`catalogctl apply`, and what it shares with destroy: planning under the lock, asking, and taking the steps."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.confirm import agreed, needs_somebody_to_ask
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE, INTERRUPTED, TERMINATED, StoppedAtOnce, exit_code
from catalogctl.cli.option_group import takes
from catalogctl.cli.options import ApplyOptions, BoundOptions, ChangeOptions

if TYPE_CHECKING:
    from catalogctl.engine.apply import Applied, ApplyFlags
    from catalogctl.engine.execute import Bound, Reached, Stop
    from catalogctl.engine.plan import Planned, PlanRequest
    from catalogctl.engine.stores import Stores
    from catalogctl.engine.workspace import Workspace
    from catalogctl.history.revert_scope import RevertScope
    from catalogctl.planning.catalog import Catalog
    from catalogctl.planning.plan import Plan
    from catalogctl.planning.scope import Purpose
    from catalogctl.state.backend import Backend
    from catalogctl.state.ledger import Held
    from catalogctl.view.text.apply import Tally


@click.command(cls=Command)
@click.argument("planfile", required=False, type=click.Path(exists=True, dir_okay=False))
@takes(ApplyOptions)
@click.pass_obj
def command(console: Console, options: ApplyOptions, planfile: str | None) -> int:
    """Make the stores hold what the files say: plan, show, ask, and do it. With PLANFILE: exactly what was reviewed."""
    from catalogctl.planning.scope import Purpose

    saved = "A saved plan" if options.resume is None else "The plan of a run"
    if planfile is not None and options.resume is not None:
        message = f"--resume goes on with the plan of a run, and {planfile} is another one"
        raise click.UsageError(message)
    if (planfile or options.resume) is not None and (options.change != ChangeOptions() or options.scope.targets or options.scope.excludes):
        belong = "--target, --exclude, --replace, --no-refresh, --refresh-only and --partial"
        message = f"{saved} is applied as it is: {belong} belong to the plan"
        raise click.UsageError(message)
    purpose = Purpose.REFRESH if options.change.refresh_only else Purpose.CONVERGE
    return run_apply(console, purpose, planfile, options)


@dataclass(frozen=True, slots=True)
class _Session:
    """What an apply works with while it holds the state."""

    console: Console
    workspace: Workspace
    stores: Stores
    held: Held


def run_apply(console: Console, purpose: Purpose, planfile: str | None, options: ApplyOptions) -> int:
    """Plan while holding the state, ask, take the steps, and give the exit code."""
    from catalogctl.cli.backend import hold, open_backend
    from catalogctl.cli.next_command import agreeing_beforehand, next_command, resuming
    from catalogctl.cli.options import plan_request, refuse_idle_globs
    from catalogctl.cli.output import read_named
    from catalogctl.cli.plan import text_lines
    from catalogctl.cli.run_context import run_context
    from catalogctl.cli.workspace import open_workspace, reachable
    from catalogctl.engine.apply import ApplyFlags
    from catalogctl.engine.execute import Ending, OnFailure
    from catalogctl.engine.plan import make_plan
    from catalogctl.engine.recover import recover
    from catalogctl.engine.review import approved_plan
    from catalogctl.model.diagnostics import Refusal
    from catalogctl.model.shape import naming
    from catalogctl.planning.planfile.file import PLAN_LIMIT, decode
    from catalogctl.planning.scope import Purpose

    approval, approved = options.approval, options.approved
    if approval.each and (approval.auto_approve or approved):
        message = f"--confirm each and {'--auto-approve' if approval.auto_approve else '--approved'} contradict each other"
        raise click.UsageError(message)
    began = perf_counter()
    name = "destroy" if purpose is Purpose.DESTROY else "apply"
    if approval.each or (planfile is None and approved is None and not approval.auto_approve):
        what = "Each change" if approval.each else "The plan"
        detail = f"{what} needs a confirmation, and there is no terminal to ask on. Nothing was sent."
        needs_somebody_to_ask(detail, agreeing_beforehand(name, planfile, options))
    with console.listening() as listen:
        workspace = open_workspace(console, listen, options.scope.parallelism)
    console.remarks(workspace.diagnostics)
    backend = open_backend(workspace.project)
    with reachable(workspace) as stores, hold(backend, options.lock_timeout) as held:
        session = _Session(console, workspace, stores, held)
        with console.listening() as listen:
            recovered = recover(held, stores, listen).outcomes
        with naming(str(planfile)):
            saved = None if planfile is None else decode(read_named(console, planfile, PLAN_LIMIT), stores.type_of)
        resumes = "" if options.resume is None else _resumed(backend, options.resume)
        if resumes:
            saved = _left_of(backend, resumes, stores)
        request = plan_request(workspace, purpose, options.scope, options.change)
        with console.listening() as listen:
            if saved is None:
                planned = make_plan(workspace.catalog, backend, stores, request, listen)
            else:
                _hold_to(saved, options)
                desired, request = _as_reviewed(saved, workspace, backend, request)
                planned = approved_plan(saved, desired, backend, stores, request, listen)
                _refuse_other_files(saved, planned, workspace)
        refuse_idle_globs(workspace.catalog, planned, options.scope, options.change)
        if saved is not None:
            _tell_of_review(console, planned, fail_fast=approval.fail_fast)
        if planfile is None and (not approval.each or planned.plan.is_empty):
            console.write(text_lines(console, workspace, planned, approval.extent))
        if planned.plan.is_empty:
            wanted: Planned | None = planned
        elif approval.each:
            wanted = _confirmed(session, planned, request)
        else:
            wanted = _approved(planned, planfile, options)
        if wanted is None:
            console.say("Nothing was done.")
            return exit_code(Refusal.ERROR)
        resumable = name == "apply" and planfile is None

        def go_on(tally: Tally, reached: Reached | None) -> str:
            left = resuming(options) if resumable and (resumes or reached is not None) else options
            return next_command(console, name, planfile, left, wanted.plan, tally)

        on_failure = OnFailure.STOP if approval.fail_fast else OnFailure.GO_ON
        flags = ApplyFlags(
            Ending(on_failure, bound=_bound(options.bound, perf_counter() - began)),
            context=replace(run_context(workspace.project, saved, recovered, approved=bool(approved)), resumes=resumes),
        )
        return _carry_out(session, wanted, flags, go_on)


def _resumed(backend: Backend, run: str) -> str:
    """Find the record of the run to go on with; the latest is the last one that has not done all of its plan.

    Raises:  CatalogError (run-unknown, run-ambiguous).
    """
    from catalogctl.cli.runs import LATEST, name_of
    from catalogctl.engine.run_recorder import PLANS_KEPT

    runs = backend.runs()
    unfinished = (name for name in runs.names()[:PLANS_KEPT] if runs.plan(name) is not None)
    return (next(unfinished, "") if run == LATEST else "") or name_of(backend, run)


def _left_of(backend: Backend, name: str, stores: Stores) -> Plan:
    """Return what a run has not done of its plan.

    Raises:  CatalogError (run-not-resumable), or what is wrong with the record or with the plan.
    """
    from catalogctl.cli.runs import run_of
    from catalogctl.engine.review import left_of
    from catalogctl.model.diagnostics import CatalogError, error
    from catalogctl.model.shape import naming
    from catalogctl.planning.planfile.file import decode

    found = run_of(backend, name, stores.type_of)
    data = backend.runs().plan(name)
    if data is None:
        detail = f"Run {found.begun.id} has done its whole plan, or is too old for its plan to be kept."
        hint = "Plan again:\ncatalogctl plan"
        raise CatalogError(error("run-not-resumable", "Nothing is left of this run", detail, hint))
    with naming(f"the plan of run {found.begun.id}"):
        return left_of(decode(data, stores.type_of), found)


def _bound(given: BoundOptions, took: float) -> Bound:
    """Return how far a run may go after `took` seconds of planning and asking, which are part of its time."""
    from catalogctl.engine.execute import Bound

    return Bound(given.operations, None if given.duration is None else max(0.0, given.duration - took))


def _approved(planned: Planned, planfile: str | None, options: ApplyOptions) -> Planned | None:
    """Return a plan that is agreed to as a whole, beforehand or now; `None` where it is not.

    Raises:  CatalogError: safety, where that must not be applied; stale (plan-not-approved), where it is not what was approved.
    """
    _refuse_unsafe(planned)
    if planfile is None:
        _hold_to(planned.plan, options)
    beforehand = planfile is not None or options.approved or options.approval.auto_approve
    return planned if beforehand or agreed(_question(planned)) else None


def _confirmed(session: _Session, planned: Planned, request: PlanRequest) -> Planned | None:
    """Ask about each item of a plan, and return what is left of it; `None` when that is nothing.

    Raises:  CatalogError: safety, where that must not be applied.
    """
    from catalogctl.cli.confirm import declined
    from catalogctl.cli.plan import change_lines
    from catalogctl.engine.review import confirmed_plan
    from catalogctl.planning.review.items import Item, items

    console, whole = session.console, items(planned.plan)

    def show(item: Item) -> None:
        console.write(change_lines(console, session.workspace, planned.plan, item))

    console.problems(planned.plan.diagnostics)
    left_out = declined(planned.plan, whole, show, console.say)
    kept = sum(not left_out.issuperset(change.address for change in item) for item in whole)
    console.say(f"{kept:,} of {len(whole):,} agreed to.")
    left = confirmed_plan(planned, left_out, session.stores, request) if left_out else planned
    _refuse_unsafe(left)
    return None if left.plan.is_empty else left


def _refuse_unsafe(planned: Planned) -> None:
    from catalogctl.model.diagnostics import CatalogError, Refusal

    if planned.refusals:
        raise CatalogError(*planned.refusals, refusal=Refusal.SAFETY)


def _hold_to(plan: Plan, options: ApplyOptions) -> None:
    """Make sure that a plan does what was approved, where someone said what that is.

    Raises:  CatalogError: stale (plan-not-approved).
    """
    from catalogctl.cli.next_command import command_line
    from catalogctl.model.diagnostics import CatalogError, Refusal, error
    from catalogctl.planning.planfile.file import digest

    if options.approved is None or digest(plan) == options.approved:
        return
    detail = (
        f"What would be done now has the digest {digest(plan)}; approved was {options.approved}. Files, stores or state changed in "
        "between. Nothing was done."
    )
    hint = f"Look at what would be done now, and approve that:\ncatalogctl {command_line('plan', None, options)} --out plan.json"
    raise CatalogError(error("plan-not-approved", "This is not the plan that was approved", detail, hint), refusal=Refusal.STALE)


def _as_reviewed(saved: Plan, workspace: Workspace, backend: Backend, request: PlanRequest) -> tuple[Catalog | RevertScope, PlanRequest]:
    """Return what a saved plan was made from: the files, or the record of the run that it takes back."""
    from catalogctl.cli.revert import taking_back

    if saved.reverts is None:
        return workspace.catalog, request
    return taking_back(workspace, backend, saved.reverts.run, request, force=saved.reverts.force, reviewed=True)


def _refuse_other_files(saved: Plan, planned: Planned, workspace: Workspace) -> None:
    """Read every file that a saved plan is about to send again: that its size and times are the same says nothing of its bytes.

    Raises:  CatalogError: stale (plan-asset-changed), which names all files that are not as planned.
    """
    from catalogctl.engine.publish import digests
    from catalogctl.model.diagnostics import CatalogError, Refusal
    from catalogctl.planning.review.basis import other_files, planned_files

    doing = {change.address for change in planned.plan.changes}
    left = replace(saved, changes=tuple(change for change in saved.changes if change.address in doing))
    wrong = other_files(left, digests(workspace.project.root, planned_files(left)))
    if wrong:
        raise CatalogError(*wrong, refusal=Refusal.STALE)


def _tell_of_review(console: Console, planned: Planned, *, fail_fast: bool) -> None:
    """Tell what of a saved plan is refused, and what has to be known of the rest.

    Raises:  CatalogError: stale, when nothing is to be done after a failure, and something is refused.
    """
    from catalogctl.model.diagnostics import CatalogError, Refusal
    from catalogctl.planning.review.approval import Review

    refused = tuple(one.diagnostic for one in planned.review.refused)
    if refused and fail_fast:
        console.say("Nothing was done: with --fail-fast, an object that is refused stops the whole plan.")
        raise CatalogError(*refused, refusal=Refusal.STALE)
    console.problems((*refused, *planned.plan.diagnostics))
    if not planned.plan.changes and planned.review == Review():
        console.say("This plan changes nothing in the stores.")


def _question(planned: Planned) -> str:
    losses = planned.plan.summary.delete + planned.plan.summary.replace
    warning = f" {losses} {'object is' if losses == 1 else 'objects are'} lost for good." if losses else ""
    return f"Shall this be done?{warning}"


def _carry_out(session: _Session, planned: Planned, flags: ApplyFlags, go_on: Callable[[Tally, Reached | None], str]) -> int:
    from catalogctl.cli.backend import open_asset_store
    from catalogctl.engine.apply import apply_plan
    from catalogctl.engine.publish import Publisher
    from catalogctl.events import Event
    from catalogctl.model.diagnostics import CatalogError
    from catalogctl.view.text.apply import Tally, render

    console, project = session.console, session.workspace.project
    tally = Tally(planned.plan)
    started = perf_counter()

    def tell(reached: Reached | None = None) -> None:
        stopped = "the run was stopped" if reached is None else f"{reached.value} was reached"
        took = perf_counter() - started
        console.write(render(tally, seconds=took, width=console.width, style=console.out, stopped=stopped, go_on=go_on(tally, reached)))

    try:
        with console.listening() as listen, _stopping(flags.ending.stop, console) as received:

            def hear(event: Event) -> None:
                tally(event)
                listen(event)

            publisher = Publisher(project.root, lambda: open_asset_store(project), hear)
            applied = apply_plan(planned, session.held, session.stores, publisher, hear, flags)
    except CatalogError:
        # What was done until then is done, and whoever reads of the end of the run wants to know.
        if tally.finished or tally.failed:
            tell()
        raise
    if not planned.plan.is_empty or tally.settled or tally.refused:
        tell(applied.execution.reached)
    if not planned.plan.is_empty and not planned.plan.graph.operations:
        console.write([f"State is up to date (serial {applied.snapshot.serial})."])
    console.problems(applied.diagnostics)
    return _ending(planned, applied, received)


def _ending(planned: Planned, applied: Applied, received: list[int]) -> int:
    from catalogctl.model.diagnostics import Refusal

    if applied.execution.interrupted and received:
        return TERMINATED if received[0] == signal.SIGTERM else INTERRUPTED
    refusal = Refusal.STALE if planned.review.refused else applied.execution.refusal
    if refusal is None and planned.plan.held_back:
        refusal = Refusal.UNAVAILABLE  # what is declared is not all there, and it is the store's answers that keep it from being made
    return DONE if refusal is None else exit_code(refusal)


@contextmanager
def _stopping(stop: Stop, console: Console) -> Iterator[list[int]]:
    """Let the first interrupt or termination end the run in an orderly way, and the second one at once."""
    received: list[int] = []

    def handle(number: int, _frame: object) -> None:
        received.append(number)
        if len(received) > 1:
            raise StoppedAtOnce(TERMINATED if number == signal.SIGTERM else INTERRUPTED)
        stop.requested = True
        console.say("Stopping: no new calls; calls in progress will finish.\nInterrupt again to stop now.")

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
