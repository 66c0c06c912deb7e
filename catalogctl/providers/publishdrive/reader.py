"""Reading books and what is part of them: each book by one request, which tells its files, chapters and status as well."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic, warning
from catalogctl.model.resource import Observed, ResourceType
from catalogctl.provider import strict
from catalogctl.provider.answer import nonsense
from catalogctl.provider.concurrent import for_each
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.envelope import says_more_follows
from catalogctl.provider.protocol import Listing, Lookup
from catalogctl.provider.service import ReadClient, decoded, judged_as, undocumented
from catalogctl.providers.publishdrive import convert
from catalogctl.providers.publishdrive.answers import BookList
from catalogctl.providers.publishdrive.assumptions import ASSIGNED, LIVE, NOT_LIVE
from catalogctl.providers.publishdrive.convert import Shown
from catalogctl.providers.publishdrive.endpoints import FIND, LIST, READ
from catalogctl.providers.publishdrive.matching import like, matched
from catalogctl.providers.publishdrive.options import Settings
from catalogctl.providers.publishdrive.search import ListedBooks, ListPage, Search, external_id
from catalogctl.providers.publishdrive.types import AUDIO_CONTENT, BOOK, CHAPTERS, FILE, PUBLICATION

PER_PAGE = 100
"""Books of a page: the most that the service gives."""
SCANS = 3
"""How often a listing that disagrees with itself is read again before it is given up."""
ACTION_NEEDED = "action_needed"
"""The status of a book whose publisher has to do something."""


class PublishdriveReader:
    """Reads books; everything else is read together with a book."""

    def __init__(self, account: str, service: ReadClient, settings: Settings | None = None) -> None:
        self._account = account
        self._service = service
        self._words = frozenset((settings or Settings()).words.values())
        self._ebook_cover = (settings or Settings()).ebook_cover_role

    async def list_objects(self, wanted: Sequence[Lookup], progress: Callable[[int, int], None]) -> Listing:
        """Find all wanted objects: a request for each book that is there, and as few as may be to learn which are.

        Raises:  CredentialsRefused when nothing at all may be seen.
        """
        search = Search(self, wanted, self._service.width, progress)
        await search.run()
        found: list[Observed | None] = [None] * len(wanted)
        problems = search.problems
        for shown, numbers in search.by_book():
            inside = [wanted[number] for number in numbers]
            self._demand_key(shown, inside)
            files = matched(shown, inside)
            for number in numbers:
                want = wanted[number]
                found[number] = files.get(want.address) if want.type is FILE else self._part(shown, want.type)
                if want.type is BOOK:
                    lost = _beyond(shown, inside, self._words)
                    found[number] = replace(shown.book(self._words), irreplaceable=lost, unwritable=_assigned(shown))
            problems += _worrying(shown, inside, files)
        return Listing(tuple(found), tuple(problems))

    async def read(self, type_: ResourceType, id_: str) -> Observed | None:
        """Read one object by its id: a file by that of its book and its own."""
        shown = await self.by_id(convert.book_id(id_))
        if shown is None or type_ is not FILE:
            return None if shown is None else self._part(shown, type_)
        return next((shown.file(file, "") for file in shown.files if file.id == convert.file_id(id_)), None)

    async def find(self, want: Lookup) -> Observed | None:
        """Look for a book by its external id, and for what is part of one within it."""
        owner = want.expected.get("book")
        if want.type is BOOK:
            shown = await self.by_key(want.key)
            return None if shown is None or shown.id in want.taken else self._part(shown, BOOK)
        shown = await self.by_id(owner) if isinstance(owner, str) else await self.by_key(external_id(want))
        if shown is None or want.type is not FILE:
            return None if shown is None else self._part(shown, want.type)
        return like(shown, want)

    def _part(self, shown: Shown, type_: ResourceType) -> Observed:
        match type_.name:
            case CHAPTERS.name:
                return shown.contents
            case PUBLICATION.name:
                return shown.publication
            case _:
                return shown.book(self._words)

    async def by_id(self, id_: str) -> Shown | None:
        """Read a book by its id; the answer must be about that very book.

        Raises:  Unavailable for an answer about another book, or that is not what the documents promise.
        """
        shown = await self._book(READ, book=id_)
        if shown is not None and shown.id != id_:
            raise nonsense(self._account, READ, f"is about the book {strict.quoted(shown.id)}, and {id_} was asked for")
        return shown

    async def by_key(self, key: str) -> Shown | None:
        """Look a book up by its external id; the answer must be about a book with the very one.

        Raises:  as `by_id`.
        """
        shown = await self._book(FIND, key=key)
        if shown is not None and shown.key != key:
            why = f"is about a book with the external id {strict.quoted(shown.key or None)}, and {key!r} was asked for"
            raise nonsense(self._account, FIND, why)
        return shown

    async def as_listed(self, id_: str, key: str) -> Shown | None:
        """Read a book by the id that the list shows; the answer must have the external id that the list shows.

        Raises:  as `by_id`.
        """
        shown = await self.by_id(id_)
        if shown is not None and shown.key != key:
            why = f"has the external id {strict.quoted(shown.key or None)} for the book {id_}, and the list has {key!r}"
            raise nonsense(self._account, READ, why)
        return shown

    async def _book(self, endpoint: Endpoint, **parts: str) -> Shown | None:
        answer = await self._service.get_if_there(endpoint, **parts)
        if answer is None:
            return None
        try:
            return convert.from_store(decoded(self._account, endpoint, answer), self._ebook_cover)
        except ValueError as failure:
            raise undocumented(self._account, endpoint, f"{failure} (of the book {next(iter(parts.values()))})") from failure

    def _demand_key(self, shown: Shown, wanted: Sequence[Lookup]) -> None:
        """Raise Unavailable for a book that we know by its id and that now has no external id: nothing in the API takes one away."""
        lost = next((want for want in wanted if want.type is BOOK and want.id is not None and not shown.key), None)
        if lost is not None:
            raise nonsense(self._account, READ, f"has no external id for the book {shown.id}, which was given {lost.key!r}")

    async def page(self, number: int) -> ListPage:
        """Read one page of the list, which tells of a book hardly more than that it is there."""
        answer = await self._service.get(LIST, {"page": str(number), "perPage": str(PER_PAGE), "sort": "createdAt"})
        document = decoded(self._account, LIST, answer)
        told = judged_as(self._account, LIST, BookList, document)
        total, last = told.meta.total, told.meta.lastPage
        if last > max(total, 1):
            raise nonsense(self._account, LIST, f"announces {last} pages for {total} books")
        following = says_more_follows(document, answer.headers, {"data"}) if number >= last else None
        if following is not None:
            raise nonsense(self._account, LIST, f"announces {last} pages, and says in {following!r} that another one follows the last")
        return ListPage({row.id: row.attributes.externalId or "" for row in told.data}, total, max(last, 1))

    async def pages(self, first: ListPage, progress: Callable[[], None]) -> ListedBooks:
        """Read the pages after the first, and all of them again as long as they do not add up: a book may come or go meanwhile.

        What every reading shows alike is believed, also where it does not add up.
        Raises:  Unavailable where the readings differ as well.
        """
        readings: set[tuple[object, ...]] = set()
        for scan in range(SCANS):
            if scan:
                first = await self.page(1)
            pages = [first]

            async def fetch(number: int, pages: list[ListPage] = pages) -> None:
                pages.append(await self.page(number))
                progress()

            await for_each(range(2, first.last + 1), self._service.width, fetch)
            ids = {id_: key for page in pages for id_, key in page.ids.items()}
            if len(ids) == first.total and all((page.total, page.last) == (first.total, first.last) for page in pages):
                return ListedBooks(ids)
            readings.add((*sorted(ids.items()), *sorted((page.total, page.last) for page in pages)))
        if len(readings) > 1 or not ids:
            why = f"does not add up: {first.total} books are announced, and after {SCANS} readings they were not all there"
            raise nonsense(self._account, LIST, why)
        return ListedBooks(ids, f"announces {first.total} books, and each of {SCANS} readings shows the same {len(ids)}")


def _worrying(shown: Shown, wanted: Sequence[Lookup], files: Mapping[Address, Observed]) -> list[Diagnostic]:
    """Tell what no file can declare, but a person should know: what the service asks for, and what keeps a book from being published."""
    problems: list[Diagnostic] = []
    kinds = {want.type.name for want in wanted}
    name = f"{shown.key!r} (id {shown.id})"
    if PUBLICATION.name in kinds and shown.status == ACTION_NEEDED:
        detail = f"{name} was handed in, and PublishDrive asks for something before it goes on. Nothing is sent again for that."
        hint = "Check the book in PublishDrive; changed files are submitted again."
        problems.append(warning("action-needed", "A book waits for its publisher", detail, hint))
    elif PUBLICATION.name in kinds and shown.status not in LIVE | NOT_LIVE:
        detail = f"{name} has the status {shown.status!r}, which is unknown: its publication is left unchanged."
        problems.append(warning("status-unknown", "A book with an unknown status", detail))
    mine = {convert.file_id(file.id) for file in files.values()}
    idle = [file for file in shown.idle if file.id not in mine]
    if CHAPTERS.name in kinds and idle:
        named = ", ".join(f"{file.filename} (id {file.id})" for file in idle)
        detail = (
            f"{name} has audio files that are no chapter's: {named}. PublishDrive may not publish it, and has no request to remove them."
        )
        problems.append(warning("file-without-chapter", "An audio file that is no chapter's", detail, "Remove it in PublishDrive."))
    return problems


def _beyond(shown: Shown, wanted: Sequence[Lookup], words: Collection[str]) -> str:
    """Return what a book has beyond what is declared of it that cannot be sent to another one; empty where there is nothing."""
    roles = [str(want.expected.get("role")) for want in wanted if want.type is FILE]
    kinds = {want.type.name for want in wanted}
    kept = [f"the file {file.filename} ({file.role})" for file in shown.files if file.role not in {*roles, AUDIO_CONTENT}]
    if roles.count(AUDIO_CONTENT) < len(shown.chapters):
        kept.append("recordings of chapters that no file declares")
    people = shown.attributes["contributor"]
    if isinstance(people, tuple) and len(convert.with_roles(people, words)) < len(people):
        kept.append("contributors with roles that the account has no word for")
    kept += [f"the {name} {words}" for name, words in shown.unwritable.items() if name not in ASSIGNED]
    if shown.status in LIVE and PUBLICATION.name not in kinds:
        kept.append("that it is published")
    if not kept:
        return ""
    return f"{shown.key!r} (id {shown.id}) has what no file declares, and a new book would be without it: {'; '.join(kept)}."


def _assigned(shown: Shown) -> str:
    """Return what a book has that no request can set and the store gives each new book a value of its own for."""
    said = [f"the {name} {words}" for name, words in shown.unwritable.items() if name in ASSIGNED]
    if not said:
        return ""
    return f"{shown.key!r} (id {shown.id}) has {', '.join(said)}. No request sets it: the store would choose the one of the new book."
