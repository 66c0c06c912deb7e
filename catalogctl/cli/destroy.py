"""`catalogctl destroy`."""

from __future__ import annotations

from typing import Any

import click

from catalogctl.cli.apply import run_apply
from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.options import approval_options, lock_options, scope_options


@click.command(cls=Command)
@scope_options
@approval_options
@lock_options
@click.pass_obj
def command(console: Console, /, **chosen: Any) -> int:
    """Remove from the stores everything that is managed (or what --target selects)."""
    from catalogctl.planning.planner import Purpose

    return run_apply(console, Purpose.DESTROY, None, chosen)
