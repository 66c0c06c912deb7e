"""Files that no title names: found by what is in them, and nowhere that is not the project's."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from catalogctl.config import unnamed_files
from catalogctl.config.cache import NO_CACHE
from catalogctl.config.project import load_project

BYTES = b"what was in it"
SHA256 = f"sha256:{hashlib.sha256(BYTES).hexdigest()}"
SHA1 = f"sha1:{hashlib.sha1(BYTES, usedforsecurity=False).hexdigest()}"


def found(root: Path, *identities: str, named: tuple[str, ...] = ()) -> list[str]:
    (root / "catalogctl.yaml").write_text("version: 1\naccounts: {}\n", encoding="utf-8")
    return [asset.location for asset in unnamed_files.strays(load_project(root), identities, named, NO_CACHE)]


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(BYTES)


def test_a_file_is_found_by_any_of_its_digests_and_that_of_the_catalog_is_taken_first(tmp_path: Path) -> None:
    put(tmp_path, "a.epub", "catalog/deep/z.epub")
    assert found(tmp_path, SHA256) == found(tmp_path, SHA1) == ["catalog/deep/z.epub"]
    assert found(tmp_path, SHA256, named=("catalog/deep/z.epub",)) == ["a.epub"]
    assert found(tmp_path, "sha256:" + "0" * 64) == found(tmp_path) == []


def test_what_is_hidden_or_kept_with_the_state_or_leads_elsewhere_is_not_looked_at(tmp_path: Path) -> None:
    root = tmp_path / "project"
    put(root, ".git/a", "catalog/.trash/b", "state/runs/c")
    put(tmp_path, "outside.epub")
    (root / "catalog/link.epub").symlink_to(tmp_path / "outside.epub")
    assert found(root, SHA256) == []


def test_no_more_is_read_than_anybody_waits_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.epub")
    assert found(tmp_path, SHA256) == ["a.epub"]
    monkeypatch.setattr(unnamed_files, "_MOST_BYTES", len(BYTES) - 1)
    assert found(tmp_path, SHA256) == []
