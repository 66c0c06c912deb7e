"""How many requests a minute are answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime
from math import ceil

from catalogctl.providers.openpublishing.sandbox.answers import Refused
from catalogctl.providers.openpublishing.sandbox.switches import OpenPublishingSwitches


class Rate:
    """The requests of the present minute, which begins with the first one after the last has ended."""

    def __init__(self, switches: OpenPublishingSwitches) -> None:
        self._limit = switches.rate_limit
        self._retry_after = switches.retry_after
        self._ends: datetime | None = None
        self._used = 0

    def count(self, now: datetime) -> None:
        """Count one request. Raises Refused where it is one too many; a refused one is not counted."""
        if self._ends is None or now >= self._ends:
            self._ends = now + timedelta(minutes=1)
            self._used = 0
        if self._limit is None or self._used < self._limit:
            self._used += 1
            return
        headers: dict[str, str] = {}
        match self._retry_after:
            case "seconds":
                headers["Retry-After"] = str(ceil((self._ends - now).total_seconds()))
            case "date":
                # A date has whole seconds: it is rounded up, lest whoever obeys it comes too early.
                headers["Retry-After"] = format_datetime((self._ends + timedelta(seconds=1)).replace(microsecond=0), usegmt=True)
            case "none":
                pass
        raise Refused(429, "server::too_many_requests", "There are too many requests in this minute.", headers)

    def clear(self) -> None:
        """Begin with a new minute."""
        self._ends = None
