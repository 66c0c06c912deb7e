"""import ACCOUNT --all into a catalog that has the books: its titles get the account, with only what differs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogctl.editing.write_files import write_edited
from catalogctl.providers.publishdrive.sandbox import PublishdriveSandbox
from catalogctl.sandbox import SandboxServer
from shop import Ran, catalogctl

TITLE = """\
# Ours.
kind: title
id: el-faro
title: El faro            # as on the cover
language: es
contributors:
  - {name: Ana Ruiz, role: author}
publication_date: 2021-03-04
description: Un faro.
subjects: {bisac: [FIC019000]}
territories: [ALL]
editions:
  # The one form.
  epub:
    format: epub
    isbn: "9781234567897"
    prices: {USD: 9.90, EUR: 8.00}   # since spring
    files: {content: "https://files.example.com/el-faro.epub"}
    publish:
      store: {free: false}   # ours
"""
WITHOUT_ISBN = TITLE.replace('    isbn: "9781234567897"\n', "")
BOOK: dict[str, Any] = {
    "externalId": "pd-1",
    "isbn": "9781234567897",
    "format": "ebook",
    "title": "El faro",
    "language": ["es"],
    "contributor": [{"firstName": "Ana", "lastName": "Ruiz", "role": "Author"}],
    "publicationDate": "2021-03-04",
    "description": "Un faro.",
    "category": ["FIC019000"],
    "saleTerritory": ["ALL"],
    "price": [{"currency": "USD", "price": 7.5}, {"currency": "EUR", "price": 8}],
}


class Drive:
    """A project with a title, over a PublishDrive account that holds some books."""

    def __init__(self, folder: Path, sandbox: PublishdriveSandbox, url: str) -> None:
        self.folder = folder
        self.sandbox = sandbox
        (folder / "catalog").mkdir()
        drive = f"{{provider: publishdrive, base_url: '{url}', api_key: '${{env:THE_KEY}}', requests_per_minute: 100000}}"
        (folder / "catalogctl.yaml").write_text(
            f"version: 1\naccounts:\n  store: {{provider: publicala, base_url: sandbox}}\n  drive: {drive}\n", encoding="utf-8"
        )

    def write(self, text: str, name: str = "el-faro.yaml") -> Path:
        path = self.folder / "catalog" / name
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *arguments: str) -> Ran:
        return catalogctl("-C", str(self.folder), "--quiet", *arguments)

    def imported(self, *options: str) -> Ran:
        return self.run("import", "drive", "--all", "--write", "catalog/imported", *options).ended(0)

    def is_settled(self) -> bool:
        """Return whether the files are valid and a plan of the account is empty."""
        self.run("validate").ended(0)
        return "No changes" in self.run("plan", "--target", "drive/*", "--detailed-exitcode").ended(0).out

    @property
    def new_files(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "catalog/imported").glob("*"))


@pytest.fixture
def drive(tmp_path: Path, piped: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drive]:  # noqa: ARG001 -- a fixture that needs another
    monkeypatch.setenv("THE_KEY", "key-5ecret")
    sandbox = PublishdriveSandbox()
    with SandboxServer({"publishdrive": sandbox}) as server:
        yield Drive(tmp_path, sandbox, server.url("publishdrive"))


def test_a_book_is_joined_by_its_isbn_and_nothing_else_of_the_file_changes(drive: Drive) -> None:
    file = drive.write(TITLE)
    drive.sandbox.seed([BOOK])
    done = drive.imported()
    assert "1 object of drive joined with titles of the catalog (1 by ISBN)." in done.out
    assert "\n  el-faro.epub  prices.USD\n" in done.out
    assert drive.new_files == []
    text = file.read_text(encoding="utf-8")
    assert [line for line in text.split("\n") if line not in TITLE.split("\n")] == [
        "      # drive had it otherwise when it was imported: prices.USD.",
        "      drive: {external_id: pd-1, prices: {USD: 7.50}, files: {content: null}}",
    ]
    assert [line for line in TITLE.split("\n") if line not in text.split("\n")] == []
    assert drive.is_settled()


def test_what_the_store_does_not_have_is_taken_back_for_it_alone(drive: Drive) -> None:
    file = drive.write(TITLE.replace("description: Un faro.", "description: Un faro.\nsubtitle: Una historia\nkeywords: [mar]"))
    drive.sandbox.seed([{**BOOK, "price": BOOK["price"][:1]}])
    drive.imported()
    text = file.read_text(encoding="utf-8")
    assert "subtitle: null" in text
    assert "keywords: null" in text
    assert "EUR: null" in text
    assert drive.is_settled()


def test_a_book_with_another_isbn_is_joined_by_its_external_id_if_it_may_be_the_same(drive: Drive) -> None:
    plain = TITLE.replace('    isbn: "9781234567897"\n', "    external_id: pd-1\n")
    drive.write(plain)
    drive.sandbox.seed([BOOK])
    assert "(1 by external id)" in drive.imported().out
    assert drive.is_settled()


def test_an_external_id_of_another_book_joins_nothing(drive: Drive) -> None:
    drive.write(TITLE.replace('    isbn: "9781234567897"\n', "    external_id: pd-1\n"))
    other = [{"firstName": "Eva", "lastName": "Sol", "role": "Author"}]
    drive.sandbox.seed([{**BOOK, "title": "Otro libro", "contributor": other, "isbn": ""}])
    drive.imported()
    assert drive.new_files == ["otro-libro.yaml"]
    assert drive.is_settled()


def test_title_and_authors_join_only_where_that_is_asked_for(drive: Drive) -> None:
    file = drive.write(WITHOUT_ISBN)
    drive.sandbox.seed([BOOK])
    told = " ".join(drive.imported().out.split())
    assert "Left out, may be in the catalog, 1 object:" in told
    assert "el-faro has its title and its authors, and neither its ISBN nor its external id." in told
    assert "--join-by-title" in told
    assert "--no-join-by-title" in told
    assert drive.new_files == []
    assert file.read_text(encoding="utf-8") == WITHOUT_ISBN
    assert "(1 by title and authors)" in drive.imported("--join-by-title").out
    assert drive.new_files == []
    assert "drive:" in file.read_text(encoding="utf-8")
    assert drive.is_settled()


def test_works_of_one_title_are_kept_apart_where_that_is_asked_for(drive: Drive) -> None:
    file = drive.write(WITHOUT_ISBN)
    drive.sandbox.seed([BOOK])
    drive.imported("--no-join-by-title")
    assert drive.new_files == ["el-faro-2021.yaml"]
    assert file.read_text(encoding="utf-8") == WITHOUT_ISBN
    assert drive.is_settled()


def test_another_isbn_in_the_same_format_is_another_book_and_no_one_has_to_say_so(drive: Drive) -> None:
    drive.write(TITLE)
    drive.sandbox.seed([{**BOOK, "isbn": "9780306406157", "publicationDate": "2024-05-06"}])
    for options in ([], ["--join-by-title"]):
        drive.imported(*options)
        assert drive.new_files == ["el-faro-2024.yaml"]
    assert drive.is_settled()


def test_an_object_that_may_be_two_titles_is_left_alone_with_the_reason(drive: Drive) -> None:
    for name in ("el-faro", "faro"):
        drive.write(WITHOUT_ISBN.replace("id: el-faro", f"id: {name}"), f"{name}.yaml")
    drive.sandbox.seed([BOOK])
    told = " ".join(drive.imported("--join-by-title").out.split())
    assert "el-faro, faro have its title and its authors: give it the ISBN or the external id of the one that it is." in told
    assert drive.new_files == []


def test_another_form_of_a_work_that_was_joined_is_an_edition_of_its_title(drive: Drive) -> None:
    file = drive.write(TITLE)
    printed = {**BOOK, "externalId": "pd-2", "isbn": "9780306406157", "format": "print"}
    drive.sandbox.seed([BOOK, printed])
    assert "(1 by ISBN, 1 by another form of the work)" in " ".join(drive.imported().out.split())
    assert drive.new_files == []
    assert "  print:\n" in file.read_text(encoding="utf-8")
    assert drive.is_settled()


def test_a_second_object_with_one_isbn_is_left_alone_with_the_reason(drive: Drive) -> None:
    drive.write(TITLE)
    drive.sandbox.seed([BOOK, {**BOOK, "externalId": "pd-2"}])
    told = " ".join(drive.imported().out.split())
    assert "Left alone, 1 object:" in told
    assert "el-faro.epub has its ISBN and cannot be it: drive has another object for it." in told
    assert drive.is_settled()


def test_a_title_in_json_is_joined_as_well(drive: Drive) -> None:
    said = {
        "kind": "title", "id": "el-faro", "title": "El faro", "language": "es", "publication_date": "2021-03-04",
        "contributors": [{"name": "Ana Ruiz", "role": "author"}], "description": "Un faro.", "territories": ["ALL"],
        "subjects": {"bisac": ["FIC019000"]},
        "editions": {"epub": {"format": "epub", "isbn": "9781234567897", "prices": {"USD": 9.9, "EUR": 8}}},
    }  # fmt: skip
    file = drive.write(json.dumps(said, indent=2), "el-faro.json")
    drive.sandbox.seed([BOOK])
    drive.imported()
    assert json.loads(file.read_text(encoding="utf-8"))["editions"]["epub"]["publish"]["drive"]["prices"] == {"USD": 7.5}
    assert drive.is_settled()


def test_an_import_that_was_cut_off_between_two_files_is_gone_on_with(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, isbn in {"a": "9781234567897", "b": "9780306406157"}.items():
        drive.write(TITLE.replace("el-faro", name).replace("9781234567897", isbn), f"{name}.yaml")
    drive.sandbox.seed([BOOK, {**BOOK, "externalId": "pd-2", "isbn": "9780306406157"}])
    done: list[str] = []

    def once(folder: Any, name: str, edited: Any) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(name)
        write_edited(folder, name, edited)

    monkeypatch.setattr("catalogctl.editing.write_files.write_edited", once)
    drive.run("import", "drive", "--all", "--write", "catalog/imported").ended(130)
    monkeypatch.undo()
    monkeypatch.setenv("THE_KEY", "key-5ecret")
    assert "2 objects recorded (2 book)" in drive.imported().out
    assert drive.is_settled()


FLOW = """\
kind: title
id: el-faro
title: El faro
language: es
contributors:
  - {name: Ana Ruiz, role: author}
