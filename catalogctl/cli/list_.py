"""`catalogctl list`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE, ERROR
from catalogctl.cli.option_group import given, takes
from catalogctl.cli.output import write_stdout

if TYPE_CHECKING:
    from catalogctl.config.defaults import Layers
    from catalogctl.config.documents import Documents
    from catalogctl.engine.standing import Place, Standing
    from catalogctl.query.columns import Column
    from catalogctl.query.fields import Fields
    from catalogctl.query.view import EditionView

_NAMES: Final = ("title", "edition", "account", "status", "isbn", "external_id", "path")
"""Columns of what people copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOptions:
    """The options of `list`."""

    where: str | None = given(
        click.option("--where", metavar="EXPRESSION", help="Only editions of which this is true: 'format = epub and prices.EUR < 5'."), None
    )
    columns: str = given(
        click.option(
            "--columns",
            metavar="NAME,…",
            default="title,edition,account,format,prices,status",
            show_default=True,
            help="What to show: these, name, or any field, such as isbn or prices.EUR.",
        )
    )
    sort: str = given(
        click.option("--sort", metavar="NAME,…", default="title,edition,account", show_default=True, help="By what; -NAME turns it round.")
    )
    form: str = given(
        click.option(
            "--format",
            "form",
            type=click.Choice(["table", "csv", "json", "markdown"]),
            default="table",
            show_default=True,
            help="How to show it.",
        )
    )
    against_state: bool = given(click.option("--against-state", is_flag=True, help="Say what is not applied, by what state remembers."))
    against_stores: bool = given(
        click.option("--against-stores", is_flag=True, help="Say what is not applied or has drifted, by what the stores answer now.")
    )


@click.command("list", cls=Command)
@takes(ListOptions)
@click.pass_obj
def command(console: Console, options: ListOptions) -> int:
    """List every edition on every account that sells it. Offline, but for --against-stores."""
    if options.against_state and options.against_stores:
        message = "--against-stores takes state into account too: give one of the two"
        raise click.UsageError(message)
    if options.against_state or options.against_stores:
        return _compared(console, options)
    return _declared(console, options)


def _declared(console: Console, options: ListOptions) -> int:
    """List what the files declare; a broken file is left out, and reported for."""
    documents, layers = declared(console)
    _show(console, options, documents, layers, None)
    errors = documents.diagnostics.errors
    if errors:
        console.problems(documents.diagnostics)
    return ERROR if errors else DONE


def declared(console: Console) -> tuple[Documents, Layers]:
    """Read what the files declare, without compiling it.

    Raises:  CatalogError for a project file that cannot be read; what is wrong with others is in the documents.
    """
    from catalogctl.config.cache import open_cache
    from catalogctl.config.defaults import Layers
    from catalogctl.config.documents import load
    from catalogctl.config.project import load_project
    from catalogctl.events import LoadFinished

    with console.listening() as listen:
        project = load_project(console.project_folder, console.environment)
        with open_cache() as cache:
            documents = load(project, cache)
        titles = sum(item.kind == "title" for item in documents.items) + len(documents.broken_titles)
        listen(LoadFinished(titles, documents.files, documents.reused))
    return documents, Layers(documents.items)


def _compared(console: Console, options: ListOptions) -> int:
    """List what the files declare and what state records, each with how it stands."""
    from catalogctl.cli.backend import open_backend
    from catalogctl.cli.options import request_about
    from catalogctl.cli.workspace import open_workspace, reachable
    from catalogctl.engine.plan import propose
    from catalogctl.engine.standing import standings, standings_by_state
    from catalogctl.planning.plan import Refresh
    from catalogctl.planning.scope import Scope
    from catalogctl.state.ledger import recall

    with console.listening() as listen:
        workspace = open_workspace(console, listen)
        request = request_about(workspace, Refresh.STORES, Scope())
        recalled = recall(open_backend(workspace.project), workspace.stores.type_of)
        if options.against_stores:
            with reachable(workspace) as stores:
                plan = propose(workspace.catalog, recalled, stores, request, listen).plan
            by_state = standings_by_state(workspace.catalog, recalled.snapshot) if plan.drift else {}
            standing = standings(plan.changes, plan.drift, by_state)
        else:
            standing = standings_by_state(workspace.catalog, recalled.snapshot)
    _show(console, options, workspace.documents, workspace.resolved.layers, standing)
    if recalled.open_intents:
        console.say("An earlier run was interrupted; what it did last is not known. apply settles it.")
    return DONE


