"""The codes and numbers of the book trade beside those of `codes`: words of a list, identifiers with a check digit, measures and days.

Each function takes what the user wrote, gives the one canonical form, or raises CodeError with the correction, FormError where none can be
reported. Pure.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from stdnum import issn as issns
from stdnum.iso7064 import mod_11_2

from catalogctl.config.schema import names
from catalogctl.config.schema.meant import days_meant
from catalogctl.config.syntax.scalars import CodeError, FormError, shown
from catalogctl.model.alike import most_alike

_SPACES: Final = re.compile(r"[\s_]+")


def word(text: str, what: str, words: Mapping[str, str], number: str) -> str:
    """Return a word of a list.

    Shapes:  `what` names one of them in a sentence: `a publishing status`; `words` are those of the list by their ONIX codes' words, and
             `number` is that list's.
    Raises:  CodeError whose hint is the word for an ONIX code, or the nearest one.
    """
    if text in words:
        return text
    name = _SPACES.sub("-", text.strip().casefold())
    known = {code: one for one, code in words.items()}
    meant = known.get(text.strip()) or known.get(text.strip().upper()) or (name if name in words else "")
    near = [meant] if meant else most_alike(name, words, cutoff=0.6)
    hint = (
        f"Write {near[0]}"
        if meant
        else f"Did you mean {near[0]}?"
        if near
        else f"The words are those of ONIX list {number}: {_some(words)}."
    )
    raise CodeError("Unknown word", f"`{shown(text)}` is not {what}.", hint)


def _some(words: Mapping[str, str]) -> str:
    listed = list(words)
    return ", ".join(listed) if len(listed) <= 20 else f"{', '.join(listed[:20])} and {len(listed) - 20} more"


# Identifiers


def issn(text: str) -> str:
    """Return an ISSN as it is printed: `2049-3630`."""
    plain = re.sub(r"(?i)^issn:?\s*", "", text.strip())
    digits = re.sub(r"[\s\u00a0\u2010-\u2013-]", "", plain).upper()
    if re.fullmatch("[0-9]{7}[0-9X]", digits) is None:
        detail = f"`{shown(text)}` is not eight digits, the last of which may be an X."
        raise CodeError("Not an ISSN", detail, "Compare it with the series page, such as 2049-3630, or leave the field out.")
    right = issns.calc_check_digit(digits[:7])
    written = f"{digits[:4]}-{digits[4:7]}{right}"
    if right != digits[7]:
        raise _wrong_check_digit("an ISSN", text, right, written)
    if text != written:
        raise CodeError("Not an ISSN", f"`{shown(text)}` is not how an ISSN is written.", f"Write {written}")
    return written


def orcid(text: str) -> str:
    """Return an ORCID iD with its hyphens: `0000-0002-1825-0097`."""
    return _person_id(text, "an ORCID iD", "0000-0002-1825-0097", r"(?i)^(?:https?://)?(?:www\.)?orcid\.org/|^orcid:?\s*", "-")


def isni(text: str) -> str:
    """Return the sixteen digits of an ISNI."""
    return _person_id(text, "an ISNI", "0000000121032683", r"(?i)^(?:https?://)?(?:www\.)?isni\.org/(?:isni/)?|^isni:?\s*", "")


def _person_id(text: str, what: str, example: str, prefix: str, between: str) -> str:
    plain = re.sub(prefix, "", text.strip()).rstrip("/")
    digits = re.sub(r"[\s\u00a0\u2010-\u2013-]", "", plain).upper()
    if re.fullmatch("[0-9]{15}[0-9X]", digits) is None:
        detail = f"`{shown(text)}` is not sixteen digits, the last of which may be an X."
        raise CodeError(f"Not {what}", detail, f"Write it as {example}, or leave the field out.")
    right = mod_11_2.calc_check_digit(digits[:15])
    written = between.join((digits[:4], digits[4:8], digits[8:12], digits[12:15] + right))
    if right != digits[15]:
        raise _wrong_check_digit(what, text, right, written)
    if text != written:
        raise CodeError(f"Not {what}", f"`{shown(text)}` is not how {what} is written here.", f'Write "{written}"')
    return written


def _wrong_check_digit(what: str, text: str, right: str, written: str) -> CodeError:
    return CodeError(
        f"Wrong check digit in {what}",
        f"The last digit of `{shown(text)}` does not fit the others, so at least one digit is wrong.",
        f'If the others are right, the check digit should be {right}: "{written}"',
    )


_DOI: Final = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def doi(text: str) -> str:
    """Return a DOI without what leads to it: `10.1234/mirror-work`."""
    plain = re.sub(r"(?i)^(?:https?://)?(?:dx\.)?doi\.org/|^doi:\s*", "", text.strip())
    if _DOI.fullmatch(plain) is None:
        raise CodeError("Not a DOI", f"`{shown(text)}` does not have the form 10.PREFIX/NAME.", "Write it as 10.1234/mirror-work")
    if plain != text:
        raise CodeError("Not a DOI", f"`{shown(text)}` has more in it than the DOI.", f"Write {plain}")
    return plain


def uuid(text: str) -> str:
    """Return a UUID in lower case, with its hyphens."""
    if _UUID.fullmatch(text):
        return text
    digits = re.sub(r"(?i)^urn:uuid:|[{}\s-]", "", text).lower()
    hint = "Write its 32 hexadecimal digits with hyphens: 8-4-4-4-12."
    if re.fullmatch("[0-9a-f]{32}", digits):
        hint = f"Write {digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
    raise CodeError("Not a UUID", f"`{shown(text)}` is not how a UUID is written.", hint)


# Places and times


def country_code(text: str) -> str:
    """Return one country's code: unlike a territory it is never ALL."""
    from catalogctl.config.schema.codes import country

    if text == "ALL":
        raise CodeError("Unknown country", "ALL is everywhere, and one country is asked for here.", "Give its code, such as AR.")
    return country(text)


