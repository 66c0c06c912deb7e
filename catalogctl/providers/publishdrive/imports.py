"""Reads all that a PublishDrive account holds: the list tells hardly more than which books there are, so each is read alone."""

from __future__ import annotations

from collections.abc import Callable, Collection

from catalogctl.provider.concurrent import for_each
from catalogctl.provider.importing import FoundEdition, Inventory, Unimportable, listing_in_doubt
from catalogctl.provider.service import ReadClient
from catalogctl.providers.publishdrive.convert import Shown
from catalogctl.providers.publishdrive.decompile import decompile
from catalogctl.providers.publishdrive.endpoints import LIST
from catalogctl.providers.publishdrive.options import Settings
from catalogctl.providers.publishdrive.reader import PublishdriveReader
from catalogctl.providers.publishdrive.search import ListedBooks


class PublishdriveImporter:
    """Reads books with everything that is part of them."""

    def __init__(self, account: str, service: ReadClient, settings: Settings) -> None:
        self._account = account
        self._words = settings.words
        self._service = service
        self._reader = PublishdriveReader(account, service)

    async def read_inventory(self, only: Collection[str], progress: Callable[[int, int], None]) -> Inventory:
        """Read all books, in the order in which they were made."""
        listed = ListedBooks(dict.fromkeys(only, "")) if only else await self._all(progress)
        ids = sorted(listed.ids)
        shown: dict[str, Shown] = {}
        done = 0

        async def read(id_: str) -> None:
            nonlocal done
            book = await self._reader.by_id(id_)
            if book is not None:
                shown[id_] = book
            done += 1
            progress(done, len(ids))

        await for_each(ids, self._service.width, read)
        found = [decompile(self._account, shown[id_], self._words) for id_ in ids if id_ in shown]
        holdings = tuple(one for one in found if isinstance(one, FoundEdition))
        return Inventory(
            holdings,
            tuple(one for one in found if isinstance(one, Unimportable)),
            listing_in_doubt(self._account, LIST, listed.doubt, "books"),
        )

    async def _all(self, progress: Callable[[int, int], None]) -> ListedBooks:
        first = await self._reader.page(1)
        read = 1

        def another() -> None:
            nonlocal read
            read += 1
            progress(read, first.last + first.total)

        return await self._reader.pages(first, another)
