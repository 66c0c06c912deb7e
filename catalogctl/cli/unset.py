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
    """Take fields of many editions out of their files; what others need stays, and is taken back on the edition."""
    from catalogctl.editing.assignment import removals

    return assign_everywhere(console, options, lambda known: removals(fields, known))
