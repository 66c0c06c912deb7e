"""A project opened for a command: files read, titles compiled, stores at hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from catalogctl.cli.console import Console
from catalogctl.config.trust.pins import keep_to_pins
from catalogctl.config.trust.places import keep_to_pinned_places
from catalogctl.engine.stores import Stores
from catalogctl.engine.workspace import Workspace, read_workspace
from catalogctl.events import Listener
from catalogctl.model.diagnostics import CatalogError, Diagnostics, Refusal, Severity
from catalogctl.model.quantity import counted
from catalogctl.provider import discovery

if TYPE_CHECKING:
    from catalogctl.sandbox import EmbeddedSandbox


def open_workspace(console: Console, listen: Listener, parallelism: int | None = None) -> Workspace:
    """Read a project that must be without errors.

    Raises:  CatalogError with every problem of every file; safety where all that is wrong are catalog folders that are not there, and
             state records something, which would all have to go.
    """
    workspace = read_workspace(console.project_folder, console.environment, listen, parallelism=parallelism)
    wrong = workspace.diagnostics.errors
    if wrong:
        recorded = _recorded(workspace) if all(item.code == "catalog-missing" for item in wrong) else 0
        if not recorded:
            raise CatalogError(*workspace.diagnostics)
        known = f" State records {counted(recorded, 'resource')}, which would all have to go."
        hint = "Correct `catalog:` in the project file."
        raise CatalogError(*(replace(item, detail=item.detail + known, hint=hint) for item in wrong), refusal=Refusal.SAFETY)
    warnings = (item for item in workspace.pinned if item.severity is Severity.WARNING)
    return replace(workspace, diagnostics=Diagnostics.of(workspace.diagnostics, warnings))


def _recorded(workspace: Workspace) -> int:
    from catalogctl.cli.backend import open_backend
    from catalogctl.state.ledger import recall

    return len(recall(open_backend(workspace.project), workspace.stores.type_of, "").snapshot.resources)


@contextmanager
def reachable(workspace: Workspace) -> Iterator[Stores]:
    """Return the stores' addresses, with an emulation served for each account that asks for one.

    Raises:  CatalogError when the pins are malformed; credentials when they do not allow an account its key where it points, or the
             assets to be published where the project says.
    """
    stores = workspace.stores
    keep_to_pins(workspace.pinned)
    keep_to_pinned_places(workspace.project)
    with ExitStack() as served:
        urls: dict[str, str] = {}
        for name, account in stores.accounts.items():
            if account.is_sandbox:
                urls[name] = served.enter_context(sandbox_of(workspace, name)).url
        yield replace(stores, urls=urls)


@contextmanager
def sandbox_of(workspace: Workspace, account: str) -> Iterator[EmbeddedSandbox]:
    """Open the embedded emulation of one account; its contents are kept from command to command."""
    from catalogctl.sandbox import EmbeddedSandbox
    from catalogctl.sandbox.storage import contents

    project = workspace.project
    emulator = discovery.emulator(workspace.stores.accounts[account].provider)
    sandbox = EmbeddedSandbox(*contents(project.root, project.environment, account), emulator)
    try:
        yield sandbox
    finally:
        sandbox.close()
