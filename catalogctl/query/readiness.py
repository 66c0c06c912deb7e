"""How ready a catalog is: what lacks a cover, what says nothing of accessibility, where what is sold, at which prices, what comes soon.

All of it is counted over editions as the accounts see them (`on_each_account`), in one pass over each part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import median_low
from typing import Any, Final

from catalogctl.config.schema.names import country_names, guess_country, language_names
from catalogctl.config.territories import expand
from catalogctl.query.view import EditionView

EVERYWHERE: Final = "ALL"
_DIGITAL: Final = frozenset({"epub", "pdf", "audiobook"})
"""What the European Accessibility Act asks about; of these e-books are named in it."""


class Access(StrEnum):
    """How far the accessibility of an edition is described."""

    READY = "described"
    PARTLY = "partly described"
    UNSAID = "not described"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class EditionName:
    """An edition, by what it is called."""

    title: str
    edition: str
    name: str
    format: str
    path: str


@dataclass(frozen=True, slots=True)
class Described:
    """The accessibility of one edition."""

    place: EditionName
    access: Access
    lacking: tuple[str, ...]
    """Fields of `accessibility` without which it is not described."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One price, and how many editions have it."""

    amount: Decimal
    number: int
    example: EditionName


@dataclass(frozen=True, slots=True)
class Ladder:
    """The prices in one currency, from the lowest to the highest."""

    currency: str
    rungs: tuple[Rung, ...]
    number: int
    """How many editions have a price in it; one that differs from account to account is on several rungs."""
    lacking: tuple[tuple[EditionName, str], ...]
    """Editions on an account that sells in that currency as a rule, and that have no price in it: edition and account."""

    @property
    def without(self) -> int:
        """How many editions lack a price in it somewhere; one counts once, on however many accounts."""
        return len({place for place, _ in self.lacking})

    @property
    def middle(self) -> Decimal:
        """The price that half of them do not exceed."""
        return median_low(rung.amount for rung in self.rungs for _ in range(rung.number))


@dataclass(frozen=True, slots=True)
class Market:
    """One country, or all that no edition names."""

    code: str
    """ISO 3166-1; `ALL` for the countries that are not listed."""
    name: str
    numbers: tuple[int, ...]
    """Editions sold there, account by account."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One language, and how many titles are in it."""

    code: str
    """A tag of BCP 47; empty where none is said."""
    name: str
    titles: int
    editions: int


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that happens by itself on a day to come."""

    day: date
    what: str
    """`goes on sale`, `pre-orders begin`, `promotion navidad begins`, …"""
    place: EditionName
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Everything that the report says."""

    today: date
    days: int
    titles: int
    editions: int
    accounts: tuple[str, ...]
    without_cover: tuple[EditionName, ...]
    accessibility: tuple[Described, ...]
    """Of every digital edition."""
    markets: tuple[Market, ...]
    ladders: tuple[Ladder, ...]
    unpriced: tuple[tuple[EditionName, str], ...]
    """Editions on an account without any price: edition and account; those that are free are none."""
    languages: tuple[Spoken, ...]
    coming: tuple[Coming, ...]

    @property
    def without_price(self) -> tuple[EditionName, ...]:
        """The editions that have no price on some account, each once."""
        return tuple(dict.fromkeys(place for place, _ in self.unpriced))

    @property
    def access(self) -> Mapping[Access, int]:
        """How many editions are how far described."""
        counted = Counter(one.access for one in self.accessibility)
        return {access: counted[access] for access in Access}


def readiness(rows: Iterable[EditionView], today: date, days: int) -> Readiness:
    """Look at every edition on every account.

    Shapes:  `rows` have one account each, or none.
    Units:   `days` from today on, inclusive, that are soon.
    """
    known = list(rows)
    editions = {(row.title, row.edition): row for row in known}
    accounts = tuple(sorted({account for row in known for account in row.accounts}))
    places = {key: _place(row) for key, row in editions.items()}
    priced = [row for row in known if row.accounts]
    return Readiness(
        today=today,
        days=days,
        titles=len({row.title for row in known}),
        editions=len(editions),
        accounts=accounts,
        without_cover=tuple(places[key] for key, row in editions.items() if not (row.facts.get("files") or {}).get("cover")),
        accessibility=tuple(_described(places[key], row) for key, row in editions.items() if row.facts.get("format") in _DIGITAL),
        markets=tuple(_markets(priced, accounts)),
        ladders=tuple(_ladders(priced, places)),
        unpriced=tuple((places[row.title, row.edition], row.accounts[0]) for row in priced if not _prices(row) and not _is_free(row)),
        languages=tuple(_languages(editions.values())),
        coming=tuple(_coming(known, places, today, today + timedelta(days=days))),
    )


