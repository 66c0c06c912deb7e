"""Signing in, and sending files: what goes where, streamed, with what on it, and when it is given up."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import re
import ssl
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TypeVar

import pytest
from pydantic import BaseModel

from catalogctl.model.account import Account, CallLimits
from catalogctl.model.diagnostics import CatalogError, Refusal, error
from catalogctl.model.value import Secret
from catalogctl.provider import pace
from catalogctl.provider.answer import Answer
from catalogctl.provider.authentication import Authentication, FixedHeaders, SignIn
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.failure import Ambiguous, CredentialsRefused, Refused, Unavailable
from catalogctl.provider.service import PIECE, ClientHooks, ReadClient, WriteClient, connect

LOGIN = Endpoint("POST", "/auth", frozenset({200}), repeatable=True)
LIST = Endpoint("GET", "/things", frozenset({200}), repeatable=True)
CREATE = Endpoint("POST", "/things", frozenset({201}), repeatable=False)
SET = Endpoint("PUT", "/things", frozenset({200}), repeatable=True)
ADD = Endpoint("POST", "/things/{id}/files", frozenset({201}), repeatable=False)
PUT = Endpoint("PUT", "(upload address)", frozenset({200}), repeatable=True, elsewhere=True)
KEY = "k3y"

_Kind = TypeVar("_Kind", bound=ReadClient)
_Result = TypeVar("_Result")


@dataclass
class Came:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Host:
    """A server that keeps what it gets, and answers as reported."""

    url: str = ""
    came: list[Came] = field(default_factory=list)
    answer: Callable[[Came], tuple[int, bytes]] = field(default=lambda _: (200, b"{}"))


@contextmanager
def hosting(tls: ssl.SSLContext | None = None) -> Iterator[Host]:
    host = Host()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            came = Came(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            host.came.append(came)
            status, said = host.answer(came)
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = _take  # noqa: N815 -- the names that the library calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's name for it
            """Keep still."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    host.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()


class NoSettings(BaseModel):
    """An account of no provider in particular."""


@dataclass
class Session:
    """A key that is had by signing in, and again when it is refused."""

    login: Endpoint | None = LOGIN
    refusals: frozenset[int] = frozenset({401, 403})
    token: str = ""

    async def headers(self, sign_in: SignIn) -> Mapping[str, Secret]:
        if not self.token:
            answer = await sign_in(LOGIN, {"type": "api_key", "api_key": Secret(KEY)})
            self.token = answer.body.decode()
        return {"Authorization": Secret(f"Bearer {self.token}")}

    async def renew(self, refused: Mapping[str, Secret]) -> bool:
        assert refused["Authorization"].reveal() == f"Bearer {self.token}"
        self.token = ""
        return True


@dataclass(frozen=True)
class Tongue:
    """A service that may say in a body what it means."""

    keys: Authentication

    def explain(self, answer: Answer) -> str:
        return answer.body.decode(errors="replace")

    def authentication(self, account: Account) -> Authentication:  # noqa: ARG002 -- there is one
        return self.keys

    def status(self, answer: Answer) -> int:
        found = re.search(rb"means (\d+)", answer.body)
        return int(found[1]) if found else answer.status


def use(
    kind: type[_Kind], host: Host, work: Callable[[_Kind], Awaitable[_Result]], keys: Authentication | None = None, timeout: float = 5.0
) -> _Result:
    limits = CallLimits(concurrency=2, requests_per_minute=None, timeout=timeout, latency=0.0)
    account = Account("store", "any", host.url, NoSettings(), limits)
    tongue = Tongue(keys or FixedHeaders({"apikey": Secret(KEY)}))

    async def run() -> _Result:
        async with connect(kind, account, host.url, tongue, ClientHooks()) as service:
            return await work(service)

    return asyncio.run(run())


class Stream:
    """A file of some bytes, which may turn out at its end to be another one."""

    opened = 0

    def __init__(self, data: bytes, *, changed: bool = False) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by `close`
        self._file.write(data)
        self._file.seek(0)
        self._changed = changed
        self.size = len(data)
        self.largest = 0
        Stream.opened += 1

    def read(self, size: int = -1, /) -> bytes:
        piece = self._file.read(size)
        self.largest = max(self.largest, len(piece))
        if self._changed and self._file.tell() == self.size:
            raise CatalogError(error("asset-changed", "Changed", "It is another file."), refusal=Refusal.STALE)
        return piece

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()
        Stream.opened -= 1


@pytest.fixture
def host() -> Iterator[Host]:
    with hosting() as one:
        yield one


