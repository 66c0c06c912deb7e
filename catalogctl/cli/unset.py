"""`catalogctl unset`."""

from __future__ import annotations

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.option_group import takes
from catalogctl.cli.set_ import PlaceOptions, assign_everywhere


@click.command(cls=Command)
@takes(PlaceOptions)
@click.argument("fields", metavar="FIELD...", nargs=-1, required=True)
@click.pass_obj
def command(console: Console, options: PlaceOptions, fields: tuple[str, ...]) -> int:
    """Take fields of many editions away: afterwards they have no value. What is said to others too stays, and null takes it back."""
    from catalogctl.editing.assignment import removals

    return assign_everywhere(console, options, lambda known: removals(fields, known))
