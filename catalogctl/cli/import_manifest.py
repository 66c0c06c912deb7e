"""`catalogctl import manifest`: the tracks of an audiobook from its manifest."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.option_group import given, takes

if TYPE_CHECKING:
    from catalogctl.engine.workspace import Workspace
    from catalogctl.sheets.compare import Comparison
    from catalogctl.sheets.manifest import Manifest


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
    from catalogctl.cli.import_sheet import write_agreed
    from catalogctl.cli.output import read_named
    from catalogctl.editing.write_files import complete
    from catalogctl.engine.workspace import read_workspace
    from catalogctl.model.diagnostics import CatalogError
    from catalogctl.sheets.manifest import LARGEST, read_manifest

    read = read_manifest(read_named(console, file, LARGEST), file)
    complete(console.project_folder, console.say)
    with console.listening() as listen:
        workspace = read_workspace(console.project_folder, console.environment, listen)
    if workspace.resolved.diagnostics.errors:
        raise CatalogError(*workspace.resolved.diagnostics)
    folder = options.folder or workspace.project.catalog[0]
    found = _changes(workspace, read, options, file)
    console.say(f"A manifest of {read.form} with {len(read.tracks)} tracks.")
    return write_agreed(console, workspace, found, str(PurePosixPath(folder)), (options.diff, options.yes))


def _changes(workspace: Workspace, read: Manifest, options: ManifestOptions, file: str) -> Comparison:
    from catalogctl.model.diagnostics import SourceRange
    from catalogctl.query.view import catalog_views
    from catalogctl.sheets.compare import Comparison, FieldEdit, NewEdition, slug
    from catalogctl.sheets.manifest import tracks_of

    place = SourceRange(file, 1, 1, 2, "")
    views = list(catalog_views(workspace.documents.items, workspace.resolved.layers))
    named = [one for one in views if options.edition in {one.title, f"{one.title}.{one.edition}"} and one.facts["format"] == "audiobook"]
    wanted = named if options.edition else [one for one in views if read.isbn and one.facts.get("isbn") == read.isbn]
    found = Comparison()
    if wanted:
        view = wanted[0]
        before: list[Any] = view.facts.get("tracks") or []
        tracks = tracks_of(read, _beside(workspace, file, posixpath.dirname(view.path)), before, file)
        if tracks != before:
            found.edits.append(FieldEdit(view, ("tracks",), before, tracks, place))
        return found
    title, _, edition = options.edition.partition(".")
    title = title or slug(read.title) or read.isbn or slug(Path(file).stem)
    home = next((one.path for one in workspace.documents.items if one.kind == "title" and one.data["id"] == title), "")
    folder = posixpath.dirname(home) if home else options.folder or workspace.project.catalog[0]
    facts: dict[str, Any] = {"format": "audiobook"}
    if read.isbn:
        facts["isbn"] = read.isbn
    if not home:
        facts |= {"title": read.title or title}
        facts |= {"language": read.language} if read.language else {}
        facts |= {"contributors": [{"name": name, "role": role} for name, role in read.people]} if read.people else {}
    facts["tracks"] = tracks_of(read, _beside(workspace, file, folder), (), file)
    found.new.append(NewEdition(title, edition or "audio", facts, place))
    return found


def _beside(workspace: Workspace, file: str, folder: str) -> str:
    """Return the folder of the manifest, relative to the folder of the title file."""
    here = os.path.relpath(Path(file).resolve().parent, workspace.project.root.resolve() / folder)
    return PurePosixPath(here).as_posix()
