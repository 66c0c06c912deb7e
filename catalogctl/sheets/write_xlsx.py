"""Our own sheet as a workbook: text columns as text, days and amounts as such, drop-downs where there is a list, a frozen header."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from catalogctl.sheets.columns import Column, Form, price_column
from catalogctl.sheets.export import Export
from catalogctl.sheets.grid import OWN_SHEET
from catalogctl.sheets.rows import SHEETS, ListSheet

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

ABOUT: Final = "catalogctl"
"""The hidden sheet that says what the workbook was made from."""
_SPARE: Final = 1_000
"""Rows below the last edition that are formatted for new ones."""
_CREATED: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Not the time of day: equal catalogs make equal bytes."""
_OPTIONS: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""A text is a text, whatever it looks like."""
_TALL: Final = 15
_FORMATS: Final = {Form.DAY: "yyyy-mm-dd", Form.NUMBER: "0"}


def write_xlsx(exported: Export, about: dict[str, str]) -> bytes:
    """Return the bytes of a workbook; equal exports give equal bytes.

    Shapes:  `about` is written into the hidden sheet: names and values.
    Raises:  ImportError without the extra `xlsx`.
    """
    from xlsxwriter import Workbook

    data = io.BytesIO()
    with Workbook(data, dict(_OPTIONS)) as book:
        book.set_properties({"created": _CREATED.replace(tzinfo=None), "title": "Catalog", "comments": "Made by catalogctl export xlsx"})
        _Sheet(book, exported).write()
        for sheet in SHEETS:
            if sheet.name in exported.lists:
                _write_list(book, sheet, exported.lists[sheet.name])
        hidden = book.add_worksheet(ABOUT)
        for number, (name, value) in enumerate(sorted(about.items())):
            hidden.write_string(number, 0, name)
            hidden.write_string(number, 1, value)
        hidden.hide()
    return data.getvalue()


def write_table(rows: Iterable[Sequence[str]]) -> bytes:
    """Return the bytes of a workbook with one sheet of texts, whose first row is the header."""
    from xlsxwriter import Workbook

    data = io.BytesIO()
    with Workbook(data, dict(_OPTIONS)) as book:
        book.set_properties({"created": _CREATED.replace(tzinfo=None)})
        sheet = book.add_worksheet(OWN_SHEET)
        text, head = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                sheet.write_string(number, place, value, text if number else head)
            if not number:
                sheet.set_column(0, len(row) - 1, 20, text)
        sheet.freeze_panes(1, 0)
    return data.getvalue()


def _write_list(book: Workbook, sheet: ListSheet, rows: Sequence[Sequence[str]]) -> None:
    """Add a further sheet: a row for each item of a list."""
    made = book.add_worksheet(sheet.name)
    looks, names = _Looks(book), [column.name for column in sheet.columns]
    last = len(rows) + _SPARE
    made.set_row(0, 22)
    for place, (name, width) in enumerate((("title_id", 34), ("edition", 12))):
        made.set_column(place, place, width, looks.of("@", is_key=True))
        made.write_string(0, place, name, looks.key_head)
    for place, column in enumerate(sheet.columns, 2):
        made.set_column(place, place, column.width, looks.of("0.00##" if column.form is Form.AMOUNT else _number_format(column)))
        made.write_string(0, place, column.name, looks.head)
        if column.choices:
            made.data_validation(1, place, last, place, _rule(column) or {})
    for number, row in enumerate(rows, 1):
        made.set_row(number, _TALL)
        for place, text in enumerate(row[:2]):
            made.write_string(number, place, text, looks.of("@", is_key=True))
        currency = row[2 + names.index("currency")] if "currency" in names else ""
        for place, (column, text) in enumerate(zip(sheet.columns, row[2:], strict=True), 2):
            shown_as = price_column(currency) if column.form is Form.AMOUNT else column
            _write_cell(made, (number, place), shown_as, text, looks.of(_number_format(shown_as)))
    made.freeze_panes(1, 2)
    made.autofilter(0, 0, max(len(rows), 1), len(sheet.columns) + 1)


def _write_cell(made: Worksheet, place: tuple[int, int], column: Column, text: str, look: Format) -> None:
    if not text:
        made.write_blank(*place, None, look)
    elif column.form is Form.DAY and len(text) == 10:
        made.write_datetime(*place, datetime.combine(date.fromisoformat(text), time()), look)
    elif column.form is Form.AMOUNT or (column.form is Form.NUMBER and text.isdecimal()):
        made.write_number(*place, float(Decimal(text)), look)
    else:
        made.write_string(*place, text, look)


def _rule(column: Column) -> dict[str, Any] | None:
    """Return what the cells of a column may hold, with the drop-down of those that are known; `None` for any text."""
    rule: dict[str, Any] | None = None
    if column.choices:
        rule = {"validate": "list", "source": list(column.choices)}
    elif column.form is Form.AMOUNT:
        rule = {"validate": "decimal", "criteria": ">=", "value": 0}
    elif column.form is Form.NUMBER:
        rule = {"validate": "integer", "criteria": ">", "value": 0}
    if rule is not None:
        what = " or ".join(column.choices) if column.choices else column.form.value
        rule |= {"error_title": column.name, "error_message": f"This column holds {what}.", "ignore_blank": True}
    return rule


class _Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._formats: dict[tuple[str, bool, bool], Format] = {}
        self.head = book.add_format({"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "valign": "vcenter", "border": 1})
        self.key_head = book.add_format({"bold": True, "bg_color": "#6B7280", "font_color": "#FFFFFF", "valign": "vcenter", "border": 1})

    def of(self, number_format: str, *, is_key: bool = False, is_inherited: bool = False) -> Format:
        """Return the format of a cell."""
        known = self._formats.get((number_format, is_key, is_inherited))
        if known is None:
            look: dict[str, Any] = {"num_format": number_format, "valign": "top"}
            if is_key:
                look |= {"font_color": "#6B7280", "bg_color": "#F3F4F6"}
            if is_inherited:
                look |= {"italic": True, "font_color": "#6B7280"}
            known = self._formats[number_format, is_key, is_inherited] = self._book.add_format(look)
        return known


class _Sheet:
    """The sheet with a row for each edition."""

    def __init__(self, book: Workbook, exported: Export) -> None:
        self._exported = exported
        self._sheet: Worksheet = book.add_worksheet(OWN_SHEET)
        self._looks = _Looks(book)

    def write(self) -> None:
        """Write the header, a row for each edition, and the hidden column of the digests."""
        exported, sheet, looks = self._exported, self._sheet, self._looks
        last = len(exported.rows) + _SPARE
        sheet.set_row(0, 22)
        for place, name in enumerate(("title_id", "edition")):
            sheet.set_column(place, place, (34, 12)[place], looks.of("@", is_key=True))
            sheet.write_string(0, place, name, looks.key_head)
        for place, column in enumerate(exported.columns, 2):
            sheet.set_column(place, place, column.width, looks.of(_number_format(column)))
            sheet.write_string(0, place, column.name, looks.head)
            rule = _rule(column)
            if rule is not None:
                sheet.data_validation(1, place, last, place, rule)
        if exported.rows:
            # No protected sheet: one could not be sorted. What names an edition cannot be typed over all the same.
            keep = {"validate": "custom", "value": "=FALSE", "error_title": "title_id, edition", "error_message": "These name the edition."}
            sheet.data_validation(1, 0, len(exported.rows), 1, keep)
        digests = len(exported.columns) + 2
        sheet.set_column(digests, digests, 20, looks.of("@", is_key=True), {"hidden": True})
        sheet.write_string(0, digests, exported.exported_header, looks.key_head)
        for number, row in enumerate(exported.rows, 1):
            sheet.set_row(number, _TALL)
            sheet.write_string(number, 0, row.title, looks.of("@", is_key=True))
            sheet.write_string(number, 1, row.edition, looks.of("@", is_key=True))
            for place, (column, cell) in enumerate(zip(exported.columns, row.cells, strict=True), 2):
                look = looks.of(_number_format(column), is_inherited=cell.is_inherited)
                _write_cell(sheet, (number, place), column, cell.text, look)
            sheet.write_string(number, digests, row.digests, looks.of("@", is_key=True))
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(len(exported.rows), 1), digests - 1)


def _number_format(column: Column) -> str:
    if column.form is Form.AMOUNT:
        from catalogctl.model.money import minor_digits

        digits = minor_digits(column.currency)
        return "0." + "0" * digits if digits else "0"
    return _FORMATS.get(column.form, "@")
