"""The order of an audiobook's tracks: a facet of its content, set last and only when it differs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import orjson

from catalogctl.model.diagnostics import Diagnostic, warning
from catalogctl.model.resource import Observed
from catalogctl.model.value import Attributes
from catalogctl.provider.protocol import Lookup, Written
from catalogctl.provider.service import WriteClient
from catalogctl.providers.publicala.endpoints import REORDER
from catalogctl.providers.publicala.track import ObservedTrack, Tracks, remove, split


def observed(
    owner: str, tracks: Sequence[ObservedTrack], want: Lookup | None = None, ours: Collection[str] = (), there: Sequence[ObservedTrack] = ()
) -> Observed:
    """Return the order of some tracks; where it matters, also which of all that are `there` are not among `ours`."""
    attributes: Attributes = {"content": owner, "tracks": tuple(track.id for track in tracks)}
    if want is not None and "foreign" in want.expected:
        attributes = {**attributes, "foreign": _foreign(there or tracks, ours)}
    return Observed(owner, "" if want is None else want.key, attributes)


def _foreign(tracks: Sequence[ObservedTrack], ours: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(track.id for track in tracks if track.id not in ours))


def strangers(tracks: Sequence[ObservedTrack], want: Lookup, ours: Collection[str]) -> list[Diagnostic]:
    """Tell of tracks that no title declares, where they are to stay."""
    foreign = _foreign(tracks, ours)
    if not foreign or "foreign" in want.expected:
        return []
    titles = ", ".join(repr(track.title) for track in tracks if track.id in foreign)
    detail = f"The audiobook has tracks in the store that it does not declare: {titles}. They are left where they are."
    hint = "Declare them, or have them removed:\nforeign_tracks: remove"
    return [warning("foreign-tracks", "An audiobook has more tracks than are declared", detail, hint, address=str(want.address))]


class OrderWriter:
    """Puts tracks in order."""

    def __init__(self, service: WriteClient, tracks: Tracks) -> None:
        self._service = service
        self._tracks = tracks

    async def update(self, owner: str, attributes: Attributes, changed: frozenset[str]) -> Written:
        """Put the declared tracks in order, and behind them those of others, which the store wants named too, or take these away."""
        there = [split(track.id)[1] for track in await self._tracks.of(owner) or ()]
        wanted = attributes.get("tracks")
        named = [split(track)[1] for track in wanted if isinstance(track, str)] if isinstance(wanted, tuple) else []
        ours = [track for track in named if track in there]
        others = [track for track in there if track not in ours]
        if "foreign" in changed:
            for track in others:
                await remove(self._service, owner, track)
            there, others = [track for track in there if track in ours], []
        if "tracks" in changed and [*ours, *others] != there:
            await self._service.send(REORDER, orjson.dumps({"track_ids": [*ours, *others]}), content=owner)
            there = [*ours, *others]
        return Written(owner, {"tracks": tuple(f"{owner}/{track}" for track in there if track in ours)})
