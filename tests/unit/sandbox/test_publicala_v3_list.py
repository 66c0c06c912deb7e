"""v3's list by cursor, and contents that are created many at a time."""

from __future__ import annotations

import pytest

from unit.sandbox.storefront_v3 import AUDIO, CONTENT, PAPER, TEXT, StoreV3, arguments_of, ids, opened


@pytest.fixture
def store() -> StoreV3:
    return opened()


def filled(store: StoreV3, count: int) -> list[str]:
    """Create so many contents, one a second."""
    made = []
    for number in range(count):
        made.append(store.created(external_id=f"x{number}"))
        store.clock.pass_(1)
    return made


def test_an_empty_list_has_no_neighbours(store: StoreV3) -> None:
    assert store.list().said == (200, {"data": [], "links": {"next": None, "prev": None}, "meta": {"has_more": False}})


def test_the_list_shows_ids_as_numbers_and_otherwise_what_get_shows(store: StoreV3) -> None:
    number = store.created(description="x")
    row = store.list(include="description").data[0]
    assert row["id"] == int(number)
    assert {**row, "id": number} == store.get(number, include="description").data
    assert store.list(fields="name").data == [{"id": int(number), "name": "The Machine"}]


@pytest.mark.parametrize("sort", ["created_at", "-created_at", "updated_at", "-updated_at"])
@pytest.mark.parametrize("per_page", [1, 2, 5, 7, 500])
def test_every_content_is_on_one_page_in_order_and_back_again(store: StoreV3, sort: str, per_page: int) -> None:
    made = filled(store, 5)
    store.update(made[0], {})
    order = [*made[1:], made[0]] if "updated" in sort else made
    order = order[::-1] if sort.startswith("-") else order
    pages: list[list[str]] = []
    cursor: dict[str, str] = {}
    while True:
        told = store.list(sort=sort, per_page=per_page, **cursor).json
        pages.append(ids(told["data"]))
        if not told["meta"]["has_more"]:
            break
        cursor = {"cursor": arguments_of(told["links"]["next"])["cursor"]}
    assert told["links"]["next"] is None
    assert pages == [order[start : start + per_page] for start in range(0, 5, per_page)]
    back = []
    while told["links"]["prev"] is not None:
        told = store.list(sort=sort, per_page=per_page, cursor=arguments_of(told["links"]["prev"])["cursor"]).json
        assert told["meta"]["has_more"] is True
        back.append(ids(told["data"]))
    assert back == pages[:-1][::-1]


def test_what_comes_and_goes_between_pages_moves_nothing_else(store: StoreV3) -> None:
    made = filled(store, 4)
    told = store.list(sort="created_at", per_page=2).json
    store.delete(made[0])
    store.delete(made[1])
    store.created()
    cursor = arguments_of(told["links"]["next"])["cursor"]
    assert ids(store.list(sort="created_at", per_page=2, cursor=cursor).data) == made[2:]


def test_the_default_order_is_by_falling_publication_date(store: StoreV3) -> None:
    dates = ("2021-01-01", "2023-01-01", "2022-01-01")
    made = {date: store.created(published_at=date) for date in dates}
    assert ids(store.list().data) == [made[date] for date in sorted(dates, reverse=True)]
    assert list(store.list(sort="-published_at").errors) == ["sort"]


def test_a_page_has_a_hundred_contents_by_default(store: StoreV3) -> None:
    store.seed(*({"external_id": f"x{number}"} for number in range(101)))
    told = store.list().json
    assert (len(told["data"]), told["meta"]) == (100, {"has_more": True})


@pytest.mark.parametrize("per_page", ["0", "501", "-1", "many", "99999999"])
def test_a_page_has_one_to_five_hundred_contents(store: StoreV3, per_page: str) -> None:
    assert store.list(per_page=per_page).errors == {"per_page": ["The per page must be between 1 and 500."]}


