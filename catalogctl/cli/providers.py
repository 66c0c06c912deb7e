"""`catalogctl providers`."""

from __future__ import annotations

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console


@click.command(cls=Command)
@click.pass_obj
def command(console: Console) -> None:
    """List the providers and what they can do."""
    from catalogctl.provider import discovery
    from catalogctl.view.text.providers import render

    console.write(render([discovery.provider(name) for name in discovery.names()], console.width, console.out))