def _place(row: EditionView) -> EditionName:
    return EditionName(row.title, row.edition, row.facts.get("title") or row.title, row.facts.get("format", ""), row.path)


# -- accessibility -------------------------------------------------------------------------------------------------------


def _described(place: EditionName, row: EditionView) -> Described:
    said = row.facts.get("accessibility") or {}
    if said.get("exemption"):
        return Described(place, Access.EXEMPT, ())
    lacking = tuple(name for name in ("conforms", "features", "hazards", "summary") if not said.get(name))
    if not lacking:
        return Described(place, Access.READY, ())
    return Described(place, Access.UNSAID if len(lacking) == 4 else Access.PARTLY, lacking)


# -- territories ---------------------------------------------------------------------------------------------------------


def _markets(rows: Sequence[EditionView], accounts: Sequence[str]) -> Iterator[Market]:
    """Count where editions are sold: a line for each country that is not like all the others, and one for these."""
    everywhere: Counter[str] = Counter()
    within: Counter[tuple[str, str]] = Counter()
    outside: Counter[tuple[str, str]] = Counter()
    for row in rows:
        account = row.accounts[0]
        countries, excepted = territories_of(row)
        if countries is None:
            everywhere[account] += 1
            outside.update((country, account) for country in excepted)
        else:
            within.update((country, account) for country in countries)
    named = sorted({country for country, _ in (*within, *outside)})
    names = country_names()
    found = [
        Market(
            country,
            names.get(country, country),
            tuple(everywhere[account] + within[country, account] - outside[country, account] for account in accounts),
        )
        for country in named
    ]
    yield from sorted(found, key=lambda market: (-sum(market.numbers), market.name))
    if any(everywhere.values()) or not found:
        yield Market(EVERYWHERE, "All other countries" if found else "Everywhere", tuple(everywhere[account] for account in accounts))


def territories_of(row: EditionView) -> tuple[frozenset[str] | None, frozenset[str]]:
    """Return the countries that a row is sold in, and those it is not sold in where it is sold in all others (None).

    Shapes:  `row` as its account sees it; names of countries among that account's options go before. Nothing said is everywhere.
    """
    options = (row.facts.get("publish") or {}).get(row.accounts[0]) if row.accounts else None
    if isinstance(options, dict) and options.get("countries"):
        return frozenset(guess_country(name) or name for name in options["countries"]), frozenset()
    said: Any = row.facts.get("territories")
    if isinstance(said, dict):
        return None, frozenset(expand(said["except"], row.groups))
    listed = frozenset(expand(said, row.groups))
    return (None, frozenset()) if not listed or EVERYWHERE in listed else (listed, frozenset())


# -- prices --------------------------------------------------------------------------------------------------------------


def _prices(row: EditionView) -> Mapping[str, Decimal]:
    return {currency: Decimal(str(amount)) for currency, amount in (row.facts.get("prices") or {}).items() if amount is not None}


def _is_free(row: EditionView) -> bool:
    options = (row.facts.get("publish") or {}).get(row.accounts[0])
    return isinstance(options, dict) and options.get("free") is True


_RULE: Final = Decimal("0.5")
"""An account sells in a currency as a rule where this share of its editions has a price in it."""


