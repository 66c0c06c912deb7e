from decimal import Decimal
from typing import Any

import pytest

from catalogctl.config.syntax.source import Part, Source, locate, parse
from catalogctl.model.diagnostics import Pointer, Severity, SourceRange


def yaml(text: str | bytes) -> Source:
    return Source("catalog/x.yaml", text if isinstance(text, bytes) else text.encode())


def json(text: str | bytes) -> Source:
    return Source("catalog/x.JSON", text if isinstance(text, bytes) else text.encode())


def only(source: Source) -> Any:
    parsed = parse(source)
    assert parsed.diagnostics == ()
    (document,) = parsed.documents
    return document


def problems(source: Source) -> list[tuple[str, int, int]]:
    return [(found.code, found.source.line, found.source.column) for found in parse(source).diagnostics if found.source]


def marked(place: SourceRange) -> str:
    return place.text[place.column - 1 : place.end_column - 1]


@pytest.mark.parametrize(
    "word",
    (
        "no NO yes on off y 007 0306406152 978-65-00-12345-7 12:30:00 2019-09-13 "
        "1_000 0x1F 0o17 0b1 +5 -0 007.5 1.2.3 --x .. e5 nan nULL tRUE"
    ).split(),
)
def test_a_word_that_other_readers_turn_into_something_stays_text(word: str) -> None:
    assert only(yaml(f"a: {word}\n")) == {"a": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("", None), ("~", None), ("null", None), ("NULL", None), ("true", True), ("True", True), ("FALSE", False),
        ("0", 0), ("5", 5), ("-12", -12),
        ("9781496822482", 9781496822482), ("123456789012345678901234567890", 123456789012345678901234567890),
    ],
)  # fmt: skip
def test_core_words_have_their_values(word: str, value: object) -> None:
    found = only(yaml(f"a: {word}\n"))["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("word", "text"), [("2.00", "2.00"), ("-1.5", "-1.5"), (".5", "0.5"), ("5.", "5"), ("1e3", "1E+3"), ("0.10", "0.10")]
)
def test_decimals_are_exactly_as_written(word: str, text: str) -> None:
    found = only(yaml(f"a: {word}\n"))["a"]
    assert isinstance(found, Decimal)
    assert str(found) == text


@pytest.mark.parametrize("quoted", ["'5'", '"true"', "'~'", '"2.00"', "''", '!!str "5"', "!!str 5", "!!str 2.00"])
def test_quoted_and_tagged_text_is_text(quoted: str) -> None:
    assert isinstance(only(yaml(f"a: {quoted}\n"))["a"], str)


def test_number_tags_are_checked() -> None:
    assert only(yaml('a: [!!int "5", !!float 5, !!float "2.50"]')) == {"a": [5, Decimal(5), Decimal("2.50")]}
    assert problems(yaml("a: !!int 0x1F\nb: !!float x\nc: !!int 1.5\n")) == [("yaml-tag", 1, 4), ("yaml-tag", 2, 4), ("yaml-tag", 3, 4)]


@pytest.mark.parametrize("tag", ["!", "!x", "!!binary", "!!python/name:os.system", "!!set", "!!timestamp", "!<tag:x,1:y>"])
def test_other_tags_are_refused(tag: str) -> None:
    assert problems(yaml(f"a: {tag} b\n")) == [("yaml-tag", 1, 4)]
    assert problems(yaml(f"a: {tag} [b]\n")) == [("yaml-tag", 1, 4)]


def test_keys_are_the_text_as_written() -> None:
    assert only(yaml("NO: 5\n007: a\ntrue: b\n~: c\n2.00: d\n'': e\n")) == {
        "NO": 5,
        "007": "a",
        "true": "b",
        "~": "c",
        "2.00": "d",
        "": "e",
    }


@pytest.mark.parametrize("word", [".nan", ".NaN", ".inf", "-.INF", "+.Inf"])
def test_what_is_no_finite_number_is_refused(word: str) -> None:
    assert problems(yaml(f"ok: 1\na: {word}\n")) == [("not-a-number", 2, 4)]


@pytest.mark.parametrize("word", ["1e999999999", "1e9999999999999999999999", "9" * 101, "0." + "1" * 200, "1e-400"])
def test_numbers_nobody_can_compute_with_are_refused(word: str) -> None:
    assert problems(yaml(f"a: {word}\n")) == [("number-too-large", 1, 4)]
    assert problems(json(f'{{"a": {word}}}')) == [("number-too-large", 1, 7)]


