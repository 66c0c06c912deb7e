"""The list of contents: its filters, its order, and the cursor that a page ends with.

A cursor holds the place of one content in one order, so that what comes or goes meanwhile moves nothing else. It does
not hold the filters: whoever asks for the next page says them again. Chosen: the default order is by falling publication
date, which cannot be asked for by name; what is unknown or malformed is refused.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import orjson

from catalogctl.providers.publicala.sandbox.checks import BodyCheck
from catalogctl.providers.publicala.sandbox.issue import AUDIO, Issue
from catalogctl.providers.publicala.sandbox.render import stamp
from catalogctl.providers.publicala.sandbox.shelf import Shelf
from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches
from catalogctl.providers.publicala.sandbox.v3.rules import FILE_TYPES

PER_PAGE, MOST_PER_PAGE = 100, 500
_SORTS = ("created_at", "updated_at")
_LONGEST_SPAN = timedelta(days=31)
_FILTERS = frozenset({"external_id", "id", "query", "file_type"})
_FILTERS_OF_B = frozenset({"author", "audience"})


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an order, beside a content."""

    sort: str
    """As in the request: with a minus sign where it falls."""
    value: str
    number: int
    back: bool
    """Whether the page lies before the place."""

    def __str__(self) -> str:
        return urlsafe_b64encode(orjson.dumps([self.sort, self.value, self.number, self.back])).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Query:
    """What a request for the list asks for."""

    sort: str = "-published_at"
    per_page: int = PER_PAGE
    cursor: Cursor | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """First and last instant by `created_at` or `updated_at`, as they are stored."""


@dataclass(frozen=True, slots=True)
class ContentPage:
    """A part of the list."""

    issues: Sequence[Issue]
    following: Cursor | None
    previous: Cursor | None

    def links(self, address: str, said: Mapping[str, str]) -> dict[str, str | None]:
        """Write the addresses of the neighbouring pages; `said` are the arguments that they repeat."""
        places = {"next": self.following, "prev": self.previous}
        return {
            name: None if cursor is None else f"{address}?{urlencode({**said, 'cursor': str(cursor)})}" for name, cursor in places.items()
        }


def wanted(said: Mapping[str, str], now: datetime, switches: PublicalaSwitches, verdict: BodyCheck) -> Query:
    """Read the arguments of a request for the list."""
    sort = said.get("sort") or "-published_at"
    if said.get("sort") and sort.removeprefix("-") not in _SORTS:
        verdict.refuse_choice("sort")
    asked = said.get("per_page") or str(PER_PAGE)
    per_page = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 5 else 0
    if not 1 <= per_page <= MOST_PER_PAGE:
        verdict.refuse("per_page", f"must be between 1 and {MOST_PER_PAGE}.")
    cursor = _cursor(said.get("cursor"), sort, verdict)
    known = _FILTERS | (_FILTERS_OF_B if switches.v3_docs == "B" else frozenset())
    filters: dict[str, str] = {}
    bounds: dict[str, dict[str, str]] = {}
    for key, value in said.items():
        match key.replace("]", "").split("["):
            case ["filter", name] if name in known:
                filters[name] = value.strip()
            case ["filter", name, "from" | "to" as end] if name in _SORTS:
                bounds.setdefault(name, {})[end] = value
            case ["filter", *rest]:
                verdict.refuse_choice(".".join(["filter", *rest]))
            case _:
                pass
    if "file_type" in filters and filters["file_type"] not in FILE_TYPES:
        verdict.refuse_choice("filter.file_type")
    ranges = {name: found for name, ends in bounds.items() if (found := _range(name, ends, now, verdict))}
    return Query(sort, per_page, cursor, filters, ranges)


def listed(shelf: Shelf, query: Query) -> ContentPage:
    """Return the page that a query asks for."""
    rising = shelf.ordered(query.sort.removeprefix("-"))
    if query.filters or query.ranges:
        rising = [place for place in rising if _passes(shelf.numbered(place[1]), query)]
    falls, cursor = query.sort.startswith("-"), query.cursor
    upwards = falls == (cursor is not None and cursor.back)
    place = None if cursor is None else (cursor.value, cursor.number)
    if upwards:
        start = 0 if place is None else bisect_right(rising, place)
        end = min(start + query.per_page, len(rising))
    else:
        end = len(rising) if place is None else bisect_left(rising, place)
        start = max(end - query.per_page, 0)
    chosen = rising[start:end]
    before, behind = start > 0, end < len(rising)
    if falls:
        chosen, before, behind = chosen[::-1], behind, before
    return ContentPage(
        [shelf.numbered(number) for _, number in chosen],
        Cursor(query.sort, *chosen[-1], back=False) if chosen and behind else None,
        Cursor(query.sort, *chosen[0], back=True) if chosen and before else None,
    )


def _passes(issue: Issue, query: Query) -> bool:
    return all(_meets(issue, name, value) for name, value in query.filters.items()) and all(
        first <= (issue.created_at if name == "created_at" else issue.updated_at) <= last for name, (first, last) in query.ranges.items()
    )


def _meets(issue: Issue, name: str, value: str) -> bool:
    match name:
        case "id":
            return str(issue.id) == value
        case "query":
            return value.casefold() in issue.name.casefold()
        case "file_type":
            return ("audio" if issue.extension in AUDIO else issue.extension) == value
        case "author":
            return value in issue.author
        case "audience":
            return issue.audience == value
        case _:
            return issue.external_id == value


def _cursor(argument: str | None, sort: str, verdict: BodyCheck) -> Cursor | None:
    if not argument:
        return None
    try:
        match orjson.loads(urlsafe_b64decode(argument + "=" * (-len(argument) % 4))):
            case [str() as order, str() as value, int() as number, bool() as back] if order == sort:
                return Cursor(order, value, number, back)
            case _:
                pass
    except ValueError:
        # Below, as any other cursor that no page of this order ended with.
        pass
    verdict.refuse_choice("cursor")
    return None


def _range(name: str, ends: Mapping[str, str], now: datetime, verdict: BodyCheck) -> tuple[str, str] | None:
    """Read a range of instants; one that has no end ends now, one that has no beginning begins as early as it may."""
    read: dict[str, datetime] = {}
    for end, value in ends.items():
        try:
            read[end] = datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        except ValueError:
            verdict.refuse(f"filter.{name}.{end}", "does not match the format Y-m-d H:i:s.")
            return None
    last = read.get("to", min(read["from"] + _LONGEST_SPAN, now) if "from" in read else now)
    earliest = now - _LONGEST_SPAN if name == "updated_at" else last - _LONGEST_SPAN
    first = read.get("from", earliest)
    if max(first, last) > now:
        verdict.refuse(f"filter.{name}", "may not lie in the future.")
    elif last < first or last - first > _LONGEST_SPAN:
        verdict.refuse(f"filter.{name}", "may span one month at most.")
    elif first < earliest:
        verdict.refuse(f"filter.{name}", "may reach back one month at most.")
    return stamp(first), stamp(last)
