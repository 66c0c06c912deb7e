"""What publica.la cannot hold, found before any call could find it out. Pure.

Source: the request tables of the service's pages on content and on audiobook tracks, last read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import orjson
from pydantic import JsonValue

from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import Diagnostic, error, warning
from catalogctl.model.language import two_letters
from catalogctl.model.title import Edition, Format, Track
from catalogctl.providers.publicala.assumptions import UNSUFFIXED_TRACKS_MAY_BE_MP3, WINDOW_ENDS_INCLUSIVE
from catalogctl.providers.publicala.options import ONLY_V1, ONLY_V3, Api, Options, PriceWindow

CURRENCIES = ("USD", "ARS", "EUR", "MXN", "COP", "PEN", "CLP", "AUD", "UYU", "BOB", "PYG", "BRL", "INR", "GTQ", "HNL")
"""All that the service supports."""
LONGEST_NAME = 255
"""Characters of a content's name by v3, and of a track's title."""
LONGEST_KEY = 64
"""Characters of an external id by v3."""
LARGEST_TRACK = 500 * 1024 * 1024
"""Bytes of a track's file."""


def refused(edition: Edition, options: Options, api: Api, where: str) -> list[Diagnostic]:
    """List what the service cannot hold of an edition; `where` is the path of its options."""
    problems = [*_identity(edition), *_dates(edition, options, where), *_files(edition, options, api, where)]
    problems += [*_money(options, where), *_contents(edition, options, where), *_other_api(options, api, where)]
    if api is Api.V3:
        problems += _lengths(edition)
    if edition.format is Format.AUDIOBOOK and edition.content is None:
        for place, track in enumerate(edition.tracks):
            problems += _track(track, f"tracks.{place}", options)
    return problems


def without_file(edition: Edition, options: Options) -> tuple[Diagnostic, ...]:
    """Say why an edition could not be made: nothing says what its file is. In the store it may be all the same."""
    if edition.format is Format.PRINT or edition.content is not None or options.sftp_file is not None or edition.tracks:
        return ()
    detail = "publica.la fetches every electronic content from a file; this edition has none, and the store does not have it either."
    return (
        error(
            "content-required",
            "No content file",
            detail,
            f"Name its file, for instance\nfiles: {{content: assets/book.{edition.format}}}",
            attribute="files",
        ),
    )


def off_sale(edition: Edition, account: str) -> tuple[Diagnostic, ...]:
    """Say why an edition that is taken from sale is not made: in this store it would be for sale."""
    if not edition.metadata.is_off_sale:
        return ()
    status = edition.metadata.facts.status
    detail = f"The edition is {status}, and the store does not have it: publica.la sells whatever is created."
    hint = f"Take it off this account:\npublish: {{{account}: false}}"
    return (error("created-off-sale", "An edition that would be put on sale", detail, hint, attribute="status"),)


def without_language(edition: Edition, api: Api) -> tuple[Diagnostic, ...]:
    """Say why an edition could not be made by v3: a new content has a language, by its code of ISO 639-1."""
    if api is Api.V1 or two_letters(edition.metadata.language):
        return ()
    detail = "By its v3 content API publica.la requires a language with a code of ISO 639-1 for every new content."
    return (error("language-required", "No language", detail, "Add `language`, or say `content_api: v1`.", attribute="language"),)


def track_without_file(track: Track, options: Options) -> tuple[Diagnostic, ...]:
    """Say why a track could not be added: nothing says what its file is. In the store it may be all the same."""
    if track.file is not None or track.id in options.sftp_files:
        return ()
    detail = f"The track {track.id!r} has no `file`, and none in `sftp_files`, and the store does not have it either."
    return (
        error(
            "track-without-file",
            "A track without a file",
            detail,
            f"Name its file, for instance\nfile: assets/{track.id}.mp3",
            attribute="tracks",
        ),
    )


