"""`catalogctl drift`."""

from __future__ import annotations

from dataclasses import dataclass

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.option_group import given, group, takes
from catalogctl.cli.options import LOCK_TIMEOUT, OutputOptions, SavingOptions, ScopeOptions, lock_options
from catalogctl.cli.plan import PlanOptions, run_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftOptions:
    """The options of `drift`."""

    scope: ScopeOptions = group(ScopeOptions)
    shown: OutputOptions = group(OutputOptions)
    lock_timeout: float = given(lock_options, LOCK_TIMEOUT)


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
    return run_plan(console, Purpose.REFRESH, PlanOptions(scope=options.scope, saving=saving, lock_timeout=options.lock_timeout))
