"""What stores answer is believed with care, and every account's trouble is reported at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from catalogctl.engine.absence import READINGS
from catalogctl.engine.plan import Coverage, PlanRequest, make_plan
from catalogctl.engine.refresh import Refreshed, refresh
from catalogctl.engine.stores import Stores
from catalogctl.events import RefreshFinished, RefreshProgressed
from catalogctl.model.account import Account
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import CatalogError, Refusal, error
from catalogctl.model.resource import Identity, Observed, Recorded, ResourceType
from catalogctl.planning.action import Action
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.scope import Purpose, Scope
from catalogctl.provider.authentication import Authentication, FixedHeaders
from catalogctl.provider.protocol import Listing, Lookup
from catalogctl.testing.clock import VirtualClock
from unit.engine.toy import BOX, CARD, Room, Shelf, Toy, Trouble, at, box, jar, unauthorized, unavailable

MANY = 10


def filled(tmp_path: Path, count: int) -> Room:
    room = Room(tmp_path)
    room.apply(*(box(f"t{number}") for number in range(count)))
    return room


def unseen(room: Room, *ids: str, lists: int) -> None:
    """Have the next so many listings lack some objects, which are there when they are read by their ids."""
    room.shelf.unseen = [frozenset(ids)] * lists


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("lists", [1, 2])
def test_what_a_listing_lacks_and_another_reading_shows_is_neither_made_nor_forgotten(tmp_path: Path, count: int, lists: int) -> None:
    room = filled(tmp_path, count)
    wanted = [box(f"t{number}") for number in range(count)]
    for gone in (["#1"], list(room.shelf.things)):
        unseen(room, *gone, lists=lists)
        assert [change.action for change in room.plan(*wanted).plan.changes] == [Action.NO_OP] * count
        unseen(room, *gone, lists=lists)
        assert room.plan(*wanted, scope=Scope(Purpose.DESTROY)).plan.summary.delete == count
        unseen(room, *gone, lists=lists)
        assert room.plan(*wanted, scope=Scope(Purpose.REFRESH)).plan.drift == ()


def test_a_store_whose_listing_and_objects_contradict_each_other_whenever_it_is_asked_is_not_believed(tmp_path: Path) -> None:
    room = filled(tmp_path, 2)
    unseen(room, "#2", lists=READINGS)
    with pytest.raises(CatalogError) as refused:
        room.plan(box("t0"), box("t1"))
    [problem] = refused.value.diagnostics
    assert (refused.value.refusal, problem.code) == (Refusal.UNAVAILABLE, "store-disagrees")
    assert "toys/box/t1.set (id #2)" in problem.detail


def test_what_two_readings_lack_is_gone_and_made_again(tmp_path: Path) -> None:
    room = filled(tmp_path, 2)
    del room.shelf.things["#1"]
    plan = room.plan(box("t0"), box("t1")).plan
    assert (plan.summary.create, plan.summary.no_op) == (1, 1)


def test_a_further_reading_is_sent_only_for_what_is_missing(tmp_path: Path) -> None:
    room = filled(tmp_path, 3)
    wanted = [box(f"t{number}") for number in range(3)]
    room.shelf.reads.clear()
    room.plan(*wanted)
    assert room.shelf.reads == ["list"]
    del room.shelf.things["#2"]
    room.shelf.reads.clear()
    room.plan(*wanted)
    assert room.shelf.reads == ["list", "#2"]


def test_an_object_that_has_another_id_now_is_taken_over_only_when_the_recorded_one_is_gone(tmp_path: Path) -> None:
    room = filled(tmp_path, 1)
    room.shelf.things["#7"] = dict(room.shelf.things["#1"])
    unseen(room, "#1", lists=READINGS)
    with pytest.raises(CatalogError) as refused:
        room.plan(box("t0"))
    assert refused.value.diagnostics[0].code == "store-disagrees"
    del room.shelf.things["#1"]
    [change] = room.plan(box("t0")).plan.changes
    assert (change.action, change.id) == (Action.ADOPT, "#7")


def test_a_store_that_suddenly_shows_nothing_of_many_is_not_believed(tmp_path: Path) -> None:
    room = filled(tmp_path, MANY)
    room.shelf.things.clear()
    with pytest.raises(CatalogError) as refused:
        room.plan(*(box(f"t{number}") for number in range(MANY)))
    assert refused.value.refusal is Refusal.UNAVAILABLE
    [problem] = refused.value.diagnostics
    assert (problem.code, problem.detail) == (
        "store-suddenly-empty",
        "The store shows not one of 10 objects of type box that state records on 'toys'. They are not taken to be gone.",
    )
    assert problem.hint.endswith("\ncatalogctl state rm 'toys/box/*'")


def test_what_shows_nothing_of_many_objects_of_one_type_is_not_believed_whatever_else_it_shows(tmp_path: Path) -> None:
    """Switches answer as long as their product is there, also when its files have vanished from the list."""
    room = Room(tmp_path)
    wanted = [make(f"t{number}") for make in (box, jar) for number in range(MANY)]
    room.apply(*wanted)
    room.shelf.things = {id_: thing for id_, thing in room.shelf.things.items() if thing["name"].startswith("jar")}
    with pytest.raises(CatalogError) as refused:
        room.plan(*wanted)
    [problem] = refused.value.diagnostics
    assert problem.detail.startswith(
        "The store shows not one of 10 objects of type box that state records on 'toys', and does show others."
    )
    room.shelf.things.clear()
    with pytest.raises(CatalogError) as refused:
        room.plan(*wanted)
    [problem] = refused.value.diagnostics
    assert problem.detail.startswith("The store shows not one of 20 resources that state records on 'toys'.")


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
    room.plan(box("a"), box("b", "others"), scope=Scope(targets=("toys/*",)))
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


# The other accounts, where one cannot be asked.


@pytest.mark.parametrize("trouble", [unavailable, unauthorized])
def test_a_partial_plan_is_about_the_other_accounts_and_says_which_is_left_out(tmp_path: Path, trouble: Trouble) -> None:
    room = Room(tmp_path, {"one": Shelf(), "two": Shelf(trouble={("list", ""): [trouble]})})
    plan = room.plan(box("a", "one"), box("b", "two"), coverage=Coverage.REACHABLE).plan
    assert [str(change.address) for change in plan.changes] == ["one/box/a.set"]
    [problem] = plan.diagnostics
    assert (problem.code, problem.severity.value) == ("account-left-out", "warning")
    assert "account two" in problem.detail


def test_there_is_no_partial_plan_of_nothing(tmp_path: Path) -> None:
    room = Room(tmp_path, {"one": Shelf(trouble={("list", ""): [unavailable]})})
    with pytest.raises(CatalogError) as refused:
        room.plan(box("a", "one"), coverage=Coverage.REACHABLE)
    assert refused.value.refusal is Refusal.UNAVAILABLE


# Keys.


def without_key(room: Room, account: str) -> Stores:
    """The stores of a room, of which one has no key."""

    def missing(asked: Account) -> Authentication:
        if asked.name == account:
            raise CatalogError(error("secret-missing", "A secret is missing", f"Account {account} needs one."), refusal=Refusal.CREDENTIALS)
        return FixedHeaders({})

    toy = Toy(room.shelves)
    toy.authentication = missing  # type: ignore[assignment, method-assign]
    return replace(room.stores, providers={"toy": toy})


def request(coverage: Coverage, *accounts: str) -> PlanRequest:
    scope = Scope(targets=tuple(f"{account}/*" for account in accounts))
    return PlanRequest(scope=scope, coverage=coverage)


def test_a_missing_key_is_told_before_any_store_is_asked(tmp_path: Path) -> None:
    room = Room(tmp_path, {"one": Shelf(), "two": Shelf()})
    catalog = Catalog({one.address: one for one in (box("a", "one"), box("b", "two"))})
    with pytest.raises(CatalogError) as refused:
        make_plan(catalog, room.backend, without_key(room, "two"), request(Coverage.ALL), room.heard.append)
    assert (refused.value.refusal, [one.code for one in refused.value.diagnostics]) == (Refusal.CREDENTIALS, ["secret-missing"])
    assert [event for event in room.heard if isinstance(event, RefreshProgressed)] == []


@pytest.mark.parametrize(("coverage", "accounts"), [(Coverage.ALL, ("one",)), (Coverage.REACHABLE, ())], ids=["selected", "partial"])
def test_a_missing_key_fails_only_the_account_that_needs_it(tmp_path: Path, coverage: Coverage, accounts: tuple[str, ...]) -> None:
    room = Room(tmp_path, {"one": Shelf(), "two": Shelf()})
    catalog = Catalog({one.address: one for one in (box("a", "one"), box("b", "two"))})
    plan = make_plan(catalog, room.backend, without_key(room, "two"), request(coverage, *accounts), room.heard.append).plan
    assert [str(change.address) for change in plan.changes] == ["one/box/a.set"]


# Parts.


def whole(title: str, count: int) -> dict[Address, Recorded]:
    """A box, and parts of it."""
    kind = replace(CARD, owner="box", key="", identity=Identity.UNTOLD)
    held = Recorded(at(BOX, title), BOX, "https://toys.example", f"#{title}", f"box {title}", {"name": f"box {title}"}, {})
    many = (
        Recorded(
            replace(at(CARD, title), key=f"k{n}"),
            kind,
            "https://toys.example",
            f"#{title}/{n}",
            "",
            {"box": held.id, "name": f"n{n}"},
            {},
            (held.address,),
        )
        for n in range(count)
    )
    return {one.address: one for one in (held, *many)}


@dataclass
class OnlySome:
    """A store that shows some objects, by their ids, and nothing else."""

    ids: frozenset[str]

    async def list_objects(self, wanted: Sequence[Lookup], progress: Callable[[int, int], None]) -> Listing:
        progress(1, 1)
        return Listing(tuple(Observed(want.id, want.key, want.expected) if want.id in self.ids else None for want in wanted))

    async def read(self, type_: ResourceType, id_: str) -> Observed | None:  # noqa: ARG002 -- there is nothing but ids
        return Observed(id_, "", {}) if id_ in self.ids else None


def asked(recorded: dict[Address, Recorded], *ids: str) -> Refreshed:
    @asynccontextmanager
    async def readers(_: str) -> AsyncIterator[Any]:
        yield OnlySome(frozenset(ids)), SimpleNamespace(pace=SimpleNamespace(requests=1), width=2)

    return asyncio.run(refresh(Catalog({}), recorded, lambda _: True, readers, VirtualClock().timing, lambda _: None))


def refused_of(recorded: dict[Address, Recorded], *ids: str) -> tuple[str, str]:
    """Give what is said of a store that is not believed, and what is to be forgotten if it is right all the same."""
    [problem] = asked(recorded, *ids).failed["toys"].diagnostics
    assert problem.code == "store-suddenly-empty"
    return problem.detail, problem.hint.splitlines()[-1]


def test_an_object_that_suddenly_shows_none_of_many_parts_is_not_believed() -> None:
    told, way = refused_of(whole("a", MANY) | whole("b", 1), "#a", "#b", "#b/0")
    assert (
        told
        == "The store shows a.set on 'toys', and not one of 10 objects of type card that are part of it. They are not taken to be gone."
    )
    assert way == "catalogctl state rm 'toys/card/a.set/*'"


def test_objects_that_show_none_of_their_many_parts_together_are_not_believed_and_told_once() -> None:
    told, way = refused_of(whole("a", MANY) | whole("b", 1), "#a", "#b")
    assert told.startswith("The store shows not one of 11 objects of type card that state records on 'toys', and does show others.")
    assert way == "catalogctl state rm 'toys/card/*'"
    assert refused_of(whole("a", MANY // 2) | whole("b", MANY // 2), "#a", "#b")[0].startswith("The store shows not one of 10 objects")


def test_an_object_that_shows_none_of_a_few_parts_is_believed() -> None:
    found = asked(whole("a", MANY - 1), "#a")
    assert (found.failed, len(found.observed)) == ({}, 1)


def test_parts_that_went_with_what_they_are_part_of_are_no_event_of_their_own() -> None:
    """Two audiobooks that someone deleted by hand: their tracks are gone with them, however many."""
    found = asked(whole("a", MANY) | whole("b", MANY) | whole("c", 0), "#c")
    assert (found.failed, len(found.observed)) == ({}, 1)
