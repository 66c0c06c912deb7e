"""Clients of the stores, opened with each account's key and limits, and the event loop they run in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

from catalogctl.engine.in_flight import CallsInFlight
from catalogctl.engine.stores import Stores
from catalogctl.events import Listener, Waited
from catalogctl.model.diagnostics import CatalogError
from catalogctl.provider.protocol import Reader
from catalogctl.provider.service import Attempt, ClientHooks, ReadClient, connect
from catalogctl.system.interrupt import left_to_the_loop

_Result = TypeVar("_Result")


_Service = TypeVar("_Service", bound=ReadClient)


def without_key(stores: Stores, accounts: Iterable[str]) -> dict[str, CatalogError]:
    """Map each of some accounts whose key is missing to the problem."""
    missing: dict[str, CatalogError] = {}
    for name in sorted(accounts):
        try:
            stores.provider_of(name).authentication(stores.accounts[name])
        except CatalogError as problem:
            missing[name] = problem
    return missing


def run_to_end(work: Coroutine[object, object, _Result]) -> _Result:
    """Run asynchronous work to its end.

    Its result is kept out of the event loop's own task: when that ends, the signal module puts the whole task into
    words for an exception that no one reads, and a large result makes that take as long as a large plan.
    """
    kept: list[_Result] = []

    async def keep() -> None:
        kept.append(await work)

    with left_to_the_loop():
        asyncio.run(keep())
    return kept[0]


@asynccontextmanager
async def open_reader(stores: Stores, account: str, listen: Listener) -> AsyncIterator[tuple[Reader, ReadClient]]:
    """Open a reader for an account, with the client it reads through."""
    async with open_client(ReadClient, stores, account, listen) as service:
        yield stores.provider_of(account).reader(stores.accounts[account], service), service


def open_client(
    kind: type[_Service],
    stores: Stores,
    name: str,
    listen: Listener,
    before_write: Callable[[], None] = lambda: None,
    tried: Callable[[Attempt], None] = lambda _: None,
) -> AbstractAsyncContextManager[_Service]:
    """Open a client of one kind for an account, with the account's key and limits."""
    account, provider = stores.accounts[name], stores.provider_of(name)
    around = ClientHooks(
        lambda seconds, why: listen(Waited(name, seconds, why)),
        CallsInFlight(name, listen).under_way,
        stores.timing,
        transports=stores.transports,
        tried=tried,
        before_write=before_write,
        kept=stores.kept,
    )
    return connect(kind, account, stores.url(name), provider, around)
