"""`catalogctl state rm`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.options import lock_options
from catalogctl.cli.state.edit import backend_of, carry_out, dry_run_option, recalled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.model.address import Address
    from catalogctl.model.resource import Recorded
    from catalogctl.planning.blocks.state_edits import Amendment
    from catalogctl.state.ledger import Recalled


@click.command("rm", cls=Command)
@click.argument("patterns", metavar="ADDRESS|GLOB...", nargs=-1, required=True)
@dry_run_option
@lock_options
@click.pass_obj
def command(console: Console, patterns: tuple[str, ...], dry_run: bool, lock_timeout: float) -> None:
    """Forget resources, their parts included. They stay in their stores as they are."""
    from catalogctl.planning.blocks.state_edits import forget
    from catalogctl.view.text.state import render_forgotten

    before: Mapping[Address, Recorded] = {}

    def change(found: Recalled) -> Amendment:
        nonlocal before
        before = found.snapshot.resources
        return forget(before, patterns)

    if dry_run:
        amendment = change(recalled(backend_of(console)))
        console.write(["Would be forgotten:"])
    else:
        amendment, serial = carry_out(console, lock_timeout, change)
        console.write([f"Forgotten (serial {serial}):"])
    console.write(render_forgotten((before[address] for address in amendment.entries), console.width, console.out))
    console.say("What the files still declare, the next plan finds by its key and adopts.")
