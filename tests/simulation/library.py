"""The catalogs that the simulator declares: a few small titles, what can be edited in them, and their documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, assert_never

import small

Library = tuple["Work", ...]

EPUB = small.epub()
MP3 = small.mp3()
JPEG = small.jpeg()
VARIANTS = 4
"""Contents that a file can have."""
FILES: Mapping[str, bytes] = {
    f"files/{number}/{name}": start + str(number).encode()
    for number in range(VARIANTS)
    for name, start in (
        ("book.epub", EPUB),
        ("cover.jpg", JPEG),
        ("sound.mp3", MP3),
        *((f"part-{part}.mp3", MP3 + bytes([part])) for part in range(10)),
    )
}
"""Every local file that a title can mention: the same names in several folders, with other bytes in each."""
FIRST_PRODUCT = 4711


class Store(StrEnum):
    """The accounts, each of another provider."""

    PUBLICALA = "publicala"
    PUBLISHDRIVE = "publishdrive"
    OPENPUBLISHING = "openpublishing"


@dataclass(frozen=True, slots=True)
class Part:
    """One track of an audiobook."""

    id: int
    title: int
    """Which wording of its title."""
    file: int
    """Which of the contents that its file can have."""


@dataclass(frozen=True, slots=True)
class Work:
    """One title; every number but its own says which of several values a field has."""

    number: int
    title: int = 0
    price: int = 0
    file: int = 0
    cover: int = 0
    key: int = 0
    book: bool = True
    """Whether it has an EPUB edition."""
    audio: bool = False
    """Whether it has an audiobook of tracks."""
    sound: bool = False
    """Whether it has an audiobook of one file, which only one of the stores sells in that form."""
    parts: tuple[Part, ...] = ()
    published: bool = True
    enabled: bool = False
    newer: bool = False
    """Whether its EPUB edition is written by the newer of a store's two APIs."""


