"""What an attribute can hold, and how it is written down exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl.model.address import Address

if TYPE_CHECKING:
    from collections.abc import Callable

import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Final, TypeAlias

import orjson

from catalogctl.model.asset import Asset


class Unknown(Enum):
    """The type of UNKNOWN: a value that only the store can tell, once the call has been made."""

    UNKNOWN = "(known after apply)"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class Reference:
    """Stands for the id that the store gave another resource of the same account."""

    address: Address


Scalar: TypeAlias = None | bool | int | str | Decimal | date | datetime | Asset | Reference | Unknown
Value: TypeAlias = "Scalar | tuple[Scalar, ...] | Mapping[str, Scalar]"
"""One attribute: a scalar, an ordered or unordered list of scalars, or scalars by name. JSON documents are held as canonical text."""

Attributes: TypeAlias = Mapping[str, Value]
"""A resource's attributes by name; a name that is missing is not declared (or not reported by the store)."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Text that will not print, compare in logs or encode: only `reveal` gives it away."""

    _text: str

    def reveal(self) -> str:
        """Return the text, for the request header it belongs in and nothing else."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


def decimal_text(number: Decimal) -> str:
    """Write an amount in its one canonical form: no exponent, at least two decimals, no more zeros than that."""
    if number.as_tuple().exponent == -2:
        return str(number)
    text = format(number.normalize(), "f")
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.ljust(2, '0')}"


def _encode(value: object) -> object:
    match value:
        case Decimal():
            return decimal_text(value)
        case Asset():
            return value.identity
        case Mapping():
            return dict(value)
        case _:
            message = f"a {type(value).__name__} cannot be written down"
            raise TypeError(message)


# PASSTHROUGH_DATACLASS: left to itself, orjson writes out a dataclass field by field, an Asset's signed URL and a Secret among them.
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS


def canonical(value: object) -> bytes:
    """Write a value as JSON with sorted keys: equal values give equal bytes.

    Raises:  TypeError for what must never be stored (a Secret, an unfilled Reference, a float is fine only inside foreign JSON).
    """
    return orjson.dumps(value, default=_encode, option=_CANONICAL)


def canonical_lines(value: object) -> bytes:
    """Write a value as `canonical` does, indented for people and line-wise diffs, with a line break at the end."""
    return orjson.dumps(value, default=_encode, option=_CANONICAL | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


_UNSEEN = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""What is not seen where it is, or turns the text around it."""


def plainly(document: bytes) -> bytes:
    """Make JSON fit to be looked at, the same to whoever reads it: what is not seen, or turns text round, is escaped."""
    if document.isascii() and b"\x7f" not in document:
        return document
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", document.decode()).encode()


_LARGEST_UNKNOWN = 32_000_000
_MOST_SIGNS = 2_000_000


def bearable(data: bytes) -> bool:
    """Return whether a JSON text that may not be as we wrote it takes little enough memory to be looked into, however it was made.

    Units:   32,000,000 bytes, and as many signs that begin a value as fit into 400 MB once they are values.
    """
    return len(data) <= _LARGEST_UNKNOWN and sum(map(data.count, (b",", b"[", b"{"))) <= _MOST_SIGNS


def digest(value: object) -> str:
    """Return the sha256 of a value's canonical form, 64 hex digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def has_reference(*values: object) -> bool:
    """Return whether any of some values is a reference, or a list with one."""
    return any(isinstance(item, Reference) for value in values for item in (value if isinstance(value, tuple) else (value,)))


def fill(attributes: Attributes, id_of: Callable[[Address], str | None]) -> dict[str, Value]:
    """Put in place of each reference the id that `id_of` knows; one that it does not know (`None`) stays a reference.

    Used by the planner with the ids recorded, and by the executor with those learned on the way.
    """

    def one(value: Scalar) -> Scalar:
        if not isinstance(value, Reference):
            return value
        known = id_of(value.address)
        return value if known is None else known

    filled: dict[str, Value] = {}
    for name, value in attributes.items():
        if isinstance(value, Reference):
            filled[name] = one(value)
        elif isinstance(value, tuple):
            filled[name] = tuple(one(item) for item in value)
        else:
            filled[name] = value
    return filled
