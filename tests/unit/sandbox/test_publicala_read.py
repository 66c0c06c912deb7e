"""GET: the paginator, the search, the rows, and one content."""

from __future__ import annotations

from typing import Any

import pytest

from unit.sandbox.storefront import DIGITAL, ISSUES, PHYSICAL, Store, serving

ROW_KEYS = set(
    """id external_id version marketplace license discount file_type lang user_id medusa_automation_id name slug conversion_status
    conversion_settings conversion_details published_at bucket_domain cover_image_path number_of_pages notifies_users notification_text
    notified_users_at medusa_automation_status created_at ti_id ti_tenant_id ti_issue_id ti_license ti_withdrawn ti_free ti_free_to
    ti_require_login ti_preview ti_require_login_for_preview ti_private_material ti_published_at ti_created_at ti_updated_at ti_deleted_at
    cover url share_url public_file_url current_session_limit can_be_removed_from_inventory notes_count description description_with_html
    is_owned_by_current_tenant free free_to prices preview private_material publication_date require_login require_login_for_preview
    conversion_status_progress published_at_utc price_morph sessions issue_description""".split(),
)
PAGE_KEYS = set(
    """current_page data first_page_url from last_page last_page_url links next_page_url path per_page prev_page_url to total""".split(),
)


def fill(store: Store, count: int) -> None:
    store.sandbox.seed({"external_id": f"book-{number}", "name": f"Book {number}"} for number in range(1, count + 1))


def test_a_list_is_pages_of_fifteen_in_a_laravel_paginator(store: Store) -> None:
    fill(store, 82)
    first, last = store.list().json, store.list("?page=6").page
    assert set(first) == {"CODE", "data"}
    assert set(first["data"]) == {"paginator", "reached_issues_limit", "reached_free_issues_limit"}
    page = first["data"]["paginator"]
    path = f"{store.server.url('publicala')}{ISSUES}"
    assert set(page) == PAGE_KEYS
    assert (
        page.items()
        >= {
            "current_page": 1,
            "first_page_url": f"{path}?page=1",
            "from": 1,
            "last_page": 6,
            "last_page_url": f"{path}?page=6",
            "next_page_url": f"{path}?page=2",
            "path": path,
            "per_page": 15,
            "prev_page_url": None,
            "to": 15,
            "total": 82,
        }.items()
    )
    assert [link["label"] for link in page["links"]] == ["« Previous", 1, 2, 3, 4, 5, 6, "Next »"]
    assert page["links"][1] == {"url": f"{path}?page=1", "label": 1, "active": True}
    assert (last["from"], last["to"], last["next_page_url"], last["prev_page_url"]) == (76, 82, None, f"{path}?page=5")
    assert len(last["data"]) == 7


def test_the_pages_together_hold_every_content_once_and_newest_first(store: Store) -> None:
    fill(store, 40)
    pages = [store.list(f"?page={number}").external_ids for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [15, 15, 10]
    assert [key for page in pages for key in page] == [f"book-{number}" for number in range(40, 0, -1)]


def test_the_list_may_run_oldest_first() -> None:
    with serving(list_order="asc") as store:
        fill(store, 20)
        assert store.list().external_ids + store.list("?page=2").external_ids == [f"book-{number}" for number in range(1, 21)]


@pytest.mark.parametrize("page", [3, 100, 99999999])
def test_a_page_beyond_the_last_is_empty(store: Store, page: int) -> None:
    fill(store, 20)
    answer = store.list(f"?page={page}").page
    assert (answer["data"], answer["from"], answer["to"], answer["next_page_url"]) == ([], None, None, None)
    assert (answer["current_page"], answer["last_page"], answer["total"]) == (page, 2, 20)


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "1.5", "9" * 5000])
def test_a_page_that_is_no_number_is_the_first(store: Store, page: str) -> None:
    fill(store, 20)
    assert store.list(f"?page={page}").page["current_page"] == 1


