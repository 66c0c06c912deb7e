"""`catalogctl state mv-account`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.options import lock_options
from catalogctl.cli.state.edit import backend_of, carry_out, dry_run_option, recalled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.config.project import Project
    from catalogctl.model.account import Account
    from catalogctl.planning.blocks.state_edits import Amendment
    from catalogctl.state.ledger import Recalled


@click.command("mv-account", cls=Command)
@click.argument("account")
@click.argument("name", required=False)
@dry_run_option
@lock_options
@click.pass_obj
def command(console: Console, account: str, name: str | None, dry_run: bool, lock_timeout: float) -> None:
    """Say that the store of ACCOUNT is where the project file has it now, with the same objects; or that it is called NAME now."""
    from catalogctl.config.project import load_project
    from catalogctl.planning.blocks.state_edits import reassign
    from catalogctl.provider import discovery
    from catalogctl.sandbox.storage import rename_contents
    from catalogctl.state.replacement import refuse_unsettled
    from catalogctl.view.text.state import render_moves

    project = load_project(console.project_folder, console.environment)
    target = _target(_accounts(project), name or account)

    def change(found: Recalled) -> Amendment:
        refuse_unsettled(found, "The account is not moved")
        return reassign(found.snapshot.resources, account, target.name, target.base_url)

    def change_with_contents(found: Recalled) -> Amendment:
        amendment = change(found)
        if target.is_sandbox and account not in project.accounts:
            # Before state knows: cut off in between, this command is given once more.
            emulator = discovery.emulator(target.provider)
            rename_contents(project.root, project.environment, account, target.name, emulator)
        return amendment

    if dry_run:
        amendment = change(recalled(backend_of(console)))
        head = "Would be recorded"
    else:
        amendment, serial = carry_out(console, lock_timeout, change_with_contents)
        head = f"Recorded (serial {serial})"
    if not amendment.entries:
        console.write([f"State has the resources of {account} on {target.base_url} already."])
        return
    console.write([f"{head} as resources of {target.name}, on {target.base_url}:"])
    console.write(render_moves(amendment, console.width, console.out))
    console.say(f"Their ids are taken to be the same there, and no store was asked. To see whether they are: {console.command} plan")


def _accounts(project: Project) -> Mapping[str, Account]:
    from catalogctl.config.accounts import accounts
    from catalogctl.model.diagnostics import CatalogError
    from catalogctl.provider import discovery

    named = {str(block.get("provider")) for block in project.accounts.values()} & set(discovery.names())
    configured, wrong = accounts(project, {name: discovery.provider(name) for name in sorted(named)})
    if wrong.errors:
        raise CatalogError(*wrong)
    return configured


def _target(configured: Mapping[str, Account], name: str) -> Account:
    from catalogctl.model.diagnostics import CatalogError, error

    if name not in configured:
        detail = f"The project file names no account {name!r}. It names {', '.join(sorted(configured)) or 'none'}."
        raise CatalogError(error("account-unknown", "There is no such account", detail, "Put it into the project file first."))
    return configured[name]
