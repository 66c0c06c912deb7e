"""`import csv` and `import xlsx`: what was changed in a sheet, in the title files and nowhere else."""

import csv
import io
import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from xlsxwriter import Workbook

from catalogctl.sheets.read_xlsx import read_xlsx
from shop import Shop, opened

TITLE = """\
# the lighthouse
kind: title
id: faro
title: El faro
language: es
contributors:
  - {name: Ana Ruiz, role: author, last_name: Ruiz}
publication_date: 2021-03-04
description: |
  <p>Una luz.</p>
  <p>Otra.</p>
keywords: [mar, luz]  # by hand
editions:
  epub:
    format: epub
    isbn: "9788419873408"
    prices: {USD: 4.99, EUR: 4.50}  # agreed in May
    publish: {store: {}}
    files: {content: "https://files.example.com/faro.epub"}
  pdf:
    format: pdf
    isbn: "9788419873415"
    prices: {USD: 9.99}
    publish: {store: {}}
    files: {content: "https://files.example.com/faro.pdf"}
"""
Rows = list[dict[str, str]]


@pytest.fixture
def house(tmp_path: Path) -> Iterable[Shop]:
    with opened(tmp_path) as shop:
        shop.write("catalog/faro.yaml", TITLE)
        yield shop


def exported(shop: Shop) -> Rows:
    shop.run("export", "csv", "--output", "sheet.csv").ended(0)
    return list(csv.DictReader(io.StringIO((shop.folder / "sheet.csv").read_bytes().decode("utf-8-sig"), newline="")))


def put(shop: Shop, rows: Rows, name: str = "sheet.csv") -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0].keys(), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    shop.write(name, text.getvalue())


def title(shop: Shop) -> str:
    return (shop.folder / "catalog/faro.yaml").read_text(encoding="utf-8")


def edited(shop: Shop, change: Callable[[Rows], None], *options: str) -> str:
    rows = exported(shop)
    change(rows)
    put(shop, rows)
    return shop.run("import", "csv", "sheet.csv", "--yes", *options).ended(0).all


def test_a_sheet_that_was_not_edited_changes_no_byte(house: Shop) -> None:
    for form in ("csv", "xlsx"):
        house.run("export", form, "--output", f"sheet.{form}").ended(0)
        assert "no field changed" in house.run("import", form, f"sheet.{form}", "--yes").ended(0).out
    assert title(house) == TITLE
    assert house.requests == ()


def test_an_edited_cell_changes_its_field_where_it_is_said_and_nothing_else(house: Shop) -> None:
    def change(rows: Rows) -> None:
        rows[0]["USD"] = "5.49"
        rows[0]["keywords"] = rows[1]["keywords"] = "mar; noche"
        rows[1]["pages"] = "320"

    out = edited(house, change)
    assert "4 fields of 2 editions changed" in out
    assert title(house) == TITLE.replace("USD: 4.99", "USD: 5.49").replace("[mar, luz]", "[mar, noche]").replace(
        "    prices: {USD: 9.99}\n", "    prices: {USD: 9.99}\n    pages: 320\n"
    )


def test_an_inherited_value_that_one_edition_changes_is_said_on_that_edition(house: Shop) -> None:
    def change(rows: Rows) -> None:
        rows[1]["title"] = "El faro, en PDF"
        rows[1]["contributors"] += "; Eva Sol (translator)"

    edited(house, change)
    after = title(house)
    assert "title: El faro\n" in after
    assert '    title: "El faro, en PDF"\n' in after
    assert "{name: Ana Ruiz, role: author, last_name: Ruiz}\n      - {name: Eva Sol, role: translator}" in after


def test_an_emptied_cell_takes_the_field_back(house: Shop) -> None:
    def change(rows: Rows) -> None:
        rows[0]["EUR"] = ""
        rows[0]["keywords"] = rows[1]["keywords"] = ""
        rows[1]["store"] = "no"

    edited(house, change)
    after = title(house)
    assert "prices: {USD: 4.99}  # agreed in May" in after
    assert "keywords" not in after
    assert "publish: {store: false}" in after


