"""What must be true between the prices and days of an edition, wherever each of them is said: on it, on its title or in defaults. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from catalogctl.config.schema.problem import Problem
from catalogctl.config.syntax.source import Part
from catalogctl.model.diagnostics import Severity

_DAY: Final = len("2026-12-24")


def term_problems(merged: Mapping[str, Any]) -> Iterator[Problem]:
    """List what may be wrong between the terms of an edition, each problem with a pointer within the edition.

    Shapes:  `merged` is an edition's canonical data with everything laid over each other.
    """
    prices = {currency: Decimal(amount) for currency, amount in (merged.get("prices") or {}).items() if amount is not None}
    for place, entry in enumerate(merged.get("prices_in") or ()):
        if not entry.get("territories") and entry["currency"] in prices:
            detail = f"`prices` has the price in {entry['currency']} for everywhere else already; only one can be charged."
            hint = "Remove one of the two, or name the `territories` of this one."
            yield Problem(("prices_in", place), Part.VALUE, "price-twice", "Two prices in one currency for one place", detail, hint)
    for place, entry in enumerate(merged.get("promotions") or ()):
        yield from _promotion(place, entry, prices, merged)


def _promotion(place: int, entry: Mapping[str, Any], prices: Mapping[str, Decimal], merged: Mapping[str, Any]) -> Iterator[Problem]:
    elsewhere = {price["currency"] for price in merged.get("prices_in") or ()}
    changes = [change for change in merged.get("price_changes") or () if change["from"][:_DAY] <= entry["from"][:_DAY]]
    regular = dict(prices)
    for change in sorted(changes, key=lambda change: str(change["from"])):
        regular |= {currency: Decimal(amount) for currency, amount in change["prices"].items()}
    for currency, amount in entry["prices"].items():
        way = ("promotions", place, "prices", currency)
        if currency not in regular and currency not in elsewhere:
            detail = f"`{entry['id']}` has a price in {currency}, in which the edition is not sold otherwise."
            hint = f"Say what it costs at other times, for instance\nprices: {{{currency}: …}}\nOr take {currency} out of the promotion."
            yield Problem(way, Part.KEY, "promotion-without-price", "A currency only in a promotion", detail, hint)
        elif currency in regular and Decimal(amount) >= regular[currency]:
            detail = f"`{entry['id']}` costs {amount} {currency}, and the regular price at that time is {regular[currency]}."
            hint = "Write a lower price, or say a rise as a price change."
            yield Problem(way, Part.VALUE, "promotion-not-lower", "A promotion that is not cheaper", detail, hint, Severity.WARNING)
    sale = (merged.get("dates") or {}).get("on_sale") or ""
    if len(sale) == _DAY and entry["until"][:_DAY] < sale:
        detail = f"`{entry['id']}` ends on {entry['until']}, and the edition is on sale from {sale} on."
        yield Problem(
            ("promotions", place, "until"),
            Part.VALUE,
            "promotion-before-sale",
            "A promotion before the sale",
            detail,
            "Correct one of the days.",
        )
