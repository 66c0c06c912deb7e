"""The least change of a text: what it says, and what it leaves alone."""

from __future__ import annotations

import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalogctl.config.syntax.source import Source, parse
from catalogctl.editing.patch import Aliases, Wish, patch
from catalogctl.model.diagnostics import CatalogError

CATALOG = Path(__file__).parents[3] / "catalog"

TEXT = """\
# top
kind: title
id: faro
title: 'El faro'   # as printed
keywords: [mar, luz]
description: |
  <p>Uno.</p>

# above the editions
editions:
  epub:
    format: epub
    isbn: "9788419873255"
    prices: {USD: 4.99, EUR: 4.50}  # by hand
    publish:
      store: {}
  # before the book
  print:
    format: print
    prices:
      USD: 9.90
"""


def edited(text: str, change: Any, name: str = "catalog/faro.yaml", **options: Any) -> str:
    """Read the first document, let `change` change it, and write that."""
    source = Source(name, text.encode())
    value: Any = copy.deepcopy(parse(source).documents[0])
    change(value)
    return patch(source, {0: Wish(value)}, **options).decode()


def set_at(*way: str | int, to: Any) -> Any:
    def change(value: Any) -> None:
        for step in way[:-1]:
            value = value[step]
        value[way[-1]] = to

    return change


