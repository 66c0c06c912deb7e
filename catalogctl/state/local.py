"""States in a folder: `state/ENVIRONMENT.json`, its journal, its lock and its history.

    state/
    ├── default.json                 the state
    ├── default.journal              only while an apply runs, or after one was interrupted
    ├── default.lock                 locked by the operating system, which frees it when its holder dies
    ├── default.lock.json            who that holder is; renewed while it holds
    ├── default.lock.token           how often it was held
    ├── history/default.000012.json  the last states
    └── runs/default.20261128T…jsonl  the records of runs

Every file has mode 0600, and appears under its name whole or not at all.
"""

from __future__ import annotations

import errno
import re
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Final

from catalogctl.model.diagnostics import CatalogError, Refusal, error
from catalogctl.state.backend import Hold, JournalStore, Kept, LockInfo, RunStore, content_digest
from catalogctl.state.durable import LARGEST_OWN, read_file, telling
from catalogctl.state.journal import JOURNAL_LIMIT
from catalogctl.state.local_lock import Lease, LocalLock, Locker
from catalogctl.state.local_runs import LocalRuns
from catalogctl.state.statefile import RESTORE, STATE_LIMIT
from catalogctl.system.safe_folder import FileId, SafeFolder

LEASE: Final = Lease()
"""How long a hold is believed in."""
KEPT: Final = 20
"""How many states the history holds."""

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class LocalBackend:
    """Keeps the state of one environment in a folder of this machine."""

    def __init__(self, folder: SafeFolder, environment: str, lease: Lease = LEASE) -> None:
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
        self._state = f"{environment}.json"
        self.name = shown_path(folder.path / self._state)
        self._history = folder.folder("history")
        self._locker = Locker(folder, environment, lease)

    def read(self) -> bytes | None:
        """Return the state; `None` when there is no file."""
        return read_file(self._folder, self._state, STATE_LIMIT)

    def write(self, data: bytes, serial: int, after: str | None) -> None:
        """Put a state in place of the one whose digest is `after`, and keep it under its serial."""
        if len(data) > LARGEST_OWN:
            raise CatalogError(
                error(
                    "state-too-large",
                    f"The state of environment {self.environment} is too large for one file",
                    f"It would have {len(data):,} bytes; a file of more than {LARGEST_OWN:,} is not read again. "
                    "What this run did is kept in the journal beside it.",
                    "Split the catalog: give some of its accounts an environment of their own.",
                )
            )
        present = self.read()
        if (None if present is None else content_digest(present)) != after:
            raise CatalogError(
                error(
                    "state-moved-on",
                    f"The state of environment {self.environment} was replaced meanwhile",
                    f"{self._folder.path / self._state} is not the state that this run began with. "
                    "What this run did is kept in the journal beside it.",
                    f"Put back the earlier state: the next run goes on from there.\n{RESTORE}",
                ),
                refusal=Refusal.STALE,
            )
        with (
            telling("state-not-written", "The state could not be written", self._folder.path / self._state),
            self._folder.pending(self._state, data) as pending,
        ):
            # A file of its own, not a second name for the state's: what damages that one in place shall find this one whole. It is
            # made before the state is there, so that no state is ever without.
            self._history.write(self._kept(serial), data)
            pending.put()
        self._forget_old()

    def history(self) -> tuple[Kept, ...]:
        """List the states kept, newest first."""
        kept: list[Kept] = []
        for name in self._in_history():
            environment, _, number = name.removesuffix(".json").rpartition(".")
            if environment == self.environment and number.isdecimal() and name.endswith(".json"):
                try:
                    seen = self._history.status(name)
                except FileNotFoundError:  # too old, and just now taken away by another run
                    continue
                kept.append(Kept(int(number), datetime.fromtimestamp(seen.st_mtime, UTC), seen.st_size))
        return tuple(sorted(kept, key=lambda one: one.serial, reverse=True))

    def read_history(self, serial: int) -> bytes:
        """Return a state that was kept."""
        data = read_file(self._history, self._kept(serial), STATE_LIMIT)
        if data is None:
            there = ", ".join(str(one.serial) for one in self.history()) or "none"
            detail = f"Those kept of environment {self.environment}: {there}."
            raise CatalogError(error("state-not-kept", f"There is no state with serial {serial}", detail))
        return data

    def journal(self) -> JournalStore:
        """Return the journal's file."""
        return LocalJournal(self._folder, self.environment)

    def runs(self) -> RunStore:
        """Return the folder of the records of runs."""
        return LocalRuns(self._folder.folder("runs"), self.environment)

    def lock(self, info: LockInfo, timeout: float) -> AbstractContextManager[LocalLock]:
        """Hold the environment by a lock of the operating system and a card, and clean up after a holder that died."""
        return self._locker.hold(info, timeout)

    def holder(self) -> Hold | None:
        """Tell who left a card that counts."""
        return self._locker.holder()

    def break_lock(self, id_: str) -> None:
        """Take the environment from the one hold that has this id."""
        self._locker.break_lock(id_)

    def keep_aside(self) -> tuple[str, ...]:
        """Return state and journal a second name each, with the time in it."""
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        names: list[str] = []
        for suffix, limit in (("json", STATE_LIMIT), ("journal", JOURNAL_LIMIT)):
            name = f"{self.environment}.{suffix}"
            data = read_file(self._folder, name, limit)
            if data is not None:
                there = self._folder.names()
                aside = next(one for number in count() if (one := _aside(name, now, number)) not in there)
                with telling("state-not-written", "The damaged state could not be kept", self._folder.path / aside):
                    self._folder.write(aside, data)
                names.append(str(self._folder.path / aside))
        return tuple(names)

    def _in_history(self) -> list[str]:
        with telling("state-unreadable", "The earlier states could not be listed", self._history.path):
            return self._history.names()

    def _kept(self, serial: int) -> str:
        return f"{self.environment}.{serial:06d}.json"

    def _forget_old(self) -> None:
        for old in self.history()[KEPT:]:
            with suppress(OSError):
                self._history.remove(self._kept(old.serial))


