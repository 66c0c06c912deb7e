"""What a replace of a book would lose: refused by name, or warned of where the service gives a new book a value of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from catalogctl.model.diagnostics import CatalogError, Diagnostic
from catalogctl.planning.plan import Refresh
from catalogctl.planning.scope import Scope
from catalogctl.testing.kit import Kit, opened
from conformance.publishdrive import specimen


def told(there: Kit, refresh: Refresh) -> tuple[Diagnostic, ...]:
    """Plan to make the book again, and give what is said of it."""
    try:
        return there.plan(refresh=refresh, scope=Scope(replaces=("store/book/faro.*",))).plan.diagnostics
    except CatalogError as problem:
        return problem.diagnostics


@pytest.mark.parametrize("refresh", list(Refresh))
@pytest.mark.parametrize(
    ("had", "named"),
    [
        ({"series": {"title": "Faros", "number": 2}}, "the series 'Faros'"),
        ({"audience": "children"}, "the audience 'children'"),
        ({"audience": {"from": 6}}, """the audience '{"from":6}'"""),
    ],
    ids=str,
)
def test_a_book_with_what_no_request_can_write_is_not_made_anew(had: Mapping[str, Any], named: str, refresh: Refresh) -> None:
    with opened(specimen()) as there:
        there.converge()
        assert not [one for one in told(there, refresh) if one.code == "replace-would-lose"]
        there.emulator.edit("key-faro", **had)
        (refusal,) = (one for one in told(there, refresh) if one.code == "replace-would-lose")
        assert refusal.detail.endswith(f"has what no file declares, and a new book would be without it: {named}.")


@pytest.mark.parametrize("refresh", list(Refresh))
def test_a_replace_warns_of_the_imprint_which_the_service_gives_each_book(refresh: Refresh) -> None:
    with opened(specimen()) as there:
        there.converge()
        there.emulator.edit("key-faro", imprint={"id": 7, "name": "Faro Libros"})
        (warning,) = (one for one in told(there, refresh) if one.code == "replace-may-lose")
        assert "has the imprint 'Faro Libros'. No request sets it" in warning.detail
