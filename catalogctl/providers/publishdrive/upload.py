"""Sending files: ask for an address, put the bytes there, and have the book take them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import error
from catalogctl.model.value import Attributes
from catalogctl.provider.failure import Ambiguous, Refused, Unavailable
from catalogctl.provider.protocol import Assets
from catalogctl.provider.service import Answer, Writing, decoded, judged_as, nonsense
from catalogctl.providers.publishdrive import convert
from catalogctl.providers.publishdrive.answers import UploadAddress
from catalogctl.providers.publishdrive.convert import Shown
from catalogctl.providers.publishdrive.endpoints import ATTACH, PUT, REQUEST
from catalogctl.providers.publishdrive.matching import strays

EXPIRED = 403
"""How the storage says that an address is not good any more."""
OTHER_BYTES = frozenset({404, 422})
"""How the service says that a file is not the one that is described, or that there is none with this id."""


class Uploader:
    """Sends files, one by one: the address lives for a few minutes only, and is asked for when its file's turn has come."""

    def __init__(
        self, account: str, service: Writing, assets: Assets, look: Callable[[str], Awaitable[Shown | None]], hosts: tuple[str, ...]
    ) -> None:
        self._account = account
        self._service = service
        self._hosts = hosts
        """The only hosts that files are sent to; empty allows any public one."""
        self._look = look
        """Reads a book by its id."""
        self._assets = assets
        self._made: set[str] = set()
        """Ids of files that this run has given a place: no other file's."""

    async def upload(self, book: str, attributes: Attributes) -> str:
        """Send a file and attach it to its book; gives its id.

        Raises:  as `Writing.send`; CatalogError (stale) when the file is no longer the one that was planned with.
        """
        asset = _asset(attributes)
        name = f"{asset.sha256} as {attributes['role']} {attributes['filename']} of {book}"
        left = self._assets.begun(name)
        if left is not None and await self._is_nobodys(book, left) and await self._is_attached(book, left, asset, attributes):
            return left
        id_ = await self._sent(book, attributes, asset)
        self._assets.keep(name, id_)
        await self._attach(book, id_, asset, attributes)
        return id_

    async def _is_nobodys(self, book: str, id_: str) -> bool:
        """Whether a book has not taken a file yet: one that it has may be that of another track with the same bytes."""
        shown = await self._look(book)
        return shown is not None and all(file.id != id_ for file in shown.files)

    async def _is_attached(self, book: str, id_: str, asset: Asset, attributes: Attributes) -> bool:
        """Attach a file whose bytes an earlier upload has put in place; whether the service took it."""
        try:
            await self._attach(book, id_, asset, attributes)
        except Refused as refusal:
            if refusal.status not in OTHER_BYTES:
                raise
            return False
        return True

    async def upload_anew(self, shown: Shown, attributes: Attributes, old: str) -> str:
        """Send another file in the place of an old one; gives its id.

        An interrupted run may have left the very file with the book, where nothing could ever take it away. The service compares
        digests when a file is attached: that tells whether it is the one.
        """
        asset = _asset(attributes)
        for left in strays(shown, attributes, frozenset(self._made | {old})):
            if left.sha256 is not None:  # told, and the very one
                self._made.add(left.id)
                return left.id
            if await self._is_attached(shown.id, left.id, asset, attributes):
                return left.id
        return await self.upload(shown.id, attributes)

    async def _attach(self, book: str, id_: str, asset: Asset, attributes: Attributes) -> None:
        await self._service.send(ATTACH, convert.attach_body(asset, attributes), book=book, file=id_)
        self._made.add(id_)

    async def _sent(self, book: str, attributes: Attributes, asset: Asset) -> str:
        """Put the bytes where the service says, and where it says next when the first address has expired."""
        id_, url = await self._request(book, attributes, asset)
        try:
            await self._put(url, asset)
        except Refused as refusal:
            if refusal.status != EXPIRED:
                raise
            id_, url = await self._request(book, attributes, asset)
            await self._put(url, asset)
        return id_

    async def _request(self, book: str, attributes: Attributes, asset: Asset) -> tuple[str, str]:
        return self._address(await self._service.send(REQUEST, convert.request_body(asset, attributes), book=book))

    async def _put(self, url: str, asset: Asset) -> None:
        try:
            await self._service.put_file(PUT, url, lambda: self._assets.open(asset), hosts=self._hosts)
        except Ambiguous as lost:
            # Bytes that no book has taken change nothing.
            detail = (
                f"{self._account}: {asset.name} could not be put into PublishDrive's storage: it fails, or the answer is lost on the way."
            )
            raise Unavailable(error("upload-failed", "A file could not be sent", detail, "Try again later.")) from lost

    def _address(self, answer: Answer) -> tuple[str, str]:
        listed = decoded(self._account, REQUEST, answer)
        if not isinstance(listed, list) or len(listed) != 1:
            raise nonsense(self._account, REQUEST, "is not one upload address for one file")
        told = judged_as(self._account, REQUEST, UploadAddress, listed[0], "[0]")
        return told.id, told.url


def _asset(attributes: Attributes) -> Asset:
    file = attributes["file"]
    if not isinstance(file, Asset):
        message = f"{file!r} is no file"
        raise TypeError(message)
    return file
