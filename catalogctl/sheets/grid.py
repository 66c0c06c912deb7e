"""A sheet as it was read: rows of cells, each with what it holds and what is wrong with it, whatever file it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeAlias

from catalogctl.model.diagnostics import CatalogError, Diagnostic, Severity, SourceRange, error
from catalogctl.model.quantity import counted

OWN_SHEET: Final = "editions"
"""The sheet of our own workbook with a row for each edition."""
MOST_ROWS: Final = 1_048_576
"""Rows of a sheet, as spreadsheet programs count them."""
MOST_COLUMNS: Final = 1_000
LONGEST_CELL: Final = 32_767
"""Characters of a cell, as spreadsheet programs count them."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What the rows of another sheet say about the edition of this row."""

    value: tuple[Mapping[str, Any], ...]

    def __str__(self) -> str:
        return counted(len(self.value), "row")


CellValue: TypeAlias = str | Decimal | date | bool | Listed | None


class Flaw(StrEnum):
    """Why the value of a cell cannot be believed."""

    NONE = ""
    ERROR = "error"
    """It shows an error such as #N/A."""
    UNCOMPUTED = "uncomputed"
    """It is a formula whose result was never stored."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell holds."""

    value: CellValue
    flaw: Flaw = Flaw.NONE
    shown: str = ""
    """The error that it shows, or the formula."""
    is_formula: bool = False
    is_filled: bool = False
    """Whether the value is that of a merged cell which spans this one."""
    is_absent: bool = False
    """Whether the sheet says nothing of the field, not even that it is empty."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return self.value is None and self.flaw is Flaw.NONE


EMPTY: Final = Cell(None)
ABSENT: Final = Cell(None, is_absent=True)
_BETWEEN: Final = " | "
_SHOWN: Final = 24
"""Characters of a cell under a message."""


def _short(cell: Cell) -> str:
    text = cell.shown if cell.value is None else " ".join(str(cell.value).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header."""

    number: int
    """Counts from 1, in the file."""
    cells: tuple[Cell, ...]
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet of a file."""

    file: str
    """As it was named on the command line."""
    sheet: str
    """Empty for a file of text."""
    header: tuple[str, ...]
    header_row: int
    rows: tuple[Row, ...]
    epoch: date
    """The day with the number 0 in it."""
    remarks: tuple[Diagnostic, ...] = ()
    """What was noticed while it was read."""
    lists: int = 0
    """How many of the last columns are what further sheets of the workbook say."""

    def place(self, row: Row | int, column: int = 0) -> SourceRange:
        """Return where a cell is: the line is its row, and the text shows the row with all its cells."""
        number, texts = (row, self.header) if isinstance(row, int) else (row.number, tuple(map(_short, row.cells)))
        name = f"{self.file}#{self.sheet}" if self.sheet else self.file
        begins = sum(len(text) + len(_BETWEEN) for text in texts[:column]) + 1
        width = len(texts[column]) if column < len(texts) else 0
        return SourceRange(name, number, begins, begins + max(width, 1), _BETWEEN.join(texts))

    def cell_name(self, row: Row, column: int) -> str:
        """Return a cell as spreadsheet programs name it, with its header: `F12 (EUR)`."""
        header = self.header[column] if column < len(self.header) else ""
        return f"{column_letters(column)}{row.number}" + (f" ({header})" if header else "")


def column_letters(column: int) -> str:
    """Return the letters of a column that is counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def unreadable(file: str, detail: str, hint: str = "") -> CatalogError:
    """Return the refusal of a file that is no sheet."""
    return CatalogError(error("sheet-unreadable", f"{file} cannot be read as a spreadsheet", detail, hint))


def too_large(file: str, what: str) -> CatalogError:
    """Return the refusal of a file that is larger than any sheet."""
    return unreadable(file, f"It has {what}.", "Split it into several files.")


def worst(problems: Iterable[Diagnostic]) -> bool:
    """Return whether there is an error among some problems."""
    return any(problem.severity is Severity.ERROR for problem in problems)
