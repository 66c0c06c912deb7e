"""`catalogctl version`."""

from __future__ import annotations

import platform

import click

from catalogctl import __version__
from catalogctl.cli.command import Command


@click.command(cls=Command)
def command() -> None:
    """Print the version."""
    click.echo(told())


def told() -> str:
    """Return the versions of catalogctl and of what it runs on, on one line."""
    return f"catalogctl {__version__} (Python {platform.python_version()}, {platform.system()} {platform.machine()})"
