"""The readiness of a catalog as one HTML page, in the look of the report of a plan and with nothing beside it either."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from catalogctl.model.value import decimal_text
from catalogctl.query.readiness import Access, Coming, Described, EditionName, Ladder, Market, Readiness, Rung, Spoken
from catalogctl.view.html.render import environment, part, policy
from catalogctl.view.words import names

_LISTED: Final = 200
"""Lines of one table; the CSV has all of them."""
_RUNGS: Final = 12
"""Prices of one currency that are shown: the most frequent ones, in their order."""
_BESIDE: Final = 40
"""Lines of a list beside a currency."""
_WHOLE: Final = 100
"""Units of a bar's length."""
_SHADES: Final = 5
"""Steps between nothing and everything in the table of countries."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A line with a length."""

    label: str
    note: str
    number: int
    length: int
    """Of 100."""


@dataclass(frozen=True, slots=True)
class LadderView:
    """The prices in one currency, as they are shown."""

    currency: str
    name: str
    number: int
    lowest: str
    middle: str
    highest: str
    bars: tuple[Bar, ...]
    more: int
    """Prices that are not shown."""
    without: int
    """How many editions lack a price in it."""
    lacking: tuple[tuple[EditionName, str], ...]
    lacking_more: int


@dataclass(frozen=True, slots=True)
class MarketView:
    """A country, and for each account how many editions are sold there, and how dark that is."""

    market: Market
    cells: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class FirstLines:
    """The first lines of a list, and how many more it has."""

    lines: Sequence[object]
    more: int


@dataclass(frozen=True, slots=True)
class CatalogPage:
    """All that the template needs to know."""

    facts: Readiness
    environment: str
    coming: FirstLines
    without_cover: FirstLines
    undescribed: FirstLines
    unpriced: FirstLines
    access: tuple[tuple[Access, int, int, int], ...]
    """How far described, how many, where its stretch of the bar begins and how long it is."""
    markets: tuple[MarketView, ...]
    ladders: tuple[LadderView, ...]
    languages: tuple[Bar, ...]


def render(facts: Readiness, environment_name: str) -> str:
    """Write the readiness of a catalog as an HTML page; the same facts give the same bytes.

    Shapes:  a whole document, UTF-8, whose policy allows no network and no script but its own.
    """
    css, script = part("report.css") + part("catalog.css"), part("report.js")
    template = environment().get_template("catalog.html.j2")
    return template.render(
        page=page(facts, environment_name),
        css=Markup(css),  # noqa: S704 -- ours, and not a word of it from outside
        script=Markup(script),  # noqa: S704 -- as the style sheet
        policy=Markup(policy(css, script)),  # noqa: S704 -- digests
    )


def page(facts: Readiness, environment_name: str) -> CatalogPage:
    """Collect what the page says."""
    undescribed = [one for one in facts.accessibility if one.access in {Access.PARTLY, Access.UNSAID}]
    return CatalogPage(
        facts=facts,
        environment=environment_name,
        coming=_listed(facts.coming),
        without_cover=_listed(facts.without_cover),
        undescribed=_listed(undescribed),
        unpriced=_listed(facts.unpriced),
        access=tuple(_stretches(facts.access)),
        markets=tuple(_market(market, facts) for market in facts.markets),
        ladders=tuple(map(_ladder, facts.ladders)),
        languages=_languages(facts.languages),
    )


def _listed(lines: Sequence[Coming | EditionName | Described | tuple[EditionName, str]]) -> FirstLines:
    return FirstLines(lines[:_LISTED], max(0, len(lines) - _LISTED))


def _stretches(counts: Mapping[Access, int]) -> list[tuple[Access, int, int, int]]:
    whole = sum(counts.values()) or 1
    found: list[tuple[Access, int, int, int]] = []
    passed = 0
    for access, number in counts.items():
        begin = _WHOLE * passed // whole
        passed += number
        if number:
            found.append((access, number, begin, max(1, _WHOLE * passed // whole - begin)))
    return found


def _market(market: Market, facts: Readiness) -> MarketView:
    most = [max(numbers) or 1 for numbers in zip(*(one.numbers for one in facts.markets), strict=True)]
    return MarketView(market, tuple((number, -(-_SHADES * number // of)) for number, of in zip(market.numbers, most, strict=True)))


def _ladder(ladder: Ladder) -> LadderView:
    kept = sorted(ladder.rungs, key=lambda rung: (-rung.number, rung.amount))[:_RUNGS]
    most = max(rung.number for rung in kept)
    bars = tuple(_bar(rung, most) for rung in sorted(kept, key=lambda rung: rung.amount))
    return LadderView(
        ladder.currency,
        names.currency(ladder.currency),
        ladder.number,
        decimal_text(ladder.rungs[0].amount),
        decimal_text(ladder.middle),
        decimal_text(ladder.rungs[-1].amount),
        bars,
        len(ladder.rungs) - len(kept),
        ladder.without,
        ladder.lacking[:_BESIDE],
        max(0, len(ladder.lacking) - _BESIDE),
    )


def _bar(rung: Rung, most: int) -> Bar:
    return Bar(decimal_text(rung.amount), rung.example.name if rung.number == 1 else "", rung.number, max(1, _WHOLE * rung.number // most))


def _languages(spoken: Sequence[Spoken]) -> tuple[Bar, ...]:
    most = max((one.titles for one in spoken), default=0) or 1
    return tuple(Bar(one.name, one.code, one.titles, max(1, _WHOLE * one.titles // most)) for one in spoken)
