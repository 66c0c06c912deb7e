"""The further sheets of a wide workbook: a row for each contributor, each price and each track of an edition.

One such row has the ids of its edition and the fields of one item of a list; what one sheet has of one edition is the whole list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from catalogctl.config.yaml_writer import role_word
from catalogctl.sheets.columns import BETWEEN, Column, Form, field_of, price_column, text_of

CONTRIBUTORS: Final = "contributors"
PRICES: Final = "prices"
TRACKS: Final = "tracks"


class PriceKind(StrEnum):
    """Which list a row of the sheet `prices` belongs to."""

    REGULAR = "regular"
    TERRITORY = "territory"
    CHANGE = "change"
    PROMOTION = "promotion"

    @property
    def field(self) -> str:
        """The field of an edition that has such prices."""
        return _PRICE_FIELDS[self]


_PRICE_FIELDS: Final = {
    PriceKind.REGULAR: "prices",
    PriceKind.TERRITORY: "prices_in",
    PriceKind.CHANGE: "price_changes",
    PriceKind.PROMOTION: "promotions",
}
_YES_NO: Final = ("yes", "no")


@dataclass(frozen=True, slots=True)
class ListSheet:
    """One further sheet."""

    name: str
    columns: tuple[Column, ...]
    """After the two with the ids of the edition; the path of each is that in an item of the list."""
    fields: tuple[str, ...]
    """The lists of an edition that its rows say."""


SHEETS: Final = (
    ListSheet(
        CONTRIBUTORS,
        (
            Column("name", ("name",), width=30),
            Column("role", ("role",), Form.WORDS, width=20),
            Column("first_name", ("first_name",), width=18),
            Column("last_name", ("last_name",), width=18),
            Column("sort_name", ("sort_name",), width=24),
            Column("corporate", ("corporate",), Form.YES_NO, _YES_NO, width=11),
            Column("unnamed", ("unnamed",), width=14),
            Column("label", ("label",), width=14),
            Column("bio", ("bio",), Form.LONG_TEXT, width=40),
            Column("orcid", ("ids", "orcid"), width=22),
            Column("isni", ("ids", "isni"), width=18),
            Column("website", ("website",), width=30),
            Column("from_language", ("from_language",), width=14),
        ),
        ("contributors",),
    ),
    ListSheet(
        PRICES,
        (
            Column("kind", ("kind",), choices=tuple(kind.value for kind in PriceKind), width=11),
            Column("currency", ("currency",), width=9),
            Column("amount", ("amount",), Form.AMOUNT, width=10),
            Column("territories", ("territories",), Form.WORDS, width=16),
            Column("tax_included", ("tax", "included"), Form.YES_NO, _YES_NO, width=12),
            Column("tax_rate", ("tax", "rate"), width=9),
            Column("tax_level", ("tax", "level"), width=12),
            Column("from", ("from",), Form.DAY, width=12),
            Column("until", ("until",), Form.DAY, width=12),
            Column("promotion", ("id",), width=18),
        ),
        ("prices_in", "price_changes", "promotions"),
    ),
    ListSheet(
        TRACKS,
        (
            Column("id", ("id",), width=16),
            Column("title", ("title",), width=36),
            Column("file", ("file",), width=40),
        ),
        ("tracks",),
    ),
)
"""In the order in which the workbook has them. Regular prices are fields of their own, one for each currency."""
ELSEWHERE: Final = frozenset({"contributors"})
"""Columns of the sheet `editions` that a further sheet takes the place of; so it does of those of the currencies."""


def list_columns() -> tuple[Column, ...]:
    """Return the lists of an edition as columns of its row that no person sees: each is one cell, with all its rows in it."""
    return tuple(Column(name, (name,), Form.ROWS) for sheet in SHEETS for name in sheet.fields)


def shown(column: Column, value: Any) -> str:
    """Return the text of a cell, the same for equal values; of a list, that of all its rows."""
    if column.form is not Form.ROWS:
        return text_of(column, value)
    sheet = next(sheet for sheet in SHEETS if column.name in sheet.fields)
    return "\n".join("\t".join(row) for row in list_rows(sheet, {column.name: value}))


def list_rows(sheet: ListSheet, facts: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of one edition: the texts of the cells after the ids."""
    for item in _items(sheet, facts):
        yield tuple(_text(column, item) for column in sheet.columns)


def _items(sheet: ListSheet, facts: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if sheet.name != PRICES:
        yield from facts.get(sheet.fields[0]) or ()
        return
    for currency, amount in (facts.get("prices") or {}).items():
        if amount is not None:
            yield {"kind": PriceKind.REGULAR, "currency": currency, "amount": amount}
    for entry in facts.get("prices_in") or ():
        yield {"kind": PriceKind.TERRITORY, **entry}
    for kind in (PriceKind.CHANGE, PriceKind.PROMOTION):
        for entry in facts.get(kind.field) or ():
            for currency, amount in entry["prices"].items():
                yield {"kind": kind, "currency": currency, "amount": amount, **entry}


def _text(column: Column, item: Mapping[str, Any]) -> str:
    value = field_of(item, column.path)
    match column.name:
        case "role":
            return BETWEEN.join(role_word(role) for role in ([value] if isinstance(value, str) else value or ()))
        case "amount":
            return text_of(price_column(str(item["currency"])), value)
        case "tax_rate":
            return "" if value is None else format(Decimal(str(value)).normalize(), "f")
        case "corporate" | "tax_included" if value is None:
            return ""
        case _:
            return text_of(column, value)
