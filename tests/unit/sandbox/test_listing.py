"""A distorted list is counted to fit, so that nothing but another answer can contradict it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalogctl.sandbox.listing import distorted

ROWS = [{"id": 1}, {"id": 2}, {"id": 3}]


@pytest.mark.parametrize(("rows", "ids"), [("empty", []), ("short", [1, 2]), ("shifted", [2, 3]), ("doubled", [1, 2, 3, 1])])
@pytest.mark.parametrize(
    "envelope",
    [
        {"data": {"paginator": {"data": ROWS, "links": [{"url": "x"}], "total": 3, "last_page": 1}}},
        {"data": ROWS, "meta": {"total": 3}},
        {"items": ROWS, "_pagination": {"count": 3}},
    ],
    ids=["inside", "meta", "beside"],
)
def test_a_distorted_list_is_counted_to_fit(rows: str, ids: list[int], envelope: dict[str, Any]) -> None:
    text = distorted(json.dumps(envelope).encode(), rows).decode()
    assert text == json.dumps(envelope, separators=(",", ":")).replace(
        json.dumps(ROWS, separators=(",", ":")), json.dumps([{"id": id_} for id_ in ids], separators=(",", ":"))
    ).replace('total":3', f'total":{len(ids)}').replace('count":3', f'count":{len(ids)}')


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"id":1,"total":3}', b"[1,2]"])
def test_what_has_no_list_of_objects_stays_as_it_is(body: bytes) -> None:
    assert distorted(body, "empty") == body
