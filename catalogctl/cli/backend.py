"""The backend that a project names, and holding its state."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from uuid import uuid4

from catalogctl.config.project import Project
from catalogctl.state.backend import Backend, Lock, LockInfo
from catalogctl.state.local import LocalBackend


def open_backend(project: Project) -> Backend:
    """Give the place where the project's state is kept."""
    return LocalBackend(project.root / project.backend.path, project.environment)


def hold(backend: Backend, timeout: float) -> AbstractContextManager[Lock]:
    """Hold an environment's state against others for a while, in the name of this command.

    Units:   `timeout` in seconds.
    Raises:  CatalogError: locked (state-locked).
    """
    command = " ".join(["catalogctl", *sys.argv[1:]])
    return backend.lock(LockInfo.of_this_process(backend.environment, command, id_=str(uuid4()), since=datetime.now(UTC)), timeout)
