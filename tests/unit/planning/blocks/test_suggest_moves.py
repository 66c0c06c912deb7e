"""Editions that only got another name are offered as a move."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalogctl.model.address import Address, everywhere
from catalogctl.model.blocks import Removal
from catalogctl.model.resource import Recorded, Resource
from catalogctl.model.title import Origin
from catalogctl.planning.blocks.suggest_moves import offers
from catalogctl.planning.catalog import Catalog
from unit.planning.house import BOOK, SALE, Thing, book, chapter

PARTS = (book(), chapter("one"), chapter("two"), Thing(SALE, said={"open": True}))


def elsewhere(thing: Thing) -> Resource:
    """Declare a thing under another edition, with the key it has."""
    wanted = thing.wanted()
    return replace(wanted, address=replace(wanted.address, edition="sound"))


def found(*declared: Resource, recorded: list[Recorded], gone: bool = False, removed: tuple[Removal, ...] = ()) -> list[str]:
    had = {one.address: one for one in recorded}
    seen = {} if gone else dict(thing.seen() for thing in PARTS)
    told = offers(Catalog({one.address: one for one in declared}, removed=removed), had, seen, everywhere)
    return [problem.hint for problem in told.diagnostics]


def keyed(thing: Thing) -> Recorded:
    return replace(thing.recorded(), key=thing.wanted().key)


def test_all_of_an_edition_is_one_offer_by_the_name_that_holds_on_every_account() -> None:
    [hint] = found(*map(elsewhere, PARTS), recorded=[keyed(one) for one in PARTS])
    assert hint.splitlines()[1:-1] == ["moved:", "  - {from: odisea.audio, to: odisea.sound}"]


def test_a_whole_title_is_offered_by_its_own_name() -> None:
    wanted = [thing.wanted() for thing in PARTS]
    [hint] = found(*(replace(one, address=replace(one.address, title="ilias")) for one in wanted), recorded=[keyed(one) for one in PARTS])
    assert hint.splitlines()[1:-1] == ["moved:", "  - {from: odisea, to: ilias}"]


def test_an_edition_whose_old_name_is_in_use_on_another_account_is_offered_by_address_and_the_whole_alone_is_named() -> None:
    wanted = book().wanted()
    still_there = replace(wanted, address=replace(wanted.address, account="shop"))
    [hint] = found(still_there, *map(elsewhere, PARTS), recorded=[keyed(one) for one in PARTS])
    assert (
        "moved:\n  - {from: house/audiobook/odisea.audio, to: house/audiobook/odisea.sound}\nWhat is part of it goes with it (3 more)."
        in hint
    )


def test_an_edition_that_is_declared_as_it_was_is_no_offer() -> None:
    assert found(*(one.wanted() for one in PARTS), recorded=[keyed(one) for one in PARTS]) == []


@pytest.mark.parametrize("destroy", [False, True])
def test_what_a_removed_block_gives_up_is_no_offer(destroy: bool) -> None:
    removal = Removal(BOOK, destroy, Origin("catalog/blocks.yaml", 0))
    assert found(elsewhere(book()), recorded=[keyed(book())], removed=(removal,)) == []


def test_what_is_gone_from_the_store_is_no_offer() -> None:
    """Nothing is lost by making it under its new name."""
    assert found(elsewhere(book()), recorded=[keyed(book())], gone=True) == []


def test_what_is_not_looked_at_is_offered_all_the_same() -> None:
    """`--target` of the new name alone must not make a second object."""
    new = elsewhere(book())

    def only_the_new(address: Address) -> bool:
        return address.edition == "sound"

    told = offers(Catalog({new.address: new}), {BOOK: keyed(book())}, {}, only_the_new)
    assert [problem.code for problem in told.diagnostics] == ["renamed-without-move"]
    assert told.open == {("house", "odisea", "audio"), ("house", "odisea", "sound")}
