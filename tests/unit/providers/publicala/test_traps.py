"""Every trap of publica.la's v1 API, by its number in our survey of the documents, and that we do not fall into it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import Severity
from catalogctl.model.measure import Measure
from catalogctl.model.resource import NO_UNSET, Identity, ReplaceOrder, Trait
from catalogctl.model.title import Format
from catalogctl.model.value import canonical
from catalogctl.planning.diff import diff
from catalogctl.provider.failure import Refused, Unavailable
from catalogctl.provider.protocol import Verb
from catalogctl.providers.publicala import convert, provider
from catalogctl.providers.publicala.endpoints import CREATE, UPDATE
from catalogctl.providers.publicala.refusals import CURRENCIES
from catalogctl.providers.publicala.types import CONTENT, TAXONOMIES
from catalogctl.sandbox import Fault, FaultKind
from unit.providers.publicala.shop import PRICES, TOKEN, V1_ROW, compiled, edition, resource, shop, step, unlike, want

CLASSIC_ROW: dict[str, Any] = V1_ROW


def sent(attributes: Any, url: str | None = None) -> dict[str, Any]:
    return dict(json.loads(convert.new_body(attributes, frozenset(attributes), url)))


def test_trap_01_the_date_is_always_sent_as_a_day_and_read_under_either_name() -> None:
    body = sent(resource(published_at="2022-09-01 12:00:00").attributes)
    assert (body["publication_date"], body["published_at"]) == ("2022-09-01", "2022-09-01 12:00:00")
    moment = {"timestamp": 1616122800, "date": "2021-03-19 00:00:00", "timezone": "America/Argentina/Buenos_Aires"}
    dateless = {name: value for name, value in CLASSIC_ROW.items() if name != "publication_date"}
    for name in ("publication_date", "published_at"):
        assert convert.from_store({**dateless, name: moment}).attributes["publication_date"] == date(2021, 3, 19)


@pytest.mark.parametrize("timezone", ["Asia/Tokyo", "America/Argentina/Buenos_Aires", "Pacific/Kiritimati", "UTC"])
def test_trap_02_the_date_is_the_stores_local_day_never_utc(timezone: str) -> None:
    with shop(timezone=timezone) as store:
        ours = resource()
        store.create(ours)
        seen = store.see(ours)
        assert seen is not None
        assert seen.attributes["publication_date"] == date(2022, 9, 1)
        shown = store.store.row("habits")["published_at_utc"][:10]
        assert shown == ("2022-08-31" if timezone in {"Asia/Tokyo", "Pacific/Kiritimati"} else "2022-09-01")


@pytest.mark.parametrize(("told", "free"), [(False, False), (0, False), (True, True), (1, True)])
def test_trap_03_free_is_read_in_the_forms_that_the_documents_show(told: object, free: bool) -> None:
    assert convert.from_store({**CLASSIC_ROW, "free": told, "ti_free": 1 - free}).attributes["free"] is free


@pytest.mark.parametrize("free", [True, False])
def test_trap_03_free_is_sent_as_a_boolean_and_comes_back_as_the_same(free: bool) -> None:
    with shop() as store:
        ours = resource(free=free)
        store.create(ours)
        (request,) = store.log
        assert isinstance(request.body, dict)
        assert request.body["free"] is free
        assert unlike(store.see(ours), ours.attributes) == set()


def test_trap_04_flags_that_nobody_declares_are_no_difference() -> None:
    with shop() as store:
        ours = resource()
        store.create(ours)
        flags: dict[str, Any] = {"require_login": None, "require_login_for_preview": None, "preview": None, "notifies_users": None}
        store.store.sandbox.edit("habits", **flags)
        before = store.see(ours)
        store.store.sandbox.edit("habits", require_login=0, require_login_for_preview=0, preview=True, notifies_users=0)
        after = store.see(ours)
        assert before is not None
        assert after is not None
        assert before.fingerprint == after.fingerprint
    assert CONTENT.attributes["free"].same(None, False)


def test_trap_05_bisac_codes_are_sent_as_objects_and_strings_are_not_what_a_strict_store_takes() -> None:
    ours = resource(edition(about={"bisac": ("SEL009000", "ANT018000")}))
    assert sent(ours.attributes)["bisac"] == [{"code": "ANT018000"}, {"code": "SEL009000"}]
    with shop() as store:
        store.create(ours)
        assert store.stored("habits")["bisac"] == ["ANT018000", "SEL009000"]


def test_trap_06_prices_are_an_object_of_numbers_by_currency() -> None:
    body = convert.new_body(resource(edition(prices=PRICES)).attributes, frozenset({"prices"}), None)
    assert b'"prices":{"CLP":4990.00,"EUR":2.35,"MXN":0.10,"USD":2.00}' in body


@pytest.mark.parametrize("shape", ["list", "object"])
def test_trap_07_no_prices_are_the_same_whether_php_writes_a_list_or_an_object(shape: str) -> None:
    with shop(empty_prices=shape) as store:
        ours = resource()
        store.create(ours)
        assert store.store.row("habits")["prices"] == ([] if shape == "list" else {})
        seen = store.see(ours)
        assert seen is not None
        assert seen.attributes["prices"] == {}
        assert unlike(seen, {**ours.attributes, "prices": {}}) == set()


def test_trap_08_an_amount_comes_back_as_the_same_however_its_digits_are_written() -> None:
    amounts = ("0.01", "0.29", "1.15", "2.00", "9.99", "19.99", "25.00", "1234567.89")
    with shop() as store:
        for amount in amounts:
            ours = resource(edition(external_id=f"at-{amount}", prices={"USD": Decimal(amount)}))
            store.create(ours)
            assert unlike(store.see(ours), ours.attributes) == set(), amount
        assert isinstance(store.store.row("at-25.00")["prices"]["USD"], int)


@pytest.mark.parametrize(
    ("oddity", "amount"),
    [
        ({}, "25.00"),
        ({"deleted_at": "2021-03-06 06:00:52"}, "25.005"),
        ({"country_code": "AR"}, "25.005"),
        ({"type": "rental"}, "25.005"),
        ({"amount_in_cents": 9900}, "25.005"),
        ({"currency_id": "EUR"}, "25.005"),
    ],
)
def test_trap_08_the_exact_cents_count_only_where_they_are_the_price_itself(oddity: dict[str, Any], amount: str) -> None:
    morph = {"type": "single", "country_code": None, "currency_id": "USD", "amount_in_cents": 2500, "deleted_at": None, **oddity}
    row = {**CLASSIC_ROW, "prices": {"USD": 25.005}, "price_morph": [morph]}
    assert convert.from_store(row).attributes["prices"] == {"USD": Decimal(amount)}


@pytest.mark.parametrize("switch", ["kept", "dropped"])
def test_trap_09_a_price_of_zero_is_warned_of_and_is_no_difference_whatever_becomes_of_it(switch: str) -> None:
    with shop(zero_price=switch) as store:
        one = edition(prices={"USD": Decimal("2.00"), "COP": Decimal("0.00")})
        ours = resource(one)
        store.create(ours)
        assert set(store.store.row("habits")["prices"]) == ({"USD", "COP"} if switch == "kept" else {"USD"})
        seen = store.see(ours)
        assert seen is not None
        assert diff(seen.attributes, {"prices": ours.attributes["prices"]}, CONTENT) == ()
    assert [(item.code, item.severity) for item in compiled(one).diagnostics] == [("zero-price", Severity.WARNING)]


def test_trap_10_only_the_fifteen_currencies_are_let_through() -> None:
    assert len(CURRENCIES) == 15
    with shop() as store:
        store.create(resource(edition(prices=dict.fromkeys(CURRENCIES, Decimal("1.00")))))
        assert sorted(store.stored("habits")["amounts_in_cents"]) == sorted(CURRENCIES)
    found = compiled(edition(prices={"GBP": Decimal(1), "USD": Decimal(1)}))
    assert [(fact.field, fact.what) for fact in found.unsupported] == [("prices.GBP", "prices in GBP")]
    assert found.resources[0].attributes["prices"] == {"USD": Decimal(1)}


def test_trap_11_the_language_is_sent_as_text_and_compared_without_case() -> None:
    assert sent(resource().attributes)["lang"] == "en"
    assert CONTENT.attributes["lang"].same("EN", "en")
    assert not CONTENT.attributes["lang"].same("es", "en")


@pytest.mark.parametrize("shown", ["as_sent", "audio", "mpga"])
@pytest.mark.parametrize("suffix", ["mp3", "mpga"])
def test_trap_12_audio_is_one_type_by_any_of_its_names(shown: str, suffix: str) -> None:
    with shop(audio_file_type=shown) as store:
        ours = resource(edition(Format.AUDIOBOOK, content=Asset(f"https://cdn.example/habits.{suffix}")))
        id_ = store.create(ours).id
        assert unlike(store.see(ours), ours.attributes) == set()
        store.update(id_, {**ours.attributes, "name": "Other"}, "name")
        assert store.stored("habits")["extension"] == suffix


def test_trap_12_another_file_type_is_a_replace() -> None:
    before, after = resource().attributes, resource(edition(Format.PDF)).attributes
    changes = diff({"type": before["type"]}, {"type": after["type"]}, CONTENT)
    assert [item.replaces for item in changes] == [True]


@pytest.mark.parametrize("form", list(Format))
def test_trap_13_every_required_field_is_sent_though_the_samples_lack_some(form: Format) -> None:
    with shop(required_fields="strict") as store:
        ours = resource(edition(form))
        id_ = store.create(ours).id
        store.update(id_, ours.attributes)
        assert [request.status for request in store.log] == [201, 204]


@pytest.mark.parametrize("omitted", ["keeps", "clears"])
def test_trap_14_an_update_carries_everything_so_that_nothing_depends_on_what_leaving_out_means(omitted: str) -> None:
    with shop(omitted_taxonomy=omitted, omitted_optional=omitted) as store:
        about = {"publisher": "One", "bisac": ("SEL009000",), "keywords": ("a", "b"), "description": "Long.", "territories": ("AR", "UY")}
        ours = resource(edition(about=about, prices=PRICES), categories=["Novela"], collections=["One"], table_of_contents=[{"t": 1}])
        id_ = store.create(ours).id
        before = store.stored("habits")
        store.update(id_, {**ours.attributes, "name": "Another"}, "name")
        changed = {name for name, value in store.stored("habits").items() if value != before[name]}
        assert changed <= {"name", "updated_at"}
        body = store.log[-1].body
        assert isinstance(body, dict)
        assert {*TAXONOMIES} <= body.keys()


@pytest.mark.parametrize("omitted", ["keeps", "clears"])
def test_trap_14_a_list_that_has_become_empty_is_sent_empty(omitted: str) -> None:
    with shop(omitted_taxonomy=omitted) as store:
        id_ = store.create(resource(edition(about={"keywords": ("a", "b")}))).id
        store.update(id_, resource(edition(about={"emptied": frozenset({"keywords"})})).attributes, "keyword")
        assert store.stored("habits")["keyword"] == []


def test_trap_15_taxonomies_are_never_told_so_they_are_compared_with_what_was_recorded() -> None:
    assert all(CONTENT.attributes[name].write_only for name in TAXONOMIES)
    with shop() as store:
        ours = resource(edition(about={"keywords": ("a",)}))
        store.create(ours)
        seen = store.see(ours)
        assert seen is not None
        assert not {*TAXONOMIES} & seen.attributes.keys()


def test_trap_16_an_answer_without_a_body_is_not_decoded() -> None:
    with shop() as store:
        ours = resource()
        id_ = store.create(ours).id
        assert store.update(id_, ours.attributes).id == id_
        store.delete(id_, "habits")
        assert [request.status for request in store.log] == [201, 204, 200, 200]
        id_ = store.create(ours).id
        store.store.server.inject(Fault(kind=FaultKind.FAIL_AFTER, method="DELETE", status=204, body=""))
        store.delete(id_, "habits")
        assert store.store.sandbox.rows() == ()


def test_trap_17_another_file_is_a_replace_and_is_never_slipped_into_an_update() -> None:
    file = CONTENT.attributes["file"]
    assert file.traits == {Trait.REPLACES, Trait.WRITE_ONLY}
    assert not file.same(Asset("assets/a.epub", sha256="a" * 64), Asset("assets/a.epub", sha256="b" * 64))
    with shop() as store:
        id_ = store.create(resource()).id
        other = {**resource().attributes, "file": Asset("https://cdn.example/other.epub")}
        store.update(id_, other, "file")
        body = store.log[-1].body
        assert isinstance(body, dict)
        assert "file_url" not in body
        assert store.stored("habits")["file_url"] == "https://cdn.example/habits.epub"
    assert CONTENT.loss


def test_trap_18_a_replace_deletes_first_since_one_external_id_is_one_content() -> None:
    assert CONTENT.replace_order is ReplaceOrder.DELETE_FIRST
    assert CONTENT.identity is Identity.ENFORCED
    with shop() as store:
        ours = resource()
        id_ = store.create(ours).id
        with pytest.raises(Refused, match="refused") as refusal:
            store.create(ours)
        assert "has already been taken" in refusal.value.diagnostic.detail
        store.delete(id_, "habits")
        assert store.create(ours).id != id_


def test_trap_19_an_external_id_of_digits_never_stands_for_an_internal_id() -> None:
    with shop() as store:
        first = store.create(resource(edition(external_id="first"))).id
        namesake = resource(edition(external_id=first))
        second = store.create(namesake).id
        assert store.find(first) is not None
        assert getattr(store.find(first), "id", None) == second
        store.store.sandbox.remove("first")
        assert store.store.get(first).status == 200, "by path the store now takes it for the namesake"
        assert store.read(lambda reader: reader.read(CONTENT, first)) is None
        store.delete(first, "first")
        assert [row["external_id"] for row in store.store.sandbox.rows()] == [first], "the namesake is still there"


def test_trap_19_a_delete_is_of_the_content_that_was_just_seen_to_be_the_one() -> None:
    assert [call.method for call in provider.calls(step(Verb.DELETE))] == ["GET", "DELETE"]
    with shop() as store:
        id_ = store.create(resource()).id
        store.store.sandbox.edit("habits", external_id="renamed")
        with pytest.raises(Refused) as refusal:
            store.delete(id_, "habits")
        assert refusal.value.diagnostic.code == "not-the-same"
        assert len(store.store.sandbox.rows()) == 1


def test_trap_20_a_search_counts_only_for_the_exact_external_id() -> None:
    with shop() as store:
        store.store.sandbox.seed([{"external_id": "book-10"}, {"external_id": "x", "name": "book-1"}, {"external_id": "BOOK-1"}])
        assert store.find("book-1") is None
        store.store.sandbox.seed([{"external_id": "book-1"}])
        found = store.find("book-1")
        assert found is not None
        assert found.key == "book-1"


def test_trap_20_a_search_is_read_to_its_last_page_and_every_page_carries_the_query() -> None:
    with shop(list_order="asc") as store:
        store.fill(40, name="about book-41")
        store.store.sandbox.seed([{"external_id": "book-41"}])
        found = store.find("book-41")
        assert found is not None
        assert sorted(store.calls) == [f"GET ?page={page}&query=book-41" for page in (1, 2, 3)]  # pages are read side by side


@pytest.mark.parametrize("key", ["converting", "deferred", "Deferred"])
def test_trap_20_an_external_id_that_is_a_word_for_a_state_is_found_all_the_same(key: str) -> None:
    with shop() as store:
        store.store.sandbox.seed([{"external_id": "other", "conversion_status": "deferred"}, {"external_id": "third", "name": key}])
        assert store.find(key) is None
        store.store.sandbox.seed([{"external_id": key}])
        found = store.find(key)
        assert found is not None
        assert found.key == key


@pytest.mark.parametrize("key", ["libro ñ+50%", "a&b=c", "a/b?c#d", "100%25", "Señor “X”"])
def test_trap_20_a_query_is_encoded(key: str) -> None:
    with shop() as store:
        store.store.sandbox.seed([{"external_id": key}])
        found = store.find(key)
        assert found is not None
        assert found.key == key


def test_trap_20_two_contents_with_one_external_id_are_an_error_and_no_choice() -> None:
    with shop() as store:
        store.store.sandbox.seed([{"external_id": "double"}, {"external_id": "double"}])
        with pytest.raises(Unavailable) as failure:
            store.find("double")
        assert "2 contents with the external id 'double'" in failure.value.diagnostic.detail
        with pytest.raises(Unavailable):
            store.look(want("double"))
        # Where state knows one of the two by its id as well.
        known = replace(want("double"), id=str(store.store.sandbox.rows()[0]["id"]))
        with pytest.raises(Unavailable) as failure:
            store.look(known)
        assert "2 contents with the external id 'double'" in failure.value.diagnostic.detail


@pytest.mark.parametrize("shape", ["paginator", "issue", "data"])
def test_trap_21_a_single_content_is_read_in_each_of_three_shapes(shape: str) -> None:
    with shop(single_get=shape) as store:
        ours = resource(edition(about={"description": "Long."}, prices=PRICES))
        id_ = store.create(ours).id
        seen = store.read(lambda reader: reader.read(CONTENT, id_))
        assert seen is not None
        assert (seen.id, seen.key) == (id_, "habits")
        assert unlike(seen, ours.attributes) == set()
        store.delete(id_, "habits")
        assert store.read(lambda reader: reader.read(CONTENT, id_)) is None


@pytest.mark.parametrize("keeps", [True, False])
def test_trap_22_pages_are_counted_by_us_and_next_page_url_is_not_followed(keeps: bool) -> None:
    with shop(next_page_url_keeps_query=keeps) as store:
        store.fill(40)
        listing = store.look(*(want(f"book-{number}") for number in range(1, 41)))
        assert None not in listing.objects
        assert sorted(store.calls) == ["GET ?page=1", "GET ?page=2", "GET ?page=3"]


def test_trap_22_a_list_that_shifts_while_it_is_read_is_read_again() -> None:
    with shop() as store:
        store.fill(40)
        added: list[str] = []

        def disturb(_done: int, _total: int) -> None:
            if not added:
                added.append("late")
                store.store.sandbox.seed([{"external_id": "late"}])

        listing = store.look(*(want(f"book-{number}") for number in range(1, 41)), progress=disturb)
        assert None not in listing.objects
        assert len(store.calls) == 6


def test_trap_23_links_may_hold_anything() -> None:
    with shop() as store:
        store.fill(300)
        listing = store.look(*(want(f"book-{number}") for number in range(1, 301)))
        labels = [link["label"] for link in store.store.list().page["links"]]
        assert {type(label) for label in labels} == {int, str}
        assert None not in listing.objects


def test_trap_24_contents_of_other_tenants_are_invisible() -> None:
    with shop(foreign_rows=20) as store:
        foreign = [row for row in store.store.sandbox.rows() if not row["owned"]]
        key, id_ = str(foreign[0]["external_id"]), str(foreign[0]["id"])
        assert store.find(key) is None
        assert store.read(lambda reader: reader.read(CONTENT, id_)) is None
        assert store.look(want(key), want("other", id_), want("third")).objects == (None, None, None)
        store.delete(id_, key)
        assert len(store.store.sandbox.rows()) == 20
        created = store.create(resource(edition(external_id=key)))
        found = store.find(key)
        assert found is not None
        assert found.id == created.id


def test_trap_24_a_deleted_content_is_not_there_and_a_withdrawn_one_is_warned_of() -> None:
    with shop() as store:
        store.fill(2)
        store.store.sandbox.edit("book-1", ti_deleted_at="2024-01-01 00:00:00")
        store.store.sandbox.edit("book-2", ti_withdrawn=1)
        listing = store.look(want("book-1"), want("book-2"))
        assert [seen and seen.key for seen in listing.objects] == [None, "book-2"]
        assert [item.code for item in listing.diagnostics] == ["withdrawn"]
        assert store.find("book-1") is None


@pytest.mark.parametrize(
    ("limit", "free", "key", "warned"),
    [
        ("reached_issues_limit", False, "new", True),
        ("reached_issues_limit", False, "book-1", False),
        ("reached_free_issues_limit", True, "new", True),
        ("reached_free_issues_limit", False, "new", False),
    ],
)
def test_trap_25_a_store_without_room_is_warned_of_before_anything_is_created(limit: str, free: bool, key: str, warned: bool) -> None:
    with shop() as store:
        store.fill(1)
        body = json.loads(store.store.list().body)
        body["data"][limit] = True
        store.store.server.inject(Fault(kind=FaultKind.FAIL_AFTER, status=200, body=json.dumps(body)))
        listing = store.look(want(key, expected={"free": free}))
        assert [item.code for item in listing.diagnostics] == (["store-full"] if warned else [])


def test_trap_26_a_conversion_that_is_not_known_to_have_ended_well_is_told_and_no_drift() -> None:
    unfinished, unknown = ("conversion-unfinished", Severity.NOTE), ("conversion-failed", Severity.WARNING)
    told = {
        "started_dispatching_conversion": [unfinished],
        "converting": [unfinished],
        "deferred": [unfinished],
        "rejected": [unknown],
        "something_new": [unknown],
        "done": [],
        None: [],
    }
    with shop() as store:
        ours = resource()
        store.create(ours)
        seen = []
        for status, expected in told.items():
            store.store.sandbox.edit("habits", conversion_status=status)
            if status is None:
                store.store.clock.pass_(60)
            listing = store.look(want("habits"))
            assert [(item.code, item.severity) for item in listing.diagnostics] == expected
            assert all(str(status) in item.detail for item in listing.diagnostics)
            seen.append(listing.objects[0])
        assert len({one.fingerprint for one in seen if one is not None}) == 1
        assert None not in seen


@pytest.mark.parametrize("status", ["failed", "conversion_failed", "ERROR"])
def test_trap_26_a_conversion_that_failed_is_warned_of(status: str) -> None:
    with shop(conversion_failure=status, conversion_steps=("converting",), conversion_step_seconds=0.0) as store:
        store.create(resource())
        listing = store.look(want("habits"))
        assert [(item.code, item.severity) for item in listing.diagnostics] == [("conversion-failed", Severity.WARNING)]
        assert status in listing.diagnostics[0].detail


def test_trap_27_a_file_is_known_by_its_content_and_not_by_how_its_url_is_signed_today() -> None:
    one, two = (Asset(f"https://cdn.example/habits.epub?X-Amz-Date={day}&X-Amz-Signature=abc{day}") for day in (1, 2))
    assert CONTENT.attributes["file"].same(one, two)
    ours = resource(edition(content=one))
    assert b"Signature" not in canonical(ours.attributes)
    with shop() as store:
        store.create(ours)
        assert store.stored("habits")["file_url"] == one.location, "the store gets the address that works"


def test_trap_28_sale_and_preorder_dates_are_sent_by_an_update_after_the_create() -> None:
    dates: dict[str, Any] = {"preorder_from": "2022-09-01 00:00:00", "sale_from": "2022-10-01 12:30:00"}
    ours = resource(**dates)
    assert all(Trait.AFTER_CREATE in CONTENT.attributes[name].traits for name in dates)
    with shop() as store:
        id_ = store.create(ours).id
        store.update(id_, ours.attributes, *dates)
        assert [request.ignored_keys for request in store.log] == [(), ()]
        assert {name: store.stored("habits")[name] for name in dates} == dates


def test_trap_29_a_collection_that_does_not_exist_is_the_stores_to_refuse_and_is_named() -> None:
    with shop(collections=("The classics",)) as store:
        with pytest.raises(Refused) as refusal:
            store.create(resource(collections=["The Classics"]))
        assert "collection.0" in refusal.value.diagnostic.detail
        store.create(resource(collections=["The classics"]))
        assert store.stored("habits")["collection"] == ["The classics"]


def test_trap_30_countries_are_sent_by_name() -> None:
    assert sent(resource(edition(about={"territories": ("FI", "AR")})).attributes)["country"] == ["Argentina", "Finland"]
    assert sent(resource(edition(about={"territories": ("ALL",)})).attributes)["country"] == []
    assert sent(resource(edition(about={"territories": ("FI",)}), countries=["Chile"]).attributes)["country"] == ["Chile"]


def test_trap_31_sizes_have_no_unit_and_are_sent_as_they_are_declared() -> None:
    ours = resource(edition(Format.PRINT, pages=256, height=Measure(Decimal(34)), width=Measure(Decimal(40)), weight=Measure(Decimal(290))))
    assert sent(ours.attributes).items() >= {"pages": 256, "height": 34, "width": 40, "weight": 290}.items()


def test_trap_32_binding_and_place_are_sent_though_no_table_names_them() -> None:
    with shop() as store:
        store.create(resource(edition(Format.PRINT, binding="Japonesa", editing_location="Japan")))
        assert store.log[0].ignored_keys == ()
        assert (store.stored("habits")["binding_type"], store.stored("habits")["editing_location"]) == ("Japonesa", "Japan")


def test_trap_32_stock_is_sent_at_creation_and_on_a_decision_and_never_set_back_in_passing() -> None:
    with shop() as store:
        ours = resource(edition(Format.PRINT), stock=10)
        id_ = store.create(ours).id
        assert store.stored("habits")["stock"] == 10
        store.store.sandbox.edit("habits", stock=7)
        store.update(id_, {**ours.attributes, "name": "Another"}, "name")
        assert store.stored("habits")["stock"] == 7, "sales have counted it down"
        store.update(id_, {**ours.attributes, "stock": 12}, "stock")
        assert store.stored("habits")["stock"] == 12


HTML = "<p>One &amp; two</p>\n\n<p>Three…</p>\r\nFour\n"


@pytest.mark.parametrize("echo", ["exact", "crlf"])
def test_trap_33_a_description_is_compared_as_it_was_meant(echo: str) -> None:
    with shop(html_echo=echo) as store:
        ours = resource(edition(about={"description": HTML}))
        written = store.create(ours)
        assert unlike(store.see(ours), ours.attributes) == set()
        description = CONTENT.attributes["description"]
        assert description.same(written.observed["description"], HTML)
        assert not description.same("<p>One</p>", "<p>Two</p>")


LONG = "<i>Conversations</i> offers a unique glimpse into the creative process of a major poet, and then it goes on."


def test_trap_33_a_description_that_the_list_has_cut_is_read_alone() -> None:
    with shop(list_descriptions="truncated") as store:
        ours = resource(edition(about={"description": LONG}))
        id_ = store.create(ours).id
        short = resource(edition(about={"description": "Short."}, external_id="short"))
        store.create(short)
        store.store.sandbox.clear_log()
        listing = store.look(want("habits", id_, ours.attributes), want("short", None, short.attributes))
        assert unlike(listing.objects[0], ours.attributes) == unlike(listing.objects[1], short.attributes) == set()
        assert store.calls == ["GET ?page=1", f"GET /{id_}"]
        store.store.sandbox.edit("habits", description=f"{LONG[:70]} but ends otherwise")
        assert unlike(store.see(ours), ours.attributes) == {"description"}


@pytest.mark.parametrize("end", ["...", "…"])
def test_trap_33_where_even_the_single_read_is_cut_memory_decides(end: str) -> None:
    with shop() as store:
        ours = resource(edition(about={"description": LONG}))
        store.create(ours)
        cut = f"{LONG[:59]}{end}"
        store.store.sandbox.edit("habits", description=cut)
        seen = store.see(ours)
        assert seen is not None
        assert "description" not in seen.attributes
        store.store.sandbox.edit("habits", description=f"Quite another text{end}")
        assert unlike(store.see(ours), ours.attributes) == {"description"}


def test_trap_33_a_text_that_ends_in_dots_by_itself_costs_no_further_read() -> None:
    with shop() as store:
        ours = resource(edition(about={"description": "The description of the publication..."}))
        store.create(ours)
        store.store.sandbox.clear_log()
        assert unlike(store.see(ours), ours.attributes) == set()
        assert store.calls == ["GET ?page=1"]


@pytest.mark.parametrize(
    ("trap", "changes"),
    [
        ("34", {"file": {"order": 0}}),
        ("35", {"version": 7}),
        ("36", {"slug": "conversations-1700000000", "url": "https://elsewhere.example"}),
    ],
)
def test_traps_34_35_36_the_order_of_files_the_version_and_the_slug_are_the_stores_own(trap: str, changes: dict[str, Any]) -> None:
    row = {**CLASSIC_ROW, "file": {"order": 1}, "version": 1}
    assert convert.from_store(row) == convert.from_store({**row, **changes}), trap
    assert not {"file_order", "version", "slug"} & CONTENT.attributes.keys()


def test_trap_37_code_is_no_status() -> None:
    with shop() as store:
        store.store.server.inject(Fault(kind=FaultKind.FAIL, status=422, body='{"CODE":"success","data":{"message":"No."}}'))
        with pytest.raises(Refused) as refusal:
            store.find("habits")
        assert refusal.value.status == 422
        assert refusal.value.diagnostic.detail.endswith("was answered with 422. No.")


def test_trap_38_the_token_is_in_the_header_and_never_in_a_url() -> None:
    with shop() as store:
        ours = resource()
        id_ = store.create(ours).id
        store.look(want("habits"))
        store.update(id_, ours.attributes)
        store.delete(id_, "habits")
        assert all(request.status < 300 for request in store.log), "the sandbox checks the header"
        assert not any(TOKEN in f"{request.path}?{request.query}{request.body}" for request in store.log)


def test_trap_39_a_used_up_allowance_is_waited_for_when_the_store_says_until_when() -> None:
    with shop(rate_limit=2) as store:
        store.clock.now = store.store.clock.now.timestamp()
        store.fill(45)

        def minute_passes(_done: int, _total: int) -> None:
            if store.waits:
                store.store.clock.pass_(60)

        listing = store.look(*(want(f"book-{number}") for number in range(1, 46)), progress=minute_passes)
        assert None not in listing.objects
        assert store.waits[0] == (60.0, "the store's allowance is used up")


def test_trap_39_without_the_headers_a_429_is_backed_off_from() -> None:
    with shop() as store:
        store.store.server.inject(Fault(kind=FaultKind.RATE_LIMIT, count=2))
        assert store.find("habits") is None
        assert store.clock.throws == [(0, 0.5), (0, 1.0)]


def test_every_trap_has_its_test() -> None:
    numbers = {int(number) for name in globals() if name.startswith("test_trap") for number in re.findall(r"_(\d\d)(?=_)", name)}
    assert numbers == set(range(1, 40))


def test_what_is_no_longer_declared_is_emptied_by_what_the_document_covers() -> None:
    emptied = {name: attribute.unset for name, attribute in CONTENT.attributes.items() if attribute.unset is not NO_UNSET}
    with shop(omitted_optional="keeps") as store:
        full = resource(edition(about={"description": "Long.", "keywords": ("a",)}, prices=PRICES), free=True, table_of_contents=[1])
        id_ = store.create(full).id
        attributes = {name: emptied.get(name, value) for name, value in full.attributes.items()}
        store.update(id_, attributes, *attributes)
        empty: dict[str, Any] = {"description": None, "free": False, "keyword": [], "table_of_contents": None, "amounts_in_cents": {}}
        assert {name: store.stored("habits")[name] for name in empty} == empty
        assert unlike(store.see(full), attributes) == set()


def test_the_requests_named_in_a_plan_are_those_that_are_sent() -> None:
    with shop() as store:
        ours = resource(sale_from="2022-10-01 12:30:00")
        id_ = store.create(ours).id
        store.update(id_, ours.attributes, "sale_from")
        store.delete(id_, "habits")
        named = [call for verb in (Verb.CREATE, Verb.UPDATE, Verb.DELETE) for call in provider.calls(step(verb))]
        assert [(request.method, request.path) for request in store.log] == [(call.method, call.fill(id=id_)) for call in named]
    assert not CREATE.repeatable
    assert UPDATE.repeatable


def test_a_moment_of_the_stores_zone_is_kept_to_the_second() -> None:
    assert resource(sale_from="2022-10-01 12:30:05").attributes["sale_from"] == datetime(2022, 10, 1, 12, 30, 5)