@pytest.mark.parametrize("cursor", ["2", "e30", "W10", "ééé", "WyItY3JlYXRlZF9hdCJd"])
def test_a_cursor_that_no_page_gave_is_refused(store: StoreV3, cursor: str) -> None:
    assert list(store.list(cursor=cursor).errors) == ["cursor"]


def test_a_cursor_belongs_to_its_order(store: StoreV3) -> None:
    filled(store, 2)
    cursor = arguments_of(store.list(per_page=1, sort="created_at").json["links"]["next"])["cursor"]
    assert list(store.list(per_page=1, sort="-created_at", cursor=cursor).errors) == ["cursor"]


@pytest.mark.parametrize("keeps", [False, True])
def test_links_repeat_the_other_arguments_where_the_switch_says_so(*, keeps: bool) -> None:
    store = opened(next_page_url_keeps_query=keeps)
    filled(store, 3)
    said = {"per_page": "1", "sort": "created_at", "filter[file_type]": "pdf"}
    link = store.list(**said).json["links"]["next"]
    assert link.startswith(f"http://your-store.com{CONTENT}?")
    arguments = arguments_of(link)
    del arguments["cursor"]
    assert arguments == (said if keeps else {})


def test_only_this_stores_own_contents_are_listed() -> None:
    store = opened(foreign_rows=3)
    number = store.created()
    assert ids(store.list().data) == [number]
    assert len(store.sandbox.rows()) == 4


def test_the_list_can_be_filtered(store: StoreV3) -> None:
    text = store.created(external_id="696900")
    audio = store.created(AUDIO, external_id="6969", author=["Ada"])
    paper = store.created(PAPER, external_id="1000001")

    def found(name: str, value: str) -> list[str]:
        return sorted(ids(store.list(**{f"filter[{name}]": value}).data))

    assert found("external_id", "6969") == [audio]
    assert found("external_id", "696") == found("external_id", "Deferred") == []
    assert found("id", text) == [text]
    assert found("id", "nothing") == []
    assert found("query", "MACHINE, ") == [audio, paper]
    assert [found("file_type", kind) for kind in ("pdf", "epub", "audio", "physical")] == [[text], [], [audio], [paper]]
    assert ids(store.list(**{"filter[query]": "machine", "filter[file_type]": "pdf"}).data) == [text]


@pytest.mark.parametrize(
    ("name", "value"), [("filter[file_type]", "mp3"), ("filter[colour]", "red"), ("filter[author]", "Ada"), ("filter[a][b]", "")]
)
def test_an_unknown_filter_is_refused(store: StoreV3, name: str, value: str) -> None:
    assert list(store.list(**{name: value}).errors) == [name.replace("][", ".").replace("[", ".").replace("]", "")]


def test_the_newer_documents_filter_by_author_and_audience() -> None:
    store = opened("B")
    store.created(audience="general")
    number = store.created(author=["Ada"], audience="children")
    assert ids(store.list(**{"filter[author]": "Ada"}).data) == ids(store.list(**{"filter[audience]": "children"}).data) == [number]


def test_the_list_can_be_limited_to_a_span_of_time(store: StoreV3) -> None:
    made = filled(store, 4)
    span = {"filter[created_at][from]": "2026-01-02 03:04:06", "filter[created_at][to]": "2026-01-02 03:04:07"}
    assert sorted(ids(store.list(**span).data)) == made[1:3]
    store.clock.pass_(60)
    store.update(made[0], {})
    assert ids(store.list(**{"filter[updated_at][from]": "2026-01-02 03:05:00"}).data) == [made[0]]
    assert sorted(ids(store.list(**{"filter[updated_at][to]": "2026-01-02 03:05:00"}).data)) == made[1:]


