"""The client, over real sockets: what it sends, what it sends again, what it makes of bad answers, and what it never tells."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from threading import Thread
from typing import Any, TypeVar

import httpx
import pytest
from pydantic import BaseModel

from catalogctl.model.account import Account, CallLimits
from catalogctl.model.value import Secret
from catalogctl.provider.answer import LONGEST_WORDS, Answer
from catalogctl.provider.authentication import Authentication, FixedHeaders, SignIn
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.failure import Ambiguous, CredentialsRefused, Refused, StoreFailure, Unavailable
from catalogctl.provider.pace import ATTEMPTS, LONGEST_PATIENCE, RETRY_FLOOR
from catalogctl.provider.service import ClientHooks, ReadClient, WriteClient, connect, decoded, judged_as
from catalogctl.provider.strict import AnswerModel
from catalogctl.provider.transport import Transports
from catalogctl.sandbox import Fault, FaultKind
from unit.provider.clockwork import Clockwork
from unit.sandbox.storefront import DIGITAL, ISSUES, UPDATE, Store, serving

KEY = "k3y-of-an-admin"
LIST = Endpoint("GET", ISSUES, frozenset({200}), repeatable=True)
CREATE = Endpoint("POST", ISSUES, frozenset({201}), repeatable=False)
CHANGE = Endpoint("PUT", ISSUES + "/{id}", frozenset({204}), repeatable=True)
REMOVE = Endpoint("DELETE", ISSUES + "/{id}", frozenset({200}), repeatable=True)
NEW = json.dumps(DIGITAL).encode()
CHANGED = json.dumps(UPDATE).encode()


class Named(AnswerModel):
    """What an answer promises."""

    name: str


class NoSettings(BaseModel):
    """An account of no provider in particular."""


_Kind = TypeVar("_Kind", bound=ReadClient)
_Result = TypeVar("_Result")


def account(base_url: str, key: str = KEY, **limits: Any) -> Account:
    usual: dict[str, Any] = {"concurrency": 2, "requests_per_minute": None, "timeout": 5.0, "latency": 0.0, **limits}
    return Account("store", "any", base_url, NoSettings(), CallLimits(**usual), {"token": lambda: Secret(key)})


@dataclass(frozen=True)
class Tongue:
    """Any provider, as far as it speaks."""

    keys: Authentication

    def explain(self, answer: Answer) -> str:
        return answer.body.decode(errors="replace")

    def authentication(self, account: Account) -> Authentication:  # noqa: ARG002 -- there is one
        return self.keys


class Disguised(Tongue):
    """A service that answers 200 to everything, and says in the body what it means."""

    def status(self, answer: Answer) -> int:
        return int(match[1]) if (match := re.search(rb"means (\d+)", answer.body)) else answer.status


@dataclass
class Client:
    """An account, and a clock that no call has to wait for."""

    url: str
    limits: dict[str, Any] = field(default_factory=dict)
    key: str = KEY
    clock: Clockwork = field(default_factory=Clockwork)
    largest_answer: int = 1_000_000
    authentication: Authentication | None = None
    tongue: type[Tongue] = Tongue
    service: ReadClient | None = None
    transports: Transports | None = None

    def use(self, kind: type[_Kind], work: Callable[[_Kind], Awaitable[_Result]]) -> _Result:
        async def run() -> _Result:
            mine = account(self.url, self.key, **self.limits)
            keys = self.authentication or FixedHeaders({"X-User-Token": Secret(self.key)})
            around = ClientHooks(timing=self.clock.timing, largest_answer=self.largest_answer, transports=self.transports)
            async with connect(kind, mine, self.url, self.tongue(keys), around) as service:
                self.service = service
                return await work(service)

        return asyncio.run(run())

    def get(self, query: Mapping[str, str] | None = None) -> Answer:
        return self.use(ReadClient, lambda service: service.get(LIST, query))

    def send(self, endpoint: Endpoint, body: bytes | None = None, **parts: str) -> Answer:
        return self.use(WriteClient, lambda service: service.send(endpoint, body, **parts))


@pytest.fixture(scope="module")
def served() -> Iterator[Store]:
    with serving() as store:
        yield store


@pytest.fixture
def store(served: Store) -> Store:
    served.sandbox.reset()
    served.server.clear_faults()
    return served


@pytest.fixture
def client(store: Store) -> Client:
    return Client(store.server.url("publicala"))


def _request(connection: socket.socket) -> bytes:
    """Read one request with its body."""
    data = connection.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while length and len(body) < int(length[1]):
        more = connection.recv(65_536)
        data, body = data + more, body + more
    return data


@contextmanager
def raw(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Serve connections that each get the next of some answers, the last one again and again; give the address and what came in."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            left = list(answers)
            while True:
                connection, _ = listener.accept()
                with connection:
                    data = _request(connection)
                    if data == b"stop":
                        return
                    received.append(data)
                    connection.sendall(left.pop(0) if len(left) > 1 else left[0])

        thread = Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", received
        finally:
            with socket.create_connection(listener.getsockname()) as last:
                last.sendall(b"stop")
            thread.join()


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


@pytest.fixture
def nowhere() -> str:
    """An address where no one listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def attempts(store: Store) -> int:
    """Count what came in, whether it was answered properly or met a fault."""
    unapplied = {FaultKind.FAIL, FaultKind.RATE_LIMIT, FaultKind.DROP_BEFORE, FaultKind.GARBAGE}
    return len(store.sandbox.requests) + sum(one.kind in unapplied for one in store.server.faulted)


