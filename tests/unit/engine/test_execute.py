"""Steps are taken in order, side by side, recorded before and after, and a failure takes only its dependents with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalogctl.engine import execute as engine
from catalogctl.engine.execute import GIVE_UP, Bound, Execution, OnFailure, Reached
from catalogctl.engine.plan import Planned
from catalogctl.engine.step import Failure
from catalogctl.events import Event, OperationFailed, OperationFinished, OperationProgressed, OperationSkipped, OperationStarted
from catalogctl.model.diagnostics import CatalogError, Refusal, error
from catalogctl.model.resource import Identity, Resource
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.scope import Purpose, Scope
from catalogctl.state.backend import LockInfo
from catalogctl.state.journal import End, Outcome
from catalogctl.state.ledger import Held, Ledger
from shop import IMPORTABLE
from unit.engine.toy import BOX, CARD, CATALOG, JAR, Room, Shelf, Trouble, at, box, card, jar, lost, refused, unauthorized, unavailable

DESTROY = Scope(Purpose.DESTROY)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def names(execution: Execution, part: str) -> list[str]:
    return [getattr(one, "operation", one).name for one in getattr(execution, part)]


# Order.


def test_nothing_starts_before_what_it_needs_and_references_are_filled_with_the_ids_that_were_learned(room: Room) -> None:
    applied = room.apply(card("x", "a"), box("a"), card("y", "a"))
    assert room.shelf.calls[0] == ("create", "box a")
    assert {thing["name"]: thing.get("box") for thing in room.shelf.things.values()} == {"box a": None, "card x": "#1", "card y": "#1"}
    recorded = applied.snapshot.resources[at(CARD, "x")]
    assert recorded.attributes["box"] == "#1"
    assert recorded.dependencies == (at(BOX, "a"),)
    assert room.plan(card("x", "a"), box("a"), card("y", "a")).plan.is_empty


def test_what_create_must_not_be_told_is_told_by_an_update_after_it(room: Room) -> None:
    room.apply(box("a", opens="late", note="…"))
    assert room.shelf.calls == [("create", "box a"), ("update", "box a")]
    assert room.shelf.things["#1"] == {"name": "box a", "opens": "late", "note": "…"}
    assert room.plan(box("a", opens="late", note="…")).plan.is_empty


def test_what_is_not_declared_any_more_goes_against_the_arrows(room: Room) -> None:
    room.apply(box("a"), card("x", "a"), box("left"))
    room.shelf.calls.clear()
    room.apply(box("left"))
    assert room.shelf.calls == [("delete", "card x"), ("delete", "box a")]
    assert [thing["name"] for thing in room.shelf.things.values()] == ["box left"]


def test_a_replaced_parent_takes_its_children_to_its_new_id(room: Room) -> None:
    room.apply(box("a", shape="round"), card("x", "a"))
    room.apply(box("a", shape="square"), card("x", "a"))
    (parent,) = room.shelf.named("box a")
    (child,) = room.shelf.named("card x")
    assert room.shelf.things[child]["box"] == parent
    assert room.plan(box("a", shape="square"), card("x", "a")).plan.is_empty


def test_what_is_replaced_is_deleted_under_the_key_that_it_has_and_made_under_the_one_that_it_gets(room: Room) -> None:
    room.apply(box("a", shape="round"))
    room.shelf.calls.clear()
    room.apply(box("a", key="another key", shape="square"))
    assert room.shelf.calls == [("delete", "box a"), ("create", "another key")]


@pytest.mark.parametrize("width", [1, 2, 5])
def test_never_more_steps_are_under_way_than_the_account_bears(tmp_path: Path, width: int) -> None:
    room = Room(tmp_path, {"toys": Shelf(seconds=0.01), "others": Shelf(seconds=0.01)}, width=width)
    wanted = [box(f"{account}{number}", account) for account in room.shelves for number in range(12)]
    applied = room.apply(*wanted)
    assert len(applied.execution.done) == 24
    assert {name: shelf.widest for name, shelf in room.shelves.items()} == {"toys": width, "others": width}


# Failure.


def test_a_failure_skips_its_dependents_by_name_and_independent_work_goes_on(room: Room) -> None:
    room.shelf.trouble["create", "box a"] = [refused]
    applied = room.apply(box("a"), card("x", "a"), box("b"), card("y", "b"))
    assert names(applied.execution, "failed") == ["create toys/box/a.set"]
    assert names(applied.execution, "skipped") == ["create toys/card/x.set"]
    assert sorted(names(applied.execution, "done")) == ["create toys/box/b.set", "create toys/card/y.set"]
    assert applied.execution.refusal is Refusal.PARTIAL
    assert [event.because for event in room.heard if isinstance(event, OperationSkipped)] == ["create toys/box/a.set"]
    assert sorted(applied.snapshot.resources) == [at(BOX, "b"), at(CARD, "y")]
    room.shelf.calls.clear()
    assert room.apply(box("a"), card("x", "a"), box("b"), card("y", "b")).execution.refusal is None
    assert room.shelf.calls == [("create", "box a"), ("create", "card x")]


def test_skipping_goes_all_the_way_down_and_names_the_one_to_blame(room: Room) -> None:
    room.shelf.trouble["create", "box a"] = [refused]
    deep = replace(card("y", "a"), dependencies=(at(BOX, "a"), at(CARD, "x")))
    applied = room.apply(box("a", opens="late"), card("x", "a"), deep)
    assert names(applied.execution, "failed") == ["create toys/box/a.set"]
    assert {event.name: event.because for event in room.heard if isinstance(event, OperationSkipped)} == {
        "update toys/box/a.set after create": "create toys/box/a.set",
        "create toys/card/x.set": "create toys/box/a.set",
        "create toys/card/y.set": "create toys/box/a.set",
    }


def test_with_fail_fast_nothing_new_is_started_after_a_failure(tmp_path: Path) -> None:
    room = Room(tmp_path, width=1)
    room.shelf.trouble["create", "box b"] = [refused]
    applied = room.apply(*(box(name) for name in "abcd"), on_failure=OnFailure.STOP)
    assert room.shelf.calls == [("create", "box a"), ("create", "box b")]
    assert names(applied.execution, "skipped") == ["create toys/box/c.set", "create toys/box/d.set"]
    assert not applied.execution.interrupted


def test_a_stop_lets_what_is_under_way_finish_and_starts_nothing(tmp_path: Path) -> None:
    room = Room(tmp_path, {"toys": Shelf(seconds=0.01)}, width=2)

    def stop_at_the_first(event: Event) -> None:
        room.stop.requested |= isinstance(event, OperationFinished)

    room.listen = stop_at_the_first
    applied = room.apply(*(box(name) for name in "abcdef"))
    assert applied.execution.interrupted
    assert len(room.shelf.calls) == len(applied.execution.done) == len(room.shelf.things) == len(applied.snapshot.resources) == 2
    assert len(applied.execution.skipped) == 4


def test_a_stop_that_comes_when_all_is_done_interrupts_nothing(room: Room) -> None:
    def stop_at_the_last(event: Event) -> None:
        room.stop.requested |= isinstance(event, OperationFinished)

    room.listen = stop_at_the_last
    applied = room.apply(box("a"))
    assert not applied.execution.interrupted
    assert applied.execution.refusal is None


@pytest.mark.parametrize(
    ("failure", "refusal"),
    [(refused, Refusal.PARTIAL), (unavailable, Refusal.UNAVAILABLE), (unauthorized, Refusal.CREDENTIALS), (lost, Refusal.UNKNOWN_OUTCOME)],
)
def test_each_kind_of_failure_has_a_reason_of_its_own(room: Room, failure: Trouble, refusal: Refusal) -> None:
    room.apply(box("a"))
    room.shelf.trouble["update", "box a"] = [failure, failure]
    assert room.apply(box("a", note="new")).execution.refusal is refusal


def test_of_several_reasons_the_gravest_is_told() -> None:
    (operation,) = Room(Path("/nowhere")).plan(box("a")).plan.graph.operations

    def execution(*reasons: Refusal) -> Execution:
        return Execution(failed=tuple(Failure(operation, error("x", "X"), reason) for reason in reasons))

    grave = [Refusal.STALE, Refusal.UNKNOWN_OUTCOME, Refusal.CREDENTIALS, Refusal.UNAVAILABLE, Refusal.PARTIAL]
    for place, worst in enumerate(grave):
        assert execution(*reversed(grave[place:])).refusal is worst
    assert execution().refusal is None
    assert execution(Refusal.ERROR).refusal is Refusal.PARTIAL, "what failed for a reason of our own failed all the same"


# Answers that are lost.


@pytest.mark.parametrize(("when", "calls"), [("lost", 1), ("update", 2)], ids=["after", "before"])
def test_an_update_whose_answer_is_lost_is_done_once(room: Room, when: str, calls: int) -> None:
    room.apply(box("a"))
    room.shelf.calls.clear()
    room.shelf.trouble[when, "box a"] = [lost]
    assert room.apply(box("a", note="new")).execution.refusal is None
    assert (len(room.shelf.calls), [thing["note"] for thing in room.shelf.things.values()]) == (calls, ["new"])


@pytest.mark.parametrize("trouble", [{("lost", "box a"): [lost]}, {("create", "box a"): [lost]}], ids=["after", "before"])
def test_a_create_whose_answer_is_lost_is_looked_up_and_adopted_or_sent_again(
    room: Room, trouble: dict[tuple[str, str], list[Trouble | None]]
) -> None:
    room.shelf.trouble = trouble
    applied = room.apply(box("a"), card("x", "a"))
    assert applied.execution.refusal is None
    assert sorted(thing["name"] for thing in room.shelf.things.values()) == ["box a", "card x"]
    assert room.plan(box("a"), card("x", "a")).plan.is_empty


def test_a_lost_create_is_not_sent_again_before_the_window_has_passed(room: Room) -> None:
    tried: list[float] = []
    room.shelf.before_write = lambda _verb, _key: tried.append(room.clock.passed)
    room.shelf.trouble["create", "box a"] = [lost]
    assert room.apply(box("a")).execution.refusal is None
    assert BOX.identity is Identity.ENFORCED, "also where the store would refuse a second one"
    assert tried == [0.0, pytest.approx(30.0)]


def test_a_create_that_arrives_after_it_was_looked_for_is_found_when_the_second_one_is_refused(room: Room) -> None:
    """The first is on its way while nothing is found yet; the store then refuses a second object with one key."""

    def arrives_late(verb: str, key: str) -> None:
        if room.shelf.calls.count((verb, key)) == 2:
            room.shelf.things["#7"] = {"name": key}

    room.shelf.trouble["create", "box a"] = [lost]
    room.shelf.before_write = arrives_late
    applied = room.apply(box("a"))
    assert applied.execution.refusal is None
    assert applied.snapshot.resources[at(BOX, "a")].id == "#7"
    assert list(room.shelf.things) == ["#7"]


def cut_off(planned: Planned) -> list[str]:
    """Give the steps of which a plan says that their end is not recorded."""
    [told] = [one.detail for one in planned.plan.diagnostics if one.code == "run-cut-off"]
    return told.partition("The journal announces ")[2].partition(", without")[0].split(", ")


def test_while_a_create_is_refused_for_what_does_not_show_its_end_is_unknown(room: Room) -> None:
    """What is in the way may be what the first try made."""
    room.shelf.trouble["create", "box a"] = [lost, refused]
    assert room.apply(box("a")).execution.refusal is Refusal.UNKNOWN_OUTCOME
    assert cut_off(room.plan(box("a"))) == ["create toys/box/a.set"]


@pytest.mark.parametrize("question", [unavailable, unauthorized])
def test_while_nobody_can_tell_what_became_of_a_create_its_end_is_unknown_and_its_intent_stays_open(room: Room, question: Trouble) -> None:
    room.shelf.trouble = {("lost", "box a"): [lost], ("find", "box a"): [question]}
    applied = room.apply(box("a"), card("x", "a"))
    assert applied.execution.refusal is Refusal.UNKNOWN_OUTCOME
    assert [event.unknown for event in room.heard if isinstance(event, OperationFailed)] == [True]
    assert cut_off(room.plan(box("a"), card("x", "a"))) == ["create toys/box/a.set"]
    assert room.apply(box("a"), card("x", "a")).execution.refusal is None
    assert [call for call in room.shelf.calls if call[0] == "create"] == [("create", "box a"), ("create", "card x")]


def test_a_delete_whose_answer_is_lost_is_done_once(room: Room) -> None:
    for when, calls in (("lost", 1), ("delete", 2)):
        room.apply(box("a"))
        room.shelf.calls.clear()
        room.shelf.trouble[when, "box a"] = [lost]
        assert room.apply(scope=DESTROY).execution.refusal is None
        assert (len(room.shelf.calls), room.shelf.things) == (calls, {})


@pytest.mark.parametrize(("denials", "calls"), [(0, 1), (1, 2)])
def test_an_object_that_a_delete_does_not_find_is_read_before_it_is_forgotten(room: Room, denials: int, calls: int) -> None:
    room.apply(box("a"))
    room.shelf.calls.clear()
    room.shelf.denied = ["#1"] * denials
    applied = room.apply(scope=DESTROY)
    assert (applied.execution.refusal, applied.snapshot.resources) == (None, {})
    assert (len(room.shelf.calls), room.shelf.things) == (calls, {})


def test_an_object_that_no_delete_finds_and_a_reading_shows_is_not_forgotten(room: Room) -> None:
    room.apply(box("a"))
    room.shelf.undeletable = True
    applied = room.apply(scope=DESTROY)
    assert applied.execution.refusal is Refusal.UNAVAILABLE
    assert [failure.diagnostic.code for failure in applied.execution.failed] == ["store-disagrees"]
    assert list(applied.snapshot.resources) == [at(BOX, "a")]
    room.shelf.undeletable = False
    assert room.apply(scope=DESTROY).snapshot.resources == {}


def test_what_is_gone_since_the_plan_was_made_is_forgotten(room: Room) -> None:
    room.apply(box("a"), box("b"))

    def removed_by_hand(_verb: str, _key: str) -> None:
        room.shelf.things.pop("#2", None)

    room.shelf.before_write = removed_by_hand
    applied = room.apply(scope=DESTROY)
    assert (applied.execution.refusal, applied.snapshot.resources, room.shelf.things) == (None, {}, {})


def test_a_store_that_leaves_ten_steps_in_a_row_unanswered_is_left_alone_and_others_go_on(tmp_path: Path) -> None:
    room = Room(tmp_path, {"toys": Shelf(), "others": Shelf()}, width=1)
    wanted = [box(f"{number:02d}", account) for account in room.shelves for number in range(15)]
    room.shelf.trouble = {("create", f"box {number:02d}"): [unavailable] for number in range(15)}
    applied = room.apply(*wanted)
    assert len(room.shelf.calls) == GIVE_UP
    assert len(room.shelves["others"].things) == 15
    assert applied.execution.refusal is Refusal.UNAVAILABLE
    skipped = [event for event in room.heard if isinstance(event, OperationSkipped)]
    assert [event.because for event in skipped] == ["create toys/box/09.set"] * 5
    assert not applied.execution.interrupted


def test_an_answer_in_between_shows_that_the_store_is_there(tmp_path: Path) -> None:
    room = Room(tmp_path, width=1)
    wanted = [box(f"{number:02d}") for number in range(25)]
    room.shelf.trouble = {("create", f"box {number:02d}"): [refused if number % 9 == 8 else unavailable] for number in range(25)}
    room.apply(*wanted)
    assert len(room.shelf.calls) == 25


def test_a_key_that_is_refused_is_not_tried_again(tmp_path: Path) -> None:
    room = Room(tmp_path, width=1)
    room.shelf.trouble = {("create", f"box {name}"): [unauthorized] for name in "abc"}
    applied = room.apply(*(box(name) for name in "abc"))
    assert room.shelf.calls == [("create", "box a")]
    assert applied.execution.refusal is Refusal.CREDENTIALS


# The journal.


def test_an_intent_is_on_the_disk_before_its_call_is_made_and_an_outcome_before_a_dependent_starts(room: Room) -> None:
    seen: list[tuple[str, bool, bool]] = []

    def look(_verb: str, key: str) -> None:
        journal = (room.folder / "state/default.journal").read_bytes()
        announced = b'"intent":{' in journal and f'"key":"{key}"'.encode() in journal
        seen.append((key, announced, b'"end":"done"' in journal))

    room.shelf.before_write = look
    room.apply(box("a"), card("x", "a"))
    assert seen == [("box a", True, False), ("card x", True, True)]
    assert not (room.folder / "state/default.journal").exists()


def test_events_tell_the_life_of_each_step_in_order(room: Room) -> None:
    room.apply(box("a"), card("x", "a"))
    told = [(type(event), event.name) for event in room.heard if isinstance(event, OperationStarted | OperationFinished)]
    assert told == [(kind, f"create toys/{name}") for name in ("box/a.set", "card/x.set") for kind in (OperationStarted, OperationFinished)]


def test_a_step_that_takes_long_is_told_of_again_and_again_also_while_others_come_and_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "STILL_EVERY", 0.05)
    room = Room(tmp_path, {"toys": Shelf(seconds=0.6), "more": Shelf(seconds=0.02)}, width=1)
    room.apply(box("slow"), *(box(f"b{number}", "more") for number in range(8)))
    told = [event for event in room.heard if isinstance(event, OperationProgressed)]
    assert {event.name for event in told} == {"create toys/box/slow.set"}
    assert len(told) > 1
    assert [round(event.seconds / 0.05) for event in told] == list(range(1, len(told) + 1)), "no word is left out, and none is said twice"
    assert isinstance(room.heard[-2], OperationFinished), "nothing is told of a step that is over"


def test_what_fails_on_our_side_is_told_and_what_was_done_is_remembered(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that cannot be written stops the run: nothing is sent that no one would remember."""
    real = os.fsync
    full = False

    def fsync(descriptor: int) -> None:
        if full:
            raise OSError(28, "No space left on device")
        real(descriptor)

    def fill(_verb: str, _key: str) -> None:
        nonlocal full
        full = True

    monkeypatch.setattr(os, "fsync", fsync)
    room.shelf.after_write = fill
    with pytest.raises(CatalogError):
        room.apply(box("a"), card("x", "a"))
    assert room.shelf.calls == [("create", "box a")]
    full = False
    room.shelf.after_write = lambda _verb, _key: None
    room.apply(box("a"), card("x", "a"))
    assert room.shelf.calls == [("create", "box a"), ("create", "card x")]


