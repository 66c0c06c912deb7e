"""Objects that are parts and facets of others: what becomes of them when these change, go or are created again."""

from __future__ import annotations

from dataclasses import replace

from catalogctl.model.address import Address
from catalogctl.model.title import Origin
from catalogctl.model.value import Reference
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.blocks.relocate import relocate
from catalogctl.planning.catalog import Catalog, Move
from catalogctl.planning.change import Change
from catalogctl.planning.order import Operation, order
from catalogctl.planning.planner import Verdicts
from catalogctl.planning.scope import Scope
from catalogctl.provider.protocol import Verb
from unit.planning.house import (
    AUDIOBOOK,
    BOOK,
    BOOK_ID,
    CHAPTER,
    COVER,
    LISTING,
    ORDER,
    SALE,
    Thing,
    at,
    book,
    chapter,
    decided,
)


def by_address(found: Verdicts) -> dict[Address, Change]:
    return {change.address: change for change in found.changes}


def actions(found: Verdicts) -> dict[str, Action]:
    return {f"{change.address.type} {change.address.key}".strip(): change.action for change in found.changes}


def steps(found: Verdicts) -> list[Operation]:
    return list(order(found.changes).operations)


def sent(found: Verdicts) -> list[str]:
    """The steps that send something, in order: verb, type and key."""
    return [f"{step.verb} {step.address.type} {step.address.key}".strip() for step in steps(found) if not step.silent]


ONE, TWO = chapter("one"), chapter("two", after="one")


def in_order(*chapters: Thing) -> Thing:
    """The order of these chapters: as references when it is wanted, as ids when it is remembered or seen."""
    return Thing(ORDER, needs=tuple(one.address for one in chapters), said={"chapters": tuple(Reference(one.address) for one in chapters)})


def in_order_of_ids(*chapters: Thing) -> Thing:
    return in_order(*chapters).but(chapters=tuple(one.id for one in chapters))


def on_sale(*needs: Thing) -> Thing:
    return Thing(SALE, needs=tuple(one.address for one in needs), said={"open": True})


# Coming into being.


def test_parts_are_made_after_what_they_are_part_of_and_one_after_the_other() -> None:
    found = decided([book(), TWO, ONE, in_order(ONE, TWO), on_sale(ONE, TWO)])
    assert sent(found) == ["create audiobook", "create chapter one", "create chapter two", "create sale"]


def test_a_facet_that_is_born_as_declared_is_remembered_and_nothing_is_sent() -> None:
    found = decided([book(), ONE, in_order(ONE), Thing(SALE, said={"open": False})])
    silent = {step.address.type for step in steps(found) if step.silent}
    assert silent == {"order", "sale"}
    assert all(step.requires for step in steps(found) if step.silent), "it gets its id from what it is a facet of"


def test_a_part_follows_the_nearest_that_is_made_too() -> None:
    three = chapter("three", after="two")
    found = decided([book(), ONE, TWO, three], [book(), TWO])
    [last] = [step for step in steps(found) if step.address == three.address]
    assert last.runs_after == (f"create {ONE.address}",)
    assert last.requires == ()


# Changing.


def test_a_change_of_what_it_depends_on_undoes_a_facet_which_is_set_again_last() -> None:
    before = [book(), ONE, on_sale(ONE)]
    found = decided([book(name="La Odisea"), ONE, on_sale(ONE)], before)
    change = by_address(found)[at(SALE)]
    assert (change.action, change.reason) == (Action.UPDATE, Reason.UNDONE)
    assert [(item.before, item.after) for item in change.attributes] == [(False, True)]
    assert sent(found) == ["update audiobook", "update sale"]


def test_nothing_is_undone_where_nothing_changes_or_nothing_is_to_be_set() -> None:
    before = [book(), ONE, on_sale(ONE)]
    assert sent(decided(before, before)) == []
    closed = Thing(SALE, said={"open": False})
    assert sent(decided([book(name="La Odisea"), closed], [book(), closed])) == ["update audiobook"]


