"""Dates as ONIX writes them: code list 55 says in which form."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

_DAY: Final = r"(\d{4})(\d{2})(\d{2})"
_FORMS: Final = {
    "00": re.compile(_DAY),
    "01": re.compile(r"(\d{4})(\d{2})"),
    "02": re.compile(r"(\d{4})(\d{2})"),
    "03": re.compile(r"(\d{4})([1-4])"),
    "04": re.compile(r"(\d{4})([1-4])"),
    "05": re.compile(r"(\d{4})"),
    "06": re.compile(_DAY + _DAY),
    "13": re.compile(_DAY + r"T(\d{2})(\d{2})(?:Z|[+-]\d{4})?"),
    "14": re.compile(_DAY + r"T(\d{2})(\d{2})(\d{2})(?:Z|[+-]\d{4})?"),
}
"""Forms of the calendar in use, by code; the others of the list are ranges of longer units, other calendars and free text."""
_BY_LENGTH: Final = {4: "05", 6: "01", 8: "00", 13: "13", 15: "14"}
"""What is meant where no form is said."""
_WEEKS: Final = 53


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a date may mean: one, or all of a month or a year."""

    first: date
    last: date


def span(text: str, form: str = "") -> Days | None:
    """Return the days of a date; `None` for a form without days of our calendar.

    Raises:  ValueError for what is no date of that form, or a day that the calendar does not have; its text says which.
    """
    if form and form not in _FORMS:
        return None
    clock = re.sub(r"(Z|[+-]\d{4})$", "", text)
    code = form or _BY_LENGTH.get(len(clock), "")
    found = _FORMS[code].fullmatch(text) if code else None
    if found is None:
        wanted = f"a date of form {code}" if code else "a date"
        message = f"`{text[:40]}` is not {wanted}"
        raise ValueError(message)
    numbers = [int(part) for part in found.groups()]
    return _span(code, text, numbers)


def _span(code: str, text: str, numbers: list[int]) -> Days:
    year = numbers[0]
    if not year:
        message = f"`{text}` has no year"
        raise ValueError(message)
    match code:
        case "05":
            return Days(date(year, 1, 1), date(year, 12, 31))
        case "01":
            if not 1 <= numbers[1] <= 12:
                message = f"`{text}` has a month {numbers[1]:02}"
                raise ValueError(message)
            return Days(date(year, numbers[1], 1), date(year, numbers[1], monthrange(year, numbers[1])[1]))
        case "02" | "03" | "04":
            if code == "02" and not 1 <= numbers[1] <= _WEEKS:
                message = f"`{text}` has a week {numbers[1]:02}"
                raise ValueError(message)
            return Days(date(year, 1, 1), date(year, 12, 31))
        case "06":
            return Days(_day(text, *numbers[:3]), _day(text, *numbers[3:]))
        case _:
            clock = [*numbers[3:], 0, 0, 0]
            if clock[0] > 24 or clock[1] > 59 or clock[2] > 60:
                message = f"`{text}` has a time that no clock shows"
                raise ValueError(message)
            day = _day(text, *numbers[:3])
            return Days(day, day)


def _day(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        message = f"The calendar has no day `{text}`"
        raise ValueError(message) from None