@lru_cache(maxsize=1)
def timezones() -> frozenset[str]:
    """Return the names of the IANA time zones."""
    from zoneinfo import available_timezones

    return frozenset(available_timezones())


def timezone(text: str) -> str:
    """Return the name of an IANA time zone, such as `Europe/Madrid`."""
    if text in timezones():
        return text
    folded = {name.casefold(): name for name in sorted(timezones())}
    name = re.sub(r"\s+", "_", text.strip()).casefold()
    city = next((zone for zone in folded.values() if zone.casefold().endswith(f"/{name}")), "")
    near = folded.get(name) or city or next(iter(most_alike(text.strip(), timezones(), cutoff=0.7)), "")
    code = names.guess_country(text.strip())
    hint = f"Write {near}" if near else "Write a city's zone, such as America/Argentina/Buenos_Aires or Europe/Madrid."
    if re.fullmatch(r"(?i)(?:utc|gmt)?[+-][0-9]{1,2}(?::?[0-9]{2})?", text.strip()):
        hint = "An offset changes with daylight saving. Write a city's zone, such as Europe/Madrid."
    elif code and not near:
        hint = f"Write the zone of a city in {names.country_names()[code]}, such as Europe/Madrid."
    raise CodeError("Unknown time zone", f"`{shown(text)}` is no time zone of the IANA database.", hint)


_DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_INSTANT: Final = re.compile(rf"{_DAY}T[0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}})?(Z|[+-][0-9]{{2}}:[0-9]{{2}})")
_NAIVE: Final = re.compile(rf"({_DAY})[T ]([0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?)")


def partial_date(text: str) -> str:
    """Return a year, a month or a day as it is written: `2026`, `2026-03`, `2026-03-31`."""
    if re.fullmatch("[12][0-9]{3}", text):
        return text
    if found := re.fullmatch("([12][0-9]{3})-([0-9]{2})", text):
        if 1 <= int(found[2]) <= 12:
            return text
        raise CodeError("No such month", f"`{text}` has the form of a month, and no year has that month.", "Write a month from 01 to 12.")
    if re.fullmatch("[12][0-9]{3}-[0-9]{2}-[0-9]{2}", text):
        return _real_day(text)
    meant = days_meant(text)
    if meant:
        raise CodeError(
            "Value has the wrong form", f"`{shown(text)}` is no year, month or day as YYYY, YYYY-MM or YYYY-MM-DD.", f"Write {meant[0]}"
        )
    raise FormError


def _real_day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        year, month, day = (int(part) for part in text.split("-"))
        detail = f"`{text}` has the form of a date, but the calendar has no such day."
        hint = "Write the day as YYYY-MM-DD, with a month from 01 to 12."
        if 1 <= month <= 12 and day > 28 and year:
            hint = f"The last day of that month is\n{year:04}-{month:02}-{monthrange(year, month)[1]:02}"
        elif 1 <= day <= 12 and 1 <= month <= 31 and year:
            hint = f"The month comes before the day: write\n{year:04}-{day:02}-{month:02}"
        raise CodeError("No such day", detail, hint) from None
    return text


