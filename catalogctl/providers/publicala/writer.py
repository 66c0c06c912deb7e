"""Writes to a publica.la store: each content by the API it is declared for, and the tracks of audiobooks."""

from __future__ import annotations

from catalogctl.model.account import Account
from catalogctl.model.resource import ResourceType
from catalogctl.model.value import Attributes
from catalogctl.provider.answer import Deletion
from catalogctl.provider.protocol import Assets, Written
from catalogctl.provider.service import WriteClient
from catalogctl.providers.publicala.calls import by_v3
from catalogctl.providers.publicala.content import ContentWriter
from catalogctl.providers.publicala.content_v3 import V3Writer
from catalogctl.providers.publicala.track import Tracks, TrackWriter
from catalogctl.providers.publicala.track_order import OrderWriter
from catalogctl.providers.publicala.types import CONTENT, TRACK


class StoreWriter:
    """Writes contents, tracks and their order."""

    def __init__(self, account: Account, service: WriteClient, assets: Assets) -> None:
        self._v1 = ContentWriter(account.name, service, assets)
        self._v3 = V3Writer(account, service, assets)
        self._track = TrackWriter(account.name, service, assets)
        self._order = OrderWriter(service, Tracks(account.name, service))

    async def create(self, type_: ResourceType, attributes: Attributes) -> Written:
        """Make a new content or track, or put the tracks of a new audiobook in order."""
        if type_ is CONTENT:
            return await (self._v3.create(attributes) if by_v3(attributes) else self._v1.create(type_, attributes))
        if type_ is TRACK:
            return await self._track.create(attributes)
        return await self._order.update(str(attributes["content"]), attributes, frozenset(attributes))

    async def update(self, type_: ResourceType, id_: str, attributes: Attributes, changed: frozenset[str]) -> Written:
        """Make an object have these attributes."""
        if type_ is CONTENT:
            return await (
                self._v3.update(id_, attributes, changed) if by_v3(attributes) else self._v1.update(type_, id_, attributes, changed)
            )
        if type_ is TRACK:
            return await self._track.update(id_, attributes, changed)
        return await self._order.update(id_, attributes, changed)

    async def delete(self, type_: ResourceType, id_: str, key: str) -> Deletion:
        """Remove a content, or a track; an order goes with its content.

        A content is deleted by v1, whatever it was written by, and by v3 where v1 says that there is none: a store without v1 answers
        the same as one without the content.
        """
        if type_ is CONTENT:
            return await self._delete_content(id_, key)
        if type_ is TRACK:
            return await self._track.delete(id_)
        return Deletion.DONE

    async def _delete_content(self, id_: str, key: str) -> Deletion:
        ended = await self._v1.delete(CONTENT, id_, key)
        return ended if ended is Deletion.DONE else await self._v3.delete(id_, key)
