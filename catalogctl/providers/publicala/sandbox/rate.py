"""The number of requests that the emulated store answers in a minute, and the headers that tell of it."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from catalogctl.provider.emulation import Minute
from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches

UNLIMITED = 100_000
"""The limit that the headers name where none is set."""


class Rate:
    """Requests counted by the minute, reported for on every answer."""

    def __init__(self, switches: PublicalaSwitches) -> None:
        self._minute = Minute(switches.rate_limit, switches.retry_after)

    def end_minute(self) -> None:
        """Let the next request begin a minute of its own."""
        self._minute.clear()

    def count(self, now: datetime) -> tuple[dict[str, str], bool]:
        """Count one request; give the headers and whether it is one too many."""
        minute = self._minute
        refused = not minute.take(now)
        if minute.limit is None or minute.ends is None:
            return {"X-RateLimit-Limit": str(UNLIMITED), "X-RateLimit-Remaining": str(UNLIMITED - 1)}, False
        headers = {"X-RateLimit-Limit": str(minute.limit), "X-RateLimit-Remaining": str(minute.limit - minute.used)}
        if minute.used >= minute.limit:
            headers["X-RateLimit-Reset"] = str(ceil(minute.ends.timestamp()))
        return ({**headers, **minute.wish(now)}, True) if refused else (headers, False)
