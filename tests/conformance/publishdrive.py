"""PublishDrive on show: titles that declare all it can hold, and every reading of its documents that the sandbox offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import small
from catalogctl.providers.publishdrive import provider
from catalogctl.providers.publishdrive.sandbox import PublishdriveSandbox, PublishdriveSwitches
from catalogctl.testing.specimen import GONE, Edit, Specimen, Tampering
from conformance.readings import Readings

EPUB = small.epub()
MP3 = small.mp3()
PDF = small.pdf()
JPEG = small.jpeg()

_FILES: Mapping[str, bytes] = {
    "faro.epub": EPUB,
    "faro-2.epub": EPUB + b"2",
    "faro-3.epub": EPUB + b"2",
    "faro.jpg": JPEG,
    "uno.mp3": MP3 + b"1",
    "dos.mp3": MP3 + b"2",
    "tres.mp3": MP3 + b"3",
    "cuatro.mp3": MP3 + b"4",
    "mareas.jpg": JPEG + b"m",
    "sal.pdf": PDF + b"1",
    "sal-cover.pdf": PDF + b"2",
    "faro.pdf": PDF + b"3",
}

FARO: dict[str, Any] = {
    "kind": "title",
    "id": "faro",
    "title": "El faro",
    "subtitle": "Una historia",
    "language": "es",
    "contributors": [{"name": "Ana Ruiz", "role": "author"}, {"name": "Gabriel García Paz", "last_name": "García Paz", "role": "editor"}],
    "publication_date": "2021-03-04",
    "description": "Un faro que se apaga y vuelve.\nUna mujer que lo cuida.",
    "subjects": {"bisac": ["FIC019000"]},
    "keywords": ["mar"],
    "editions": {
        "epub": {
            "format": "epub",
            "external_id": "key-faro",
            "isbn": "9781234567897",
            "prices": {"USD": "9.90", "EUR": "8.00"},
            "files": {"content": "faro.epub", "cover": "faro.jpg"},
            "publish": {
                "store": {
                    "published": True,
                    "territories": ["ES", "AR"],
                    "final_version": True,
                    "copyright": "SELF",
                    "ebook_details": {"page_count": 240, "kdp_enrolled": False, "published_on_amazon": True},
                }
            },
        }
    },
}
MAREAS: dict[str, Any] = {
    "kind": "title",
    "id": "mareas",
    "title": "Las mareas",
    "language": "es",
    "contributors": [{"name": "Ana Ruiz", "role": "author"}, {"name": "Luz", "role": "narrator"}],
    "publication_date": "2022-09-01",
    "description": "Suben y bajan.",
    "subjects": {"bisac": ["FIC019000"]},
    "editions": {
        "audio": {
            "format": "audiobook",
            "external_id": "key/mareas",
            "prices": {"USD": "19.95"},
            "files": {"cover": "mareas.jpg"},
            "tracks": [
                {"id": "uno", "title": "Introducción", "file": "uno.mp3"},
                {"id": "dos", "title": "Dos", "file": "dos.mp3"},
            ],
            "publish": {
                "store": {"published": True, "territories": ["ALL"], "final_version": True, "audio_details": {"audio_edition": "UBR"}}
            },
        }
    },
}
SAL: dict[str, Any] = {
    "kind": "title",
    "id": "sal",
    "title": "Sal",
    "language": "es",
    "contributors": [{"name": "Ana Ruiz", "role": "author"}],
    "publication_date": "2020-01-02",
    "description": "Sal.",
    "subjects": {"bisac": ["FIC019000"]},
    "editions": {
        "paper": {
            "format": "print",
            "external_id": "key-sal",
            "isbn": "9780306406157",
            "prices": {"USD": "29.00"},
            "pages": 200,
            "files": {"content": "sal.pdf"},
            "publish": {
                "store": {
                    "published": True,
                    "final_version": True,
                    "territories": ["ALL"],
                    "pod_details": {
                        "trim_size_id": 3,
                        "binding_type": "PAPERBACK",
                        "cover_laminate_type": "GLOSS",
                        "interior_color_type": "B&W",
                        "paper_color_type": "CREAM",
                    },
                    "files": {"pod_cover": "sal-cover.pdf"},
                }
            },
        }
    },
}

_TRACKS: tuple[Mapping[str, str], ...] = (
    {"id": "uno", "title": "Introducción", "file": "uno.mp3"},
    {"id": "dos", "title": "Dos", "file": "dos.mp3"},
)


def _faro(attribute: str, fields_: Mapping[str, Any], **more: Any) -> Edit:
    return Edit("book/faro.epub", attribute, fields_, **more)


def _mareas(address: str, attribute: str, *tracks: Mapping[str, str], **more: Any) -> Edit:
    return Edit(address, attribute, {"editions.audio.tracks": [dict(track) for track in tracks]}, **more)


_ON = "editions.epub.publish.store"
_HEARD = "editions.audio.publish.store"
_PAPER_ON = "editions.paper.publish.store"
_UNO, _DOS = _TRACKS

EDITS = (
    _faro("title", {"title": "El faro apagado"}),
    _faro("subtitle", {"subtitle": "Otra historia"}),
    _faro("language", {"language": "pt"}),
    _faro("description", {"description": "Otra cosa."}),
    _faro("contributor", {"contributors": [{"name": "Luz Paz", "role": "author"}, {"name": "Ana Ruiz", "role": "editor"}]}),
    _faro("category", {"subjects": {"bisac": ["FIC019000", "FIC014000"]}}),
    _faro("keyword", {"keywords": ["mar", "faros"]}),
    _faro("isbn", {"editions.epub.isbn": "9780948999055"}),
    _faro("sale_territory", {f"{_ON}.territories": ["ALL"]}),
    _faro("publication_date", {"publication_date": "2021-03-05"}),
    _faro("price", {"editions.epub.prices": {"USD": "8.50", "GBP": "7.00"}}),
    _faro("page_count", {f"{_ON}.ebook_details.page_count": 241}),
    _faro("kdp_enrolled", {f"{_ON}.ebook_details.kdp_enrolled": True}),
    _faro("published_on_amazon", {f"{_ON}.ebook_details.published_on_amazon": False}),
    _faro("external_id", {"editions.epub.external_id": "key-faro-2"}),
    Edit("file/faro.epub/ebook_content", "file", {"editions.epub.files.content": "faro-2.epub"}, also=frozenset({"filename"})),
    Edit("file/faro.epub/ebook_content", "filename", {"editions.epub.files.content": "faro-3.epub"}),
    _mareas("chapters/mareas.audio", "titles", {**_UNO, "title": "Uno"}, _DOS),
    _mareas("chapters/mareas.audio", "ascii_titles", {**_UNO, "title": "Úno"}, _DOS, also=frozenset({"titles"})),
    _mareas("chapters/mareas.audio", "files", {**_DOS, "title": "Úno"}, {**_UNO, "title": "Dos"}),
    _mareas(
        "file/mareas.audio/audio_content/dos",
        "file",
        {**_DOS, "file": "tres.mp3", "title": "Úno"},
        {**_UNO, "title": "Dos"},
        also=frozenset({"filename"}),
    ),
    Edit("book/sal.paper", "trim_size_id", {f"{_PAPER_ON}.pod_details.trim_size_id": 4}),
    _faro("subtitle", {"subtitle": GONE}),
    _faro("keyword", {"keywords": GONE}),
    _faro("isbn", {"editions.epub.isbn": GONE}),
    Edit("publication/faro.epub", "published", {f"{_ON}.published": False}),
    _faro("final_version", {f"{_ON}.final_version": False}),
    _faro("final_version", {f"{_ON}.final_version": True}),
    _faro("final_version", {f"{_ON}.final_version": GONE}),
    _faro(
        "format",
        {
            "editions.epub.format": "print",
            "editions.epub.isbn": "9780948999055",
            "editions.epub.files": {"content": "faro.pdf"},
            f"{_ON}.ebook_details": GONE,
        },
    ),
)
_OPEN_EDITS = (
    _faro("copyright", {f"{_ON}.copyright": "HEIRS"}),
    Edit("book/mareas.audio", "audio_edition", {f"{_HEARD}.audio_details.audio_edition": "ABR"}),
    Edit("book/sal.paper", "binding_type", {f"{_PAPER_ON}.pod_details.binding_type": "HARDCOVER"}),
    Edit("book/sal.paper", "cover_laminate_type", {f"{_PAPER_ON}.pod_details.cover_laminate_type": "MATTE"}),
    Edit("book/sal.paper", "interior_color_type", {f"{_PAPER_ON}.pod_details.interior_color_type": "COLOR"}),
    Edit("book/sal.paper", "paper_color_type", {f"{_PAPER_ON}.pod_details.paper_color_type": "WHITE"}),
)
"""What only a service takes that takes more values than its documents show."""

_ONE_BOOK = "an object is part of the book that it was made for"
_UNEDITED: Mapping[str, str] = {
    "file.book": _ONE_BOOK,
    "file.role": "a file with another role has another address",
    "chapters.book": _ONE_BOOK,
    "publication.book": _ONE_BOOK,
}
_ONE_VALUE: Mapping[str, str] = {f"book.{edit.attribute}": "the documents show one value" for edit in _OPEN_EDITS}

_ALSO_SHOWN = frozenset(
    {
        *(f"{name}: null" for name in "subtitle isbn titleAscii chapters ebookDetails audioDetails podDetails".split()),
        *(f"{name}: nothing" for name in "hashSha256 titleAscii pageCount kdpEnrolled publishedOnAmazon audioEdition trimSizeId".split()),
        *(f"{name}: nothing" for name in "bindingType coverLaminateType interiorColorType paperColorType".split()),
    }
)
_ELSEWHERE = frozenset(
    {
        "retry_after=none",
        "signed_headers",
        "create_external_id=ignored",
        "ebook_cover_role=cover",
        "lists_in_patch=merges",
        "territory_codes=alpha_3",
    }
)
"""Readings under which an apply may not succeed at all, since no one says how long to wait or what an upload must carry, a book may not
keep the key that it was given, a list may not lose an item, or a country may have another word: they have tests of their own."""

_READINGS = Readings(
    usual=PublishdriveSwitches(),
    others={
        "url_lifetime_seconds": (60,),
        "review_seconds": (0.0,),
        "deletable": (("draft", "withdrawn", "published", "in_review", "action_needed"),),
        "rate_limit": (20,),
    },
    together={"retry_after": {"rate_limit": 20}, "review": {"review_seconds": 0.0}},
    elsewhere=_ELSEWHERE,
)


class _Tampered(PublishdriveSandbox):
    """The service, of which one chapter's title can be changed without saying its file again."""

    def edit(self, key: str, **changes: object) -> None:
        title = changes.pop("first_title", None)
        if title is not None:
            row = next(row for row in self.rows() if row["id"] == key)
            first, *others = cast("list[dict[str, object]]", row["chapters"])
            changes["chapters"] = [{**first, "title": title}, *others]
        super().edit(key, **changes)


