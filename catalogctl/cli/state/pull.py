"""`catalogctl state pull`."""

from __future__ import annotations

import sys

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.state.edit import backend_of, recalled


@click.command("pull", cls=Command)
@click.pass_obj
def command(console: Console) -> None:
    """Write the state to stdout, as it is stored; what an interrupted run did is in it already."""
    from catalogctl.state.ledger import next_state
    from catalogctl.state.statefile import encode

    found = recalled(backend_of(console))
    snapshot = next_state(found)
    if snapshot.serial == 0:
        console.say(f"The state of environment {console.environment} holds nothing yet.")
        return
    if found.open_intents:
        unknown = len(found.open_intents)
        console.say(f"A run was interrupted: the end of {unknown} of its steps is unknown, and only its journal tells of them.")
    sys.stdout.buffer.write(encode(snapshot, console.environment))
    sys.stdout.buffer.flush()
