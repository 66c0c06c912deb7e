"""The HTTP client, in two kinds: one that can only read, and one that can write. The only module that knows httpx."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, closing, nullcontext
from dataclasses import dataclass, field, replace
from itertools import count, cycle
from typing import IO, Protocol, TypeAlias, TypeVar, cast
from urllib.parse import urlsplit

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from catalogctl.model.account import Account
from catalogctl.model.asset import AssetStream, unsigned
from catalogctl.model.diagnostics import SourceRange, error
from catalogctl.model.value import Secret
from catalogctl.provider import advice, strict
from catalogctl.provider.answer import LARGEST_ANSWER, Answer, Deletion, Failed, PutOff, nonsense, shortened, unpacking, words
from catalogctl.provider.authentication import Authentication
from catalogctl.provider.destination import Destination, RefusedAddress, Resolve, judged, looked_up, system_resolve
from catalogctl.provider.dialect import Dialect, Speaker
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.failure import FORBIDDEN, NOT_FOUND, Ambiguous, CredentialsRefused, Refused, StoreFailure, Unavailable
from catalogctl.provider.pace import ATTEMPTS, Call, Pace, Timing
from catalogctl.provider.secrecy import Secrecy
from catalogctl.provider.transport import ReadOnlyTransport, Transports, plain_transport, proxy_url
from catalogctl.system.host import is_loopback

_SUCCESS = range(200, 300)
LONGEST_CONNECT = 10.0
"""Seconds to wait for a connection: well within a call's deadline, so that what was never sent is known as such."""
SLOWEST_UPLOAD = 128 * 1024
"""Bytes a second below which sending a file is given up."""
PIECE = 1024 * 1024
"""Bytes of a file that are in memory at a time."""
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
_URL = re.compile(r"https?://[^\s\"'<>]+")

_Kind = TypeVar("_Kind", bound="ReadClient")
_Shape = TypeVar("_Shape", bound=strict.AnswerModel)

Query: TypeAlias = Mapping[str, str | list[str]]
"""Parameters by name; a list is one parameter several times."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request that was sent, and what came of it: neither of the two in full, so that no key and no signed URL is in it."""

    endpoint: Endpoint
    number: int
    """Counts from 1: a call is tried again where that is safe."""
    status: int | None
    """As it stood in the answer; `None` where no whole answer came."""
    seconds: float
    """From its first byte to the last one of the answer."""


class Kept(Protocol):
    """Answers about single objects that an earlier run has read, by their paths."""

    def get(self, path: str) -> bytes | None:
        """Return the body of an answer; `None` where there is none."""

    def put(self, path: str, body: bytes) -> None:
        """Keep the body of an answer."""


@dataclass(frozen=True, slots=True)
class ClientHooks:
    """What a client is given from outside."""

    waited: Callable[[float, str], None] = field(default=lambda _seconds, _why: None)
    under_way: Callable[[Endpoint], AbstractContextManager[None]] = field(default=lambda _endpoint: nullcontext())
    """Entered for as long as an attempt is under way, after all waiting."""
    timing: Timing = field(default_factory=Timing)
    largest_answer: int = LARGEST_ANSWER
    transports: Transports | None = None
    """`None`: connections of this machine."""
    resolve: Resolve = system_resolve
    """Looks up the names of the places where stores have files put."""
    tried: Callable[[Attempt], None] = field(default=lambda _: None)
    """Called for each attempt at a call, once it is over."""
    before_write: Callable[[], None] = field(default=lambda: None)
    """Called right before each attempt at a write is sent, after all waiting; what it raises keeps it from being sent."""
    kept: Kept | None = None
    """Where the answers about single objects are looked for first; `None`: each is asked for."""


@dataclass(frozen=True, slots=True)
class _Message:
    """One request, to be created again for each attempt."""

    endpoint: Endpoint
    make: Callable[[dict[str, str], ExitStack], httpx.Request]
    """From its headers; what the body is read from is closed with the stack."""
    client: httpx.AsyncClient
    deadline: float
    """Seconds for one attempt, from its first byte to its last."""
    signed: bool = True
    """Whether it carries the account's key."""

    @property
    def signs_in(self) -> bool:
        """Return whether it is a login: it changes nothing, and is about nothing but the key."""
        return not self.signed and not self.endpoint.elsewhere


@dataclass(slots=True)
class _Course:
    """What is known of a call over all of its attempts."""

    call: Call
    sent: bool = False
    """Whether the store may have acted on one of them."""


