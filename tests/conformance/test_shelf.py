"""A provider that catalogctl has never heard of, two files long, shows what any provider must: nothing in catalogctl/ knows it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from catalogctl.model.resource import Trait
from catalogctl.testing.conformance import CHECKS, Check
from catalogctl.testing.nonsense import wrong_types_change_no_plan
from catalogctl.testing.specimen import GONE, Edit, Specimen, Tampering
from conformance import shelf
from conformance.shelf_service import ShelfService


def _title(id_: str, **publish: Any) -> dict[str, Any]:
    edition = {
        "format": "print",
        "external_id": f"code-{id_}",
        "prices": {"USD": "9.90", "EUR": "9.00"},
        "editing_location": "Room 3",
        "publish": {"store": publish},
    }
    return {"kind": "title", "id": id_, "title": f"The {id_}", "language": "en", "editions": {"paper": edition}}


SHELF = Specimen(
    provider=shelf.provider,
    emulator=ShelfService,
    titles={
        "salt": _title("salt", blurb="Waves, and <i>salt</i>."),
        "tide": _title("tide", binding="hard"),
        "reed": _title("reed", blurb="Wind."),
    },
    edits=(
        Edit("book/salt.paper", "title", {"title": "The Salt"}),
        Edit("book/salt.paper", "language", {"language": "pt"}),
        Edit("book/salt.paper", "prices", {"editions.paper.prices": {"USD": "8.50", "BRL": "40.00"}}),
        Edit("book/salt.paper", "shelfmark", {"editions.paper.editing_location": "Room 4"}),
        Edit("book/salt.paper", "code", {"editions.paper.external_id": "code-of-salt"}),
        Edit("blurb/reed.paper", "text", {"editions.paper.publish.store.blurb": "Wind in the reed."}),
        Edit("book/reed.paper", "binding", {"editions.paper.publish.store.binding": "hard"}),  # its blurb is pinned to the new one
        Edit("book/salt.paper", "language", {"language": GONE}),
        Edit("book/salt.paper", "prices", {"editions.paper.prices": GONE}),
        Edit("book/salt.paper", "shelfmark", {"editions.paper.editing_location": GONE}),
    ),
    unedited={"blurb.label": "it is the book's code", "blurb.book": "it is the book's id"},
    tampering=(
        Tampering("book/salt.paper", "title", {"title": "The Salt (sale!)"}),
        Tampering("book/tide.paper", "prices", {"prices": {"USD": "1.00"}}),
        Tampering("blurb/reed.paper", "text", {"text": "Buy!"}),
    ),
    foreign=({"code": "somebody-else's", "title": "Not ours"},),
)


@pytest.mark.parametrize("check", [one for one in CHECKS if one is not wrong_types_change_no_plan], ids=lambda check: check.__name__)
def test_shelf(check: Check) -> None:
    check(SHELF)


def test_the_example_stays_short() -> None:
    lines = Path(shelf.__file__).read_text(encoding="utf-8").splitlines()
    assert len(lines) < 200, "the example of docs/write-a-provider.md is read from top to bottom"


def test_the_page_names_what_the_example_has() -> None:
    page = (Path(__file__).parents[2] / "docs" / "write-a-provider.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \d\. [^|]+ \| ([^|]+) \|", page, flags=re.MULTILINE)
    named = [name for cell in rows for name in re.findall(r"`(\w+)`", cell)]
    assert len(rows) == 7
    assert [name for name in named if not hasattr(shelf, name)] == []
    assert {trait.name for trait in Trait} == set(re.findall(r"^\| `Trait\.(\w+)`", page, flags=re.MULTILINE))


def test_a_provider_that_judges_no_types_is_caught() -> None:
    """Shelf takes each value as it comes."""
    with pytest.raises(AssertionError, match="a plan of what is recorded with"):
        wrong_types_change_no_plan(SHELF)
