"""How requests reach a store: connections, and the transport that cannot write."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

Transports: TypeAlias = Callable[[str], httpx.AsyncBaseTransport]
"""Opens the way on which requests reach what answers under a base URL, an account's own or one that its store has files put to."""


class ReadOnlyTransport(httpx.AsyncBaseTransport):
    """Has no write verbs: a plan cannot write, whatever its code says. What it can send beside GET is the login."""

    def __init__(self, inner: httpx.AsyncBaseTransport, login: str | None) -> None:
        self._inner = inner
        self._login = login

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a GET, or the request that signs in; refuse any other."""
        if request.method != "GET" and (request.method, request.url.path) != ("POST", self._login):
            message = f"a reading client was asked to send {request.method} {request.url.path}"
            raise AssertionError(message)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class _Lanes(httpx.AsyncBaseTransport):
    """Many connections, each in a pool of its own: a pool looks through all its connections at every step of every call."""

    def __init__(self, open_lane: Callable[[], httpx.AsyncBaseTransport]) -> None:
        self._open_lane = open_lane
        self._all: list[httpx.AsyncBaseTransport] = []
        self._free: list[httpx.AsyncBaseTransport] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self._free:
            self._free.append(self._open_lane())
            self._all.append(self._free[-1])
        lane = self._free.pop()
        try:
            response = await lane.handle_async_request(request)
        except BaseException:
            self._free.append(lane)
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream), "an asynchronous transport gives an asynchronous stream"
        response.stream = _LaneStream(response.stream, lambda: self._free.append(lane))
        return response

    async def aclose(self) -> None:
        for lane in self._all:
            await lane.aclose()


class _LaneStream(httpx.AsyncByteStream):
    """The body of an answer; when it is closed its lane is free again."""

    def __init__(self, inner: httpx.AsyncByteStream, free: Callable[[], None]) -> None:
        self._inner = inner
        self._free = free

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            yield chunk

    async def aclose(self) -> None:
        try:
            await self._inner.aclose()
        finally:
            self._free()


def plain_transport(base_url: str) -> httpx.AsyncBaseTransport:
    """Open connections from this machine, with TLS verified beyond loopback."""
    parts = urlsplit(base_url)
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=30)
    if parts.scheme == "http":
        # Only within this machine (the project file refuses it elsewhere): there is no TLS to verify, and loading the
        # machine's certificates would cost more than the whole of a small plan.
        return _Lanes(lambda: httpx.AsyncHTTPTransport(limits=limits, verify=False, trust_env=False))
    trusted, proxy = ssl.create_default_context(), proxy_url(parts)
    return _Lanes(lambda: httpx.AsyncHTTPTransport(limits=limits, verify=trusted, trust_env=False, proxy=proxy))


def proxy_url(parts: SplitResult) -> str | None:
    """Find the web proxy that this machine is told to use; it only passes on what is encrypted up to the store."""
    address = getproxies().get("https", "")
    if not address or proxy_bypass(parts.hostname or ""):
        return None
    return address if "://" in address else f"http://{address}"
