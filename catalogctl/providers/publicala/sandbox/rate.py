"""The number of requests that the emulated store answers in a minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime
from math import ceil

from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches

UNLIMITED = 100_000
"""The limit that the headers name where none is set."""


class Rate:
    """Requests counted by the minute, which begins with the first one after the last minute."""

    def __init__(self, switches: PublicalaSwitches, now: datetime) -> None:
        self._limit = switches.rate_limit
        self._retry_after = switches.retry_after
        self._ends = now
        self._used = 0

    def end_minute(self, now: datetime) -> None:
        """Let the next request begin a minute of its own."""
        self._ends = now

    def count(self, now: datetime) -> tuple[dict[str, str], bool]:
        """Count one request; give the headers and whether it is one too many."""
        if now >= self._ends:
            self._ends = now + timedelta(minutes=1)
            self._used = 0
        if self._limit is None:
            return {"X-RateLimit-Limit": str(UNLIMITED), "X-RateLimit-Remaining": str(UNLIMITED - 1)}, False
        refused = self._used >= self._limit
        self._used += not refused
        headers = {"X-RateLimit-Limit": str(self._limit), "X-RateLimit-Remaining": str(self._limit - self._used)}
        if self._used >= self._limit:
            headers["X-RateLimit-Reset"] = str(ceil(self._ends.timestamp()))
        if not refused:
            return headers, False
        match self._retry_after:
            case "seconds":
                headers["Retry-After"] = str(ceil((self._ends - now).total_seconds()))
            case "date":
                headers["Retry-After"] = format_datetime((self._ends + timedelta(seconds=1)).replace(microsecond=0), usegmt=True)
            case "none":
                pass
        return headers, True
