"""What goes wrong during one run, counted by boundary; and what must hold at each of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from catalogctl.provider.emulation import SandboxRequest
from simulation.disk import Crash, Death
from simulation.library import Store
from simulation.schedule import Boundary, Mishap, Strike

_DEATHS = {
    Mishap.CRASH_BEFORE: Death.BEFORE,
    Mishap.CRASH_AFTER: Death.AFTER,
    Mishap.TORN: Death.TORN,
    Mishap.ZEROED: Death.ZEROED,
}
CRASHES = frozenset({*_DEATHS, Mishap.CRASH_LATE})


@dataclass(slots=True)
class Tally:
    """What was simulated."""

    schedules: int = 0
    applies: int = 0
    requests: int = 0
    second_runs: int = 0
    """Schedules of which one run with nothing going wrong was not enough."""
    crashes: Counter[str] = field(default_factory=Counter)
    """By what the process died at."""
    faults: Counter[str] = field(default_factory=Counter)
    """By mishap."""
    endings: Counter[str] = field(default_factory=Counter)
    """Of the runs that something went wrong in."""

    def add(self, other: Tally) -> None:
        """Count what another has counted as well."""
        self.schedules += other.schedules
        self.applies += other.applies
        self.requests += other.requests
        self.second_runs += other.second_runs
        self.crashes += other.crashes
        self.faults += other.faults
        self.endings += other.endings


class Weather:
    """The weather of one run: it strikes where its schedule says."""

    def __init__(
        self,
        strikes: tuple[Strike, ...],
        tally: Tally,
        lose_lock: Callable[[], None],
        sent: Callable[[Store, SandboxRequest], None],
        known: Callable[[], frozenset[str]],
    ) -> None:
        self._strikes = strikes
        self._tally = tally
        self._counts: Counter[Boundary] = Counter()
        self.dead = False
        """Whether the process has died."""
        self.lose_lock = lose_lock
        self.sent = sent
        """Is reported for each writing request before it arrives."""
        self.known = known
        """Gives the ids that state knows."""

    def strike(self, boundary: Boundary) -> Strike | None:
        """Come to a boundary; what happens there."""
        number = self._counts[boundary]
        self._counts[boundary] += 1
        self._tally.requests += boundary is not Boundary.RECORD
        for strike in self._strikes:
            if strike.boundary is boundary and strike.number <= number < strike.number + strike.length:
                if strike.mishap in CRASHES:
                    self._tally.crashes[f"{strike.mishap.value}: {boundary.value}"] += 1
                else:
                    self._tally.faults[strike.mishap.value] += 1
                return strike
        return None

    def record(self, _what: str) -> Death:
        """Come to a write to the disk; whether the process dies at it."""
        self.must_live()
        strike = self.strike(Boundary.RECORD)
        if strike is None:
            return Death.NEVER
        if strike.mishap is Mishap.LOCK_LOST:
            self.lose_lock()
            return Death.NEVER
        self.dead = True
        return _DEATHS[strike.mishap]

    def die(self) -> None:
        """Let nothing more of this run be seen."""
        self.dead = True

    def must_live(self) -> None:
        """Raise Crash where the process is dead."""
        if self.dead:
            raise Crash

    async def pass_time(self) -> None:
        """Let what is under way side by side take turns."""
        for _ in range(self._counts[Boundary.READ] * 7 % 3 + self._counts[Boundary.WRITE] * 5 % 3):
            await asyncio.sleep(0)
        self.must_live()
