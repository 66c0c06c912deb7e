"""Sending files: ask for an address, put the bytes there, and have the book take them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import error
from catalogctl.model.value import Attributes
from catalogctl.provider.advice import SEND_AGAIN
from catalogctl.provider.answer import Answer, nonsense
from catalogctl.provider.failure import Ambiguous, Refused, Unavailable
from catalogctl.provider.protocol import Assets
from catalogctl.provider.service import WriteClient, decoded, judged_as
from catalogctl.providers.publishdrive import convert
from catalogctl.providers.publishdrive.answers import UploadAddress
from catalogctl.providers.publishdrive.convert import Shown
from catalogctl.providers.publishdrive.endpoints import ATTACH, PUT, REQUEST
from catalogctl.providers.publishdrive.matching import strays
from catalogctl.providers.publishdrive.options import Settings

FORBIDDEN = 403
"""How the storage says that an address is not good any more, or that a request is not the one that the address was signed for."""
_SIGNED_HEADERS = "X-Amz-SignedHeaders"
"""The parameter of a presigned address that names the headers which its signature covers."""
_SENT_HEADERS = frozenset({"host", "content-length"})
"""Headers that a request to put a file carries in any case, as far as a signature may cover them."""
_HEADER = re.compile(r"[a-z0-9-]+")
_LONGEST_HEADER = 60
OTHER_BYTES = frozenset({404, 422})
"""How the service says that a file is not the one that is described, or that there is none with this id."""


class Uploader:
    """Sends files, one by one: the address lives for a few minutes only, and is asked for when its file's turn has come."""

    def __init__(
        self, account: str, service: WriteClient, assets: Assets, look: Callable[[str], Awaitable[Shown | None]], settings: Settings
    ) -> None:
        self._account = account
        self._service = service
        self._ebook_cover = settings.ebook_cover_role
        self._hosts = settings.upload_hosts
        """The only hosts that files are sent to; empty allows any public one."""
        self._look = look
        """Reads a book by its id."""
        self._assets = assets
        self._made: set[str] = set()
        """Ids of files that this run has given a place: no other file's."""

    async def upload(self, book: str, attributes: Attributes) -> str:
        """Send a file and attach it to its book; gives its id.

        Raises:  as `WriteClient.send`; CatalogError (stale) when the file is no longer the one that was planned with.
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
        """Return whether a book has not taken a file yet: one that it has may be that of another track with the same bytes."""
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
        for left in strays(shown, attributes, old, self._made):
            if left.sha256 is not None:  # reported, and the very one
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
            if refusal.status != FORBIDDEN:
                raise
            # An address lives for minutes: a new one tells whether this one had expired.
            id_, url = await self._request(book, attributes, asset)
            try:
                await self._put(url, asset)
            except Refused as again:
                raise self._forbidden(asset, url, again) from again
        return id_

    def _forbidden(self, asset: Asset, url: str, refusal: Refused) -> Refused:
        """Say what may be missing where the storage refuses an address that was asked for just now."""
        if refusal.status != FORBIDDEN:
            return refusal
        said = parse_qs(urlsplit(url).query).get(_SIGNED_HEADERS, [""])[0].lower().split(";")
        missing = [name[:_LONGEST_HEADER] for name in said if _HEADER.fullmatch(name) and name not in _SENT_HEADERS]
        detail = f"{self._account}: PublishDrive's storage refuses {asset.name} with 403, and again at an address that it gave just now."
        if missing:
            named = f"the header {missing[0]}, which is" if len(missing) == 1 else f"the headers {', '.join(missing)}, which are"
            detail += f" The address is signed for a request with {named} not sent: PublishDrive's documents ask for no header."
        else:
            detail += " Either it expires before the file has arrived, or the key may not upload."
        hint = "Nothing was attached, and the book is as it was. Ask PublishDrive what an upload to this address has to carry."
        return Refused(error("upload-forbidden", "The storage refuses a file", detail, hint), FORBIDDEN)

    async def _request(self, book: str, attributes: Attributes, asset: Asset) -> tuple[str, str]:
        return self._address(await self._service.send(REQUEST, convert.request_body(asset, attributes, self._ebook_cover), book=book))

    async def _put(self, url: str, asset: Asset) -> None:
        try:
            await self._service.put_file(PUT, url, lambda: self._assets.open(asset), hosts=self._hosts)
        except Ambiguous as lost:
            # Bytes that no book has taken change nothing.
            detail = (
                f"{self._account}: {asset.name} could not be put into PublishDrive's storage: it fails, or the answer is lost on the way."
            )
            raise Unavailable(error("upload-failed", "A file could not be sent", detail, SEND_AGAIN)) from lost

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
