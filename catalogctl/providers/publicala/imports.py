"""Reads all that a publica.la store holds, by the API that tells most of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from catalogctl.model.account import Account
from catalogctl.provider.concurrent import for_each
from catalogctl.provider.failure import NOT_FOUND, Refused
from catalogctl.provider.importing import FoundEdition, Inventory, Unimportable, listing_in_doubt
from catalogctl.provider.service import ReadClient, undocumented
from catalogctl.providers.publicala import convert, convert_v3
from catalogctl.providers.publicala.content import ContentReader
from catalogctl.providers.publicala.content_v3 import V3Reader
from catalogctl.providers.publicala.convert import Row
from catalogctl.providers.publicala.decompile import decompile, is_audio
from catalogctl.providers.publicala.endpoints import LIST, V3_LIST
from catalogctl.providers.publicala.options import Api, Settings
from catalogctl.providers.publicala.track import ObservedTrack, Tracks


class StoreImporter:
    """Reads contents by v3, which tells authors, subjects and the like; by v1 where a store has no v3."""

    def __init__(self, account: Account, service: ReadClient) -> None:
        settings = account.settings if isinstance(account.settings, Settings) else Settings()
        self._account = account.name
        self._usual = settings.content_api
        self._service = service
        self._v1 = ContentReader(account.name, service)
        self._v3 = V3Reader(account.name, service)
        self._tracks = Tracks(account.name, service)

    async def read_inventory(self, only: Collection[str], progress: Callable[[int, int], None]) -> Inventory:
        """Read all contents, and the tracks of each audiobook."""
        api, rows, doubt = await self._rows(only, progress)
        tracks = await self._all_tracks(rows) if api is Api.V3 else {}
        holdings: list[FoundEdition] = []
        strangers: list[Unimportable] = []
        for id_ in sorted(rows, key=lambda id_: (len(id_), id_)):
            endpoint = V3_LIST if api is Api.V3 else LIST
            try:
                seen = convert_v3.from_store(rows[id_]) if api is Api.V3 else convert.from_store(rows[id_])
            except ValueError as failure:
                raise undocumented(self._account, endpoint, f"{failure} (of the content {id_})") from failure
            found = decompile(self._account, seen, rows[id_], api, self._usual, tracks.get(id_, ()))
            if isinstance(found, FoundEdition):
                holdings.append(found)
            else:
                strangers.append(found)
        return Inventory(tuple(holdings), tuple(strangers), listing_in_doubt(self._account, LIST, doubt, "contents"))

    async def _rows(self, only: Collection[str], progress: Callable[[int, int], None]) -> tuple[Api, Mapping[str, Row], str]:
        """Return the API that was read, the rows by id, and the doubt whether they are all."""
        doubt = ""
        try:
            found = await (self._some(self._v3, only, progress) if only else self._v3.everything(progress))
            api = Api.V3
        except Refused as refusal:
            if refusal.status != NOT_FOUND:
                raise
            found, api = [], Api.V1
        if api is Api.V1 or (only and not found):
            # A store without v3 answers the same to a single read as one that has no such content.
            again, doubt = (await self._some(self._v1, only, progress), "") if only else await self._v1.everything(progress)
            found, api = (again, Api.V1) if again else (found, api)
        return api, {convert.identity(row)[0]: row for row in found}, doubt

    async def _some(self, reader: ContentReader | V3Reader, only: Collection[str], progress: Callable[[int, int], None]) -> list[Row]:
        rows: list[Row] = []
        done = 0

        async def one(id_: str) -> None:
            nonlocal done
            row = await reader.row(id_)
            rows.extend([] if row is None else [row])
            done += 1
            progress(done, len(only))

        await for_each(sorted(only), self._service.width, one)
        return rows

    async def _all_tracks(self, rows: Mapping[str, Row]) -> Mapping[str, tuple[ObservedTrack, ...]]:
        found: dict[str, tuple[ObservedTrack, ...]] = {}

        async def look(id_: str) -> None:
            found[id_] = await self._tracks.of(id_) or ()

        await for_each([id_ for id_, row in rows.items() if is_audio(row)], self._service.width, look)
        return found
