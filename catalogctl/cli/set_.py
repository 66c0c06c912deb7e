"""`catalogctl set`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.edit_run import EditOptions, carry_out, settle
from catalogctl.cli.option_group import given, group, takes
from catalogctl.cli.output import read_named

if TYPE_CHECKING:
    from catalogctl.editing.assign import Assigning
    from catalogctl.editing.assignment import Assignment
    from catalogctl.query.fields import Fields

_LARGEST_SHEET = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOptions:
    """Which editions are edited, and where."""

    where: str | None = given(
        click.option("--where", metavar="EXPRESSION", help="The editions that are meant: 'imprint = Ribera and format = epub'."), None
    )
    at: str | None = given(
        click.option(
            "--at",
            type=click.Choice(["edition", "title", "defaults"]),
            help="Write there. By default where the value is said, if that place serves only what is meant, else on the edition.",
        ),
        None,
    )
    expand: bool = given(click.option("--expand", is_flag=True, help="Write repetitions (*name) out where they are in the way."), False)
    edit: EditOptions = group(EditOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOptions:
    """The options of `set`."""

    sheet: str | None = given(
        click.option("--from", "sheet", metavar="FILE", type=click.Path(dir_okay=False), help="Edits from a sheet: title,edition,FIELD…"),
        None,
    )
    ending: str | None = given(
        click.option("--ending", metavar="DIGITS", help="The highest price with this ending that is not above the result: .99"), None
    )
    place: PlaceOptions = group(PlaceOptions)


@click.command("set", cls=Command)
@takes(SetOptions)
@click.argument("assignments", metavar="FIELD=VALUE...", nargs=-1)
@click.pass_obj
def command(console: Console, options: SetOptions, assignments: tuple[str, ...]) -> int:
    """Set fields of many editions in their files: FIELD=VALUE, prices *= and /=, lists += and -=. Comments stay."""
    if bool(options.sheet) == bool(assignments):
        message = "give either assignments such as prices.EUR=4.99 or a sheet with --from"
        raise click.UsageError(message)
    if options.sheet is not None:
        if options.place.where is not None:
            message = "--from names the editions itself: leave --where out"
            raise click.UsageError(message)
        return _from_sheet(console, options, options.sheet)
    return assign_everywhere(console, options.place, lambda fields: _read(assignments, fields, options.ending))


def _read(texts: Sequence[str], fields: Fields, ending: str | None) -> Sequence[Assignment]:
    from catalogctl.editing.assignment import assignments

    return assignments(texts, fields, ending)


def assign_everywhere(console: Console, options: PlaceOptions, read: Callable[[Fields], Sequence[Assignment]]) -> int:
    """Make the same changes to all editions that `--where` selects.

    Raises:  CatalogError (edit-no-selection) where nothing is selected.
    """
    from catalogctl.model.diagnostics import CatalogError, error
    from catalogctl.query.where import parse

    if options.where is None:
        hint = "Say which editions are meant, for instance\n--where 'imprint = Ribera'"
        raise CatalogError(error("edit-no-selection", "No editions are selected", "Nothing is edited without --where.", hint))
    assigning, fields = _begun(console, options)
    where = parse(options.where, fields)
    made = read(fields)
    selected = [(view.title, view.edition) for view in assigning.views if where.selects(view)]
    if not selected:
        hint = "To see what there is:\ncatalogctl list"
        raise CatalogError(error("edit-no-selection", "No editions are selected", f"--where '{options.where}' is true of none.", hint))
    for one in made:
        assigning.assign(dict.fromkeys(selected, one))
    return _finished(console, assigning, options)


def _from_sheet(console: Console, options: SetOptions, path: str) -> int:
    from catalogctl.editing.edits_csv import read_edits

    data = read_named(console, path, _LARGEST_SHEET)
    assigning, fields = _begun(console, options.place)
    for column in read_edits(path, data, fields, [(view.title, view.edition) for view in assigning.views]):
        if column:
            assigning.assign(column)
    return _finished(console, assigning, options.place)


def _begun(console: Console, options: PlaceOptions) -> tuple[Assigning, Fields]:
    """Read the catalog; an edit that was cut off is completed first."""
    from catalogctl.config.cache import open_cache
    from catalogctl.config.defaults import Layers
    from catalogctl.config.documents import load
    from catalogctl.config.project import load_project
    from catalogctl.editing.assign import Assigning, Level
    from catalogctl.query.fields import Fields
    from catalogctl.system.gc_pause import keeping_all

    settle(console, writes=not (options.edit.diff or options.edit.check))
    project = load_project(console.project_folder, console.environment)
    with open_cache() as cache, keeping_all():
        documents = load(project, cache)
        level = Level.WHERE_SAID if options.at is None else Level(options.at)
        return Assigning(documents, Layers(documents.items), level), Fields(tuple(sorted(project.known_accounts)))


def _finished(console: Console, assigning: Assigning, options: PlaceOptions) -> int:
    from catalogctl.editing.patch import Aliases
    from catalogctl.model.quantity import counted

    edits = assigning.edits(Aliases.EXPAND if options.expand else Aliases.REFUSE)
    what = f"{counted(edits.editions, 'edition')} in {counted(len(edits.files), 'file')}"
    return carry_out(console, edits.files, what, options.edit)
