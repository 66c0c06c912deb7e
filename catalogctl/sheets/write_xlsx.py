"""Our own sheet as a workbook: text columns as text, days and amounts as such, drop-downs where there is a list, a frozen header."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from catalogctl.sheets.columns import Column, Form
from catalogctl.sheets.export import Export, Exported

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

SHEET: Final = "editions"
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
        sheet = book.add_worksheet(SHEET)
        text, head = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                sheet.write_string(number, place, value, text if number else head)
            if not number:
                sheet.set_column(0, len(row) - 1, 20, text)
        sheet.freeze_panes(1, 0)
    return data.getvalue()


class _Sheet:
    """The one sheet that a person sees."""

    def __init__(self, book: Workbook, exported: Export) -> None:
        self._book = book
        self._exported = exported
        self._sheet: Worksheet = book.add_worksheet(SHEET)
        self._formats: dict[tuple[str, bool, bool], Format] = {}

    def write(self) -> None:
        exported, sheet = self._exported, self._sheet
        head = self._book.add_format({"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "valign": "vcenter", "border": 1})
        key_head = self._book.add_format({"bold": True, "bg_color": "#6B7280", "font_color": "#FFFFFF", "valign": "vcenter", "border": 1})
        last = len(exported.rows) + _SPARE
        sheet.set_row(0, 22)
        for place, name in enumerate(("title_id", "edition")):
            sheet.set_column(place, place, (34, 12)[place], self._format("@", is_key=True))
            sheet.write_string(0, place, name, key_head)
        for place, column in enumerate(exported.columns, 2):
            sheet.set_column(place, place, column.width, self._format(_number_format(column)))
            sheet.write_string(0, place, column.name, head)
            self._offer(place, column, last)
        if exported.rows:
            # No protected sheet: one could not be sorted. What names an edition cannot be typed over all the same.
            keep = {"validate": "custom", "value": "=FALSE", "error_title": "title_id, edition", "error_message": "These name the edition."}
            sheet.data_validation(1, 0, len(exported.rows), 1, keep)
        digests = len(exported.columns) + 2
        sheet.set_column(digests, digests, 20, self._format("@", is_key=True), {"hidden": True})
        sheet.write_string(0, digests, exported.exported_header, key_head)
        for number, row in enumerate(exported.rows, 1):
            sheet.set_row(number, _TALL)
            sheet.write_string(number, 0, row.title, self._format("@", is_key=True))
            sheet.write_string(number, 1, row.edition, self._format("@", is_key=True))
            for place, (column, cell) in enumerate(zip(exported.columns, row.cells, strict=True), 2):
                self._write(number, place, column, cell)
            sheet.write_string(number, digests, row.digests, self._format("@", is_key=True))
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(len(exported.rows), 1), digests - 1)

    def _write(self, number: int, place: int, column: Column, cell: Exported) -> None:
        shown = self._format(_number_format(column), is_inherited=cell.is_inherited)
        if not cell.text:
            self._sheet.write_blank(number, place, None, shown)
        elif column.form is Form.DAY and len(cell.text) == 10:
            self._sheet.write_datetime(number, place, datetime.combine(date.fromisoformat(cell.text), time()), shown)
        elif column.form is Form.AMOUNT or (column.form is Form.NUMBER and cell.text.isdecimal()):
            self._sheet.write_number(number, place, float(Decimal(cell.text)), shown)
        else:
            self._sheet.write_string(number, place, cell.text, shown)

    def _offer(self, place: int, column: Column, last: int) -> None:
        """Add the drop-down of a column, and what its cells may hold."""
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
            self._sheet.data_validation(1, place, last, place, rule)

    def _format(self, number_format: str, *, is_key: bool = False, is_inherited: bool = False) -> Format:
        known = self._formats.get((number_format, is_key, is_inherited))
        if known is None:
            look: dict[str, Any] = {"num_format": number_format, "valign": "top"}
            if is_key:
                look |= {"font_color": "#6B7280", "bg_color": "#F3F4F6"}
            if is_inherited:
                look |= {"italic": True, "font_color": "#6B7280"}
            known = self._formats[number_format, is_key, is_inherited] = self._book.add_format(look)
        return known


def _number_format(column: Column) -> str:
    if column.form is Form.AMOUNT:
        from catalogctl.model.money import minor_digits

        digits = minor_digits(column.currency)
        return "0." + "0" * digits if digits else "0"
    return _FORMATS.get(column.form, "@")
