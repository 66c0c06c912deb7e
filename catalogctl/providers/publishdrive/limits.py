"""What PublishDrive cannot hold or would refuse, found before any call could find out. Pure.

Source: the service's overview, its pages on creating and publishing a book and its walkthroughs, 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from stdnum import isbn as isbns

from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import Diagnostic, error, warning
from catalogctl.model.language import two_letters
from catalogctl.model.quantity import listed
from catalogctl.model.role import role_title
from catalogctl.model.title import Edition, Metadata
from catalogctl.provider.protocol import Offer
from catalogctl.providers.publishdrive.assumptions import CONTRIBUTOR_ROLES, USUAL_COPYRIGHT
from catalogctl.providers.publishdrive.options import Options, settings_of
from catalogctl.providers.publishdrive.types import AUDIO_CONTENT, ROLES

FINAL_WITHIN = timedelta(days=14)
"""From how long before its publication date on a book is only published as a final version."""
NARRATOR = CONTRIBUTOR_ROLES["E07"]
"""The contributors' role that an audiobook must have, in the service's word."""
_DECLARED_BY: Final[Mapping[str, str]] = {
    "ebook_content": "`files.content`",
    "ebook_cover": "`files.cover`",
    AUDIO_CONTENT: "`tracks`, or `files.content` for one of a single file",
    "audio_cover": "`files.cover`",
    "pod_content": "`files.content`",
    "pod_cover": "`{where}.files.pod_cover`",
}
"""Role of a file → the field of an edition that names it."""
SEEN: Final[Mapping[str, frozenset[str]]] = {
    "copyright": frozenset({USUAL_COPYRIGHT}),
    "audio_edition": frozenset({"UBR"}),
    "binding_type": frozenset({"PAPERBACK"}),
    "cover_laminate_type": frozenset({"GLOSS"}),
    "interior_color_type": frozenset({"B&W"}),
    "paper_color_type": frozenset({"CREAM"}),
    "roles": frozenset(CONTRIBUTOR_ROLES.values()),
}
"""Name of an option → the words that the documents show for it. They give no list of any. 2026-11-30."""

_KINDS: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "ebook_content": (frozenset({"epub", "pdf"}), "an EPUB or a PDF"),
    "ebook_cover": (frozenset({"jpeg", "png"}), "a JPEG or PNG image"),
    "audio_content": (frozenset({"mp3", "mp4"}), "an MP3, M4A or M4B recording"),
    "audio_cover": (frozenset({"jpeg", "png"}), "a JPEG or PNG image"),
    "pod_content": (frozenset({"pdf"}), "a PDF"),
    "pod_cover": (frozenset({"pdf"}), "a PDF"),
}
"""Role → what its files can be by their first bytes, and that in words."""
_SUFFIXES: Final[Mapping[str, str]] = {
    ".epub": "epub",
    ".pdf": "pdf",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".png": "png",
    ".mp3": "mp3",
    ".m4a": "mp4",
    ".m4b": "mp4",
}
"""What a file is by its name, where its first bytes do not say."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One file of an edition, and what it is to the book."""

    role: str
    key: str
    """What its address has after the edition: the role, for an audio file with its track."""
    asset: Asset
    where: str
    """Path within the edition."""


class _Needed(NamedTuple):
    """A fact without which there is no book, and what is said where it is missing."""

    code: str
    attribute: str
    summary: str
    value: object
    hint: str


def problems_of(offer: Offer, options: Options, kind: str, files: tuple[Sent, ...]) -> Iterator[Diagnostic]:
    """List what is wrong with an edition for this service; `kind` is the service's format."""
    where = f"publish.{offer.account.name}"
    yield from _missing(offer, options, kind, where)
    yield from _uncredited(offer, kind)
    yield from _undocumented(offer, options, where)
    yield from _misplaced(offer.edition, options, kind, where)
    yield from _unfit(files, kind)
    if options.published:
        yield from _unready(offer, options, where)


