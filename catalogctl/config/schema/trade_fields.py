"""The scalars of documents that only the book trade has: words of its lists, identifiers, measures and days."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic_core import core_schema

from catalogctl.config.schema import trade_codes
from catalogctl.config.schema.codes import countries
from catalogctl.config.schema.leaf import Leaf
from catalogctl.config.syntax.scalars import CodeError, FormError, shown
from catalogctl.model import vocabulary
from catalogctl.model.measure import LENGTHS, MASSES

_LARGEST: Final = 2**31 - 1


def _words(name: str, what: str, words: Mapping[str, str], number: str, examples: tuple[str, ...]) -> Leaf:
    """Make a kind whose values are the words of a list."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise FormError
        return trade_codes.word(value, what, words, number)

    listed = list(words)
    schema: dict[str, object] = {"type": "string", "enum": listed, "examples": list(examples)}
    return Leaf(name, what, schema, read, core_schema.literal_schema(listed))


def _coded(name: str, form: str, pattern: str, check: Callable[[str], str], example: str) -> Leaf:
    """Make a kind of text that has a pattern, and a check that says more."""
    compiled = re.compile(pattern.removeprefix("^").removesuffix("$"))

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise FormError
        read_as = check(value)
        if compiled.fullmatch(value) is None:
            raise FormError
        return read_as

    return Leaf(name, form, {"type": "string", "pattern": pattern, "examples": [example]}, read)


def _integer(value: object) -> int | None:
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _measure(name: str, what: str, units: Mapping[str, Decimal], example: str) -> Leaf:
    """Make a kind of measure: an amount with a unit, or a whole number in the unit of the store's shop."""
    pattern = f"^[0-9]{{1,7}}(\\.[0-9]{{1,4}})? ?({'|'.join(units)})$"
    compiled = re.compile(pattern.removeprefix("^").removesuffix("$"))

    def read(value: object) -> str | int:
        if isinstance(value, str):
            read_as = trade_codes.quantity(value, units, example)
            if compiled.fullmatch(value) is None:
                raise FormError
            return read_as
        number = _integer(value)
        if number is None or not 1 <= number <= _LARGEST:
            raise FormError
        return number

    schema: dict[str, object] = {
        "type": ["string", "integer"],
        "pattern": pattern,
        "minimum": 1,
        "maximum": _LARGEST,
        "examples": [example],
    }
    return Leaf(name, f"{what} such as {example}", schema, read)


def _year(value: object) -> int:
    number = _integer(value)
    if number is None or not 1000 <= number <= 2999:
        raise FormError
    return number


def _partial_date(value: object) -> str:
    number = _integer(value)
    if number is not None and not 1000 <= number <= 2999:
        raise FormError
    if not isinstance(value, str) and number is None:
        raise FormError
    text = value if isinstance(value, str) else str(number)
    read_as = trade_codes.partial_date(text)
    if _PARTIAL.fullmatch(text) is None:
        raise FormError
    return read_as


_PARTIAL_PATTERN: Final = "^[12][0-9]{3}(-[0-9]{2}(-[0-9]{2})?)?$"
_PARTIAL: Final = re.compile("[12][0-9]{3}(-[0-9]{2}(-[0-9]{2})?)?")
_RATE_PATTERN: Final = "^[0-9]{1,2}(\\.[0-9]{1,4})?%?$"
_RATE: Final = re.compile("([0-9]{1,2}(?:\\.[0-9]{1,4})?)%?")


def _rate(value: object) -> str:
    if isinstance(value, str):
        found = _RATE.fullmatch(value)
        if found is None:
            raise FormError
        return found[1]
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or not 0 <= value < 100:
        raise FormError
    text = format(Decimal(value), "f")
    if len(text.partition(".")[2]) > 4:
        raise CodeError(
            "A rate with too many digits", f"`{shown(text)}` has more than four digits after the point.", f"Write {Decimal(value):.4f}"
        )
    return text


_BOUNDARY_PATTERN: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2}))?$"
_TIME_PATTERN: Final = (
    "^([0-9]{1,3}:[0-5][0-9]:[0-5][0-9]|[0-9]{1,4}h( ?[0-9]{1,5}m)?( ?[0-9]{1,6}s)?|[0-9]{1,5}m( ?[0-9]{1,6}s)?|[0-9]{1,6}s)$"
)


def _as_it_is(text: str) -> str:
    return text


def _web(text: str) -> str:
    if re.fullmatch(r"(?:www\.)?[\w-]+(?:\.[\w-]+)+(?:/\S*)?", text):
        raise CodeError("Value has the wrong form", f"`{shown(text)}` is no address of a web page.", f"Write https://{text}")
    return text


def _of_text(check: Callable[[str], str]) -> Callable[[Any], str]:
    def read(value: object) -> str:
        if not isinstance(value, str):
            raise FormError
        return check(value)

    return read


