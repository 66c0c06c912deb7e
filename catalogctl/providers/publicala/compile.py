"""An edition and its options → what publica.la shall hold: a content, and for an audiobook its tracks and their order. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic
from catalogctl.model.language import two_letters
from catalogctl.model.resource import Resource, ResourceType
from catalogctl.model.title import Edition, Format, Metadata
from catalogctl.model.value import Reference, Value
from catalogctl.provider.prices import several_prices, with_one_price
from catalogctl.provider.protocol import Compiled, Offer
from catalogctl.providers.publicala.countries import country_names
from catalogctl.providers.publicala.identifiers import declared_identifiers
from catalogctl.providers.publicala.measures import MEASURES, measured
from catalogctl.providers.publicala.options import Api, ForeignTracks, Options, PriceWindow, Settings, settings_of
from catalogctl.providers.publicala.refusals import (
    CURRENCIES,
    contents_table,
    doubtful,
    off_sale,
    refused,
    track_without_file,
    without_file,
    without_language,
)
from catalogctl.providers.publicala.types import CONTENT, TRACK, TRACK_ORDER
from catalogctl.providers.publicala.unsupported import AUTHOR, unsupported_fields, whole_day
from catalogctl.providers.publicala.windows import windows_text


def compile_edition(offer: Offer, options: Options) -> Compiled:
    """Say what an edition is on the store; each diagnostic's `attribute` is a path within the edition."""
    problems = [*several_prices(offer.edition, "publica.la")]
    offer = replace(offer, edition=with_one_price(offer.edition))
    edition = offer.edition
    api = chosen_api(offer, options)
    options = _with_dates(edition, options, api)
    where = f"publish.{offer.account.name}"
    problems += [*refused(edition, options, api, where), *doubtful(edition, options, offer.today, where)]
    kind = _type(edition)
    if any(problem.severity == "error" for problem in problems):
        return Compiled((), tuple(problems))
    lacks = (*off_sale(edition, offer.account.name), *without_file(edition, options), *without_language(edition, api))
    content = _Maker(offer).resource(CONTENT, edition.external_id, _attributes(offer, options, kind, api), lacks=lacks)
    resources = (content, *_tracks(offer, options, content.address)) if has_tracks(edition) else (content,)
    return Compiled(resources, tuple(problems), unsupported_fields(offer, options, api))


def has_tracks(edition: Edition) -> bool:
    """Return whether an edition is an audiobook of tracks; with a content file it is one MP3, whatever else is declared."""
    return edition.format is Format.AUDIOBOOK and bool(edition.tracks) and edition.content is None


def chosen_api(offer: Offer, options: Options) -> Api:
    """Return the API that an edition is written by: the one it names, v3 for tracks, else the account's."""
    if options.content_api is not None:
        return options.content_api
    if has_tracks(offer.edition):
        return Api.V3
    return settings_of(offer.account).content_api


def _with_dates(edition: Edition, options: Options, api: Api) -> Options:
    """Return the options with the days of the edition for those of its dates that they do not say; only v1 has fields for these."""
    dates = {"preorder_from": "preorder_from", "sale_from": "on_sale"} if api is Api.V1 else {}
    said = {
        option: datetime.combine(day, time())
        for option, name in dates.items()
        if getattr(options, option) is None and (day := whole_day(edition, name)) is not None
    }
    return options.model_copy(update=said) if said else options


class _Maker:
    """Makes the resources of one edition."""

    def __init__(self, offer: Offer) -> None:
        self._offer = offer

    def address(self, type_: ResourceType, key: str = "") -> Address:
        return Address(self._offer.account.name, type_.name, self._offer.title.id, self._offer.edition.id, key)

    def resource(
        self,
        type_: ResourceType,
        key: str,
        attributes: dict[str, Value],
        part: str = "",
        dependencies: tuple[Address, ...] = (),
        lacks: tuple[Diagnostic, ...] = (),
    ) -> Resource:
        lifecycle = self._offer.edition.lifecycle
        return Resource(
            address=self.address(type_, part),
            type=type_,
            key=key,
            attributes=attributes,
            origin=self._offer.origin,
            dependencies=dependencies,
            protect=lifecycle.protect,
            ignore=lifecycle.ignore_changes,
            create_errors=lacks,
        )


def _tracks(offer: Offer, options: Options, content: Address) -> list[Resource]:
    """List the tracks, each to be made after the one before it, since the store appends what is added; and their order."""
    make, edition = _Maker(offer), offer.edition
    resources: list[Resource] = []
    for track in edition.tracks:
        ahead = (resources[-1].address,) if resources else ()
        attributes: dict[str, Value] = {"content": Reference(content), "title": track.title}
        if track.id in options.sftp_files:
            attributes["sftp_file"] = options.sftp_files[track.id]
        elif track.file is not None:
            attributes["file"] = track.file
        lacks = track_without_file(track, options)
        made = make.resource(TRACK, f"{edition.external_id}/{track.id}", attributes, track.id, (content,), lacks)
        resources.append(replace(made, follows=ahead))
    addresses = tuple(track.address for track in resources)
    order: dict[str, Value] = {"content": Reference(content), "tracks": tuple(Reference(address) for address in addresses)}
    if options.foreign_tracks is ForeignTracks.REMOVE:
        order["foreign"] = ()
    return [*resources, make.resource(TRACK_ORDER, f"{edition.external_id}/order", order, dependencies=(content, *addresses))]


