"""Blocks 4 and 5 of a product, read: who publishes it, when and where, and what it is related to. The reverse of `publishing`."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from lxml import etree

from catalogctl.model import vocabulary
from catalogctl.model.diagnostics import note, warning
from catalogctl.model.region import ALL, every_country
from catalogctl.onix import dates
from catalogctl.onix.reading import RecordReading, word_of
from catalogctl.onix.territory import countries, world

_BLOCK: Final = "PublishingDetail"
_DATES: Final = {"02": "on_sale", "27": "preorder_from", "09": "announced", "11": "first_published", "19": "print"}
"""List 163."""
_PUBLICATION: Final = "01"
_SOLD: Final = {"01": "exclusive", "02": "non-exclusive"}
"""List 46."""
_RELATIONS: Final = {"03": "replaces", "05": "replaced_by"}
"""List 51."""
_LENGTHS: Final = {"00": 8, "01": 6, "05": 4, "13": 8, "14": 8}


def read_publishing(reading: RecordReading) -> None:
    """Read <PublishingDetail> and the relations of the product."""
    for path, field in (
        ("Imprint/ImprintName", "imprint"),
        ("CityOfPublication", "place"),
        ("CountryOfPublication", "country"),
    ):
        reading.say(field, reading.text(f"{_BLOCK}/{path}"))
        reading.claim(field, reading.record.first(f"{_BLOCK}/{path.partition('/')[0]}"))
    _publisher(reading)
    place = reading.record.first(f"{_BLOCK}/PublishingStatus")
    if place is not None and (word := word_of(vocabulary.STATUSES, (place.text or "").strip())):
        reading.taken(place)
        reading.say("status", word)
        reading.claim("status", place)
    _dates(reading)
    _copyright(reading)
    _rights(reading)
    _relations(reading)


def _publisher(reading: RecordReading) -> None:
    listed = [one for one in reading.all(f"{_BLOCK}/Publisher") if reading.peek("PublisherName", one)]
    for role in ("01", "02"):
        for one in listed:
            if reading.peek("PublishingRole", one) == role and "publisher" not in reading.facts:
                reading.text("PublishingRole", one)
                reading.say("publisher", reading.text("PublisherName", one))
                reading.claim("publisher", one)


def iso_date(reading: RecordReading, dated: etree._Element) -> str:
    """Return the day, month or year of a composite that has a <Date>, in ISO 8601; empty for a date without days, or one that is none."""
    place = reading.record.first("Date", dated)
    text = "" if place is None else "".join((place.text or "").split())
    if place is None or not text:
        return ""
    form = place.get("dateformat") or reading.peek("DateFormat", dated)
    try:
        found = dates.span(text, form)
    except ValueError:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return ""
        reading.remark(
            warning(
                "onix-real-date", "A date in another form", f"`{text}` has hyphens. It is read as {day}.", "Write the day as YYYYMMDD."
            ),
            place,
            text,
        )
        return day.isoformat()
    length = _LENGTHS.get(form or {4: "05", 6: "01"}.get(len(text), "00"), 0)
    return "" if found is None or not length else found.first.isoformat()[: {8: 10, 6: 7, 4: 4}[length]]


def take_date(reading: RecordReading, dated: etree._Element) -> None:
    """Count the date of a composite as read."""
    for name in ("Date", "DateFormat"):
        reading.text(name, dated)


def _dates(reading: RecordReading) -> None:
    for one in reading.all(f"{_BLOCK}/PublishingDate"):
        role, text = reading.peek("PublishingDateRole", one), iso_date(reading, one)
        if not text:
            continue
        if role == _PUBLICATION and "publication_date" not in reading.facts:
            if len(text) < len("2026-01-01"):
                detail = f"The publication date {text} names no day. It stays in the record alone."
                reading.remark(note("onix-partial-date", "A publication date without a day", detail), one)
                continue
            reading.say("publication_date", text)
            reading.claim("publication_date", one)
        elif role in _DATES and _DATES[role] not in reading.facts.get("dates", {}):
            reading.say("dates", text, _DATES[role])
            reading.claim(f"dates.{_DATES[role]}", one)
        else:
            continue
        reading.text("PublishingDateRole", one)
        take_date(reading, one)


def _copyright(reading: RecordReading) -> None:
    for statement in reading.all(f"{_BLOCK}/CopyrightStatement")[:1]:
        said: dict[str, Any] = {}
        year = reading.peek("CopyrightYear", statement)
        if year.isdecimal() and len(year) == 4:
            said["year"] = int(reading.text("CopyrightYear", statement))
        owner = reading.text("CopyrightOwner/PersonName", statement) or reading.text("CopyrightOwner/CorporateName", statement)
        if owner:
            said["owner"] = owner
        reading.say("copyright", said)
        reading.claim("copyright", statement)


# ── territories ──


def territories_of(places: frozenset[str]) -> list[str] | dict[str, list[str]]:
    """Return countries as a title file says them: by what is left out where that is shorter."""
    every = frozenset(every_country())
    if places >= every:
        return [ALL]
    left = sorted(every - places)
    return {"except": left} if len(left) < len(places) else sorted(places)


def _rights(reading: RecordReading) -> None:
    sold: dict[str, frozenset[str]] = {}
    known: frozenset[str] = frozenset()
    entries = reading.all(f"{_BLOCK}/SalesRights")
    for one in entries:
        kind, places = reading.peek("SalesRightsType", one), countries(reading.record.first("Territory", one))
        if strange := sorted(places - world()):
            detail = f"Sales rights name regions that a title file does not have ({', '.join(strange[:5])}). They stay in the record alone."
            reading.remark(note("onix-region", "Rights for a part of a country", detail), one)
            return
        known |= places
        if kind in _SOLD:
            sold[kind] = sold.get(kind, frozenset()) | places
    rest = reading.peek(f"{_BLOCK}/ROWSalesRightsType")
    if rest in _SOLD:
        sold[rest] = sold.get(rest, frozenset()) | (world() - known)
    for one in entries:
        reading.claim("rights", one)
        reading.text("SalesRightsType", one)
        for leaf in reading.all("Territory/*", one):
            reading.taken(leaf)
    if (row := reading.record.first(f"{_BLOCK}/ROWSalesRightsType")) is not None:
        reading.taken(row)
        reading.claim("rights", row)
    whole = frozenset().union(*sold.values())
    if whole:
        reading.say("territories", territories_of(whole))
    if len(sold) == 1:
        reading.say("rights", _SOLD[next(iter(sold))])


def _relations(reading: RecordReading) -> None:
    for related in reading.all("RelatedMaterial/RelatedProduct"):
        fields = {
            _RELATIONS[code] for one in reading.all("ProductRelationCode", related) if (code := (one.text or "").strip()) in _RELATIONS
        }
        isbn = isbn_of(reading, related)
        if len(fields) != 1 or not isbn:
            continue
        [field] = fields
        reading.text("ProductRelationCode", related)
        for identifier in reading.all("ProductIdentifier", related):
            if reading.peek("ProductIDType", identifier) in {"15", "03"}:
                reading.text("ProductIDType", identifier)
                reading.text("IDValue", identifier)
        held = reading.facts.get(field)
        listed = held if isinstance(held, list) else [held] if held else []
        if isbn not in listed:
            listed = [*listed, isbn]
        reading.say(field, listed if len(listed) > 1 else listed[0])
        reading.claim(field, related, isbn)


def isbn_of(reading: RecordReading, product: etree._Element) -> str:
    """Return the ISBN among the identifiers of a related product; empty where it has none."""
    from catalogctl.config.schema.codes import isbn13
    from catalogctl.config.syntax.scalars import CodeError

    for wanted in ("15", "03", "02"):
        for identifier in reading.all("ProductIdentifier", product):
            if reading.peek("ProductIDType", identifier) == wanted:
                try:
                    return isbn13(reading.peek("IDValue", identifier))
                except CodeError:
                    continue
    return ""
