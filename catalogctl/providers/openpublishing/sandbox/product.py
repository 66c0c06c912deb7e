"""A product and one of its files as the emulated store keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha1
from typing import cast

from catalogctl.provider.emulation import Json

TYPES = frozenset(
    (
        "pod_bookblock ebook_pdf ebook_pdf_cover ebook_pdf_bastard_title ebook_epub ebook_mobi ebook_ibook cover_marketing pod_cover_front "
        "pod_cover_back pod_cover dropbox extract screenshot shop_preview audiobook software"
    ).split(),
)
LABEL_PREFIX = "distribution:"
PROPERTIES = tuple(
    (
        "language bisac thema subject_id imprint_id category_id publication_date publication_date_ebook publication_date_book "
        "publication_date_audiobook publication_date_software"
    ).split(),
)
"""What products can be looked for by, beside EAN, title and identifiers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProduct:
    """What hangs together as one title: the owner of files and of distribution switches."""

    id: int
    title: str
    ean: str | None = None
    identifiers: tuple[tuple[str | None, str], ...] = ()
    """(type, value); the type may be unset."""
    properties: dict[str, Json] = field(default_factory=dict)
    """Some of PROPERTIES; a list holds several values."""
    enabled: bool = False
    """The distribution switch for all channels, which overrides none of them."""
    channels: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file of a product; its bytes are not kept."""

    id: int
    product: int
    type: str
    labels: tuple[str, ...] = ()
    """As sent, each once."""
    file_name: str
    mime_type: str
    properties: dict[str, Json] = field(default_factory=dict)
    sha1: str
    """Of the bytes as stored, as `size` is."""
    sha1_sent: str
    """Of the bytes as they were sent."""
    size: int
    timestamp: int
    """Unix time of the upload."""
    validation: Json = None
    """Set from behind: shown in place of what the switch says."""
    made_of: int | None = None
    """The file that the service made this one of; None for what someone uploaded."""
    appears_at: float | None = None
    """Unix time before which it is not there yet; None for what was there at once."""


def encode(stored: StoredProduct | StoredFile) -> dict[str, Json]:
    """Return a product or a file as JSON values."""
    values = asdict(stored)
    if isinstance(stored, StoredProduct):
        values["identifiers"] = [{"type": kind, "value": value} for kind, value in stored.identifiers]
    else:
        values["labels"] = list(stored.labels)
    return cast("dict[str, Json]", values)


def decode_product(values: Mapping[str, Json]) -> StoredProduct:
    """Rebuild a product from `encode`'s JSON values."""
    return StoredProduct(**{**values, "identifiers": _identifiers(values["identifiers"])})  # type: ignore[arg-type]  # `encode`'s own


def decode_file(values: Mapping[str, Json]) -> StoredFile:
    """Rebuild a file from `encode`'s JSON values."""
    return StoredFile(**{**values, "labels": tuple(cast("list[str]", values["labels"]))})  # type: ignore[arg-type]  # `encode`'s own


def shown(file: StoredFile) -> dict[str, Json]:
    """Return a file's row: what is stored of it, less how the service made it."""
    return {key: value for key, value in encode(file).items() if key not in ("made_of", "appears_at")}


def blank_file(number: int, product: int, kind: str, file_name: str | None, timestamp: int) -> StoredFile:
    """Return a file of which nothing else is known. Raises ValueError for an unknown type."""
    digest = sha1(f"file {number}".encode(), usedforsecurity=False).hexdigest()
    name = file_name or f"{kind}-{number}"
    mime = mime_type(name, kind, None)
    return StoredFile(
        id=number,
        product=product,
        type=_known_type(kind),
        file_name=name,
        mime_type=mime,
        properties={"epub_version": "3"} if mime == EPUB else {},
        sha1=digest,
        sha1_sent=digest,
        size=1000,
        timestamp=timestamp,
    )


def edited_product(product: StoredProduct, changes: Mapping[str, object]) -> StoredProduct:
    """Change a product without any of the API's rules; the channels named are set, the others stay.

    Raises:  ValueError for what is no field of a product.
    """
    stored: dict[str, object] = {}
    properties = dict(product.properties)
    for key, value in changes.items():
        match key:
            case "title" | "ean" | "enabled":
                stored[key] = value
            case "identifiers":
                stored[key] = _identifiers(value)
            case "channels":
                stored[key] = {**product.channels, **cast("dict[str, bool]", value)}
            case _ if key in PROPERTIES:
                properties[key] = cast("Json", value)
            case _:
                raise ValueError(f"a product has no {key}")
    return replace(product, properties=properties, **stored)  # type: ignore[arg-type]  # a test's own values, kept as given


def edited_file(file: StoredFile, changes: Mapping[str, object]) -> StoredFile:
    """Change a file without any of the API's rules, by the names of its object or of its row.

    Raises:  ValueError for what is no field of a file, an unknown type among them.
    """
    stored: dict[str, object] = {}
    for key, value in changes.items():
        match key:
            case "file_name" | "mime_type" | "properties" | "sha1" | "sha1_sent" | "size" | "timestamp" | "validation":
                stored[key] = value
            case "file_size":
                stored["size"] = value
            case "labels":
                stored[key] = tuple(cast("list[str]", value))
            case "type":
                stored[key] = _known_type(value)
            case _:
                raise ValueError(f"a file has no {key}")
    return replace(file, **stored)  # type: ignore[arg-type]  # as above


EPUB = "application/epub+zip"
_BY_ENDING = {
    "epub": EPUB,
    "pdf": "application/pdf",
    "mobi": "application/x-mobipocket-ebook",
    "ibooks": "application/x-ibooks+zip",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "m4b": "audio/mp4",
    "zip": "application/zip",
}
_BY_TYPE = {"ebook_epub": EPUB, "ebook_mobi": _BY_ENDING["mobi"], "ebook_ibook": _BY_ENDING["ibooks"]}
_BY_TYPE |= dict.fromkeys(("pod_bookblock", "ebook_pdf", "ebook_pdf_bastard_title"), _BY_ENDING["pdf"])


def mime_type(file_name: str, kind: str, sent: str | None) -> str:
    """Choose a file's MIME type: that of its type, else that of its name's ending, else the one that was sent with it."""
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]
    return _BY_ENDING.get(file_name.rpartition(".")[2].lower()) or sent or "application/octet-stream"


def _known_type(value: object) -> str:
    if not isinstance(value, str) or value not in TYPES:
        raise ValueError(f"{value!r} is no type of file")
    return value


def _identifiers(value: object) -> tuple[tuple[str | None, str], ...]:
    return tuple((one.get("type"), one["value"]) for one in cast("list[dict[str, str]]", value))
