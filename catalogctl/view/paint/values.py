"""One value of an attribute → text for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from catalogctl.model.asset import Asset
from catalogctl.model.resource import Attribute, Kind, Shape
from catalogctl.model.value import Scalar, Value, decimal_text
from catalogctl.planning.attribute_words import asset_words, item_words, scalar_words
from catalogctl.planning.change import Missing
from catalogctl.view.paint.style import Style

_TENTH = Decimal("0.1")


def scalar_text(value: Scalar | Missing, style: Style) -> str:
    """Write one scalar on one line, fit for this stream."""
    return style.safe(scalar_words(value, style.ellipsis))


def asset_text(asset: Asset, style: Style) -> str:
    """Write which file it is, fit for this stream."""
    return style.safe(asset_words(asset, style.ellipsis))


def item_text(value: Scalar, style: Style) -> str:
    """Write one item of a list, fit for this stream."""
    return style.safe(item_words(value, style.ellipsis))


def is_nothing(value: Value) -> bool:
    """Return whether an attribute holds nothing to be reported: no value, no entry, or items none of which has a value."""
    return value in (None, {}) or (isinstance(value, tuple) and all(item is None for item in value))


def sequence_of(value: Value | Missing) -> tuple[Scalar, ...]:
    """Return the items of a list or set attribute; none where it is absent."""
    return value if isinstance(value, tuple) else ()


def mapping_of(value: Value | Missing) -> Mapping[str, Scalar]:
    """Return the entries of a mapping attribute; none where it is absent."""
    return value if isinstance(value, Mapping) else {}


def percent_text(before: object, after: object) -> str:
    """Write by how much an amount changes; empty where that cannot be said."""
    if not (isinstance(before, Decimal) and isinstance(after, Decimal)) or not before:
        return ""
    percent = ((after - before) / before * 100).quantize(_TENTH, ROUND_HALF_UP)
    return f"{percent:+,f} %"


def align_amounts(amounts: Sequence[Decimal]) -> list[str]:
    """Write amounts as wide as each other, their decimal points below each other."""
    texts = [decimal_text(amount) for amount in amounts]
    fraction = max((len(text.partition(".")[2]) for text in texts), default=0)
    filled = [text + " " * (fraction - len(text.partition(".")[2])) for text in texts]
    width = max(map(len, filled), default=0)
    return [text.rjust(width) for text in filled]


def is_long(attribute: Attribute) -> bool:
    """Return whether an attribute holds text that is shown as a word-level diff."""
    return attribute.kind is Kind.LONG_TEXT and attribute.shape is Shape.ONE


def duration_text(seconds: float) -> str:
    """Write an estimated time in words, no more exact than it is."""
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return f"about {round(seconds) if seconds < 10 else round(seconds / 5) * 5} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"about {minutes} min"
    hours, minutes = divmod(round(seconds / 600) * 10, 60)
    if hours >= 48:
        return f"about {round(hours / 24)} days"
    return f"about {hours} h {minutes} min" if minutes else f"about {hours} h"


def took_text(seconds: float) -> str:
    """Write a time that was measured: `0.4 s`, `41 s`, `3 min 5 s`, `1 h 2 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 1:
        return f"{rest} s"
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours} h {minutes_left} min" if hours else f"{minutes} min {rest} s"
