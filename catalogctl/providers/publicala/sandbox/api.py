"""The HTTP side of the emulated store: routes, the token, the rate, and the answers' bodies.

Chosen where the document is silent: the list is ordered by falling id; a request without `Accept: application/json` is
sent to /login, as Laravel sends browsers; PUT knows the internal id alone, since the document writes `{issue_id}` there
and names both ids elsewhere; another tenant's content can be read but answers 404 to PUT and DELETE, and its external
id does not are in the way of ours; an out-of-range page is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast
from urllib.parse import quote_plus, unquote

import orjson

from catalogctl.provider.emulation import Clock, InMemory, Json, LoggedRequest, SandboxRequest, SandboxResponse, utc_now
from catalogctl.providers.publicala.sandbox import paging
from catalogctl.providers.publicala.sandbox.answers import JSON_HEADERS, answer, invalid, login_page, message, not_allowed, origin
from catalogctl.providers.publicala.sandbox.checks import BodyCheck
from catalogctl.providers.publicala.sandbox.issue import PHYSICAL, TAXONOMIES, Issue, edited, encode, renamed
from catalogctl.providers.publicala.sandbox.rate import Rate
from catalogctl.providers.publicala.sandbox.render import ROW_KEYS, STORE_URL, shown_created, stamp
from catalogctl.providers.publicala.sandbox.rules import judge_changed, judge_new
from catalogctl.providers.publicala.sandbox.shelf import Shelf
from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches
from catalogctl.providers.publicala.sandbox.track import StoredTrack, edited_track, encode_track
from catalogctl.providers.publicala.sandbox.v3 import ContentApi, segments

ISSUES = "/integration-api/v1/dashboard/issues"
FIRST_ID = 1000001
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


class PublicalaSandbox(InMemory[Shelf]):
    """A publica.la store with its v1 content API, in memory, and with its v3 API where the switch `v3_docs` says so.

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
        self._first_id = first_id
        super().__init__(lambda: Shelf(self.switches, first_id), clock)
        self._rate = Rate(self.switches)
        self.add_foreign(self.switches.foreign_rows)

    # ── the API ──

    def respond(self, request: SandboxRequest) -> SandboxResponse:
        """Answer one request, having applied it."""
        with self._lock:
            body = _decoded(request)
            response, ignored = self._answer(request, body)
            if "host" in request.headers:  # where it is asked, there its pages are
                response = replace(response, body=response.body.replace(STORE_URL.encode(), origin(request).encode()))
            self._log.append(LoggedRequest(request.method, request.path, request.query, body, response.status, self._clock(), ignored))
            return response

    def _answer(self, request: SandboxRequest, body: Json) -> tuple[SandboxResponse, tuple[str, ...]]:
        parts = None if self.switches.v3_docs == "none" else segments(request.path)
        key = _route(request.path) if self.switches.v1 else None
        if parts is None and key is None:
            return message(404, "Not Found"), ()
        rate, refused = self._rate.count(self._clock())
        if refused:
            return replace(message(429, "Too Many Attempts."), headers=JSON_HEADERS | rate), ()
        response, ignored = self._admitted(request, parts, key or "", body)
        return replace(response, headers={**response.headers, **rate}), ignored

    def _admitted(
        self, request: SandboxRequest, parts: tuple[str, ...] | None, key: str, body: Json
    ) -> tuple[SandboxResponse, tuple[str, ...]]:
        if (refusal := self._refusal(request)) is not None:
            return refusal, ()
        if parts is None:
            return self._routed(request, key, body)
        return ContentApi(self._shelf, self.switches, self._clock()).answer(request, parts, body)

    def _refusal(self, request: SandboxRequest) -> SandboxResponse | None:
        """Refuse a request that does not ask for JSON or has no token that opens the store."""
        if "json" not in request.headers.get("accept", ""):
            return login_page(origin(request))
        token = request.headers.get("x-user-token", "")
        if not token or (self._token is not None and token != self._token):
            return message(401, "Unauthenticated.")
        return None

    def _routed(self, request: SandboxRequest, key: str, body: Json) -> tuple[SandboxResponse, tuple[str, ...]]:
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
                return not_allowed(request.method, allowed), ()

    def _list(self, request: SandboxRequest) -> SandboxResponse:
        now = self._clock()
        query = (request.argument("query") or "").strip() or None
        page = paging.page_number(request.argument("page"))
        ids = self._shelf.search(query, now)
        size = paging.per_page(request.argument("per_page")) if self.switches.per_page == "asked" else paging.PER_PAGE
        start = (page - 1) * size
        if self.switches.list_order == "desc":
            chosen = ids[max(len(ids) - start - size, 0) : max(len(ids) - start, 0)][::-1]
        else:
            chosen = ids[start : start + size]
        rows = [self._shelf.row(number, now) for number in chosen]
        kept = f"query={quote_plus(query)}&" if query and self.switches.next_page_url_keeps_query else ""
        return _success(200, _listing(paging.paginator(rows, page, len(ids), f"{origin(request)}{ISSUES}", kept, size)))

    def _get(self, request: SandboxRequest, key: str) -> SandboxResponse:
        issue = self._shelf.find(key)
        if issue is None:
            return _not_found()
        row = self._shelf.whole(issue, self._clock())
        match self.switches.single_get:
            case "paginator":
                data: object = _listing(paging.paginator([orjson.dumps(row)], 1, 1, f"{origin(request)}{ISSUES}", ""))
            case "issue":
                data = {"issue": row}
            case "data":
                data = row
        return _success(200, data)

    def _create(self, body: Json) -> tuple[SandboxResponse, tuple[str, ...]]:
        verdict = judge_new(body, self.switches)
        self._refuse_taken(verdict, None)
        if verdict.errors:
            return invalid(verdict.errors), verdict.ignored
        now = self._clock()
        values = verdict.values
        values.setdefault("external_id", None)
        values.setdefault("publication_date", (cast("str | None", values.get("published_at")) or stamp(now))[:10])
        since = None if values["extension"] == PHYSICAL or not self.switches.conversion_steps else now.timestamp()
        issue = Issue(id=self._shelf.next_id, created_at=stamp(now), updated_at=stamp(now), converting_since=since, **values)  # type: ignore[arg-type]  # judged
        issue = self._shelf.add(issue)
        created = shown_created(issue, self._shelf.status(issue, now), self.switches)
        return _success(201, {"issue": created, "message": _CREATED}), verdict.ignored

    def _update(self, key: str, body: Json) -> tuple[SandboxResponse, tuple[str, ...]]:
        issue = self._shelf.find(key)
        if issue is None or not issue.owned or key != str(issue.id):
            return _not_found(), ()
        verdict = judge_changed(body, issue.extension, self.switches)
        self._refuse_taken(verdict, issue)
        if verdict.errors:
            return invalid(verdict.errors), verdict.ignored
        values = verdict.values
        if self.switches.omitted_taxonomy == "clears":
            values = {**dict.fromkeys(TAXONOMIES, ()), **values}
        if self.switches.omitted_optional == "clears":
            values = {**_OPTIONAL, **values}
        if "external_id" in values:
            values["identifiers"] = renamed(issue.identifiers, cast("str", values["external_id"]))
        self._shelf.put(replace(issue, updated_at=stamp(self._clock()), **values))  # type: ignore[arg-type]  # judged
        return SandboxResponse(204), verdict.ignored

    def _delete(self, key: str) -> SandboxResponse:
        issue = self._shelf.find(key)
        if issue is None or not issue.owned:
            return _not_found()
        self._shelf.drop(issue)
        return _success(200, {"message": "The title was deleted."})

    def _refuse_taken(self, verdict: BodyCheck, issue: Issue | None) -> None:
        wanted = verdict.values.get("external_id")
        holder = self._shelf.own(wanted) if isinstance(wanted, str) else None
        if holder is not None and (issue is None or holder.id != issue.id):
            verdict.refuse("external_id", "has already been taken.")

    # ── the back doors ──

    def rows(self) -> tuple[dict[str, Json], ...]:
        """Show every stored content by rising id, each before its tracks in their order.

        Shapes:  the fields of `Issue` and of `Track`, the write-only ones among them; a track's place is in its content's row.
        """
        with self._lock:
            return tuple(
                row for issue in self._shelf for row in (encode(issue), *(encode_track(track) for _, track in self._shelf.tracks(issue)))
            )

    def seed(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Store contents as they are given: fields of `Issue`, of the request tables, or of the API's rows; `id` too.

        A row with `content`, which is an external id or an id, is that content's next track: fields of `Track`.
        What has no conversion of its own is done.
        Raises:  KeyError for an unknown content of a track, ValueError for an unknown field.
        """
        with self._lock:
            for row in rows:
                if "content" in row:
                    self._seed_track(row)
                    continue
                number = int(cast("int | str", row.get("id", self._shelf.next_id)))
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

    def _seed_track(self, row: Mapping[str, object]) -> None:
        issue, now = self._known(str(row["content"])), stamp(self._clock())
        number = str(row.get("id", self._shelf.next_track_id))
        blank = StoredTrack(id=number, content_id=issue.id, title=f"Track {number}", created_at=now, updated_at=now)
        self._shelf.put_track(edited_track(blank, {key: value for key, value in row.items() if key not in {"content", "id"}}))
        last = max(issue.track_orders, default=0)
        self._shelf.put(replace(issue, tracks=(*issue.tracks, number), track_orders=(*issue.track_orders, last + 1)))

    def add_foreign(self, count: int) -> None:
        """Store that many contents that other tenants own."""
        with self._lock:
            first = self._shelf.next_id
            numbers = range(first, first + count)
            self.seed({"external_id": f"foreign-{number}", "name": f"Foreign title {number}", "owned": False} for number in numbers)

    def edit(self, key: str, **changes: object) -> None:
        """Change our content of that external id or id, or a track by its content's and its own with a slash between: fields as for `seed`.

        Raises:  KeyError for an unknown content or track, ValueError for an unknown field.
        """
        with self._lock:
            now, found = stamp(self._clock()), self._object(key)
            match found:
                case Issue():
                    self._shelf.put(replace(edited(found, changes, ROW_KEYS), updated_at=now))
                case _, StoredTrack() as track:
                    self._shelf.put_track(edited_track(track, {"updated_at": now, **changes}))

    def remove(self, key: str) -> None:
        """Take our content, or a track, of that key away, which is as for `edit`. Raises KeyError where there is none."""
        with self._lock:
            match self._object(key):
                case Issue() as issue:
                    self._shelf.drop(issue)
                case issue, track:
                    self._shelf.drop_track(issue, track.id)

    def reset(self) -> None:
        """Return to the contents of a new sandbox and forget the requests."""
        with self._lock:
            self._log.clear()
            self._shelf.clear(self._first_id)
            self._rate.end_minute()
            self.add_foreign(self.switches.foreign_rows)

    def account_block(self, base_url: str) -> dict[str, str]:
        """Return the account of catalogctl.yaml that uses this emulator at `base_url`; its token is a reference, as the file demands."""
        return {"provider": self.name, "base_url": base_url, "token": "${env:PUBLICALA_TOKEN}"}

    def _object(self, key: str) -> Issue | tuple[Issue, StoredTrack]:
        """Find what a key of the back doors names; an external id may have a slash of its own."""
        owner, slash, child = key.rpartition("/")
        if slash and self._shelf.own(key) is None:
            issue = self._known(owner)
            if (track := self._shelf.track(issue, child)) is not None:
                return issue, track
        return self._known(key)

    def _known(self, key: str) -> Issue:
        issue = self._shelf.own(key) or self._shelf.by_id(key)
        if issue is None:
            raise KeyError(key)
        return issue


def _route(path: str) -> str | None:
    """Return the key in the path, empty for the list; None where the path is no route."""
    rest = unquote(path).removesuffix("/")
    if rest == ISSUES:
        return ""
    key = rest.removeprefix(f"{ISSUES}/")
    return key if key != rest and key and "/" not in key else None


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
    return answer(status, {"CODE": "success", "data": data})


def _not_found() -> SandboxResponse:
    return message(404, "Object not found")
