"""Every provider that is installed, under every reading of its documents that its sandbox offers, shows what any provider must."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import pytest

from catalogctl.provider import discovery
from catalogctl.testing.conformance import CHECKS, Check
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


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("specimen", SPECIMENS.values(), ids=SPECIMENS.keys())
def test_provider(specimen: Specimen, check: Check) -> None:
    check(specimen)
