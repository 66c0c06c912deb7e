"""Block 2 of a product, read: texts, pictures and prizes. The reverse of `collateral`."""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

from catalogctl.model import vocabulary
from catalogctl.onix.reading import RecordReading, word_of

_BLOCK: Final = "CollateralDetail"
_TEXTS: Final = {"03": "description", "02": "short_description", "10": "tagline", "04": "table_of_contents"}
"""List 153."""
_REVIEW: Final = "06"
_ONE_LINE: Final = frozenset({"tagline"})
_FILES: Final = {("01", "03"): "cover", ("15", "04"): "extract"}
"""Lists 158 and 159: the content of a resource and its mode."""
_FOR_ALL: Final = "00"
_TO_FETCH: Final = {"cover": frozenset({"01", "02"}), "extract": frozenset({"02"})}
"""List 161: a linkable picture can be fetched as well; a linkable extract is a page."""


def read_collateral(reading: RecordReading) -> None:
    """Read <CollateralDetail>."""
    _texts(reading)
    _resources(reading)
    _prizes(reading)


def _texts(reading: RecordReading) -> None:
    contents = reading.all(f"{_BLOCK}/TextContent")
    contents.sort(key=lambda one: reading.peek("ContentAudience", one) != _FOR_ALL)  # what is for all goes before the trade's
    reviews: list[tuple[int, dict[str, str], etree._Element]] = []
    for one in contents:
        kind = reading.peek("TextType", one)
        place = reading.record.first("Text", one)
        if place is None or (kind != _REVIEW and (_TEXTS.get(kind) is None or _TEXTS[kind] in reading.facts)):
            continue
        text = reading.html(place)
        if not text:
            continue
        reading.text("TextType", one)
        reading.text("ContentAudience", one)
        if kind != _REVIEW:
            field = _TEXTS[kind]
            reading.say(field, " ".join(text.split()) if field in _ONE_LINE else text)
            reading.claim(field, one)
            continue
        said = {"text": text}
        said |= {
            name: value
            for name, tag in (("author", "TextAuthor"), ("source", "SourceTitle"))
            if (value := reading.text(tag, one))
        }  # fmt: skip
        reviews.append((one.sourceline or 0, said, one))
    order = {one: place for place, one in enumerate(reading.all(f"{_BLOCK}/TextContent"))}
    for _, said, one in sorted(reviews, key=lambda review: order[review[2]]):
        reading.facts.setdefault("reviews", []).append(said)
        reading.claim("reviews", one, said)


def _resources(reading: RecordReading) -> None:
    for resource in reading.all(f"{_BLOCK}/SupportingResource"):
        field = _FILES.get((reading.peek("ResourceContentType", resource), reading.peek("ResourceMode", resource)))
        if field is None or field in reading.facts.get("files", {}):
            continue
        for version in reading.all("ResourceVersion", resource):
            link = next((one for one in reading.all("ResourceLink", version) if (one.text or "").strip().startswith("https://")), None)
            if link is None or reading.peek("ResourceForm", version) not in _TO_FETCH[field]:
                continue
            for name in ("ResourceContentType", "ContentAudience", "ResourceMode"):
                reading.text(name, resource)
            reading.text("ResourceForm", version)
            reading.say("files", reading.taken(link), field)
            reading.claim(f"files.{field}", resource)
            break


def _prizes(reading: RecordReading) -> None:
    for prize in reading.all(f"{_BLOCK}/Prize"):
        name, year = reading.text("PrizeName", prize), reading.peek("PrizeYear", prize)
        if not name:
            continue
        said: dict[str, Any] = {"name": name}
        if year.isdecimal() and year.isascii() and len(year) == 4:
            said["year"] = int(reading.text("PrizeYear", prize))
        if country := reading.text("PrizeCountry", prize):
            said["country"] = country
        if word := word_of(vocabulary.PRIZE_ACHIEVEMENTS, reading.peek("PrizeCode", prize)):
            reading.text("PrizeCode", prize)
            said["code"] = word
        reading.facts.setdefault("awards", []).append(said)
        reading.claim("awards", prize, said)
