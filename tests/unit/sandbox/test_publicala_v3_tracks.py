"""v3's tracks, and the back doors to them."""

from __future__ import annotations

from typing import Any

import pytest

from catalogctl.provider.emulation import StoredChange
from catalogctl.providers.publicala.sandbox import PublicalaSandbox, PublicalaSwitches, emulator
from unit.sandbox.storefront import DIGITAL
from unit.sandbox.storefront_v3 import AUDIO, CONTENT, NO_AUDIO, NO_CONTENT, NO_TRACK, PAPER, TEXT, StoreV3, opened

MISFIT = {"track_ids": ["Some track IDs do not belong to this audiobook"]}


@pytest.fixture
def store() -> StoreV3:
    return opened()


@pytest.fixture
def book(store: StoreV3) -> str:
    return store.created(AUDIO, external_id="read")


# ── list, add ──


def test_a_new_audiobook_has_no_tracks(store: StoreV3, book: str) -> None:
    assert store.call("GET", f"{CONTENT}/{book}/tracks").said == (200, {"data": []})


def test_an_added_track_is_the_last_one_and_is_looked_into_later(store: StoreV3, book: str) -> None:
    assert store.added(book, "one") == ("1001",)
    told = store.add(book, "two")
    shown = {"id": "1002", "title": "two", "order": 2, "duration": 0, "size_in_kb": None}
    stamps = {"created_at": "2026-01-02T03:04:05.000000Z", "updated_at": "2026-01-02T03:04:05.000000Z"}
    assert told.said == (201, {"data": {**shown, **stamps}})
    rows = store.sandbox.rows()
    store.clock.pass_(0.3)
    track = store.tracks(book)[1]
    assert track["duration"] > 0
    assert track["size_in_kb"] > 0
    assert store.sandbox.rows() == rows
    assert store.tracks(book) == store.tracks(book)


def test_looking_into_a_file_may_go_by_reads_or_take_no_time() -> None:
    store = opened(conversion_advances="read")
    book = store.created(AUDIO)
    assert store.add(book, "one").data["duration"] == 0
    assert store.tracks(book)[0]["duration"] > 0
    store.change(book, "1001", file_url="https://cdn.example.com/new.mp3")
    assert store.change(book, "1001").data["duration"] == 0
    for switches in ({"conversion_steps": ()}, {"conversion_step_seconds": 0.0}):
        store = opened(**switches)
        assert store.add(store.created(AUDIO), "one").data["duration"] > 0


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (1, {"new": 1, "one": 2, "two": 3}),
        (2, {"one": 1, "new": 2, "two": 3}),
        (3, {"one": 1, "two": 2, "new": 3}),
        (99, {"one": 1, "two": 2, "new": 3}),
    ],
)
def test_a_track_added_at_an_order_moves_those_behind_it(store: StoreV3, book: str, order: int, expected: dict[str, int]) -> None:
    store.added(book, "one", "two")
    assert store.add(book, "new", order=order).data["order"] == expected["new"]
    assert store.orders(book) == expected


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"title": None}, "title"),
        ({"title": ""}, "title"),
        ({"title": 5}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"file_url": None}, "file"),
        ({"file": "sftp/a.mp3"}, "file"),
        ({"file_url": "a.mp3"}, "file_url"),
        ({"file_url": 5}, "file_url"),
        ({"file_url": None, "file": 5}, "file"),
        ({"order": 0}, "order"),
        ({"order": -1}, "order"),
        ({"order": "1"}, "order"),
    ],
)
def test_a_track_needs_a_title_and_one_file(store: StoreV3, book: str, more: dict[str, Any], where: str) -> None:
    assert list(store.add(book, "one", **more).errors) == [where]
    assert store.tracks(book) == []


@pytest.mark.parametrize("more", [{"file_url": "https://x.example.com/a.wav"}, {"file_url": "https://x.example.com/a?b=c.mp3"}])
def test_a_track_is_mp3(store: StoreV3, book: str, more: dict[str, str]) -> None:
    assert store.add(book, "one", **more).errors == NO_AUDIO
    assert store.add(book, "one", file_url=None, file="sftp/a.m4a").errors == NO_AUDIO
    assert store.add(book, "one", file_url="https://x.example.com/a.mp3?signature=x").status == 201
    assert store.add(book, "two", file_url=None, file="sftp/a.mp3").status == 201


