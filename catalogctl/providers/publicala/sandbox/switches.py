"""The points that publica.la's documents leave open or contradict themselves on, each with the readings it allows."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicalaSwitches:
    """One reading of the document; the defaults are the likeliest or the strictest.

    Raises:  ValueError for a reading that is not offered.
    """

    required_fields: Literal["strict", "lenient"] = "strict"
    """strict: by the tables. lenient: as the document's own samples, which lack some required fields and write bisac as plain strings."""
    omitted_taxonomy: Literal["keeps", "clears"] = "keeps"
    """What PUT does to a taxonomy that its body does not name."""
    omitted_optional: Literal["keeps", "clears"] = "keeps"
    """What PUT does to any other optional field that its body does not name."""
    single_get: Literal["paginator", "issue", "data"] = "paginator"
    """Where the answer to a GET of one content holds it."""
    empty_prices: Literal["list", "object"] = "list"
    """How no prices are written: `[]` as PHP does, or `{}`."""
    zero_price: Literal["kept", "dropped"] = "kept"
    """Whether a price of 0 is stored."""
    timezone: str = "America/Argentina/Buenos_Aires"
    """The store's IANA timezone: dates are its midnight. An unknown one raises ZoneInfoNotFoundError at once."""
    foreign_rows: int = 0
    """How many contents of other tenants a new sandbox holds."""
    list_order: Literal["desc", "asc"] = "desc"
    """The list's order by internal id."""
    list_descriptions: Literal["full", "truncated"] = "full"
    """truncated: the list gives 59 characters and "...", as in the document's sample; a GET of one content gives all."""
    next_page_url_keeps_query: bool = False
    """Whether the paginator's URLs carry `query`; those of the sample do not."""
    per_page: Literal["ignored", "asked"] = "ignored"
    """Whether v1's list always gives 15 contents a page, as in the sample, or as many as `per_page` asks for, up to 100."""
    window_end: Literal["inclusive", "exclusive"] = "inclusive"
    """Whether a price of v3 holds on the day of its `ends_at`."""
    shown_prices: Literal["active", "all"] = "active"
    """Whether v3 shows prices that do not hold yet or any more; the page on reading a content speaks of the active ones."""
    html_echo: Literal["exact", "crlf"] = "exact"
    """crlf: line breaks of a description come back as CRLF."""
    audio_file_type: Literal["as_sent", "audio", "mpga"] = "as_sent"
    """The `file_type` that an mp3 or mpga content shows."""
    conversion_steps: tuple[str, ...] = ("started_dispatching_conversion", "converting")
    """The states before the last one; empty: contents are converted at once."""
    conversion_advances: Literal["clock", "read"] = "clock"
    """Whether a state passes with time or with each GET that shows the content."""
    conversion_step_seconds: float = 0.25
    conversion_failure: str | None = None
    """The last state of every conversion in place of `done`."""
    collections: tuple[str, ...] | None = None
    """The collections that exist, where others are refused; None takes any."""
    rate_limit: int | None = None
    """Requests per minute; None never refuses."""
    retry_after: Literal["seconds", "date", "none"] = "seconds"
    """How a 429 names its Retry-After."""
    v1: bool = True
    """Whether the store has the v1 API; without it its paths answer 404."""
    v3_docs: Literal["none", "A", "B"] = "none"
    """none: the store has no v3 API. A: as the older documents, with `external_id` and a content file that stays. B: as the newer
    ones, with `identifiers` and a content file that can be replaced."""
    metadata_names: Literal["plural", "singular"] = "plural"
    """How v3's metadata calls what v1 calls `keyword`, `category` and `collection`; both are taken."""
    metadata_terms: Literal["all", "documented"] = "all"
    """documented: v3's metadata shows neither categories nor collections, of which no document speaks."""
    v3_bisac: Literal["either", "objects", "strings"] = "either"
    """Which form v3 takes BISAC codes in: `{"code": …}` as v1's, or strings as its own other lists; either is shown as objects."""
    v3_measures: Literal["kept", "ignored"] = "kept"
    """Whether v3 has a place for a book's measures under v1's names: its pages show no names for them."""
    isbn_echo: Literal["plain", "hyphenated"] = "plain"
    """How an ISBN among the identifiers comes back."""
    delete_compacts_order: bool = True
    """Whether the tracks behind a deleted one move up, or leave its number free."""
    file_is_track: bool = False
    """Whether an audiobook that was created with a file has one track, which is called as the book."""

    def __post_init__(self) -> None:
        ZoneInfo(self.timezone)
        hints = get_type_hints(type(self))
        for name in (item.name for item in fields(self)):
            hint = hints[name]
            if get_origin(hint) is Literal and getattr(self, name) not in get_args(hint):
                raise ValueError(f"{name} is one of {', '.join(get_args(hint))}, not {getattr(self, name)!r}")