def test_a_cell_as_it_was_exported_is_no_edit_even_where_the_file_has_moved_on(house: Shop) -> None:
    rows = exported(house)
    house.write("catalog/faro.yaml", TITLE.replace("4.99", "6.99"))
    put(house, rows)
    assert "no field changed" in house.run("import", "csv", "sheet.csv", "--yes").ended(0).out
    assert "USD: 6.99" in title(house)


def test_a_change_on_both_sides_is_a_conflict_until_somebody_says_whose_is_right(house: Shop) -> None:
    rows = exported(house)
    rows[0]["USD"] = "5.49"
    put(house, rows)
    house.write("catalog/faro.yaml", TITLE.replace("4.99", "6.99"))
    before = title(house)
    refused = house.run("import", "csv", "sheet.csv", "--yes").ended(1)
    assert "Changed on both sides" in refused.err
    assert "6.99" in refused.err
    assert "5.49" in refused.err
    assert title(house) == before
    house.run("import", "csv", "sheet.csv", "--yes", "--ours").ended(0)
    assert title(house) == before
    house.run("import", "csv", "sheet.csv", "--yes", "--theirs").ended(0)
    assert "USD: 5.49" in title(house)
    assert "contradict" in house.run("import", "csv", "sheet.csv", "--ours", "--theirs").ended(1).err


def test_a_list_of_prices_needs_no_mapping_and_an_empty_cell_says_nothing(house: Shop) -> None:
    house.write("prices.csv", "isbn;EUR;USD\n978-84-19873-40-8;3,99;\n9788419873415;5;\n")
    out = house.run("import", "csv", "prices.csv", "--yes").ended(0).all
    assert "2 fields of 2 editions changed" in out
    assert "prices: {USD: 4.99, EUR: 3.99}  # agreed in May" in title(house)
    assert "prices: {USD: 9.99, EUR: 5.00}" in title(house)


def test_a_price_from_a_day_on_is_a_change_of_price(house: Shop) -> None:
    house.write("prices.csv", "isbn;EUR;from\n9788419873408;9.49;2027-01-01\n")
    house.run("import", "csv", "prices.csv", "--yes").ended(0)
    assert "prices: {USD: 4.99, EUR: 4.50}" in title(house)
    assert "from: 2027-01-01" in title(house)
    assert "EUR: 9.49" in title(house)
    assert "no field changed" in house.run("import", "csv", "prices.csv", "--yes").ended(0).out


def test_rows_that_are_new_become_editions_and_titles(house: Shop) -> None:
    rows = exported(house)
    blank = dict.fromkeys(rows[0], "")
    rows.append({**blank, "title_id": "faro", "edition": "audio", "format": "audiobook", "isbn": "9788419873422", "USD": "12"})
    rows.append(
        {
            **blank,
            "title": "La isla",
            "format": "epub",
            "publication_date": "2027-01-01",
            "language": "es",
            "contributors": "Eva Sol (author)",
            "store": "yes",
        }
    )
    put(house, rows)
    out = house.run("import", "csv", "sheet.csv", "--yes").ended(0).all
    assert "2 new editions" in out
    assert '  audio:\n    format: audiobook\n    isbn: "9788419873422"\n    prices: {USD: 12.00}\n' in title(house)
    island = (house.folder / "catalog/la-isla.yaml").read_text(encoding="utf-8")
    assert "id: la-isla\ntitle: La isla\n" in island
    assert "publish:\n      store: {}" in island
    house.run("fmt", "--check", "catalog/la-isla.yaml").ended(0)


def test_edits_and_new_titles_are_written_together_or_not_at_all(house: Shop) -> None:
    rows = exported(house)
    rows[0]["USD"] = "5.49"
    new = {"title": "La isla", "format": "epub", "publication_date": "2027-01-01", "language": "es", "contributors": "Eva Sol (author)"}
    rows.append({**dict.fromkeys(rows[0], ""), **new})
    put(house, rows)
    house.write("catalog/in", "a file where a folder is asked for")
    house.run("import", "csv", "sheet.csv", "--yes", "--write", "catalog/in").ended(1)
    assert title(house) == TITLE
    house.run("import", "csv", "sheet.csv", "--yes", "--write", "catalog/new/deep").ended(0)
    assert "USD: 5.49" in title(house)
    assert (house.folder / "catalog/new/deep/la-isla.yaml").is_file()


