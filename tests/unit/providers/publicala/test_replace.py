"""What a replace of a content would lose: carried, refused by name, or warned of where no one can read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from catalogctl.model.diagnostics import Diagnostic
from catalogctl.model.resource import Observed, Recorded, Resource
from catalogctl.model.title import Format
from catalogctl.planning.action import Action
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import Change
from catalogctl.planning.planner import plan_changes
from catalogctl.planning.scope import Scope
from catalogctl.provider.protocol import Lookup
from catalogctl.providers.publicala.options import Api, Settings
from catalogctl.providers.publicala.types import CONTENT
from unit.providers.publicala.shop import Shop, edition, resource, shop

WINDOW = {
    "currency_id": "USD",
    "amount_in_cents": 200,
    "starts_at": datetime(2020, 1, 1, tzinfo=UTC).timestamp(),
    "ends_at": datetime(2090, 1, 1, tzinfo=UTC).timestamp(),
}
KEY = {"type": "external_id", "value": "habits", "is_primary": True}
DDC = {"type": "ddc", "value": "158.1", "is_primary": False}
PRINTED = {"type": "isbn_printed", "value": "9781496822482", "is_primary": False}
UNREAD = "cover, price_windows, table_of_contents, preorder_from, sale_from, share_with_tenants_ids."


def replaced(store: Shop, wanted: Resource, *, remembered: bool = False, **had: Any) -> tuple[Change, list[Diagnostic]]:
    """Put a content into the store, and plan to replace it; `remembered` takes state's word for what is there."""
    store.store.sandbox.seed(
        [{"external_id": "habits", "name": "The Power of Habits", "publication_date": "2022-09-01", "lang": "en", **had}]
    )
    id_ = str(store.stored("habits")["id"])
    recorded = Recorded(wanted.address, CONTENT, "https://store", id_, "habits", wanted.attributes, {})
    if remembered:
        shown: Observed | None = Observed(id_, "habits", wanted.attributes)
    else:
        shown = store.survey(Lookup(wanted.address, CONTENT, "habits", id_, wanted.attributes)).objects[0]
    assert shown is not None
    (seen,) = store.reading(lambda reader: reader.complete(CONTENT, [shown]))
    found = plan_changes(Catalog({wanted.address: wanted}), {wanted.address: recorded}, {wanted.address: seen}, Scope(replaces=("*",)))
    (change,) = found.changes
    assert (change.action, change.needs_more) == (Action.REPLACE, True)
    return change, list(found.diagnostics)


def by_v3(**options: Any) -> Resource:
    return resource(edition(), content_api="v3", price_windows=[], **options)


@pytest.mark.parametrize("read_api", list(Api))
@pytest.mark.parametrize("remembered", [False, True])
@pytest.mark.parametrize(
    ("had", "named"),
    [
        ({"audience": "adults"}, "`audience` 'adults'"),
        ({"require_login": True}, "`require_login`"),
        ({"preview": True}, "`preview`"),
        ({"preview_require_login": True}, "`preview_require_login`"),
        ({"free": True, "free_until": "2090-01-01"}, "`free_until` '2090-01-01'"),
        ({"subtitle": "Small steps"}, "`subtitle` 'Small steps'"),
        ({"publication_place": "Lima"}, "`editing_location` 'Lima'"),
        ({"edition_year": 2019}, "`edition_year` '2019'"),
        ({"identifiers": [KEY, DDC]}, "the identifier ddc '158.1'"),
        ({"scheduled_prices": [WINDOW]}, "`price_windows` USD 2.00 from 2020-01-01 to 2090-01-01"),
    ],
    ids=str,
)
def test_what_v1_has_no_field_for_refuses_a_replace_by_name(had: dict[str, Any], named: str, remembered: bool, read_api: Api) -> None:
    with shop(v3_docs="B") as store:
        _, told = replaced(replace(store, settings=Settings(read_api=read_api)), resource(), remembered=remembered, **had)
    (refusal,) = (one for one in told if one.code == "replace-would-lose")
    assert refusal.detail == (
        f"It has {named}. The v1 API has no field for these: a new content would be created without them. "
        "With `content_api: v3` it keeps them."
    )


def test_the_advice_to_use_v3_keeps_what_v1_would_lose() -> None:
    had: dict[str, Any] = {"audience": "adults", "require_login": True, "preview": True, "scheduled_prices": [WINDOW]}
    with shop(v3_docs="A") as store:
        change, told = replaced(store, by_v3(), **had)
    assert [one.code for one in told if one.severity == "error"] == []
    assert {name: change.carried.get(name) for name in ("audience", "require_login", "preview")} == {
        "audience": "adults",
        "require_login": True,
        "preview": True,
    }


