"""Making, reading and changing a book: what is demanded, what is filled in, and what comes back."""

from __future__ import annotations

from typing import Any

import pytest

from unit.sandbox.distribution import AUDIO, EBOOK, NARRATOR, NOBODY, POD, PRINT, serving

REQUIRED = "format title language description category copyright saleTerritory publicationDate contributor price".split()


def test_a_new_book_is_answered_whole_and_is_a_draft() -> None:
    with serving() as account:
        answer = account.create()
        assert answer.status == 201
        assert answer.json.keys() == {"data"}
        assert answer.json["data"].keys() == {"id", "type", "attributes"}
        book = answer.book
        assert " ".join(book) == (
            "format status title externalId subtitle series language isbn imprint description category keyword copyright saleTerritory "
            "publicationDate isFinalVersion contributor price audience ebookDetails podDetails audioDetails files chapters"
        )
        assert book.items() >= {**EBOOK, "language": ["EN"], "status": "draft", "keyword": [], "isFinalVersion": False}.items()
        assert book["imprint"].keys() == {"id", "name"}
        assert book["ebookDetails"] == {"pageCount": 0, "kdpEnrolled": False, "publishedOnAmazon": False}
        unset = ("subtitle", "series", "isbn", "audience", "podDetails", "audioDetails", "chapters")
        assert [book[name] for name in unset] == [None] * 7
        assert book["files"] == []
        assert account.get(answer.json["data"]["id"]) == book
        assert account.call("GET", "/books/external-id/lighthouse").json == answer.json


def test_the_walkthroughs_answer_begins_with_the_id_and_has_no_data() -> None:
    with serving(create_answer="book_id") as account:
        answer = account.create().json
        assert next(iter(answer)) == "bookId"
        assert "data" not in answer
        assert account.get(answer["bookId"])["title"] == EBOOK["title"]


@pytest.mark.parametrize("missing", REQUIRED)
def test_every_required_field_is_asked_for(missing: str) -> None:
    with serving() as account:
        body = {key: value for key, value in EBOOK.items() if key != missing}
        assert missing in account.call("POST", "/books", body).faults(422)
        assert account.sandbox.rows() == ()


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("format", "epub", "format"),
        ("title", "", "title"),
        ("title", 5, "title"),
        ("title", None, "title"),
        ("title", "x" * 100_001, "title"),
        ("subtitle", " ", "subtitle"),
        ("language", "en", "language"),
        ("language", [], "language"),
        ("language", ["en", "eng"], "language.1"),
        ("description", None, "description"),
        ("category", ["FIC00200"], "category.0"),
        ("category", [], "category"),
        ("keyword", [""], "keyword.0"),
        ("copyright", "CC0", "copyright"),
        ("saleTerritory", ["Spain"], "saleTerritory.0"),
        ("saleTerritory", ["ALL", "ES"], "saleTerritory"),
        ("publicationDate", "2026-02-30", "publicationDate"),
        ("publicationDate", "2026-06-01T00:00:00Z", "publicationDate"),
        ("contributor", [], "contributor"),
        ("contributor", ["Ana Ruiz"], "contributor.0"),
        ("contributor", [{"firstName": "Ana", "role": "Author"}], "contributor.0.lastName"),
        ("contributor", [{"firstName": "", "lastName": "", "role": "Author"}], "contributor.0.lastName"),
        ("contributor", [{"firstName": 1, "lastName": "Ruiz", "role": "Author"}], "contributor.0.firstName"),
        ("contributor", [{"firstName": "Ana", "lastName": "Ruiz", "role": "author"}], "contributor.0.role"),
        ("contributor", [{"firstName": "Ana", "lastName": "Ruiz", "role": "Author", "bio": ""}], "contributor.0.bio"),
        ("price", {"USD": 9.9}, "price"),
        ("price", [{"currency": "usd", "price": 9.9}], "price.0.currency"),
        ("price", [{"currency": "USD", "price": "9.90"}], "price.0.price"),
        ("price", [{"currency": "USD", "price": True}], "price.0.price"),
        ("price", [{"currency": "USD", "price": -1}], "price.0.price"),
        ("price", [{"currency": "USD", "price": 9.9999}], "price.0.price"),
        ("price", [{"currency": "USD", "price": 1}, {"currency": "USD", "price": 2}], "price.1.currency"),
        ("isbn", "9781234567890", "isbn"),
        ("isbn", "978-1-234-56789-7", "isbn"),
        ("isFinalVersion", None, "isFinalVersion"),
        ("isFinalVersion", 1, "isFinalVersion"),
        ("ebookDetails", [], "ebookDetails"),
        ("ebookDetails", {"pageCount": "9"}, "ebookDetails.pageCount"),
        ("ebookDetails", {"pageCount": -1}, "ebookDetails.pageCount"),
        ("ebookDetails", {"pages": 9}, "ebookDetails.pages"),
        ("ebookDetails", {"kdpEnrolled": "no"}, "ebookDetails.kdpEnrolled"),
        ("podDetails", POD, "podDetails"),
        ("externalId", "", "externalId"),
        ("chapters", [], "chapters"),
        ("files", [], "files"),
        ("status", "published", "status"),
        ("contributors", [], "contributors"),
        ("series", None, "series"),
    ],
)
def test_a_value_that_is_not_as_documented_is_named(field: str, value: object, place: str) -> None:
    with serving() as account:
        assert account.create(EBOOK, **{field: value}).faults(422) == [place]
        book = account.created()
        before = account.sandbox.rows()
        if field not in ("chapters", "format"):
            assert account.patch(book, **{field: value}).faults(422) == [place]
        assert account.sandbox.rows() == before


