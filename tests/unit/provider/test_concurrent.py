"""Work for many items, a few at a time."""

from __future__ import annotations

import asyncio

import pytest

from catalogctl.model.diagnostics import error
from catalogctl.provider.concurrent import for_each
from catalogctl.provider.failure import StoreFailure, Unavailable


@pytest.mark.parametrize(("count", "width", "most"), [(0, 3, 0), (1, 3, 1), (10, 3, 3), (10, 1, 1), (2, 10, 2)])
def test_every_item_is_worked_on_once_and_no_more_than_so_many_at_a_time(count: int, width: int, most: int) -> None:
    done: list[int] = []
    under_way = 0
    highest = 0

    async def work(item: int) -> None:
        nonlocal under_way, highest
        under_way += 1
        highest = max(highest, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        done.append(item)

    asyncio.run(for_each(range(count), width, work))
    assert sorted(done) == list(range(count))
    assert highest == most


def test_items_are_started_in_order() -> None:
    started: list[int] = []

    async def work(item: int) -> None:
        started.append(item)
        await asyncio.sleep(0.001 * (item % 3))

    asyncio.run(for_each(range(20), 4, work))
    assert started == list(range(20))


def test_the_first_failure_ends_it_all_and_is_raised_as_itself() -> None:
    started: list[int] = []
    cancelled: list[int] = []

    async def work(item: int) -> None:
        started.append(item)
        if item == 2:
            raise Unavailable(error("store-unavailable", f"number {item}"))
        try:
            await asyncio.sleep(10 if item else 0)
        except asyncio.CancelledError:
            cancelled.append(item)
            raise

    with pytest.raises(Unavailable, match="number 2"):
        asyncio.run(for_each(range(100), 3, work))
    assert len(started) <= 4
    assert 1 in cancelled


def test_a_fault_of_our_own_is_not_passed_off_as_a_stores() -> None:
    async def work(item: int) -> None:
        raise RuntimeError(str(item))

    with pytest.raises(ExceptionGroup) as group:
        asyncio.run(for_each([1], 1, work))
    assert group.group_contains(RuntimeError, match="1")
    assert not group.group_contains(StoreFailure)
