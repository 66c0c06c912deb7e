"""The life of an audiobook with tracks, from its files to the store and back, through the engine."""

from __future__ import annotations

import asyncio
import copy
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest

from catalogctl.model.diagnostics import CatalogError, Diagnostic
from catalogctl.planning.action import Action
from catalogctl.planning.plan import Refresh
from catalogctl.planning.scope import Scope
from catalogctl.sandbox import Fault, FaultKind
from catalogctl.testing.kit import Kit, doing, opened
from catalogctl.testing.memory import MemoryBackend
from conformance.publicala import LUNA, specimen

CONTENT, TRACKS = "/api/v3/content", "/api/v3/content/1000001/tracks"


def track(id_: str, title: str = "", file: str = "") -> dict[str, Any]:
    return {"id": id_, "title": title or id_.title(), "file": file or f"https://files.example.com/{id_}.mp3"}


def audiobook(*tracks: dict[str, Any], **options: Any) -> dict[str, Any]:
    edition: dict[str, Any] = {"format": "audiobook", "external_id": "key-olas", "publish": {"store": options}}
    edition |= {"tracks": list(tracks)} if tracks else {"files": {"content": "https://files.example.com/whole.mp3"}}
    return {
        "kind": "title",
        "id": "olas",
        "title": "Las olas",
        "language": "es",
        "publication_date": "2024-02-29",
        "editions": {"audio": edition},
    }


@contextmanager
def kit(*tracks: dict[str, Any], **switches: Any) -> Iterator[Kit]:
    with opened(replace(specimen(**switches), titles={"olas": audiobook(*tracks)})) as opened_:
        yield opened_


def declare(there: Kit, *tracks: dict[str, Any], **options: Any) -> None:
    there.titles = {"olas": audiobook(*tracks, **options)}


def sent(there: Kit) -> list[str]:
    """Plan and apply, and give what was sent; a plan after it is empty, and the plan reported for each request before."""
    planned = there.plan()
    there.carry_out(planned)
    requests = [f"{one.method} {one.path}" for one in there.requests()]
    assert len(requests) == len(planned.plan.requests)
    there.settled()
    return requests


def titles(there: Kit) -> list[str]:
    """Give the titles of the tracks in the store, in its order."""
    rows = there.emulator.rows()
    (content,) = (row for row in rows if row.get("external_id") == "key-olas")
    names = {row["id"]: row["title"] for row in rows if "content_id" in row}
    order: Any = content["tracks"]
    return [str(names[id_]) for id_ in order]


def foreign(there: Kit, title: str, **more: Any) -> None:
    there.emulator.seed([{"content": "key-olas", "title": title, "file_url": "https://files.example.com/other.mp3", **more}])


A, B, C = track("a"), track("b"), track("c")


# ── made ──


def test_trap_32_it_is_made_without_a_file_and_its_tracks_are_added_in_their_order() -> None:
    with kit(C, A, B) as there:
        assert sent(there) == [f"POST {CONTENT}", *[f"POST {TRACKS}"] * 3]
        assert titles(there) == ["C", "A", "B"]


def test_trap_25_a_second_apply_sends_nothing_although_durations_have_been_found_out_by_then() -> None:
    with kit(A, B, conversion_step_seconds=60.0) as there:
        there.converge()
        asyncio.run(there.clock.sleep(600.0))
        assert sent(there) == []


def test_what_is_there_without_state_is_adopted_track_by_track_in_the_order_it_stands() -> None:
    with kit(track("z", "Chapter"), track("a", "Chapter"), track("m", "Chapter")) as there:
        there.converge()
        ids = {str(address): have.id for address, have in there.recorded().items()}
        there.backend = MemoryBackend()
        planned = there.plan()
        assert {change.action for change in planned.plan.changes} == {Action.ADOPT}
        there.carry_out(planned)
        there.settled()
        assert {str(address): have.id for address, have in there.recorded().items()} == ids


# ── changed ──


def test_a_track_at_the_end_is_added_and_nothing_is_put_in_order() -> None:
    with kit(A, B) as there:
        there.converge()
        declare(there, A, B, C)
        assert sent(there) == [f"POST {TRACKS}"]
        assert titles(there) == ["A", "B", "C"]


