"""What PublishDrive's documents show of each answer: the fields that are read here, and the type of each.

Source: the service's pages on its operations, last read 2026-11-30. What they leave open is in `assumptions`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from catalogctl.provider.strict import Amount, AnswerModel, Day
from catalogctl.providers.publishdrive.assumptions import FILE_DIGEST, NULL_IS_NONE

MOST_CHAPTERS = 10_000
"""The largest number of a chapter that is believed: those before it are counted as missing."""

Name = Annotated[str, Field(min_length=1)]


class Person(AnswerModel):
    """One of `contributor`: `{firstName, lastName, role}`."""

    firstName: str
    lastName: str
    role: str


class Price(AnswerModel):
    """One of `price`: `{currency, price}`, a number."""

    currency: str
    price: Amount


class EbookDetailsAnswer(AnswerModel):
    """`{pageCount, kdpEnrolled, publishedOnAmazon}`; what it lacks it does not tell."""

    pageCount: int = 0
    kdpEnrolled: bool = False
    publishedOnAmazon: bool = False


class AudioDetailsAnswer(AnswerModel):
    """`{audioEdition}`, as an e-book's."""

    audioEdition: str = ""


class PodDetailsAnswer(AnswerModel):
    """`{pageCount, trimSizeId, bindingType, coverLaminateType, interiorColorType, paperColorType}`, as an e-book's."""

    pageCount: int = 0
    trimSizeId: int = 0
    bindingType: str = ""
    coverLaminateType: str = ""
    interiorColorType: str = ""
    paperColorType: str = ""


class File(AnswerModel):
    """One of `files`; the documents show none (FILE_DIGEST)."""

    id: Name
    role: str
    filename: str
    digest: Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{64}$")] | None = Field(default=None, alias=FILE_DIGEST)  # type: ignore[pydantic-alias]


class ChapterAnswer(AnswerModel):
    """One of `chapters`, as they are sent: `{sequence, fileId, title, titleAscii}`; `titleAscii` is null where the title is ASCII."""

    sequence: Annotated[int, Field(ge=-MOST_CHAPTERS, le=MOST_CHAPTERS)]
    fileId: Name
    title: str
    titleAscii: str | None = None


class Attributes(AnswerModel):
    """The `attributes` of a book. The page on reading one shows all of them; null are its subtitle, details and chapters."""

    format: str
    status: str
    title: str
    externalId: NULL_IS_NONE
    subtitle: str | None
    language: list[str]
    isbn: NULL_IS_NONE
    description: str
    category: list[str]
    keyword: list[str]
    copyright: str
    saleTerritory: list[str]
    publicationDate: Day
    isFinalVersion: bool
    contributor: list[Person]
    price: list[Price]
    series: object = None
    """Like `imprint` and `audience` shown, and how they are written is shown nowhere: each is named as it is."""
    imprint: object = None
    audience: object = None
    ebookDetails: EbookDetailsAnswer | None = None
    audioDetails: AudioDetailsAnswer | None = None
    podDetails: PodDetailsAnswer | None = None
    files: list[File]
    chapters: list[ChapterAnswer] | None


class BookData(AnswerModel):
    """The `data` of an answer about one book: `{id, type, attributes}`."""

    id: Name
    attributes: Attributes


class BookAnswer(AnswerModel):
    """The answer for one book, and that to a create or an update as the pages on the operations show it."""

    data: BookData


class Made(AnswerModel):
    """The answer to a create as the page on it shows it, of which the id is needed."""

    id: Name


class MadeAnswer(AnswerModel):
    """The answer to a create: `{"data": {"id": …}}`."""

    data: Made


class MadeInWalkthrough(AnswerModel):
    """The answer to a create as the walkthrough shows it: `{"bookId": …}`."""

    bookId: Name


class ListedBook(AnswerModel):
    """The `attributes` of a row of the list, of which the external id is read."""

    externalId: NULL_IS_NONE


class Row(AnswerModel):
    """A row of the list: `{id, type, attributes}`."""

    id: Name
    attributes: ListedBook


class Meta(AnswerModel):
    """`{total, page, perPage, lastPage}`; perPage is not what was asked for in the example."""

    total: int
    lastPage: int


class BookList(AnswerModel):
    """The answer of the list."""

    data: list[Row]
    meta: Meta


class UploadAddress(AnswerModel):
    """The only item of the answer to a request for one address: `{id, url, expiresAt}`."""

    id: Name
    url: Name