class ReadClient:
    """Reads from one account's store; cannot send anything but GET and a login."""

    def __init__(self, account: Account, base_url: str, authentication: Authentication, dialect: Dialect, around: ClientHooks) -> None:
        self._account = account
        self._authentication = authentication
        self._dialect = dialect
        self._timing = around.timing
        self._largest_answer = around.largest_answer
        self._transports = around.transports or plain_transport
        self._tried = around.tried
        self._before_write = around.before_write
        self._under_way = around.under_way
        self._kept = around.kept
        self._secrecy = Secrecy()
        """Every key that was sent, to keep it out of what is reported."""
        self.width = account.limits.concurrency
        """How many calls may be under way at once."""
        self.pace = Pace(account.limits, around.timing, around.waited)
        self.base_url = base_url
        self._client = self._open(base_url, self._transport(base_url))

    def _open(self, base_url: str, transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
        timeout = self._account.limits.timeout
        return httpx.AsyncClient(
            base_url=base_url,
            transport=transport,
            timeout=httpx.Timeout(timeout, connect=min(LONGEST_CONNECT, timeout / 2)),
            follow_redirects=False,
            trust_env=False,
            headers={"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "catalogctl"},
        )

    def _transport(self, base_url: str) -> httpx.AsyncBaseTransport:
        login = self._authentication.login
        path = None if login is None else urlsplit(base_url).path.rstrip("/") + login.path
        return ReadOnlyTransport(self._transports(base_url), path)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def get(self, endpoint: Endpoint, query: Query | None = None, /, **parts: str) -> Answer:
        """Send a reading request; tried again as far as the account's budget allows.

        Raises:  Refused, CredentialsRefused, Unavailable.
        """
        if endpoint.writes:
            message = f"{endpoint} does not read"
            raise AssertionError(message)
        path = self._path(endpoint, parts)
        kept = self._kept if parts and not query else None  # lists change, and say so nowhere
        if kept is not None and (body := kept.get(path)) is not None:
            return Answer(200, {}, body)
        answer = await self._exchange(self._plain(endpoint, path, query, None))
        if kept is not None:
            kept.put(path, answer.body)
        return answer

    async def get_if_there(self, endpoint: Endpoint, query: Query | None = None, /, **parts: str) -> Answer | None:
        """Send a reading request as `get` does; `None` where there is no such object.

        Raises:  as `get`.
        """
        try:
            return await self.get(endpoint, query, **parts)
        except Refused as refusal:
            if refusal.status == NOT_FOUND:
                return None
            raise

    async def sign_in(self, endpoint: Endpoint, form: Mapping[str, Secret | str], /) -> Answer:
        """Send a login, which carries the account's key as its body and nothing else.

        Raises:  CredentialsRefused, Unavailable: an answer to it is about no object.
        """
        fields = {name: value.reveal() if isinstance(value, Secret) else value for name, value in form.items()}
        self._keep_secret(value for value in form.values() if isinstance(value, Secret))

        def make(headers: dict[str, str], _: ExitStack) -> httpx.Request:
            return self._client.build_request(endpoint.method, endpoint.path, headers=headers, data=fields)

        return await self._exchange(_Message(endpoint, make, self._client, self._account.limits.timeout, signed=False))

    def _path(self, endpoint: Endpoint, parts: Mapping[str, str]) -> str:
        try:
            return endpoint.fill(**parts)
        except ValueError as failure:  # an id that some answer reported, as a rule
            raise nonsense(self._account.name, endpoint, f"cannot be asked for: {failure}") from failure

    def _plain(self, endpoint: Endpoint, path: str, query: Query | None, body: bytes | None) -> _Message:
        content_type = {} if body is None else {"Content-Type": "application/json"}

        def make(headers: dict[str, str], _: ExitStack) -> httpx.Request:
            return self._client.build_request(
                endpoint.method, path, params=query or None, headers={**headers, **content_type}, content=body
            )

        return _Message(endpoint, make, self._client, self._account.limits.timeout)

    async def _exchange(self, message: _Message) -> Answer:
        with self.pace.call() as call:
            answer = await self._answer(message, _Course(call))
        if 200 <= answer.status < 300:  # any success will do: stores differ from their own documents
            return answer
        raise self._refusal(message, answer)

    async def _answer(self, message: _Message, course: _Course) -> Answer:
        try:
            answer, carried = await self._tries(message, course)
            if message.signed and answer.status in self._authentication.refusals and await self._authentication.renew(carried):
                answer, _ = await self._tries(message, course)
        except Failed as failed:
            raise self._gave_up(message, failed) from failed
        except Unavailable as closed:  # for want of a login
            if course.sent and message.endpoint.writes:
                raise self._gave_up(message, Failed("signing in to send it again failed", sent=True)) from closed
            raise
        return answer

    async def _tries(self, message: _Message, course: _Course) -> tuple[Answer, Mapping[str, Secret]]:
        endpoint = message.endpoint

        def again(failure: BaseException) -> bool:
            if not isinstance(failure, Failed):
                return False
            # An attempt that got through counts although the next one found the door closed.
            course.sent = failure.sent = failure.sent or course.sent
            return failure.retryable and (endpoint.repeatable or not failure.sent)

        def over(state: RetryCallState) -> bool:
            return state.attempt_number >= ATTEMPTS or not self.pace.may_retry()

        numbers = count(1)

        async def attempt() -> tuple[Answer, Mapping[str, Secret]]:
            while True:
                try:
                    return await self._try(message, course.call, next(numbers))
                except PutOff as put_off:  # a pace, and no failed attempt: it takes its next turn behind the wait that it was asked for
                    course.sent = put_off.sent = put_off.sent or course.sent
                    may_wait = self.pace.put_off(course.call, put_off.sent_at, put_off.asked)
                    if not may_wait or (put_off.sent and not endpoint.repeatable):
                        raise

        tries = AsyncRetrying(
            stop=over,
            retry=retry_if_exception(again),
            wait=lambda state: self.pace.backoff(state.attempt_number),
            sleep=self._timing.sleep,
            reraise=True,
        )
        return await tries(attempt)

    async def _try(self, message: _Message, call: Call, number: int) -> tuple[Answer, Mapping[str, Secret]]:
        # Signing in takes a turn of its own, so it must not happen inside this one's.
        secrets = await self._authentication.headers(self.sign_in) if message.signed else {}
        async with self.pace.slot(call) as sent_at:
            try:
                with self._under_way(message.endpoint), ExitStack() as body:
                    request = message.make(self._reveal(secrets), body)
                    if message.endpoint.writes:
                        self._before_write()
                    async with asyncio.timeout(message.deadline):
                        answer = self._without_keys(message, await self._timed(message, request, number))
            except httpx.InvalidURL as failure:  # an id of that length was reported by some answer
                raise Failed(f"it cannot be asked ({words(failure)})", sent=False, retryable=False) from failure
            except _NEVER_SENT as failure:
                raise Failed(f"it cannot be reached ({words(failure)})", sent=False, hint=advice.UNREACHED) from failure
            except (httpx.RequestError, TimeoutError) as failure:
                raise Failed(f"no whole answer came ({words(failure)})", sent=True, hint=advice.SLOW) from failure
        if not message.endpoint.elsewhere:
            status = self._dialect.status(answer)
            answer = replace(answer, status=status, disguised=status != answer.status)
        asked = self.pace.asked_for(answer.headers)
        if answer.status == 429:
            raise PutOff("it answers 429, too many requests", sent_at, asked, sent=False)
        if answer.status == 503 and asked is not None:
            raise PutOff("it answers 503, and asks for patience", sent_at, asked, sent=True)
        if not message.endpoint.elsewhere:
            self.pace.accepted(answer.headers)
        if answer.status >= 500:
            raise Failed(f"it answers {answer.status}", sent=True)
        if answer.status < 300 and answer.body[:64].lstrip().startswith(b"<"):
            why = f"it answers {answer.status} with a web page, as something between us and the store might"
            raise Failed(why, sent=True, hint=advice.ANOTHER)
        return answer, secrets

    def _reveal(self, secrets: Mapping[str, Secret]) -> dict[str, str]:
        headers = {name: secret.reveal() for name, secret in secrets.items()}
        for name, text in headers.items():
            if not is_sendable(text):
                detail = f"{self._account.name}: the secret for {name} has blanks at its ends, a line break, or letters that no key has."
                hint = f"Check {self._key()}."
                raise CredentialsRefused(error("credentials-unusable", "A secret cannot be sent", detail, hint).at(self._key_place()))
        self._keep_secret(secrets.values())
        return headers

    def _keep_secret(self, secrets: Iterable[Secret]) -> None:
        if not self._account.is_sandbox:  # whose key is the word `sandbox`
            for secret in secrets:
                self._secrecy.learn(secret.reveal())

    def _without_keys(self, message: _Message, answer: Answer) -> Answer:
        """Take our keys out of an answer before anybody sees it; that to a login holds the next one, and is shown to no one."""
        if answer.status not in _SUCCESS:
            return replace(answer, body=self._secrecy.words(answer.body))
        return replace(answer, body=self._secrecy.contents(answer.body)) if message.signed else answer

    async def _timed(self, message: _Message, request: httpx.Request, number: int) -> Answer:
        started, status = self._timing.monotonic(), None
        try:
            answer = await self._receive(message.client, request)
            status = answer.status
        finally:
            self._tried(Attempt(message.endpoint, number, status, self._timing.monotonic() - started))
        return answer

    async def _receive(self, client: httpx.AsyncClient, request: httpx.Request) -> Answer:
        response = await client.send(request, stream=True)
        try:
            unpack = unpacking(response.headers.get("content-encoding", ""), self._largest_answer)
            body = b"".join([unpack(chunk) async for chunk in response.aiter_raw()])
            unpack(b"")
        finally:
            await response.aclose()
        return Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)

    def _gave_up(self, message: _Message, failed: Failed) -> StoreFailure:
        where, endpoint = self._where(), message.endpoint
        why = self._clean(failed.why)
        if endpoint.writes and failed.sent and not message.signs_in:
            detail = f"{where}: {endpoint} was sent, but {why}. It may have been done or not."
            hint = "Run the same command again: the store is looked at before anything is sent."
            return Ambiguous(error("outcome-unknown", "It is not known whether the store did this", detail, hint))
        detail = f"{where}: {endpoint} failed: {why}."
        return Unavailable(error("store-unavailable", "A store does not answer as it should", detail, failed.hint))

    def _refusal(self, message: _Message, answer: Answer) -> StoreFailure:
        where, endpoint = self._where(), message.endpoint
        if 300 <= answer.status < 400:
            detail = (
                f"{where}: {endpoint} was answered with a redirect ({answer.status}), which is never followed: "
                "it could carry the key elsewhere."
            )
            hint = self._clean(advice.moved(answer.headers.get("location", "")))
            return Unavailable(error("store-redirects", "A store answers with a redirect", detail, hint))
        said = "" if endpoint.elsewhere else self._clean(self._dialect.explain(answer))
        if _refuses_the_key(message, answer):
            detail = f"{where}: {endpoint} was answered with {answer.status}. {said}".rstrip()
            hint = f"Check {self._key()}: it may have expired or been replaced."
            problem = error("credentials-refused", "A store refused the credentials", detail, hint).at(self._key_place())
            return CredentialsRefused(problem)
        detail = f"{where}: {endpoint} was answered with {answer.status}. {said}".rstrip()
        if message.signs_in:
            hint = f"Check the account's `base_url` and {self._key()}. If both are right, look at the store's status page."
            return Unavailable(error("store-nonsense", "A store answers what cannot be understood", detail, hint))
        hint = ""
        if message.signed and answer.status == FORBIDDEN:
            hint = f"If it refuses everything, check {self._key()}."
        elif answer.status == NOT_FOUND and not endpoint.writes and "{" not in endpoint.path:
            hint = advice.NO_API
        return Refused(error("store-refused", "A store refused a request", detail, hint), answer.status)

    def _key(self) -> str:
        """Name the key for people: the variable or file, and the line of the project file that refers to it."""
        places = (f"{one} ({one.source.path}:{one.source.line})" for one in self._account.references.values())
        return f"the key in {' and '.join(places)}" if self._account.references else "the secret that the account's settings refer to"

    def _key_place(self) -> SourceRange | None:
        return next((one.source for one in self._account.references.values()), None)

    def _where(self) -> str:
        return f"{self._account.name} ({urlsplit(self.base_url).netloc.rpartition('@')[2]})"

    def _clean(self, text: str) -> str:
        """Take out of foreign words the keys that we sent and the signatures of URLs, and cut them to a bearable length."""
        text = self._secrecy.words(text.encode(errors="surrogatepass")).decode(errors="surrogatepass")
        return shortened(_URL.sub(lambda found: unsigned(found[0]), text))


class WriteClient(ReadClient):
    """Reads from and writes to one account's store."""

    def __init__(self, account: Account, base_url: str, authentication: Authentication, dialect: Dialect, around: ClientHooks) -> None:
        super().__init__(account, base_url, authentication, dialect, around)
        self._resolve = around.resolve
        self._from_loopback = is_loopback(urlsplit(base_url).hostname or "")
        self._elsewhere: dict[str, httpx.AsyncClient] = {}
        """By origin: where the store has files put."""

    def _transport(self, base_url: str) -> httpx.AsyncBaseTransport:
        return self._transports(base_url)

    async def close(self) -> None:
        """Close the connections."""
        await super().close()
        for client in self._elsewhere.values():
            await client.aclose()

    async def send(self, endpoint: Endpoint, body: bytes | None = None, query: Query | None = None, /, **parts: str) -> Answer:
        """Send a writing request; tried again only where that is safe.

        Raises:  Refused, CredentialsRefused, Unavailable (nothing happened), Ambiguous (it may have).
        """
        return await self._exchange(self._plain(endpoint, self._path(endpoint, parts), query, body))

    async def send_form(self, endpoint: Endpoint, fields: Mapping[str, str], query: Query | None = None, /, **parts: str) -> Answer:
        """Send a writing request whose body is an urlencoded form; tried again only where that is safe.

        Raises:  as `send`.
        """
        path = self._path(endpoint, parts)

        def make(headers: dict[str, str], _: ExitStack) -> httpx.Request:
            return self._client.build_request(endpoint.method, path, params=query or None, headers=headers, data=dict(fields))

        return await self._exchange(_Message(endpoint, make, self._client, self._account.limits.timeout))

    async def remove(self, endpoint: Endpoint, query: Query | None = None, /, **parts: str) -> Deletion:
        """Send a request that takes an object away; `Deletion.NOT_THERE` where the store answers that there is none (404).

        Raises:  as `send`.
        """
        try:
            await self.send(endpoint, None, query, **parts)
        except Refused as refusal:
            if refusal.status != NOT_FOUND:
                raise
            return Deletion.NOT_THERE
        return Deletion.DONE

    async def send_file(
        self,
        endpoint: Endpoint,
        fields: Mapping[str, str | list[str]],
        name: str,
        open_file: Callable[[], AssetStream],
        /,
        **parts: str,
    ) -> Answer:
        """Send a form with one file in it, its field called `file`, streamed from the disk.

        Raises:  as `send`; CatalogError (stale) when the file is no longer the one that was planned with.
        """
        path = self._path(endpoint, parts)
        size = _size(open_file)

        def make(headers: dict[str, str], stack: ExitStack) -> httpx.Request:
            file = stack.enter_context(closing(open_file()))
            # What it asks of the file is to be read and to tell its length, which is what a stream of ours can do.
            return self._client.build_request(
                endpoint.method, path, headers=headers, data=dict(fields), files={"file": (name, cast("IO[bytes]", file))}
            )

        return await self._exchange(_Message(endpoint, make, self._client, self._patience(size)))

    async def put_file(self, endpoint: Endpoint, url: str, open_file: Callable[[], AssetStream], /, hosts: Collection[str] = ()) -> Answer:
        """Put a file to an address that the store gave, streamed from the disk; the account's key is not sent there.

        Shapes:  `hosts` are the only ones that it may be sent to, `*.example.com` for all below one; empty allows any public host.
        Raises:  as `send`; Unavailable for an address that no file may be sent to; CatalogError as `send_file`.
        """
        destination = await self._destination(endpoint, url, hosts)
        if destination.origin not in self._elsewhere:
            self._elsewhere[destination.origin] = self._open(destination.origin, self._transports(destination.origin))
        client = self._elsewhere[destination.origin]
        # The connection goes to an address that was judged, another one at each attempt; TLS still proves the name.
        addresses = cycle(destination.addresses or [None])
        named = {} if destination.ip is not None else {"sni_hostname": destination.host}
        size = _size(open_file)

        def make(headers: dict[str, str], stack: ExitStack) -> httpx.Request:
            file = stack.enter_context(closing(open_file()))
            return client.build_request(
                endpoint.method,
                destination.url(next(addresses)),
                headers={**headers, "Host": destination.authority, "Content-Length": str(size), "Accept": "*/*"},
                content=_pieces(file),
                extensions=named,
            )

        return await self._exchange(_Message(endpoint, make, client, self._patience(size), signed=False))

    async def _destination(self, endpoint: Endpoint, url: str, hosts: Collection[str]) -> Destination:
        """Judge an address that the store gave, and look its name up unless a web proxy does that."""
        try:
            destination = judged(url, hosts, from_loopback=self._from_loopback)
            if destination.scheme == "https" and proxy_url(urlsplit(destination.origin)) is not None:
                return destination
            async with asyncio.timeout(LONGEST_CONNECT):
                return await looked_up(destination, self._resolve, from_loopback=self._from_loopback)
        except RefusedAddress as failure:
            detail = f"{self._where()}: the address that the store gave for {endpoint} {failure}. Nothing was sent there."
            hint = "Ask the service whether it gave this address; where only its storage may be used, name its hosts in `upload_hosts`."
            summary = "A store names an address where no file may go"
            raise Unavailable(error("upload-address-refused", summary, detail, hint)) from failure
        except (OSError, TimeoutError) as failure:
            raise self._gave_up_looking(endpoint, destination, failure) from failure

    def _gave_up_looking(self, endpoint: Endpoint, destination: Destination, failure: BaseException) -> StoreFailure:
        why = f"{destination.host}, where the file is to go, cannot be looked up ({words(failure)})"
        detail = f"{self._where()}: {endpoint} failed: {why}."
        return Unavailable(error("store-unavailable", "A store does not answer as it should", detail, advice.STORAGE_UNREACHED))

    def _patience(self, size: int) -> float:
        return self._account.limits.timeout + size / SLOWEST_UPLOAD


def _refuses_the_key(message: _Message, answer: Answer) -> bool:
    if message.signs_in:
        # An error that comes as a success is how a service may refuse a key, whatever it calls it.
        return answer.disguised or answer.status in {401, FORBIDDEN}
    return message.signed and answer.status == 401


def is_sendable(key: str) -> bool:
    """Return whether a header can carry a text as it is."""
    return key.isascii() and key.isprintable() and key == key.strip()


def _size(open_file: Callable[[], AssetStream]) -> int:
    with closing(open_file()) as file:
        return file.size


async def _pieces(file: AssetStream) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, PIECE):
        yield piece