def test_titles_may_repeat_and_unknown_keys_are_ignored(store: StoreV3, book: str) -> None:
    store.added(book, "one", "one")
    store.add(book, "one", duration=5, colour="red")
    assert store.sandbox.requests[-1].ignored_keys == ("colour", "duration")
    assert [track["order"] for track in store.tracks(book)] == [1, 2, 3]


# ── which contents ──


def calls(store: StoreV3, key: object) -> list[tuple[int, Any]]:
    return [
        store.call("GET", f"{CONTENT}/{key}/tracks").said,
        store.add(key, "one").said,
        store.change(key, "1001", title="x").said,
        store.reorder(key, ["1001"]).said,
        store.take(key, "1001").said,
    ]


@pytest.mark.parametrize("body", [TEXT, PAPER])
def test_only_audiobooks_have_tracks(store: StoreV3, body: dict[str, Any]) -> None:
    assert calls(store, store.created(body)) == [(422, {"message": "Content is not an audiobook"})] * 5


def test_tracks_are_reached_by_the_internal_id_alone(store: StoreV3, book: str) -> None:
    store.added(book, "one")
    assert calls(store, "read") == [NO_CONTENT] * 5
    assert store.call("GET", f"{CONTENT}/read/tracks", query={"id_type": "external"}).said == NO_CONTENT


def test_a_track_belongs_to_one_content(store: StoreV3, book: str) -> None:
    other = store.created(AUDIO)
    store.added(book, "one")
    for key, track in ((book, "1002"), (other, "1001"), (book, "x")):
        assert store.change(key, track, title="x").said == store.take(key, track).said == NO_TRACK
    assert store.take(book, "order").said == NO_TRACK
    assert store.reorder(other, ["1001"]).errors == MISFIT


# ── update ──


def test_a_tracks_title_changes_and_nothing_else_does(store: StoreV3, book: str) -> None:
    store.added(book, "one", "two")
    store.clock.pass_(5)
    before, content = store.tracks(book), store.stored(book)
    told = store.change(book, "1001", title="New", order=2)
    assert told.said == (200, {"data": {**before[0], "title": "New", "updated_at": "2026-01-02T03:04:10.000000Z"}})
    assert store.sandbox.requests[-1].ignored_keys == ("order",)
    assert store.tracks(book)[1] == before[1]
    assert store.stored(book) == content


def test_a_replaced_file_keeps_the_tracks_id_and_place_and_is_looked_into_again(store: StoreV3, book: str) -> None:
    store.added(book, "one", "two")
    store.clock.pass_(5)
    before = store.tracks(book)
    changed = store.change(book, "1001", file_url="https://cdn.example.com/other.mp3").data
    assert (changed["id"], changed["order"], changed["duration"], changed["size_in_kb"]) == ("1001", 1, 0, None)
    store.clock.pass_(5)
    assert store.tracks(book)[0]["duration"] not in {0, before[0]["duration"]}
    store.change(book, "1001", file="sftp/other.mp3")
    row = store.sandbox.rows()[1]
    assert (row["file"], row["file_url"]) == ("sftp/other.mp3", None)


def test_a_duration_can_be_set_until_the_store_finds_its_own(store: StoreV3, book: str) -> None:
    store.added(book, "one")
    assert store.change(book, "1001", duration=7).data["duration"] == 0
    store.clock.pass_(5)
    own = store.tracks(book)[0]["duration"]
    assert own > 7
    assert store.change(book, "1001", duration=7).data["duration"] == 7
    assert store.tracks(book)[0]["duration"] == 7
    store.change(book, "1001", duration=8, file_url="https://cdn.example.com/one.mp3?signature=2")
    store.clock.pass_(5)
    assert store.tracks(book)[0]["duration"] == own


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"duration": -1}, "duration"),
        ({"duration": "7"}, "duration"),
        ({"file": "sftp/a.mp3", "file_url": "https://x.example.com/a.mp3"}, "file"),
        ({"file": "sftp/a.wav"}, "file"),
    ],
)
def test_an_update_of_the_wrong_type_is_refused(store: StoreV3, book: str, body: dict[str, Any], where: str) -> None:
    store.added(book, "one")
    before = store.sandbox.rows()
    assert list(store.change(book, "1001", **body).errors) == [where]
    assert store.sandbox.rows() == before


