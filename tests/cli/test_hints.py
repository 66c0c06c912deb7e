"""What a hint advises is done as it says, and it helps."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

import small
from shop import catalogctl

PROJECT = """version: 1
catalog: [catalog/]
accounts:
  store: {provider: publicala, base_url: sandbox}
  publishdrive: {provider: publishdrive, base_url: sandbox}
  openpub: {provider: openpublishing, base_url: sandbox, unsupported: ignore}
"""
BOOK = """kind: title
id: book
title: Book
language: en
contributors: [{name: Petra Holm, role: author}]
publication_date: 2031-09-01
description: A novel of the coast.
subjects: {bisac: [FIC000000]}
editions:
  epub:
    format: epub
    prices: {USD: 7.50}
    files: {content: "https://files.example.com/book.epub"}
    publish: {store: {}}
"""
FORMAT, PRICES, PUBLISH = "    format: epub\n", "{USD: 7.50}", "{store: {}}"


def told(folder: Path) -> list[dict[str, Any]]:
    document = json.loads(catalogctl("-C", str(folder), "-q", "validate", "--format", "json").out)
    found: list[dict[str, Any]] = document["diagnostics"] if isinstance(document, dict) else document
    return found


def project(folder: Path, book: str = BOOK, project_file: str = PROJECT) -> Path:
    (folder / "catalog/assets").mkdir(parents=True)
    (folder / "catalogctl.yaml").write_text(project_file, encoding="utf-8")
    (folder / "catalog/book.yaml").write_text(book, encoding="utf-8")
    return folder


def place(problem: dict[str, Any]) -> tuple[str, int, int, int]:
    """Give the file, and of its line the part that a problem is about, all counted from 0."""
    return problem["file"], problem["line"] - 1, problem["column"] - 1, problem["end_column"] - 1


def advice(hint: str) -> str:
    """Give what a hint says to write: what is behind `Write` or in a line of its own, the first of several readings."""
    first, *more = hint.splitlines()
    if first.endswith(":"):
        return more[0]
    if found := re.search(r'should be .: "?([0-9X-]+)"?$', first):
        return found[1]
    if found := re.fullmatch(r"(?:Did you mean|Write|Quote it:) `?(.+?)`?\??", first):
        return re.sub(r" \(.*\)\.?$", "", found[1])
    return more[0]


def follow(folder: Path, problem: dict[str, Any]) -> None:
    """Edit the file as the hint of a problem says."""
    name, row, start, end = place(problem)
    path, said = folder / name, advice(problem["hint"])
    lines = path.read_text(encoding="utf-8").split("\n")
    line = lines[row]
    if problem["code"] in {"silent-comment", "yaml-syntax"} and said.startswith('"'):
        bare = said.strip('"')  # the whole text: its beginning is before the comment
        lines[row] = line.replace(bare, said, 1)
    elif problem["code"] in {"name-comma", "secret-reference", "secret-literal"}:
        _, value = said.split(": ", 1)
        if problem["code"] != "name-comma":  # what is there is not shown, nor where it ends
            lines[row] = re.sub('token: "[^"]*"', f"token: {value}", line)
        elif value == "true":
            lines[row] = f"{line[:end]}, {said}{line[end:]}"
        else:
            lines[row] = f"{line[:start]}{value}{line[end:]}"
    elif problem["code"] == "publish-null":
        lines[row] = re.sub(r"(\w+): null", said, line)
    elif problem["summary"].startswith("Line indented "):
        lines[row] = said
    elif problem["code"] == "unknown-field" and said.startswith("files: "):
        lines[row] = line[: len(line) - len(line.lstrip())] + said  # the whole block, of which the first wrong key is reported
    elif problem["code"] == "unknown-field" and "territories" in line:
        lines[row] = re.sub(r"\{.*\}", said, line)  # the whole mapping, whose keys are countries
    elif problem["code"] == "unknown-field" and said.startswith("{"):
        lines[row] = re.sub(r"\{.*\}", said, line)  # the item, whose key is reported
    elif problem["code"] == "unknown-field" and re.match(r"\w+: ", said):
        lines[row] = line[:start] + said  # with what it says, to the end of the line
    elif problem["code"] == "missing-field":
        lines[row] = line.replace("{", f"{{{said}, ", 1)
    elif problem["code"].startswith("yaml-"):
        lines[row] = line[: len(line) - len(re.sub(r"^\s*(?:- )*", "", line))] + said
    else:
        lines[row] = line[:start] + said + line[end:]
    path.write_text("\n".join(lines), encoding="utf-8")


def edited(old: str, new: str) -> str:
    assert BOOK.count(old) == 1, old
    return BOOK.replace(old, new)


BROKEN = {
    "day as a number": edited("2031-09-01", "20310901"),
    "day first": edited("2031-09-01", "01/06/2031"),
    "day with points": edited("2031-09-01", "1.6.2031"),
    "day in words": edited("2031-09-01", "1 de junio de 2031"),
    "day with a time": edited("2031-09-01", '"2031-09-01 00:00:00"'),
    "decimal comma in braces": edited(PRICES, "{USD: 8,99}"),
    "two decimal commas in braces": edited(PRICES, "{USD: 8,99, EUR: 7,99}"),
    "decimal comma in quotes": edited(PRICES, '{USD: "8,99"}'),
    "decimal comma in a block": edited("    prices: {USD: 7.50}\n", "    prices:\n      USD: 8,99\n"),
    "thousands in a block": edited("    prices: {USD: 7.50}\n", "    prices:\n      COP: 45.000\n"),
    "thousands and a comma": edited("    prices: {USD: 7.50}\n", "    prices:\n      ARS: 12.500,00\n"),
    "thousands of a currency without cents": edited(PRICES, "{CLP: 12.500}"),
    "zeros beyond the cents": edited(PRICES, "{USD: 7.500}"),
    "a sign before an amount": edited("    prices: {USD: 7.50}\n", "    prices:\n      EUR: €8.99\n"),
    "a currency behind an amount": edited("    prices: {USD: 7.50}\n", "    prices:\n      EUR: 8.99 EUR\n"),
    "an amount for all": edited(PRICES, "7.50"),
    "a currency in small letters": edited(PRICES, "{usd: 7.50}"),
    "role": edited("role: author", "role: writer"),
    "role in another language": edited("role: author", "role: Autora"),
    "role as a code": edited("role: author", "role: a01"),
    "format": edited("format: epub", "format: ebook"),
    "format of a device": edited("format: epub", "format: kindle"),
    "format in capitals": edited("format: epub", "format: EPUB"),
    "a person as text": edited("[{name: Petra Holm, role: author}]", "[Petra Holm]"),
    "people as text": edited("[{name: Petra Holm, role: author}]", "Petra Holm; Otto Lind"),
    "a name sorted by its last part": edited("name: Petra Holm,", 'name: "Holm, Petra",'),
    "a name with a suffix": edited("name: Petra Holm,", 'name: "Amos Vale, Jr.",'),
    "an organization": edited("name: Petra Holm,", 'name: "Nord Media, Inc.",'),
    "a number as a title": edited("title: Book", "title: 1984"),
    "a number in another form": edited("title: Book", "title: 1e3"),
    "a number with a point": edited("title: Book", "title: 1."),
    "a language in words": edited("language: en", "language: English"),
    "subjects as a list": edited("{bisac: [FIC000000]}", "[FIC000000]"),
    "a subject as text": edited("{bisac: [FIC000000]}", "FIC000000"),
    "a subject with a blank": edited("FIC000000", "FIC 000000"),
    "a file as text": edited('{content: "https://files.example.com/book.epub"}', "https://files.example.com/book.epub"),
    "accounts as a list": edited(PUBLISH, "[store]"),
    "an account as text": edited(PUBLISH, "store"),
    "an account misspelt": edited(PUBLISH, "{stoer: {}}"),
    "an account with nothing": edited(PUBLISH, "{store: null}"),
    "a day where a time belongs": edited(PUBLISH, "{store: {sale_from: 2031-09-01}}"),
    "a time with a letter": edited(PUBLISH, "{store: {sale_from: 2031-09-01T10:00}}"),
    "a country by its code": edited(PUBLISH, "{store: {countries: [FI]}}"),
    "a country misspelt": edited(PUBLISH, "{store: {countries: [Finnland]}}"),
    "a country in another language": edited(PUBLISH, "{store: {countries: [Brasil]}}"),
    "countries as text": edited("language: en", "language: en\nterritories: AR"),
    "keywords as text": edited("language: en", "language: en\nkeywords: sea, tide"),
    "a hash in a title": edited("title: Book", "title: Inspector Vass #3"),
    "a hash in a list": edited("language: en", "language: en\nkeywords:\n  - harbour #north"),
    "a hash for an item": edited("language: en", "language: en\nkeywords:\n  - #tide"),
    "a hash in brackets": edited("language: en", "language: en\nkeywords: [sea #north]"),
    "a hash for an item in brackets": edited("language: en", "language: en\nkeywords: [#tide]"),
    "a colon left out": edited("language: en", "language en"),
    "a colon left out at the end": BOOK + "keywords\n",
    "an ISBN of a spreadsheet": edited(FORMAT, FORMAT + '    isbn: "9780306406157.0"\n'),
    "a price in the singular": edited("    prices: {USD: 7.50}\n", "    price: 9.99\n"),
    "a price in the singular with its currency": edited("prices: {USD: 7.50}", "price: {USD: 9.99}"),
    "a sign for a currency": edited(PRICES, "{$: 9.99}"),
    "a name for a currency": edited(PRICES, "{Euro: 9.99}"),
    "a country for a currency": edited(PRICES, "{US: 9.99}"),
    "prices as a list": edited(PRICES, "[{currency: EUR, amount: 9.99}, {currency: USD, amount: 12}]"),
    "a price as text": edited(PRICES, "€9.99"),
    "an ISBN behind its name": edited(FORMAT, FORMAT + "    isbn: ISBN 978-0-306-40615-7\n"),
    "an ISBN in a URN": edited(FORMAT, FORMAT + "    isbn: urn:isbn:9780306406157\n"),
    "an ISBN with a remark": edited(FORMAT, FORMAT + "    isbn: 9780306406157 (epub)\n"),
    "an ISBN in curly quotes": edited(FORMAT, FORMAT + "    isbn: \u201c9780306406157\u201d\n"),
    "an ISBN in a list": edited(FORMAT, FORMAT + "    isbn: [9780306406157]\n"),
    "an ISBN without its check digit": edited(FORMAT, FORMAT + "    isbn: 978030640615\n"),
    "an ISBN with a wrong check digit": edited(FORMAT, FORMAT + "    isbn: 978-0-306-40615-3\n"),
    "an ISBN-10 with a wrong check digit": edited(FORMAT, FORMAT + "    isbn: 0-306-40615-X\n"),
    "another name for the ISBN": edited(FORMAT, FORMAT + "    isbn13: 9780306406157\n"),
    "a language of three letters": edited("language: en", "language: eng"),
    "a language of another list": edited("language: en", "language: ger"),
    "a language in capitals": edited("language: en", "language: DE"),
    "a country for a language": edited("language: en", "language: JP"),
    "a language with a remark": edited("language: en", "language: English (UK)"),
    "languages": edited("language: en", "language: [en, de]"),
    "a month": edited("2031-09-01", "September 2031"),
    "a month in numbers": edited("2031-09-01", "2031-09"),
    "a year": edited("2031-09-01", "2031"),
    "a quarter": edited("2031-09-01", "Q3 2031"),
    "seconds since 1970": edited("2031-09-01", "1946000000"),
    "milliseconds since 1970": edited("2031-09-01", "1946000000000"),
    "a day that is not": edited("2031-09-01", "2031-09-31"),
    "a month that is not": edited("2031-09-01", "2031-13-09"),
    "another name for the day": edited("publication_date:", "release_date:"),
    "a day of publishing": edited("publication_date:", "publish_date:"),
    "a person as a mapping": edited("[{name: Petra Holm, role: author}]", "{name: Petra Holm, role: author}"),
    "people by role": edited("[{name: Petra Holm, role: author}]", "{authors: [Petra Holm, Otto Lind]}"),
    "a person by role": edited("{name: Petra Holm, role: author}", "{author: Petra Holm}"),
    "a person without a role": edited("{name: Petra Holm, role: author}", "{name: Petra Holm}"),
    "a person in parts": edited("{name: Petra Holm, role: author}", "{first_name: Petra, last_name: Holm, role: author}"),
    "an author": edited("contributors: [{name: Petra Holm, role: author}]", "author: Petra Holm"),
    "authors": edited("contributors: [{name: Petra Holm, role: author}]", "authors: [Petra Holm, Otto Lind]"),
    "authors without a role": edited("contributors: [{name: Petra Holm, role: author}]", "authors: [{name: Petra Holm}]"),
    "who wrote it": edited("contributors: [{name: Petra Holm, role: author}]", "written_by: Petra Holm"),
    "subjects by their scheme": edited("subjects: {bisac: [FIC000000]}", "bisac: [FIC000000]"),
    "a subject with its heading": edited("FIC000000", "FIC000000 Fiction / General"),
    "a subject in small letters": edited("FIC000000", "fic000000"),
    "a keyword": edited("language: en", "language: en\nkeyword: sea"),
    "tags": edited("language: en", "language: en\ntags: sea, tide"),
    "a file of another name": edited("files: {content:", "files: {epub:"),
    "files of other names": edited(
        '{content: "https://files.example.com/book.epub"}',
        '{ebook_content: "https://files.example.com/book.epub", cover_image: "https://files.example.com/b.jpg"}',
    ).replace(PUBLISH, "{store: false}"),
    "a file of its own": edited('files: {content: "https://files.example.com/book.epub"}', 'file: "https://files.example.com/book.epub"'),
    "editions as a list of words": re.sub(r"editions:[\s\S]*", "editions: [epub]\n", BOOK),
    "editions as a list": re.sub(r"editions:[\s\S]*", "editions: [{id: epub, format: epub, publish: {}}]\n", BOOK),
    "an edition as its file": re.sub(r"editions:[\s\S]*", "editions: {epub: https://files.example.com/book.epub}\n", BOOK),
    "the world": edited("language: en", "language: en\nterritories: worldwide"),
    "the world in a list": edited("language: en", "language: en\nterritories: [World]"),
    "countries by name": edited("language: en", "language: en\nterritories: Germany, Austria"),
    "a country of three letters": edited("language: en", "language: en\nterritories: [USA]"),
    "a union of countries": edited("language: en", "language: en\nterritories: [Benelux]"),
    "countries of a title": edited("language: en", "language: en\ncountries: US"),
    "an id with capitals": edited("id: book", "id: Book"),
    "an id with an umlaut": edited("id: book", "id: m\u00f6we"),
    "an edition with capitals": edited("  epub:\n", "  EPUB:\n"),
    "a title with a colon": edited("title: Book", "title: Book: A Novel"),
    "a title that begins with quotes": edited("title: Book", 'title: "Book" and more'),
    "a title with an apostrophe in quotes": edited("title: Book", "title: 'L'amour'"),
    "a title that begins with a bracket": edited("title: Book", "title: [Book] A Novel"),
    "a title that begins with an at sign": edited("title: Book", "title: @Book"),
    "a title between asterisks": edited("title: Book", "title: *Book*"),
    "a title that begins with a hyphen": edited("title: Book", "title: - Book"),
    "a title with a comma behind its quotes": edited("title: Book", 'title: "Book",'),
    "a colon without a blank": edited("title: Book", "title:Book"),
    "an equals sign": edited("title: Book", "title = Book"),
    "a line indented too far": edited("title: Book", "  title: Book"),
    "a line indented too far in a block": edited("    prices: {USD: 7.50}\n", "     prices: {USD: 7.50}\n"),
    "a line indented too little in a block": edited("    prices: {USD: 7.50}\n", "   prices: {USD: 7.50}\n"),
    "the first line of a block indented too little": edited(FORMAT, "  format: epub\n"),
    "the key of a block indented too little": edited("  epub:\n", "  pdf: {format: pdf, publish: {}}\n epub:\n"),
    "an item indented too far": edited(
        "[{name: Petra Holm, role: author}]", "\n  - {name: Petra Holm, role: author}\n   - {name: Al, role: editor}"
    ),
    "an item indented too little": edited(
        "[{name: Petra Holm, role: author}]", "\n  - {name: Petra Holm, role: author}\n - {name: Al, role: editor}"
    ),
    "a review as text": edited("language: en", "language: en\nreviews: A book to live with."),
    "reviews as texts": edited("language: en", "language: en\nreviews: [A book to live with., A fine book]"),
    "a review as a mapping": edited("language: en", "language: en\nreviews: {text: A fine book}"),
    "awards as texts": edited("language: en", "language: en\nawards: [Nordic Prize, Baltic Prize]"),
    "an award among others as text": edited("language: en", "language: en\nawards: [Nordic Prize, {name: Baltic Prize}]"),
    "several series as texts": edited("language: en", "language: en\nseries: [Coast, Sea]"),
    "people as a list of texts": edited("[{name: Petra Holm, role: author}]", "[Petra Holm, Otto Lind]"),
    "countries as keys": edited("language: en", "language: en\nterritories: {ES: true, FR: true}"),
    "countries that are left out as keys": edited("language: en", "language: en\nterritories: {US: false}"),
    "a track as its file": edited(FORMAT, "    format: audiobook\n    tracks: https://files.example.com/intro.mp3\n").replace(
        '    files: {content: "https://files.example.com/book.epub"}\n', ""
    ),
    "tracks as their files": edited(
        FORMAT, '    format: audiobook\n    tracks: ["https://files.example.com/1-the-sea.mp3", "https://files.example.com/2.mp3"]\n'
    ).replace('    files: {content: "https://files.example.com/book.epub"}\n', ""),
    "pages with a unit": edited(FORMAT, FORMAT + "    pages: 120 pp.\n"),
    "protected as in Terraform": edited(FORMAT, FORMAT + "    lifecycle: {prevent_destroy: true}\n"),
    "a name with a comma of another script": edited("name: Petra Holm,", 'name: "Holm\uff0cPetra",'),
    "a name with dates": edited("name: Petra Holm,", 'name: "Holm, Petra (1950-2010)",'),
    "an organization of Spain": edited("name: Petra Holm,", 'name: "Nord Media, S.L.",'),
    "an organization of Mexico": edited("name: Petra Holm,", 'name: "Nord Media, S.A. de C.V.",'),
    "an organization of Italy": edited("name: Petra Holm,", 'name: "Nord Media, S.p.A.",'),
    "an organization of Portugal": edited("name: Petra Holm,", 'name: "Nord Media, Lda.",'),
    "an organization of France": edited("name: Petra Holm,", 'name: "Nord Media, SARL",'),
    "a colon left out before braces": edited("publish: {store: {}}", "publish {store: {}}"),
    "a colon left out before brackets": edited("subjects: {bisac: [FIC000000]}", "subjects {bisac: [FIC000000]}"),
    "a colon left out in an item": edited("[{name: Petra Holm, role: author}]", "\n  - name Petra Holm\n    role: author"),
    "thousands with a comma in braces": edited(PRICES, "{COP: 45,000}"),
    "thousands with a comma in a block": edited("    prices: {USD: 7.50}\n", "    prices:\n      EUR: 8,995\n"),
    "one digit behind a decimal comma": edited(PRICES, "{USD: 8,9}"),
    "a currency without a blank": edited(PRICES, "{USD:7.50}"),
    "a currency without a colon": edited(PRICES, "{USD 7.50}"),
    "the singular of files": edited("files: {content:", "file: {content:"),
    "codes of countries with blanks": edited("language: en", "language: en\nterritories: US CA"),
    "a truth value in quotes": edited(PUBLISH, "{store: {free: 'true'}}"),
    "an address without its scheme": edited("https://files.example.com/book.epub", "www.example.com/book.epub"),
    "an address without its colon": edited("https://files.example.com/book.epub", "https//files.example.com/book.epub"),
    "a name in another language": edited("{name: Petra Holm,", "{nombre: Petra Holm,"),
    "an id by another word": edited("id: book", "identifier: book"),
    "a format by its abbreviation": edited("format: epub", "fmt: epub"),
    "a title in another language": edited("title: Book", "titulo: Book"),
    "an ISBN without its zero": edited(FORMAT, FORMAT + "    isbn: 306406152\n"),
}


@pytest.mark.parametrize("case", [name for name in BROKEN if name != "a colon left out at the end"])
def test_what_a_hint_says_to_write_helps(tmp_path: Path, case: str) -> None:
    folder = project(tmp_path, BROKEN[case])
    found = told(folder)
    assert found, "nothing is told"
    assert len({place(problem)[1] for problem in found}) == 1
    for problem in reversed(found):
        follow(folder, problem)
    left = [problem for problem in told(folder) if problem["code"] != "fact-not-held"]  # what publica.la has no place for
    assert left == [], (folder / "catalog/book.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_one_mistake_is_one_message(tmp_path: Path, case: str) -> None:
    assert len(told(project(tmp_path, BROKEN[case]))) == (2 if case.startswith("two ") else 1)


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("Anna Bell, Otto Lind & Petra Holm", ["Anna Bell", "Otto Lind", "Petra Holm"]),
        ("Anna Bell, Otto Lind, Petra Holm", ["Anna Bell", "Otto Lind", "Petra Holm"]),
        ("Anna Bell, Otto Lind y Petra Holm", ["Anna Bell", "Otto Lind", "Petra Holm"]),
        ("Bell, Anna and Lind, Otto", ["Anna Bell", "Otto Lind"]),
        ("Bell, Anna e Lind, Otto", ["Anna Bell", "Otto Lind"]),
        ("Anna Bell; Otto Lind", ["Anna Bell", "Otto Lind"]),
        ("Voltaire; Colette", ["Voltaire", "Colette"]),
        ("Bell, Anna; Lind, Otto;", ["Anna Bell", "Otto Lind"]),
    ],
)
def test_several_people_in_one_text_are_several_items_and_no_organization(tmp_path: Path, name: str, people: list[str]) -> None:
    folder = project(tmp_path, edited("name: Petra Holm,", f'name: "{name}",'))
    (problem,) = told(folder)
    items = problem["hint"].splitlines()[1]
    assert re.findall("name: ([^,]+),", items) == people
    (folder / "catalog/book.yaml").write_text(edited("{name: Petra Holm, role: author}", items), encoding="utf-8")
    assert told(folder) == []


def test_a_surname_of_two_words_is_not_two_people(tmp_path: Path) -> None:
    (problem,) = told(project(tmp_path, edited("name: Petra Holm,", 'name: "Ortega y Gasset, Jos\u00e9",')))
    assert problem["hint"].splitlines()[1] == "name: Jos\u00e9 Ortega y Gasset"


def test_a_role_behind_a_name_is_told_as_one(tmp_path: Path) -> None:
    (problem,) = told(project(tmp_path, edited("name: Petra Holm,", 'name: "Anna Bell, trans.",')))
    assert problem["hint"].splitlines()[1:] == ["name: Anna Bell", "role: translator"]


def test_one_person_in_two_unicode_forms_is_listed_twice(tmp_path: Path) -> None:
    people = "[{name: Jos\u00e9 Vale, role: author}, {name: Jose\u0301 Vale, role: author}, {name: \uff2aos\u00e9 Vale, role: author}]"
    found = told(project(tmp_path, edited("[{name: Petra Holm, role: author}]", people)))
    assert [item["code"] for item in found] == ["contributor-twice"] * 2


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ("name: \u6751\u4e0a\u6625\u6a39, last_name: \u6751\u4e0a", ("\u6625\u6a39", "\u6751\u4e0a")),
        ("name: \u6751\u4e0a\u6625\u6a39, first_name: \u6625\u6a39", ("\u6625\u6a39", "\u6751\u4e0a")),
        ("name: Mary-Kim Kim, first_name: Mary", ("Mary-Kim", "Kim")),
        ("name: Anna Bell-Lind, last_name: Lind", ("Anna", "Bell-Lind")),
    ],
)
def test_both_parts_of_a_name_that_a_hint_offers_are_the_whole_name(tmp_path: Path, said: str, parts: tuple[str, str]) -> None:
    folder = project(tmp_path, edited("name: Petra Holm,", f"{said},"))
    (problem,) = told(folder)
    both = [f"first_name: {parts[0]}", f"last_name: {parts[1]}"]
    assert problem["hint"].splitlines()[1:] == both
    followed = edited("name: Petra Holm,", f"{said.partition(', ')[0]}, {', '.join(both)},")
    (folder / "catalog/book.yaml").write_text(followed, encoding="utf-8")
    assert told(folder) == []


@pytest.mark.parametrize("amount", ["1,00,000", "1,00,000.00", "12,34,567"])
@pytest.mark.parametrize("form", ["    prices: {INR: A, USD: 7.50}\n", "    prices:\n      INR: A\n      USD: 7.50\n"])
def test_thousands_as_india_groups_them_are_not_taken_for_a_decimal_comma(tmp_path: Path, form: str, amount: str) -> None:
    (problem,) = told(project(tmp_path, edited("    prices: {USD: 7.50}\n", form.replace("A", amount))))
    assert problem["hint"] == f"Write {amount.replace(',', '')}"
    assert problem["summary"] == "Thousands set apart in an amount"


def test_thousands_as_india_groups_them_are_told_in_json(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "catalog/book.yaml").unlink()
    book = '{"kind": "title", "id": "b", "editions": {"epub": {"format": "epub", "prices": {"INR": 1,00,000, "USD": 7.50}}}}'
    (folder / "catalog/book.json").write_text(book, encoding="utf-8")
    (problem,) = told(folder)
    assert problem["hint"] == "Write 100000"


@pytest.mark.parametrize(
    ("prices", "hint"),
    [
        ("{ISK: 0.50}", "Write an amount that can be paid, such as 1"),
        ("{JPY: 1,200}", "Write 1200"),
        ("{JPY: '8,99'}", "Write an amount that can be paid, such as 9"),
        ("{KWD: 1,200}", "Write 1200\nOr, where it has a decimal sign, write 1.200"),
    ],
)
def test_a_hint_offers_only_what_the_currency_has_digits_for(tmp_path: Path, prices: str, hint: str) -> None:
    (problem,) = told(project(tmp_path, edited(PRICES, prices)))
    assert problem["hint"] == hint


def test_a_price_for_a_time_has_both_readings_of_a_point(tmp_path: Path) -> None:
    window = "{currency: COP, amount: 45.000, ends_at: 2099-12-24}"
    found = told(project(tmp_path, edited(PUBLISH, f"{{store: {{price_windows: [{window}]}}}}")))
    assert [item["hint"] for item in found] == ["Write 45000\nOr, where the point is the decimal point, write 45.00"]


def test_items_without_a_blank_behind_the_hyphen_are_told_as_that(tmp_path: Path) -> None:
    folder = project(tmp_path, edited("language: en", "language: en\nkeywords:\n  -sea\n  -top hat"))
    (problem,) = told(folder)
    _, *items = problem["hint"].splitlines()
    assert items == ["- sea", "- top hat"]
    path = folder / "catalog/book.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("-sea", items[0]).replace("-top hat", items[1]), encoding="utf-8")
    assert told(folder) == []


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("\\u2028", "invisible-character"),
        ("\\u2029", "invisible-character"),
        ("\\L", "invisible-character"),
        ("\\P", "invisible-character"),
        ("\\N", "control-character"),
        ("&#0;", "control-character"),
        ("&#11;", "control-character"),
        ("&#x202e;", "control-character"),
        ("&#x200b;", "invisible-character"),
    ],
)
def test_what_is_not_seen_is_told_also_where_it_is_written_as_an_escape_or_an_entity(tmp_path: Path, written: str, code: str) -> None:
    folder = project(tmp_path, edited("title: Book", f'title: "Bo{written}ok"'))
    (problem,) = told(folder)
    assert problem["code"] == code
    name, row, start, end = place(problem)
    line = (folder / name).read_text(encoding="utf-8").split("\n")[row]
    assert line[start:end] == written
    (folder / name).write_text(edited("title: Book", 'title: "Book"'), encoding="utf-8")
    assert told(folder) == []


def test_entities_that_are_seen_are_not_told(tmp_path: Path) -> None:
    assert told(project(tmp_path, edited("A novel of the coast.", '"<p>A novel&#8230;&#10;of&#160;the &#133; coast</p>"'))) == []
    other = edited("A novel of the coast.", "\u0e01&#x200b;\u0e02")  # in Thai, it parts words
    (tmp_path / "catalog/book.yaml").write_text(other, encoding="utf-8")
    assert told(tmp_path) == []


def test_a_raw_line_separator_is_not_to_be_written_as_an_escape(tmp_path: Path) -> None:
    (problem,) = told(project(tmp_path, edited("title: Book", "title: Bo\u2028ok")))
    assert problem["hint"] == "Use an ordinary line break."


def test_an_option_of_a_store_takes_the_code_that_a_country_has(tmp_path: Path) -> None:
    found = told(project(tmp_path, edited(PUBLISH, "{publishdrive: {territories: [Spain]}}")))
    assert [item["hint"] for item in found if item["code"] == "bad-country"] == ["Write ES (Spain)."]


def test_a_product_that_is_an_ean_is_told_as_one(tmp_path: Path) -> None:
    (problem,) = told(project(tmp_path, edited(PUBLISH, "{openpub: {product: '9781496822482'}}")))
    assert problem["hint"] == 'Write\n{ean: "9781496822482"}'
    book = edited(PUBLISH, '{openpub: {product: {ean: "9781496822482"}}}')
    (tmp_path / "catalog/book.yaml").write_text(book, encoding="utf-8")
    assert "product" not in {str(item["detail"]).split("`")[1] for item in told(tmp_path) if item["code"] == "wrong-type"}


def test_a_path_of_windows_is_not_advised_with_other_slashes(tmp_path: Path) -> None:
    (problem,) = told(project(tmp_path, edited('"https://files.example.com/book.epub"', "C:\\b.epub")))
    assert problem["hint"].startswith("Copy the file into the project")


@pytest.mark.parametrize("written", ["${env:TOKEN", "${env:}", "${file:}", "${var.token}"])
def test_a_reference_that_is_malformed_is_not_told_as_a_secret(tmp_path: Path, written: str) -> None:
    folder = project(tmp_path, project_file=PROJECT.replace("publicala,", f'publicala, token: "{written}",'))
    (problem,) = told(folder)
    assert problem["code"] == "secret-reference"
    line = problem["hint"].splitlines()[1]
    (folder / "catalogctl.yaml").write_text(PROJECT.replace("publicala,", f"publicala, {line},"), encoding="utf-8")
    assert told(folder) == []


def test_the_version_of_an_interface_is_told_from_its_number(tmp_path: Path) -> None:
    folder = project(tmp_path, project_file=PROJECT.replace("publicala,", "publicala, content_api: 3,"))
    (problem,) = told(folder)
    follow(folder, problem)
    assert "content_api: v3" in (folder / "catalogctl.yaml").read_text(encoding="utf-8")
    assert told(folder) == []


@pytest.mark.parametrize("typed", ["apply --yes", "apply -y", "destroy --force"])
def test_an_option_that_agrees_elsewhere_is_told_as_ours(tmp_path: Path, typed: str) -> None:
    assert "--auto-approve" in catalogctl("-C", str(project(tmp_path)), *typed.split()).ended(1).err


def test_a_state_given_for_a_plan_is_told_as_one(tmp_path: Path) -> None:
    folder = project(tmp_path)
    catalogctl("-C", str(folder), "apply", "--auto-approve").ended(0)
    ran = catalogctl("-C", str(folder), "apply", str(folder / "state/default.json")).ended(5)
    assert "It is the state file, and no saved plan." in " ".join(ran.err.split())


@pytest.mark.parametrize("provider", ["publica.la", "Publicala", "publicla"])
def test_the_provider_that_a_hint_names_is_one(tmp_path: Path, provider: str) -> None:
    folder = project(tmp_path, project_file=PROJECT.replace("provider: publicala", f"provider: {provider}"))
    (problem,) = [problem for problem in told(folder) if problem["code"] == "unknown-provider"]
    follow(folder, problem)
    assert told(folder) == []


@pytest.mark.parametrize("written", ["${{ secrets.SHOP_KEY }}", "$SHOP_KEY", "%SHOP_KEY%", "{{ shop_key }}"])
def test_the_reference_that_a_hint_writes_is_one(tmp_path: Path, written: str) -> None:
    folder = project(tmp_path, project_file=PROJECT.replace("publicala,", f'publicala, token: "{written}",'))
    (problem,) = told(folder)
    follow(folder, problem)
    assert told(folder) == []


@pytest.mark.parametrize(
    ("on_disk", "written"), [("book.epub", "Book.EPUB"), ("canci\u00f3n.epub", "cancio\u0301n.epub"), ("boook.epub", "book.epub")]
)
def test_the_file_that_a_hint_names_is_there(tmp_path: Path, on_disk: str, written: str) -> None:
    book = edited('{content: "https://files.example.com/book.epub"}', f"{{content: assets/{written}}}")
    book = book.replace("store: {}", "openpub: {product: 1}")
    folder = project(tmp_path, book)
    (folder / "catalog/assets" / on_disk).write_bytes(small.epub())
    (problem,) = told(folder)
    follow(folder, problem)
    assert told(folder) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("{store: {published: true}}", ("publishdrive", "publica.la has no such option")),
        ("{publishdrive: {categories: [Novela]}}", ("publicala", "Say `subjects`")),
        ("{store: {distribution: {enabled: true}}}", ("openpublishing", "Remove it here")),
        ("{openpub: {product: 1, countries: [Chile]}}", ("publicala", "Say `territories` here, for this account alone, or on the title")),
        ("{store: {price: {USD: 1}}}", ("Say `prices` here, for this account alone, or on the title",)),
    ],
)
def test_an_option_of_another_provider_is_told_as_that(tmp_path: Path, options: str, words: tuple[str, ...]) -> None:
    (problem,) = [item for item in told(project(tmp_path, edited(PUBLISH, options))) if item["code"] == "unknown-field"]
    assert all(word in problem["hint"] for word in words), problem["hint"]


def test_a_title_file_given_for_a_plan_is_told_as_one_and_the_commands_of_the_hint_work(tmp_path: Path) -> None:
    folder = str(project(tmp_path))
    ran = catalogctl("-C", folder, "apply", str(tmp_path / "catalog/book.yaml")).ended(5)
    assert "no saved plan" in " ".join(ran.err.split())
    commands = [line.strip().split()[1:] for line in ran.err.splitlines() if re.match(r"\s*(hint: )?catalogctl ", line)]
    for command in commands:
        at = command.index("plan.json") if "plan.json" in command else len(command) - 1
        command[at] = str(tmp_path / "plan.json")
        catalogctl(*command).ended(0)


def test_destroy_without_a_terminal_advises_what_destroys(tmp_path: Path) -> None:
    folder = str(project(tmp_path))
    catalogctl("-C", folder, "apply", "--auto-approve").ended(0)
    ran = catalogctl("-C", folder, "destroy").ended(1)
    (command,) = re.findall(r"^\s*(catalogctl .*destroy.*)$", ran.err, flags=re.MULTILINE)
    catalogctl(*command.split()[1:], "--allow", "deletes=1").ended(0)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (
            "destroy --target publishdrive/* --exclude x --allow deletes=1",
            "destroy --target 'publishdrive/*' --exclude x --allow deletes=1",
        ),
        ("apply --target store/* --replace store/* --no-refresh", "apply --target 'store/*' --replace 'store/*' --no-refresh"),
        ("apply --partial --fail-fast --parallelism 2 --lock-timeout 5", "apply --partial --fail-fast --parallelism 2 --lock-timeout 5"),
        ("apply --env other --refresh-only", "--env other apply --refresh-only"),
    ],
)
def test_a_command_that_agrees_beforehand_keeps_every_option_typed(tmp_path: Path, typed: str, kept: str) -> None:
    ran = catalogctl("-C", str(project(tmp_path)), *typed.split()).ended(1)
    commands = [line.split("catalogctl ", 1)[1] for line in ran.err.splitlines() if re.match(r"\s*catalogctl ", line)]
    assert all(f"-C {tmp_path}" in command for command in commands)
    last = commands[-1].replace(f"-C {tmp_path} ", "").replace(" --auto-approve", "").removesuffix(" --approved DIGEST")
    assert last == kept


def test_a_destroy_that_follows_its_hint_removes_what_was_selected(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "catalog/other.yaml").write_text(
        BOOK.replace("id: book", "id: other").replace("title: Book", "title: Other"), encoding="utf-8"
    )
    catalogctl("-C", str(folder), "apply", "--auto-approve").ended(0)
    held = set(catalogctl("-C", str(folder), "state", "list").ended(0).out.split())
    gone = {address for address in held if "/other." in address}
    assert gone
    assert gone != held
    ran = catalogctl("-C", str(folder), "destroy", "--target", "other", "--allow", "deletes=9").ended(1)
    (command,) = re.findall(r"^\s*(catalogctl .*destroy.*)$", ran.err, flags=re.MULTILINE)
    catalogctl(*shlex.split(command)[1:]).ended(0)
    assert set(catalogctl("-C", str(folder), "state", "list").ended(0).out.split()) == held - gone


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD\n", "||||||| base\n", "=======\n", ">>>>>>> branch\n"])
def test_a_mark_of_a_merge_is_told_at_its_line(tmp_path: Path, mark: str) -> None:
    (problem,) = told(project(tmp_path, edited("language: en\n", f"language: en\n{mark}")))
    assert (problem["code"], place(problem)[1]) == ("merge-conflict", 4)


@pytest.mark.parametrize(
    ("name", "text", "words"), [("list.yaml", "- kind: title\n- kind: title\n", "---"), ("list.json", "[{}]", "a file for each")]
)
def test_a_list_of_titles_is_told_how_to_be_split(tmp_path: Path, name: str, text: str, words: str) -> None:
    folder = project(tmp_path)
    (folder / "catalog" / name).write_text(text, encoding="utf-8")
    (problem,) = told(folder)
    assert words in problem["hint"]


SETTINGS = {
    "seconds with a blank": "timeout: 30 s",
    "seconds in words": "timeout: 30 seconds",
    "minutes in words": 'timeout: "1 minute"',
    "a time of the clock": 'timeout: "00:30"',
    "a rate with its unit": "requests_per_minute: 60/min",
    "a rate in quotes": 'requests_per_minute: "60"',
    "a rate of another name": "rate_limit: 60",
    "a setting misspelt": "concurency: 4",
    "a warning for a word": "unsupported: warning",
}
LIMITS = {
    "a percentage with a blank": "max_deletes: 10 %",
    "a percentage in words": "max_deletes: 10 percent",
    "a share": "max_deletes: 0.1",
    "no limit": "max_deletes: no limit",
    "a bare percentage": "max_price_change: 50",
    "a limit in camel case": "maxDeletes: 10%",
    "a limit without max": "deletes: 10%",
}
ADDRESSES = {
    "no scheme": "your-store.publica.la",
    "no scheme and a path": "your-store.publica.la/shop",
    "no encryption": "http://your-store.publica.la",
    "a scheme misspelt": "htps://your-store.publica.la",
    "a colon left out": "https//your-store.publica.la",
    "a query": "https://your-store.publica.la?x=1",
    "the sandbox in capitals": "Sandbox",
    "this machine": "localhost:8000",
}
PROJECTS = {
    **{name: PROJECT.replace("sandbox}", f"sandbox, {line}}}", 1) for name, line in SETTINGS.items()},
    **{name: f"{PROJECT}safety: {{{line}}}\n" for name, line in LIMITS.items()},
    **{name: PROJECT.replace("base_url: sandbox", f'base_url: "{line}", token: "${{env:T}}"', 1) for name, line in ADDRESSES.items()},
    "accounts of another name": PROJECT.replace("accounts:", "stores:"),
    "an account as its provider": PROJECT.replace("{provider: publicala, base_url: sandbox}", "publicala", 1),
    "a provider as a type": PROJECT.replace("{provider: publicala", "{type: publicala", 1),
    "a catalog that is no list": PROJECT.replace("[catalog/]", "catalog/"),
    "a version as text": PROJECT.replace("version: 1", 'version: "1"'),
    "a backend as text": f"{PROJECT}backend: local\n",
    "another name for the key": PROJECT.replace("publishdrive, base", 'publishdrive, token: "${env:T}", base'),
}


def told_of_the_project(folder: Path) -> list[dict[str, Any]]:
    events = [json.loads(line) for line in catalogctl("-C", str(folder), "--json", "validate").out.splitlines()]
    return [event["diagnostic"] for event in events if event["type"] == "diagnostic" and event["diagnostic"]["file"] == "catalogctl.yaml"]


@pytest.mark.parametrize("case", sorted(PROJECTS))
def test_what_a_hint_says_of_the_project_file_helps(tmp_path: Path, case: str) -> None:
    folder = project(tmp_path, project_file=PROJECTS[case])
    (problem,) = told_of_the_project(folder)
    follow(folder, problem)
    wrong = {item["code"] for item in told_of_the_project(folder)} - {"missing-field"}  # an account that is only named has no address yet
    assert wrong == set(), (folder / "catalogctl.yaml").read_text(encoding="utf-8")


JSON_BOOK = '{"kind": "title", "id": "book", "title": "Book", "language": "en"}'


@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [
        ('"en"}', '"en",}', "Remove the comma."),
        ('"title": "Book"', "'title': \"Book\"", 'Write "title"'),
        ('"title": "Book"', 'title: "Book"', 'Write "title":'),
        ('"title": "Book"', '"title": \u201cBook\u201d', 'Write "Book"'),
        ('"title": "Book"', '"title": True', "Write true"),
        ('"id"', '// the id\n"id"', "Remove the comment"),
        ('"id"', '/* the id */ "id"', "Remove the comment"),
    ],
)
def test_what_json_does_not_have_is_told_at_its_place(tmp_path: Path, old: str, new: str, meant: str) -> None:
    folder = project(tmp_path)
    (folder / "catalog/book.yaml").unlink()
    (folder / "catalog/book.json").write_text(JSON_BOOK.replace(old, new), encoding="utf-8")
    (problem,) = told(folder)
    assert problem["hint"].startswith(meant)
    name, row, start, _ = place(problem)
    there = (folder / name).read_text(encoding="utf-8").split("\n")[row][start:]
    assert there.startswith((",", "'title", "title", "\u201c", "True", "//", "/*"))


def test_yaml_in_a_file_of_json_is_told_as_that(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "catalog/book.yaml").rename(folder / "catalog/book.json")
    (problem,) = told(folder)
    assert ".yaml" in problem["hint"]


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ("openpub: {product: 1, files: {epub: F}}", "Did you mean `ebook_epub`?"),
        ("openpub: {product: 1, files: {book: F, jacket: F}}", "Did you mean `ebook_epub` for `book`?"),
        ("publishdrive: {territories: [ALL], files: {book: F}}", "Did you mean `ebook_content`?"),
        ("publishdrive: {files: {cover_image: F, epub: F}}", "Did you mean `ebook_cover` for `cover_image`?"),
    ],
)
def test_files_that_a_store_has_no_kind_for_are_one_problem_with_those_of_the_format(tmp_path: Path, options: str, hint: str) -> None:
    options = options.replace("F", '"https://files.example.com/a.bin"')
    (problem,) = [item for item in told(project(tmp_path, edited(PUBLISH, f"{{{options}}}"))) if item["code"] == "not-one-of"]
    assert problem["hint"].splitlines()[0] == hint
    assert "For the format epub there are" in problem["detail"]
    assert "pod_" not in problem["detail"].partition("there are")[2]


def test_fields_of_an_edition_in_the_title_are_one_problem_and_can_be_pasted(tmp_path: Path) -> None:
    folder = project(tmp_path, re.sub(r"editions:[\s\S]*", "format: epub\nprices: {USD: 7.50}\n", BOOK))
    (problem,) = told(folder)
    lines = problem["hint"].partition("write\n")[2]
    book = re.sub(r"format: epub[\s\S]*", lines, (folder / "catalog/book.yaml").read_text(encoding="utf-8"))
    (folder / "catalog/book.yaml").write_text(f"{book}\n", encoding="utf-8")
    assert told(folder) == []


def test_a_second_document_without_its_line_is_one_problem(tmp_path: Path) -> None:
    folder = project(tmp_path, BOOK + BOOK.replace("id: book", "id: other"))
    (problem,) = told(folder)
    _, row, _, _ = place(problem)
    lines = (folder / "catalog/book.yaml").read_text(encoding="utf-8").split("\n")
    lines.insert(row, advice(problem["hint"]))
    (folder / "catalog/book.yaml").write_text("\n".join(lines), encoding="utf-8")
    assert told(folder) == []


def test_a_quote_that_is_never_closed_is_told_where_it_opens(tmp_path: Path) -> None:
    (problem,) = told(project(tmp_path, edited("title: Book", 'title: "Book')))
    assert place(problem)[1:3] == (2, 7)


def test_a_wrong_check_digit_of_a_products_ean_is_one_problem_with_the_right_digit(tmp_path: Path) -> None:
    [problem] = told(project(tmp_path, edited(PUBLISH, '{openpub: {product: {ean: "9780306406158"}}}')))
    assert (problem["code"], problem["hint"]) == ("bad-ean", 'If the others are right, write\nean: "9780306406157"')


@pytest.mark.parametrize(
    ("account", "needed", "takeback"),
    [("publishdrive", "territories: [ALL]", "publishdrive: false"), ("openpub", "product: 4711", "openpub: false")],
)
def test_an_account_with_nothing_behind_its_colon_that_needs_options_is_one_problem(
    tmp_path: Path, account: str, needed: str, takeback: str
) -> None:
    found = told(project(tmp_path, BOOK.replace(PUBLISH, f"{{{account}: null}}")))
    (one,) = (item for item in found if item["code"] not in {"upload-needs-local-file", "fact-not-held"})
    assert one["severity"] == "error"
    assert one["hint"].splitlines()[1:] == [needed, "To take it off, or to keep it off:", takeback]


@pytest.mark.parametrize("written", ["${env:SHOP_KEY}", "${SHOP_KEY}"])
def test_a_reference_without_quotes_in_braces_is_told_as_that(tmp_path: Path, written: str) -> None:
    stored = PROJECT.replace("base_url: sandbox}", f"base_url: sandbox, token: {written}}}", 1)
    said = catalogctl("-C", str(project(tmp_path, project_file=stored)), "validate").err
    assert said.count("error:") == 1
    assert "error: A reference without quotes" in said
    assert 'hint: Quote it: "${env:SHOP_KEY}"' in said
    (tmp_path / "catalogctl.yaml").write_text(stored.replace(written, '"${env:SHOP_KEY}"'), encoding="utf-8")
    assert "error:" not in catalogctl("-C", str(tmp_path), "validate").err


@pytest.mark.parametrize(
    ("provider", "written", "right"),
    [
        ("publicala", "https://shop.publica.la/api/v1", "https://shop.publica.la"),
        ("publicala", "https://shop.publica.la/api/v3/content/", "https://shop.publica.la"),
        ("publicala", "https://shop.publica.la/integration-api/v1/dashboard/issues", "https://shop.publica.la"),
        ("publishdrive", "https://api.publishdrive.com/v2/distribution/books", "https://api.publishdrive.com/v2/distribution"),
        ("openpublishing", "https://api.openpublishing.com/resource/v3/products", "https://api.openpublishing.com"),
    ],
)
def test_an_address_that_goes_on_into_the_api_is_told_with_the_right_one(tmp_path: Path, provider: str, written: str, right: str) -> None:
    other = f"{PROJECT}  other: {{provider: {provider}, base_url: '{written}'}}\n"
    (problem,) = (item for item in told(project(tmp_path, project_file=other)) if item["severity"] == "error")
    assert (problem["code"], problem["hint"]) == ("bad-base-url", f"Write {right}")


@pytest.mark.parametrize(
    "address", ["https://gateway.example/api/publicala", "https://gateway.example/api", "https://gateway.example/api/v30"]
)
def test_an_address_behind_a_gateway_is_no_path_of_the_api(tmp_path: Path, address: str) -> None:
    other = f"{PROJECT}  other: {{provider: publicala, base_url: '{address}'}}\n"
    assert "bad-base-url" not in {item["code"] for item in told(project(tmp_path, project_file=other))}