@asynccontextmanager
async def connect(
    kind: type[_Kind],
    account: Account,
    base_url: str,
    speaker: Speaker,
    around: ClientHooks,
) -> AsyncIterator[_Kind]:
    """Open a client of one kind for an account of a provider, and close it in the end.

    Raises:  CatalogError (credentials) when a secret is missing.
    """
    service = kind(account, base_url, speaker.authentication(account), Dialect.of(speaker), around)
    try:
        yield service
    finally:
        await service.close()


def decoded(account: str, endpoint: Endpoint, answer: Answer) -> object:
    """Decode an answer.

    Raises:  Unavailable for one that is no JSON.
    """
    try:
        return answer.json()
    except ValueError as failure:
        raise undocumented(account, endpoint, "is no JSON") from failure


def judged_as(account: str, endpoint: Endpoint, shape: type[_Shape], told: object, where: str = "") -> _Shape:
    """Read an answer, or the part of it at the path `where`, as what the store's documents promise.

    Raises:  Unavailable, naming each place that is otherwise.
    """
    try:
        return strict.read(shape, told, where)
    except ValueError as failure:
        raise undocumented(account, endpoint, failure) from failure


def demand_about(account: str, endpoint: Endpoint, answer: Answer, id_: str) -> None:
    """Raise Ambiguous where the answer to a write tells another id, in its `data`, than the one that the write was for."""
    try:
        document = answer.json() if answer.body.strip() else None
    except ValueError:
        return
    data = document.get("data") if isinstance(document, Mapping) else None
    told = data.get("id", id_) if isinstance(data, Mapping) else id_
    if str(told) != id_ or isinstance(told, bool):
        why = f"is about the object with the id {strict.shown(told)}, and it was sent for {id_}"
        detail = f"{account}: {endpoint} succeeded ({answer.status}), but its answer {why}. It may have been done or not."
        hint = "Run the same command again: the store is looked at before anything is sent."
        raise Ambiguous(error("outcome-unknown", "It is not known whether the store did this", detail, hint))


def undocumented(account: str, endpoint: Endpoint, why: object) -> StoreFailure:
    """Make the failure for an answer of another form than the store's documents promise: perhaps another server's."""
    return nonsense(account, endpoint, str(why), advice.ANOTHER)
