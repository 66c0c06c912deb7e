"""A served Open Publishing sandbox and a client that knows nothing but HTTP."""

from __future__ import annotations

import http.client
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from catalogctl.providers.openpublishing.sandbox import OpenPublishingSandbox, OpenPublishingSwitches
from catalogctl.sandbox import SandboxServer
from unit.sandbox.exchange import Clock, HttpAnswer

PRODUCTS = "/resource/v3/products"
FILES = f"{PRODUCTS}/4711/files"
DISTRIBUTION = "/rpc/v2/products/4711/distribution"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BOUNDARY = "----seam7MA4YWxk"


@dataclass(frozen=True)
class Answer(HttpAnswer):
    @property
    def items(self) -> list[dict[str, Any]]:
        assert self.status == 200, (self.status, self.body)
        return list(self.json["items"])

    @property
    def ids(self) -> list[int]:
        return [one["_id"] for one in self.items]

    @property
    def error(self) -> tuple[int, str]:
        """The status and the error's ID, its body having the documented keys."""
        error = self.json["ERROR"]
        assert sorted(error) == ["ID", "LOCALE_STR", "PARAMETERS"]
        assert isinstance(error["PARAMETERS"], dict)
        return self.status, error["ID"]


def part(disposition: str | bytes, data: bytes, *headers: str) -> bytes:
    """Give one part of a form; what follows `form-data; ` in its Content-Disposition is given as it is sent."""
    said = disposition if isinstance(disposition, bytes) else disposition.encode()
    lines = [b"Content-Disposition: form-data; " + said, *(header.encode() for header in headers)]
    return b"--" + BOUNDARY.encode() + b"\r\n" + b"\r\n".join(lines) + b"\r\n\r\n" + data + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def file_part(data: bytes = b"bytes", name: str = "faro.epub") -> bytes:
    return part(f'name="file"; filename="{name}"', data, "Content-Type: application/octet-stream")


@dataclass
class Warehouse:
    sandbox: OpenPublishingSandbox
    server: SandboxServer
    clock: Clock
    token: str = ""
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        host, port = self.server.url("openpublishing").removeprefix("http://").split(":")
        self.connection = http.client.HTTPConnection(host, int(port), timeout=10)

    def send(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request without a token."""
        self.connection.request(method, path, body, dict(headers or {}))
        response = self.connection.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())

    def call(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request with the token of the last login."""
        return self.send(method, path, body, {"Authorization": f"Bearer {self.token}", **(headers or {})})

    def login(self, **fields: str) -> Answer:
        return self.send("POST", "/auth/auth", urlencode(fields or {"type": "api_key", "api_key": "k"}).encode(), FORM)

    def log_in(self) -> str:
        self.token = self.login().json["auth_token"]
        return self.token

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post_form(self, body: bytes, *, path: str = FILES, content_type: str = f"multipart/form-data; boundary={BOUNDARY}") -> Answer:
        return self.call("POST", path, body, {"Content-Type": content_type})

    def add(
        self,
        kind: str = "ebook_epub",
        data: bytes = b"bytes",
        *,
        name: str = "faro.epub",
        labels: Iterable[str] = (),
        path: str = FILES,
    ) -> Answer:
        said = [part('name="labels"', label.encode()) for label in labels]
        return self.post_form(form(file_part(data, name), part('name="type"', kind.encode()), *said), path=path)

    def added(self, *arguments: Any, **more: Any) -> dict[str, Any]:
        answer = self.add(*arguments, **more)
        assert answer.status == 201, answer.body
        return dict(answer.json)


@contextmanager
def serving(**switches: Any) -> Iterator[Warehouse]:
    """Serve an account with these switches, a product 4711 in it, for the length of a block, logged in."""
    clock = Clock()
    sandbox = OpenPublishingSandbox(OpenPublishingSwitches(**switches), clock=clock)
    with SandboxServer({"openpublishing": sandbox}) as server:
        warehouse = Warehouse(sandbox, server, clock)
        try:
            sandbox.seed([{"product": 4711, "ean": "9781496822482", "title": "El faro"}])
            warehouse.log_in()
            yield warehouse
        finally:
            warehouse.connection.close()
        assert server.errors == []
