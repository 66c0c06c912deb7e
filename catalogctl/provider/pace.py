"""How fast an account may be called: how many calls at once, how many a minute, and how long after the store asked to wait."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from heapq import heapify, heappop, heappush
from itertools import count

from catalogctl.model.account import CallLimits

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
"""Seconds of waiting for the account's rate that are reported; a shorter wait is not."""
LONGEST_PATIENCE = 120.0
"""Seconds. A store that asks for a longer wait, or that accepts no request for as long, is unavailable."""
LARGEST_BURST = 3
"""Requests that may be sent at once after a pause; all others are spread evenly over the minute. Source: PRODUCT.md 5.11."""
SLOWEST = 12.0
"""Requests a minute below which an account is never slowed."""
_MEASURED = 10.0
"""Seconds over which the rate of an account without a limit is measured when its store first asks to slow down."""
_SHORTEST = 0.001
"""Seconds below which no timer is set."""
_RECOVERY = 600.0
"""Seconds after which a halved rate is back at its full value."""


@dataclass(slots=True)
class Timing:
    """The clock, the sleep and the dice, so that tests can bring their own."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    uniform: Callable[[float, float], float] = random.uniform


def spacing(rate: float) -> tuple[float, float]:
    """Return the interval between requests, and how much before its time a request may be sent, so that no minute sees more than `rate`.

    Units:  seconds; `rate` in requests a minute.
    """
    burst = max(1, min(LARGEST_BURST, int(rate / 20)))
    interval = 60.0 / (rate - (burst - 1))
    return interval, (burst - 1) * interval


def spread(count: int, rate: float) -> float:
    """Return how long after the first of `count` requests the last one is sent.

    Units:  seconds; `rate` in requests a minute.
    """
    interval, early = spacing(rate)
    return max(0.0, (count - 1) * interval - early)


class _Rate:
    """Spreads an account's requests (GCRA), more slowly once its store has asked to slow down.

    Units:  seconds; rates in requests a minute. Each request moves `_next_due` one interval on.
    Source: PRODUCT.md 5.11; ITU-T I.371 for the algorithm.
    """

    def __init__(self, limit: float | None) -> None:
        self._limit = limit
        self._slowed_to: float | None = None
        self.slowed_at = float("-inf")
        self._next_due = float("-inf")
        self._recent: deque[float] = deque()
        """When the last requests were sent; kept only while no limit is known."""

    def current(self, now: float) -> float | None:
        """Return the requests a minute that may be sent now; `None` when nothing limits them."""
        if self._slowed_to is None:
            return self._limit
        ceiling = self._limit or 2 * self._slowed_to
        raised = self._slowed_to + (ceiling - self._slowed_to) * min(1.0, (now - self.slowed_at) / _RECOVERY)
        return min(ceiling, raised)

    def wait(self, now: float) -> float:
        """Return how long to wait before the next request may be sent; 0 when it may be sent now."""
        rate = self.current(now)
        wait = 0.0 if rate is None else self._next_due - spacing(rate)[1] - now
        return wait if wait > _SHORTEST else 0.0

    def sent(self, now: float) -> None:
        """Count a request that is sent now."""
        rate = self.current(now)
        if rate is not None:
            self._next_due = max(self._next_due, now) + spacing(rate)[0]
        if self._limit is None:
            self._recent.append(now)
            while self._recent[0] < now - _MEASURED:
                self._recent.popleft()

    def slow(self, now: float) -> None:
        """Halve the rate. Where no limit is known, halve the rate of the last seconds."""
        self._slowed_to = max(SLOWEST, (self.current(now) or self._measured(now)) / 2)
        self.slowed_at = now
        self._next_due = max(self._next_due, now + spacing(self._slowed_to)[1])  # no burst right after a refusal

    def _measured(self, now: float) -> float:
        sent = [moment for moment in self._recent if moment > now - _MEASURED]
        return len(sent) * 60.0 / max(1.0, now - sent[0]) if sent else 2 * SLOWEST


@dataclass(slots=True, order=True)
class Call:
    """One call's place in the line of its account: the older one goes first, however often it was put off."""

    number: int
    put_off: int = field(default=0, compare=False)
    """How often the store has put it off."""
    since: float = field(default=float("inf"), compare=False)
    """When a request of it that was put off was first sent."""
    turn: asyncio.Event = field(default_factory=asyncio.Event, compare=False)
    """Set when it is to look whether it may go."""


