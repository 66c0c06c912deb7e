"""YAML as people write it, made up: any value in any of the ways in which it can be written, with comments and empty lines between."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from catalogctl.config.syntax.scalars import ScalarError, plain
from catalogctl.config.yaml_writer import flow, quoted

NAMES = ("kind", "id", "title", "subtitle", "keywords", "editions", "prices", "files", "x-y", "no", "EUR", "publish", "series", "a b")
words = st.sampled_from(
    ["a", "no", "007", "x: y", "a #b", "#c", "Ñandú", "1984", "12:30:00", "- a", "it's", 'say "x"', "", " b ", "é\u0301", "2019-09-13"]
)
texts = st.one_of(words, st.lists(words, min_size=2, max_size=3).map("\n".join), words.map(lambda word: f"<p>{word}</p>\n"))
scalars = st.one_of(texts, st.none(), st.booleans(), st.integers(-5, 10**13), st.sampled_from([Decimal("4.99"), Decimal("2.00")]))


def mappings(inner: Any) -> Any:
    return st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)


values = st.recursive(scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), mappings(inner)), max_leaves=8)
documents = st.builds(
    lambda said, kind, first: {**({"kind": kind} if first else {}), **said, "kind": kind},
    st.dictionaries(st.sampled_from(NAMES), values, min_size=1, max_size=6),
    st.sampled_from(["title", "title", "other"]),
    st.booleans(),
)
"""Two of three are put in order."""


@st.composite
def written(draw: st.DrawFn, value: Any) -> str:
    """Write a mapping in lines, with whatever else a file may have."""
    return "\n".join([*_lines(draw, value, 0), *_between(draw, 0)]) + draw(st.sampled_from(["\n", "", "\n\n", "   \n"]))


def _between(draw: st.DrawFn, column: int) -> list[str]:
    margin = draw(st.sampled_from([column, column, 0, column + 2]))
    return (
        draw(st.lists(st.sampled_from(["", "   ", f"{' ' * margin}# note", f"{' ' * column}#x  "]), max_size=2))
        if draw(st.integers(0, 3)) == 0
        else []
    )


def _behind(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(["", "", "", "  # why", " #!", "   "]))


def _plain(text: str) -> bool:
    try:
        return flow(text) == text and plain(text) == text
    except ScalarError:
        return False


def _scalar(draw: st.DrawFn, value: Any) -> str:
    if not isinstance(value, str):
        return flow(value)
    ways = [quoted(value)]
    if "\n" not in value and value.isprintable():
        ways.append("'" + value.replace("'", "''") + "'")
    if value in {"no", "007", "12:30:00", "2019-09-13"} or _plain(value):
        ways.append(value)
    return draw(st.sampled_from(ways))


def _flow(draw: st.DrawFn, value: Any) -> str:
    blank = draw(st.sampled_from(["", " "]))
    after = draw(st.sampled_from([" ", "  ", "\n        ", " # in\n        "]))
    if isinstance(value, dict):
        inner = f",{after}".join(f"{_key(draw, name)}: {_flow(draw, item)}" for name, item in value.items())
        return f"{{{blank}{inner}{blank}}}"
    if isinstance(value, list):
        return f"[{blank}{f',{after}'.join(_flow(draw, item) for item in value)}{blank}]"
    return _scalar(draw, value)


def _key(draw: st.DrawFn, name: str) -> str:
    return draw(st.sampled_from([name, quoted(name)]))


def _lines(draw: st.DrawFn, value: Any, column: int) -> list[str]:
    step = draw(st.sampled_from([1, 2, 4]))
    lines: list[str] = []
    margin = " " * column
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for name, item in pairs:
        lines += _between(draw, column)
        head = f"{margin}{_key(draw, name)}:" if isinstance(name, str) else f"{margin}-"
        lines += _entry(draw, head, item, column + step)
    return lines


def _entry(draw: st.DrawFn, head: str, item: Any, column: int) -> list[str]:
    if isinstance(item, (dict, list)) and item and draw(st.booleans()):
        below = _lines(draw, item, column)
        return [head + _behind(draw), *below]
    if (
        isinstance(item, str)
        and "\n" in item
        and item.isprintable() is False
        and not item[0].isspace()
        and item.strip()
        and draw(st.booleans())
    ):
        rows = item.removesuffix("\n").split("\n")
        if rows[-1].strip() and rows[0]:
            return [f"{head} {'|' if item.endswith(chr(10)) else '|-'}", *(" " * (column + 1) + row if row else "" for row in rows)]
    return [f"{head} {_flow(draw, item)}{_behind(draw)}"]
