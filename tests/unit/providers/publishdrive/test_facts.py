"""What PublishDrive makes of the facts that few services have a place for: sent where its documents have one, reported everywhere else."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from catalogctl.model.facts import EditionFacts, TerritoryPrice, WorkFacts
from catalogctl.model.title import Contributor, Format, Track
from unit.providers.facts import ABOUT, EDITION, FIELDS
from unit.providers.publishdrive.desk import asset, codes, compiled, edition, named

TRACKS = (Track("intro", "Intro", asset("intro.mp3", b"1", "mp3")),)


@pytest.mark.parametrize("form", [Format.EPUB, Format.PRINT])
def test_what_has_no_place_is_told_and_nothing_else(form: Format) -> None:
    told = {fact.field for fact in compiled(edition(form, ABOUT, **EDITION)).unsupported}
    assert told == FIELDS
    assert compiled(edition(form)).unsupported == ()


def test_an_unabridged_recording_says_so_in_the_documents_word() -> None:
    spoken = edition(Format.AUDIOBOOK, {"facts": WorkFacts(edition_types=("unabridged",))}, tracks=TRACKS)
    assert named(spoken)["book"].attributes["audio_edition"] == "UBR"
    assert compiled(spoken).unsupported == ()
    assert named(spoken, audio_details={"audio_edition": "ABR"})["book"].attributes["audio_edition"] == "ABR"
    revised = edition(Format.AUDIOBOOK, {"facts": WorkFacts(edition_types=("unabridged", "revised"))}, tracks=TRACKS)
    assert [fact.field for fact in compiled(revised).unsupported] == ["edition_types"]


def test_a_contributor_of_several_roles_is_a_row_for_each() -> None:
    people = (Contributor("Ana Ruiz", "A01", further_roles=("B01",)), Contributor("AA. VV.", "A01", unnamed="various"))
    rows = [json.loads(str(row)) for row in named(edition(about={"contributors": people}))["book"].attributes["contributor"]]  # type: ignore[union-attr]
    assert [(row["firstName"], row["lastName"], row["role"]) for row in rows] == [
        ("Ana", "Ruiz", "Author"),
        ("Ana", "Ruiz", "Editor"),
        ("", "AA. VV.", "Author"),
    ]


def test_a_book_whose_only_contributor_has_neither_name_nor_label_is_refused() -> None:
    assert codes(edition(about={"contributors": (Contributor("", "A01", unnamed="anonymous"),)})) == [
        ("contributors-required", "contributors")
    ]


@pytest.mark.parametrize("status", ["withdrawn", "cancelled"])
@pytest.mark.parametrize("options", [{}, {"published": True, "final_version": True}])
def test_an_edition_off_sale_is_unpublished_whatever_its_options_say(status: str, options: dict[str, Any]) -> None:
    gone = edition(about={"facts": WorkFacts(status=status)})
    assert named(gone, **options)["publication"].attributes["published"] is False
    assert compiled(gone, **options).unsupported == ()


def test_any_other_status_changes_nothing() -> None:
    paused = edition(about={"facts": WorkFacts(status="out-of-print")})
    assert "publication" not in named(paused)
    assert [fact.what for fact in compiled(paused).unsupported] == ["the publishing status out-of-print"]


def test_one_price_is_sent_for_a_currency_and_several_are_refused() -> None:
    at, de = TerritoryPrice("EUR", Decimal(9), ("AT",)), TerritoryPrice("EUR", Decimal(8), ("DE",))
    assert named(edition(facts=EditionFacts(prices_in=(at,)), prices={}))["book"].attributes["price"] == {"EUR": Decimal(9)}
    assert ("price-by-country", "prices_in") in codes(edition(facts=EditionFacts(prices_in=(at, de))))