# ── what is sent ──


def test_a_reading_client_has_no_way_to_write(client: Client, store: Store) -> None:
    assert not hasattr(ReadClient, "send")
    for endpoint in (CREATE, CHANGE, REMOVE):
        with pytest.raises(AssertionError, match="does not read"):
            client.use(ReadClient, lambda service, endpoint=endpoint: service.get(endpoint, id="1"))  # type: ignore[misc]
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"):
        with pytest.raises(AssertionError, match=f"asked to send {method}"):
            client.use(ReadClient, lambda service, method=method: service._client.request(method, ISSUES))  # type: ignore[misc]
    assert store.sandbox.requests == ()


def test_every_request_asks_for_json_and_carries_the_key() -> None:
    with raw(http("200 OK", b"{}")) as (url, received):
        Client(url).get({"query": "a b&c", "page": "2"})
        Client(url).send(CREATE, b'{"a":1}')
    get, post = (data.decode().split("\r\n") for data in received)
    assert get[0].replace("%20", "+") == f"GET {ISSUES}?query=a+b%26c&page=2 HTTP/1.1"
    assert {"X-User-Token: " + KEY, "Accept: application/json", "User-Agent: catalogctl"} <= {*get} & {*post}
    assert "Content-Type: application/json" in post
    assert post[-1] == '{"a":1}'


def test_parts_of_a_path_arrive_as_they_were_meant(client: Client, store: Store) -> None:
    store.sandbox.seed([{"external_id": "libro ñ+50%"}])
    one = Endpoint("GET", ISSUES + "/{id}", frozenset({200}), repeatable=True)
    answer = client.use(ReadClient, lambda service: service.get(one, id="libro ñ+50%"))
    assert answer.status == 200


def test_a_base_url_may_have_a_path() -> None:
    with raw(http("200 OK", b"{}")) as (url, received):
        Client(f"{url}/shop/one").get()
    assert received[0].startswith(f"GET /shop/one{ISSUES} HTTP/1.1".encode())


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206])
def test_any_success_is_one_with_or_without_a_body(status: int) -> None:
    with raw(http(f"{status} Fine")) as (url, _):
        answer = Client(url).send(CHANGE, b"{}", id="1")
    assert (answer.status, answer.body) == (status, b"")


# ── what is sent again ──


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.FAIL, status=500),
        Fault(kind=FaultKind.FAIL, status=503),
        Fault(kind=FaultKind.DROP_BEFORE),
        Fault(kind=FaultKind.DROP_AFTER),
        Fault(kind=FaultKind.TRUNCATE),
        Fault(kind=FaultKind.GARBAGE),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}",
)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_read_is_tried_three_times_at_most(client: Client, store: Store, fault: Fault, count: int) -> None:
    store.server.inject(*[fault] * count)
    if count < ATTEMPTS:
        assert client.get().status == 200
    else:
        with pytest.raises(Unavailable) as failure:
            client.get()
        assert failure.value.diagnostic.code == "store-unavailable"
    assert attempts(store) == min(count + 1, ATTEMPTS)
    assert client.clock.naps == [0.5, 1.0][: min(count, ATTEMPTS - 1)]