def test_rows_that_are_missing_delete_nothing(house: Shop) -> None:
    rows = exported(house)
    put(house, rows[:1])
    assert "1 edition of the catalog has no row, and stays as it is" in house.run("import", "csv", "sheet.csv", "--yes").ended(0).out
    assert title(house) == TITLE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("isbn,EUR\n9788419873408,1.00\n9788419873408,2.00\n", "Rows 2 and 3"),
        ("isbn,title,format\n9788419873422,La isla,epub\n9788419873422,El mar,epub\n", "Rows 2 and 3 both have the ISBN 9788419873422"),
        ("title_id,edition,isbn,title,format\nisla,epub,9788419873408,La isla,epub\n", "faro.epub and isla.epub are two titles"),
        ("title_id,edition,title,exported:title\nfaro,epub,,AAAAAAAA\nfaro,pdf,El faro,\n", "`epub` takes back the title"),
        ("isbn,EUR\n9788419999999,1.00\n", "check digit"),
        ("isbn,EUR\n9780306406157,1.00\n", "no edition of the catalog"),
        ('isbn,EUR\n9788419873408,"1,234"\n', "may be 1234 or 1.234"),
        ("isbn,EURO\n9788419873408,1\n", "The column `EURO` is none of ours"),
        ("EUR\n1\n", "No column says"),
        ("isbn,USD,usd\n9788419873408,1,2\n", "are both `USD`"),
        ("isbn,language\n9788419873408,klingon\n", "klingon"),
        ("isbn,publication_date\n9788419873408,02/01/2026\n", "--dates dmy"),
    ],
)
def test_a_mistake_of_a_sheet_is_named_with_its_cell_and_nothing_is_written(house: Shop, text: str, said: str) -> None:
    house.write("wrong.csv", text)
    refused = house.run("import", "csv", "wrong.csv", "--yes").ended(1)
    assert said in " ".join(refused.err.split())
    assert title(house) == TITLE


def test_amounts_in_a_currency_with_three_digits_come_back_as_they_went_out(house: Shop) -> None:
    house.write("catalog/faro.yaml", TITLE.replace("{USD: 9.99}", "{KWD: 1.250}"))
    before = title(house)
    for form in ("csv", "xlsx"):
        house.run("export", form, "--output", f"sheet.{form}").ended(0)
        assert "no field changed" in house.run("import", form, f"sheet.{form}", "--yes").ended(0).out
    assert title(house) == before
    rows = exported(house)
    rows[1]["KWD"] = "1.375"
    put(house, rows)
    house.run("import", "csv", "sheet.csv", "--yes").ended(0)
    assert title(house) == before.replace("1.250", "1.375")


def test_a_path_to_a_list_is_a_list_also_inside_an_account(house: Shop) -> None:
    house.write("catalog/faro.yaml", TITLE.replace("publish: {store: {}}", "publish: {store: {categories: [Mar]}}", 1))
    house.write("lists.csv", 'isbn;publish.store.categories;identifiers.doi\n9788419873408;"Mar; Luz";10.1000/182\n')
    house.run("import", "csv", "lists.csv", "--ignore", "identifiers.doi", "--yes").ended(0)
    assert "publish: {store: {categories: [Mar, Luz]}}" in title(house)


def test_nothing_is_written_before_it_was_agreed_to(house: Shop) -> None:
    house.write("prices.csv", "isbn;EUR\n9788419873408;3.99\n")
    shown = house.run("import", "csv", "prices.csv", "--diff").ended(0).out
    assert "+    prices: {USD: 4.99, EUR: 3.99}  # agreed in May" in shown
    assert "no terminal to ask" in house.run("import", "csv", "prices.csv").ended(1).err
    assert title(house) == TITLE


def test_a_foreign_sheet_is_read_by_a_mapping_which_a_guess_proposes(house: Shop) -> None:
    house.write("theirs.csv", "ISBN;Título;Precio USD;Notas\n9788419873408;El faro;7,49;x\n")
    guessed = house.run("import", "csv", "theirs.csv", "--guess").ended(0).out
    assert "  ISBN: isbn\n  Título: title\n  Precio USD: prices.USD\n  Notas: ignore" in guessed
    assert title(house) == TITLE
    house.write("mapping.yaml", guessed)
    house.run("import", "csv", "theirs.csv", "--mapping", "mapping.yaml", "--yes").ended(0)
    assert "prices: {USD: 7.49, EUR: 4.50}" in title(house)
    house.write("mapping.yaml", guessed.replace("title", "tilte"))
    assert "Did you mean title?" in house.run("import", "csv", "theirs.csv", "--mapping", "mapping.yaml").ended(1).err


