"""An account's traffic stays within its limits; no test here sleeps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from catalogctl.model.account import Limits
from catalogctl.provider.pace import FIRST_BACKOFF, LONGEST_BACKOFF, LONGEST_PATIENCE, RETRY_FLOOR, Pace
from unit.provider.clockwork import Clockwork


def pace(clock: Clockwork, waits: list[tuple[float, str]] | None = None, **limits: Any) -> Pace:
    usual: dict[str, Any] = {"concurrency": 4, "requests_per_minute": None, "timeout": 1.0, "latency": 0.0, **limits}
    heard = [] if waits is None else waits
    return Pace(Limits(**usual), clock.timing, lambda seconds, why: heard.append((seconds, why)))


async def call(paced: Pace, times: int = 1) -> None:
    for _ in range(times):
        async with paced.slot():
            pass


def test_no_more_calls_are_under_way_than_the_account_bears() -> None:
    paced = pace(Clockwork(), concurrency=3)
    under_way = 0
    highest = 0

    async def one() -> None:
        nonlocal under_way, highest
        async with paced.slot():
            under_way += 1
            highest = max(highest, under_way)
            await asyncio.sleep(0)
            under_way -= 1

    async def many() -> None:
        await asyncio.gather(*(one() for _ in range(20)))

    asyncio.run(many())
    assert highest == 3
    assert paced.requests == 20


@pytest.mark.parametrize(("rate", "calls", "minutes"), [(10, 10, 0), (10, 11, 1), (10, 30, 2), (1, 3, 2)])
def test_a_minutes_worth_goes_at_once_and_the_rest_waits_for_the_next(rate: int, calls: int, minutes: int) -> None:
    clock = Clockwork()
    start = clock.now
    asyncio.run(call(pace(clock, requests_per_minute=rate), calls))
    assert minutes * 60 <= clock.now - start <= minutes * 60 + 1


def test_a_wait_for_the_rate_is_told_once_for_all_the_calls_that_wait_for_it() -> None:
    waits: list[tuple[float, str]] = []
    paced = pace(Clockwork(), waits, requests_per_minute=5, concurrency=4)

    async def many() -> None:
        await asyncio.gather(*(call(paced) for _ in range(12)))

    asyncio.run(many())
    assert [(round(seconds), why) for seconds, why in waits] == [(60, "5 requests a minute are sent")] * 2


def test_no_minute_sees_more_calls_than_the_rate() -> None:
    clock = Clockwork()
    paced = pace(clock, requests_per_minute=5, concurrency=10)
    sent: list[float] = []

    async def one() -> None:
        async with paced.slot():
            sent.append(clock.now)

    async def many() -> None:
        await asyncio.gather(*(one() for _ in range(23)))

    asyncio.run(many())
    assert len(sent) == 23
    assert max(sum(start <= moment < start + 60 for moment in sent) for start in sent) == 5


@pytest.mark.parametrize(
    ("headers", "held"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000030"}, 30.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800009999"}, LONGEST_PATIENCE),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1799999999"}, 0.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, 0.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9" * 5000}, 0.0),
        ({"x-ratelimit-remaining": "0"}, 0.0),
        ({"x-ratelimit-remaining": "1", "x-ratelimit-reset": "1800000030"}, 0.0),
        ({}, 0.0),
    ],
)
def test_a_used_up_allowance_holds_every_call_until_it_is_renewed(headers: dict[str, str], held: float) -> None:
    clock, waits = Clockwork(), list[tuple[float, str]]()
    paced = pace(clock, waits)
    start = clock.now
    paced.heed(headers)
    asyncio.run(call(paced, 2))
    assert clock.now - start == held
    assert [seconds for seconds, _ in waits] == ([held] if held else [])


def test_a_hold_is_not_shortened_by_a_later_shorter_one() -> None:
    clock = Clockwork()
    paced = pace(clock)
    start = clock.now
    paced.backoff(1, 60.0)
    paced.backoff(1, 5.0)
    asyncio.run(call(paced))
    assert clock.now - start == 60


def test_a_store_that_asks_for_patience_holds_all_calls_and_is_told_of_once() -> None:
    clock, waits = Clockwork(), list[tuple[float, str]]()
    paced = pace(clock, waits)
    assert paced.backoff(1, 7.0) == 7.0
    asyncio.run(call(paced, 3))
    assert clock.naps == [7.0]
    assert waits == [(7.0, "the store asked for patience")]


def test_backing_off_is_full_jitter_that_doubles_up_to_a_bound() -> None:
    clock = Clockwork()
    paced = pace(clock)
    for attempt in range(1, 10):
        paced.backoff(attempt, None)
    assert clock.throws[:3] == [(0, FIRST_BACKOFF), (0, 2 * FIRST_BACKOFF), (0, 4 * FIRST_BACKOFF)]
    assert clock.throws[-1] == (0, LONGEST_BACKOFF)


@pytest.mark.parametrize("requests", [0, 100, 1000])
def test_retries_are_a_tenth_of_all_calls_and_ten(requests: int) -> None:
    paced = pace(Clockwork())
    asyncio.run(call(paced, requests))
    granted = sum(paced.may_retry() for _ in range(1000))
    assert granted == paced.retries == RETRY_FLOOR + requests // 10


def date(seconds: float, *, zone: bool = True) -> str:
    moment = datetime.fromtimestamp(Clockwork().now, UTC) + timedelta(seconds=seconds)
    return format_datetime(moment, usegmt=True) if zone else format_datetime(moment.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("17", 17.0),
        (" 17 ", 17.0),
        (date(30), 30.0),
        (date(30, zone=False), 30.0),
        (date(-30), 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("Fri, 99 Jan 2027 08:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_and_as_a_date(text: str, seconds: float | None) -> None:
    assert pace(Clockwork()).asked_for({"retry-after": text}) == seconds


def test_a_missing_retry_after_asks_for_nothing() -> None:
    assert pace(Clockwork()).asked_for({}) is None