@pytest.fixture(autouse=True)
def _all_closed() -> Iterator[None]:
    yield
    assert Stream.opened == 0, "a file was left open"


# Signing in.


def test_a_key_for_a_session_is_got_once_and_put_on_every_request(host: Host) -> None:
    host.answer = lambda came: (200, b"t1" if came.path == "/auth" else b"{}")

    async def work(service: ReadClient) -> None:
        await service.get(LIST)
        await service.get(LIST)

    use(ReadClient, host, work, Session())
    assert [(one.method, one.path, one.headers.get("authorization")) for one in host.came] == [
        ("POST", "/auth", None),
        ("GET", "/things", "Bearer t1"),
        ("GET", "/things", "Bearer t1"),
    ]
    assert host.came[0].body == b"type=api_key&api_key=k3y"
    assert host.came[0].headers["content-type"] == "application/x-www-form-urlencoded"


def test_a_session_that_has_ended_is_renewed_once(host: Host) -> None:
    tokens = iter([b"t1", b"t2"])
    host.answer = lambda came: (
        (200, next(tokens)) if came.path == "/auth" else (200 if came.headers["authorization"] == "Bearer t2" else 403, b"{}")
    )
    assert use(ReadClient, host, lambda service: service.get(LIST), Session()).status == 200
    assert [one.path for one in host.came] == ["/auth", "/things", "/auth", "/things"]


def test_what_is_forbidden_after_signing_in_anew_is_refused(host: Host) -> None:
    host.answer = lambda came: (200, b"t") if came.path == "/auth" else (403, b"not yours")
    with pytest.raises(Refused) as refused:
        use(ReadClient, host, lambda service: service.get(LIST), Session())
    assert (refused.value.status, len(host.came)) == (403, 4)


@pytest.mark.parametrize("answer", [(403, b"no such key"), (401, b"no such key"), (200, b"means 403")])
def test_a_login_that_is_refused_is_about_the_key(host: Host, answer: tuple[int, bytes]) -> None:
    host.answer = lambda _: answer
    with pytest.raises(CredentialsRefused) as refused:
        use(ReadClient, host, lambda service: service.get(LIST), Session())
    assert len(host.came) == 1
    assert KEY not in refused.value.diagnostic.detail


@pytest.mark.parametrize("answer", [(200, b"means 422"), (200, b"means 409")])
def test_an_error_that_comes_as_the_success_of_a_login_is_about_the_key(host: Host, answer: tuple[int, bytes]) -> None:
    host.answer = lambda _: answer
    with pytest.raises(CredentialsRefused):
        use(ReadClient, host, lambda service: service.get(LIST), Session())


@pytest.mark.parametrize("status", [500, 302, 400, 404, 422])
def test_a_login_that_fails_otherwise_wrote_nothing_and_is_about_no_object(
    host: Host, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "FIRST_BACKOFF", 0.0)
    host.answer = lambda _: (status, b"{}")
    for work in (lambda service: service.get_if_there(LIST), lambda service: service.send(CREATE, b"{}")):
        with pytest.raises(Unavailable) as failed:
            use(WriteClient, host, work, Session())
        assert "POST /auth" in failed.value.diagnostic.detail
    assert {one.path for one in host.came} == {"/auth"}


