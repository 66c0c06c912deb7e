"""A saved plan held against one made now: what is done, what is settled, what is refused and what goes with that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import error
from catalogctl.model.resource import Observed, Recorded, Resource
from catalogctl.model.title import Origin
from catalogctl.model.value import Reference
from catalogctl.planning.action import Action
from catalogctl.planning.catalog import Removal
from catalogctl.planning.order import order
from catalogctl.planning.plan import Base, Estimate, Plan, Refresh
from catalogctl.planning.review.approval import Approval, approve, needing, reviewed
from catalogctl.planning.scope import Purpose, Scope
from unit.planning.shelf import BOX, at, have, seen, verdicts, want

Seen = tuple[Address, Observed]


def a_plan(
    wanted: Iterable[Resource] = (),
    recorded: Iterable[Recorded] = (),
    observed: Iterable[Seen] = (),
    scope: Scope | None = None,
    **more: Any,
) -> Plan:
    found = verdicts(wanted, recorded, observed, scope, **more)
    purpose = Purpose.CONVERGE if scope is None else scope.purpose
    base = Base("default", "lineage", 7, "")
    return Plan(found.changes, order(found.changes), found.drift, base, (), Estimate(0, 0.0), 0, found.diagnostics, purpose=purpose)


def told(approval: Approval) -> dict[str, list[str]]:
    """Give what becomes of each title."""
    review = approval.review
    return {
        "done": [f"{one.action.value} {one.address.title}" for one in approval.changes],
        "settled": [one.address.title for one in review.settled],
        "refused": [one.change.address.title for one in review.refused],
        "withheld": [f"{one.name} / {one.because}" for one in review.withheld],
    }


def of_one(saved: Plan, fresh: Plan) -> str:
    """Say what becomes of the one change of a plan."""
    found = told(approve(saved, fresh, {}))
    (what,) = [name for name in ("settled", "refused") if found[name]] or ["done"]
    return what if what == "done" else " ".join([what, *found["done"]])


NEW, OLD = want(name="new", pages=3), have(name="old", pages=3)
UPDATE = a_plan([NEW], [OLD], [seen(name="old")])
CREATE = a_plan([NEW])
DELETE = a_plan((), [OLD], [seen(name="old")])


@pytest.mark.parametrize("saved", [UPDATE, CREATE, DELETE])
def test_a_plan_that_is_still_the_same_is_done_as_it_was_reviewed(saved: Plan) -> None:
    approval = approve(saved, saved, {})
    assert (approval.changes, approval.graph) == (saved.changes, saved.graph)
    assert told(approval) | {"done": []} == {"done": [], "settled": [], "refused": [], "withheld": []}


@pytest.mark.parametrize(
    ("saved", "fresh", "becomes"),
    [
        (UPDATE, a_plan([NEW], [have(name="new", pages=3)], [seen(name="new")]), "settled"),
        (UPDATE, a_plan([NEW], [OLD], [seen(name="new")]), "settled no-op azul"),
        (UPDATE, a_plan([NEW], [OLD], [seen(name="older")]), "refused"),
        (UPDATE, a_plan([NEW], [OLD], [seen(name="old", free=True)]), "refused"),
        (UPDATE, a_plan([NEW], [OLD]), "refused"),
        (UPDATE, a_plan([NEW], [OLD], [seen(id_="2", name="new")]), "refused"),
        (UPDATE, a_plan([NEW], [have(id_="2", name="old", pages=3)], [seen(id_="2", name="old")]), "refused"),
        (UPDATE, a_plan([replace(NEW, protect=True)], [OLD], [seen(name="old")]), "refused"),
        (UPDATE, a_plan([want(name="newer", pages=3)], [OLD], [seen(name="old")]), "refused"),
        (UPDATE, a_plan([want(name="old", pages=3)], [OLD], [seen(name="old")]), "refused"),
        (UPDATE, a_plan(), "refused"),
        (CREATE, a_plan([NEW], [have(name="new", pages=3)], [seen(name="new")]), "settled"),
        (CREATE, a_plan([want(name="new")], (), [seen(name="new")]), "refused"),
        (CREATE, a_plan([NEW], (), [seen(name="other")]), "refused"),
        (DELETE, a_plan(), "settled"),
        (DELETE, a_plan((), [OLD]), "settled forget azul"),
        (DELETE, a_plan((), [OLD], [seen(name="older")]), "refused"),
        (DELETE, a_plan([want(name="old", pages=3)], [OLD], [seen(name="old")]), "refused"),
    ],
)
def test_what_is_otherwise_is_settled_where_it_is_as_the_plan_would_leave_it_and_else_refused(
    saved: Plan, fresh: Plan, becomes: str
) -> None:
    assert of_one(saved, fresh) == becomes


def test_what_somebody_made_by_hand_just_as_it_was_to_be_made_is_adopted() -> None:
    saved = a_plan([want(name="new")])
    assert of_one(saved, a_plan([want(name="new")], (), [seen(name="new")])) == "settled adopt azul"


def test_a_plan_changed_by_hand_does_only_what_a_plan_made_now_does_too() -> None:
    """Whatever it says, what is done is taken from the plan made now."""
    (change,) = UPDATE.changes
    forged = replace(change, after={"name": "mine", "pages": 3}, attributes=(replace(change.attributes[0], after="mine"),))
    approval = approve(replace(UPDATE, changes=(forged,), graph=order([forged])), UPDATE, {})
    assert (approval.changes, approval.graph.operations) == ((), ())
    assert told(approval)["refused"] == ["azul"]
    detail = approval.review.refused[0].diagnostic.detail
    assert '    wanted       "mine"\n    wanted now   "new"' in detail


def test_a_plan_made_from_state_alone_stands_while_the_store_is_as_state_remembers() -> None:
    """Its fingerprints are not of what the store reported, which may tell more."""
    remembered = Observed("1", "key-azul", {"name": "old", "pages": 3})
    saved = replace(a_plan([NEW], [OLD], [(at("azul"), remembered)]), refresh=Refresh.STATE)
    assert of_one(saved, a_plan([NEW], [OLD], [seen(name="old", free=True)])) == "done"
    assert of_one(saved, a_plan([NEW], [OLD], [seen(name="older")])) == "refused"


def test_a_plan_that_was_done_in_part_goes_on_with_the_ids_that_are_known_by_now() -> None:
    parent, child = want("a", name="a"), want("b", needs=[at("a")], series=Reference(at("a")))
    saved = a_plan([parent, child])
    fresh = a_plan([parent, child], [have("a", id_="7", name="a")], [seen("a", id_="7", name="a")])
    approval = approve(saved, fresh, {})
    assert told(approval) == {"done": ["create b"], "settled": ["a"], "refused": [], "withheld": []}
    assert approval.changes[0].after == {"series": "7"}


# What goes with a refused object.

A, B, C = (want(title, name="new", needs=needs) for title, needs in (("a", ()), ("b", [at("a")]), ("c", ())))
THREE = a_plan([A, B, C], [have("a", name="x"), have("c", name="x")], [seen("a", name="x"), seen("c", name="x")])


def test_what_needs_a_refused_object_is_withheld_and_the_rest_is_done() -> None:
    fresh = a_plan([A, B, C], [have("a", name="x"), have("c", name="x")], [seen("a", name="y"), seen("c", name="x")])
    approval = approve(THREE, fresh, {})
    assert told(approval) == {
        "done": ["update c"],
        "settled": [],
        "refused": ["a"],
        "withheld": ["create store/book/b.epub / update store/book/a.epub"],
    }
    assert [operation.name for operation in approval.graph.operations] == ["update store/book/c.epub"]


def test_what_cannot_be_planned_any_more_is_refused_with_its_reason_and_with_what_needs_it() -> None:
    why = error("adopt-conflict", "An object of another kind holds this key", address="store/book/a.epub")
    fresh = a_plan([A, B, C], [have("c", name="x")], [seen("c", name="x")], Scope(targets=("c",)))
    approval = approve(THREE, fresh, {at("a"): why})
    assert told(approval)["done"] == ["update c"]
    assert [one.diagnostic for one in approval.review.refused] == [why]
    assert [one.address.title for one in approval.review.withheld] == ["b"]
    assert needing(THREE, [at("a")]) == {at("a"), at("b")}
    assert needing(THREE, []) == frozenset()


def test_nothing_is_deleted_whose_dependent_is_refused() -> None:
    recorded = [have("a", name="x"), have("b", needs=[at("a")], name="x")]
    saved = a_plan((), recorded, [seen("a", name="x"), seen("b", name="x")])
    approval = approve(saved, a_plan((), recorded, [seen("a", name="x"), seen("b", name="y")]), {})
    assert told(approval) == {
        "done": [],
        "settled": [],
        "refused": ["b"],
        "withheld": ["delete store/book/a.epub / delete store/book/b.epub"],
    }


def test_an_object_and_its_parts_stand_and_fall_together() -> None:
    """Deleting it would take a part along that is to be left alone, and without it no part is changed."""
    book = replace(have("a", name="x"), type=replace(BOX, replace_order=BOX.replace_order), address=at("a", BOX))
    kind = replace(BOX, name="part", owner="series")
    part = replace(have("p", kind, name="x", series="1"), dependencies=(book.address,), id="2")
    recorded, scope = [book, part], Scope(Purpose.DESTROY)
    there = (book.address, Observed("1", "key-a", {"name": "x"}))
    saved = a_plan((), recorded, [there, seen("p", kind, id_="2", name="x", series="1")], scope)
    fresh = a_plan((), recorded, [there, seen("p", kind, id_="2", name="y", series="1")], scope)
    found = approve(saved, fresh, {})
    assert (told(found)["done"], told(found)["refused"]) == ([], ["p"])
    assert [one.address.title for one in found.review.withheld] == ["a"]
    moved_book = a_plan(
        (), recorded, [(book.address, Observed("1", "key-a", {"name": "y"})), seen("p", kind, id_="2", name="x", series="1")], scope
    )
    found = approve(saved, moved_book, {})
    assert (told(found)["done"], told(found)["refused"]) == ([], ["a"])
    assert [one.address.title for one in found.review.withheld] == ["p"]


# What state only takes note of.

NOTED = a_plan([want(name="new")], [have(name="old")], [seen(name="new")])


@pytest.mark.parametrize(
    ("fresh", "done"),
    [
        (NOTED, ["no-op azul"]),
        (a_plan([want(name="new")], [have(name="old")], [seen(name="newer")]), []),
        (a_plan([want(name="new")], [have(name="new")], [seen(name="new")]), []),
    ],
)
def test_a_note_about_what_is_as_the_files_say_makes_no_plan_stale(fresh: Plan, done: list[str]) -> None:
    assert told(approve(NOTED, fresh, {})) == {"done": done, "settled": [], "refused": [], "withheld": []}


LOOK = Scope(Purpose.REFRESH)
DRIFTED = a_plan([want(name="new")], [have(name="old")], [seen(name="drifted")], LOOK)


@pytest.mark.parametrize(
    ("fresh", "becomes"),
    [
        (DRIFTED, "done"),
        (a_plan([want(name="new")], [have(name="old")], [seen(name="again")], LOOK), "refused"),
        (a_plan([want(name="new")], [have(name="old")], (), LOOK), "refused"),
        (a_plan([want(name="new")], [have(name="old")], [seen(name="old")], LOOK), "settled"),
    ],
)
def test_a_note_that_is_what_a_plan_is_for_is_the_one_that_was_reviewed(fresh: Plan, becomes: str) -> None:
    assert of_one(DRIFTED, fresh) == becomes


# The scope in which it is planned again.


def test_planned_anew_is_what_was_reviewed_and_nothing_else() -> None:
    scope = reviewed(THREE, {})
    assert [scope.selects(at(title)) for title in "abcd"] == [True, True, True, False]
    assert reviewed(DRIFTED, {}).purpose is Purpose.REFRESH
    assert not reviewed(a_plan([want(name="x")], [have(name="x")], [seen(name="x")]), {}).selects(at("azul"))


def test_what_was_made_anew_already_is_not_made_anew_once_more() -> None:
    asked = Scope(replaces=("*",))
    saved = a_plan([want(name="x")], [have(name="x")], [seen(name="x")], asked)
    assert saved.changes[0].action is Action.REPLACE
    before, after = have(name="x"), have(id_="2", name="x")
    assert reviewed(saved, {at("azul"): before}).requests_replace(at("azul"))
    assert not reviewed(saved, {at("azul"): after}).requests_replace(at("azul"))
    assert of_one(saved, a_plan([want(name="x")], [after], [seen(id_="2", name="x")])) == "settled"


def test_what_a_removed_block_releases_is_forgotten_whatever_became_of_it() -> None:
    released = (Removal(at("azul"), False, Origin("catalog/azul.yaml", 0)),)
    saved = a_plan((), [OLD], [seen(name="old")], removed=released)
    assert saved.changes[0].action is Action.FORGET
    assert of_one(saved, a_plan((), [OLD], [seen(name="older")], removed=released)) == "settled forget azul"
