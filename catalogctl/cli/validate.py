"""`catalogctl validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli.console import Console, environment_option
from catalogctl.cli.exit_codes import DONE, ERROR

if TYPE_CHECKING:
    from catalogctl.cli.workspace import Workspace


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path())
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True, help="How to tell problems."
)
@environment_option
@click.pass_obj
def command(console: Console, paths: tuple[str, ...], form: str) -> int:
    """Check every file, offline: form, references, codes, assets. With PATHs, tell only what is wrong in these."""
    from catalogctl.cli.workspace import read_workspace
    from catalogctl.model.address import everywhere
    from catalogctl.model.diagnostics import Diagnostics

    with console.listening() as listen:
        workspace = read_workspace(console, listen, _relative(console, paths))
    found = Diagnostics.of(workspace.diagnostics, workspace.catalog.unheld(everywhere), workspace.catalog.incomplete())
    match form:
        case "json":
            from catalogctl.view import diagnostics_json

            click.echo(diagnostics_json.render(found))
        case "github":
            from catalogctl.view import diagnostics_github

            console.write(diagnostics_github.render(found))
        case _:
            console.problems(found)
            if not found.errors:
                console.write([_summary(workspace)])
    return ERROR if found.errors else DONE


def _relative(console: Console, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Give paths as the project knows them; they are typed relative to where the command was started."""
    root = console.folder.resolve()
    given = [Path(path).resolve() for path in paths]
    return tuple(path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path) for path in given)


def _summary(workspace: Workspace) -> str:
    from catalogctl.view.value_text import counted

    titles = {address.title for address in workspace.catalog.resources}
    accounts = ", ".join(sorted({address.account for address in workspace.catalog.resources})) or "no account"
    read = f"{counted(len(workspace.catalog.titles), 'title')} in {counted(workspace.documents.files, 'file')}"
    return f"{read}, all in order; {len(titles):,} published on {accounts}."
