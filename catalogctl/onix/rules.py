"""Our own rules for a product: what a schema does not see, and a recipient sends back.

Each rule is a function that takes a record and gives what is wrong, with the element that it is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from itertools import combinations
from typing import Final

from lxml import etree

from catalogctl.config.schema import codes
from catalogctl.config.syntax.scalars import CodeError
from catalogctl.model.diagnostics import Diagnostic, error, note, warning
from catalogctl.model.money import too_precise
from catalogctl.onix import dates
from catalogctl.onix.record import ProductRecord, local_name
from catalogctl.onix.territory import countries

_ISBN_TYPES: Final = {"02": "ISBN-10", "03": "GTIN-13", "15": "ISBN-13"}
_HYPHENS: Final = re.compile("[-\u00a0 \u2010-\u2015]")
_BISAC: Final = re.compile("[A-Z]{3}[0-9]{6}")
_LONG_PAST: Final = timedelta(days=31)
"""After its day, within which a book may still be called forthcoming: feeds are late."""
_PUBLICATION: Final = "01"
_EXPECTED: Final = "08"
_FROM: Final = "14"
_UNTIL: Final = "15"
_DELETED: Final = "05"
_BLOCK_UPDATE: Final = "04"
_TEST: Final = frozenset({"88", "89"})


@dataclass(frozen=True, slots=True)
class Breach:
    """What is wrong with a record."""

    item: Diagnostic
    at: etree._Element
    near: str = ""
    """A text on the line."""


Rule = Callable[[ProductRecord, date], Iterator[Breach]]
"""Takes a record, and the day on which the message was sent."""


def breaches(record: ProductRecord, sent: date) -> Iterator[Breach]:
    """Find all that our rules object to in a record."""
    for rule in RULES:
        yield from rule(record, sent)


def isbns(record: ProductRecord, _sent: date) -> Iterator[Breach]:
    """Find numbers that are none, and numbers of one product that are of several."""
    told: dict[str, etree._Element] = {}
    for identifier in record.element.iter(f"{{{record.release.namespace}}}ProductIdentifier"):
        kind, place, number = (
            record.text("ProductIDType", identifier),
            record.first("IDValue", identifier),
            record.text("IDValue", identifier),
        )
        digits = _HYPHENS.sub("", number)
        if place is None or kind not in _ISBN_TYPES or not number or (kind == "03" and not digits.startswith(("978", "979"))):
            continue
        if digits != number:
            hint = f"Write\n<IDValue>{digits}</IDValue>"
            yield Breach(
                warning(
                    "onix-isbn-hyphen",
                    "Hyphens in an ISBN",
                    f"ONIX writes an {_ISBN_TYPES[kind]} as digits alone, not as `{number}`.",
                    hint,
                ),
                place,
                number,
            )
        try:
            canonical = codes.isbn13(digits)
        except CodeError as wrong:
            yield Breach(error("onix-isbn-check", wrong.summary, wrong.detail, wrong.hint), place, number)
            continue
        if kind == "15" and len(digits) == 10:
            detail = f"`{number}` is an ISBN-10, and the identifier says that it is an ISBN-13."
            yield Breach(
                error("onix-isbn-check", "Another number than it says", detail, f"Write\n<IDValue>{canonical}</IDValue>"), place, number
            )
        if identifier.getparent() is record.element:
            first = told.setdefault(canonical, place)
            if len(told) > 1 and first is place:
                detail = f"The product has {' and '.join(told)}: these are the numbers of several products."
                yield Breach(
                    error("onix-isbn-differs", "Two ISBNs of one product", detail, "Leave out the one that is not its own."), place, number
                )


def real_dates(record: ProductRecord, _sent: date) -> Iterator[Breach]:
    """Find dates that the calendar does not have."""
    for one in record.element.iter(f"{{{record.release.namespace}}}Date"):
        text = (one.text or "").strip()
        parent = one.getparent()
        form = one.get("dateformat") or ("" if parent is None else record.text("DateFormat", parent))
        problem = _date_problem(text, form)
        if text and problem:
            yield Breach(
                error("onix-real-date", "No real date", problem, "Write the day as YYYYMMDD, or say its form by `dateformat`."), one, text
            )
    for one in record.element.iter("*"):
        stamp = one.get("datestamp")
        if stamp and (problem := _date_problem(stamp, "")):
            yield Breach(
                warning("onix-real-date", "No real date", problem, "Leave `datestamp` out, or write the day as YYYYMMDD."), one, stamp
            )


def _date_problem(text: str, form: str) -> str:
    try:
        found = dates.span(text, form)
    except ValueError as wrong:
        return f"{wrong}."
    return f"`{text}` ends before it begins." if found is not None and found.last < found.first else ""


def forthcoming(record: ProductRecord, sent: date) -> Iterator[Breach]:
    """Find a book that is still to come, on a day that is long over."""
    status = record.first("PublishingDetail/PublishingStatus")
    if status is None or (status.text or "").strip() != "02":
        return
    for published in record.all("PublishingDetail/PublishingDate"):
        day = _day(record, published)
        if record.text("PublishingDateRole", published) == _PUBLICATION and day is not None and sent - day > _LONG_PAST:
            detail = f"The status says that the book is forthcoming, its publication date is {day}, and the message is of {sent}."
            yield Breach(
                warning("onix-forthcoming-date", "Forthcoming, and long published", detail, "Write status 04 (active), or the new date."),
                status,
                "02",
            )


def available(record: ProductRecord, _sent: date) -> Iterator[Breach]:
    """Find a product that is not yet available and says no day."""
    if record.text("NotificationType") == _DELETED:
        return
    for supply in record.all("ProductSupply/SupplyDetail"):
        place = record.first("ProductAvailability", supply)
        code = "" if place is None else (place.text or "").strip()
        expected = any(
            record.text("SupplyDateRole", one) == _EXPECTED and record.text("Date", one) for one in record.all("SupplyDate", supply)
        )
        if place is not None and code in {"10", "11", "12"} and not expected:
            detail = f"Availability {code} needs the day on which the product is expected: a <SupplyDate> with role 08."
            hint = "Add it:\n<SupplyDate><SupplyDateRole>08</SupplyDateRole><Date>YYYYMMDD</Date></SupplyDate>"
            yield Breach(error("onix-availability-date", "Not yet available, and no date", detail, hint), place, code)


def amounts(record: ProductRecord, _sent: date) -> Iterator[Breach]:
    """Find prices without a currency, of zero, and of more digits than their currency has."""
    default = "" if record.header is None else record.text("DefaultCurrencyCode", record.header)
    for price in _prices(record):
        place = record.first("PriceAmount", price)
        if place is None:
            continue
        text, currency = (place.text or "").strip(), record.text("CurrencyCode", price) or default
        if not currency:
            detail = f"`{text}` is an amount of no currency; the header has no default either."
            yield Breach(
                error(
                    "onix-currency-missing", "A price without a currency", detail, "Add it, for instance\n<CurrencyCode>EUR</CurrencyCode>"
                ),
                price,
                text,
            )
        try:
            amount = Decimal(text)
        except InvalidOperation:
            yield Breach(
                error(
                    "onix-price-amount",
                    "No amount",
                    f"`{text[:40]}` is no amount. It is written with a decimal point and nothing else, as in 9.99.",
                ),
                place,
                text,
            )
            continue
        if amount <= 0:
            detail = "ONIX says that a product is free of charge without an amount."
            hint = "Write, in the place of <PriceAmount> and <CurrencyCode>:\n<UnpricedItemType>01</UnpricedItemType>"
            yield Breach(error("onix-zero-price", "A price of zero" if not amount else "A price below zero", detail, hint), place, text)
        elif currency in codes.currencies() and (wrong := too_precise(currency, text)):
            yield Breach(error("onix-price-digits", "More digits than the currency has", *wrong), place, text)


def price_periods(record: ProductRecord, _sent: date) -> Iterator[Breach]:
    """Find prices that end before they begin, and other periods that do."""
    for dated in record.element.iter(
        *(f"{{{record.release.namespace}}}{name}" for name in ("Price", "SupplyDetail", "TextContent", "SupportingResource"))
    ):
        children = [one for one in dated if local_name(one) in {"PriceDate", "ContentDate", "SupplyDate"}]
        first, last = (_of_role(record, children, role) for role in (_FROM, _UNTIL))
        if first is not None and last is not None and last[0] < first[0]:
            detail = f"It holds from {first[0]} until {last[0]}, which is before that."
            yield Breach(
                error("onix-until-before-from", "Until is before from", detail, "Exchange the two, or write the right days."), last[1]
            )


def price_twice(record: ProductRecord, _sent: date) -> Iterator[Breach]:
    """Find two prices that hold for the same buyer, place and time."""
    for supply in record.all("ProductSupply/SupplyDetail"):
        known: dict[str, etree._Element] = {}
        periods: list[tuple[str, date, date, etree._Element]] = []
        for price in record.all("Price", supply):
            if record.first("PriceAmount", price) is None:
                continue
            what = _sameness(price, with_dates=True)
            first = known.setdefault(what, price)
            currency = record.text("CurrencyCode", price) or "its default currency"
            if first is not price:
                detail = f"{_other(first).capitalize()} is of the same type, in {currency}, and for the same territory and dates."
                yield Breach(
                    error("onix-price-duplicate", "A price twice", detail, "Leave one of them out, or say where or when each holds."),
                    price,
                    record.text("PriceAmount", price),
                )
            children = record.all("PriceDate", price)
            start, end = (_of_role(record, children, role) for role in (_FROM, _UNTIL))
            if start is not None and end is not None and first is price:
                periods.append((_sameness(price, with_dates=False), start[0], end[0], price))
        for (one, start_one, end_one, price_one), (other, start_other, end_other, price_other) in combinations(periods, 2):
            if one == other and max(start_one, start_other) <= min(end_one, end_other):
                day = max(start_one, start_other)
                detail = f"On {day} this price and {_other(price_one)} both hold: the last day of a period belongs to it."
                yield Breach(
                    warning("onix-price-overlap", "Two prices on one day", detail, "End one period on the day before the next begins."),
                    price_other,
                )


def _sameness(price: etree._Element, *, with_dates: bool) -> str:
    """Return what tells a price from the others of its supplier: all that is said of it but what it costs."""
    left_out = {"PriceAmount", "Tax", "PriceStatus", "PricePosition", "PriceIdentifier", "Discount", "DiscountCoded", "PrintedOnProduct"}
    if not with_dates:
        left_out |= {"PriceDate"}
    parts: list[str] = []
    for one in price:
        name = local_name(one)
        if name == "Territory":
            parts.append(f"{name} {sorted(countries(one))}")
        elif name not in left_out:
            said = sorted(f"{local_name(item)}={(item.text or '').strip()}" for item in one.iter("*"))
            parts.append(f"{name} {said}")
    return "\n".join(sorted(parts))


def subjects(record: ProductRecord, _sent: date) -> Iterator[Breach]:
    """Find a second main subject of one scheme, and BISAC codes of another form."""
    main: dict[str, etree._Element] = {}
    for subject in record.all("DescriptiveDetail/Subject"):
        scheme, place = record.text("SubjectSchemeIdentifier", subject), record.first("SubjectCode", subject)
        flag = record.first("MainSubject", subject)
        if flag is not None:
            named = scheme + record.text("SubjectSchemeName", subject)
            first = main.setdefault(named, subject)
            if first is not subject:
                detail = f"Scheme {scheme} has a main subject already, {_other(first)}; each scheme has one."
                yield Breach(error("onix-main-subject-once", "Two main subjects", detail, "Leave <MainSubject/> out of the others."), flag)
        if scheme == "10" and place is not None:
            code = (place.text or "").strip()
            if _BISAC.fullmatch(code) is None:
                try:
                    codes.bisac(code)
                except CodeError as wrong:
                    yield Breach(error("onix-bisac-form", wrong.summary, wrong.detail, wrong.hint), place, code)


def sales_rights(record: ProductRecord, _sent: date) -> Iterator[Breach]:
    """Find countries for which two sales rights are said."""
    said = [
        (one, countries(record.first("Territory", one)))
        for one in record.all("PublishingDetail/SalesRights")
        if record.first("SalesRestriction", one) is None
    ]
    for (one, here), (other, there) in combinations(said, 2):
        both = sorted(here & there)
        if both:
            named = ", ".join(both[:8]) + (f" and {len(both) - 8} more" if len(both) > 8 else "")
            detail = f"This right and {_other(one)} are both for {named}; each country has one right."
            yield Breach(
                error(
                    "onix-rights-disjoint",
                    "Sales rights that overlap",
                    detail,
                    "Take these countries out of one of the two, by <CountriesExcluded>.",
                ),
                other,
            )


def publisher(record: ProductRecord, _sent: date) -> Iterator[Breach]:
    """Find a book that neither a publisher nor an imprint brings out."""
    detail = record.first("PublishingDetail")
    if record.text("NotificationType") in {_DELETED, _BLOCK_UPDATE}:
        return
    named = record.all("PublishingDetail/Publisher") + record.all("PublishingDetail/Imprint")
    if not named:
        told = "The product names neither a publisher nor an imprint; one of the two is required."
        hint = "Add it to <PublishingDetail>:\n<Imprint><ImprintName>…</ImprintName></Imprint>"
        yield Breach(
            error("onix-publisher-missing", "Neither publisher nor imprint", told, hint), record.element if detail is None else detail
        )


def measures(record: ProductRecord, _sent: date) -> Iterator[Breach]:
    """Find measures without a unit."""
    for measure in record.all("DescriptiveDetail/Measure"):
        if not record.text("MeasureUnitCode", measure):
            amount = record.text("Measurement", measure)
            hint = "Add it, for instance\n<MeasureUnitCode>mm</MeasureUnitCode>"
            yield Breach(
                error("onix-unit-missing", "A measure without a unit", f"`{amount}` may be millimetres or inches, grams or pounds.", hint),
                measure,
                amount,
            )


def titles(record: ProductRecord, _sent: date) -> Iterator[Breach]:
    """Find blanks at the ends of titles."""
    space = record.release.namespace
    for one in record.element.iter(
        *(f"{{{space}}}{name}" for name in ("TitleText", "TitlePrefix", "TitleWithoutPrefix", "Subtitle", "TitleStatement"))
    ):
        text = one.text or ""
        if text and text != text.strip():
            detail = "Blanks at the end of a title make it another title for those who compare."
            yield Breach(
                warning(
                    "onix-title-space",
                    "A blank at the end of a title",
                    detail,
                    f"Write\n<{local_name(one)}>{text.strip()}</{local_name(one)}>",
                ),
                one,
                text,
            )


def tests(record: ProductRecord, _sent: date) -> Iterator[Breach]:
    """Find records that are for testing alone."""
    place = record.first("NotificationType")
    if place is not None and (place.text or "").strip() in _TEST:
        yield Breach(
            note("onix-test-record", "A test record", f"Notification type {place.text} says that no catalog takes it for a product."), place
        )


RULES: Final[tuple[Rule, ...]] = (
    isbns,
    real_dates,
    forthcoming,
    available,
    amounts,
    price_periods,
    price_twice,
    subjects,
    sales_rights,
    publisher,
    measures,
    titles,
    tests,
)
"""All rules, in the order of a record."""


def _other(element: etree._Element) -> str:
    """Name another element of its kind; one that was in no file has no line."""
    return f"the one of line {element.sourceline}" if element.sourceline else "another one"


def _prices(record: ProductRecord) -> list[etree._Element]:
    return record.all("ProductSupply/SupplyDetail/Price")


def _of_role(record: ProductRecord, dated: list[etree._Element], role: str) -> tuple[date, etree._Element] | None:
    """Return the day of the first date of a role, with its element; the first day of a range from, the last one until."""
    for one in dated:
        kind = next(
            (record.text(name, one) for name in ("PriceDateRole", "ContentDateRole", "SupplyDateRole") if record.text(name, one)), ""
        )
        if kind in {role, "24"}:
            found = _span(record, one)
            if found is not None:
                return (found.first if role == _FROM else found.last), one
    return None


def _day(record: ProductRecord, dated: etree._Element) -> date | None:
    found = _span(record, dated)
    return None if found is None else found.last


def _span(record: ProductRecord, dated: etree._Element) -> dates.Days | None:
    place = record.first("Date", dated)
    form = "" if place is None else place.get("dateformat") or record.text("DateFormat", dated)
    try:
        return None if place is None else dates.span((place.text or "").strip(), form)
    except ValueError:
        return None
