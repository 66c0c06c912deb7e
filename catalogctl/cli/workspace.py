"""A project opened for a command: files read, titles compiled, stores at hand."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING

from catalogctl.cli.console import Console
from catalogctl.config.accounts import accounts
from catalogctl.config.acknowledge import acknowledgements
from catalogctl.config.cache import open_cache
from catalogctl.config.documents import Documents, load, locate_origin
from catalogctl.config.extras import missing
from catalogctl.config.outside import ORIGINS
from catalogctl.config.pins import bound, findings, keep_to_pins
from catalogctl.config.places import keep_to_pinned_places, place_problems
from catalogctl.config.project import Project, load_project
from catalogctl.config.resolve import Resolved, resolve
from catalogctl.engine.compile import compile_catalog
from catalogctl.engine.landscape import Landscape
from catalogctl.events import AssetRead, Listener, LoadFinished
from catalogctl.model.account import Account
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Diagnostics, Refusal, Severity, SourceRange
from catalogctl.model.quantity import counted
from catalogctl.model.title import Origin, Title
from catalogctl.planning.action import Action
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import Change
from catalogctl.provider import discovery
from catalogctl.system.gc_pause import keeping_all

if TYPE_CHECKING:
    from catalogctl.sandbox import EmbeddedSandbox


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the files of a project come to."""

    project: Project
    resolved: Resolved
    titles: Mapping[str, Title]
    """By id."""
    catalog: Catalog
    landscape: Landscape
    diagnostics: Diagnostics
    """Of reading, resolving and compiling, all."""
    pinned: tuple[Diagnostic, ...]
    """What is wrong with where the accounts' keys would be sent."""

    @property
    def documents(self) -> Documents:
        """The documents as they were read."""
        return self.resolved.documents

    def place(self, origin: Origin) -> SourceRange:
        """Find where something was declared."""
        return locate_origin(self.documents, origin)

    def place_of(self, change: Change) -> SourceRange | None:
        """Find what one would open to see why: the one field that an update is about, else the whole declaration."""
        if change.action is Action.UPDATE and len(change.changed) == 1:
            [name] = change.changed
            declared = change.type.attributes[name].declared
            title = self.titles.get(change.address.title)
            if declared and title is not None:
                return self.resolved.place(title, change.address.edition, declared.format(account=change.address.account))
        return None if change.origin is None else self.place(change.origin)


def read_workspace(console: Console, listen: Listener, only: Sequence[str] = (), parallelism: int | None = None) -> Workspace:
    """Read, judge and compile everything; problems are collected, not raised.

    Shapes:  with `only`, titles and problems of other files are left out.
    Raises:  CatalogError when there is no project file, or none that could be read.
    """
    project = load_project(console.project_folder, console.environment)
    providers = {name: discovery.provider(name) for name in _named(project)}
    configured, wrong = accounts(project, providers)
    pinned = pin_findings(project, configured)
    configured = bound(configured, pinned)
    if parallelism is not None:
        configured = {
            name: replace(account, limits=replace(account.limits, concurrency=parallelism)) for name, account in configured.items()
        }
    landscape = Landscape(configured, providers)
    with keeping_all(), open_cache() as cache:
        documents = load(project, cache)
        resolved = resolve(documents, cache, only, lambda path, read, size: listen(AssetRead(path, read, size)))
        acknowledged = acknowledgements(documents, landscape.timing.now().astimezone(UTC).date())
        catalog, uncompiled = compile_catalog(resolved, landscape, project.assets is not None, acknowledged)
    listen(LoadFinished(resolved.read, documents.files, documents.reused))
    titles = {title.id: title for title in resolved.titles}
    place = partial(locate_origin, documents)
    told = acknowledged.told((*missing(project), *wrong, *place_problems(project), *resolved.diagnostics, *uncompiled))
    problems = Diagnostics.of(told, acknowledged.expired(place))
    if not only and not problems.errors:
        problems = Diagnostics.of(problems, acknowledged.unused(place))
    return Workspace(project, resolved, titles, catalog, landscape, problems, pinned)


def pin_findings(project: Project, configured: Mapping[str, Account]) -> tuple[Diagnostic, ...]:
    """Find, offline, which accounts are not pinned or wrongly pinned by CATALOGCTL_ORIGINS."""
    known = {account.provider for account in configured.values()} | (discovery.ours() if os.environ.get(ORIGINS) else set())
    return findings(project, configured, {name: discovery.provider(name) for name in sorted(known)}, os.environ)


def open_workspace(console: Console, listen: Listener, parallelism: int | None = None) -> Workspace:
    """Read a project that must be without errors.

    Raises:  CatalogError with every problem of every file; safety where all that is wrong are catalog folders that are not there, and
             state records something, which would all have to go.
    """
    workspace = read_workspace(console, listen, (), parallelism)
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

    return len(recall(open_backend(workspace.project), workspace.landscape.type_of, "").snapshot.resources)


def _named(project: Project) -> list[str]:
    asked = {str(block.get("provider")) for block in project.accounts.values()}
    return sorted(asked & set(discovery.names()))


@contextmanager
def reachable(workspace: Workspace) -> Iterator[Landscape]:
    """Give the stores' addresses, with an emulation served for each account that asks for one.

    Raises:  CatalogError when the pins are malformed; credentials when they do not allow an account its key where it points, or the
             assets to be published where the project says.
    """
    landscape = workspace.landscape
    keep_to_pins(workspace.pinned)
    keep_to_pinned_places(workspace.project)
    with ExitStack() as served:
        urls: dict[str, str] = {}
        for name, account in landscape.accounts.items():
            if account.is_sandbox:
                urls[name] = served.enter_context(sandbox_of(workspace, name)).url
        yield replace(landscape, urls=urls)


@contextmanager
def sandbox_of(workspace: Workspace, account: str) -> Iterator[EmbeddedSandbox]:
    """Open the embedded emulation of one account; its contents are kept from command to command."""
    from catalogctl.sandbox import EmbeddedSandbox
    from catalogctl.sandbox.storage import contents

    project = workspace.project
    emulator = discovery.emulator(workspace.landscape.accounts[account].provider)
    sandbox = EmbeddedSandbox(*contents(project.root, project.environment, account), emulator)
    try:
        yield sandbox
    finally:
        sandbox.close()