def specimen(**switches: Any) -> Specimen:
    is_open = switches.get("enums") == "open"
    return Specimen(
        provider=provider,
        emulator=lambda clock: _Tampered(PublishdriveSwitches(**switches), clock=clock),
        titles={"faro": FARO, "mareas": MAREAS, "sal": SAL},
        edits=(*_OPEN_EDITS, *EDITS) if is_open else EDITS,
        unedited=_UNEDITED if is_open else {**_UNEDITED, **_ONE_VALUE},
        tampering=(
            Tampering("book/faro.epub", "title", {"title": "El faro (¡oferta!)"}),
            Tampering("book/faro.epub", "price", {"price": [{"currency": "USD", "price": 1}, {"currency": "EUR", "price": 8}]}),
            Tampering("file/faro.epub/ebook_cover", "filename", {"filename": "otra.jpg"}),
            Tampering("chapters/mareas.audio", "titles", {"first_title": "Introito ó así"}),
            Tampering("publication/faro.epub", "published", {"status": "draft"}),
        ),
        also_shown=_ALSO_SHOWN,
        foreign=({"externalId": "key-unmanaged", "title": "Made by hand"}, {"title": "Without a key"}),
        files=_FILES,
    )


def variants() -> dict[str, Specimen]:
    """Give the specimen by the switch that is not at its default, one at a time."""
    return _READINGS.variants(specimen)
