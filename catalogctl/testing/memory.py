"""States in memory: a backend for checks, which keeps the contract and nothing after the process ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock as Mutex

from catalogctl.model.diagnostics import CatalogError, Refusal, error
from catalogctl.state.backend import LEASE, Hold, JournalStore, Kept, LockInfo, RunStore, content_digest, lock_lost, locked, no_such_lock


@dataclass(slots=True)
class Memory:
    """What is kept of one environment, for as many backends as look at it."""

    state: bytes | None = None
    history: dict[int, tuple[bytes, datetime]] = field(default_factory=dict)
    journal: bytes | None = None
    mutex: Mutex = field(default_factory=Mutex)
    holder: Hold | None = None
    token: int = 0
    """Of the last hold."""
    writing: Mutex = field(default_factory=Mutex)
    ever_journalled: list[bytes] = field(default_factory=list)
    """Every byte that a journal here ever held."""
    aside: dict[str, bytes] = field(default_factory=dict)
    """What was kept aside, by name."""
    runs: dict[str, bytes] = field(default_factory=dict)
    plans: dict[str, bytes] = field(default_factory=dict)
    """Records of runs, by name."""

    def copy(self) -> Memory:
        """Return the same contents for others to go on from; no one holds them."""
        return Memory(self.state, dict(self.history), self.journal, runs=dict(self.runs))


class MemoryBackend:
    """Keeps the state of one environment in a `Memory`."""

    def __init__(self, environment: str = "default", memory: Memory | None = None) -> None:
        self.environment = environment
        self.name = f"{environment}.json in memory"
        self.memory = memory or Memory()

    def read(self) -> bytes | None:
        """Return the state; `None` when there never was one."""
        return self.memory.state

    def write(self, data: bytes, serial: int, after: str | None) -> None:
        """Put a state in place of the one whose digest is `after`, and keep it under its serial."""
        memory = self.memory
        with memory.writing:
            present = None if memory.state is None else content_digest(memory.state)
            if present != after:
                summary = f"The state of environment {self.environment} was replaced meanwhile"
                raise CatalogError(error("state-moved-on", summary), refusal=Refusal.STALE)
            memory.state = data
            memory.history[serial] = (data, datetime.now(UTC))

    @contextmanager
    def lock(self, info: LockInfo, timeout: float) -> Iterator[MemoryLock]:
        """Hold the environment."""
        memory = self.memory
        mutex = memory.mutex
        if not mutex.acquire(timeout=timeout):
            raise locked(memory.holder, self.environment, timeout)
        memory.token += 1
        # All who could see it are in this process: there is nothing that a lease could tell them.
        hold = Hold(info, memory.token, datetime.now(UTC) + timedelta(seconds=LEASE))
        memory.holder = hold
        try:
            yield MemoryLock(info, memory.token, memory)
        finally:
            if memory.holder == hold:
                memory.holder = None
            mutex.release()

    def holder(self) -> Hold | None:
        """Tell who holds it now."""
        return self.memory.holder

    def break_lock(self, id_: str) -> None:
        """Take the environment from the one hold that has this id."""
        hold = self.memory.holder
        if hold is None or hold.info.id != id_:
            raise no_such_lock(id_, hold, self.environment)
        self.memory.holder = None
        self.memory.mutex = Mutex()

    def history(self) -> tuple[Kept, ...]:
        """List the states that can be had back, newest first."""
        kept = self.memory.history
        return tuple(Kept(serial, kept[serial][1], len(kept[serial][0])) for serial in sorted(kept, reverse=True))

    def read_history(self, serial: int) -> bytes:
        """Return an earlier state."""
        kept = self.memory.history.get(serial)
        if kept is None:
            there = ", ".join(str(one.serial) for one in self.history()) or "none"
            raise CatalogError(error("state-not-kept", f"There is no state with serial {serial}", f"Those kept: {there}."))
        return kept[0]

    def journal(self) -> JournalStore:
        """Return what lies beside the state."""
        return MemoryJournal(self.memory)

    def runs(self) -> RunStore:
        """Return the records of runs."""
        return MemoryRuns(self.memory)

    def keep_aside(self) -> tuple[str, ...]:
        """Keep copies of state and journal under names of their own."""
        there = {"state": self.memory.state, "journal": self.memory.journal}
        copies = {f"{name}-{len(self.memory.aside)}": data for name, data in there.items() if data is not None}
        self.memory.aside.update(copies)
        return tuple(copies)


@dataclass(slots=True)
class MemoryLock:
    """An environment that someone in this process holds."""

    info: LockInfo
    token: int
    memory: Memory

    def verify(self) -> None:
        """Make sure that it still is held."""
        hold = self.memory.holder
        if hold is None or hold.token != self.token:
            raise lock_lost(self.info.environment, "Somebody took it away while this run held it.")


@dataclass(frozen=True, slots=True)
class MemoryJournal:
    """Bytes that only grow."""

    memory: Memory

    @property
    def name(self) -> str:
        """What messages call it."""
        return "the journal in memory"

    def read(self) -> bytes | None:
        """Return its content; `None` when there is none."""
        return self.memory.journal

    def begin(self, data: bytes) -> None:
        """Put a new one in place of any there is."""
        self.memory.ever_journalled.append(data)
        self.memory.journal = data

    def append(self, data: bytes) -> None:
        """Add at its end."""
        self.memory.journal = self._there() + data
        self.memory.ever_journalled.append(data)

    def cut(self, length: int) -> None:
        """Drop what is after its first `length` bytes."""
        self.memory.journal = self._there()[:length]

    def remove(self) -> None:
        """Take it away."""
        self.memory.journal = None

    def _there(self) -> bytes:
        if self.memory.journal is None:
            raise CatalogError(error("journal-not-written", "The journal could not be written", "There is none."))
        return self.memory.journal


@dataclass(frozen=True, slots=True)
class MemoryRuns:
    """Texts by name that only grow."""

    memory: Memory

    def names(self) -> tuple[str, ...]:
        """List the records there are, the newest first."""
        return tuple(sorted(self.memory.runs, reverse=True))

    def read(self, name: str) -> bytes | None:
        """Return a record as far as it has come."""
        return self.memory.runs.get(name)

    def begin(self, name: str, pieces: Iterable[bytes]) -> None:
        """Make a new record."""
        self.memory.runs[name] = b"".join(pieces)

    def append(self, name: str, data: bytes) -> None:
        """Add to a record."""
        if name not in self.memory.runs:
            raise CatalogError(error("run-not-recorded", "The record of a run could not be written", "There is none."))
        self.memory.runs[name] += data

    def seal(self, name: str, data: bytes) -> None:
        """Add the last of a record."""
        self.append(name, data)

    def remove(self, name: str) -> None:
        """Take a record away."""
        self.memory.runs.pop(name, None)
        self.drop_plan(name)

    def keep_plan(self, name: str, data: bytes) -> None:
        """Keep the plan of a run."""
        self.memory.plans[name] = data

    def plan(self, name: str) -> bytes | None:
        """Return the plan that is kept of a run."""
        return self.memory.plans.get(name)

    def drop_plan(self, name: str) -> None:
        """Take the plan of a run away."""
        self.memory.plans.pop(name, None)