publication_date: 2021-03-04
description: Un faro.
subjects: {bisac: [FIC019000]}
territories: [ALL]
editions:
  audio: {format: audiobook, publish: {}}
  epub: {format: epub, prices: {USD: 9.90}, publish: {store: {free: false, categories: [Narrativa, Novela]}}}
"""


@pytest.mark.parametrize(("text", "about"), [(WITHOUT_ISBN, "      drive:"), (FLOW, "  epub: {")], ids=["lines", "brackets"])
def test_a_file_in_the_one_layout_stays_in_it_and_a_comment_is_above_what_it_is_about(drive: Drive, text: str, about: str) -> None:
    file = drive.write(text)
    drive.run("fmt", "catalog").ended(0)
    before = file.read_text(encoding="utf-8")
    prices = [{"currency": currency, "price": 7} for currency in ("USD", "EUR", "MXN", "ARS", "COP", "CLP", "GBP", "CAD")]
    printed = {**BOOK, "externalId": "pd-2", "isbn": "9780306406157", "format": "print", "title": "El faro"}
    drive.sandbox.seed([{**BOOK, "price": prices, "subtitle": "Una historia larga del faro y de quien lo cuida"}, printed])
    drive.imported("--join-by-title")
    after = file.read_text(encoding="utf-8")
    assert after != before
    drive.run("fmt", "--check", "catalog").ended(0)
    below = after.split("# drive had it otherwise when it was imported: prices.USD", 1)[1]
    assert next(line for line in below.split("\n")[1:] if "#" not in line).startswith(about)
    assert drive.is_settled()


def test_a_file_in_a_layout_of_its_own_keeps_it(drive: Drive) -> None:
    text = TITLE.replace("territories: [ALL]", "territories:   [ ALL ]")
    file = drive.write(text)
    drive.sandbox.seed([BOOK])
    drive.imported()
    assert [line for line in text.split("\n") if line not in file.read_text(encoding="utf-8").split("\n")] == []


def test_an_edition_that_names_the_account_gets_the_key_of_its_object_and_keeps_all_that_it_says(drive: Drive) -> None:
    text = TITLE.replace("      store: {free: false}   # ours", "      drive: {}").replace(
        '    files: {content: "https://files.example.com/el-faro.epub"}\n', ""
    )
    file = drive.write(text)
    drive.sandbox.seed([BOOK])
    told = " ".join(drive.imported().out.split())
    assert "drive has these fields otherwise than the files say, and the next plan changes them there: el-faro.epub prices.USD" in told
    assert "      drive: {external_id: pd-1}\n" in file.read_text(encoding="utf-8")
    plan = drive.run("plan", "--format", "json").ended(0).json
    assert [one["address"] for one in plan["resource_changes"] if one["change"]["actions"] == ["update"]] == ["drive/book/el-faro.epub"]


def test_warnings_about_the_files_are_told_once_for_several_accounts(drive: Drive) -> None:
    drive.write(TITLE.replace("USD: 9.90", "USD: 9.90, COP: 0"))
    drive.sandbox.seed([BOOK])
    done = catalogctl("-C", str(drive.folder), "import", "drive", "store", "drive", "--all", "--write", "catalog/imported").ended(0)
    assert done.err.count("A price of zero") == 1
    assert done.out.count("drive:") == 1


def test_a_value_that_no_file_may_have_keeps_its_object_out_of_the_files(drive: Drive) -> None:
    file = drive.write(TITLE)
    drive.sandbox.seed([{**BOOK, "price": [{"currency": "CLP", "price": 7.5}]}])
    told = " ".join(drive.imported().out.split())
    assert "el-faro.epub has its ISBN and cannot be it: no file may say what the store has. An amount in CLP has no digits after" in told
    assert file.read_text(encoding="utf-8") == TITLE
    drive.run("validate").ended(0)


def test_a_book_is_read_once_however_often_an_import_is_cut_off(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    from catalogctl.engine.kept_answers import KeptAnswers

    drive.sandbox.seed([{**BOOK, "externalId": f"pd-{number}", "isbn": "", "title": f"Tomo {number}"} for number in range(60)])
    whole, read = KeptAnswers.put, list[str]()

    def cut_off(kept: KeptAnswers, path: str, body: bytes) -> None:
        read.append(path)
        if len(read) == 45:
            raise KeyboardInterrupt
        whole(kept, path, body)

    monkeypatch.setattr(KeptAnswers, "put", cut_off)
    drive.run("import", "drive", "--all", "--write", "catalog/imported").ended(130)
    done = catalogctl("-C", str(drive.folder), "import", "drive", "--all", "--write", "catalog/imported").ended(0)
    assert "An import of drive was not finished. What it read of single objects is not read again." in " ".join(done.err.split())
    assert "60 titles with 60 editions written" in done.out
    assert len(set(read)) == 60
    assert len(read) <= 60 + 20 + 4, "what was not kept yet, and what was under way"
    assert drive.is_settled()
    before = len(read)
    assert "There is nothing new to write." in drive.imported().out
    assert len(read) == before + 60, "an import that is done is forgotten"


@pytest.mark.parametrize("age", [5 * 3600, 7 * 3600], ids=["hours ago", "too long ago"])
def test_what_an_unfinished_import_read_long_ago_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: int) -> None:
    from catalogctl.config.cache import open_cache
    from catalogctl.engine import kept_answers
    from unit.providers.publicala.shop import account

    with open_cache({"CATALOGCTL_CACHE_DIR": str(tmp_path)}) as cache:
        first = kept_answers.KeptAnswers.begin(cache, "project", account())
        for number in range(20):
            first.put(f"/books/{number}", b"x")
        then = time.time() + age
        monkeypatch.setattr(time, "time", lambda: then)
        again = kept_answers.KeptAnswers.begin(cache, "project", account())
        assert (again.is_resumed, again.get("/books/7")) == ((True, b"x") if age < kept_answers.LONGEST else (False, None))
        assert kept_answers.KeptAnswers.begin(cache, "another", account()).get("/books/7") is None
        again.done()
        assert again.get("/books/7") is None
        assert not kept_answers.KeptAnswers.begin(cache, "project", account()).is_resumed
