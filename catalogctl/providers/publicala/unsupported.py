"""Facts that an edition declares and publica.la has no place for. Pure.

Source: the tables of the service's pages on content, last read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from catalogctl.model.language import two_letters
from catalogctl.model.title import Edition, Format
from catalogctl.provider.declared import facts_without_place, print_facts
from catalogctl.provider.protocol import Offer, UnsupportedField
from catalogctl.providers.publicala.identifiers import SENT
from catalogctl.providers.publicala.measures import unmeasured
from catalogctl.providers.publicala.options import Api, Options, settings_of
from catalogctl.providers.publicala.refusals import CURRENCIES

AUTHOR = "A01"
"""The one role of a contributor that the service has a field for (ONIX code list 17)."""
_ROLES = {
    "A12": "illustrator",
    "A15": "preface writer",
    "A23": "foreword writer",
    "A36": "cover designer",
    "B01": "editor",
    "B06": "translator",
    "E07": "narrator",
}
"""Names for the commonest of the others; any else is reported by its code."""


def unsupported_fields(offer: Offer, options: Options, api: Api) -> tuple[UnsupportedField, ...]:
    """List the declared facts that an edition goes without on the store."""
    edition, where = offer.edition, f"publish.{offer.account.name}"
    about = edition.metadata
    facts = [
        *_always(edition),
        *facts_without_place(edition, frozenset(_sent(offer, options, api))),
        *unmeasured(edition, settings_of(offer.account)),
    ]
    match api:
        case Api.V1:
            if about.subtitle:
                facts.append(UnsupportedField("subtitle", "the subtitle"))
            if edition.cover is not None:
                facts.append(UnsupportedField("files.cover", "the cover"))
        case Api.V3:
            if any(window.has_time for window in options.price_windows or ()):
                facts.append(UnsupportedField(f"{where}.price_windows", "times of day in price windows, which begin and end with a day"))
            if about.territories and "ALL" not in about.territories and options.countries is None:
                facts.append(UnsupportedField("territories", "the countries it is on sale in"))
    return tuple(facts)


def _always(edition: Edition) -> Iterator[UnsupportedField]:
    about = edition.metadata
    for currency in edition.prices:
        if currency not in CURRENCIES:
            yield UnsupportedField(f"prices.{currency}", f"prices in {currency}")
    if about.series is not None:
        yield UnsupportedField("series", "the series")
    if about.imprint:
        yield UnsupportedField("imprint", "the imprint")
    if edition.isbn and edition.isbn != edition.external_id.replace("-", ""):
        yield UnsupportedField("isbn", "the ISBN beside another external_id")
    if about.language and about.language != two_letters(about.language):
        yield UnsupportedField("language", f"what is no code of ISO 639-1 in a language ({about.language})")
    if about.thema:
        yield UnsupportedField("subjects.thema", "Thema subjects")
    roles = sorted({_ROLES.get(role, role) for role, _ in about.credits if role != AUTHOR})
    if roles:
        yield UnsupportedField("contributors", f"contributors other than authors ({', '.join(roles)})")
    if edition.format is not Format.PRINT:
        yield from print_facts(edition)
    if edition.format is Format.AUDIOBOOK and edition.tracks and edition.content is not None:
        yield UnsupportedField("tracks", "tracks beside one content file")


def whole_day(edition: Edition, name: str) -> date | None:
    """Return one of the edition's dates where its day is known."""
    said = edition.metadata.facts.dates.get(name, "")
    return date.fromisoformat(said) if len(said) == len("2026-03-31") else None


def _sent(offer: Offer, options: Options, api: Api) -> Iterator[str]:
    """List the fields of those that few services have a place for which this edition is sent with, or is given other words."""
    edition, about = offer.edition, offer.edition.metadata
    if about.is_off_sale:
        yield "status"
    if api is Api.V3 or (edition.format is Format.PRINT and edition.editing_location is None):
        yield "place"
    if api is Api.V3:
        yield "edition_year"
        yield from (f"identifiers.{name}" for name in SENT)
        if options.audience is not None or settings_of(offer.account).audience_of(about.facts.audience) is not None:
            yield "audience"
        return
    for name in ("on_sale", "preorder_from"):
        if whole_day(edition, name) is not None:
            yield f"dates.{name}"
    if edition.format is Format.PRINT or options.table_of_contents is not None:
        yield "table_of_contents"
