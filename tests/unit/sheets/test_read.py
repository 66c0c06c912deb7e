"""CSV files and workbooks as they come, hostile ones among them."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from xlsxwriter import Workbook

from catalogctl.model.diagnostics import CatalogError
from catalogctl.sheets.grid import Flaw, Grid, column_letters
from catalogctl.sheets.read_csv import read_csv
from catalogctl.sheets.read_xlsx import flaw_of, read_xlsx


def texts(grid: Grid) -> list[list[object]]:
    return [[cell.value for cell in row.cells] for row in grid.rows]


def refused(data: bytes, kind: str = "csv") -> str:
    with pytest.raises(CatalogError) as wrong:
        read_csv(data, "a.csv") if kind == "csv" else read_xlsx(data, "a.xlsx")
    [problem] = wrong.value.diagnostics
    assert problem.code == "sheet-unreadable"
    return problem.detail


@pytest.mark.parametrize(
    "data",
    [
        "isbn;título\r\n1;Ñandú\r\n".encode("utf-8-sig"),
        "isbn;título\n1;Ñandú".encode(),
        "isbn\ttítulo\n1\tÑandú\n".encode("utf-16"),
        b"\xfe\xff" + "isbn,título\n1,Ñandú\n".encode("utf-16-be"),
        b'"isbn","t\xc3\xadtulo"\n"1","\xc3\x91and\xc3\xba"\n',
        "isbn|título\r1|Ñandú\r".encode(),
    ],
)
def test_each_encoding_and_separator_of_a_spreadsheet_program_is_read(data: bytes) -> None:
    grid = read_csv(data, "a.csv")
    assert grid.header == ("isbn", "título")
    assert texts(grid) == [["1", "Ñandú"]]
    assert grid.remarks == ()


def test_windows_1252_is_read_with_a_warning() -> None:
    grid = read_csv("isbn;título\n1;Ñandú – “x”\n".encode("cp1252"), "a.csv")
    assert texts(grid) == [["1", "Ñandú – “x”"]]
    assert [remark.code for remark in grid.remarks] == ["sheet-encoding"]


def test_rows_know_their_lines_and_blank_ones_are_none() -> None:
    grid = read_csv(b'a,b\n"1\n2",x\n,\n3,y\n', "a.csv")
    assert [(row.number, row.cells[0].value) for row in grid.rows] == [(2, "1\n2"), (5, "3")]


def test_the_apostrophe_before_a_formula_is_taken_away() -> None:
    assert texts(read_csv(b"a\n'=1+1\n'@x\n'-5\n'tis\n''=x\n", "a.csv")) == [["=1+1"], ["@x"], ["-5"], ["'tis"], ["''=x"]]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no row"),
        (b"a,b\n1,2,3\n", "3 cells"),
        (b'a,b\n"1,2\n', "not as CSV"),
        (b"a\0b\n", "no text"),
        (b"\xff\xfea", "does not fit"),
        (b"a\n\x81\n", "neither UTF-8"),
        (b"PK\x03\x04\0\0", "no text"),
    ],
)
def test_what_is_no_csv_is_refused(data: bytes, why: str) -> None:
    assert why in refused(data)


def workbook() -> bytes:
    data = io.BytesIO()
    with Workbook(data) as book:
        hidden = book.add_worksheet("notes")
        hidden.hide()
        sheet = book.add_worksheet("Libros")
        sheet.activate()
        sheet.set_first_sheet()
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["isbn", "price", "day", "sum", "group"])
        sheet.write_row(1, 0, ["9788419873408", 0.1 + 0.2])
        sheet.write_datetime(1, 2, date(2026, 1, 2), day)
        sheet.write_formula(1, 3, "=B2*2", None, 0.6)
        sheet.write_row(2, 0, [9788419873415, 5])
        sheet.write_formula(2, 3, "=VLOOKUP(1,A1:B2,9)", None, "#N/A")
        sheet.merge_range("E2:E3", "Norte")
        sheet.write_string(3, 0, "x")
        sheet.set_row(3, None, None, {"hidden": True})
    return data.getvalue()


def changed(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """Return a workbook with a piece of one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new)
            target.writestr(name, content)
    return out.getvalue()


def test_a_workbook_gives_values_errors_formulas_merged_and_hidden_cells() -> None:
    grid = read_xlsx(workbook(), "a.xlsx")
    assert (grid.sheet, grid.header) == ("Libros", ("isbn", "price", "day", "sum", "group"))
    first, second, third = grid.rows
    assert [cell.value for cell in first.cells] == ["9788419873408", Decimal("0.3"), date(2026, 1, 2), Decimal("0.6"), "Norte"]
    assert second.cells[0].value == Decimal(9788419873415)
    assert (second.cells[3].flaw, second.cells[3].shown) == (Flaw.ERROR, "#N/A")
    assert (second.cells[4].value, second.cells[4].is_filled) == ("Norte", True)
    assert (third.number, third.is_hidden) == (4, True)
    assert [remark.code for remark in grid.remarks] == ["sheet-hidden-rows", "sheet-merged-cells", "sheet-formula"]
    wrong = flaw_of(grid, second, 3)
    assert wrong is not None
    assert "D3 (sum)" in wrong.detail


def test_a_formula_whose_result_was_never_stored_is_no_empty_cell() -> None:
    data = changed(workbook(), "xl/worksheets/sheet2.xml", b"<f>B2*2</f><v>0.6</v>", b"<f>B2*2</f>")
    grid = read_xlsx(data, "a.xlsx")
    assert grid.rows[0].cells[3].flaw is Flaw.UNCOMPUTED
    wrong = flaw_of(grid, grid.rows[0], 3)
    assert wrong is not None
    assert wrong.code == "sheet-uncomputed"


def test_a_sheet_and_a_header_row_can_be_named() -> None:
    with pytest.raises(CatalogError) as wrong:
        read_xlsx(workbook(), "a.xlsx", sheet="Hoja 9")
    assert "'Libros'" in wrong.value.diagnostics[0].detail
    assert read_xlsx(workbook(), "a.xlsx", header_row=2).header[0] == "9788419873408"


@pytest.mark.parametrize(
    ("part", "old", "new", "why"),
    [
        ("xl/worksheets/sheet2.xml", b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', "document type"),
        ("xl/worksheets/sheet2.xml", b"</sheetData>", b"", ""),
        ("xl/workbook.xml", b"<sheets>", b"<sheets", ""),
        ("xl/_rels/workbook.xml.rels", b"worksheets/sheet2.xml", b"../../../etc/passwd", ""),
    ],
)
def test_a_hostile_or_damaged_workbook_is_refused(part: str, old: bytes, new: bytes, why: str) -> None:
    assert why in refused(changed(workbook(), part, old, new), "xlsx")


def test_what_is_no_workbook_is_refused() -> None:
    assert "no workbook" in refused(b"isbn;title\n", "xlsx")
    assert refused(workbook()[:-200], "xlsx")
    assert refused(b"PK\x05\x06" + b"\0" * 18, "xlsx")


def test_a_part_that_unpacks_to_more_than_is_bearable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalogctl.sheets.read_xlsx._LARGEST_PART", 100)
    assert "unpacked" in refused(workbook(), "xlsx")


@pytest.mark.parametrize(("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_have_letters(column: int, letters: str) -> None:
    assert column_letters(column) == letters