class Pace:
    """Keeps one account's traffic within its limits.

    Units:  seconds throughout.
    """

    def __init__(self, limits: CallLimits, timing: Timing, waited: Callable[[float, str], None]) -> None:
        self._rate = _Rate(limits.requests_per_minute)
        self._concurrency = limits.concurrency
        self._timing = timing
        self._waited = waited
        self._numbers = count()
        self._open: dict[int, Call] = {}
        """The calls that have no answer yet, oldest first."""
        self._line: list[Call] = []
        """Those that wait for their turn, as a heap."""
        self._under_way = 0
        self._oldest_since = float("-inf")
        """When the oldest open call became the oldest."""
        self._held_until = float("-inf")
        self._told_until = float("-inf")
        self._refused_since: float | None = None
        """When the store began to put off every request; `None` while it accepts some."""
        self.requests = 0
        """Calls sent so far, retries included."""
        self.retries = 0

    @contextmanager
    def call(self) -> Iterator[Call]:
        """Open a call, which may need more than one request."""
        one = Call(next(self._numbers))
        self._open[one.number] = one
        try:
            yield one
        finally:
            if self._oldest() is one:
                self._oldest_since = self._timing.monotonic()
            del self._open[one.number]

    def _oldest(self) -> Call:
        return next(iter(self._open.values()))

    @asynccontextmanager
    async def slot(self, call: Call) -> AsyncIterator[float]:
        """Wait for the turn to send one request, and hold it until the answer is in; yields the moment at which it may be sent."""
        heappush(self._line, call)
        try:
            now = await self._take_turn(call)
        finally:
            call.turn.clear()
            if self._line[0] is call:
                heappop(self._line)
            else:  # it was cut off while it waited
                self._line.remove(call)
                heapify(self._line)
            self._call_next()
        self._under_way += 1
        self.requests += 1
        try:
            yield now
        finally:
            self._under_way -= 1
            self._call_next()

    def _call_next(self) -> None:
        if self._line:
            self._line[0].turn.set()

    async def _take_turn(self, call: Call) -> float:
        self._call_next()
        while True:
            await call.turn.wait()
            if self._line[0] is not call or self._under_way >= self._concurrency:
                call.turn.clear()
                continue
            now = self._timing.monotonic()
            held, turn = self._held_until - now, self._rate.wait(now)
            if held <= 0 and turn <= 0:
                self._rate.sent(now)
                return now
            if turn > held:
                self._report_turn(now, turn)
            await self._timing.sleep(max(held, turn, _SHORTEST))  # a shorter one might end before the clock has moved

    def _report_turn(self, now: float, seconds: float) -> None:
        """Report a long wait for the account's rate, once for all the calls that wait for it."""
        if seconds >= TOLD_FROM and now >= self._told_until:
            self._told_until = now + seconds
            self._waited(seconds, f"{self._rate.current(now) or 0:.0f} requests a minute are sent")

    def accepted(self, headers: Mapping[str, str]) -> None:
        """Note that the store took a request; hold all further calls when it says that the minute's allowance is used up."""
        self._refused_since = None
        if headers.get("x-ratelimit-remaining") != "0":
            return
        reset = headers.get("x-ratelimit-reset", "")
        if reset.isdecimal() and len(reset) <= _LONGEST_NUMBER:
            self._hold(int(reset) - self._timing.now().timestamp(), "the store's allowance is used up")

    def put_off(self, call: Call, sent_at: float, asked: float | None) -> bool:
        """Slow the whole account after an answer that put a request off, and say whether that request may be sent again.

        Shapes:  `sent_at` is when the request was sent: what was under way when the account was slowed does not slow it once more.
                 `asked` is what the store asked to wait, if it said.
        """
        now = self._timing.monotonic()
        call.put_off += 1
        call.since = min(call.since, sent_at)
        self._refused_since = sent_at if self._refused_since is None else self._refused_since
        if sent_at >= self._rate.slowed_at:
            self._rate.slow(now)
        since = self._refused_since
        if call is self._oldest():  # a younger one was put off because older ones took what the store gives
            since = min(since, max(call.since, self._oldest_since))
        wait = self.backoff(call.put_off) if asked is None else asked
        if sent_at + wait - since > LONGEST_PATIENCE:
            return False
        self._hold(wait, "the store asked for patience")
        return True

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

    def backoff(self, attempt: int) -> float:
        """Return how long to wait after a failed attempt, counted from 1: full jitter."""
        return self._timing.uniform(0, min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** min(attempt - 1, 10)))

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