def test_a_track_in_between_is_added_and_all_are_put_in_order_last() -> None:
    with kit(A, B) as there:
        there.converge()
        declare(there, C, A, B)
        assert sent(there) == [f"POST {TRACKS}", f"GET {TRACKS}", f"PUT {TRACKS}/order"]
        assert titles(there) == ["C", "A", "B"]


def test_trap_28_a_track_that_goes_leaves_the_others_in_order() -> None:
    for compacts in (True, False):
        with kit(A, B, C, delete_compacts_order=compacts) as there:
            there.converge()
            declare(there, A, C)
            assert sent(there) == [f"DELETE {TRACKS}/1002"]
            assert titles(there) == ["A", "C"]


def test_all_at_once_ends_with_one_reorder() -> None:
    with kit(A, B, C) as there:
        there.converge()
        declare(there, track("d"), track("c", "C again"), A)
        requests = sent(there)
        assert requests[-2:] == [f"GET {TRACKS}", f"PUT {TRACKS}/order"]
        assert sorted(requests[:-2]) == [f"DELETE {TRACKS}/1002", f"POST {TRACKS}", f"PUT {TRACKS}/1003"]
        assert titles(there) == ["D", "C again", "A"]


def test_another_recording_takes_the_place_of_the_old_one_and_keeps_its_id() -> None:
    with kit(A, B) as there:
        there.converge()
        declare(there, track("a", file="https://files.example.com/a-2.mp3"), B)
        assert sent(there) == [f"PUT {TRACKS}/1001"]
        (row,) = (row for row in there.emulator.rows() if row["id"] == "1001")
        assert (row["file_url"], row["title"]) == ("https://files.example.com/a-2.mp3", "A")


def test_a_track_moves_between_an_address_and_the_stores_own_storage_in_place() -> None:
    with kit(A, B) as there:
        there.converge()
        declare(there, {"id": "a", "title": "A"}, B, sftp_files={"a": "up/a.mp3"})
        assert sent(there) == [f"PUT {TRACKS}/1001"]
        declare(there, A, B)
        assert sent(there) == [f"PUT {TRACKS}/1001"]
        (row,) = (row for row in there.emulator.rows() if row["id"] == "1001")
        assert (row["file_url"], row["file"]) == (A["file"], None)


# ── others' tracks ──


def test_trap_26_a_track_of_somebody_else_is_told_of_and_carried_to_the_end() -> None:
    with kit(A, B) as there:
        there.converge()
        foreign(there, "Extra")
        there.emulator.edit("key-olas", tracks=["1003", "1001", "1002"])
        planned = there.settled()
        assert [problem.code for problem in planned.plan.diagnostics] == ["foreign-tracks"]
        declare(there, B, A)
        assert sent(there) == [f"GET {TRACKS}", f"PUT {TRACKS}/order"]
        assert titles(there) == ["B", "A", "Extra"]


def test_it_is_removed_where_the_title_says_so_and_only_after_a_plan_has_shown_it() -> None:
    with kit(A, B) as there:
        there.converge()
        foreign(there, "Extra")
        foreign(there, "A")
        declare(there, A, B, foreign_tracks="remove")
        (change,) = doing(there.plan())
        assert [item.before for item in change.attributes] == [("1000001/1003", "1000001/1004")]
        assert sent(there) == [f"GET {TRACKS}", f"DELETE {TRACKS}/1003", f"DELETE {TRACKS}/1004"]
        assert titles(there) == ["A", "B"]


def test_removing_and_ordering_is_one_step() -> None:
    with kit(A, B) as there:
        there.converge()
        foreign(there, "Extra")
        declare(there, B, A, foreign_tracks="remove")
        assert sent(there) == [f"GET {TRACKS}", f"DELETE {TRACKS}/1003", f"PUT {TRACKS}/order"]
        assert titles(there) == ["B", "A"]


# ── one MP3, and tracks ──


@pytest.mark.parametrize("file_is_track", [False, True])
def test_trap_31_an_audiobook_of_one_mp3_keeps_its_content_when_it_is_given_tracks(file_is_track: bool) -> None:
    with kit(file_is_track=file_is_track) as there:
        there.converge()
        declare(there, A, B)
        told = [problem.code for problem in there.plan().plan.diagnostics]
        assert told == (["foreign-tracks"] if file_is_track else [])
        assert sent(there) == [f"POST {TRACKS}"] * 2
        declare(there, A, B, foreign_tracks="remove")
        assert sent(there) == ([f"GET {TRACKS}", f"DELETE {TRACKS}/1001"] if file_is_track else [])
        assert titles(there) == ["A", "B"]


