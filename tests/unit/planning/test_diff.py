"""Two attribute sets and a resource type → what differs, in the store's normal form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.resource import Attribute, Kind, Shape
from catalogctl.model.title import Ignore
from catalogctl.model.value import UNKNOWN, Attributes, Reference, Value
from catalogctl.planning.change import ABSENT, UNREADABLE, Missing
from catalogctl.planning.diff import could_ignore, diff, ignored, whole
from unit.planning.shelf import BOOK

USD, EUR = Decimal("2.00"), Decimal("2.35")


def paths(before: Mapping[str, Value | Missing], after: Attributes) -> list[tuple[object, ...]]:
    return [(*item.path, item.before, item.after) for item in diff(before, after, BOOK)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"name": "Azul", "pages": 3}, {"name": "Azul", "pages": 3}),
        ({"name": "Azul", "blurb": "not declared"}, {"name": "Azul"}),
        ({"lang": "EN"}, {"lang": "en"}),
        ({"prices": {"USD": Decimal(2)}}, {"prices": {"USD": USD}}),
        ({"prices": {"USD": USD}}, {"prices": {"USD": USD, "EUR": Decimal(0)}}),
        ({"prices": None}, {"prices": {}}),
        ({}, {"blurb": ""}),
        ({}, {"bisac": ()}),
        ({}, {"prices": {}}),
        ({}, {"name": None}),
        ({"file": Asset("https://a/b?X-Amz-Signature=1")}, {"file": Asset("https://a/b?X-Amz-Signature=2")}),
        ({}, {}),
    ],
)
def test_what_means_the_same_to_the_store_is_no_change(before: Attributes, after: Attributes) -> None:
    assert paths(before, after) == []


def test_each_price_is_a_change_of_its_own() -> None:
    before = {"prices": {"USD": USD, "EUR": EUR, "MXN": Decimal(10)}}
    after = {"prices": {"USD": USD, "EUR": Decimal("2.40"), "ARS": Decimal(99)}}
    assert paths(before, after) == [
        ("prices", "ARS", ABSENT, Decimal(99)),
        ("prices", "EUR", EUR, Decimal("2.40")),
        ("prices", "MXN", Decimal(10), ABSENT),
    ]


def test_a_mapping_that_nobody_can_read_is_one_change() -> None:
    assert paths({"prices": UNREADABLE}, {"prices": {"USD": USD}}) == [("prices", UNREADABLE, {"USD": USD})]


def test_what_cannot_be_read_always_differs() -> None:
    before = {"pages": UNREADABLE, "author": UNREADABLE}
    assert paths(before, {"pages": 3, "author": ()}) == [("author", UNREADABLE, ()), ("pages", UNREADABLE, 3)]


def test_an_unset_mapping_takes_away_each_entry() -> None:
    assert paths({"prices": {"USD": USD}}, {"prices": {}}) == [("prices", "USD", USD, ABSENT)]


def test_the_order_of_a_list_matters() -> None:
    assert paths({"author": ("A", "B")}, {"author": ("B", "A")}) == [("author", ("A", "B"), ("B", "A"))]


def test_values_of_different_types_are_one_change() -> None:
    assert paths({"name": 3}, {"name": "3"}) == [("name", 3, "3")]


def test_what_is_not_known_yet_always_differs() -> None:
    parent = Reference(Address("store", "book", "series", "epub"))
    assert paths({"series": "7", "name": "x"}, {"series": parent, "name": UNKNOWN}) == [("name", "x", UNKNOWN), ("series", "7", parent)]


def test_changes_are_ordered_by_path_whatever_the_order_of_the_files() -> None:
    after: Attributes = {"pages": 1, "prices": {"USD": USD, "EUR": EUR}, "author": ("A",)}
    assert [item.path for item in diff({}, after, BOOK)] == [("author",), ("pages",), ("prices", "EUR"), ("prices", "USD")]


def test_false_and_nought_are_values() -> None:
    assert paths({}, {"free": False, "pages": 0}) == [("free", ABSENT, False), ("pages", ABSENT, 0)]


def test_what_comes_into_being_is_listed_whole_but_for_what_means_nothing() -> None:
    found = whole(None, {"name": "Azul", "bisac": (), "blurb": "", "prices": {"USD": USD}}, BOOK)
    assert [(item.path, item.before, item.after) for item in found] == [(("name",), ABSENT, "Azul"), (("prices", "USD"), ABSENT, USD)]


def test_what_goes_is_listed_whole() -> None:
    found = whole({"name": "Azul", "prices": {"USD": USD}}, None, BOOK)
    assert [(item.path, item.before, item.after) for item in found] == [(("name",), "Azul", ABSENT), (("prices", "USD"), USD, ABSENT)]


@pytest.mark.parametrize(
    ("glob", "covered"),
    [("prices", True), ("prices.USD", True), ("prices.*", True), ("*", True), ("prices.EUR", False), ("price", False), ("USD", False)],
)
def test_a_glob_covers_a_path_and_all_that_lies_under_it(glob: str, covered: bool) -> None:
    rule = Ignore(glob)
    assert ignored(("prices", "USD"), (Ignore("name"), rule), BOOK) is (rule if covered else None)


@pytest.mark.parametrize(
    ("glob", "possible"),
    [("prices", True), ("prices.USD", True), ("prices.*", True), ("*.USD", True), ("p*", True), ("price.USD", False), ("isbn.*", False)],
)
def test_a_glob_is_about_something_where_some_attribute_or_entry_could_have_that_path(glob: str, possible: bool) -> None:
    assert could_ignore(Ignore(glob), BOOK) is possible


@pytest.mark.parametrize(("glob", "holds"), [("price.USD", True), ("prices.USD", True), ("prices.*", True), ("price", True), ("p", False)])
def test_a_glob_may_name_an_attribute_by_the_stores_word_or_the_title_files(glob: str, holds: bool) -> None:
    kind = replace(BOOK, attributes={"price": Attribute("price", Kind.MONEY, Shape.MAP, declared="prices")})
    rule = Ignore(glob)
    assert ignored(("price", "USD"), (rule,), kind) is (rule if holds else None)
    assert could_ignore(rule, kind) is holds