def _identity(edition: Edition) -> Iterator[Diagnostic]:
    if edition.external_id != edition.external_id.strip():
        detail = f"{edition.external_id!r} has blanks at its ends, which publica.la trims: what it stores would never be what was sent."
        yield error("external-id-blanks", "An external id that the store would change", detail, attribute="external_id")


def _dates(edition: Edition, options: Options, where: str) -> Iterator[Diagnostic]:
    about = edition.metadata
    if about.publication_date is None:
        detail = "publica.la requires one for every content."
        yield error("publication-date-required", "No publication date", detail, attribute="publication_date")
    elif options.published_at is not None and options.published_at.date() != about.publication_date:
        detail = (
            f"`published_at` is on {options.published_at.date()}, `publication_date` on {about.publication_date}: "
            "the store keeps one day for both."
        )
        yield error("dates-disagree", "Two publication dates", detail, attribute=f"{where}.published_at")
    if options.price_windows and (edition.facts.promotions or edition.facts.price_changes):
        detail = "Both say what it costs for a time, and only one of them can be right."
        hint = "Keep `price_windows`, or the promotions and the price changes."
        yield error("prices-said-twice", "Price windows beside promotions", detail, hint, attribute=f"{where}.price_windows")
    if options.preorder_from and options.sale_from and options.preorder_from > options.sale_from:
        detail = f"Pre-orders would start ({options.preorder_from}) after the sale ({options.sale_from})."
        yield error("dates-out-of-order", "Pre-order after sale", detail, attribute=f"{where}.preorder_from")


def _money(options: Options, where: str) -> Iterator[Diagnostic]:
    """Find prices for a time that the store could not take: they are said to it alone, and not to others as well."""
    for place, window in enumerate(options.price_windows or ()):
        if window.currency not in CURRENCIES:
            detail = f"publica.la sells in {', '.join(CURRENCIES)}; not in {window.currency}."
            attribute = f"{where}.price_windows.{place}.currency"
            yield error("currency-unsupported", "A currency that publica.la does not have", detail, attribute=attribute)


def _contents(edition: Edition, options: Options, where: str) -> Iterator[Diagnostic]:
    if edition.format is not Format.PRINT and options.stock is not None:
        yield error("print-only", "A stock of something electronic", "Only print editions have a stock.", attribute=f"{where}.stock")
    if options.table_of_contents is not None and (detail := _unfit(options.table_of_contents, edition.format)):
        yield error("table-of-contents-form", "A table of contents in the wrong form", detail, attribute=f"{where}.table_of_contents")


def _lengths(edition: Edition) -> Iterator[Diagnostic]:
    """Find what v3 limits, and v1 does not."""
    about = edition.metadata
    if len(about.title) > LONGEST_NAME:
        yield _too_long("title", "The title", about.title, LONGEST_NAME)
    if len(edition.external_id) > LONGEST_KEY:
        yield _too_long("external_id", "The external id", edition.external_id, LONGEST_KEY)


def _too_long(attribute: str, what: str, text: str, most: int) -> Diagnostic:
    detail = f"{what} has {len(text)} characters; publica.la takes {most}."
    return error("text-too-long", "A text too long for the store", detail, attribute=attribute)


def _other_api(options: Options, api: Api, where: str) -> Iterator[Diagnostic]:
    names, other = (ONLY_V3, Api.V3) if api is Api.V1 else (ONLY_V1, Api.V1)
    for name in names:
        if getattr(options, name) not in (None, ()):
            detail = f"The edition is published by publica.la's content API {api}, which has no field for `{name}`; {other} has."
            hint = f"Take it out, or say `content_api: {other}`."
            yield error("option-of-other-api", "An option that this content API does not have", detail, hint, attribute=f"{where}.{name}")


