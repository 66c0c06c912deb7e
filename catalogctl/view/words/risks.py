"""What a reviewer should look at before anything else: what is lost, taken from sale, cheaper, or sold in fewer countries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, assert_never

from catalogctl.model.money import smallest_coin
from catalogctl.model.quantity import counted
from catalogctl.model.resource import RemovalRule, ReplaceOrder
from catalogctl.model.value import decimal_text
from catalogctl.planning.action import Action
from catalogctl.planning.change import Change
from catalogctl.planning.risk.consequence import OddPrice, PriceMove, TerritoryLoss
from catalogctl.planning.risk.risk import Assessed, Risk
from catalogctl.view.paint.values import percent_text
from catalogctl.view.words import names

_NAMED: Final = 4
"""Countries and prices that are named in one sentence; the rest are counted."""


RISK_NAMES: Final = {
    Risk.DELETE: "Deleted for good",
    Risk.REPLACE: "Deleted and created again",
    Risk.UNPUBLISH: "Taken from sale",
    Risk.REVIEW: "Back to review",
    Risk.PRICE_UNIT: "Prices that may be in the wrong unit",
    Risk.PRICE_ZERO: "Prices of zero",
    Risk.PRICE_COIN: "Prices below any coin",
    Risk.PRICE_FALL: "Prices that fall",
    Risk.PRICE_RISE: "Prices that rise",
    Risk.TERRITORY_LOSS: "Fewer countries",
}


SLUGS: Final = {risk: risk.name.lower().replace("_", "-") for risk in Risk} | {Risk.UNPUBLISH: "off-sale"}
"""The page's own word for each, by which it is filtered."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One risk of one change, in a sentence."""

    risk: Risk
    said: str


def concerns(one: Assessed) -> Iterator[Concern]:
    """Put into sentences what is risky in a change, worst first."""
    change = one.change
    for risk in one.risks:
        match risk:
            case Risk.DELETE:
                if change.action is Action.DELETE and not one.goes_along:
                    yield Concern(risk, change.type.loss)
                if change.takes_away:
                    yield Concern(risk, f"{counted(change.takes_away, 'object')} that the files do not declare, deleted from the store.")
            case Risk.REPLACE:
                # Where the new one is made first, the old one is not missed.
                if change.type.replace_order is ReplaceOrder.DELETE_FIRST:
                    yield Concern(risk, change.type.loss)
            case Risk.UNPUBLISH:
                yield Concern(risk, off_sale_text(change))
            case Risk.REVIEW:
                yield Concern(risk, review_text(change))
            case Risk.PRICE_UNIT:
                yield Concern(risk, _several([_moved(move) for move in one.units]))
            case Risk.PRICE_ZERO:
                yield Concern(risk, _several([odd_price_text(odd) for odd in one.odd if not odd.price.amount]))
            case Risk.PRICE_COIN:
                yield Concern(risk, _several([odd_price_text(odd) for odd in one.odd if odd.price.amount]))
            case Risk.PRICE_FALL:
                yield Concern(risk, _several([_moved(move) for move in one.falls]))
            case Risk.PRICE_RISE:
                yield Concern(risk, _several([_moved(move) for move in one.rises]))
            case Risk.TERRITORY_LOSS:
                yield from (Concern(risk, _lost(loss)) for loss in one.losses)
            case _:
                assert_never(risk)


def off_sale_text(change: Change) -> str:
    """Return what it means that a book is no longer offered: in the words of its type, where that is all that it stands for."""
    is_only_that = change.type.singleton is not None and change.type.removal is RemovalRule.DELETED
    return change.type.loss if is_only_that else "It stays in the store and is no longer offered."


def review_text(change: Change) -> str:
    """Return what it means that the store reviews a book again."""
    if change.withdraws:
        return "The change takes it off sale: it is a draft until it is handed in for review again, which this plan does not do."
    return "The change takes it off sale: the store reviews it again before it is offered."


def odd_price_text(odd: OddPrice) -> str:
    """Write a price that no shop would have: `COP 3.00, where the smallest coin is 50.00`."""
    currency = " ".join(part for part in (odd.price.currency, odd.price.term) if part)
    amount = f"{currency} {decimal_text(odd.price.amount)}"
    return f"{amount}, where the smallest coin is {decimal_text(smallest_coin(odd.price.currency))}" if odd.price.amount else amount


def _moved(move: PriceMove) -> str:
    before = f"{move.price.currency} {decimal_text(move.before)}"
    if not move.price.amount and move.why:
        return f"{before}: {move.why}"
    after = f"{before} → {decimal_text(move.price.amount)} ({percent_text(move.before, move.price.amount)})"
    return f"{after} {move.price.term}" if move.price.term else after


def _lost(loss: TerritoryLoss) -> str:
    if loss.lifted:
        only = counted(loss.before, "country", "countries")
        return f"Sold everywhere, and no longer in {only} alone: {_several([names.country(name) for name in loss.names])}"
    kept = loss.before - loss.lost
    said = f"No longer sold in {loss.lost:,} of {counted(loss.before, 'country', 'countries')}"
    if not loss.names:
        return f"{said}: so far everywhere, then in {kept:,}."
    return f"{said}: {_several([names.country(name) for name in loss.names])}"


def _several(texts: list[str]) -> str:
    more = len(texts) - _NAMED
    return ", ".join(texts[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


RISKS = {
    Risk.DELETE: ("delete", "deletes"),
    Risk.REPLACE: ("replace", "replaces"),
    Risk.UNPUBLISH: ("taken off sale", "taken off sale"),
    Risk.REVIEW: ("back to review", "back to review"),
    Risk.PRICE_UNIT: ("price in another unit", "prices in another unit"),
    Risk.PRICE_ZERO: ("price of zero", "prices of zero"),
    Risk.PRICE_COIN: ("price below any coin", "prices below any coin"),
    Risk.PRICE_FALL: ("price fall", "price falls"),
    Risk.PRICE_RISE: ("price rise", "price rises"),
    Risk.TERRITORY_LOSS: ("loss of territories", "losses of territories"),
}


def risk_word(risk: Risk) -> str:
    """Return the word for one risk."""
    return RISKS[risk][0]
