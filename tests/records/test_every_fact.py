"""A title that says everything that a title can say goes to every store: what is not sent is reported, fact by fact."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import small
from records.onix import Document
from records.test_records import EAN, Desk, sold, without

ANNA = {
    "name": "Anna Bell",
    "sort_name": "Bell, Anna",
    "role": ["author", "illustrator"],
    "bio": "Schrieb.",
    "ids": {"orcid": "0000-0002-1825-0097"},
    "website": "https://www.example.org/anna",
}
WORK: Document = {
    "title_prefix": "Der",
    "subtitle": "Zurück",
    "original_title": "The Way",
    "original_language": "en",
    "language": "de-AT",
    "contributors": [
        ANNA,
        {"name": "Jan Lind", "role": "translator", "from_language": "en"},
        {"name": "Eva Rot", "role": "narrator"},
        {"name": "ACME Verlag", "corporate": True, "role": "editor"},
    ],
    "publisher": "Nord",
    "imprint": "Kiel",
    "publication_date": "2019-05-02",
    "description": "<p>Ein Buch.</p>",
    "short_description": "Kurz.",
    "tagline": "Schau.",
    "table_of_contents": "<p>1</p>",
    "subjects": {"bisac": ["FIC000000", "FIC019000"], "thema": ["FBA", "1DFG"], "bic": ["FA"], "clil": ["3435"]},
    "keywords": ["see", "weg"],
    "series": [{"name": "Meer", "number": "2", "subtitle": "x", "issn": "0378-5955"}, {"name": "Rand", "number": "1"}],
    "audience": ["general", "young-adult"],
    "ages": {"from": 8, "to": 12},
    "edition_number": 2,
    "edition_year": 2020,
    "edition_statement": "2. Aufl.",
    "edition_types": ["revised"],
    "reviews": [{"text": "Gut.", "author": "X", "source": "Y"}],
    "awards": [{"name": "Preis", "year": 2020, "country": "DE", "code": "winner"}],
    "place": "Kiel",
    "country": "DE",
    "copyright": {"year": 2019, "owner": "Anna"},
    "status": "active",
    "dates": {"announced": "2019-01-01", "first_published": "1999", "print": "2019-04-01"},
    "rights": "exclusive",
    "territories": ["DE", "AT", "CH"],
}
EDITION: Document = {
    "isbn": EAN,
    "external_id": "ext-1",
    "prices": {"USD": "9.90", "EUR": "8.90", "JPY": "900", "CHF": "9.90"},
    "identifiers": {"doi": "10.1234/x", "own": "k1"},
    "prices_in": [{"territories": ["AT"], "currency": "GBP", "amount": "9.49"}],
    "price_changes": [{"from": "2132-01-01", "prices": {"EUR": "9.49"}}],
    "promotions": [{"id": "p", "from": "2132-03-01", "until": "2132-03-05", "prices": {"EUR": "4.99"}}],
    "drm": "watermark",
    "replaces": "9780306406157",
    "replaced_by": ["9788419873408"],
    "parts": [{"isbn": "9780306406157", "format": "print", "count": 2}],
    "pages": 200,
    "height": "230 mm",
    "width": "150 mm",
    "thickness": "20 mm",
    "weight": "400 g",
    "binding": "Leinen",
    "editing_location": "Wien",
    "form": ["BB", "B402"],
    "accessibility": {"conforms": ["wcag-2.1"], "features": ["index"], "hazards": ["none"], "summary": "Ok.", "contact": "a@example.org"},
}
NO_FACTS = {"kind", "id", "title", "format", "publish", "tracks", "editions", "isbn", "external_id", "content", "cover"}
"""What an edition is found by or cannot be without."""


def document(form: str, account: str) -> Document:
    edition = {**EDITION, "format": form, **({"duration": "7h 25m"} if form == "audiobook" else {})}
    if form != "print":
        del edition["form"]
    whole = sold({"kind": "title", "id": "weg", "title": "Der Weg", **WORK, "editions": {form: edition}}, account)
    said = whole["editions"][form]
    if form == "pdf":
        said["files"]["content"] = "book.pdf"
    if account == "openpub":
        said.pop("tracks", None)
        said["files"] = {"content": {"epub": "book.epub", "audiobook": "t1.mp3"}.get(form, "book.pdf")}
    elif form != "print":
        said["files"]["extract"] = "https://files.example.com/extract.epub"
    return whole


def ways(block: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """List the ways to everything that can be taken away, what holds several before these."""
    for key, value in block.items() if isinstance(block, dict) else enumerate(block):
        is_edition = way == ("editions",)
        if key not in NO_FACTS and not is_edition:
            yield (*way, key)
        if isinstance(value, (dict, list)) and (key not in NO_FACTS or key == "editions"):
            yield from ways(value, (*way, key))


@pytest.mark.parametrize("form", ["epub", "pdf", "audiobook", "print"])
@pytest.mark.parametrize("account", ["store", "publishdrive", "openpub"])
def test_no_fact_is_lost_in_silence(account: str, form: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (tmp_path / "catalog/book.pdf").write_bytes(small.pdf("a book"))
    full = document(form, account)
    whole = desk.outcome(copy.deepcopy(full))
    assert not whole.refused, whole.told
    told: set[tuple[str | int, ...]] = set()
    silent: list[str] = []
    for way in ways(full):
        if any(way[:length] in told for length in range(1, len(way))):
            continue  # of the whole of it is reported, or it is sent
        rest = without(full, way)
        outcome = desk.outcome(rest) if form in rest.get("editions", {}) else None
        if outcome is None or (outcome.sent, outcome.told) != (whole.sent, whole.told):
            told.add(way)
        elif not any(other[: len(way)] == way and other != way for other in ways(full)):
            silent.append(json.dumps(way))
    assert len(told) > 30
    assert silent == []
