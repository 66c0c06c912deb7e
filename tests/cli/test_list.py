"""`catalogctl list`: a row for each edition and account, and how it stands."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from shop import Shop

pytestmark = pytest.mark.usefixtures("piped")


def titles(shop: Shop) -> None:
    shop.title("faro", title="=1+1", edition={"prices": {"USD": "9.90", "EUR": "8.50"}}, keywords=["mar|sal", "luz"])
    shop.title("mar", edition={"prices": {"USD": "12.00"}})
    shop.title("sal", edition={"prices": {}, "publish": {}})


def rows_of_table(text: str) -> list[list[str]]:
    """Take the rows of a table apart, whose columns are two blanks or more from each other."""
    return [re.split(r" {2,}", line.strip()) for line in text.splitlines() if "  " in line]


def listed(shop: Shop, *options: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = shop.run("list", "--format", "json", *options).ended(0).json
    return found


def statuses(shop: Shop, *options: str) -> dict[str, object]:
    return {str(row["title"]): row["status"] for row in listed(shop, *options)}


def test_list_has_a_row_an_edition_and_account_before_the_first_apply(shop: Shop) -> None:
    titles(shop)
    assert listed(shop) == [
        {
            "title": "faro",
            "edition": "epub",
            "account": "store",
            "format": "epub",
            "prices": {"USD": "9.90", "EUR": "8.50"},
            "status": "declared",
        },
        {"title": "mar", "edition": "epub", "account": "store", "format": "epub", "prices": {"USD": "12.00"}, "status": "declared"},
        {"title": "sal", "edition": "epub", "account": None, "format": "epub", "prices": {}, "status": "not sold"},
    ]
    assert shop.requests == ()


def test_list_shows_the_columns_that_are_asked_for_in_order(shop: Shop) -> None:
    titles(shop)
    rows = listed(shop, "--columns", "name,prices.EUR,contributors.name,title", "--where", "id = faro")
    assert rows == [{"name": "=1+1", "prices.EUR": "8.50", "contributors.name": ["Ana Ruiz"], "title": "faro"}]
    assert list(rows[0]) == ["name", "prices.EUR", "contributors.name", "title"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("title", ["faro", "mar", "sal"]),
        ("-title", ["sal", "mar", "faro"]),
        ("prices.USD", ["faro", "mar", "sal"]),
        ("-prices.USD", ["mar", "faro", "sal"]),
        ("format,-title", ["sal", "mar", "faro"]),
    ],
)
def test_list_sorts_numbers_as_numbers_and_what_lacks_a_value_last(shop: Shop, sort: str, order: list[str]) -> None:
    titles(shop)
    assert [row["title"] for row in listed(shop, f"--sort={sort}")] == order


def test_table_says_how_much_it_shows_unless_quiet(shop: Shop) -> None:
    titles(shop)
    ran = shop.run("list").ended(0)
    assert rows_of_table(ran.out)[0] == ["title", "edition", "account", "format", "prices", "status"]
    assert rows_of_table(ran.out)[1] == ["faro", "epub", "store", "epub", "USD 9.90, EUR 8.50", "declared"]
    assert "3 rows: 3 editions of 3 titles on 1 account." in ran.err
    assert shop.run("list", "--quiet").ended(0).err == ""


def test_csv_has_no_cell_that_a_spreadsheet_would_run(shop: Shop) -> None:
    titles(shop)
    ran = shop.run("list", "--format", "csv", "--columns", "title,name,keywords").ended(0)
    assert list(csv.reader(io.StringIO(ran.out, newline=""))) == [
        ["title", "name", "keywords"],
        ["faro", "'=1+1", "mar|sal, luz"],
        ["mar", "El faro", ""],
        ["sal", "El faro", ""],
    ]
    assert ran.out.count("\r\n") == 4


def test_markdown_keeps_every_cell_a_cell(shop: Shop) -> None:
    titles(shop)
    lines = shop.run("list", "--format", "markdown", "--columns", "title,keywords").ended(0).out.splitlines()
    assert lines[0] == "| title | keywords |"
    assert [line.count("|") for line in lines] == [3, 3, 3, 3, 3]


def test_against_state_marks_what_is_not_applied_and_asks_no_store(shop: Shop) -> None:
    titles(shop)
    assert statuses(shop, "--against-state") == {"faro": "not applied", "mar": "not applied", "sal": "not sold"}
    shop.applied()
    shop.title("faro", title="=1+1", edition={"prices": {"USD": "7.90"}})
    (shop.folder / "catalog/mar.json").unlink()
    shop.title("luz")
    assert statuses(shop, "--against-state") == {"faro": "changed", "luz": "not applied", "mar": "to be removed", "sal": "not sold"}
    assert shop.requests == ()
    assert [row["title"] for row in listed(shop, "--against-state", "--where", "status in (changed, 'to be removed')")] == ["faro", "mar"]


def test_against_stores_tells_what_drifted_from_what_changed(shop: Shop) -> None:
    for name in ("applied", "changed", "drifted", "both", "same", "gone", "gone-too"):
        shop.title(name, edition={"prices": {"USD": "9.90"}})
    shop.applied()
    for name in ("drifted", "both", "same"):
        shop.sandbox.edit(f"key-{name}", prices={"USD": 3.0})
    shop.sandbox.remove("key-gone")
    shop.sandbox.remove("key-gone-too")
    for name in ("changed", "both", "gone-too"):
        shop.title(name, title="Otro faro", edition={"prices": {"USD": "9.90"}})
    shop.title("same", edition={"prices": {"USD": "5.00"}})
    assert statuses(shop, "--against-stores") == {
        "applied": "applied",
        "changed": "changed",
        "drifted": "drifted",
        "both": "changed and drifted",
        "same": "changed and drifted",
        "gone": "drifted",
        "gone-too": "changed and drifted",
    }
    assert shop.writes == []


def test_renamed_edition_is_undecided_by_state(shop: Shop) -> None:
    shop.title("faro")
    shop.applied()
    (shop.folder / "catalog/faro.json").unlink()
    shop.title("luz", edition={"external_id": "key-faro"})
    assert statuses(shop, "--against-state") == {"luz": "undecided"}


def test_broken_file_does_not_hide_the_others(shop: Shop) -> None:
    titles(shop)
    shop.write("catalog/broken.yaml", "kind: title\nid: broken\ntitel: Broken\n")
    ran = shop.run("list", "--format", "json").ended(1)
    assert [row["title"] for row in json.loads(ran.out)] == ["faro", "mar", "sal"]
    assert "Did you mean `title`?" in ran.err


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--columns", "titel"], "Did you mean title?"),
        (["--columns", "title,series.nam"], "Did you mean series.name?"),
        (["--sort", "prices"], "Sort by one of them, such as prices.EUR"),
        (["--where", "formt = epub"], "Did you mean format?"),
        (["--where", "status = changd"], "Did you mean changed?"),
        (["--where", "account = stor"], "Did you mean store?"),
    ],
)
def test_mistyped_name_is_refused_with_the_nearest(shop: Shop, options: list[str], hint: str) -> None:
    titles(shop)
    ran = shop.run("list", *options).ended(1)
    assert hint in ran.err
    assert ran.out == ""


def test_events_are_all_of_stdout_with_json(shop: Shop) -> None:
    titles(shop)
    ran = shop.run("list", "--json").ended(0)
    assert [json.loads(line)["type"] for line in ran.out.splitlines()] == ["version", "load_complete"]
    assert rows_of_table(ran.err)[1][0] == "faro"
