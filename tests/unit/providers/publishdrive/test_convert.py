"""What is sent to PublishDrive, to the byte, and what its answers are read as."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalogctl.model.asset import Asset
from catalogctl.model.value import Value
from catalogctl.provider.answer import Answer
from catalogctl.providers.publishdrive import convert, provider
from catalogctl.providers.publishdrive.assumptions import CONTRIBUTOR_ROLES
from catalogctl.providers.publishdrive.refusals import explain, status
from catalogctl.providers.publishdrive.types import BOOK, CHAPTERS
from unit.providers.publishdrive.desk import asset, edition, named

SHOWN: dict[str, Any] = {
    "format": "ebook",
    "status": "published",
    "title": "El faro",
    "externalId": "faro",
    "subtitle": None,
    "series": None,
    "language": ["ES"],
    "isbn": None,
    "imprint": {"id": 7, "name": "Independent"},
    "description": "Un faro.",
    "category": ["FIC019000", "ANT018000"],
    "keyword": [],
    "copyright": "SELF",
    "saleTerritory": ["ALL"],
    "publicationDate": "2021-03-04",
    "isFinalVersion": False,
    "contributor": [{"firstName": "Ana", "lastName": "Ruiz", "role": "Author"}],
    "price": [{"currency": "USD", "price": 9.9}, {"currency": "JPY", "price": 1200}],
    "audience": None,
    "ebookDetails": {"pageCount": 0, "kdpEnrolled": False, "publishedOnAmazon": False},
    "podDetails": None,
    "audioDetails": None,
    "files": [],
    "chapters": None,
}


def shown(**attributes: Any) -> convert.Shown:
    return convert.from_store({"data": {"id": "b-1", "type": "book", "attributes": {**SHOWN, **attributes}}})


def answer(status_: int, body: object) -> Answer:
    return Answer(status_, {}, b"" if body is None else json.dumps(body).encode())


def test_a_create_has_the_services_own_names() -> None:
    book = named(edition(about={"subtitle": "Una", "keywords": ("mar",)}, isbn="9781234567897"), final_version=True)["book"]
    assert json.loads(convert.body(book.attributes, frozenset(book.attributes))) == {
        "format": "ebook",
        "title": "El faro",
        "subtitle": "Una",
        "language": ["es"],
        "description": "Un faro que se apaga.",
        "category": ["FIC019000"],
        "keyword": ["mar"],
        "saleTerritory": ["ALL"],
        "publicationDate": "2021-03-04",
        "contributor": [{"firstName": "Ana", "lastName": "Ruiz", "role": "Author"}],
        "price": [{"currency": "USD", "price": 9.9}],
        "isbn": "9781234567897",
        "isFinalVersion": True,
        "externalId": "faro",
    }


def test_prices_are_numbers_to_the_digit() -> None:
    prices = {"USD": Decimal("9.90"), "JPY": Decimal(1200), "EUR": Decimal("0.10")}
    body = convert.body(named(edition(prices=prices))["book"].attributes, frozenset({"price"}))
    assert b'[{"currency":"EUR","price":0.10},{"currency":"JPY","price":1200},{"currency":"USD","price":9.90}]' in body


def test_an_update_has_its_format_and_what_changed() -> None:
    book = named(edition(), ebook_details={"page_count": 7, "kdp_enrolled": True})["book"]
    assert convert.body(book.attributes, frozenset({"title"})) == b'{"format":"ebook","title":"El faro"}'
    details = b'{"ebookDetails":{"kdpEnrolled":true,"pageCount":7},"format":"ebook"}'
    assert convert.body(book.attributes, frozenset({"page_count"})) == details, "what is declared beside it goes with it"
    carried = {**book.attributes, "published_on_amazon": None}
    assert convert.body(carried, frozenset({"page_count"})) == details, "and what the store has none of does not"


def test_chapters_go_into_one_request_with_the_files_own_ids() -> None:
    attributes: dict[str, Value] = {
        "book": "b",
        "titles": ("Uno", "Dós", "Tres"),
        "ascii_titles": (None, "Dos", None),
        "files": ("b/f1", "b/f2", None),
    }
    assert json.loads(convert.chapters_body(attributes)) == {
        "format": "audio",
        "chapters": [
            {"sequence": 1, "title": "Uno", "titleAscii": None, "fileId": "f1"},
            {"sequence": 2, "title": "Dós", "titleAscii": "Dos", "fileId": "f2"},
            {"sequence": 3, "title": "Tres", "titleAscii": None},
        ],
    }


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Chapter 1", None),
        ("Introducción", "Introduccion"),
        ("Straße – „Œuvre“", 'Strasse - "Oeuvre"'),
        ("Łódź", "Lodz"),
        ("Part ①", "Part 1"),
        ("Глава 1", "Chapter 7"),
        ("第一章", "Chapter 7"),
        ("♫", "Chapter 7"),
    ],
)
def test_a_title_that_is_not_ascii_gets_one_that_is(title: str, plain: str | None) -> None:
    assert convert.ascii_title(title, 7) == plain


def test_a_book_is_read_as_it_is_declared() -> None:
    seen = shown().book(CONTRIBUTOR_ROLES.values())
    declared = named(
        edition(
            about={"description": "Un faro.", "bisac": ("ANT018000", "FIC019000")}, prices={"USD": Decimal("9.90"), "JPY": Decimal(1200)}
        )
    )
    told = {name for name, value in declared["book"].attributes.items() if not BOOK.attributes[name].same(seen.attributes[name], value)}
    assert told == set()
    assert (seen.id, seen.key) == ("b-1", "faro")
    assert seen.attributes["publication_date"] == date(2021, 3, 4)


def test_what_the_service_fills_in_is_told_and_what_it_leaves_out_is_not() -> None:
    seen = shown().attributes
    assert (seen["page_count"], seen["kdp_enrolled"], seen["published_on_amazon"]) == (0, False, False)
    silent = {name: value for name, value in SHOWN.items() if name != "ebookDetails"}
    with pytest.raises(ValueError, match="ebookDetails is missing"):
        convert.from_store({"data": {"id": "b", "attributes": silent}})
    assert shown(podDetails={}, audioDetails=None).attributes["page_count"] == 0
    assert "page_count" not in shown(ebookDetails={"kdpEnrolled": True}).attributes
    assert shown(ebookDetails=None).attributes["page_count"] is None


@pytest.mark.parametrize(("there", "wanted"), [(None, ""), ("", None), ("a\r\nb ", "a\nb")])
def test_texts_are_compared_without_line_breaks_and_blanks(there: str | None, wanted: str | None) -> None:
    assert BOOK.attributes["subtitle"].same(there, wanted)


@pytest.mark.parametrize(
    ("status_", "published"),
    [
        ("published", True),
        ("in_review", True),
        ("action_needed", True),
        ("draft", False),
        ("withdrawn", False),
        ("on_hold", None),
    ],
)
def test_a_book_is_published_by_its_status(status_: str, published: bool | None) -> None:
    assert shown(status=status_).publication.attributes.get("published") is published


def test_files_and_chapters_have_ids_with_their_book() -> None:
    files = [
        {"id": "f1", "role": "audio_content", "filename": "a.mp3", "status": "processed"},
        {"id": "f2", "role": "audio_content", "filename": "b.mp3", "hashSha256": "AB" * 32},
    ]
    chapters = [{"sequence": 2, "fileId": "f2", "title": "B"}, {"sequence": 1, "fileId": "f1", "title": "Á", "titleAscii": "A"}]
    book = shown(format="audio", files=files, chapters=chapters)
    assert book.contents.attributes == {"book": "b-1", "titles": ("Á", "B"), "ascii_titles": ("A", None), "files": ("b-1/f1", "b-1/f2")}
    first, second = (book.file(file, "k") for file in book.files)
    assert (first.id, first.attributes) == ("b-1/f1", {"book": "b-1", "role": "audio_content", "filename": "a.mp3"})
    assert second.attributes["file"] == Asset("", sha256="ab" * 32)
    assert book.idle == ()
    assert shown(files=files).idle == book.files


@pytest.mark.parametrize("sequences", [(1, 2, 5), (0, 1, 2)])
def test_chapters_with_numbers_that_are_not_ours_are_more_than_we_have(sequences: tuple[int, ...]) -> None:
    rows = [{"sequence": sequence, "fileId": f"f{sequence}", "title": str(sequence)} for sequence in sequences]
    there = shown(chapters=rows).contents.attributes["titles"]
    complaint = CHAPTERS.attributes["titles"].impossible
    assert complaint is not None
    assert complaint(there, ("1", "2")) != ""
    assert complaint(("1",), ("1", "2")) == ""


def test_titles_in_ascii_are_only_minded_where_one_is_wanted() -> None:
    same = CHAPTERS.attributes["ascii_titles"].same
    assert same(("One", "Introduccion"), (None, "Introduccion"))
    assert not same((None, None), (None, "Introduccion"))
    assert not same(("One",), (None, None))


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        (None, "expected an object, got null"),
        ([], "expected an object, got a list"),
        ({"data": None}, "data: expected an object, got null"),
        ({"data": {"attributes": SHOWN}}, "data.id is missing"),
        ({"data": {"id": 7, "attributes": SHOWN}}, "data.id: expected a text, got the number 7"),
        ({"data": {"id": "", "attributes": SHOWN}}, "data.id: expected a text that is not empty"),
        ({"data": {"id": "b"}}, "data.attributes is missing"),
    ],
    ids=str,
)
def test_an_answer_that_is_about_no_book_is_not_believed(document: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=f"^is not as documented: {complaint}"):
        convert.from_store(document)


@pytest.mark.parametrize("name", sorted(SHOWN.keys() - {"series", "imprint", "audience", "ebookDetails", "podDetails", "audioDetails"}))
def test_what_the_documents_promise_may_not_be_missing(name: str) -> None:
    attributes = {key: value for key, value in SHOWN.items() if key != name}
    with pytest.raises(ValueError, match=f"data.attributes.{name} is missing"):
        convert.from_store({"data": {"id": "b", "attributes": attributes}})


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"title": 7}, "title: expected a text, got the number 7"),
        ({"title": None}, "title: expected a text, got null"),
        ({"externalId": 7}, "externalId: expected a text, got the number 7"),
        ({"status": None}, "status: expected a text, got null"),
        ({"language": "en"}, "language: expected a list, got the text 'en'"),
        ({"category": [None]}, r"category\[0\]: expected a text, got null"),
        ({"keyword": {}}, "keyword: expected a list, got an object"),
        ({"isFinalVersion": 0}, "isFinalVersion: expected true or false, got the number 0"),
        ({"publicationDate": "soon"}, "publicationDate: expected a day as YYYY-MM-DD, got the text 'soon'"),
        ({"publicationDate": 20210304}, "publicationDate: expected a day as YYYY-MM-DD, got the number 20210304"),
        (
            {"contributor": [{"firstName": None, "lastName": "Ruiz", "role": "Author"}]},
            r"contributor\[0\].firstName: expected a text, got null",
        ),
        ({"contributor": ["Ana Ruiz"]}, r"contributor\[0\]: expected an object, got the text 'Ana Ruiz'"),
        ({"price": "free"}, "price: expected a list, got the text 'free'"),
        ({"price": [{"price": 1}]}, r"price\[0\].currency is missing"),
        ({"price": [{"currency": "USD", "price": "7.50"}]}, r"price\[0\].price: expected a number, got the text '7.50'"),
        ({"ebookDetails": {"pageCount": True}}, "ebookDetails.pageCount: expected a whole number, got true"),
        ({"ebookDetails": {"kdpEnrolled": None}}, "ebookDetails.kdpEnrolled: expected true or false, got null"),
        ({"ebookDetails": [7]}, "ebookDetails: expected an object, got a list"),
        ({"files": None}, "files: expected a list, got null"),
        ({"files": [{"id": "f"}]}, r"files\[0\].role is missing"),
        ({"files": [{"id": 1, "role": "ebook_content", "filename": "a"}]}, r"files\[0\].id: expected a text, got the number 1"),
        (
            {"files": [{"id": "f", "role": "x", "filename": "a", "hashSha256": "ab"}]},
            r"files\[0\].hashSha256: expected a text of another form",
        ),
        ({"chapters": {}}, "chapters: expected a list, got an object"),
        ({"chapters": [{"title": "One", "fileId": "f"}]}, r"chapters\[0\].sequence is missing"),
        ({"chapters": [{"sequence": True, "title": "One", "fileId": "f"}]}, r"chapters\[0\].sequence: expected a whole number, got true"),
        ({"chapters": [{"sequence": 20_000, "title": "One", "fileId": "f"}]}, r"chapters\[0\].sequence: expected a smaller number"),
        ({"chapters": [{"sequence": 1, "title": None, "fileId": "f"}]}, r"chapters\[0\].title: expected a text, got null"),
    ],
    ids=str,
)
def test_a_value_of_the_wrong_type_is_refused_with_its_name_and_never_read_as_empty(told: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=f"data.attributes.{complaint}"):
        shown(**told)


@pytest.mark.parametrize("document", [{"data": {"id": "b"}}, {"bookId": "b", "title": "x"}])
def test_the_new_id_is_read_from_both_documented_answers(document: object) -> None:
    assert convert.new_id(document) == "b"


@pytest.mark.parametrize("document", [{"data": {}}, {"data": {"id": 7}}, {}, [], None, {"bookId": 3}, {"bookId": ""}])
def test_a_create_that_is_answered_without_an_id_is_not_believed(document: object) -> None:
    with pytest.raises(ValueError, match="not as documented"):
        convert.new_id(document)


@pytest.mark.parametrize(
    ("given", "stands_for"),
    [
        (answer(404, {"message": "Book not found"}), 404),
        (answer(400, {"title": "Bad Request", "detail": "[get /books 403]"}), 400),
        (answer(400, {"title": "Response message failed validation", "detail": "Missing header [get /books/external-id/x 403]"}), 403),
        (answer(400, {"title": "Response message failed validation", "detail": "Missing header Content-Type"}), 400),
        (answer(422, {"title": "x", "invalidParams": [{"name": "bookExternalId", "reason": "unknown"}]}), 404),
        (answer(422, {"title": "x", "invalidParams": [{"name": "externalId", "reason": "taken"}]}), 422),
        (answer(422, {"title": "x", "invalidParams": []}), 422),
        (answer(401, None), 401),
        (answer(200, {"title": "Response message failed validation", "detail": "403"}), 200),
    ],
)
def test_an_answer_stands_for_its_status_or_for_the_one_it_hides(given: Answer, stands_for: int) -> None:
    assert status(given) == stands_for


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"title": "Unprocessable", "detail": "No cover.", "invalidParams": []}, "Unprocessable. No cover."),
        ({"title": "Bad", "invalidParams": [{"name": "0.role", "reason": "Wrong role"}]}, "Bad. 0.role: Wrong role."),
        ({"message": "Not found"}, "Not found."),
        (None, ""),
        (["no"], ""),
    ],
)
def test_all_three_shapes_of_refusals_are_put_into_words(body: object, words: str) -> None:
    assert explain(answer(422, body)) == words
    assert provider.explain(answer(422, body)) == words


def test_a_file_is_named_by_its_own_digest_each_time() -> None:
    file = asset("a.epub", b"1", "epub")
    attributes = {"role": "ebook_content", "filename": "a.epub"}
    said = {"filename": "a.epub", "hashSha256": file.sha256}
    assert json.loads(convert.request_body(file, attributes)) == [
        {"referenceId": f"ebook_content-{file.sha256[:16]}", "role": "ebook_content", **said}
    ]
    assert json.loads(convert.attach_body(file, attributes)) == said