def test_what_is_to_be_taken_back_is_not_left_to_the_changes_that_undo_it_and_goes_ahead_of_them() -> None:
    before = [book(), ONE, on_sale(ONE)]
    closed = Thing(SALE, needs=(ONE.address,), said={"open": False})
    found = decided([book(name="La Odisea"), chapter("one", title="Otro"), closed], before)
    assert by_address(found)[at(SALE)].reason is Reason.EDITED
    assert sent(found)[0] == "update sale"
    assert sent(decided([book(name="La Odisea"), chapter("one", title="Otro")], before))[0] == "delete sale"
    new = chapter("two")
    more = Thing(SALE, needs=(ONE.address, new.address), said={"open": False})
    assert sent(decided([book(name="La Odisea"), ONE, new, more], before)) == ["update sale", "update audiobook", "create chapter two"]


def test_what_refers_to_an_object_that_gets_a_new_id_is_sent_too() -> None:
    had = chapter("one", file="a")
    found = decided([book(), chapter("one", file="b"), in_order(had)], [book(), had, in_order_of_ids(had)])
    assert sent(found) == ["update chapter one"], "the only one is in line, whatever its id"
    entry = Thing(LISTING, needs=(had.address,), said={"entries": (Reference(had.address),)})
    was = entry.but(entries=(had.id,))
    found = decided([book(), chapter("one", file="b"), entry], [book(), had, was])
    assert sent(found) == ["update chapter one", "update listing"]


def test_a_change_that_cannot_be_is_an_error_that_says_how_it_could() -> None:
    was, now = Thing(LISTING, said={"entries": ("1", "2")}), Thing(LISTING, said={"entries": ("1",)})
    [problem] = decided([book(), now], [book(), was]).diagnostics
    assert (problem.code, problem.severity.value, problem.attribute) == ("change-impossible", "error", "entries")
    assert problem.hint == f"To replace it, with all that is lost by that:\ncatalogctl plan --replace {BOOK}"


def test_a_change_that_cannot_be_is_made_where_the_whole_is_made_anew() -> None:
    was, now = Thing(LISTING, said={"entries": ("1", "2")}), Thing(LISTING, said={"entries": ("1",)})
    found = decided([book(), now], [book(), was], scope=Scope(replaces=("*/audiobook/*",)))
    assert found.diagnostics == ()
    assert sent(found) == ["delete audiobook", "create audiobook", "create listing"]


def test_the_order_is_changed_only_where_it_differs_and_after_parts_have_gone() -> None:
    before = [book(), ONE, TWO, in_order_of_ids(ONE, TWO)]
    assert sent(decided([book(), ONE, TWO, in_order(ONE, TWO)], before)) == []
    assert sent(decided([book(), ONE, TWO, in_order(TWO, ONE)], before)) == ["update order"]
    three = chapter("three", after="two")
    assert sent(decided([book(), ONE, TWO, three, in_order(ONE, TWO, three)], before)) == ["create chapter three"]
    assert sent(decided([book(), ONE, TWO, three, in_order(three, ONE, TWO)], before)) == ["create chapter three", "update order"]
    *before_it, last = sent(decided([book(), TWO, three, in_order(three, TWO)], before))
    assert (sorted(before_it), last) == (["create chapter three", "delete chapter one"], "update order")


# What the store made of what was sent.


def test_what_the_store_made_of_a_value_stands_for_it_until_that_changes() -> None:
    kept = replace(chapter("one", digest="local"), told={"digest": "of the store"})
    assert sent(decided([book(), kept], [book(), kept])) == []
    moved = replace(kept, told={"digest": "somebody else's"})
    assert sent(decided([book(), kept], [book(), kept], [book(), moved])) == ["update chapter one"]
    assert sent(decided([book(), kept.but(digest="another")], [book(), kept])) == ["update chapter one"]


# Going.


def test_parts_go_with_what_they_are_part_of_and_a_sale_is_ended_before() -> None:
    found = decided([], [book(), ONE, TWO, in_order_of_ids(ONE, TWO), on_sale(ONE, TWO), Thing(COVER, id=f"{BOOK_ID}/c")])
    assert set(actions(found).values()) == {Action.DELETE}
    assert sent(found) == ["delete sale", "delete audiobook"]
    names = [step.name for step in steps(found)]
    parts = [step for step in steps(found) if step.silent]
    assert len(parts) == 4
    assert all(names.index(step.name) > names.index(f"delete {BOOK}") for step in parts)