def test_a_store_that_does_not_say_how_long_to_wait_is_asked_ever_more_slowly(client: Client, store: Store) -> None:
    store.server.inject(Fault(kind=FaultKind.RATE_LIMIT, count=6))
    assert client.get().status == 200
    assert attempts(store) == 7
    assert client.clock.throws == [(0, seconds) for seconds in (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)]
    store.server.inject(Fault(kind=FaultKind.RATE_LIMIT, count=None))
    with pytest.raises(Unavailable):
        client.get()


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_a_refusal_is_not_argued_with(client: Client, store: Store, status: int) -> None:
    store.server.inject(Fault(kind=FaultKind.FAIL, status=status, body='{"message":"No."}', count=None))
    with pytest.raises(Refused) as refusal:
        client.get()
    assert refusal.value.status == status
    assert attempts(store) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.FAIL, status=500),
        Fault(kind=FaultKind.FAIL_AFTER, status=502),
        Fault(kind=FaultKind.DROP_BEFORE),
        Fault(kind=FaultKind.DROP_AFTER),
        Fault(kind=FaultKind.TRUNCATE),
        Fault(kind=FaultKind.GARBAGE),
    ],
    ids=lambda fault: fault.kind,
)
def test_a_post_is_never_repeated_once_it_may_have_got_through(client: Client, store: Store, fault: Fault) -> None:
    store.server.inject(fault)
    with pytest.raises(Ambiguous) as lost:
        client.send(CREATE, NEW)
    assert attempts(store) == 1
    assert lost.value.diagnostic.code == "outcome-unknown"
    assert f"POST {ISSUES} was sent, but " in lost.value.diagnostic.detail


def test_a_post_that_was_turned_away_at_the_door_is_sent_again(client: Client, store: Store) -> None:
    store.server.inject(Fault(kind=FaultKind.RATE_LIMIT, seconds=3, count=2))
    assert client.send(CREATE, NEW).status == 201
    assert attempts(store) == 3
    assert sum(client.clock.naps) == 6


def test_a_post_that_never_got_a_connection_is_tried_again_and_is_then_known_not_to_have_happened(nowhere: str) -> None:
    client = Client(nowhere)
    with pytest.raises(Unavailable) as failure:
        client.send(CREATE, NEW)
    assert "it cannot be reached" in failure.value.diagnostic.detail
    assert len(client.clock.naps) == ATTEMPTS - 1


@pytest.mark.parametrize("kind", [FaultKind.FAIL, FaultKind.DROP_AFTER, FaultKind.GARBAGE])
def test_a_whole_update_is_repeated_since_twice_is_once_and_is_unknown_when_no_answer_ever_comes(
    client: Client, store: Store, kind: FaultKind
) -> None:
    number = store.created()
    store.sandbox.clear_log()
    store.server.inject(Fault(kind=kind, method="PUT", count=2))
    assert client.send(CHANGE, CHANGED, id=str(number)).status == 204
    assert attempts(store) == 3
    store.server.inject(Fault(kind=kind, method="PUT", count=3))
    with pytest.raises(Ambiguous):
        client.send(CHANGE, CHANGED, id=str(number))


def test_an_attempt_that_got_through_is_not_forgotten_when_the_next_are_put_off() -> None:
    with raw(http("500 Oops"), *[http("429 Later", b"", "Retry-After: 50")] * 5) as (url, received), pytest.raises(Ambiguous):
        Client(url).send(CHANGE, b"{}", id="1")
    assert len(received) == 1 + 3, "after two waits of 50 seconds a third is beyond all patience"
    with raw(http("429 Later", b"", "Retry-After: 50")) as (url, _), pytest.raises(Unavailable):
        Client(url).send(CHANGE, b"{}", id="1")


def test_being_put_off_costs_no_attempt_and_no_retry() -> None:
    with raw(*[http("429 Later", b"", "Retry-After: 2")] * 15, http("200 OK", b"{}")) as (url, received):
        client = Client(url)
        assert client.send(CREATE, NEW).status == 200
    assert len(received) == 16
    assert client.service is not None
    assert client.service.pace.retries == 0


def test_a_create_answered_with_503_is_not_sent_again_blindly() -> None:
    with raw(http("503 Busy", b"", "Retry-After: 2"), http("200 OK", b"{}")) as (url, received), pytest.raises(Ambiguous):
        Client(url).send(CREATE, NEW)
    assert len(received) == 1


