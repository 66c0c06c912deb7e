"""The form of a new file: what the document demands of it, and the file that the store makes of it.

Chosen where the document is silent: a label needs something behind `distribution:`; `file` and `type` come once; fields of
other names are taken and ignored; the EPUB version is read from the package inside, and is 3 where there is none to read.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from hashlib import sha1
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from catalogctl.provider.emulation import Json
from catalogctl.providers.openpublishing.sandbox.answers import RequestRefused
from catalogctl.providers.openpublishing.sandbox.multipart import FormField, Malformed, parts
from catalogctl.providers.openpublishing.sandbox.product import EPUB, LABEL_PREFIX, TYPES, StoredFile, mime_type
from catalogctl.providers.openpublishing.sandbox.switches import OpenPublishingSwitches

_NORMALISED, _EXTRACTED = b"normalised:", b"extract:"
_LARGEST_PACKAGE = 10_000_000
"""Bytes of an EPUB's package document beyond which it is not read."""
_PACKAGE_VERSION = re.compile(rb"<(?:\w+:)?package\b[^>]*?\sversion\s*=\s*[\"'](\d+)")


@dataclass(frozen=True, slots=True)
class Upload:
    """One accepted form."""

    type: str
    labels: tuple[str, ...]
    """As sent, each once."""
    file_name: str
    data: bytes
    content_type: str | None
    ignored: tuple[str, ...]
    """Names of fields that mean nothing here, sorted."""


def judge(content_type: str, body: bytes, switches: OpenPublishingSwitches) -> Upload:
    """Judge a form by the document. Raises Refused: 400 for what is no form, 422 for a field that is not as it should be."""
    try:
        found = parts(content_type, body)
        kinds = [part.text for part in found if part.name == "type"]
        fields = [part.text for part in found if part.name == "labels"]
    except Malformed as problem:
        raise RequestRefused(400, "request::malformed", f"{problem}.".capitalize()) from None
    said = fields[-1:] if switches.labels_in == "commas" else fields
    labels = said if switches.labels_in == "fields" else [label for field in said for label in field.split(",")]
    file = _only_file(found)
    if len(kinds) != 1:
        raise RequestRefused(422, "product_files::type_missing", "The type of the file is required, once.")
    if kinds[0] not in TYPES:
        raise RequestRefused(422, "product_files::type_invalid", "There is no such type of file.", type=kinds[0])
    return Upload(
        type=kinds[0],
        labels=tuple(dict.fromkeys(_judged_label(label.strip()) for label in labels if label.strip())),
        file_name=file.file_name or "",
        data=file.data,
        content_type=file.content_type,
        ignored=tuple(sorted({part.name for part in found} - {"file", "type", "labels"})),
    )


def stored(upload: Upload, number: int, product: int, timestamp: int, switches: OpenPublishingSwitches) -> StoredFile:
    """Make the file that is kept of an upload."""
    cover = upload.type.startswith("cover_") or upload.type == "ebook_pdf_cover"
    kept = _NORMALISED + upload.data if cover and switches.covers == "normalised" else upload.data
    mime = mime_type(upload.file_name, upload.type, upload.content_type)
    properties: dict[str, Json] = {"epub_version": _epub_version(upload.data)} if mime == EPUB else {}
    return StoredFile(
        id=number,
        product=product,
        type=upload.type,
        labels=upload.labels,
        file_name=upload.file_name,
        mime_type=mime,
        properties=properties,
        sha1=_digest(kept),
        sha1_sent=_digest(upload.data),
        size=len(kept),
        timestamp=timestamp,
    )


def extract(upload: Upload, source: StoredFile, number: int, appears_at: float) -> StoredFile:
    """Make the extract that the service makes of an EPUB."""
    data = _EXTRACTED + upload.data
    return StoredFile(
        id=number,
        product=source.product,
        type="extract",
        file_name=f"{source.file_name.removesuffix('.epub')}-extract.epub",
        mime_type=EPUB,
        properties=source.properties,
        sha1=_digest(data),
        sha1_sent=_digest(data),
        size=len(data),
        timestamp=int(appears_at),
        made_of=source.id,
        appears_at=appears_at,
    )


def _only_file(found: tuple[FormField, ...]) -> FormField:
    files = [part for part in found if part.name == "file"]
    if len(files) != 1 or not files[0].file_name:
        raise RequestRefused(422, "product_files::file_missing", "A file with a name is required, once.")
    if not files[0].data:
        raise RequestRefused(422, "product_files::file_empty", "The file is empty.", file_name=files[0].file_name)
    return files[0]


def _judged_label(label: str) -> str:
    if not label.startswith(LABEL_PREFIX) or label == LABEL_PREFIX:
        raise RequestRefused(422, "product_files::label_invalid", f"A label begins with {LABEL_PREFIX}", label=label)
    return label


def _digest(data: bytes) -> str:
    return sha1(data, usedforsecurity=False).hexdigest()


def _epub_version(data: bytes) -> str:
    try:
        with ZipFile(BytesIO(data)) as archive:
            for entry in archive.infolist():
                if entry.filename.endswith(".opf") and entry.file_size <= _LARGEST_PACKAGE:
                    version = _PACKAGE_VERSION.search(archive.read(entry))
                    return version[1].decode() if version else "3"
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        pass  # what is no EPUB inside is taken nonetheless: the document names no check of contents
    return "3"
