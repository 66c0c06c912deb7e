"""`catalogctl state mv`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.options import lock_options
from catalogctl.cli.state.edit import backend_of, carry_out, dry_run_option, parsed, recalled

if TYPE_CHECKING:
    from catalogctl.planning.blocks.state_edits import Amendment
    from catalogctl.state.ledger import Recalled


@click.command("mv", cls=Command)
@click.argument("source")
@click.argument("target")
@dry_run_option
@lock_options
@click.pass_obj
def command(console: Console, source: str, target: str, dry_run: bool, lock_timeout: float) -> None:
    """Give what is recorded at SOURCE the address TARGET, its parts included. Nothing is sent."""
    from catalogctl.planning.blocks.state_edits import move
    from catalogctl.view.text.state import render_moves

    come_from, go_to = parsed(source), parsed(target)

    def change(found: Recalled) -> Amendment:
        return move(found.snapshot.resources, come_from, go_to)

    if dry_run:
        amendment = change(recalled(backend_of(console)))
        console.write(["Would be moved in state:"])
    else:
        amendment, serial = carry_out(console, lock_timeout, change)
        console.write([f"Moved in state (serial {serial}):"])
    console.write(render_moves(amendment, console.width, console.out))
    console.say("The files must declare the new address as well: what state has and they do not, the next plan deletes.")
