"""An edition and its options → the book, files, chapters and publication that PublishDrive shall hold. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.language import two_letters
from catalogctl.model.resource import Resource, ResourceType
from catalogctl.model.role import role_title
from catalogctl.model.title import Edition, Format, Track
from catalogctl.model.value import Attributes, Reference, Value
from catalogctl.model.vocabulary import EDITION_TYPES
from catalogctl.provider.declared import facts_without_place, print_facts
from catalogctl.provider.prices import several_prices, with_one_price
from catalogctl.provider.protocol import Compiled, Offer, UnsupportedField
from catalogctl.providers.publishdrive.assumptions import FIRST_SEQUENCE
from catalogctl.providers.publishdrive.convert import ascii_title, person
from catalogctl.providers.publishdrive.limits import Sent, bare, languages_of, problems_of, territories_of
from catalogctl.providers.publishdrive.options import Options, settings_of
from catalogctl.providers.publishdrive.types import AUDIO_CONTENT, BOOK, CHAPTERS, DETAILS, FILE, PUBLICATION

_FORMATS: Mapping[Format, str] = {Format.EPUB: "ebook", Format.PDF: "ebook", Format.AUDIOBOOK: "audio", Format.PRINT: "print"}


def compile_edition(offer: Offer, options: Options) -> Compiled:
    """Say which book, files, chapters and publication an edition is; each diagnostic's `attribute` is a path within the edition."""
    several = tuple(several_prices(offer.edition, "PublishDrive"))
    offer = replace(offer, edition=with_one_price(offer.edition))
    edition = offer.edition
    if edition.metadata.is_off_sale:
        options = options.model_copy(update={"published": False})
    kind, files = _FORMATS[edition.format], tuple(_files(offer))
    problems = (*several, *problems_of(offer, options, kind, files))
    if any(problem.severity == "error" for problem in problems):
        return Compiled((), problems)
    lacks = tuple(bare(options, kind, files, f"publish.{offer.account.name}"))
    book = replace(_resource(offer, BOOK, "", _book(offer, options, kind), ()), create_errors=lacks)
    owner: dict[str, Value] = {"book": Reference(book.address)}
    sent = tuple(_resource(offer, FILE, file.key, {**owner, **_file(file)}, (book,)) for file in files)
    made = (book, *sent)
    if edition.format is Format.AUDIOBOOK and _tracks(edition):
        made = (*made, _resource(offer, CHAPTERS, "", {**owner, **_chapters(edition, sent)}, made))
    if options.published is not None:
        made = (*made, _resource(offer, PUBLICATION, "", {**owner, "published": options.published}, made))
    return Compiled(made, problems, tuple(_unsupported_fields(offer, options, files)))


def _resource(offer: Offer, type_: ResourceType, key: str, attributes: Attributes, needs: tuple[Resource, ...]) -> Resource:
    """Make a resource of the edition; `key` tells it from others of its type."""
    edition = offer.edition
    return Resource(
        address=Address(offer.account.name, type_.name, offer.title.id, edition.id, key),
        type=type_,
        key=f"{edition.external_id}/{key}" if key else edition.external_id,
        attributes=attributes,
        origin=offer.origin,
        dependencies=tuple(sorted(needed.address for needed in needs)),
        protect=edition.lifecycle.protect,
        ignore=edition.lifecycle.ignore_changes,
    )


def _book(offer: Offer, options: Options, kind: str) -> dict[str, Value]:
    edition = offer.edition
    about = edition.metadata
    attributes: dict[str, Value] = {
        "external_id": edition.external_id,
        "format": kind,
        "title": about.title,
        "language": languages_of(about, options),
        "description": about.description,
        "contributor": tuple(_people(edition, settings_of(offer.account).words)),
        "category": _terms(about.bisac if options.subjects is None else options.subjects),
        "sale_territory": _terms(territories_of(about, options)),
        "publication_date": about.publication_date,
        "price": dict(edition.prices),
    }
    optional: dict[str, Value] = {
        "subtitle": about.subtitle,
        "keyword": _terms(about.keywords) if about.declares("keywords") else None,
        "copyright": options.copyright,
        "isbn": edition.isbn,
        "final_version": options.final_version,
        **_details(edition, options, kind),
    }
    attributes.update((name, value) for name, value in optional.items() if value is not None)
    return attributes


def _sent(edition: Edition) -> frozenset[str]:
    """Return the fields of those that few services have a place for which this edition is sent with."""
    return frozenset(
        name
        for name, is_sent in (
            ("status", edition.metadata.is_off_sale),
            ("edition_types", edition.format is Format.AUDIOBOOK and edition.metadata.facts.edition_types == ("unabridged",)),
        )
        if is_sent
    )


