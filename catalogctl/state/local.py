"""States in a folder: `state/ENVIRONMENT.json`, its journal, its lock and its history.

    state/
    ├── default.json                 the state
    ├── default.journal              only while an apply runs, or after one was interrupted
    ├── default.lock                 locked by the operating system, which frees it when its holder dies
    ├── default.lock.json            who that holder is
    └── history/default.000012.json  the last states

Every file has mode 0600, and appears under its name whole or not at all.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson
from filelock import FileLock, Timeout

from catalogctl.model.diagnostics import CatalogError, Refusal, error
from catalogctl.state.backend import JournalStore, Kept, LockInfo, content_digest, locked
from catalogctl.state.statefile import RESTORE

KEPT: Final = 20
"""How many states the history holds."""

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_MODE: Final = 0o600
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class LocalBackend:
    """Keeps the state of one environment in a folder of this machine."""

    def __init__(self, folder: Path, environment: str) -> None:
        if _SLUG.fullmatch(environment) is None:
            raise CatalogError(
                error(
                    "environment-name",
                    "This is no name for an environment",
                    f"{environment!r} would be part of a file name; those have lower-case letters, digits, `-` and `_`, at most 64.",
                    "Name it like `default`, `staging` or `store-2`.",
                )
            )
        self.environment = environment
        self._folder = folder
        self._state = folder / f"{environment}.json"
        self._history = folder / "history"

    def read(self) -> bytes | None:
        """Give the state; `None` when there is no file."""
        return _read(self._state)

    def write(self, data: bytes, serial: int, after: str | None) -> None:
        """Put a state in place of the one whose digest is `after`, and keep it under its serial."""
        present = self.read()
        if (None if present is None else content_digest(present)) != after:
            raise CatalogError(
                error(
                    "state-moved-on",
                    f"The state of environment {self.environment} was replaced meanwhile",
                    f"{self._state} is not the state that this run began with. What this run did is kept in the journal beside it.",
                    f"Put the earlier state back; the next run goes on from there. {RESTORE}",
                ),
                refusal=Refusal.STALE,
            )
        with _telling("state-not-written", "The state could not be written", self._state):
            _make_folder(self._history)
            with _temporary(self._folder, self.environment, data) as temporary:
                self._keep(temporary, serial, data)
                temporary.replace(self._state)
            _sync_folder(self._folder)
        self._forget_old()

    def history(self) -> tuple[Kept, ...]:
        """List the states kept, newest first."""
        kept: list[Kept] = []
        for path in self._history.glob(f"{self.environment}.*.json"):
            number = path.name.removeprefix(f"{self.environment}.").removesuffix(".json")
            if number.isdecimal():
                try:
                    seen = path.stat()
                except FileNotFoundError:  # too old, and just now taken away by another run
                    continue
                kept.append(Kept(int(number), datetime.fromtimestamp(seen.st_mtime, UTC), seen.st_size))
        return tuple(sorted(kept, key=lambda one: one.serial, reverse=True))

    def read_history(self, serial: int) -> bytes:
        """Give a state that was kept."""
        data = _read(self._kept(serial))
        if data is None:
            there = ", ".join(str(one.serial) for one in self.history()) or "none"
            detail = f"Those kept of environment {self.environment}: {there}."
            raise CatalogError(error("state-not-kept", f"There is no state with serial {serial}", detail))
        return data

    def journal(self) -> JournalStore:
        """Give the journal's file."""
        return LocalJournal(self._folder, self.environment)

    @contextmanager
    def lock(self, info: LockInfo, timeout: float) -> Iterator[LocalLock]:
        """Hold the environment by a lock of the operating system, and clean up after a holder that died."""
        path, card = self._folder / f"{self.environment}.lock", self._card
        holding = FileLock(path, timeout=timeout, mode=_MODE, thread_local=False, fallback_to_soft=False)
        try:
            with _telling("state-not-locked", "The state could not be locked", path):
                _make_folder(self._folder)
                holding.acquire()
        except Timeout as late:
            raise locked(self._named_holder(), self.environment, timeout) from late
        try:
            with _telling("state-not-locked", "The state could not be locked", card):
                for leftover in self._folder.glob(f".{self.environment}.*.tmp"):
                    leftover.unlink()
                _replace(card, self.environment, orjson.dumps(asdict(info)))
            yield LocalLock(info, path)
        finally:
            # Only ours: whoever came after a lock file was taken away has left a card of their own.
            if self._written_on_card() == info:
                with suppress(OSError):
                    card.unlink()
            holding.release()

    def _named_holder(self) -> LockInfo | None:
        # Between its lock and its card a new holder is without a name for a moment.
        for _ in range(10):
            if (info := self.holder()) is not None:
                return info
            time.sleep(0.02)
        return None

    def holder(self) -> LockInfo | None:
        """Tell who left a card, unless it is a process of this host that is no more."""
        info = self._written_on_card()
        return None if info is None or not _may_live(info) else info

    @property
    def _card(self) -> Path:
        return self._folder / f"{self.environment}.lock.json"

    def _written_on_card(self) -> LockInfo | None:
        try:
            stored = orjson.loads(self._card.read_bytes())
            return LockInfo(**{**stored, "since": datetime.fromisoformat(stored["since"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None  # a name that cannot be read is no reason to stop; the lock itself is the operating system's

    def _kept(self, serial: int) -> Path:
        return self._history / f"{self.environment}.{serial:06d}.json"

    def _keep(self, temporary: Path, serial: int, data: bytes) -> None:
        # A second name for the same bytes costs nothing; it is made before the state gets them, so that no state is ever without.
        kept = self._kept(serial)
        kept.unlink(missing_ok=True)
        try:
            kept.hardlink_to(temporary)
        except OSError:
            _replace(kept, self.environment, data)
        _sync_folder(self._history)

    def _forget_old(self) -> None:
        for old in self.history()[KEPT:]:
            with suppress(OSError):
                self._kept(old.serial).unlink()


class LocalLock:
    """A lock file that this process holds."""

    def __init__(self, info: LockInfo, path: Path) -> None:
        self.info = info
        self._path = path
        self._file = self._identity()

    def verify(self) -> None:
        """Make sure that the file locked is still the one that others would lock."""
        if self._file is None or self._identity() != self._file:
            raise CatalogError(
                error(
                    "lock-lost",
                    f"The lock of environment {self.info.environment} is gone",
                    f"{self._path} was removed or replaced while this run held it. Another run may have begun, so this one sends nothing.",
                    "Run apply again; it goes on from what was done.",
                ),
                refusal=Refusal.LOCKED,
            )

    def _identity(self) -> tuple[int, int] | None:
        try:
            seen = self._path.stat()
        except OSError:
            return None
        return seen.st_dev, seen.st_ino


class LocalJournal:
    """The file `ENVIRONMENT.journal`."""

    def __init__(self, folder: Path, environment: str) -> None:
        self._folder = folder
        self._environment = environment
        self._path = folder / f"{environment}.journal"

    def read(self) -> bytes | None:
        """Give its content; `None` when there is no file."""
        return _read(self._path)

    def begin(self, data: bytes) -> None:
        """Put a new one in place of any there is."""
        with _telling("journal-not-written", "The journal could not be written", self._path):
            _make_folder(self._folder)
            _replace(self._path, self._environment, data)

    def append(self, data: bytes) -> None:
        """Add at its end, with one write and one sync."""
        with _telling("journal-not-written", "The journal could not be written", self._path):
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND)
            try:
                _write_all(file, data)
                os.fsync(file)
            finally:
                os.close(file)

    def cut(self, length: int) -> None:
        """Drop what stands after its first `length` bytes."""
        with _telling("journal-not-written", "The journal could not be written", self._path):
            file = os.open(self._path, os.O_WRONLY)
            try:
                os.ftruncate(file, length)
                os.fsync(file)
            finally:
                os.close(file)

    def remove(self) -> None:
        """Take it away."""
        with _telling("journal-not-written", "The journal could not be removed", self._path):
            self._path.unlink(missing_ok=True)
            _sync_folder(self._folder)


def _read(path: Path) -> bytes | None:
    with _telling("state-unreadable", "A file of the state could not be read", path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def _replace(path: Path, environment: str, data: bytes) -> None:
    with _temporary(path.parent, environment, data) as temporary:
        temporary.replace(path)
    _sync_folder(path.parent)


@contextmanager
def _temporary(folder: Path, environment: str, data: bytes) -> Iterator[Path]:
    # A file of this content, on the disk to its last byte, gone again unless it was given another name.
    path = folder / f".{environment}.{secrets.token_hex(8)}.tmp"
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
        try:
            _write_all(file, data)
            os.fsync(file)
        finally:
            os.close(file)
        yield path
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    # A new name outlasts a power cut only once its folder is synced; Windows has no such thing to ask for.
    if os.name == "posix":
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


@contextmanager
def _telling(code: str, summary: str, path: Path) -> Iterator[None]:
    try:
        yield
    except Timeout:
        raise
    except OSError as problem:
        hint = "Free some space and run again." if problem.errno in _FULL else "Check that the folder is there and may be read and written."
        detail = f"{path}: {problem.strerror or problem}. What was recorded before is intact."
        raise CatalogError(error(code, summary, detail, hint)) from problem


def _may_live(info: LockInfo) -> bool:
    if os.name != "posix" or info.host != socket.gethostname():
        return True
    try:
        os.kill(info.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