def test_all_that_is_wrong_is_named_at_once() -> None:
    with serving() as account:
        faults = account.call("POST", "/books", {"format": "ebook", "title": "", "colour": "red"}).faults(422)
        assert faults == [*REQUIRED[2:], "title", "colour"]


def test_an_audiobook_needs_a_narrator_before_and_after_a_change() -> None:
    with serving() as account:
        assert account.create(AUDIO, contributor=EBOOK["contributor"]).faults(422) == ["contributor"]
        book = account.created(AUDIO)
        assert account.get(book)["audioDetails"] == {"audioEdition": "UBR"}
        assert account.patch(book, contributor=EBOOK["contributor"]).faults(422) == ["contributor"]
        assert account.patch(book, contributor=[NARRATOR]).status == 200
        assert account.create(AUDIO, externalId=None, audioDetails={"audioEdition": "X"}).faults(422) == ["audioDetails.audioEdition"]


def test_a_print_book_needs_a_valid_isbn_from_the_beginning() -> None:
    with serving() as account:
        without = {key: value for key, value in PRINT.items() if key != "isbn"}
        assert account.call("POST", "/books", without).faults(422) == ["isbn"]
        assert account.create(PRINT, isbn=None).faults(422) == ["isbn"]
        assert account.create(PRINT, isbn="9781234567890").faults(422) == ["isbn"]
        assert account.patch(account.created(PRINT), isbn=None).faults(422) == ["isbn"]
        assert account.patch(account.created(isbn="9781234567897"), isbn=None).book["isbn"] is None


def test_details_of_print_come_whole() -> None:
    with serving() as account:
        book = account.created(PRINT)
        assert account.get(book)["podDetails"] is None
        part = {key: value for key, value in POD.items() if key != "trimSizeId"}
        assert account.patch(book, podDetails=part).faults(422) == ["podDetails.trimSizeId"]
        assert account.patch(book, podDetails=POD | {"bindingType": "SPIRAL"}).faults(422) == ["podDetails.bindingType"]
        assert account.patch(book, podDetails=POD).book["podDetails"] == POD
        assert account.patch(book, podDetails={"pageCount": 9}).book["podDetails"] == POD | {"pageCount": 9}


def test_details_in_a_patch_may_replace_what_was_there() -> None:
    with serving(details_in_patch="replaces") as account:
        book = account.created(ebookDetails={"pageCount": 5})
        assert account.patch(book, ebookDetails={"kdpEnrolled": True}).book["ebookDetails"]["pageCount"] == 0
        paper = account.created(PRINT, podDetails=POD)
        assert len(account.patch(paper, podDetails={"pageCount": 9}).faults(422)) == 5


@pytest.mark.parametrize(("switch", "shown"), [("null", {"podDetails": None}), ("empty", {"podDetails": {}}), ("absent", {})])
def test_the_details_of_other_formats_have_three_looks(switch: str, shown: dict[str, Any]) -> None:
    with serving(details_when_other_format=switch) as account:
        book = account.create().book
        assert {name: value for name, value in book.items() if name == "podDetails"} == shown
        assert book["ebookDetails"]["pageCount"] == 0
        assert account.patch(account.created(PRINT), audioDetails=None, podDetails=POD).status == 200


def test_open_sets_take_what_the_documents_do_not_show() -> None:
    with serving(enums="open") as account:
        translator = {"firstName": "Iris", "lastName": "Lind", "role": "Translator"}
        book = account.created(copyright="PUBLIC", contributor=[translator])
        assert account.get(book)["contributor"] == [translator]
        assert account.patch(book, copyright="").faults(422) == ["copyright"]
        assert account.create(format="epub", externalId=None).faults(422) == ["format"], "the formats are all known"


