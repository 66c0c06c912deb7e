"""POST: the two request tables, and the answer's body."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest

from unit.sandbox.storefront import DIGITAL, HEADERS, ISSUES, PHYSICAL, Store, serving


@pytest.mark.parametrize("missing", sorted(DIGITAL))
def test_digital_content_needs_every_field_the_table_requires(store: Store, missing: str) -> None:
    body = {key: value for key, value in DIGITAL.items() if key != missing}
    assert list(store.call("POST", ISSUES, body).errors) == [missing]
    assert store.sandbox.rows() == ()


@pytest.mark.parametrize("missing", ["publication_date", "name", "external_id"])
def test_physical_content_needs_every_field_the_table_requires(store: Store, missing: str) -> None:
    body = {key: value for key, value in PHYSICAL.items() if key != missing}
    assert store.call("POST", ISSUES, body).errors == {missing: [f"The {missing.replace('_', ' ')} field is required."]}


@pytest.mark.parametrize("empty", [None, "", "  \r\n "])
def test_an_empty_required_string_is_missing(store: Store, empty: str | None) -> None:
    assert store.create(name=empty).errors == {"name": ["The name field is required."]}


@pytest.mark.parametrize(
    ("key", "value", "where"),
    [
        ("publication_date", "2020-6-1", "publication_date"),
        ("publication_date", "2020-02-30", "publication_date"),
        ("publication_date", "2020-06-01 00:00:00", "publication_date"),
        ("publication_date", 20200601, "publication_date"),
        ("name", 7, "name"),
        ("name", ["x"], "name"),
        ("description", {"html": "x"}, "description"),
        ("external_id", 696900, "external_id"),
        ("extension", "mobi", "extension"),
        ("extension", "PDF", "extension"),
        ("extension", [], "extension"),
        ("type", "epub", "type"),
        ("type", 3, "type"),
        ("file_url", "machine.pdf", "file_url"),
        ("file_url", "ftp://cdn.example.com/x.pdf", "file_url"),
        ("file_url", "https:///x.pdf", "file_url"),
        ("file_url", "https://cdn.example.com/a b.pdf", "file_url"),
        ("file_url", "https://[broken/x.pdf", "file_url"),
        ("file_url", 5, "file_url"),
        ("free", "true", "free"),
        ("free", "1", "free"),
        ("free", 2, "free"),
        ("free", [], "free"),
        ("bisac", "ANT018000", "bisac"),
        ("bisac", ["ANT018000"], "bisac.0"),
        ("bisac", [{"code": "ANT018000"}, {}], "bisac.1.code"),
        ("bisac", [{"code": "ant018000"}], "bisac.0.code"),
        ("bisac", [{"code": "ANT01800"}], "bisac.0.code"),
        ("bisac", [{"code": 18000}], "bisac.0.code"),
        ("collection", "The classics", "collection"),
        ("author", [1], "author.0"),
        ("author", ["Grace Hopper", ""], "author.1"),
        ("country", {"0": "Finland"}, "country"),
        ("category", 5, "category"),
        ("publisher", [["publica.la"]], "publisher.0"),
        ("keyword", [None], "keyword.0"),
        ("prices", [{"currency_id": "USD", "amount": 2}], "prices"),
        ("prices", 2.0, "prices"),
        ("prices", {"USD": "2.00"}, "prices.USD"),
        ("prices", {"USD": None}, "prices.USD"),
        ("prices", {"USD": True}, "prices.USD"),
        ("prices", {"USD": -0.01}, "prices.USD"),
        ("prices", {"USD": 1e30}, "prices.USD"),
        ("prices", {"GBP": 2}, "prices.GBP"),
        ("prices", {"usd": 2}, "prices.usd"),
        ("lang", "english", "lang"),
        ("lang", "xx", "lang"),
        ("lang", "EN", "lang"),
        ("lang", {"code": "en"}, "lang"),
        ("table_of_contents", "<ol></ol>", "table_of_contents"),
        ("table_of_contents", 4, "table_of_contents"),
        ("published_at", "2022-09-01", "published_at"),
    ],
)
def test_a_digital_field_of_the_wrong_type_is_refused_by_name(store: Store, key: str, value: Any, where: str) -> None:
    assert list(store.create(**{key: value}).errors) == [where]
    assert store.sandbox.rows() == ()


@pytest.mark.parametrize(
    ("key", "value"),
    [("pages", "256"), ("height", 34.5), ("width", True), ("weight", -1), ("stock", [1]), ("table_of_contents", []), ("binding_type", 1)],
)
def test_a_physical_field_of_the_wrong_type_is_refused_by_name(store: Store, key: str, value: object) -> None:
    assert list(store.create(PHYSICAL, **{key: value}).errors) == [key]


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("free", 0, False),
        ("free", 1, True),
        ("free", False, False),
        ("free", True, True),
        ("free", None, False),
        ("bisac", [{"code": "ANT018000"}, {"code": "ANT018000"}], ["ANT018000"]),
        ("bisac", None, []),
        ("author", ["Grace Hopper", " Alan Turing "], ["Grace Hopper", "Alan Turing"]),
        ("country", ["Finland"], ["Finland"]),
        ("lang", "pt", "pt"),
        ("type", "pdf", None),
        ("table_of_contents", [{"title": "One"}], [{"title": "One"}]),
        ("table_of_contents", '{"a": 1}', '{"a": 1}'),
        ("description", "  a\r\n\r\nb \n", "a\r\n\r\nb"),
        ("description", "", None),
        ("published_at", "2022-09-01 12:00:00", "2022-09-01 12:00:00"),
    ],
)
def test_a_digital_field_is_kept_as_the_document_types_it(store: Store, key: str, value: Any, kept: object) -> None:
    store.created(**{key: value})
    assert store.stored().get(key) == kept
    assert store.sandbox.requests[-1].ignored_keys == ()


def test_physical_fields_are_kept(store: Store) -> None:
    sample = {
        **PHYSICAL,
        "lang": "es",
        "binding_type": "Japonesa",
        "editing_location": "Japan",
        "table_of_contents": "<tabla de contenido>",
        "pages": 256,
        "height": 34,
        "width": 40,
        "weight": 290,
        "stock": 1,
    }
    answer = store.create(sample).json["data"]["issue"]
    assert (answer["file"], answer["conversion_status"]) == (None, "done")
    assert store.stored("999333222").items() >= {key: value for key, value in sample.items() if key != "type"}.items()
    assert store.sandbox.requests[-1].ignored_keys == ()
    assert store.row("999333222")["file_type"] == "physical"


@pytest.mark.parametrize(
    ("body", "ignored"),
    [
        (DIGITAL | {"preorder_from": "2021-09-12 12:00:00", "sale_from": "2021-09-15 12:00:00"}, ("preorder_from", "sale_from")),
        (DIGITAL | {"pages": 3, "stock": "many", "cover_url": "x"}, ("cover_url", "pages", "stock")),
        (PHYSICAL | {"extension": "pdf", "file_url": "https://cdn.example.com/x.pdf"}, ("extension", "file_url")),
    ],
)
def test_keys_that_no_table_lists_are_ignored_and_can_be_seen_to_be(store: Store, body: dict[str, Any], ignored: tuple[str, ...]) -> None:
    assert store.create(body).status == 201
    assert store.sandbox.requests[-1].ignored_keys == ignored
    assert store.stored(body["external_id"])["preorder_from"] is None


def test_an_external_id_is_taken_once_and_free_again_after_its_deletion(store: Store) -> None:
    number = store.created()
    refused = store.create(name="Another")
    assert refused.json == {
        "message": "The given data was invalid.",
        "errors": {"external_id": ["The external id has already been taken."]},
    }
    assert refused.status == 422
    assert store.delete(number).status == 200
    assert store.created() > number, "an id is never used twice"


def test_every_problem_is_told_at_once(store: Store) -> None:
    assert sorted(store.create(name="", prices={"GBP": 1}, lang="xx").errors) == ["lang", "name", "prices.GBP"]


@pytest.mark.parametrize("body", [b"{broken", b"[]", b'"text"', b""])
def test_a_body_that_is_no_json_object_lacks_every_required_field(store: Store, body: bytes) -> None:
    assert set(store.call("POST", ISSUES, body).errors) == set(DIGITAL)
    assert store.sandbox.rows() == ()


def test_a_body_that_does_not_say_that_it_is_json_is_not_read(store: Store) -> None:
    headers = HEADERS | {"Content-Type": "application/x-www-form-urlencoded"}
    assert set(store.call("POST", ISSUES, DIGITAL, headers=headers).errors) == set(DIGITAL)


def test_the_answer_has_the_shape_of_the_documents_sample(store: Store) -> None:
    answer = store.create(
        {
            "description": "O livro.<br>\r\n\r\nFim.",
            "external_id": "696900",
            "lang": "pt",
            "name": "test audio api",
            "type": "mp3",
            "publication_date": "2019-09-13",
            "extension": "mp3",
            "file_url": "https://filesamples.com/samples/audio/mp3/Symphony%20No.6%20(1st%20movement).mp3",
        },
    )
    assert answer.status == 201
    assert set(answer.json) == {"CODE", "data"}
    assert answer.json["data"]["message"] == "The title will be processed and available in your library in a moment.."
    issue = answer.json["data"]["issue"]
    moment = {"timestamp": 1568343600, "date": "2019-09-13 00:00:00", "timezone": "America/Argentina/Buenos_Aires"}
    assert (issue["published_at"], issue["publication_date"], issue["published_at_utc"]) == (moment, moment, "2019-09-13 03:00:00")
    assert (issue["id"], issue["name"], issue["lang"], issue["external_id"]) == (1000003, "test audio api", "pt", "696900")
    assert (issue["free"], issue["prices"], issue["price_morph"], issue["is_owned_by_current_tenant"]) == (False, [], [], True)
    assert issue["description"] == "O livro.<br>\r\n\r\nFim."
    assert issue["description_raw_text"] == "O livro.Fim."
    assert issue["description_with_html"] == "O livro.<br><br />\r\n<br />\r\nFim."
    assert issue["issue_description"] == {"issue_id": 1000003, "description": issue["description"]}
    assert issue["conversion_status"] == "started_dispatching_conversion"
    assert issue["file"].items() >= {"tenant_id": 1, "issue_id": 1000003, "track_title": "test audio api", "order": 0}.items()
    assert not issue.keys() & {"author", "publisher", "bisac", "collection", "category", "keyword", "country", "table_of_contents"}


def test_the_documents_own_pdf_and_epub_samples_pass_only_when_lenient() -> None:
    pdf = {key: value for key, value in DIGITAL.items() if key != "external_id"} | {"free": 0, "bisac": ["FIC029000"]}
    epub = {key: value for key, value in DIGITAL.items() if key != "publication_date"}
    epub |= {"extension": "epub", "type": "epub", "published_at": "2022-09-01 12:00:00"}
    with serving() as strict:
        assert set(strict.call("POST", ISSUES, pdf).errors) == {"external_id", "bisac.0"}
        assert set(strict.call("POST", ISSUES, epub).errors) == {"publication_date"}
    with serving(required_fields="lenient") as lenient:
        assert lenient.call("POST", ISSUES, pdf).status == 201
        assert lenient.call("POST", ISSUES, epub).json["data"]["issue"]["publication_date"]["date"] == "2022-09-01 00:00:00"
        assert set(lenient.call("POST", ISSUES, {}).errors) == {"name", "extension", "file_url"}


def test_collections_that_do_not_exist_are_refused_where_they_are_known() -> None:
    with serving(collections=("The classics",)) as store:
        assert store.create(collection=["The classics", "New"]).errors == {"collection.1": ["The selected collection.1 is invalid."]}
        assert store.create(collection=["The classics"]).status == 201


def test_repeated_and_chunked_bodies_arrive_whole(store: Store) -> None:
    pieces = [json.dumps(DIGITAL | {"description": "x" * 200_000}).encode()[start : start + 7000] for start in range(0, 210_000, 7000)]
    connection: http.client.HTTPConnection = store.connection
    connection.request("POST", ISSUES, iter(pieces), HEADERS, encode_chunked=True)
    response = connection.getresponse()
    response.read()
    assert response.status == 201
    assert len(store.stored()["description"]) == 200_000
