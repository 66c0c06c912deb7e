"""A document → YAML as a person would write it: short things on one line, long texts as blocks, and nothing that could be misread. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from textwrap import wrap
from typing import Any, Final

from catalogctl.config.field_order import FIELDS, in_order
from catalogctl.config.schema import codes
from catalogctl.config.syntax import scalars

WIDTH: Final = 120
"""Characters of a line that can be broken."""
_BLOCKS: Final = frozenset({"contributors", "tracks"})
"""Lists whose items have a line each, however short."""
_OPEN: Final = frozenset({"edition", "editions", "publish"})
"""Mappings whose entries have a line each, however short."""
_WORD: Final = re.compile(r"[^\W_][^\n\t,\[\]{}]*")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_AMOUNT: Final = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?")
_DECIMAL: Final = re.compile(r"\d+\.\d{2}")
_READ_OTHERWISE: Final = frozenset({"y", "n", "yes", "no", "on", "off"})
"""Words that other readers of YAML take for something else than text."""


def write(document: Mapping[str, Any], schema: str, remarks: Mapping[str, Sequence[str]]) -> str:
    """Write a document.

    Shapes:  `schema` is the address of its schema from where it is, empty for none; `remarks` are sentences by edition, and
             those of "" are above everything.
    """
    lines = [f"# yaml-language-server: $schema={schema}"] if schema else []
    lines += _comment(remarks.get("", ()), "")
    said = spoken(document)
    for name in in_order(list(said), FIELDS):
        value = said[name]
        if name == "editions":
            lines.append("editions:")
            for edition, block in value.items():
                lines.append(f"  {edition}:")
                lines += _comment(remarks.get(edition, ()), "    ")
                lines += _fields(block, "    ")
        else:
            lines += field(name, value, "")
    return "\n".join(lines) + "\n"


def _comment(sentences: Iterable[str], margin: str) -> Iterator[str]:
    for sentence in sentences:
        # What a store calls its files may be in it: nothing in a comment may end it.
        harmless = "".join(sign if sign.isprintable() else " " for sign in sentence)
        yield from (f"{margin}# {line}" for line in wrap(harmless, WIDTH - len(margin) - 2, break_long_words=False, break_on_hyphens=False))


def _fields(block: Mapping[str, Any], margin: str) -> Iterator[str]:
    for name in in_order(list(block), FIELDS):
        yield from field(name, block[name], margin)


def field(name: str, value: Any, margin: str, *, is_open: bool = False) -> Iterator[str]:
    """Write a field of a block, its value as it is to be read back; with `is_open`, a mapping has a line for each of its fields."""
    head = f"{margin}{key(name)}:"
    match value:
        case dict():
            yield from _mapping(head, value, margin, is_open=is_open or name in _OPEN)
        case list() if name in _BLOCKS and value:
            yield head
            for one in value:
                yield from item(one, f"{margin}  ")
        case list() if len(head) + 1 + len(flow(value)) > WIDTH:
            yield head
            for one in value:
                yield from item(one, f"{margin}  ")
        case str() if "\n" in value or len(head) + 1 + len(scalar(value)) > WIDTH:
            yield from _long(head, value, margin)
        case _:
            yield f"{head} {flow(value)}"


def item(value: Any, margin: str) -> Iterator[str]:
    """Write an item of a list that has a line for each: a mapping that is too wide for one with a line for each field."""
    line = f"{margin}- {flow(value)}"
    if len(line) > WIDTH and isinstance(value, dict) and value:
        yield from open_item(value, margin)
    else:
        yield line


def open_item(value: Mapping[str, Any], margin: str) -> Iterator[str]:
    """Write an item that is a mapping, a line for each of its fields."""
    lines = [line for name, inner in value.items() for line in field(name, inner, f"{margin}  ")]
    yield f"{margin}- {lines[0].removeprefix(f'{margin}  ')}"
    yield from lines[1:]


def _mapping(head: str, value: Mapping[str, Any], margin: str, *, is_open: bool) -> Iterator[str]:
    line = f"{head} {flow(value)}"
    if value and (is_open or len(line) > WIDTH):
        yield head
        for name, inner in value.items():
            yield from field(name, inner, f"{margin}  ")
    else:
        yield line


def _long(head: str, text: str, margin: str) -> Iterator[str]:
    """Write a text over several lines: its own where it has some, else broken between words."""
    inner = f"{margin}  "
    lines = text.removesuffix("\n").split("\n")
    if not text.isprintable() and not all(line.isprintable() for line in lines):
        yield f"{head} {quoted(text)}"
    elif len(lines) > 1 and lines[0] and not lines[0][0].isspace() and lines[-1].strip():
        yield f"{head} {'|' if text.endswith(chr(10)) else '|-'}"
        yield from (f"{inner}{line}" if line else "" for line in lines)
    elif len(lines) == 1 and " ".join(text.split()) == text:
        yield f"{head} >-"
        yield from (f"{inner}{line}" for line in wrap(text, WIDTH - len(inner), break_long_words=False, break_on_hyphens=False))
    else:
        yield f"{head} {quoted(text)}"


def flow(value: Any) -> str:
    """Write a value on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case str():
            return scalar(value)
        case dict():
            return "{" + ", ".join(f"{key(name)}: {flow(item)}" for name, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(flow(item) for item in value) + "]"
        case _:
            return str(value)


def spoken(value: Any, name: str = "") -> Any:
    """Return canonical data in the words that a person uses: amounts as numbers, roles by their names."""
    match value:
        case dict() if name == "prices":
            return {currency: Decimal(amount) if isinstance(amount, str) else amount for currency, amount in value.items()}
        case dict():
            return {inner: item if inner == "publish" else spoken(item, inner) for inner, item in value.items()}
        case list():
            return [spoken(item, name) for item in value]
        case str() if name == "role":
            return role_word(value)
        case str() if name == "amount" and _AMOUNT.fullmatch(value):
            return Decimal(value)
        case _:
            return value


@cache
def _roles() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for name in codes.contributor_roles():
        names.setdefault(codes.contributor_role(name), name)
    return names


def role_word(code: str) -> str:
    """Return the name of a contributor's role by its code; the code itself where it has none."""
    return _roles().get(code, code)


def with_role_words(value: Any, name: str = "") -> Any:
    """Return canonical data with contributors' roles by their names; `name` is that of the field which holds it."""
    match value:
        case dict():
            return {inner: with_role_words(item, inner) for inner, item in value.items()}
        case list():
            return [with_role_words(item, name) for item in value]
        case str() if name == "role":
            return role_word(value)
        case _:
            return value


def key(name: str) -> str:
    """Write a key."""
    return name if re.fullmatch(r"[A-Za-z_][\w-]*", name) and name.lower() not in _READ_OTHERWISE else quoted(name)


def scalar(text: str) -> str:
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
    return text if plain else quoted(text)


def quoted(text: str) -> str:
    """Write a text in double quotes."""
    said = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else _escaped(sign) for sign in said)


def _escaped(sign: str) -> str:
    point = ord(sign)
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
