"""The layout of a JSON document: two blanks a level, fields in their order; what is on one line stays there as long as it fits."""

from __future__ import annotations

from collections.abc import Iterator

from catalogctl.config.field_order import Ordering, in_order
from catalogctl.config.syntax.tree import Form, Node
from catalogctl.config.yaml_writer import WIDTH
from catalogctl.editing.written import Written
from catalogctl.model.diagnostics import Pointer


def json_layout(written: Written, order: Ordering) -> str:
    """Return the document with a line break at its end."""
    return "\n".join(_Layout(written, order).lines(written.root, "", "", ())) + "\n"


class _Layout:
    def __init__(self, written: Written, order: Ordering) -> None:
        self._written = written
        self._order = order

    def lines(self, node: Node, head: str, margin: str, pointer: Pointer) -> Iterator[str]:
        """Write a value behind `head`, the beginning of its line; what follows stands below `margin`."""
        if node.form is not Form.FLOW or not (node.fields or node.items):
            yield head + self._one_line(node, pointer)
            return
        first = next(iter(node.keys.values()))[0] if node.fields else node.items[0].span[0]
        line = head + self._one_line(node, pointer)
        if first == node.span[0] and len(line) < WIDTH:  # and a comma
            yield line
            return
        inner = f"{margin}  "
        entries: list[list[str]] = []
        for name in self._names(node, pointer):
            key = f"{self._key(node, name)}: "
            entries.append(list(self.lines(node.fields[name], inner + key, inner, (*pointer, name))))
        for place, child in enumerate(node.items):
            entries.append(list(self.lines(child, inner, inner, (*pointer, place))))
        yield head + ("{" if node.fields else "[")
        for number, lines in enumerate(entries, 1):
            yield from lines[:-1]
            yield lines[-1] + ("," if number < len(entries) else "")
        yield margin + ("}" if node.fields else "]")

    def _one_line(self, node: Node, pointer: Pointer) -> str:
        if node.fields:
            names = self._names(node, pointer)
            entries = (f"{self._key(node, name)}: {self._one_line(node.fields[name], (*pointer, name))}" for name in names)
            return "{" + ", ".join(entries) + "}"
        if node.items:
            return "[" + ", ".join(self._one_line(child, (*pointer, place)) for place, child in enumerate(node.items)) + "]"
        if node.form is Form.FLOW:
            return "{}" if node.value == {} else "[]"
        return self._written.text[self._written.start(node) : self._written.end(node)]

    def _names(self, node: Node, pointer: Pointer) -> list[str]:
        return in_order(list(node.fields), self._order(pointer))

    def _key(self, node: Node, name: str) -> str:
        start, end = self._written.span(node.keys[name])
        return self._written.text[start:end]