def test_a_guess_reads_roles_formats_and_the_signs_of_the_cells(house: Shop) -> None:
    header = "EAN;Titel;Autorin;Übersetzer;Medium;Erschienen;Preis EUR;Cover;Schlagworte\n"
    house.write(
        "theirs.csv",
        header.replace("Erschienen", "Publication date") + "9788419873422;Die Flut;Eva Sol|Ana Ruiz;Leo Paz;eBook;31.12.2021;7,49;f.jpg;\n",
    )
    guessed = house.run("import", "csv", "theirs.csv", "--guess").ended(0).out
    assert 'locale: {decimal: ",", date: dmy, list: "|"}\n' in guessed
    assert "  Autorin: {to: contributors, role: author}\n  Übersetzer: {to: contributors, role: translator}\n" in guessed
    assert "  Medium: {to: format, values: {eBook: epub}}\n" in guessed
    assert "  Cover: files.cover\n  Schlagworte: ignore" in guessed
    house.write("theirs.csv", "isbn;format;EUR\n9788419873422;Seide;7.49\n9788419873439;pdf;1.290\n")
    guessed = house.run("import", "csv", "theirs.csv", "--guess").ended(0).out
    assert "  # Add what these are, epub, pdf, audiobook or print: Seide\n  format: {to: format, values: {pdf: pdf}}\n" in guessed
    assert 'locale: {decimal: "."}\n' in guessed


def test_a_column_of_one_role_keeps_the_others_and_what_it_does_not_show(house: Shop) -> None:
    people = (
        "  - {name: Ana Ruiz, role: author, last_name: Ruiz}\n  - {name: Leo Paz, role: translator, ids: {orcid: 0000-0002-1825-0097}}\n"
    )
    said = TITLE.replace("  - {name: Ana Ruiz, role: author, last_name: Ruiz}\n", people)
    house.write("catalog/faro.yaml", said)
    house.write(
        "mapping.yaml", "columns:\n  ISBN: isbn\n  Autor: {to: contributors, role: author}\n  Voz: {to: contributors, role: narrator}\n"
    )
    command = ("import", "csv", "theirs.csv", "--mapping", "mapping.yaml", "--yes")
    rows = "9788419873408;{0};{1}\n9788419873415;{0};{1}\n"
    house.write("theirs.csv", "ISBN;Autor;Voz\n" + rows.format("Ana Ruiz", ""))
    assert "no field changed" in house.run(*command).ended(0).out
    assert title(house) == said
    house.write("theirs.csv", "ISBN;Autor;Voz\n" + rows.format('"Eva Sol; Ana Ruiz"', "Leo Paz"))
    house.run(*command).ended(0)
    people = "  - {name: Eva Sol, role: author}\n" + people
    assert title(house) == said.replace(people.split("\n", 1)[1], people).replace(
        "role: translator, ids", "role: [translator, narrator], ids"
    )


@pytest.mark.parametrize(
    ("name", "text", "after"),
    [
        ("publicala", "ISBN,Name,Prices\n9788419873408,El faro,USD:7|EUR:6.50\n", "prices: {USD: 7.00, EUR: 6.50}"),
        ("google", "Identifier\tTitle\tPage Count\n9788419873408\tEl faro\t99\n", "pages: 99"),
        ("cantook", "Numerical identifier;Price\n9788419873408;1999\n", "prices: {USD: 4.99, EUR: 19.99}"),
        ("streetlib", "ISBN,Price,Start date\n9788419873408,2.99,01/12/2026\n", "from: 2026-12-01"),
        (
            "thoth",
            "work_title,publication_pdf_isbn,publication_pdf_price_gbp,publication_epub_isbn\nEl faro,9788419873415,8.00,9788419873408\n",
            "prices: {USD: 9.99, GBP: 8.00}",
        ),
    ],
)
def test_the_sheets_of_other_systems_are_read_as_they_are(house: Shop, name: str, text: str, after: str) -> None:
    house.write("theirs.csv", text)
    house.run("import", "csv", "theirs.csv", "--mapping", name, "--yes").ended(0)
    assert after in title(house)


