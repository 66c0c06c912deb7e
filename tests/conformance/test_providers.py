"""Every provider that is installed, under every reading of its documents that its sandbox offers, shows what any provider must.

`make conformance` holds every reading to every check, for which it takes its time; else, each but the first is held to one of them, and
each third to two.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

import pytest

from catalogctl.provider import discovery
from catalogctl.testing.adversity import lost_answers_double_nothing
from catalogctl.testing.conformance import CHECKS, Check
from catalogctl.testing.convergence import apply_then_plan_is_empty
from catalogctl.testing.specimen import Specimen


def _specimens() -> dict[str, Specimen]:
    """Give the specimens of all providers, each from the module of its provider's name beside this one."""
    found: dict[str, Specimen] = {}
    for name in discovery.names():
        if find_spec(f"conformance.{name}") is not None:
            for variant, specimen in import_module(f"conformance.{name}").variants().items():
                found[f"{name}[{variant}]" if variant else name] = specimen
    return found


SPECIMENS = _specimens()


@pytest.mark.parametrize("name", discovery.names())
def test_every_provider_is_put_on_show(name: str) -> None:
    assert name in SPECIMENS, f"tests/conformance/{name}.py must give `variants()`: a Specimen for each reading of the service's documents"


def _held_to() -> Iterator[object]:
    in_full = os.environ.get("CATALOGCTL_CONFORMANCE") == "full"
    for number, (name, specimen) in enumerate(SPECIMENS.items()):
        checks = CHECKS
        if "[" in name and not in_full:
            checks = (apply_then_plan_is_empty, *([lost_answers_double_nothing] if number % 3 == 0 or "rate_limit" in name else []))
        for check in checks:
            yield pytest.param(specimen, check, id=f"{name}-{check.__name__}")


@pytest.mark.parametrize(("specimen", "check"), tuple(_held_to()))
def test_provider(specimen: Specimen, check: Check) -> None:
    check(specimen)
