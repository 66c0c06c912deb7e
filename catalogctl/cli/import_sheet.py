"""`catalogctl import xlsx` and `catalogctl import csv`: what a sheet changes, as edits of the title files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.option_group import given, takes

if TYPE_CHECKING:
    from catalogctl.engine.workspace import Workspace
    from catalogctl.model.diagnostics import Diagnostic
    from catalogctl.query.fields import Fields
    from catalogctl.sheets.compare import Comparison
    from catalogctl.sheets.drafts import Drafts
    from catalogctl.sheets.grid import Grid
    from catalogctl.sheets.mapping import Mapped, MappingBlock
    from catalogctl.sheets.values import Locale

_LARGEST = 256 * 1024 * 1024
_LONGEST_TEXT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetOptions:
    """How a sheet is read, and what is done with what it says."""

    mapping: str = given(
        click.option(
            "--mapping",
            metavar="FILE|NAME",
            default="",
            help="What its columns are for: a mapping file, or publicala, google, cantook, thoth, streetlib.",
        ),
        "",
    )
    guess: bool = given(click.option("--guess", is_flag=True, help="Propose a mapping for it, and do nothing else."), False)
    header_row: int | None = given(
        click.option(
            "--header-row", metavar="N", type=click.IntRange(1, 1000), default=None, help="The row with the names of its columns."
        ),
        None,
    )
    decimal: str = given(
        click.option("--decimal", metavar="SIGN", type=click.Choice([".", ","]), default=None, help="The sign before the cents."), ""
    )
    dates: str = given(
        click.option("--dates", type=click.Choice(["dmy", "mdy", "ymd"]), default=None, help="The order of day, month and year."), ""
    )
    ignored: tuple[str, ...] = given(
        click.option("--ignore", "ignored", metavar="COLUMN", multiple=True, help="Pass this column over; may be repeated."), ()
    )
    theirs: bool = given(click.option("--theirs", is_flag=True, help="Where sheet and files were both changed, take the sheet's."), False)
    ours: bool = given(click.option("--ours", is_flag=True, help="Where sheet and files were both changed, keep the files'."), False)
    folder: str = given(click.option("--write", "folder", metavar="DIR", default="", help="The folder for files of new titles."), "")
    diff: bool = given(click.option("--diff", is_flag=True, help="Show what would change, and write nothing."), False)
    yes: bool = given(click.option("--yes", is_flag=True, help="Write without asking."), False)


@click.command("xlsx", cls=Command)
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False))
@click.option("--sheet", metavar="NAME", default="", help="The sheet. By default `editions`, else the first.")
@takes(SheetOptions)
@click.pass_obj
def xlsx(console: Console, options: SheetOptions, file: str, sheet: str) -> int:
    """Take what was changed in a workbook into the title files. Shows what it would write, and asks."""
    from catalogctl.cli.output import read_named
    from catalogctl.config.trust.extras import Extra, require
    from catalogctl.sheets.grid import OWN_SHEET
    from catalogctl.sheets.read_xlsx import read_xlsx, sheet_names
    from catalogctl.sheets.rows import SHEETS

    require(Extra.XLSX, "catalogctl import xlsx")
    data = read_named(console, file, _LARGEST)
    block = _mapping(console, options)
    named = sheet or (block.sheet if block is not None and block.sheet else "")
    grid = read_xlsx(data, file, sheet=named, header_row=_header_row(options, block))
    there = sheet_names(data, file) if block is None and grid.sheet == OWN_SHEET else frozenset()
    further = [read_xlsx(data, file, sheet=one.name) for one in SHEETS if one.name in there]
    return _import(console, options, grid, block, further)


@click.command("csv", cls=Command)
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False))
@click.option("--separator", metavar="SIGN", default="", help="What is between the columns. By default it is found in the header.")
@takes(SheetOptions)
@click.pass_obj
def csv(console: Console, options: SheetOptions, file: str, separator: str) -> int:
    """Take what was changed in a file of separated values into the title files. Shows what it would write, and asks."""
    from catalogctl.cli.output import read_named
    from catalogctl.sheets.read_csv import read_csv

    separator = separator.replace("\\t", "\t")
    if len(separator) > 1:
        message = "--separator takes one sign, such as ; or \\t"
        raise click.UsageError(message)
    block = _mapping(console, options)
    grid = read_csv(read_named(console, file, _LARGEST), file, separator=separator, header_row=_header_row(options, block))
    return _import(console, options, grid, block)


def _import(console: Console, options: SheetOptions, grid: Grid, block: MappingBlock | None, further: Sequence[Grid] = ()) -> int:
    from catalogctl.cli.edit_run import settle
    from catalogctl.cli.exit_codes import DONE, ERROR
    from catalogctl.engine.workspace import read_workspace
    from catalogctl.model.diagnostics import CatalogError, Diagnostics
    from catalogctl.query.fields import Fields
    from catalogctl.query.view import catalog_views
    from catalogctl.sheets.compare import Side, compare
    from catalogctl.sheets.read_rows import with_lists

    if options.theirs and options.ours:
        message = "--theirs and --ours contradict each other"
        raise click.UsageError(message)
    settle(console, writes=not options.diff)
    with console.listening() as listen:
        workspace = read_workspace(console.project_folder, console.environment, listen)
    if workspace.resolved.diagnostics.errors:
        raise CatalogError(*workspace.resolved.diagnostics)
    fields = Fields(tuple(workspace.project.accounts))
    if options.guess:
        _propose(console, grid, fields)
        return DONE
    texts = _texts(console, (grid, *further))
    wrong: tuple[Diagnostic, ...] = ()
    if further:
        grid, wrong = with_lists(grid, further, _locale(options), texts)
    mapped = _mapped(options, grid, block, fields)
    views = list(catalog_views(workspace.documents.items, workspace.resolved.layers, workspace.project.territory_groups))
    side = Side.THEIRS if options.theirs else Side.OURS if options.ours else Side.NEITHER
    found = compare(grid, mapped, views, texts, side)
    problems = Diagnostics.of((*wrong, *found.problems))
    console.problems(problems)
    if problems.errors:
        console.say("Nothing was written.")
        return ERROR
    folder = options.folder or workspace.project.catalog[0]
    chosen = (options.diff, options.yes)
    return write_agreed(console, workspace, found, str(PurePosixPath(folder)), chosen, mapped.defaults)


def write_agreed(
    console: Console,
    workspace: Workspace,
    found: Comparison,
    folder: str,
    chosen: tuple[bool, bool],
    defaults: Mapping[str, object] = MappingProxyType({}),
) -> int:
    """Show what some edits would write, ask, and write it: all of it or nothing.

    Shapes:  `folder` is where new titles go; `chosen` are whether it is only shown, and whether it is written without asking.
    """
    from catalogctl.cli.confirm import agreed, needs_somebody_to_ask
    from catalogctl.cli.edit_run import refuse_new_errors, write
    from catalogctl.cli.exit_codes import DONE, ERROR
    from catalogctl.query.fields import Fields
    from catalogctl.sheets.drafts import drafts

    fields = Fields(tuple(workspace.project.accounts))

    if not found.edits and not found.new:
        console.write([f"{_summary(found)} Nothing to write."])
        return DONE
    made = drafts(workspace.documents, fields, found, folder, defaults)
    refuse_new_errors(console, {one.path: one.after for one in made.all})
    _show(console, made)
    console.write([_summary(found)])
    only_shown, without_asking = chosen
    if only_shown:
        return DONE
    if not without_asking:
        needs_somebody_to_ask("The edits need a confirmation, and there is no terminal to ask on. Nothing was written.", "Add --yes.")
        if not agreed(f"Write {_counts(made)}?", "write them"):
            console.say("Nothing was written.")
            return ERROR
    write(console, made.all)
    console.tell(f"Wrote {_counts(made)}.")
    return DONE


def _header_row(options: SheetOptions, block: MappingBlock | None) -> int:
    return options.header_row or (block.header_row if block is not None and block.header_row else 1)


def _mapping(console: Console, options: SheetOptions) -> MappingBlock | None:
    if not options.mapping:
        return None
    from catalogctl.cli.output import read_layout

    return read_layout(console, options.mapping)


def _mapped(options: SheetOptions, grid: Grid, block: MappingBlock | None, fields: Fields) -> Mapped:
    from catalogctl.sheets.mapping import foreign_mapping, own_mapping

    locale = _locale(options)
    if block is None:
        return own_mapping(grid, fields, locale, frozenset(options.ignored))
    return foreign_mapping(grid, block, fields, locale)


def _locale(options: SheetOptions) -> Locale:
    from catalogctl.sheets.values import Locale

    return Locale(options.decimal or "", options.dates or "")


def _propose(console: Console, grid: Grid, fields: Fields) -> None:
    """Write a mapping file on stdout, to be looked through."""
    from catalogctl.sheets.guess import proposal

    console.write(proposal(grid, fields))


def _texts(console: Console, grids: Sequence[Grid]) -> Mapping[str, str]:
    """Return the long texts beside a file of sheets that its cells name."""
    from catalogctl.cli.output import read_named
    from catalogctl.sheets.export import FILE

    found: dict[str, str] = {}
    for grid, row in ((one, row) for one in grids for row in one.rows):
        for cell in row.cells:
            if isinstance(cell.value, str) and cell.value.startswith(FILE):
                name = cell.value.removeprefix(FILE)
                path = PurePosixPath(name)
                if path.is_absolute() or ".." in path.parts or len(path.parts) != 2:
                    continue
                file = Path(grid.file).parent / name
                if file.is_file():
                    found[name] = read_named(console, str(file), _LONGEST_TEXT).decode(errors="replace")
    return found


def _show(console: Console, made: Drafts) -> None:
    from catalogctl.view.text.edits import render_diff

    for one in made.all:
        console.write(render_diff(one.path, one.before, one.after, console.out))


def _counts(made: Drafts) -> str:
    from catalogctl.model.quantity import counted

    said = [counted(len(made.edited), "file")] if made.edited else []
    if made.new:
        said.append(counted(len(made.new), "new file"))
    return " and ".join(said)


def _summary(found: Comparison) -> str:
    return " ".join(_sentences(found))


def _sentences(found: Comparison) -> Iterator[str]:
    from catalogctl.model.quantity import counted

    editions = {(edit.view.title, edit.view.edition) for edit in found.edits}
    changed = f"{counted(len(found.edits), 'field')} of {counted(len(editions), 'edition')} changed" if found.edits else "no field changed"
    new = f", {counted(len(found.new), 'new edition')}" if found.new else ""
    rows = f"{counted(found.rows, 'row')}: " if found.rows else ""
    sentence = f"{rows}{changed}{new}."
    yield sentence[0].upper() + sentence[1:]
    if found.unlisted:
        stay = "has no row, and stays as it is" if found.unlisted == 1 else "have no row, and stay as they are"
        yield f"{counted(found.unlisted, 'edition')} of the catalog {stay}."