def _files(edition: Edition, options: Options, api: Api, where: str) -> Iterator[Diagnostic]:
    if edition.format is Format.PRINT:
        return
    if options.sftp_file is not None and edition.content is not None:
        yield _twice("The content", f"{where}.sftp_file")
    if edition.tracks and edition.content is None:
        if api is Api.V1:
            detail = "By publica.la's v1 content API an audiobook is one MP3; this one has tracks and no content file."
            hint = "Leave `content_api` out, or give it one `files.content`."
            yield error("tracks-unsupported", "An audiobook of tracks", detail, hint, attribute="tracks")
        elif options.sftp_file is not None:
            detail = "An audiobook of tracks has no file of its own; this one names one by `sftp_file`."
            yield error("file-twice", "Two files for one thing", detail, "Leave one of them out.", attribute=f"{where}.sftp_file")
    known = {track.id for track in edition.tracks}
    for id_ in options.sftp_files.keys() - known:
        detail = f"`sftp_files` names a file for the track {id_!r}, and the edition has no such track."
        yield error("track-unknown", "A file for no track", detail, attribute=f"{where}.sftp_files.{id_}")


def _track(track: Track, way: str, options: Options) -> Iterator[Diagnostic]:
    file, path = track.file, options.sftp_files.get(track.id)
    if len(track.title) > LONGEST_NAME:
        yield _too_long(f"{way}.title", f"The title of the track {track.id!r}", track.title, LONGEST_NAME)
    if path is not None and file is not None:
        yield _twice(f"The track {track.id!r}", f"{way}.file")
    elif (path is not None or file is not None) and not _is_mp3(file, path or ""):
        detail = f"The file of the track {track.id!r} is no MP3; publica.la's tracks are."
        yield error("track-not-mp3", "A track that is no MP3", detail, "Convert it.", attribute=f"{way}.file")
    if file is not None and file.size > LARGEST_TRACK:
        detail = f"The file of the track {track.id!r} has {file.size:,} bytes; publica.la takes {LARGEST_TRACK:,}."
        yield error("track-too-large", "A track too large for the store", detail, "Split or compress it.", attribute=f"{way}.file")


def _twice(what: str, attribute: str) -> Diagnostic:
    detail = f"{what} has a file of its own and another in the store's storage; publica.la takes one of the two."
    return error("file-twice", "Two files for one thing", detail, "Leave one of them out.", attribute=attribute)


def _is_mp3(file: Asset | None, path: str) -> bool:
    """Tell by the first bytes of a local file; of one that lies elsewhere, by its suffix."""
    if file is not None and file.is_local:
        return file.kind == "mp3"
    suffix = PurePosixPath(path if file is None else urlsplit(file.location).path).suffix.lower()
    return suffix == ".mp3" or (not suffix and UNSUFFIXED_TRACKS_MAY_BE_MP3)


def _unfit(contents: JsonValue, form: Format) -> str:
    if form is Format.PRINT:
        return "" if isinstance(contents, str) else "The table of contents of a print edition is HTML, given as text."
    try:
        document = orjson.loads(contents_table(contents, form))
    except (ValueError, TypeError):
        return "The table of contents of an electronic edition is JSON; this text is none."
    return "" if isinstance(document, list | dict) else "The table of contents of an electronic edition is a list or a mapping."


