"""`catalogctl drift`."""

from __future__ import annotations

from dataclasses import dataclass

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.option_group import given, group, takes
from catalogctl.cli.options import LOCK_TIMEOUT, OutputOptions, SavingOptions, ScopeOptions, lock_options
from catalogctl.cli.plan import PlanOptions, run_plan, write_drift


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftOptions:
    """The options of `drift`."""

    scope: ScopeOptions = group(ScopeOptions)
    shown: OutputOptions = group(OutputOptions)
    lock_timeout: float = given(lock_options, LOCK_TIMEOUT)
    write: bool = given(click.option("--write", is_flag=True, help="Take what the stores have into the files; it is shown first."), False)
    yes: bool = given(click.option("--yes", is_flag=True, help="Do not ask before --write writes."), False)


@click.command(cls=Command)
@takes(DriftOptions)
@click.pass_obj
def command(console: Console, options: DriftOptions) -> int:
    """Show what was changed outside catalogctl; exit with 2 when there is any.

    The same as plan --refresh-only --detailed-exitcode.
    """
    from catalogctl.planning.scope import Purpose

    shown = options.shown
    saving = SavingOptions(extent=shown.extent, form=shown.form, limit=shown.limit, output=shown.output, detailed_exitcode=True)
    if options.write:
        return write_drift(console, options.scope, options.yes)
    return run_plan(console, Purpose.REFRESH, PlanOptions(scope=options.scope, saving=saving, lock_timeout=options.lock_timeout))
