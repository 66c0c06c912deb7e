"""A disk for state and journal, at every write of which the process can die: before it, after it, or in the middle of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from catalogctl.state.backend import JournalStore
from catalogctl.testing.memory import Memory, MemoryBackend, MemoryJournal


class Death(Enum):
    """When the process dies, seen from one write."""

    NEVER = "never"
    BEFORE = "before"
    TORN = "torn"
    """Some of the bytes are there; of what is written whole or not at all, none."""
    ZEROED = "zeroed"
    """The power fails: a block of the bytes reads as zeros."""
    AFTER = "after"


class Crash(BaseException):
    """The process is gone: nothing catches this, and nothing that is in memory outlasts it."""


Boundary = Callable[[str], Death]
"""Is asked at each write, by what is written."""


class Disk(MemoryBackend):
    """A state and its journal."""

    def __init__(self, memory: Memory, boundary: Boundary) -> None:
        super().__init__(memory=memory)
        self._boundary = boundary

    def write(self, data: bytes, serial: int, after: str | None) -> None:
        """Put a state in place, whole or not at all."""
        with _whole(self._boundary, "state"):
            super().write(data, serial, after)

    def journal(self) -> JournalStore:
        """Give what lies beside the state."""
        return DiskJournal(self.memory, self._boundary)


@dataclass(frozen=True, slots=True)
class DiskJournal(MemoryJournal):
    """Bytes that only grow."""

    boundary: Boundary

    def begin(self, data: bytes) -> None:
        """Put a new one in place, whole or not at all."""
        with _whole(self.boundary, "begin the journal"):
            MemoryJournal.begin(self, data)

    def append(self, data: bytes) -> None:
        """Add at its end."""
        death = self.boundary("journal")
        if death is Death.BEFORE:
            raise Crash
        half = len(data) // 2
        written = {Death.TORN: data[:half], Death.ZEROED: data[:half] + bytes(len(data) - half - 1) + b"\n"}.get(death, data)
        MemoryJournal.append(self, written)
        if death is not Death.NEVER:
            raise Crash

    def cut(self, length: int) -> None:
        """Drop what is after its first bytes."""
        with _whole(self.boundary, "cut the journal"):
            MemoryJournal.cut(self, length)

    def remove(self) -> None:
        """Take it away."""
        with _whole(self.boundary, "end the journal"):
            MemoryJournal.remove(self)


@contextmanager
def _whole(boundary: Boundary, what: str) -> Iterator[None]:
    match boundary(what):
        case Death.NEVER:
            yield
        case Death.AFTER:
            yield
            raise Crash
        case Death.BEFORE | Death.TORN | Death.ZEROED:
            raise Crash