def _details(edition: Edition, options: Options, kind: str) -> dict[str, Value]:
    if kind == "audio" and options.audio_details is None and "unabridged" in edition.metadata.facts.edition_types:
        return {"audio_edition": EDITION_TYPES["unabridged"]}
    said = {"ebook": options.ebook_details, "audio": options.audio_details, "print": options.pod_details}[kind]
    if said is None:
        return {}
    details: dict[str, Value] = {name: getattr(said, name) for name in DETAILS[kind]}
    if kind == "print" and details["page_count"] is None:
        details["page_count"] = edition.pages
    return details


def _people(edition: Edition, words: Mapping[str, str]) -> Iterator[str]:
    for contributor in edition.metadata.contributors:
        if contributor.name:
            yield from dict.fromkeys(person(*contributor.parts, words[role]) for role in contributor.roles if role in words)


def _terms(terms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(terms)))


def _tracks(edition: Edition) -> tuple[Track, ...]:
    """List the chapters of an audiobook: its tracks, or the one file that it is, under the title of the whole."""
    if edition.tracks or edition.content is None:
        return edition.tracks
    return (Track("content", edition.metadata.title, edition.content),)


def _files(offer: Offer) -> Iterator[Sent]:
    """List the files that an edition has for its book: the general ones, unless its options name others for their roles."""
    edition, account = offer.edition, offer.account.name
    named = dict(edition.files.get(account, {}))
    usual: Mapping[str, Asset | None] = {
        Format.EPUB: {"ebook_content": edition.content, "ebook_cover": edition.cover},
        Format.PDF: {"ebook_content": edition.content, "ebook_cover": edition.cover},
        Format.AUDIOBOOK: {"audio_cover": edition.cover},
        Format.PRINT: {"pod_content": edition.content},
    }[edition.format]
    for role, asset in usual.items():
        if asset is not None and role not in named:
            yield Sent(role, role, asset, "files.content" if role.endswith("content") else "files.cover")
    for role in sorted(named):
        yield Sent(role, role, named[role], f"publish.{account}.files.{role}")
    if edition.format is Format.AUDIOBOOK:
        for track in _tracks(edition):
            where = "tracks" if edition.tracks else "files.content"
            if track.file is not None:
                yield Sent(AUDIO_CONTENT, f"{AUDIO_CONTENT}/{track.id}", track.file, where)


def _file(file: Sent) -> dict[str, Value]:
    return {"role": file.role, "filename": file.asset.name, "file": file.asset}


def _chapters(edition: Edition, sent: tuple[Resource, ...]) -> dict[str, Value]:
    """Say what the chapters are; one whose track names no file keeps the one that it has in the store."""
    references = {resource.address.key: Reference(resource.address) for resource in sent}
    tracks = _tracks(edition)
    return {
        "titles": tuple(track.title for track in tracks),
        "ascii_titles": tuple(ascii_title(track.title, sequence) for sequence, track in enumerate(tracks, FIRST_SEQUENCE)),
        "files": tuple(references.get(f"{AUDIO_CONTENT}/{track.id}") for track in tracks),
    }


def _unsupported_fields(offer: Offer, options: Options, files: tuple[Sent, ...]) -> Iterator[UnsupportedField]:
    edition = offer.edition
    about, printed = edition.metadata, edition.format is Format.PRINT
    yield from facts_without_place(edition, _sent(edition))
    if about.publisher:
        yield UnsupportedField("publisher", "the publisher")
    if about.imprint:
        yield UnsupportedField("imprint", "the imprint")
    if about.series:
        yield UnsupportedField("series", "the series")
    if about.thema:
        yield UnsupportedField("subjects.thema", "Thema subjects")
    if options.languages is None and about.language != two_letters(about.language):
        yield UnsupportedField("language", f"what is no code of ISO 639-1 in a language ({about.language})")
    unknown = sorted(map(role_title, {role for role, _ in about.credits} - settings_of(offer.account).words.keys()))
    if unknown:
        yield UnsupportedField(
            "contributors", f"contributors with the role {', '.join(unknown)} (`roles` on the account can give it a word)"
        )
    if not printed:
        yield from print_facts(edition)
    for name in ("height", "width", "weight", "binding", "editing_location"):
        if printed and getattr(edition, name) is not None:
            yield UnsupportedField(name, f"the {name.replace('_', ' ')}")
    if printed and edition.pages is not None and options.pod_details is None:
        yield UnsupportedField("pages", "the number of pages without `pod_details`")
    if printed and edition.cover is not None and all(file.asset != edition.cover for file in files):
        yield UnsupportedField("files.cover", "a cover that is a picture, beside print editions")