def test_an_audiobook_of_tracks_is_made_anew_as_one_mp3() -> None:
    with kit(A, B) as there:
        there.converge()
        declare(there)
        (content,) = (change for change in doing(there.plan()) if change.type.name == "content")
        assert content.action is Action.REPLACE
        there.converge()
        assert titles(there) == []
        assert [row["id"] for row in there.emulator.rows()] == [1000002]


# ── what goes wrong ──


@pytest.mark.parametrize("kind", [FaultKind.DROP_AFTER, FaultKind.FAIL_AFTER, FaultKind.DROP_BEFORE])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_trap_23_a_lost_answer_to_an_add_never_doubles_a_track_although_all_have_one_title(kind: FaultKind, place: int) -> None:
    with kit(*(track(id_, "Chapter") for id_ in "abc")) as there:
        there.server.inject(Fault(kind=kind, method="POST", path="/tracks$", skip=place))
        execution = there.apply(there.plan()).execution
        assert len(there.server.faulted) == 1
        if execution.failed:
            there.carry_out(there.plan())
        there.settled()
        assert titles(there) == ["Chapter"] * 3
        recorded = {address.key or address.type: have for address, have in there.recorded().items()}
        assert recorded["track_order"].attributes["tracks"] == tuple(recorded[id_].id for id_ in "abc")


def test_a_track_that_is_refused_keeps_the_order_from_being_set_and_the_next_apply_mends_it() -> None:
    with kit(A, B, C) as there:
        there.server.inject(Fault(kind=FaultKind.FAIL, method="POST", path="/tracks$", skip=1, status=422, body='{"message":"No."}'))
        execution = there.apply(there.plan()).execution
        assert [one.operation.address.key for one in execution.failed] == ["b"]
        assert titles(there) == ["A", "C"]
        assert sent(there)[-1] == f"PUT {TRACKS}/order"
        assert titles(there) == ["A", "B", "C"]


def test_a_content_that_is_gone_is_made_again_with_all_its_tracks() -> None:
    with kit(A, B) as there:
        there.converge()
        there.emulator.remove("key-olas")
        assert sent(there) == [f"POST {CONTENT}", *["POST /api/v3/content/1000002/tracks"] * 2]
        assert titles(there) == ["A", "B"]


def test_tracks_are_read_by_one_list_for_each_audiobook() -> None:
    with kit(A, B, C) as there:
        there.converge()
        there.plan()
        assert [f"{one.method} {one.path}" for one in there.emulator.requests] == [f"GET {CONTENT}", f"GET {TRACKS}"]


# ── from one API to the other ──


def test_another_content_api_alone_sends_nothing_and_replaces_nothing() -> None:
    old = copy.deepcopy(LUNA)
    said = old["editions"]["epub"]["publish"]["store"]
    for name in ("free_until", "require_login", "preview", "preview_require_login", "audience", "price_windows"):
        del said[name]
    new = copy.deepcopy(old)
    del said["content_api"]
    for first, second in ((old, new), (new, old)):
        with opened(replace(specimen(), titles={"luna": first})) as there:
            there.converge()
            ids = [have.id for have in there.recorded().values()]
            there.titles = {"luna": second}
            planned = there.plan()
            changed = {name for change in doing(planned) for name in change.changed}
            assert changed <= {"cover", "subtitle", "edition_year", "own_identifiers"}, (
                "v1 has no place for these: declared by v3, they are sent once"
            )
            there.carry_out(planned)
            there.settled()
            assert [have.id for have in there.recorded().values()] == ids


def test_what_only_the_one_api_holds_is_let_go_of_without_a_request_when_the_other_takes_over() -> None:
    new = copy.deepcopy(LUNA)
    old = copy.deepcopy(LUNA)
    old["editions"]["epub"]["publish"]["store"] = {"categories": ["Novela"], "collections": ["Clásicos"], "free": False}
    with opened(replace(specimen(), titles={"luna": new})) as there:
        there.converge()
        there.titles = {"luna": old}
        planned = there.plan()
        assert doing(planned) == []
        there.carry_out(planned)
        there.settled()


