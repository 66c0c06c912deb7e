"""`catalogctl graph`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE, exit_code
from catalogctl.cli.option_group import given, takes
from catalogctl.cli.options import ChangeOptions, ScopeOptions, TargetOptions, refresh_option
from catalogctl.cli.output import read_named, write_private, write_stdout

if TYPE_CHECKING:
    from catalogctl.engine.plan import Planned


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphOptions(TargetOptions):
    """The options of `graph`."""

    refresh: bool = given(refresh_option, True)
    destroy: bool = given(click.option("--destroy", is_flag=True, help="The order of removing everything that is managed."), False)
    form: str = given(
        click.option(
            "--format", "form", type=click.Choice(["dot", "mermaid"]), default="dot", show_default=True, help="The language to write."
        ),
        "dot",
    )
    output: str | None = given(
        click.option("--output", metavar="FILE", type=click.Path(dir_okay=False), help="Write it into this file instead of on stdout."),
        None,
    )


@click.command(cls=Command)
@click.argument("planfile", required=False, type=click.Path(exists=True, dir_okay=False))
@takes(GraphOptions)
@click.pass_obj
def command(console: Console, options: GraphOptions, planfile: str | None) -> int:
    """Show the order of the calls that apply would make: of a saved plan, or of one that is made now. Writes to no store."""
    from catalogctl.cli.backend import known_type
    from catalogctl.model.diagnostics import Refusal
    from catalogctl.planning.planfile.file import PLAN_LIMIT, decode
    from catalogctl.view.formats.plan_graph import render_dot, render_mermaid

    if planfile is not None and (options.targets or options.excludes or options.destroy or not options.refresh):
        message = "A saved plan is shown as it is: --target, --exclude, --destroy and --no-refresh belong to the plan"
        raise click.UsageError(message)
    planned = None if planfile is not None else _planned(console, options)
    plan = planned.plan if planned is not None else decode(read_named(console, str(planfile), PLAN_LIMIT), known_type)
    text = render_dot(plan) if options.form == "dot" else render_mermaid(plan)
    if options.output:
        write_private(console, options.output, text.encode())
    else:
        write_stdout(text.encode())
    if not plan.graph.operations:
        console.say("The plan makes no call: there is nothing to order.")
    if planned is not None and planned.refusals:
        console.problems(planned.refusals)
        return exit_code(Refusal.SAFETY)
    return DONE


def _planned(console: Console, options: GraphOptions) -> Planned:
    from catalogctl.cli.backend import open_backend
    from catalogctl.cli.options import plan_request, refuse_idle_globs
    from catalogctl.cli.workspace import open_workspace, reachable
    from catalogctl.engine.plan import make_plan
    from catalogctl.planning.scope import Purpose

    scope = ScopeOptions(targets=options.targets, excludes=options.excludes)
    change = ChangeOptions(refresh=options.refresh)
    with console.listening() as listen:
        workspace = open_workspace(console, listen)
        console.remarks(workspace.diagnostics)
        purpose = Purpose.DESTROY if options.destroy else Purpose.CONVERGE
        request = plan_request(workspace, purpose, scope, change)
        with reachable(workspace) as stores:
            planned = make_plan(workspace.catalog, open_backend(workspace.project), stores, request, listen)
    refuse_idle_globs(workspace.catalog, planned, scope, change)
    return planned
