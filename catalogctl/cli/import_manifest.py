"""`catalogctl import manifest`: the tracks of an audiobook from its manifest."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.option_group import given, takes

if TYPE_CHECKING:
    from catalogctl.engine.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestOptions:
    """Which edition a manifest is about, and whether it is written."""

    edition: str = given(
        click.option(
            "--edition", metavar="TITLE[.EDITION]", default="", help="The edition. By default the one with its ISBN, or a new one."
        ),
        "",
    )
    folder: str = given(click.option("--write", "folder", metavar="DIR", default="", help="The folder for the file of a new title."), "")
    diff: bool = given(click.option("--diff", is_flag=True, help="Show what would change, and write nothing."), False)
    yes: bool = given(click.option("--yes", is_flag=True, help="Write without asking."), False)


@click.command("manifest", cls=Command)
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False))
@takes(ManifestOptions)
@click.pass_obj
def manifest(console: Console, options: ManifestOptions, file: str) -> int:
    """Take the tracks of an audiobook from a manifest of W3C, Readium or OverDrive. Shows what it would write, and asks."""
    from catalogctl.cli.edit_run import settle
    from catalogctl.cli.import_sheet import write_agreed
    from catalogctl.cli.output import read_named
    from catalogctl.engine.workspace import read_workspace
    from catalogctl.model.diagnostics import CatalogError
    from catalogctl.query.view import catalog_views
    from catalogctl.sheets.manifest import LARGEST, Whereabouts, changes, read_manifest

    read = read_manifest(read_named(console, file, LARGEST), file)
    settle(console, writes=not options.diff)
    with console.listening() as listen:
        workspace = read_workspace(console.project_folder, console.environment, listen)
    if workspace.resolved.diagnostics.errors:
        raise CatalogError(*workspace.resolved.diagnostics)
    folder = options.folder or workspace.project.catalog[0]
    views = catalog_views(workspace.documents.items, workspace.resolved.layers, workspace.project.territory_groups)
    found = changes(read, views, workspace.documents, options.edition, Whereabouts(file, folder, lambda of: _beside(workspace, file, of)))
    console.say(f"A manifest of {read.form} with {len(read.tracks)} tracks.")
    return write_agreed(console, workspace, found, str(PurePosixPath(folder)), (options.diff, options.yes))


def _beside(workspace: Workspace, file: str, folder: str) -> str:
    """Return the folder of the manifest, relative to the folder of the title file."""
    here = os.path.relpath(Path(file).resolve().parent, workspace.project.root.resolve() / folder)
    return PurePosixPath(here).as_posix()
