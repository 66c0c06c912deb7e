"""Reads a publica.la store: each content by the API that tells most of it, and the tracks of audiobooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from catalogctl.model.account import Account
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic, warning
from catalogctl.model.resource import Observed, ResourceType
from catalogctl.model.value import Attributes, Reference, Scalar
from catalogctl.provider.answer import nonsense
from catalogctl.provider.concurrent import for_each
from catalogctl.provider.failure import NOT_FOUND, Refused
from catalogctl.provider.protocol import Listing, Lookup
from catalogctl.provider.service import ReadClient
from catalogctl.providers.publicala import track, track_order
from catalogctl.providers.publicala.assumptions import AUDIO_NAMES
from catalogctl.providers.publicala.calls import by_v3
from catalogctl.providers.publicala.content import ContentReader
from catalogctl.providers.publicala.content_v3 import V3Reader
from catalogctl.providers.publicala.convert import Row, may_be_shortened, without_description
from catalogctl.providers.publicala.convert_v3 import for_wanted, let_go, unread_of, with_losses_by_v1, without
from catalogctl.providers.publicala.endpoints import TRACKS
from catalogctl.providers.publicala.options import Api, Settings
from catalogctl.providers.publicala.track import ObservedTrack, Tracks
from catalogctl.providers.publicala.types import CONTENT, SETTINGS, TAXONOMIES, TRACK, V3_ALONE


class StoreReader:
    """Reads contents, tracks and their order."""

    def __init__(self, account: Account, service: ReadClient) -> None:
        settings = account.settings if isinstance(account.settings, Settings) else Settings()
        self._all_by_v3 = settings.read_api is Api.V3
        self._alone_by_v3 = Api.V3 in {settings.read_api, settings.content_api}
        self._account = account.name
        self._service = service
        self._v1 = ContentReader(account.name, service)
        self._v3 = V3Reader(account.name, service)
        self._tracks = Tracks(account.name, service)

    async def list_objects(self, wanted: Sequence[Lookup], progress: Callable[[int, int], None]) -> Listing:
        """Find all wanted objects: the contents by pages, then one list of tracks for each audiobook that has some."""
        tally = _Tally(progress)
        contents = [want for want in wanted if want.type is CONTENT]
        new = [want for want in contents if self._is_read_by_v3(want)]
        old = [want for want in contents if not self._is_read_by_v3(want)]
        found: dict[Address, Observed | None] = {}
        diagnostics: list[Diagnostic] = []
        uncertain: frozenset[Address] = frozenset()
        if old:
            listing = await self._v1.list_objects(old, tally.part())
            found |= {want.address: seen and _by_v1(seen, let_go(want)) for want, seen in zip(old, listing.objects, strict=True)}
            diagnostics += listing.diagnostics
            uncertain = listing.uncertain
        if new:
            listing = await self._v3.list_objects(new, tally.part())
            found |= {want.address: seen for want, seen in zip(new, listing.objects, strict=True)}
            diagnostics += listing.diagnostics
        parts = await self._parts([want for want in wanted if want.type is not CONTENT], found, tally.part())
        objects = {**found, **dict(zip((want.address for want in wanted if want.type is not CONTENT), parts.objects, strict=True))}
        told = (*diagnostics, *parts.diagnostics)
        return Listing(tuple(objects[want.address] for want in wanted), told, uncertain | parts.uncertain, parts.present)

    async def read(self, type_: ResourceType, id_: str) -> Observed | None:
        """Read one object by its id."""
        if type_ is CONTENT:
            # A store without one of the two APIs answers the same as one without the content.
            if self._alone_by_v3:
                return await self._v3.read(id_) or await self._v1.read(type_, id_)
            return await self._v1.read(type_, id_) or await self._v3.read_ours(id_)
        owner = track.split(id_)[0] if type_ is TRACK else id_
        tracks = await self._tracks.of(owner)
        if tracks is None:
            return None
        if type_ is TRACK:
            return next((track.observed(one) for one in tracks if one.id == id_), None)
        return track_order.observed(owner, tracks)

    async def complete(self, type_: ResourceType, seen: Sequence[Observed]) -> Sequence[Observed]:
        """Add what v1 does not tell of contents that are written by it, and v3 does: the taxonomies, descriptions in full, and settings.

        Of contents that are written by v3, those that come from state are read.
        """
        if type_ is not CONTENT:
            return seen
        ids = [one.id for one in seen if not (by_v3(one.attributes) and one.unread)]
        try:
            rows = await self._v3.rows_of(ids)
        except Refused as refusal:
            if refusal.status != NOT_FOUND:
                raise
            rows = {}
        found = dict(zip((one.id for one in seen), seen, strict=True))
        found |= {id_: self._completed(found[id_], rows.get(id_)) for id_ in ids}

        async def lengthen(id_: str) -> None:
            alone = await self._v1.read(type_, id_)
            if alone is not None:
                found[id_] = _with(found[id_], without_description(alone) if may_be_shortened(alone) else alone)

        short = [id_ for id_ in ids if TOLD_BY_V1 - found[id_].attributes.keys()]
        await for_each(short, self._service.width, lengthen)
        return [found[one.id] for one in seen]

    async def parts(self, type_: ResourceType, seen: Sequence[Observed]) -> Sequence[Mapping[str, str]]:
        """Return the tracks of each audiobook, but for the one that its own file may be shown as."""
        found: dict[str, Mapping[str, str]] = {}

        async def look(one: Observed) -> None:
            # A store without v3 has no tracks, and one that does not show them says no more about them.
            tracks = await self._tracks.of(one.id) or ()
            found[one.id] = track.beside_its_file(tracks, one.attributes)

        await for_each([one for one in seen if type_ is CONTENT and _is_audio(one)], self._service.width, look)
        return [found.get(one.id, {}) for one in seen]

    def _completed(self, seen: Observed, row: Row | None) -> Observed:
        if row is None:
            return seen if by_v3(seen.attributes) else _by_v1(seen, {})
        told = self._v3.observed(row)
        if by_v3(seen.attributes):
            now = for_wanted(row, told, seen.attributes, seen.key)
            return replace(now, attributes={**now.attributes, **seen.attributes})
        return with_losses_by_v1(_with(seen, told), row)

    async def find(self, want: Lookup) -> Observed | None:
        """Look for one object that has no known id: a content by its key, a track by its title among those that are no one else's."""
        if want.type is CONTENT:
            return await (self._v3.find(want) if self._is_read_by_v3(want) else self._v1.find(want))
        owner = _owner_of(want, {})
        tracks = None if owner is None else await self._tracks.of(owner)
        if owner is None or tracks is None:
            return None
        if want.type is TRACK:
            one = track.newest(tracks, want)
            return None if one is None else track.observed(one, want.key)
        return track_order.observed(owner, tracks, want, _named(want))

    def _is_read_by_v3(self, want: Lookup) -> bool:
        return self._all_by_v3 or by_v3(want.expected)

    async def _parts(
        self, wanted: Sequence[Lookup], contents: Mapping[Address, Observed | None], progress: Callable[[int, int], None]
    ) -> Listing:
        """Find tracks and orders, by one list for each audiobook that is there."""
        owners: dict[str, list[Lookup]] = {}
        for want in wanted:
            owner = _owner_of(want, contents)
            if owner is not None:
                owners.setdefault(owner, []).append(want)
        found: dict[Address, Observed | None] = {}
        diagnostics: dict[str, list[Diagnostic]] = {}
        present: dict[Address, frozenset[str]] = {}
        uncertain: set[Address] = set()

        shown = {seen.id for seen in contents.values() if seen is not None}

        async def look(owner: str) -> None:
            tracks = await self._tracks_of(owner, owners[owner], owner in shown)
            if tracks is not None:
                single = track.once(tracks)
                _look_among(owner, single, owners[owner], found, present, diagnostics.setdefault(owner, []))
                lacking = [want.address for want in owners[owner] if want.type is TRACK and found[want.address] is None]
                if lacking and len(single) != len(tracks):
                    uncertain.update(lacking)
                    diagnostics[owner].append(self._doubled(lacking[0], owner))
            done.append(owner)
            progress(len(done), len(owners))

        done: list[str] = []
        await for_each(owners, self._service.width, look)
        told = [problem for owner in owners for problem in diagnostics.get(owner, ())]
        return Listing(tuple(found.get(want.address) for want in wanted), tuple(told), frozenset(uncertain), present)

    def _doubled(self, lacking: Address, owner: str) -> Diagnostic:
        """Warn of a list that shows one track twice and lacks another one, which it may hide."""
        name = f"{lacking.title}.{lacking.edition} (id {owner})"
        detail = f"{self._account}: the list of the tracks of {name} shows one of them twice, and lacks others. None of these is created."
        return warning("listing-in-doubt", "A store's list does not add up", detail, "Look at the tracks in the store's panel.")

    async def _tracks_of(self, owner: str, wanted: Sequence[Lookup], is_shown: bool) -> tuple[ObservedTrack, ...] | None:
        """List the tracks of one audiobook; an answer that contradicts what the store has just shown, or state, is not believed.

        Raises:  Unavailable, and as `ReadClient.get`, naming the audiobook.
        """
        known = [want for want in wanted if want.type is TRACK and track.split(want.id or "")[0] == owner]
        name = f"the audiobook of {wanted[0].address.title}.{wanted[0].address.edition} (id {owner})"
        try:
            tracks = await self._tracks.strictly(owner)
        except track.NotAnAudiobook:
            if known:
                raise nonsense(self._account, TRACKS, f"says that {name} is none, and state knows tracks of it") from None
            return ()
        except Refused as refusal:
            told = replace(refusal.diagnostic, detail=f"{refusal.diagnostic.detail} It is about {name}.")
            raise Refused(told, refusal.status) from refusal
        if tracks is None and is_shown:
            raise nonsense(self._account, TRACKS, f"says that there is no such content, and {name} was shown just now")
        return tracks