def contents_table(contents: JsonValue, form: Format) -> str:
    """Return a table of contents as canonical JSON; for an electronic edition a text is the JSON itself.

    Raises:  ValueError or TypeError for what is no JSON.
    """
    document = orjson.loads(contents) if isinstance(contents, str) and form is not Format.PRINT else contents
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def _windows(options: Options, edition: Edition, today: date, where: str) -> Iterator[Diagnostic]:
    """Find what holds for a time that can have no effect: one that is over wherever the store is, or has no price beside it."""
    if options.free and options.price_windows:
        detail = "The edition is free (`free: true`), so that a price for a time has no effect."
        hint = "Remove `free`, or the `price_windows`."
        yield warning("window-of-free", "A price for a time of a free edition", detail, hint, attribute=f"{where}.price_windows")
    yield from _overlaps(options, today, where)
    for place, window in enumerate(options.price_windows or ()):
        way = f"{where}.price_windows.{place}"
        if window.ends_at is not None and _is_over(window.ends_at, today):
            detail = f"The price of {window.currency} {window.amount} ended on {_day(window.ends_at)}, so that it has no effect any more."
            hint = "Remove it, or change its dates."
            yield warning("window-over", "A price for a time that is over", detail, hint, attribute=f"{way}.ends_at")
        if window.currency not in edition.prices and window.currency in CURRENCIES and not options.free:
            summary = "A price for a time in another currency" if edition.prices else "A price for a time, and no other price"
            detail = f"The edition has no price in {window.currency}, so that there is nothing this one would hold in the place of."
            hint = f"Add {window.currency} to the edition's `prices`, or remove the price for a time."
            yield warning("window-without-price", summary, detail, hint, attribute=f"{way}.currency")
    if options.free_until is not None and _is_over(options.free_until, today):
        detail = f"It was free until {options.free_until}, so that this has no effect any more."
        yield warning("window-over", "A free time that is over", detail, "Remove it, or change its date.", attribute=f"{where}.free_until")


def _overlaps(options: Options, today: date, where: str) -> Iterator[Diagnostic]:
    """Find prices for a time that say the same, and those of one currency of which more than one would hold on a day."""
    latest: dict[str, tuple[date, PriceWindow]] = {}
    """Currency → the window before that ends last, and its end."""
    listed: set[tuple[object, ...]] = set()
    windows = enumerate(options.price_windows or ())
    for place, window in sorted(windows, key=lambda item: (item[1].first_day or date.min, item[0])):
        if window.ends_at is not None and _is_over(window.ends_at, today):
            continue
        way, first, last = f"{where}.price_windows.{place}", window.first_day or date.min, window.last_day or date.max
        said = (window.currency, window.amount, first, last)
        end, before = latest.get(window.currency, (date.min, window))
        if said in listed:
            detail = f"The price of {window.currency} {window.amount} {_term(window)} is listed twice."
            yield warning("windows-overlap", "A price for a time listed twice", detail, "Remove one of them.", attribute=way)
        elif before is not window and (first < end or (first == end and WINDOW_ENDS_INCLUSIVE)):
            detail = (
                f"{window.currency} {before.amount} holds {_term(before)}, and {window.currency} {window.amount} {_term(window)}. "
                "The times overlap, and publica.la does not document which price it charges then."
            )
            hint = "End one before the other begins."
            yield warning("windows-overlap", "Two prices for one time", detail, hint, attribute=way)
        listed.add(said)
        if before is window or last > end:
            latest[window.currency] = (last, window)


def _term(window: PriceWindow) -> str:
    return " ".join(f"{word} {day}" for word, day in (("from", window.first_day), ("to", window.last_day)) if day is not None)


def _is_over(end: date, today: date) -> bool:
    """Return whether a time has ended in every time zone."""
    return _day(end) < today - timedelta(days=1)


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _still_on_sale(edition: Edition) -> Iterator[Diagnostic]:
    if edition.metadata.is_off_sale:
        detail = f"The edition is {edition.metadata.facts.status}, and publica.la's API has no way to take a content from sale."
        hint = "Withdraw it in the store's panel."
        yield warning("still-on-sale", "An edition that stays on sale", detail, hint, attribute="status")


def doubtful(edition: Edition, options: Options, today: date, where: str) -> list[Diagnostic]:
    """List what the service may understand otherwise than it is meant; `where` is the path of the options."""
    problems = [*_windows(options, edition, today, where), *_still_on_sale(edition)]
    zeros = [currency for currency, amount in edition.prices.items() if amount == Decimal(0)]
    if not zeros:
        return problems
    detail = f"{', '.join(zeros)}: publica.la does not document whether a price of zero means free, no price, or is dropped."
    hint = "Leave the currency out, or set `free: true` in its publish block."
    return [*problems, warning("zero-price", "A price of zero", detail, hint, attribute=f"prices.{zeros[0]}")]
