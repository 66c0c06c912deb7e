"""`pytest tests/cases --update-cases` writes the expectations again, to be reviewed as a diff before they are kept."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-cases", action="store_true", help="Write what is found into the cases instead of comparing it.")


@pytest.fixture
def updating(request: pytest.FixtureRequest) -> bool:
    """Whether expectations are written and not compared; never where this file was loaded too late to add its option."""
    return bool(request.config.getoption("--update-cases", default=False))
