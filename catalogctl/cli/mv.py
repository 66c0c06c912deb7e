"""`catalogctl mv`."""

from __future__ import annotations

from dataclasses import dataclass

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.edit_run import EditOptions, Proposal, carry_out, settle, write
from catalogctl.cli.option_group import given, group, takes
from catalogctl.cli.options import LOCK_TIMEOUT, lock_options
from catalogctl.cli.readdress import write_with_state


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameOptions:
    """The options of `mv`."""

    with_block: bool = given(
        click.option("--moved", "with_block", is_flag=True, help="Write the moved block that an apply takes, and leave the state to it."),
        False,
    )
    with_assets: bool = given(
        click.option("--assets", "with_assets", is_flag=True, help="Rename its local files that bear the old name as well."), False
    )
    lock_timeout: float = given(lock_options, LOCK_TIMEOUT)
    edit: EditOptions = group(EditOptions)


@click.command(cls=Command)
@takes(RenameOptions)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.pass_obj
def command(console: Console, options: RenameOptions, old: str, new: str) -> int:
    """Rename a title, or an edition as TITLE.EDITION: in its file, in blocks that name it, and in the state. Nothing is sent."""
    from catalogctl.config.cache import open_cache
    from catalogctl.config.defaults import Layers
    from catalogctl.config.documents import load
    from catalogctl.config.project import load_project
    from catalogctl.editing.rename import Extras, renamed, renaming

    settle(console, writes=not (options.edit.diff or options.edit.check))
    project = load_project(console.project_folder, console.environment)
    with open_cache() as cache:
        documents = load(project, cache)
    change, document = renaming(documents, old, new)
    edits = renamed(documents, Layers(documents.items), change, document, Extras(options.with_block, options.with_assets))
    for asset in edits.assets:
        console.tell(f"{asset.path} becomes {asset.target}.")
    if edits.pinned:
        console.tell(f"The stores know {', '.join(edits.pinned)} by the old name: it is kept as external_id.")

    def written() -> None:
        if options.with_block:
            write(console, edits.files, edits.assets)
        else:
            write_with_state(console, project, change, lambda: write(console, edits.files, edits.assets), options.lock_timeout)

    return carry_out(console, Proposal(edits.files, f"{old} to {new}: it", edits.checked, written), options.edit)