def test_a_workbook_of_a_person_is_read_with_its_habits(house: Shop) -> None:
    with Workbook(house.folder / "prices.xlsx") as book:
        sheet = book.add_worksheet("Precios")
        sheet.write_row(0, 0, ["isbn", "EUR", "publication_date"])
        sheet.write_row(1, 0, [9788419873408, 0.1 + 0.2, 46024])
        sheet.write_row(2, 0, ["9788419873415"])
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
    refused = house.run("import", "xlsx", "prices.xlsx", "--yes").ended(1)
    assert "B3 (EUR) shows #DIV/0!" in " ".join(refused.err.split())
    assert title(house) == TITLE


@pytest.mark.parametrize("wide", [(), ("--wide",)])
def test_a_key_in_a_merged_cell_is_an_error_and_any_other_value_is_filled_down(house: Shop, wide: tuple[str, ...]) -> None:
    house.run("export", "xlsx", "--output", "a.xlsx", *wide).ended(0)
    book = load_workbook(house.folder / "a.xlsx")
    sheet = book["prices" if wide else "editions"]
    sheet.merge_cells("A2:A3")
    book.save(house.folder / "a.xlsx")
    refused = house.run("import", "xlsx", "a.xlsx", "--yes").ended(1)
    assert "A3 (title_id) is part of a merged cell, and says which edition" in " ".join(refused.err.split())
    sheet.unmerge_cells("A2:A3")
    sheet["A3"] = "faro"
    sheet.merge_cells("C2:C3") if wide else sheet.merge_cells("E2:E3")
    book.save(house.folder / "a.xlsx")
    filled = house.run("import", "xlsx", "a.xlsx", "--yes").ended(0)
    assert "Merged cells are filled" in filled.err
    assert title(house) == TITLE


@pytest.mark.parametrize("said", ["    title: null\n", "    publish: {store: {title: null}}\n"])
def test_a_title_that_is_taken_back_is_an_error_with_its_line(house: Shop, said: str) -> None:
    house.write("catalog/faro.yaml", TITLE.replace("    publish: {store: {}}\n", said, 1))
    refused = house.run("validate").ended(1)
    assert "Missing field: `title`" in refused.err
    assert "catalog/faro.yaml:18:" in refused.err


def test_two_titles_may_change_their_isbns_for_each_other(house: Shop) -> None:
    island = TITLE.replace("id: faro", "id: isla").replace("9788419873408", "9788419873422").replace("9788419873415", "9788419873439")
    house.write("catalog/isla.yaml", island)
    rows = exported(house)
    first, second = (row for row in rows if row["edition"] == "epub")
    first["isbn"], second["isbn"] = second["isbn"], first["isbn"]
    put(house, rows)
    house.run("import", "csv", "sheet.csv", "--yes").ended(0)
    assert "9788419873422" in title(house)


def test_a_random_edit_of_a_random_catalog_comes_back_as_it_was_typed(house: Shop) -> None:
    dice = random.Random(7)
    for round_ in range(6):
        rows = exported(house)
        row = dice.choice(rows)
        price = f"{dice.randint(1, 99)}.{dice.randint(0, 99):02}"
        word = dice.choice(["mar", "a;b", 'say "x"', "=1+1", "ñandú", "no", "007"])
        row["USD"], row["subtitle"] = price, word
        put(house, rows)
        house.run("import", "csv", "sheet.csv", "--yes").ended(0)
        [found] = [one for one in exported(house) if one["edition"] == row["edition"]]
        assert (found["USD"], found["subtitle"].removeprefix("'")) == (price, word), round_


def test_the_exported_workbook_names_what_it_was_made_from(house: Shop) -> None:
    house.run("export", "xlsx", "--output", "sheet.xlsx").ended(0)
    about = read_xlsx((house.folder / "sheet.xlsx").read_bytes(), "sheet.xlsx", sheet="catalogctl")
    assert {about.header[0], *(str(row.cells[0].value) for row in about.rows)} == {"commit", "locale", "version"}
