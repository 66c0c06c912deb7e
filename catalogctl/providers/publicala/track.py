"""Reading and writing the tracks of audiobooks, by publica.la's v3 API.

A track has no key of ours: it is known by its id, which is written OWNER/TRACK here, and until it has one by its title and by
not having been there before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import error
from catalogctl.model.resource import Observed
from catalogctl.model.value import Attributes
from catalogctl.provider import strict
from catalogctl.provider.answer import Deletion, nonsense
from catalogctl.provider.envelope import says_more
from catalogctl.provider.failure import NOT_FOUND, Ambiguous, Refused
from catalogctl.provider.protocol import Assets, Lookup, Written
from catalogctl.provider.service import ReadClient, WriteClient, decoded, demand_about, judged_as
from catalogctl.providers.publicala.answers import TrackAnswer, TrackList
from catalogctl.providers.publicala.calls import by_v3
from catalogctl.providers.publicala.endpoints import ADD_TRACK, DELETE_TRACK, TRACKS, UPDATE_TRACK
from catalogctl.providers.publicala.types import TRACK

UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class ObservedTrack:
    """A track as the store shows it. How long and how large it is, is left out: the store finds that out later, and no file declares it."""

    id: str
    """With its owner's: OWNER/TRACK."""
    title: str


class NotAnAudiobook(Exception):
    """The store says of a content that it has no tracks because it is none that could."""


class Tracks:
    """The lists of the tracks that audiobooks have."""

    def __init__(self, account: str, service: ReadClient) -> None:
        self._account = account
        self._service = service

    async def of(self, owner: str) -> tuple[ObservedTrack, ...] | None:
        """List an audiobook's tracks in their order; `None` when there is no such content, none when it is no audiobook."""
        try:
            tracks = await self.strictly(owner)
        except NotAnAudiobook:
            return ()
        return None if tracks is None else once(tracks)

    async def strictly(self, owner: str) -> tuple[ObservedTrack, ...] | None:
        """List an audiobook's tracks in their order, as often as the store shows each; `None` when there is no such content.

        Raises:  NotAnAudiobook, and as `ReadClient.get`.
        """
        if not _is_id(owner):
            return None
        try:
            answer = await self._service.get(TRACKS, content=owner)
        except Refused as refusal:
            if refusal.status == NOT_FOUND:
                return None
            if refusal.status == UNPROCESSABLE:
                raise NotAnAudiobook from refusal
            raise
        document = decoded(self._account, TRACKS, answer)
        rows = judged_as(self._account, TRACKS, TrackList, document).data
        field = says_more(_beside(document), len(rows), answer.headers)
        if field is not None:
            raise nonsense(self._account, TRACKS, f"shows {len(rows)} of more tracks, as its {field!r} says")
        return tuple(ObservedTrack(f"{owner}/{row.id}", row.title) for row in rows)


def once(tracks: Sequence[ObservedTrack]) -> tuple[ObservedTrack, ...]:
    """Leave out of a list of tracks those that it shows again."""
    return tuple({track.id: track for track in tracks}.values())


def split(id_: str) -> tuple[str, str]:
    """Return the owner's id and the track's own; empty ones where it is no id of a track."""
    owner, _, own = id_.partition("/")
    return (owner, own) if _is_id(owner) and _is_id(own) else ("", "")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def observed(track: ObservedTrack, key: str = "") -> Observed:
    """Return a track as a resource; `key` is that of the one it was found for."""
    return Observed(track.id, key, {"content": split(track.id)[0], "title": track.title})


def is_like(track: ObservedTrack, expected: Attributes) -> bool:
    """Return whether a track is like the one that is wanted: by its title, which is all there is."""
    return TRACK.attributes["title"].same(track.title, expected.get("title"))


def beside_its_file(tracks: Sequence[ObservedTrack], content: Attributes) -> dict[str, str]:
    """Return the ids of an audiobook's tracks with words for each; one that is titled as a book by v1 may be that book's own file."""
    own = next((one.id for one in tracks if not by_v3(content) and is_like(one, {"title": content.get("name")})), None)
    return {one.id: f"the track {strict.quoted(one.title)}" for one in tracks if one.id != own}


def match(owner: str, tracks: Sequence[ObservedTrack], wanted: Sequence[Lookup]) -> tuple[ObservedTrack | None, ...]:
    """Say which of an audiobook's tracks each of the wanted ones is.

    First by id. What has none, or one of another audiobook that was there before this one, is the first of its title that no other is:
    several may have one title, and then they are taken in order.
    """
    by_id = {track.id: track for track in tracks}
    found = [by_id.get(want.id or "") for want in wanted]
    claimed = {track.id for track in found if track is not None}
    for place, want in enumerate(wanted):
        if found[place] is not None or (want.id is not None and split(want.id)[0] == owner):
            continue
        free = (track for track in tracks if track.id not in claimed and track.id not in want.taken and is_like(track, want.expected))
        first = next(free, None)
        if first is not None:
            found[place] = first
            claimed.add(first.id)
    return tuple(found)


def newest(tracks: Sequence[ObservedTrack], want: Lookup) -> ObservedTrack | None:
    """Find the track that was added last among those that may be the wanted one."""
    may_be = [track for track in tracks if track.id not in want.taken and is_like(track, want.expected)]
    return max(may_be, key=lambda track: int(split(track.id)[1]), default=None)


class TrackWriter:
    """Adds, changes and removes tracks."""

    def __init__(self, account: str, service: WriteClient, assets: Assets) -> None:
        self._account = account
        self._service = service
        self._assets = assets

    async def create(self, attributes: Attributes) -> Written:
        """Add a track behind the ones that are there; the store fetches its file afterwards."""
        owner = str(attributes["content"])
        answer = await self._service.send(ADD_TRACK, await self._body(attributes, frozenset(attributes)), content=owner)
        try:
            row = strict.read(TrackAnswer, answer.json()).data
        except ValueError as failure:
            detail = f"{self._account}: {ADD_TRACK} succeeded ({answer.status}), but its answer {failure}."
            raise Ambiguous(error("outcome-unknown", "It is not known what the store created", detail)) from failure
        return Written(f"{owner}/{row.id}", {"title": row.title})

    async def update(self, id_: str, attributes: Attributes, changed: frozenset[str]) -> Written:
        """Change a track's title or put another file in its place: its id and its place stay."""
        owner, own = split(id_)
        answer = await self._service.send(UPDATE_TRACK, await self._body(attributes, changed), content=owner, track=own)
        demand_about(self._account, UPDATE_TRACK, answer, own)
        return Written(id_, {})

    async def delete(self, id_: str) -> Deletion:
        """Remove a track; the id is no one else's, so there is nothing to look at first."""
        owner, own = split(id_)
        return await remove(self._service, owner, own)

    async def _body(self, attributes: Attributes, names: frozenset[str]) -> bytes:
        body: dict[str, object] = {}
        if "title" in names:
            body["title"] = attributes["title"]
        file, path = attributes.get("file"), attributes.get("sftp_file")
        if "file" in names and isinstance(file, Asset):
            body["file_url"] = await self._assets.url(file)
        if "sftp_file" in names and path is not None:
            body["file"] = path
        return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


async def remove(service: WriteClient, owner: str, track: str) -> Deletion:
    """Remove a track; one that is gone is no failure."""
    return await service.remove(DELETE_TRACK, content=owner, track=track)


def _beside(document: object) -> dict[str, object]:
    return {name: value for name, value in document.items() if name != "data"} if isinstance(document, Mapping) else {}
