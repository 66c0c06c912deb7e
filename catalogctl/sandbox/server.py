"""Emulators on 127.0.0.1: one port each, HTTP/1.1 with connections kept open, a thread a connection.

The loop reads HTTP itself, since `http.server` spends more on a request's headers than an emulator on its answer.
Beside the API every port answers `/_sandbox/…`, without a token:

    GET    requests     the requests answered       DELETE  requests   forget them
    GET    rows         everything stored           POST    rows       {"rows": […]}: seed
    GET    faults       those to come, those met    POST    faults     one or a list    DELETE  faults
    POST   edit         {"key", "changes"}          POST    remove     {"key"}          POST    reset
"""

from __future__ import annotations

import socket
import socketserver
import time
from collections.abc import Mapping
from dataclasses import replace
from email.utils import formatdate
from http import HTTPStatus
from io import BufferedIOBase
from threading import Event, Lock, Thread
from typing import Self

from catalogctl.model.diagnostics import CatalogError, Diagnostic, error
from catalogctl.provider.emulation import Emulator, SandboxRequest, SandboxResponse
from catalogctl.sandbox.admin import PREFIX, administer
from catalogctl.sandbox.faults import Fault, FaultedRequest, FaultKind, Faults
from catalogctl.sandbox.listing import distorted

HOST = "127.0.0.1"
_PIECES = 20
"""Pieces of a dripping body."""
_LINE_LIMIT = 65_536
_BODILESS = frozenset({204, 304})