def test_by_v3_a_new_content_gets_the_year_and_all_identifiers_of_the_old_one() -> None:
    with shop(v3_docs="B") as store:
        change, told = replaced(store, by_v3(), edition_year=2019, identifiers=[DDC, KEY, PRINTED])
        assert [one.code for one in told if one.severity == "error"] == []
        row = store.stored("habits")
        store.writing(lambda writer: writer.delete(CONTENT, str(row["id"]), "habits"))
        store.writing(lambda writer: writer.create(CONTENT, {**change.carried, **by_v3().attributes}))
        made = store.stored("habits")
    assert made["edition_year"] == 2019
    assert made["identifiers"] == [KEY, DDC, PRINTED]


@pytest.mark.parametrize("isbn_echo", ["plain", "hyphenated"])
def test_another_external_id_by_v3_keeps_the_identifiers_beside_it(isbn_echo: str) -> None:
    was = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
    identifiers = [{"type": "uuid", "value": was, "is_primary": True}, PRINTED]
    with shop(v3_docs="B", isbn_echo=isbn_echo) as store:
        store.store.sandbox.seed(
            [
                {
                    "external_id": was,
                    "name": "Habits",
                    "publication_date": "2022-09-01",
                    "lang": "en",
                    "identifiers": identifiers,
                }
            ]
        )
        id_ = str(store.stored(was)["id"])
        before = resource(edition(external_id=was), content_api="v3", price_windows=[])
        shown = store.survey(Lookup(before.address, CONTENT, before.key, id_, before.attributes)).objects[0]
        assert shown is not None
        wanted = by_v3()
        recorded = Recorded(wanted.address, CONTENT, "https://store", id_, before.key, before.attributes, {})
        found = plan_changes(Catalog({wanted.address: wanted}), {wanted.address: recorded}, {wanted.address: shown}, Scope())
        (change,) = found.changes
        assert (change.action, "external_id" in change.changed) == (Action.UPDATE, True)
        whole = {**change.carried, **wanted.attributes}
        store.writing(lambda writer: writer.update(CONTENT, id_, whole, change.changed))
        assert store.stored("habits")["identifiers"] == [KEY, PRINTED]


def test_a_store_that_follows_the_older_documents_is_sent_no_identifiers_but_the_external_id() -> None:
    with shop(v3_docs="A") as store:
        change, told = replaced(store, by_v3())
    assert [one.code for one in told if one.severity == "error"] == []
    assert (change.carried["identifiers"], "edition_year" in change.carried) == (None, False)


def test_the_advice_to_use_v3_is_not_given_where_that_loses_the_countries() -> None:
    with shop(v3_docs="A") as store:
        _, told = replaced(store, resource(), audience="adults", country=["Chile"])
    (refusal,) = (one for one in told if one.code == "replace-would-lose")
    assert "content_api" not in refusal.detail


def test_a_content_with_nothing_else_is_replaced_with_a_warning_of_what_cannot_be_read() -> None:
    with shop(v3_docs="A") as store:
        _, told = replaced(store, resource())
    (warning,) = told
    assert (warning.code, warning.severity) == ("replace-may-lose", "warning")
    assert warning.detail.endswith(f"so the new object would be created without them: {UNREAD}")


@pytest.mark.parametrize("remembered", [False, True])
def test_a_replace_by_v3_warns_of_an_undeclared_cover(remembered: bool) -> None:
    with shop(v3_docs="A") as store:
        change, told = replaced(store, by_v3(), remembered=remembered, cover_url="https://cdn.example/cover.jpg", audience="adults")
    (warning,) = (one for one in told if one.code == "replace-may-lose")
    assert warning.detail.endswith(": cover, table_of_contents, preorder_from, sale_from, share_with_tenants_ids.")
    assert change.carried["audience"] == "adults"


def test_what_is_declared_is_not_warned_of() -> None:
    with shop(v3_docs="A") as store:
        _, told = replaced(store, resource(sale_from="2090-01-01 00:00:00", table_of_contents=[{"title": "One"}]))
    (warning,) = (one for one in told if one.code == "replace-may-lose")
    assert warning.detail.endswith(": cover, price_windows, preorder_from, share_with_tenants_ids.")


def test_of_a_printed_book_the_measures_are_warned_of_as_well_and_its_place_is_carried() -> None:
    printed = resource(edition(Format.PRINT, pages=120))
    with shop(v3_docs="B") as store:
        change, told = replaced(store, printed, extension="physical", publication_place="Lima")
    (warning,) = (one for one in told if one.code == "replace-may-lose")
    assert "share_with_tenants_ids, height, width, weight, binding, stock" in warning.detail
    assert change.carried["editing_location"] == "Lima"


def test_a_store_without_v3_warns_of_what_v1_cannot_return() -> None:
    lists: dict[str, Any] = {"categories": ["A"], "collections": ["B"], "countries": ["Chile"]}
    about = {"bisac": ("FIC000000",), "keywords": ("habit",), "description": "Long."}
    with shop() as store:
        _, told = replaced(store, resource(edition(about=about, prices={"USD": Decimal(2)}), free=False, **lists))
    (warning,) = (one for one in told if one.code == "replace-may-lose")
    assert "subtitle, audience, free_until, require_login, preview, preview_require_login" in warning.detail