def test_countries_are_let_go_of_without_a_request_by_v3() -> None:
    old = copy.deepcopy(LUNA)
    old["editions"]["epub"]["publish"]["store"] = {"countries": ["Finland"]}
    new = copy.deepcopy(old)
    new["editions"]["epub"]["publish"]["store"] = {"content_api": "v3"}
    for one in (old, new):
        del one["subtitle"], one["edition_year"], one["editions"]["epub"]["identifiers"], one["editions"]["epub"]["files"]["cover"]
    with opened(replace(specimen(), titles={"luna": old})) as there:
        there.converge()
        there.titles = {"luna": new}
        assert sent(there) == []


# ── lists that lie ──


def _lies(there: Kit, rows: str, *places: int) -> None:
    """Have the lists of tracks at some places, counted from the next one, lack something."""
    there.server.clear_faults()
    for met, place in enumerate(places):  # a request that meets a fault is not counted by those behind it
        there.server.inject(Fault(kind=FaultKind.DISTORT, method="GET", path="/tracks", rows=rows, skip=place - met))


def _applied_whatever(there: Kit) -> None:
    """Plan and apply as a command would, unless the store is not believed."""
    with suppress(CatalogError):
        there.carry_out(there.plan())


@pytest.mark.parametrize("rows", ["empty", "short", "shifted"])
@pytest.mark.parametrize("places", [(0,), (1,), (0, 1), (0, 2), (0, 2, 4), (1, 3, 5)], ids=str)
def test_lists_that_lack_tracks_neither_add_nor_take_away_any(rows: str, places: tuple[int, ...]) -> None:
    """One list, the first two, every other: no two lies in a row are agreed on by a third list."""
    with kit(A, B) as there:
        there.converge()
        for _ in range(2):
            _lies(there, rows, *places)
            _applied_whatever(there)
            there.server.clear_faults()
            assert titles(there) == ["A", "B"]
        there.settled()


@pytest.mark.parametrize("seed", range(5))
def test_lists_that_lack_tracks_at_random_double_nothing_unless_three_in_a_row_do(seed: int) -> None:
    dice = random.Random(seed)
    lies: list[int] = []
    for place in range(60):
        if dice.random() < 0.5 and (place - 1 not in lies or place - 2 not in lies):
            lies.append(place)
    with kit(A, B) as there:
        there.converge()
        _lies(there, "empty", *lies)
        for _ in range(6):
            _applied_whatever(there)
            assert titles(there) == ["A", "B"]


def test_a_store_that_gives_the_same_answer_to_every_list_is_believed_and_at_what_cost() -> None:
    with kit(A, B) as there:
        there.converge()
        there.emulator.remove(there.recorded()[there.address("track/olas.audio/b")].id)
        there.plan()
        lists = [one for one in there.emulator.requests if one.path.endswith("/tracks")]
        assert len(lists) == 3
        there.carry_out(there.plan())
        there.settled()
        assert len([one for one in there.emulator.requests if one.path.endswith("/tracks")]) == 1


# ── created again ──


def anew(there: Kit, **how: Any) -> list[Diagnostic]:
    """Plan to make the audiobook again, and give what refuses it."""
    try:
        there.plan(scope=Scope(replaces=("store/content/*",)), **how)
    except CatalogError as problem:
        return [one for one in problem.diagnostics if one.code == "replace-would-lose"]
    return []


@pytest.mark.parametrize("refresh", list(Refresh))
def test_an_audiobook_is_not_made_anew_while_it_has_tracks_that_no_file_declares(refresh: Refresh) -> None:
    with kit(A, B) as there:
        there.converge()
        assert anew(there, refresh=refresh) == []
        foreign(there, "Bonus")
        (refusal,) = anew(there, refresh=refresh)
        assert "It has the track 'Bonus', which the files do not declare and which would be deleted with it." in refusal.detail
        assert refusal.address == "store/content/olas.audio"
        declare(there, A, B, foreign_tracks="remove")
        assert anew(there, refresh=refresh) == []


def test_tracks_that_are_declared_no_longer_go_with_an_audiobook_that_is_made_anew() -> None:
    with kit(A, B) as there:
        there.converge()
        declare(there, A)
        assert anew(there) == []


@pytest.mark.parametrize("file_is_track", [False, True])
def test_an_audiobook_of_one_file_is_made_anew_unless_others_added_tracks(file_is_track: bool) -> None:
    with kit(file_is_track=file_is_track) as there:
        there.converge()
        assert anew(there) == []
        foreign(there, "Bonus")
        (refusal,) = anew(there)
        assert "the track 'Bonus'," in refusal.detail
