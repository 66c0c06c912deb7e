"""`catalogctl revert`."""

from __future__ import annotations

import shlex
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import CHANGES, DONE, exit_code
from catalogctl.cli.option_group import given, group, takes
from catalogctl.cli.options import LOCK_TIMEOUT, ChangeOptions, SavingOptions, ScopeOptions, lock_options
from catalogctl.cli.plan import keep_out_of_catalog, show

if TYPE_CHECKING:
    from catalogctl.engine.plan import PlanRequest
    from catalogctl.engine.workspace import Workspace
    from catalogctl.history.revert_scope import ProjectFiles, RevertScope
    from catalogctl.history.run import Run
    from catalogctl.model.diagnostics import Diagnostic
    from catalogctl.planning.plan import Plan
    from catalogctl.state.backend import Backend


@dataclass(frozen=True, slots=True, kw_only=True)
class RevertOptions:
    """The options of `revert`."""

    scope: ScopeOptions = group(ScopeOptions)
    force: bool = given(click.option("--force", is_flag=True, help="Put back also what was changed since the run."), False)
    saving: SavingOptions = group(SavingOptions)
    lock_timeout: float = given(lock_options, LOCK_TIMEOUT)


@click.command(cls=Command)
@click.argument("run")
@takes(RevertOptions)
@click.pass_obj
def command(console: Console, options: RevertOptions, run: str) -> int:
    """Plan to put back what a run changed. Writes to no store: review the plan, and apply it like any other.

    RUN is the beginning of its id, as history lists it, or `latest`.
    """
    from catalogctl.cli.backend import hold, open_backend
    from catalogctl.cli.options import plan_request, refuse_idle_globs
    from catalogctl.cli.workspace import open_workspace, reachable
    from catalogctl.engine.plan import make_plan
    from catalogctl.model.diagnostics import Refusal
    from catalogctl.planning.scope import Purpose

    saving = options.saving
    with console.listening() as listen:
        workspace = open_workspace(console, listen, options.scope.parallelism)
        keep_out_of_catalog(workspace, saving)
        console.remarks(workspace.diagnostics)
        backend = open_backend(workspace.project)
        with reachable(workspace) as stores, hold(backend, options.lock_timeout) if saving.lock else nullcontext():
            request = plan_request(workspace, Purpose.REVERT, options.scope, ChangeOptions())
            back, request = taking_back(workspace, backend, run, request, force=options.force, reviewed=False)
            planned = make_plan(back, backend, stores, request, listen)
    planned = replace(planned, plan=_with_options(planned.plan, run, options))
    refuse_idle_globs(back.catalog, planned, options.scope, ChangeOptions())
    show(console, workspace, planned, saving)
    if planned.refusals:
        console.problems(planned.refusals)
        return exit_code(Refusal.SAFETY)
    return DONE if planned.plan.puts_all_back or not saving.detailed_exitcode else CHANGES


def _with_options(plan: Plan, run: str, options: RevertOptions) -> Plan:
    """Have the hints of a plan repeat the command that was given, for the one address that they are about and with `--force`."""
    from catalogctl.cli.next_command import command_line
    from catalogctl.cli.options import ApplyOptions

    def told(one: Diagnostic) -> Diagnostic:
        if one.code != "revert-conflict" or one.address is None:
            return one
        alone = replace(options.scope, targets=(one.address,), excludes=())
        line = command_line("revert", run, ApplyOptions(scope=alone, lock_timeout=options.lock_timeout))
        saved = "" if options.saving.out is None else f" --out {shlex.quote(options.saving.out)}"
        return replace(one, hint=f"To put it back all the same:\ncatalogctl {line} --force{saved}")

    return replace(plan, diagnostics=tuple(map(told, plan.diagnostics)))


def taking_back(
    workspace: Workspace, backend: Backend, run: str, request: PlanRequest, *, force: bool, reviewed: bool
) -> tuple[RevertScope, PlanRequest]:
    """Read a run, and say what to plan for it to be taken back; `reviewed` where a saved plan is held against that.

    Raises:  CatalogError: error (run-unknown, run-ambiguous, run-under-way), stale (run-damaged) and as `recall`.
    """
    from catalogctl.cli.runs import name_of, outcome_of, run_of
    from catalogctl.engine.plan import reverting
    from catalogctl.history.run import RunOutcome
    from catalogctl.model.diagnostics import CatalogError, error
    from catalogctl.state.ledger import recall

    stores = workspace.stores
    found = run_of(backend, name_of(backend, run), stores.type_of)
    if outcome_of(backend, found.heading) is RunOutcome.RUNNING:
        raise CatalogError(error("run-under-way", "The run has not ended yet", "What it will have changed is not known before it ends."))
    recorded = recall(backend, stores.type_of).snapshot.resources
    return reverting(found, _files(workspace, found), recorded, request, force=force, reviewed=reviewed)


def _files(workspace: Workspace, run: Run) -> ProjectFiles:
    """Return what the files say, and what a run took from the stores of which no title names the file any more."""
    from catalogctl.config.cache import open_cache
    from catalogctl.config.unnamed_files import strays
    from catalogctl.history.revert import files_before
    from catalogctl.history.revert_scope import ProjectFiles

    said = ProjectFiles(workspace.catalog)
    named = {asset.location: asset.identities for asset in said.assets() if asset.is_local}
    missing = files_before(run).difference(*named.values())
    with open_cache() as cache:
        return ProjectFiles(workspace.catalog, tuple(strays(workspace.project, missing, named.keys(), cache)))
