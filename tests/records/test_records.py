"""Records of other people's catalogs go to every store: what a store does not get is reported, and the second plan is empty."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import small
from catalogctl.config.accounts import accounts
from catalogctl.config.documents import load
from catalogctl.config.project import load_project
from catalogctl.config.resolve import resolve
from catalogctl.engine.compile import compile_catalog
from catalogctl.engine.stores import Stores
from catalogctl.model.diagnostics import Severity
from catalogctl.provider import discovery
from hostile.trio import ACCOUNTS, PROJECT, keys, trio
from records.onix import Document, products, title

RECORDS = next((path for folder in Path(__file__).resolve().parents for path in [folder / "shared/onix"] if path.is_dir()), None)
pytestmark = pytest.mark.skipif(RECORDS is None, reason="the records are not here")

EAN = "9781496822482"
IMPLIED = {"first_name", "last_name", "corporate", "role", "name", "number"}
"""Parts of a contributor or of a series: each is taken away with all of it."""


def documents() -> list[Document]:
    """Read the records, equal ones once."""
    assert RECORDS is not None
    found: dict[str, Document] = {}
    for path in sorted(RECORDS.glob("*.xml")):
        for product in products(path):
            document = title(product, len(found) + 1)
            if document is not None:
                told = {**document, "id": "", "editions": [{**one, "external_id": ""} for one in document["editions"].values()]}
                found.setdefault(json.dumps(told, sort_keys=True), document)
    return list(found.values())


def sold(document: Document, *on: str) -> Document:
    """Put a title on accounts, with the files of its form."""
    whole = copy.deepcopy(document)
    for form, edition in whole["editions"].items():
        product = {"product": {"ean": edition.get("isbn", EAN)}}
        edition["publish"] = {account: product if account == "openpub" else {} for account in on}
        if form != "print":
            edition["files"] = {"cover": "cover.jpg", **({"content": "book.epub"} if form == "epub" else {})}
        if form == "audiobook":
            edition["tracks"] = [{"id": "t1", "title": "1", "file": "t1.mp3"}]
    return whole


def isbn(number: int) -> str:
    """Make an ISBN of a group that no one sells in."""
    digits = f"97999{number:07}"
    return digits + str(-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10)


def completed(document: Document) -> Document:
    """Add what a store may require and the record does not say, and price it in a currency that every store has."""
    needed = {
        "language": "pt-BR",
        "description": "<p>Opis.</p>",
        "publication_date": "2019-07-24",
        "territories": ["ALL"],
        "contributors": [{"name": "Ana Ruiz", "role": "A01"}],
    }
    subjects = {"bisac": ["FIC000000"], **document.get("subjects", {})}
    editions = {
        form: {**edition, "prices": {"USD": next(iter(edition.get("prices", {}).values()), "9.90")}, "isbn": EAN}
        for form, edition in document["editions"].items()
    }
    return {**needed, **document, "subjects": subjects, "editions": editions}


def written(folder: Path) -> None:
    (folder / "catalog").mkdir(exist_ok=True)
    for name, data in {"book.epub": small.epub(), "cover.jpg": small.jpeg(), "t1.mp3": small.mp3()}.items():
        (folder / "catalog" / name).write_bytes(data)


@dataclass(frozen=True)
class Outcome:
    """What a title comes to on one account: what is sent, and what is reported."""

    sent: tuple[str, ...]
    told: tuple[str, ...]
    refused: bool


class Desk:
    """Compiles one title at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        nowhere = dict.fromkeys(ACCOUNTS.values(), "http://127.0.0.1:9")
        (folder / "catalogctl.yaml").write_text(PROJECT.format(**nowhere).replace("    unsupported: ignore\n", ""), encoding="utf-8")
        written(folder)
        self._project = load_project(folder)
        providers = {name: discovery.provider(name) for name in ACCOUNTS.values()}
        made, _ = accounts(self._project, providers, keys())
        self._stores = Stores(made, providers)

    def outcome(self, document: Document) -> Outcome:
        (self._folder / "catalog/record.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        resolved = resolve(load(self._project))
        catalog, problems = compile_catalog(resolved, self._stores, publishes_files=True)
        diagnostics = [*resolved.diagnostics, *problems, *catalog.unsupported(lambda _: True)]
        sent = tuple(f"{address}: {resource.attributes!r}" for address, resource in catalog.resources.items())
        told = tuple(f"{one.code}: {one.summary} {one.detail}" for one in diagnostics)
        return Outcome(sent, told, any(one.severity is Severity.ERROR for one in diagnostics))


def facts(block: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """List the ways to everything that a title says and need not say."""
    rest = {"kind", "id", "title", "format", "external_id", "files", "tracks", "publish"} | (IMPLIED if "name" in block else set())
    for key, value in block.items() if isinstance(block, dict) else enumerate(block):
        if key in rest and isinstance(block, dict):
            continue
        if isinstance(value, (dict, list)):
            yield from facts(value, (*way, key))
        if not isinstance(value, (dict, list)) or (isinstance(value, dict) and "name" in value):
            yield (*way, key)


def without(document: Document, way: tuple[str | int, ...]) -> Document:
    """Take one fact away, or a list of them, and with it a list or mapping that nothing is left in."""
    rest = copy.deepcopy(document)
    *above, last = way
    block: Any = rest
    for key in above:
        block = block[key]
    del block[last]
    return without(rest, tuple(above)) if not block and above else rest


@pytest.mark.parametrize("account", ["store", "publishdrive", "openpub"])
def test_what_a_store_does_not_get_is_told(account: str, tmp_path: Path) -> None:
    desk, silent, tried = Desk(tmp_path), list[str](), 0
    for document in [*documents(), *map(completed, documents())]:
        whole = desk.outcome(sold(document, account))
        if whole.refused:
            assert whole.told
            continue
        for way in facts(document):
            if document.get("territories") == ["ALL"] and way[0] == "territories":  # what holds where nothing is said
                continue
            tried += 1
            ways = (way, way[:-1]) if isinstance(way[-1], int) else (way,)  # of a list with no place anywhere, the whole is reported of
            outcomes = (desk.outcome(sold(without(document, part), account)) for part in ways)
            if all((rest.sent, rest.told) == (whole.sent, whole.told) for rest in outcomes):
                silent.append(f"{document['id']} {'.'.join(map(str, way))}")
    assert tried
    assert silent == []


def test_the_second_plan_of_every_record_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in keys().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CATALOGCTL_CACHE_DIR", "")
    (tmp_path / "desk").mkdir()
    (tmp_path / "project").mkdir()
    desk = Desk(tmp_path / "desk")
    with trio(tmp_path / "project") as shop:
        for old in (shop.folder / "catalog").glob("*.json"):
            old.unlink()
        written(shop.folder)
        many = 0
        for number, record in enumerate(documents()):
            document = completed(record)
            for edition in document["editions"].values():
                edition["isbn"] = isbn(number)
            on = [account for account in ACCOUNTS if not desk.outcome(sold(document, account)).refused]
            many += len(on)
            if on:
                shop.write(f"catalog/{document['id']}.json", json.dumps(sold(document, *on), ensure_ascii=False))
        assert many > 5
        shop.run("validate").ended(0)
        shop.run("apply", "--auto-approve").ended(0)
        assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out
