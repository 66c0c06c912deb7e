"""One value of an attribute → text for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from catalogctl.model.asset import Asset
from catalogctl.model.reference import Reference
from catalogctl.model.resource import Attribute, Kind, Shape
from catalogctl.model.value import Scalar, Value, decimal_text
from catalogctl.planning.change import Missing
from catalogctl.view.style import Style

_DIGEST_SHOWN = 8
_TENTH = Decimal("0.1")


def scalar_text(value: Scalar | Missing, style: Style) -> str:
    """Write one scalar on one line; text is quoted, so that its edges can be seen and no word of ours be mistaken for it."""
    match value:
        case None:
            return "(empty)"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return decimal_text(value)
        case datetime():
            return value.isoformat(" ", "minutes" if not value.second and not value.microsecond else "auto")
        case date():
            return value.isoformat()
        case Asset():
            return asset_text(value, style)
        case Reference():
            return f"(the id of {style.safe(str(value.address))})"
        case Enum():
            return str(value.value)
        case int():
            return str(value)
        case str():
            return f'"{style.safe(value)}"'


def asset_text(asset: Asset, style: Style) -> str:
    """Write which file it is: where it lies, the beginning of its digest and its size; of a URL all but its signature."""
    if not asset.sha256:
        return style.safe(asset.identity)
    short = f"sha256:{asset.sha256[:_DIGEST_SHOWN]}{style.ellipsis}"
    if not asset.location:
        return short
    size = f", {size_text(asset.size)}" if asset.size else ""
    return f"{style.safe(asset.location)} ({short}{size})"


def item_text(value: Scalar, style: Style) -> str:
    """Write one item of a list: bare, unless its edges, a comma or its emptiness would be missed."""
    if not isinstance(value, str):
        return scalar_text(value, style)
    if not value or "," in value or value != value.strip() or value.startswith(("(", '"')):
        return f'"{style.safe(value)}"'
    return style.safe(value)


def is_nothing(value: Value) -> bool:
    """Tell whether an attribute holds nothing to be told: no value, no entry, or items none of which has a value."""
    return value in (None, {}) or (isinstance(value, tuple) and all(item is None for item in value))


def sequence_of(value: Value | Missing) -> tuple[Scalar, ...]:
    """Give the items of a list or set attribute; none where it is absent."""
    return value if isinstance(value, tuple) else ()


def mapping_of(value: Value | Missing) -> Mapping[str, Scalar]:
    """Give the entries of a mapping attribute; none where it is absent."""
    return value if isinstance(value, Mapping) else {}


def size_text(size: int) -> str:
    """Write a number of bytes the way file managers do (1 kB = 1000 bytes)."""
    if size < 1000:
        return counted(size, "byte")
    amount = float(size)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        if amount < 999.5:
            return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"
    return f"{amount / 1000:.1f} TB"


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


def counted(number: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun: `1 item`, `1,204 characters`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def is_long(attribute: Attribute) -> bool:
    """Tell whether an attribute holds text that is shown as a word-level diff."""
    return attribute.kind is Kind.LONG_TEXT and attribute.shape is Shape.ONE
