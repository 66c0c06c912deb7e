"""The backend that a project names, and holding its state."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

from catalogctl.config.project import Project
from catalogctl.state.backend import Backend, Lock, LockInfo
from catalogctl.state.local import LocalBackend


def open_backend(project: Project) -> Backend:
    """Give the place where the project's state is kept."""
    return LocalBackend(project.root / project.backend.path, project.environment)


@contextmanager
def hold(backend: Backend, timeout: float | None) -> Iterator[Lock | None]:
    """Hold an environment's state against others for a while; with `None`, do not."""
    if timeout is None:
        yield None
        return
    command = " ".join(["catalogctl", *sys.argv[1:]])
    info = LockInfo.of_this_process(backend.environment, command, id_=str(uuid4()), since=datetime.now(UTC))
    with backend.lock(info, timeout) as lock:
        yield lock
