"""Books are found in few requests, and what is part of them by what it is like."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.resource import Observed
from catalogctl.model.title import Edition
from catalogctl.provider.failure import CredentialsRefused, Refused, Unavailable
from catalogctl.provider.importing import Inventory
from catalogctl.provider.protocol import Lookup
from catalogctl.provider.service import ReadClient
from catalogctl.providers.publishdrive import convert
from catalogctl.providers.publishdrive.imports import PublishdriveImporter
from catalogctl.providers.publishdrive.matching import matched
from catalogctl.providers.publishdrive.options import Settings
from catalogctl.providers.publishdrive.types import BOOK, FILE
from catalogctl.sandbox import Fault, FaultKind
from unit.providers.publishdrive.desk import Desk, asset, audiobook, desk, ebook, edition, named, want


def book(number: int, id_: str | None = None) -> Lookup:
    return Lookup(Address("store", "book", f"book-{number}", "one"), BOOK, f"key-{number}", id_, {})


def seed(store: Desk, count: int) -> None:
    store.sandbox.seed({"externalId": f"key-{number}", "title": f"Book {number}"} for number in range(count))


def id_of(seen: Observed | None) -> str | None:
    return None if seen is None else seen.id


def wants(one: Edition, ids: dict[str, str] | None = None) -> dict[str, Lookup]:
    """Ask for everything that an edition is, with the ids that are known."""
    return {name: want(resource, (ids or {}).get(name)) for name, resource in named(one).items()}


def found(store: Desk, asked: dict[str, Lookup]) -> dict[str, str | None]:
    return dict(zip(asked, map(id_of, store.look(*asked.values()).objects), strict=True))


async def read_inventory(service: ReadClient) -> Inventory:
    return await PublishdriveImporter("store", service, Settings()).read_inventory((), lambda _done, _total: None)


def test_ten_thousand_new_books_cost_one_request_on_an_empty_account() -> None:
    with desk() as store:
        listing = store.look(*map(book, range(10_000)))
        assert set(listing.objects) == {None}
        assert store.calls == ["GET /books"]


def test_one_new_book_is_looked_up_without_the_list() -> None:
    with desk() as store:
        seed(store, 3)
        assert store.look(book(7)).objects == (None,)
        assert id_of(store.look(book(1)).objects[0]) == store.row("key-1")["id"]
        assert store.calls == ["GET /books/external-id/key-7", "GET /books/external-id/key-1"]


def test_few_new_books_among_many_are_looked_up_one_by_one() -> None:
    with desk() as store:
        seed(store, 450)  # five pages
        assert set(store.look(*(book(number) for number in range(500, 504))).objects) == {None}
        assert len(store.calls) == 1 + 4


def test_many_new_books_are_looked_for_in_the_list_and_those_there_are_read() -> None:
    with desk() as store:
        seed(store, 250)
        seen = store.look(*(book(number) for number in range(245, 255))).objects
        assert [one.key for one in seen if one is not None] == [f"key-{number}" for number in range(245, 250)]
        assert seen[5:] == (None,) * 5
        assert len(store.calls) == 3 + 5
        queries = [request.query for request in store.sandbox.requests if request.path == "/books"]
        assert all("perPage=100" in query for query in queries)


def test_known_books_are_read_by_their_ids_and_nothing_else_is_asked() -> None:
    with desk() as store:
        seed(store, 3)
        ids = [store.row(f"key-{number}")["id"] for number in range(3)]
        steps: list[tuple[int, int]] = []
        listing = store.look(*(book(number, ids[number]) for number in range(3)), progress=lambda *step: steps.append(step))
        assert [id_of(one) for one in listing.objects] == ids
        assert store.calls == ["GET /books/BOOK"] * 3
        assert steps == [(1, 3), (2, 3), (3, 3)]


def test_everything_of_a_book_is_told_by_one_request() -> None:
    with desk() as store:
        one = audiobook(store, "uno", "dos")
        ids = store.make(one)
        store.sandbox.clear_log()
        assert found(store, wants(one, ids)) == ids
        assert store.calls == ["GET /books/BOOK"]


def test_a_book_that_is_gone_and_made_anew_is_found_by_its_external_id() -> None:
    with desk() as store:
        gone = "00000000-0000-4000-8000-000000000000"
        seed(store, 1)
        assert id_of(store.look(book(0, gone)).objects[0]) == store.row("key-0")["id"]
        assert store.look(book(1, gone)).objects == (None,)


def test_a_part_is_found_with_its_book_in_the_same_call_and_without_it() -> None:
    with desk() as store:
        one = ebook(store)
        ids = store.make(one)
        asked = wants(one)
        assert found(store, asked) == ids
        assert id_of(store.look(asked["file/ebook_cover"]).objects[0]) == ids["file/ebook_cover"], "its owner is a reference to an address"
        known = want(named(one)["file/ebook_cover"], book=ids["book"])
        assert id_of(store.look(known).objects[0]) == ids["file/ebook_cover"]


def test_parts_of_a_book_that_is_not_there_are_not_there() -> None:
    with desk() as store:
        asked = wants(audiobook(store, "uno"))
        assert set(found(store, asked).values()) == {None}


def test_two_books_with_one_external_id_make_no_plan() -> None:
    with desk(duplicate_external_id="accepted") as store:
        store.sandbox.seed([{"externalId": "key-0"}, {"externalId": "key-0"}])
        (problem,) = store.look(book(0), book(1)).diagnostics
        assert (problem.severity, problem.code) == ("error", "external-id-doubled")
        known = str(store.row("key-0")["id"])
        (problem,) = store.look(book(0, known), book(1), book(2)).diagnostics
        assert (problem.severity, problem.code) == ("error", "external-id-doubled")


def test_a_list_that_shifts_is_read_again_and_one_that_never_adds_up_is_not_believed() -> None:
    page = '{"data":[],"meta":{"total":3,"page":1,"perPage":100,"lastPage":1},"links":{}}'
    with desk() as store:
        seed(store, 3)
        store.server.inject(Fault(kind=FaultKind.FAIL, status=200, body=page, path=r"^/books\?"))
        assert all(store.look(*map(book, range(3))).objects)
        store.server.inject(Fault(kind=FaultKind.FAIL, status=200, body=page, path=r"^/books\?", count=None))
        with pytest.raises(Unavailable, match="cannot be understood"):
            store.look(*map(book, range(3)))


def test_a_list_that_shows_one_book_twice_each_time_is_believed_for_finding_and_the_others_are_looked_up() -> None:
    with desk() as store:
        seed(store, 3)
        store.server.inject(Fault(kind=FaultKind.DISTORT, method="GET", path=r"^/books\?", rows="doubled", count=None))
        listing = store.look(*map(book, range(5)))
        assert [id_of(one) for one in listing.objects] == [*(store.row(f"key-{number}")["id"] for number in range(3)), None, None]
        assert store.calls.count("GET /books") == 3
        looked_up = sorted(call for call in store.calls if "external-id" in call)
        assert looked_up == ["GET /books/external-id/key-3", "GET /books/external-id/key-4"]
        stock = store.at_work(ReadClient, read_inventory)
        assert len(stock.holdings) == 3
        assert [problem.code for problem in stock.diagnostics] == ["listing-in-doubt"]


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        '{"data":[]}',
        '{"data":{},"meta":{"total":0,"lastPage":1}}',
        '{"data":[{"type":"book"}],"meta":{"total":1,"lastPage":1}}',
        '{"data":[],"meta":{"total":0,"lastPage":9}}',
    ],
)
def test_a_list_that_is_none_is_not_believed(body: str) -> None:
    with desk() as store:
        store.server.inject(Fault(kind=FaultKind.FAIL, status=200, body=body))
        with pytest.raises(Unavailable):
            store.look(book(0), book(1))


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("known", [0, 2, 20])
def test_a_key_to_which_all_is_forbidden_is_refused(hidden: bool, known: int) -> None:
    with desk(forbidden_as_400=hidden) as store:
        seed(store, known)
        store.key = "forbidden"
        wanted = [book(number, store.row(f"key-{number}")["id"]) for number in range(known)] or [book(0), book(1)]
        with pytest.raises(CredentialsRefused):
            store.look(*wanted)
        assert len(store.calls) < 10


def test_one_book_that_is_forbidden_is_about_that_book() -> None:
    with desk() as store:
        seed(store, 3)
        ids = [store.row(f"key-{number}")["id"] for number in range(3)]
        store.server.inject(Fault(kind=FaultKind.FAIL, status=403, body="", path=ids[0]))
        with pytest.raises(Refused) as refused:
            store.look(*(book(number, ids[number]) for number in range(3)))
        assert refused.value.status == 403


def test_a_single_object_is_read_by_its_id() -> None:
    with desk() as store:
        one = audiobook(store, "uno")
        ids = store.make(one)
        for name, resource in named(one).items():
            seen = store.read(lambda reader, kind=resource.type, id_=ids[name]: reader.read(kind, id_))  # type: ignore[misc]
            assert id_of(seen) == ids[name]
        assert store.read(lambda reader: reader.read(FILE, f"{ids['book']}/nothing")) is None
        assert store.read(lambda reader: reader.read(FILE, "00000000-0000-4000-8000-000000000000/nothing")) is None


def test_what_was_just_made_is_found_within_its_book_past_what_is_taken() -> None:
    with desk(attach_same_role="adds") as store:
        one = ebook(store)
        ids = store.make(one)
        asked = want(named(one)["file/ebook_cover"], book=ids["book"])
        book_ = want(named(one)["book"])
        assert id_of(store.find(asked)) == ids["file/ebook_cover"]
        assert store.find(replace(asked, taken=frozenset({ids["file/ebook_cover"]}))) is None
        assert id_of(store.find(book_)) == ids["book"]
        assert store.find(replace(book_, taken=frozenset({ids["book"]}))) is None
        assert store.find(replace(book_, key="FARO")) is None


# ── files, of which the service keeps no key ──
def shown(*files: tuple[str, str, str | None], chapters: tuple[str, ...] = (), role: str = "audio_content") -> convert.Shown:
    rows = tuple(convert.ShownFile(id_, role, name, digest) for id_, name, digest in files)
    return convert.Shown("b", "faro", {}, "draft", rows, tuple((name, None, name) for name in chapters))


def tracks(*names: str) -> dict[str, Lookup]:
    with desk() as store:
        return wants(audiobook(store, *names))


def matches(there: convert.Shown, asked: dict[str, Lookup]) -> dict[str, str]:
    told = matched(there, list(asked.values()))
    return {name: told[one.address].id for name, one in asked.items() if one.address in told}


def renamed(asked: dict[str, Lookup], name: str) -> dict[str, Lookup]:
    """Give all files one name."""
    return {key: replace(one, expected={**one.expected, "filename": name}) if one.type is FILE else one for key, one in asked.items()}


def test_an_audio_file_is_known_by_its_name_whatever_the_order() -> None:
    there = shown(("f2", "dos.mp3", None), ("f1", "uno.mp3", None), ("f3", "other.mp3", None))
    assert matches(there, tracks("uno", "dos", "tres")) == {"file/audio_content/uno": "b/f1", "file/audio_content/dos": "b/f2"}


def test_audio_files_with_one_name_are_known_by_their_chapters() -> None:
    there = shown(("f1", "a.mp3", None), ("f2", "a.mp3", None), chapters=("f2", "f1"))
    assert matches(there, renamed(tracks("uno", "dos"), "a.mp3")) == {"file/audio_content/uno": "b/f2", "file/audio_content/dos": "b/f1"}


def test_no_file_is_two() -> None:
    found_ = matches(shown(("f1", "a.mp3", None)), renamed(tracks("uno", "dos"), "a.mp3"))
    assert list(found_.values()) == ["b/f1"]


def test_where_digests_are_told_they_decide() -> None:
    asked = renamed(tracks("uno", "dos"), "a.mp3")
    digests = {name: one.expected["file"].sha256 for name, one in asked.items() if isinstance(one.expected.get("file"), Asset)}  # type: ignore[union-attr]
    there = shown(
        ("f1", "a.mp3", digests["file/audio_content/dos"]), ("f2", "a.mp3", digests["file/audio_content/uno"]), chapters=("f1", "f2")
    )
    assert matches(there, asked) == {"file/audio_content/uno": "b/f2", "file/audio_content/dos": "b/f1"}


@pytest.mark.parametrize(("told", "found_"), [(None, {}), ("other", {}), ("same", {"file/ebook_cover": "b/f2"})])
def test_what_stands_in_the_place_of_a_known_file_is_it_only_with_its_bytes(told: str | None, found_: dict[str, str]) -> None:
    one = edition(cover=asset("a.jpg", b"1", "jpeg"))
    digest = asset("a.jpg", b"1").sha256 if told == "same" else told
    there = shown(("f2", "a.jpg", digest), role="ebook_cover")
    assert matches(there, {"file/ebook_cover": want(named(one)["file/ebook_cover"], "b/f1")}) == found_


def test_a_cover_made_by_hand_is_taken_over_whatever_its_name() -> None:
    one = edition(cover=asset("a.jpg", b"1", "jpeg"))
    asked = {"file/ebook_cover": want(named(one)["file/ebook_cover"])}
    assert matches(shown(("f1", "b.jpg", None), ("f2", "c.jpg", None), role="ebook_cover"), asked) == {"file/ebook_cover": "b/f2"}
    assert matches(shown(("f1", "a.jpg", None), ("f2", "c.jpg", None), role="ebook_cover"), asked) == {"file/ebook_cover": "b/f1"}


# ── what someone should know ──
@pytest.mark.parametrize(("status", "code"), [("action_needed", "action-needed"), ("on_hold", "status-unknown"), ("in_review", None)])
def test_a_book_that_waits_for_somebody_is_told_of(status: str, code: str | None) -> None:
    with desk() as store:
        one = ebook(store)
        store.make(one)
        store.sandbox.edit("faro", status=status)
        asked = [want(resource) for resource in named(one, published=True, final_version=True).values()]
        assert [item.code for item in store.look(*asked).diagnostics] == ([] if code is None else [code])
        assert store.look(*wants(one).values()).diagnostics == (), "nobody declares whether it is published"


def test_an_audio_file_that_is_no_chapters_is_told_of_unless_it_will_be_one() -> None:
    with desk() as store:
        one = audiobook(store, "uno", "dos")
        store.make(one)
        store.sandbox.seed([{"book": "faro", "role": "audio_content", "filename": "tres.mp3"}])
        (told,) = store.look(*wants(one).values()).diagnostics
        assert (told.severity, told.code) == ("warning", "file-without-chapter")
        assert "tres.mp3" in told.detail
        assert store.look(*wants(audiobook(store, "uno", "dos", "tres")).values()).diagnostics == ()