# ── reorder, delete ──


def test_a_reorder_changes_the_contents_row_and_no_tracks(store: StoreV3, book: str) -> None:
    store.added(book, "one", "two", "three")
    before = store.sandbox.rows()
    told = store.reorder(book, ["1003", "1001", "1002"])
    assert (told.status, told.body) == (204, b"")
    assert store.orders(book) == {"three": 1, "one": 2, "two": 3}
    after = store.sandbox.rows()
    assert after[0] == {**before[0], "tracks": ["1003", "1001", "1002"]}
    assert sorted(map(str, after[1:])) == sorted(map(str, before[1:]))


@pytest.mark.parametrize(
    "ids", [["1001"], ["1001", "1002", "1003"], ["1001", "1001", "1002"], ["1001", "1001"], ["1001", "9"], ["1001", "1002", "read"]]
)
def test_a_reorder_names_every_track_once(store: StoreV3, book: str, ids: list[str]) -> None:
    store.added(book, "one", "two")
    assert store.reorder(book, ids).errors == MISFIT
    assert store.orders(book) == {"one": 1, "two": 2}


@pytest.mark.parametrize(("ids", "where"), [(None, "track_ids"), ([], "track_ids"), ("1001", "track_ids"), ([1001, "1002"], "track_ids.0")])
def test_a_reorder_needs_a_list_of_texts(store: StoreV3, book: str, ids: object, where: str) -> None:
    store.added(book, "one", "two")
    assert list(store.reorder(book, ids).errors) == [where]


def test_a_track_that_is_deleted_is_gone_and_its_id_is_not_given_again(store: StoreV3, book: str) -> None:
    store.added(book, "one", "two", "three")
    told = store.take(book, "1002")
    assert (told.status, told.body) == (204, b"")
    assert store.take(book, "1002").said == NO_TRACK
    assert store.orders(book) == {"one": 1, "three": 2}
    assert store.added(book, "four") == ("1004",)


def test_a_deleted_track_may_leave_a_gap_which_the_next_reorder_closes() -> None:
    store = opened(delete_compacts_order=False)
    book = store.created(AUDIO)
    store.added(book, "one", "two", "three")
    store.take(book, "1002")
    assert store.orders(book) == {"one": 1, "three": 3}
    store.added(book, "four")
    assert store.orders(book) == {"one": 1, "three": 3, "four": 4}
    store.add(book, "two", order=2)
    assert store.orders(book) == {"one": 1, "two": 2, "three": 4, "four": 5}
    store.reorder(book, ["1001", "1003", "1004", "1005"])
    assert store.orders(book) == {"one": 1, "three": 2, "four": 3, "two": 4}


@pytest.mark.parametrize("version", ["v1", "v3"])
def test_a_deleted_content_takes_its_tracks_along(store: StoreV3, book: str, version: str) -> None:
    other = store.created(AUDIO)
    store.added(book, "one")
    store.added(other, "two")
    assert (store.v1("DELETE", f"/{book}") if version == "v1" else store.delete(book)).status in {200, 204}
    assert [row["id"] for row in store.sandbox.rows()] == [int(other), "1002"]


# ── the track that a file is ──


def test_an_audiobook_made_by_v1_may_have_one_track_called_as_the_book() -> None:
    store = opened(file_is_track=True)
    body = {**DIGITAL, "extension": "mp3", "file_url": "https://cdn.example.com/all.mp3"}
    number = store.v1("POST", "", body).data["issue"]["id"]
    store.v1("POST", "", {**DIGITAL, "external_id": "text"})
    store.created(AUDIO)
    store.clock.pass_(1)
    (track,) = store.tracks(number)
    assert (track["title"], track["order"]) == (DIGITAL["name"], 1)
    assert track["duration"] > 0
    assert store.added(number, "two") == ("1002",)
    assert [row["id"] for row in store.sandbox.rows() if "content_id" in row] == ["1001", "1002"]


