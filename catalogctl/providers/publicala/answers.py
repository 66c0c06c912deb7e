"""What publica.la's documents show of each answer: the fields that are read here, and the type of each.

Source: the service's page on content (v1), its pages on content by v3, and its page on audiobook tracks, last read 2026-11-30.
What they leave open is in `assumptions`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field

from catalogctl.provider.strict import Amount, AnswerModel, Day, Digits, Flag
from catalogctl.providers.publicala.assumptions import NULL_IS_NONE


def _list_of_none(told: Any) -> Any:
    """Read `[]`, as PHP writes an object without keys, as the empty object."""
    return {} if told == [] else told


# ── v1 ──


class IssueKey(AnswerModel):
    """What any content of v1 is known by. Table: `id` integer, `external_id` string, `is_owned_by_current_tenant` boolean."""

    id: Annotated[int, Field(ge=0)]
    external_id: NULL_IS_NONE
    is_owned_by_current_tenant: bool
    ti_deleted_at: str | None = None
    """Sample of the list: `null`; no other answer has it."""


class Moment(AnswerModel):
    """Sample: `{"timestamp": 1616122800, "date": "2021-03-19 00:00:00", "timezone": "America/Argentina/Buenos_Aires"}`."""

    date: Day


class WholeDescription(AnswerModel):
    """Table: `issue_description.description` string."""

    description: NULL_IS_NONE


class MorphedPrice(AnswerModel):
    """Sample of the list: `{"type": "single", "country_code": null, "currency_id": "USD", "amount_in_cents": 2500, "deleted_at": null}`."""

    type: str
    country_code: str | None
    currency_id: str
    amount_in_cents: int
    deleted_at: str | None


class NewIssue(IssueKey):
    """The `issue` in the answer to a create, whose sample has no `file_type`."""

    name: str
    lang: NULL_IS_NONE
    description: NULL_IS_NONE
    issue_description: WholeDescription
    free: Flag
    """Table: boolean; samples: `false`, and `0` in requests."""
    prices: Annotated[dict[str, Amount], BeforeValidator(_list_of_none)]
    """Sample of the list: `{"USD": 25}`; of the create: `[]`."""
    price_morph: list[MorphedPrice]
    """Called an object by the table; both samples have a list."""
    publication_date: Moment = Field(validation_alias=AliasChoices("publication_date", "published_at"))  # type: ignore[pydantic-alias]
    """Either of the two; samples show both, as one."""
    conversion_status: NULL_IS_NONE
    slug: str
    ti_withdrawn: Flag = False
    """Sample of the list: `0`; no other answer has it."""
    url: str | None = None
    share_url: str | None = None


class ContentRow(NewIssue):
    """A content as a row of the list or as the answer for one, which may have three shapes around it."""

    file_type: str


class Paginator(AnswerModel):
    """Sample: `{"current_page": 1, "data": […], "last_page": 6, "total": 82}` and addresses, which no one follows."""

    data: list[IssueKey]
    last_page: int
    per_page: Annotated[int, Field(ge=1)] | None = None
    """Of the store's choice, whatever was asked for."""
    total: int


class ListData(AnswerModel):
    """Sample: `{"paginator": {…}, "reached_issues_limit": false, "reached_free_issues_limit": false}`."""

    paginator: Paginator
    reached_issues_limit: bool = False
    reached_free_issues_limit: bool = False
    """For a warning alone, like the other limit."""


class ListAnswer(AnswerModel):
    """The answer of v1's list."""

    data: ListData


# ── v3 ──


class IdentifierAnswer(AnswerModel):
    """One of the `identifiers` of the newer documents: `{type, value, is_primary}`."""

    type: str
    value: str
    is_primary: Flag


class ContentKey(AnswerModel):
    """What any content of v3 is known by. Ids are texts of digits in answers for one, and numbers in the list's sample."""

    id: Digits
    external_id: NULL_IS_NONE
    identifiers: list[IdentifierAnswer] = Field(default_factory=list)


class Free(AnswerModel):
    """`free: {enabled, until, require_login}`."""

    enabled: Flag
    until: Day | None
    require_login: Flag


class Preview(AnswerModel):
    """`preview: {enabled, require_login}`."""

    enabled: Flag
    require_login: Flag


class ShownPrice(AnswerModel):
    """One of the active prices: `{currency_id, amount, starts_at, ends_at}`, as they are sent."""

    currency_id: str
    amount: Amount
    starts_at: str | None = None
    ends_at: str | None = None


def _term(told: Any) -> Any:
    """Take a term out of the object that it may be in (V3_TERMS)."""
    return told.get("code", told.get("name")) if isinstance(told, dict) else told


Terms = list[Annotated[str, BeforeValidator(_term)]]


class MetadataAnswer(AnswerModel):
    """`metadata`, asked for by `include`; it tells nothing of what it has not (V3_TERMS)."""

    author: Terms = Field(default_factory=list)
    authors: Terms = Field(default_factory=list)
    publisher: Terms = Field(default_factory=list)
    publishers: Terms = Field(default_factory=list)
    bisac: Terms = Field(default_factory=list)
    keywords: Terms = Field(default_factory=list)
    keyword: Terms = Field(default_factory=list)
    categories: Terms = Field(default_factory=list)
    category: Terms = Field(default_factory=list)
    collections: Terms = Field(default_factory=list)
    collection: Terms = Field(default_factory=list)


class NewContent(ContentKey):
    """The `data` in the answer to a create; of the example's fields only the id is shown."""

    name: str = ""
    lang: NULL_IS_NONE = None
    file_type: str = ""
    audience: str | None = None
    subtitle: str | None = None
    """Like `publication_place` in the newer documents only."""
    publication_place: str | None = None
    edition_year: int | None = None
    published_at: Day | None = None
    free: Free | None = None
    preview: Preview | None = None
    conversion_status: NULL_IS_NONE = None
    product_url: str | None = None
    reader_url: str | None = None


class Content(NewContent):
    """A content with all that `include` asks for."""

    name: str
    lang: NULL_IS_NONE
    file_type: str
    published_at: Day
    free: Free
    preview: Preview
    conversion_status: NULL_IS_NONE
    description: NULL_IS_NONE
    prices: list[ShownPrice]
    metadata: MetadataAnswer
    geographic_restrictions: object = None
    """Shown by no example."""


class Meta(AnswerModel):
    """`meta: {has_more}`."""

    has_more: bool


class Following(AnswerModel):
    """`links: {next, prev}`; of `next` the cursor is taken, and the address is not followed."""

    next: str | None


class ContentList(AnswerModel):
    """The answer of v3's list."""

    data: list[ContentKey]
    links: Following
    meta: Meta


class ContentAnswer(AnswerModel):
    """The answer for one content of v3."""

    data: ContentKey


class CreatedContent(AnswerModel):
    """Example: `{ "data": { "id": "468200", ... } }`."""

    data: dict[str, object]


class TrackRow(AnswerModel):
    """Table: `id` string, numeric; `title` string."""

    id: Annotated[str, Field(pattern=r"^[0-9]+$")]
    title: str


class TrackList(AnswerModel):
    """The answer of the list of tracks, by their place."""

    data: list[TrackRow]


class TrackAnswer(AnswerModel):
    """The answer to adding or changing a track."""

    data: TrackRow
