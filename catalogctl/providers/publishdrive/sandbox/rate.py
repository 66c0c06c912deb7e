"""How many requests a minute the emulated service takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from math import ceil

from catalogctl.providers.publishdrive.sandbox.switches import PublishdriveSwitches


class Rate:
    """Counts the requests of the present minute, which begins with the first one after the last minute's end."""

    def __init__(self, switches: PublishdriveSwitches, now: datetime) -> None:
        self._switches = switches
        self._end = now
        self._taken = 0

    def refuses(self, now: datetime) -> bool:
        """Count one request; tell whether it is one too many."""
        if now >= self._end:
            self._end, self._taken = now + timedelta(minutes=1), 0
        self._taken += 1
        return self._switches.rate_limit is not None and self._taken > self._switches.rate_limit

    def wish(self, now: datetime) -> Mapping[str, str]:
        """Give the header that tells a refused client when to come back."""
        match self._switches.retry_after:
            case "seconds":
                return {"Retry-After": str(ceil((self._end - now).total_seconds()))}
            case "date":
                # An HTTP date has whole seconds, so the next one is the first that is not too early.
                return {"Retry-After": format_datetime(self._end.replace(microsecond=0) + timedelta(seconds=1), usegmt=True)}
            case "none":
                return {}