def test_an_audiobook_made_by_v1_has_no_tracks_otherwise(store: StoreV3) -> None:
    number = store.v1("POST", "", {**DIGITAL, "extension": "mpga"}).data["issue"]["id"]
    assert store.tracks(number) == []
    without = opened("none", file_is_track=True)
    without.v1("POST", "", {**DIGITAL, "extension": "mp3"})
    assert len(without.sandbox.rows()) == 1


# ── the back doors ──


def test_tracks_can_be_put_there(store: StoreV3, book: str) -> None:
    store.seed({"content": "read", "title": "one", "file_url": "https://x.example.com/1.mp3"}, {"content": book, "id": 2005})
    assert store.orders(book) == {"one": 1, "Track 2005": 2}
    assert all(track["duration"] > 0 for track in store.tracks(book))
    assert store.added(book, "three") == ("2006",)
    with pytest.raises(KeyError):
        store.seed({"content": "nothing"})
    with pytest.raises(ValueError, match="a track has no order"):
        store.seed({"content": book, "order": 1})


def test_a_track_can_be_changed_and_taken_away_behind_the_clients_back(store: StoreV3, book: str) -> None:
    store.added(book, "one", "two")
    store.clock.pass_(5)
    before = store.tracks(book)
    store.sandbox.edit(f"{book}/1001", title="New")
    store.sandbox.edit("read/1002", file_url="https://x.example.com/2.mp3")
    first, second = store.tracks(book)
    assert (first["title"], first["updated_at"]) == ("New", "2026-01-02T03:04:10.000000Z")
    assert second["duration"] not in {0, before[1]["duration"]}
    store.sandbox.edit("read/1002", duration=7, size_in_kb=8)
    assert [(track["duration"], track["size_in_kb"]) for track in store.tracks(book)][1] == (7, 8)
    store.sandbox.remove("read/1001")
    assert store.orders(book) == {"two": 1}
    store.sandbox.remove(book)
    assert store.sandbox.rows() == ()


def test_tracks_can_be_put_into_another_order_behind_the_clients_back(store: StoreV3, book: str) -> None:
    store.added(book, "one", "two")
    store.sandbox.edit("read", tracks=[1002, "1001"])
    assert store.orders(book) == {"two": 1, "one": 2}
    for wrong in (["1001"], ["1001", "1001"]):
        with pytest.raises(ValueError, match="another order"):
            store.sandbox.edit(book, tracks=wrong)


def test_back_doors_refuse_what_is_not_there(store: StoreV3, book: str) -> None:
    store.added(book, "one")
    for key in ("read/9", "nothing/1001", "9"):
        with pytest.raises(KeyError):
            store.sandbox.edit(key, title="x")
        with pytest.raises(KeyError):
            store.sandbox.remove(key)
    with pytest.raises(ValueError, match="a track has no colour"):
        store.sandbox.edit("read/1001", colour="red")
    with pytest.raises(ValueError, match="content_id cannot be edited"):
        store.sandbox.edit("read/1001", content_id=5)
    with pytest.raises(ValueError, match="track_orders cannot be edited"):
        store.sandbox.edit("read", track_orders=[5])


def test_a_key_with_a_slash_is_an_external_id_first(store: StoreV3, book: str) -> None:
    store.added(book, "one")
    store.seed({"external_id": "read/1001", "name": "Other"})
    store.sandbox.edit("read/1001", name="New")
    assert store.orders(book) == {"one": 1}
    assert store.get("read%2F1001", id_type="external").data["name"] == "New"


def test_a_content_is_edited_by_the_names_of_v3s_answers_too(store: StoreV3, book: str) -> None:
    store.sandbox.edit(
        book,
        published_at="2024-05-06T00:00:00.000000Z",
        free={"enabled": True, "until": "2026-12-31T00:00:00.000000Z", "require_login": True},
        preview={"enabled": True, "require_login": True},
        metadata={"author": ["Ada"], "keywords": ["k"], "bisac": [{"code": "ANT018000"}], "categories": ["c"]},
        prices=[{"currency_id": "USD", "amount": 2.5}, {"currency_id": "EUR", "amount": 1, "ends_at": "2027-01-01"}],
        geographic_restrictions=["Finland"],
    )
    shown = store.get(book, include="metadata,prices,geographic_restrictions").data
    assert shown["published_at"] == "2024-05-06T00:00:00.000000Z"
    assert shown["free"] == {"enabled": True, "until": "2026-12-31T00:00:00.000000Z", "require_login": True}
    assert shown["preview"] == {"enabled": True, "require_login": True}
    assert [(price["currency_id"], price["amount"]) for price in shown["prices"]] == [("USD", 2.5), ("EUR", 1)]
    metadata = shown["metadata"]
    assert (metadata["author"], metadata["keywords"], metadata["categories"]) == (["Ada"], ["k"], ["c"])
    assert metadata["bisac"] == [{"code": "ANT018000"}]
    assert shown["geographic_restrictions"] == ["Finland"]


