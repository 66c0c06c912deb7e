"""What a reviewer should look at first: each change with what is risky about it, the riskiest first. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final, TypeAlias

from catalogctl.model.address import Address, in_order
from catalogctl.planning.action import Action
from catalogctl.planning.change import Change
from catalogctl.planning.risk.consequence import (
    OddPrice,
    PriceMove,
    TerritoryLoss,
    first_offers,
    leaves_sale,
    leaves_sale_for_review,
    odd_prices,
    price_moves,
    territory_losses,
)


class Risk(Enum):
    """A way in which a change can do harm, the worst first."""

    DELETE = "delete"
    REPLACE = "replace"
    UNPUBLISH = "off sale"
    REVIEW = "back to review"
    """The store takes it from sale until it has looked at the change."""
    PRICE_UNIT = "price in another unit"
    """Up or down by what looks like cents taken for whole units."""
    PRICE_ZERO = "price of zero"
    """Of something that is not given away."""
    PRICE_COIN = "price below any coin"
    PRICE_FALL = "price fall"
    PRICE_RISE = "price rise"
    """By more than the project's limit, or than `STEEP`; a smaller one is everyday business."""
    TERRITORY_LOSS = "territory loss"


STEEP: Final = Decimal(50)
"""Percent from which on a rise, or the first offer below a new price, is a risk, whatever a project's limit allows: what
`max_price_change` is unless a project says otherwise."""

Rank: TypeAlias = tuple[int, Decimal, int]
"""The place of a change among others, the riskiest lowest: the worst risk, then how far prices move, then how many countries are lost."""
Steep: TypeAlias = Mapping[str, Decimal]
"""Account → percent from which on the rise of a price is a risk there; where an account is missing, `STEEP`."""

_RANK = {risk: 2 * number for number, risk in enumerate(Risk)}
_EVERYDAY: Final = _RANK[Risk.PRICE_RISE] + 1
"""The place of prices that fall by no more than the limit: after those that rise beyond it."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """One change, and what is risky about it."""

    change: Change
    goes_along: bool
    """It only comes, goes or is created again because what it is part of does: the risk is reported there."""
    risks: tuple[Risk, ...]
    """The worst first; empty where there is none."""
    units: tuple[PriceMove, ...]
    """Prices that look like amounts in another unit."""
    odd: tuple[OddPrice, ...]
    """Prices of zero and below any coin."""
    falls: tuple[PriceMove, ...]
    """Other prices that fall."""
    rises: tuple[PriceMove, ...]
    """Other prices that rise steeply."""
    losses: tuple[TerritoryLoss, ...]
    """Countries in which it will no longer be sold, the most first."""
    steep: Decimal
    """Percent beyond which the move of a price is more than everyday business."""

    @property
    def rank(self) -> Rank:
        """Its place among others."""
        move = max((move.percent for move in (*self.falls, *self.rises)), default=Decimal(0))
        return (min(map(self.place, self.risks), default=2 * len(Risk)), -move, -sum(loss.lost for loss in self.losses))

    def place(self, risk: Risk) -> int:
        """Return the place of one of its risks among all, the worst lowest."""
        is_everyday = risk is Risk.PRICE_FALL and all(fall.percent <= self.steep for fall in self.falls)
        return _EVERYDAY if is_everyday else _RANK[risk]


def assess(changes: Iterable[Change], steep: Steep | None = None) -> tuple[Assessed, ...]:
    """Say of each change that changes anything what is risky about it.

    Shapes:  the riskiest first, by `Assessed.rank`; equals by address. `changes` are all of a plan: what is part of something that
             the same plan deletes goes with it.
    """
    percents = steep or {}
    shown = [change for change in changes if change.action.changes_anything]
    company = going_along(shown)
    gone = {change.address for change in shown if change.action.destroys}
    assessed = [_assessed(change, change.address in company, gone, percents.get(change.address.account, STEEP)) for change in shown]
    return tuple(sorted(assessed, key=lambda one: (one.rank, in_order(one.change.address))))


def going_along(changes: Sequence[Change]) -> frozenset[Address]:
    """Find the parts that only come, go or are created again because what they are part of does."""
    going = {change.address for change in changes if change.action.destroys}
    coming = {change.address for change in changes if change.action is Action.CREATE}
    return frozenset(change.address for change in changes if _goes_along(change, coming, going))


def _goes_along(change: Change, coming: Collection[Address], going: Collection[Address]) -> bool:
    match change.action:
        case Action.CREATE:
            return change.owner in coming
        case Action.DELETE:
            return change.owner in going and change.type.cascades
        case Action.REPLACE:
            return change.owner in going
        case _:
            return False


def _assessed(change: Change, goes_along: bool, gone: Collection[Address], steep: Decimal) -> Assessed:
    # Held against the store alone, not against what was applied before: a price that falls, falls for readers.
    offers = (move for move in first_offers(change) if move.unit is not None or move.percent > steep)
    moves = (*price_moves(change, {}), *offers)
    units = tuple(move for move in moves if move.unit is not None)
    falls = tuple(move for move in moves if move.unit is None and move.price.amount < move.before)
    rises = tuple(move for move in moves if move.unit is None and move.price.amount > move.before and move.percent > steep)
    odd = tuple(odd_prices(change))
    losses = tuple(sorted(territory_losses(change, {}), key=lambda loss: -loss.lost))
    risks = {
        Risk.DELETE: (change.action is Action.DELETE and not goes_along) or change.takes_away > 0,
        Risk.REPLACE: change.action is Action.REPLACE and not goes_along,
        Risk.UNPUBLISH: leaves_sale(change, gone),
        Risk.REVIEW: leaves_sale_for_review(change),
        Risk.PRICE_UNIT: bool(units),
        Risk.PRICE_ZERO: any(not one.price.amount for one in odd),
        Risk.PRICE_COIN: any(one.price.amount for one in odd),
        Risk.PRICE_FALL: bool(falls),
        Risk.PRICE_RISE: bool(rises),
        Risk.TERRITORY_LOSS: bool(losses),
    }
    return Assessed(change, goes_along, tuple(risk for risk in Risk if risks[risk]), units, odd, falls, rises, losses, steep)