class Change(StrEnum):
    """What can be edited."""

    RETITLE = "another title"
    REPRICE = "another price"
    REFILE = "another content file"
    RECOVER = "another cover"
    REKEY = "another external id"
    PUBLISH = "published or not"
    ENABLE = "distributed or not"
    ADD_PART = "one more track"
    DROP_PART = "one track fewer"
    MOVE_PART = "the tracks in another order"
    RETITLE_PART = "another title of a track"
    REFILE_PART = "another file of a track"
    BOOK = "an EPUB edition, or none"
    AUDIO = "an audiobook, or none"
    SOUND = "an audiobook of one file, or none"
    ADD_TITLE = "one more title"
    DROP_TITLE = "one title fewer"


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: which title and which of its parts is found by counting round what there is."""

    change: Change
    title: int
    pick: int

    def __str__(self) -> str:
        return f"{self.change.value} (title {self.title}, {self.pick})"


def edited(library: Library, edit: Edit) -> Library:
    """Give the library as an edit leaves it; what it cannot be done to stays as it is, and one title is always left."""
    place = edit.title % len(library)
    work = library[place]
    match edit.change:
        case Change.ADD_TITLE:
            return (*library, fresh(max(one.number for one in library) + 1, edit.pick))
        case Change.DROP_TITLE:
            return (*library[:place], *library[place + 1 :]) if len(library) > 1 else library
        case _:
            return (*library[:place], _changed(work, edit.change, edit.pick), *library[place + 1 :])


def fresh(number: int, pick: int) -> Work:
    """Make a title; `pick` says of what kind."""
    parts = tuple(Part(part, 0, 0) for part in range(pick % 5))
    return Work(number, book=pick % 3 != 1, audio=bool(parts), sound=pick % 4 == 1, parts=parts, newer=pick % 2 == 1)


def _changed(work: Work, change: Change, pick: int) -> Work:
    match change:
        case Change.RETITLE:
            return replace(work, title=work.title + 1)
        case Change.REPRICE:
            return replace(work, price=work.price + 1)
        case Change.REFILE:
            return replace(work, file=_other(work.file, pick))
        case Change.RECOVER:
            return replace(work, cover=_other(work.cover, pick))
        case Change.REKEY:
            return replace(work, key=work.key + 1)
        case Change.PUBLISH:
            return replace(work, published=not work.published)
        case Change.ENABLE:
            return replace(work, enabled=not work.enabled)
        case Change.BOOK:
            return replace(work, book=not work.book)
        case Change.AUDIO:
            return replace(work, audio=not work.audio, parts=work.parts or (Part(0, 0, 0),))
        case Change.SOUND:
            return replace(work, sound=not work.sound)
        case Change.ADD_PART | Change.DROP_PART | Change.MOVE_PART | Change.RETITLE_PART | Change.REFILE_PART:
            return replace(work, parts=_reparted(work.parts, change, pick))
        case Change.ADD_TITLE | Change.DROP_TITLE:
            return work
        case _:
            assert_never(change)


def _reparted(parts: tuple[Part, ...], change: Change, pick: int) -> tuple[Part, ...]:
    place = pick % max(len(parts), 1)
    before, after = parts[:place], parts[place + 1 :]
    if change is Change.ADD_PART:
        used = {part.id for part in parts}
        free = [number for number in range(10) if number not in used]
        return (*parts[:place], Part(free[pick % len(free)], 0, 0), *parts[place:])
    if len(parts) < 2 and change is not Change.RETITLE_PART and change is not Change.REFILE_PART:
        return parts
    if not parts:
        return parts
    one = parts[place]
    match change:
        case Change.DROP_PART:
            return (*before, *after)
        case Change.MOVE_PART:
            return (one, *before, *after) if place else (*after, one)
        case Change.RETITLE_PART:
            return (*before, replace(one, title=one.title + 1), *after)
        case _:
            return (*before, replace(one, file=_other(one.file, pick)), *after)


def _other(value: int, pick: int) -> int:
    return (value + 1 + pick % (VARIANTS - 1)) % VARIANTS


def title_of(work: Work) -> str:
    """Give the name of a title."""
    return f"Obra {work.number}, versión {work.title}"


def has_book(work: Work, stores: frozenset[Store]) -> bool:
    """Whether a title has an EPUB edition: it also has where it would have no other on some store."""
    heard = work.audio and bool(work.parts)
    return work.book or not all(work.sound if store is Store.OPENPUBLISHING else heard for store in stores)


def document(work: Work, stores: frozenset[Store]) -> dict[str, Any]:
    """Give the document that declares a title on some stores, which is on each of them: a catalog of nothing is refused."""
    editions: dict[str, Any] = {}
    sold = {Store.PUBLICALA, Store.PUBLISHDRIVE}
    if has_book(work, stores):
        editions["book"] = {
            "format": "epub",
            "external_id": f"key-{work.number}-{work.key}",
            "prices": {"USD": f"{5 + work.price}.90"},
            "files": {"content": f"files/{work.file}/book.epub", "cover": f"files/{work.cover}/cover.jpg"},
            "publish": {store.value: _options(store, work) for store in sorted(stores)},
        }
    if work.audio and work.parts and stores & sold:
        editions["audio"] = {
            "format": "audiobook",
            "external_id": f"audio-{work.number}-{work.key}",
            "prices": {"USD": f"{9 + work.price}.50"},
            "files": {"cover": f"files/{work.cover}/cover.jpg"},
            "tracks": [
                {"id": f"p{part.id}", "title": f"Parte {part.id}.{part.title}", "file": f"files/{part.file}/part-{part.id}.mp3"}
                for part in work.parts
            ],
            "publish": {store.value: _heard(store, work) for store in sorted(stores & sold)},
        }
    if work.sound and Store.OPENPUBLISHING in stores:
        editions["sound"] = {
            "format": "audiobook",
            "files": {"content": f"files/{work.file}/sound.mp3"},
            "publish": {Store.OPENPUBLISHING.value: {"product": FIRST_PRODUCT + work.number, "labels": ["distribution:library"]}},
        }
    return {
        "kind": "title",
        "id": f"t{work.number}",
        "title": title_of(work),
        "language": "es",
        "contributors": [{"name": "Ana Ruiz", "role": "author"}, {"name": "Luz Paz", "role": "narrator"}],
        "publication_date": "2021-03-04",
        "description": "Una mujer que cuida un faro.",
        "subjects": {"bisac": ["FIC019000"]},
        "editions": editions,
    }


def _options(store: Store, work: Work) -> dict[str, Any]:
    match store:
        case Store.PUBLICALA:
            return {"content_api": "v3", "price_windows": []} if work.newer else {}
        case Store.PUBLISHDRIVE:
            return {"published": work.published, "territories": ["ALL"], "final_version": True, "copyright": "SELF"}
        case Store.OPENPUBLISHING:
            product = FIRST_PRODUCT + work.number
            return {"product": product, "labels": ["distribution:retail"], "distribution": {"enabled": work.enabled}}
        case _:
            assert_never(store)


def _heard(store: Store, work: Work) -> dict[str, Any]:
    if store is Store.PUBLICALA:
        return {"price_windows": []}
    return {"published": work.published, "territories": ["ALL"], "final_version": True, "audio_details": {"audio_edition": "UBR"}}