def removed(*way: str | int) -> Any:
    def change(value: Any) -> None:
        for step in way[:-1]:
            value = value[step]
        del value[way[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (set_at("title", to="O farol"), "title: 'El faro'   # as printed", "title: 'O farol'   # as printed"),
        (set_at("title", to="It's"), "title: 'El faro'", "title: 'It''s'"),
        (set_at("id", to="no"), "id: faro", 'id: "no"'),
        (set_at("keywords", to=["mar", "verano"]), "[mar, luz]", "[mar, verano]"),
        (set_at("keywords", to=["mar", "luz", "a: b"]), "[mar, luz]", '[mar, luz, "a: b"]'),
        (set_at("keywords", to=["luz"]), "[mar, luz]", "[luz]"),
        (set_at("keywords", to=[]), "[mar, luz]", "[]"),
        (set_at("editions", "epub", "prices", "EUR", to=Decimal("3.99")), "EUR: 4.50}  # by hand", "EUR: 3.99}  # by hand"),
        (set_at("editions", "epub", "prices", "MXN", to=89), "EUR: 4.50}", "EUR: 4.50, MXN: 89}"),
        (removed("editions", "epub", "prices", "USD"), "{USD: 4.99, EUR: 4.50}", "{EUR: 4.50}"),
        (set_at("editions", "print", "prices", "EUR", to=8), "      USD: 9.90\n", "      USD: 9.90\n      EUR: 8\n"),
        (set_at("editions", "epub", "publish", "store", to={"free": True}), "store: {}", "store: {free: true}"),
        (set_at("subtitle", to="Novela"), "# as printed\n", "# as printed\nsubtitle: Novela\n"),
        (set_at("description", to="<p>Dos.</p>\n<p>Tres.</p>\n"), "  <p>Uno.</p>\n", "  <p>Dos.</p>\n  <p>Tres.</p>\n"),
        (set_at("editions", "epub", "pages", to=120), "# by hand\n", "# by hand\n    pages: 120\n"),
        (removed("description"), "description: |\n  <p>Uno.</p>\n", ""),
        (removed("editions", "epub", "isbn"), '    isbn: "9788419873255"\n', ""),
        (removed("editions", "epub", "publish"), "    publish:\n      store: {}\n", ""),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_an_edit_changes_its_place_and_nothing_else(change: Any, before: str, after: str, line_end: str) -> None:
    text = TEXT.replace("\n", line_end)
    assert before.replace("\n", line_end) in text
    assert edited(text, change) == text.replace(before.replace("\n", line_end), after.replace("\n", line_end), 1)


def test_a_byte_order_mark_and_a_missing_line_break_at_the_end_stay() -> None:
    text = "\ufeffkind: title\nid: faro"
    assert edited(text, set_at("id", to="luz")) == "\ufeffkind: title\nid: luz"
    assert edited(text, set_at("title", to="Luz")) == "\ufeffkind: title\nid: faro\ntitle: Luz"


def test_other_documents_of_the_file_stay() -> None:
    source = Source("a.yaml", b"# one\nkind: title\nid: a\n---\n# two\nkind: title\nid: b # why\n--- # three\nkind: title\nid: c\n")
    first, second, third = parse(source).documents
    assert patch(source, {1: Wish({**second, "id": "x"})}) == source.data.replace(b"id: b", b"id: x")  # type: ignore[dict-item]
    assert patch(source, {0: Wish(first), 2: Wish(third)}) == source.data


@pytest.mark.parametrize(
    ("text", "change", "after"),
    [
        ('{\n  "a": [1, 2],\n  "b": {\n    "c": "d"\n  }\n}\n', set_at("a", to=[1]), '{\n  "a": [1],\n  "b": {\n    "c": "d"\n  }\n}\n'),
        ('{\n  "a": {\n    "c": "d"\n  }\n}', set_at("a", "e", to=Decimal("4.90")), '{\n  "a": {\n    "c": "d",\n    "e": 4.90\n  }\n}'),
        ('{"a": "\u2028", "b": 1}', set_at("b", to='"'), '{"a": "\u2028", "b": "\\""}'),
        ('{"a": 1, "b": 2}', removed("b"), '{"a": 1}'),
        ('{"a": 1, "b": 2}', removed("a"), '{"b": 2}'),
    ],
)
def test_json_is_edited_alike(text: str, change: Any, after: str) -> None:
    assert edited(text, change, "a.json") == after


ALIASED = "kind: title\nid: a\neditions:\n  one: &all\n    prices: &p {EUR: 1}\n  two: *all\n  three: {prices: *p} # last\n"


@pytest.mark.parametrize(
    ("edition", "lines"),
    [
        ("one", ["  one:", "    prices: {EUR: 2}", "  two: {prices: {EUR: 1}}", "  three: {prices: {EUR: 1}} # last"]),
        ("two", ["  one:", "    prices: &p {EUR: 1}", "  two: {prices: {EUR: 2}}", "  three: {prices: *p} # last"]),
        ("three", ["  one: &all", "    prices: {EUR: 1}", "  two: *all", "  three: {prices: {EUR: 2}} # last"]),
    ],
)
def test_a_repetition_in_the_way_is_refused_and_it_alone_is_written_out_where_asked_for(edition: str, lines: list[str]) -> None:
    def change(value: Any) -> None:
        value["editions"] = copy.deepcopy({name: {"prices": dict(one["prices"])} for name, one in value["editions"].items()})
        set_at("editions", edition, "prices", "EUR", to=2)(value)

    with pytest.raises(CatalogError) as refused:
        edited(ALIASED, change)
    assert refused.value.diagnostics[0].code == "edit-refused"
    assert edited(ALIASED, change, aliases=Aliases.EXPAND).splitlines()[3:] == lines


SCALARS = "kind: title\nid: a\neditions:\n  one: {prices: {EUR: &p 1}}\n  two: {prices: {EUR: *p}}\n"


def test_a_scalar_that_is_repeated_takes_its_repetitions_along() -> None:
    def both(value: Any) -> None:
        for name in ("one", "two"):
            set_at("editions", name, "prices", "EUR", to=2)(value)

    assert edited(SCALARS, both) == SCALARS.replace("&p 1", "&p 2")
    alone = set_at("editions", "one", "prices", "EUR", to=2)
    with pytest.raises(CatalogError) as refused:
        edited(SCALARS, alone)
    assert refused.value.diagnostics[0].hint.endswith("--expand")
    assert edited(SCALARS, alone, aliases=Aliases.EXPAND) == SCALARS.replace("&p 1", "2").replace("*p", "1")


def test_what_is_repeated_goes_only_where_its_repetitions_are_written_out() -> None:
    def change(value: Any) -> None:
        del value["editions"]["one"]

    with pytest.raises(CatalogError) as refused:
        edited(SCALARS, change)
    assert refused.value.diagnostics[0].hint.endswith("--expand")
    assert edited(SCALARS, change, aliases=Aliases.EXPAND) == SCALARS.replace("  one: {prices: {EUR: &p 1}}\n", "").replace("*p", "1")


def test_a_scalar_that_repeats_is_replaced() -> None:
    text = "kind: &k title\nid: *k\ntitle: x\n"
    assert edited(text, set_at("id", to="faro")) == "kind: &k title\nid: faro\ntitle: x\n"


def test_a_key_is_renamed_with_all_that_is_in_it() -> None:
    source = Source("catalog/faro.yaml", TEXT.encode())
    value: Any = copy.deepcopy(parse(source).documents[0])
    value["editions"] = {"ebook" if name == "epub" else name: one for name, one in value["editions"].items()}
    after = patch(source, {0: Wish(value, ((("editions", "epub"), "ebook"),))}).decode()
    assert after == TEXT.replace("  epub:\n", "  ebook:\n")


def test_a_comment_that_would_become_part_of_a_value_is_no_loss() -> None:
    text = "kind: title\nid: a # why\n"
    assert edited(text, set_at("id", to="x\ny\n")) == "kind: title\nid: | # why\n  x\n  y\n"


@pytest.mark.parametrize("text", ["kind: title\nid: [a\n", "kind: title\nkind: title\n", "kind: \x85\n"])
def test_a_file_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(CatalogError):
        patch(Source("a.yaml", text.encode()), {0: Wish({})})


def test_the_fields_that_are_added_stand_in_their_order() -> None:
    after = edited("kind: title\nid: a\neditions: {}\n", lambda value: value.update(keywords=["k"], title="T", language="es"))
    assert after == "kind: title\nid: a\ntitle: T\nlanguage: es\nkeywords: [k]\neditions: {}\n"


@pytest.mark.parametrize("path", sorted(CATALOG.glob("*/*.yaml")) + sorted(CATALOG.glob("*/*.json")), ids=lambda path: path.name)
def test_every_price_of_the_sample_catalog_is_edited_alone(path: Path) -> None:
    source = Source(path.name, path.read_bytes())
    documents: Any = parse(source).documents
    for index, document in enumerate(documents):
        for name, edition in (document.get("editions") or {}).items():
            for currency in edition.get("prices") or {}:
                value: Any = copy.deepcopy(document)
                value["editions"][name]["prices"] = {**value["editions"][name]["prices"], currency: Decimal("7.77")}
                try:
                    after = patch(source, {index: Wish(value)})
                except CatalogError:
                    assert b"prices: *" in source.data or b"prices: &" in source.data
                    continue
                changed = [pair for pair in zip(source.data.split(b"\n"), after.split(b"\n"), strict=True) if pair[0] != pair[1]]
                assert len(changed) == 1