def test_identifiers_edited_from_behind_make_the_external_id() -> None:
    store = opened("B")
    number = store.created()
    store.sandbox.edit(number, identifiers=[{"type": "isbn_digital", "value": "978-1-4968-2248-2", "is_primary": True}])
    assert store.get(number).data["external_id"] == "9781496822482"
    store.sandbox.edit("9781496822482", external_id="new")
    assert store.get(number).data["identifiers"] == [{"type": "external_id", "value": "new", "is_primary": True}]


def played(sandbox: PublicalaSandbox) -> None:
    """Make a store of a few contents and tracks, of which some went again."""
    store = StoreV3(sandbox)
    book, other = store.created(AUDIO, external_id="read"), store.created(AUDIO)
    store.added(book, "one", "two", "three")
    store.added(other, "four")
    store.created(prices=[{"currency_id": "USD", "amount": 2, "starts_at": "2027-01-01"}], share_with_tenants_ids=[3])
    store.reorder(book, ["1003", "1002", "1001"])
    store.take(book, "1002")
    store.delete(other)


def test_commits_rebuild_contents_and_tracks() -> None:
    commits: list[StoredChange] = []
    readings = PublicalaSwitches(v3_docs="A", delete_compacts_order=False)
    first = opened(delete_compacts_order=False)
    first.sandbox.listen(commits.append)
    played(first.sandbox)
    replayed, restored = (PublicalaSandbox(readings, clock=first.clock) for _ in range(2))
    replayed.replay(commits)
    played(restored)
    restored.restore(first.sandbox.snapshot())
    assert replayed.rows() == restored.rows() == first.sandbox.rows()
    assert len(first.sandbox.rows()) == 4
    for sandbox in (first.sandbox, replayed, restored):
        again = StoreV3(sandbox)
        assert again.orders(1000001) == {"three": 1, "one": 3}
        assert again.added(1000001, "five") == ("1005",)
    assert replayed.snapshot() == restored.snapshot() == first.sandbox.snapshot()


def test_commits_of_a_store_that_knew_no_tracks_are_still_read() -> None:
    store = opened()
    values = {key: value for key, value in store.stored(store.created()).items() if key not in {"tracks", "track_orders", "identifiers"}}
    store.sandbox.restore([StoredChange("cleared", {"next_id": 1000005}), StoredChange("1000001", values)])
    assert store.get(1000001).data["name"] == "The Machine"
    assert store.added(store.created(AUDIO), "one") == ("1001",)


def test_a_reset_store_counts_anew(store: StoreV3, book: str) -> None:
    store.added(book, "one")
    store.sandbox.reset()
    assert store.sandbox.rows() == ()
    assert store.added(store.created(AUDIO), "one") == ("1001",)


def test_same_requests_at_same_instants_get_the_same_answers() -> None:
    first, second = opened(), opened()
    for store in (first, second):
        played(store.sandbox)
    assert first.sandbox.snapshot() == second.sandbox.snapshot()
    assert first.list().body == second.list().body


def test_the_emulator_of_commands_has_both_versions_of_the_api() -> None:
    sandbox = emulator()
    assert sandbox.name == "publicala"
    assert StoreV3(sandbox).list().status == 200


@pytest.mark.parametrize("name", ["v3_docs", "metadata_names", "metadata_terms", "isbn_echo"])
def test_a_switch_takes_only_the_readings_that_there_are(name: str) -> None:
    switches: dict[str, Any] = {name: "C"}
    with pytest.raises(ValueError, match=f"{name} is one of"):
        PublicalaSwitches(**switches)
