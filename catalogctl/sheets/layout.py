"""Sheets in the layouts of other people: a row for each edition, with the columns that a mapping names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

from catalogctl.config.syntax.source import Source
from catalogctl.query.fields import Fields
from catalogctl.query.view import EditionView
from catalogctl.sheets.columns import Column, Form, field_of, text_of
from catalogctl.sheets.mapping import IGNORE, PRICES, LocaleBlock, MappingBlock, TargetBlock, column_of, read_mapping
from catalogctl.sheets.people import roles_of

BUILT_IN: Final = ("publicala", "google", "cantook", "thoth", "streetlib")
"""The layouts that are part of the package; canonical is our own."""


def built_in(name: str) -> MappingBlock:
    """Return a mapping that is part of the package."""
    source = Source(f"{name}.yaml", files("catalogctl.sheets").joinpath("layouts", f"{name}.yaml").read_bytes())
    return read_mapping(source)


def layout_rows(views: Iterable[EditionView], block: MappingBlock, fields: Fields) -> Iterator[list[str]]:
    """Yield the header and a row for each edition, as the texts of the cells."""
    locale = block.locale or LocaleBlock()
    yield list(block.columns)
    for view in sorted(views, key=lambda one: (one.title, one.edition)):
        yield [_cell(view, entry, locale, fields) for entry in block.columns.values()]


def _cell(view: EditionView, entry: str | TargetBlock, locale: LocaleBlock, fields: Fields) -> str:
    target = entry if isinstance(entry, TargetBlock) else TargetBlock(to=entry)
    column = None if target.to == IGNORE else column_of(target.to, fields)
    if column is None:
        return ""
    separator = locale.list or ";"
    if column.path == (PRICES,):
        prices: Mapping[str, Any] = view.facts.get(PRICES) or {}
        return separator.join(
            f"{currency}:{_amount(str(amount), locale, target)}" for currency, amount in prices.items() if amount is not None
        )
    value: Any = field_of(view.facts, column.path)
    if column.name in {"title_id", "edition", "external_id"}:
        value = next(view.values(("id",) if column.name == "title_id" else (column.name,)))
    if column.form is Form.PEOPLE and value:
        people = [person for person in value if not target.role or target.role in roles_of(person)]
        return separator.join(str(person.get("name") or "") for person in people) if target.role else text_of(column, people)
    if column.form is Form.WORDS and isinstance(value, list):
        return separator.join(map(str, value))
    text = text_of(column, value)
    if target.values:
        text = next((theirs for theirs, ours in target.values.items() if ours == text), text)
    return _amount(text, locale, target) if column.form is Form.AMOUNT and text else _day(text, locale, column)


def _amount(text: str, locale: LocaleBlock, target: TargetBlock) -> str:
    if target.cents:
        from decimal import Decimal

        return format((Decimal(text) * 100).normalize(), "f")
    return text.replace(".", locale.decimal) if locale.decimal else text


def _day(text: str, locale: LocaleBlock, column: Column) -> str:
    if column.form is not Form.DAY or locale.date in {None, "ymd"} or len(text) != 10:
        return text
    year, month, day = text.split("-")
    return f"{day}/{month}/{year}" if locale.date == "dmy" else f"{month}/{day}/{year}"
