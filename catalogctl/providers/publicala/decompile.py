"""A content as the store shows it → the edition that would declare it. Pure, and the reverse of `compile`.

By v1 a store tells no authors, subjects and the like, and an update by v1 replaces them all. By v3 it tells them, and an update
by v3 leaves alone what it does not carry. So what was read by v3 is declared for v3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Final

from catalogctl.model.facts import NO_EDITION_FACTS, NO_WORK_FACTS, EditionFacts, WorkFacts
from catalogctl.model.language import canonical_tag, two_letters
from catalogctl.model.resource import Observed
from catalogctl.model.title import Contributor, Edition, Format, Metadata
from catalogctl.model.value import Attributes
from catalogctl.provider.importing import FoundEdition, Unimportable, named_tracks, prices_in, terms_in, text_in
from catalogctl.providers.publicala import convert_v3, track
from catalogctl.providers.publicala.assumptions import AUDIO_NAMES, V3_SHOWS_ALL_PRICES
from catalogctl.providers.publicala.convert import Row
from catalogctl.providers.publicala.identifiers import SENT
from catalogctl.providers.publicala.options import Api
from catalogctl.providers.publicala.types import plain_text
from catalogctl.providers.publicala.unsupported import AUTHOR
from catalogctl.providers.publicala.windows import NO_WINDOWS, windows_of

_FORMATS: Final[Mapping[str, tuple[Format, str]]] = MappingProxyType(
    {
        "epub": (Format.EPUB, "epub"),
        "pdf": (Format.PDF, "pdf"),
        "physical": (Format.PRINT, "print"),
        **dict.fromkeys(AUDIO_NAMES, (Format.AUDIOBOOK, "audio")),
    }
)
"""The store's file type → the format, and what an edition of it is called."""
_BISAC = re.compile(r"[A-Z]{3}[0-9]{6}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_NO_FILE = "The store does not return the content file. To manage it, add `files: {content: …}`."
_NO_AUDIO = "The store does not return the audio files. To manage one, add a `file` to its track."
_NO_MEASURES = "The store does not return size, weight, pages, binding and stock. Add what you want to manage."
_COUNTRIES = "The countries that it is sold in stay as they are in the store."
_NO_TERMS = (
    "By its v1 API the store does not return authors, publisher, subjects, keywords, categories, collections and countries, and an "
    "update replaces them all. Add them as they are in the store before you change anything; [] for none."
)
_PRICES_TO_COME = (
    "The store shows only the prices that hold today. Add those that are scheduled to `price_windows`, [] for none, before you change "
    "a price: all are replaced together."
)


def is_audio(row: Row) -> bool:
    """Return whether a row is an audiobook's, which may have tracks."""
    return row.get("file_type") in AUDIO_NAMES


def decompile(
    account: str, seen: Observed, row: Row, api: Api, usual: Api, tracks: Sequence[track.ObservedTrack]
) -> FoundEdition | Unimportable:
    """Say how a content would be declared.

    Shapes:  `api` is the one it was read by, and `usual` the one that the account publishes by unless an edition says otherwise.
    """
    told = seen.attributes
    name = text_in(told, "name")
    if not seen.key.strip():
        return Unimportable(seen.id, name, "It has no external id, by which alone a content is known here. Give it one in the store.")
    form = _FORMATS.get(text_in(told, "type").casefold())
    if form is None:
        return Unimportable(seen.id, name, f"Its type {text_in(told, 'type')!r} is none that an edition could have.", seen.key)
    is_the_book = len(tracks) == 1 and plain_text(tracks[0].title) == plain_text(name)
    parts = () if is_the_book else named_tracks((one.title for one in tracks), "track")
    return FoundEdition(
        seen.id,
        Edition(
            id=form[1],
            format=form[0],
            metadata=replace(_metadata(told), facts=_facts(told, api, form[0])),
            external_id=seen.key,
            isbn=_isbn(seen.key, row),
            facts=EditionFacts(identifiers=_identifiers(row)) if api is Api.V3 else NO_EDITION_FACTS,
            prices=prices_in(told, "prices"),
            tracks=parts,
            editing_location=(text_in(told, "editing_location") or None) if form[0] is Format.PRINT else None,
            publish={account: dict(_options(told, row, api, usual))},
        ),
        tuple(_remarks(told, row, api, form[0], has_tracks=bool(parts))),
    )


def _facts(told: Attributes, api: Api, form: Format) -> WorkFacts:
    """Return what only v3 has a field for."""
    if api is Api.V1:
        return NO_WORK_FACTS
    year = told.get("edition_year")
    place = "" if form is Format.PRINT else text_in(told, "editing_location").strip()
    return WorkFacts(
        place=place if place.isprintable() else "", edition_year=year if isinstance(year, int) and 1000 <= year < 3000 else None
    )


def _isbn(key: str, row: Row) -> str | None:
    """Return the ISBN of a content: its external id, else the one of its identifiers that is one."""
    if convert_v3.is_isbn(key):
        return key
    told = [value.replace("-", "") for kind, value in convert_v3.identifiers_of(row) if kind.startswith("isbn")]
    isbns = {value for value in told if convert_v3.is_isbn(value)}
    return isbns.pop() if len(isbns) == 1 else None


def _identifiers(row: Row) -> Mapping[str, str]:
    """Return the identifiers that an edition can declare; of several of one type, which it cannot, none."""
    found: dict[str, list[str]] = {}
    for kind, value in convert_v3.identifiers_of(row):
        if kind in SENT and value and value.isprintable() and value.strip() == value and (kind != "uuid" or _UUID.fullmatch(value)):
            found.setdefault(kind, []).append(value)
    return {kind: values[0] for kind, values in found.items() if len(values) == 1}


def _metadata(told: Attributes) -> Metadata:
    day = told.get("publication_date")
    publishers = terms_in(told, "publisher")
    return Metadata(
        title=text_in(told, "name").strip(),
        subtitle=text_in(told, "subtitle").strip() or None,
        language=canonical_tag(text_in(told, "lang")),
        contributors=tuple(Contributor(author, AUTHOR) for author in terms_in(told, "author")),
        publisher=publishers[0] if len(publishers) == 1 else None,
        publication_date=day if isinstance(day, date) else None,
        description=_described(plain_text(told.get("description"))),
        bisac=terms_in(told, "bisac") if _are_bisac(told) else (),
        keywords=terms_in(told, "keyword"),
    )


def _described(text: str) -> str | None:
    """End several lines with a break, as a block of YAML does; to the store it is none."""
    return f"{text}\n" if "\n" in text else text or None


def _are_bisac(told: Attributes) -> bool:
    return all(_BISAC.fullmatch(code) for code in terms_in(told, "bisac"))


def _options(told: Attributes, row: Row, api: Api, usual: Api) -> Iterator[tuple[str, object]]:
    if api is not usual:
        yield "content_api", api.value
    if len(publishers := terms_in(told, "publisher")) > 1:
        yield "publishers", list(publishers)
    if not _are_bisac(told):
        yield "subjects", list(terms_in(told, "bisac"))
    for option, name in (("collections", "collection"), ("categories", "category")):
        if terms := terms_in(told, name):
            yield option, list(terms)
    if told.get("free"):
        yield "free", True
    if api is Api.V3:
        until = told.get("free_until")
        if isinstance(until, date):
            yield "free_until", until.isoformat()
        for name in ("require_login", "preview", "preview_require_login"):
            if told.get(name):
                yield name, True
        if audience := text_in(told, "audience").strip():
            yield "audience", audience
        if windows := windows_of(convert_v3.passing(row)):
            order = ("currency", "amount", "starts_at", "ends_at")
            yield "price_windows", [{name: window[name] for name in order if window[name] is not None} for window in windows]


def _remarks(told: Attributes, row: Row, api: Api, form: Format, *, has_tracks: bool) -> Iterator[str]:
    if has_tracks:
        yield _NO_AUDIO
    elif form is Format.PRINT:
        yield _NO_MEASURES
    else:
        yield _NO_FILE
    if api is Api.V1:
        yield _NO_TERMS
    elif not V3_SHOWS_ALL_PRICES and convert_v3.passing(row) != NO_WINDOWS:
        yield _PRICES_TO_COME
    if (language := text_in(told, "lang").strip()) and two_letters(canonical_tag(language)) is None:
        yield f"Its language in the store is {language!r}, which has no code of ISO 639-1, and stays."
    if row.get("geographic_restrictions"):
        yield _COUNTRIES
