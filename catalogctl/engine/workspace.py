"""A project as its files declare it: read, judged and compiled."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from functools import partial
from pathlib import Path
from types import MappingProxyType

from catalogctl.config.accounts import accounts
from catalogctl.config.acknowledge import acknowledgements
from catalogctl.config.cache import NO_CACHE, Cache, open_cache
from catalogctl.config.documents import Documents, load, locate_origin
from catalogctl.config.name_index import remember_names
from catalogctl.config.project import Project, load_project
from catalogctl.config.resolve import Resolved, resolve
from catalogctl.config.schema.crosscheck import with_takebacks
from catalogctl.config.trust.extras import missing
from catalogctl.config.trust.pins import bound, findings
from catalogctl.config.trust.places import place_problems
from catalogctl.config.trust.variables import ORIGINS
from catalogctl.engine.compile import compile_catalog
from catalogctl.engine.stores import Stores
from catalogctl.events import AssetRead, Listener, LoadFinished
from catalogctl.model.account import Account
from catalogctl.model.diagnostics import Diagnostic, Diagnostics, SourceRange
from catalogctl.model.title import Origin, Title
from catalogctl.planning.action import Action
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import Change
from catalogctl.provider import discovery
from catalogctl.system.gc_pause import keeping_all


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the files of a project come to."""

    project: Project
    resolved: Resolved
    titles: Mapping[str, Title]
    """By id."""
    catalog: Catalog
    stores: Stores
    diagnostics: Diagnostics
    """Of reading, resolving and compiling, all."""
    pinned: tuple[Diagnostic, ...] = ()
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
                account = change.address.account
                return self.resolved.place(title, change.address.edition, declared.format(account=account), account=account)
        return None if change.origin is None else self.place(change.origin)


def read_workspace(
    folder: Path,
    environment: str,
    listen: Listener,
    *,
    only: Sequence[str] = (),
    parallelism: int | None = None,
    edited: Mapping[str, bytes] = MappingProxyType({}),
) -> Workspace:
    """Read, judge and compile a project; problems are collected, not raised.

    1. Load the project file.
    2. Configure its accounts, each bound to where its key may go.
    3. Load, resolve and compile its titles (`compile_workspace`).

    Shapes:  with `only`, titles and problems of other files are left out; `parallelism` overrides each account's `concurrency`; `edited`
             has files as an edit would leave them.
    Raises:  CatalogError when there is no project file, or it cannot be read.
    """
    project = replace(load_project(folder, environment), edited=edited)
    providers = {name: discovery.provider(name) for name in _named(project)}
    configured, wrong = accounts(project, providers)
    pinned = pin_findings(project, configured)
    configured = bound(configured, pinned)
    if parallelism is not None:
        configured = {
            name: replace(account, limits=replace(account.limits, concurrency=parallelism)) for name, account in configured.items()
        }
    with open_cache() as cache:
        workspace = compile_workspace(project, Stores(configured, providers), listen, cache=cache, only=only, problems=wrong)
    return replace(workspace, pinned=pinned)


def compile_workspace(
    project: Project,
    stores: Stores,
    listen: Listener,
    *,
    cache: Cache = NO_CACHE,
    only: Sequence[str] = (),
    problems: Iterable[Diagnostic] = (),
) -> Workspace:
    """Load the titles of a project, resolve them, and compile them for its stores.

    Shapes:  `problems` were found before, in the accounts.
    """
    with keeping_all():
        documents = load(project, cache)
        options = {name: stores.provider_of(name).options.model_fields for name in stores.accounts}
        resolved = resolve(documents, cache, only, lambda path, read, size: listen(AssetRead(path, read, size)), options)
        acknowledged = acknowledgements(documents, stores.timing.now().astimezone(UTC).date())
        catalog, uncompiled = compile_catalog(resolved, stores, project.assets is not None, acknowledged)
    if not only and not project.edited:
        remember_names(cache, documents, map(str, catalog.resources), str(project.root / project.backend.path))
    listen(LoadFinished(resolved.read, documents.files, documents.reused))
    titles = {title.id: title for title in resolved.titles}
    place = partial(locate_origin, documents)
    told = with_takebacks((*resolved.diagnostics, *uncompiled))
    found = acknowledged.told((*missing(project), *problems, *place_problems(project), *told))
    diagnostics = Diagnostics.of(found, acknowledged.expired(place))
    if not only and not diagnostics.errors:
        diagnostics = Diagnostics.of(diagnostics, acknowledged.unused(place))
    return Workspace(project, resolved, titles, catalog, stores, diagnostics)


def pin_findings(project: Project, configured: Mapping[str, Account]) -> tuple[Diagnostic, ...]:
    """Find, offline, which accounts are not pinned or wrongly pinned by CATALOGCTL_ORIGINS."""
    known = {account.provider for account in configured.values()} | (discovery.ours() if os.environ.get(ORIGINS) else set())
    return findings(project, configured, {name: discovery.provider(name) for name in sorted(known)}, os.environ)


def _named(project: Project) -> list[str]:
    asked = {str(block.get("provider")) for block in project.accounts.values()}
    return sorted(asked & set(discovery.names()))
