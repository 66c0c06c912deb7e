"""Entries that move, are forgotten, or follow their account."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import CatalogError
from catalogctl.model.resource import Attribute, Identity, Kind, Recorded, ReplaceOrder, ResourceType
from catalogctl.planning.blocks.state_edits import Amendment, forget, move, reassign
from catalogctl.state.journal import End

_TEXT = {"key": Attribute("key", Kind.TEXT), "book": Attribute("book", Kind.TEXT)}
BOOK = ResourceType("acme", "book", _TEXT, "key", Identity.ENFORCED, ReplaceOrder.DELETE_FIRST, "the book")
PAGE = replace(BOOK, name="page", owner="book")
HOUSE = "https://acme.example"


def book(title: str, account: str = "store") -> Recorded:
    return Recorded(Address(account, "book", title, "epub"), BOOK, HOUSE, f"id-{title}", title, {"key": title}, {})


def page(owner: Recorded, name: str) -> Recorded:
    where = replace(owner.address, type="page", key=name)
    return Recorded(where, PAGE, HOUSE, f"{owner.id}/{name}", "", {"book": owner.id}, {}, (owner.address,))


ONE, TWO = book("one"), book("two")
PAGES = [page(ONE, "a"), page(ONE, "b"), page(TWO, "a")]
SEQUEL = replace(book("sequel"), dependencies=(ONE.address,))
ALL = {have.address: have for have in (ONE, TWO, SEQUEL, *PAGES)}


def carried_out(amendment: Amendment) -> dict[Address, Recorded]:
    """Give what is recorded after the outcomes of an amendment, entered in their order."""
    after = dict(ALL)
    for outcome in amendment.outcomes:
        assert outcome.end is End.DONE
        after.pop(outcome.address, None)
        if outcome.recorded is not None:
            assert outcome.recorded.address == outcome.address
            after[outcome.address] = outcome.recorded
    return after


def code(error: pytest.ExceptionInfo[CatalogError]) -> str:
    return error.value.diagnostics[0].code


def test_a_move_takes_parts_along_and_is_told_to_what_depends_on_it() -> None:
    target = replace(ONE.address, title="first")
    after = carried_out(move(ALL, ONE.address, target))
    assert len(after) == len(ALL)
    assert after[target] == replace(ONE, address=target)
    assert after[SEQUEL.address].dependencies == (target,)
    assert {str(address) for address in after if address.type == "page"} == {
        "store/page/first.epub/a",
        "store/page/first.epub/b",
        "store/page/two.epub/a",
    }
    assert all(ONE.address not in have.dependencies for have in after.values())


@pytest.mark.parametrize(
    ("target", "why"),
    [(TWO.address, "move-conflict"), (replace(ONE.address, account="shop"), "move-conflict"), (ONE.address, "move-to-itself")],
)
def test_a_move_that_would_lose_something_is_refused(target: Address, why: str) -> None:
    with pytest.raises(CatalogError) as refused:
        move(ALL, ONE.address, target)
    assert code(refused) == why


def test_what_is_not_recorded_cannot_be_moved() -> None:
    with pytest.raises(CatalogError) as refused:
        move(ALL, replace(ONE.address, title="nobody"), replace(ONE.address, title="first"))
    assert code(refused) == "not-in-state"


def test_what_is_forgotten_takes_its_parts_along_and_nothing_else() -> None:
    after = carried_out(forget(ALL, ["store/book/one.epub"]))
    assert set(after) == {TWO.address, SEQUEL.address, PAGES[2].address}
    assert set(carried_out(forget(ALL, ["store/page/one.epub/a"]))) == set(ALL) - {PAGES[0].address}


def test_globs_that_select_nothing_are_all_named() -> None:
    with pytest.raises(CatalogError) as refused:
        forget(ALL, ["one", "nobody", "store/*/none.*"])
    assert "nobody, store/*/none.*" in refused.value.diagnostics[0].detail


def test_a_store_that_moved_keeps_its_entries_under_their_addresses() -> None:
    after = carried_out(reassign(ALL, "store", "store", "https://new.example"))
    assert {address: replace(have, base_url=HOUSE) for address, have in after.items()} == ALL
    assert {have.base_url for have in after.values()} == {"https://new.example"}
    assert reassign(ALL, "store", "store", HOUSE).outcomes == ()


def test_an_account_that_was_renamed_takes_its_entries_and_what_they_depend_on_along() -> None:
    after = carried_out(reassign(ALL, "store", "shop", HOUSE))
    assert len(after) == len(ALL)
    assert {address.account for address in after} == {"shop"}
    assert {needed.account for have in after.values() for needed in have.dependencies} == {"shop"}


def test_an_account_is_not_moved_onto_one_that_has_entries() -> None:
    other = book("other", "shop")
    with pytest.raises(CatalogError) as refused:
        reassign({**ALL, other.address: other}, "store", "shop", HOUSE)
    assert code(refused) == "move-conflict"
