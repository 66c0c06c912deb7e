"""Answers whose list is not what the store holds: empty, one row short, shifted, or with one row twice, and counted to fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import orjson

from catalogctl.provider.emulation import Json

Rows = list[Json]

DISTORTIONS: Final[Mapping[str, Callable[[Rows], Rows]]] = {
    "empty": lambda _rows: [],
    "short": lambda rows: rows[:-1],
    "shifted": lambda rows: rows[1:],
    "doubled": lambda rows: [*rows, *rows[:1]],
}
"""By name, what becomes of the rows of a list."""
_ROWS: Final = frozenset({"", "data", "items"})
"""What the rows are called, where other lists of objects (the links to pages) are beside them; the empty name is the answer itself."""
_COUNTS: Final = frozenset({"total", "count"})
"""Fields beside a list that say how many rows there are."""


def distorted(body: bytes, name: str) -> bytes:
    """Return an answer with its outermost lists of objects distorted; one without such a list, or that is no JSON, is returned as it is."""
    try:
        whole = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    level: list[Json] = [{"": whole}]
    around: list[dict[str, Json]] = []
    while level:
        holders = [one for one in level if isinstance(one, dict)]
        around += holders
        lists = [(holder, key) for holder in holders for key, value in holder.items() if _is_list_of_objects(value)]
        if lists:
            rows = [(holder, key) for holder, key in lists if key in _ROWS] or lists
            added = max([_distort(holder, key, name) for holder, key in rows], key=abs)
            beside = [value for holder in around for value in holder.values() if isinstance(value, dict)]
            _count_anew({id(holder): holder for holder in [*around, *beside]}.values(), added)
            return orjson.dumps(around[0][""])
        level = [value for holder in holders for value in holder.values()]
    return body


def _is_list_of_objects(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _distort(holder: dict[str, Json], key: str, name: str) -> int:
    """Distort one list in its place, and return by how many rows it grew."""
    rows = holder[key]
    assert isinstance(rows, list), "only lists are distorted"
    holder[key] = new = DISTORTIONS[name](rows)
    return len(new) - len(rows)


def _count_anew(holders: Iterable[dict[str, Json]], added: int) -> None:
    for holder in holders:
        for key in _COUNTS & holder.keys():
            said = holder[key]
            if isinstance(said, int) and not isinstance(said, bool):
                holder[key] = max(0, said + added)
