"""What a change does to readers and rights holders beyond its action: prices, countries, and whether a book is offered at all. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from catalogctl.model.address import Address
from catalogctl.model.money import smallest_coin
from catalogctl.model.resource import Amount, Attribute, Kind, ResourceType, Shape, Trait
from catalogctl.model.value import Attributes, Value
from catalogctl.planning.action import Action
from catalogctl.planning.change import Change

COUNTRIES: Final = 249
"""So many countries has the world. Source: ISO 3166-1, alpha-2 codes officially assigned, 2026-11-24."""
GIVEN_AWAY: Final = "it is given away"
_UNITS: Final = (Decimal(100), Decimal(1000))
"""How many of the smaller unit of a currency make one of the larger: cents, and the thousandths of some."""
_NEAR: Final = Decimal("0.01")
"""How far, as a part of it, a ratio may be from that of two units and still be taken for it."""
_STILL_THERE: Final = frozenset({Action.UPDATE, Action.ADOPT, Action.REPLACE})
"""What leaves an object with something to compare on both sides."""


@dataclass(frozen=True, slots=True)
class PriceMove:
    """One price that is another one afterwards."""

    address: Address
    attribute: str
    price: Amount
    """As it will be; zero where it is taken away or nothing is paid any more."""
    before: Decimal
    """Above zero."""
    why: str = ""
    """What makes it zero, where no price of zero does."""

    @property
    def percent(self) -> Decimal:
        """How far it moves, up or down, of what it was."""
        return abs(self.price.amount - self.before) / self.before * 100

    @property
    def unit(self) -> Decimal | None:
        """By how much it is multiplied or divided, where that looks like an amount in the wrong unit (12.99 → 1299)."""
        if not self.price.amount:
            return None
        ratio = max(self.price.amount, self.before) / min(self.price.amount, self.before)
        return next((unit for unit in _UNITS if abs(ratio / unit - 1) <= _NEAR), None)


@dataclass(frozen=True, slots=True)
class OddPrice:
    """One price that no shop would have."""

    address: Address
    attribute: str
    price: Amount
    """Of zero, or below the smallest coin of its currency."""


@dataclass(frozen=True, slots=True)
class TerritoryLoss:
    """An object that is sold in fewer countries afterwards."""

    address: Address
    attribute: str
    before: int
    """In how many countries it was sold."""
    lost: int
    """In how many of them it no longer will be; of a list that is emptied, how many that counts for."""
    names: tuple[str, ...]
    """Which; empty where it was sold everywhere, so that no one listed them."""
    lifted: bool = False
    """The list itself is emptied, so that it is sold everywhere: these countries are no longer the only ones."""


def price_moves(change: Change, applied: Attributes) -> Iterator[PriceMove]:
    """List the prices that move by a change: a currency dropped and a book given away fall to zero.

    A price that holds for a time is compared with what it was for that time, else with what is paid at all other times. That it
    ends is no move, and neither is it to put back what was applied before and someone else changed.

    Shapes:  `applied` is what state records; empty where it records nothing.
    """
    if change.action not in _STILL_THERE or change.before is None or change.after is None:
        return
    lasting = dict(_lasting(change.before, change.type))
    for name in sorted(change.changed):
        attribute = change.type.attributes[name]
        if Trait.FREE in attribute.traits and change.after.get(name) is True and True not in (change.before.get(name), applied.get(name)):
            for currency, amount in lasting.items():
                yield PriceMove(change.address, name, Amount(currency, Decimal(0)), amount, GIVEN_AWAY)
        if not _holds_prices(attribute) or name not in change.after:
            continue
        was = {(one.currency, one.term): one.amount for one in _amounts(attribute, change.before.get(name))}
        back = {(one.currency, one.term): one.amount for one in _amounts(attribute, applied.get(name))}
        offered = {(currency, amount) for (currency, term), amount in was.items() if term}
        will = {(one.currency, one.term): one for one in _amounts(attribute, change.after[name])}
        for place, price in will.items():
            if back.get(place) == price.amount or (place not in was and (price.currency, price.amount) in offered):
                continue  # as it was applied before, or the same offer at another time
            before = was.get(place, lasting.get(price.currency, Decimal(0)))
            if before > 0 and price.amount != before:
                yield PriceMove(change.address, name, price, before)
        for (currency, term), amount in was.items():
            if not term and amount > 0 and (currency, term) not in will:
                yield PriceMove(change.address, name, Amount(currency, Decimal(0)), amount, "it is no longer sold in this currency")


def first_offers(change: Change) -> Iterator[PriceMove]:
    """List the prices for a time that a change sets in a currency that had no price, as moves of the price that it sets beside them."""
    if change.action not in _STILL_THERE | {Action.CREATE} or change.after is None:
        return
    before = {} if change.action is Action.CREATE else change.before or {}
    had, lasting = dict(_lasting(before, change.type)), dict(_lasting(change.after, change.type))
    for name, value in change.after.items():
        attribute = change.type.attributes[name]
        if not _holds_prices(attribute):
            continue
        was = set(_amounts(attribute, before.get(name)))
        for price in _amounts(attribute, value):
            usual = Decimal(0) if price.currency in had else lasting.get(price.currency, Decimal(0))
            if price.term and price.amount > 0 and price not in was and usual > 0 and price.amount != usual:
                yield PriceMove(change.address, name, price, usual)


def odd_prices(change: Change) -> Iterator[OddPrice]:
    """List the prices that a change sets and that no shop would have: of zero where it is not given away, or below any coin."""
    if change.action not in _STILL_THERE | {Action.CREATE} or change.after is None:
        return
    after, before = change.after, {} if change.action is Action.CREATE else change.before or {}
    free = any(Trait.FREE in attribute.traits and after.get(name) is True for name, attribute in change.type.attributes.items())
    for name, value in after.items():
        attribute = change.type.attributes[name]
        if not _holds_prices(attribute) or (before and name not in change.changed):
            continue
        was = set(_amounts(attribute, before.get(name)))
        for price in _amounts(attribute, value):
            if price not in was and price.amount < smallest_coin(price.currency) and (price.amount or not free):
                yield OddPrice(change.address, name, price)


def territory_losses(change: Change, applied: Attributes) -> Iterator[TerritoryLoss]:
    """Say in how many countries an object will no longer be sold; to put back what was applied before is no loss.

    Where an empty list stands for everywhere, to empty it is to lose all that it said, at most as many as the countries that come in: from
    everywhere but for two to everywhere it is two.
    Shapes:  `applied` as for `price_moves`.
    """
    if change.action not in _STILL_THERE:
        return
    for item in change.attributes:
        if Trait.TERRITORIES not in item.attribute.traits or not isinstance(item.before, tuple) or not isinstance(item.after, tuple):
            continue
        everywhere, count = item.attribute.everywhere, len(item.before)
        if item.after == applied.get(item.attribute.name):
            continue
        if item.after == everywhere:
            opened = min(count, COUNTRIES - count)
            if not everywhere and opened > 0:
                yield TerritoryLoss(change.address, item.attribute.name, count, opened, tuple(sorted(map(str, item.before))), lifted=True)
            continue
        if item.before == everywhere:
            yield TerritoryLoss(change.address, item.attribute.name, COUNTRIES, max(0, COUNTRIES - len(item.after)), ())
            continue
        names = tuple(sorted({str(country) for country in item.before} - {str(country) for country in item.after}))
        if names:
            yield TerritoryLoss(change.address, item.attribute.name, count, len(names), names)


def leaves_sale(change: Change, gone: Collection[Address]) -> bool:
    """Return whether a change takes from sale what stays in the store.

    Shapes:  `gone` are the addresses whose objects are deleted by the same plan: what is part of one goes by that.
    """
    if change.owner in gone:
        return False
    return any(
        Trait.ON_SALE in item.attribute.traits
        and item.before is True
        and item.after is not True
        # A value that would become true by another step of the plan, and is set back at once, was not on sale before.
        and change.observed.get(item.attribute.name, True) is True
        for item in change.attributes
    )


def leaves_sale_for_review(change: Change) -> bool:
    """Whether the store takes a book from sale by itself, because of this change or of what it depends on, until it has reviewed that."""
    if change.withdraws:
        return True
    both = {Trait.ON_SALE, Trait.UNDONE}
    again = [item for item in change.attributes if both <= item.attribute.traits and item.after is True and item.before is not True]
    return any(change.observed.get(item.attribute.name) is True for item in again)


def can_leave_sale(type_: ResourceType) -> bool:
    """Return whether an object of this type says of a book that it is offered."""
    return any(Trait.ON_SALE in attribute.traits for attribute in type_.attributes.values())


def _lasting(attributes: Attributes, type_: ResourceType) -> Iterator[tuple[str, Decimal]]:
    """Yield what is paid in each currency when no other price holds."""
    for name, value in attributes.items():
        if _holds_prices(type_.attributes[name]):
            yield from ((one.currency, one.amount) for one in _amounts(type_.attributes[name], value) if not one.term and one.amount > 0)


def _holds_prices(attribute: Attribute) -> bool:
    return attribute.amounts is not None or (attribute.kind is Kind.MONEY and attribute.shape is Shape.MAP)


def _amounts(attribute: Attribute, value: Value) -> tuple[Amount, ...]:
    if attribute.amounts is not None:
        return attribute.amounts(value)
    entries = value if isinstance(value, Mapping) else {}
    return tuple(Amount(currency, amount) for currency, amount in entries.items() if isinstance(amount, Decimal))