def _look_among(
    owner: str,
    tracks: tuple[ObservedTrack, ...],
    wanted: Sequence[Lookup],
    found: dict[Address, Observed | None],
    present: dict[Address, frozenset[str]],
    diagnostics: list[Diagnostic],
) -> None:
    """Find the wanted parts of one audiobook among the tracks it has."""
    line = [one.address for want in wanted if want.type is not TRACK for one in _declared(want) if isinstance(one, Reference)]
    places = {address: place for place, address in enumerate(line)}
    # Of several with one title, the one that is declared first is the one that stands first.
    singles = sorted((want for want in wanted if want.type is TRACK), key=lambda want: places.get(want.address, len(line)))
    there = frozenset(one.id for one in tracks)
    matched = track.match(owner, tracks, singles)
    for want, one in zip(singles, matched, strict=True):
        found[want.address] = None if one is None else track.observed(one, want.key)
        if one is None:
            present[want.address] = there
    ours = {one.id for one in matched if one is not None}
    for want in wanted:
        if want.type is not TRACK:
            known = ours | _named(want)
            found[want.address] = track_order.observed(owner, tuple(one for one in tracks if one.id in known), want, known, tracks)
            diagnostics += track_order.strangers(tracks, want, known)


def _declared(want: Lookup) -> tuple[Scalar, ...]:
    tracks = want.expected.get("tracks")
    return tracks if isinstance(tracks, tuple) else ()


