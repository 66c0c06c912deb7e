"""`catalogctl plan`, and what it shares with drift: making a plan and showing it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import CHANGES, DONE, exit_code
from catalogctl.cli.options import change_options, lock_options, scope_options, with_options
from catalogctl.cli.output import Report, form_options, markdown, write_private, write_public, write_stdout

if TYPE_CHECKING:
    from catalogctl.engine.plan import Planned
    from catalogctl.engine.workspace import Workspace
    from catalogctl.planning.change import Change
    from catalogctl.planning.plan import Plan
    from catalogctl.planning.planner import Purpose

_Function = TypeVar("_Function", bound=Callable[..., Any])


def saving_options(function: _Function) -> _Function:
    """Add how a plan is shown and saved, and what is told by the exit code."""
    options = (
        click.option("--out", metavar="FILE", type=click.Path(dir_okay=False), help="Save the plan, for apply to do exactly that."),
        form_options,
        click.option("--output", metavar="FILE", type=click.Path(dir_okay=False), help="Show it in this file instead of on stdout."),
        click.option("--report", "reports", metavar="FORM=FILE", type=Report(), multiple=True, help="Also write gitlab-terraform=FILE."),
        click.option("--requests", "show_requests", is_flag=True, help="List every request that apply would make."),
        click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes."),
        click.option("--lock/--no-lock", default=False, help="Hold the state while planning. A plan needs no lock."),
    )
    return with_options(options, function)


@click.command(cls=Command)
@scope_options
@change_options
@click.option("--destroy", is_flag=True, help="Plan to remove everything that is managed.")
@saving_options
@click.option("--state", metavar="FILE", type=click.Path(exists=True, dir_okay=False), help="Plan from this state, as state pull wrote it.")
@lock_options
@click.pass_obj
def command(console: Console, /, destroy: bool, **chosen: Any) -> int:
    """Show what would change in every store. Writes to none of them."""
    from catalogctl.planning.planner import Purpose

    if destroy and chosen["refresh_only"]:
        message = "--destroy and --refresh-only contradict each other"
        raise click.UsageError(message)
    if chosen["state"] and chosen["lock"]:
        message = "--lock holds the state where it is kept, and --state plans from a copy"
        raise click.UsageError(message)
    purpose = Purpose.DESTROY if destroy else Purpose.REFRESH if chosen["refresh_only"] else Purpose.CONVERGE
    return run_plan(console, purpose, chosen)


def run_plan(console: Console, purpose: Purpose, chosen: dict[str, Any]) -> int:
    """Make a plan, show it, save it if asked, and give the exit code."""
    from catalogctl.cli.backend import handed_over, hold, open_backend
    from catalogctl.cli.options import question, refuse_idle_globs
    from catalogctl.cli.workspace import open_workspace, reachable
    from catalogctl.engine.plan import make_plan
    from catalogctl.model.diagnostics import Refusal

    with console.listening() as listen:
        workspace = open_workspace(console, listen, chosen["parallelism"])
        keep_out_of_catalog(workspace, chosen)
        console.remarks(workspace.diagnostics)
        given, environment = chosen["state"], workspace.project.environment
        with (
            handed_over(console, given, environment) if given else nullcontext(open_backend(workspace.project)) as backend,
            reachable(workspace) as stores,
            hold(backend, chosen["lock_timeout"]) if chosen["lock"] else nullcontext(),
        ):
            planned = make_plan(workspace.catalog, backend, stores, question(workspace, purpose, chosen), listen)
    refuse_idle_globs(workspace.catalog, planned, chosen)
    show(console, workspace, planned, chosen)
    if planned.refusals:
        console.problems(planned.refusals)
        return exit_code(Refusal.SAFETY)
    return CHANGES if chosen["detailed_exitcode"] and has_news(planned.plan, purpose) else DONE


def keep_out_of_catalog(workspace: Workspace, chosen: dict[str, Any]) -> None:
    """Refuse to write a plan where the next command would read it as a title.

    Raises:  click.UsageError, with a path that does.
    """
    from catalogctl.config.write_titles import below

    root = workspace.project.root
    for option in ("out", "output"):
        path = Path(os.path.realpath(chosen[option] or os.devnull))
        inside = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
        if path.suffix in {".json", ".yaml", ".yml"} and inside and below(workspace.project.catalog, inside):
            better = os.path.relpath(root.parent if below(workspace.project.catalog, ".") else root)
            message = f"{chosen[option]} would lie in the catalog and be read as a title: use --{option} {Path(better, path.name)}"
            raise click.UsageError(message)


def has_news(plan: Plan, purpose: Purpose) -> bool:
    """Return whether a plan says that something is not as it should be."""
    from catalogctl.planning.planner import Purpose

    return bool(plan.drift) if purpose is Purpose.REFRESH else not plan.is_empty or plan.held_back > 0


def show(console: Console, workspace: Workspace, planned: Planned, chosen: dict[str, Any]) -> None:
    """Show a plan in the form asked for, and save it where asked."""
    from catalogctl.cli.report import html_report
    from catalogctl.planning.planfile.file import encode
    from catalogctl.view.formats import gitlab_terraform

    form, output = chosen["form"], chosen["output"]
    data = encode(planned.plan_with_refusals, place=workspace.place) if chosen["out"] or form == "json" else b""
    if chosen["out"]:
        write_private(console, chosen["out"], data)
    for report in chosen["reports"]:
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
            text = markdown(planned.plan_with_refusals, chosen["limit"], partial(_place, workspace))
            write_public(console, output, text) if output else write_stdout(text)
        case _ if output:
            lines = text_lines(console, workspace, planned, show_requests=chosen["show_requests"], plain=True)
            write_public(console, output, ("\n".join(lines) + "\n").encode())
        case _:
            console.write(text_lines(console, workspace, planned, show_requests=chosen["show_requests"], plain=False))
    if chosen["out"]:
        console.say(f"The plan is saved. {_way_on(console, planned, shlex.quote(chosen['out']))}")


def _way_on(console: Console, planned: Planned, file: str) -> str:
    """Return how a saved plan is applied; of one that is refused, with the options that it takes."""
    from catalogctl.planning.risk.safety import lifting

    if not planned.refusals:
        return f"To do exactly this:\n  {console.command} apply {file}"
    options = lifting(planned.refusals)
    if not options:
        return "It is refused, and no option allows it."
    return f"It is refused. To do exactly this all the same:\n  {console.command} apply {options} {file}"


def text_lines(console: Console, workspace: Workspace, planned: Planned, *, show_requests: bool, plain: bool) -> list[str]:
    """Render a plan for people; in `plain` text, which goes where problems do not, with all that refuses it."""
    from catalogctl.view.paint.style import Style
    from catalogctl.view.text.plan import render

    place = partial(_place, workspace)
    plan, style = (planned.plan_with_refusals, Style()) if plain else (planned.plan, console.out)
    refusals = planned.refusals
    return list(render(plan, width=console.width, style=style, place=place, show_requests=show_requests, refusals=refusals))


def change_lines(console: Console, workspace: Workspace, plan: Plan, changes: Iterable[Change]) -> list[str]:
    """Render some changes of a plan for people."""
    from catalogctl.view.text.plan import render_changes

    return list(render_changes(plan, changes, width=console.width, style=console.out, place=partial(_place, workspace)))


def _place(workspace: Workspace, change: Change) -> str:
    found = workspace.place_of(change)
    return "" if found is None else f"{found.path}:{found.line}"
