"""What a reviewer should look at before anything else: what is lost, taken from sale, cheaper, or sold in fewer countries."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from catalogctl.model.address import Address
from catalogctl.model.resource import ReplaceOrder
from catalogctl.model.value import decimal_text
from catalogctl.planning.action import Action
from catalogctl.planning.change import Change
from catalogctl.planning.consequence import PriceMove, TerritoryLoss, leaves_sale, price_moves, territory_losses
from catalogctl.view.report import names
from catalogctl.view.value_text import counted, percent_text

_NAMED: Final = 4
"""Countries and prices that are named in one sentence; the rest are counted."""


class Risk(StrEnum):
    """A kind of harm, worst first; its value is the page's own word for it."""

    DELETE = "delete"
    REPLACE = "replace"
    OFF_SALE = "off-sale"
    PRICE_UNIT = "price-unit"
    PRICE_FALL = "price-fall"
    TERRITORY_LOSS = "territory-loss"


RISK_NAMES: Final = {
    Risk.DELETE: "Deleted for good",
    Risk.REPLACE: "Deleted and made anew",
    Risk.OFF_SALE: "Taken from sale",
    Risk.PRICE_UNIT: "Prices that may be in the wrong unit",
    Risk.PRICE_FALL: "Prices that fall",
    Risk.TERRITORY_LOSS: "Fewer countries",
}


@dataclass(frozen=True, slots=True)
class Concern:
    """One risk of one change, in a sentence."""

    risk: Risk
    said: str


def concerns(change: Change, gone: Collection[Address]) -> Iterator[Concern]:
    """List what is risky in a change, worst first.

    Shapes:  `gone` are the addresses whose objects are deleted by the same plan; what is part of one goes by that, and is not told again.
    """
    if change.action is Action.DELETE and not (change.type.removed_with_owner and change.owner in gone):
        yield Concern(Risk.DELETE, change.type.loss)
    if change.takes_away:
        yield Concern(Risk.DELETE, f"{counted(change.takes_away, 'object')} that the files do not declare, deleted from the store.")
    # Where the new one is made first, the old one is not missed.
    if change.action is Action.REPLACE and change.owner not in gone and change.type.replace_order is ReplaceOrder.DELETE_FIRST:
        yield Concern(Risk.REPLACE, change.type.loss)
    if leaves_sale(change, gone):
        yield Concern(Risk.OFF_SALE, "It stays in the store and is no longer offered.")
    moves = list(price_moves(change, {}))
    doubtful = [move for move in moves if move.unit is not None]
    fallen = [move for move in moves if move.unit is None and move.price.amount < move.before]
    if doubtful:
        yield Concern(Risk.PRICE_UNIT, _several([_moved(move) for move in doubtful]))
    if fallen:
        yield Concern(Risk.PRICE_FALL, _several([_moved(move) for move in fallen]))
    for loss in territory_losses(change, {}):
        yield Concern(Risk.TERRITORY_LOSS, _lost(loss))


def _moved(move: PriceMove) -> str:
    before = f"{move.price.currency} {decimal_text(move.before)}"
    if not move.price.amount and move.why:
        return f"{before}: {move.why}"
    return f"{before} → {decimal_text(move.price.amount)} ({percent_text(move.before, move.price.amount)})"


def _lost(loss: TerritoryLoss) -> str:
    kept = loss.before - loss.lost
    said = f"No longer sold in {loss.lost:,} of {counted(loss.before, 'country', 'countries')}"
    if not loss.names:
        return f"{said}: so far everywhere, then in {kept:,}."
    return f"{said}: {_several([names.country(name) for name in loss.names])}"


def _several(texts: list[str]) -> str:
    more = len(texts) - _NAMED
    return ", ".join(texts[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
