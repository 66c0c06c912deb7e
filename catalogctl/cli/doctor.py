"""`catalogctl doctor`."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE, ERROR
from catalogctl.cli.output import write_stdout

if TYPE_CHECKING:
    from catalogctl.config.project import Project
    from catalogctl.model.check import Check
    from catalogctl.model.diagnostics import Diagnostic


@click.command(cls=Command)
@click.argument("account", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format.")
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings as well.")
@click.option("--online", is_flag=True, help="Also compare the clock with those of the stores: one request each, without a key.")
@click.option("--extras", is_flag=True, help="Print the extras that the project file needs, one a line, and nothing else.")
@click.pass_obj
def command(console: Console, account: str | None, form: str, strict: bool, online: bool, extras: bool) -> int:
    """Check this checkout and its environment for open problems.

    Without --online no store is asked. No key is sent, and no value of one is shown. With ACCOUNT, only that account is looked at.
    """
    if extras:
        from catalogctl.config.trust.extras import needed_anywhere

        if account or strict or online or form != "text":
            message = "--extras prints the extras alone, and goes with no account and no other option"
            raise click.UsageError(message)
        write_stdout("".join(f"{extra}\n" for extra in needed_anywhere(console.project_folder, console.environment)).encode())
        return DONE
    from catalogctl.view.text.doctor import render, render_json

    checks = _checks(console, account, online=online)
    if form == "json":
        write_stdout(render_json(checks).encode())
    else:
        console.write(render(checks, width=console.width, style=console.out))
    found = {str(item.severity) for check in checks for item in check.findings}
    return ERROR if "error" in found or (strict and "warning" in found) else DONE


def _checks(console: Console, account: str | None, *, online: bool) -> tuple[Check, ...]:
    from catalogctl.config.project import load_project
    from catalogctl.engine.checkup.checkup import checkup
    from catalogctl.engine.checkup.stores import store_clocks
    from catalogctl.engine.checkup.surroundings import Surroundings
    from catalogctl.model.diagnostics import CatalogError
    from catalogctl.provider import discovery

    root = console.project_folder.resolve()
    project: Project | None = None
    problems: tuple[Diagnostic, ...] = ()
    try:
        project = load_project(console.project_folder, console.environment)
    except CatalogError as broken:
        if any(item.code == "project-missing" for item in broken.diagnostics):
            raise
        problems = broken.diagnostics
    if project is not None and account is not None:
        _known(project, account)
    where = Surroundings(root, project, account, os.environ, datetime.now(UTC))
    providers = {name: discovery.provider(name) for name in discovery.names()}
    asked = (store_clocks(where, providers),) if online and project is not None else ()
    return (*checkup(where, providers, problems), *asked)


def _known(project: Project, account: str) -> None:
    from catalogctl.model.alike import most_alike
    from catalogctl.model.diagnostics import CatalogError, error

    if account not in project.accounts:
        near = most_alike(account, sorted(project.accounts))
        hint = f"Did you mean {near[0]}?" if near else f"Declared accounts: {', '.join(sorted(project.accounts)) or 'none'}."
        raise CatalogError(error("unknown-account", "Unknown account", f"No account called `{account}` is declared.", hint))
