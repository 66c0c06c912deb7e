"""The routes of v3 and what its content endpoints do.

Chosen where the documents are silent: the list holds this store's own contents alone; a content of another tenant
answers 403 to everything else; a bulk create is all or nothing, answers 201 with the contents in the order they were
sent, and names its complaints `contents.0.name`; an unknown `id_type`, include or field is refused; `file_type` is among
the keys that an update ignores; a content with a file converts by itself, unless it came in bulk; neither a track's
coming nor its going touches its content's `updated_at`, but every PUT of a content or a track does; a file of physical
content is refused. Identifiers that are made of `external_id` alone are shown as the one of that type.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from urllib.parse import unquote

from catalogctl.provider.emulation import Json, SandboxRequest, SandboxResponse
from catalogctl.providers.publicala.sandbox.answers import answer, invalid, message, not_allowed, origin
from catalogctl.providers.publicala.sandbox.checks import BodyCheck, cleaned
from catalogctl.providers.publicala.sandbox.issue import PHYSICAL, Issue
from catalogctl.providers.publicala.sandbox.render import stamp
from catalogctl.providers.publicala.sandbox.shelf import Shelf
from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches
from catalogctl.providers.publicala.sandbox.v3.arguments import BARE, View, arguments, id_type, view
from catalogctl.providers.publicala.sandbox.v3.listing import listed, wanted
from catalogctl.providers.publicala.sandbox.v3.render import shown_content
from catalogctl.providers.publicala.sandbox.v3.rules import BULK_LIMITS, Claim, claims, judge_changed, judge_new
from catalogctl.providers.publicala.sandbox.v3.tracks import TrackApi

CONTENT = "/api/v3/content"

Answered = tuple[SandboxResponse, tuple[str, ...]]
"""An answer, and the keys of the request's body that were ignored."""


def segments(path: str) -> tuple[str, ...] | None:
    """Return what follows the content's path, part by part and decoded; None where the path is no route of v3."""
    rest = path.removesuffix("/").removeprefix(CONTENT)
    if rest == path.removesuffix("/"):
        return None
    first, *parts = (unquote(part) for part in rest.split("/"))
    known = len(parts) < 2 or (parts[1] == "tracks" and len(parts) < 4)
    return tuple(parts) if not first and all(parts) and known else None


