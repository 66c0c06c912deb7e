"""What all tests share: an environment of their own, and a project over a store of its own."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from shop import IMPORTABLE, Environment, Shop, opened

# What a CI service says of the run of these tests is not to reach the commands under test: with CI=true, they do other things.
for name in [name for name in os.environ if name.startswith(("CI_", "GITHUB_", "GITLAB_")) or name in {"CI", "FORCE_COLOR", "PYTHONPATH"}]:
    del os.environ[name]
for name in ("ENV", "ORIGINS", "ADDRESS_VARIABLES", "SECRET_FILES", "ASSET_STORES", "STATE_FOLDERS", "ACTOR", "CACHE_DIR"):
    os.environ.pop(f"CATALOGCTL_{name}", None)

# Generated tests take the same examples in every run of CI; `make fuzz` takes others, by a seed that it names.
settings.register_profile("fixed", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fuzz", derandomize=False, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fuzz" if os.environ.get("CATALOGCTL_FUZZ") else "fixed")


_SELDOM = 100
"""Tests between two collections of garbage."""
_finished = count(1)


def pytest_runtest_logfinish() -> None:
    """Free what commands have left: what each reads it sets aside from garbage collection, as its process ends soon."""
    if next(_finished) % _SELDOM == 0:
        gc.unfreeze()
        gc.collect()


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The environment of a command in a log."""
    for name, value in Environment(tmp_path_factory.mktemp("cache")).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def shop(piped: None, tmp_path: Path) -> Iterator[Shop]:  # noqa: ARG001 -- a fixture that needs another
    """A project with no titles yet, over an empty store that wants the right key."""
    with opened(tmp_path) as one:
        yield one


@pytest.fixture
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a process of its own import the catalogctl that is tested here."""
    monkeypatch.setenv("PYTHONPATH", IMPORTABLE)
