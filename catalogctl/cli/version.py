"""`catalogctl version`."""

from __future__ import annotations

import platform

import click

from catalogctl import __version__


@click.command()
def command() -> None:
    """Print the version."""
    click.echo(f"catalogctl {__version__} (Python {platform.python_version()}, {platform.system()} {platform.machine()})")
