"""CSV as spreadsheet programs write it: any of their encodings and separators, and never guessed where a guess could change a value."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Final

from catalogctl.model.diagnostics import Diagnostic, SourceRange, warning
from catalogctl.sheets.grid import EMPTY, MOST_COLUMNS, MOST_ROWS, Cell, Flaw, Grid, Row, too_large, unreadable

_SEPARATORS: Final = "\t;,|"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_EPOCH: Final = date(1899, 12, 30)
_LONGEST_FIELD: Final = 16 * 1024 * 1024
_ERRORS: Final = frozenset(
    "#N/A #NAME? #NULL! #NUM! #REF! #VALUE! #DIV/0! #¿NOMBRE? #¡REF! #¡VALOR! #¡DIV/0! #¡NUM! #NOME? #VALOR!".split()
)
"""What spreadsheet programs write for an error, in English, Spanish and Portuguese."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet program would take for a formula."""


def read_csv(data: bytes, file: str, *, separator: str = "", header_row: int = 1) -> Grid:
    """Read a file of separated values.

    Shapes:  `separator` is one character, empty to find it in the header; `header_row` counts from 1.
    Raises:  CatalogError (sheet-unreadable).
    """
    text, remarks = _text(data, file)
    if "\0" in text:
        raise unreadable(file, "It has characters that no text has.", "Save the sheet as CSV again, with the encoding UTF-8.")
    lines = list(_records(text, separator or _separator(text, header_row), file))
    if len(lines) < header_row:
        raise unreadable(file, "It has no row with the names of the columns.")
    number, names = lines[header_row - 1]
    header = tuple(name.strip().removeprefix("\ufeff") for name in names)
    if len(header) > MOST_COLUMNS:
        raise too_large(file, f"{len(header):,} columns")
    rows = tuple(Row(line, _cells(values)) for line, values in lines[header_row:] if any(value.strip() for value in values))
    long = [row for row in rows if len(row.cells) > len(header) and any(not cell.is_empty for cell in row.cells[len(header) :])]
    if long:
        detail = f"Row {long[0].number} has {len(long[0].cells)} cells, and the header has {len(header)}."
        hint = "Put values that contain the separator into quotation marks, or name the separator with --separator."
        raise unreadable(file, detail, hint)
    width = len(header)
    padded = tuple(Row(row.number, (*row.cells[:width], *([EMPTY] * (width - len(row.cells))))) for row in rows)
    return Grid(file, "", header, number, padded, _EPOCH, remarks)


def _text(data: bytes, file: str) -> tuple[str, tuple[Diagnostic, ...]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), ()
            except UnicodeDecodeError as wrong:
                detail = f"It begins as {encoding.upper()}, and its byte {wrong.start + len(mark):,} does not fit."
                raise unreadable(file, detail, "Save it again as CSV UTF-8.") from None
    try:
        return data.decode(), ()
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as wrong:
        detail = f"It is neither UTF-8 nor Windows-1252: byte {wrong.start:,} is in neither."
        raise unreadable(file, detail, "Save it again as CSV UTF-8.") from None
    detail = "It is not UTF-8; it was read as Windows-1252, the encoding of older spreadsheet programs."
    hint = "Look at a few names with accents in the preview, or save it again as CSV UTF-8."
    return text, (
        warning("sheet-encoding", "The encoding of a sheet was guessed", detail, hint).at(
            SourceRange(file, 1, 1, 2, text.partition("\n")[0][:200])
        ),
    )


def _separator(text: str, header_row: int) -> str:
    """Find what separates the columns: the sign that the header has most often outside quotation marks."""
    header = text.splitlines()[header_row - 1 : header_row] if text else []
    outside = "".join(header[0].split('"')[::2]) if header else ""
    return max(_SEPARATORS, key=outside.count)


def _records(text: str, separator: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with the line that each begins on."""
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for count, values in enumerate(reader):
            if count >= MOST_ROWS:
                raise too_large(file, f"more than {MOST_ROWS:,} rows")
            yield begins, values
            begins = reader.line_num + 1
    except csv.Error as wrong:
        raise unreadable(file, f"Row {begins} is not as CSV is written: {wrong}.", "Save the sheet as CSV again.") from None


def _cells(values: list[str]) -> tuple[Cell, ...]:
    return tuple(_cell(value.strip()) or Cell(_unguarded(value)) for value in values)


def _cell(text: str) -> Cell | None:
    """Return a cell that holds no value of its own: an empty one, or the error that a spreadsheet program wrote into it."""
    if not text:
        return EMPTY
    return Cell(None, Flaw.ERROR, text) if text in _ERRORS else None


def _unguarded(value: str) -> str:
    """Take away the apostrophe that keeps a spreadsheet program from reading a text as a formula."""
    return value[1:] if value.startswith("'") and value[1:].startswith(FORMULA) else value
