"""The backend that a project names, and holding its state."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from catalogctl.cli.console import Console
from catalogctl.cli.forms import read_named
from catalogctl.config.places import state_folder
from catalogctl.config.project import Project
from catalogctl.state.backend import Backend, Lock, LockInfo
from catalogctl.state.durable import LARGEST, telling
from catalogctl.state.local import LocalBackend
from catalogctl.system.file import bounded
from catalogctl.system.safe_folder import SafeFolder


def open_backend(project: Project) -> Backend:
    """Give the place where the project's state is kept."""
    return LocalBackend(state_folder(project), project.environment)


@contextmanager
def handed_over(console: Console, state: str, environment: str) -> Iterator[Backend]:
    """Give a state that came as a file, as `state pull` wrote it, for as long as a plan is made from it; an empty one is no state yet.

    Raises:  CatalogError (state-unreadable).
    """
    with TemporaryDirectory(prefix="catalogctl-") as folder:
        place = SafeFolder(Path(folder))
        with telling("state-unreadable", "A file of the state could not be read", Path(state)):
            data = bounded(read_named(console, state, LARGEST), LARGEST, state)
        if data:
            place.write(f"{environment}.json", data)
        yield LocalBackend(place, environment)


def hold(backend: Backend, timeout: float) -> AbstractContextManager[Lock]:
    """Hold an environment's state against others for a while, in the name of this command.

    Units:   `timeout` in seconds.
    Raises:  CatalogError: locked (state-locked).
    """
    command = " ".join(["catalogctl", *sys.argv[1:]])
    return backend.lock(LockInfo.of_this_process(backend.environment, command, id_=str(uuid4()), since=datetime.now(UTC)), timeout)