class LocalJournal:
    """The file `ENVIRONMENT.journal`."""

    def __init__(self, folder: SafeFolder, environment: str) -> None:
        self._folder = folder
        self._name = f"{environment}.journal"
        self._path = folder.path / self._name
        self.name = shown_path(self._path)
        self._ours: FileId | None = None
        """The one that was begun here: whoever was suspended and lost the lock must not add to the journal of the run that has it now."""

    def read(self) -> bytes | None:
        """Return its content; `None` when there is no file."""
        return read_file(self._folder, self._name, JOURNAL_LIMIT)

    def begin(self, data: bytes) -> None:
        """Put a new one in place of any there is."""
        with telling("journal-not-written", "The journal could not be written", self._path):
            self._ours = self._folder.write(self._name, data)

    def append(self, data: bytes) -> None:
        """Add at its end, with one write and one sync."""
        with telling("journal-not-written", "The journal could not be written", self._path):
            if self._folder.status(self._name).st_size + len(data) > LARGEST_OWN:
                raise OSError(errno.EFBIG, f"it would have more than {LARGEST_OWN:,} bytes, which are not read again")
            self._folder.append_durably(self._name, data, self._ours)

    def cut(self, length: int) -> None:
        """Drop what is after its first `length` bytes."""
        with telling("journal-not-written", "The journal could not be written", self._path):
            self._folder.cut(self._name, length)

    def remove(self) -> None:
        """Take it away."""
        with telling("journal-not-written", "The journal could not be removed", self._path):
            self._folder.remove(self._name)
            self._folder.sync()


def shown_path(path: Path) -> str:
    """Return a path as a person in the current folder would write it."""
    with suppress(ValueError):
        return path.relative_to(Path.cwd()).as_posix()
    return str(path)


def _aside(name: str, now: str, number: int) -> str:
    return f"{name}.damaged-{now}" + (f"-{number}" if number else "")
