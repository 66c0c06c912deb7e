"""An emulator whose contents outlive the process: what is behind `base_url: sandbox`.

The file is a journal: a first line that names it, then a JSON array `[key, value]` a line and a line a commit, appended
before the answer is given, so that a killed process loses nothing that it had answered. Several processes may use one
file at a time: writers take a file lock and read what others appended, readers read up to the last whole line.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import BinaryIO
from uuid import uuid4

import orjson
from filelock import FileLock

from catalogctl.model.diagnostics import CatalogError, error
from catalogctl.provider.emulation import Emulator, Json, LoggedRequest, SandboxRequest, SandboxResponse, StoredChange
from catalogctl.sandbox.server import SandboxServer
from catalogctl.system.safe_folder import SafeFolder

VERSION = 1
LOCK_TIMEOUT = 30.0
"""Seconds to wait for another process's write."""
_SPARE_LINES = 100
"""Superseded lines that are not worth a compaction."""


class EmbeddedSandbox:
    """An emulator kept in a file; itself an emulator.

    The file and its folder are made at once.
    Raises:  CatalogError for a file that is not such a journal, OSError where it cannot be used (UnsafePathError for a link),
             filelock.Timeout where another process holds it for too long; all of them from every method.
    """

    def __init__(self, folder: SafeFolder, name: str, emulator: Emulator) -> None:
        self._folder = folder
        self._file = name
        self._path = folder.path / name
        self._emulator = emulator
        self._lock = RLock()
        self._file_lock = FileLock(f"{self._path}.lock", timeout=LOCK_TIMEOUT)
        self._mark: str | None = None
        """What the file that was read calls itself; another one under the same path has been written again. None before the first."""
        self._inode = 0
        self._offset = 0
        """Bytes of whole lines that the emulator has seen."""
        self._born = emulator.snapshot()
        self._pending: list[StoredChange] = []
        self._server: SandboxServer | None = None
        folder.make_file(f"{name}.lock")
        self._open()
        emulator.listen(self._pending.append)

    # ── serving ──

    @property
    def url(self) -> str:
        """Return the base URL, starting the server at the first call; it stops with `close` or with the process."""
        with self._lock:
            if self._server is None:
                self._server = SandboxServer({self.name: self}).start()
                atexit.register(self.close)
            return self._server.url(self.name)

    @property
    def server(self) -> SandboxServer | None:
        """The server, for telling it to misbehave; None before the first `url`."""
        return self._server

    def close(self) -> None:
        """Stop the server; harmless where none runs."""
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            atexit.unregister(self.close)
            server.stop()

    # ── the emulator ──

    @property
    def name(self) -> str:
        """The provider that this emulates."""
        return self._emulator.name

    def respond(self, request: SandboxRequest) -> SandboxResponse:
        """Answer one request, having stored what it changed."""
        if request.method in ("GET", "HEAD"):
            with self._lock:
                self._catch_up()
                return self._emulator.respond(request)
        with self._writing():
            return self._emulator.respond(request)

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        """The requests answered by this process."""
        return self._emulator.requests

    def clear_log(self) -> None:
        """Forget the requests."""
        self._emulator.clear_log()

    def rows(self) -> tuple[dict[str, Json], ...]:
        """Show everything that is stored."""
        with self._lock:
            self._catch_up()
            return self._emulator.rows()

    def seed(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Put objects into the store behind everybody's back."""
        with self._writing():
            self._emulator.seed(rows)

    def edit(self, key: str, **changes: object) -> None:
        """Change an object behind everybody's back."""
        with self._writing():
            self._emulator.edit(key, **changes)

    def remove(self, key: str) -> None:
        """Take an object away behind everybody's back."""
        with self._writing():
            self._emulator.remove(key)

    def reset(self) -> None:
        """Return to the contents of a new sandbox."""
        with self._writing():
            self._emulator.reset()

    def snapshot(self) -> tuple[StoredChange, ...]:
        """Return the fewest commits that rebuild the present contents."""
        with self._lock:
            self._catch_up()
            return self._emulator.snapshot()

    def restore(self, commits: Iterable[StoredChange]) -> None:
        """Replace the contents, in the file too."""
        with self._writing():
            self._emulator.restore(commits)
            self._pending.extend(self._emulator.snapshot())

    def replay(self, commits: Iterable[StoredChange]) -> None:
        """Apply commits on top of the present contents, in the file too."""
        with self._writing():
            kept = list(commits)
            self._emulator.replay(kept)
            self._pending.extend(kept)

    def listen(self, listener: object) -> None:
        """Refuse: the file is the listener."""
        raise NotImplementedError("an embedded sandbox listens to its emulator itself")

    def account_block(self, base_url: str = "sandbox") -> dict[str, str]:
        """Return the account of catalogctl.yaml that uses this sandbox."""
        return self._emulator.account_block(base_url)

    # ── the file ──

    def _open(self) -> None:
        """Read the file, and write it again where it is new or much of it is superseded."""
        with self._lock, self._file_lock:
            commits = self._catch_up()
            kept = sum(value is not None for value in {commit.key: commit.value for commit in commits}.values())
            if self._mark is None or len(commits) > 2 * kept + _SPARE_LINES:
                self._write_anew(self._emulator.snapshot())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the store alone, up to date; store what was changed, even where the body raises."""
        with self._lock, self._file_lock:
            self._catch_up()
            self._pending.clear()
            try:
                yield
            finally:
                self._append()

    def _catch_up(self) -> list[StoredChange]:
        """Apply the whole lines that are not yet known, and give them."""
        try:
            found = self._folder.status(self._file)
        except FileNotFoundError:
            return self._start_empty()
        if self._mark and (found.st_ino, found.st_size) == (self._inode, self._offset):
            return []
        with self._folder.reading(self._file) as descriptor, os.fdopen(os.dup(descriptor), "rb") as file:
            mark = _read_mark(file, self._path)
            if mark is None:
                return self._start_empty()
            if mark != self._mark or found.st_size < self._offset:
                self._emulator.restore(())
                self._mark, self._offset = mark, file.tell()
            file.seek(self._offset)
            # The last line may be torn by a killed writer, or still be on its way from a live one.
            whole = file.read().rpartition(b"\n")
        commits = [_read_commit(line, self._path) for line in whole[0].splitlines()]
        try:
            self._emulator.replay(commits)
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as problem:
            raise _unreadable(self._path, "a line of it is not one that this sandbox writes") from problem
        self._offset += len(whole[0]) + len(whole[1])
        self._inode = found.st_ino
        return commits

    def _start_empty(self) -> list[StoredChange]:
        """Follow a file that has gone; a sandbox that has had none keeps what it was born with."""
        if self._mark is not None:
            self._emulator.restore(self._born)
            self._mark = None
        return []

    def _append(self) -> None:
        """Append the pending commits behind the whole lines, over a torn one."""
        if not self._pending:
            return
        if self._mark is None:
            self._write_anew(self._emulator.snapshot())
            return
        data = b"".join(map(_line, self._pending))
        # Until the write has succeeded the emulator is ahead of the file: an empty mark makes the next call read the file again.
        mark, self._mark = self._mark, ""
        self._folder.continue_at(self._file, self._offset, data)
        self._mark = mark
        self._offset += len(data)

    def _write_anew(self, commits: Iterable[StoredChange]) -> None:
        mark = uuid4().hex
        data = orjson.dumps({"sandbox": self.name, "version": VERSION, "mark": mark}) + b"\n" + b"".join(map(_line, commits))
        _, inode = self._folder.write(self._file, data)
        self._mark, self._inode, self._offset = mark, inode, len(data)


def _line(commit: StoredChange) -> bytes:
    return orjson.dumps([commit.key, commit.value]) + b"\n"


def _read_mark(file: BinaryIO, path: Path) -> str | None:
    """Read the first line; None where the file has no whole line."""
    line = file.readline()
    if not line.endswith(b"\n"):
        return None
    try:
        head = orjson.loads(line)
        if head["version"] != VERSION:
            raise _unreadable(path, f"its version is {head['version']}")
        return str(head["mark"])
    except (ValueError, TypeError, LookupError) as problem:
        raise _unreadable(path, "its first line is not a sandbox's") from problem


def _read_commit(line: bytes, path: Path) -> StoredChange:
    try:
        key, value = orjson.loads(line)
    except (ValueError, TypeError) as problem:
        raise _unreadable(path, f"{line[:40]!r} is no commit") from problem
    return StoredChange(key, value)


def _unreadable(path: Path, why: str) -> CatalogError:
    hint = f"Delete it to begin with an empty store:\n  rm {path}"
    return CatalogError(error("sandbox-file", "The embedded sandbox's file cannot be read", f"{path}: {why}.", hint))