def test_every_duplicate_key_is_told_with_the_place_of_the_first() -> None:
    source = yaml("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n---\nd: 1\nd: 2\n---\nwhole: 1\n")
    parsed = parse(source)
    assert problems(source) == [("duplicate-key", 4, 3), ("duplicate-key", 5, 1), ("duplicate-key", 8, 1)]
    assert "line 3, column 3" in parsed.diagnostics[0].detail
    assert parsed.documents == ({"whole": 1},)
    assert parsed.lines == (10,)
    assert locate(source, 0, ("whole",)).line == 10


def test_a_merge_key_is_refused_with_what_to_do_instead() -> None:
    source = yaml("base: &base {a: 1}\nb:\n  <<: *base\n")
    assert problems(source) == [("yaml-merge-key", 3, 3)]
    assert "kind: defaults" in parse(source).diagnostics[0].hint
    assert only(yaml("'<<': 1")) == {"<<": 1}


@pytest.mark.parametrize("text", ["? [a]\n: 1\n", "? {a: 1}\n: 1\n", "{[a]: 1}", "a: &x 1\n*x : 2\n", "? \n: 1\n"])
def test_a_key_that_is_no_text_is_refused(text: str) -> None:
    assert [code for code, _, _ in problems(yaml(text))] == ["yaml-key"]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("a:\n\tb: 1\n", 2, 1), ("a:\n  b: 1\n\tc: 2\n", 3, 1), ("a: x\n\ty: 1\n", 2, 1), ("a: |\n\tfoo\n", 2, 1), ("a:\n  \tb: 1\n", 2, 3)],
)
def test_a_tab_as_indentation_is_pointed_at(text: str, line: int, column: int) -> None:
    assert problems(yaml(text)) == [("yaml-tab", line, column)]


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a:\n  b: 1\n c: 2\n", "yaml-indentation", 3, 2),
        ("- a\nb: 1\n", "yaml-indentation", 2, 1),
        ("title: A: B\n", "yaml-syntax", 1, 9),
        ("título: ñandú: x\n", "yaml-syntax", 1, 14),
        ("a: 'x\n", "yaml-syntax", 1, 4),
        ("a: [1, 2\nb: 3\n", "yaml-syntax", 2, 2),
        ("a: {b: 1\n", "yaml-syntax", 2, 1),
        ("a: @x\n", "yaml-syntax", 1, 4),
        ('a: "C:\\data"\n', "yaml-syntax", 1, 7),
        ('a: "\\ud800"\n', "yaml-syntax", 1, 7),
        ("a: 1\nb\nc: 2\n", "yaml-syntax", 2, 1),
        ("a: - b\n", "yaml-syntax", 1, 4),
        ("a: |x\n", "yaml-syntax", 1, 5),
        ("a: !e!x y\n", "yaml-tag", 1, 4),
        ("%YAML 1.3\n---\na: 1\n", "yaml-directive", 1, 1),
        ("%FOO\n---\na: 1\n", "yaml-directive", 1, 5),
        ("%TAG !e! x:\n---\na: 1\n", "yaml-directive", 1, 1),
        ("a: *b\n", "yaml-alias", 1, 4),
        ("a: &a [*a]\n", "yaml-alias", 1, 8),
        ("a: &x 1\n---\nb: *x\n", "yaml-alias", 3, 4),
    ],
)
def test_an_error_is_told_where_it_is_with_something_to_do(text: str, code: str, line: int, column: int) -> None:
    assert problems(yaml(text)) == [(code, line, column)]
    (found,) = parse(yaml(text)).diagnostics
    assert found.hint
    assert found.detail.endswith(".")
    assert not found.summary.endswith(".")
    assert "{" not in found.detail
    assert found.source
    assert found.source.text == text.split("\n")[line - 1]


def test_documents_before_an_error_in_the_syntax_are_kept() -> None:
    parsed = parse(yaml("a: 1\n---\nb: 2\n---\nc: [\n---\nd: 4\n"))
    assert parsed.documents == ({"a": 1}, {"b": 2})
    assert len(parsed.diagnostics) == 1


def test_a_scalar_that_breaks_off_is_no_document() -> None:
    assert parse(yaml("a\nb: 1\n")).documents == ()


def test_yaml_1_1_is_read_as_1_2_with_a_warning() -> None:
    parsed = parse(yaml("%YAML 1.1\n---\na: no\n"))
    assert parsed.documents == ({"a": "no"},)
    assert [found.severity for found in parsed.diagnostics] == [Severity.WARNING]
    assert only(yaml("%YAML 1.2\n---\na: no\n")) == {"a": "no"}


def test_empty_documents_are_skipped() -> None:
    assert parse(yaml("# nothing\n")).documents == ()
    assert parse(yaml("")).documents == ()
    parsed = parse(yaml("---\n---\na: 1\n---\n# no\n...\n---\nb: 2\n"))
    assert parsed.documents == ({"a": 1}, {"b": 2})
    assert parsed.lines == (3, 8)
    assert parse(yaml("--- ~\n")).documents == (None,)