@dataclass
class TokenBucket:
    """A store that refuses what its bucket has no token for, as documents that say "120 a minute" often mean it."""

    clock: Clockwork
    tokens: float = 10.0
    burst: float = 10.0
    per_minute: float = 120.0
    filled: float = 0.0
    refused: int = 0
    created: int = 0

    def answer(self, _: httpx.Request) -> httpx.Response:
        self.clock.now += 0.05
        self.tokens = min(self.burst, self.tokens + (self.clock.now - self.filled) * self.per_minute / 60)
        self.filled = self.clock.now
        if self.tokens < 1:
            self.refused += 1
            return httpx.Response(429, headers={"Retry-After": "1"}, stream=httpx.ByteStream(b""))
        self.tokens -= 1
        self.created += 1
        return httpx.Response(201, stream=httpx.ByteStream(b"{}"))


@pytest.mark.parametrize(("rate", "allowance"), [(110, 1.2), (120, 1.2), (60, 1.2), (240, 2.5), (None, 2.5)])
def test_a_store_with_a_token_bucket_takes_every_create_with_few_refusals(rate: int | None, allowance: float) -> None:
    clock = Clockwork()
    bucket = TokenBucket(clock, filled=clock.now)
    client = Client("http://127.0.0.1:1", {"requests_per_minute": rate, "concurrency": 4}, clock=clock)
    client.transports = lambda _: httpx.MockTransport(bucket.answer)
    started = clock.now

    async def many(service: WriteClient) -> None:
        await asyncio.gather(*(service.send(CREATE, NEW) for _ in range(60)))

    client.use(WriteClient, many)
    assert bucket.created == 60
    assert bucket.refused <= 10
    assert clock.now - started <= allowance * 60 * 60 / min(rate or 120, 120)


def test_retries_are_a_tenth_of_all_calls_and_ten_and_each_counts_once() -> None:
    with raw(http("500 Oops")) as (url, received):
        client = Client(url)

        async def many(service: ReadClient) -> None:
            for _ in range(20):
                with pytest.raises(Unavailable):
                    await service.get(LIST)

        client.use(ReadClient, many)
    assert client.service is not None
    retries = len(received) - 20
    assert retries == client.service.pace.retries == len(client.clock.naps)
    assert RETRY_FLOOR <= retries <= RETRY_FLOOR + len(received) * 0.1 + 1


# ── patience ──


def test_a_wait_that_the_store_asks_for_in_seconds_is_kept(client: Client, store: Store) -> None:
    store.server.inject(Fault(kind=FaultKind.RATE_LIMIT, seconds=17))
    assert client.get().status == 200
    assert client.clock.naps == [17.0]


def test_a_wait_until_a_date_is_kept(client: Client, store: Store) -> None:
    later = format_datetime(datetime.fromtimestamp(client.clock.now + 25, UTC), usegmt=True)
    store.server.inject(Fault(kind=FaultKind.FAIL, status=503, headers={"Retry-After": later}))
    assert client.get().status == 200
    assert client.clock.naps == [25.0]


@pytest.mark.parametrize("status", [429, 503])
def test_a_store_that_asks_for_too_much_patience_is_unavailable_at_once(client: Client, store: Store, status: int) -> None:
    store.server.inject(Fault(kind=FaultKind.FAIL, status=status, headers={"Retry-After": str(int(LONGEST_PATIENCE) + 1)}))
    with pytest.raises(Unavailable):
        client.get()
    assert client.clock.naps == []
    assert attempts(store) == 1


def test_a_used_up_allowance_holds_the_next_call(client: Client, store: Store) -> None:
    reset = str(int(client.clock.now) + 40)
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    with raw(http("200 OK", b"{}", *(f"{name}: {value}" for name, value in headers.items())), http("200 OK", b"{}")) as (url, _):
        client = Client(url)

        async def twice(service: ReadClient) -> None:
            await service.get(LIST)
            await service.get(LIST)

        client.use(ReadClient, twice)
    assert client.clock.naps == [40.0]
    assert store.sandbox.requests == ()


# ── bad answers ──


