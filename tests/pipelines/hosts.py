"""GitHub and GitLab as their API documents describe them, for one repository, served on sockets of this machine.

Strict: what is not documented, not allowed to this token, or not in the form that is asked for is refused, and `unknown` remembers it.
Lists come in pages of two, whatever was asked for, so that whoever reads only the first page misses things.
"""

from __future__ import annotations

import io
import json
import re
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

REPOSITORY = "mare-alta/catalog"
TOKEN = "ghs-5ecret-77aa"
READ_ONLY = "ghs-reads-only"
BOT = "github-actions[bot]"
_PAGE = 2


@dataclass
class Request:
    """What a host was asked."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass
class Answer:
    """What it says."""

    status: int = 200
    json: Any = None
    data: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """A documented error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Fake:
    """What both hosts hold, and what went wrong in talking to them."""

    url: str = ""
    elsewhere: str = ""
    """Where files are, at another origin."""
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """By pull request."""
    issues: list[dict[str, Any]] = field(default_factory=list)
    merged: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By commit, as this host describes a pull request."""
    requests: list[Request] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    failing: list[tuple[str, str, Answer]] = field(default_factory=list)
    """Method, pattern of a path, and what is answered in its place, once each."""
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(101, 10_000)))

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        for number, (method, pattern, instead) in enumerate(self.failing):
            if method == request.method and re.search(pattern, request.path):
                del self.failing[number]
                return instead
        for method, pattern, handler in self.routes():
            found = re.fullmatch(pattern, request.path)
            if method == request.method and found:
                try:
                    self.authorise(request)
                    return handler(request, *map(unquote, found.groups()))
                except Refusal as refused:
                    return Answer(refused.status, {"message": str(refused)})
        self.unknown.append(f"{request.method} {request.path}")
        return Answer(404, {"message": "Not Found"})

    def routes(self) -> list[tuple[str, str, Callable[..., Answer]]]:
        raise NotImplementedError

    def authorise(self, request: Request) -> None:
        raise NotImplementedError

    def page(self, request: Request, items: list[Any], within: str | None = None) -> Answer:
        number = int(request.query.get("page", "1"))
        shown = items[(number - 1) * _PAGE : number * _PAGE]
        headers = {}
        if number * _PAGE < len(items):
            query = "&".join(f"{name}={value}" for name, value in {**request.query, "page": str(number + 1)}.items())
            headers["Link"] = f'<{self.url}{request.path}?{query}>; rel="next", <{self.url}{request.path}>; rel="first"'
        return Answer(200, {within: shown, "total_count": len(items)} if within else shown, headers=headers)

    @staticmethod
    def text(request: Request, name: str, longest: int) -> str:
        said = request.body.get(name) if isinstance(request.body, dict) else None
        if not isinstance(said, str) or not said or len(said) > longest:
            raise Refusal(422, "Validation Failed")
        return said

    def write(self, method: str) -> list[str]:
        return [request.path for request in self.requests if request.method == method]


class GitHub(Fake):
    """api.github.com, version 2022-11-28."""

    def __init__(self) -> None:
        super().__init__()
        self.artifacts: list[dict[str, Any]] = []

    def authorise(self, request: Request) -> None:
        said = request.headers.get("authorization", "")
        if said not in {f"Bearer {TOKEN}", f"Bearer {READ_ONLY}"}:
            raise Refusal(401, "Bad credentials")
        if request.method != "GET" and said == f"Bearer {READ_ONLY}":
            raise Refusal(403, "Resource not accessible by integration")

    def routes(self) -> list[tuple[str, str, Callable[..., Answer]]]:
        root = f"/repos/{REPOSITORY}"
        return [
            ("GET", root, lambda _: Answer(200, {"default_branch": "main", "id": 1})),
            ("GET", rf"{root}/issues/(\d+)/comments", lambda request, number: self.page(request, self.comments.get(int(number), []))),
            ("POST", rf"{root}/issues/(\d+)/comments", self._comment),
            ("PATCH", rf"{root}/issues/comments/(\d+)", self._edit),
            ("DELETE", rf"{root}/issues/comments/(\d+)", self._delete),
            ("GET", rf"{root}/issues", self._issues),
            ("POST", rf"{root}/issues", self._open),
            ("PATCH", rf"{root}/issues/(\d+)", self._change),
            (
                "GET",
                rf"{root}/commits/(\w+)/pulls",
                lambda request, sha: self.page(request, [self.merged[sha]] if sha in self.merged else []),
            ),
            ("GET", rf"{root}/actions/artifacts", self._artifacts),
            ("GET", rf"{root}/actions/artifacts/(\d+)/zip", self._zip),
        ]

    def said(self, pull_request: int, body: str, author: str = BOT) -> dict[str, Any]:
        """Have someone comment."""
        comment = {"id": next(self.numbers), "body": body, "user": {"login": author}}
        self.comments.setdefault(pull_request, []).append(comment)
        return comment

    def upload(self, name: str, files: Mapping[str, bytes], sha: str, branch: str, repository: int = 1) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for path, data in files.items():
                archive.writestr(path, data)
        number = next(self.numbers)
        self.artifacts.append(
            {
                "id": number,
                "name": name,
                "expired": False,
                "created_at": f"2026-11-25T10:00:{number % 60:02}Z",
                "workflow_run": {"head_sha": sha, "head_branch": branch, "repository_id": 1, "head_repository_id": repository},
                "data": packed.getvalue(),
            }
        )

    def _comment(self, request: Request, number: str) -> Answer:
        comment = self.said(int(number), self.text(request, "body", 65_536))
        return Answer(201, comment)

    def _found(self, number: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        for comments in self.comments.values():
            for comment in comments:
                if comment["id"] == int(number):
                    return comments, comment
        raise Refusal(404, "Not Found")

    def _edit(self, request: Request, number: str) -> Answer:
        _, comment = self._found(number)
        comment["body"] = self.text(request, "body", 65_536)
        return Answer(200, comment)

    def _delete(self, _: Request, number: str) -> Answer:
        comments, comment = self._found(number)
        comments.remove(comment)
        return Answer(204)

    def _issues(self, request: Request) -> Answer:
        state, creator = request.query["state"], request.query["creator"]
        return self.page(request, [item for item in self.issues if item["state"] == state and item["user"]["login"] == creator])

    def _open(self, request: Request) -> Answer:
        title, body = self.text(request, "title", 256), self.text(request, "body", 65_536)
        issue = {"number": next(self.numbers), "title": title, "body": body, "state": "open", "user": {"login": BOT}}
        self.issues.append(issue)
        return Answer(201, issue)

    def _change(self, request: Request, number: str) -> Answer:
        issue = next(item for item in self.issues if item["number"] == int(number))
        assert set(request.body) <= {"title", "body", "state", "state_reason"}
        issue.update(request.body)
        return Answer(200, issue)

    def _artifacts(self, request: Request) -> Answer:
        found = [{**item, "data": None} for item in self.artifacts if item["name"] == request.query.get("name", item["name"])]
        return self.page(request, found, "artifacts")

    def _zip(self, _: Request, number: str) -> Answer:
        item = next((one for one in self.artifacts if one["id"] == int(number)), None)
        if item is None or item["expired"]:
            raise Refusal(410, "Artifact has expired")
        return Answer(302, headers={"Location": f"{self.elsewhere}/{number}?sig=5igned"})

    def file(self, path: str) -> bytes:
        return next(bytes(item["data"]) for item in self.artifacts if f"/{item['id']}" == path)


class GitLab(Fake):
    """gitlab.com/api/v4, with job artifacts."""

    PROJECT = "7"
    ME = 42

    def __init__(self) -> None:
        super().__init__()
        self.requests_by_iid: dict[int, dict[str, Any]] = {}
        self.pipelines: dict[int, list[dict[str, Any]]] = {}
        """By merge request, the newest first."""
        self.jobs: dict[int, list[dict[str, Any]]] = {}
        """By pipeline."""
        self.files: dict[tuple[str, str], bytes] = {}
        """By the number of a job or REF/JOB, and path."""

    def authorise(self, request: Request) -> None:
        said = request.headers.get("private-token")
        if said != TOKEN and not (said is None and "/jobs/artifacts/" in request.path):
            raise Refusal(401, "401 Unauthorized")

    def routes(self) -> list[tuple[str, str, Callable[..., Answer]]]:
        root = f"/projects/{self.PROJECT}"
        notes = rf"{root}/merge_requests/(\d+)/notes"
        return [
            ("GET", "/user", lambda _: Answer(200, {"id": self.ME, "username": "project_7_bot"})),
            ("GET", root, lambda _: Answer(200, {"default_branch": "main"})),
            ("GET", notes, lambda request, iid: self.page(request, self.comments.get(int(iid), []))),
            ("POST", notes, lambda request, iid: Answer(201, self.said(int(iid), self.text(request, "body", 1_000_000)))),
            ("PUT", rf"{notes}/(\d+)", self._edit),
            ("DELETE", rf"{notes}/(\d+)", self._delete),
            ("GET", rf"{root}/issues", self._issues),
            ("POST", rf"{root}/issues", self._open),
            ("PUT", rf"{root}/issues/(\d+)", self._change),
            ("POST", rf"{root}/issues/(\d+)/notes", lambda request, _: Answer(201, {"body": self.text(request, "body", 1_000_000)})),
            ("GET", rf"{root}/repository/commits/(\w+)/merge_requests", lambda request, sha: self.page(request, self._of(sha))),
            ("GET", rf"{root}/merge_requests/(\d+)", lambda _, iid: Answer(200, self.requests_by_iid[int(iid)])),
            ("GET", rf"{root}/merge_requests/(\d+)/pipelines", lambda request, iid: self.page(request, self.pipelines.get(int(iid), []))),
            ("GET", rf"{root}/pipelines/(\d+)/jobs", lambda request, number: self.page(request, self.jobs.get(int(number), []))),
            ("GET", rf"{root}/jobs/(\d+)/artifacts/(.+)", lambda _, job, path: self._file(job, path)),
            (
                "GET",
                rf"{root}/jobs/artifacts/([^/]+)/raw/(.+)",
                lambda request, ref, path: self._file(f"{ref}/{request.query['job']}", path),
            ),
        ]

    def said(self, iid: int, body: str, author: int = ME) -> dict[str, Any]:
        note = {"id": next(self.numbers), "body": body, "author": {"id": author}, "system": False}
        self.comments.setdefault(iid, []).append(note)
        return note

    def _of(self, sha: str) -> list[dict[str, Any]]:
        return [self.merged[sha]] if sha in self.merged else []

    def _edit(self, request: Request, iid: str, number: str) -> Answer:
        note = next((one for one in self.comments.get(int(iid), []) if one["id"] == int(number)), None)
        if note is None:
            raise Refusal(404, "404 Not found")
        note["body"] = self.text(request, "body", 1_000_000)
        return Answer(200, note)

    def _delete(self, _: Request, iid: str, number: str) -> Answer:
        self.comments[int(iid)] = [one for one in self.comments[int(iid)] if one["id"] != int(number)]
        return Answer(204)

    def _issues(self, request: Request) -> Answer:
        assert request.query["scope"] == "created_by_me"
        found = [item for item in self.issues if item["state"] == request.query["state"] and request.query["labels"] in item["labels"]]
        return self.page(request, found)

    def _open(self, request: Request) -> Answer:
        title, body = self.text(request, "title", 255), self.text(request, "description", 1_000_000)
        issue = {"iid": next(self.numbers), "title": title, "description": body, "labels": [request.body["labels"]], "state": "opened"}
        self.issues.append(issue)
        return Answer(201, issue)

    def _change(self, request: Request, number: str) -> Answer:
        issue = next(item for item in self.issues if item["iid"] == int(number))
        changed = dict(request.body)
        if changed.pop("state_event", None) == "close":
            issue["state"] = "closed"
        assert set(changed) <= {"title", "description"}
        issue.update(changed)
        return Answer(200, issue)

    def _file(self, job: str, path: str) -> Answer:
        data = self.files.get((job, path))
        if data is None:
            raise Refusal(404, "404 Not Found")
        return Answer(200, data=data)


@contextmanager
def served(fake: GitHub | GitLab) -> Iterator[None]:
    """Serve a host, and its files at another origin."""

    class Handler(BaseHTTPRequestHandler):
        def do(self) -> None:
            parts = urlsplit(self.path)
            size = int(self.headers.get("content-length") or 0)
            said = self.rfile.read(size)
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = fake.answer(
                Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, json.loads(said) if said else None)
            )
            data = answer.data if answer.json is None else json.dumps(answer.json).encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do  # noqa: N815 -- as its base has them

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 -- as its base has it
            pass

    class Files(Handler):
        def do(self) -> None:
            assert isinstance(fake, GitHub)
            if "authorization" in self.headers:
                fake.unknown.append("the token was sent to another origin")
            data = fake.file(urlsplit(self.path).path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do  # noqa: N815 -- as its base has it

    servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler) for handler in (Handler, Files)]
    threads = [threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}) for server in servers]
    fake.url, fake.elsewhere = (f"http://127.0.0.1:{server.server_port}" for server in servers)
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()
