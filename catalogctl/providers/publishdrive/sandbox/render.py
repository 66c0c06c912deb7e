"""A book as the API shows it: with all its attributes, or as a row of the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import cast

from catalogctl.provider.emulation import Json
from catalogctl.providers.publishdrive.sandbox.book import DETAILS, Attached, Book
from catalogctl.providers.publishdrive.sandbox.switches import PublishdriveSwitches

ATTRIBUTES = (
    "format status title externalId subtitle series language isbn imprint description category keyword copyright saleTerritory "
    "publicationDate isFinalVersion contributor price audience ebookDetails podDetails audioDetails files chapters"
).split()
"""What a book is shown with, in the documents' order."""


def shown_book(book: Book, files: Iterable[Attached], status: str, switches: PublishdriveSwitches) -> dict[str, Json]:
    """Show a book as the `data` of an answer."""
    return {"id": book.id, "type": "book", "attributes": shown_attributes(book, files, status, switches)}


def shown_attributes(book: Book, files: Iterable[Attached], status: str, switches: PublishdriveSwitches) -> dict[str, Json]:
    """Show all attributes of a book."""
    whole: dict[str, Json] = {
        **book.attributes,
        "status": status,
        "files": [_shown_file(file, switches) for file in files],
        "chapters": [cast("Json", asdict(chapter)) for chapter in book.chapters] or None,
    }
    for kind, name in DETAILS.items():
        if kind != book.format and switches.details_when_other_format == "absent":
            del whole[name]
        elif kind != book.format:
            whole[name] = {} if switches.details_when_other_format == "empty" else None
    if switches.no_identifier == "empty":
        whole |= {name: whole[name] or "" for name in ("externalId", "isbn")}
    return {name: whole[name] for name in ATTRIBUTES if name in whole}


def shown_row(book: Book, status: str) -> dict[str, Json]:
    """Show a book as a row of the list."""
    have = book.attributes
    series = have["series"] if isinstance(have["series"], dict) else {}
    attributes: dict[str, Json] = {
        "externalId": book.external_id,
        "format": book.format,
        "title": have["title"],
        "subtitle": have["subtitle"],
        "seriesTitle": series.get("title"),
        "seriesNumber": series.get("number"),
        "productIdentifier": have["isbn"],
        "productIdentifierType": None if have["isbn"] is None else "ISBN",
        "authors": _authors(cast("Sequence[dict[str, Json]]", have["contributor"])),
        "language": have["language"],
        "status": status,
        "createdAt": book.created_at,
        "updatedAt": book.updated_at,
    }
    return {"id": book.id, "type": "book", "attributes": attributes}


def _shown_file(file: Attached, switches: PublishdriveSwitches) -> dict[str, Json]:
    shown: dict[str, Json] = {"id": file.id, "role": file.role, "filename": file.filename, "status": file.status}
    return shown | {"hashSha256": file.sha256} if switches.files_echo_sha256 == "yes" else shown


def _authors(contributors: Sequence[dict[str, Json]]) -> list[Json]:
    return [f"{row['firstName']} {row['lastName']}".strip() for row in contributors if row["role"] == "Author"]
