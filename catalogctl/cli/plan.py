"""`catalogctl plan`, and what it shares with drift: making a plan and showing it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import CHANGES, DONE, ERROR, exit_code
from catalogctl.cli.option_group import given, group, takes
from catalogctl.cli.options import LOCK_TIMEOUT, ChangeOptions, SavingOptions, ScopeOptions, lock_options
from catalogctl.cli.output import markdown, write_private, write_public, write_stdout

if TYPE_CHECKING:
    from catalogctl.engine.plan import Planned
    from catalogctl.engine.workspace import Workspace
    from catalogctl.planning.change import Change
    from catalogctl.planning.plan import Plan
    from catalogctl.planning.scope import Purpose
    from catalogctl.view.text.sheet import Place, PlanSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """The options of `plan`."""

    scope: ScopeOptions = group(ScopeOptions)
    change: ChangeOptions = group(ChangeOptions)
    destroy: bool = given(click.option("--destroy", is_flag=True, help="Plan to remove everything that is managed."), False)
    saving: SavingOptions = group(SavingOptions)
    state: str | None = given(
        click.option(
            "--state", metavar="FILE", type=click.Path(exists=True, dir_okay=False), help="Plan from this state, as state pull wrote it."
        ),
        None,
    )
    lock_timeout: float = given(lock_options, LOCK_TIMEOUT)
    accepted: tuple[str, ...] = given(
        click.option(
            "--accept", "accepted", metavar="ADDRESS", multiple=True, help="Take what the store has there into the files; may be repeated."
        ),
        (),
    )
    yes: bool = given(click.option("--yes", is_flag=True, help="Do not ask before --accept writes."), False)


@click.command(cls=Command)
@takes(PlanOptions)
@click.pass_obj
def command(console: Console, options: PlanOptions) -> int:
    """Show what would change in every store. Writes to none of them."""
    from catalogctl.planning.scope import Purpose

    if options.destroy and options.change.refresh_only:
        message = "--destroy and --refresh-only contradict each other"
        raise click.UsageError(message)
    if options.state and options.saving.lock:
        message = "--lock holds the state where it is kept, and --state plans from a copy"
        raise click.UsageError(message)
    if options.accepted:
        return write_drift(console, options.scope, options.yes, options.accepted)
    purpose = Purpose.DESTROY if options.destroy else Purpose.REFRESH if options.change.refresh_only else Purpose.CONVERGE
    return run_plan(console, purpose, options)


def run_plan(console: Console, purpose: Purpose, options: PlanOptions) -> int:
    """Make a plan, show it, save it if asked, and give the exit code."""
    from catalogctl.cli.backend import handed_over, hold, open_backend
    from catalogctl.cli.options import plan_request, refuse_idle_globs
    from catalogctl.cli.workspace import open_workspace, reachable
    from catalogctl.engine.plan import make_plan
    from catalogctl.model.diagnostics import Refusal

    saving = options.saving
    with console.listening() as listen:
        workspace = open_workspace(console, listen, options.scope.parallelism)
        keep_out_of_catalog(workspace, saving)
        console.remarks(workspace.diagnostics)
        environment = workspace.project.environment
        with (
            handed_over(console, options.state, environment) if options.state else nullcontext(open_backend(workspace.project)) as backend,
            reachable(workspace) as stores,
            hold(backend, options.lock_timeout) if saving.lock else nullcontext(),
        ):
            request = plan_request(workspace, purpose, options.scope, options.change)
            planned = make_plan(workspace.catalog, backend, stores, request, listen)
    refuse_idle_globs(workspace.catalog, planned, options.scope, options.change)
    show(console, workspace, planned, saving)
    if planned.refusals:
        console.problems(planned.refusals)
        return exit_code(Refusal.SAFETY)
    return CHANGES if saving.detailed_exitcode and has_news(planned.plan, purpose) else DONE


def write_drift(console: Console, scope: ScopeOptions, agreed: bool, accepted: tuple[str, ...] = ()) -> int:
    """Take what the stores have into the files: all of it at the addresses that globs select, or else what has drifted.

    Shapes:  where some of it has no place in the files, drift is left: 2, as of drift; 1 for addresses that were to be accepted.
    Raises:  CatalogError (target-matches-nothing) for a glob that selects nothing.
    """
    from catalogctl.cli.accept import accept
    from catalogctl.cli.backend import open_backend
    from catalogctl.cli.edit_run import EditOptions
    from catalogctl.cli.options import plan_request, refuse_idle_globs
    from catalogctl.cli.workspace import open_workspace, reachable
    from catalogctl.engine.plan import make_plan
    from catalogctl.planning.scope import Purpose

    scope = replace(scope, targets=accepted) if accepted else scope
    change = ChangeOptions()
    with console.listening() as listen:
        workspace = open_workspace(console, listen, scope.parallelism)
        with reachable(workspace) as stores:
            request = plan_request(workspace, Purpose.REFRESH, scope, change)
            planned = make_plan(workspace.catalog, open_backend(workspace.project), stores, request, listen)
    refuse_idle_globs(workspace.catalog, planned, scope, change)
    drift = planned.plan.drift
    if accepted:
        from catalogctl.engine.accept_drift import differences

        drift = differences(workspace.catalog, planned.plan.changes, drift)
    return accept(console, workspace, drift, EditOptions(yes=agreed), ERROR if accepted else CHANGES)


def keep_out_of_catalog(workspace: Workspace, saving: SavingOptions) -> None:
    """Refuse to write a plan where the next command would read it as a title.

    Raises:  click.UsageError, with a path that does.
    """
    from catalogctl.config.write_titles import below

    root = workspace.project.root
    for option, file in (("out", saving.out), ("output", saving.output)):
        path = Path(os.path.realpath(file or os.devnull))
        inside = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
        if path.suffix in {".json", ".yaml", ".yml"} and inside and below(workspace.project.catalog, inside):
            better = os.path.relpath(root.parent if below(workspace.project.catalog, ".") else root)
            message = f"{file} would lie in the catalog and be read as a title: use --{option} {Path(better, path.name)}"
            raise click.UsageError(message)


def has_news(plan: Plan, purpose: Purpose) -> bool:
    """Return whether a plan says that something is not as it should be."""
    from catalogctl.planning.scope import Purpose

    return bool(plan.drift) if purpose is Purpose.REFRESH else not plan.is_empty or plan.held_back > 0


def show(console: Console, workspace: Workspace, planned: Planned, saving: SavingOptions) -> None:
    """Show a plan in the form asked for, and save it where asked."""
    from catalogctl.cli.report import html_report
    from catalogctl.planning.planfile.file import encode
    from catalogctl.view.formats import gitlab_terraform

    form, output = saving.form, saving.output
    data = encode(planned.plan_with_refusals, place=workspace.place) if saving.out or form == "json" else b""
    if saving.out:
        write_private(console, saving.out, data)
    for report in saving.reports:
        write_public(console, report, gitlab_terraform.render(planned.plan).encode())
    match form:
        case "json" if output:
            write_private(console, output, data)
        case "json":
            write_stdout(data)
        case "html":
            page = html_report(planned.plan_with_refusals, workspace.project.root, partial(_place, workspace))
            if output:
                write_private(console, output, page)
            else:
                write_stdout(page)
        case "markdown":
            text = markdown(planned.plan_with_refusals, saving.limit, partial(_place, workspace))
            write_public(console, output, text) if output else write_stdout(text)
        case _ if output:
            lines = text_lines(console, workspace, planned, saving.extent, show_requests=saving.show_requests, plain=True)
            write_public(console, output, "".join(f"{line}\n" for line in lines).encode())
        case _:
            console.write(text_lines(console, workspace, planned, saving.extent, show_requests=saving.show_requests))
    if saving.out:
        console.say(f"The plan is saved. {_way_on(console, planned, shlex.quote(saving.out))}")


def _way_on(console: Console, planned: Planned, file: str) -> str:
    """Return how a saved plan is applied; of one that is refused, with the options that it takes."""
    from catalogctl.planning.risk.safety import lifting

    if not planned.refusals:
        return f"To do exactly this:\n  {console.command} apply {file}"
    options = lifting(planned.refusals)
    if not options:
        return "It is refused, and no option allows it."
    return f"It is refused. To do exactly this all the same:\n  {console.command} apply {options} {file}"


def text_lines(
    console: Console, workspace: Workspace, planned: Planned, extent: str | None = None, *, show_requests: bool = False, plain: bool = False
) -> Iterator[str]:
    """Render a plan for people; in `plain` text, which goes where problems do not, with all that refuses it."""
    from catalogctl.view.paint.style import Style
    from catalogctl.view.text.plan import render

    plan, style = (planned.plan_with_refusals, Style()) if plain else (planned.plan, console.out)
    layout = replace(sheet(console, partial(_place, workspace), extent), style=style, show_requests=show_requests)
    return render(plan, layout, planned.refusals)


def sheet(console: Console, place: Place, extent: str | None) -> PlanSheet:
    """Return how a plan is laid out as text on stdout."""
    from catalogctl.view.text.sheet import Extent, PlanSheet

    return PlanSheet(console.width, console.out, place, Extent(extent or Extent.USUAL.value))


def change_lines(console: Console, workspace: Workspace, plan: Plan, changes: Collection[Change]) -> Iterator[str]:
    """Render some changes of a plan for people, each by itself."""
    from catalogctl.view.text.changes import render_changes
    from catalogctl.view.text.reading_order import ReadingOrder
    from catalogctl.view.text.sheet import Extent

    layout = sheet(console, partial(_place, workspace), Extent.EACH.value)
    return render_changes(plan, ReadingOrder(plan, Extent.EACH, changes), layout)


def _place(workspace: Workspace, change: Change) -> str:
    found = workspace.place_of(change)
    return "" if found is None else f"{found.path}:{found.line}"
