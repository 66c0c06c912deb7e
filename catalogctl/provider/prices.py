"""Prices by country for a store that has one price for a currency. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from catalogctl.model.diagnostics import Diagnostic, error
from catalogctl.model.facts import TerritoryPrice
from catalogctl.model.title import Edition


def with_one_price(edition: Edition) -> Edition:
    """Return an edition with one price for each currency: that of `prices`, else the one amount that customers pay by `prices_in`."""
    prices = dict(edition.prices)
    for currency, entries in _by_currency(edition):
        amounts = _amounts(entries)
        if currency not in prices and len(amounts) == 1:
            prices[currency] = amounts[0]
    return edition if prices == edition.prices else replace(edition, prices=prices)


def several_prices(edition: Edition, service: str) -> Iterator[Diagnostic]:
    """Refuse a currency with several amounts by country and none for everywhere: a store has one place for them."""
    for currency, entries in _by_currency(edition):
        amounts = _amounts(entries)
        if currency not in edition.prices and len(amounts) > 1:
            said = " and ".join(f"{one.amount} in {', '.join(one.territories)}" for one in entries[:2])
            detail = f"{service} has one price for a currency, and this edition has several in {currency}: {said}."
            hint = f"Say which one it is, for instance\nprices: {{{currency}: {amounts[0]}}}"
            yield error("price-by-country", "Several prices in one currency", detail, hint, attribute="prices_in")


def _by_currency(edition: Edition) -> Iterator[tuple[str, list[TerritoryPrice]]]:
    """List the prices that customers pay, by their currency; one before its tax is none."""
    found: dict[str, list[TerritoryPrice]] = {}
    for one in edition.facts.prices_in:
        if one.tax is None or one.tax.included:
            found.setdefault(one.currency, []).append(one)
    yield from found.items()


def _amounts(entries: list[TerritoryPrice]) -> list[Decimal]:
    """Return the amounts that could be the one price: that without territories, else each of them once."""
    everywhere = [one.amount for one in entries if not one.territories]
    return everywhere or list(dict.fromkeys(one.amount for one in entries))
