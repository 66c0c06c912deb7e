"""Attributes become publica.la's JSON and come back from it, exactly."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from catalogctl.model.asset import Asset
from catalogctl.model.title import Format
from catalogctl.model.value import Attributes
from catalogctl.providers.publicala import convert
from catalogctl.providers.publicala.types import CONTENT
from unit.providers.publicala.shop import V1_ROW, edition, resource, shop

ROW = V1_ROW


def sent(attributes: Attributes, url: str | None = None) -> dict[str, Any]:
    return dict(json.loads(convert.new_body(attributes, frozenset(attributes), url)))


@pytest.mark.parametrize(
    ("amount", "digits"),
    [
        ("2", "2.00"),
        ("2.0", "2.00"),
        ("2.00", "2.00"),
        ("0", "0.00"),
        ("1E+3", "1000.00"),
        ("0.1", "0.10"),
        ("12345678.90", "12345678.90"),
        ("0.125", "0.125"),
        ("99999999999999999.99", "99999999999999999.99"),
    ],
)
def test_an_amount_is_written_digit_by_digit(amount: str, digits: str) -> None:
    body = convert.new_body({"type": "pdf", "prices": {"USD": Decimal(amount)}}, frozenset({"prices"}), None)
    assert f'"prices":{{"USD":{digits}}}'.encode() in body


def test_a_price_that_is_no_decimal_is_our_own_fault() -> None:
    with pytest.raises(TypeError, match="no amount"):
        convert.new_body({"type": "pdf", "prices": {"USD": 2}}, frozenset({"prices"}), None)


def test_equal_attributes_give_equal_bytes_in_whatever_order_they_are() -> None:
    ours = dict(resource(edition(prices={"USD": Decimal(2), "EUR": Decimal(3)})).attributes)
    other = dict(reversed(ours.items())) | {"prices": {"EUR": Decimal("3.00"), "USD": Decimal("2.00")}}
    assert convert.new_body(ours, frozenset(ours), "https://x.example") == convert.new_body(other, frozenset(ours), "https://x.example")


def test_what_is_not_declared_is_not_sent_as_empty() -> None:
    assert not {"bisac", "category", "collection", "country", "keyword"} & sent(resource().attributes).keys()


@pytest.mark.parametrize(("form", "names"), [(Format.EPUB, {"extension": "epub"}), (Format.PRINT, {"type": "physical"})])
def test_an_update_carries_the_type_of_print_alone_and_no_moment_of_publication(form: Format, names: dict[str, str]) -> None:
    ours = resource(edition(form), published_at="2022-09-01 12:00:00").attributes
    body = json.loads(convert.changed_body(ours, frozenset(ours)))
    assert {name: body[name] for name in ("extension", "type") if name in body} == names
    assert "published_at" not in body
    assert body["publication_date"] == "2022-09-01"


@pytest.mark.parametrize(
    ("form", "suffix", "names"),
    [
        (Format.PDF, "pdf", {"extension": "pdf"}),
        (Format.EPUB, "epub", {"extension": "epub", "type": "epub"}),
        (Format.AUDIOBOOK, "mp3", {"extension": "mp3", "type": "mp3"}),
        (Format.AUDIOBOOK, "mpga", {"extension": "mpga", "type": "mpga"}),
        (Format.PRINT, "pdf", {"type": "physical"}),
    ],
)
def test_the_type_goes_under_the_names_that_the_samples_use(form: Format, suffix: str, names: dict[str, str]) -> None:
    body = sent(resource(edition(form, content=Asset(f"https://cdn.example/x.{suffix}"))).attributes)
    assert {name: body[name] for name in ("extension", "type") if name in body} == names


def test_the_file_is_an_address_at_creation_and_nothing_later() -> None:
    ours = resource().attributes
    assert sent(ours, "https://cdn.example/x.epub?sig=1")["file_url"] == "https://cdn.example/x.epub?sig=1"
    assert not {"file", "file_url"} & sent(ours).keys()


def test_a_table_of_contents_is_sent_as_the_json_it_is() -> None:
    assert sent(resource(table_of_contents=[{"t": "Uno", "page": 1}]).attributes)["table_of_contents"] == [{"t": "Uno", "page": 1}]
    assert sent(resource(edition(Format.PRINT), table_of_contents="<ol></ol>").attributes)["table_of_contents"] == "<ol></ol>"


def test_what_is_to_be_emptied_is_sent_as_null_and_a_description_as_an_empty_text() -> None:
    body = sent({"type": "pdf", "pages": None, "sale_from": None, "description": None, "table_of_contents": None})
    assert body.items() >= {"pages": None, "sale_from": None, "description": "", "table_of_contents": None}.items()


def test_a_row_of_the_documents_sample_is_read() -> None:
    seen = convert.from_store(ROW)
    assert (seen.id, seen.key) == ("468166", "9781496822482")
    assert {name: str(value) for name, value in seen.attributes.items()} == {
        "external_id": "9781496822482",
        "type": "epub",
        "lang": "en",
        "name": "Conversations with Donald Hall",
        "description": "<i>Conversations</i>",
        "free": "False",
        "prices": "{'USD': Decimal('25')}",
        "publication_date": "2021-03-19",
    }


def test_a_content_without_an_external_id_is_read_and_has_no_key() -> None:
    seen = convert.from_store({**ROW, "external_id": None})
    assert (seen.id, seen.key, seen.attributes["external_id"]) == ("468166", "", None)


def test_the_answer_to_a_create_has_no_type() -> None:
    seen = convert.from_created({name: value for name, value in ROW.items() if name != "file_type"})
    assert "type" not in seen.attributes
    assert seen.attributes["name"] == ROW["name"]


@pytest.mark.parametrize("name", sorted(ROW.keys() - {"ti_deleted_at", "ti_withdrawn"}))
def test_what_the_documents_promise_may_not_be_missing(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is missing"):
        convert.from_store({key: value for key, value in ROW.items() if key != name})


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"id": "468166"}, "id: expected a whole number, got the text '468166'"),
        ({"id": True}, "id: expected a whole number, got true"),
        ({"external_id": 696900}, "external_id: expected a text, got the number 696900"),
        ({"name": 41}, "name: expected a text, got the number 41"),
        ({"name": None}, "name: expected a text, got null"),
        ({"lang": ["en"]}, "lang: expected a text, got a list"),
        ({"file_type": False}, "file_type: expected a text, got false"),
        ({"free": "0"}, "free: expected true, false, 1 or 0, got the text '0'"),
        ({"free": None}, "free: expected true, false, 1 or 0, got null"),
        ({"free": 2}, "free: expected true, false, 1 or 0, got the number 2"),
        ({"prices": "free"}, "prices: expected an object, got the text 'free'"),
        ({"prices": [7]}, "prices: expected an object, got a list"),
        ({"prices": {"USD": "2.50"}}, "prices.USD: expected a number, got the text '2.50'"),
        ({"prices": {"USD": None}}, "prices.USD: expected a number, got null"),
        ({"prices": {"USD": True}}, "prices.USD: expected a number, got true"),
        ({"prices": {"USD": 1e300}}, r"prices.USD: expected an amount of money, got the number 1e\+300"),
        ({"price_morph": {}}, "price_morph: expected a list, got an object"),
        ({"publication_date": "2021-03-19"}, "publication_date: expected an object, got the text '2021-03-19'"),
        ({"publication_date": {"date": "soon"}}, "publication_date.date: expected a day as YYYY-MM-DD, got the text 'soon'"),
        ({"is_owned_by_current_tenant": 1}, "is_owned_by_current_tenant: expected true or false, got the number 1"),
        ({"ti_deleted_at": 0}, "ti_deleted_at: expected a text, got the number 0"),
        ({"description": None}, "description is null, and issue_description.description is the text"),
        ({"name": ["x" * 10_000]}, "name: expected a text, got a list$"),
        ({"free": "x" * 10_000}, f"got the text '{'x' * 40}…'$"),
    ],
    ids=str,
)
def test_a_value_of_the_wrong_type_is_refused_with_its_name_and_never_read_as_empty(told: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        convert.from_store({**ROW, **told})


@pytest.mark.parametrize(
    ("left", "right"),
    [("a\nb", "a\r\nb"), ("a", " a \n"), ("", None), ("a\n\nb\n", "a\r\n\r\nb")],
    ids=["crlf", "blanks", "null", "paragraphs"],
)
def test_texts_are_compared_as_the_store_gives_them_back(left: str, right: str | None) -> None:
    assert CONTENT.attributes["description"].same(left, right)


def test_texts_that_differ_inside_are_different() -> None:
    assert not CONTENT.attributes["description"].same("a b", "a  b")
    assert not CONTENT.attributes["name"].same("Uno", "uno")


@pytest.mark.parametrize("form", list(Format))
def test_after_a_create_a_fresh_read_equals_what_was_asked(form: Format) -> None:
    with shop() as store:
        ours = resource(edition(form, about={"description": " <p>Uno</p>\r\n"}, prices={"USD": Decimal("2.5")}), free=True)
        written = store.create(ours)
        seen = store.see(ours, written.id)
        assert seen is not None
        for told in (seen.attributes, written.observed):
            assert [name for name, value in told.items() if not CONTENT.attributes[name].same(value, ours.attributes.get(name))] == []
        assert seen.attributes.keys() >= {"external_id", "name", "lang", "description", "free", "prices", "publication_date", "type"}
