"""One piece of work for each of many items, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from catalogctl.provider.failure import StoreFailure

_Item = TypeVar("_Item")


async def for_each(items: Iterable[_Item], width: int, work: Callable[[_Item], Awaitable[None]]) -> None:
    """Do the work for every item, at most `width` at once, started in order.

    Raises:  the first StoreFailure; what was running then is cancelled, and nothing more is started.
    """
    waiting = iter(items)

    async def worker() -> None:
        for item in waiting:
            await work(item)

    failures: list[StoreFailure] = []
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(width):
                group.create_task(worker())
    except* StoreFailure as several:
        failures = [failure for failure in several.exceptions if isinstance(failure, StoreFailure)]
    if failures:
        raise failures[0]
