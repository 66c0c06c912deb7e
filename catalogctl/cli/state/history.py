"""`catalogctl state history`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.state.edit import backend_of, recalled

if TYPE_CHECKING:
    from catalogctl.state.backend import Backend


@click.command("history", cls=Command)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to show it.")
@click.pass_obj
def command(console: Console, form: str) -> None:
    """List the states that can be had back, newest first: serial, when it was written, size."""
    import orjson

    from catalogctl.view.text.state import render_history

    backend = backend_of(console)
    kept = backend.history()
    if form == "json":
        rows = [{"serial": one.serial, "time": one.time.isoformat(timespec="seconds"), "size": one.size} for one in kept]
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
    elif kept:
        console.write(render_history(kept, _present(backend), console.width, console.out))
    else:
        console.say(f"No state of environment {console.environment} was written yet.")


def _present(backend: Backend) -> int:
    from catalogctl.model.diagnostics import CatalogError

    try:
        return recalled(backend).stored.serial
    except CatalogError:
        return 0  # when the present state cannot be read, the earlier ones are what one came for