class SandboxServer:
    """Serves emulators, by name, until stopped; a context manager that starts and stops it.

    The first emulator gets `port` and the others the ports after it; 0 lets the system choose each.
    """

    def __init__(self, emulators: Mapping[str, Emulator], *, port: int = 0, latency: float = 0.0) -> None:
        self._emulators = dict(emulators)
        self._port = port
        self.latency = latency
        """Seconds that every answer takes longer; may change while it runs."""
        self.errors: list[Exception] = []
        """What emulators raised; the client saw 500."""
        self.faults = Faults()
        self._stopping = Event()
        self._listeners: dict[str, _Listener] = {}
        self._threads: list[Thread] = []

    def start(self) -> Self:
        """Take the ports and begin to answer. Raises CatalogError for a port that cannot be had."""
        self._stopping.clear()
        try:
            for offset, (name, emulator) in enumerate(self._emulators.items()):
                self._listeners[name] = _Listener(self, name, emulator, self._port and self._port + offset)
        except (OSError, OverflowError) as problem:
            self.stop()
            raise CatalogError(_port_refused(self._port, name, problem)) from problem
        for name, listener in self._listeners.items():
            thread = Thread(target=listener.accept_connections, name=f"sandbox-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()
        return self

    def stop(self) -> None:
        """End every connection and give the ports back; harmless where nothing runs."""
        self._stopping.set()
        if self._threads:
            for listener in self._listeners.values():
                listener.end_accepting()
        for thread in self._threads:
            thread.join()
        for listener in self._listeners.values():
            listener.server_close()
            listener.end_connections()
        self._threads.clear()
        self._listeners.clear()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def url(self, name: str) -> str:
        """Return the base URL of an emulator, without a final slash."""
        return f"http://{HOST}:{self._listeners[name].server_address[1]}"

    def account_blocks(self) -> dict[str, dict[str, str]]:
        """Return what to paste under `accounts` of catalogctl.yaml, by emulator."""
        return {name: emulator.account_block(self.url(name)) for name, emulator in self._emulators.items()}

    def inject(self, *faults: Fault) -> None:
        """Misbehave like this from now on."""
        self.faults.add(*faults)

    def clear_faults(self) -> None:
        """Behave again."""
        self.faults.clear()

    @property
    def faulted(self) -> tuple[FaultedRequest, ...]:
        """The requests that met a fault; those that were not applied are in no emulator's log."""
        return self.faults.met

    def wait(self, seconds: float) -> None:
        """Let time pass, but no longer than the server runs."""
        if seconds > 0:
            self._stopping.wait(seconds)


class _Listener(socketserver.ThreadingTCPServer):
    """One emulator's port and its open connections."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, server: SandboxServer, name: str, emulator: Emulator, port: int) -> None:
        self.sandbox = server
        self.name = name
        self.emulator = emulator
        self._lock = Lock()
        self._ending = False
        self._open: dict[socket.socket, Thread] = {}
        super().__init__((HOST, port), _Connection)

    def accept_connections(self) -> None:
        """Take connections until `end_accepting`; unlike `serve_forever` it sleeps in between and is woken to end."""
        while True:
            connection, address = self.get_request()
            if self._ending:
                connection.close()
                return
            self.process_request(connection, address)

    def end_accepting(self) -> None:
        """Have `accept_connections` return."""
        self._ending = True
        socket.create_connection((HOST, self.server_address[1])).close()

    def process_request(self, request: socket.socket, client_address: tuple[str, int]) -> None:  # type: ignore[override]  # it is TCP
        """Give a new connection a thread and remember both."""
        thread = Thread(target=self.process_request_thread, args=(request, client_address), name=f"sandbox-{self.name}", daemon=True)
        with self._lock:
            self._open[request] = thread
            thread.start()

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]  # it is TCP
        """End a connection and forget it."""
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        """End the open connections and wait for their threads."""
        with self._lock:
            ending = dict(self._open)
        for connection, thread in ending.items():
            _hang_up(connection)
            thread.join(timeout=5)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that goes away is no event here."""


class _Connection(socketserver.StreamRequestHandler):
    """One client, request after request."""

    rbufsize = 65_536
    disable_nagle_algorithm = True
    server: _Listener

    def handle(self) -> None:
        try:
            while self._handle_one():
                pass
        except (ConnectionError, TimeoutError):
            return
        except _Unreadable as problem:
            self._send(SandboxResponse(400, {"Content-Type": "text/plain"}, str(problem).encode()), "GET", last=True)

    def _handle_one(self) -> bool:
        """Answer one request; tell whether the connection goes on."""
        incoming = _read_request(self.rfile, self.connection)
        if incoming is None:
            return False
        request, goes_on = incoming
        if request.path.startswith(PREFIX):
            self._send(administer(request, self.server.emulator, self.server.sandbox.faults), request.method, last=not goes_on)
            return goes_on
        sandbox = self.server.sandbox
        delay, fault = sandbox.faults.strike(self.server.name, request)
        sandbox.wait(delay + sandbox.latency)
        match fault.kind if fault else None:
            case FaultKind.DROP_BEFORE:
                _hang_up(self.connection)
                return False
            case FaultKind.FAIL | FaultKind.RATE_LIMIT | FaultKind.GARBAGE if fault:
                self._send(fault.answer(), request.method, last=not goes_on)
                return goes_on
        response = self._respond(request)
        match fault.kind if fault else None:
            case FaultKind.DROP_AFTER:
                _hang_up(self.connection)
                return False
            case FaultKind.FAIL_AFTER if fault:
                response = fault.answer()
            case FaultKind.DISTORT if fault:
                response = replace(response, body=distorted(response.body, fault.rows))
            case FaultKind.TRUNCATE:
                head = _head(response, last=True)
                self.connection.sendall(head + response.body[: len(response.body) // 2])
                _hang_up(self.connection)
                return False
            case FaultKind.DRIP if fault:
                self._drip(response, fault.seconds, last=not goes_on)
                return goes_on
        self._send(response, request.method, last=not goes_on)
        return goes_on

    def _respond(self, request: SandboxRequest) -> SandboxResponse:
        try:
            return self.server.emulator.respond(request)
        except Exception as problem:  # noqa: BLE001  # a fault of the emulator's is an answer to the client and kept for the owner
            self.server.sandbox.errors.append(problem)
            return SandboxResponse(500, {"Content-Type": "text/plain"}, f"{type(problem).__name__}: {problem}".encode())

    def _send(self, response: SandboxResponse, method: str, *, last: bool) -> None:
        self.connection.sendall(_head(response, last=last) + (b"" if method == "HEAD" else response.body))

    def _drip(self, response: SandboxResponse, seconds: float, *, last: bool) -> None:
        self.connection.sendall(_head(response, last=last))
        size = max(-(-len(response.body) // _PIECES), 1)
        pieces = [response.body[start : start + size] for start in range(0, len(response.body), size)]
        for piece in pieces:
            self.server.sandbox.wait(seconds / len(pieces))
            self.connection.sendall(piece)


class _Unreadable(Exception):
    """What arrived is not HTTP."""


def _port_refused(first: int, name: str, problem: Exception) -> Diagnostic:
    return error(
        "sandbox-port",
        "The sandbox cannot listen",
        f"No port for {name} on {HOST}, counting from {first}: {problem}.",
        "Choose another port, or 0 for any free one.",
    )


def _read_request(stream: BufferedIOBase, connection: socket.socket) -> tuple[SandboxRequest, bool] | None:
    """Read one request and whether the client wants to go on; None at the connection's end."""
    line = stream.readline(_LINE_LIMIT)
    while line in (b"\r\n", b"\n"):
        line = stream.readline(_LINE_LIMIT)
    if not line:
        return None
    parts = line.decode("latin-1").split()
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise _Unreadable("not an HTTP/1 request line")
    method, target, version = parts
    headers = _read_headers(stream)
    if headers.get("expect", "").lower() == "100-continue":
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = _read_body(stream, headers)
    path, _, query = target.partition("?")
    wish = headers.get("connection", "").lower()
    goes_on = wish == "keep-alive" if version == "HTTP/1.0" else wish != "close"
    return SandboxRequest(method, path, query, headers, body), goes_on


def _read_headers(stream: BufferedIOBase) -> dict[str, str]:
    headers: dict[str, str] = {}
    while (line := stream.readline(_LINE_LIMIT)) not in (b"\r\n", b"\n"):
        if not line:
            raise ConnectionResetError
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise _Unreadable("a header without a colon")
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _read_body(stream: BufferedIOBase, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return _read_chunks(stream)
    length = headers.get("content-length", "0")
    if not length.isdecimal():
        raise _Unreadable("Content-Length is not a number")
    body = stream.read(int(length))
    if len(body) < int(length):
        raise ConnectionResetError
    return body


def _read_chunks(stream: BufferedIOBase) -> bytes:
    chunks: list[bytes] = []
    while True:
        try:
            size = int(stream.readline(_LINE_LIMIT).split(b";")[0], 16)
        except ValueError:
            raise _Unreadable("a chunk without its size") from None
        if size == 0:
            _read_headers(stream)
            return b"".join(chunks)
        chunks.append(stream.read(size))
        stream.readline(_LINE_LIMIT)


def _head(response: SandboxResponse, *, last: bool) -> bytes:
    try:
        reason = HTTPStatus(response.status).phrase
    except ValueError:
        reason = ""
    lines = [f"HTTP/1.1 {response.status} {reason}", f"Date: {_date()}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    if response.status not in _BODILESS:
        lines.append(f"Content-Length: {len(response.body)}")
    if last:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _date() -> str:
    return formatdate(int(time.time()), usegmt=True)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the client was faster
