"""A served publica.la sandbox and a client that knows nothing but HTTP."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from catalogctl.provider.emulation import utc_now
from catalogctl.providers.publicala.sandbox import PublicalaSandbox, PublicalaSwitches
from catalogctl.sandbox import SandboxServer
from unit.sandbox.exchange import Clock, HttpAnswer

ISSUES = "/integration-api/v1/dashboard/issues"
HEADERS = {"Accept": "application/json", "Content-Type": "application/json", "X-User-Token": "secret"}

DIGITAL: dict[str, Any] = {
    "publication_date": "2020-06-01",
    "name": "The Computing Machine",
    "external_id": "computing-machine",
    "extension": "pdf",
    "file_url": "https://cdn.example.com/machine.pdf?signature=abc",
}
PHYSICAL: dict[str, Any] = {"publication_date": "2024-09-13", "name": "Sombras", "external_id": "999333222", "type": "physical"}
UPDATE: dict[str, Any] = {key: DIGITAL[key] for key in ("publication_date", "name", "external_id", "extension")}


@dataclass(frozen=True)
class Answer(HttpAnswer):
    @property
    def errors(self) -> dict[str, list[str]]:
        assert self.status == 422, (self.status, self.body)
        answer = self.json
        assert answer["message"] == "The given data was invalid."
        return dict(answer["errors"])

    @property
    def page(self) -> dict[str, Any]:
        assert self.status == 200, (self.status, self.body)
        return dict(self.json["data"]["paginator"])

    @property
    def rows(self) -> list[dict[str, Any]]:
        return list(self.page["data"])

    @property
    def external_ids(self) -> list[str]:
        return [row["external_id"] for row in self.rows]


@dataclass
class Store:
    sandbox: PublicalaSandbox
    server: SandboxServer
    clock: Clock
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = connect(self.server)

    def call(self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] = HEADERS) -> Answer:
        sent = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        self.connection.request(method, path, sent, dict(headers))
        response = self.connection.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())

    def list(self, query: str = "") -> Answer:
        return self.call("GET", f"{ISSUES}/{query}")

    def get(self, key: object) -> Answer:
        return self.call("GET", f"{ISSUES}/{key}")

    def create(self, body: Mapping[str, Any] = DIGITAL, **more: Any) -> Answer:
        return self.call("POST", ISSUES, {**body, **more})

    def created(self, body: Mapping[str, Any] = DIGITAL, **more: Any) -> int:
        answer = self.create(body, **more)
        assert answer.status == 201, answer.body
        return int(answer.json["data"]["issue"]["id"])

    def update(self, key: object, body: Mapping[str, Any] = UPDATE, **more: Any) -> Answer:
        return self.call("PUT", f"{ISSUES}/{key}", {**body, **more})

    def delete(self, key: object) -> Answer:
        return self.call("DELETE", f"{ISSUES}/{key}")

    def stored(self, external_id: str = "computing-machine") -> dict[str, Any]:
        return next(dict(row) for row in self.sandbox.rows() if row["external_id"] == external_id)

    def row(self, external_id: str = "computing-machine") -> dict[str, Any]:
        return next(row for row in self.list().rows if row["external_id"] == external_id)


def connect(server: SandboxServer, name: str = "publicala") -> http.client.HTTPConnection:
    """Open a connection of its own."""
    host, port = server.url(name).removeprefix("http://").split(":")
    return http.client.HTTPConnection(host, int(port), timeout=10)


@contextmanager
def serving(*, real_time: bool = False, token: str | None = None, **switches: Any) -> Iterator[Store]:
    """Serve a store with these switches for the length of a block."""
    clock = Clock()
    sandbox = PublicalaSandbox(PublicalaSwitches(**switches), token=token, clock=utc_now if real_time else clock, first_id=1000003)
    with SandboxServer({"publicala": sandbox}) as server:
        store = Store(sandbox, server, clock)
        try:
            yield store
        finally:
            store.connection.close()
        assert server.errors == []
