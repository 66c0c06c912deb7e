"""What earlier runs read, so that files that did not change are not read with care again.

    parses    bytes of a file → its documents, judged and canonical
    assets    path, size, times of modification and of change, inode → digests and kind of the bytes
    names     project and kind of name → what a shell completes with

A cache can only make a run faster: one that is missing, locked, full, damaged or from another version answers nothing and is
no error. Each answer is held against its own digest, so a flipped bit is a miss.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import platformdirs

from catalogctl.system.safe_folder import SafeFolder

_LAYOUT: Final = 7
"""Of the tables, what `kind` may say and how `damage` is found; part of the file's name, so that versions do not fight over one file."""

KEEP_DAYS: Final = 30
"""An entry that no run has used for so long is dropped."""

_SECONDS_A_DAY: Final = 86_400
_AT_ONCE: Final = 500
"""Keys asked for in one query; SQLite allows 999 in its oldest builds."""

_TABLES: Final = """
create table if not exists parses (key blob primary key, value blob not null, used integer not null);
create table if not exists assets (
    path text primary key, size integer not null, mtime integer not null, ctime integer not null,
    inode integer not null,
    sha256 text not null, sha1 text not null, md5 text not null, kind text not null, damage text not null,
    mark blob not null, used integer not null
) without rowid;
create table if not exists names (
    project text not null, kind text not null, value blob not null, used integer not null, primary key (project, kind)
) without rowid;
"""

_MARK: Final = 16
"""Bytes of a value's digest kept before it."""


@dataclass(frozen=True, slots=True)
class FileStamp:
    """By what an unchanged file is known without reading it."""

    path: str
    """Absolute."""
    size: int
    mtime: int
    """Nanoseconds. A program can set it to anything, as builds that honour SOURCE_DATE_EPOCH do."""
    ctime: int
    """Nanoseconds. The system sets it at every change of the bytes or of the other times, and no program can."""
    inode: int


@dataclass(frozen=True, slots=True)
class Sum:
    """What reading a file whole reported."""

    sha256: str
    sha1: str
    md5: str
    kind: str
    """As `assets.sniff` names it; empty when its first bytes say nothing."""
    damage: str = ""
    """What is missing from it, as `soundness.damage` says; empty where it is whole."""


