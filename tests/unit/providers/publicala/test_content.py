"""Contents are read in as few requests as there can be, and written in the ones that are announced."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from catalogctl.model.asset import Asset
from catalogctl.model.resource import Resource
from catalogctl.model.title import Format
from catalogctl.provider.answer import Answer
from catalogctl.provider.failure import Ambiguous, CredentialsRefused, Refused, Unavailable
from catalogctl.providers.publicala.explain import explain
from catalogctl.providers.publicala.types import CONTENT
from catalogctl.sandbox import Fault, FaultKind
from unit.providers.publicala.shop import ISSUES, V1_ROW, Shop, edition, resource, shop, want


@pytest.fixture(scope="module")
def one_shop() -> Iterator[Shop]:
    with shop() as opened:
        yield opened


@pytest.fixture
def store(one_shop: Shop) -> Shop:
    """A store with nothing in it."""
    one_shop.store.sandbox.reset()
    one_shop.store.server.clear_faults()
    return Shop(one_shop.store)


def page(rows: list[dict[str, Any]], *, total: int, last: int = 1) -> str:
    paginator = {"data": rows, "last_page": last, "total": total}
    limits = {"reached_issues_limit": False, "reached_free_issues_limit": False}
    return json.dumps({"CODE": "success", "data": {"paginator": paginator, **limits}})


def answer(store: Shop, body: str, status: int = 200, count: int | None = 1) -> None:
    store.store.server.inject(Fault(kind=FaultKind.FAIL, method="GET", status=status, body=body, count=count))


# ── reading ──


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (15, 1), (16, 2), (45, 3), (100, 7)])
def test_a_full_listing_is_one_request_a_page_and_no_other(store: Shop, count: int, pages: int) -> None:
    store.fill(count)
    wanted = [want(f"book-{number}", str(1000002 + number)) for number in range(1, count + 1)]
    listing = store.look(*wanted)
    assert [seen and seen.key for seen in listing.objects] == [want.key for want in wanted]
    assert sorted(store.calls) == sorted(f"GET ?page={number}" for number in range(1, pages + 1))


def test_progress_is_told_page_by_page(store: Shop) -> None:
    store.fill(45)
    told: list[tuple[int, int]] = []
    store.look(*(want(f"book-{number}") for number in range(1, 46)), progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_few_contents_of_many_are_looked_up_one_by_one(store: Shop) -> None:
    store.fill(100)
    told: list[tuple[int, int]] = []
    wanted = (want("book-100", "1000102"), want("book-3", "1000005"), want("book-77"), want("new"))
    listing = store.look(*wanted, progress=lambda done, total: told.append((done, total)))
    assert [seen and seen.key for seen in listing.objects] == ["book-100", "book-3", "book-77", None]
    assert store.calls[0] == "GET ?page=1"
    assert sorted(store.calls[1:]) == ["GET /1000005", "GET ?page=1&query=book-77", "GET ?page=1&query=new"]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_as_many_look_ups_as_pages_are_a_listing(store: Shop) -> None:
    store.fill(45)
    store.look(want("book-1"), want("book-2"))
    assert sorted(store.calls) == ["GET ?page=1", "GET ?page=2", "GET ?page=3"]


def test_what_is_recorded_under_an_id_that_has_gone_is_found_by_its_key(store: Shop) -> None:
    store.fill(100)
    listing = store.look(want("book-3", "999"))
    assert [seen and seen.id for seen in listing.objects] == ["1000005"]
    assert store.calls == ["GET ?page=1", "GET /999", "GET ?page=1&query=book-3"]


def test_an_id_counts_before_a_key(store: Shop) -> None:
    store.fill(2)
    store.store.sandbox.edit("book-1", external_id="renamed")
    listing = store.look(want("book-1", "1000003"))
    assert [(seen.id, seen.key) for seen in listing.objects if seen] == [("1000003", "renamed")]


def test_contents_without_an_external_id_do_not_spoil_the_listing(store: Shop) -> None:
    store.fill(20)
    store.store.sandbox.seed([{"name": "Made by hand"}])
    wanted = [want(f"book-{number}") for number in range(1, 21)]
    assert None not in store.look(*wanted).objects
    assert store.look(want("", "1000023"), *wanted).objects[0] is not None


def test_an_id_that_is_none_of_the_stores_is_not_asked_for(store: Shop) -> None:
    store.fill(40)
    for id_ in ("..", "", "a/b", "x"):
        assert store.read(lambda reader, id_=id_: reader.read(CONTENT, id_)) is None  # type: ignore[misc]
    assert store.calls == []


def test_a_list_that_never_holds_still_is_given_up(store: Shop) -> None:
    store.fill(40)
    store.width = 1
    added = 0

    def disturb(_done: int, _total: int) -> None:
        nonlocal added
        added += 1
        store.store.sandbox.seed([{"external_id": f"late-{added}"}])

    with pytest.raises(Unavailable) as failure:
        store.look(*(want(f"book-{number}") for number in range(1, 41)), progress=disturb)
    assert failure.value.diagnostic.code == "store-nonsense"
    assert "after 3 readings" in failure.value.diagnostic.detail


@pytest.mark.parametrize(
    "body",
    [
        page([], total=1),
        page([{"external_id": "x"}], total=1),
        page([{**V1_ROW, "id": 1, "external_id": "y"}], total=1).replace(
            '"total": 1', '"total": 1, "next_page_url": "https://shop.example/?page=2"'
        ),
        page([], total=0, last=1000),
        '{"data": {"paginator": {"data": [], "last_page": 1}}}',
        '{"data": {"paginator": {"data": {}, "last_page": 1, "total": 0}}}',
        '{"data": {"paginator": []}}',
        '{"data": []}',
        "[]",
        "null",
        "",
        "{",
    ],
)
def test_a_listing_that_makes_no_sense_is_no_listing(store: Shop, body: str) -> None:
    answer(store, body, count=None)
    with pytest.raises(Unavailable) as failure:
        store.look(want("x"))
    assert failure.value.diagnostic.code == "store-nonsense"


X, Y = {**V1_ROW, "id": 1, "external_id": "x"}, {**V1_ROW, "id": 2, "external_id": "y"}


@pytest.mark.parametrize(("rows", "total"), [([X, Y, X], 3), ([X, X], 2), ([X, Y], 5), ([X, Y, Y, X], 4)])
def test_a_list_that_never_adds_up_and_always_shows_the_same_is_believed_for_what_it_shows(
    store: Shop, rows: list[dict[str, Any]], total: int
) -> None:
    answer(store, page(rows, total=total), count=None)
    listing = store.look(want("x"), want("z"))
    assert [None if seen is None else seen.id for seen in listing.objects] == ["1", None]
    assert listing.uncertain == {want("z").address}
    assert [problem.code for problem in listing.diagnostics] == ["listing-in-doubt"]
    with pytest.raises(Unavailable):
        store.find("z")


def test_a_content_that_the_list_never_shows_is_found_by_its_id(store: Shop) -> None:
    store.store.sandbox.seed([{"external_id": "x"}, {"external_id": "hidden"}])
    hidden = store.stored("hidden")["id"]
    shown = page([{**V1_ROW, "id": 1, "external_id": "x"}], total=2)
    store.store.server.inject(Fault(kind=FaultKind.FAIL, method="GET", path=r"issues(\?|$)", status=200, body=shown, count=None))
    listing = store.look(want("hidden", str(hidden)), want("new"))
    assert listing.objects[0] is not None
    assert listing.objects[1] is None
    assert listing.uncertain == {want("new").address}


@pytest.mark.parametrize("row", [{"prices": {"USD": "x"}}, {"publication_date": "x"}])
def test_a_content_that_makes_no_sense_is_nonsense_only_when_it_is_wanted(store: Shop, row: dict[str, Any]) -> None:
    body = page([{**V1_ROW, "id": 1, "external_id": "x", **row}, {**V1_ROW, "id": 2, "external_id": "y"}], total=2)
    answer(store, body, count=2)
    assert store.look(want("y")).objects[0] is not None
    with pytest.raises(Unavailable):
        store.look(want("x"))


def test_a_list_that_is_forbidden_is_about_the_key(store: Shop) -> None:
    answer(store, '{"message":"Forbidden."}', status=403, count=2)
    with pytest.raises(CredentialsRefused) as refused:
        store.look(want("x"))
    assert "403. Forbidden." in refused.value.diagnostic.detail
    with pytest.raises(Refused):
        store.read(lambda reader: reader.read(CONTENT, "1000003"))


def test_a_content_that_vanishes_between_list_and_read_is_not_reported_changed() -> None:
    with shop(list_descriptions="truncated") as store:
        ours = resource(edition(about={"description": "A long description, " * 10}))
        id_ = store.create(ours).id
        store.store.server.inject(Fault(kind=FaultKind.FAIL, path=f"/{id_}$", status=404, body="{}"))
        seen = store.look(want("habits", id_, ours.attributes)).objects[0]
        assert seen is not None
        assert "description" not in seen.attributes


# ── writing ──


def printed(**said: Any) -> Resource:
    return resource(edition(Format.PRINT, pages=10, prices={"USD": Decimal("2.50")}), **said)


def test_a_create_sends_everything_that_is_declared_and_learns_the_id(store: Shop) -> None:
    written = store.create(printed(stock=3, categories=["Novela"]))
    assert store.calls == ["POST "]
    assert store.log[0].body == {
        "author": ["Grace Hopper"],
        "category": ["Novela"],
        "external_id": "habits",
        "lang": "en",
        "name": "The Power of Habits",
        "pages": 10,
        "prices": {"USD": 2.5},
        "publication_date": "2022-09-01",
        "publisher": ["publica.la"],
        "stock": 3,
        "type": "physical",
    }
    assert store.log[0].ignored_keys == ()
    assert written.id == "1000003"
    assert written.observed.keys() == {"external_id", "lang", "name", "prices", "publication_date"}


def test_a_local_file_is_sent_by_the_address_under_which_it_was_published(store: Shop) -> None:
    store.create(resource(edition(content=Asset("assets/habits.epub", sha256="ab" * 32, size=7))))
    assert store.stored("habits")["file_url"] == f"https://files.example/{'ab' * 32}?signature=abc"


def test_an_update_sends_everything_but_the_file_and_what_was_not_decided_on(store: Shop) -> None:
    ours = printed(stock=3)
    id_ = store.create(ours).id
    store.update(id_, {**ours.attributes, "name": "Another"}, "name")
    created, updated = (request.body for request in store.log)
    assert isinstance(created, dict)
    assert updated == {**{name: value for name, value in created.items() if name != "stock"}, "name": "Another"}
    assert store.calls[1] == f"PUT /{id_}"


def test_a_delete_looks_first_and_is_done_when_nothing_is_there(store: Shop) -> None:
    id_ = store.create(printed()).id
    store.store.sandbox.clear_log()
    store.delete(id_, "habits")
    assert store.calls == [f"GET /{id_}", f"DELETE /{id_}"]
    store.delete(id_, "habits")
    assert store.calls[2:] == [f"GET /{id_}"]


def test_a_delete_of_what_goes_at_that_very_moment_is_done(store: Shop) -> None:
    id_ = store.create(printed()).id
    store.store.server.inject(Fault(kind=FaultKind.FAIL, method="DELETE", status=404, body="{}"))
    store.delete(id_, "habits")


def test_a_delete_whose_answer_is_lost_is_sent_again_and_done(store: Shop) -> None:
    id_ = store.create(printed()).id
    store.store.server.inject(Fault(kind=FaultKind.DROP_AFTER, method="DELETE"))
    store.delete(id_, "habits")
    assert [request.status for request in store.log if request.method == "DELETE"] == [200, 404]


def test_a_delete_that_is_refused_says_so(store: Shop) -> None:
    id_ = store.create(printed()).id
    store.store.server.inject(Fault(kind=FaultKind.FAIL, method="DELETE", status=403, body='{"message":"Not yours."}'))
    with pytest.raises(Refused) as refusal:
        store.delete(id_, "habits")
    assert refusal.value.status == 403


@pytest.mark.parametrize("kind", [FaultKind.DROP_AFTER, FaultKind.TRUNCATE, FaultKind.FAIL_AFTER])
def test_a_create_whose_answer_is_lost_is_unknown_and_is_not_sent_again(store: Shop, kind: FaultKind) -> None:
    store.store.server.inject(Fault(kind=kind, method="POST"))
    with pytest.raises(Ambiguous) as lost:
        store.create(printed())
    assert lost.value.diagnostic.code == "outcome-unknown"
    assert [request.method for request in store.log] == ["POST"]
    found = store.find("habits")
    assert found is not None
    assert found.id == "1000003"


@pytest.mark.parametrize("kind", [FaultKind.DROP_BEFORE, FaultKind.GARBAGE])
def test_a_create_that_may_have_come_through_is_unknown_although_it_did_not(store: Shop, kind: FaultKind) -> None:
    store.store.server.inject(Fault(kind=kind, method="POST"))
    with pytest.raises(Ambiguous):
        store.create(printed())
    assert store.find("habits") is None


@pytest.mark.parametrize("body", ["", "{}", '{"data":{"issue":[]}}', '{"data":{"issue":{"name":"x"}}}', "[1]", "created"])
def test_a_create_that_does_not_tell_the_new_id_is_unknown(store: Shop, body: str) -> None:
    store.store.server.inject(Fault(kind=FaultKind.FAIL_AFTER, method="POST", status=201, body=body))
    with pytest.raises(Ambiguous):
        store.create(printed())


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_web_page_in_place_of_an_answer_is_not_taken_for_success(store: Shop, method: str) -> None:
    ours = printed()
    id_ = store.create(ours).id
    store.store.server.inject(Fault(kind=FaultKind.GARBAGE, method=method, count=None))
    with pytest.raises(Ambiguous):
        store.update(id_, ours.attributes) if method == "PUT" else store.delete(id_, "habits")
    assert len(store.store.sandbox.rows()) == 1


def test_a_refused_create_says_what_the_store_says_field_by_field(store: Shop) -> None:
    ours = printed()
    bad = Resource(ours.address, CONTENT, ours.key, {**ours.attributes, "lang": "klingon", "pages": -1}, ours.origin)
    with pytest.raises(Refused) as refusal:
        store.create(bad)
    assert refusal.value.status == 422
    assert f"POST {ISSUES} was answered with 422. The given data was invalid. lang: " in refusal.value.diagnostic.detail
    assert "pages: " in refusal.value.diagnostic.detail


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"message":"No.","errors":{"name":["is missing.","is odd."],"lang":"bad"}}', "No. name: is missing. is odd. lang: bad"),
        (b'{"CODE":"error","data":{"message":"No.","errors":{"name":["odd."]}}}', "No. name: odd."),
        (b'{"errors":["odd"]}', ""),
        (b'{"message":7}', ""),
        (b"[]", ""),
        (b"<html>", ""),
        (b"", ""),
    ],
)
def test_what_a_refusal_says_is_found_in_either_shape(body: bytes, words: str) -> None:
    assert explain(Answer(422, {}, body)) == words


def test_many_creates_at_once_lose_and_double_nothing(store: Shop) -> None:
    async def all_of_them(writer: Any) -> None:
        ours = [resource(edition(Format.PRINT, external_id=f"book-{number}")) for number in range(40)]
        await asyncio.gather(*(writer.create(CONTENT, one.attributes) for one in ours))

    store.write(all_of_them)
    assert sorted(str(row["external_id"]) for row in store.store.sandbox.rows()) == sorted(f"book-{number}" for number in range(40))
