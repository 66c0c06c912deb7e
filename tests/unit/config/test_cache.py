import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalogctl.config import cache as module
from catalogctl.config.cache import KEEP_DAYS, Cache, FileStamp, Sum, open_cache

STAMP = FileStamp("/a/b.epub", 10, 20, 25, 30)
SUM = Sum("0" * 64, "1" * 40, "2" * 32, "epub")


def file(folder: Path) -> Path:
    (found,) = folder.glob("*.sqlite")
    return found


def keep(folder: Path) -> None:
    with open_cache({"CATALOGCTL_CACHE_DIR": str(folder)}) as cache:
        cache.remember_parses([(b"key", b"value"), (b"other", b"")])
        cache.remember_sums({STAMP: SUM})


def ask(folder: Path) -> tuple[dict[bytes, bytes], dict[FileStamp, Sum]]:
    with open_cache({"CATALOGCTL_CACHE_DIR": str(folder)}) as cache:
        return cache.parses([b"key", b"other", b"unknown"]), cache.sums([STAMP])


def test_what_one_run_kept_the_next_one_knows(tmp_path: Path) -> None:
    keep(tmp_path)
    assert ask(tmp_path) == ({b"key": b"value", b"other": b""}, {STAMP: SUM})


def test_thousands_of_keys_are_asked_for_at_once(tmp_path: Path) -> None:
    entries = [(str(number).encode(), b"x" * number) for number in range(2_000)]
    with open_cache({"CATALOGCTL_CACHE_DIR": str(tmp_path)}) as cache:
        cache.remember_parses(entries)
        assert cache.parses([key for key, _ in entries]) == dict(entries)


@pytest.mark.parametrize("otherwise", [{"size": 11}, {"mtime": 21}, {"ctime": 26}, {"inode": 31}, {"path": "/a/c"}])
def test_a_file_that_is_not_as_it_was_is_not_known(tmp_path: Path, otherwise: dict[str, Any]) -> None:
    keep(tmp_path)
    stamp = replace(STAMP, **otherwise)
    with open_cache({"CATALOGCTL_CACHE_DIR": str(tmp_path)}) as cache:
        assert cache.sums([stamp]) == {}


def test_a_damaged_entry_is_as_good_as_none(tmp_path: Path) -> None:
    keep(tmp_path)
    database = sqlite3.connect(file(tmp_path))
    with database:
        database.execute("update parses set value = cast(substr(value, 1, 18) || 'LUE' as blob) where key = cast('key' as blob)")
        database.execute("update assets set sha256 = replace(sha256, '0', '1')")
    database.close()
    assert ask(tmp_path) == ({b"other": b""}, {})


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\x00" + b"\xff" * 4096, b""])
def test_a_file_that_is_no_database_is_replaced(tmp_path: Path, content: bytes) -> None:
    keep(tmp_path)
    file(tmp_path).write_bytes(content)
    assert ask(tmp_path) == ({}, {})
    keep(tmp_path)
    assert ask(tmp_path)[0] == {b"key": b"value", b"other": b""}


def test_a_cache_that_another_process_holds_is_done_without(tmp_path: Path) -> None:
    keep(tmp_path)
    holder = sqlite3.connect(file(tmp_path), isolation_level=None)
    holder.execute("begin exclusive")
    try:
        assert ask(tmp_path) == ({}, {})
    finally:
        holder.close()
    assert ask(tmp_path)[1] == {STAMP: SUM}


def test_a_place_where_no_cache_can_be_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keep(tmp_path / "file" / "cache")
    assert ask(tmp_path / "file" / "cache") == ({}, {})


def test_an_empty_variable_means_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda _name: str(tmp_path))
    with open_cache({"CATALOGCTL_CACHE_DIR": ""}) as cache:
        cache.remember_parses([(b"key", b"value")])
        assert cache.parses([b"key"]) == {}
    assert list(tmp_path.iterdir()) == []


def test_without_a_variable_it_is_the_users_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / name))
    with open_cache({}) as cache:
        cache.remember_parses([(b"key", b"value")])
    assert file(tmp_path / "catalogctl").exists()


def test_what_no_run_has_used_for_a_month_is_dropped_and_what_is_used_stays(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "cache.sqlite")
    database.executescript(module._TABLES)
    Cache(database, 1000).remember_parses([(b"unused", b"1"), (b"used", b"2")])
    assert Cache(database, 1000 + KEEP_DAYS).parses([b"used"]) == {b"used": b"2"}
    later = Cache(database, 1001 + KEEP_DAYS)
    later.forget_unused()
    assert later.parses([b"unused", b"used"]) == {b"used": b"2"}
    later.close()
