"""Block 6 of a product: who supplies it, whether it can be had, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from catalogctl.config.project import OnixSettings
from catalogctl.model import vocabulary
from catalogctl.model.facts import Tax
from catalogctl.model.money import minor_digits
from catalogctl.model.title import Edition
from catalogctl.onix.compose import Composer, Made
from catalogctl.onix.publishing import FORTHCOMING, dated, status, territory
from catalogctl.onix.recipients import Recipient

_PRICE_TYPES: Final[Mapping[str, str]] = {"rrp": "02", "rrp-without-tax": "01", "fixed": "04", "fixed-without-tax": "03"}
"""List 58."""
_WITHOUT_TAX: Final = {"02": "01", "04": "03"}
_WITH_TAX: Final = {without: within for within, without in _WITHOUT_TAX.items()}
_PROMOTION: Final = "08"
"""List 59."""
_FREE: Final = "01"
_TO_BE_ANNOUNCED: Final = "02"
_CONTACT_SUPPLIER: Final = "04"
OF_STATUS: Final = {"01": "01", "03": "09", "05": "52", "06": "31", "07": "51", "10": "47", "11": "46", "15": "49", "16": "34", "17": "46"}
"""Publishing status → availability (lists 64 and 65), where the one says the other."""
_SOON: Final = "10"
_AVAILABLE: Final = "20"
_UNKNOWN: Final = "99"
_DATED: Final = frozenset({"10", "11", "12"})
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OnixPrice:
    """One price of a message."""

    currency: str
    amount: Decimal
    territories: tuple[str, ...] = ()
    tax: Tax | None = None
    first: str = ""
    """The day or instant from which it holds, in ISO 8601; empty: from ever."""
    last: str = ""
    """The last day, or the first instant after it."""
    is_promotion: bool = False


def product_supply(make: Composer, edition: Edition, settings: OnixSettings, sent: date, to: Recipient | None) -> Made:
    """Return <ProductSupply>."""
    code, expected = availability(edition, sent)
    supplier = make.group("Supplier", make.leaf("SupplierRole", "01"), make.leaf("SupplierName", settings.supplier or settings.sender))
    arrival = make.group("SupplyDate", make.leaf("SupplyDateRole", "08"), dated(make, expected)) if expected else None
    listed = list(_alternating(prices(edition)) if to is not None and to.alternating_prices else prices(edition))
    free = "" if to is None else to.free_amount
    if any(price.amount for price in listed) or (free and listed):
        offered: list[Made] = [_price(make, price, settings, free) for price in listed]
    else:
        reason = vocabulary.UNPRICED.get(edition.facts.onix.unpriced)
        otherwise = _FREE if listed else _TO_BE_ANNOUNCED if code == _SOON else _CONTACT_SUPPLIER
        offered = [make.leaf("UnpricedItemType", reason or otherwise)]
    return make.group("ProductSupply", make.group("SupplyDetail", supplier, make.leaf("ProductAvailability", code), arrival, offered))


def availability(edition: Edition, sent: date) -> tuple[str, str]:
    """Return the code of list 65, and the day on which it is expected; empty where it says none.

    Shapes:  a code that needs a day and has none is given all the same, for the rules to tell.
    """
    said, facts = edition.metadata, edition.metadata.facts
    day = facts.dates.get("on_sale") or ("" if said.publication_date is None else said.publication_date.isoformat())
    declared = vocabulary.AVAILABILITIES.get(edition.facts.onix.availability)
    if declared is not None:
        return declared, day if declared in _DATED else ""
    state = status(edition, sent)
    if state in OF_STATUS:
        return OF_STATUS[state], ""
    if state == FORTHCOMING:
        return (_SOON, day) if day else (_UNKNOWN, "")
    return _AVAILABLE, ""


def prices(edition: Edition) -> Iterator[OnixPrice]:
    """Yield the regular prices of an edition, those to come, and its promotions.

    A price with no countries of `prices_in` is the one everywhere else, in place of the one of `prices`.
    """
    facts = edition.facts
    everywhere = {price.currency for price in facts.prices_in if not price.territories}
    regular = [OnixPrice(currency, amount) for currency, amount in edition.prices.items() if currency not in everywhere]
    regular += [OnixPrice(price.currency, price.amount, price.territories, price.tax) for price in facts.prices_in]
    for price in sorted(regular, key=_order):
        yield from _over_time(
            price, [(change.begins, change.prices[price.currency]) for change in facts.price_changes if price.currency in change.prices]
        )
    for promotion in facts.promotions:
        for currency, amount in sorted(promotion.prices.items()):
            yield OnixPrice(currency, amount, promotion.territories, None, promotion.begins, promotion.ends, is_promotion=True)


def _order(price: OnixPrice) -> tuple[str, tuple[str, ...]]:
    return price.currency, price.territories


def _over_time(price: OnixPrice, changes: Iterable[tuple[str, Decimal]]) -> Iterator[OnixPrice]:
    """Yield a price until the first change, then each change until the next; changes are of prices without countries."""
    ordered = [] if price.territories else sorted(changes)
    for begins, amount in ordered:
        yield replace(price, last=_before(begins))
        price = replace(price, amount=amount, first=begins)
    yield price


def _alternating(listed: Iterable[OnixPrice]) -> Iterator[OnixPrice]:
    """Yield prices for a recipient that knows no promotions: the regular price ends, and begins again after each."""
    every = list(listed)
    promotions = sorted((one for one in every if one.is_promotion), key=lambda one: one.first)
    for price in (one for one in every if not one.is_promotion):
        held = price
        for promotion in promotions:
            applies = promotion.currency == price.currency and (not promotion.territories or promotion.territories == price.territories)
            if not applies or (held.last and promotion.first > held.last) or (held.first and promotion.first <= held.first):
                continue
            yield replace(held, last=_before(promotion.first))
            yield replace(price, amount=promotion.amount, first=promotion.first, last=promotion.last)
            held = replace(price, first=_after(promotion.last))
        yield held


def _is_instant(text: str) -> bool:
    return "T" in text


def _before(text: str) -> str:
    """Return the end of what goes before a beginning: the day before, or the instant itself."""
    return text if _is_instant(text) else _moved(text, -_DAY)


def _after(text: str) -> str:
    """Return the beginning of what comes after an end."""
    return text if _is_instant(text) else _moved(text, _DAY)


def _moved(day: str, by: timedelta) -> str:
    try:
        return (date.fromisoformat(day) + by).isoformat()
    except OverflowError:
        return day  # the first or the last day that there is


def _price(make: Composer, price: OnixPrice, settings: OnixSettings, free: str) -> Made:
    kind = _PRICE_TYPES[settings.price_type]
    if price.tax is not None:
        kind = _WITH_TAX.get(kind, kind) if price.tax.included else _WITHOUT_TAX.get(kind, kind)
    amount = format(price.amount.quantize(Decimal(1).scaleb(-minor_digits(price.currency))), "f") if price.amount else free
    return make.group(
        "Price",
        make.leaf("PriceType", kind),
        make.leaf("PriceQualifier", _PROMOTION if price.is_promotion else None),
        make.leaf("PriceAmount", amount) if amount else make.leaf("UnpricedItemType", _FREE),
        _tax(make, price.tax),
        make.leaf("CurrencyCode", price.currency) if amount else None,
        territory(make, price.territories),
        _price_date(make, "14", price.first),
        _price_date(make, "15", price.last),
    )


def _tax(make: Composer, tax: Tax | None) -> Made:
    if tax is None or (tax.rate is None and not tax.level):
        return None
    rate = None if tax.rate is None else format(tax.rate.normalize(), "f")
    level = vocabulary.TAX_LEVELS.get(tax.level)
    return make.group("Tax", make.leaf("TaxType", "01"), make.leaf("TaxRateCode", level), make.leaf("TaxRatePercent", rate))


def _price_date(make: Composer, role: str, text: str) -> Made:
    """Return the first or the last moment of a price; ONIX ends with the last minute, an instant ends before itself."""
    if not text:
        return None
    if not _is_instant(text):
        day = dated(make, text)
    else:
        moment = datetime.fromisoformat(text)
        moment = moment - timedelta(minutes=1) if role == "15" and moment.year > 1 else moment
        day = make.leaf("Date", f"{moment.year:04}{moment:%m%dT%H%M%z}", {"dateformat": "13"})
    return make.group("PriceDate", make.leaf("PriceDateRole", role), day)
