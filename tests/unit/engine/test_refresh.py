"""What stores answer is believed with care, and every account's trouble is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogctl.events import RefreshFinished
from catalogctl.model.diagnostics import CatalogError, Refusal
from catalogctl.planning.planner import Scope
from unit.engine.toy import BOX, Room, Shelf, at, box, unauthorized, unavailable

MANY = 10


def filled(tmp_path: Path, count: int) -> Room:
    room = Room(tmp_path)
    room.apply(*(box(f"t{number}") for number in range(count)))
    return room


def test_a_store_that_suddenly_shows_nothing_of_many_is_not_believed(tmp_path: Path) -> None:
    room = filled(tmp_path, MANY)
    room.shelf.things.clear()
    with pytest.raises(CatalogError) as refused:
        room.plan(*(box(f"t{number}") for number in range(MANY)))
    assert refused.value.refusal is Refusal.UNAVAILABLE
    assert [problem.code for problem in refused.value.diagnostics] == ["store-suddenly-empty"]


def test_a_store_that_shows_nothing_of_a_few_is_believed(tmp_path: Path) -> None:
    room = filled(tmp_path, MANY - 1)
    room.shelf.things.clear()
    assert room.plan(*(box(f"t{number}") for number in range(MANY - 1))).plan.summary.create == MANY - 1


def test_a_store_that_shows_one_of_many_is_believed(tmp_path: Path) -> None:
    room = filled(tmp_path, MANY)
    for id_ in list(room.shelf.things)[1:]:
        del room.shelf.things[id_]
    assert room.plan(*(box(f"t{number}") for number in range(MANY))).plan.summary.create == MANY - 1


def test_the_first_plan_of_many_finds_nothing_and_is_believed(tmp_path: Path) -> None:
    assert Room(tmp_path).plan(*(box(f"t{number}") for number in range(MANY))).plan.summary.create == MANY


@pytest.mark.parametrize(
    ("troubles", "refusal"),
    [
        ((unavailable, unavailable), Refusal.UNAVAILABLE),
        ((unavailable, unauthorized), Refusal.CREDENTIALS),
        ((unauthorized, unavailable), Refusal.CREDENTIALS),
    ],
)
def test_the_failures_of_all_accounts_are_told_and_the_credentials_decide(tmp_path: Path, troubles: tuple, refusal: Refusal) -> None:  # type: ignore[type-arg]
    room = Room(tmp_path, {"one": Shelf(), "two": Shelf(), "three": Shelf()})
    for account, trouble in zip(("one", "two"), troubles, strict=True):
        room.shelves[account].trouble["list", ""] = [trouble]
    with pytest.raises(CatalogError) as refused:
        room.plan(box("a", "one"), box("b", "two"), box("c", "three"))
    assert len(refused.value.diagnostics) == 2
    assert refused.value.refusal is refusal


def test_only_accounts_that_something_is_asked_of_are_read(tmp_path: Path) -> None:
    room = Room(tmp_path, {"toys": Shelf(), "others": Shelf(trouble={("list", ""): [unavailable]})})
    room.plan(box("a"), box("b", "others"), scope=Scope(selected=lambda address: address.account == "toys"))
    assert [event.account for event in room.heard if isinstance(event, RefreshFinished)] == ["toys"]


def test_a_fault_of_a_reader_is_not_taken_for_an_answer(tmp_path: Path) -> None:
    def broken() -> Exception:
        return ZeroDivisionError("ours")

    room = Room(tmp_path, {"toys": Shelf(trouble={("list", ""): [broken]})})  # type: ignore[list-item]
    with pytest.raises(ZeroDivisionError):
        room.plan(box("a"))


def test_an_object_is_found_by_its_id_whatever_its_key_is_now(tmp_path: Path) -> None:
    room = filled(tmp_path, 1)
    room.shelf.things["#1"]["name"] = "renamed"
    (change,) = room.plan(box("t0")).plan.changes
    assert (change.address, change.id, change.changed) == (at(BOX, "t0"), "#1", frozenset({"name"}))
