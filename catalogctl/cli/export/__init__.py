"""`catalogctl export …`: the catalog in the forms that other people read."""

from __future__ import annotations

import click

from catalogctl.cli.command import CommandGroup
from catalogctl.cli.export import onix, sheet


@click.group(cls=CommandGroup)
def command() -> None:
    """Write the catalog in a form that other people read. Reads files alone; nothing is sent."""


for _one in (onix.command, sheet.xlsx, sheet.csv):
    command.add_command(_one)
