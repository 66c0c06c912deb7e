"""`catalogctl report`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE, ERROR
from catalogctl.cli.option_group import given, takes
from catalogctl.cli.output import write_public, write_stdout


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """The options of `report`."""

    where: str | None = given(
        click.option("--where", metavar="EXPRESSION", help="Only editions of which this is true, as for list."),
    )
    days: int = given(
        click.option("--days", metavar="N", type=click.IntRange(1, 3660), default=30, show_default=True, help="How many days are soon.")
    )
    form: str = given(
        click.option(
            "--format", "form", type=click.Choice(["text", "html", "csv"]), default="text", show_default=True, help="How to show it."
        )
    )
    output: str | None = given(
        click.option("--output", metavar="FILE", type=click.Path(dir_okay=False), help="Write it into this file; not for text.")
    )


@click.command("report", cls=Command)
@takes(ReportOptions)
@click.pass_obj
def command(console: Console, options: ReportOptions) -> int:
    """Report on the catalog: covers, accessibility, territories, prices, languages, what comes soon. Offline."""
    from catalogctl.cli.list_ import declared, fields_of
    from catalogctl.config.store_facts import AccountFacts
    from catalogctl.query.readiness import readiness
    from catalogctl.query.view import catalog_views, on_each_account
    from catalogctl.query.where import parse

    if options.form == "text" and options.output:
        message = "--output is for html and csv: choose one with --format"
        raise click.UsageError(message)
    documents, layers = declared(console)
    where = None if options.where is None else parse(options.where, fields_of(documents))
    told = AccountFacts(documents, layers, {})
    rows = (row for view in catalog_views(documents.items, layers, told.groups) for row in on_each_account(view, told))
    facts = readiness((row for row in rows if where is None or where.selects(row)), datetime.now(tz=UTC).date(), options.days)
    match options.form:
        case "html":
            from catalogctl.view.html.catalog import render

            _write(console, options.output, render(facts, documents.project.environment).encode())
        case "csv":
            from catalogctl.view.formats import readiness_csv

            _write(console, options.output, readiness_csv.render(facts))
        case _:
            from catalogctl.view.text import readiness as readiness_text

            console.write(readiness_text.render(facts, width=console.width, style=console.out))
    errors = documents.diagnostics.errors
    if errors:
        console.problems(documents.diagnostics)
    return ERROR if errors else DONE


def _write(console: Console, output: str | None, data: bytes) -> None:
    if output is None:
        write_stdout(data)
    else:
        write_public(console, output, data)
