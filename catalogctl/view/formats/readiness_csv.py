"""The readiness of a catalog as one table for spreadsheets: a line for everything that the page says, whole."""

from __future__ import annotations

from collections.abc import Iterator

from catalogctl.model.value import decimal_text
from catalogctl.query.readiness import EditionName, Readiness
from catalogctl.view.formats import csv_text

HEADS = ("section", "title", "edition", "account", "what", "value", "number")
"""The columns; each section fills those that it has something for."""


def render(facts: Readiness) -> bytes:
    """Write all sections below each other."""
    return csv_text.render(HEADS, _lines(facts))


def _lines(facts: Readiness) -> Iterator[tuple[str, ...]]:
    for coming in facts.coming:
        yield ("coming", *_of(coming.place), ", ".join(coming.accounts), coming.what, coming.day.isoformat(), "")
    for place in facts.without_cover:
        yield ("covers", *_of(place), "", "cover", "missing", "")
    for one in facts.accessibility:
        yield ("accessibility", *_of(one.place), "", one.access.value, ", ".join(one.lacking), "")
    for market in facts.markets:
        for account, number in zip(facts.accounts, market.numbers, strict=True):
            yield ("territories", "", "", account, market.code, market.name, str(number))
    for ladder in facts.ladders:
        for rung in ladder.rungs:
            yield ("prices", "", "", "", ladder.currency, decimal_text(rung.amount), str(rung.number))
        for place, account in ladder.lacking:
            yield ("prices", *_of(place), account, ladder.currency, "missing", "")
    for place, account in facts.unpriced:
        yield ("prices", *_of(place), account, "", "missing", "")
    for spoken in facts.languages:
        yield ("languages", "", "", "", spoken.code, spoken.name, str(spoken.titles))


def _of(place: EditionName) -> tuple[str, str]:
    return (place.title, place.edition)
