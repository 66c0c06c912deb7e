"""A served PublishDrive sandbox and a client that knows nothing but HTTP."""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from catalogctl.provider.emulation import utc_now
from catalogctl.providers.publishdrive.sandbox import PublishdriveSandbox, PublishdriveSwitches
from catalogctl.sandbox import SandboxServer
from unit.sandbox.exchange import Clock, HttpAnswer

HEADERS = {"Accept": "application/json", "Content-Type": "application/json", "apikey": "secret"}
NOBODY = "00000000-0000-4000-8000-000000000000"
"""An id that no object has."""

EBOOK: dict[str, Any] = {
    "format": "ebook",
    "title": "The Lighthouse",
    "language": ["en"],
    "description": "A lighthouse goes dark.",
    "category": ["FIC002000"],
    "copyright": "SELF",
    "saleTerritory": ["ALL"],
    "publicationDate": "2026-06-01",
    "contributor": [{"firstName": "Ana", "lastName": "Ruiz", "role": "Author"}],
    "price": [{"currency": "USD", "price": 9.9}],
    "externalId": "lighthouse",
}
NARRATOR = {"firstName": "Luz", "lastName": "Paz", "role": "Narrated by"}
AUDIO: dict[str, Any] = {**EBOOK, "format": "audio", "contributor": [*EBOOK["contributor"], NARRATOR], "externalId": "sea"}
PRINT: dict[str, Any] = {**EBOOK, "format": "print", "isbn": "9781234567897", "externalId": "paper"}
POD: dict[str, Any] = {
    "pageCount": 200,
    "trimSizeId": 3,
    "bindingType": "PAPERBACK",
    "coverLaminateType": "GLOSS",
    "interiorColorType": "B&W",
    "paperColorType": "CREAM",
}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Answer(HttpAnswer):
    @property
    def book(self) -> dict[str, Any]:
        assert self.status in (200, 201), (self.status, self.body)
        assert self.json["data"]["type"] == "book"
        return dict(self.json["data"]["attributes"])

    @property
    def ids(self) -> list[str]:
        """The external ids on a page of the list."""
        assert self.status == 200, (self.status, self.body)
        return [row["attributes"]["externalId"] for row in self.json["data"]]

    def faults(self, status: int) -> list[str]:
        """The names in a problem object, which must have that status and all its keys."""
        assert self.status == status, (self.status, self.body)
        assert self.headers["content-type"] == "application/problem+json"
        problem = self.json
        assert problem.keys() == {"title", "status", "detail", "instance", "invalidParams"}
        assert problem["status"] == status
        assert all(fault.keys() == {"name", "reason"} and fault["reason"] for fault in problem["invalidParams"])
        return [fault["name"] for fault in problem["invalidParams"]]

    @property
    def nothing(self) -> int:
        """The status of an answer that has neither body nor type."""
        assert (self.body, self.headers.get("content-type")) == (b"", None)
        return self.status

    def storage_error(self, code: str) -> int:
        """The status of a refusal by the storage."""
        assert self.headers["content-type"] == "application/xml"
        assert f"<Code>{code}</Code>".encode() in self.body, self.body
        return self.status


@dataclass
class Account:
    sandbox: PublishdriveSandbox
    server: SandboxServer
    clock: Clock
    connection: http.client.HTTPConnection

    def call(self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] = HEADERS) -> Answer:
        sent = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        self.connection.request(method, path, sent, dict(headers))
        response = self.connection.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())

    def create(self, body: Mapping[str, Any] = EBOOK, **more: Any) -> Answer:
        return self.call("POST", "/books", {**body, **more})

    def created(self, body: Mapping[str, Any] = EBOOK, **more: Any) -> str:
        answer = self.create(body, **more)
        assert answer.status == 201, answer.body
        return str(answer.json["data"]["id"])

    def get(self, book: str) -> dict[str, Any]:
        return self.call("GET", f"/books/{book}").book

    def patch(self, book: str, **changes: Any) -> Answer:
        return self.call("PATCH", f"/books/{book}", changes)

    def ask(self, book: str, role: str, data: bytes = b"bytes", filename: str = "f.bin", **more: Any) -> Answer:
        return self.call("POST", f"/books/{book}/upload", [{"role": role, "filename": filename, "hashSha256": digest(data), **more}])

    def put(self, url: str, data: bytes, *, headers: Mapping[str, str] | None = None, method: str = "PUT") -> Answer:
        root = self.server.url("publishdrive")
        assert url.startswith(f"{root}/storage/"), url
        return self.call(method, url.removeprefix(root), data, headers=headers or {})

    def attach(self, book: str, file: str, data: bytes = b"bytes", filename: str = "f.bin") -> Answer:
        return self.call("PATCH", f"/books/{book}/file/{file}/attach", {"filename": filename, "hashSha256": digest(data)})

    def uploaded(self, book: str, role: str, data: bytes = b"bytes", filename: str = "f.bin") -> str:
        """Upload and attach a file; give its id."""
        permission = self.ask(book, role, data, filename).json[0]
        assert self.put(permission["url"], data).nothing == 200
        attached = self.attach(book, permission["id"], data, filename)
        assert (attached.status, attached.json) == (200, {})
        return str(permission["id"])

    def files(self, book: str) -> list[str]:
        return [file["id"] for file in self.get(book)["files"]]

    def publish(self, book: str) -> Answer:
        return self.call("POST", f"/books/{book}/publish", {})

    def unpublish(self, book: str) -> Answer:
        return self.call("POST", f"/books/{book}/unpublish", {})

    def delete(self, book: str) -> Answer:
        return self.call("DELETE", f"/books/{book}")

    def ready(self, **more: Any) -> str:
        """Make an e-book that can be published."""
        book = self.created(isFinalVersion=True, **more)
        self.uploaded(book, "ebook_content")
        self.uploaded(book, "ebook_cover")
        return book

    def submitted(self) -> str:
        """Make an e-book that is in review."""
        book = self.ready()
        assert self.publish(book).status == 204
        return book

    def row(self, key: str) -> dict[str, Any]:
        return next(dict(row) for row in self.sandbox.rows() if key in (row["id"], row.get("externalId")))


@contextmanager
def serving(*, real_time: bool = False, api_key: str | None = None, **switches: Any) -> Iterator[Account]:
    """Serve an account with these switches for the length of a block."""
    clock = Clock()
    sandbox = PublishdriveSandbox(PublishdriveSwitches(**switches), api_key=api_key, clock=utc_now if real_time else clock)
    with SandboxServer({"publishdrive": sandbox}) as server:
        host, port = server.url("publishdrive").removeprefix("http://").split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=10)
        try:
            yield Account(sandbox, server, clock, connection)
        finally:
            connection.close()
        assert server.errors == []
