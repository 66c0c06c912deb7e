"""`catalogctl onix …`: feeds of ONIX for Books, as files."""

from __future__ import annotations

import click

from catalogctl.cli.command import CommandGroup
from catalogctl.cli.onix import check


@click.group(cls=CommandGroup)
def command() -> None:
    """Look at feeds of ONIX for Books. It needs the extra `onix`."""


command.add_command(check.command)
