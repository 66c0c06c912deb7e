"""Time that passes only when someone waits, so that no check takes longer than its work."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from catalogctl.provider.pace import Timing

BEGINNING = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class VirtualClock:
    """One clock for the engine and the service in memory."""

    def __init__(self) -> None:
        self._instant = BEGINNING

    def __call__(self) -> datetime:
        """Tell the instant, in UTC."""
        return self._instant

    @property
    def passed(self) -> float:
        """Seconds since it was made."""
        return (self._instant - BEGINNING).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Let time pass; several who sleep side by side wake at the same time."""
        wake = self._instant + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        self._instant = max(self._instant, wake)

    @property
    def timing(self) -> Timing:
        """The clock, the sleep and the dice, which always show the most."""
        return Timing(monotonic=lambda: self.passed, now=self, sleep=self.sleep, uniform=lambda _low, high: high)
