"""`catalogctl validate`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE, ERROR
from catalogctl.cli.output import write_public, write_stdout
from catalogctl.model.diagnostics import CatalogError, Diagnostics

if TYPE_CHECKING:
    from catalogctl.engine.workspace import Workspace


@click.command(cls=Command)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path())
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif", "gitlab-codequality", "junit"]),
    default="text",
    show_default=True,
    help="Format of the problems.",
)
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False), help="Write problems to this file, not to stdout; not for text.")
@click.pass_obj
def command(console: Console, paths: tuple[str, ...], form: str, output: str | None) -> int:
    """Check every file, offline: form, references, codes, assets. With PATHs, tell only what is wrong in these."""
    from catalogctl.config.other_environments import problems_elsewhere
    from catalogctl.engine.workspace import read_workspace
    from catalogctl.model.address import everywhere

    if form == "text" and output:
        message = "--output is for the formats that programs read: choose one with --format"
        raise click.UsageError(message)
    root = console.project_folder
    try:
        with console.listening() as listen:
            workspace = read_workspace(root, console.environment, listen, only=_relative(console, paths))
    except CatalogError as failure:  # the project file cannot be read: programs get it in their format, people on stderr
        if form != "text":
            _write(console, output, _written(Diagnostics.of(failure.diagnostics), form, root))
        raise
    elsewhere = () if paths else problems_elsewhere(workspace.project, tuple(workspace.diagnostics))
    found = Diagnostics.of(workspace.diagnostics, workspace.catalog.unsupported(everywhere), workspace.catalog.incomplete(), elsewhere)
    if form == "text":
        console.problems(found)
        if not found.errors:
            from catalogctl.view.paint.layout import paragraph, plain

            console.write(paragraph([plain(console.out.safe(_summary(workspace)))], console.width, console.out, hanging=0))
    else:
        _write(console, output, _written(found, form, root, (document.path for document in workspace.documents.items)))
    return ERROR if found.errors else DONE


def _write(console: Console, output: str | None, text: str) -> None:
    write_public(console, output, text.encode()) if output else write_stdout(text.encode())


def _written(found: Diagnostics, form: str, folder: Path, paths: Iterable[str] = ()) -> str:
    """Write problems for a program, with paths as seen from the present folder where the project is below it."""
    from catalogctl.config.find_project import FILE
    from catalogctl.view.formats import diagnostics_codequality, diagnostics_github, diagnostics_json, diagnostics_junit, diagnostics_sarif

    if form == "json":
        return diagnostics_json.render(found)
    root, here = folder.resolve(), Path.cwd().resolve()
    below = root.relative_to(here) if root.is_relative_to(here) else Path()
    seen = Diagnostics.of(item.at(item.source and replace(item.source, path=(below / item.source.path).as_posix())) for item in found)
    project_file = (below / FILE).as_posix()
    match form:
        case "github":
            return "".join(f"{line}\n" for line in diagnostics_github.render(seen))
        case "sarif":
            return diagnostics_sarif.render(seen, project_file)
        case "gitlab-codequality":
            return diagnostics_codequality.render(seen, project_file)
        case _:
            files = ((below / path).as_posix() for path in paths)
            return diagnostics_junit.render(seen, files, project_file)


def _relative(console: Console, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return paths as the project knows them; they are typed relative to where the command was started."""
    root = console.project_folder.resolve()
    given = [Path(path).resolve() for path in paths]
    return tuple(path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path) for path in given)


def _summary(workspace: Workspace) -> str:
    from catalogctl.model.quantity import counted

    titles = {address.title for address in workspace.catalog.resources}
    accounts = ", ".join(sorted({address.account for address in workspace.catalog.resources}))
    read = f"{counted(len(workspace.catalog.titles), 'title')} in {counted(workspace.documents.files, 'file')}"
    where = f"{len(titles):,} declared for {accounts}" if titles else "no edition is declared for an account yet"
    return f"{read}, all in order; {where}."
