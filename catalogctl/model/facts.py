"""Facts about an edition that only some recipients of its metadata ask for, as declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final


@dataclass(frozen=True, slots=True)
class Ages:
    """Whom a book is for, in years; at least one of the two is declared."""

    first: int | None = None
    last: int | None = None
    """Inclusive."""


@dataclass(frozen=True, slots=True)
class Copyright:
    """A copyright notice."""

    year: int | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """What was written about a book."""

    text: str
    author: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Award:
    """A prize that a book has won, or was named for."""

    name: str
    year: int | None = None
    country: str = ""
    """ISO 3166-1 alpha-2."""
    achievement: str = ""
    """A word of `vocabulary.PRIZE_ACHIEVEMENTS`."""


@dataclass(frozen=True, slots=True)
class Part:
    """One product of those that an edition is made of."""

    isbn: str = ""
    """13 digits."""
    format: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Accessibility:
    """What a publication offers readers who do not see or hear it all; words are those of `vocabulary`."""

    conforms: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    hazards: tuple[str, ...] = ()
    summary: str = ""
    exemption: str = ""
    certifier: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Tax:
    """The tax of a price."""

    included: bool
    rate: Decimal | None = None
    """Percent."""
    level: str = ""
    """A word of `vocabulary.TAX_LEVELS`."""


@dataclass(frozen=True, slots=True)
class TerritoryPrice:
    """A price that holds in some countries."""

    currency: str
    """ISO 4217."""
    amount: Decimal
    territories: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2; empty: everywhere else."""
    tax: Tax | None = None


@dataclass(frozen=True, slots=True)
class PriceChange:
    """The regular prices from a day on."""

    begins: str
    """A day, or an instant with its offset, in ISO 8601."""
    prices: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Promotion:
    """Prices for a time."""

    id: str
    begins: str
    """A day, or an instant with its offset, in ISO 8601."""
    ends: str
    """A day is inclusive; an instant is not."""
    prices: Mapping[str, Decimal]
    territories: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2; empty: wherever it is sold."""


@dataclass(frozen=True, slots=True)
class OnixFacts:
    """What only an ONIX record says of an edition."""

    reference: str = ""
    """Its RecordReference, which never changes; empty: made of the namespace, the title and the edition."""
    availability: str = ""
    """A word of `vocabulary.AVAILABILITIES`; empty: from status and dates."""
    unpriced: str = ""
    """A word of `vocabulary.UNPRICED`."""
    record: str = ""
    """The path of the record that it came from, relative to the document."""


NO_ONIX_FACTS: Final = OnixFacts()


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """What is true of one edition alone."""

    identifiers: Mapping[str, str] = field(default_factory=dict)
    """`doi`, and others by a name of the publisher's choice."""
    parts: tuple[Part, ...] = ()
    accessibility: Accessibility | None = None
    duration: int | None = None
    """Seconds."""
    replaces: tuple[str, ...] = ()
    """ISBNs, 13 digits each."""
    replaced_by: tuple[str, ...] = ()
    prices_in: tuple[TerritoryPrice, ...] = ()
    price_changes: tuple[PriceChange, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    drm: str = ""
    """A word of `vocabulary.PROTECTIONS`."""
    form: tuple[str, ...] = ()
    """Codes of ONIX: one of list 150, and details of list 175."""
    onix: OnixFacts = NO_ONIX_FACTS


NO_EDITION_FACTS: Final = EditionFacts()


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """What is true of a title and may be said otherwise of one of its editions."""

    title_prefix: str = ""
    original_title: str = ""
    original_language: str = ""
    """A tag of BCP 47."""
    edition_statement: str = ""
    edition_number: int | None = None
    edition_types: tuple[str, ...] = ()
    """Words of `vocabulary.EDITION_TYPES`."""
    edition_year: int | None = None
    audience: tuple[str, ...] = ()
    """Words of `vocabulary.AUDIENCES`."""
    ages: Ages | None = None
    subjects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Codes by a scheme of `vocabulary.SUBJECT_SCHEMES`."""
    own_subjects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Codes by the name of a scheme that is the publisher's own."""
    short_description: str = ""
    tagline: str = ""
    table_of_contents: str = ""
    """May hold HTML."""
    reviews: tuple[Review, ...] = ()
    awards: tuple[Award, ...] = ()
    place: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2."""
    copyright: Copyright | None = None
    status: str = ""
    """A word of `vocabulary.STATUSES`."""
    dates: Mapping[str, str] = field(default_factory=dict)
    """`on_sale`, `preorder_from`, `announced`, `first_published`, `print`: each a day, a month or a year."""
    rights: str = ""
    """A word of `vocabulary.SALES_RIGHTS`."""


NO_WORK_FACTS: Final = WorkFacts()
