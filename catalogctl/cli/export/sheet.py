"""`catalogctl export xlsx` and `catalogctl export csv`: a row for each edition, to be edited and imported again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePath

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.option_group import given, takes

_CANONICAL = "canonical"
LAYOUTS = (_CANONICAL, "publicala", "google")
"""Those that have a name."""
_OUTPUT = click.option("--output", metavar="FILE", required=True, type=click.Path(dir_okay=False), help="The file to write.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """Which editions and columns a sheet has, and how it is laid out."""

    output: str = given(_OUTPUT)
    where: str = given(
        click.option(
            "--where", metavar="EXPRESSION", default="", help="Only the editions that this selects: format = epub and imprint = Ribera."
        ),
        "",
    )
    columns: str = given(
        click.option("--columns", metavar="NAMES", default="", help="Only these columns, in this order, separated by commas."), ""
    )
    layout: str = given(
        click.option(
            "--layout",
            metavar="NAME|FILE",
            default="canonical",
            show_default=True,
            help=f"{', '.join(LAYOUTS)}, or a mapping file.",
        ),
        "canonical",
    )


@click.command("xlsx", cls=Command)
@takes(ExportOptions)
@click.option("--wide", is_flag=True, help="Add sheets with a row for each contributor, price and track.")
@click.pass_obj
def xlsx(console: Console, options: ExportOptions, *, wide: bool) -> int:
    """Write a workbook: text columns as text, drop-downs, a frozen header. Import it again with catalogctl import xlsx."""
    from catalogctl.config.trust.extras import Extra, require

    require(Extra.XLSX, "catalogctl export xlsx")
    if wide and options.layout != _CANONICAL:
        message = "--wide is for our own layout: leave out --layout"
        raise click.UsageError(message)
    return _export(console, options, "", wide=wide)


@click.command("csv", cls=Command)
@takes(ExportOptions)
@click.option("--separator", metavar="SIGN", default=",", show_default=True, help="What stands between the columns; \\t is a tab.")
@click.pass_obj
def csv(console: Console, options: ExportOptions, separator: str) -> int:
    """Write separated values: UTF-8, ISO days, decimal points. Import them again with catalogctl import csv."""
    separator = separator.replace("\\t", "\t")
    if len(separator) != 1 or separator in "\"\r\n'=+-@" or separator.isalnum():
        message = "--separator takes one sign, such as ; or \\t"
        raise click.UsageError(message)
    return _export(console, options, separator)


def _export(console: Console, options: ExportOptions, separator: str, *, wide: bool = False) -> int:
    from catalogctl.cli.exit_codes import DONE
    from catalogctl.cli.output import read_layout, write_public
    from catalogctl.config.git import checkout
    from catalogctl.engine.workspace import read_workspace
    from catalogctl.model.diagnostics import CatalogError
    from catalogctl.model.quantity import counted
    from catalogctl.query.fields import Fields
    from catalogctl.query.view import catalog_views
    from catalogctl.query.where import parse
    from catalogctl.sheets.columns import own_column, own_names
    from catalogctl.sheets.export import csv_rows, export
    from catalogctl.sheets.layout import layout_rows
    from catalogctl.sheets.write_csv import write_csv
    from catalogctl.system.safe_folder import PUBLIC, PUBLIC_FOLDER
    from catalogctl.system.typed_path import folder_at

    with console.listening() as listen:
        workspace = read_workspace(console.project_folder, console.environment, listen)
    if workspace.resolved.diagnostics.errors:
        raise CatalogError(*workspace.resolved.diagnostics)
    fields = Fields(tuple(workspace.project.accounts))
    where = parse(options.where, fields) if options.where else None
    every = catalog_views(workspace.documents.items, workspace.resolved.layers, workspace.project.territory_groups)
    views = [view for view in every if where is None or where.selects(view)]
    folder = f"{PurePath(options.output).stem}.texts"
    texts: dict[str, str] = {}
    if options.layout == _CANONICAL:
        names = [name.strip() for name in options.columns.split(",") if name.strip()]
        unknown = [name for name in names if own_column(name, fields) is None]
        if unknown:
            message = f"--columns has no column {unknown[0]!r}; there are {', '.join(own_names(fields))}, and each currency by its code"
            raise click.UsageError(message)
        sheet = export(workspace.documents, views, fields, folder, names=names, wide=wide)
        texts = dict(sheet.texts)
        if separator:
            data = write_csv(csv_rows(sheet), separator)
        else:
            from catalogctl import __version__
            from catalogctl.sheets.write_xlsx import write_xlsx

            data = write_xlsx(
                sheet,
                {
                    "version": __version__,
                    "locale": "en",
                    "commit": commit.id if (commit := checkout(workspace.project)) is not None else "",
                },
            )
    else:
        block = read_layout(console, options.layout)
        rows = list(layout_rows(views, block, fields))
        if separator:
            data = write_csv(rows, separator)
        else:
            from catalogctl.sheets.write_xlsx import write_table

            data = write_table(rows)
    write_public(console, options.output, data)
    if texts:
        beside = folder_at(Path(options.output).parent / folder, console.found_project() or console.folder, mode=PUBLIC_FOLDER)
        for name, text in texts.items():
            beside.write(name, text.encode(), PUBLIC)
    console.tell(f"Wrote {counted(len(views), 'edition')} of {counted(len({view.title for view in views}), 'title')} to {options.output}")
    return DONE
