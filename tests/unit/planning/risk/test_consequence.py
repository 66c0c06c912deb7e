"""What a change does to prices, beyond what the tests of the limits show: prices that hold for a time."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from catalogctl.model.resource import Identity, ReplaceOrder, ResourceType
from catalogctl.model.value import Value, canonical
from catalogctl.planning.risk.consequence import PriceMove, price_moves
from catalogctl.planning.risk.risk import Risk, assess
from catalogctl.providers.publicala.types import CONTENT
from unit.planning.shelf import have, only, seen, verdicts, want

WINDOWED = ResourceType(
    provider="shelf",
    name="book",
    attributes={name: CONTENT.attributes[name] for name in ("name", "prices", "price_windows", "free")},
    key="name",
    identity=Identity.ENFORCED,
    replace_order=ReplaceOrder.DELETE_FIRST,
    loss="",
)
"""A book with the prices of publica.la."""

ADVENT, EASTER = ("2026-12-01 00:00:00", "2026-12-24 00:00:00"), ("2027-03-20 00:00:00", None)


def window(amount: str, term: tuple[str | None, str | None] = ADVENT, currency: str = "USD") -> Mapping[str, str | None]:
    return {"currency": currency, "amount": amount, "starts_at": term[0], "ends_at": term[1]}


def windows(*rows: Mapping[str, str | None]) -> str:
    return canonical(list(rows)).decode()


def moves(before: Mapping[str, Any], after: Mapping[str, Any], applied: Mapping[str, Value] = MappingProxyType({})) -> list[PriceMove]:
    """What becomes of the prices of one book, which costs 10 dollars when nothing else is said."""
    always: dict[str, Any] = {"prices": {"USD": Decimal(10)}}
    told = {name: value for name, value in {**always, **before}.items() if name != "price_windows"}
    change = only(
        verdicts(
            [want(type_=WINDOWED, **{**always, **after})], [have(type_=WINDOWED, **{**always, **before})], [seen(type_=WINDOWED, **told)]
        )
    )
    return list(price_moves(change, applied))


def told(found: list[PriceMove]) -> list[tuple[str, Decimal, Decimal]]:
    return [(f"{move.price.currency} {move.price.term}".strip(), move.before, move.price.amount) for move in found]


def test_a_price_for_a_time_is_compared_with_the_one_for_that_time() -> None:
    found = moves(
        {"price_windows": windows(window("4.00"), window("5.00", EASTER))},
        {"price_windows": windows(window("6.00"), window("5.00", EASTER))},
    )
    assert told(found) == [("USD from 2026-12-01 00:00:00 to 2026-12-24 00:00:00", Decimal(4), Decimal(6))]


def test_another_one_put_before_it_does_not_move_it() -> None:
    one, other = window("4.00", EASTER), window("4.50", ADVENT)
    found = moves({"price_windows": windows(one)}, {"price_windows": windows(other, one)})
    assert told(found) == [("USD from 2026-12-01 00:00:00 to 2026-12-24 00:00:00", Decimal(10), Decimal("4.50"))]


def test_a_new_price_for_a_time_is_compared_with_what_is_paid_otherwise() -> None:
    (move,) = moves({}, {"price_windows": windows(window("1000", EASTER))})
    assert told([move]) == [("USD from 2027-03-20 00:00:00", Decimal(10), Decimal(1000))]
    assert (move.percent, move.unit) == (Decimal(9900), Decimal(100))


@pytest.mark.parametrize(
    "after",
    [
        windows(window("4.00", EASTER)),  # moved to another time
        windows(),  # over
        windows(window("4.00"), window("3.00", currency="EUR")),  # in a currency that has no price otherwise
    ],
)
def test_an_offer_that_moves_ends_or_cannot_be_compared_moves_no_price(after: str) -> None:
    assert moves({"price_windows": windows(window("4.00"))}, {"price_windows": after}) == []


def test_a_book_that_was_free_is_not_given_away_again() -> None:
    assert moves({"free": True}, {"free": True, "name": "new"}) == []
    assert told(moves({"free": False}, {"free": True})) == [("USD", Decimal(10), Decimal(0))]


def test_to_put_back_what_was_applied_moves_no_price() -> None:
    after = {"prices": {"USD": Decimal(10), "EUR": Decimal(9)}}
    before = {"prices": {"USD": Decimal(1), "EUR": Decimal(1)}}
    assert told(moves(before, after, {"prices": {"USD": Decimal(10), "EUR": Decimal(8)}})) == [("EUR", Decimal(1), Decimal(9))]
    assert moves({"free": False}, {"free": True}, {"free": True}) == []


@pytest.mark.parametrize(
    ("rows", "risks"),
    [
        ([window("6.00")], ()),
        ([window("15.00")], ()),
        ([window("4.00")], (Risk.PRICE_FALL,)),
        ([window("16.00")], (Risk.PRICE_RISE,)),
        ([window("1000.00")], (Risk.PRICE_UNIT,)),
        ([window("0.10")], (Risk.PRICE_UNIT,)),
        ([window("0.00")], (Risk.PRICE_ZERO,)),
        ([window("0.02", currency="MXN")], (Risk.PRICE_COIN,)),
        ([window("4.00", currency="EUR")], ()),
        ([window("4.00"), window("1000.00", EASTER)], (Risk.PRICE_UNIT, Risk.PRICE_FALL)),
    ],
)
def test_a_price_for_a_time_of_something_new_is_held_against_the_price_beside_it(
    rows: list[Mapping[str, str | None]], risks: tuple[Risk, ...]
) -> None:
    new = want(type_=WINDOWED, prices={"USD": Decimal(10)}, price_windows=windows(*rows))
    [found] = assess([only(verdicts([new], [], []))])
    assert found.risks == risks


def test_a_currency_that_is_new_brings_the_risks_of_its_prices_for_a_time() -> None:
    def risks(before: dict[str, Decimal]) -> tuple[Risk, ...]:
        offer = windows(window("2.00", currency="EUR"))
        after: dict[str, Any] = {"prices": {"USD": Decimal(10), "EUR": Decimal(10)}, "price_windows": offer}
        [had, found] = [have(type_=WINDOWED, prices=before), seen(type_=WINDOWED, prices=before)]
        [assessed] = assess([only(verdicts([want(type_=WINDOWED, **after)], [had], [found]))])
        return assessed.risks

    assert risks({"USD": Decimal(10)}) == (Risk.PRICE_FALL,)
    assert risks({"USD": Decimal(10), "EUR": Decimal("2.00")}) == (Risk.PRICE_RISE,)
