"""`catalogctl drift`."""

from __future__ import annotations

from typing import Any

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.options import lock_options, scope_options
from catalogctl.cli.output import form_options
from catalogctl.cli.plan import run_plan


@click.command(cls=Command)
@scope_options
@form_options
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False), help="Show it in this file instead of on stdout.")
@lock_options
@click.pass_obj
def command(console: Console, /, **chosen: Any) -> int:
    """Show what was changed outside catalogctl; exit with 2 when there is any.

    The same as plan --refresh-only --detailed-exitcode.
    """
    from catalogctl.planning.planner import Purpose

    rest = {"out": None, "reports": (), "show_requests": False, "detailed_exitcode": True, "lock": False, "state": None}
    return run_plan(console, Purpose.REFRESH, {**chosen, **rest})
