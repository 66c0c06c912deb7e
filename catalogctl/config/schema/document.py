"""What the files of a catalog may say: the models, from which the schemas for editors are made as well.

    title      one work and its editions
    defaults   what is true of every title below a folder unless the title says otherwise
    blocks     `moved`, `removed` and `import`, which may also be in the other two

A field that is not written is not declared. A field that is written as null takes back what a default or the title says.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from catalogctl.config.schema.block import Block
from catalogctl.config.schema.facts import OwnFields, TermFields, WorkFields
from catalogctl.config.schema.fields import (
    AddressOrName,
    AddressText,
    Count,
    Country,
    Currency,
    Date,
    ExternalId,
    Isbn,
    Language,
    Line,
    Location,
    Name,
    Options,
    Price,
    Slug,
    TextOrNumber,
    TrackId,
)
from catalogctl.config.schema.leaf import LEAVES, OneNode, OneOrMany, OrOnlyItem, OrText
from catalogctl.config.schema.people import AnyContributor
from catalogctl.config.schema.subjects import SubjectsBlock
from catalogctl.config.schema.trade_fields import Issn, Length, Mass


class SeriesBlock(Block):
    """The series a title belongs to. It is one thing: an edition's series replaces the title's whole."""

    model_config = ConfigDict(title="a series")

    name: Line = Field(description="The name of the series.", examples=["Biblioteca de bolsillo"])
    number: TextOrNumber | None = Field(None, description="The title's place in it.", examples=["3"])
    subtitle: Line | None = Field(None, description="What follows the name of the series.", examples=["Clásicos del siglo XX"])
    issn: Issn | None = Field(None, description="The ISSN of the series.", examples=["2049-3630"])


class ExceptBlock(Block):
    """Every country but some."""

    model_config = ConfigDict(title="territories")

    except_: list[Country] = Field(alias="except", min_length=1, description="The countries and groups left out.", examples=[["US", "CA"]])


Territories = Annotated[
    list[Country] | ExceptBlock | Literal["ALL"],
    OneNode(
        {
            "title": "territories",
            "type": ["array", "object", "string"],
            "items": LEAVES["country"].described,
            "properties": {
                "except": {
                    "type": "array",
                    "items": LEAVES["country"].described,
                    "minItems": 1,
                    "description": "The countries and groups left out.",
                    "examples": [["US", "CA"]],
                }
            },
            "required": ["except"],
            "additionalProperties": False,
            "pattern": "^ALL$",
        }
    ),
]
"""`ALL`, a list, or `{except: […]}`: one node of a schema, so that what is wrong is reported of the form that was meant."""


class MetadataFields(WorkFields):
    """What can be said on a title, said otherwise on an edition, and given to all titles below a folder by its defaults."""

    subtitle: Line | None = Field(None, description="What follows the title on the title page.", examples=["Aprenda a se amar"])
    language: Language | None = Field(None, description="The language of the text, as a tag of BCP 47.", examples=["pt", "pt-BR"])
    contributors: list[AnyContributor] | None = Field(
        None, description="Who made the work, in the order of the title page.", examples=[[{"name": "Louise Hay", "role": "author"}]]
    )
    publisher: Line | None = Field(None, description="The publishing house.", examples=["publica.la"])
    imprint: Line | None = Field(None, description="The brand of the house under which the work appears.", examples=["Colección Norte"])
    series: Annotated[Any, OneOrMany(SeriesBlock)] | None = Field(
        None,
        description="The series the work belongs to; a list of them where there are several, the one that stores show first.",
        examples=[{"name": "Biblioteca", "number": "3"}],
    )
    publication_date: Date | None = Field(None, description="The day of publication, with no time and no zone.", examples=["2019-09-13"])
    description: str | None = Field(None, description="The blurb. HTML is allowed.", examples=["<p>A program of 21 days.</p>"])
    subjects: SubjectsBlock | None = Field(
        None, description="What the work is about, in the book trade's codes.", examples=[{"bisac": ["SEL009000"], "thema": ["VS"]}]
    )
    keywords: list[Line] | None = Field(None, description="Words for searching.", examples=[["espelho", "autoajuda"]])
    territories: Territories | None = Field(
        None,
        description="Where it may be sold: ALL, a list of ISO 3166-1 codes and groups (EU, UN M49, the project's), or all `except` some.",
        examples=[["ALL"], ["AR", "MX", "UY"], ["EU", "419"], {"except": ["US", "CA"]}],
    )


class FilesBlock(Block):
    """The files an edition is made of."""

    model_config = ConfigDict(title="files")

    content: Location | None = Field(
        None, description="The book itself: a path relative to this document, or an https URL.", examples=["assets/mirror-work.epub"]
    )
    cover: Location | None = Field(
        None, description="The cover: a path relative to this document, or an https URL.", examples=["assets/mirror-work.jpg"]
    )
    extract: Location | None = Field(
        None,
        description="A part to read before buying: a path relative to this document, or an https URL.",
        examples=["assets/extract.epub"],
    )


class TrackBlock(Block):
    """One audio file of an audiobook."""

    model_config = ConfigDict(title="a track")

    id: TrackId = Field(description="Identifies the track and never changes; its position in the list may.", examples=["intro"])
    title: Line = Field(description="The name of the track.", examples=["Introduction"])
    file: Location | None = Field(
        None,
        description="An MP3: a path relative to this document, or an https URL. May be left out where a store has the file already.",
        examples=["https://cdn.example.com/intro.mp3"],
    )


class IgnoreBlock(Block):
    """Differences between the files and a store that are left alone."""

    model_config = ConfigDict(title="an entry of ignore_changes")

    path: Line = Field(description="A glob over attribute paths.", examples=["prices.*"])
    reason: Line | None = Field(None, description="Why; shown where a plan leaves something alone.", examples=["the store runs a campaign"])
    until: Date | None = Field(None, description="The last day on which it holds.", examples=["2026-12-31"])


class LifecycleBlock(Block):
    """What plans must not do to an edition."""

    model_config = ConfigDict(title="lifecycle")

    protect: bool | None = Field(None, description="Whether plans that would delete or replace it are refused.", examples=[True])
    ignore_changes: list[Annotated[IgnoreBlock, OrText("path", Line)]] | None = Field(
        None,
        description="Attributes whose differences are left alone: globs over their paths, or mappings of a `path`, a `reason` and `until`.",
        examples=[["prices.*", "description"], [{"path": "prices.*", "reason": "the store runs a campaign", "until": "2026-12-31"}]],
    )


class AcknowledgeBlock(Block):
    """A warning of `validate` that was read and is not reported any more, for a time."""

    model_config = ConfigDict(title="an entry of acknowledge")

    code: Line = Field(description="The code of the warning, as docs/diagnostics.md lists it.", examples=["name-comma"])
    field: Line | None = Field(
        None, description="The field it is about, with all that is in it; left out: any field.", examples=["contributors", "prices.USD"]
    )
    reason: Line = Field(description="Why it is right as it is.", examples=["the title page has it so"])
    until: Date = Field(description="The last day on which the warning is not shown.", examples=["2027-01-31"])


_ACKNOWLEDGED: Any = Field(
    None,
    description="Warnings that were acknowledged and are not shown, each with a reason and a last day.",
    examples=[[{"code": "name-comma", "field": "contributors", "reason": "the title page has it so", "until": "2027-01-31"}]],
)


class SharedFacts(MetadataFields, TermFields):
    """The facts that can be said on an edition, and given to all editions below a folder by its defaults."""

    model_config = ConfigDict(title="a publish block of defaults")

    prices: dict[Currency, Price | None] | None = Field(
        None,
        description="By ISO 4217 currency; exact decimals, never more digits than the currency has.",
        examples=[{"USD": "2.00", "EUR": "2.35"}],
    )
    height: Length | None = Field(
        None,
        description="Of the printed book, with a unit: mm, cm or in; a number alone is in the unit of the store's shop.",
        examples=["230 mm", 210],
    )
    width: Length | None = Field(
        None,
        description="Of the printed book, with a unit: mm, cm or in; a number alone is in the unit of the store's shop.",
        examples=["150 mm", 140],
    )
    weight: Mass | None = Field(
        None,
        description="Of the printed book, with a unit: g, kg, oz or lb; a number alone is in the unit of the store's shop.",
        examples=["395 g", 290],
    )
    pages: Count | None = Field(None, description="How many pages it has.", examples=[256])
    binding: Line | None = Field(None, description="How the printed book is bound.", examples=["Rústica"])
    editing_location: Line | None = Field(None, description="Where the edition was made.", examples=["Buenos Aires"])


class SellingTerms(SharedFacts):
    """What can be said on an edition, and given to all editions below a folder by its defaults."""

    model_config = ConfigDict(title="edition defaults")

    publish: dict[Name, Options] | None = Field(
        None,
        description="The accounts of catalogctl.yaml that sell it, each with its provider's own options, and with facts for that account "
        "alone; `false` takes back a default.",
        examples=[{"store": {"free": False, "prices": {"USD": "4.99"}}}],
    )
    lifecycle: LifecycleBlock | None = Field(None, description="What plans must not do to it.", examples=[{"protect": True}])


class OwnFacts(OwnFields):
    """The facts that an edition has for itself."""

    title: Line | None = Field(None, description="The title of this edition, where it differs from the work's.", examples=["Mirror Work"])
    isbn: Isbn | None = Field(None, description="The ISBN of this edition; hyphens and ten digits are fine.", examples=["9781496822482"])
    external_id: ExternalId | None = Field(
        None,
        description="The key under which stores know this edition, byte for byte. By default the ISBN, else TITLE-EDITION.",
        examples=["isbn112233441"],
    )
    files: FilesBlock | None = Field(None, description="The files it is made of.", examples=[{"content": "assets/mirror-work.epub"}])
    tracks: list[TrackBlock] | None = Field(
        None,
        description="The audio files of an audiobook, in listening order.",
        examples=[[{"id": "intro", "title": "Introduction", "file": "https://cdn.example.com/intro.mp3"}]],
    )


class EditionBlock(OwnFacts, SellingTerms):
    """One sellable form of a title."""

    model_config = ConfigDict(title="an edition")

    format: Literal["epub", "pdf", "audiobook", "print"] = Field(description="The form in which it is sold.", examples=["epub"])
    acknowledge: list[AcknowledgeBlock] | None = _ACKNOWLEDGED


class StoreFacts(OwnFacts, SharedFacts):
    """The facts of an edition as one account is given them, beside its provider's own options."""

    model_config = ConfigDict(title="a publish block")


