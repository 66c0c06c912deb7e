"""The HTTP side of the emulated store: routes, the token, the rate, and the answers' bodies.

Chosen where the document is silent: the list is ordered by falling id; a request without `Accept: application/json` is
sent to /login, as Laravel sends browsers; PUT knows the internal id alone, since the document writes `{issue_id}` there
and names both ids elsewhere; another tenant's content can be read but answers 404 to PUT and DELETE, and its external
id does not stand in the way of ours; an out-of-range page is empty.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from math import ceil
from threading import RLock
from typing import cast
from urllib.parse import quote_plus, unquote

import orjson

from catalogctl.provider.emulation import Clock, Commit, Json, LoggedRequest, SandboxRequest, SandboxResponse, utc_now
from catalogctl.providers.publicala.sandbox import paging
from catalogctl.providers.publicala.sandbox.issue import PHYSICAL, TAXONOMIES, Issue, edited, encode
from catalogctl.providers.publicala.sandbox.render import ROW_KEYS, shown_created, stamp
from catalogctl.providers.publicala.sandbox.rules import Verdict, judge_changed, judge_new
from catalogctl.providers.publicala.sandbox.shelf import Shelf
from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches

ISSUES = "/integration-api/v1/dashboard/issues"
FIRST_ID = 1000001
UNLIMITED = 100_000
"""The limit that the headers name where none is set."""
LOG_LENGTH = 100_000
_CREATED = "The title will be processed and available in your library in a moment.."
_OPTIONAL: Mapping[str, object] = {
    "description": None,
    "free": False,
    "lang": None,
    "amounts_in_cents": {},
    "table_of_contents": None,
    "pages": None,
    "height": None,
    "width": None,
    "weight": None,
    "stock": None,
    "binding_type": None,
    "editing_location": None,
    "preorder_from": None,
    "sale_from": None,
}


class PublicalaSandbox:
    """A publica.la store with its v1 content API, in memory.

    Any token opens it while `token` is None. Same requests at same instants give same answers.
    """

    name = "publicala"

    def __init__(
        self,
        switches: PublicalaSwitches | None = None,
        *,
        token: str | None = None,
        clock: Clock = utc_now,
        first_id: int = FIRST_ID,
    ) -> None:
        self.switches = switches or PublicalaSwitches()
        self._token = token
        self._clock = clock
        self._first_id = first_id
        self._lock = RLock()
        self._log: deque[LoggedRequest] = deque(maxlen=LOG_LENGTH)
        self._shelf = Shelf(self.switches, first_id)
        self._window_ends = clock()
        self._used = 0
        self.add_foreign(self.switches.foreign_rows)

    # ── the API ──

    def respond(self, request: SandboxRequest) -> SandboxResponse:
        """Answer one request, having applied it."""
        with self._lock:
            body = _decoded(request)
            response, ignored = self._answer(request, body)
            self._log.append(LoggedRequest(request.method, request.path, request.query, body, response.status, self._clock(), ignored))
            return response

    def _answer(self, request: SandboxRequest, body: Json) -> tuple[SandboxResponse, tuple[str, ...]]:
        route = _route(request.path)
        if route is None:
            return _message(404, "Not Found"), ()
        rate, refused = self._count_against_rate()
        if refused:
            return replace(_message(429, "Too Many Attempts."), headers=_JSON_HEADERS | rate), ()
        response, ignored = self._routed(request, route, body)
        return replace(response, headers={**response.headers, **rate}), ignored

    def _routed(self, request: SandboxRequest, key: str, body: Json) -> tuple[SandboxResponse, tuple[str, ...]]:
        if "json" not in request.headers.get("accept", ""):
            return _login_page(_origin(request)), ()
        token = request.headers.get("x-user-token", "")
        if not token or (self._token is not None and token != self._token):
            return _message(401, "Unauthenticated."), ()
        match request.method, bool(key):
            case "GET" | "HEAD", False:
                return self._list(request), ()
            case "POST", False:
                return self._create(body)
            case "GET" | "HEAD", True:
                return self._get(request, key), ()
            case "PUT", True:
                return self._update(key, body)
            case "DELETE", True:
                return self._delete(key), ()
            case _:
                allowed = "GET, HEAD, PUT, DELETE" if key else "GET, HEAD, POST"
                refusal = _message(405, f"The {request.method} method is not supported for this route. Supported methods: {allowed}.")
                return replace(refusal, headers=_JSON_HEADERS | {"Allow": allowed}), ()

    def _list(self, request: SandboxRequest) -> SandboxResponse:
        now = self._clock()
        query = (request.argument("query") or "").strip() or None
        page = paging.page_number(request.argument("page"))
        ids = self._shelf.search(query, now)
        start = (page - 1) * paging.PER_PAGE
        if self.switches.list_order == "desc":
            chosen = ids[max(len(ids) - start - paging.PER_PAGE, 0) : max(len(ids) - start, 0)][::-1]
        else:
            chosen = ids[start : start + paging.PER_PAGE]
        rows = [self._shelf.row(number, now) for number in chosen]
        kept = f"query={quote_plus(query)}&" if query and self.switches.next_page_url_keeps_query else ""
        return _success(200, _listing(paging.paginator(rows, page, len(ids), f"{_origin(request)}{ISSUES}", kept)))

    def _get(self, request: SandboxRequest, key: str) -> SandboxResponse:
        issue = self._shelf.find(key)
        if issue is None:
            return _not_found()
        row = self._shelf.whole(issue, self._clock())
        match self.switches.single_get:
            case "paginator":
                data: object = _listing(paging.paginator([orjson.dumps(row)], 1, 1, f"{_origin(request)}{ISSUES}", ""))
            case "issue":
                data = {"issue": row}
            case "data":
                data = row
        return _success(200, data)

    def _create(self, body: Json) -> tuple[SandboxResponse, tuple[str, ...]]:
        verdict = judge_new(body, self.switches)
        self._refuse_taken(verdict, None)
        if verdict.errors:
            return _invalid(verdict)
        now = self._clock()
        values = verdict.values
        values.setdefault("external_id", None)
        values.setdefault("publication_date", (cast("str | None", values.get("published_at")) or stamp(now))[:10])
        since = None if values["extension"] == PHYSICAL or not self.switches.conversion_steps else now.timestamp()
        issue = Issue(id=self._shelf.next_id, created_at=stamp(now), updated_at=stamp(now), converting_since=since, **values)  # type: ignore[arg-type]  # judged
        self._shelf.put(issue)
        created = shown_created(issue, self._shelf.status(issue, now), self.switches)
        return _success(201, {"issue": created, "message": _CREATED}), verdict.ignored

    def _update(self, key: str, body: Json) -> tuple[SandboxResponse, tuple[str, ...]]:
        issue = self._shelf.find(key)
        if issue is None or not issue.owned or key != str(issue.id):
            return _not_found(), ()
        verdict = judge_changed(body, issue.extension, self.switches)
        self._refuse_taken(verdict, issue)
        if verdict.errors:
            return _invalid(verdict)
        values = verdict.values
        if self.switches.omitted_taxonomy == "clears":
            values = {**dict.fromkeys(TAXONOMIES, ()), **values}
        if self.switches.omitted_optional == "clears":
            values = {**_OPTIONAL, **values}
        self._shelf.put(replace(issue, updated_at=stamp(self._clock()), **values))  # type: ignore[arg-type]  # judged
        return SandboxResponse(204), verdict.ignored

    def _delete(self, key: str) -> SandboxResponse:
        issue = self._shelf.find(key)
        if issue is None or not issue.owned:
            return _not_found()
        self._shelf.drop(issue)
        return _success(200, {"message": "The title was deleted."})

    def _refuse_taken(self, verdict: Verdict, issue: Issue | None) -> None:
        wanted = verdict.values.get("external_id")
        holder = self._shelf.own(wanted) if isinstance(wanted, str) else None
        if holder is not None and (issue is None or holder.id != issue.id):
            verdict.refuse("external_id", "has already been taken.")

    def _count_against_rate(self) -> tuple[dict[str, str], bool]:
        """Count one request in the present minute; give the headers and whether it is one too many."""
        now = self._clock()
        if now >= self._window_ends:
            self._window_ends = now + timedelta(minutes=1)
            self._used = 0
        limit = self.switches.rate_limit
        if limit is None:
            return {"X-RateLimit-Limit": str(UNLIMITED), "X-RateLimit-Remaining": str(UNLIMITED - 1)}, False
        refused = self._used >= limit
        self._used += not refused
        headers = {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(limit - self._used)}
        if self._used >= limit:
            headers["X-RateLimit-Reset"] = str(ceil(self._window_ends.timestamp()))
        if not refused:
            return headers, False
        match self.switches.retry_after:
            case "seconds":
                headers["Retry-After"] = str(ceil((self._window_ends - now).total_seconds()))
            case "date":
                headers["Retry-After"] = format_datetime((self._window_ends + timedelta(seconds=1)).replace(microsecond=0), usegmt=True)
            case "none":
                pass
        return headers, True

    # ── the back doors ──

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        """The requests answered since the start or the last `clear_log`, oldest first."""
        with self._lock:
            return tuple(self._log)

    def clear_log(self) -> None:
        """Forget the requests."""
        with self._lock:
            self._log.clear()

    def rows(self) -> tuple[dict[str, Json], ...]:
        """Show every stored content by rising id: `Issue`'s fields, the write-only ones among them."""
        with self._lock:
            return tuple(encode(issue) for issue in self._shelf)

    def seed(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Store contents as they are given: fields of `Issue`, of the request tables, or of the API's rows; `id` too.

        A content without a conversion of its own is done.
        Raises:  ValueError for an unknown field.
        """
        with self._lock:
            for row in rows:
                number = cast("int", row.get("id", self._shelf.next_id))
                now = stamp(self._clock())
                blank = Issue(
                    id=number,
                    external_id=None,
                    name=f"Content {number}",
                    extension="epub",
                    publication_date="2020-01-01",
                    created_at=now,
                    updated_at=now,
                )
                self._shelf.put(edited(blank, {key: value for key, value in row.items() if key != "id"}, ROW_KEYS))

    def add_foreign(self, count: int) -> None:
        """Store that many contents that other tenants own."""
        with self._lock:
            first = self._shelf.next_id
            numbers = range(first, first + count)
            self.seed({"external_id": f"foreign-{number}", "name": f"Foreign title {number}", "owned": False} for number in numbers)

    def edit(self, key: str, **changes: object) -> None:
        """Change our content of that external id: fields as for `seed`.

        Raises:  KeyError for an unknown content, ValueError for an unknown field.
        """
        with self._lock:
            issue = self._known(key)
            self._shelf.put(replace(edited(issue, changes, ROW_KEYS), updated_at=stamp(self._clock())))

    def remove(self, key: str) -> None:
        """Take our content of that external id away. Raises KeyError where there is none."""
        with self._lock:
            self._shelf.drop(self._known(key))

    def reset(self) -> None:
        """Return to the contents of a new sandbox and forget the requests."""
        with self._lock:
            self._log.clear()
            self._shelf.clear(self._first_id)
            self._window_ends = self._clock()
            self.add_foreign(self.switches.foreign_rows)

    def snapshot(self) -> tuple[Commit, ...]:
        """Give the fewest commits that rebuild the present contents."""
        with self._lock:
            return self._shelf.snapshot()

    def restore(self, commits: Iterable[Commit]) -> None:
        """Replace the contents by what the commits build, telling the listener nothing."""
        with self._lock:
            kept, self._shelf = self._shelf, Shelf(self.switches, self._first_id)
            self._shelf.listener = kept.listener
            self._shelf.replay(commits)

    def replay(self, commits: Iterable[Commit]) -> None:
        """Apply commits on top of the present contents, telling the listener nothing."""
        with self._lock:
            self._shelf.replay(commits)

    def listen(self, listener: Callable[[Commit], None] | None) -> None:
        """Have `listener` called with every commit, in order."""
        with self._lock:
            self._shelf.listener = listener

    def account_block(self, base_url: str) -> dict[str, str]:
        """Give the account of catalogctl.yaml that uses this emulator at `base_url`; its token is a reference, as the file demands."""
        return {"provider": self.name, "base_url": base_url, "token": "${env:PUBLICALA_TOKEN}"}

    def _known(self, key: str) -> Issue:
        issue = self._shelf.own(key)
        if issue is None:
            raise KeyError(key)
        return issue


_JSON_HEADERS = {"Content-Type": "application/json"}


def _route(path: str) -> str | None:
    """Give the key in the path, empty for the list; None where the path is no route."""
    rest = unquote(path).removesuffix("/")
    if rest == ISSUES:
        return ""
    key = rest.removeprefix(f"{ISSUES}/")
    return key if key != rest and key and "/" not in key else None


def _origin(request: SandboxRequest) -> str:
    return f"http://{request.headers.get('host', 'your-store.com')}"


def _decoded(request: SandboxRequest) -> Json:
    if not request.body or "json" not in request.headers.get("content-type", ""):
        return None
    try:
        return cast("Json", orjson.loads(request.body))
    except orjson.JSONDecodeError:
        return None


def _listing(page: dict[str, object]) -> dict[str, object]:
    return {"paginator": page, "reached_issues_limit": False, "reached_free_issues_limit": False}


def _success(status: int, data: object) -> SandboxResponse:
    return SandboxResponse(status, _JSON_HEADERS, orjson.dumps({"CODE": "success", "data": data}))


def _message(status: int, message: str) -> SandboxResponse:
    return SandboxResponse(status, _JSON_HEADERS, orjson.dumps({"message": message}))


def _not_found() -> SandboxResponse:
    return _message(404, "Object not found")


def _invalid(verdict: Verdict) -> tuple[SandboxResponse, tuple[str, ...]]:
    body = orjson.dumps({"message": "The given data was invalid.", "errors": verdict.errors})
    return SandboxResponse(422, _JSON_HEADERS, body), verdict.ignored


def _login_page(origin: str) -> SandboxResponse:
    page = f"<!DOCTYPE html><html><body>Redirecting to {origin}/login.</body></html>"
    return SandboxResponse(302, {"Content-Type": "text/html; charset=UTF-8", "Location": f"{origin}/login"}, page.encode())
