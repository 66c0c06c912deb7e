"""Shelf in memory, written from what its documents would say and sharing nothing with the provider."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from threading import RLock
from typing import Any

from catalogctl.provider.emulation import Clock, Json, LoggedRequest, SandboxRequest, SandboxResponse, StoredChange, utc_now

FIELDS = {"books": {"code", "title", "language", "prices", "shelfmark", "binding"}, "blurbs": {"label", "book", "text"}}
KEYS = {"books": "code", "blurbs": "label"}
Row = dict[str, Any]


class ShelfService:
    """Rows by id, each knowing its kind; `shelfmark` is kept and never returned, languages come back in capitals."""

    name = "shelf"

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._lock = RLock()
        self._rows: dict[str, Row] = {}
        self._given = 0
        self._log: list[LoggedRequest] = []
        self._listener: Callable[[StoredChange], None] | None = None

    # ── the API ──

    def respond(self, request: SandboxRequest) -> SandboxResponse:
        with self._lock:
            body = json.loads(request.body) if request.body else None
            status, answer = self._answer(request, body)
            self._log.append(LoggedRequest(request.method, request.path, request.query, body, status, self._clock()))
            return SandboxResponse(status, {"Content-Type": "application/json"}, b"" if answer is None else json.dumps(answer).encode())

    def _answer(self, request: SandboxRequest, body: Any) -> tuple[int, Any]:
        kind, _, id_ = request.path.strip("/").partition("/")
        if not request.headers.get("x-token"):
            return 401, "who are you?"
        row = self._rows.get(id_)
        if kind not in KEYS or (id_ and (row is None or row["kind"] != kind)):
            return 404, "not found"
        if body is not None and (wrong := self._wrong(kind, body)):
            return 422, wrong
        match request.method:
            case "GET" if row is not None:
                return 200, _shown(row)
            case "GET":
                return 200, [_shown(one) for one in self._rows.values() if one["kind"] == kind]
            case "POST" if row is None:
                return 201, _shown(self._put({**dict.fromkeys(FIELDS[kind]), **body, "kind": kind}))
            case "PATCH" if row is not None:
                if body.get("binding", row.get("binding")) != row.get("binding"):
                    return 422, "a book is bound once"
                return 200, _shown(self._put({**row, **body}))
            case "DELETE" if row is not None:
                if any(one.get("book") == id_ for one in self._rows.values()):
                    return 409, "a blurb is pinned to it"
                self._drop(id_)
                return 204, None
        return 405, "not allowed"

    def _wrong(self, kind: str, body: Row) -> str:
        if unknown := body.keys() - FIELDS[kind]:
            return f"unknown: {sorted(unknown)}"
        if kind == "blurbs" and "book" in body and self._rows.get(body["book"], {}).get("kind") != "books":
            return "no such book"
        return ""

    def _put(self, row: Row) -> Row:
        if "id" not in row:
            self._given += 1
            row = {"id": f"{self._given:06}", **row}
        self._rows[row["id"]] = row
        self._tell(StoredChange(row["id"], row))
        return row

    def _drop(self, id_: str) -> None:
        del self._rows[id_]
        self._tell(StoredChange(id_, None))

    def _tell(self, commit: StoredChange) -> None:
        if self._listener is not None:
            self._listener(commit)

    # ── the back doors ──

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        return tuple(self._log)

    def clear_log(self) -> None:
        self._log.clear()

    def rows(self) -> tuple[dict[str, Json], ...]:
        with self._lock:
            return tuple(dict(row) for row in self._rows.values())

    def seed(self, rows: Iterable[Mapping[str, object]]) -> None:
        with self._lock:
            for row in rows:
                self._put({"kind": "books", **dict.fromkeys(FIELDS["books"]), **row})

    def edit(self, key: str, **changes: object) -> None:
        with self._lock:
            self._put({**self._known(key), **changes})

    def remove(self, key: str) -> None:
        with self._lock:
            id_ = self._known(key)["id"]
            for row in [row for row in self._rows.values() if id_ in {row["id"], row.get("book")}]:
                self._drop(row["id"])

    def reset(self) -> None:
        with self._lock:
            self._rows.clear()
            self._log.clear()

    def snapshot(self) -> tuple[StoredChange, ...]:
        with self._lock:
            return tuple(StoredChange(id_, row) for id_, row in self._rows.items())

    def restore(self, commits: Iterable[StoredChange]) -> None:
        with self._lock:
            self._rows.clear()
            self.replay(commits)

    def replay(self, commits: Iterable[StoredChange]) -> None:
        with self._lock:
            for commit in commits:
                if commit.value is None:
                    self._rows.pop(commit.key, None)
                else:
                    self._rows[commit.key] = dict(commit.value)
                self._given = max(self._given, int(commit.key))

    def listen(self, listener: Callable[[StoredChange], None] | None) -> None:
        self._listener = listener

    def account_block(self, base_url: str) -> dict[str, str]:
        return {"provider": self.name, "base_url": base_url, "token": "${env:SHELF_TOKEN}"}

    def _known(self, key: str) -> Row:
        for row in self._rows.values():
            if key in {row["id"], row[KEYS[row["kind"]]]}:
                return row
        raise KeyError(key)


def _shown(row: Row) -> Row:
    told = {name: value for name, value in row.items() if name not in {"kind", "shelfmark"}}
    if row["kind"] == "books":
        told |= {"language": row["language"] and row["language"].upper(), "prices": row["prices"] or {}}
    return told