def test_untold_shapes_may_be_taken_as_they_are_sent() -> None:
    with serving(untold_shapes="as_sent") as account:
        book = account.created(series={"title": "Sea", "number": 2}, imprint={"id": 7, "name": "Ribera"}, audience="adult")
        have = account.get(book)
        assert (have["series"], have["imprint"], have["audience"]) == ({"title": "Sea", "number": 2}, {"id": 7, "name": "Ribera"}, "adult")
        row = account.call("GET", "/books").json["data"][0]["attributes"]
        assert (row["seriesTitle"], row["seriesNumber"]) == ("Sea", 2)


@pytest.mark.parametrize(("switch", "shown"), [("upper", ["EN", "ES"]), ("as_sent", ["en", "ES"])])
def test_languages_come_back_in_capitals_or_as_they_were_sent(switch: str, shown: list[str]) -> None:
    with serving(language_case=switch) as account:
        book = account.created(language=["en", "ES"])
        assert account.get(book)["language"] == shown
        assert account.patch(book, language=["en"]).book["language"] == shown[:1]


def test_an_external_id_is_of_one_book() -> None:
    with serving() as account:
        first, second = account.created(), account.created(externalId="other")
        assert account.create().faults(422) == ["externalId"]
        assert account.patch(second, externalId="lighthouse").faults(422) == ["externalId"]
        assert account.patch(first, externalId="lighthouse").status == 200, "its own is not taken"
        assert account.patch(first, externalId=None).book["externalId"] is None
        assert account.patch(second, externalId="lighthouse").status == 200, "and is free afterwards"
        assert account.call("GET", "/books/external-id/lighthouse").json["data"]["id"] == second


def test_an_external_id_may_be_of_several_books_and_then_means_the_oldest() -> None:
    with serving(duplicate_external_id="accepted") as account:
        first, second = account.created(), account.created()
        assert first != second
        assert account.call("GET", "/books/external-id/lighthouse").json["data"]["id"] == first
        assert account.delete(first).status == 204
        assert account.call("GET", "/books/external-id/lighthouse").json["data"]["id"] == second


def test_an_external_id_may_need_escapes_in_the_path() -> None:
    with serving() as account:
        book = account.created(externalId="a/b é")
        assert account.call("GET", "/books/external-id/a%2Fb%20%C3%A9").json["data"]["id"] == book


def test_a_missing_external_id_is_404_or_422() -> None:
    with serving() as account:
        answer = account.call("GET", "/books/external-id/nothing")
        assert (answer.status, answer.json) == (404, {"message": "Book not found"})
    with serving(missing_external_id=422) as account:
        assert account.call("GET", "/books/external-id/nothing").faults(422) == ["bookExternalId"]


@pytest.mark.parametrize(
    ("method", "tail"), [("GET", ""), ("PATCH", ""), ("POST", "/upload"), ("POST", "/publish"), ("POST", "/unpublish")]
)
def test_a_book_that_is_not_there_is_404_with_a_message(method: str, tail: str) -> None:
    with serving() as account:
        answer = account.call(method, f"/books/{NOBODY}{tail}", [] if tail == "/upload" else {})
        assert (answer.status, answer.json) == (404, {"message": "Book not found"})


@pytest.mark.parametrize(("method", "tail"), [("GET", ""), ("PATCH", ""), ("POST", "/upload"), ("POST", "/publish")])
def test_an_id_that_is_none_is_422(method: str, tail: str) -> None:
    with serving() as account:
        assert account.call(method, f"/books/lighthouse{tail}", {}).faults(422) == ["bookPublicId"]


def test_a_patch_changes_what_it_names_and_replaces_whole_lists() -> None:
    with serving() as account:
        book = account.created(keyword=["a", "b"], subtitle="Or not")
        before = account.get(book)
        after = account.patch(book, format="ebook", title="New", keyword=["c"], price=[{"currency": "EUR", "price": 8}], subtitle=None).book
        changed = {"title": "New", "keyword": ["c"], "price": [{"currency": "EUR", "price": 8}], "subtitle": None}
        assert after == before | changed == account.get(book)
        assert account.patch(book, keyword=None).book["keyword"] == []


def test_the_format_cannot_be_changed() -> None:
    with serving() as account:
        assert account.patch(account.created(), format="audio").faults(422) == ["format"]


def test_amounts_come_back_as_the_numbers_they_are() -> None:
    with serving() as account:
        amounts = [9.9, 0, 0.01, 1234567.89, 10]
        rows = [{"currency": code, "price": amount} for code, amount in zip("USD EUR GBP ARS JPY".split(), amounts, strict=True)]
        answer = account.call("GET", f"/books/{account.created(price=rows)}")
        assert b'"price":[{"currency":"USD","price":9.9},{"currency":"EUR","price":0},' in answer.body
        assert answer.book["price"] == rows
