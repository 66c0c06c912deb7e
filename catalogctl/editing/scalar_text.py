"""A scalar → its text, in the quotes of the one whose place it takes."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Final

from catalogctl.config.syntax.tree import Form, Value
from catalogctl.config.yaml_writer import flow, quoted

Scalar = None | bool | int | Decimal | str

IN_LINES: Final = frozenset({Form.LITERAL, Form.FOLDED})


def is_scalar(value: Value) -> bool:
    """Return whether a value is no collection."""
    return not isinstance(value, (dict, list))


def in_line(value: Value, form: Form = Form.PLAIN) -> str:
    """Write a value on one line of YAML; a text in the quotes of `form` where it has some."""
    if isinstance(value, str):
        if form is Form.DOUBLE:
            return quoted(value)
        if form is Form.SINGLE and value.isprintable():
            return "'" + value.replace("'", "''") + "'"
    return flow(value)


def in_json(value: Value) -> str:
    """Write a value on one line of JSON, with amounts as exact as they are."""
    match value:
        case dict():
            return "{" + ", ".join(f"{in_json(name)}: {in_json(item)}" for name, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(in_json, value)) + "]"
        case Decimal():
            return format(value, "f")
        case _:
            return json.dumps(value, ensure_ascii=False)


def body(text: str, margin: str) -> tuple[str, list[str]] | None:
    """Write a text in lines of its own: the sign that ends its header, and the lines; `None` where it would be read otherwise."""
    lines = text.removesuffix("\n").split("\n")
    if not lines[0] or lines[0][0].isspace() or not lines[-1].strip() or not all(line.isprintable() for line in lines):
        return None
    return ("" if text.endswith("\n") else "-"), [f"{margin}{line}" if line else "" for line in lines]
