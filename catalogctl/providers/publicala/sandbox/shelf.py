"""The contents of the emulated store, in the order of the list, and their conversion."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

import orjson

from catalogctl.provider.emulation import Json, StoredChange
from catalogctl.providers.publicala.sandbox.issue import AUDIO, Issue, decode, encode, identities, plain
from catalogctl.providers.publicala.sandbox.render import shown_row
from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches
from catalogctl.providers.publicala.sandbox.track import StoredTrack, decode_track, encode_track

CLEARED, COUNTER, TRACK_COUNTER = "cleared", "next_id", "next_track_id"
"""Keys of commits that are no content's: everything is gone; the ids that the next content and the next track get.

A content's commit is keyed by its id, a track's by its content's id and its own with a slash between.
"""
FIRST_TRACK_ID = 1001
AWAITING = "awaiting"
"""What v3 calls the state before anything has happened."""
SORTS = ("created_at", "updated_at", "published_at")


class Shelf:
    """Contents by id and by external id. Not safe for threads: its owner holds a lock."""

    def __init__(self, switches: PublicalaSwitches, first_id: int) -> None:
        self.next_id = first_id
        self.next_track_id = FIRST_TRACK_ID
        self.listener: Callable[[StoredChange], None] | None = None
        self._switches = switches
        self._issues: dict[int, Issue] = {}
        self._ids: list[int] = []
        self._tracks: dict[str, StoredTrack] = {}
        """By id. Only those that their content names are there; another is what a half replayed change left."""
        self._own: dict[str, int] = {}
        self._identified: dict[tuple[Json, str], int] = {}
        """Our contents by type and value of their identifiers."""
        self._foreign: dict[str, int] = {}
        self._haystacks: dict[int, str] = {}
        self._pages: dict[int, bytes] = {}
        """Rows of the list as they are sent, for contents that no longer convert."""
        self._hits: dict[str, list[int]] = {}
        """Answers of searches since the last change, so that paging through one does not search again."""
        self._orders: dict[str, list[tuple[str, int]]] = {}
        """Our contents' ids by what they are sorted by, rising, since the last change."""
        self._reads: Counter[int | str] = Counter()

    def __iter__(self) -> Iterator[Issue]:
        return iter([self._issues[number] for number in self._ids])

    def find(self, key: str) -> Issue | None:
        """Find by internal id first, then by external id."""
        return self.by_id(key) or self.by_external_id(key)

    def by_id(self, key: str) -> Issue | None:
        """Find by internal id alone."""
        # An id has no leading zero and fits 64 bits; any other run of digits can only be an external id.
        if key.isascii() and key.isdecimal() and len(key) < 19 and (found := self._issues.get(int(key))) and key == str(found.id):
            return found
        return None

    def by_external_id(self, key: str) -> Issue | None:
        """Find by our external id, then by another tenant's."""
        return self.own(key) or self._issues.get(self._foreign.get(key, -1))

    def own(self, external_id: str) -> Issue | None:
        """Find our own content by its external id."""
        return self._issues.get(self._own.get(external_id, -1))

    def identified(self, identifier: tuple[Json, str]) -> Issue | None:
        """Find our own content that has an identifier of that type and plain value."""
        return self._issues.get(self._identified.get(identifier, -1))

    def numbered(self, number: int) -> Issue:
        """Return the content of an id that is known to be there."""
        return self._issues[number]

    def ordered(self, sort: str) -> Sequence[tuple[str, int]]:
        """List our contents by one of SORTS, rising: that value, which sorts as a text, and the id."""
        if (found := self._orders.get(sort)) is None:
            name = "publication_date" if sort == "published_at" else sort
            found = self._orders[sort] = sorted((getattr(issue, name), issue.id) for issue in self if issue.owned)
        return found

    def tracks(self, issue: Issue) -> Iterator[tuple[int, StoredTrack]]:
        """Return an audiobook's tracks in their order, each with the number that is its order."""
        return ((order, self._tracks[key]) for order, key in zip(issue.track_orders, issue.tracks, strict=True))

    def track(self, issue: Issue, key: str) -> StoredTrack | None:
        """Find a track of a content by its id."""
        return self._tracks[key] if key in issue.tracks else None

    def put_track(self, track: StoredTrack) -> None:
        """Store a track, new or changed; a new one is nowhere until its content names it."""
        self._place_track(track)
        self._tell(StoredChange(f"{track.content_id}/{track.id}", encode_track(track)))

    def drop_track(self, issue: Issue, key: str) -> None:
        """Take a track away from its content; those behind it move up where the switch says so."""
        gap = -1 if self._switches.delete_compacts_order else 0
        place = issue.tracks.index(key)
        left = (*issue.tracks[:place], *issue.tracks[place + 1 :])
        moved = (order + gap for order in issue.track_orders[place + 1 :])
        self.put(replace(issue, tracks=left, track_orders=(*issue.track_orders[:place], *moved)))
        del self._tracks[key]
        self.forget_reads(key)
        self._tell(StoredChange(f"{issue.id}/{key}", None))

    def add(self, issue: Issue) -> Issue:
        """Store a new content, with the track that its file is where the switch says so, and give it as it is stored."""
        named = issue.file_url is not None or issue.file is not None
        if named and issue.extension in AUDIO and self._switches.file_is_track and self._switches.v3_docs != "none":
            track = StoredTrack(
                id=str(self.next_track_id),
                content_id=issue.id,
                title=issue.name,
                file=issue.file,
                file_url=issue.file_url,
                created_at=issue.created_at,
                updated_at=issue.updated_at,
                processing_since=issue.converting_since,
            )
            self.put_track(track)
            issue = replace(issue, tracks=(track.id,), track_orders=(1,))
        self.put(issue)
        return issue

    def put(self, issue: Issue) -> None:
        """Store a content, new or changed."""
        self._place(issue)
        self._tell(StoredChange(str(issue.id), encode(issue)))

    def drop(self, issue: Issue) -> None:
        """Take a content away, and its tracks with it."""
        self._displace(issue.id)
        self._tell(StoredChange(str(issue.id), None))
        for key in issue.tracks:
            self._tell(StoredChange(f"{issue.id}/{key}", None))

    def clear(self, first_id: int) -> None:
        """Take everything away and number again."""
        self._empty()
        self.next_id, self.next_track_id = first_id, FIRST_TRACK_ID
        self._tell(StoredChange(CLEARED, {COUNTER: first_id, TRACK_COUNTER: FIRST_TRACK_ID}))

    def snapshot(self) -> tuple[StoredChange, ...]:
        """Return the fewest commits that rebuild the contents."""
        return (
            StoredChange(CLEARED, {COUNTER: self.next_id, TRACK_COUNTER: self.next_track_id}),
            *(StoredChange(f"{issue.id}/{track.id}", encode_track(track)) for issue in self for _, track in self.tracks(issue)),
            *(StoredChange(str(issue.id), encode(issue)) for issue in self),
        )

    def replay(self, commits: Iterable[StoredChange]) -> None:
        """Apply commits, telling no one."""
        for commit in commits:
            if commit.key == CLEARED:
                self._empty()
                counters = commit.value or {}
                self.next_id = cast("int", counters[COUNTER])
                self.next_track_id = cast("int", counters.get(TRACK_COUNTER, FIRST_TRACK_ID))
            elif "/" in commit.key:
                if commit.value is None:
                    self._tracks.pop(commit.key.partition("/")[2], None)
                else:
                    self._place_track(decode_track(commit.value))
            elif commit.value is None:
                if int(commit.key) in self._issues:
                    self._displace(int(commit.key))
            else:
                self._place(decode(commit.value))

    def search(self, query: str | None, now: datetime) -> Sequence[int]:
        """List the ids that a query finds, rising.

        The words `converting` and `deferred` are states; all else is looked for within names, external ids and ids.
        """
        match query:
            case None:
                return self._ids
            case "deferred":
                return [number for number in self._ids if self.status(self._issues[number], now) == "deferred"]
            case "converting":
                return [number for number in self._ids if self._converts(self._issues[number], now)]
            case _:
                wanted, haystacks = query.casefold(), self._haystacks
                if (found := self._hits.get(wanted)) is None:
                    found = self._hits[wanted] = [number for number in self._ids if wanted in haystacks[number]]
                return found

    def status(self, issue: Issue, now: datetime) -> str:
        """Tell the state of a content's conversion."""
        if issue.conversion_status is not None:
            return issue.conversion_status
        passed = self._passed(issue, now)
        steps = self._switches.conversion_steps
        if passed is None:
            return "done"
        return steps[passed] if passed < len(steps) else self._switches.conversion_failure or "done"

    def status_v3(self, issue: Issue, now: datetime) -> str:
        """Tell the state of a content's conversion as v3 does, which has a word of its own for the first."""
        status = self.status(issue, now)
        return AWAITING if status == next(iter(self._switches.conversion_steps), None) else status

    def processed(self, track: StoredTrack, now: datetime) -> bool:
        """Return whether a track's file has been looked into, which takes one step."""
        since = track.processing_since
        if since is None or not self._switches.conversion_steps or self._switches.conversion_step_seconds <= 0:
            return True
        if self._switches.conversion_advances == "read":
            return self._reads[track.id] > 0
        return now.timestamp() - since >= self._switches.conversion_step_seconds

    def count_read(self, key: int | str) -> None:
        """Count one answer that shows a content, by its id as a number, or a track, by its id as a text."""
        self._reads[key] += 1

    def forget_reads(self, key: int | str) -> None:
        """Count again what `count_read` counts, because its file is another one."""
        self._reads.pop(key, None)

    def row(self, number: int, now: datetime) -> bytes:
        """Return a row of the list as JSON."""
        if (page := self._pages.get(number)) is not None:
            return page
        issue = self._issues[number]
        truncated = self._switches.list_descriptions == "truncated"
        page = orjson.dumps(self._shown(issue, now, truncated=truncated))
        if not self._changes_by_itself(issue, now):
            self._pages[number] = page
        return page

    def whole(self, issue: Issue, now: datetime) -> dict[str, Json]:
        """Return the row of a content that is asked for alone."""
        return self._shown(issue, now, truncated=False)

    def _shown(self, issue: Issue, now: datetime, *, truncated: bool) -> dict[str, Json]:
        self.count_read(issue.id)
        return shown_row(issue, self.status(issue, now), self._switches, truncated=truncated)

    def _passed(self, issue: Issue, now: datetime) -> int | None:
        """Count the steps of the conversion that are over; None where there is no conversion."""
        if issue.converting_since is None:
            return None
        if self._switches.conversion_advances == "read":
            return self._reads[issue.id]
        if self._switches.conversion_step_seconds <= 0:
            return len(self._switches.conversion_steps)
        return int((now.timestamp() - issue.converting_since) / self._switches.conversion_step_seconds)

    def _changes_by_itself(self, issue: Issue, now: datetime) -> bool:
        passed = self._passed(issue, now)
        return issue.conversion_status is None and passed is not None and passed < len(self._switches.conversion_steps)

    def _converts(self, issue: Issue, now: datetime) -> bool:
        return self.status(issue, now) not in ("done", "deferred", self._switches.conversion_failure)

    def _place(self, issue: Issue) -> None:
        if issue.id in self._issues:
            self._unlink(issue.id)
        elif not self._ids or issue.id > self._ids[-1]:
            self._ids.append(issue.id)
        else:
            insort(self._ids, issue.id)
        self._issues[issue.id] = issue
        self._haystacks[issue.id] = f"{issue.name}\n{issue.external_id or ''}\n{issue.id}".casefold()
        if issue.external_id is not None:
            (self._own if issue.owned else self._foreign)[issue.external_id] = issue.id
        if issue.owned:
            self._identified.update(((one["type"], plain(one)), issue.id) for one in identities(issue))
        self.next_id = max(self.next_id, issue.id + 1)
        self._hits.clear()
        self._orders.clear()

    def _place_track(self, track: StoredTrack) -> None:
        self._tracks[track.id] = track
        self.next_track_id = max(self.next_track_id, int(track.id) + 1)

    def _displace(self, number: int) -> None:
        self._unlink(number)
        for key in self._issues[number].tracks:
            self._tracks.pop(key, None)
            self._reads.pop(key, None)
        del self._issues[number]
        del self._ids[bisect_left(self._ids, number)]
        self._reads.pop(number, None)
        self._hits.clear()
        self._orders.clear()

    def _unlink(self, number: int) -> None:
        issue = self._issues[number]
        keys = self._own if issue.owned else self._foreign
        if issue.external_id is not None and keys.get(issue.external_id) == number:
            del keys[issue.external_id]
        for one in identities(issue):
            if self._identified.get((one["type"], plain(one))) == number:
                del self._identified[one["type"], plain(one)]
        self._haystacks.pop(number, None)
        self._pages.pop(number, None)

    def _empty(self) -> None:
        for index in (self._issues, self._ids, self._tracks, self._own, self._identified, self._foreign, self._haystacks):
            index.clear()
        for memory in (self._pages, self._hits, self._orders, self._reads):
            memory.clear()

    def _tell(self, commit: StoredChange) -> None:
        if self.listener is not None:
            self.listener(commit)