def _attributes(offer: Offer, options: Options, kind: str, api: Api) -> dict[str, Value]:
    edition, settings = offer.edition, settings_of(offer.account)
    about = edition.metadata
    attributes: dict[str, Value] = {
        "external_id": edition.external_id,
        "type": kind,
        "name": about.title,
        "publication_date": about.publication_date,
    }
    optional: dict[str, Value] = {
        "lang": two_letters(about.language),
        "description": about.description,
        "free": options.free,
        "author": tuple(person.name for role, person in about.credits if role == AUTHOR) if about.declares("contributors") else None,
        "publisher": _publishers(about, options),
        "bisac": _subjects(about, options),
        "category": None if options.categories is None else _terms(options.categories),
        "collection": None if options.collections is None else _terms(options.collections),
        "keyword": _terms(about.keywords) if about.declares("keywords") else None,
    }
    if prices := {currency: amount for currency, amount in edition.prices.items() if currency in CURRENCIES}:
        attributes["prices"] = prices
    if edition.format is Format.PRINT:
        optional |= {
            "pages": edition.pages,
            **{name: measured(edition, settings, name) for name in MEASURES},
            "binding_type": edition.binding,
            "editing_location": edition.editing_location or about.facts.place or None,
        }
    elif api is Api.V3:
        optional["editing_location"] = about.facts.place or None
    match api:
        case Api.V1:
            attributes |= _of_v1_alone(edition, options)
        case Api.V3:
            attributes |= _of_v3_alone(edition, options, settings)
    attributes.update((name, value) for name, value in optional.items() if value is not None)
    return attributes


def _of_v1_alone(edition: Edition, options: Options) -> dict[str, Value]:
    attributes: dict[str, Value] = {}
    optional: dict[str, Value] = {
        "country": _countries(edition, options),
        "published_at": options.published_at,
        "preorder_from": options.preorder_from,
        "sale_from": options.sale_from,
        "stock": options.stock,
    }
    if options.table_of_contents is not None:
        attributes["table_of_contents"] = contents_table(options.table_of_contents, edition.format)
    elif edition.format is Format.PRINT and edition.metadata.facts.table_of_contents:
        attributes["table_of_contents"] = contents_table(edition.metadata.facts.table_of_contents, edition.format)
    # One that the store has already may go without: then nothing is known of it, not that there is none.
    if edition.content is not None and edition.format is not Format.PRINT:
        attributes["file"] = edition.content
    attributes.update((name, value) for name, value in optional.items() if value is not None)
    return attributes


def _countries(edition: Edition, options: Options) -> tuple[str, ...] | None:
    """Return the countries an edition is declared to be sold in: none for everywhere, `None` where nothing is declared."""
    if options.countries is not None:
        return _terms(options.countries)
    return _terms(country_names(edition.metadata.territories)) if edition.metadata.territories else None


def _of_v3_alone(edition: Edition, options: Options, settings: Settings) -> dict[str, Value]:
    attributes: dict[str, Value] = {"api": Api.V3.value}
    optional: dict[str, Value] = {
        "subtitle": edition.metadata.subtitle,
        "audience": options.audience or settings.audience_of(edition.metadata.facts.audience),
        "edition_year": edition.metadata.facts.edition_year,
        "own_identifiers": declared_identifiers(edition.facts.identifiers),
        "free_until": options.free_until,
        "require_login": options.require_login,
        "preview": options.preview,
        "preview_require_login": options.preview_require_login,
        "cover": edition.cover,
    }
    if options.price_windows is not None:
        attributes["price_windows"] = _windows(options.price_windows)
    said = edition.content is not None or options.sftp_file is not None or has_tracks(edition)
    if said and edition.format is not Format.PRINT:
        # None is said, too: from a file to a path, or to tracks, is a change.
        attributes |= {"file": edition.content, "sftp_file": options.sftp_file}
    attributes.update((name, value) for name, value in optional.items() if value is not None)
    return attributes


def _windows(windows: tuple[PriceWindow, ...]) -> str:
    """Write the prices that hold for a time as canonical text: in one order, amounts to the digit."""
    rows = [
        {
            "currency": window.currency,
            "amount": window.amount,
            "starts_at": window.first_day.isoformat() if window.first_day else None,
            "ends_at": window.last_day.isoformat() if window.last_day else None,
        }
        for window in windows
    ]
    return windows_text(rows)


def _subjects(about: Metadata, options: Options) -> tuple[str, ...] | None:
    """Return the codes of an edition's subjects; `None` where none are declared."""
    if options.subjects is not None or not about.declares("bisac"):
        return None if options.subjects is None else _terms(options.subjects)
    return _terms(about.bisac)


def _publishers(about: Metadata, options: Options) -> tuple[str, ...] | None:
    """Return the publishers of an edition in their order; `None` where none are declared."""
    if options.publishers is not None or not about.declares("publisher"):
        return options.publishers
    return (about.publisher,) if about.publisher else ()


def _terms(terms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(terms)))


def _type(edition: Edition) -> str:
    match edition.format:
        case Format.PRINT:
            return "physical"
        case Format.AUDIOBOOK:
            location = edition.content.location if edition.content else ""
            suffix = PurePosixPath(urlsplit(location).path).suffix.lower()
            return "mpga" if suffix == ".mpga" else "mp3"
        case Format.EPUB | Format.PDF:
            return edition.format.value
