"""How fast an account may be talked to: side by side, per minute, and after it asked for patience."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pyrate_limiter import Duration, InMemoryBucket, Rate, RateItem

from catalogctl.model.account import Limits

ATTEMPTS = 3
"""How often one call is tried at most. Source: PRODUCT.md 5.11."""
RETRY_SHARE = 0.10
"""Which part of all calls may be second and third attempts. Source: PRODUCT.md 5.11."""
RETRY_FLOOR = 10
"""Retries that are allowed however few calls there were."""
FIRST_BACKOFF = 0.5
"""Seconds that the first backoff may last at most; each further one may last twice as long."""
LONGEST_BACKOFF = 20.0
"""Seconds that a backoff of our own may last at most."""
_LONGEST_NUMBER = 12
"""Digits beyond which a header's number is no time any more."""
TOLD_FROM = 2.0
"""Seconds from which on a wait for the account's own rate is told of."""
LONGEST_PATIENCE = 120.0
"""Seconds that a store may ask us to wait; one that asks for more is unavailable."""


@dataclass(slots=True)
class Timing:
    """The clock, the sleep and the dice, so that tests can bring their own."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    uniform: Callable[[float, float], float] = random.uniform


class Pace:
    """Keeps one account's traffic within its limits.

    Units:  seconds throughout.
    """

    def __init__(self, limits: Limits, timing: Timing, waited: Callable[[float, str], None]) -> None:
        self._slots = asyncio.Semaphore(limits.concurrency)
        rate = self._rate = limits.requests_per_minute
        self._bucket = None if rate is None else InMemoryBucket([Rate(rate, Duration.MINUTE)])
        self._timing = timing
        self._waited = waited
        self._held_until = 0.0
        self._told_until = 0.0
        self.requests = 0
        """Calls sent so far, retries included."""
        self.retries = 0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for the turn to send one request, and hold it until the answer is in."""
        async with self._slots:
            await self._take_turn()
            await self._rest()
            self.requests += 1
            yield

    async def _take_turn(self) -> None:
        # The bucket alone, without the library's limiter: that one sleeps by itself and keeps a thread to tidy up.
        if self._bucket is None:
            return
        while True:
            now = int(self._timing.monotonic() * 1000)
            item = RateItem("call", now)
            self._bucket.leak(now)
            if self._bucket.put(item):
                return
            milliseconds = self._bucket.waiting(item)
            seconds = max(milliseconds, 1) / 1000 if isinstance(milliseconds, int) else 1.0
            self._tell_of_turn(seconds)
            await self._timing.sleep(seconds)

    def _tell_of_turn(self, seconds: float) -> None:
        """Tell of a long wait for the account's rate, once for all the calls that wait for it."""
        now = self._timing.monotonic()
        if self._rate is not None and seconds >= TOLD_FROM and now >= self._told_until:
            self._told_until = now + seconds
            self._waited(seconds, f"{self._rate} requests a minute are sent")

    async def _rest(self) -> None:
        while (left := self._held_until - self._timing.monotonic()) > 0:
            await self._timing.sleep(left)

    def heed(self, headers: Mapping[str, str]) -> None:
        """Hold all further calls when the store says that the minute's allowance is used up."""
        if headers.get("x-ratelimit-remaining") != "0":
            return
        reset = headers.get("x-ratelimit-reset", "")
        if reset.isdecimal() and len(reset) <= _LONGEST_NUMBER:
            self._hold(int(reset) - self._timing.now().timestamp(), "the store's allowance is used up")

    def _hold(self, seconds: float, why: str) -> None:
        seconds = min(seconds, LONGEST_PATIENCE)
        until = self._timing.monotonic() + seconds
        if seconds > 0 and until > self._held_until:
            self._held_until = until
            self._waited(seconds, why)

    def may_retry(self) -> bool:
        """Take one retry from the budget, if there is one left."""
        if self.retries >= RETRY_FLOOR + RETRY_SHARE * self.requests:
            return False
        self.retries += 1
        return True

    def backoff(self, attempt: int, asked: float | None) -> float:
        """Say how long to wait after a failed attempt (counted from 1): what the store asked for, else full jitter.

        A store that asked holds all calls of the account, not only this one.
        """
        if asked is not None:
            self._hold(asked, "the store asked for patience")
            return asked
        return self._timing.uniform(0, min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (attempt - 1)))

    def asked_for(self, headers: Mapping[str, str]) -> float | None:
        """Read Retry-After, given in seconds or as a date; `None` when it is missing or unreadable."""
        text = headers.get("retry-after", "").strip()
        if text.isdecimal():
            return float(text)
        if not text:
            return None
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, TypeError):
            return None
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
        return max(0.0, (at - self._timing.now()).total_seconds())