@pytest.mark.parametrize(
    ("span", "where"),
    [
        ({"filter[created_at][from]": "2026-01-02"}, "filter.created_at.from"),
        ({"filter[created_at][to]": "2026-01-03 00:00:00"}, "filter.created_at"),
        ({"filter[created_at][from]": "2025-11-01 00:00:00", "filter[created_at][to]": "2026-01-01 00:00:00"}, "filter.created_at"),
        ({"filter[created_at][from]": "2026-01-02 00:00:00", "filter[created_at][to]": "2026-01-01 00:00:00"}, "filter.created_at"),
        ({"filter[updated_at][from]": "2025-11-01 00:00:00", "filter[updated_at][to]": "2025-11-02 00:00:00"}, "filter.updated_at"),
    ],
)
def test_a_span_of_time_is_a_month_at_most_and_not_to_come(store: StoreV3, span: dict[str, str], where: str) -> None:
    assert list(store.list(**span).errors) == [where]


# ── many at a time ──


def test_contents_created_in_bulk_wait_for_a_reader_for_ever(store: StoreV3) -> None:
    told = store.bulk({**TEXT, "external_id": "a"}, {**AUDIO, "external_id": "b"}, {**PAPER, "external_id": "c"})
    assert told.status == 201
    assert [(row["id"], row["external_id"]) for row in told.data] == [("1000001", "a"), ("1000002", "b"), ("1000003", "c")]
    store.clock.pass_(100_000)
    assert [store.get(row["id"]).data["conversion_status"] for row in told.data] == ["deferred", "deferred", "done"]
    assert [row["id"] for row in store.v1("GET").data["paginator"]["data"]] == [1000003, 1000002, 1000001]


def test_a_bulk_create_is_all_or_nothing_and_says_where_it_fails(store: StoreV3) -> None:
    store.created(external_id="taken")
    told = store.bulk(
        TEXT, {**TEXT, "name": None}, {**TEXT, "external_id": "taken"}, {**TEXT, "external_id": "x"}, {**TEXT, "external_id": "x"}, 5
    )
    assert told.errors == {
        "contents.1.name": ["The contents.1.name field is required."],
        "contents.2.external_id": ["The contents.2.external id has already been taken."],
        "contents.4.external_id": ["The contents.4.external id has already been taken."],
        "contents.5.file_type": ["The contents.5.file type field is required."],
        "contents.5.lang": ["The contents.5.lang field is required."],
        "contents.5.name": ["The contents.5.name field is required."],
    }
    assert len(store.sandbox.rows()) == 1


def test_audio_in_bulk_is_mp3_too(store: StoreV3) -> None:
    assert list(store.bulk({**AUDIO, "file": "a.wav"}).errors) == ["contents.0.file"]


@pytest.mark.parametrize(("docs", "most"), [("A", 100), ("B", 50)])
def test_a_bulk_create_has_a_limit_by_the_version_of_the_documents(docs: str, most: int) -> None:
    store = opened(docs)
    assert store.bulk(*[TEXT] * (most + 1)).errors == {"contents": [f"The contents may not have more than {most} items."]}
    assert len(store.bulk(*[TEXT] * most).data) == most


@pytest.mark.parametrize("body", [None, [], {}, {"contents": []}, {"contents": None}, {"contents": {"0": TEXT}}, {"contents": "x"}])
def test_a_bulk_create_needs_a_list(store: StoreV3, body: object) -> None:
    assert list(store.call("POST", f"{CONTENT}/bulk", body).errors) == ["contents"]


def test_sharing_is_taken_from_single_creates_only(store: StoreV3) -> None:
    number = store.created(share_with_tenants_ids=[3, 4])
    assert store.stored(number)["share_with_tenants_ids"] == [3, 4]
    many = store.call("POST", f"{CONTENT}/bulk", {"contents": [{**TEXT, "share_with_tenants_ids": [3], "a": 1}], "b": 2}).data
    assert store.stored(many[0]["id"])["share_with_tenants_ids"] == []
    assert store.sandbox.requests[-1].ignored_keys == ("a", "b", "share_with_tenants_ids")


def test_a_file_that_replaces_a_deferred_one_is_converted() -> None:
    store = opened("B")
    number = store.bulk(TEXT).data[0]["id"]
    store.update(number, {"file_url": "https://cdn.example.com/new.pdf"})
    store.clock.pass_(1)
    assert store.get(number).data["conversion_status"] == "done"
