"""A book as the service shows it becomes the edition that would declare it."""

from __future__ import annotations

from typing import Any

import pytest

from catalogctl.model.title import Contributor, Format
from catalogctl.provider.importing import FoundEdition, Unimportable
from catalogctl.providers.publishdrive import convert
from catalogctl.providers.publishdrive.assumptions import CONTRIBUTOR_ROLES
from catalogctl.providers.publishdrive.decompile import decompile
from catalogctl.providers.publishdrive.types import BOOK as BOOK_TYPE

BOOK: dict[str, Any] = {
    "format": "ebook",
    "status": "published",
    "externalId": "key-faro",
    "title": "El faro",
    "subtitle": None,
    "language": ["ES"],
    "isbn": None,
    "description": "<p>uno</p>\n<p>dos</p>",
    "contributor": [{"firstName": "Ana", "lastName": "Ruiz", "role": "Author"}],
    "category": ["FIC000000"],
    "keyword": ["mar"],
    "copyright": "SELF",
    "saleTerritory": ["ALL"],
    "publicationDate": "2021-03-04",
    "price": [{"currency": "USD", "price": 9.9}],
    "isFinalVersion": True,
    "ebookDetails": {"pageCount": 0, "kdpEnrolled": False, "publishedOnAmazon": True},
    "audioDetails": None,
    "podDetails": None,
    "files": [{"id": "f1", "role": "ebook_content", "filename": "faro.epub"}],
    "chapters": None,
}


def either(**told: Any) -> FoundEdition | Unimportable:
    return decompile("pd", convert.from_store({"data": {"id": "b1", "type": "book", "attributes": {**BOOK, **told}}}), CONTRIBUTOR_ROLES)


def found(**told: Any) -> FoundEdition:
    one = either(**told)
    assert isinstance(one, FoundEdition)
    return one


def test_what_is_told_is_declared() -> None:
    holding = found()
    edition = holding.edition
    assert (edition.id, edition.format, edition.external_id, edition.isbn) == ("epub", Format.EPUB, "key-faro", None)
    assert (edition.metadata.language, edition.metadata.territories) == ("es", ("ALL",))
    assert edition.metadata.contributors == (Contributor("Ana Ruiz", "A01"),)
    assert edition.publish["pd"] == {"published": True, "final_version": True, "ebook_details": {"published_on_amazon": True}}
    assert edition.lifecycle.ignore_changes == ()


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("Gabriel", "García Márquez", Contributor("Gabriel García Márquez", "A01", "García Márquez")),
        ("", "Voltaire", Contributor("Voltaire", "A01")),
        ("Ana María", "Ruiz", Contributor("Ana María Ruiz", "A01")),
        ("Voltaire", "", Contributor("Voltaire", "A01", first_name="Voltaire")),
        (" Ana ", "Ruiz\u00a0", Contributor("Ana Ruiz", "A01")),
        ("", "Faro y Hermanos", Contributor("Faro y Hermanos", "A01", "Faro y Hermanos")),
    ],
)
def test_a_last_name_is_said_where_it_is_not_the_last_word(first: str, last: str, told: Contributor) -> None:
    holding = found(contributor=[{"firstName": first, "lastName": last, "role": "Author"}])
    assert holding.edition.metadata.contributors == (told,)


@pytest.mark.parametrize("told", ["9780306406157", "978-0-306-40615-7", "0306406152", "0-306-40615-2"])
def test_an_isbn_is_declared_by_its_thirteen_digits_however_the_book_has_it(told: str) -> None:
    assert found(isbn=told).edition.isbn == "9780306406157"
    assert BOOK_TYPE.attributes["isbn"].same(told, "9780306406157")


def test_what_is_no_isbn_is_named_and_stays() -> None:
    holding = found(isbn="9781234567890")
    assert (holding.edition.isbn, holding.edition.lifecycle.ignore_changes) == (None, ())
    assert any("9781234567890" in remark for remark in holding.remarks)


def test_a_contributor_with_another_role_is_named_and_stays() -> None:
    holding = found(contributor=[{"firstName": "E", "lastName": "S", "role": "Translator"}, *BOOK["contributor"]])
    assert holding.edition.metadata.contributors == (Contributor("Ana Ruiz", "A01"),)
    assert holding.edition.lifecycle.ignore_changes == ()
    assert any("E S (Translator)" in remark for remark in holding.remarks)


def test_an_ebook_whose_file_is_a_pdf_is_one() -> None:
    edition = found(files=[{"id": "f1", "role": "ebook_content", "filename": "faro.PDF"}]).edition
    assert (edition.id, edition.format) == ("pdf", Format.PDF)


