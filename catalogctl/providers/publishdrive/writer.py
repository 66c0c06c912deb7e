"""WriteClient books, their files, their chapters, and whether they are published."""

from __future__ import annotations

from collections.abc import Mapping

from catalogctl.model.diagnostics import error
from catalogctl.model.resource import ResourceType
from catalogctl.model.value import Attributes
from catalogctl.provider.answer import Deletion
from catalogctl.provider.failure import NOT_FOUND, Ambiguous, Refused
from catalogctl.provider.protocol import Assets, Written
from catalogctl.provider.service import WriteClient, demand_about
from catalogctl.providers.publishdrive import convert
from catalogctl.providers.publishdrive.assumptions import LIVE, NOT_LIVE, TOUCH_MAKES_DRAFT, USUAL_COPYRIGHT
from catalogctl.providers.publishdrive.convert import Shown
from catalogctl.providers.publishdrive.endpoints import CREATE, DELETE, PUBLISH, READ, UNPUBLISH, UPDATE
from catalogctl.providers.publishdrive.options import Settings
from catalogctl.providers.publishdrive.reader import PublishdriveReader
from catalogctl.providers.publishdrive.types import BOOK, CHAPTERS, FILE, PUBLICATION
from catalogctl.providers.publishdrive.upload import Uploader

NOT_NOW = 402
"""How the service says that a book cannot be deleted in the state it is in."""
CONFLICT = 409


