"""`catalogctl show`."""

from __future__ import annotations

import sys

import click

from catalogctl.cli.console import Console, environment_option


@click.command()
@click.argument("planfile", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True, help="How to show it.")
@click.option("--requests", "show_requests", is_flag=True, help="List every request that apply would make.")
@environment_option
@click.pass_obj
def command(console: Console, planfile: str | None, form: str, show_requests: bool) -> None:
    """Show a saved plan, or without PLANFILE the state."""
    from catalogctl.cli.report import html_report
    from catalogctl.cli.types import known_type
    from catalogctl.model.file import read_bounded
    from catalogctl.planning.change import Change
    from catalogctl.planning.planfile import LARGEST, decode, sources
    from catalogctl.view.plan_text import render

    if planfile is None:
        from catalogctl.cli.state.show import show_all

        if form == "html":
            message = "the HTML report is that of a plan: name its file, or show the state as text or json"
            raise click.UsageError(message)
        show_all(console, form)
        return
    data = read_bounded(planfile, LARGEST)
    plan = decode(data, known_type)
    if form == "json":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    places = sources(data)

    def place(change: Change) -> str:
        found = None if change.origin is None else places.get(change.origin)
        return "" if found is None else f"{found.path}:{found.line}"

    if form == "html":
        sys.stdout.buffer.write(html_report(plan, console.folder, place))
        sys.stdout.buffer.flush()
        return
    console.write(render(plan, width=console.width, style=console.out, place=place, show_requests=show_requests))
