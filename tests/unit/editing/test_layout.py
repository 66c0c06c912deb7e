"""The one layout of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogctl.config.field_order import FIELDS
from catalogctl.config.schema.document import DefaultsDocument, EditionBlock, TitleDocument
from catalogctl.config.syntax.source import Source
from catalogctl.editing.layout import laid_out
from catalogctl.model.diagnostics import CatalogError

ROOT = Path(__file__).parents[3]
FILES = [ROOT / "catalogctl.yaml", *sorted((ROOT / "catalog").glob("*/*.yaml")), *sorted((ROOT / "catalog").glob("*/*.json"))]
STARTER = sorted((ROOT / "catalogctl" / "starter").rglob("*.yaml"))


def layout(text: str, name: str = "catalog/a.yaml", schemas: str | None = None) -> str:
    once = laid_out(Source(name, text.encode()), schemas)
    assert laid_out(Source(name, once), schemas) == once
    return once.decode()


@pytest.mark.parametrize("path", [*FILES, *STARTER], ids=lambda path: path.name)
def test_the_sample_catalog_and_what_init_writes_are_in_the_one_layout(path: Path) -> None:
    name = path.relative_to(ROOT if path not in STARTER else ROOT / "catalogctl" / "starter").as_posix()
    assert laid_out(Source(name, path.read_bytes()), "schemas") == path.read_bytes()


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("\ufeffkind:  title\r\nid:   a  \r\n\r\n", "kind: title\nid: a\n"),
        ("id: a\nkind: title\n", "kind: title\nid: a\n"),
        ("kind: title\nkeywords:\n- a\n-   b\n", "kind: title\nkeywords:\n  - a\n  - b\n"),
        ("kind: title\nprices: { USD : 2.00,EUR: 3 }\n", "kind: title\nprices: {USD: 2.00, EUR: 3}\n"),
        ("kind: title\nid: no\ntitle: 007\nisbn: 0306406152\n", 'kind: title\nid: "no"\nisbn: "0306406152"\ntitle: "007"\n'),
        ("kind: title\ntitle: 12:30:00\n", 'kind: title\ntitle: "12:30:00"\n'),
        ("kind: title\npublication_date: 2019-09-13\ntitle: 'x'\n", "kind: title\ntitle: 'x'\npublication_date: 2019-09-13\n"),
        ("kind: title\ndescription: |\n      a\n        b\n\n", "kind: title\ndescription: |\n  a\n    b\n"),
        ("kind: title\ndescription: |2\n      a\n     b\n", "kind: title\ndescription: |2\n      a\n     b\n"),
        ("kind: title\ndescription: |+\n  a\n\n\n", "kind: title\ndescription: |+\n  a\n\n\n"),
        ("kind: title\ndescription: |\n  a", "kind: title\ndescription: |-\n  a\n"),
        ("kind: title\ntitle:\n  a\n  b\n", "kind: title\ntitle: a\n  b\n"),
        ("kind: title\nx: [a,\n  b]\n", "kind: title\nx: [a, b]\n"),
        ("kind: title\nx: &a { b: c }\nz: *a\n", "kind: title\nx: &a {b: c}\nz: *a\n"),
        ("kind: title\nno: 1\n", 'kind: title\n"no": 1\n'),
        ("---\nkind: title\n---   # two\nid: b\nkind: title\n...\n", "---\nkind: title\n---   # two\nkind: title\nid: b\n...\n"),
        ("# only a comment  \n", "# only a comment\n"),
        ("", ""),
    ],
)
def test_a_file_is_laid_out(text: str, after: str) -> None:
    assert layout(text) == after


def test_a_field_takes_the_comments_above_it_along_and_nothing_crosses_a_mark() -> None:
    text = "# file\n\n# of the title\ntitle: A  # behind\n# of the kind\nkind: title\n# mark\n\n# of b\nkeywords: [b]\nsubtitle: s\n# end\n"
    assert layout(text) == (
        "# file\n\n# of the kind\nkind: title\n# of the title\ntitle: A  # behind\n# mark\n\nsubtitle: s\n# of b\nkeywords: [b]\n# end\n"
    )


def test_a_comment_further_in_than_what_follows_stays_with_what_it_follows() -> None:
    text = (
        "kind: title\neditions:\n    epub:\n        format: epub\n        # prices to come\n"
        "    # the book\n    print: {format: print}\nid: a\n"
    )
    assert layout(text) == (
        "kind: title\nid: a\neditions:\n  epub:\n    format: epub\n    # prices to come\n  # the book\n  print: {format: print}\n"
    )


def test_comments_in_brackets_keep_their_entries() -> None:
    assert layout("kind: title\nx: [a, # one\n  # two\n  b]  # end\n") == "kind: title\nx: [\n  a, # one\n  # two\n  b\n  ]  # end\n"


def test_brackets_become_lines_where_they_are_too_wide() -> None:
    wide = ", ".join(f"key-{number}: {'x' * 20}" for number in range(5))
    lines = "".join(f"  key-{number}: {'x' * 20}\n" for number in range(5))
    assert layout(f"kind: title\nx: {{{wide}}}  # why\n") == f"kind: title\nx:  # why\n{lines}"
    assert layout(f"kind: title\nx:\n{lines}") == f"kind: title\nx:\n{lines}"


def test_fields_stay_where_an_order_would_put_a_repetition_before_what_it_repeats() -> None:
    text = "kind: title\nkeywords: &k [a]\nid:  a\nterritories: *k\n"
    assert layout(text) == text.replace("id:  a", "id: a")


def test_other_yaml_keeps_the_order_of_its_fields() -> None:
    assert layout("title: a\nkind: other\nid:  b\n") == "title: a\nkind: other\nid: b\n"


def test_the_address_of_the_schema_is_that_from_the_file() -> None:
    text = "# yaml-language-server: $schema=../schemas/title.schema.json\nkind: title\n"
    assert layout(text, "catalog/deep/er/a.yaml", "schemas") == text.replace("../schemas", "../../../schemas")
    elsewhere = text.replace("../schemas", "https://example.com/schemas")
    assert layout(elsewhere, "catalog/deep/a.yaml", "schemas") == elsewhere


def test_json_keeps_on_one_line_what_fits_there() -> None:
    text = '{"kind": "title",\n "id":"a", "prices": { "USD": 2.00 }, "keywords": [\n"a","b"], "x": {}}'
    wide = f'{{"kind": "title", "keywords": ["{"x" * 130}"]}}'
    after = '{"kind": "title", "id": "a", "keywords": ["a", "b"], "x": {}, "prices": {"USD": 2.00}}\n'
    assert layout(text, "a.json") == after
    assert layout(wide, "a.json") == f'{{\n  "kind": "title",\n  "keywords": [\n    "{"x" * 130}"\n  ]\n}}\n'


@pytest.mark.parametrize("text", ["kind: title\nid: [\n", "a: 1\na: 2\n", "a: \x00\n"])
def test_a_file_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(CatalogError):
        layout(text)


def test_every_field_has_its_place() -> None:
    known = {field.alias or name for model in (TitleDocument, DefaultsDocument, EditionBlock) for name, field in model.model_fields.items()}
    assert known <= set(FIELDS)
