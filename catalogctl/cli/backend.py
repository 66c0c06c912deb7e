"""The backend that a project names, and holding its state."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from catalogctl.cli.console import Console
from catalogctl.cli.output import read_named
from catalogctl.config.project import Project
from catalogctl.config.trust.extras import missing
from catalogctl.config.trust.places import asset_folder, state_folder
from catalogctl.engine.publish import AssetStore, BucketStore, DirectoryStore
from catalogctl.model.diagnostics import CatalogError, error
from catalogctl.model.resource import ResourceType
from catalogctl.provider import discovery
from catalogctl.state.backend import Backend, LockInfo
from catalogctl.state.durable import telling
from catalogctl.state.ledger import Held
from catalogctl.state.local import LocalBackend
from catalogctl.state.statefile import STATE_LIMIT
from catalogctl.system.file import bounded
from catalogctl.system.safe_folder import SafeFolder


def open_backend(project: Project) -> Backend:
    """Return the place where the project's state is kept."""
    return LocalBackend(state_folder(project), project.environment)


@contextmanager
def handed_over(console: Console, state: str, environment: str) -> Iterator[Backend]:
    """Return a state that came as a file, as `state pull` wrote it, for as long as a plan is made from it; an empty one is no state yet.

    Raises:  CatalogError (state-unreadable).
    """
    with TemporaryDirectory(prefix="catalogctl-") as folder:
        place = SafeFolder(Path(folder))
        with telling("state-unreadable", "A file of the state could not be read", Path(state)):
            data = bounded(read_named(console, state, STATE_LIMIT), STATE_LIMIT, state)
        if data:
            place.write(f"{environment}.json", data)
        yield LocalBackend(place, environment)


@contextmanager
def hold(backend: Backend, timeout: float) -> Iterator[Held]:
    """Hold an environment's state against others for a while, in the name of this command.

    Units:   `timeout` in seconds.
    Raises:  CatalogError: locked (state-locked).
    """
    command = " ".join(["catalogctl", *sys.argv[1:]])
    info = LockInfo.of_this_process(backend.environment, command, id_=str(uuid4()), since=datetime.now(UTC))
    with backend.lock(info, timeout) as lock:
        yield Held(backend, lock, known_type, lineage=str(uuid4()))


def known_type(provider: str, name: str) -> ResourceType | None:
    """Look a resource type up among all providers that are installed."""
    return discovery.provider(provider).types.get(name) if provider in discovery.names() else None


def open_asset_store(project: Project) -> AssetStore | None:
    """Return the place where local files are put for stores to fetch; `None` when the project names none.

    Raises:  CatalogError when it needs an extra that is not installed, or cannot be opened.
    """
    settings = project.assets
    if settings is None:
        return None
    if settings.type == "directory":
        assert settings.base_url is not None, "the project file is refused without it"
        return DirectoryStore(asset_folder(project, settings), settings.base_url)
    absent = missing(project)
    if absent:
        raise CatalogError(*absent)
    from obstore.exceptions import BaseError
    from obstore.store import AzureStore, GCSStore, S3Store

    kinds: dict[str, type[S3Store | GCSStore | AzureStore]] = {"s3": S3Store, "gcs": GCSStore, "azure": AzureStore}
    try:
        # A few tries within seconds: an apply waits for this.
        bucket = kinds[settings.type].from_url(settings.url, retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)})
    except (BaseError, ValueError) as problem:
        detail = f"{settings.url} could not be opened: {str(problem).splitlines()[0].rstrip('.')}."
        raise CatalogError(error("asset-store-unusable", "The asset store cannot be used", detail)) from problem
    sign_for = None if settings.sign_for is None else timedelta(seconds=settings.sign_for)
    return BucketStore(bucket, settings.base_url, sign_for)
