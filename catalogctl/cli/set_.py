"""`catalogctl set`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.edit_run import EditOptions, Proposal, carry_out, settle
from catalogctl.cli.option_group import given, group, takes
from catalogctl.cli.output import read_named

if TYPE_CHECKING:
    from catalogctl.config.documents import Documents
    from catalogctl.editing.assign import Assigning, EditionKey
    from catalogctl.editing.assignment import Assignment, Change
    from catalogctl.editing.effects import Effect
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
    edit = _begun(console, options)
    where = parse(options.where, edit.fields)
    made = read(edit.fields)
    selected = [(view.title, view.edition) for view in edit.assigning.views if where.selects(view)]
    if not selected:
        hint = "To see what there is:\ncatalogctl list"
        raise CatalogError(error("edit-no-selection", "No editions are selected", f"--where '{options.where}' is true of none.", hint))
    for one in made:
        edit.assign(dict.fromkeys(selected, one))
    return _finished(console, edit, options)


def _from_sheet(console: Console, options: SetOptions, path: str) -> int:
    from catalogctl.editing.edits_csv import read_edits

    data = read_named(console, path, _LARGEST_SHEET)
    edit = _begun(console, options.place)
    for column in read_edits(path, data, edit.fields, [(view.title, view.edition) for view in edit.assigning.views]):
        if column:
            edit.assign(column)
    return _finished(console, edit, options.place)


@dataclass(slots=True)
class _Edit:
    """An edit under way, and what it is about."""

    assigning: Assigning
    fields: Fields
    catalogs: Sequence[Documents]
    """As they are: of this environment, and of each other one that reads other files."""
    assigned: dict[tuple[str, ...], Change] = field(default_factory=dict)
    """What is done, by field."""
    editions: dict[tuple[str, ...], set[EditionKey]] = field(default_factory=dict)
    """Which editions are meant, by field."""

    def assign(self, wanted: Mapping[EditionKey, Assignment]) -> None:
        self.assigning.assign(wanted)
        for one in wanted.values():
            self.assigned[one.field.path] = one.change
        for edition, one in wanted.items():
            self.editions.setdefault(one.field.path, set()).add(edition)


def _begun(console: Console, options: PlaceOptions) -> _Edit:
    """Read the catalog; an edit that was cut off is completed first."""
    from catalogctl.config.cache import open_cache
    from catalogctl.config.defaults import Layers
    from catalogctl.config.documents import load
    from catalogctl.config.environments import other_catalogs
    from catalogctl.config.project import load_project
    from catalogctl.editing.assign import Assigning, Level
    from catalogctl.query.fields import Fields
    from catalogctl.system.gc_pause import keeping_all

    settle(console, writes=not (options.edit.diff or options.edit.check))
    project = load_project(console.project_folder, console.environment)
    with open_cache() as cache, keeping_all():
        documents, elsewhere = load(project, cache), other_catalogs(project, cache)
        level = Level.WHERE_SAID if options.at is None else Level(options.at)
        assigning = Assigning(documents, Layers(documents.items), level, elsewhere)
        return _Edit(assigning, Fields(tuple(sorted(project.known_accounts))), (documents, *elsewhere))


def _finished(console: Console, edit: _Edit, options: PlaceOptions) -> int:
    from catalogctl.editing.assignment import Change
    from catalogctl.editing.effects import kept
    from catalogctl.editing.patch import Aliases
    from catalogctl.model.quantity import counted
    from catalogctl.view.text.edits import count_words, effect_sentences

    edits = edit.assigning.edits(Aliases.EXPAND if options.expand else Aliases.REFUSE)
    edited = {one.path: one.after for one in edits.files}
    after = _edited(edit.catalogs, edited)
    found = _effects(edit, after, edited)
    is_unset = Change.UNSET in edit.assigned.values()
    own = () if is_unset else kept(after[0], edited, edit.editions)
    remarks = list(effect_sentences(found, own, is_unset=is_unset, environment=console.environment))
    if edits.taken_back:
        back = counted(edits.taken_back, "place")
        remarks.append(f"What is said to other editions as well is taken back by null at {back}. To let it hold instead: --at edition.")
    return carry_out(console, Proposal(edits.files, count_words(found, len(edits.files)), remarks=remarks), options.edit)


def _edited(catalogs: Sequence[Documents], edited: Mapping[str, bytes]) -> list[Documents]:
    """Return the catalogs as an edit would leave them."""
    from catalogctl.config.cache import open_cache
    from catalogctl.config.documents import load
    from catalogctl.config.environments import in_its_catalog
    from catalogctl.system.gc_pause import keeping_all

    with open_cache() as cache, keeping_all():
        return [load(replace(one.project, edited=in_its_catalog(one.project, edited)), cache) for one in catalogs]


def _effects(edit: _Edit, after: Sequence[Documents], edited: Mapping[str, bytes]) -> list[Effect]:
    """List what changes; in another environment, what does not change here."""
    from catalogctl.editing.effects import effects

    found: list[Effect] = []
    selected = set().union(*edit.editions.values())
    for before, now in zip(edit.catalogs, after, strict=True):
        known = {(one.edition, one.field) for one in found}
        some = effects(before, now, edited, list(edit.assigned), selected)
        found += [one for one in some if (one.edition, one.field) not in known]
    return found
