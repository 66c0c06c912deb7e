"""`catalogctl import onix`: titles from feeds, and of titles that are there what a newer feed changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE, ERROR
from catalogctl.cli.option_group import given, takes

if TYPE_CHECKING:
    from catalogctl.engine.workspace import Workspace
    from catalogctl.onix.gather import GatherRules
    from catalogctl.onix.import_feed import FeedImport, FeedTarget
    from catalogctl.onix.known import Known


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOptions:
    """Which records of feeds are taken, what makes a title of them, and whether it is written."""

    folder: str = given(
        click.option("--write", "folder", metavar="DIR", default="", help="Write: new titles into this folder, edits where they belong."),
        "",
    )
    yes: bool = given(click.option("--yes", is_flag=True, help="Write without asking."), False)
    where: str | None = given(
        click.option("--where", metavar="EXPRESSION", help="Only editions of which this is true: 'format = epub'."), None
    )
    market: str = given(
        click.option(
            "--market", metavar="COUNTRY", default="", help="Whose prices count, where a record has several markets: ES."
        ), ""
    )  # fmt: skip
    external_id: str = given(
        click.option(
            "--external-id", metavar="NAME", default="", help="The name of the identifier by which stores know an edition."
        ), ""
    )  # fmt: skip
    group: str = given(
        click.option(
            "--group",
            type=click.Choice(["title", "none"]),
            default=None,
            help="title: records with equal title, author and language are one title too; none: each is its own.",
        ),
        "",
    )
    tests: bool = given(click.option("--test", "tests", is_flag=True, help="Take test records (88, 89) as well."), False)
    theirs: bool = given(click.option("--theirs", is_flag=True, help="Where feed and files both changed, take the feed's."), False)
    ours: bool = given(click.option("--ours", is_flag=True, help="Where feed and files both changed, keep the files'."), False)


@click.command("onix", cls=Command)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(dir_okay=False))
@takes(FeedOptions)
@click.pass_obj
def onix(console: Console, options: FeedOptions, files: tuple[str, ...]) -> int:
    """Take titles, and what a newer feed changed of them, from ONIX 2.1, 3.0 and 3.1. Shows what it would write; --write writes it."""
    from catalogctl.config.trust.extras import Extra, require

    require(Extra.ONIX, "import onix")
    if options.theirs and options.ours:
        message = "--theirs and --ours contradict each other"
        raise click.UsageError(message)
    if options.yes and not options.folder:
        message = "--yes needs --write DIR: without it nothing is written"
        raise click.UsageError(message)
    return _import(console, options, files)


def _import(console: Console, options: FeedOptions, files: tuple[str, ...]) -> int:
    from catalogctl.cli.edit_run import settle
    from catalogctl.config.write_titles import Folder
    from catalogctl.engine.workspace import read_workspace
    from catalogctl.model.diagnostics import CatalogError
    from catalogctl.onix.gather import Gathering
    from catalogctl.onix.import_feed import FeedImport, FeedTarget
    from catalogctl.onix.known import Known
    from catalogctl.query.view import catalog_views
    from catalogctl.sheets.compare import Side
    from catalogctl.system.typed_path import opened_typed

    settle(console, writes=bool(options.folder))
    with console.listening() as listen:
        workspace = read_workspace(console.project_folder, console.environment, listen)
    if workspace.resolved.diagnostics.errors:
        raise CatalogError(*workspace.resolved.diagnostics)
    documents, layers = workspace.documents, workspace.resolved.layers
    views = catalog_views(documents.items, layers, workspace.project.territory_groups)
    known = Known(workspace.project.root, views, workspace.project.onix.namespace)
    rules = _rules(workspace, options, known)
    gathering = Gathering(rules)

    def told(products: int) -> None:
        console.say(f"Read {products:,} products")

    for file in dict.fromkeys(files):
        gathering.read(
            Path(file).as_posix(), partial(opened_typed, file, console.project_folder), lambda done: console.say(f"Read {done:,} products")
        )
    if gathering.broken:
        raise CatalogError(*gathering.diagnostics())
    folder = Folder(documents, layers, _folder(console, workspace, options))
    side = Side.THEIRS if options.theirs else Side.OURS if options.ours else Side.NEITHER
    target = FeedTarget(documents, layers, known, folder, rules.reading, side)
    planned = FeedImport(gathering, target)
    planned.plan()
    return _settled(console, workspace, options, (gathering, target, planned))


def _folder(console: Console, workspace: Workspace, options: FeedOptions) -> str:
    from catalogctl.cli.import_all import folder_within

    if options.folder:
        return folder_within(workspace, console, options.folder, "catalogctl import onix FILE")
    return workspace.project.catalog[0].rstrip("/") if workspace.project.catalog else "catalog"


def _rules(workspace: Workspace, options: FeedOptions, known: Known) -> GatherRules:
    from catalogctl.onix.gather import GatherRules, chosen_by
    from catalogctl.onix.reading import ReadingRules
    from catalogctl.query.fields import Fields
    from catalogctl.query.where import parse

    market = options.market
    if market:
        from catalogctl.config.schema.codes import country
        from catalogctl.config.syntax.scalars import CodeError

        try:
            market = country(market)
        except CodeError as wrong:
            message = f"--market: {wrong.detail} {wrong.hint}"
            raise click.UsageError(message) from None
    reading = ReadingRules(workspace.project.onix, market, None, options.external_id, options.tests)

    def base_of(reference: str, isbn: str) -> Any:
        view = known.find(reference, isbn)
        record = None if view is None else known.record(view)
        return None if record is None else record.element

    condition = None if options.where is None else parse(options.where, Fields(tuple(sorted(workspace.project.accounts)), ()))
    selects = chosen_by(condition, workspace.project.territory_groups)
    return GatherRules(reading, selects, base_of, options.group or "")


def _settled(console: Console, workspace: Workspace, options: FeedOptions, made: tuple[Any, FeedTarget, FeedImport]) -> int:
    """Report, ask, and write."""
    from catalogctl.cli.confirm import agreed, needs_somebody_to_ask
    from catalogctl.cli.edit_run import write
    from catalogctl.cli.import_onix_report import report
    from catalogctl.config.write_titles import below
    from catalogctl.model.quantity import counted

    gathering, target, planned = made
    found = gathering.diagnostics()
    outcome = planned.outcome
    console.problems(found)
    console.write(report(console, workspace, gathering, target, planned))
    failed = bool(found.errors or outcome.conflicting or outcome.left_out)
    code = ERROR if failed else DONE
    if not outcome.writes:
        return code
    assert below(workspace.project.catalog, target.folder.name), "the folder is one of the catalog"
    if not options.folder:
        console.tell(f"Nothing is written. To write: --write {target.folder.name}")
        return code
    what = counted(planned.drafted.count, "file")
    if not options.yes:
        needs_somebody_to_ask("The import needs a confirmation, and there is no terminal to ask on. Nothing was written.", "Add --yes.")
        if not agreed(f"Write {what}?", "write them"):
            console.say("Nothing was written.")
            return ERROR
    _refuse_new_errors(console, planned)
    for batch in planned.drafted.batches():
        write(console, batch)
    console.tell(f"Wrote {what}.")
    return code


def _refuse_new_errors(console: Console, planned: FeedImport) -> None:
    """Stop where files that are there would have errors afterwards; each new title was read back when it was drafted."""
    from catalogctl.cli.edit_run import refuse_new_errors

    edited = {one.path: one.after for batch, one in planned.drafted.all() if batch == 0 and not one.path.endswith(".xml")}
    if edited:
        refuse_new_errors(console, edited)