def test_a_call_ends_at_its_deadline_also_when_the_answer_drips(store: Store) -> None:
    client = Client(store.server.url("publicala"), {"timeout": 0.15})
    store.server.inject(Fault(kind=FaultKind.DRIP, seconds=10))
    started = time.monotonic()
    with pytest.raises(Ambiguous):
        client.send(CREATE, NEW)
    assert time.monotonic() - started < 2
    store.server.inject(Fault(kind=FaultKind.DRIP, seconds=10))
    assert client.get().status == 200, "the second attempt is not slow"


def test_a_call_ends_at_its_deadline_when_no_answer_comes(store: Store) -> None:
    client = Client(store.server.url("publicala"), {"timeout": 0.1})
    store.server.inject(Fault(kind=FaultKind.DELAY, seconds=10, count=3))
    started = time.monotonic()
    with pytest.raises(Unavailable):
        client.get()
    assert time.monotonic() - started < 2


def test_an_answer_that_is_too_large_is_not_read_to_its_end(client: Client, store: Store) -> None:
    store.sandbox.seed({"description": "x" * 10_000} for _ in range(15))
    client.largest_answer = 100_000
    with pytest.raises(Unavailable) as failure:
        client.get()
    assert "larger than 100000 bytes" in failure.value.diagnostic.detail
    assert attempts(store) == 1


def test_an_answer_that_does_not_unpack_is_a_failed_attempt() -> None:
    broken = http("200 OK", b"this is not gzip", "Content-Encoding: gzip")
    with raw(broken, http("200 OK", b"{}")) as (url, received):
        assert Client(url).get().status == 200
    assert len(received) == 2
    with raw(broken) as (url, _), pytest.raises(Ambiguous):
        Client(url).send(CREATE, b"{}")


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}", b"HTTP/1.1 abc\r\n\r\n"])
def test_what_is_no_http_is_a_failed_attempt(answer: bytes) -> None:
    with raw(answer) as (url, received), pytest.raises(Unavailable):
        Client(url).get()
    assert len(received) == ATTEMPTS


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (http("200 OK", b"<html>Log in</html>"), "`base_url`: another server, a proxy, a login page"),
        (http("404 Not Found", b"{}"), "without the path of a request"),
        (http("502 Bad Gateway", b""), "status page"),
        (http("429 Too Many Requests", b"", "Retry-After: 99999"), "`requests_per_minute`"),
        (http("302 Found", b"", "Location: https://login.example.com/?next=secret"), "\nhttps://login.example.com"),
        (http("302 Found", b"", "Location: /login"), "Check the account's `base_url`."),
        (b"", "Run the same command again"),
    ],
)
def test_the_hint_is_about_what_came(answer: bytes, words: str) -> None:
    with raw(answer) as (url, _), pytest.raises(StoreFailure) as failure:
        Client(url).get()
    assert words in failure.value.diagnostic.hint
    assert "secret" not in failure.value.diagnostic.hint


@pytest.mark.parametrize("body", [b"OK", b"", b"[1]", b"{}"])
def test_an_answer_of_another_form_may_be_another_servers(body: bytes) -> None:
    answer = Answer(200, {}, body)
    with pytest.raises(Unavailable) as failure:
        judged_as("store", LIST, Named, decoded("store", LIST, answer))
    assert "`base_url`" in failure.value.diagnostic.hint


def test_a_store_that_cannot_be_reached_is_looked_for_at_its_address(nowhere: str) -> None:
    with pytest.raises(Unavailable) as failure:
        Client(nowhere).get()
    assert "this machine reaches it" in failure.value.diagnostic.hint


# ── the key ──


def test_redirects_are_never_followed_and_the_key_goes_nowhere_else() -> None:
    with raw(http("200 OK", b"{}")) as (elsewhere, received):
        for status in ("301 Moved", "302 Found", "307 Temporary", "308 Permanent"):
            with raw(http(status, b"", f"Location: {elsewhere}/")) as (url, _):
                for call in (Client(url).get, lambda url=url: Client(url).send(CREATE, NEW)):
                    with pytest.raises(Unavailable) as failure:
                        call()
                    assert failure.value.diagnostic.code == "store-redirects"
        assert received == []


def test_a_refused_key_is_told_as_such() -> None:
    with serving(token="another") as store, pytest.raises(CredentialsRefused) as refused:
        Client(store.server.url("publicala")).get()
    assert refused.value.diagnostic.code == "credentials-refused"


