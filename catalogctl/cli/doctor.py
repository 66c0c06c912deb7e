"""`catalogctl doctor`."""

from __future__ import annotations

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE
from catalogctl.cli.forms import write_stdout


@click.command(cls=Command)
@click.option("--extras", is_flag=True, help="Print the extras that the project file needs, one a line, and nothing else.")
@click.pass_obj
def command(console: Console, extras: bool) -> int:
    """Look at this checkout and its environment, and name what is open."""
    from catalogctl.config.extras import needed_anywhere

    if not extras:
        message = "Nothing is looked at yet but --extras"
        raise click.UsageError(message)
    write_stdout("".join(f"{extra}\n" for extra in needed_anywhere(console.project_folder, console.environment)).encode())
    return DONE
