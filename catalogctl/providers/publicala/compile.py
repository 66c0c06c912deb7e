"""An edition and its options → the content that publica.la shall hold. Pure."""

from __future__ import annotations

from decimal import Decimal
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import orjson
from pydantic import JsonValue

from catalogctl.model.account import Account
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic, error, warning
from catalogctl.model.resource import Resource
from catalogctl.model.title import Edition, Format, Origin, Title
from catalogctl.model.value import Value
from catalogctl.provider.protocol import Compiled
from catalogctl.providers.publicala.countries import country_names
from catalogctl.providers.publicala.options import Options
from catalogctl.providers.publicala.types import CONTENT

CURRENCIES = ("USD", "ARS", "EUR", "MXN", "COP", "PEN", "CLP", "AUD", "UYU", "BOB", "PYG", "BRL", "INR", "GTQ", "HNL")
"""All that the service supports. Source: its page on content, 2026-11."""

AUTHOR = "A01"
"""The contributors' role that the service has a field for (ONIX code list 17)."""


def compile_content(account: Account, title: Title, edition: Edition, options: Options, origin: Origin) -> Compiled:
    """Say which content an edition is; each diagnostic's `attribute` is a path within the edition."""
    where = f"publish.{account.name}"
    problems = [*_refused(edition, options, where), *_doubtful(edition)]
    kind = _type(edition)
    if kind is None or any(problem.severity == "error" for problem in problems):
        return Compiled((), tuple(problems))
    address = Address(account.name, CONTENT.name, title.id, edition.id)
    attributes = _attributes(edition, options, kind)
    resource = Resource(
        address=address,
        type=CONTENT,
        key=edition.external_id,
        attributes=attributes,
        origin=origin,
        protect=edition.lifecycle.protect,
        ignore=edition.lifecycle.ignore_changes,
    )
    return Compiled((resource,), tuple(problems))


def _attributes(edition: Edition, options: Options, kind: str) -> dict[str, Value]:
    about = edition.metadata
    attributes: dict[str, Value] = {
        "external_id": edition.external_id,
        "type": kind,
        "name": about.title,
        "publication_date": about.publication_date,
        "author": tuple(person.name for person in about.contributors if person.role == AUTHOR),
        "publisher": (about.publisher,) if about.publisher else (),
        "bisac": _terms(about.bisac),
        "category": _terms(options.categories),
        "collection": _terms(options.collections),
        "country": _terms(country_names(about.territories) if options.countries is None else options.countries),
        "keyword": _terms(about.keywords),
    }
    optional: dict[str, Value] = {
        "lang": about.language,
        "description": about.description,
        "free": options.free,
        "published_at": options.published_at,
        "preorder_from": options.preorder_from,
        "sale_from": options.sale_from,
    }
    if edition.prices:
        attributes["prices"] = dict(edition.prices)
    if options.table_of_contents is not None:
        attributes["table_of_contents"] = _contents(options.table_of_contents, edition.format)
    if edition.format is Format.PRINT:
        optional |= {
            "pages": edition.pages,
            "height": edition.height,
            "width": edition.width,
            "weight": edition.weight,
            "binding_type": edition.binding,
            "editing_location": edition.editing_location,
            "stock": options.stock,
        }
    else:
        attributes["file"] = edition.content
    attributes.update((name, value) for name, value in optional.items() if value is not None)
    return attributes


def _terms(terms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(terms)))


def _type(edition: Edition) -> str | None:
    match edition.format:
        case Format.PRINT:
            return "physical"
        case Format.AUDIOBOOK:
            location = edition.content.location if edition.content else ""
            suffix = PurePosixPath(urlsplit(location).path).suffix.lower()
            return "mpga" if suffix == ".mpga" else "mp3"
        case Format.EPUB | Format.PDF:
            return edition.format.value


def _refused(edition: Edition, options: Options, where: str) -> list[Diagnostic]:
    """List what the service cannot hold, before any call could find out. Source: the two request tables, 2026-11."""
    problems: list[Diagnostic] = []
    about = edition.metadata
    digital = edition.format is not Format.PRINT
    if edition.external_id != edition.external_id.strip():
        detail = f"{edition.external_id!r} has blanks at its ends, which publica.la trims: what it stores would never be what was sent."
        problems.append(error("external-id-blanks", "An external id that the store would change", detail, attribute="external_id"))
    if about.publication_date is None:
        detail = "publica.la requires one for every content."
        problems.append(error("publication-date-required", "No publication date", detail, attribute="publication_date"))
    elif options.published_at is not None and options.published_at.date() != about.publication_date:
        detail = (
            f"`published_at` is on {options.published_at.date()}, `publication_date` on {about.publication_date}: "
            "the store keeps one day for both."
        )
        problems.append(error("dates-disagree", "Two publication dates", detail, attribute=f"{where}.published_at"))
    if edition.tracks and edition.content is None:
        detail = "By publica.la's v1 content API an audiobook is one MP3; this one has tracks and no content file."
        problems.append(error("tracks-unsupported", "An audiobook of tracks", detail, "Give it one `files.content`.", attribute="tracks"))
    elif digital and edition.content is None:
        detail = "publica.la fetches every electronic content from a file; this edition has none."
        problems.append(error("content-required", "No content file", detail, "Add `files: {content: …}`.", attribute="files"))
    for currency in edition.prices:
        if currency not in CURRENCIES:
            detail = f"publica.la sells in {', '.join(CURRENCIES)}; not in {currency}."
            summary = "A currency that publica.la does not have"
            problems.append(error("currency-unsupported", summary, detail, attribute=f"prices.{currency}"))
    if digital and options.stock is not None:
        detail = "Only print editions have a stock."
        problems.append(error("print-only", "A stock of something electronic", detail, attribute=f"{where}.stock"))
    if options.table_of_contents is not None and (detail := _unfit(options.table_of_contents, edition.format)):
        problems.append(
            error("table-of-contents-form", "A table of contents in the wrong form", detail, attribute=f"{where}.table_of_contents")
        )
    if options.preorder_from and options.sale_from and options.preorder_from > options.sale_from:
        detail = f"Pre-orders would start ({options.preorder_from}) after the sale ({options.sale_from})."
        problems.append(error("dates-out-of-order", "Pre-order after sale", detail, attribute=f"{where}.preorder_from"))
    return problems


def _unfit(contents: JsonValue, form: Format) -> str:
    if form is Format.PRINT:
        return "" if isinstance(contents, str) else "The table of contents of a print edition is HTML, given as text."
    try:
        document = orjson.loads(_contents(contents, form))
    except (ValueError, TypeError):
        return "The table of contents of an electronic edition is JSON; this text is none."
    return "" if isinstance(document, list | dict) else "The table of contents of an electronic edition is a list or a mapping."


def _contents(contents: JsonValue, form: Format) -> str:
    """Give a table of contents as canonical JSON; for an electronic edition a text is the JSON itself.

    Raises:  ValueError or TypeError for what is no JSON.
    """
    document = orjson.loads(contents) if isinstance(contents, str) and form is not Format.PRINT else contents
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def _doubtful(edition: Edition) -> list[Diagnostic]:
    zeros = [currency for currency, amount in edition.prices.items() if amount == Decimal(0)]
    if not zeros:
        return []
    detail = f"{', '.join(zeros)}: publica.la does not document whether a price of zero means free, no price, or is dropped."
    hint = "Leave the currency out, or set `free: true` in its publish block."
    return [warning("zero-price", "A price of zero", detail, hint, attribute=f"prices.{zeros[0]}")]