def test_a_replace_that_ends_between_its_halves_is_taken_up_again_and_nothing_is_left_or_sent_twice(room: Room) -> None:
    room.apply(jar("a", shape="round"))
    room.shelf.trouble[("delete", "jar a")] = [refused]
    half = room.apply(jar("a", shape="square"))
    assert half.execution.refusal is Refusal.PARTIAL
    remembered = half.snapshot.resources[at(JAR, "a")]
    assert (remembered.id, [one.id for one in remembered.deposed]) == ("#2", ["#1"]), "the old one is remembered as long as it is there"
    assert sorted(room.shelf.things) == ["#1", "#2"]
    room.shelf.calls.clear()
    (left,) = room.plan(jar("a", shape="square")).plan.changes
    assert (left.action, left.reason, left.id) == (Action.DELETE, Reason.BROKEN_OFF, "#1")
    whole = room.apply(jar("a", shape="square"))
    assert room.shelf.calls == [("delete", "jar a")]
    assert whole.snapshot.resources[at(JAR, "a")].id == "#2"
    assert sorted(room.shelf.things) == ["#2"]
    assert room.plan(jar("a", shape="square")).plan.is_empty


def keyed(title: str, key: str, shape: str) -> Resource:
    return replace(jar(title), key=key, attributes={"name": key, "shape": shape})


