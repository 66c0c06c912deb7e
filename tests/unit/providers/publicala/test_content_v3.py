"""Contents are read by v3 in large pages or one by one, and written in the requests that are announced."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.value import Attributes
from catalogctl.provider.failure import Ambiguous, CredentialsRefused, Refused, Unavailable
from catalogctl.provider.protocol import Lookup, Step, Verb
from catalogctl.providers.publicala import provider
from catalogctl.providers.publicala.options import Api, Settings
from catalogctl.providers.publicala.types import CONTENT
from catalogctl.sandbox import Fault, FaultKind
from unit.providers.publicala.shop import V3_ROW, Shop, edition, resource, shop

BY_V3: Attributes = {"api": "v3"}
INCLUDE = "include=description%2Cgeographic_restrictions%2Cmetadata%2Cprices"


@pytest.fixture(scope="module")
def one_shop() -> Iterator[Shop]:
    with shop(v3_docs="A") as opened:
        yield opened


@pytest.fixture
def store(one_shop: Shop) -> Shop:
    """A store with nothing in it."""
    one_shop.store.sandbox.reset()
    one_shop.store.server.clear_faults()
    return Shop(one_shop.store)


def want(key: str, id_: str | None = None, expected: Attributes = BY_V3) -> Lookup:
    return Lookup(Address("store", "content", key, "one"), CONTENT, key, id_, expected)


def answer(store: Shop, body: object, status: int = 200, count: int | None = 1) -> None:
    store.store.server.inject(Fault(kind=FaultKind.FAIL, method="GET", status=status, body=json.dumps(body), count=count))


def page(*rows: dict[str, Any], next_: str | None = None, more: bool = False) -> dict[str, Any]:
    return {"data": list(rows), "links": {"next": next_, "prev": None}, "meta": {"has_more": more}}


# ── reading ──


def test_traps_15_and_16_a_page_holds_five_hundred_and_says_what_it_is_to_hold(store: Shop) -> None:
    store.fill(1400)
    listing = store.survey(*(want(f"book-{number}") for number in range(1, 1401)))
    assert None not in listing.objects
    assert len(store.calls) == 3
    assert store.calls[0] == f"GET ?sort=created_at&per_page=500&{INCLUDE}"
    assert all("cursor=" in call and INCLUDE in call for call in store.calls[1:])


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (500, 1), (501, 2)])
def test_a_listing_ends_where_the_store_says_so(store: Shop, count: int, pages: int) -> None:
    store.fill(count)
    store.survey(want("a"), want("b"), want("c"), *(want(f"book-{number}") for number in range(1, count + 1)))
    assert len([call for call in store.calls if "filter" not in call]) == pages


def test_trap_2_one_content_that_has_another_key_is_looked_up_by_its_id_and_its_kind_of_id_is_said(store: Shop) -> None:
    store.fill(3)
    assert [seen and seen.key for seen in store.survey(want("book-9", "1000004")).objects] == ["book-2"]
    assert store.calls[1:] == [f"GET /1000004?id_type=internal&{INCLUDE}"]


def test_one_known_content_is_one_request_that_would_show_a_second_one_with_its_key(store: Shop) -> None:
    store.fill(3)
    assert [seen and seen.key for seen in store.survey(want("book-2", "1000004")).objects] == ["book-2"]
    assert [call.partition("filter")[2].partition("&")[0] for call in store.calls] == ["%5Bexternal_id%5D=book-2"]
    answer(store, page({**V3_ROW, "id": "5"}, {**V3_ROW, "id": "6"}))
    with pytest.raises(Unavailable) as refused:
        store.survey(want("habits", "5"))
    assert "2 contents with the external id 'habits'" in refused.value.diagnostic.detail


def test_one_content_without_an_id_is_looked_up_by_the_exact_key(store: Shop) -> None:
    store.fill(3)
    assert store.survey(want("book-2")).objects[0] is not None
    assert store.survey(want("book-")).objects == (None,)
    assert all("filter%5Bexternal_id%5D=book-" in call for call in store.calls)


def test_an_id_that_has_gone_is_looked_for_by_its_key(store: Shop) -> None:
    store.fill(3)
    assert [seen and seen.id for seen in store.survey(want("book-2", "999")).objects] == ["1000004"]
    assert len(store.calls) == 2


def test_few_that_are_missing_after_some_pages_are_looked_up_at_no_more_than_twice_the_cost(store: Shop) -> None:
    store.fill(2600)
    listing = store.survey(want("book-2590"), want("book-2600"), want("book-1"))
    assert None not in listing.objects
    pages = [call for call in store.calls if "filter" not in call]
    assert (len(pages), len(store.calls)) == (2, 4)


def test_progress_never_goes_back(store: Shop) -> None:
    store.fill(1200)
    told: list[tuple[int, int]] = []
    store.survey(*(want(f"book-{number}") for number in range(1, 1201)), progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == [1, 2, 3]
    assert all(done <= total for done, total in told)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"data": {}, "meta": {"has_more": False}},
        {"data": []},
        {"data": [], "meta": {"has_more": "no"}},
        page(more=True, next_="https://x.example/?cursor=a"),
        page({"id": 1}, more=True),
        page({"id": 1}, more=True, next_="https://x.example/?page=2"),
        page({"id": "1", "external_id": "a"}, {"id": "2", "external_id": "a"}),
        page({"id": "1", "external_id": "a", "published_at": "x"}),
    ],
)
def test_a_listing_that_makes_no_sense_is_no_listing(store: Shop, body: object) -> None:
    answer(store, body, count=None)
    with pytest.raises(Unavailable) as failure:
        store.survey(want("a"), want("b"))
    assert failure.value.diagnostic.code == "store-nonsense"


def test_a_listing_that_goes_in_a_circle_is_given_up(store: Shop) -> None:
    answer(store, page({"id": 1, "external_id": "x"}, more=True, next_="https://x.example/?cursor=a"), count=None)
    with pytest.raises(Unavailable) as failure:
        store.survey(*(want(f"book-{number}") for number in range(9)))
    assert "names the page just read" in failure.value.diagnostic.detail
    assert len(store.store.server.faulted) == 2


def test_a_content_seen_on_two_pages_is_one(store: Shop) -> None:
    one, other = {**V3_ROW, "id": 1, "external_id": "a"}, {**V3_ROW, "id": 2, "external_id": "b"}
    answer(store, page(one, more=True, next_="https://x.example/?cursor=a"))
    answer(store, page({**one, "id": "1"}, other))
    listing = store.survey(want("a"), want("b"), want("c"))
    assert [seen and seen.id for seen in listing.objects] == ["1", "2", None]


def test_the_next_page_is_asked_of_the_store_whatever_address_it_names(store: Shop) -> None:
    answer(store, page({"id": 1, "external_id": "a"}, more=True, next_="https://elsewhere.example/api/v3/content?cursor=stolen"))
    with pytest.raises(Refused):
        store.survey(want("x"), want("y"), want("z"))
    assert "cursor=stolen" in store.calls[-1]


def test_trap_22_a_list_that_is_forbidden_is_about_the_key_and_one_content_is_about_that_content(store: Shop) -> None:
    no = json.dumps({"message": "This action is unauthorized."})
    store.store.server.inject(Fault(kind=FaultKind.FAIL, method="GET", status=403, body=no))
    with pytest.raises(CredentialsRefused):
        store.survey(want("a"), want("b"))
    store.store.server.inject(Fault(kind=FaultKind.FAIL, method="GET", path="/api/v3/content/5", status=403, body=no))
    with pytest.raises(Refused) as refused:
        store.survey(want("a", "5"))
    assert refused.value.status == 403
    assert "This action is unauthorized." in refused.value.diagnostic.detail


def test_ids_are_compared_as_text_and_an_answer_about_another_content_is_nonsense(store: Shop) -> None:
    answer(store, {"data": {"id": 6, "external_id": "a"}})
    with pytest.raises(Unavailable):
        store.reading(lambda reader: reader.read(CONTENT, "5"))


def test_an_isbn_that_comes_back_with_hyphens_is_the_one_that_was_sent() -> None:
    with shop(v3_docs="B", isbn_echo="hyphenated") as store:
        ours = resource(edition(external_id="9780306406157"), content_api="v3")
        id_ = store.writing(lambda writer: writer.create(CONTENT, ours.attributes)).id
        seen = store.reading(lambda reader: reader.find(want("9780306406157")))
        assert seen is not None
        assert (seen.id, seen.key, seen.attributes["external_id"]) == (id_, "9780306406157", "9780306406157")
        assert seen.in_place == {"file", "sftp_file"}


def test_a_subtitle_that_an_older_store_drops_is_told_of() -> None:
    ours = resource(edition(about={"subtitle": "A guide"}), content_api="v3")
    for docs, expected in (("A", ["subtitle-not-held"]), ("B", [])):
        with shop(v3_docs=docs, conversion_steps=()) as store:
            store.writing(lambda writer: writer.create(CONTENT, ours.attributes))
            listing = store.survey(want("habits", expected=ours.attributes))
            assert [problem.code for problem in listing.diagnostics] == expected


def test_a_failed_conversion_is_told_of() -> None:
    with shop(v3_docs="A", conversion_failure="conversion_failed", conversion_step_seconds=0.0) as store:
        store.writing(lambda writer: writer.create(CONTENT, resource(content_api="v3").attributes))
        assert [problem.code for problem in store.survey(want("habits")).diagnostics] == ["conversion-failed"]


# ── contents of v1, read by v3 ──


def test_contents_of_v1_are_read_by_v1_unless_the_account_says_otherwise(store: Shop) -> None:
    store.fill(40, description="Long.", prices={"USD": 2.5})
    wanted = [want(f"book-{number}", expected={}) for number in range(1, 41)]
    old = store.survey(*wanted).objects
    assert len(store.calls) == 3
    store.store.sandbox.clear_log()
    store.settings = Settings(read_api=Api.V3)
    new = store.survey(*wanted).objects
    assert len(store.calls) == 1
    attributes = CONTENT.attributes
    for left, right in zip(old, new, strict=True):
        assert left is not None
        assert right is not None
        assert left.id == right.id
        assert right.attributes.keys() <= left.attributes.keys()
        assert all(attributes[name].same(left.attributes[name], value) for name, value in right.attributes.items())


def test_each_content_is_read_by_its_own_api(store: Shop) -> None:
    store.fill(4)
    listing = store.survey(want("book-1", expected={}), want("book-2"), want("book-3", expected={}), want("book-4"))
    assert [seen and seen.key for seen in listing.objects] == [f"book-{number}" for number in (1, 2, 3, 4)]
    assert [call.split("?")[0] + ("v3" if "include" in call else "") for call in store.calls] == ["GET ", "GET v3"]


# ── writing ──


def test_a_create_learns_the_id_and_what_is_told(store: Shop) -> None:
    ours = resource(content_api="v3")
    written = store.writing(lambda writer: writer.create(CONTENT, ours.attributes))
    assert written.id == "1000003"
    assert written.observed["name"] == "The Power of Habits"
    assert [(request.method, request.path, request.status) for request in store.log] == [("POST", "/api/v3/content", 201)]
    assert store.log[0].ignored_keys == ("identifiers",)


def test_a_local_cover_is_sent_by_the_address_under_which_it_was_published(store: Shop) -> None:
    ours = resource(edition(cover=Asset("cover.jpg", sha256="cd" * 32, size=3)), content_api="v3")
    store.writing(lambda writer: writer.create(CONTENT, ours.attributes))
    assert store.stored("habits")["cover_url"] == f"https://files.example/{'cd' * 32}?signature=abc"


@pytest.mark.parametrize("kind", [FaultKind.DROP_AFTER, FaultKind.TRUNCATE, FaultKind.FAIL_AFTER])
def test_a_create_whose_answer_is_lost_is_unknown_and_is_found_by_its_key(store: Shop, kind: FaultKind) -> None:
    store.store.server.inject(Fault(kind=kind, method="POST"))
    with pytest.raises(Ambiguous):
        store.writing(lambda writer: writer.create(CONTENT, resource(content_api="v3").attributes))
    assert [request.method for request in store.log] == ["POST"]
    assert store.reading(lambda reader: reader.find(want("habits"))) is not None


@pytest.mark.parametrize("body", ["", "{}", '{"data":[]}', '{"data":{"name":"x"}}', "[1]"])
def test_a_create_that_does_not_tell_the_new_id_is_unknown(store: Shop, body: str) -> None:
    store.store.server.inject(Fault(kind=FaultKind.FAIL_AFTER, method="POST", status=201, body=body))
    with pytest.raises(Ambiguous):
        store.writing(lambda writer: writer.create(CONTENT, resource(content_api="v3").attributes))


def test_a_second_content_with_one_key_is_refused_by_the_store(store: Shop) -> None:
    ours = resource(content_api="v3").attributes
    store.writing(lambda writer: writer.create(CONTENT, ours))
    with pytest.raises(Refused) as refused:
        store.writing(lambda writer: writer.create(CONTENT, ours))
    assert refused.value.status == 422
    assert "external_id: " in refused.value.diagnostic.detail


def test_an_update_sends_what_changed_and_says_which_id_it_is(store: Shop) -> None:
    ours = resource(content_api="v3").attributes
    id_ = store.writing(lambda writer: writer.create(CONTENT, ours)).id
    store.writing(lambda writer: writer.update(CONTENT, id_, {**ours, "name": "Another"}, frozenset({"name"})))
    assert store.calls[1] == f"PUT /{id_}?id_type=internal"
    assert store.log[1].body == {"name": "Another"}
    assert store.stored("habits")["author"] == ["Grace Hopper"]


def test_what_v3_has_no_field_for_sends_nothing_and_announces_nothing(store: Shop) -> None:
    ours = resource(content_api="v3").attributes
    changed = frozenset({"country", "api"})
    store.writing(lambda writer: writer.update(CONTENT, "1000003", ours, changed))
    assert store.calls == []
    assert provider.calls(Step(CONTENT, Verb.UPDATE, ours, ours, changed)) == ()


def test_a_content_of_v3_is_deleted_like_any_other(store: Shop) -> None:
    ours = resource(content_api="v3")
    id_ = store.writing(lambda writer: writer.create(CONTENT, ours.attributes)).id
    store.store.sandbox.clear_log()
    store.writing(lambda writer: writer.delete(CONTENT, id_, "habits"))
    assert store.calls == [f"GET /{id_}", f"DELETE /{id_}"]
    assert store.store.sandbox.rows() == ()


@pytest.mark.parametrize(("account_api", "path"), [(Api.V1, "/integration-api"), (Api.V3, "/api/v3")])
def test_a_single_read_is_by_the_accounts_api(store: Shop, account_api: Api, path: str) -> None:
    store.fill(1)
    store.settings = Settings(content_api=account_api)
    seen = store.reading(lambda reader: reader.read(CONTENT, "1000003"))
    assert seen is not None
    assert store.log[0].path.startswith(path)
    assert store.reading(lambda reader: reader.read(CONTENT, "..")) is None
    assert store.reading(lambda reader: reader.read(CONTENT, "999")) is None