class MovedBlock(Block):
    """A resource, an edition or a title that has another address or name now."""

    model_config = ConfigDict(title="a move")

    from_: AddressOrName = Field(
        alias="from",
        description="The address it had; a title, or TITLE.EDITION, for all that they are on every account.",
        examples=["store/content/old-id.epub", "old-id", "old-id.epub"],
    )
    to: AddressOrName = Field(description="The same as it is now.", examples=["store/content/new-id.epub", "new-id", "new-id.epub"])


class RemovedBlock(Block):
    """A resource that catalogctl shall no longer manage."""

    model_config = ConfigDict(title="a removal")

    address: AddressText = Field(description="Its address.", examples=["store/content/mirror-work.epub"])
    destroy: bool = Field(
        False, description="Whether it is deleted from the store too. By default it stays there and is only forgotten.", examples=[False]
    )


class ImportBlock(Block):
    """An object that exists on a store and shall be managed from now on."""

    model_config = ConfigDict(title="an import")

    address: AddressText = Field(description="The address it gets.", examples=["store/content/mirror-work.epub"])
    id: TextOrNumber = Field(description="The id that the store gave it.", examples=["468166"])


class BlocksDocument(Block):
    """A document of nothing but changes to what is managed."""

    model_config = ConfigDict(title="a document")

    moved: Annotated[list[MovedBlock], OrOnlyItem()] | None = Field(
        None,
        description="Resources that have another address now.",
        examples=[[{"from": "store/content/old.epub", "to": "store/content/new.epub"}]],
    )
    removed: Annotated[list[RemovedBlock], OrOnlyItem()] | None = Field(
        None,
        description="Resources that are no longer managed here.",
        examples=[[{"address": "store/content/gone.epub", "destroy": False}]],
    )
    import_: Annotated[list[ImportBlock], OrOnlyItem()] | None = Field(
        None,
        alias="import",
        description="Objects of a store to be managed from now on.",
        examples=[[{"address": "store/content/mirror-work.epub", "id": "468166"}]],
    )


