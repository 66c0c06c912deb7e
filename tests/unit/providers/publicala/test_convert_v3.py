"""Contents cross the line between v3 and us without losing or gaining anything."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalogctl.model.asset import Asset
from catalogctl.model.value import Attributes
from catalogctl.providers.publicala import convert_v3
from catalogctl.providers.publicala.types import CONTENT, V3_ALONE
from unit.providers.publicala.shop import V3_ROW, edition, resource

ROW = V3_ROW
WINDOWS = '[{"amount":"4.99","currency":"USD","ends_at":"2026-12-24 00:00:00","starts_at":null}]'


def told(**more: Any) -> Attributes:
    return convert_v3.from_store({**ROW, **more}).attributes


def sent(attributes: Attributes, *names: str, **urls: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(convert_v3.body(attributes, frozenset(names), urls))
    return body


def test_trap_6_answers_are_nested_where_requests_are_flat() -> None:
    assert told() == {
        "external_id": "habits",
        "name": "The Power of Habits",
        "type": "epub",
        "lang": "en",
        "audience": None,
        "publication_date": date(2022, 9, 1),
        "free": True,
        "free_until": date(2026, 12, 31),
        "require_login": False,
        "preview": False,
        "preview_require_login": True,
        "description": "Long.",
        "prices": {},
    }


def test_trap_7_a_cover_is_never_told_since_answers_give_another_address_for_it() -> None:
    assert "cover" not in told()


@pytest.mark.parametrize("moment", ["2022-09-01T00:00:00.000000Z", "2022-09-01T00:00:00Z", "2022-09-01"])
def test_trap_8_a_day_is_the_day_that_is_written(moment: str) -> None:
    assert told(published_at=moment)["publication_date"] == date(2022, 9, 1)


def test_trap_1_an_id_is_text_whether_it_comes_as_text_or_as_a_number() -> None:
    assert convert_v3.from_store({**ROW, "id": 468200}).id == convert_v3.from_store(ROW).id == "468200"


def test_trap_4_what_was_asked_for_may_not_be_missing_and_a_taxonomy_that_is_not_told_is_not_empty() -> None:
    for name in ("description", "prices", "metadata"):
        with pytest.raises(ValueError, match=f"{name} is missing"):
            convert_v3.from_store({key: value for key, value in ROW.items() if key != name})
    included = told(description=None, prices=[], metadata={"author": [], "keywords": []})
    assert (included["description"], included["prices"], included["author"], included["keyword"]) == (None, {}, (), ())
    assert "publisher" not in included


@pytest.mark.parametrize(
    "metadata",
    [
        {"author": ["Zoe", "Ana"], "bisac": [{"code": "SEL009000"}, {"code": "ANT018000"}], "keywords": ["b", "a"]},
        {"authors": [{"name": "Zoe"}, {"name": "Ana"}], "bisac": ["SEL009000", "ANT018000"], "keyword": ["b", "a"]},
    ],
)
def test_trap_10_taxonomies_are_read_under_either_name_and_in_either_shape(metadata: dict[str, Any]) -> None:
    read = told(metadata=metadata)
    assert (read["author"], read["bisac"], read["keyword"]) == (("Zoe", "Ana"), ("ANT018000", "SEL009000"), ("a", "b"))


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"id": "x1"}, "id: expected an id of digits, got the text 'x1'"),
        ({"id": True}, "id: expected an id of digits, got true"),
        ({"published_at": "soon"}, "published_at: expected a day as YYYY-MM-DD"),
        ({"published_at": None}, "published_at: expected a day as YYYY-MM-DD, got null"),
        ({"free": True}, "free: expected an object, got true"),
        ({"free": {**ROW["free"], "until": 7}}, "free.until: expected a day"),
        ({"prices": {}}, "prices: expected a list, got an object"),
        ({"prices": [{"amount": 1}]}, r"prices\[0\].currency_id is missing"),
        ({"prices": [{"currency_id": "USD", "amount": "2.50"}]}, r"prices\[0\].amount: expected a number, got the text '2.50'"),
        ({"metadata": None}, "metadata: expected an object, got null"),
        ({"metadata": []}, "metadata: expected an object, got a list"),
        ({"metadata": {"author": "Zoe"}}, "metadata.author: expected a list, got the text 'Zoe'"),
        ({"metadata": {"author": [1]}}, r"metadata.author\[0\]: expected a text, got the number 1"),
        ({"metadata": {"author": [{"id": 1}]}}, r"metadata.author\[0\]: expected a text"),
        ({"identifiers": "x"}, "identifiers: expected a list, got the text 'x'"),
        ({"identifiers": None}, "identifiers: expected a list, got null"),
    ],
    ids=str,
)
def test_a_value_of_the_wrong_type_is_refused_with_its_name(wrong: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        convert_v3.from_store({**ROW, **wrong})


def test_the_answer_to_a_create_need_tell_no_more_than_the_id() -> None:
    seen = convert_v3.from_created({"id": "468200", "external_id": "habits", "lang": "en"})
    assert (seen.id, dict(seen.attributes)) == ("468200", {"external_id": "habits", "lang": "en"})
    with pytest.raises(ValueError, match="name: expected a text, got the number 7"):
        convert_v3.from_created({"id": "468200", "external_id": "habits", "name": 7})


# ── prices ──


def price(amount: Any, currency: str = "USD", **term: Any) -> dict[str, Any]:
    return {"currency_id": currency, "amount": amount, **term}


def test_prices_are_a_list_and_are_read_to_the_digit() -> None:
    assert told(prices=[price(19.99), price(2.50, "EUR"), price(25, "MXN")])["prices"] == {
        "USD": Decimal("19.99"),
        "EUR": Decimal("2.50"),
        "MXN": Decimal(25),
    }


def known(rows: list[dict[str, Any]], **expected: Any) -> Any:
    row = {**ROW, "prices": rows}
    wanted = {"api": "v3", "external_id": "habits", **expected}
    return convert_v3.for_wanted(row, convert_v3.from_store(row), wanted, "habits").attributes["prices"]


@pytest.mark.parametrize(
    "shown",
    [
        [price(9.99)],
        [price(9.99), price(4.99, ends_at="2026-12-24T00:00:00Z")],
        [price(4.99, ends_at="2026-12-24T00:00:00Z")],
        [price(9.99), price(4.99)],
        [price(4.99), price(9.99)],
        [price(4.99)],
    ],
)
def test_trap_5_a_price_that_comes_and_goes_is_no_drift_of_the_one_that_stays(shown: list[dict[str, Any]]) -> None:
    assert known(shown, prices={"USD": Decimal("9.99")}, price_windows=WINDOWS) == {"USD": Decimal("9.99")}


def test_a_price_that_comes_and_goes_alone_is_no_price_that_stays() -> None:
    assert known([price(4.99)], prices={}, price_windows=WINDOWS) == {}
    assert known([price(4.99), price(3, "EUR")], prices={"EUR": Decimal(3)}, price_windows=WINDOWS) == {"EUR": Decimal(3)}


def test_another_price_is_drift_whatever_comes_and_goes_beside_it() -> None:
    assert known([price(8), price(4.99)], prices={"USD": Decimal("9.99")}, price_windows=WINDOWS)["USD"] != Decimal("9.99")
    assert known([], prices={"USD": Decimal("9.99")}, price_windows=WINDOWS) == {}


def test_prices_and_those_that_hold_for_a_time_always_go_together() -> None:
    ours: Attributes = {"prices": {"USD": Decimal("9.90")}, "price_windows": WINDOWS}
    for name in ours:
        assert sent(ours, name) == {"prices": [price(9.9), price(4.99, ends_at="2026-12-24 00:00:00")]}
    assert sent({"prices": {}, "price_windows": None}, "prices") == {"prices": []}
    assert b'"amount":9.90' in convert_v3.body(ours, frozenset({"prices"}), {})


# ── what is sent ──


def test_trap_9_an_update_carries_what_changes_and_nothing_else() -> None:
    ours = resource(edition(about={"bisac": ("SEL009000",)}), content_api="v3", free_until="2026-12-31").attributes
    assert sent(ours, "name") == {"name": "The Power of Habits"}
    assert sent(ours, "publication_date", "bisac", "free_until") == {
        "published_at": "2022-09-01",
        "bisac": [{"code": "SEL009000"}],
        "free_until": "2026-12-31",
    }
    assert sent({**ours, "keyword": (), "audience": None}, "keyword", "audience") == {"keywords": [], "audience": None}


def test_what_v3_has_no_field_for_is_never_sent() -> None:
    assert sent({"api": "v3", "country": (), "sale_from": None, "type": "pdf"}, "api", "country", "sale_from", "type") == {}


def test_a_file_is_sent_in_one_of_two_ways_and_none_is_not_sent() -> None:
    by_url = {"file": Asset("https://cdn.example/a.epub"), "sftp_file": None}
    assert sent(by_url, "file", "sftp_file", file="https://cdn.example/a.epub") == {"file_url": "https://cdn.example/a.epub"}
    assert sent({"file": None, "sftp_file": "up/a.epub"}, "file", "sftp_file") == {"file": "up/a.epub"}


def test_a_new_content_is_what_the_documents_sample_is() -> None:
    one = {
        "type": "mp3",
        "external_id": "AUDIO-1",
        "name": "A",
        "lang": "en",
        "prices": {"USD": Decimal("19.99")},
        "author": ("B",),
        "file": None,
    }
    body = json.loads(convert_v3.new_body(one, {}))
    assert body.pop("identifiers") == [{"type": "external_id", "value": "AUDIO-1", "is_primary": True}]
    assert body == {
        "name": "A",
        "file_type": "audio",
        "lang": "en",
        "external_id": "AUDIO-1",
        "prices": [{"currency_id": "USD", "amount": 19.99}],
        "author": ["B"],
    }


@pytest.mark.parametrize(
    ("key", "kind", "type_"),
    [
        ("9780306406157", "epub", "isbn_digital"),
        ("9780306406157", "physical", "isbn_printed"),
        ("9780306406158", "epub", "external_id"),
        ("1234567890123", "epub", "external_id"),
        ("habits", "epub", "external_id"),
    ],
)
def test_trap_13_an_identifier_is_an_isbn_only_where_it_is_one(key: str, kind: str, type_: str) -> None:
    assert sent({"external_id": key, "type": kind}, "external_id")["identifiers"][0]["type"] == type_


# ── which content it is ──


def test_trap_12_an_isbn_is_the_same_with_and_without_hyphens_and_nothing_else_is() -> None:
    assert convert_v3.same_key("978-0-306-40615-7", "9780306406157")
    assert convert_v3.same_key("9780306406157", "978-0-306-40615-7")
    assert not convert_v3.same_key("key-1", "key1")
    assert not convert_v3.same_key("978-0-306-40615-8", "9780306406158")


def test_where_only_identifiers_are_shown_the_primary_one_is_the_key() -> None:
    entries = [
        {"type": "uuid", "value": "x", "is_primary": False},
        {"type": "isbn_digital", "value": "978-0-306-40615-7", "is_primary": True},
    ]
    seen = convert_v3.from_store({**ROW, "external_id": None, "identifiers": entries})
    assert seen.key == "9780306406157"


def test_trap_11_a_store_of_the_newer_documents_replaces_a_file_in_place() -> None:
    assert convert_v3.from_store({**ROW, "identifiers": []}).in_place == {"file", "sftp_file"}
    assert convert_v3.from_store(ROW).in_place == frozenset()


def test_a_content_of_v1_is_told_as_v1_tells_it() -> None:
    row = {**ROW, "identifiers": [], "description": "Long.", "prices": [], "metadata": {"author": ["Somebody"]}, "subtitle": "x"}
    seen = convert_v3.for_wanted(row, convert_v3.from_store(row), {"external_id": "habits"}, "habits")
    none = convert_v3.without(V3_ALONE)
    told = {"external_id", "type", "name", "lang", "publication_date", "free", "description", "prices"}
    assert seen.attributes.keys() == told | none.keys()
    assert none.items() <= seen.attributes.items()
    assert seen.in_place == frozenset()


def test_what_needs_no_telling_is_put_in() -> None:
    wanted = {"api": "v3", "file": None, "sftp_file": "up/a.epub"}
    seen = convert_v3.for_wanted(ROW, convert_v3.from_store(ROW), wanted, "habits")
    assert seen.attributes["api"] == "v3"
    assert seen.attributes["file"] is None
    assert "sftp_file" not in seen.attributes
    assert seen.attributes["country"] == ()
    assert seen.attributes.keys() <= CONTENT.attributes.keys()