def test_a_write_that_may_have_been_done_stays_unknown_when_nobody_can_sign_in_for_another_attempt(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first attempt ends with 500, the second finds the token run out, and then the login is out of order."""
    monkeypatch.setattr(pace, "FIRST_BACKOFF", 0.0)
    answers = iter([(200, b"t1"), (500, b""), (401, b"")])
    host.answer = lambda _: next(answers, (500, b""))
    with pytest.raises(Ambiguous) as failed:
        use(WriteClient, host, lambda service: service.send(SET, b"{}"), Session())
    assert "PUT /things was sent, but signing in to send it again failed." in failed.value.diagnostic.detail


def test_a_reading_client_sends_the_login_and_nothing_else_that_writes(host: Host) -> None:
    async def work(service: ReadClient) -> None:
        await service.sign_in(CREATE, {})

    with pytest.raises(AssertionError, match="a reading client was asked to send POST /things"):
        use(ReadClient, host, work, Session())
    assert host.came == []


# What an answer stands for.


def test_a_refusal_in_a_success_is_a_refusal(host: Host) -> None:
    host.answer = lambda _: (200, b"means 409")
    with pytest.raises(Refused) as refused:
        use(ReadClient, host, lambda service: service.get(LIST))
    assert refused.value.status == 409


def test_a_passing_fault_in_a_success_is_tried_again(host: Host) -> None:
    answers = iter([(200, b"means 503"), (200, b"{}")])
    host.answer = lambda _: next(answers)
    assert use(ReadClient, host, lambda service: service.get(LIST)).body == b"{}"


# Files.


def test_a_file_is_put_elsewhere_in_pieces_and_without_the_key(host: Host) -> None:
    data = os.urandom(3 * PIECE + 17)
    streams: list[Stream] = []

    def open_file() -> Stream:
        streams.append(Stream(data))
        return streams[-1]

    with hosting() as storage:
        use(WriteClient, host, lambda service: service.put_file(PUT, f"{storage.url}/bucket/x?X-Amz-Signature=s", open_file))
        [came] = storage.came
    assert (came.method, came.path, host.came) == ("PUT", "/bucket/x?X-Amz-Signature=s", [])
    assert hashlib.sha256(came.body).digest() == hashlib.sha256(data).digest()
    assert "apikey" not in came.headers
    assert KEY not in str(came.headers)
    assert "transfer-encoding" not in came.headers
    assert max(stream.largest for stream in streams) <= PIECE


def test_a_form_with_a_file_is_sent_in_pieces(host: Host) -> None:
    data = os.urandom(PIECE)
    stream = Stream(data)
    stream.close()

    async def work(service: WriteClient) -> Answer:
        return await service.send_file(
            ADD, {"type": "ebook_epub", "labels": ["a:1", "a:2"]}, "o cortiço.epub", lambda: Stream(data), id="7"
        )

    use(WriteClient, host, work)
    [came] = host.came
    assert came.path == "/things/7/files"
    assert came.headers["apikey"] == KEY
    assert int(came.headers["content-length"]) == len(came.body)
    boundary = came.headers["content-type"].partition("boundary=")[2].encode()
    names = re.findall(rb'name="(\w+)"', came.body)
    assert (names, came.body.count(boundary)) == ([b"type", b"labels", b"labels", b"file"], 5)
    assert data in came.body


def test_a_file_that_has_changed_never_arrives_whole(host: Host) -> None:
    data = os.urandom(2 * PIECE)
    with pytest.raises(CatalogError) as stale:
        use(WriteClient, host, lambda service: service.put_file(PUT, f"{host.url}/x", lambda: Stream(data, changed=True)))
    assert stale.value.refusal is Refusal.STALE


def test_a_file_is_read_anew_for_each_attempt(host: Host) -> None:
    answers = iter([(500, b""), (200, b"")])
    host.answer = lambda _: next(answers)
    use(WriteClient, host, lambda service: service.put_file(PUT, f"{host.url}/x", lambda: Stream(b"all of it")))
    assert [one.body for one in host.came] == [b"all of it", b"all of it"]


def test_a_form_whose_answer_is_lost_is_not_sent_again(host: Host) -> None:
    host.answer = lambda _: (500, b"")
    with pytest.raises(Ambiguous):
        use(WriteClient, host, lambda service: service.send_file(ADD, {}, "x", lambda: Stream(b"x"), id="7"))
    assert len(host.came) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_storage_that_refuses_says_nothing_about_the_accounts_key(host: Host, status: int) -> None:
    host.answer = lambda _: (status, b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
    with pytest.raises(Refused) as refused:
        use(WriteClient, host, lambda service: service.put_file(PUT, f"{host.url}/x?X-Amz-Signature=s3cret", lambda: Stream(b"x")))
    assert refused.value.status == status
    assert "s3cret" not in refused.value.diagnostic.detail


@pytest.mark.parametrize("url", ["http://storage.example.com/x", "ftp://storage.example.com/x", "/x"])
def test_a_file_is_not_sent_where_everybody_could_read_it(host: Host, url: str) -> None:
    with pytest.raises(Unavailable):
        use(WriteClient, host, lambda service: service.put_file(PUT, url, lambda: Stream(b"x")))
    assert host.came == []


def test_a_large_file_has_more_time_than_a_small_request(host: Host) -> None:
    held = io.BytesIO()

    def slowly(came: Came) -> tuple[int, bytes]:
        held.write(came.body)
        import time

        time.sleep(1.2)
        return 200, b""

    host.answer = slowly
    data = os.urandom(512 * 1024)
    assert use(WriteClient, host, lambda service: service.put_file(PUT, f"{host.url}/x", lambda: Stream(data)), timeout=1.5).status == 200