def _named(want: Lookup) -> set[str]:
    """Return the ids of tracks that an order names."""
    return {one for one in _declared(want) if isinstance(one, str)}


def _owner_of(want: Lookup, contents: Mapping[Address, Observed | None]) -> str | None:
    """Return the id of the audiobook that a wanted part belongs to; `None` when there is none.

    What was found of it just now counts before what is remembered: it may have been created again.
    """
    said = want.expected.get("content")
    address = said.address if isinstance(said, Reference) else replace(want.address, type=CONTENT.name, key="")
    if address in contents:
        seen = contents[address]
        return None if seen is None else seen.id
    return said if isinstance(said, str) else None


TOLD_BY_V1 = frozenset({"description", "free", "lang", "prices"})
"""What v1 tells of a content, and an update by it replaces."""


def _with(seen: Observed, other: Observed) -> Observed:
    """Add to a content what another reading of it tells: the taxonomies, where a printed book was made, and what is missing."""
    told = other.attributes
    names = (*TAXONOMIES, *(TOLD_BY_V1 - seen.attributes.keys()), *(["editing_location"] * (told.get("type") == "physical")))
    more = {name: told[name] for name in names if name in told}
    return replace(seen, attributes={**seen.attributes, **more})


def _is_audio(seen: Observed) -> bool:
    return seen.attributes.get("type") in AUDIO_NAMES


def _by_v1(seen: Observed, gone: Attributes) -> Observed:
    """Add that there is nothing of what v1 has no place for and of what is `gone`, and which of it may be there all the same."""
    return replace(seen, attributes={**seen.attributes, **without(V3_ALONE), **gone}, unread=(*SETTINGS, *unread_of(seen.attributes)))


class _Tally:
    """Adds up the progress of several parts of a reading."""

    def __init__(self, progress: Callable[[int, int], None]) -> None:
        self._progress = progress
        self._parts: list[tuple[int, int]] = []

    def part(self) -> Callable[[int, int], None]:
        """Return what one part tells its progress to."""
        place = len(self._parts)
        self._parts.append((0, 0))

        def tell(done: int, total: int) -> None:
            self._parts[place] = (done, total)
            self._progress(sum(done for done, _ in self._parts), sum(total for _, total in self._parts))

        return tell
