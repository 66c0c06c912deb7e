"""A clock that moves when someone sleeps, and dice that are looked at."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from catalogctl.provider.pace import Timing


@dataclass
class Clockwork:
    now: float = 1_800_000_000.0
    """Seconds since 1970; the monotonic clock shows the same."""
    naps: list[float] = field(default_factory=list)
    throws: list[tuple[float, float]] = field(default_factory=list)

    @property
    def timing(self) -> Timing:
        return Timing(monotonic=lambda: self.now, now=lambda: datetime.fromtimestamp(self.now, UTC), sleep=self._sleep, uniform=self._throw)

    async def _sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        wake = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, wake)

    def _throw(self, low: float, high: float) -> float:
        self.throws.append((low, high))
        return high
