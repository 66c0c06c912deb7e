import json
import math
from collections.abc import Iterator
from decimal import Decimal
from itertools import starmap
from typing import Any

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalogctl.config.syntax import encoding, json_source, yaml_places, yaml_source
from catalogctl.config.syntax.source import Part, Source, Value, locate, parse
from catalogctl.model.diagnostics import Pointer

TITLE = """\
# a title
kind: title
title: "Año: uno"   # with a comment
contributors:
  - {name: João, role: author}
  - &hay {name: 'Louise ''L.'' Hay', role: author}
description: |
  <p>One</p>

  <p>Two</p>
subjects: {bisac: [SEL009000], thema: [VS]}
editions:
  epub:
    isbn: 0306406152
    prices: {USD: 2.00, EUR: 2.35}
    by: *hay
---
kind: defaults
language: no
"""

paths = st.sampled_from(["x.yaml", "x.yml", "x.json"])
# Letters that mean something in YAML come up often.
texts = st.text(st.one_of(st.sampled_from(list(":-?,[]{}#&*!|>'\"%@`~<= \n\r\t0123456789.eExabnul\\")), st.characters()), max_size=80)


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A good file with pieces cut out, doubled, swapped or put in."""
    data = TITLE
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 12)))
        data = data[:start] + draw(st.one_of(texts, st.just(data[start:end] * 2), st.just(""))) + data[end:]
    return data.encode(errors="replace")


def check(source: Source) -> None:
    """Whatever the bytes: values or diagnostics, and every place inside the file."""
    parsed = parse(source)
    assert len(parsed.documents) == len(parsed.lines)
    shown = encoding.lines(source.data.removeprefix(b"\xef\xbb\xbf").decode(errors="replace"))
    places = [found.source for found in parsed.diagnostics if found.source]
    assert len(places) == len(parsed.diagnostics)
    for index, document in enumerate(parsed.documents):
        places += starmap(locate, [(source, index, pointer, part) for pointer, _ in walk(document) for part in Part])
        assert locate(source, index, ()).line == parsed.lines[index]
    places.append(locate(source, 99, ("a", 0)))
    for place in places:
        assert place.text == shown[place.line - 1]
        assert 1 <= place.column <= len(place.text) + 1
        assert place.end_column > place.column
    assert all(found.summary and found.code for found in parsed.diagnostics)


def walk(value: Value, pointer: Pointer = ()) -> Iterator[tuple[Pointer, Value]]:
    yield pointer, value
    if isinstance(value, dict):
        for key, child in value.items():
            yield from walk(child, (*pointer, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from walk(child, (*pointer, index))


@given(paths, st.binary(max_size=200))
@settings(deadline=None)
def test_no_bytes_are_too_much(path: str, data: bytes) -> None:
    check(Source(path, data))


@given(paths, texts)
@example("x.yaml", "a: 1e99999999999999999999")
@example("x.json", '{"a": 1e99999999999999999999}')
@example("x.yaml", "? &a [*a]\n: *a")
@example("x.yaml", '"a" "b"')
@example("x.yaml", "--- |\n%x\n")
@settings(deadline=None)
def test_no_text_is_too_much(path: str, text: str) -> None:
    check(Source(path, text.encode(errors="surrogatepass")))


@given(paths, spoilt())
@settings(max_examples=300, deadline=None)
def test_no_spoilt_title_is_too_much(path: str, data: bytes) -> None:
    check(Source(path, data))


@given(spoilt())
@settings(max_examples=300, deadline=None)
def test_the_fast_and_the_careful_reader_agree(data: bytes) -> None:
    # Without its anchor, which is for the careful reader alone.
    text = data.decode().replace("&hay ", "").replace("*hay", "hay")
    if encoding._UNSEEN_IN_YAML.search(text):
        return
    fast, careful = yaml_source.values(text), yaml_places.read(text)
    if fast is not None:
        assert careful.problems == ()
        assert fast[0] == tuple(document.value for document in careful.documents)
        assert fast[1] == tuple(document.span[0] + 1 for document in careful.documents)


printable = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\uffff\ufffe"), max_size=20)
numbers = st.one_of(st.integers(-(10**18), 10**18), st.decimals(-1000, 1000, places=2))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, printable),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(printable, inner, max_size=4)),
    max_leaves=20,
)


class _Dumper(yaml.SafeDumper):
    """Quotes all text, shares nothing, and writes decimals as they are."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


_Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))
_Dumper.add_representer(Decimal, lambda dumper, number: dumper.represent_scalar("tag:yaml.org,2002:float", str(number)))


def same(one: object, other: object) -> bool:
    """Equal, and of the same types all the way down: 1, True and Decimal(1) are equal in Python."""
    return repr(one) == repr(other)


@given(values, st.sampled_from([True, False, None]))
@settings(deadline=None)
def test_what_is_dumped_as_yaml_is_read_as_it_was(value: Value, flow: bool | None) -> None:
    text = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=flow, width=math.inf)
    parsed = parse(Source("x.yaml", text.encode()))
    assert parsed.diagnostics == ()
    assert same(parsed.documents, (value,))
    (careful,) = yaml_places.read(text).documents
    assert same(careful.value, value)


def floats(value: Value) -> Any:
    if isinstance(value, dict):
        return {key: floats(child) for key, child in value.items()}
    if isinstance(value, list):
        return [floats(child) for child in value]
    return float(value) if isinstance(value, Decimal) else value


@given(values, st.booleans(), st.sampled_from([None, 2]))
@settings(deadline=None)
def test_what_is_dumped_as_json_is_read_as_it_was(value: Value, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(floats(value), ensure_ascii=ascii_only, indent=indent)
    parsed = parse(Source("x.json", text.encode()))
    assert parsed.diagnostics == ()
    assert parsed.documents == (value,)
    careful = json_source.read(text)
    assert careful.problems == ()
    assert same(parsed.documents, (careful.documents[0].value,))


def scalars(value: Value) -> list[tuple[Pointer, Value]]:
    return [(pointer, found) for pointer, found in walk(value) if not isinstance(found, dict | list)]


@given(values)
@settings(deadline=None)
def test_locate_gives_the_scalar_that_is_written(value: Value) -> None:
    text = json.dumps(floats(value), ensure_ascii=False, indent=1)
    source = Source("x.json", text.encode())
    for pointer, found in scalars(floats(value)):
        place = locate(source, 0, pointer)
        assert json.loads(place.text[place.column - 1 : place.end_column - 1]) == found

    text = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=math.inf)
    source = Source("x.yaml", text.encode())
    for pointer, found in scalars(value):
        place = locate(source, 0, pointer)
        (again,) = parse(Source("x.yaml", place.text[place.column - 1 : place.end_column - 1].encode())).documents
        assert same(again, found)
        if pointer and isinstance(pointer[-1], str):
            key = locate(source, 0, pointer, Part.KEY)
            assert parse(Source("x.yaml", key.text[key.column - 1 : key.end_column - 1].encode())).documents == (pointer[-1],)