def _uncredited(offer: Offer, kind: str) -> Iterator[Diagnostic]:
    """Find a book without a contributor whom the service has a word for, and an audiobook without a reader."""
    people, words = offer.edition.metadata.credits, settings_of(offer.account).words
    said = {words[role] for role, _ in people if role in words}
    if not people:
        detail = "PublishDrive requires one for every book."
        yield error("contributors-required", "No contributor", detail, "Add `contributors`.", attribute="contributors")
    elif not said:
        roles = sorted(role_title(role) for role, _ in people)
        detail = (
            f"PublishDrive requires a contributor for every book. Its documents show the words {listed(sorted(SEEN['roles']))}, and none "
            f"for the role {', '.join(dict.fromkeys(roles))}, which is all that this one has."
        )
        hint = f"Name an author, or give the role a word on the account {offer.account.name}:\nroles: {{{roles[0]}: Author}}"
        yield error("contributors-required", "No contributor that the service has a word for", detail, hint, attribute="contributors")
    elif kind == "audio" and NARRATOR not in said:
        detail = "PublishDrive requires a narrator for an audiobook."
        hint = "Add the reader:\ncontributors: [{name: …, role: narrator}]"
        yield error("narrator-required", "An audiobook without a narrator", detail, hint, attribute="contributors")


def _undocumented(offer: Offer, options: Options, where: str) -> Iterator[Diagnostic]:
    """Warn of words that the documents do not show: the service may refuse them with 422."""
    groups = {"audio_details": options.audio_details, "pod_details": options.pod_details}
    said = [("copyright", f"{where}.copyright", options.copyright)]
    said += [
        (name, f"{where}.{group}.{name}", getattr(details, name))
        for group, details in groups.items()
        if details is not None
        for name in SEEN
        if hasattr(details, name)
    ]
    mapped = settings_of(offer.account).roles
    people = enumerate(offer.edition.metadata.contributors)
    first = {role: place for place, person in reversed(list(people)) for role in person.roles if role in mapped}
    said += [("roles", f"contributors.{place}.role", mapped[role]) for role, place in sorted(first.items(), key=itemgetter(1))]
    for name, attribute, word in said:
        if word is not None and word not in SEEN[name]:
            detail = (
                f"PublishDrive's documents show {listed(sorted(SEEN[name]))} for `{name}`, and no list. {word!r} may be refused by apply."
            )
            yield warning("word-undocumented", "A word that no document shows", detail, attribute=attribute)


def _missing(offer: Offer, options: Options, kind: str, where: str) -> Iterator[Diagnostic]:
    edition = offer.edition
    about = edition.metadata
    where_sold = "Say where it may be sold, in the edition's publish block:\nterritories: [ALL]"
    required = (
        _Needed(
            "language-required", "language", "No language with a code of ISO 639-1", languages_of(about, options), _add_language(about)
        ),
        _Needed("description-required", "description", "No description", (about.description or "").strip(), "Add `description`."),
        _Needed(
            "subjects-required",
            "subjects",
            "No BISAC subject",
            options.subjects if options.subjects is not None else about.bisac,
            "Add `subjects: {bisac: […]}`.",
        ),
        _Needed("publication-date-required", "publication_date", "No publication date", about.publication_date, "Add `publication_date`."),
        _Needed("prices-required", "prices", "No price", edition.prices, "Add `prices`."),
        _Needed("territories-required", f"{where}.territories", "No territories", territories_of(about, options), where_sold),
    )
    for one in required:
        if not one.value:
            yield error(one.code, one.summary, "PublishDrive requires one for every book.", one.hint, attribute=one.attribute)
    if edition.external_id in {".", ".."}:
        detail = f"{edition.external_id!r} cannot be looked up: it would be a part of the address that means another one."
        yield error("external-id-unusable", "An external id that cannot be looked up", detail, attribute="external_id")
    if kind == "print" and not isbns.is_valid(edition.isbn or ""):
        detail = "PublishDrive makes a print book only with a valid ISBN."
        yield error("isbn-required", "A print edition without an ISBN", detail, "Add `isbn`.", attribute="isbn")


