"""`catalogctl onix check`."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE, ERROR
from catalogctl.cli.output import write_public, write_stdout
from catalogctl.model.diagnostics import Diagnostics

if TYPE_CHECKING:
    from catalogctl.onix.check import Checked


@click.command("check", cls=Command)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(dir_okay=False))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="Format of the problems.",
)
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False), help="Write problems to this file, not to stdout; not for text.")
@click.pass_obj
def command(console: Console, files: tuple[str, ...], form: str, output: str | None) -> int:
    """Hold ONIX files against their schema, the code lists and the rules of the trade. Neither a project nor a store is needed."""
    from catalogctl.config.trust.extras import Extra, require
    from catalogctl.system.typed_path import opened_typed

    if form == "text" and output:
        message = "--output is for the formats that programs read: choose one with --format"
        raise click.UsageError(message)
    require(Extra.ONIX, "onix check")
    from catalogctl.onix.check import check

    project = console.found_project() or console.folder
    today = datetime.now(tz=UTC).date()
    checked = [check(Path(file).as_posix(), partial(opened_typed, file, project), today) for file in dict.fromkeys(files)]
    found = Diagnostics.of(*(one.diagnostics for one in checked))
    if form == "text":
        console.problems(found)
        console.tell(_summary(checked, found))
    else:
        text = _written(found, form, os.path.relpath(files[0]))
        write_public(console, output, text.encode()) if output else write_stdout(text.encode())
    return ERROR if found.errors else DONE


def _written(found: Diagnostics, form: str, first: str) -> str:
    from catalogctl.view.formats import diagnostics_github, diagnostics_json, diagnostics_sarif

    match form:
        case "json":
            return diagnostics_json.render(found)
        case "github":
            return "".join(f"{line}\n" for line in diagnostics_github.render(found))
        case _:
            return diagnostics_sarif.render(found, first)


def _summary(checked: list[Checked], found: Diagnostics) -> str:
    from catalogctl.model.quantity import counted
    from catalogctl.onix.schemas import Release, code_lists

    releases = sorted({one.release for one in checked if one.release is not None})
    read = f"{counted(sum(one.products for one in checked), 'product')} in {counted(len(checked), 'file')}"
    of = f" of ONIX {' and '.join(releases)}" if releases else ""
    lists = code_lists(Release.V31)
    how = "not to be sent like this" if found.errors else "all in order"
    return f"{read}{of}, {how}; code lists of issue {lists.issue} ({lists.released})."