def test_an_empty_store_is_one_empty_page(store: Store) -> None:
    page = store.list().page
    assert (page["data"], page["total"], page["last_page"], page["next_page_url"]) == ([], 0, 1, None)


def test_links_of_a_long_list_skip_the_middle(store: Store) -> None:
    fill(store, 15 * 40)
    labels = {number: [link["label"] for link in store.list(f"?page={number}").page["links"]][1:-1] for number in (1, 20, 35, 40)}
    assert labels[1] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, "...", 39, 40]
    assert labels[20] == [1, 2, "...", 17, 18, 19, 20, 21, 22, 23, "...", 39, 40]
    assert labels[35] == labels[40] == [1, 2, "...", 31, 32, 33, 34, 35, 36, 37, 38, 39, 40]


def test_the_list_answers_with_and_without_a_final_slash(store: Store) -> None:
    fill(store, 1)
    assert store.call("GET", ISSUES).external_ids == store.call("GET", f"{ISSUES}/").external_ids == ["book-1"]


def test_a_row_has_every_key_of_the_documents_sample_and_no_taxonomy(store: Store) -> None:
    store.created(author=["Grace Hopper"], bisac=[{"code": "ANT018000"}], prices={"USD": 25.00, "EUR": 2.35}, free=1)
    row = store.row()
    assert set(row) == ROW_KEYS
    assert row["prices"] == {"USD": 25, "EUR": 2.35}
    assert isinstance(row["prices"]["USD"], int)
    morph = {price["currency_id"]: price for price in row["price_morph"]}
    assert {currency: price["amount_in_cents"] for currency, price in morph.items()} == {"USD": 2500, "EUR": 235}
    assert morph["USD"].items() >= {"type": "single", "country_code": None, "deleted_at": None, "priceable_id": row["id"]}.items()
    assert (row["free"], row["ti_free"], row["file_type"]) == (True, 1, "pdf")
    assert row["license"] == {"ppu": False, "retail": True}
    assert row["created_at"] == "2026-01-02 03:04:05"


@pytest.mark.parametrize(
    ("timezone", "timestamp", "utc"),
    [
        ("America/Argentina/Buenos_Aires", 1590980400, "2020-06-01 03:00:00"),
        ("Asia/Tokyo", 1590937200, "2020-05-31 15:00:00"),
        ("UTC", 1590969600, "2020-06-01 00:00:00"),
    ],
)
def test_a_date_is_midnight_in_the_stores_timezone(timezone: str, timestamp: int, utc: str) -> None:
    with serving(timezone=timezone) as store:
        store.created()
        row = store.row()
        moment = {"timestamp": timestamp, "date": "2020-06-01 00:00:00", "timezone": timezone}
        assert row["publication_date"] == row["published_at"] == moment
        assert row["published_at_utc"] == row["ti_published_at"] == utc


def test_no_prices_are_an_empty_list_as_php_writes_them(store: Store) -> None:
    store.created()
    assert (store.row()["prices"], store.row()["price_morph"]) == ([], [])
    with serving(empty_prices="object") as other:
        other.created()
        assert other.row()["prices"] == {}


@pytest.mark.parametrize(("switch", "prices", "morphs"), [("kept", {"USD": 2, "COP": 0}, 2), ("dropped", {"USD": 2}, 1)])
def test_a_price_of_nothing_is_kept_or_dropped(switch: str, prices: dict[str, int], morphs: int) -> None:
    with serving(zero_price=switch) as store:
        store.created(prices={"USD": 2.00, "COP": 0.00})
        assert (store.row()["prices"], len(store.row()["price_morph"])) == (prices, morphs)


