"""One book, one file of a book, and one permission to upload, as the emulated service keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import cast
from uuid import UUID, uuid5

import orjson

from catalogctl.provider.emulation import Json
from catalogctl.providers.publishdrive.sandbox.codes import NARRATOR, isbn_check_digit

_NAMESPACE = UUID("9f0c1a52-8f65-4c0e-9d6f-3b1d5a7e2c44")
WRITABLE = (
    "format title subtitle language description category keyword copyright saleTerritory publicationDate contributor price isbn "
    "audioDetails ebookDetails podDetails isFinalVersion externalId"
).split()
UNTOLD = ("series", "imprint", "audience")
"""Attributes that answers show and whose way in is documented nowhere."""
DETAILS: Mapping[str, str] = {"ebook": "ebookDetails", "print": "podDetails", "audio": "audioDetails"}
DEFAULT_DETAILS: Mapping[str, Mapping[str, Json] | None] = {
    "ebook": {"pageCount": 0, "kdpEnrolled": False, "publishedOnAmazon": False},
    "print": None,
    "audio": {"audioEdition": "UBR"},
}
_DEFAULT_IMPRINT: Mapping[str, Json] = {"id": 1, "name": "Independent Imprint"}


@dataclass(frozen=True, slots=True)
class Chapter:
    """One row of an audiobook's contents."""

    sequence: int
    fileId: str  # noqa: N815 -- the API's names
    title: str
    titleAscii: str | None = None  # noqa: N815


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Everything stored of one book but its files."""

    number: int
    """What its id is made from; the order of creation."""
    id: str
    status: str = "draft"
    """As it was last set; the end of a review is not in it."""
    submitted_at: str | None = None
    """When the review began, ISO 8601 in UTC; None where none is under way."""
    created_at: str
    updated_at: str
    attributes: Mapping[str, Json]
    """By the API's names, each of `WRITABLE` and `UNTOLD`."""
    chapters: tuple[Chapter, ...] = ()
    """By rising sequence."""

    @property
    def format(self) -> str:
        """Its format."""
        return str(self.attributes["format"])

    @property
    def external_id(self) -> str | None:
        """The client's key."""
        return cast("str | None", self.attributes["externalId"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """One file of a book."""

    number: int
    """Its place in `files`, counted over all books."""
    id: str
    book: str
    role: str
    filename: str
    sha256: str
    size: int
    """Bytes."""
    status: str = "processed"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadSlot:
    """One permission to upload, and what came of it."""

    number: int
    id: str
    book: str
    role: str
    filename: str
    promised: str
    """The SHA-256 that the request named, in lower case."""
    sha256: str | None = None
    """Of the bytes that were last put there; None before."""
    size: int | None = None


def uuid_of(number: int) -> str:
    """Make the id of the object with this number."""
    return str(uuid5(_NAMESPACE, str(number)))


def stamp(moment: datetime) -> str:
    """Write an instant as the API does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def completed(values: Mapping[str, Json]) -> dict[str, Json]:
    """Return all attributes of a book from those that its client sent, the service's defaults for the others."""
    blank: dict[str, Json] = dict.fromkeys((*WRITABLE, *UNTOLD))
    blank |= {"keyword": [], "isFinalVersion": False, "imprint": dict(_DEFAULT_IMPRINT)}
    whole = blank | dict(values)
    kind = str(whole["format"])
    if kind in DETAILS:
        whole[DETAILS[kind]] = with_default_details(kind, whole[DETAILS[kind]])
    return whole


def with_default_details(kind: str, details: Json) -> Json:
    """Fill what is not in a format's details."""
    defaults = DEFAULT_DETAILS[kind]
    return details if defaults is None else {**defaults, **cast("dict[str, Json]", details or {})}


def sample_attributes(number: int, given: Mapping[str, Json]) -> dict[str, Json]:
    """Make a valid draft's attributes around the given ones."""
    stem = f"978{number % 10**9:09}"
    contributors: list[Json] = [{"firstName": "Ada", "lastName": "Example", "role": "Author"}]
    kind = given.get("format", "ebook")
    if kind == "audio":
        contributors.append({"firstName": "Nora", "lastName": "Example", "role": NARRATOR})
    sample: dict[str, Json] = {
        "format": kind,
        "title": f"Book {number}",
        "language": ["EN"],
        "description": f"About book {number}.",
        "category": ["FIC002000"],
        "copyright": "SELF",
        "saleTerritory": ["ALL"],
        "publicationDate": "2020-01-01",
        "contributor": contributors,
        "price": [{"currency": "USD", "price": 9.99}],
        "isbn": f"{stem}{isbn_check_digit(stem)}" if kind == "print" else None,
    }
    return completed(sample | dict(given))


def encode_book(book: Book) -> dict[str, Json]:
    """Return a book as a row, by the API's names."""
    return {
        "id": book.id,
        "number": book.number,
        **book.attributes,
        "status": book.status,
        "chapters": [cast("Json", asdict(chapter)) for chapter in book.chapters],
        "submittedAt": book.submitted_at,
        "createdAt": book.created_at,
        "updatedAt": book.updated_at,
    }


def decode_book(row: Mapping[str, Json]) -> Book:
    """Rebuild a book from `encode_book`'s row."""
    return Book(
        number=cast("int", row["number"]),
        id=str(row["id"]),
        status=str(row["status"]),
        submitted_at=cast("str | None", row["submittedAt"]),
        created_at=str(row["createdAt"]),
        updated_at=str(row["updatedAt"]),
        attributes={name: row[name] for name in (*WRITABLE, *UNTOLD)},
        chapters=decode_chapters(row["chapters"]),
    )


def decode_chapters(rows: Json) -> tuple[Chapter, ...]:
    """Rebuild chapters from their rows, in any order.

    Raises:  TypeError for rows that are no chapters'.
    """
    chapters = [Chapter(**cast("dict[str, object]", row)) for row in cast("list[Json]", rows or [])]  # type: ignore[arg-type]  # rows of our own, or a test's
    return tuple(sorted(chapters, key=lambda chapter: chapter.sequence))


def encode_attached(file: Attached) -> dict[str, Json]:
    """Return a book's file as a row."""
    return cast("dict[str, Json]", asdict(file))


def edited_book(book: Book, changes: Mapping[str, object]) -> Book:
    """Change a book without any of the API's rules; a status set so starts no review.

    Raises:  ValueError for a key that no book has, TypeError for what is no JSON.
    """
    row = encode_book(book)
    given = as_json(changes)
    unknown = given.keys() - row.keys()
    fixed = given.keys() & {"id", "number"}
    if unknown or fixed:
        raise ValueError(f"a book has no {min(unknown)}" if unknown else f"{min(fixed)} cannot be edited")
    if "status" in given:
        row["submittedAt"] = None
    return decode_book({**row, **given})


def edited_attached(file: Attached, changes: Mapping[str, object]) -> Attached:
    """Change a file without any of the API's rules.

    Raises:  ValueError for a key that no file has, TypeError for what is no JSON.
    """
    given = as_json(changes)
    if "hashSha256" in given:
        given["sha256"] = given.pop("hashSha256")
    for key in sorted(given.keys() - {"role", "filename", "sha256", "size", "status"}):
        raise ValueError(f"a file has no {key}" if key not in encode_attached(file) else f"{key} cannot be edited")
    return replace(file, **given)  # type: ignore[arg-type]  # a test's own values, kept as given


def as_json(values: Mapping[str, object]) -> dict[str, Json]:
    """Return values as JSON has them. Raises TypeError for what it has not."""
    return cast("dict[str, Json]", orjson.loads(orjson.dumps(dict(values))))
