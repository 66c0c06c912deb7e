"""Which books are meant, and getting them in as few requests as may be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic, error
from catalogctl.model.value import Reference
from catalogctl.provider.concurrent import for_each
from catalogctl.provider.failure import FORBIDDEN, CredentialsRefused, Refused
from catalogctl.provider.protocol import Lookup
from catalogctl.providers.publishdrive import convert
from catalogctl.providers.publishdrive.convert import Shown
from catalogctl.providers.publishdrive.types import FILE

ENOUGH = 3
"""How many books must be forbidden, and none be shown, for that to be about the key."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of the list, which tells of a book hardly more than that it is there."""

    ids: Mapping[str, str]
    """By book id, its external id; empty where it has none."""
    total: int
    """Books on all pages."""
    last: int
    """The number of the last page, from 1."""


@dataclass(frozen=True, slots=True)
class ListedBooks:
    """What all pages of the list show."""

    ids: Mapping[str, str]
    """By book id, its external id; empty where it has none."""
    doubt: str = ""
    """Why there may be more books, where every reading shows the same and does not add up; empty where it does."""


class Books(Protocol):
    """What reads single books and pages of the list."""

    async def by_id(self, id_: str) -> Shown | None:
        """Read a book by its id."""
        ...

    async def by_key(self, key: str) -> Shown | None:
        """Look a book up by its external id."""
        ...

    async def as_listed(self, id_: str, key: str) -> Shown | None:
        """Read a book by the id that the list shows, which must have the external id that it shows."""
        ...

    async def page(self, number: int) -> ListPage:
        """Read one page of the list."""
        ...

    async def pages(self, first: ListPage, progress: Callable[[], None]) -> ListedBooks:
        """Read the pages after the first, and return all ids with their external ids."""
        ...


@dataclass(frozen=True, slots=True)
class _Place:
    """Which book something is, or is part of: by its id where that is known, else by its external id."""

    id: str | None
    key: str


class Search:
    """Finds the books that some wanted objects are or are part of."""

    def __init__(self, books: Books, wanted: Sequence[Lookup], width: int, progress: Callable[[int, int], None]) -> None:
        by_address = {want.address: want for want in wanted}
        self._books = books
        self._places = [_place(want, by_address) for want in wanted]
        self._width = width
        self._progress = progress
        self._done = 0
        self._total = 0
        self._answered = False
        self._forbidden: list[Refused] = []
        self._known: dict[str, Shown | None] = {}
        """By the id that was asked for."""
        self._keyed: dict[str, Shown | None] = {}
        """By external id."""
        self.problems: list[Diagnostic] = []

    async def run(self) -> None:
        """Read the books whose ids are known; then look for the others, among them those that are gone, by their external id.

        Raises:  CredentialsRefused when nothing at all may be seen; Refused when something may not.
        """
        await self._read(self._known, [place.id for place in self._places if place.id is not None], self._books.by_id)
        self._look_at_refusals()
        missing = [place.key for place in self._places if place.id is None or self._known.get(place.id) is None]
        await self._look_for(list(dict.fromkeys(missing)))
        self._look_at_refusals()

    def _look_at_refusals(self) -> None:
        if self._forbidden:
            raise self._forbidden[0] if self._answered else CredentialsRefused(self._forbidden[0].diagnostic)

    def by_book(self) -> list[tuple[Shown, list[int]]]:
        """Return each book that is there, with the places in `wanted` of what it is or has."""
        found: dict[str, tuple[Shown, list[int]]] = {}
        for number, place in enumerate(self._places):
            shown = (self._known.get(place.id) if place.id is not None else None) or self._keyed.get(place.key)
            if shown is not None:
                found.setdefault(shown.id, (shown, []))[1].append(number)
        return list(found.values())

    async def _look_for(self, keys: list[str]) -> None:
        """Look external ids up one by one, unless there are more of them than further pages of the list."""
        if len(keys) > 1:
            first = await self._first_page()
            ids, whole = first.ids, False
            if len(set(keys) - set(ids.values())) > first.last - 1:
                self._total += first.last - 1
                listing = await self._books.pages(first, self._step)
                ids, whole = listing.ids, not listing.doubt
            self._notice_doubles(ids, dict.fromkeys(place.key for place in self._places))
            wanted, listed = frozenset(keys), frozenset(ids.values())
            await self._read_listed({id_: key for id_, key in ids.items() if key in wanted})
            # A list that does not add up, or that shows a book without an external id, is not the last word on which ids there are.
            keys = [] if whole and "" not in listed else [key for key in keys if key not in listed]
        await self._read(self._keyed, keys, self._books.by_key)

    async def _read_listed(self, listed: Mapping[str, str]) -> None:
        shown: dict[str, Shown | None] = {}
        await self._read(shown, listed, lambda id_: self._books.as_listed(id_, listed[id_]))
        self._keyed.update({one.key: one for one in shown.values() if one is not None})

    def _notice_doubles(self, ids: Mapping[str, str], keys: Iterable[str]) -> None:
        holders: dict[str, list[str]] = {}
        for id_, key in ids.items():
            holders.setdefault(key, []).append(id_)
        for key in keys:
            several = holders.get(key, [])
            if len(several) > 1:
                detail = f"{len(several)} books have the external id {key!r} ({', '.join(several)}), and it is unclear which one is meant."
                hint = "Import the right one by its id, or delete the others in the store."
                self.problems.append(error("external-id-doubled", "Two books with one external id", detail, hint))

    async def _first_page(self) -> ListPage:
        self._total += 1
        try:
            first = await self._books.page(1)
        except Refused as refusal:
            if refusal.status == FORBIDDEN and not self._answered:
                # Not to be shown even the list is to be shown nothing: that is about the key, not about one book.
                raise CredentialsRefused(refusal.diagnostic) from refusal
            raise
        self._answered = True
        self._step()
        return first

    async def _read(self, into: dict[str, Shown | None], names: Iterable[str], read: Callable[[str], Awaitable[Shown | None]]) -> None:
        """Read books by their ids or external ids; one that is forbidden is remembered until it is known whether all are."""
        each = list(dict.fromkeys(names))
        self._total += len(each)

        async def one(name: str) -> None:
            try:
                into[name] = await read(name)
                self._answered = True
            except Refused as refusal:
                if refusal.status != FORBIDDEN:
                    raise
                self._forbidden.append(refusal)
                if len(self._forbidden) >= ENOUGH and not self._answered:
                    raise CredentialsRefused(refusal.diagnostic) from refusal
            self._step()

        await for_each(each, self._width, one)

    def _step(self) -> None:
        self._done += 1
        self._progress(self._done, max(self._done, self._total))


def _place(want: Lookup, by_address: Mapping[Address, Lookup]) -> _Place:
    key = external_id(want)
    if want.id is not None:
        return _Place(convert.book_id(want.id), key)
    owner = want.expected.get("book")
    if isinstance(owner, Reference) and owner.address in by_address:
        return _place(by_address[owner.address], by_address)
    return _Place(owner if isinstance(owner, str) else None, key)


def external_id(want: Lookup) -> str:
    """Return the external id of the book that something is part of: a file's key is that and what its address has after the edition."""
    return want.key.removesuffix(f"/{want.address.key}") if want.type is FILE else want.key