class TitleDocument(BlocksDocument, MetadataFields):
    """One work and its editions."""

    model_config = ConfigDict(title="a title")

    kind: Literal["title"] = Field(description="What this document is.", examples=["title"])
    id: Slug = Field(description="The title's identity; it never changes, whatever the file is called.", examples=["mirror-work"])
    title: Line = Field(description="The title of the work.", examples=["Trabalhando com o Espelho"])
    acknowledge: list[AcknowledgeBlock] | None = _ACKNOWLEDGED
    editions: dict[Slug, EditionBlock] = Field(
        {}, description="The forms in which it is sold, by a name of your choice.", examples=[{"epub": {"format": "epub"}}]
    )


class DefaultsDocument(BlocksDocument, MetadataFields):
    """What is true of every title below this folder, unless the title or nearer defaults say otherwise."""

    model_config = ConfigDict(title="defaults")

    kind: Literal["defaults"] = Field(description="What this document is.", examples=["defaults"])
    acknowledge: list[AcknowledgeBlock] | None = _ACKNOWLEDGED
    edition: SellingTerms | None = Field(
        None, description="Defaults for every edition below this folder.", examples=[{"publish": {"store": {}}}]
    )


DOCUMENTS: dict[str, type[BlocksDocument]] = {"title": TitleDocument, "defaults": DefaultsDocument, "blocks": BlocksDocument}
"""By kind; `blocks` is what a document without `kind:` is when it has nothing but `moved`, `removed` and `import`."""

BLOCKS: frozenset[str] = frozenset({"moved", "removed", "import"})


def canonical(model: BaseModel) -> dict[str, Any]:
    """Return what a document said, read and in canonical form, without what it did not say."""
    return model.model_dump(by_alias=True, exclude_unset=True)
