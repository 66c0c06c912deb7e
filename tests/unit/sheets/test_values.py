"""What a cell means: each habit of spreadsheet programs, and the value or the refusal that it ends in."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalogctl.sheets.columns import Column, Form, price_column
from catalogctl.sheets.grid import Cell, CellValue
from catalogctl.sheets.values import CellError, Locale, read_cell

ISBN = Column("isbn", ("isbn",), Form.ISBN)
DAY = Column("publication_date", ("publication_date",), Form.DAY)
TEXT = Column("title", ("title",))
PAGES = Column("pages", ("pages",), Form.NUMBER)
WORDS = Column("keywords", ("keywords",), Form.WORDS)
PEOPLE = Column("contributors", ("contributors",), Form.PEOPLE)
SOLD = Column("store", ("publish", "store"), Form.YES_NO)
EUR, JPY, KWD = map(price_column, ("EUR", "JPY", "KWD"))
EPOCH = date(1899, 12, 30)


def value(column: Column, cell: CellValue, locale: Locale = Locale()) -> Any:  # noqa: B008 -- frozen
    return read_cell(column, Cell(cell), locale, EPOCH).value


def codes(column: Column, cell: CellValue) -> list[str]:
    return [remark.code for remark in read_cell(column, Cell(cell), Locale(), EPOCH).remarks]


def refusal(column: Column, cell: CellValue, locale: Locale = Locale()) -> CellError:  # noqa: B008 -- frozen
    with pytest.raises(CellError) as refused:
        read_cell(column, Cell(cell), locale, EPOCH)
    return refused.value


@pytest.mark.parametrize(
    ("cell", "isbn", "said"),
    [
        ("9788419873408", "9788419873408", []),
        ("978-84-19873-40-8", "9788419873408", []),
        (Decimal(9788419873408), "9788419873408", ["sheet-isbn-number"]),
        ("9788419873408.0", "9788419873408", ["sheet-isbn-number"]),
        ("306406152", "9780306406157", ["sheet-isbn-zero"]),
        (Decimal(306406152), "9780306406157", ["sheet-isbn-number", "sheet-isbn-zero"]),
        ("0-306-40615-2", "9780306406157", []),
        ("\u200b9788419873408\u00a0", "9788419873408", []),
        ("97884\u200b19873408", "9788419873408", ["sheet-code-space"]),
    ],
)
def test_an_isbn_is_repaired_where_only_a_habit_is_in_the_way(cell: CellValue, isbn: str, said: list[str]) -> None:
    assert value(ISBN, cell) == isbn
    assert codes(ISBN, cell) == said


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("9.78842E+12", "sheet-digits-lost"),
        ("9,78842E+12", "sheet-digits-lost"),
        (Decimal(9788420000000), "sheet-digits-lost"),
        ("306406151", "bad-isbn"),
        ("9788419873409", "bad-isbn"),
        ("n/a", "bad-isbn"),
    ],
)
def test_an_isbn_that_has_lost_something_is_refused(cell: CellValue, code: str) -> None:
    assert refusal(ISBN, cell).code == code


def test_a_day_is_read_as_a_day_a_number_by_the_workbook_and_a_text_as_iso() -> None:
    assert value(DAY, date(2026, 1, 2)) == "2026-01-02"
    assert value(DAY, "2026-01-02") == "2026-01-02"
    assert value(DAY, Decimal(46024)) == "2026-01-02"
    assert codes(DAY, Decimal(46024)) == ["sheet-date-number"]
    assert read_cell(DAY, Cell(Decimal(44562)), Locale(), date(1904, 1, 1)).value == "2026-01-02"


def test_a_day_in_another_order_needs_the_order() -> None:
    assert (
        "2026-01-02 or 2026-02-01" in refusal(DAY, "02/01/2026").detail or "2026-02-01 or 2026-01-02" in refusal(DAY, "02/01/2026").detail
    )
    assert value(DAY, "02/01/2026", Locale(date="dmy")) == "2026-01-02"
    assert value(DAY, "02/01/2026", Locale(date="mdy")) == "2026-02-01"
    assert value(DAY, "02.01.26", Locale(date="dmy")) == "2026-01-02"
    assert refusal(DAY, "31/02/2026", Locale(date="dmy")).code == "sheet-date"
    assert refusal(DAY, "2026-02-31").code == "sheet-date"
    assert refusal(DAY, "soon").code == "sheet-date"


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        (Decimal("4.99"), "4.99"),
        (Decimal("0.3"), "0.30"),
        (Decimal(5), "5.00"),
        ("4.99", "4.99"),
        ("4,99", "4.99"),
        ("4.9", "4.90"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("€ 4.99", "4.99"),
        ("4,99 €", "4.99"),
        ("EUR 4.99", "4.99"),
        ("1\u202f234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("0", "0.00"),
        ("0.30000000000000004", "0.30"),
        ("4.989999999999999", "4.99"),
        ("12.500", "12500.00"),
    ],
)
def test_an_amount_is_read_by_what_it_says_alone(cell: CellValue, amount: str) -> None:
    locale = Locale(decimal=",") if cell == "12.500" else Locale()
    assert value(EUR, cell, locale) == amount


@pytest.mark.parametrize(
    ("currency", "cell", "amount"),
    [
        ("USD", "US$ 4.99", "4.99"),
        ("USD", "$4.99", "4.99"),
        ("BRL", "R$ 1.234,50", "1234.50"),
        ("GBP", "£4", "4.00"),
        ("JPY", "¥900", "900"),
        ("CZK", "49 Kč", "49.00"),
        ("MXN", "$ 4.99", "4.99"),
        ("EUR", "$ 4.99", None),
        ("USD", "€ 4.99", None),
        ("EUR", "4.99 GBP", None),
        ("ARS", "US$ 4.99", None),
        ("USD", "R$ 4.99", None),
        ("EUR", "about 4.99", None),
    ],
)
def test_the_sign_of_an_amount_has_to_be_one_of_its_column(currency: str, cell: str, amount: str | None) -> None:
    column = price_column(currency)
    if amount is not None:
        assert value(column, cell) == amount
        return
    wrong = refusal(column, cell)
    assert wrong.code == "sheet-amount"
    assert ("is another currency" in wrong.detail) == ("about" not in cell)


def test_three_digits_behind_a_point_are_thousandths_where_our_own_sheet_says_so() -> None:
    assert value(price_column("KWD"), "1.250", Locale(is_ours=True)) == "1.250"
    assert "1250 or 1.250" in refusal(price_column("KWD"), "1.250").detail
    assert "1250 or 1.250" in refusal(EUR, "1.250", Locale(is_ours=True)).detail


def test_an_amount_that_may_be_two_is_refused_with_both_unless_the_sign_is_known() -> None:
    wrong = refusal(EUR, "1,234")
    assert "1234" in wrong.detail
    assert "1.234" in wrong.detail
    assert value(EUR, "1,234", Locale(decimal=".")) == "1234.00"
    assert refusal(EUR, "1,234", Locale(decimal=",")).code == "sheet-amount-digits"


def test_an_amount_has_the_digits_of_its_currency() -> None:
    assert value(JPY, Decimal(700)) == "700"
    assert value(KWD, Decimal("1.234")) == "1.234"
    assert refusal(JPY, "700.50").code == "sheet-amount-digits"
    assert refusal(EUR, Decimal("4.999")).code == "sheet-amount-digits"


@pytest.mark.parametrize("cell", ["free", "-1", Decimal(-1), "4.99 or 5", "1e3", True, "4..9", "€"])
def test_what_is_no_amount_is_refused(cell: CellValue) -> None:
    assert refusal(EUR, cell).code == "sheet-amount"


def test_the_type_of_the_field_decides_what_a_cell_is() -> None:
    assert value(TEXT, Decimal(1984)) == "1984"
    assert value(TEXT, True) == "TRUE"
    assert value(TEXT, "  El\u00a0faro \r\n") == "El\u00a0faro"
    assert value(TEXT, "one\r\ntwo") == "one\ntwo"
    assert value(PAGES, Decimal(320)) == 320
    assert value(PAGES, "320.0") == 320
    assert refusal(PAGES, "32O").code == "sheet-number"
    assert refusal(PAGES, Decimal("3.5")).code == "sheet-number"


@pytest.mark.parametrize(
    ("cell", "sold"), [("yes", True), ("Sí", True), (True, True), (Decimal(1), True), ("no", False), ("x", True), (None, False)]
)
def test_a_yes_is_one_in_the_languages_of_publishers(cell: CellValue, sold: bool) -> None:
    assert value(SOLD, cell) is sold


def test_what_is_neither_yes_nor_no_is_refused() -> None:
    assert refusal(SOLD, "maybe").code == "sheet-yes-no"


def test_lists_are_taken_apart_and_a_separator_in_an_item_is_kept() -> None:
    assert value(WORDS, "mar; luz ;\n noche") == ["mar", "luz", "noche"]
    assert value(WORDS, r"a\;b; c\\d") == ["a;b", r"c\d"]
    assert value(WORDS, "mar|luz", Locale(list="|")) == ["mar", "luz"]


def test_people_keep_what_their_cell_does_not_show() -> None:
    before = [{"name": "Ana Ruiz", "role": "A01", "last_name": "Ruiz"}, {"name": "Eva Sol", "role": "B06"}]
    read = read_cell(PEOPLE, Cell("Ana Ruiz (author); Luis Mar (editor, translator)"), Locale(), EPOCH, before).value
    assert read == [{"name": "Ana Ruiz", "role": "author", "last_name": "Ruiz"}, {"name": "Luis Mar", "role": ["editor", "translator"]}]
    assert refusal(PEOPLE, "Ana Ruiz").code == "sheet-contributor"


@pytest.mark.parametrize("column", [ISBN, DAY, TEXT, PAGES, WORDS, PEOPLE, EUR])
@pytest.mark.parametrize("cell", [None, "", " \u00a0\t"])
def test_an_empty_cell_says_nothing(column: Column, cell: CellValue) -> None:
    assert value(column, cell) is None
