"""The HTTP client, in two kinds: one that can only read, and one that can write. The only module that knows httpx."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
import orjson
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from catalogctl.model.account import Account
from catalogctl.model.asset import unsigned
from catalogctl.model.diagnostics import error
from catalogctl.model.value import Secret
from catalogctl.provider.authentication import Authentication
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.failure import Ambiguous, CredentialsRefused, Refused, StoreFailure, Unavailable
from catalogctl.provider.pace import ATTEMPTS, LONGEST_PATIENCE, Pace, Timing

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes of an answer beyond which it is refused."""
LONGEST_CONNECT = 10.0
"""Seconds to wait for a connection: well within a call's deadline, so that what was never sent is known as such."""
LONGEST_WORDS = 1000
"""Characters of a store's explanation that are passed on."""
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
_URL = re.compile(r"https?://[^\s\"'<>]+")

_Kind = TypeVar("_Kind", bound="Reading")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a store answered."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    def json(self) -> object:
        """Decode the body.

        Raises:  ValueError when it is no JSON.
        """
        return orjson.loads(self.body)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a client is given from outside."""

    waited: Callable[[float, str], None] = field(default=lambda _seconds, _why: None)
    timing: Timing = field(default_factory=Timing)
    largest_answer: int = LARGEST_ANSWER


_WORDLESS = {
    "ConnectTimeout": "the connection was not made in time",
    "ReadTimeout": "the answer stopped coming",
    "WriteTimeout": "the request could not be sent in time",
    "TimeoutError": "it took longer than the account's timeout",
    "ReadError": "the connection broke while reading",
    "WriteError": "the connection broke while sending",
    "ConnectError": "no connection was made",
}
"""What is said of failures that bring no words of their own."""


class _Failed(Exception):
    """One attempt did not bring a usable answer."""

    def __init__(self, why: str, *, sent: bool, asked: float | None = None, retryable: bool = True) -> None:
        super().__init__(why)
        self.why = why
        self.sent = sent
        """Whether the store may have acted on it."""
        self.asked = asked
        self.retryable = retryable


class _ReadOnlyTransport(httpx.AsyncBaseTransport):
    """Has no write verbs: a plan cannot write, whatever its code says."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            message = f"a reading client was asked to send {request.method} {request.url.path}"
            raise AssertionError(message)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


