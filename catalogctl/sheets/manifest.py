"""Manifests of audiobooks → tracks: those of W3C, of Readium and of OverDrive."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import orjson

from catalogctl.config.documents import Documents
from catalogctl.config.schema import codes
from catalogctl.config.syntax.scalars import CodeError
from catalogctl.model.diagnostics import CatalogError, SourceRange, error
from catalogctl.query.view import EditionView
from catalogctl.sheets.compare import Comparison, FieldEdit, NewEdition, slug

LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a manifest."""
_MOST: Final = 10_000
"""Tracks of an audiobook."""


@dataclass(frozen=True, slots=True)
class ManifestTrack:
    """One audio file of a manifest."""

    title: str
    file: str
    """As the manifest names it: an https URL, or a path relative to the manifest."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says of an audiobook; empty where it says nothing."""

    form: str
    """W3C, Readium or OverDrive."""
    title: str
    language: str
    isbn: str
    people: tuple[tuple[str, str], ...]
    """Names with their roles."""
    tracks: tuple[ManifestTrack, ...]


def read_manifest(data: bytes, file: str) -> Manifest:
    """Read a manifest.

    Raises:  CatalogError (manifest-unreadable).
    """
    if len(data) > LARGEST:
        raise _unreadable(file, f"It has more than {LARGEST:,} bytes.")
    try:
        said = orjson.loads(data)
    except orjson.JSONDecodeError as wrong:
        raise _unreadable(file, f"It is no JSON: {wrong}.") from None
    if not isinstance(said, dict):
        raise _unreadable(file, "It is JSON, but no manifest.")
    if isinstance(said.get("spine"), list):
        manifest = _overdrive(said)
    elif isinstance(said.get("metadata"), dict):
        manifest = _readium(said)
    else:
        manifest = _w3c(said)
    if not manifest.tracks:
        raise _unreadable(file, "It names no audio file in its reading order.")
    if len(manifest.tracks) > _MOST:
        raise _unreadable(file, f"It names {len(manifest.tracks):,} audio files.")
    return manifest


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a manifest is, and where titles go."""

    file: str
    """As it was named."""
    folder: str
    """Of new titles, relative to the project folder."""
    beside: Callable[[str], str]
    """Returns the folder of the manifest, relative to a folder of the project."""


def changes(read: Manifest, views: Iterable[EditionView], documents: Documents, edition: str, where: Whereabouts) -> Comparison:
    """Return what a manifest changes: the tracks of an edition that is there, else a new edition.

    Shapes:  `edition` is TITLE or TITLE.EDITION; empty for the edition with the ISBN of the manifest.
    Raises:  CatalogError (manifest-unreadable).
    """
    place, found = SourceRange(where.file, 1, 1, 2, ""), Comparison()
    for view in views:
        named = (
            edition in {view.title, f"{view.title}.{view.edition}"} if edition else bool(read.isbn) and view.facts.get("isbn") == read.isbn
        )
        if named and view.facts["format"] == "audiobook":
            before = view.facts.get("tracks") or []
            tracks = tracks_of(read, where.beside(posixpath.dirname(view.path)), before, where.file)
            if tracks != before:
                found.edits.append(FieldEdit(view, ("tracks",), before, tracks, place))
            return found
    title, _, name = edition.partition(".")
    title = title or slug(read.title) or read.isbn or "audiobook"
    home = next((item.path for item in documents.items if item.kind == "title" and item.data["id"] == title), "")
    facts: dict[str, Any] = {"format": "audiobook"} | ({"isbn": read.isbn} if read.isbn else {})
    if not home:
        facts |= {"title": read.title or title} | ({"language": read.language} if read.language else {})
        facts |= {"contributors": [{"name": person, "role": role} for person, role in read.people]} if read.people else {}
    facts["tracks"] = tracks_of(read, where.beside(posixpath.dirname(home) if home else where.folder), (), where.file)
    found.new.append(NewEdition(title, name or "audio", facts, place))
    return found


def tracks_of(manifest: Manifest, folder: str, before: Sequence[Mapping[str, Any]], file: str) -> list[dict[str, str]]:
    """Return the tracks as a title file has them; a file that is a track already keeps its id.

    Shapes:  `folder` is where the manifest is, relative to the folder of the title file, with forward slashes.
    Raises:  CatalogError (manifest-unreadable) for a file that is at no https URL and not beside the manifest.
    """
    known = {str(track.get("file")): str(track["id"]) for track in before}
    used = set(known.values())
    tracks: list[dict[str, str]] = []
    for number, track in enumerate(manifest.tracks, 1):
        where = _location(track.file, folder, file)
        id_ = known.get(where) or _unused(
            slug(posixpath.splitext(posixpath.basename(unquote(urlsplit(where).path)))[0]) or f"track-{number:02}", used
        )
        used.add(id_)
        tracks.append({"id": id_, "title": track.title or f"Track {number}", "file": where})
    return tracks


def _location(written: str, folder: str, file: str) -> str:
    parts = urlsplit(written)
    if parts.scheme == "https" and parts.netloc:
        return written
    path = unquote(parts.path)
    if parts.scheme or parts.netloc or not path or path.startswith("/") or ".." in path.split("/") or "\\" in path:
        detail = f"It names the audio file `{written[:80]}`, which is at no https URL and not in the folder of the manifest."
        hint = "Write https:// in the manifest, where the server has that; else put the files beside it." if parts.scheme == "http" else ""
        raise _unreadable(file, detail, hint)
    return posixpath.normpath(posixpath.join(folder, path))


def _unused(id_: str, used: set[str]) -> str:
    name, number = id_, 2
    while name in used:
        name, number = f"{id_}-{number}", number + 1
    return name


# ── the three forms ──


def _w3c(said: Mapping[str, Any]) -> Manifest:
    order = said.get("readingOrder")
    links = order if isinstance(order, list) else [order] if order else []
    people = (*_named(said.get("author"), "author"), *_named(said.get("readBy"), "narrator"))
    tracks = tuple(_track(link, "url", "name") for link in links)
    return Manifest("W3C", _text(said.get("name")), _language(said.get("inLanguage")), _isbn(said.get("id")), people, _present(tracks))


def _readium(said: Mapping[str, Any]) -> Manifest:
    about = said["metadata"]
    order = said.get("readingOrder", said.get("spine"))
    people = (
        *_named(about.get("author"), "author"),
        *_named(about.get("narrator"), "narrator"),
        *_named(about.get("translator"), "translator"),
    )
    tracks = tuple(_track(link, "href", "title") for link in (order if isinstance(order, list) else []))
    language, isbn = _language(about.get("language")), _isbn(about.get("identifier"))
    return Manifest("Readium", _text(about.get("title")), language, isbn, people, _present(tracks))


def _overdrive(said: Mapping[str, Any]) -> Manifest:
    title = said.get("title")
    creators = said.get("creator")
    roles = {"author": "author", "narrator": "narrator", "translator": "translator", "editor": "editor"}
    people = tuple(
        (_text(one.get("name")), roles[_text(one.get("role")).casefold()])
        for one in (creators if isinstance(creators, list) else [])
        if isinstance(one, dict) and _text(one.get("name")) and _text(one.get("role")).casefold() in roles
    )
    names = dict(_contents(said.get("nav")))
    found = [_track(link, "path", "title") for link in said["spine"]]
    tracks = [track and ManifestTrack(track.title or names.get(track.file.partition("#")[0], ""), track.file) for track in found]
    whole = _text(title.get("main")) if isinstance(title, dict) else _text(title)
    return Manifest("OverDrive", whole, _language(said.get("language")), _isbn(said.get("isbn")), people, _present(tuple(tracks)))


def _contents(nav: object) -> Iterator[tuple[str, str]]:
    """Yield the first title of each file in a table of contents."""
    entries = nav.get("toc") if isinstance(nav, dict) else None
    seen: set[str] = set()
    for entry in entries if isinstance(entries, list) else []:
        path = _text(entry.get("path")).partition("#")[0] if isinstance(entry, dict) else ""
        if path and path not in seen:
            seen.add(path)
            yield path, _text(entry.get("title"))


def _track(link: object, where: str, named: str) -> ManifestTrack | None:
    if isinstance(link, str):
        return ManifestTrack("", link.partition("#")[0])
    if not isinstance(link, dict) or not _text(link.get(where)):
        return None
    return ManifestTrack(_text(link.get(named)), _text(link.get(where)).partition("#")[0])


def _present(tracks: Sequence[ManifestTrack | None]) -> tuple[ManifestTrack, ...]:
    """Leave out what is no track, and a file that comes a second time: chapters may share one."""
    return tuple({track.file: track for track in reversed([one for one in tracks if one is not None])}.values())[::-1]


def _named(value: object, role: str) -> Iterator[tuple[str, str]]:
    for one in value if isinstance(value, list) else [value]:
        name = _text(one.get("name")) if isinstance(one, dict) else _text(one)
        if name:
            yield name, role


def _text(value: object) -> str:
    """Return a text; of one in several languages the first."""
    match value:
        case str():
            return " ".join(value.split())
        case [first, *_]:
            return _text(first)
        case {"value": inner}:
            return _text(inner)
        case dict():
            return _text(next(iter(value.values()), ""))
        case _:
            return ""


def _language(value: object) -> str:
    try:
        return codes.language(_text(value)) if _text(value) else ""
    except CodeError:
        return ""


def _isbn(value: object) -> str:
    for one in value if isinstance(value, list) else [value]:
        text = re.sub("(?i)^urn:isbn:", "", _text(one))
        try:
            return codes.isbn13(text)
        except CodeError:
            continue
    return ""


def _unreadable(file: str, detail: str, hint: str = "") -> CatalogError:
    return CatalogError(error("manifest-unreadable", f"{file} cannot be read as the manifest of an audiobook", detail, hint))
