"""Uploading: the request for URLs, the bytes, and what ties a file to its book.

Chosen where the documents are silent: a file id of another book is not found; putting bytes again after the file was
attached changes nothing about the book until they are attached again; only audio content is many files of one role.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from catalogctl.provider.emulation import Json, SandboxRequest, SandboxResponse
from catalogctl.providers.publishdrive.sandbox import storage
from catalogctl.providers.publishdrive.sandbox.answers import RequestRefused, ValueFault, empty, message, problem, storage_error, success
from catalogctl.providers.publishdrive.sandbox.book import Attached, Book, UploadSlot, stamp, uuid_of
from catalogctl.providers.publishdrive.sandbox.codes import AUDIO_CONTENT, SHA256, file_roles
from catalogctl.providers.publishdrive.sandbox.rules import NOT_WRITABLE
from catalogctl.providers.publishdrive.sandbox.shelf import Shelf
from catalogctl.providers.publishdrive.sandbox.switches import PublishdriveSwitches

_UPLOAD_KEYS = ("referenceId", "role", "filename", "hashSha256")
_ATTACH_KEYS = ("filename", "hashSha256")


def request_uploads(
    shelf: Shelf, book: Book, body: Json, request: SandboxRequest, switches: PublishdriveSwitches, now: datetime
) -> SandboxResponse:
    """Answer a request for upload URLs, in its order.

    Raises:  Refused for a body that is none, or that asks for a role which the book's format does not have.
    """
    if not isinstance(body, list):
        raise RequestRefused(problem(request, 422, "The body must be an array."))
    faults = [ValueFault("body", "This must not be empty.")] if not body else []
    faults += [fault for index, row in enumerate(body) for fault in _upload_faults(str(index), row)]
    if faults:
        raise RequestRefused(problem(request, 422, "The body is not valid.", *faults))
    rows = cast("Sequence[Mapping[str, str]]", body)
    wrong = [index for index, row in enumerate(rows) if row["role"] not in file_roles(book.format, switches.ebook_cover_role)]
    if wrong:
        text = "Invalid file role for this book format."
        raise RequestRefused(problem(request, 400, text, *(ValueFault(f"{index}.role", text) for index in wrong)))
    host = request.headers.get("host", "127.0.0.1")
    return success(switches.upload_code, [_permitted(shelf, book, row, host, switches, now) for row in rows])


def put_bytes(shelf: Shelf, request: SandboxRequest, now: datetime) -> SandboxResponse:
    """Answer a request to the storage; of the bytes only their digest and number are kept."""
    refused = storage.refusal(request, now)
    if refused is not None:
        return refused
    upload = shelf.upload(request.path.removeprefix(storage.PREFIX))
    if upload is None:
        return storage_error(404, "NoSuchKey", "The specified key does not exist.")
    shelf.put_upload(replace(upload, sha256=hashlib.sha256(request.body).hexdigest(), size=len(request.body)))
    return empty(200)


def attach(
    shelf: Shelf, book: Book, file_id: str, body: Mapping[str, Json], request: SandboxRequest, switches: PublishdriveSwitches
) -> None:
    """Tie an uploaded file to its book, taking away what it replaces; a file that is attached already stays in its place.

    Raises:  Refused for a file that was never asked for, and for one that is not what was promised or put.
    """
    upload = shelf.upload(file_id.lower())
    if upload is None or upload.book != book.id:
        raise RequestRefused(message(404, "Not found"))
    faults = [*_missing("", body, _ATTACH_KEYS), *(ValueFault(key, NOT_WRITABLE) for key in body if key not in _ATTACH_KEYS)]
    faults += [] if faults else _value_faults("", body)
    if faults:
        raise RequestRefused(problem(request, 400, "The body is not valid.", *faults))
    digest = str(body["hashSha256"]).lower()
    if not digest == upload.promised == upload.sha256 or body["filename"] != upload.filename:
        raise RequestRefused(message(422, "File checksum does not match the uploaded content."))
    known = shelf.file(book.id, upload.id)
    if upload.role != AUDIO_CONTENT and switches.attach_same_role == "replaces":
        for other in shelf.files(book.id):
            if other.role == upload.role and other.id != upload.id:
                shelf.drop_file(other)
    shelf.put_file(
        Attached(
            number=shelf.take_number() if known is None else known.number,
            id=upload.id,
            book=book.id,
            role=upload.role,
            filename=upload.filename,
            sha256=digest,
            size=upload.size or 0,
        )
    )


def _permitted(
    shelf: Shelf, book: Book, row: Mapping[str, str], host: str, switches: PublishdriveSwitches, now: datetime
) -> dict[str, Json]:
    number = shelf.take_number()
    digest = row["hashSha256"].lower()
    upload = UploadSlot(number=number, id=uuid_of(number), book=book.id, role=row["role"], filename=row["filename"], promised=digest)
    shelf.put_upload(upload)
    url, end = storage.presigned(host, upload.id, now, switches.url_lifetime_seconds, switches.signed_headers)
    answer: dict[str, Json] = {"id": upload.id, "url": url, "expiresAt": stamp(end)}
    return answer | {"referenceId": row.get("referenceId")} if switches.reference_echo == "yes" else answer


def _upload_faults(place: str, row: Json) -> Iterator[ValueFault]:
    if not isinstance(row, dict):
        yield ValueFault(place, "This must be an object.")
        return
    yield from _missing(f"{place}.", row, _UPLOAD_KEYS[1:])
    yield from (ValueFault(f"{place}.{key}", NOT_WRITABLE) for key in row if key not in _UPLOAD_KEYS)
    yield from _value_faults(f"{place}.", row)


def _missing(prefix: str, row: Mapping[str, Json], keys: Sequence[str]) -> list[ValueFault]:
    return [ValueFault(f"{prefix}{key}", "This field is required.") for key in keys if key not in row]


def _value_faults(prefix: str, row: Mapping[str, Json]) -> Iterator[ValueFault]:
    for key in _UPLOAD_KEYS:
        value = row.get(key, "x")
        if not isinstance(value, str) or not value.strip():
            yield ValueFault(f"{prefix}{key}", "This must be a string that is not empty.")
        elif key == "hashSha256" and key in row and not SHA256.fullmatch(value):
            yield ValueFault(f"{prefix}{key}", "This must be 64 hexadecimal digits.")