class Reading:
    """Reads from one account's store; cannot send anything but GET."""

    def __init__(
        self, account: Account, base_url: str, authentication: Authentication, explain: Callable[[Answer], str], around: Surroundings
    ) -> None:
        self._account = account
        self._authentication = authentication
        self._explain = explain
        self._timing = around.timing
        self._largest_answer = around.largest_answer
        self._revealed: set[str] = set()
        """Every key that was sent, to keep it out of what is told."""
        self.width = account.limits.concurrency
        """How many calls may be under way at once."""
        self.pace = Pace(account.limits, around.timing, around.waited)
        self.base_url = base_url
        timeout = account.limits.timeout
        self._client = httpx.AsyncClient(
            base_url=base_url,
            transport=self._transport(base_url),
            timeout=httpx.Timeout(timeout, connect=min(LONGEST_CONNECT, timeout / 2)),
            follow_redirects=False,
            trust_env=False,
            headers={"Accept": "application/json", "User-Agent": "catalogctl"},
        )

    def _transport(self, base_url: str) -> httpx.AsyncBaseTransport:
        return _ReadOnlyTransport(_plain_transport(base_url))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def get(self, endpoint: Endpoint, query: Mapping[str, str] | None = None, /, **parts: str) -> Answer:
        """Send a reading request; tried again as far as the account's budget allows.

        Raises:  Refused, CredentialsRefused, Unavailable.
        """
        if endpoint.writes:
            message = f"{endpoint} does not read"
            raise AssertionError(message)
        return await self._exchange(endpoint, endpoint.fill(**parts), dict(query or {}), None)

    async def _exchange(self, endpoint: Endpoint, path: str, query: dict[str, str], body: bytes | None) -> Answer:
        try:
            answer = await self._tries(endpoint, path, query, body)
            if answer.status == 401 and await self._authentication.renew():
                answer = await self._tries(endpoint, path, query, body)
        except _Failed as failed:
            raise self._gave_up(endpoint, failed) from failed
        if 200 <= answer.status < 300:  # any success will do: stores differ from their own documents
            return answer
        raise self._refusal(endpoint, answer)

    async def _tries(self, endpoint: Endpoint, path: str, query: dict[str, str], body: bytes | None) -> Answer:
        sent = False

        def again(failure: BaseException) -> bool:
            nonlocal sent
            if not isinstance(failure, _Failed):
                return False
            # An attempt that got through counts although the next one found the door closed.
            sent = failure.sent = failure.sent or sent
            return failure.retryable and (endpoint.repeatable or not failure.sent)

        def over(state: RetryCallState) -> bool:
            return state.attempt_number >= ATTEMPTS or not self.pace.may_retry()

        def wait(state: RetryCallState) -> float:
            failure = state.outcome.exception() if state.outcome else None
            return self.pace.backoff(state.attempt_number, failure.asked if isinstance(failure, _Failed) else None)

        tries = AsyncRetrying(stop=over, retry=retry_if_exception(again), wait=wait, sleep=self._timing.sleep, reraise=True)
        return await tries(self._try, endpoint.method, path, query, body)

    async def _try(self, method: str, path: str, query: dict[str, str], body: bytes | None) -> Answer:
        async with self.pace.slot():
            headers = self._reveal(await self._authentication.headers())
            if body is not None:
                headers["Content-Type"] = "application/json"
            request = self._client.build_request(method, path, params=query or None, headers=headers, content=body)
            try:
                async with asyncio.timeout(self._account.limits.timeout):
                    answer = await self._receive(request)
            except _NEVER_SENT as failure:
                raise _Failed(f"it cannot be reached ({_words(failure)})", sent=False) from failure
            except (httpx.RequestError, TimeoutError) as failure:
                raise _Failed(f"no whole answer came ({_words(failure)})", sent=True) from failure
        self.pace.heed(answer.headers)
        asked = self.pace.asked_for(answer.headers)
        patient = asked is None or asked <= LONGEST_PATIENCE
        if answer.status == 429:
            raise _Failed("it answers 429, too many requests", sent=False, asked=asked, retryable=patient)
        if answer.status >= 500:
            raise _Failed(f"it answers {answer.status}", sent=True, asked=asked, retryable=patient)
        if answer.status < 300 and answer.body[:64].lstrip().startswith(b"<"):
            raise _Failed(f"it answers {answer.status} with a web page, as something between us and the store might", sent=True)
        return answer

    def _reveal(self, secrets: Mapping[str, Secret]) -> dict[str, str]:
        headers = {name: secret.reveal() for name, secret in secrets.items()}
        for name, text in headers.items():
            if not text.isascii() or not text.isprintable() or text != text.strip():
                detail = f"{self._account.name}: the secret for {name} has blanks at its ends, a line break, or letters that no key has."
                hint = "Check the secret that the account's settings refer to."
                raise CredentialsRefused(error("credentials-unusable", "A secret cannot be sent", detail, hint))
        self._revealed.update(headers.values())
        return headers

    async def _receive(self, request: httpx.Request) -> Answer:
        response = await self._client.send(request, stream=True)
        try:
            chunks: list[bytes] = []
            size = 0
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > self._largest_answer:
                    message = f"its answer is larger than {self._largest_answer} bytes"
                    raise _Failed(message, sent=True, retryable=False)
                chunks.append(chunk)
        finally:
            await response.aclose()
        return Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, b"".join(chunks))

    def _gave_up(self, endpoint: Endpoint, failed: _Failed) -> StoreFailure:
        where = self._where()
        why = self._clean(failed.why)
        if endpoint.writes and failed.sent:
            detail = f"{where}: {endpoint} was sent, but {why}. It may have been done or not."
            hint = "Run the same command again: the store is looked at before anything is sent."
            return Ambiguous(error("outcome-unknown", "It is not known whether the store did this", detail, hint))
        detail = f"{where}: {endpoint} failed: {why}."
        return Unavailable(error("store-unavailable", "A store does not answer as it should", detail, "Try again later."))

    def _refusal(self, endpoint: Endpoint, answer: Answer) -> StoreFailure:
        where = self._where()
        if 300 <= answer.status < 400:
            detail = (
                f"{where}: {endpoint} was answered with a redirect ({answer.status}), which is never followed: "
                "it could carry the key elsewhere."
            )
            return Unavailable(error("store-redirects", "A store answers with a redirect", detail, "Check the account's base_url."))
        said = self._clean(self._explain(answer))
        if answer.status == 401:
            detail = f"{where}: {endpoint} was answered with 401. {said}".rstrip()
            hint = "Check the secret that the account's settings refer to."
            return CredentialsRefused(error("credentials-refused", "A store refused the credentials", detail, hint))
        detail = f"{where}: {endpoint} was answered with {answer.status}. {said}".rstrip()
        return Refused(error("store-refused", "A store refused a request", detail), answer.status)

    def _where(self) -> str:
        return f"{self._account.name} ({urlsplit(self.base_url).netloc.rpartition('@')[2]})"

    def _clean(self, text: str) -> str:
        """Take out of foreign words the keys that we sent and the signatures of URLs, and cut them to a bearable length."""
        if not self._account.is_sandbox:
            for secret in self._revealed:
                text = text.replace(secret, "…") if secret else text
        text = _URL.sub(lambda found: unsigned(found[0]), text)
        return text if len(text) <= LONGEST_WORDS else f"{text[:LONGEST_WORDS]}…"


