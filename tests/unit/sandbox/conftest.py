"""A store with the default switches, served for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from unit.sandbox.storefront import Store, serving


@pytest.fixture
def store() -> Iterator[Store]:
    with serving() as served:
        yield served
