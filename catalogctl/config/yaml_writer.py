"""A document → YAML as a person would write it: short things on one line, long texts as blocks, and nothing that could be misread. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from textwrap import wrap
from typing import Any, Final

from catalogctl.config.schema import codes
from catalogctl.config.syntax import scalars

WIDTH: Final = 120
"""Characters of a line that can be broken."""
_ORDER: Final = (
    "kind id format title isbn external_id subtitle language contributors publisher imprint series publication_date description subjects "
    "keywords territories prices height width weight pages binding editing_location files tracks publish lifecycle edition editions"
).split()
"""The fields of a document and of its editions in the order in which one reads them; others come last."""
_BLOCKS: Final = frozenset({"contributors", "tracks"})
"""Lists whose items have a line each, however short."""
_OPEN: Final = frozenset({"edition", "editions", "publish"})
"""Mappings whose entries have a line each, however short."""
_WORD: Final = re.compile(r"[^\W_][^\n\t,\[\]{}]*")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_DECIMAL: Final = re.compile(r"\d+\.\d{2}")
_READ_OTHERWISE: Final = frozenset({"y", "n", "yes", "no", "on", "off"})
"""Words that other readers of YAML take for something else than text."""


def write(document: Mapping[str, Any], schema: str, remarks: Mapping[str, Sequence[str]]) -> str:
    """Write a document.

    Shapes:  `schema` is the address of its schema from where it stands, empty for none; `remarks` are sentences by edition, and
             those of "" stand above everything.
    """
    lines = [f"# yaml-language-server: $schema={schema}"] if schema else []
    lines += _comment(remarks.get("", ()), "")
    for name, value in _in_order(document):
        if name == "editions":
            lines.append("editions:")
            for edition, block in value.items():
                lines.append(f"  {edition}:")
                lines += _comment(remarks.get(edition, ()), "    ")
                lines += _fields(block, "    ")
        else:
            lines += _field(name, value, "")
    return "\n".join(lines) + "\n"


def _comment(sentences: Iterable[str], margin: str) -> Iterator[str]:
    for sentence in sentences:
        # What a store calls its files may be in it: nothing in a comment may end it.
        harmless = "".join(sign if sign.isprintable() else " " for sign in sentence)
        yield from (f"{margin}# {line}" for line in wrap(harmless, WIDTH - len(margin) - 2, break_long_words=False, break_on_hyphens=False))


def _in_order(block: Mapping[str, Any]) -> list[tuple[str, Any]]:
    places = {name: place for place, name in enumerate(_ORDER)}
    return sorted(block.items(), key=lambda item: places.get(item[0], len(places)))


def _fields(block: Mapping[str, Any], margin: str) -> Iterator[str]:
    for name, value in _in_order(block):
        yield from _field(name, value, margin)


def _field(name: str, value: Any, margin: str) -> Iterator[str]:
    head = f"{margin}{_key(name)}:"
    match value:
        case dict() if name == "prices":
            yield from _mapping(head, {currency: _Amount(amount) for currency, amount in value.items()}, margin, is_open=False)
        case dict():
            yield from _mapping(head, value, margin, is_open=name in _OPEN)
        case list() if name in _BLOCKS and value:
            yield head
            yield from (f"{margin}  - {_flow(item)}" for item in value)
        case list() if len(head) + 1 + len(_flow(value)) > WIDTH:
            yield head
            yield from (f"{margin}  - {_flow(item)}" for item in value)
        case str() if "\n" in value or len(head) + 1 + len(_scalar(value)) > WIDTH:
            yield from _long(head, value, margin)
        case _:
            yield f"{head} {_flow(value)}"


def _mapping(head: str, value: Mapping[str, Any], margin: str, *, is_open: bool) -> Iterator[str]:
    line = f"{head} {_flow(value)}"
    if value and (is_open or len(line) > WIDTH):
        yield head
        for name, inner in value.items():
            yield from _field(name, inner, f"{margin}  ") if not isinstance(inner, _Amount) else [f"{margin}  {_key(name)}: {inner}"]
    else:
        yield line


def _long(head: str, text: str, margin: str) -> Iterator[str]:
    """Write a text over several lines: its own where it has some, else broken between words."""
    inner = f"{margin}  "
    lines = text.removesuffix("\n").split("\n")
    if not text.isprintable() and not all(line.isprintable() for line in lines):
        yield f"{head} {_quoted(text)}"
    elif len(lines) > 1 and lines[0] and not lines[0][0].isspace() and lines[-1].strip():
        yield f"{head} {'|' if text.endswith(chr(10)) else '|-'}"
        yield from (f"{inner}{line}" if line else "" for line in lines)
    elif len(lines) == 1 and " ".join(text.split()) == text:
        yield f"{head} >-"
        yield from (f"{inner}{line}" for line in wrap(text, WIDTH - len(inner), break_long_words=False, break_on_hyphens=False))
    else:
        yield f"{head} {_quoted(text)}"


class _Amount(str):
    """An amount, which is written as the number it is."""

    __slots__ = ()


def _flow(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case _Amount():
            return str(value)
        case str():
            return _scalar(value)
        case dict():
            return "{" + ", ".join(f"{_key(name)}: {_flow(_named(name, item))}" for name, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(_flow(item) for item in value) + "]"
        case _:
            return str(value)


def _named(name: str, value: Any) -> Any:
    return _role(value) if name == "role" and isinstance(value, str) else value


@cache
def _roles() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for name in codes.contributor_roles():
        names.setdefault(codes.contributor_role(name), name)
    return names


def _role(code: str) -> str:
    return _roles().get(code, code)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_][\w-]*", name) and name.lower() not in _READ_OTHERWISE else _quoted(name)


def _scalar(text: str) -> str:
    """Write a text without quotes where every reader takes it for that text, else with them."""
    if _DAY.fullmatch(text):
        return text
    plain = (
        _WORD.fullmatch(text) is not None
        and text.isprintable()
        and text == text.strip()
        and not text[0].isdecimal()
        and ": " not in text
        and " #" not in text
        and not text.endswith(":")
        and text.lower() not in _READ_OTHERWISE
        and scalars.plain(text) == text
    )
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    said = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else _escaped(sign) for sign in said)


def _escaped(sign: str) -> str:
    point = ord(sign)
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
