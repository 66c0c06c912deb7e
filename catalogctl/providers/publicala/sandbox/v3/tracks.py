"""The tracks of audiobooks.

Chosen where the document is silent: an order beyond the end is the end; a new or replaced file takes one step of the
conversion to be looked into, and until then neither a duration that was set before nor one that is set meanwhile counts;
every complaint about audio is under `file`; unknown keys are ignored, `order` of an update among them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from catalogctl.provider.emulation import Json, SandboxResponse
from catalogctl.providers.publicala.sandbox.answers import answer, invalid, message, not_allowed
from catalogctl.providers.publicala.sandbox.checks import cleaned
from catalogctl.providers.publicala.sandbox.issue import AUDIO, Issue
from catalogctl.providers.publicala.sandbox.render import stamp
from catalogctl.providers.publicala.sandbox.shelf import Shelf
from catalogctl.providers.publicala.sandbox.track import StoredTrack
from catalogctl.providers.publicala.sandbox.v3.render import shown_track
from catalogctl.providers.publicala.sandbox.v3.rules import judge_changed_track, judge_new_track, judge_order


@dataclass(frozen=True, slots=True)
class TrackApi:
    """The endpoints below one content, at one instant."""

    shelf: Shelf
    now: datetime

    def answer(self, method: str, key: str, rest: tuple[str, ...], body: Json) -> tuple[SandboxResponse, tuple[str, ...]]:
        """Answer a request for `/{key}/tracks/{rest…}`, having applied it; `key` is an internal id, never an external one."""
        match method, rest:
            case ("GET" | "POST", ()) | ("PUT" | "DELETE", (_,)):
                pass
            case _:
                return not_allowed(method, "PUT, DELETE" if rest else "GET, HEAD, POST"), ()
        issue = self.shelf.by_id(key)
        if issue is None:
            return message(404, "Content not found."), ()
        if not issue.owned:
            return message(403, "This action is unauthorized."), ()
        if issue.extension not in AUDIO:
            return message(422, "Content is not an audiobook"), ()
        match method, rest:
            case "GET", _:
                return self._list(issue), ()
            case "POST", _:
                return self._add(issue, body)
            case "PUT", ("order",):
                return self._reorder(issue, body)
            case _:
                track = self.shelf.track(issue, rest[0])
                if track is None:
                    return message(404, "Track not found."), ()
                return self._update(issue, track, body) if method == "PUT" else (self._delete(issue, track), ())

    def _list(self, issue: Issue) -> SandboxResponse:
        for key in issue.tracks:
            self.shelf.count_read(key)
        return answer(200, {"data": [self._shown(track, order) for order, track in self.shelf.tracks(issue)]})

    def _add(self, issue: Issue, body: Json) -> tuple[SandboxResponse, tuple[str, ...]]:
        verdict = judge_new_track(cleaned(body))
        if verdict.errors:
            return invalid(verdict.errors), verdict.ignored
        values = verdict.values
        asked = cast("int | None", values.pop("order", None))
        track = StoredTrack(
            id=str(self.shelf.next_track_id),
            content_id=issue.id,
            created_at=stamp(self.now),
            updated_at=stamp(self.now),
            processing_since=self.now.timestamp(),
            **values,  # type: ignore[arg-type]  # judged
        )
        end = max(issue.track_orders, default=0) + 1
        order = end if asked is None else min(asked, end)
        self.shelf.put_track(track)
        self.shelf.put(_with_track(issue, track.id, order))
        return answer(201, {"data": self._shown(track, order)}), verdict.ignored

    def _update(self, issue: Issue, track: StoredTrack, body: Json) -> tuple[SandboxResponse, tuple[str, ...]]:
        verdict = judge_changed_track(cleaned(body))
        if verdict.errors:
            return invalid(verdict.errors), verdict.ignored
        values = verdict.values
        if values.keys() & {"file", "file_url"}:
            values |= {"duration": None, "size_in_kb": None, "processing_since": self.now.timestamp()}
        elif not self.shelf.processed(track, self.now):
            values.pop("duration", None)
        changed = replace(track, updated_at=stamp(self.now), **values)  # type: ignore[arg-type]  # judged
        if "processing_since" in values:
            self.shelf.forget_reads(track.id)
        self.shelf.put_track(changed)
        order = issue.track_orders[issue.tracks.index(track.id)]
        return answer(200, {"data": self._shown(changed, order)}), verdict.ignored

    def _reorder(self, issue: Issue, body: Json) -> tuple[SandboxResponse, tuple[str, ...]]:
        verdict = judge_order(cleaned(body), issue.tracks)
        if verdict.errors:
            return invalid(verdict.errors), verdict.ignored
        tracks = cast("tuple[str, ...]", verdict.values["tracks"])
        self.shelf.put(replace(issue, tracks=tracks, track_orders=tuple(range(1, len(tracks) + 1))))
        return SandboxResponse(204), verdict.ignored

    def _delete(self, issue: Issue, track: StoredTrack) -> SandboxResponse:
        self.shelf.drop_track(issue, track.id)
        return SandboxResponse(204)

    def _shown(self, track: StoredTrack, order: int) -> dict[str, Json]:
        return shown_track(track, order, processed=self.shelf.processed(track, self.now))


def _with_track(issue: Issue, key: str, order: int) -> Issue:
    """Put a track at an order, and those that are there or behind one further."""
    place = sum(number < order for number in issue.track_orders)
    moved = (number + 1 for number in issue.track_orders[place:])
    return replace(
        issue,
        tracks=(*issue.tracks[:place], key, *issue.tracks[place:]),
        track_orders=(*issue.track_orders[:place], order, *moved),
    )