class PublishdriveWriter:
    """Creates, changes and deletes; what depends on what the book is by now looks at it first."""

    def __init__(self, account: str, service: WriteClient, assets: Assets, settings: Settings | None = None) -> None:
        said = settings or Settings()
        self._account = account
        self._words = frozenset(said.words.values())
        self._service = service
        self._reader = PublishdriveReader(account, service, said)
        self._uploader = Uploader(account, service, assets, self._reader.by_id, said)

    async def create(self, type_: ResourceType, attributes: Attributes) -> Written:
        """Make a book, send a file, or make of a new book's chapters or publication what they shall be."""
        match type_.name:
            case BOOK.name:
                return await self._create_book(attributes)
            case FILE.name:
                book = str(attributes["book"])
                return Written(convert.composite(book, await self._uploader.upload(book, attributes)), {})
            case _:
                return await self.update(type_, str(attributes["book"]), attributes, frozenset(attributes))

    async def update(self, type_: ResourceType, id_: str, attributes: Attributes, changed: frozenset[str]) -> Written:
        """Change a book or its chapters in one request, send a file again, publish or withdraw."""
        match type_.name:
            case BOOK.name if "contributor" in changed:
                # A list that is sent replaces the whole list: contributors with a role that is not managed here go along unchanged.
                there = (await self._there(id_)).attributes.get("contributor")
                people = convert.beside(attributes["contributor"], there, self._words)
                await self._update(id_, convert.body({**attributes, "contributor": people}, changed))
            case BOOK.name:
                await self._update(id_, convert.body(attributes, changed))
            case CHAPTERS.name:
                await self._update(id_, convert.chapters_body(attributes))
            case PUBLICATION.name if attributes["published"]:
                await self._publish(await self._there(id_))
            case PUBLICATION.name:
                await self._withdraw(await self._there(id_))
            case _:
                book, old = convert.book_id(id_), convert.file_id(id_)
                new = await self._uploader.upload_anew(await self._there(book), attributes, old)
                return Written(convert.composite(book, new), {})
        return Written(id_, {})

    async def delete(self, type_: ResourceType, id_: str, key: str) -> Deletion:
        """Delete a book, or withdraw it, having just seen that it still is the one meant."""
        shown = await self._reader.by_id(id_)
        if shown is None:
            return Deletion.NOT_THERE
        if shown.key != key:
            detail = f"{self._account}: the book with id {id_} now has the external id {shown.key!r}, not {key!r}; it was left alone."
            raise Refused(error("not-the-same", "An object is no longer the one that was planned for", detail, "Plan again."), CONFLICT)
        match type_.name:
            case BOOK.name:
                return await self._delete_book(shown)
            case PUBLICATION.name:
                return await self._withdraw(shown)
            case _:
                message = f"PublishDrive has no request that deletes a {type_.name}"
                raise AssertionError(message)

    async def _update(self, id_: str, body: bytes) -> None:
        demand_about(self._account, UPDATE, await self._service.send(UPDATE, body, book=id_), id_)

    async def _there(self, id_: str) -> Shown:
        shown = await self._reader.by_id(id_)
        if shown is None:
            detail = f"{self._account}: {READ} finds no book with the id {id_}, which was there when this was planned."
            raise Refused(error("gone-since", "A book is gone since the plan was made", detail, "Plan again."), NOT_FOUND)
        return shown

    async def _create_book(self, attributes: Attributes) -> Written:
        """Make a book; the service may take a second one with the same external id, so it is asked first whether there is one."""
        key = str(attributes["external_id"])
        other = await self._reader.by_key(key)
        if other is not None:
            detail = f"{self._account}: a book with the external id {key!r} is there by now (id {other.id}); a second one was not made."
            raise Refused(error("appeared-since", "A book appeared since the plan was made", detail, "Plan again."), CONFLICT)
        whole = {"copyright": USUAL_COPYRIGHT, **attributes}
        answer = await self._service.send(CREATE, convert.body(whole, frozenset(whole)))
        try:
            document = answer.json()
            id_ = convert.new_id(document)
        except ValueError as failure:
            detail = f"{self._account}: {CREATE} succeeded ({answer.status}), but its answer {failure}."
            raise Ambiguous(error("outcome-unknown", "It is not known what the store created", detail)) from failure
        return Written(id_, _told(document, attributes))

    async def _delete_book(self, shown: Shown) -> Deletion:
        try:
            return await self._service.remove(DELETE, book=shown.id)
        except Refused as refusal:
            if refusal.status == NOT_NOW:
                detail = (
                    f"{refusal.diagnostic.detail} {shown.key!r} (id {shown.id}) had the status {shown.status!r}, in which "
                    "PublishDrive deletes no book (402 is about that, and not about paying)."
                )
                if shown.status in LIVE:
                    hint = "Take it back first, and delete it once it is withdrawn:\npublished: false"
                else:
                    hint = "Ask PublishDrive to remove it, or give it up by a `removed` block with `destroy: false`: it stays there then."
                raise Refused(error("delete-refused", "A book that cannot be deleted now", detail, hint), NOT_NOW) from refusal
            raise

    async def _publish(self, shown: Shown) -> None:
        """Hand a book in, unless it is by now: only a draft can be, and to hand in twice is not said to be harmless."""
        if shown.status in LIVE:
            return
        if shown.status == "withdrawn" and TOUCH_MAKES_DRAFT:
            body = convert.touch_body(str(shown.attributes.get("format")), str(shown.attributes.get("title")))
            await self._update(shown.id, body)
        await self._service.send(PUBLISH, b"{}", book=shown.id)

    async def _withdraw(self, shown: Shown) -> Deletion:
        if shown.status in NOT_LIVE:
            return Deletion.DONE
        try:
            await self._service.send(UNPUBLISH, b"{}", book=shown.id)
        except Refused as refusal:
            if refusal.status != NOT_FOUND:
                raise
            return Deletion.NOT_THERE
        except Ambiguous:
            again = await self._reader.by_id(shown.id)
            if again is not None and again.status not in NOT_LIVE:
                raise
        return Deletion.DONE


def _told(document: object, attributes: Attributes) -> Attributes:
    """Return what the answer to a create tells of what was asked for; one of the two documented answers tells nothing."""
    if not isinstance(document, Mapping) or "data" not in document:
        return {}
    try:
        seen = convert.from_store(document)
    except ValueError:
        return {}
    return {name: value for name, value in seen.attributes.items() if name in attributes}
