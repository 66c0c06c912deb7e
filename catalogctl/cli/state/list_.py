"""`catalogctl state list`."""

from __future__ import annotations

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.state.edit import backend_of, recalled


@click.command("list", cls=Command)
@click.argument("patterns", metavar="[GLOB]...", nargs=-1)
@click.pass_obj
def command(console: Console, patterns: tuple[str, ...]) -> None:
    """List the addresses in state, all or those that some globs select."""
    from catalogctl.model.address import selector
    from catalogctl.view.text.state import render_list

    selected = selector(patterns)
    recorded = recalled(backend_of(console)).snapshot.resources
    console.write(render_list((have for address, have in recorded.items() if not patterns or selected(address)), console.out))
