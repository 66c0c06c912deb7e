"""The columns of a list: what each shows of a row, and how rows are sorted by it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final

from catalogctl.config.yaml_writer import with_role_words
from catalogctl.model.alike import most_alike
from catalogctl.model.diagnostics import CatalogError, error
from catalogctl.query.fields import Field, FieldKind, Fields, UnknownFieldError
from catalogctl.query.view import EditionView
from catalogctl.query.where import comparable

DEFAULT: Final = ("title", "edition", "account", "format", "prices", "status")
"""The columns where none are asked for."""
_OWN: Final[Mapping[str, tuple[str, ...]]] = {"title": ("id",), "name": ("title",), "status": ("status",)}
"""Columns that are called otherwise than the field they show: a title is known by its id, in a list as in an address."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    """As it was asked for, and as its head has it."""
    field: Field
    descending: bool = False
    """Of a column to sort by: whether the greatest comes first."""

    def value(self, row: EditionView) -> Any:
        """Return what it shows of a row: None, text, a number, or a list or mapping of these; amounts and days are text."""
        path = self.field.path
        if path[0] in ("id", "edition", "path", "account", "status", "external_id"):
            return next(row.values(path), None)
        return with_role_words(_inside(row.facts, path), path[-1])


def columns(names: Sequence[str], fields: Fields, option: str) -> tuple[Column, ...]:
    """Find columns by their names; one to sort by may have a hyphen before it.

    Raises:  CatalogError (column-unknown), with the nearest names.
    """
    return tuple(_column(name.strip(), fields, option) for name in names)


def _column(asked: str, fields: Fields, option: str) -> Column:
    descending = option == "--sort" and asked.startswith("-")
    name = asked.removeprefix("-") if descending else asked
    try:
        field = fields.find(_OWN.get(name) or tuple(name.split(".")))
    except UnknownFieldError as wrong:
        steps = name.split(".")
        known = [*_OWN, *wrong.known] if wrong.step == 0 else wrong.known
        near = most_alike(steps[wrong.step], known)
        meant = ".".join([*steps[: wrong.step], *near, *steps[wrong.step + 1 :]])
        hint = f"Did you mean {meant}?" if near else "For instance: name, isbn, series.name, prices.EUR"
        raise CatalogError(error("column-unknown", "Unknown column", f"{option}: editions have no field `{name}`.", hint)) from None
    if option == "--sort" and field.kind is FieldKind.GROUP:
        detail = f"{option}: `{name}` is a group of fields, which have no order among each other."
        raise CatalogError(error("column-unknown", "Unknown column", detail, f"Sort by one of them, such as {name}.{_first_inside(name)}"))
    return Column(name, field, descending)


def _first_inside(name: str) -> str:
    return {"prices": "EUR", "series": "number", "files": "content", "contributors": "name", "subjects": "bisac"}.get(name, "…")


def _inside(value: Any, steps: tuple[str, ...]) -> Any:
    if not steps:
        return _plain(value)
    if isinstance(value, list):
        return [found for found in (_inside(item, steps) for item in value) if found is not None]
    return _inside(value[steps[0]], steps[1:]) if isinstance(value, Mapping) and steps[0] in value else None


def _plain(value: Any) -> Any:
    """Write amounts out, and leave out what is said to be nothing."""
    match value:
        case Decimal():
            return format(value, "f")
        case dict():
            return {name: _plain(inner) for name, inner in value.items() if inner is not None}
        case list():
            return [_plain(item) for item in value]
        case _:
            return value


def as_cell(value: Any) -> str:
    """Write the value of a column in one line: `USD 9.99, EUR 8.99`."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return ", ".join(map(as_cell, value))
        case dict():
            return ", ".join(f"{name} {as_cell(inner)}".rstrip() for name, inner in value.items())
        case _:
            return str(value)


def ordered(rows: Iterable[EditionView], by: Sequence[Column]) -> list[EditionView]:
    """Sort rows by some columns, the first first; what a row has no value for comes last. Rows that are equal keep their order."""
    known = list(rows)
    for column in reversed(by):
        valued = [(column.value(row), row) for row in known]
        there = [(_key(value, column.field.kind), row) for value, row in valued if value not in _NOTHING]
        there.sort(key=itemgetter(0), reverse=column.descending)
        known = [row for _, row in there] + [row for value, row in valued if value in _NOTHING]
    return known


_NOTHING: Final[tuple[Any, ...]] = (None, [], {})


def _key(value: Any, kind: FieldKind) -> tuple[bool, Decimal | int, str, str]:
    one = comparable(value, kind) if isinstance(value, (str, int, Decimal)) else as_cell(value)
    if isinstance(one, Decimal):
        return (False, one, "", "")
    if one.isascii():
        return (True, 0, one.lower(), one)
    apart = unicodedata.normalize("NFKD", one.casefold())
    return (True, 0, "".join(letter for letter in apart if not unicodedata.combining(letter)), one)
