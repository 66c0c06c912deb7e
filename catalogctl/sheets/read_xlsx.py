"""Workbooks: values by a library; errors, formulas, merged and hidden cells from the file itself, since the library leaves them out."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from xml.parsers import expat

from catalogctl.model.diagnostics import Diagnostic, SourceRange, error, warning
from catalogctl.sheets.grid import EMPTY, MOST_COLUMNS, MOST_ROWS, OWN_SHEET, Cell, CellValue, Flaw, Grid, Row, too_large, unreadable

_LARGEST_PART: Final = 512 * 1024 * 1024
"""Bytes of one part of a workbook, unpacked."""
_MOST_PARTS: Final = 5_000
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_EPOCHS: Final = {False: date(1899, 12, 30), True: date(1904, 1, 1)}


@dataclass(slots=True)
class _Marks:
    """What the XML of one sheet says beside the values; places are row and column, from 0."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)
    """Whether the result of each is stored."""
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row and column, last row and column."""
    hidden: set[int] = field(default_factory=set)


def read_xlsx(data: bytes, file: str, *, sheet: str = "", header_row: int = 1) -> Grid:
    """Read one sheet of a workbook.

    Shapes:  `sheet` is a name; empty for the one called `editions`, else the first that is not hidden. `header_row` counts from 1.
    Raises:  CatalogError (sheet-unreadable); ImportError without the extra `xlsx`.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    archive = _opened(data, file)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        shown = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
        name = sheet or (OWN_SHEET if OWN_SHEET in shown else shown[0] if shown else "")
        if name not in book.sheet_names:
            detail = f"There is no sheet {name!r} in it; it has {', '.join(map(repr, shown)) or 'none'}."
            raise unreadable(file, detail, "Name one of them with --sheet.")
        values: list[list[Any]] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as wrong:
        raise unreadable(file, f"{_first_line(wrong)}.", "Open it in a spreadsheet program and save it again as .xlsx.") from None
    if len(values) > MOST_ROWS:
        raise too_large(file, f"{len(values):,} rows")
    part, is_1904 = _part_of(archive, file, name)
    marks = _marks(archive, file, part)
    header = tuple(_header(value) for value in values[header_row - 1]) if len(values) >= header_row else ()
    while header and not header[-1]:
        header = header[:-1]
    if not header:
        raise unreadable(file, f"The sheet {name!r} has no names of columns in row {header_row}.", "Name that row with --header-row.")
    if len(header) > MOST_COLUMNS:
        raise too_large(file, f"{len(header):,} columns")
    grid = Grid(file, name, header, header_row, (), _EPOCHS[is_1904])
    return _with_rows(grid, values, marks)


