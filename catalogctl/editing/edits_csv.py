"""`title,edition,FIELD…`: a sheet of edits. An empty cell changes nothing, and an empty edition means all editions of the title."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from catalogctl.editing.assign import EditionKey
from catalogctl.editing.assignment import Assignment, field_named, of_cell
from catalogctl.model.alike import most_alike
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Diagnostics, SourceRange, error
from catalogctl.query.fields import Field, Fields

_KEYS: Final = ["title", "edition"]
_SEPARATORS: Final = ",;\t"


def read_edits(path: str, data: bytes, fields: Fields, editions: Iterable[EditionKey]) -> Iterator[Mapping[EditionKey, Assignment]]:
    """Read a sheet, column by column.

    Raises:  CatalogError (edit-sheet, where-field, edit-value) with every problem of the sheet.
    """
    rows = _rows(path, data)
    header = rows[0]
    if header[:2] != _KEYS or len(header) < 3 or len(set(header)) < len(header):
        detail = f"The first line is `{','.join(header)[:80]}`."
        hint = "It names the title, the edition, and each field once:\ntitle,edition,prices.EUR"
        raise CatalogError(error("edit-sheet", "Not a sheet of edits", detail, hint).at(_place(path, 1)))
    problems: list[Diagnostic] = []
    columns = list(_columns(path, header, fields, problems))
    known: dict[str, list[str]] = {}
    for title, edition in editions:
        known.setdefault(title, []).append(edition)
    keys = list(_keys(path, rows, known, problems))
    found: list[dict[EditionKey, Assignment]] = []
    for place, field in columns:
        column: dict[EditionKey, Assignment] = {}
        for line, names in keys:
            row = rows[line - 1]
            cell = row[place].strip() if place < len(row) else ""
            if not cell:
                continue
            try:
                column.update(dict.fromkeys(names, of_cell(field, cell)))
            except CatalogError as wrong:
                problems += [item.at(_place(path, line)) for item in wrong.diagnostics]
        found.append(column)
    if problems:
        raise CatalogError(*Diagnostics.of(problems))
    return iter(found)


def _columns(path: str, header: Sequence[str], fields: Fields, problems: list[Diagnostic]) -> Iterator[tuple[int, Field]]:
    """List the fields that columns are about, each with its place in a row."""
    line = ",".join(header)
    for place, name in enumerate(header[2:], 2):
        try:
            yield place, field_named(name, fields)
        except CatalogError as wrong:
            begin = len(",".join([*header[:place], ""])) + 1
            problems += [item.at(SourceRange(path, 1, begin, begin + len(name), line)) for item in wrong.diagnostics]


def _rows(path: str, data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        problem = error("edit-sheet", "Not a sheet of edits", "It is not UTF-8 text.", "Save it as CSV in UTF-8.")
        raise CatalogError(problem.at(_place(path, 1))) from None
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=separator, strict=True)]
    except csv.Error as broken:
        raise CatalogError(error("edit-sheet", "Not a sheet of edits", f"It is no CSV: {broken}.", "").at(_place(path, 1))) from None
    if not rows:
        hint = "For instance:\ntitle,edition,prices.EUR"
        raise CatalogError(error("edit-sheet", "Not a sheet of edits", "It is empty.", hint).at(_place(path, 1)))
    return rows


def _keys(
    path: str, rows: list[list[str]], known: Mapping[str, list[str]], problems: list[Diagnostic]
) -> Iterator[tuple[int, list[EditionKey]]]:
    """List the rows, each with the editions that it is about."""
    seen: dict[EditionKey, int] = {}
    for line, row in enumerate(rows[1:], 2):
        if not any(row):
            continue
        title, edition = (*row, "")[:2]
        names = [(title, one) for one in known.get(title, ()) if edition in {"", one}]
        if len(row) > len(rows[0]):
            detail = f"Line {line} has {len(row)} cells, and the first line {len(rows[0])}: a comma in a value needs quotes around it."
            problems.append(error("edit-sheet", "A row that is too long", detail, "").at(_place(path, line)))
        elif not names:
            what, some, near = ("title", title, known) if title not in known else ("edition", f"{title}.{edition}", known[title])
            alike = most_alike(edition if title in known else title, near)
            hint = f"Did you mean {alike[0]}?" if alike else "To see what there is:\ncatalogctl list"
            problems.append(error("edit-sheet", f"Unknown {what}", f"No {what} is called `{some}`.", hint).at(_place(path, line)))
        for name in names:
            if name in seen:
                detail = f"`{name[0]}.{name[1]}` is on line {seen[name]} as well."
                problems.append(error("edit-sheet", "Two rows for one edition", detail, "Keep one of them.").at(_place(path, line)))
            seen[name] = line
        yield line, names


def _place(path: str, line: int) -> SourceRange:
    return SourceRange(path, line, 1, 2, "")