@pytest.mark.parametrize("amount", [0.01, 0.29, 1.15, 2.665, 9.99, 19.99, 1234567.89, 99999999])
def test_an_amount_is_kept_to_the_cent(store: Store, amount: float) -> None:
    store.created(prices={"USD": amount})
    (price,) = store.row()["price_morph"]
    assert price["amount_in_cents"] == {2.665: 267}.get(amount, round(amount * 100))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("machine", ["computing-machine", "turing"]),
        ("MACHINE", ["computing-machine", "turing"]),
        ("turing", ["turing"]),
        ("%20turing%20", ["turing"]),
        ("", ["computing-machine", "turing", "shelley"]),
        ("1000004", ["turing"]),
        ("10000", ["computing-machine", "turing", "shelley"]),
        ("c%C3%A1ndido+%26+co", ["shelley"]),
        ("nothing", []),
    ],
)
def test_a_query_is_looked_for_within_names_and_both_ids(store: Store, query: str, found: list[str]) -> None:
    store.created()
    store.created(external_id="turing", name="A Machine that thinks")
    store.created(external_id="shelley", name="Cándido & Co")
    assert sorted(store.list(f"?query={query}").external_ids) == sorted(found)


def test_a_search_follows_what_changes(store: Store) -> None:
    number = store.created()
    assert store.list("?query=engine").page["total"] == 0
    store.update(number, name="The Computing Engine")
    assert store.list("?query=engine").external_ids == ["computing-machine"]
    store.delete(number)
    assert store.list("?query=engine").page["total"] == 0


def test_a_search_is_paged_and_its_links_lose_the_query(store: Store) -> None:
    fill(store, 40)
    page = store.list("?query=book-&page=2").page
    assert (page["total"], page["current_page"], len(page["data"])) == (40, 2, 15)
    assert page["next_page_url"].endswith("/issues?page=3")
    with serving(next_page_url_keeps_query=True) as other:
        fill(other, 40)
        assert other.list("?query=book+1&page=1").page["last_page_url"].endswith("/issues?query=book+1&page=1")


def test_the_words_of_states_filter_by_state_and_find_no_names(store: Store) -> None:
    store.created(name="Deferred")
    store.created(PHYSICAL, name="Converting")
    store.sandbox.seed({"external_id": state, "conversion_status": state} for state in ("deferred", "converting"))
    assert store.list("?query=deferred").external_ids == ["deferred"]
    assert store.list("?query=converting").external_ids == ["converting", "computing-machine"]
    store.clock.pass_(60)
    assert store.list("?query=converting").external_ids == ["converting"]


def single(answer: dict[str, Any], shape: str) -> dict[str, Any]:
    data = answer["data"]
    return dict(data["paginator"]["data"][0] if shape == "paginator" else data["issue"] if shape == "issue" else data)


@pytest.mark.parametrize("shape", ["paginator", "issue", "data"])
def test_one_content_is_got_by_either_id_in_each_of_the_three_shapes(shape: str) -> None:
    with serving(single_get=shape) as store:
        number = store.created()
        by_id, by_key = store.get(number).json, store.get("computing-machine").json
        assert by_id == by_key
        assert set(single(by_id, shape)) == ROW_KEYS
        assert single(by_id, shape)["id"] == number


def test_an_internal_id_wins_over_an_external_id_of_the_same_digits(store: Store) -> None:
    first = store.created()
    second = store.created(external_id=str(first), name="Namesake")
    assert single(store.get(first).json, "paginator")["external_id"] == "computing-machine"
    assert store.delete(first).status == 200
    assert single(store.get(first).json, "paginator")["id"] == second


def test_external_ids_of_digits_and_of_odd_characters_are_found(store: Store) -> None:
    store.created(external_id="9781496822482")
    store.created(external_id="libro ñ+50%")
    store.created(external_id=f"0{1000003}")
    assert single(store.get("9781496822482").json, "paginator")["external_id"] == "9781496822482"
    assert single(store.get("libro%20%C3%B1+50%25").json, "paginator")["external_id"] == "libro ñ+50%"
    assert single(store.get("01000003").json, "paginator")["id"] == 1000005


@pytest.mark.parametrize("key", ["999", "nothing", "a%2Fb", "9" * 30, "computing%00machine"])
def test_what_is_not_there_is_404(store: Store, key: str) -> None:
    store.created()
    assert store.get(key).status == 404
    assert set(store.get(key).json) == {"message"}