def sheet_names(data: bytes, file: str) -> frozenset[str]:
    """Return the names of the sheets of a workbook.

    Raises:  CatalogError (sheet-unreadable).
    """
    names: set[str] = set()

    def begin(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            names.add(attributes.get("name", ""))

    _parse(_opened(data, file), file, "xl/workbook.xml", begin)
    return frozenset(names)


def _with_rows(grid: Grid, values: list[list[Any]], marks: _Marks) -> Grid:
    first, width = grid.header_row, len(grid.header)
    spans = _spans(marks, width)
    rows: list[Row] = []
    for index, line in enumerate(values[first:], first):
        cells = [_cell(line[column] if column < len(line) else None, (index, column), marks) for column in range(width)]
        for column in range(width):
            if (index, column) in spans:
                above, left = spans[index, column]
                source = _cell(values[above][left] if left < len(values[above]) else None, (above, left), marks)
                cells[column] = Cell(source.value, source.flaw, source.shown, source.is_formula, is_filled=True)
        if any(not cell.is_empty and not cell.is_filled for cell in cells):
            rows.append(Row(index + 1, tuple(cells), is_hidden=index in marks.hidden))
    return Grid(grid.file, grid.sheet, grid.header, grid.header_row, tuple(rows), grid.epoch, tuple(_remarks(grid, rows, marks)))


def _remarks(grid: Grid, rows: list[Row], marks: _Marks) -> Iterator[Diagnostic]:
    hidden = sum(row.is_hidden for row in rows)
    if hidden:
        detail = f"{hidden} of {len(rows)} rows are hidden or filtered out in the workbook; they are read like the others."
        yield warning("sheet-hidden-rows", "Hidden rows are read", detail).at(SourceRange(grid.file, grid.header_row, 1, 2, ""))
    filled = [(row, column) for row in rows for column, cell in enumerate(row.cells) if cell.is_filled and cell.value is not None]
    for row, column in filled[:1]:
        more = f" So are {len(filled) - 1} others." if len(filled) > 1 else ""
        detail = f"Cell {grid.cell_name(row, column)} is part of a merged cell; it is read as having its value.{more}"
        yield warning("sheet-merged-cells", "Merged cells are filled", detail).at(grid.place(row, column))
    computed = [(row, column) for row in rows for column, cell in enumerate(row.cells) if cell.is_formula and cell.flaw is Flaw.NONE]
    for row, column in computed[:1]:
        more = f" So do {len(computed) - 1} others." if len(computed) > 1 else ""
        detail = f"Cell {grid.cell_name(row, column)} has a formula; the result that was stored with it is read.{more}"
        yield warning("sheet-formula", "Results of formulas are read", detail).at(grid.place(row, column))
    del marks


def flaw_of(grid: Grid, row: Row, column: int) -> Diagnostic | None:
    """Return why the value of a cell cannot be believed; `None` where it can."""
    cell = row.cells[column]
    name = grid.cell_name(row, column)
    if cell.flaw is Flaw.ERROR:
        detail = f"Cell {name} shows {cell.shown}: it is not empty, and it has no value."
        return error("sheet-error-cell", "A cell shows an error", detail, "Correct its formula, or empty it.").at(grid.place(row, column))
    if cell.flaw is Flaw.UNCOMPUTED:
        detail = f"Cell {name} has a formula whose result was never stored."
        hint = "Open the workbook in a spreadsheet program, save it, and import it again."
        return error("sheet-uncomputed", "A formula has no result", detail, hint).at(grid.place(row, column))
    return None


def merged_key(grid: Grid, row: Row, columns: Iterable[int]) -> Diagnostic | None:
    """Return what is wrong where a key is in a merged cell, so that its row does not say itself which edition it is about."""
    column = next((column for column in columns if row.cells[column].is_filled), None)
    if column is None:
        return None
    detail = f"Cell {grid.cell_name(row, column)} is part of a merged cell, and says which edition the row is about."
    hint = "Take the merging back, and write the key into each row."
    return error("sheet-key", "A key in a merged cell", detail, hint).at(grid.place(row, column))


def _cell(value: Any, place: tuple[int, int], marks: _Marks) -> Cell:
    is_formula = place in marks.formulas
    if place in marks.errors:
        return Cell(None, Flaw.ERROR, marks.errors[place], is_formula)
    if is_formula and not marks.formulas[place]:
        return Cell(None, Flaw.UNCOMPUTED, "", is_formula=True)
    found = _value(value)
    return EMPTY if found is None and not is_formula else Cell(found, is_formula=is_formula)


def _value(value: Any) -> CellValue:
    match value:
        case bool():
            return value
        case int():
            return Decimal(value)
        case float():
            # Spreadsheet programs show 15 digits: what follows them is how binary numbers write a decimal one.
            return Decimal(format(value, ".15g"))
        case datetime():
            return value.date() if value.time() == time() else value.isoformat(" ")
        case date():
            return value
        case time() | timedelta():
            return str(value)
        case str():
            text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value)
            return text if text.strip() else None
        case _:
            return None


_ESCAPE: Final = re.compile("_x([0-9A-Fa-f]{4})_")


def _header(value: Any) -> str:
    found = _value(value)
    return "" if found is None else str(found).strip()