class Writing(Reading):
    """Reads from and writes to one account's store."""

    def _transport(self, base_url: str) -> httpx.AsyncBaseTransport:
        return _plain_transport(base_url)

    async def send(self, endpoint: Endpoint, body: bytes | None = None, /, **parts: str) -> Answer:
        """Send a writing request; tried again only where that is safe.

        Raises:  Refused, CredentialsRefused, Unavailable (nothing happened), Ambiguous (it may have).
        """
        return await self._exchange(endpoint, endpoint.fill(**parts), {}, body)


@asynccontextmanager
async def connect(
    kind: type[_Kind],
    account: Account,
    base_url: str,
    authentication: Authentication,
    explain: Callable[[Answer], str],
    around: Surroundings,
) -> AsyncIterator[_Kind]:
    """Open a client of one kind, and close it in the end."""
    service = kind(account, base_url, authentication, explain, around)
    try:
        yield service
    finally:
        await service.close()


def nonsense(account: str, endpoint: Endpoint, why: str) -> StoreFailure:
    """Make the failure for an answer that is not what the store's documents promise."""
    detail = f"{account}: the answer to {endpoint} {why}."
    return Unavailable(error("store-nonsense", "A store answers what cannot be understood", detail, "Try again later."))


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


def _plain_transport(base_url: str) -> httpx.AsyncBaseTransport:
    parts = urlsplit(base_url)
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=30)
    if parts.scheme == "http":
        # Only within this machine (the project file refuses it elsewhere): there is no TLS to verify, and loading the
        # machine's certificates would cost more than the whole of a small plan.
        return _Lanes(lambda: httpx.AsyncHTTPTransport(limits=limits, verify=False, trust_env=False))
    trusted, proxy = ssl.create_default_context(), _proxy(parts)
    return _Lanes(lambda: httpx.AsyncHTTPTransport(limits=limits, verify=trusted, trust_env=False, proxy=proxy))


def _proxy(parts: SplitResult) -> str | None:
    """Find the web proxy that this machine is told to use; it only passes on what is encrypted up to the store."""
    address = getproxies().get("https", "")
    if not address or proxy_bypass(parts.hostname or ""):
        return None
    return address if "://" in address else f"http://{address}"


def _words(failure: BaseException) -> str:
    said = str(failure).rstrip(".")
    return said or _WORDLESS.get(type(failure).__name__, "it fell silent")
