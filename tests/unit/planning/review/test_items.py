"""What of a plan is decided as one."""

from pathlib import Path

from catalogctl.planning.review.approval import needing
from catalogctl.planning.review.items import items
from unit.engine.toy import BOX, Room, at, box, card


def test_what_cannot_go_without_each_other_is_one_item_within_a_title_and_what_stands_alone_is_one(tmp_path: Path) -> None:
    plan = Room(tmp_path).plan(box("b"), card("a", "a"), box("a"), box("c"), card("d", "c")).plan
    named = [[str(change.address) for change in item] for item in items(plan)]
    assert named == [["toys/box/a.set", "toys/card/a.set"], ["toys/box/b.set"], ["toys/box/c.set"], ["toys/card/d.set"]]
    assert {str(address) for address in needing(plan, [at(BOX, "c")])} == {"toys/box/c.set", "toys/card/d.set"}


def test_what_is_as_it_shall_be_is_no_item(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.apply(box("a"), box("b"))
    assert [[change.address for change in item] for item in items(room.plan(box("a"), box("b", note="new")).plan)] == [[at(BOX, "b")]]