def test_aliases_repeat_a_value() -> None:
    source = yaml("a: &x [1, &y two]\nb: *x\nc: *y\n")
    assert only(source) == {"a": [1, "two"], "b": [1, "two"], "c": "two"}
    assert (locate(source, 0, ("b",)).line, marked(locate(source, 0, ("b",)))) == (2, "*x")
    assert (locate(source, 0, ("b", 0)).line, marked(locate(source, 0, ("b", 0)))) == (1, "1")


def test_aliases_cannot_stand_for_a_huge_value() -> None:
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    assert [code for code, _, _ in problems(yaml("a0: &a0 x\n" + levels))] == ["yaml-alias-bomb"]
    text = "x" * 100_000
    assert [code for code, _, _ in problems(yaml(f"a: &a {text}\nb: [{', '.join(['*a'] * 200)}]\n"))] == ["yaml-alias-bomb"]


def test_nesting_ends_at_64_levels_also_through_aliases() -> None:
    assert parse(yaml("[" * 64 + "]" * 64)).diagnostics == ()
    assert problems(yaml("[" * 65 + "]" * 65)) == [("nesting-too-deep", 1, 65)]
    assert parse(json("[" * 64 + "]" * 64)).diagnostics == ()
    assert problems(json("[" * 65 + "]" * 65)) == [("nesting-too-deep", 1, 65)]
    assert problems(json("[" * 100_000)) == [("nesting-too-deep", 1, 65)]
    chain = "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 80))
    assert [code for code, _, _ in problems(yaml("a0: &a0 []\n" + chain))] == ["nesting-too-deep"]


def test_a_file_over_5_mb_is_refused() -> None:
    assert problems(yaml(b"#" * 5_000_001)) == [("file-too-large", 1, 1)]


def test_what_is_not_utf8_is_told_by_byte_and_place() -> None:
    source = yaml("a: 1\ntítulo: ".encode() + "acción".encode("cp1252"))
    assert problems(source) == [("file-encoding", 2, 13)]
    (found,) = parse(source).diagnostics
    assert "Byte 18 (0xF3)" in found.detail
    assert "`ó`" in found.detail


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_other_unicode_encodings_are_named(coding: str) -> None:
    (found,) = parse(yaml("kind: title\n".encode(coding))).diagnostics
    assert found.code == "file-encoding"
    assert coding[:6].upper() in found.detail


def test_a_byte_order_mark_at_the_start_changes_nothing() -> None:
    source = yaml(b"\xef\xbb\xbfa: 1\nb: 1\n")
    assert only(source) == {"a": 1, "b": 1}
    assert (locate(source, 0, ("a",)).column, locate(source, 0, ("a",)).text) == (4, "a: 1")
    assert only(json(b'\xef\xbb\xbf{"a": 1}')) == {"a": 1}


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\x9b", "\ufeff", "\u2028", "\u2029", "\uffff"])
def test_invisible_characters_are_refused(character: str) -> None:
    assert problems(yaml(f"a: 1\nñ: x{character}y\n")) == [("control-character", 2, 5)]


def test_line_separators_are_text_in_json_and_a_warning() -> None:
    source = json('{"a": "x\u2028y"}')
    assert list(parse(source).documents) == [{"a": "x\u2028y"}]
    assert problems(source) == [("invisible-character", 1, 9)]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_counts_one_line(ending: str) -> None:
    source = yaml(ending.join(["a: 1", "b: |", "  x", "  y", "ñu: 2", ""]))
    assert only(source) == {"a": 1, "b": "x\ny\n", "ñu": 2}
    place = locate(source, 0, ("ñu",))
    assert (place.line, place.column, place.text) == (5, 5, "ñu: 2")


def test_problems_of_one_file_are_limited() -> None:
    assert len(parse(yaml("a: 1\n" * 1000)).diagnostics) == 100


def test_thousands_of_directives_are_refused_before_they_take_hours() -> None:
    assert [code for code, _, _ in problems(yaml("".join(f"%TAG !a{n}! x:\n" for n in range(2000))))] == ["yaml-directive"]


TITLE = """\
kind: title
title: "Año: uno"
contributors:
  - {name: João, role: author}
description: |
  <p>One</p>
editions:
  epub:
    prices: {USD: 2.00, EUR: 2.35}
    isbn:
"""


