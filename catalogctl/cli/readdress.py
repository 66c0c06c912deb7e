"""What commands that give resources other addresses do with the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from catalogctl.cli.console import Console

if TYPE_CHECKING:
    from catalogctl.config.project import Project
    from catalogctl.editing.draft import Readdressing
    from catalogctl.state.ledger import Held


def write_with_state(console: Console, project: Project, change: Readdressing, write_files: Callable[[], None], timeout: float) -> None:
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
            moved = _in_state(held, change, write_files)
        console.tell(f"{counted(moved, 'resource')} renamed in state.")
    else:
        write_files()
    others = [name for name in ("default", *project.environments) if name != project.environment]
    if project.environments and others:
        console.say(f"If the state of {', '.join(others)} has the old name, it needs the block that --moved writes.")


def _in_state(held: Held, change: Readdressing, write_files: Callable[[], None]) -> int:
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
