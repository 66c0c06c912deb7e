"""An endpoint fills its path so that every part stays one segment."""

from __future__ import annotations

import pytest

from catalogctl.provider.endpoint import Endpoint

ONE = Endpoint("PUT", "/shops/{shop}/books/{book}", frozenset({204}), repeatable=True)


@pytest.mark.parametrize(
    ("part", "segment"),
    [
        ("468166", "468166"),
        ("a/b", "a%2Fb"),
        ("a?b#c", "a%3Fb%23c"),
        ("100%", "100%25"),
        ("libro ñ+", "libro%20%C3%B1%2B"),
        ("../admin", "..%2Fadmin"),
        ("{shop}", "%7Bshop%7D"),
    ],
)
def test_a_part_is_encoded_as_one_segment(part: str, segment: str) -> None:
    assert ONE.fill(shop="1", book=part) == f"/shops/1/books/{segment}"


@pytest.mark.parametrize("part", ["", ".", ".."])
def test_a_part_that_would_make_it_another_path_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match="book cannot be"):
        ONE.fill(shop="1", book=part)


def test_a_missing_part_is_an_error() -> None:
    with pytest.raises(KeyError, match="book"):
        ONE.fill(shop="1")


@pytest.mark.parametrize(
    ("method", "writes"), [("GET", False), ("HEAD", False), ("POST", True), ("PUT", True), ("PATCH", True), ("DELETE", True)]
)
def test_all_but_reading_methods_write(method: str, writes: bool) -> None:
    assert Endpoint(method, "/", frozenset({200}), repeatable=True).writes is writes


def test_it_prints_as_the_plan_lists_it() -> None:
    assert str(ONE) == "PUT /shops/{shop}/books/{book}"