def _show(console: Console, options: ListOptions, documents: Documents, layers: Layers, standing: Mapping[Place, Standing] | None) -> None:
    from catalogctl.query.columns import columns, ordered
    from catalogctl.query.where import parse

    fields = fields_of(documents)
    shown = columns(options.columns.split(","), fields, "--columns")
    by = columns(options.sort.split(","), fields, "--sort")
    where = None if options.where is None else parse(options.where, fields)
    rows = _rows(documents, layers, standing)
    chosen = ordered((row for row in rows if where is None or where.selects(row)), by)
    _write(console, options.form, shown, chosen)
    if options.form == "table":
        console.say(_summary(chosen))


def fields_of(documents: Documents) -> Fields:
    """Return the fields that rows of a project have."""
    from catalogctl.engine.standing import Standing
    from catalogctl.query.fields import Fields

    return Fields(tuple(sorted(documents.project.accounts)), tuple(Standing))


def _rows(documents: Documents, layers: Layers, standing: Mapping[Place, Standing] | None) -> Iterator[EditionView]:
    """List each edition on each account that sells it, and what is recorded and no longer declared."""
    from catalogctl.config.store_facts import AccountFacts
    from catalogctl.engine.standing import Standing
    from catalogctl.query.view import EditionView, catalog_views, on_each_account

    left = dict(standing or {})
    facts = AccountFacts(documents, layers, {})
    for view in catalog_views(documents.items, layers, facts.groups):
        for row in on_each_account(view, facts):
            if not row.accounts:
                status: Standing = Standing.UNSOLD
            elif standing is None:
                status = Standing.DECLARED
            else:
                status = left.pop((row.title, row.edition, row.accounts[0]), Standing.UNDECIDED)
            yield replace(row, status=status.value)
    for (title, edition, account), status in left.items():
        yield EditionView(title, edition, "", {}, (account,), status.value)


def _write(console: Console, form: str, shown: Sequence[Column], rows: Sequence[EditionView]) -> None:
    from catalogctl.query.columns import as_cell

    if form == "json":
        write_stdout(_json(shown, rows))
        return
    heads = [column.name for column in shown]
    cells = [[as_cell(column.value(row)) for column in shown] for row in rows]
    match form:
        case "csv":
            from catalogctl.view.formats import csv_text

            write_stdout(csv_text.render(heads, cells))
        case "markdown":
            from catalogctl.view.markdown import table as markdown_table

            write_stdout("".join(f"{line}\n" for line in markdown_table.render(heads, cells)).encode())
        case _:
            from catalogctl.view.text import table

            console.write(table.render(heads, cells, _NAMES, console.width, console.out))


def _json(shown: Iterable[Column], rows: Iterable[EditionView]) -> bytes:
    import orjson

    found = [{column.name: column.value(row) for column in shown} for row in rows]
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _summary(rows: Sequence[EditionView]) -> str:
    from catalogctl.model.quantity import counted

    editions = {(row.title, row.edition) for row in rows}
    titles = {row.title for row in rows}
    accounts = {account for row in rows for account in row.accounts}
    of = f"{counted(len(editions), 'edition')} of {counted(len(titles), 'title')}"
    return f"{counted(len(rows), 'row')}: {of} on {counted(len(accounts), 'account')}."