class Renewing:
    """A key that is renewed once."""

    login: Endpoint | None = None
    refusals: frozenset[int] = frozenset({401})

    def __init__(self) -> None:
        self.renewed = 0

    async def headers(self, sign_in: SignIn) -> Mapping[str, Secret]:  # noqa: ARG002 -- it has its keys
        return {"X-User-Token": Secret("secret-two" if self.renewed else "secret-one")}

    async def renew(self, refused: Mapping[str, Secret]) -> bool:
        assert refused["X-User-Token"].reveal() == ("secret-two" if self.renewed else "secret-one")
        self.renewed += 1
        return self.renewed == 1


@pytest.mark.parametrize(("right", "renewals"), [("secret-one", 0), ("secret-two", 1)])
def test_a_key_is_renewed_once_when_it_is_refused(right: str, renewals: int) -> None:
    keys = Renewing()
    with serving(token=right) as store:
        assert Client(store.server.url("publicala"), authentication=keys).get().status == 200
    assert keys.renewed == renewals


def test_a_key_that_is_refused_after_renewal_is_refused() -> None:
    keys = Renewing()
    with serving(token="other") as store, pytest.raises(CredentialsRefused) as refused:
        Client(store.server.url("publicala"), authentication=keys).get()
    assert keys.renewed == 1
    assert "secret" not in refused.value.diagnostic.detail


@pytest.mark.parametrize("key", ["line\nbreak", "tab\t", "ñandú", " b1ank", "b1ank ", "nul\0"])
def test_a_key_that_no_header_can_carry_is_refused_before_anything_is_sent_and_is_not_shown(key: str, store: Store) -> None:
    with pytest.raises(CredentialsRefused) as refused:
        Client(store.server.url("publicala"), key=key).get()
    assert refused.value.diagnostic.code == "credentials-unusable"
    assert key not in repr(refused.value.diagnostic)
    assert store.sandbox.requests == ()


@pytest.mark.parametrize("status", [401, 403, 422])
def test_a_key_and_a_signed_address_are_kept_out_of_what_is_told(client: Client, store: Store, status: int) -> None:
    said = f"token {KEY} may not fetch https://files.example/a.epub?X-Amz-Signature=abc123&x=1 today"
    store.server.inject(Fault(kind=FaultKind.FAIL, status=status, body=said))
    with pytest.raises(StoreFailure) as failure:
        client.get()
    told = repr(failure.value.diagnostic)
    assert "token … may not fetch https://files.example/a.epub today" in told
    assert KEY not in told
    assert "abc123" not in told


def test_a_long_explanation_is_cut(client: Client, store: Store) -> None:
    store.server.inject(Fault(kind=FaultKind.FAIL, status=422, body="x" * 50_000))
    with pytest.raises(Refused) as refusal:
        client.get()
    assert len(refusal.value.diagnostic.detail) < LONGEST_WORDS + 200


def test_a_password_in_the_address_is_not_told(nowhere: str) -> None:
    with pytest.raises(Unavailable) as failure:
        Client(nowhere.replace("//", "//me:hunter2@")).get()
    assert "hunter2" not in repr(failure.value.diagnostic)


PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


def test_a_proxy_is_not_used_within_this_machine(client: Client, nowhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.setenv(name, nowhere)
    assert client.get().status == 200


def test_a_proxy_is_used_for_other_machines_and_sees_neither_key_nor_path(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXIES, "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with raw(http("502 Bad Gateway")) as (url, received):
        monkeypatch.setenv("https_proxy", url)
        with pytest.raises(Unavailable, match="does not answer"):
            Client("https://shop.example").send(CREATE, NEW)
    assert len(received) == ATTEMPTS
    assert all(data.startswith(b"CONNECT shop.example:443 ") for data in received)
    assert not any(KEY.encode() in data or ISSUES.encode() in data for data in received)


def test_connections_are_kept_and_no_wider_than_the_account_allows(client: Client, store: Store) -> None:
    client.limits = {"concurrency": 3}

    async def many(service: ReadClient) -> int:
        await asyncio.gather(*(service.get(LIST) for _ in range(30)))
        transport: Any = service._client._transport
        return sum(len(lane._pool.connections) for lane in transport._inner._all)

    assert client.use(ReadClient, many) <= 3
    assert len(store.sandbox.requests) == 30
