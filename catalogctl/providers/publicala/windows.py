"""Prices that hold for a time, as attributes have them: JSON rows of currency, amount, first and last day, in one order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

import orjson

from catalogctl.model.resource import Amount
from catalogctl.model.value import Attributes, Value, canonical, decimal_text

NO_WINDOWS = "[]"

_ORDER = ("currency", "starts_at", "ends_at", "amount")


def windows_text(rows: Iterable[Mapping[str, Value]]) -> str:
    """Write windows as canonical text: equal ones are equal texts, whatever their order."""
    return canonical(sorted(rows, key=lambda row: [str(row[name]) for name in _ORDER])).decode()


def windows_of(value: Value) -> list[dict[str, str | None]]:
    """Read the windows of an attribute; what is no text has none."""
    return list(orjson.loads(value)) if isinstance(value, str) else []


def window_amounts(value: Value) -> tuple[Amount, ...]:
    """List the prices of an attribute, each with the time for which it holds."""
    return tuple(Amount(str(row["currency"]), _amount(row), _term(row)) for row in windows_of(value))


def written_windows(value: Value) -> tuple[str, ...]:
    """Write windows as people do, in their order: `USD 3.00 from 2031-05-01 to 2031-05-14`."""
    return tuple(f"{one.currency} {decimal_text(one.amount)} {one.term}" for one in window_amounts(value))


def windows_beside(shown: Value, *known: Value) -> str:
    """Return those of the shown windows that are none of the known ones."""
    ours = [row for value in known for row in windows_of(value)]
    return windows_text(row for row in windows_of(shown) if not any(_is_one(row, own) for own in ours))


def not_ours(shown: Value, before: Attributes, after: Attributes) -> Value:
    """Return the windows that the store shows and the files never had; none where `[]` is declared for the first time, or nothing is."""
    wanted, had = after.get("price_windows"), before.get("price_windows")
    if "price_windows" not in after or (wanted == NO_WINDOWS and had != NO_WINDOWS):
        return NO_WINDOWS
    return windows_beside(shown, had, wanted)


def _amount(row: Mapping[str, str | None]) -> Decimal:
    return Decimal(row["amount"] or 0)


def _term(row: Mapping[str, str | None]) -> str:
    return " ".join(f"{word} {day}" for word, name in (("from", "starts_at"), ("to", "ends_at")) if (day := row[name]) is not None)


def _is_one(row: Mapping[str, str | None], other: Mapping[str, str | None]) -> bool:
    """Return whether two windows are one: a store may show an end that no one named, and its midnight in another zone."""
    if row["currency"] != other["currency"] or _amount(row) != _amount(other):
        return False
    ends = ((row[name], other[name]) for name in ("starts_at", "ends_at"))
    return all(one is None or two is None or abs(_day(one) - _day(two)) <= timedelta(1) for one, two in ends)


def _day(moment: str) -> date:
    """Return the day of a term; what was recorded once may have a time of day as well."""
    return date.fromisoformat(moment[:10])
