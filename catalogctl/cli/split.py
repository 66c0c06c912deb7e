"""`catalogctl split`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.option_group import takes
from catalogctl.cli.regroup_run import RegroupOptions, regroup

if TYPE_CHECKING:
    from catalogctl.config.defaults import Layers
    from catalogctl.config.documents import Documents
    from catalogctl.editing.regroup import RegroupEdits, Regrouping


@click.command(cls=Command)
@takes(RegroupOptions)
@click.argument("title", metavar="TITLE")
@click.argument("new", metavar="NEW")
@click.argument("editions", metavar="EDITION…", nargs=-1, required=True)
@click.pass_obj
def command(console: Console, options: RegroupOptions, title: str, new: str, editions: tuple[str, ...]) -> int:
    """Move editions of a title into a new title, in a file beside it. What is true of them stays, and nothing is sent."""

    def made(documents: Documents, layers: Layers) -> tuple[Regrouping, RegroupEdits]:
        from catalogctl.editing.regroup import split, splitting

        change, document = splitting(documents, title, new, editions)
        return change, split(documents, layers, change, document, with_block=options.with_block)

    return regroup(console, options, f"{', '.join(editions)} of {title} to {new}: it", made)