def test_a_part_alone_is_deleted_by_a_request_of_its_own() -> None:
    found = decided([book(), TWO], [book(), ONE, TWO])
    assert sent(found) == ["delete chapter one"]
    assert by_address(found)[ONE.address].reason is Reason.NO_LONGER_DECLARED


def test_what_no_request_can_take_away_is_left_and_said_to_be() -> None:
    cover = Thing(COVER, id=f"{BOOK_ID}/c")
    found = decided([book()], [book(), cover])
    assert (actions(found)["cover"], [one.code for one in found.diagnostics]) == (Action.FORGET, ["left-in-store"])


def test_what_must_not_be_left_and_cannot_be_taken_away_is_refused() -> None:
    listing = Thing(LISTING, said={"entries": ("1",)})
    [problem] = decided([book()], [book(), listing]).diagnostics
    assert (problem.code, problem.severity.value) == ("change-impossible", "error")


def test_a_sale_that_is_closed_already_is_only_forgotten() -> None:
    found = decided([book()], [book(), Thing(SALE, said={"open": False})])
    assert (actions(found)["sale"], sent(found)) == (Action.FORGET, [])


def test_parts_of_what_is_released_are_released() -> None:
    found = decided([], [book(), ONE], released=(BOOK,))
    assert (set(actions(found).values()), sent(found)) == ({Action.FORGET}, [])


# Being created again.


def test_when_the_whole_is_made_anew_so_are_its_parts() -> None:
    found = decided([book(voice="low"), ONE, in_order(ONE), on_sale(ONE)], [book(voice="high"), ONE, in_order_of_ids(ONE), on_sale(ONE)])
    assert set(actions(found).values()) == {Action.REPLACE}
    assert sent(found) == ["delete sale", "delete audiobook", "create audiobook", "create chapter one", "create sale"]


def test_when_the_whole_is_gone_its_parts_are_made_again() -> None:
    found = decided([book(), ONE, on_sale(ONE)], [book(), ONE, on_sale(ONE)], [])
    assert set(actions(found).values()) == {Action.CREATE}
    assert sent(found) == ["create audiobook", "create chapter one", "create sale"]


# What was there before.


def test_what_is_in_the_place_of_a_part_to_be_made_goes_with_its_change() -> None:
    found = decided([book(), ONE], [book()], present={ONE.address: frozenset({"B1/7"})})
    assert by_address(found)[ONE.address].present == {"B1/7"}


def test_each_change_names_what_it_is_part_of() -> None:
    found = decided([book(), ONE], [book(), TWO])
    owners = {change.address.key or change.address.type: change.owner for change in found.changes}
    assert owners == {"audiobook": None, "one": BOOK, "two": BOOK}
    assert {AUDIOBOOK.cascades, SALE.cascades, CHAPTER.cascades} == {False, True}
    assert [step.verb for step in steps(found)] == [Verb.CREATE, Verb.DELETE]


# Getting another address.


def test_parts_go_with_what_moves() -> None:
    had = [one.recorded() for one in (book(), ONE, TWO, in_order_of_ids(ONE, TWO))]
    target = replace(BOOK, edition="sound")
    moves = (Move(BOOK, target, Origin("catalog/moves.yaml", 0)),)
    found = relocate({one.address: one for one in had}, Catalog({}, moves))
    assert found.diagnostics == ()
    assert {str(address) for address in found.recorded} == {
        "house/audiobook/odisea.sound",
        "house/chapter/odisea.sound/one",
        "house/chapter/odisea.sound/two",
        "house/order/odisea.sound",
    }
    assert len(found.moved) == 4
    parts = [have for have in found.recorded.values() if have.type.owner]
    assert all(target in have.dependencies and BOOK not in have.dependencies for have in parts)


def test_a_part_that_has_moved_by_itself_stays_where_it_was_put() -> None:
    had = [one.recorded() for one in (book(), ONE)]
    origin = Origin("catalog/moves.yaml", 0)
    target = replace(BOOK, edition="sound")
    own = replace(ONE.address, edition="sound", key="first")
    moves = (Move(ONE.address, own, origin), Move(BOOK, target, origin))
    found = relocate({one.address: one for one in had}, Catalog({}, moves))
    assert set(found.recorded) == {target, own}
