"""`catalogctl merge`."""

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
@click.argument("into", metavar="INTO")
@click.pass_obj
def command(console: Console, options: RegroupOptions, title: str, into: str) -> int:
    """Move all editions of a title into another one, which says once what both say alike. Nothing is sent."""

    def made(documents: Documents, layers: Layers) -> tuple[Regrouping, RegroupEdits]:
        from catalogctl.editing.regroup import merge, merging

        change, document, target = merging(documents, title, into)
        return change, merge(documents, layers, change, (document, target), with_block=options.with_block)

    return regroup(console, options, f"{title} into {into}: it", made)