def _ladders(rows: Sequence[EditionView], places: Mapping[tuple[str, str], EditionName]) -> Iterator[Ladder]:
    rungs: dict[str, dict[Decimal, dict[tuple[str, str], None]]] = {}
    by_account: dict[str, Counter[str]] = {}
    sold: Counter[str] = Counter()
    priced: list[tuple[EditionView, Mapping[str, Decimal]]] = []
    for row in rows:
        prices = _prices(row)
        if not prices:
            continue
        account = row.accounts[0]
        priced.append((row, prices))
        sold[account] += 1
        by_account.setdefault(account, Counter()).update(prices.keys())
        for currency, amount in prices.items():
            rungs.setdefault(currency, {}).setdefault(amount, {})[row.title, row.edition] = None
    lacking: dict[str, list[tuple[EditionName, str]]] = {}
    for row, prices in priced:
        account = row.accounts[0]
        for currency, number in by_account[account].items():
            if currency not in prices and number >= _RULE * sold[account]:
                lacking.setdefault(currency, []).append((places[row.title, row.edition], account))
    for currency, amounts in sorted(rungs.items(), key=lambda item: (-sum(map(len, item[1].values())), item[0])):
        steps = tuple(Rung(amount, len(keys), places[next(iter(keys))]) for amount, keys in sorted(amounts.items()))
        number = len({key for keys in amounts.values() for key in keys})
        yield Ladder(currency, steps, number, tuple(lacking.get(currency, ())))


# -- languages -----------------------------------------------------------------------------------------------------------


def _languages(rows: Iterable[EditionView]) -> Iterator[Spoken]:
    titles: dict[str, set[str]] = {}
    editions: Counter[str] = Counter()
    for row in rows:
        code = row.facts.get("language") or ""
        titles.setdefault(code, set()).add(row.title)
        editions[code] += 1
    names = language_names()
    for code, ids in sorted(titles.items(), key=lambda item: (-len(item[1]), item[0])):
        main, _, rest = code.partition("-")
        name = names.get(main, main)
        yield Spoken(code, (f"{name} ({rest})" if rest else name) or "Not said", len(ids), editions[code])


# -- what comes ------------------------------------------------------------------------------------------------------------

_DATES: Final[Mapping[str, str]] = {
    "publication_date": "is published",
    "dates.on_sale": "goes on sale",
    "dates.preorder_from": "pre-orders begin",
    "dates.announced": "is announced",
}
"""Fields of an edition that hold a day → what happens then."""
_OPTIONS: Final[Mapping[str, str]] = {
    "sale_from": "goes on sale",
    "preorder_from": "pre-orders begin",
    "published_at": "is published",
    "free_until": "is free for the last day",
}
"""Options of accounts that hold one."""


def _coming(rows: Iterable[EditionView], places: Mapping[tuple[str, str], EditionName], first: date, last: date) -> Iterator[Coming]:
    found: dict[tuple[date, str, str, str], dict[str, None]] = {}
    for row in rows:
        for day, what in _boundaries(row):
            if first <= day <= last:
                found.setdefault((day, row.title, row.edition, what), {}).update(dict.fromkeys(row.accounts))
    for (day, title, edition, what), accounts in sorted(found.items()):
        yield Coming(day, what, places[title, edition], tuple(accounts))


def _boundaries(row: EditionView) -> Iterator[tuple[date, str]]:
    """List the days on which something about a row changes by itself, and what."""
    for path, what in _DATES.items():
        for value in row.values(tuple(path.split("."))):
            yield from _on(value, what)
    options = (row.facts.get("publish") or {}).get(row.accounts[0]) if row.accounts else None
    if isinstance(options, dict):
        for name, what in _OPTIONS.items():
            yield from _on(options.get(name), what)
        for window in options.get("price_windows") or ():
            if isinstance(window, dict):
                yield from _on(window.get("from"), "a price for a time begins")
                yield from _on(window.get("until"), "the last day of a price for a time")
    for promotion in row.facts.get("promotions") or ():
        yield from _on(promotion["from"], f"promotion {promotion['id']} begins")
        yield from _on(promotion["until"], f"promotion {promotion['id']} ends")
    for change in row.facts.get("price_changes") or ():
        yield from _on(change["from"], "the price changes")


def _on(value: object, what: str) -> Iterator[tuple[date, str]]:
    """Return what happens on the day that a text begins with; nothing where it is no whole day."""
    if isinstance(value, str):
        try:
            yield date.fromisoformat(value[:10]), what
        except ValueError:
            return
