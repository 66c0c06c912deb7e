"""An account's traffic stays within its limits; no test here sleeps."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from catalogctl.model.account import CallLimits
from catalogctl.provider.pace import FIRST_BACKOFF, LARGEST_BURST, LONGEST_BACKOFF, LONGEST_PATIENCE, RETRY_FLOOR, Pace, spread
from unit.provider.clockwork import Clockwork


def pace(clock: Clockwork, waits: list[tuple[float, str]] | None = None, **limits: Any) -> Pace:
    usual: dict[str, Any] = {"concurrency": 4, "requests_per_minute": None, "timeout": 1.0, "latency": 0.0, **limits}
    heard = [] if waits is None else waits
    return Pace(CallLimits(**usual), clock.timing, lambda seconds, why: heard.append((seconds, why)))


async def call(paced: Pace, times: int = 1) -> None:
    for _ in range(times):
        with paced.call() as one:
            async with paced.slot(one):
                pass


def test_no_more_calls_are_under_way_than_the_account_bears() -> None:
    paced = pace(Clockwork(), concurrency=3)
    under_way = 0
    highest = 0

    async def one() -> None:
        nonlocal under_way, highest
        with paced.call() as mine:
            async with paced.slot(mine):
                under_way += 1
                highest = max(highest, under_way)
                await asyncio.sleep(0)
                under_way -= 1

    async def many() -> None:
        await asyncio.gather(*(one() for _ in range(20)))

    asyncio.run(many())
    assert highest == 3
    assert paced.requests == 20


@pytest.mark.parametrize(("rate", "calls"), [(10, 11), (10, 30), (1, 3), (110, 60), (100, 2), (60, 3), (1000, 100)])
def test_calls_are_spread_evenly_with_a_burst_of_at_most_a_few(rate: int, calls: int) -> None:
    clock = Clockwork()
    paced, sent = pace(clock, requests_per_minute=rate), list[float]()

    async def one_after_the_other() -> None:
        for _ in range(calls):
            with paced.call() as one:
                async with paced.slot(one):
                    sent.append(clock.now)

    asyncio.run(one_after_the_other())
    interval = 60 / rate
    assert max(sum(start <= moment < start + interval * 0.9 for moment in sent) for start in sent) <= LARGEST_BURST
    assert sent[-1] - sent[0] == pytest.approx(spread(calls, rate), abs=0.01)
    assert (calls - 1 - LARGEST_BURST) * interval <= sent[-1] - sent[0] <= 1.1 * calls * interval


def test_a_wait_for_the_rate_is_reported_once_for_all_the_calls_that_wait_for_it() -> None:
    waits: list[tuple[float, str]] = []
    paced = pace(Clockwork(), waits, requests_per_minute=5, concurrency=4)

    async def many() -> None:
        await asyncio.gather(*(call(paced) for _ in range(4)))

    asyncio.run(many())
    assert [(round(seconds), why) for seconds, why in waits] == [(12, "5 requests a minute are sent")] * 3


@pytest.mark.parametrize("rate", [5, 20, 60])
def test_no_minute_sees_more_calls_than_the_rate(rate: int) -> None:
    clock = Clockwork()
    paced = pace(clock, requests_per_minute=rate, concurrency=10)
    sent: list[float] = []

    async def one() -> None:
        with paced.call() as mine:
            async with paced.slot(mine):
                sent.append(clock.now)

    async def many() -> None:
        await asyncio.gather(*(one() for _ in range(4 * rate + 3)))

    asyncio.run(many())
    assert len(sent) == 4 * rate + 3
    assert max(sum(start <= moment < start + 59.999 for moment in sent) for start in sent) == rate


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
    paced.accepted(headers)
    asyncio.run(call(paced, 2))
    assert clock.now - start == held
    assert [seconds for seconds, _ in waits] == ([held] if held else [])


def put_off(paced: Pace, clock: Clockwork, asked: float | None = None) -> bool:
    with paced.call() as one:
        return paced.put_off(one, clock.now, asked)


def test_a_hold_is_not_shortened_by_a_later_shorter_one() -> None:
    clock = Clockwork()
    paced = pace(clock)
    start = clock.now
    assert put_off(paced, clock, 60.0)
    assert put_off(paced, clock, 5.0)
    asyncio.run(call(paced))
    assert clock.now - start == 60


def test_a_store_that_asks_for_patience_holds_all_calls_and_is_reported_once() -> None:
    clock, waits = Clockwork(), list[tuple[float, str]]()
    paced = pace(clock, waits, requests_per_minute=600)
    assert put_off(paced, clock, 7.0)
    asyncio.run(call(paced))
    assert clock.naps == [7.0]
    assert waits == [(7.0, "the store asked for patience")]


def rate_of(paced: Pace, clock: Clockwork, calls: int = 30) -> float:
    """Return how many calls a minute go out."""
    asyncio.run(call(paced))
    start = clock.now
    asyncio.run(call(paced, calls))
    return calls * 60 / (clock.now - start)


def test_an_account_that_is_put_off_is_halved_and_slowly_raised_again() -> None:
    clock = Clockwork()
    paced = pace(clock, requests_per_minute=120)
    asyncio.run(call(paced, 10))
    assert rate_of(paced, clock) == pytest.approx(118, abs=1)
    assert put_off(paced, clock, 1.0)
    halved = rate_of(paced, clock, 10)
    assert 55 <= halved <= 66
    clock.now += 300
    asyncio.run(call(paced, 5))
    assert halved < rate_of(paced, clock, 10) < 110
    clock.now += 600
    asyncio.run(call(paced, 5))
    assert rate_of(paced, clock) == pytest.approx(118, abs=1)


def test_calls_that_were_under_way_together_slow_the_account_once() -> None:
    clock = Clockwork()
    paced = pace(clock, requests_per_minute=120)
    sent_at = clock.now
    clock.now += 1
    with ExitStack() as open_calls:
        for _ in range(8):
            assert paced.put_off(open_calls.enter_context(paced.call()), sent_at, None)
    assert 55 <= rate_of(paced, clock, 10) <= 66


def test_an_account_without_a_limit_learns_one_from_being_put_off() -> None:
    clock = Clockwork()
    paced = pace(clock)

    async def busy() -> None:
        for _ in range(40):
            await call(paced)
            clock.now += 0.25

    asyncio.run(busy())
    assert put_off(paced, clock, 1.0)
    assert 115 <= rate_of(paced, clock, 40) <= 135, "four a second are halved to 120 a minute"


def test_patience_ends_when_nothing_is_accepted_for_long_and_begins_again_with_the_next_success() -> None:
    clock = Clockwork()
    paced = pace(clock)
    granted = 0
    with paced.call() as one:
        while paced.put_off(one, clock.now, 10.0):
            granted += 1
            clock.now += 10
        assert granted == LONGEST_PATIENCE / 10
        assert not put_off(paced, clock, 10.0), "another call finds the store as it is"
        paced.accepted({})
        assert put_off(paced, clock, 10.0)
        assert not paced.put_off(one, clock.now, 10.0), "one call is not put off for ever while others get through"


def test_a_younger_call_is_not_given_up_for_what_older_ones_took() -> None:
    clock = Clockwork()
    paced = pace(clock)
    with ExitStack() as older:
        older.enter_context(paced.call())
        with paced.call() as one:
            for _ in range(int(LONGEST_PATIENCE)):
                assert paced.put_off(one, clock.now, 10.0)
                paced.accepted({})
                clock.now += 10
            older.close()
            assert paced.put_off(one, clock.now, 10.0), "its time begins when it is the oldest"
            clock.now += LONGEST_PATIENCE
            assert not paced.put_off(one, clock.now, 10.0)


def test_a_call_that_was_put_off_goes_before_those_that_came_later() -> None:
    clock, sent = Clockwork(), list[int]()
    paced = pace(clock, concurrency=1, requests_per_minute=60)

    async def one(name: int) -> None:
        with paced.call() as mine:
            async with paced.slot(mine) as sent_at:
                sent.append(name)
            if name == 0 and sent.count(0) == 1:
                paced.put_off(mine, sent_at, 30.0)
                async with paced.slot(mine):
                    sent.append(name)

    async def many() -> None:
        await asyncio.gather(*(one(name) for name in range(6)))

    asyncio.run(many())
    assert sent[0] == 0
    assert sent.index(0, 1) <= 2, "at most the one whose turn it was already goes first"
    assert sorted(sent) == [0, 0, 1, 2, 3, 4, 5]


def test_a_call_that_is_cut_off_while_it_waits_holds_up_none() -> None:
    paced = pace(Clockwork(), concurrency=1)
    sent = list[int]()

    async def one(name: int) -> None:
        with paced.call() as mine:
            async with paced.slot(mine):
                sent.append(name)
                await asyncio.sleep(0)

    async def many() -> None:
        tasks = [asyncio.create_task(one(name)) for name in range(5)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        tasks[3].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(many())
    assert sent == [0, 2, 4]


def test_backing_off_is_full_jitter_that_doubles_up_to_a_bound() -> None:
    clock = Clockwork()
    paced = pace(clock)
    for attempt in range(1, 10):
        paced.backoff(attempt)
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
