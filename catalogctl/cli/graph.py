"""`catalogctl graph`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE, exit_code
from catalogctl.cli.options import target_options
from catalogctl.cli.output import read_named, write_private, write_stdout

if TYPE_CHECKING:
    from catalogctl.engine.plan import Planned


@click.command(cls=Command)
@click.argument("planfile", required=False, type=click.Path(exists=True, dir_okay=False))
@target_options
@click.option("--refresh/--no-refresh", default=True, help="Ask the stores, or take state's word for what they hold.")
@click.option("--destroy", is_flag=True, help="The order of removing everything that is managed.")
@click.option("--format", "form", type=click.Choice(["dot", "mermaid"]), default="dot", show_default=True, help="The language to write.")
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False), help="Write it into this file instead of on stdout.")
@click.pass_obj
def command(console: Console, /, planfile: str | None, form: str, output: str | None, **chosen: Any) -> int:
    """Show the order of the calls that apply would make: of a saved plan, or of one that is made now. Writes to no store."""
    from catalogctl.cli.backend import known_type
    from catalogctl.model.diagnostics import Refusal
    from catalogctl.planning.planfile.file import PLAN_LIMIT, decode
    from catalogctl.view.formats.plan_graph import render_dot, render_mermaid

    if planfile is not None and (chosen["targets"] or chosen["excludes"] or chosen["destroy"] or not chosen["refresh"]):
        message = "A saved plan is shown as it is: --target, --exclude, --destroy and --no-refresh belong to the plan"
        raise click.UsageError(message)
    planned = None if planfile is not None else _planned(console, chosen)
    plan = planned.plan if planned is not None else decode(read_named(console, str(planfile), PLAN_LIMIT), known_type)
    text = render_dot(plan) if form == "dot" else render_mermaid(plan)
    if output:
        write_private(console, output, text.encode())
    else:
        write_stdout(text.encode())
    if not plan.graph.operations:
        console.say("The plan makes no call: there is nothing to order.")
    if planned is not None and planned.refusals:
        console.problems(planned.refusals)
        return exit_code(Refusal.SAFETY)
    return DONE


def _planned(console: Console, chosen: dict[str, Any]) -> Planned:
    from catalogctl.cli.backend import open_backend
    from catalogctl.cli.options import question, refuse_idle_globs
    from catalogctl.cli.workspace import open_workspace, reachable
    from catalogctl.engine.plan import make_plan
    from catalogctl.planning.planner import Purpose

    with console.listening() as listen:
        workspace = open_workspace(console, listen)
        console.remarks(workspace.diagnostics)
        purpose = Purpose.DESTROY if chosen["destroy"] else Purpose.CONVERGE
        asked = question(workspace, purpose, {**chosen, "allowed": ()})
        with reachable(workspace) as stores:
            planned = make_plan(workspace.catalog, open_backend(workspace.project), stores, asked, listen)
    refuse_idle_globs(workspace.catalog, planned, chosen)
    return planned
