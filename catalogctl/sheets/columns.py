"""The columns of our own sheets: which field of an edition each shows, and the text of its cells."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from catalogctl.config.schema import codes
from catalogctl.model.money import minor_digits
from catalogctl.query.fields import Fields, UnknownFieldError
from catalogctl.sheets.people import roles_of

TITLE: Final = "title_id"
EDITION: Final = "edition"
KEYS: Final = (TITLE, EDITION)
"""The columns by which a row is known."""
EXPORTED: Final = "exported:"
"""How the name of the column begins that says what was exported; the names of the columns follow it."""
BETWEEN: Final = "; "
ENDS: Final = " \t\r\n\u00a0\u2007\u202f\u200b\u200c\u200d\u2060\ufeff"
"""What is no part of a text at its ends."""


class Form(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    LONG_TEXT = "a text of several lines"
    ISBN = "an ISBN"
    DAY = "a day"
    AMOUNT = "an amount"
    NUMBER = "a whole number"
    WORDS = "a list"
    PEOPLE = "people with their roles"
    YES_NO = "yes or no"
    ROWS = "rows of a sheet of its own"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet."""

    name: str
    """Its header."""
    path: tuple[str, ...]
    """The field of an edition, as `set` names it."""
    form: Form = Form.TEXT
    choices: tuple[str, ...] = ()
    """What its cells may hold, where that is known."""
    width: int = 16
    """Characters."""

    @property
    def currency(self) -> str:
        """The currency of its amounts; empty for other columns."""
        return self.path[-1] if self.form is Form.AMOUNT else ""


def _columns() -> Iterator[Column]:
    yield Column("format", ("format",), choices=("epub", "pdf", "audiobook", "print"), width=11)
    yield Column("isbn", ("isbn",), Form.ISBN, width=15)
    yield Column("title", ("title",), width=36)
    yield Column("subtitle", ("subtitle",), width=30)
    yield Column("series", ("series", "name"), width=20)
    yield Column("series_number", ("series", "number"), width=8)
    yield Column("contributors", ("contributors",), Form.PEOPLE, width=36)
    yield Column("language", ("language",), width=10)
    yield Column("publisher", ("publisher",), width=20)
    yield Column("imprint", ("imprint",), width=20)
    yield Column("publication_date", ("publication_date",), Form.DAY, width=16)
    yield Column("status", ("status",), width=14)


def _more_columns() -> Iterator[Column]:
    yield Column("territories", ("territories",), Form.WORDS, width=16)
    yield Column("bisac", ("subjects", "bisac"), Form.WORDS, width=22)
    yield Column("thema", ("subjects", "thema"), Form.WORDS, width=16)
    yield Column("keywords", ("keywords",), Form.WORDS, width=30)
    yield Column("description", ("description",), Form.LONG_TEXT, width=50)
    yield Column("pages", ("pages",), Form.NUMBER, width=8)
    yield Column("audience", ("audience",), width=14)
    yield Column("content", ("files", "content"), width=30)
    yield Column("cover", ("files", "cover"), width=30)


def own_columns(currencies: Iterable[str], accounts: Iterable[str], fields: Fields) -> tuple[Column, ...]:
    """Return the columns of our own sheet after its keys: the fields, an amount for each currency, yes or no for each account."""
    known = [*_columns(), *(price_column(currency) for currency in currencies), *_more_columns()]
    return (*(column for column in known if _is_known(column, fields)), *(account_column(account) for account in accounts))


def price_column(currency: str) -> Column:
    """Return the column of the prices in a currency, whose header is its code."""
    return Column(currency, ("prices", currency), Form.AMOUNT, width=9)


def account_column(account: str) -> Column:
    """Return the column that says whether an account sells an edition."""
    return Column(account, ("publish", account), Form.YES_NO, ("yes", "no"), width=max(8, min(len(account) + 2, 20)))


def own_column(name: str, fields: Fields) -> Column | None:
    """Return the column that a header of our own sheet names; `None` where it is none of ours."""
    for column in (*_columns(), *_more_columns()):
        if column.name == name:
            return column if _is_known(column, fields) else None
    if name in codes.currencies():
        return price_column(name)
    if name in (fields.accounts or ()):
        return account_column(name)
    return None


def own_names(fields: Fields) -> tuple[str, ...]:
    """List the headers of our own sheet, without those of currencies."""
    return (*KEYS, *(column.name for column in (*_columns(), *_more_columns()) if _is_known(column, fields)), *(fields.accounts or ()))


def _is_known(column: Column, fields: Fields) -> bool:
    try:
        fields.find(column.path)
    except UnknownFieldError:
        return False
    return True


def field_of(facts: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """Return what an edition says of a field; `None` where it says nothing. Of several series, the first is meant."""
    value: Any = facts
    for step in path:
        if isinstance(value, list):
            value = value[0] if value else None
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def put_field(facts: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Say a field of an edition, with the mappings that lead to it."""
    for step in path[:-1]:
        facts = facts.setdefault(step, {})
    facts[path[-1]] = value


def text_of(column: Column, value: Any) -> str:
    """Return the text of a cell, the same for equal values; empty where nothing is said."""
    match column.form:
        case Form.YES_NO:
            return "no" if value is None or value is False else "yes"
        case _ if value is None:
            return ""
        case Form.WORDS:
            return BETWEEN.join(_escaped(str(word)) for word in value) if isinstance(value, list) else _structured(value)
        case Form.PEOPLE:
            return BETWEEN.join(_escaped(person_text(one)) for one in value)
        case Form.AMOUNT:
            return _amount(column.currency, str(value))
        case _ if isinstance(value, Mapping | list):
            return _structured(value)
        case _:
            return str(value).replace("\r\n", "\n").strip(ENDS)


def _structured(value: Any) -> str:
    """Write what no cell has a form for, such as `{except: [US]}`, as YAML writes it on one line."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{name}: {_structured(item)}" for name, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_structured, value)) + "]"
        case _:
            return str(value)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace(";", "\\;")


def _amount(currency: str, text: str) -> str:
    amount = Decimal(text)
    least = Decimal(1).scaleb(-minor_digits(currency))
    return format(amount.quantize(least) if amount == amount.quantize(least) else amount.normalize(), "f")


def person_text(person: Mapping[str, Any]) -> str:
    """Write a contributor as a cell does: `Louise Hay (author)`."""
    words = roles_of(person)
    name = person.get("name") or person.get("unnamed") or ""
    return f"{name} ({', '.join(words)})" if words else str(name)


def digest(text: str) -> str:
    """Return by what a cell is known again, which says nothing of what it holds: 6 characters."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()[:4]).decode().rstrip("=")


DIGEST_LENGTH: Final = 6


def exported_header(columns: Iterable[Column]) -> str:
    """Return the name of the column that says what was exported of the others."""
    return EXPORTED + ",".join(column.name for column in columns)


def exported_digests(header: str, cell: str) -> dict[str, str]:
    """Return the digest of each exported cell of a row by the name of its column; empty where the cell was changed."""
    names = header.removeprefix(EXPORTED).split(",")
    pieces = [cell[start : start + DIGEST_LENGTH] for start in range(0, len(cell), DIGEST_LENGTH)]
    return dict(zip(names, pieces, strict=True)) if len(names) == len(pieces) else {}
