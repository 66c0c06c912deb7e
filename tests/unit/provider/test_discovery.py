"""Providers are found by name, ours by themselves and others by their entry points."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from catalogctl.provider import discovery
from catalogctl.providers.publicala import provider as publicala


@pytest.fixture(autouse=True)
def _forgetful() -> Iterator[None]:
    discovery.names.cache_clear()
    discovery.provider.cache_clear()
    yield
    discovery.names.cache_clear()
    discovery.provider.cache_clear()


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another package is installed that offers a provider of its own and one by the name of ours."""
    offered = [EntryPoint(name, "collections:OrderedDict", discovery.GROUP) for name in ("acme", "publicala")]

    def entry_points(*, group: str) -> list[EntryPoint]:
        return [entry for entry in offered if entry.group == group]

    monkeypatch.setattr(discovery, "entry_points", entry_points)


def test_ours_are_found_by_themselves() -> None:
    assert "publicala" in discovery.names()
    assert discovery.provider("publicala") is publicala


@pytest.mark.usefixtures("others")
def test_others_are_found_by_their_entry_point_and_cannot_take_the_place_of_ours() -> None:
    names = discovery.names()
    assert "acme" in names
    assert list(names) == sorted(set(names))
    assert getattr(discovery.provider("acme"), "__name__", "") == "OrderedDict"
    assert discovery.provider("publicala") is publicala


@pytest.mark.parametrize("name", ["nobody", "", "publicala.sandbox", "__init__"])
def test_an_unknown_name_is_an_error(name: str) -> None:
    with pytest.raises(KeyError):
        discovery.provider(name)


def test_names_are_listed_without_importing_any_provider() -> None:
    program = """
import sys
from catalogctl.provider import discovery
discovery.names()
print([name for name in sys.modules if name.startswith("catalogctl.providers.") or name == "httpx"])
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_provider_says_where_its_service_in_memory_is() -> None:
    emulator: Any = discovery.emulator("publicala")
    assert emulator.name == "publicala"
    assert discovery.emulator("publicala") is not emulator
