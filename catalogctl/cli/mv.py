"""`catalogctl mv`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.edit_run import EditOptions, carry_out, write
from catalogctl.cli.option_group import given, group, takes
from catalogctl.cli.options import LOCK_TIMEOUT, lock_options

if TYPE_CHECKING:
    from catalogctl.config.project import Project
    from catalogctl.editing.rename import RenameEdits, Renaming
    from catalogctl.state.ledger import Held


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
    """Rename a title, or an edition as TITLE.EDITION: in its file, in the names of its assets, and in the state. Nothing is sent."""
    from catalogctl.config.cache import open_cache
    from catalogctl.config.defaults import Layers
    from catalogctl.config.documents import load
    from catalogctl.config.project import load_project
    from catalogctl.editing.rename import Extras, renamed, renaming
    from catalogctl.editing.write_files import complete

    complete(console.project_folder.resolve(), console.say)
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
            _with_state(console, project, change, edits, options.lock_timeout)

    return carry_out(console, edits.files, f"{old} to {new}: it", options.edit, checked=edits.checked, written=written)


def _with_state(console: Console, project: Project, change: Renaming, edits: RenameEdits, timeout: float) -> None:
    """Write the files while holding the state, then the state.

    Cut off between the two, a plan tells the edition that has another name, with the block to paste.
    """
    from catalogctl.cli.backend import hold, known_type, open_backend
    from catalogctl.model.quantity import counted
    from catalogctl.state.ledger import recall

    backend = open_backend(project)
    moved = 0
    if any(change.moved(address) for address in recall(backend, known_type).snapshot.resources):
        with hold(backend, timeout) as held:
            moved = _in_state(held, change, lambda: write(console, edits.files, edits.assets))
        console.tell(f"{counted(moved, 'resource')} renamed in state.")
    else:
        write(console, edits.files, edits.assets)
    others = [name for name in ("default", *project.environments) if name != project.environment]
    if project.environments and others:
        console.say(f"If the state of {', '.join(others)} has the old name, it needs the block that mv --moved writes.")


def _in_state(held: Held, change: Renaming, write_files: Callable[[], None]) -> int:
    """Look whether state can be changed, write the files, and then change it; return how many resources it is about.

    Raises:  CatalogError (rename-refused) while a step of an apply is unsettled.
    """
    from catalogctl.model.blocks import ASKED_FOR, Move
    from catalogctl.model.diagnostics import CatalogError, error
    from catalogctl.planning.blocks.state_edits import rename
    from catalogctl.state.ledger import Ledger

    found = held.recall()
    if found.open_intents:
        detail = "An apply was cut off, and what became of its last steps is not settled."
        raise CatalogError(error("rename-refused", "A rename that is refused", detail, "Settle them first:\ncatalogctl apply"))
    recorded = found.snapshot.resources
    moves = [Move(address, change.new(address), ASKED_FOR) for address in recorded if change.moved(address)]
    amendment = rename(recorded, moves)
    write_files()
    ledger = Ledger(held, found)
    ledger.commit(amendment.outcomes)
    ledger.close()
    return len(moves)