def test_descriptions_come_back_as_they_were_sent(store: Store) -> None:
    store.created(description="<p>One</p>\r\n\r\n<p>Two</p>\nThree")
    row = store.row()
    assert row["description"] == row["issue_description"]["description"] == "<p>One</p>\r\n\r\n<p>Two</p>\nThree"
    assert row["description_with_html"] == "<p>One</p><br />\r\n<br />\r\n<p>Two</p><br />\nThree"


def test_line_breaks_may_come_back_as_crlf() -> None:
    with serving(html_echo="crlf") as store:
        store.created(description="One\nTwo\r\nThree")
        assert store.row()["description"] == store.row()["issue_description"]["description"] == "One\r\nTwo\r\nThree"
        assert store.stored()["description"] == "One\nTwo\r\nThree"


def test_the_list_may_cut_descriptions_as_the_sample_does_while_a_single_get_does_not() -> None:
    text = "<i>Conversations with Donald Hall</i> offers a unique glimpse into the creative process of a major American poet."
    with serving(list_descriptions="truncated") as store:
        store.created(description=text)
        store.created(external_id="short", description="x" * 59)
        row = store.row()
        expected = "<i>Conversations with Donald Hall</i> offers a unique glimp..."
        assert row["description"] == row["description_with_html"] == row["issue_description"]["description"] == expected
        assert single(store.get("computing-machine").json, "paginator")["description"] == text
        assert store.row("short")["description"] == "x" * 59


@pytest.mark.parametrize(("switch", "shown"), [("as_sent", "mpga"), ("audio", "audio"), ("mpga", "mpga")])
def test_audio_has_three_names(switch: str, shown: str) -> None:
    with serving(audio_file_type=switch) as store:
        store.created(extension="mpga")
        assert store.row()["file_type"] == shown


def test_contents_of_other_tenants_are_listed_but_not_ours_to_change() -> None:
    with serving(foreign_rows=2) as store:
        store.created(external_id="foreign")
        assert [(row["is_owned_by_current_tenant"], row["ti_tenant_id"]) for row in store.list("?query=foreign").rows] == [
            (True, 1),
            (False, 627),
            (False, 627),
        ]
        other = store.list().rows[-1]
        assert store.get(other["id"]).status == 200
        assert store.update(other["id"]).status == store.delete(other["id"]).status == store.delete(other["external_id"]).status == 404
        assert store.create(external_id=other["external_id"]).status == 201, "their external ids do not stand in the way of ours"
        assert store.delete(other["external_id"]).status == 200
        assert [row["external_id"] for row in store.list().rows] == ["foreign", "foreign-1000004", "foreign-1000003"]


@pytest.mark.parametrize("advances", ["clock", "read"])
def test_conversion_goes_through_its_steps(advances: str) -> None:
    steps = ("started_dispatching_conversion", "processing", "uploading")
    with serving(conversion_steps=steps, conversion_advances=advances, conversion_step_seconds=5) as store:
        created = store.create().json["data"]["issue"]
        seen = [created["conversion_status"]]
        for _ in range(4):
            store.clock.pass_(5)
            seen.append(store.row()["conversion_status"])
        assert seen == [*steps, "done", "done"]
        assert created["conversion_status_progress"] == "Starting conversion process 1/3"
        assert store.row()["conversion_status_progress"] is None


def test_conversion_can_fail_and_can_take_no_time() -> None:
    with serving(conversion_failure="failed", conversion_step_seconds=0) as store:
        assert store.create().json["data"]["issue"]["conversion_status"] == "failed"
        assert store.list("?query=converting").page["total"] == 0
    with serving(conversion_steps=()) as store:
        assert store.create().json["data"]["issue"]["conversion_status"] == "done"


def test_a_content_without_a_type_of_physical_is_digital(store: Store) -> None:
    assert store.create(DIGITAL, type="physical", pages=10).status == 201
    assert store.row()["file_type"] == "physical"
