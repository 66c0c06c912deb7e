"""`catalogctl import`: one object to an address, or all that an account holds to files and state."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from catalogctl.cli import import_manifest, import_onix, import_sheet
from catalogctl.cli.command import CommandWithForms
from catalogctl.cli.console import Console
from catalogctl.cli.option_group import takes
from catalogctl.cli.options import ImportOptions

if TYPE_CHECKING:
    from catalogctl.model.address import Address


class _Import(CommandWithForms):
    forms = MappingProxyType(
        {"csv": import_sheet.csv, "xlsx": import_sheet.xlsx, "manifest": import_manifest.manifest, "onix": import_onix.onix}
    )


@click.command(cls=_Import)
@click.argument("subjects", metavar="ADDRESS ID|ACCOUNT…", nargs=-1, required=True)
@takes(ImportOptions)
@click.pass_obj
def command(console: Console, options: ImportOptions, subjects: tuple[str, ...]) -> int:
    """Manage what exists: the object ID of a store as ADDRESS, or with --all everything on accounts. Nothing is sent to a store."""
    if options.everything:
        if not options.folder:
            message = "--all needs --write DIR: an import has to be declared"
            raise click.UsageError(message)
        from catalogctl.cli.import_all import import_all

        return import_all(console, subjects, options)
    if len(subjects) != 2 or options.folder or options.only or options.by_title is not None:
        message = "write catalogctl import ADDRESS ID, or catalogctl import ACCOUNT --all --write DIR"
        raise click.UsageError(message)
    return _import_one(console, *subjects, options.lock_timeout)


def _import_one(console: Console, text: str, id_: str, timeout: float) -> int:
    from catalogctl.cli.backend import hold, open_backend
    from catalogctl.cli.exit_codes import DONE
    from catalogctl.cli.options import request_about
    from catalogctl.cli.plan import text_lines
    from catalogctl.cli.workspace import open_workspace, reachable
    from catalogctl.engine.import_one import import_one
    from catalogctl.engine.plan import make_plan
    from catalogctl.model.blocks import ASKED_FOR, Import
    from catalogctl.planning.plan import Refresh
    from catalogctl.planning.scope import Scope

    address = _address(text)
    with console.listening() as listen:
        workspace = open_workspace(console, listen)
    console.remarks(workspace.diagnostics)
    catalog = workspace.catalog
    backend = open_backend(workspace.project)
    entry = Import(address, id_, ASKED_FOR)
    with reachable(workspace) as stores, hold(backend, timeout) as held:
        with console.listening() as listen:
            imported = import_one(catalog, held, stores, request_about(workspace, Refresh.STORES, Scope()), entry, listen)
        console.tell(f"{address} is the object with the id {id_} from now on (state serial {imported.serial}).")
        if not imported.change.attributes:
            console.tell("It is as declared: a plan would change nothing about it.")
            return DONE
        request = request_about(workspace, Refresh.STATE, Scope(only=frozenset({address})))
        planned = make_plan(catalog, backend, stores, request, lambda _: None)
    console.tell("It is not as declared. What a plan would now do about it:", "")
    console.write(text_lines(console, workspace, planned))
    return DONE


def _address(text: str) -> Address:
    from catalogctl.model.address import Address
    from catalogctl.model.diagnostics import CatalogError, error

    try:
        return Address.parse(text)
    except ValueError:
        detail = f"{text!r} does not have the form ACCOUNT/TYPE/TITLE.EDITION or ACCOUNT/TYPE/TITLE.EDITION/KEY."
        hint = "A plan shows the addresses of what is declared:\ncatalogctl plan"
        raise CatalogError(error("address-form", "Not an address", detail, hint)) from None
