"""The layout of a JSON document: two blanks a level, fields in their order; what stands on one line stays there as long as it fits."""

from __future__ import annotations

from collections.abc import Iterator

from catalogctl.config.field_order import in_order, order_at
from catalogctl.config.syntax.tree import Form, Node
from catalogctl.config.yaml_writer import WIDTH
from catalogctl.editing.written import Written
from catalogctl.model.diagnostics import Pointer


def json_layout(written: Written) -> str:
    """Return the document with a line break at its end."""
    return "\n".join(_lines(written, written.root, "", "", ())) + "\n"


def _lines(written: Written, node: Node, head: str, margin: str, pointer: Pointer) -> Iterator[str]:
    """Write a value behind `head`, the beginning of its line; what follows stands below `margin`."""
    if node.form is not Form.FLOW or not (node.fields or node.items):
        yield head + _one_line(written, node, pointer)
        return
    first = next(iter(node.keys.values()))[0] if node.fields else node.items[0].span[0]
    line = head + _one_line(written, node, pointer)
    if first == node.span[0] and len(line) < WIDTH:  # and a comma
        yield line
        return
    inner = f"{margin}  "
    entries: list[list[str]] = []
    for name in _names(node, pointer):
        key = f"{_key(written, node, name)}: "
        entries.append(list(_lines(written, node.fields[name], inner + key, inner, (*pointer, name))))
    for place, child in enumerate(node.items):
        entries.append(list(_lines(written, child, inner, inner, (*pointer, place))))
    yield head + ("{" if node.fields else "[")
    for number, lines in enumerate(entries, 1):
        yield from lines[:-1]
        yield lines[-1] + ("," if number < len(entries) else "")
    yield margin + ("}" if node.fields else "]")


def _one_line(written: Written, node: Node, pointer: Pointer) -> str:
    if node.fields:
        names = _names(node, pointer)
        entries = (f"{_key(written, node, name)}: {_one_line(written, node.fields[name], (*pointer, name))}" for name in names)
        return "{" + ", ".join(entries) + "}"
    if node.items:
        return "[" + ", ".join(_one_line(written, child, (*pointer, place)) for place, child in enumerate(node.items)) + "]"
    return written.text[written.start(node) : written.end(node)] if node.form is not Form.FLOW else "{}" if node.value == {} else "[]"


def _names(node: Node, pointer: Pointer) -> list[str]:
    return in_order(list(node.fields), order_at(pointer))


def _key(written: Written, node: Node, name: str) -> str:
    start, end = written.span(node.keys[name])
    return written.text[start:end]
