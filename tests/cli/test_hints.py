"""What a hint advises is done as it says, and it helps."""

from __future__ import annotations

import json
import re
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
  openpub: {provider: openpublishing, base_url: sandbox}
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
    """Give what a hint says to write: what stands behind `Write` or in a line of its own, the first of several readings."""
    first, *more = hint.splitlines()
    if first.endswith(":"):
        return more[0]
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
        bare = said.strip('"')  # the whole text: its beginning stands before the comment
        lines[row] = line.replace(bare, said, 1)
    elif problem["code"] in {"name-comma", "secret-reference"}:
        _, value = said.split(": ", 1)
        if problem["code"] == "secret-reference":  # what stands there is not shown, nor where it ends
            lines[row] = re.sub('token: "[^"]*"', f'token: "{value}"', line)
        elif value == "true":
            lines[row] = f"{line[:end]}, {said}{line[end:]}"
        else:
            lines[row] = f"{line[:start]}{value}{line[end:]}"
    elif problem["code"] == "publish-null":
        lines[row] = re.sub(r"(\w+): null", said, line)
    elif problem["summary"] == "Colon missing":
        lines[row] = line[:start] + said
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
    "a language with a country": edited("language: en", "language: en-US"),
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
    assert told(folder) == [], (folder / "catalog/book.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_one_mistake_is_one_message(tmp_path: Path, case: str) -> None:
    assert len(told(project(tmp_path, BROKEN[case]))) == (2 if case.startswith("two ") else 1)


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
        ("{store: {published: true}}", ("publishdrive", "publica.la offers what is there")),
        ("{publishdrive: {categories: [Novela]}}", ("publicala", "Say `subjects`")),
        ("{store: {distribution: {enabled: true}}}", ("openpublishing", "Remove it here")),
        ("{openpub: {product: 1, territories: [ALL]}}", ("publishdrive", "Say `territories`")),
        ("{store: {prices: {USD: 1}}}", ("Say `prices`",)),
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
