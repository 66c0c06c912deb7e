"""Every backend shows what any backend must."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalogctl.state.backend import Backend
from catalogctl.state.local import LocalBackend
from catalogctl.system.safe_folder import SafeFolder
from catalogctl.testing.backend_conformance import CHECKS, Check, Place
from catalogctl.testing.memory import Memory, MemoryBackend


def _local(folder: Path) -> Place:
    return lambda environment: LocalBackend(SafeFolder(folder / "state"), environment)


def _memory(_folder: Path) -> Place:
    kept: dict[str, Memory] = {}

    def place(environment: str) -> Backend:
        return MemoryBackend(environment, kept.setdefault(environment, Memory()))

    return place


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("place", [_local, _memory], ids=["local", "memory"])
def test_backend(place: Callable[[Path], Place], check: Check, tmp_path: Path) -> None:
    check(place(tmp_path))