def _spans(marks: _Marks, width: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Return for each cell that a merged one spans where that one begins."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for top, left, bottom, right in marks.merged:
        for row in range(top, min(bottom, top + 10_000) + 1):
            for column in range(left, min(right, width - 1) + 1):
                if (row, column) != (top, left):
                    spans[row, column] = (top, left)
    return spans


def _opened(data: bytes, file: str) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        hint = "Save it as .xlsx; a file of text is read with: catalogctl import csv"
        raise unreadable(file, "It is no workbook of the form .xlsx.", hint) from None
    if len(parts) > _MOST_PARTS:
        raise too_large(file, f"{len(parts):,} parts")
    large = next((part for part in parts if part.file_size > _LARGEST_PART), None)
    if large is not None:
        raise too_large(file, f"a part of {large.file_size:,} bytes when it is unpacked")
    return archive


def _part_of(archive: zipfile.ZipFile, file: str, sheet: str) -> tuple[str, bool]:
    """Return the path of a sheet's XML, and whether the workbook counts its days from 1904."""
    found: dict[str, str] = {}
    targets: dict[str, str] = {}
    is_1904 = [False]

    def in_workbook(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            found[attributes.get("name", "")] = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
        elif name == "workbookPr":
            is_1904[0] = attributes.get("date1904", "0") in {"1", "true"}

    def in_relations(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    _parse(archive, file, "xl/workbook.xml", in_workbook)
    _parse(archive, file, "xl/_rels/workbook.xml.rels", in_relations)
    target = targets.get(found.get(sheet, ""), "")
    path = target.removeprefix("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
    if path not in archive.namelist():
        raise unreadable(file, f"The sheet {sheet!r} is missing in it.", "Open it in a spreadsheet program and save it again.")
    return path, is_1904[0]


def _marks(archive: zipfile.ZipFile, file: str, part: str) -> _Marks:
    marks = _Marks()
    reader = _SheetMarks(marks)
    _parse(archive, file, part, reader.begin, reader.end, reader.text)
    return marks


class _SheetMarks:
    """Takes the elements of a sheet's XML as they come."""

    def __init__(self, marks: _Marks) -> None:
        self._marks = marks
        self._row = -1
        self._column = -1
        self._kind = ""
        self._has_formula = self._has_value = False
        self._inside = ""
        self._text = ""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "row":
                self._row = int(attributes["r"]) - 1 if attributes.get("r", "").isdecimal() else self._row + 1
                self._column = -1
                if attributes.get("hidden") in {"1", "true"}:
                    self._marks.hidden.add(self._row)
            case "c":
                place = _place(attributes.get("r", ""))
                self._column = self._column + 1 if place is None else place[1]
                self._kind = attributes.get("t", "")
                self._has_formula = self._has_value = False
            case "f":
                self._has_formula = True
            case "v" | "is":
                self._inside, self._text = name, ""
            case "mergeCell":
                first, _, last = attributes.get("ref", "").partition(":")
                top, bottom = _place(first), _place(last or first)
                if top is not None and bottom is not None:
                    self._marks.merged.append((*top, *bottom))
            case _:
                pass

    def end(self, name: str) -> None:
        if name in {"v", "is"}:
            self._has_value = self._has_value or bool(self._text) or self._kind == "str"
            self._inside = ""
            if self._kind == "e":
                self._marks.errors[self._row, self._column] = self._text or "an error"
        elif name == "c" and self._has_formula:
            self._marks.formulas[self._row, self._column] = self._has_value

    def text(self, data: str) -> None:
        if self._inside and len(self._text) < 100:
            self._text += data


def _place(reference: str) -> tuple[int, int] | None:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


def _parse(
    archive: zipfile.ZipFile,
    file: str,
    part: str,
    begin: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Read one XML part of a workbook, which declares no entities and loads nothing."""
    parser = expat.ParserCreate(namespace_separator=None)
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise unreadable(file, f"{part} in it declares a document type, which no spreadsheet program writes.")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: begin(name.rpartition(":")[2], attributes)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        with archive.open(part) as source:
            parser.ParseFile(source)
    except (KeyError, expat.ExpatError, zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as wrong:
        hint = "Open it in a spreadsheet program and save it again as .xlsx."
        raise unreadable(file, f"{part} in it is damaged: {_first_line(wrong)}.", hint) from None


def _first_line(wrong: Exception) -> str:
    return (str(wrong).splitlines() or [type(wrong).__name__])[0][:200].removesuffix(".")
