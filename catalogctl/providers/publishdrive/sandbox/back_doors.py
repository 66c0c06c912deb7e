"""Changes behind everybody's back: none of the API's rules, and keys that name an object by either of its ids."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from catalogctl.providers.publishdrive.sandbox.book import (
    Attached,
    Book,
    as_json,
    edited_attached,
    edited_book,
    sample_attributes,
    stamp,
    uuid_of,
)
from catalogctl.providers.publishdrive.sandbox.codes import FILE_ROLES
from catalogctl.providers.publishdrive.sandbox.shelf import Shelf


def seeded(shelf: Shelf, row: Mapping[str, object], now: datetime) -> None:
    """Store one book around what a row says of it, or one file of the `book` that it names.

    Raises:  ValueError for an unknown field, KeyError for a book that is not there.
    """
    number = shelf.take_number()
    own_id = str(row.get("id", uuid_of(number))).lower()
    given = {key: value for key, value in row.items() if key not in ("id", "book")}
    if "book" in row:
        blank = _blank_file(number, own_id, _book(shelf, str(row["book"])))
        shelf.put_file(edited_attached(blank, given))
    else:
        attributes = sample_attributes(number, as_json({"format": given.get("format", "ebook")}))
        blank_book = Book(number=number, id=own_id, created_at=stamp(now), updated_at=stamp(now), attributes=attributes)
        shelf.put_book(edited_book(blank_book, given))


def edited(shelf: Shelf, key: str, changes: Mapping[str, object], now: datetime) -> None:
    """Change the object of a key. Raises KeyError where there is none, ValueError for an unknown field."""
    match _object(shelf, key):
        case Book() as book:
            changed = edited_book(book, changes)
            shelf.put_book(changed if "updatedAt" in changes else replace(changed, updated_at=stamp(now)))
        case Attached() as file:
            shelf.put_file(edited_attached(file, changes))


def removed(shelf: Shelf, key: str) -> None:
    """Take the object of a key away. Raises KeyError where there is none."""
    match _object(shelf, key):
        case Book() as book:
            shelf.drop_book(book)
        case Attached() as file:
            shelf.drop_file(file)


def _object(shelf: Shelf, key: str) -> Book | Attached:
    """Find a book first, since its key may have a slash, and then `BOOK/FILE`."""
    book = _find(shelf, key)
    if book is not None:
        return book
    owner, _, file_id = key.rpartition("/")
    file = shelf.file(_book(shelf, owner).id, file_id) if owner and _find(shelf, owner) else None
    if file is None:
        raise KeyError(key)
    return file


def _book(shelf: Shelf, key: str) -> Book:
    book = _find(shelf, key)
    if book is None:
        raise KeyError(key)
    return book


def _find(shelf: Shelf, key: str) -> Book | None:
    return shelf.by_external_id(key) or shelf.book(key)


def _blank_file(number: int, own_id: str, book: Book) -> Attached:
    role, nothing = FILE_ROLES[book.format][0], hashlib.sha256(b"").hexdigest()
    return Attached(number=number, id=own_id, book=book.id, role=role, filename=f"file-{number}", sha256=nothing, size=0)
