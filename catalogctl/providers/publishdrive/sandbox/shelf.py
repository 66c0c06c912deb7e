"""The contents of the emulated account: books, their files, and the permissions to upload."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import cast

from catalogctl.provider.emulation import Json, StoredChange
from catalogctl.providers.publishdrive.sandbox.book import Attached, Book, UploadSlot, decode_book, encode_attached, encode_book

CLEARED, COUNTER = "cleared", "next_number"
"""Keys of commits that are no object's: everything is gone; the number that the next object gets."""
FIRST_NUMBER = 1


class Shelf:
    """Books, files and uploads by id. Not safe for threads: its owner holds a lock."""

    def __init__(self) -> None:
        self.next_number = FIRST_NUMBER
        self.listener: Callable[[StoredChange], None] | None = None
        self._books: dict[str, Book] = {}
        self._files: dict[str, dict[str, Attached]] = {}
        """By book, in the order of attachment."""
        self._uploads: dict[str, UploadSlot] = {}
        self._keys: dict[str, list[str]] = {}
        """External id → books, the oldest first."""

    def __iter__(self) -> Iterator[Book]:
        return iter(sorted(self._books.values(), key=lambda book: book.number))

    def book(self, book_id: str) -> Book | None:
        """Find a book by its id."""
        return self._books.get(book_id.lower())

    def by_external_id(self, external_id: str) -> Book | None:
        """Find the oldest book with an external id."""
        holders = self._keys.get(external_id)
        return self._books[holders[0]] if holders else None

    def files(self, book_id: str) -> tuple[Attached, ...]:
        """List the files of a book in the order of attachment."""
        return tuple(self._files.get(book_id, {}).values())

    def file(self, book_id: str, file_id: str) -> Attached | None:
        """Find a file of a book."""
        return self._files.get(book_id, {}).get(file_id)

    def upload(self, file_id: str) -> UploadSlot | None:
        """Find what was asked to be uploaded under an id."""
        return self._uploads.get(file_id)

    def take_number(self) -> int:
        """Return the number of the next object, once."""
        self.next_number += 1
        return self.next_number - 1

    def put_book(self, book: Book) -> None:
        """Store a book, new or changed."""
        self._place_book(book)
        self._tell(f"book/{book.id}", encode_book(book))

    def put_file(self, file: Attached) -> None:
        """Store a file of a book, new or changed."""
        self._place_file(file)
        self._tell(f"file/{file.book}/{file.id}", encode_attached(file))

    def put_upload(self, upload: UploadSlot) -> None:
        """Store an upload, new or changed."""
        self._place_upload(upload)
        self._tell(f"upload/{upload.id}", _encode_upload(upload))

    def drop_file(self, file: Attached) -> None:
        """Take a file away from its book; it can be attached again."""
        self._files[file.book].pop(file.id)
        self._tell(f"file/{file.book}/{file.id}", None)

    def drop_book(self, book: Book) -> None:
        """Take a book away with its files and uploads."""
        for file in self.files(book.id):
            self.drop_file(file)
        for upload in [upload for upload in self._uploads.values() if upload.book == book.id]:
            del self._uploads[upload.id]
            self._tell(f"upload/{upload.id}", None)
        self._displace_book(book.id)
        self._tell(f"book/{book.id}", None)

    def clear(self) -> None:
        """Take everything away and number again."""
        self._empty(FIRST_NUMBER)
        self._tell(CLEARED, {COUNTER: FIRST_NUMBER})

    def rows(self) -> tuple[dict[str, Json], ...]:
        """Show each book and after it its files."""
        return tuple(row for book in self for row in (encode_book(book), *map(encode_attached, self.files(book.id))))

    def snapshot(self) -> tuple[StoredChange, ...]:
        """Return the fewest commits that rebuild the contents."""
        commits = [StoredChange(CLEARED, {COUNTER: self.next_number})]
        for book in self:
            commits.append(StoredChange(f"book/{book.id}", encode_book(book)))
            commits += [StoredChange(f"file/{book.id}/{file.id}", encode_attached(file)) for file in self.files(book.id)]
        commits += [StoredChange(f"upload/{upload.id}", _encode_upload(upload)) for upload in self._uploads.values()]
        return tuple(commits)

    def replay(self, commits: Iterable[StoredChange]) -> None:
        """Apply commits, telling no one."""
        for commit in commits:
            kind, _, key = commit.key.partition("/")
            if kind == CLEARED:
                self._empty(cast("int", (commit.value or {})[COUNTER]))
            elif commit.value is None:
                self._forget(kind, key)
            elif kind == "book":
                self._place_book(decode_book(commit.value))
            elif kind == "file":
                self._place_file(Attached(**commit.value))  # type: ignore[arg-type]  # as `encode_attached` gave it
            else:
                self._place_upload(UploadSlot(**commit.value))  # type: ignore[arg-type]  # as `_encode_upload` gave it

    def _forget(self, kind: str, key: str) -> None:
        if kind == "book" and key in self._books:
            self._displace_book(key)
        elif kind == "file":
            book_id, _, file_id = key.partition("/")
            self._files.get(book_id, {}).pop(file_id, None)
        else:
            self._uploads.pop(key, None)

    def _place_book(self, book: Book) -> None:
        before = self._books.get(book.id)
        self._books[book.id] = book
        if before is None or before.external_id != book.external_id:
            self._unlink(before)
            if book.external_id is not None:
                holders = self._keys.setdefault(book.external_id, [])
                holders.append(book.id)
                holders.sort(key=lambda holder: self._books[holder].number)
        self._count(book.number)

    def _place_file(self, file: Attached) -> None:
        self._files.setdefault(file.book, {})[file.id] = file
        self._count(file.number)

    def _place_upload(self, upload: UploadSlot) -> None:
        self._uploads[upload.id] = upload
        self._count(upload.number)

    def _displace_book(self, book_id: str) -> None:
        self._unlink(self._books.pop(book_id))
        self._files.pop(book_id, None)

    def _unlink(self, book: Book | None) -> None:
        if book is not None and book.external_id is not None:
            self._keys[book.external_id].remove(book.id)

    def _count(self, number: int) -> None:
        self.next_number = max(self.next_number, number + 1)

    def _empty(self, next_number: int) -> None:
        self._books.clear()
        self._files.clear()
        self._uploads.clear()
        self._keys.clear()
        self.next_number = next_number

    def _tell(self, key: str, value: dict[str, Json] | None) -> None:
        if self.listener is not None:
            self.listener(StoredChange(key, value))


def _encode_upload(upload: UploadSlot) -> dict[str, Json]:
    return cast("dict[str, Json]", asdict(upload))
