"""`export onix` as it is typed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from feeds import problems
from shop import Ran, catalogctl

PROJECT = "version: 1\nonix: {sender: Ribera Editorial, namespace: com.ribera}\n"
TITLE = """kind: title
id: {id}
title: The Low Pier
imprint: Ribera
publication_date: 2026-09-01
editions:
  epub: {{format: epub, isbn: "{isbn}", prices: {{EUR: {price}}}}}
  print: {{format: print, prices: {{EUR: 20}}}}
"""
AT = ("--sent-at", "2026-12-01T09:00:00Z")


def git(folder: Path, *arguments: str) -> None:
    named = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    subprocess.run(["git", *named, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalogctl.yaml").write_text(PROJECT, encoding="utf-8")
    declare(tmp_path, "pier", "9788419873408")
    declare(tmp_path, "quay", "9780306406157")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def declare(folder: Path, name: str, isbn: str, price: str = "9.99") -> None:
    (folder / "catalog" / f"{name}.yaml").write_text(TITLE.format(id=name, isbn=isbn, price=price), encoding="utf-8")


def references(data: str | bytes) -> list[str]:
    text = data.decode() if isinstance(data, bytes) else data
    return [part.partition("</RecordReference>")[0] for part in text.split("<RecordReference>")[1:]]


def exported(*arguments: str, code: int = 0) -> Ran:
    return catalogctl("export", "onix", *AT, *arguments).ended(code)


def test_the_catalog_is_written_to_stdout_or_to_a_file_and_is_sound(house: Path) -> None:
    out = exported().out
    assert references(out) == ["com.ribera.pier.epub", "com.ribera.pier.print", "com.ribera.quay.epub", "com.ribera.quay.print"]
    assert problems(out) == []
    told = exported("--output", "feed.xml").err
    assert "4 products of ONIX 3.1 written to feed.xml." in told
    assert (house / "feed.xml").read_text(encoding="utf-8") == out
    catalogctl("onix", "check", "feed.xml").ended(0)


def test_only_what_is_asked_for_is_written(house: Path) -> None:
    assert references(exported("--where", "format = epub").out) == ["com.ribera.pier.epub", "com.ribera.quay.epub"]
    assert 'release="3.0"' in exported("--release", "3.0").out
    assert "<AddresseeName>Rakuten Kobo</AddresseeName>" in exported("--to", "kobo").out
    exported("--split", "3", "--output", "feed.xml")
    assert [len(references((house / f"feed-00{number}.xml").read_bytes())) for number in (1, 2)] == [3, 1]
    assert "--split writes several files" in exported("--split", "3", code=1).err
    deleted = exported("--delete", "com.ribera.old=978-0-306-40615-7").out
    assert "com.ribera.old" in references(deleted)
    assert problems(deleted) == []
    assert "REFERENCE=ISBN" in exported("--delete", "com.ribera.old", code=1).err


def test_since_a_commit_the_editions_that_changed_are_written_whole(house: Path) -> None:
    git(house, "init", "-q")
    git(house, "add", "-A")
    git(house, "commit", "-qm", "first")
    assert references(exported("--since", "HEAD").out) == []
    declare(house, "pier", "9788419873408", price="8.99")
    (house / "catalog" / "quay.yaml").unlink()
    ran = exported("--since", "HEAD")
    assert references(ran.out) == ["com.ribera.pier.epub"]
    assert "quay.epub is declared no longer" in ran.err
    (house / "catalog" / "defaults.yaml").write_text("kind: defaults\nkeywords: [sea]\n", encoding="utf-8")
    assert references(exported("--since", "HEAD").out) == ["com.ribera.pier.epub", "com.ribera.pier.print"]
    assert "Git knows no commit `nowhere`" in exported("--since", "nowhere", code=1).err
    assert "unknown-commit" not in exported("--since", "--output=x", code=1).out


def test_on_an_error_nothing_is_written_and_the_place_is_that_of_the_title(house: Path) -> None:
    path = house / "catalog" / "pier.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("imprint: Ribera\n", ""), encoding="utf-8")
    ran = exported("--output", "feed.xml", code=1)
    assert "catalog/pier.yaml:6:" in ran.err
    assert "pier.epub" in ran.err
    assert "hint: Add `imprint:` or `publisher:`" in ran.err
    assert not (house / "feed.xml").exists()
    (house / "catalogctl.yaml").write_text("version: 1\n", encoding="utf-8")
    assert "onix: {sender: YOUR NAME, namespace: com.example}" in exported(code=1).err
