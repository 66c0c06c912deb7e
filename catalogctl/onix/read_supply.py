"""Block 6 of a product, read: whether it can be had, and what it costs. The reverse of `supply`."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from catalogctl.config.fact_file import amount_text
from catalogctl.model import vocabulary
from catalogctl.model.diagnostics import error, note
from catalogctl.onix.publishing import FORTHCOMING
from catalogctl.onix.read_publishing import iso_date, take_date
from catalogctl.onix.reading import RecordReading, amount_of, word_of
from catalogctl.onix.supply import OF_STATUS
from catalogctl.onix.territory import countries, world

_WITH_TAX: Final = frozenset({"02", "04", "42", "44", ""})
_WITHOUT_TAX: Final = frozenset({"01", "03", "41", "43"})
"""List 58: prices that customers pay; those of resellers, libraries and rental are not read."""
_QUALIFIERS: Final = frozenset({"", "00", "05"})
_PROMOTION: Final = "08"
"""List 59."""
_FREE: Final = "01"
_TO_BE_ANNOUNCED, _CONTACT_SUPPLIER = "02", "04"
"""List 57: what an export says of what has no price, unless the file says otherwise."""
_AVAILABLE: Final = "20"
_SOON, _UNKNOWN = "10", "99"
_DAY: Final = timedelta(days=1)
_MOST_PROMOTIONS: Final = 200
"""Of one record; more are no promotions that a file may have."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """One price that a customer can pay."""

    element: etree._Element
    currency: str
    amount: Decimal
    territories: frozenset[str]
    """Empty: wherever it is sold."""
    has_tax: bool
    tax: Mapping[str, Any]
    first: str
    last: str
    is_promotion: bool


@dataclass(slots=True)
class Supply:
    """What one <ProductSupply> comes to."""

    element: etree._Element
    markets: frozenset[str]
    facts: dict[str, Any]
    prices: list[etree._Element]
    """Elements that a price, or its absence, was read from."""
    availability: etree._Element | None
    detail: etree._Element | None


def read_supply(reading: RecordReading) -> None:
    """Read <ProductSupply>: of several that are not equal that of the market that was asked for."""
    supplies = [_supply(reading, one) for one in reading.all("ProductSupply")]
    if not supplies:
        return
    wanted, rules = supplies, reading.rules
    if rules.supply is not None:
        wanted = supplies[rules.supply : rules.supply + 1] or supplies[:1]
    elif rules.market:
        wanted = [one for one in supplies if not one.markets or rules.market in one.markets]
    if not wanted:
        return
    first, *others = wanted
    if any(other.facts != first.facts for other in others):
        detail = f"It has {len(supplies)} supplies for different markets, with different prices or availabilities."
        reading.refuse(error("onix-markets", "Several markets", detail, "Say whose prices are meant:\n--market ES"), others[0].element)
        return
    if not first.prices and reading.all("SupplyDetail/Price", first.element):
        detail = "It has prices, and none is one that customers pay in a currency. The edition gets no price; they stay in the record."
        reading.remark(note("onix-price-none", "No price that can be read", detail), reading.all("SupplyDetail/Price", first.element)[0])
    for field, value in first.facts.items():
        if field in {"availability", "unpriced"}:
            reading.say("onix", value, field)
        else:
            reading.say(field, value)
    for one in wanted:
        _take(reading, one)


def supply_count(reading: RecordReading) -> int:
    """Return how many supplies a record has."""
    return len(reading.all("ProductSupply"))


def _take(reading: RecordReading, supply: Supply) -> None:
    for price in supply.prices:
        reading.claim("prices", price)
        for leaf in price.iter("*"):
            if not len(leaf) and str(leaf.tag).rpartition("}")[2] in _READ:
                reading.taken(leaf)
    if supply.availability is not None:
        reading.taken(supply.availability)
        reading.claim("availability", supply.availability)
    if supply.detail is not None:
        for dated in reading.all("SupplyDate", supply.detail):
            if reading.peek("SupplyDateRole", dated) == "08":
                reading.text("SupplyDateRole", dated)
                take_date(reading, dated)
                reading.claim("availability", dated)


_READ: Final = frozenset(
    "PriceType PriceQualifier PriceAmount CurrencyCode CountriesIncluded CountriesExcluded RegionsIncluded RegionsExcluded PriceDateRole "
    "Date UnpricedItemType TaxRateCode TaxRatePercent TaxType".split()
)


def _supply(reading: RecordReading, element: etree._Element) -> Supply:
    markets = frozenset().union(*(countries(one) for one in reading.all("Market/Territory", element)))
    made = Supply(element, markets, {}, [], None, None)
    for detail in reading.all("SupplyDetail", element):
        if made.availability is None:
            made.availability = reading.record.first("ProductAvailability", detail)
            made.detail = detail if made.availability is not None else None
        unpriced = reading.record.first("UnpricedItemType", detail)
        if unpriced is not None and not made.prices:
            made.prices.append(unpriced)
            code = (unpriced.text or "").strip()
            usual = _TO_BE_ANNOUNCED if reading.peek("ProductAvailability", detail) == "10" else _CONTACT_SUPPLIER
            if code != usual and (word := word_of(vocabulary.UNPRICED, code)):
                made.facts["unpriced"] = word
        listed = [one for price in reading.all("Price", detail) if (one := _listed(reading, price)) is not None]
        if listed and not any(str(one.tag).endswith("}Price") for one in made.prices):
            made.prices = [one.element for one in listed]
            made.facts.pop("unpriced", None)
            made.facts |= _Prices(reading, listed).facts()
    if made.availability is not None:
        code = (made.availability.text or "").strip()
        status = vocabulary.STATUSES.get(reading.facts.get("status", ""), "")
        is_dated = "publication_date" in reading.facts or "on_sale" in reading.facts.get("dates", {})
        soon = _SOON if is_dated else _UNKNOWN
        usual = OF_STATUS.get(status, soon if status == FORTHCOMING else _AVAILABLE)
        if code != usual and (word := word_of(vocabulary.AVAILABILITIES, code)):
            made.facts["availability"] = word
    return made


def _listed(reading: RecordReading, price: etree._Element) -> _Listed | None:
    """Return a price that a customer can pay; `None` for any other."""
    kind, qualifier = reading.peek("PriceType", price), reading.peek("PriceQualifier", price)
    currency, said = reading.peek("CurrencyCode", price), reading.peek("PriceAmount", price)
    is_free = reading.peek("UnpricedItemType", price) == _FREE
    conditional = any(reading.all(name, price) for name in ("PriceCondition", "MinimumOrderQuantity", "BatchBonus"))
    if kind not in _WITH_TAX | _WITHOUT_TAX or qualifier not in {*_QUALIFIERS, _PROMOTION} or not currency or conditional:
        return None
    amount = Decimal(0) if is_free and not said else amount_of(said)
    if amount is None:
        return None
    place = reading.record.first("Territory", price)
    places = countries(place)
    bounds = {reading.peek("PriceDateRole", one): iso_date(reading, one) for one in reading.all("PriceDate", price)}
    return _Listed(
        price,
        currency,
        amount,
        frozenset() if places >= world() else places,
        kind in _WITH_TAX,
        _tax(reading, price),
        _day(bounds.get("14", "")),
        _day(bounds.get("15", "")),
        qualifier == _PROMOTION,
    )


def _day(text: str) -> str:
    return text if len(text) == len("2026-01-01") else ""


def _tax(reading: RecordReading, price: etree._Element) -> Mapping[str, Any]:
    taxes = reading.all("Tax", price)
    if len(taxes) != 1:
        return {}
    said: dict[str, Any] = {}
    rate = amount_of(reading.peek("TaxRatePercent", taxes[0]))
    if rate is not None and rate < 100:
        said["rate"] = f"{rate.normalize():f}"
    if word := word_of(vocabulary.TAX_LEVELS, reading.peek("TaxRateCode", taxes[0])):
        said["level"] = word
    return said


class _Prices:
    """The prices of one supplier as a title file has them."""

    def __init__(self, reading: RecordReading, listed: Sequence[_Listed]) -> None:
        self._sold = _sold(reading)
        self._default_has_tax = not reading.rules.settings.price_type.endswith("without-tax")
        regular = [one for one in listed if not one.is_promotion]
        promoted = [one for one in listed if one.is_promotion and one.first and one.last and one.first <= one.last]
        self._promotions = promoted if len(promoted) <= _MOST_PROMOTIONS else []
        paid = {(one.currency, one.territories) for one in regular if one.has_tax}
        # A price before tax counts where there is none with it.
        self._regular = [one for one in regular if one.has_tax or (one.currency, one.territories) not in paid]

    def facts(self) -> dict[str, Any]:
        """Return the fields of an edition."""
        prices: dict[str, str] = {}
        changes: dict[str, dict[str, str]] = defaultdict(dict)
        inside: list[dict[str, Any]] = []
        for (currency, places, has_tax), entries in self._by_place().items():
            ordered = sorted(entries, key=lambda one: one.first)
            first, *later = ordered
            is_everywhere = not places or (bool(self._sold) and places >= self._sold)
            if is_everywhere and has_tax == self._default_has_tax and currency not in prices:
                prices[currency] = amount_text(currency, first.amount)
                for one in later:
                    if one.first:
                        changes[one.first][currency] = amount_text(currency, one.amount)
                continue
            said: dict[str, Any] = {} if not places else {"territories": sorted(places)}
            said |= {"currency": currency, "amount": amount_text(currency, ordered[-1].amount if not first.first else first.amount)}
            if has_tax != self._default_has_tax or (first.tax and places):
                said["tax"] = {"included": has_tax, **first.tax}
            inside.append(said)
        found: dict[str, Any] = {"prices": prices, "prices_in": inside, "promotions": self._promoted()}
        found["price_changes"] = [{"from": day, "prices": amounts} for day, amounts in sorted(changes.items())]
        return {name: value for name, value in found.items() if value}

    def _by_place(self) -> dict[tuple[str, frozenset[str], bool], list[_Listed]]:
        found: dict[tuple[str, frozenset[str], bool], list[_Listed]] = {}
        for one in self._regular:
            found.setdefault((one.currency, one.territories, one.has_tax), []).append(one)
        return found

    def _promoted(self) -> list[dict[str, Any]]:
        """Return the promotions; of two that overlap the lower price wins, day by day."""
        found: dict[tuple[str, str, tuple[str, ...]], dict[str, str]] = {}
        for (currency, places), entries in self._by_currency().items():
            where = () if not places or (self._sold and places >= self._sold) else tuple(sorted(places))
            for first, last, amount in _flattened(entries):
                found.setdefault((first, last, where), {})[currency] = amount_text(currency, amount)
        names: dict[str, int] = {}
        listed = []
        for (first, last, where), prices in sorted(found.items()):
            name = f"onix-{first}"
            names[name] = names.get(name, 0) + 1
            id_ = name if names[name] == 1 else f"{name}-{names[name]}"
            listed.append({"id": id_, "from": first, "until": last, "prices": prices, **({"territories": list(where)} if where else {})})
        return listed

    def _by_currency(self) -> dict[tuple[str, frozenset[str]], list[_Listed]]:
        found: dict[tuple[str, frozenset[str]], list[_Listed]] = {}
        for one in self._promotions:
            found.setdefault((one.currency, one.territories), []).append(one)
        return found


def _flattened(entries: list[_Listed]) -> list[tuple[str, str, Decimal]]:
    """Return periods that do not overlap."""
    cuts = sorted({one.first for one in entries} | {_next(one.last) for one in entries})
    pieces: list[tuple[str, str, Decimal]] = []
    for start, end in itertools.pairwise(cuts):
        amounts = [one.amount for one in entries if one.first <= start and _next(one.last) >= end]
        if not amounts:
            continue
        last = (date.fromisoformat(end) - _DAY).isoformat()
        if pieces and pieces[-1][2] == min(amounts) and _next(pieces[-1][1]) == start and len(entries) > 1:
            pieces[-1] = (pieces[-1][0], last, pieces[-1][2])
        else:
            pieces.append((start, last, min(amounts)))
    return pieces


def _next(day: str) -> str:
    try:
        return (date.fromisoformat(day) + _DAY).isoformat()
    except OverflowError:
        return day


def _sold(reading: RecordReading) -> frozenset[str]:
    """Return the countries in which the record says that it may be sold; empty where it does not say."""
    from catalogctl.config.territories import expand

    said = expand(reading.facts.get("territories"), {})
    return world() if said == ("ALL",) else frozenset(said)
