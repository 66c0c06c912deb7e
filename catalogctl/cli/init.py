"""`catalogctl init`."""

from __future__ import annotations

import shlex
from contextlib import suppress
from importlib.resources import files
from pathlib import PurePosixPath

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.system.safe_folder import PUBLIC, PUBLIC_FOLDER, SafeFolder
from catalogctl.system.typed_path import folder_at

FILES = {
    "catalogctl.yaml": "catalogctl.yaml",
    "catalog/mirror-work.yaml": "catalog/mirror-work.yaml",
    ".gitignore": "gitignore",
    ".vscode/settings.json": "vscode/settings.json",
    ".vscode/extensions.json": "vscode/extensions.json",
}
"""What is written → where it comes from."""


@click.command(cls=Command)
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False))
@click.pass_obj
def command(console: Console, folder: str) -> None:
    """Write a working project into DIR (by default the present folder): a project file, a sample title, and settings for editors.

    Its account is the embedded sandbox, so that every command works at once and without a key. Files that exist are left alone.
    """
    target = console.folder / folder
    write_project(folder_at(target, console.folder, mode=PUBLIC_FOLDER))
    safe = console.out.safe
    where = "" if folder == "." else f"cd {safe(shlex.quote(folder))}\n  "
    console.write([f"A catalog is in {safe(str(target))}. Try it:", f"  {where}catalogctl validate\n  catalogctl plan\n  catalogctl apply"])


def write_project(target: SafeFolder) -> None:
    """Write the starter files and the schemas.

    Raises:  CatalogError when there is a project already.
    """
    from catalogctl.cli.schema import schema_files
    from catalogctl.model.diagnostics import CatalogError, error

    project = target.path / "catalogctl.yaml"
    if project.exists():
        detail = f"{project} exists already and was not changed."
        raise CatalogError(error("project-exists", "There is a project here already", detail))
    starter = files("catalogctl.starter")
    wanted = {name: starter.joinpath(source).read_bytes() for name, source in FILES.items()}
    wanted |= {f"schemas/{name}": data for name, data in schema_files().items()}
    for name, data in wanted.items():
        *above, last = PurePosixPath(name).parts
        with suppress(FileExistsError):
            target.folder(*above).write_new(last, data, PUBLIC)
