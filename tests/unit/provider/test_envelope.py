"""A list is all there is only where nothing beside it says otherwise, whatever the word."""

from __future__ import annotations

from typing import Any

import pytest

from catalogctl.provider.envelope import says_more

NEXT = "https://api.example.com/files?page=2"


@pytest.mark.parametrize(
    "envelope",
    [
        {"_pagination": {"page": 1, "per_page": 1, "pages": 2, "count": 2}},
        {"_pagination": {"total": 3}},
        {"_pagination": {"total_count": "3"}},
        {"_pagination": {"pages": 2}},
        {"_pagination": {"pageCount": 2}},
        {"_pagination": {"lastPage": 2}},
        {"_pagination": {"has_more": True}},
        {"_pagination": {"hasNextPage": True}},
        {"_pagination": {"more": 1}},
        {"_pagination": {"next": 2}},
        {"_pagination": {"next_cursor": "abc"}},
        {"_pagination": {"cursor": "abc"}},
        {"_pagination": {"continuationToken": "abc"}},
        {"_pagination": {"items": 3}},
        {"_pagination": {"whatever": 3}},
        {"_pagination": {"page": 2}},
        {"_pagination": {"offset": 2}},
        {"_pagination": {"is_last": False}},
        {"_pagination": {"complete": False}},
        {"_pagination": {"max_page": 2}},
        {"_pagination": {"per_page": 2}},
        {"_pagination": {"limit": 2, "page": 1}},
        {"_pagination": {"links": {"next": NEXT}}},
        {"_links": {"next": {"href": NEXT}}},
        {"_links": {"last": {"href": NEXT}}},
        {"links": {"first": NEXT[:-1] + "1", "last": NEXT, "next": None}},
        {"meta": {"has_more": True}},
        {"meta": {"pagination": {"total": 3}}},
        {"total": 3},
        {"has_more": True},
        {"next": NEXT},
        {"count": 17},
        {"_pagination": {"total": 3.0}},
        {"_pagination": {"total": "3 files"}},
        {"_pagination": {"page": "1/2"}},
        {"_pagination": {"position": "Page 1 of 2"}},
        {"_pagination": {"range": "0-1/43"}},
        {"_pagination": {"showing": "1 to 2 out of 43"}},
        {"_pagination": {"pages": [1, 2]}},
        {"_pagination": {"remaining": ["b.epub"]}},
        {"_links": [{"rel": "self", "href": NEXT}, {"rel": "next", "href": NEXT}]},
        {"links": [{"url": None, "label": "&laquo; Previous"}, {"url": NEXT, "label": "Next &raquo;"}]},
    ],
    ids=str,
)
def test_whatever_says_that_there_is_more_is_heard(envelope: dict[str, Any]) -> None:
    assert says_more(envelope, 2) is not None


@pytest.mark.parametrize(
    "envelope",
    [
        {},
        {"_links": {}, "_pagination": {}},
        {"_pagination": {"page": "1/1", "range": "0-1/2", "showing": "1-2 of 2", "total": 2.0, "pages": [1]}},
        {"links": [{"url": NEXT, "label": "1"}, {"url": None, "label": "Next &raquo;"}]},
        {"_pagination": {"date": "2030/12/01", "took": "17 ms"}},
        {"_pagination": {"page": 1, "per_page": 100, "pages": 1, "count": 2}},
        {"_pagination": {"total": 2, "limit": 100, "offset": 0}},
        {"_pagination": {"total": 2, "per_page": 2, "has_more": False}},
        {"_pagination": {"page": 0, "size": 20, "totalPages": 1, "totalElements": 2, "last": True}},
        {"_pagination": {"has_more": False, "cursor": "abc"}},
        {"_pagination": {"next": None, "previous": None, "next_cursor": ""}},
        {"_links": {"self": {"href": NEXT}, "first": {"href": NEXT}}},
        {"links": {"first": NEXT[:-1] + "1", "last": NEXT[:-1] + "1", "prev": None, "next": None}},
        {
            "meta": {
                "current_page": 1,
                "from": 1,
                "to": 2,
                "per_page": 15,
                "last_page": 1,
                "total": 2,
                "path": "https://api.example.com/files",
            }
        },
        {"meta": {"took": 1700, "version": 3}, "product": 4711},
        {"timestamp": 1763800000, "id": 12},
    ],
    ids=str,
)
def test_what_says_nothing_of_the_kind_is_no_reason_to_doubt(envelope: dict[str, Any]) -> None:
    assert says_more(envelope, 2) is None


@pytest.mark.parametrize(
    "headers", [{"link": f'<{NEXT}>; rel="next"'}, {"link": f"<{NEXT}>; rel=next"}, {"x-total-count": "3"}, {"x-total": "3"}]
)
def test_headers_are_heard_as_well(headers: dict[str, str]) -> None:
    assert says_more({}, 2, headers) is not None
    assert says_more({}, 2, {"link": f'<{NEXT}>; rel="prev"', "x-total-count": "2", "x-ratelimit-limit": "100"}) is None
