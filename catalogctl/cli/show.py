"""`catalogctl show`."""

from __future__ import annotations

from dataclasses import replace

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.option_group import takes
from catalogctl.cli.options import FormOptions
from catalogctl.cli.output import markdown, read_named, write_stdout


@click.command(cls=Command)
@click.argument("planfile", required=False, type=click.Path(exists=True, dir_okay=False))
@takes(FormOptions)
@click.option("--requests", "show_requests", is_flag=True, help="List every request that apply would make.")
@click.pass_obj
def command(console: Console, options: FormOptions, planfile: str | None, show_requests: bool) -> None:
    """Show a saved plan, or without PLANFILE the state."""
    from catalogctl.cli.backend import known_type
    from catalogctl.cli.plan import sheet
    from catalogctl.cli.report import html_report
    from catalogctl.model.shape import naming
    from catalogctl.planning.change import Change
    from catalogctl.planning.planfile.file import PLAN_LIMIT, decode, sources
    from catalogctl.view.text.plan import render

    form = options.form
    if planfile is None:
        if form in {"markdown", "html"}:
            message = f"{form} is a form of plans: name the file of one, or show the state as text or json"
            raise click.UsageError(message)
        from catalogctl.cli.state.show import show_all

        show_all(console, form)
        return
    data = read_named(console, planfile, PLAN_LIMIT)
    with naming(str(planfile)):
        plan = decode(data, known_type)
    if form == "json":
        write_stdout(data)
        return
    places = sources(data)

    def place(change: Change) -> str:
        found = None if change.origin is None else places.get(change.origin)
        return "" if found is None else f"{found.path}:{found.line}"

    if form == "markdown":
        write_stdout(markdown(plan, options.limit, place))
        return
    if form == "html":
        write_stdout(html_report(plan, console.found_project() or console.folder, place))
        return
    layout = replace(sheet(console, place, options.extent), show_requests=show_requests)
    console.write(render(plan, layout))