@pytest.mark.parametrize(
    ("pointer", "part", "line", "text"),
    [
        (("title",), Part.VALUE, 2, '"Año: uno"'),
        (("title",), Part.KEY, 2, "title"),
        (("contributors", 0, "name"), Part.VALUE, 4, "João"),
        (("contributors", 0, "role"), Part.VALUE, 4, "author"),
        (("contributors", 0), Part.VALUE, 4, "{name: João, role: author}"),
        (("contributors", 0), Part.KEY, 4, "{name: João, role: author}"),
        (("description",), Part.VALUE, 5, "|"),
        (("editions", "epub"), Part.KEY, 8, "epub"),
        (("editions",), Part.VALUE, 8, "epub:"),
        (("editions", "epub", "prices", "EUR"), Part.VALUE, 9, "2.35"),
        (("editions", "epub", "prices", "EUR"), Part.KEY, 9, "EUR"),
        (("editions", "epub", "prices", "ARS"), Part.VALUE, 9, "prices"),
        (("editions", "epub", "files", "cover", 3), Part.KEY, 8, "epub"),
        (("contributors", 7), Part.VALUE, 3, "contributors"),
        (("title", "x"), Part.VALUE, 2, "title"),
        ((), Part.VALUE, 1, "kind: title"),
        (("nothing",), Part.VALUE, 1, "kind: title"),
    ],
)
def test_locate_finds_the_value_or_its_key_or_the_nearest_there_is(pointer: Pointer, part: Part, line: int, text: str) -> None:
    place = locate(yaml(TITLE), 0, pointer, part)
    assert (place.path, place.line, marked(place)) == ("catalog/x.yaml", line, text)
    assert place.text == TITLE.split("\n")[line - 1]


def test_a_value_left_out_is_located_after_its_key() -> None:
    place = locate(yaml(TITLE), 0, ("editions", "epub", "isbn"))
    assert (place.line, place.column, place.end_column) == (10, 10, 11)


@pytest.mark.parametrize("source", [yaml("a: 1\n"), yaml("a: [\n"), yaml(b"\xff"), yaml(b"#" * 6_000_000), json(""), yaml("")])
def test_a_document_that_is_not_there_is_located_at_the_first_line(source: Source) -> None:
    assert locate(source, 3, ("a",)).line == 1


def test_json_is_read_exactly() -> None:
    found = only(json('{"a": [1, 2.00, -0, 1e2, "é\\u00e9\\ud83d\\ude00"], "b": null, "c": true, "isbn": "0306406152"}'))
    assert found == {"a": [1, Decimal("2.00"), 0, Decimal(100), "éé😀"], "b": None, "c": True, "isbn": "0306406152"}
    assert str(found["a"][1]) == "2.00"
    assert isinstance(found["a"][2], int)


def test_json_places_are_found() -> None:
    source = json('\n{"kind": "title",\r\n  "ñ": {"a": [1, "x\\u00e9"]}}\n')
    assert parse(source).lines == (2,)
    place = locate(source, 0, ("ñ", "a", 1))
    assert (place.line, place.column, marked(place)) == (3, 18, '"x\\u00e9"')
    assert marked(locate(source, 0, ("ñ", "a", 1, "z"), Part.KEY)) == '"x\\u00e9"'
    assert marked(locate(source, 0, ("ñ", "a"), Part.KEY)) == '"a"'


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ('{"a": 1,\n "a": 2}', "duplicate-key", 2, 2),
        ('{"a": NaN}', "not-a-number", 1, 7),
        ('{"a": -Infinity}', "not-a-number", 1, 7),
        ('{"a": "\\ud800"}', "json-half-character", 1, 7),
        ('{"a": 1,}', "json-syntax", 1, 8),
        ("{'a': 1}", "json-syntax", 1, 2),
        ('{"a" 1}', "json-syntax", 1, 6),
        ('{"a": 01}', "json-syntax", 1, 7),
        ('{"a": tru}', "json-syntax", 1, 7),
        ('{"a": "x\ty"}', "json-syntax", 1, 9),
        ('{"a": "x', "json-syntax", 1, 7),
        ('{"a": [1 2]}', "json-syntax", 1, 10),
        ('{"a": ', "json-syntax", 1, 7),
        ("", "json-syntax", 1, 1),
        ("{}\n{}", "json-syntax", 2, 1),
        ("// x\n{}", "json-syntax", 1, 1),
    ],
)
def test_broken_json_is_told_where_it_is(text: str, code: str, line: int, column: int) -> None:
    assert problems(json(text)) == [(code, line, column)]
    (found,) = parse(json(text)).diagnostics
    assert found.hint


def test_every_duplicate_key_of_json_is_told() -> None:
    assert len(problems(json('{"a": 1, "a": 2, "b": {"c": 1, "c": NaN}, "a": 3}'))) == 4


def test_a_quote_never_closed_is_told_where_it_was_opened() -> None:
    assert problems(yaml("a: 1\nb: [x, 'y\nc: 2\n")) == [("yaml-syntax", 2, 8)]
    assert problems(yaml('b: "y\n---\nc: 2\n')) == [("yaml-syntax", 1, 4)]
