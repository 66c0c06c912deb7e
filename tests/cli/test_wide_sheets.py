"""`export xlsx --wide`: contributors, prices and tracks as rows of their own, and what is changed in them."""

import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from shop import Shop, opened

TITLE = """\
kind: title
id: faro
title: El faro
language: es
contributors:
  - name: Ana Ruiz
    role: [author, illustrator]
    last_name: Ruiz
    bio: "<p>Nació en Vigo.</p>"  # from the jacket
    ids: {orcid: "0000-0002-1825-0097"}
  - {name: Faro Ediciones, role: editor, corporate: true}
  - {unnamed: various, role: author, label: AA. VV.}
publication_date: 2021-03-04
editions:
  epub:
    format: epub
    isbn: "9788419873408"
    prices: {USD: 4.99, CLP: 4990}
    prices_in:
      - {territories: [AT], currency: EUR, amount: 4.90, tax: {included: true, rate: 10}}
      - {currency: EUR, amount: 4.50}
    price_changes:
      - {from: 2027-01-01, prices: {USD: 5.49, CLP: 5490}}
    promotions:
      - {id: navidad, from: 2026-12-24, until: 2026-12-26, prices: {USD: 1.99, CLP: 1990}}
    publish: {store: {}}
    files: {content: "https://files.example.com/faro.epub"}
  audio:
    format: audiobook
    isbn: "9788419873415"
    prices: {USD: 9.99}
    publish: {store: {}}
    tracks:
      - {id: intro, title: Introducción, file: "https://files.example.com/1.mp3"}
      - {id: uno, title: Uno, file: "https://files.example.com/2.mp3"}
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterable[Shop]:
    with opened(tmp_path) as shop:
        shop.write("catalog/faro.yaml", TITLE)
        shop.run("export", "xlsx", "--wide", "--output", "wide.xlsx").ended(0)
        yield shop


def title(shop: Shop) -> str:
    return (shop.folder / "catalog/faro.yaml").read_text(encoding="utf-8")


def table(shop: Shop, name: str) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(shop.folder / "wide.xlsx")[name]
    header, *rows = sheet.values
    return [{str(key): value for key, value in zip(header, row, strict=True) if value is not None} for row in rows]


def change(shop: Shop, name: str, edit: Callable[[Any], None]) -> None:
    book = openpyxl.load_workbook(shop.folder / "wide.xlsx")
    edit(book[name])
    data = io.BytesIO()
    book.save(data)
    (shop.folder / "wide.xlsx").write_bytes(data.getvalue())


def put(shop: Shop, name: str, row: int, header: str, value: object) -> None:
    def edit(sheet: Any) -> None:
        column = next(cell.column for cell in sheet[1] if cell.value == header)
        sheet.cell(row, column).value = value

    change(shop, name, edit)


def test_a_wide_workbook_has_a_row_for_each_contributor_price_and_track(house: Shop) -> None:
    epub = [row for row in table(house, "contributors") if row["edition"] == "epub"]
    assert [(row.get("name"), row["role"], row.get("corporate")) for row in epub] == [
        ("Ana Ruiz", "author; illustrator", None),
        ("Faro Ediciones", "editor", "yes"),
        (None, "author", None),
    ]
    assert epub[0]["orcid"] == "0000-0002-1825-0097"
    prices = [row for row in table(house, "prices") if row["edition"] == "epub"]
    assert [(row["kind"], row["currency"], row["amount"]) for row in prices] == [
        ("regular", "USD", 4.99),
        ("regular", "CLP", 4990),
        ("territory", "EUR", 4.9),
        ("territory", "EUR", 4.5),
        ("change", "USD", 5.49),
        ("change", "CLP", 5490),
        ("promotion", "USD", 1.99),
        ("promotion", "CLP", 1990),
    ]
    assert [(row["id"], row["title"]) for row in table(house, "tracks")] == [("intro", "Introducción"), ("uno", "Uno")]
    editions = table(house, "editions")[0]
    assert not editions.keys() & {"contributors", "USD", "CLP"}


def test_a_wide_workbook_that_was_not_edited_changes_no_byte(house: Shop) -> None:
    assert "no field changed" in house.run("import", "xlsx", "wide.xlsx", "--yes").ended(0).out
    assert title(house) == TITLE


@pytest.mark.parametrize(
    ("sheet", "row", "header", "value", "before", "after"),
    [
        ("prices", 2, "amount", 5.25, "{USD: 9.99}", "{USD: 5.25}"),  # the rows are sorted: the audiobook is the first
        ("prices", 4, "amount", 3990, "CLP: 4990}", "CLP: 3990}"),
        ("prices", 5, "amount", 4.95, "amount: 4.90", "amount: 4.95"),
        ("prices", 8, "amount", 5990, "CLP: 5490", "CLP: 5990"),
        ("prices", 9, "until", "2026-12-27", "until: 2026-12-26", "until: 2026-12-27"),
        ("tracks", 3, "title", "Capítulo uno", "title: Uno", "title: Capítulo uno"),
    ],
)
def test_an_edited_row_changes_its_item_and_nothing_else(
    house: Shop, sheet: str, row: int, header: str, value: object, before: str, after: str
) -> None:
    put(house, sheet, row, header, value)
    if header == "until":
        put(house, sheet, row + 1, header, value)
    house.run("import", "xlsx", "wide.xlsx", "--yes").ended(0)
    assert title(house) == TITLE.replace(before, after)


def test_a_contributor_is_changed_where_it_is_said_and_comments_stay(house: Shop) -> None:
    for row in (2, 5):
        put(house, "contributors", row, "name", "Ana Sol Ruiz")
    house.run("import", "xlsx", "wide.xlsx", "--yes").ended(0)
    assert title(house) == TITLE.replace("name: Ana Ruiz", "name: Ana Sol Ruiz")


def test_a_removed_row_takes_its_item_away_and_a_list_without_rows_stays(house: Shop) -> None:
    change(house, "tracks", lambda sheet: sheet.delete_rows(3))
    change(house, "contributors", lambda sheet: sheet.delete_rows(2, 20))
    house.run("import", "xlsx", "wide.xlsx", "--yes").ended(0)
    after = title(house)
    assert "id: uno" not in after
    assert after.replace("      - {id: intro", "") == TITLE.replace(
        '      - {id: uno, title: Uno, file: "https://files.example.com/2.mp3"}\n', ""
    ).replace("      - {id: intro", "")


def test_a_row_with_its_ids_alone_empties_the_list(house: Shop) -> None:
    def edit(sheet: Any) -> None:
        sheet.delete_rows(3)
        for column in range(3, sheet.max_column + 1):
            sheet.cell(2, column).value = None

    change(house, "tracks", edit)
    house.run("import", "xlsx", "wide.xlsx", "--yes").ended(0)
    assert "tracks" not in title(house)


def test_a_new_row_adds_an_item(house: Shop) -> None:
    change(house, "prices", lambda sheet: sheet.append(["faro", "epub", "regular", "GBP", 4.25]))
    change(house, "tracks", lambda sheet: sheet.append(["faro", "audio", "dos", "Dos", "https://files.example.com/3.mp3"]))
    change(house, "prices", lambda sheet: sheet.append(["faro", "audio", None, "EUR", 7, "DE; FR", "yes", 5.5]))
    house.run("import", "xlsx", "wide.xlsx", "--yes").ended(0)
    after = title(house)
    assert "prices_in: [{territories: [DE, FR], currency: EUR, amount: 7.00, tax: {included: true, rate: 5.5}}]\n" in after
    assert "prices: {USD: 4.99, CLP: 4990, GBP: 4.25}" in after
    assert "id: dos" in after


def test_lists_that_were_changed_on_both_sides_are_a_conflict(house: Shop) -> None:
    put(house, "tracks", 3, "title", "Capítulo uno")
    moved_on = TITLE.replace("title: Uno", "title: El primero")
    house.write("catalog/faro.yaml", moved_on)
    refused = house.run("import", "xlsx", "wide.xlsx", "--yes").ended(1)
    assert "Changed on both sides" in refused.err
    assert title(house) == moved_on


@pytest.mark.parametrize(
    ("sheet", "row", "header", "value", "said"),
    [
        ("prices", 2, "currency", "EURO", "`EURO` is no currency"),
        ("prices", 2, "amount", "viel", "Not an amount"),
        ("prices", 2, "amount", None, "It has no amount"),
        ("prices", 2, "kind", "special", "An unknown kind of price"),
        ("prices", 2, "until", "2027-01-01", "A regular price has no until"),
        ("prices", 5, "tax_rate", "zehn", "`zehn` is no rate in percent"),
        ("prices", 9, "until", "2027-01-01", "Two rows of one promotion differ"),
        ("prices", 4, "currency", "USD", "Two rows for one price"),
        ("contributors", 2, "role", None, "A contributor has no role"),
        ("contributors", 2, "name", None, "neither name nor unnamed"),
        ("contributors", 2, "title_id", "faros", "of which the sheet of the editions has no row"),
        ("tracks", 2, "id", None, "It has no id"),
        ("tracks", 1, "file", "fichero", "The column `fichero` is none of ours"),
    ],
)
def test_a_mistake_in_a_further_sheet_is_named_with_its_cell(
    house: Shop, sheet: str, row: int, header: str, value: object, said: str
) -> None:
    put(house, sheet, row, header, value)
    refused = house.run("import", "xlsx", "wide.xlsx", "--yes").ended(1)
    assert said in refused.err
    assert f"wide.xlsx#{sheet}" in refused.err
    assert title(house) == TITLE


@pytest.fixture
def saved_again(tmp_path: Path) -> Callable[[Path], None]:
    """Open a workbook in LibreOffice and save it under the same name."""
    if shutil.which("soffice") is None:
        assert "CATALOGCTL_TEST_OFFICE" not in os.environ, "LibreOffice belongs to what CI installs"
        pytest.skip("LibreOffice is not installed")

    def save(file: Path) -> None:
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(tmp_path / "saved"),
            str(file),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        shutil.copyfile(tmp_path / "saved" / file.name, file)

    return save


def test_workbooks_that_libreoffice_saved_again_are_no_edit(house: Shop, saved_again: Callable[[Path], None]) -> None:
    house.run("export", "xlsx", "--output", "plain.xlsx").ended(0)
    for name in ("wide.xlsx", "plain.xlsx"):
        before = (house.folder / name).read_bytes()
        saved_again(house.folder / name)
        assert (house.folder / name).read_bytes() != before
        assert "no field changed" in house.run("import", "xlsx", name, "--yes").ended(0).out
    assert title(house) == TITLE
    with zipfile.ZipFile(house.folder / "plain.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count('type="list"') == 2  # the drop-downs of formats and of what the account sells
    assert "epub,pdf,audiobook,print" in sheet
