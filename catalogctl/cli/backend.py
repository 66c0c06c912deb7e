"""The backend that a project names, and holding its state."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from catalogctl.config.project import Project
from catalogctl.state.backend import Backend, Lock, LockInfo
from catalogctl.state.durable import read_file
from catalogctl.state.local import LocalBackend


def open_backend(project: Project) -> Backend:
    """Give the place where the project's state is kept."""
    return LocalBackend(project.root / project.backend.path, project.environment)


@contextmanager
def handed_over(state: Path, environment: str) -> Iterator[Backend]:
    """Give a state that came as a file, as `state pull` wrote it, for as long as a plan is made from it; an empty one is no state yet.

    Raises:  CatalogError (state-unreadable).
    """
    with TemporaryDirectory(prefix="catalogctl-") as folder:
        copy = LocalBackend(Path(folder), environment)
        data = read_file(state)
        if data:
            (Path(folder) / f"{environment}.json").write_bytes(data)
        yield copy


def hold(backend: Backend, timeout: float) -> AbstractContextManager[Lock]:
    """Hold an environment's state against others for a while, in the name of this command.

    Units:   `timeout` in seconds.
    Raises:  CatalogError: locked (state-locked).
    """
    command = " ".join(["catalogctl", *sys.argv[1:]])
    return backend.lock(LockInfo.of_this_process(backend.environment, command, id_=str(uuid4()), since=datetime.now(UTC)), timeout)
