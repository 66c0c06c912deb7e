"""Models that judge what a store answers: a value of another type than its documents show is nonsense, and never empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

MOST_DIGITS: Final = 24
"""Before or behind the point of an amount; arithmetic is exact for a few more."""
_MOST_FAULTS: Final = 3
"""Faults of one answer that are named."""
_LONGEST_SHOWN: Final = 40
"""Characters of a value that are shown."""

_EXPECTED: Final[Mapping[str, str]] = {
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "string_pattern_mismatch": "a text of another form",
    "string_too_short": "a text that is not empty",
    "too_long": "fewer items",
    "greater_than_equal": "a larger number",
    "less_than_equal": "a smaller number",
}
"""pydantic's kind of error → what was expected."""


class AnswerModel(BaseModel):
    """An object of an answer, with the fields that are read of it; one without a default is promised, and no other is looked at."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


_Shape = TypeVar("_Shape", bound=AnswerModel)


def read(shape: type[_Shape], told: object, where: str = "") -> _Shape:
    """Read a part of an answer.

    Shapes:  `where` is the path of the part within the answer, for the words of an error: `data.paginator`.
    Raises:  ValueError, whose text names each place and what was expected there.
    """
    try:
        return shape.model_validate(told)
    except ValidationError as failure:
        faults = [_in_words(fault, where) for fault in failure.errors(include_url=False)]
        more = f", and {len(faults) - _MOST_FAULTS} more" if len(faults) > _MOST_FAULTS else ""
        message = f"is not as documented: {'; '.join(faults[:_MOST_FAULTS])}{more}"
        raise ValueError(message) from failure


def _in_words(fault: ErrorDetails, where: str) -> str:
    path = where
    for step in fault["loc"]:
        path += f"[{step}]" if isinstance(step, int) else f".{_cut(step)}" if path else _cut(step)
    if fault["type"] == "missing":
        return f"{path} is missing"
    expected = fault["msg"] if fault["type"] == _OURS else _EXPECTED.get(fault["type"], "another value")
    return f"{f'{path}: ' if path else ''}expected {expected}, got {shown(fault['input'])}"


def shown(value: object) -> str:
    """Describe a value in a few words, whatever it is."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {_cut(repr(value))}"
        case str():
            return f"the text {quoted(value)}"
        case Mapping():
            return "an object"
        case _:
            return "a list"


def quoted(text: str | None) -> str:
    """Quote a text of a store, cut to a bearable length; `null` for none."""
    return "null" if text is None else repr(_cut(text))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


_OURS: Final = "told"


def _unexpected(expected: str) -> PydanticCustomError:
    return PydanticCustomError(_OURS, expected)


def _flag(told: object) -> bool:
    if isinstance(told, bool):
        return told
    if isinstance(told, int) and told in {0, 1}:
        return told == 1
    raise _unexpected("true, false, 1 or 0")


def _amount(told: object) -> Decimal:
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise _unexpected("a number")
    amount = Decimal(str(told)) if abs(told) < 10**MOST_DIGITS else Decimal("Infinity")
    # Written out, what is beyond all money takes as many digits as its exponent says.
    if not amount.is_finite() or not -MOST_DIGITS < amount.adjusted() < MOST_DIGITS:
        raise _unexpected("an amount of money")
    return amount


def _day(told: object) -> date:
    if isinstance(told, str):
        try:
            return date.fromisoformat(told[:10])
        except ValueError:
            pass
    raise _unexpected("a day as YYYY-MM-DD")


def _digits(told: object) -> str:
    text = str(told) if isinstance(told, int) and not isinstance(told, bool) else told
    if isinstance(text, str) and text.isascii() and text.isdecimal():
        return text
    raise _unexpected("an id of digits")


Flag = Annotated[bool, PlainValidator(_flag)]
"""True or false, which may be written as 1 or 0."""
Amount = Annotated[Decimal, PlainValidator(_amount)]
"""An amount of money, written as a number; exact to the digits that are shown."""
Day = Annotated[date, PlainValidator(_day)]
"""The day that a date or a moment begins with, in the calendar that it is written in."""
Digits = Annotated[str, BeforeValidator(_digits)]
"""An id of digits, written as a text or as a number."""