@pytest.mark.parametrize(
    ("told", "left_alone"),
    [
        ({"format": "audio", "chapters": [{"sequence": 1, "title": "Capítulo", "titleAscii": "Other", "fileId": "f1"}]}, "ascii_titles"),
    ],
)
def test_what_no_file_can_say_is_left_alone(told: dict[str, Any], left_alone: str) -> None:
    assert [one.path for one in found(**told).edition.lifecycle.ignore_changes] == [left_alone]


@pytest.mark.parametrize(
    ("told", "tag", "options"),
    [
        (["EN"], "en", {}),
        (["pt_BR"], "pt-BR", {}),
        (["EN", "ES"], None, {"languages": ["EN", "ES"]}),
        (["ast"], None, {"languages": ["ast"]}),
        (["English "], None, {"languages": ["English"]}),
    ],
)
def test_languages_that_are_no_single_tag_are_declared_as_the_service_has_them(
    told: list[str], tag: str | None, options: dict[str, Any]
) -> None:
    edition = found(language=told).edition
    said = {name: value for name, value in edition.publish["pd"].items() if name == "languages"}
    assert (edition.metadata.language, said) == (tag, options)


def test_categories_that_are_none_of_bisac_are_declared_as_the_service_has_them() -> None:
    edition = found(category=["FIC000000", "odd "]).edition
    assert (edition.metadata.bisac, edition.publish["pd"]["subjects"]) == ((), ["FIC000000", "odd"])


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"externalId": None}, "no external id"),
        ({"format": "scroll"}, "format 'scroll'"),
        ({"contributor": [{"firstName": "E", "lastName": "S", "role": "Translator"}]}, "('Translator')"),
        ({"contributor": [{"firstName": " ", "lastName": "", "role": "Author"}]}, "has a name"),
        ({"format": "audio", "chapters": [{"sequence": 1, "title": " ", "fileId": "f1"}]}, "no title"),
    ],
)
def test_what_cannot_be_declared_is_a_stranger(told: dict[str, Any], why: str) -> None:
    one = either(**told)
    assert isinstance(one, Unimportable)
    assert why in one.why


def test_a_book_that_is_not_published_is_not_said_to_be() -> None:
    assert "published" not in found(status="draft").edition.publish["pd"]
    assert "published" not in found(status="withdrawn").edition.publish["pd"]


def test_a_published_book_that_is_not_final_could_not_be_declared_so() -> None:
    holding = found(isFinalVersion=False)
    assert "published" not in holding.edition.publish["pd"]
    assert any("final_version: true" in remark for remark in holding.remarks)


def test_files_are_named_and_recordings_counted() -> None:
    files = [{"id": f"f{number}", "role": "audio_content", "filename": f"{number}.mp3"} for number in range(3)]
    remarks = found(format="audio", files=[*files, {"id": "c", "role": "audio_cover", "filename": "c.jpg"}]).remarks
    assert remarks[0].startswith("Its 3 audio files are at PublishDrive.")
    assert remarks[1].startswith("At PublishDrive it has c.jpg (audio_cover).")


def test_print_details_are_declared_whole_or_not_at_all() -> None:
    whole = {
        "pageCount": 260,
        "trimSizeId": 3,
        "bindingType": "PAPERBACK",
        "coverLaminateType": "GLOSS",
        "interiorColorType": "B&W",
        "paperColorType": "CREAM",
    }
    assert found(format="print", podDetails=whole).edition.publish["pd"]["pod_details"]
    assert "pod_details" not in found(format="print", podDetails={"pageCount": 260, "bindingType": "PAPERBACK"}).edition.publish["pd"]


def test_rows_of_one_person_in_a_row_are_one_contributor_of_several_roles() -> None:
    rows = [("Ana", "Ruiz", "Author"), ("Ana", "Ruiz", "Editor"), ("Eva", "Sol", "Author"), ("Ana", "Ruiz", "Narrated by")]
    told = [dict(zip(("firstName", "lastName", "role"), row, strict=True)) for row in rows]
    people = found(contributor=told).edition.metadata.contributors
    assert [(one.name, one.roles) for one in people] == [("Ana Ruiz", ("A01", "B01")), ("Eva Sol", ("A01",)), ("Ana Ruiz", ("E07",))]
    twice = found(contributor=[told[0], told[0]]).edition.metadata.contributors
    assert [one.roles for one in twice] == [("A01",), ("A01",)]