def test_objects_that_exchange_places_are_made_although_each_finds_its_equal_there(room: Room) -> None:
    room.apply(keyed("a", "one", "round"), keyed("b", "two", "square"))
    room.apply(keyed("a", "two", "square"), keyed("b", "one", "round"))
    assert sorted(room.shelf.things) == ["#3", "#4"]
    assert {(thing["name"], thing["shape"]) for thing in room.shelf.things.values()} == {("two", "square"), ("one", "round")}
    assert room.plan(keyed("a", "two", "square"), keyed("b", "one", "round")).plan.is_empty


def test_an_object_that_is_still_to_be_deleted_is_not_taken_for_a_new_one(room: Room) -> None:
    room.apply(jar("a", shape="round"))
    room.shelf.trouble[("delete", "jar a")] = [refused]
    room.apply(jar("a", shape="square"))
    room.apply(jar("a", shape="round"))
    assert list(room.shelf.things.values()) == [{"name": "jar a", "shape": "round"}]
    assert room.plan(jar("a", shape="round")).plan.is_empty


def test_a_create_that_the_store_answers_with_the_object_of_another_address_fails(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.apply(box("a"))
    monkeypatch.setattr(room.shelf, "put", lambda _attributes: "#1")
    applied = room.apply(box("a"), box("b"))
    assert [failure.diagnostic.code for failure in applied.execution.failed] == ["held-elsewhere"]
    assert sorted(applied.snapshot.resources) == [at(BOX, "a")]


def test_a_lost_create_is_not_settled_by_the_object_of_another_address(room: Room) -> None:
    room.apply(box("a"))

    def rename(_verb: str, key: str) -> None:
        room.shelf.things["#1"]["name"] = key

    room.shelf.before_write = rename
    room.shelf.trouble[("create", "box b")] = [lost]
    applied = room.apply(box("a"), box("b"))
    assert applied.execution.refusal is Refusal.UNKNOWN_OUTCOME
    assert sorted(applied.snapshot.resources) == [at(BOX, "a")]


def test_what_another_address_has_by_now_is_not_deleted(room: Room) -> None:
    room.apply(jar("a", shape="round"), jar("b"))
    room.shelf.trouble[("delete", "jar a")] = [refused]
    half = room.apply(jar("a", shape="square"), jar("b"))
    also = replace(half.snapshot.resources[at(JAR, "b")], id="#1")
    info = LockInfo.of_this_process("default", "apply", id_="hold", since=datetime.now(UTC))
    with room.backend.lock(info, 5) as lock:
        ledger = Ledger.open(Held(room.backend, lock, room.stores.type_of, "toy-lineage"))
        ledger.commit([Outcome("note", "note", also.address, End.DONE, also)])
        ledger.close()
    room.shelf.calls.clear()
    applied = room.apply(jar("a", shape="square"), jar("b"))
    assert "delete" not in {verb for verb, _ in room.shelf.calls}
    assert "#1" in room.shelf.things
    assert [told.code for told in applied.diagnostics] == ["held-elsewhere"]
    assert applied.snapshot.resources[at(JAR, "a")].deposed == ()


INSTANTS = range(1, 2 * 6 + 1)
"""Before and after each of the six writes of the toy's catalog."""


@pytest.mark.parametrize("point", INSTANTS)
def test_killed_before_or_after_any_write_the_next_run_goes_on_and_nothing_is_doubled(tmp_path: Path, point: int) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([IMPORTABLE, str(Path(__file__).parents[2])])}
    command = [sys.executable, "-m", "unit.engine.toy", str(tmp_path)]
    killed = subprocess.run([*command, str(point)], env=environment, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed
    room = Room(tmp_path, {"toys": Shelf(tmp_path / "shelf.json")})
    wanted: tuple[Resource, ...] = tuple(CATALOG)
    before = len(room.shelf.things)
    applied = room.apply(*wanted)
    assert applied.execution.refusal is None
    assert sorted(thing["name"] for thing in room.shelf.things.values()) == sorted(one.key for one in wanted)
    assert len([call for call in room.shelf.calls if call[0] == "create"]) == len(wanted) - before
    assert sorted(applied.snapshot.resources) == sorted(one.address for one in wanted)
    assert room.plan(*wanted).plan.is_empty
    assert not (tmp_path / "state/default.journal").exists()


def test_nothing_is_destroyed_twice_after_a_kill(room: Room) -> None:
    """What is gone from the store already is forgotten, not looked for with an error."""
    room.apply(*CATALOG)
    room.shelf.things.pop(room.shelf.named("card x")[0])
    applied = room.apply(scope=DESTROY)
    assert applied.execution.refusal is None
    assert applied.snapshot.resources == {}
    assert room.shelf.things == {}


# Ending by itself.


def test_a_bound_run_begins_so_many_steps_and_says_what_kept_the_others(tmp_path: Path) -> None:
    room = Room(tmp_path, width=3)
    applied = room.apply(*(box(name) for name in "abcde"), bound=Bound(operations=2))
    assert sorted(room.shelf.calls) == [("create", "box a"), ("create", "box b")]
    assert len(applied.execution.skipped) == 3
    assert (applied.execution.reached, applied.execution.refusal) == (Reached.OPERATIONS, Refusal.PARTIAL)
    assert not applied.execution.interrupted
    assert room.apply(*(box(name) for name in "abcde"), bound=Bound(operations=3)).execution.reached is None


def test_a_run_whose_time_is_over_begins_nothing_more(tmp_path: Path) -> None:
    room = Room(tmp_path, {"toys": Shelf(seconds=0.05)}, width=1)
    applied = room.apply(*(box(name) for name in "abc"), bound=Bound(seconds=0.01))
    assert room.shelf.calls == [("create", "box a")]
    assert (applied.execution.reached, applied.execution.refusal) == (Reached.DURATION, Refusal.PARTIAL)
    assert room.apply(*(box(name) for name in "abc"), bound=Bound(seconds=0.0)).execution.done == ()
    assert room.apply(*(box(name) for name in "abc"), bound=Bound(seconds=60.0)).execution.refusal is None


def test_a_bound_run_ends_the_replacements_that_it_began(tmp_path: Path) -> None:
    room = Room(tmp_path, width=1)
    room.apply(box("a", shape="round"), box("b", shape="round"), box("c", shape="round"))
    room.shelf.calls.clear()
    replaced = (box("a", shape="square"), box("b", shape="square"), box("c", shape="square"))
    applied = room.apply(*replaced, bound=Bound(operations=1))
    assert room.shelf.calls == [("delete", "box a"), ("create", "box a")]
    assert applied.execution.reached is Reached.OPERATIONS
    assert len(room.shelf.things) == 3
    room.apply(*replaced)
    assert room.plan(*replaced).plan.is_empty