@dataclass(frozen=True, slots=True)
class ContentApi:
    """The v3 API at one instant, for one request."""

    shelf: Shelf
    switches: PublicalaSwitches
    now: datetime

    def answer(self, request: SandboxRequest, parts: tuple[str, ...], body: Json) -> Answered:
        """Answer a request whose path has these `segments`, having applied it."""
        method = "GET" if request.method == "HEAD" else request.method
        match method, parts:
            case "GET", ():
                return self._list(request), ()
            case "POST", ():
                return self._create(body)
            case "POST", ("bulk",):
                return self._create_many(body)
            case "GET", (key,):
                return self._get(request, key), ()
            case "PUT", (key,):
                return self._update(request, key, body)
            case "DELETE", (key,):
                return self._delete(request, key), ()
            case _, (key, "tracks", *rest):
                return TrackApi(self.shelf, self.now).answer(method, key, tuple(rest), body)
            case _:
                return not_allowed(request.method, "GET, HEAD, PUT, DELETE" if parts else "GET, HEAD, POST"), ()

    def _list(self, request: SandboxRequest) -> SandboxResponse:
        verdict = BodyCheck()
        said = arguments(request.query)
        shape = view(said, self.switches, verdict)
        query = wanted(said, self.now, self.switches, verdict)
        if verdict.errors:
            return invalid(verdict.errors)
        page = listed(self.shelf, query)
        for issue in page.issues:
            self.shelf.count_read(issue.id)
        address = f"{origin(request)}{CONTENT}"
        return answer(
            200,
            {
                "data": [self._shown(issue, shape) | {"id": issue.id} for issue in page.issues],
                "links": page.links(address, said if self.switches.next_page_url_keeps_query else {}),
                "meta": {"has_more": page.following is not None},
            },
        )

    def _get(self, request: SandboxRequest, key: str) -> SandboxResponse:
        shape, found = self._addressed(request, key)
        if isinstance(found, SandboxResponse):
            return found
        self.shelf.count_read(found.id)
        return answer(200, {"data": self._shown(found, shape)})

    def _create(self, body: Json) -> Answered:
        verdict = judge_new(cleaned(body), self.switches)
        self._refuse_taken(verdict, None, set())
        if verdict.errors:
            return invalid(verdict.errors), verdict.ignored
        issue = self._stored(verdict)
        return answer(201, {"data": self._shown(issue, BARE)}), verdict.ignored

    def _create_many(self, body: Json) -> Answered:
        outer, limit = BodyCheck(), BULK_LIMITS[self.switches.v3_docs]
        given = cleaned(body)
        rows = given.get("contents")
        outer.ignored = tuple(sorted(given.keys() - {"contents"}))
        if not rows:
            outer.refuse("contents", "field is required.")
        elif not isinstance(rows, list):
            outer.refuse("contents", "must be an array.")
        elif len(rows) > limit:
            outer.refuse("contents", f"may not have more than {limit} items.")
        if outer.errors:
            return invalid(outer.errors), outer.ignored
        verdicts, taken = [], set[Claim]()
        for index, row in enumerate(cast("list[Json]", rows)):
            verdict = judge_new(cleaned(row), self.switches, prefix=f"contents.{index}.")
            # The documents take this key from single creates only.
            if verdict.values.pop("share_with_tenants_ids", None) is not None:
                verdict.ignored = (*verdict.ignored, "share_with_tenants_ids")
            self._refuse_taken(verdict, None, taken)
            verdicts.append(verdict)
        ignored = tuple(sorted({*outer.ignored, *(key for verdict in verdicts for key in verdict.ignored)}))
        errors = {key: said for verdict in verdicts for key, said in verdict.errors.items()}
        if errors:
            return invalid(errors), ignored
        issues = [self._stored(verdict, deferred="deferred") for verdict in verdicts]
        return answer(201, {"data": [self._shown(issue, BARE) for issue in issues]}), ignored

    def _update(self, request: SandboxRequest, key: str, body: Json) -> Answered:
        shape, found = self._addressed(request, key)
        if isinstance(found, SandboxResponse):
            return found, ()
        verdict = judge_changed(cleaned(body), found.extension, self.switches)
        self._refuse_taken(verdict, found, set())
        if verdict.errors:
            return invalid(verdict.errors), verdict.ignored
        values = verdict.values
        if values.keys() & {"file", "file_url"}:
            steps = self.switches.conversion_steps
            self.shelf.forget_reads(found.id)
            values |= {"conversion_status": None, "converting_since": self.now.timestamp() if steps else None}
        changed = replace(found, updated_at=stamp(self.now), **values)  # type: ignore[arg-type]  # judged
        self.shelf.put(changed)
        return answer(200, {"data": self._shown(changed, shape)}), verdict.ignored

    def _delete(self, request: SandboxRequest, key: str) -> SandboxResponse:
        _, found = self._addressed(request, key)
        if isinstance(found, SandboxResponse):
            return found
        self.shelf.drop(found)
        return SandboxResponse(204)

    def _addressed(self, request: SandboxRequest, key: str) -> tuple[View, Issue | SandboxResponse]:
        """Find the content that a request is about, and the view that it asks for; or the refusal."""
        verdict = BodyCheck()
        said = arguments(request.query)
        shape = view(said, self.switches, verdict)
        kind = id_type(said, verdict)
        issue = self.shelf.by_external_id(key) if kind == "external" else self.shelf.by_id(key)
        if verdict.errors:
            return shape, invalid(verdict.errors)
        if issue is None:
            return shape, message(404, "Content not found.")
        return shape, issue if issue.owned else message(403, "This action is unauthorized.")

    def _refuse_taken(self, verdict: BodyCheck, issue: Issue | None, taken: set[Claim]) -> None:
        """Refuse what identifies another content of ours, or one before it in the same request."""
        own = None if issue is None else issue.id
        places: dict[str, None] = {}
        for place, claim in claims(verdict.values, self.switches):
            if claim in taken or self._holder(claim) not in {None, own}:
                # One value may be claimed twice, as an identifier and as the external id that it makes.
                places[place] = None
            taken.add(claim)
        for place in places:
            verdict.refuse(place, "has already been taken.")

    def _holder(self, claim: Claim) -> int | None:
        kind, value = claim
        found = self.shelf.own(value) if kind is None else self.shelf.identified(claim)
        return None if found is None else found.id

    def _stored(self, verdict: BodyCheck, *, deferred: str | None = None) -> Issue:
        """Store a new content; `deferred` is the state that its conversion stays in."""
        values = verdict.values
        now = stamp(self.now)
        values.setdefault("external_id", None)
        values.setdefault("publication_date", now[:10])
        converts = values["extension"] != PHYSICAL and bool(self.switches.conversion_steps)
        issue = Issue(
            id=self.shelf.next_id,
            created_at=now,
            updated_at=now,
            converting_since=self.now.timestamp() if converts and deferred is None else None,
            conversion_status=None if values["extension"] == PHYSICAL else deferred,
            **values,  # type: ignore[arg-type]  # judged
        )
        return self.shelf.add(issue)

    def _shown(self, issue: Issue, shape: View) -> dict[str, Json]:
        return shown_content(issue, self.shelf.status_v3(issue, self.now), shape, self.switches, self.now)
