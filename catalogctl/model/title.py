"""Titles and their editions, as declared, with defaults and overrides already settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from operator import is_
from typing import Final

from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import Pointer
from catalogctl.model.facts import NO_EDITION_FACTS, NO_WORK_FACTS, EditionFacts, WorkFacts
from catalogctl.model.measure import Measure
from catalogctl.model.person import name_parts
from catalogctl.model.vocabulary import OFF_SALE


class Format(StrEnum):
    """The sellable forms of a title."""

    EPUB = "epub"
    PDF = "pdf"
    AUDIOBOOK = "audiobook"
    PRINT = "print"


@dataclass(frozen=True, slots=True)
class Contributor:
    """Someone who made the work, in the order of the title page."""

    name: str
    """As the title page has it; of one without a name what is in its place, or nothing."""
    role: str
    """ONIX code list 17, as in `A01` (author); the first of several."""
    last_name: str = ""
    """The part of the name that it is sorted by; empty: not declared."""
    first_name: str = ""
    """The part of the name before the last name; empty: not declared."""
    corporate: bool = False
    """Whether it is an organization, whose name has no parts."""
    further_roles: tuple[str, ...] = ()
    unnamed: str = ""
    """A word of `vocabulary.UNNAMED` for one without a name; empty for any other."""
    sort_name: str = ""
    """The whole name as it is sorted; empty: not declared."""
    bio: str = ""
    """May hold HTML."""
    orcid: str = ""
    """With its hyphens."""
    isni: str = ""
    """Sixteen digits."""
    website: str = ""
    from_language: str = ""
    """A tag of BCP 47."""

    @property
    def roles(self) -> tuple[str, ...]:
        """All that the contributor did, the first of it first."""
        return (self.role, *self.further_roles)

    @property
    def parts(self) -> tuple[str, str]:
        """The first and the last name; the first is empty for an organization and for a name of one word."""
        return ("", self.name) if self.corporate or self.unnamed else name_parts(self.name, self.first_name, self.last_name)


@dataclass(frozen=True, slots=True)
class Series:
    """The series a title belongs to."""

    name: str
    number: str = ""
    subtitle: str = ""
    issn: str = ""
    """With its hyphen."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What can be said of a title and said otherwise of one of its editions.

    `None` and empty mean: not declared, unless `emptied` names the field.
    """

    title: str
    language: str | None = None
    """A tag of BCP 47 in its canonical form: `pt`, `pt-BR`."""
    subtitle: str | None = None
    contributors: tuple[Contributor, ...] = ()
    publisher: str | None = None
    imprint: str | None = None
    series: Series | None = None
    """The first of several, which is what a store with room for one is reported."""
    further_series: tuple[Series, ...] = ()
    publication_date: date | None = None
    """A calendar day with no time zone."""
    description: str | None = None
    """May hold HTML."""
    bisac: tuple[str, ...] = ()
    thema: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2 codes, or the one word ALL."""
    facts: WorkFacts = NO_WORK_FACTS
    """What only some recipients ask for."""
    emptied: frozenset[str] = frozenset()
    """Names of the lists that are declared as empty, of `publisher` where it is declared as none."""

    def declares(self, name: str) -> bool:
        """Return whether a list, or the publisher, is declared, if only as empty."""
        return bool(getattr(self, name)) or name in self.emptied

    @property
    def is_off_sale(self) -> bool:
        """Return whether the publisher has taken it from sale for good, whatever the stores have."""
        return self.facts.status in OFF_SALE

    @property
    def credits(self) -> tuple[tuple[str, Contributor], ...]:
        """Each contributor who has a name, or something in its place, once for each role: the role's code and the contributor."""
        return tuple((role, person) for person in self.contributors if person.name for role in person.roles)


@dataclass(frozen=True, slots=True)
class Track:
    """One audio file of an audiobook."""

    id: str
    title: str
    file: Asset | None
    """`None` where it is not in the repository's reach: a store may have been given it in another way."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """Some differences between the files and a store that are left alone."""

    path: str
    """A glob over attribute paths."""
    reason: str = ""
    """Why, in the words of who wrote it; for eyes only."""
    until: date | None = None
    """The last day on which it holds; `None`: for good."""

    def holds_on(self, today: date) -> bool:
        """Return whether it is still to be heeded."""
        return self.until is None or today <= self.until


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What plans must not do to an edition's resources."""

    protect: bool = False
    ignore_changes: tuple[Ignore, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something was declared; turned into file, line and column only when someone asks."""

    path: str
    document: int
    """Which document of the file, from 0."""
    pointer: Pointer = ()

    def at(self, *steps: str | int) -> Origin:
        """Point further in."""
        return Origin(self.path, self.document, (*self.pointer, *steps))


NOWHERE: Final = Origin("", 0)
"""Of what no file declares."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One sellable form of a title, with everything that is true of it settled."""

    id: str
    format: Format
    metadata: Metadata
    external_id: str
    """Sent and compared byte for byte; by default the ISBN, else TITLE-EDITION."""
    isbn: str | None = None
    """13 digits."""
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    """By ISO 4217 code."""
    content: Asset | None = None
    cover: Asset | None = None
    tracks: tuple[Track, ...] = ()
    height: Measure | None = None
    width: Measure | None = None
    weight: Measure | None = None
    thickness: Measure | None = None
    pages: int | None = None
    binding: str | None = None
    editing_location: str | None = None
    publish: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Account name → that provider's own options, not yet judged; without the facts that the account is given."""
    files: Mapping[str, Mapping[str, Asset]] = field(default_factory=dict)
    """Account name → what its options name under `files`: the store's name for a kind of file → the file."""
    lifecycle: Lifecycle = Lifecycle()
    extract: Asset | None = None
    """A part to read before buying."""
    facts: EditionFacts = NO_EDITION_FACTS
    """What only some recipients ask for."""
    views: Mapping[str, Edition] = field(default_factory=dict)
    """Account name → the edition with the facts as that account is given them; only of accounts that are reported otherwise."""

    def seen_by(self, account: str) -> Edition:
        """Return the edition with the facts as one account is given them."""
        return self.views.get(account, self)


@dataclass(frozen=True, slots=True)
class Title:
    """One work, declared in one document."""

    id: str
    editions: tuple[Edition, ...]
    origin: Origin
    """Its document; where one of an edition's fields was said (there or in a defaults document), `config.resolve` can tell."""

    def seen_by(self, account: str) -> Title:
        """Return the title with each of its editions as one account sees it."""
        editions = tuple(edition.seen_by(account) for edition in self.editions)
        return self if all(map(is_, editions, self.editions)) else replace(self, editions=editions)