def boundary(text: str) -> str:
    """Return when a price begins or ends: a day, or an instant with its offset from UTC."""
    if re.fullmatch(_DAY, text):
        return _real_day(text)
    if _INSTANT.fullmatch(text):
        _real_day(text[:10])
        try:
            datetime.fromisoformat(text)
        except ValueError:
            raise CodeError("No such time", f"`{shown(text)}` has a time that no day has.", "Write hours from 00 to 23.") from None
        return text
    if naive := _NAIVE.fullmatch(text):
        detail = f"`{shown(text)}` has a time and no offset, so that it could be any of 27 instants."
        raise CodeError(
            "A time without an offset", detail, f"Write the day alone:\n{naive[1]}\nOr add the offset:\n{naive[1]}T{naive[2]}+01:00"
        )
    if meant := days_meant(text):
        raise CodeError("Value has the wrong form", f"`{shown(text)}` is no day as YYYY-MM-DD.", f"Write {meant[0]}")
    raise FormError


# Quantities

_LONGEST_RECORDING: Final = 9999 * 3600
"""Seconds; four digits of hours."""


def running_time(text: str) -> str:
    """Return how long a recording lasts, as hours, minutes and seconds: `7h 25m`, `45m`, `1h 5s`."""
    clock = re.fullmatch(r"([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])", text.strip())
    words = re.fullmatch(r"(?:([0-9]{1,3})h)? ?(?:([0-9]{1,5})m)? ?(?:([0-9]{1,6})s)?", text)
    if clock is None and (words is None or not any(words.groups())):
        raise FormError
    found = clock or words
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    total = hours * 3600 + minutes * 60 + seconds
    if total >= _LONGEST_RECORDING:
        raise CodeError(
            "A recording without end", f"`{shown(text)}` is more than a year.", "Write hours, minutes and seconds, such as 7h 25m."
        )
    if not total:
        raise CodeError("No time at all", "A recording lasts for some time.", "Write how long it lasts, such as 7h 25m.")
    return written_time(total)


def written_time(seconds: int) -> str:
    """Write a number of seconds as title files do."""
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s"))
    return " ".join(f"{number}{unit}" for number, unit in parts if number)


def seconds_of(text: str) -> int:
    """Return the seconds of a running time in its canonical form."""
    factors = {"h": 3600, "m": 60, "s": 1}
    return sum(int(part[:-1]) * factors[part[-1]] for part in text.split())


def quantity(text: str, units: Mapping[str, Decimal], example: str) -> str:
    """Return an amount with its unit and one blank between them: `230 mm`."""
    found = re.fullmatch(r"\s*([0-9]{1,7})(?:[.,]([0-9]{1,4}))?\s*([^\W\d_]+|″|\"|'')\s*\.?\s*", text)
    if found is None:
        raise FormError
    unit = _UNIT_NAMES.get(found[3].casefold(), found[3].casefold())
    number = Decimal(f"{found[1]}.{found[2] or 0}").normalize()
    if unit not in units:
        known = ", ".join(units)
        raise CodeError(
            "Unknown unit", f"`{shown(text)}` is not in one of the units {known}.", f"Write it with one of them, such as {example}"
        )
    if not number:
        raise CodeError("Nothing measured", f"`{shown(text)}` is nothing at all.", "Write what it measures, or leave the field out.")
    written = f"{number:f} {unit}"
    if re.fullmatch("[0-9.]+ ?[a-z]+", text) is None or not text.endswith(unit):
        raise CodeError("Value has the wrong form", f"`{shown(text)}` is not how a measure is written.", f"Write {written}")
    return written


_UNIT_NAMES: Final = {
    name: unit
    for unit, listed in {
        "mm": "millimeter millimeters millimetre millimetres milímetros",
        "cm": "centimeter centimeters centimetre centimetres centímetros",
        "in": "inch inches ″ \" '' pulgadas polegadas zoll",
        "g": "gr gm gram grams gramme grammes gramos gramas",
        "kg": "kilo kilos kilogram kilograms",
        "oz": "ounce ounces",
        "lb": "lbs pound pounds",
    }.items()
    for name in listed.split()
}
