"""Laravel's paginator around rows that are already JSON."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

PER_PAGE = 15
"""Contents a page in the document's sample."""
MOST_PER_PAGE = 100
_NEIGHBOURS = 3
"""Pages linked on either side of the present one."""


def page_number(argument: str | None) -> int:
    """Read a page parameter as Laravel does: what is no positive integer is 1."""
    whole = argument is not None and argument.isascii() and argument.isdecimal() and len(argument) < 19
    return max(int(argument or 1), 1) if whole else 1


def per_page(argument: str | None) -> int:
    """Read a `per_page` parameter; what is no positive number is the usual."""
    return min(page_number(argument), MOST_PER_PAGE) if argument and argument.isdecimal() else PER_PAGE


def last_page(total: int, size: int) -> int:
    """Count the pages; nothing is one page."""
    return max(-(-total // size), 1)


def paginator(rows: Sequence[bytes], page: int, total: int, path: str, kept_query: str, size: int = PER_PAGE) -> dict[str, object]:
    """Wrap the rows of one page of `size`, whose number counts from 1; for orjson alone.

    Shapes:  `path` is the list's address; `kept_query` goes before `page=` in every link and is empty or ends in `&`.
    """
    last = last_page(total, size)

    def link(number: int) -> str:
        return f"{path}?{kept_query}page={number}"

    first_row = (page - 1) * size + 1
    previous = link(page - 1) if page > 1 else None
    following = link(page + 1) if page < last else None
    return {
        "current_page": page,
        "data": [orjson.Fragment(row) for row in rows],
        "first_page_url": link(1),
        "from": first_row if rows else None,
        "last_page": last,
        "last_page_url": link(last),
        "links": [
            {"url": previous, "label": "« Previous", "active": False},
            *(
                {"url": None, "label": "...", "active": False}
                if number is None
                else {"url": link(number), "label": number, "active": number == page}
                for number in _window(page, last)
            ),
            {"url": following, "label": "Next »", "active": False},
        ],
        "next_page_url": following,
        "path": path,
        "per_page": size,
        "prev_page_url": previous,
        "to": first_row + len(rows) - 1 if rows else None,
        "total": total,
    }


def _window(page: int, last: int) -> list[int | None]:
    """Choose the pages that are linked; None is a gap."""
    edge = _NEIGHBOURS + 4
    if last < 2 * _NEIGHBOURS + 8:
        return list(range(1, last + 1))
    if page <= edge:
        return [*range(1, edge + _NEIGHBOURS + 1), None, last - 1, last]
    if page > last - edge:
        return [1, 2, None, *range(last - edge - _NEIGHBOURS + 1, last + 1)]
    return [1, 2, None, *range(page - _NEIGHBOURS, page + _NEIGHBOURS + 1), None, last - 1, last]
