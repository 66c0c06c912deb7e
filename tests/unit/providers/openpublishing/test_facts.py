"""What Open Publishing makes of the facts that few services have a place for: an extract is a file, a status switches distribution off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from catalogctl.model.facts import WorkFacts
from catalogctl.model.title import Format, Metadata
from catalogctl.providers.openpublishing.types import FILE
from unit.providers.facts import ABOUT, EDITION, FIELDS
from unit.providers.openpublishing.press import asset, compiled, edition, resource

EXTRACT = asset("extract.pdf", b"%PDF-extract")
GONE = Metadata("El faro", facts=WorkFacts(status="withdrawn"))


def with_metadata(about: Metadata, *, distribution: dict[str, Any] | None = None, id_: str = "epub", form: Format = Format.EPUB) -> Any:
    options = {} if distribution is None else {"distribution": distribution}
    content = {} if form is Format.EPUB else {"content": asset("faro.pdf", b"%PDF-", "pdf")}
    return replace(edition(id_, form, options=options, **content), metadata=about)


def switches(*editions: Any) -> dict[str, object]:
    return {one.address.key: one.attributes["enabled"] for one in compiled(*editions).resources if one.type is not FILE}


def test_what_has_no_place_is_told_in_the_note_and_nothing_else() -> None:
    one = replace(edition(**{**EDITION, "extract": EXTRACT}), metadata=Metadata("El faro", **ABOUT))
    told = compiled(one).unsupported
    assert {fact.field for fact in told if fact.field != "title"} == FIELDS - {"files.extract"}
    assert all(fact.always for fact in told)


def test_an_extract_is_a_file_of_its_own_type() -> None:
    assert resource(edition(extract=EXTRACT), "extract").attributes["file"] == EXTRACT


@pytest.mark.parametrize("said", [None, {"enabled": True}, {"enabled": True, "channels": {"kobo": True}}])
def test_a_product_whose_editions_are_all_off_sale_is_switched_off_whatever_the_options_say(said: dict[str, Any] | None) -> None:
    gone = with_metadata(GONE, distribution=said)
    assert switches(gone) == {"": False, **({"kobo": False} if said and "channels" in said else {})}
    assert [fact.field for fact in compiled(gone).unsupported] == ["title"]


def test_one_edition_off_sale_does_not_take_the_others_of_its_product_along() -> None:
    gone, other = with_metadata(GONE), with_metadata(Metadata("El faro"), id_="pdf", form=Format.PDF)
    assert switches(gone, other) == {}
    assert [(fact.field, fact.always) for fact in compiled(gone, other).unsupported if fact.field == "status"] == [("status", False)]
    both = with_metadata(GONE, id_="pdf", form=Format.PDF)
    assert (switches(both, gone), switches(gone)) == ({}, {"": False})
