"""`catalogctl destroy`."""

from __future__ import annotations

from dataclasses import dataclass

import click

from catalogctl.cli.apply import run_apply
from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.option_group import given, group, takes
from catalogctl.cli.options import LOCK_TIMEOUT, ApplyOptions, ApprovalOptions, BoundOptions, ScopeOptions, lock_options


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyOptions:
    """The options of `destroy`."""

    scope: ScopeOptions = group(ScopeOptions)
    approval: ApprovalOptions = group(ApprovalOptions)
    bound: BoundOptions = group(BoundOptions)
    lock_timeout: float = given(lock_options, LOCK_TIMEOUT)


@click.command(cls=Command)
@takes(DestroyOptions)
@click.pass_obj
def command(console: Console, options: DestroyOptions) -> int:
    """Remove from the stores everything that is managed (or what --target selects)."""
    from catalogctl.planning.scope import Purpose

    applied = ApplyOptions(scope=options.scope, approval=options.approval, bound=options.bound, lock_timeout=options.lock_timeout)
    return run_apply(console, Purpose.DESTROY, None, applied)