class Cache:
    """One cache file, open for one run. All methods answer with less when anything is wrong with it; none raises."""

    def __init__(self, database: sqlite3.Connection | None, today: int) -> None:
        self._database = database
        self._today = today

    def parses(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the remembered values of those keys that have one."""
        found: dict[bytes, bytes] = {}
        old: list[tuple[int, bytes]] = []
        for key, value, used in self._rows("select key, value, used from parses where key in", keys):
            if isinstance(value, bytes) and _marked(key, value[_MARK:]) == value:
                found[key] = value[_MARK:]
                if used != self._today:
                    old.append((self._today, key))
        self._write("update parses set used = ? where key = ?", old)
        return found

    def remember_parses(self, values: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep values under their keys."""
        rows = [(key, _marked(key, value), self._today) for key, value in values]
        self._write("insert or replace into parses values (?, ?, ?)", rows)

    def forget_parses(self, keys: Sequence[bytes]) -> None:
        """Drop the values of some keys."""
        self._write("delete from parses where key = ?", [(key,) for key in keys])

    def sums(self, stamps: Sequence[FileStamp]) -> dict[FileStamp, Sum]:
        """Return the digests of those files that are as they were when they were read."""
        asked = {stamp.path: stamp for stamp in stamps}
        found: dict[FileStamp, Sum] = {}
        old: list[tuple[int, str]] = []
        columns = "select path, size, mtime, ctime, inode, sha256, sha1, md5, kind, damage, mark, used from assets where path in"
        for path, size, mtime, ctime, inode, sha256, sha1, md5, kind, damage, mark, used in self._rows(columns, list(asked)):
            stamp = FileStamp(path, size, mtime, ctime, inode)
            known = Sum(sha256, sha1, md5, kind, damage)
            if asked[path] == stamp and _seal(stamp, known) == mark:
                found[stamp] = known
                if used != self._today:
                    old.append((self._today, path))
        self._write("update assets set used = ? where path = ?", old)
        return found

    def remember_sums(self, sums: Mapping[FileStamp, Sum]) -> None:
        """Keep the digests of files."""
        rows = [
            (
                *(stamp.path, stamp.size, stamp.mtime, stamp.ctime, stamp.inode),
                *(known.sha256, known.sha1, known.md5, known.kind, known.damage),
                *(_seal(stamp, known), self._today),
            )
            for stamp, known in sums.items()
        ]
        self._write("insert or replace into assets values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def names(self, project: str, kind: str) -> bytes | None:
        """Return the remembered names of a project of one kind; None where there are none."""
        for known, value in self._rows("select kind, value from names where project = ? and kind in", [kind], project):
            if isinstance(value, bytes) and _marked(_name_key(project, known), value[_MARK:]) == value:
                return value[_MARK:]
        return None

    def remember_names(self, project: str, values: Mapping[str, bytes]) -> None:
        """Keep names of a project, by their kinds."""
        rows = [(project, kind, _marked(_name_key(project, kind), value), self._today) for kind, value in values.items()]
        self._write("insert or replace into names values (?, ?, ?, ?)", rows)

    def _rows(self, query: str, keys: Sequence[bytes] | Sequence[str], *before: str) -> Iterator[tuple[Any, ...]]:
        for start in range(0, len(keys), _AT_ONCE):
            if self._database is None:
                return
            some = keys[start : start + _AT_ONCE]
            try:
                yield from self._database.execute(f"{query} ({','.join('?' * len(some))})", [*before, *some]).fetchall()
            except sqlite3.Error:
                self._give_up()

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        if self._database is None or not rows:
            return
        try:
            with self._database:
                self._database.executemany(statement, rows)
        except sqlite3.Error:
            self._give_up()

    def forget_unused(self) -> None:
        """Drop what no run has used for `KEEP_DAYS`; looked for once a day."""
        if self._database is None:
            return
        try:
            if self._database.execute("pragma user_version").fetchone() == (self._today,):
                return
            with self._database:
                self._database.execute(f"pragma user_version = {self._today:d}")
                for table in ("parses", "assets", "names"):
                    self._database.execute(f"delete from {table} where used < ?", (self._today - KEEP_DAYS,))  # noqa: S608 -- our own names
        except sqlite3.Error:
            self._give_up()

    def close(self) -> None:
        """Let go of the file."""
        self._give_up()

    def _give_up(self) -> None:
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.close()
            self._database = None


NO_CACHE: Final = Cache(None, 0)
"""Knows nothing and keeps nothing."""


@contextmanager
def open_cache(environment: Mapping[str, str] = os.environ) -> Iterator[Cache]:
    """Open the user's cache for the length of a run.

    Shapes:  it lies where CATALOGCTL_CACHE_DIR says, else in the user's cache folder; an empty CATALOGCTL_CACHE_DIR means: none.
    Raises:  nothing.
    """
    folder = environment.get("CATALOGCTL_CACHE_DIR")
    today = int(time.time()) // _SECONDS_A_DAY
    cache = NO_CACHE if folder == "" else Cache(_database(Path(folder or platformdirs.user_cache_dir("catalogctl"))), today)
    cache.forget_unused()
    try:
        yield cache
    finally:
        cache.close()


def _database(folder: Path) -> sqlite3.Connection | None:
    place, name = SafeFolder(folder), f"cache-{_LAYOUT}.sqlite"
    try:
        return _opened(place.make_file(name))
    except sqlite3.OperationalError:  # locked, read-only or full: another run may need it as it is
        return None
    except sqlite3.DatabaseError:  # no database at all: nothing in it can be of use to anybody
        with suppress(OSError, sqlite3.Error):
            place.remove(name)
            return _opened(place.make_file(name))
        return None
    except OSError:
        return None


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=1.0)
    try:
        # Nothing is lost with a lost cache, so the disk is not waited for, and a write cut short is found by its digest.
        database.execute("pragma synchronous = off")
        database.execute("pragma journal_mode = memory")
        database.executescript(_TABLES)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _name_key(project: str, kind: str) -> bytes:
    return f"{project}\0{kind}".encode(errors="surrogateescape")


def _marked(key: bytes, value: bytes) -> bytes:
    return hashlib.sha256(key + value).digest()[:_MARK] + value


def _seal(stamp: FileStamp, known: Sum) -> bytes:
    return hashlib.sha256(f"{stamp}{known}".encode()).digest()[:_MARK]
