"""`catalogctl history show`."""

from __future__ import annotations

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console


@click.command("show", cls=Command)
@click.argument("run")
@click.option("--calls", "every_call", is_flag=True, help="List every request that was sent.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to show it.")
@click.pass_obj
def command(console: Console, run: str, every_call: bool, form: str) -> None:
    """Show one run: its changes, its requests and what became of each step. RUN is the beginning of its id, or `latest`."""
    from catalogctl.cli.backend import known_type
    from catalogctl.cli.output import write_stdout
    from catalogctl.cli.runs import name_of, outcome_of, run_of
    from catalogctl.cli.state.edit import backend_of
    from catalogctl.history.run_file import document
    from catalogctl.model.value import canonical_lines, plainly
    from catalogctl.view.text.history import render_run

    backend = backend_of(console)
    found = run_of(backend, name_of(backend, run), known_type)
    outcome = outcome_of(backend, found.heading)
    if form == "json":
        write_stdout(plainly(canonical_lines(document(found, outcome))))
        return
    console.write(render_run(found, outcome, width=console.width, style=console.out, every_call=every_call))
