"""`catalogctl state …`: looking at what is remembered, and changing it without touching any store."""

from __future__ import annotations

import click

from catalogctl.cli.command import CommandGroup
from catalogctl.cli.state import history, list_, mv, mv_account, pull, push, rebuild, rm, show, unlock


@click.group(cls=CommandGroup)
def command() -> None:
    """Look at what is remembered, and change it without touching any store."""


for _one in (list_, show, history, pull, push, mv, rm, mv_account, unlock, rebuild):
    command.add_command(_one.command)
