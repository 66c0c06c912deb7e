"""`catalogctl report`: how ready a catalog is, as text, as a page and as CSV."""

from __future__ import annotations

import csv
import io

import pytest

from shop import Shop

pytestmark = pytest.mark.usefixtures("piped")


def titles(shop: Shop) -> None:
    shop.title("faro", title="=1+1 <b>Faro</b>", language="es")
    shop.title("mar", edition={"prices": {}, "files": {"cover": "https://files.example.com/mar.jpg"}})


def test_text_is_a_screenful_and_asks_no_store(shop: Shop) -> None:
    titles(shop)
    out = shop.run("report").ended(0).out
    assert out.startswith("2 editions of 2 titles on 1 account\n")
    assert "1 edition without a cover: faro.epub" in out
    assert "prices USD      1 edition from 9.90 to 9.90" in out
    assert "1 edition on some account: mar.epub" in " ".join(out.split())
    assert shop.requests == ()


def test_edition_without_a_price_on_two_accounts_is_one_edition(shop: Shop) -> None:
    project = (shop.folder / "catalogctl.yaml").read_text(encoding="utf-8")
    shop.write("catalogctl.yaml", project.replace("accounts:\n", "accounts:\n  libros: {provider: publicala, base_url: sandbox}\n"))
    for name, prices in (("faro", {"USD": "9.90", "EUR": "8.90"}), ("mar", {"USD": "9.90"}), ("sal", {})):
        shop.title(name, edition={"prices": prices, "publish": {"store": {}, "libros": {}}})
    said = " ".join(shop.run("report").ended(0).out.split())
    assert "prices EUR 1 edition from 8.90 to 8.90, half at 8.90 or less; 1 edition without one" in said
    assert "no price 1 edition on some account: sal.epub" in said
    page = shop.run("report", "--format", "html").ended(0).out
    assert "1 edition without a price in EUR" in page
    assert '<span class="number">1</span> <span class="what">without a price</span>' in page


def test_where_narrows_it(shop: Shop) -> None:
    titles(shop)
    assert shop.run("report", "--where", "id = mar").ended(0).out.startswith("1 edition of 1 title on 1 account\n")
    assert "Did you mean id?" in shop.run("report", "--where", "idd = mar").ended(1).err


def test_csv_has_every_line_and_no_formula(shop: Shop) -> None:
    titles(shop)
    ran = shop.run("report", "--format", "csv", "--output", "report.csv").ended(0)
    assert ran.out == ""
    rows = list(csv.DictReader(io.StringIO((shop.folder / "report.csv").read_text(encoding="utf-8"), newline="")))
    assert {row["section"] for row in rows} == {"covers", "accessibility", "territories", "prices", "languages"}
    assert {
        "section": "prices",
        "title": "mar",
        "edition": "epub",
        "account": "store",
        "what": "",
        "value": "missing",
        "number": "",
    } in rows
    assert not any(cell.startswith("=") for row in rows for cell in row.values())


def test_page_is_one_file_whose_policy_allows_nothing_from_outside(shop: Shop) -> None:
    titles(shop)
    page = shop.run("report", "--format", "html").ended(0).out
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "<b>Faro" not in page
    assert "=1+1 &lt;b&gt;Faro&lt;/b&gt;" in page
    assert "http" not in page.replace("http-equiv", "")


def test_output_is_refused_as_text(shop: Shop) -> None:
    titles(shop)
    assert "--output is for html and csv" in shop.run("report", "--output", "x").ended(1).err


def test_broken_file_does_not_hide_the_others(shop: Shop) -> None:
    titles(shop)
    shop.write("catalog/broken.yaml", "kind: title\nid: broken\ntitel: Broken\n")
    ran = shop.run("report").ended(1)
    assert ran.out.startswith("2 editions of 2 titles")
    assert "Did you mean `title`?" in ran.err
