"""The facts that only some recipients of a title's metadata ask for: the blocks of documents that say them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from catalogctl.config.schema.block import Block
from catalogctl.config.schema.fields import Count, Country, Currency, Isbn, Language, Least, Line, Price, Slug, TextOrNumber
from catalogctl.config.schema.leaf import OneOrMany
from catalogctl.config.schema.trade_fields import (
    Achievement,
    Audience,
    Availability,
    Boundary,
    Conformance,
    CountryCode,
    EditionType,
    Exemption,
    Feature,
    FormCode,
    Hazard,
    Length,
    PartialDate,
    Protection,
    Rate,
    Rights,
    RunningTime,
    Status,
    TaxLevel,
    Unpriced,
    Year,
)


class AgesBlock(Block):
    """Whom a book is for, in years. It is one thing: an edition's replaces the title's whole."""

    model_config = ConfigDict(title="ages")

    from_: Least | None = Field(None, alias="from", description="The youngest reader's age in years.", examples=[6])
    to: Least | None = Field(None, description="The oldest reader's age in years, inclusive.", examples=[9])


class CopyrightBlock(Block):
    """A copyright notice."""

    model_config = ConfigDict(title="copyright")

    year: Year | None = Field(None, description="The year of the notice.", examples=[2019])
    owner: Line | None = Field(None, description="Who holds the copyright.", examples=["Louise Hay"])


class ReviewBlock(Block):
    """What was written about the book."""

    model_config = ConfigDict(title="a review")

    text: str = Field(description="The quotation. HTML is allowed.", examples=["A book to live with."])
    author: Line | None = Field(None, description="Who wrote it.", examples=["Ada Marsh"])
    source: Line | None = Field(None, description="Where it appeared.", examples=["El Faro"])


class AwardBlock(Block):
    """A prize that the book has won, or was named for."""

    model_config = ConfigDict(title="an award")

    name: Line = Field(description="The name of the prize.", examples=["Premio Ribera"])
    year: Year | None = Field(None, description="The year for which it was given.", examples=[2024])
    country: CountryCode | None = Field(None, description="The country in which it is given, by ISO 3166-1.", examples=["AR"])
    code: Achievement | None = Field(
        None, description="What the book came to: winner, runner-up, commended, shortlisted …", examples=["winner"]
    )


class DatesBlock(Block):
    """Days beside the publication date; a month or a year where the day is not known."""

    model_config = ConfigDict(title="dates")

    on_sale: PartialDate | None = Field(None, description="From when it may be sold: the sales embargo.", examples=["2026-03-31"])
    preorder_from: PartialDate | None = Field(None, description="From when it can be pre-ordered.", examples=["2026-02-01"])
    announced: PartialDate | None = Field(None, description="From when it may be announced.", examples=["2026-01"])
    first_published: PartialDate | None = Field(None, description="When the work was first published.", examples=["1998"])
    print_: PartialDate | None = Field(None, alias="print", description="When its printed counterpart was published.", examples=["2019-09"])


class WorkFields(Block):
    """The facts of this page that can be said on a title, otherwise on an edition, and in defaults."""

    title_prefix: Line | None = Field(None, description="The article that a title begins with and is not sorted by.", examples=["The"])
    original_title: Line | None = Field(None, description="The title of the work that was translated.", examples=["Mirror Work"])
    original_language: Language | None = Field(None, description="The language it was translated from, a tag of BCP 47.", examples=["en"])
    edition_statement: Line | None = Field(None, description="What the title page says of the edition.", examples=["2ª edición revisada"])
    edition_number: Count | None = Field(None, description="Which edition it is.", examples=[2])
    edition_types: list[EditionType] | None = Field(
        None, description="What is particular about the edition, by the words of ONIX list 21.", examples=[["revised", "illustrated"]]
    )
    edition_year: Year | None = Field(None, description="The year of this edition.", examples=[2026])
    audience: Annotated[Any, OneOrMany(Audience)] | None = Field(
        None, description="Whom it is for, by the words of ONIX list 28; one or a list.", examples=["general", ["children", "school"]]
    )
    ages: AgesBlock | None = Field(None, description="The readers' ages in years, both inclusive.", examples=[{"from": 6, "to": 9}])
    short_description: str | None = Field(None, description="A blurb of few lines.", examples=["21 days with a mirror."])
    tagline: Line | None = Field(None, description="A line for advertising.", examples=["Look at yourself."])
    table_of_contents: str | None = Field(
        None, description="The table of contents as text. HTML is allowed.", examples=["<p>1. Day one</p>"]
    )
    reviews: list[ReviewBlock] | None = Field(
        None, description="What was written about it.", examples=[[{"text": "A book to live with.", "source": "El Faro"}]]
    )
    awards: list[AwardBlock] | None = Field(
        None,
        description="Prizes that it has won, or was named for.",
        examples=[[{"name": "Premio Ribera", "year": 2024, "code": "winner"}]],
    )
    place: Line | None = Field(None, description="The city of publication.", examples=["Buenos Aires"])
    country: CountryCode | None = Field(None, description="The country of publication, by ISO 3166-1.", examples=["AR"])
    copyright: CopyrightBlock | None = Field(None, description="The copyright notice.", examples=[{"year": 2019, "owner": "Louise Hay"}])
    status: Status | None = Field(
        None,
        description="The publishing status, by the words of ONIX list 64. `withdrawn` and `cancelled` take it from sale.",
        examples=["active", "withdrawn"],
    )
    dates: DatesBlock | None = Field(None, description="Days beside the publication date.", examples=[{"on_sale": "2026-03-31"}])
    rights: Rights | None = Field(None, description="The publisher's sales rights: exclusive or non-exclusive.", examples=["exclusive"])


class AccessibilityBlock(Block):
    """What a publication offers readers who do not see or hear it all."""

    model_config = ConfigDict(title="accessibility")

    conforms: list[Conformance] | None = Field(
        None, description="The standards that it meets, by words for ONIX list 196.", examples=[["epub-a11y-1.1", "wcag-2.1", "wcag-aa"]]
    )
    features: list[Feature] | None = Field(
        None, description="What helps reading it, by words for ONIX list 196.", examples=[["alternative-text", "reading-order"]]
    )
    hazards: list[Hazard] | None = Field(
        None, description="What in it may harm a reader, by words for ONIX list 143; `none` where nothing does.", examples=[["none"]]
    )
    summary: str | None = Field(None, description="All of it in sentences.", examples=["All pictures are described."])
    exemption: Exemption | None = Field(
        None, description="Why the European Accessibility Act need not be met.", examples=["micro-enterprise"]
    )
    certifier: Line | None = Field(None, description="Who has certified that it conforms.", examples=["Born Accessible"])
    contact: Line | None = Field(None, description="Where a reader can ask the publisher.", examples=["access@example.org"])


class TaxBlock(Block):
    """The tax of a price."""

    model_config = ConfigDict(title="tax")

    included: bool = Field(description="Whether the amount has the tax in it.", examples=[True])
    rate: Rate | None = Field(None, description="The rate in percent.", examples=[4])
    level: TaxLevel | None = Field(None, description="Which of the country's rates it is.", examples=["reduced"])


class TerritoryPriceBlock(Block):
    """A price that holds in some countries."""

    model_config = ConfigDict(title="an entry of prices_in")

    territories: list[Country] | None = Field(
        None, description="Where it holds: ISO 3166-1 codes. Left out: everywhere else.", min_length=1, examples=[["DE", "AT"]]
    )
    currency: Currency = Field(description="ISO 4217 code.", examples=["EUR"])
    amount: Price = Field(description="An exact decimal, with no more digits than the currency has.", examples=["9.99"])
    tax: TaxBlock | None = Field(None, description="Its tax.", examples=[{"included": True, "rate": 4}])


class PriceChangeBlock(Block):
    """The regular prices from a day on."""

    model_config = ConfigDict(title="an entry of price_changes")

    from_: Boundary = Field(alias="from", description="The first day, or an instant with its offset.", examples=["2027-01-01"])
    prices: dict[Currency, Price] = Field(description="By ISO 4217 currency.", min_length=1, examples=[{"EUR": "9.49"}])


class PromotionBlock(Block):
    """Prices for a time."""

    model_config = ConfigDict(title="a promotion")

    id: Slug = Field(description="Identifies the promotion among those of its edition.", examples=["navidad"])
    from_: Boundary = Field(alias="from", description="The first day, or an instant with its offset.", examples=["2026-12-24"])
    until: Boundary = Field(description="The last day, inclusive; an instant with its offset is not.", examples=["2026-12-26"])
    prices: dict[Currency, Price] = Field(description="By ISO 4217 currency.", min_length=1, examples=[{"EUR": "4.99"}])
    territories: list[Country] | None = Field(
        None, description="Where it holds: ISO 3166-1 codes. Left out: wherever it is sold.", min_length=1, examples=[["ES"]]
    )


class TermFields(Block):
    """The facts of this page that can be said on an edition and in its defaults."""

    thickness: Length | None = Field(None, description="Of the printed book, with a unit: mm, cm or in.", examples=["18 mm"])
    accessibility: AccessibilityBlock | None = Field(
        None,
        description="What it offers readers who do not see or hear it all.",
        examples=[{"conforms": ["epub-a11y-1.1"], "features": ["alternative-text"], "hazards": ["none"]}],
    )
    drm: Protection | None = Field(None, description="How its file is protected: none, watermark, drm …", examples=["none"])
    prices_in: list[TerritoryPriceBlock] | None = Field(
        None,
        description="Prices by country, beside `prices`.",
        examples=[[{"territories": ["AT"], "currency": "EUR", "amount": "9.49", "tax": {"included": True, "rate": 10}}]],
    )
    price_changes: list[PriceChangeBlock] | None = Field(
        None, description="What the regular price is from a day on.", examples=[[{"from": "2027-01-01", "prices": {"EUR": "9.49"}}]]
    )
    promotions: list[PromotionBlock] | None = Field(
        None,
        description="Prices for a time.",
        max_length=200,
        examples=[[{"id": "navidad", "from": "2026-12-24", "until": "2026-12-26", "prices": {"EUR": "4.99"}}]],
    )


class PartBlock(Block):
    """One product of those that an edition is made of."""

    model_config = ConfigDict(title="a part")

    isbn: Isbn | None = Field(None, description="Its ISBN.", examples=["9781496822482"])
    format: Literal["epub", "pdf", "audiobook", "print"] | None = Field(None, description="Its form.", examples=["print"])
    count: Count | None = Field(None, description="How many of it there are; 1 by default.", examples=[1])


class OnixBlock(Block):
    """What only an ONIX record says of the edition; no store receives it."""

    model_config = ConfigDict(title="onix")

    reference: Line | None = Field(None, description="Its RecordReference, which never changes.", examples=["com.ribera.mirror-work.epub"])
    availability: Availability | None = Field(
        None,
        description="Whether it can be delivered, by words for ONIX list 65; by default from status and dates.",
        examples=["available"],
    )
    unpriced: Unpriced | None = Field(None, description="Why it has no price, by words for ONIX list 57.", examples=["to-be-announced"])
    record: Line | None = Field(
        None, description="The record that it came from, a path relative to this document.", examples=["onix/9781496822482.xml"]
    )


class OwnFields(Block):
    """The facts of this page that an edition has for itself."""

    identifiers: dict[Line, TextOrNumber | None] | None = Field(
        None,
        description="Identifiers beside the ISBN: `doi`, `uuid`, and others by a name of your choice.",
        examples=[{"doi": "10.1234/mirror-work", "sku": "ABC-0042"}],
    )
    parts: list[PartBlock] | None = Field(
        None, description="The products that it is made of, where it is a set.", examples=[[{"isbn": "9781496822482", "format": "print"}]]
    )
    duration: RunningTime | None = Field(
        None, description="How long an audiobook lasts: hours, minutes and seconds.", examples=["7h 25m", "7:25:00"]
    )
    replaces: Annotated[Any, OneOrMany(Isbn)] | None = Field(
        None, description="The ISBN of the product that this one replaces; one or a list.", examples=["9780306406157"]
    )
    replaced_by: Annotated[Any, OneOrMany(Isbn)] | None = Field(
        None, description="The ISBN of the product that replaces this one; one or a list.", examples=["9780306406157"]
    )
    form: Annotated[Any, OneOrMany(FormCode)] | None = Field(
        None,
        description="Its form more finely than `format`: a code of ONIX list 150, alone or with details of list 175 behind it.",
        examples=["BC", ["BC", "B105"]],
    )
    onix: OnixBlock | None = Field(
        None, description="What only an ONIX record says.", examples=[{"reference": "com.ribera.mirror-work.epub"}]
    )