Status = Annotated[str, _words("status", "a publishing status", vocabulary.STATUSES, "64", ("active", "withdrawn"))]
Audience = Annotated[str, _words("audience", "an audience", vocabulary.AUDIENCES, "28", ("general", "children"))]
EditionType = Annotated[str, _words("edition-type", "a type of edition", vocabulary.EDITION_TYPES, "21", ("revised", "illustrated"))]
Protection = Annotated[str, _words("protection", "a technical protection", vocabulary.PROTECTIONS, "144", ("none", "watermark"))]
Conformance = Annotated[
    str, _words("conformance", "an accessibility standard", vocabulary.CONFORMANCES, "196", ("epub-a11y-1.1", "wcag-2.1", "wcag-aa"))
]
Feature = Annotated[
    str, _words("feature", "an accessibility feature", vocabulary.ACCESSIBILITY_FEATURES, "196", ("alternative-text", "reading-order"))
]
Hazard = Annotated[str, _words("hazard", "a hazard", vocabulary.HAZARDS, "143", ("none", "flashing"))]
Exemption = Annotated[str, _words("exemption", "an exemption", vocabulary.EXEMPTIONS, "196", ("micro-enterprise",))]
Unnamed = Annotated[str, _words("unnamed", "a contributor without a name", vocabulary.UNNAMED, "19", ("anonymous", "various"))]
Availability = Annotated[str, _words("availability", "an availability", vocabulary.AVAILABILITIES, "65", ("available", "to-order"))]
Unpriced = Annotated[str, _words("unpriced", "a reason for having no price", vocabulary.UNPRICED, "57", ("to-be-announced",))]
TaxLevel = Annotated[str, _words("tax-level", "a level of tax", vocabulary.TAX_LEVELS, "62", ("standard", "reduced"))]
Achievement = Annotated[
    str, _words("achievement", "what a book can come to", vocabulary.PRIZE_ACHIEVEMENTS, "41", ("winner", "shortlisted"))
]
Rights = Annotated[str, _words("rights", "a kind of sales rights", vocabulary.SALES_RIGHTS, "46", ("exclusive",))]

Issn = Annotated[str, _coded("issn", "an ISSN", "^[0-9]{4}-[0-9]{3}[0-9X]$", trade_codes.issn, "2049-3630")]
Orcid = Annotated[str, _coded("orcid", "an ORCID iD", "^([0-9]{4}-){3}[0-9]{3}[0-9X]$", trade_codes.orcid, "0000-0002-1825-0097")]
Isni = Annotated[str, _coded("isni", "an ISNI", "^[0-9]{15}[0-9X]$", trade_codes.isni, "0000000121032683")]
FormCode = Annotated[str, _coded("form", "a code of ONIX list 150 or 175", "^[A-Z]([A-Z0-9]|[0-9]{3})$", _as_it_is, "BC")]
Website = Annotated[str, _coded("website", "an https address", "^https?://[^\\s/$.?#][^\\s]*$", _web, "https://www.example.org/louise-hay")]
Boundary = Annotated[str, _coded("boundary", "a day, or an instant with its offset", _BOUNDARY_PATTERN, trade_codes.boundary, "2026-12-24")]
RunningTime = Annotated[str, _coded("running-time", "a time such as 7h 25m", _TIME_PATTERN, trade_codes.running_time, "7h 25m")]
CountryCode = Annotated[
    str,
    Leaf(
        "country-code",
        "a country code of ISO 3166-1",
        {"type": "string", "enum": list(countries()), "examples": ["AR"]},
        _of_text(trade_codes.country_code),
        core_schema.literal_schema(list(countries())),
    ),
]
Year = Annotated[int, Leaf("year", "a year", {"type": "integer", "minimum": 1000, "maximum": 2999, "examples": [2026]}, _year)]
PartialDate = Annotated[
    str,
    Leaf(
        "partial-date",
        "a year, a month or a day as YYYY, YYYY-MM or YYYY-MM-DD",
        {"type": ["string", "integer"], "pattern": _PARTIAL_PATTERN, "minimum": 1000, "maximum": 2999, "examples": ["2026-03-31", "2026"]},
        _partial_date,
    ),
]
Rate = Annotated[
    str,
    Leaf(
        "rate",
        "a percentage such as 4 or 5.5",
        {"type": ["number", "string"], "pattern": _RATE_PATTERN, "minimum": 0, "exclusiveMaximum": 100, "examples": [4, "5.5"]},
        _rate,
    ),
]
Timezone = Annotated[
    str,
    Leaf(
        "timezone", "a time zone such as Europe/Madrid", {"type": "string", "examples": ["Europe/Madrid"]}, _of_text(trade_codes.timezone)
    ),
]
Length = Annotated[str | int, _measure("length", "a length", LENGTHS, "230 mm")]
Mass = Annotated[str | int, _measure("mass", "a weight", MASSES, "395 g")]
