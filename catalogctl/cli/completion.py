"""`catalogctl completion SHELL`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from catalogctl.cli.command import Command


@click.command(cls=Command, epilog='For instance, in ~/.bashrc: eval "$(catalogctl completion bash)"')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell."""
    script = get_completion_class(shell)
    if script is not None:
        click.echo(script(ctx.find_root().command, {}, "catalogctl", "_CATALOGCTL_COMPLETE").source())
