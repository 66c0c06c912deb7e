"""A publica.la sandbox with its v3 API, and a client of it that knows nothing but requests and answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from catalogctl.provider.emulation import SandboxRequest, SandboxResponse
from catalogctl.providers.publicala.sandbox import PublicalaSandbox, PublicalaSwitches
from unit.sandbox.exchange import Clock
from unit.sandbox.storefront import HEADERS, ISSUES, Answer

CONTENT = "/api/v3/content"
SENT_HEADERS = {name.lower(): value for name, value in HEADERS.items()}
UNAUTHORIZED = (403, {"message": "This action is unauthorized."})
NO_CONTENT = (404, {"message": "Content not found."})
NO_TRACK = (404, {"message": "Track not found."})
NO_AUDIO = {"file": ["The file must be a valid audio file (MP3)."]}

TEXT: dict[str, Any] = {"name": "The Machine", "file_type": "pdf", "lang": "en", "file_url": "https://cdn.example.com/machine.pdf?sig=1"}
AUDIO: dict[str, Any] = {"name": "The Machine, read", "file_type": "audio", "lang": "en"}
PAPER: dict[str, Any] = {"name": "The Machine, printed", "file_type": "physical", "lang": "en"}


@dataclass(frozen=True)
class Told(Answer):
    """An answer."""

    @property
    def said(self) -> tuple[int, Any]:
        return self.status, self.json

    @property
    def data(self) -> Any:
        assert self.status in {200, 201}, (self.status, self.body)
        return self.json["data"]


@dataclass
class StoreV3:
    sandbox: PublicalaSandbox
    clock: Clock = field(default_factory=Clock)

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Mapping[str, object] | None = None,
        *,
        headers: Mapping[str, str] = SENT_HEADERS,
    ) -> Told:
        sent = b"" if body is None else json.dumps(body).encode()
        answer: SandboxResponse = self.sandbox.respond(SandboxRequest(method, path, urlencode(query or {}), headers, sent))
        return Told(answer.status, answer.headers, answer.body)

    def list(self, **query: object) -> Told:
        return self.call("GET", CONTENT, query=query)

    def get(self, key: object, **query: object) -> Told:
        return self.call("GET", f"{CONTENT}/{key}", query=query)

    def metadata(self, key: object) -> dict[str, Any]:
        return dict(self.get(key, include="metadata").data["metadata"])

    def create(self, body: Mapping[str, Any] = TEXT, /, **more: Any) -> Told:
        return self.call("POST", CONTENT, {**body, **more})

    def created(self, body: Mapping[str, Any] = TEXT, /, **more: Any) -> str:
        answer = self.create(body, **more)
        assert answer.status == 201, answer.body
        return str(answer.json["data"]["id"])

    def bulk(self, *contents: object) -> Told:
        return self.call("POST", f"{CONTENT}/bulk", {"contents": list(contents)})

    def update(self, key: object, body: Mapping[str, Any], **query: object) -> Told:
        return self.call("PUT", f"{CONTENT}/{key}", body, query)

    def delete(self, key: object, **query: object) -> Told:
        return self.call("DELETE", f"{CONTENT}/{key}", query=query)

    def tracks(self, key: object) -> Any:
        return self.call("GET", f"{CONTENT}/{key}/tracks").data

    def orders(self, key: object) -> dict[str, int]:
        return {track["title"]: track["order"] for track in self.tracks(key)}

    def add(self, key: object, title: str, /, **more: Any) -> Told:
        body = {"title": title, "file_url": f"https://cdn.example.com/{title}.mp3", **more}
        return self.call("POST", f"{CONTENT}/{key}/tracks", {name: value for name, value in body.items() if value is not None})

    def added(self, key: object, *titles: str) -> tuple[str, ...]:
        return tuple(str(self.add(key, title).data["id"]) for title in titles)

    def change(self, key: object, track: object, **body: Any) -> Told:
        return self.call("PUT", f"{CONTENT}/{key}/tracks/{track}", body)

    def reorder(self, key: object, ids: object) -> Told:
        return self.call("PUT", f"{CONTENT}/{key}/tracks/order", {"track_ids": ids})

    def take(self, key: object, track: object) -> Told:
        return self.call("DELETE", f"{CONTENT}/{key}/tracks/{track}")

    def v1(self, method: str, tail: str = "", body: object = None) -> Told:
        return self.call(method, f"{ISSUES}{tail}", body)

    def seed(self, *rows: Mapping[str, object]) -> None:
        self.sandbox.seed(rows)

    def stored(self, key: object) -> dict[str, Any]:
        """Give the row of a content by its id."""
        return next(dict(row) for row in self.sandbox.rows() if str(row["id"]) == str(key) and "content_id" not in row)


def opened(docs: str = "A", *, token: str | None = None, **switches: Any) -> StoreV3:
    """Open a store with that version of the documents."""
    clock = Clock()
    readings: dict[str, Any] = {"v3_docs": docs, **switches}
    return StoreV3(PublicalaSandbox(PublicalaSwitches(**readings), token=token, clock=clock), clock)


def arguments_of(link: str) -> dict[str, str]:
    """Give the arguments of an address."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(link).query).items()}


def ids(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Give the ids of contents as texts."""
    return [str(row["id"]) for row in rows]