def languages_of(about: Metadata, options: Options) -> tuple[str, ...]:
    """Return the languages of a book in the service's words: the samples show codes of ISO 639-1, `en` and `EN`."""
    if options.languages is not None:
        return options.languages
    code = two_letters(about.language)
    return (code,) if code else ()


def territories_of(about: Metadata, options: Options) -> tuple[str, ...]:
    """Return where a book is sold in the service's words, which are those of titles unless an option has others."""
    return about.territories if options.sale_territories is None else options.sale_territories


def _add_language(about: Metadata) -> str:
    if not about.language:
        return "Add `language`."
    other = "give it the nearest language with a two-letter code, in the publish block, as in\nlanguages: [en]"
    return f"Take the edition off this account, or {other}"


def _misplaced(edition: Edition, options: Options, kind: str, where: str) -> Iterator[Diagnostic]:
    for format_, name, details in (
        ("audio", "audio_details", options.audio_details),
        ("ebook", "ebook_details", options.ebook_details),
        ("print", "pod_details", options.pod_details),
    ):
        if details is not None and format_ != kind:
            detail = f"`{name}` are for books of the format {format_}, and this edition is {kind}."
            yield error("details-misplaced", "Details of another format", detail, attribute=f"{where}.{name}")
    pod = options.pod_details
    if kind == "print" and pod is not None and pod.page_count is None and edition.pages is None:
        detail = "PublishDrive prints a book only when it knows how many pages it has."
        hint = "Add `pages` to the edition."
        yield error("pages-required", "No number of pages", detail, hint, attribute=f"{where}.pod_details")


def _unfit(files: tuple[Sent, ...], kind: str) -> Iterator[Diagnostic]:
    for file in files:
        asset = file.asset
        if file.role not in ROLES[kind]:
            detail = f"A book of the format {kind} takes {' and '.join(ROLES[kind])}, and no {file.role}."
            yield error("file-role-unfit", "A file for another format", detail, attribute=file.where)
            continue
        if not asset.is_local:
            detail = "PublishDrive is sent the bytes of every file, and fetches none from an address."
            hint = "Put the file into the repository, and name it by its path."
            yield error("upload-needs-local-file", "A file that is not here", detail, hint, attribute=file.where)
            continue
        fits, words = _KINDS[file.role]
        found = asset.kind or _SUFFIXES.get(PurePosixPath(asset.name).suffix.lower(), "")
        if found not in fits:
            detail = f"{asset.name} should be {words} to be a book's {file.role}."
            yield error("file-kind-unfit", "A file of another kind", detail, "Name the right file.", attribute=file.where)


def _unready(offer: Offer, options: Options, where: str) -> Iterator[Diagnostic]:
    """Find a book that the service would not publish today, and will not from now on."""
    day = offer.edition.metadata.publication_date
    if day is not None and day <= offer.today + FINAL_WITHIN and not options.final_version:
        detail = (
            f"The publication date is {day}. From {FINAL_WITHIN.days} days before that day on, PublishDrive publishes a book only when it "
            "is said to be its final version."
        )
        hint = "If nothing will change any more, say so beside `published`:\nfinal_version: true"
        yield error("final-version-required", "Not said to be the final version", detail, hint, attribute=f"{where}.published")


def bare(options: Options, kind: str, files: tuple[Sent, ...], where: str) -> Iterator[Diagnostic]:
    """Refuse a new book that is to be published with less than the service asks for; one that is there may have the rest already."""
    if not options.published:
        return
    there = {file.role for file in files}
    lacking = [f"no {role} file ({_DECLARED_BY[role].format(where=where)})" for role in ROLES[kind] if role not in there]
    if kind == "print" and options.pod_details is None:
        lacking.append(f"no `{where}.pod_details`")
    if lacking:
        detail = f"It is declared as published, but has {' and '.join(lacking)}. PublishDrive refuses that."
        hint = "Declare the missing fields, or leave `published` out until the book has them."
        yield error("published-incomplete", "Published with something missing", detail, hint, attribute=f"{where}.published")
