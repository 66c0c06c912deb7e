"""`export xlsx` and `export csv`: what a person gets, and that nothing of it is an edit."""

import csv
import io
from pathlib import Path

from python_calamine import CalamineWorkbook

from shop import Shop


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def filled(shop: Shop) -> None:
    shop.title(
        "faro",
        title="=El faro",
        description="<p>Una luz.</p>\n",
        keywords=["mar", "a;b"],
        edition={"isbn": "9788419873408", "prices": {"USD": "4.99", "CLP": "700"}},
    )
    shop.title("isla", title="-Isla", edition={"isbn": "9788419873415"})


def test_csv_has_a_row_for_each_edition_and_no_formula(shop: Shop, tmp_path: Path) -> None:
    filled(shop)
    file = tmp_path / "catalog.csv"
    assert "Wrote 2 editions of 2 titles" in shop.run("export", "csv", "--output", str(file)).ended(0).out
    data = file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbftitle_id,edition,")
    assert b"\r\n" in data
    faro, isla = rows(data)
    assert (faro["title_id"], faro["title"], faro["USD"], faro["CLP"]) == ("faro", "'=El faro", "4.99", "700")
    assert (faro["keywords"], faro["description"]) == ("mar; a\\;b", "<p>Una luz.</p>")
    assert (faro["contributors"], faro["store"]) == ("Ana Ruiz (author)", "yes")
    assert (isla["title"], isla["USD"]) == ("'-Isla", "9.90")
    assert shop.requests == ()


def test_a_workbook_keeps_types_and_equal_catalogs_make_equal_bytes(shop: Shop, tmp_path: Path) -> None:
    filled(shop)
    file = tmp_path / "catalog.xlsx"
    shop.run("export", "xlsx", "--output", str(file)).ended(0)
    first = file.read_bytes()
    shop.run("export", "xlsx", "--output", str(file)).ended(0)
    assert file.read_bytes() == first
    book = CalamineWorkbook.from_filelike(io.BytesIO(first))
    assert book.sheet_names == ["editions", "catalogctl"]
    header, faro, _ = book.get_sheet_by_name("editions").to_python()
    found = dict(zip(header, faro, strict=True))
    assert (found["isbn"], found["USD"], found["title"]) == ("9788419873408", 4.99, "=El faro")
    assert str(found["publication_date"]) == "2021-03-04"


def test_where_and_columns_narrow_a_sheet(shop: Shop, tmp_path: Path) -> None:
    filled(shop)
    file = tmp_path / "a.csv"
    shop.run("export", "csv", "--output", str(file), "--where", "id = faro", "--columns", "USD,title", "--separator", ";").ended(0)
    assert file.read_bytes().decode("utf-8-sig").splitlines()[0] == "title_id;edition;USD;title;exported:USD,title"
    assert "unknown field" in shop.run("export", "csv", "--output", str(file), "--where", "pirce = 1").ended(1).err.lower()
    assert "--separator" in shop.run("export", "csv", "--output", str(file), "--separator", "ab").ended(1).err
    assert "colour" in shop.run("export", "csv", "--output", str(file), "--columns", "colour").ended(1).err


def test_a_text_too_long_for_a_cell_goes_into_a_file_beside_it(shop: Shop, tmp_path: Path) -> None:
    shop.title("faro", description="x" * 40_000)
    file = tmp_path / "catalog.csv"
    shop.run("export", "csv", "--output", str(file)).ended(0)
    [row] = rows(file.read_bytes())
    name = row["description"].removeprefix("@file:").removeprefix("'@file:")
    assert (tmp_path / name).read_text() == "x" * 40_000


def test_the_layout_of_a_store_is_written(shop: Shop, tmp_path: Path) -> None:
    filled(shop)
    file = tmp_path / "p.csv"
    shop.run("export", "csv", "--output", str(file), "--layout", "publicala", "--where", "id = faro").ended(0)
    [row] = rows(file.read_bytes())
    assert (row["ISBN"], row["Name"], row["Author"], row["Prices"]) == ("9788419873408", "'=El faro", "Ana Ruiz", "USD:4.99|CLP:700")
    shop.run("export", "xlsx", "--output", str(tmp_path / "g.xlsx"), "--layout", "google").ended(0)
    mapping = shop.folder / "mine.yaml"
    mapping.write_text("columns: {Código: isbn, Precio: prices.USD}\nlocale: {decimal: ','}\n", encoding="utf-8")
    shop.run("export", "csv", "--output", str(file), "--layout", str(mapping), "--where", "id = faro").ended(0)
    [row] = rows(file.read_bytes())
    assert row == {"Código": "9788419873408", "Precio": "4,99"}
    mapping.write_text("columns: {Código: isbn\n", encoding="utf-8")
    assert "Brace never closed" in shop.run("export", "csv", "--output", str(file), "--layout", str(mapping)).ended(1).err
