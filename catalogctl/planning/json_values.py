"""Values of attributes as JSON: exact, without the signatures of signed addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeAlias

from catalogctl.model.address import AttributePath, print_path
from catalogctl.model.asset import Asset, unsigned
from catalogctl.model.value import UNKNOWN, Attributes, Reference, Value, decimal_text
from catalogctl.planning.change import ABSENT, Missing

Json: TypeAlias = dict[str, Any]


_PLAIN: Final = frozenset({str, int, bool, type(None)})


_URL = re.compile(r"https?://[^\s\"'<>]+")


def written(attributes: Attributes) -> tuple[Json, Json, dict[str, str]]:
    """Return attributes as JSON values, which of them are not known yet, and by printed path the address that each of those refers to.

    Raises:  TypeError for what must never be written: a Secret.
    """
    values: Json = {}
    unknown: Json = {}
    references: dict[str, str] = {}
    for name, value in attributes.items():
        if value.__class__ in _PLAIN:
            values[name] = value
            continue
        values[name], mark = value_json((name,), value, references)
        if mark is not None:
            unknown[name] = mark
    return values, unknown, references


def lookup(attributes: Attributes | None, path: AttributePath) -> Value | Missing:
    """Find what attributes hold at the path of an attribute change."""
    name, *rest = path
    if attributes is None or name not in attributes:
        return ABSENT
    value = attributes[str(name)]
    if not rest:
        return value
    return value[str(rest[0])] if isinstance(value, Mapping) and rest[0] in value else ABSENT


def value_json(path: AttributePath, value: object, references: dict[str, str]) -> tuple[Any, Any]:
    """Return a value as JSON, and which part of it is not known yet: `None`, `True`, or a list or mapping that says so of each entry."""
    match value:
        case None | bool() | int() | str():
            if value.__class__ in _PLAIN:
                return value, None
        case Reference(address):
            references[print_path(path)] = str(address)
            return None, True
        case _ if value is UNKNOWN:
            return None, True
        case Decimal():
            return decimal_text(value), None
        case date():
            return value.isoformat(), None
        case Asset():
            return value.identity, None
        case tuple():
            pairs = [value_json((*path, index), item, references) for index, item in enumerate(value)]
            marks = [mark is True for _, mark in pairs]
            return [plain for plain, _ in pairs], marks if any(marks) else None
        case Mapping():
            entries = {name: value_json((*path, name), item, references) for name, item in value.items()}
            missing = {name: True for name, (_, mark) in entries.items() if mark is True}
            return {name: plain for name, (plain, _) in entries.items()}, missing or None
        case _:
            pass
    message = f"{print_path(path)}: a {type(value).__name__} cannot be written down"
    raise TypeError(message)


def without_signature(text: str) -> str:
    """Take the signatures off the URLs in a text: a line of a title may hold one."""
    return _URL.sub(lambda found: unsigned(found[0]), text) if "://" in text else text
