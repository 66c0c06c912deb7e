"""What these commands share: the state that they read, and how they change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from catalogctl.cli.confirm import agreed, needs_somebody_to_ask
from catalogctl.cli.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from catalogctl.model.address import Address
    from catalogctl.planning.blocks.state_edits import Amendment
    from catalogctl.state.backend import Backend
    from catalogctl.state.ledger import Recalled

    Change: TypeAlias = Callable[[Recalled], Amendment]
    """Recorded → new address."""

_Function = TypeVar("_Function", bound="Callable[..., Any]")


def backend_of(console: Console) -> Backend:
    """Return the backend that the project of this folder names."""
    from catalogctl.cli.backend import open_backend
    from catalogctl.config.project import load_project

    return open_backend(load_project(console.project_folder, console.environment))


def recalled(backend: Backend) -> Recalled:
    """Read what is remembered, what an interrupted run did included."""
    from catalogctl.cli.backend import known_type
    from catalogctl.state.ledger import recall

    return recall(backend, known_type)


def dry_run_option(function: _Function) -> _Function:
    """Let a command only say what it would do."""
    return click.option("--dry-run", is_flag=True, help="Only say what would be done.")(function)


def carry_out(console: Console, timeout: float, change: Change) -> tuple[Amendment, int]:
    """Change what is remembered while holding it; give what was done, and the serial of the state that is there now."""
    from catalogctl.cli.backend import hold
    from catalogctl.state.ledger import Ledger

    backend = backend_of(console)
    with hold(backend, timeout) as held:
        found = held.recall()
        amendment = change(found)
        if not amendment.outcomes:
            return amendment, found.stored.serial
        ledger = Ledger(held, found)
        ledger.commit(amendment.outcomes)
        return amendment, ledger.close().serial


def parsed(text: str) -> Address:
    """Read an address as it was typed.

    Raises:  CatalogError (bad-address).
    """
    from catalogctl.model.address import Address
    from catalogctl.model.diagnostics import CatalogError, error

    try:
        return Address.parse(text)
    except ValueError as wrong:
        problem = error("bad-address", "This is no address", f"{wrong}.", "To see the addresses there are:\ncatalogctl state list")
        raise CatalogError(problem) from wrong


def agreed_to(question: str, beforehand: str) -> bool:
    """Ask on the terminal; `beforehand` is the command that agrees without being asked.

    Raises:  CatalogError (no-approval) when there is none.
    """
    detail = "This needs a confirmation, and there is no terminal to ask on. Nothing was done."
    needs_somebody_to_ask(detail, f"Confirm on the command line:\n{beforehand}")
    return agreed(question, "confirm")
