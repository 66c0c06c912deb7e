"""A file as it was read, with the place of every node: what the readers of YAML and JSON hand over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeAlias

from catalogctl.model.diagnostics import Pointer, Severity

Value: TypeAlias = "None | bool | int | Decimal | str | list[Value] | dict[str, Value]"
"""What a document may hold. Aliased nodes are one shared object, so values are never changed in place."""

Span: TypeAlias = tuple[int, int, int, int]
"""Line and column of the first character, line and column after the last; all count from 0, in characters."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})

MAX_DEPTH = 64
"""Collections inside collections. Titles need six; the code that walks values recurses, so there is an end."""

MAX_PROBLEMS = 100
"""Reported for one file. Past that it is another kind of file, and a longer list helps no one."""


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """One thing wrong with a file, before its place is turned into a line of text."""

    code: str
    summary: str
    detail: str
    hint: str
    span: Span
    severity: Severity = Severity.ERROR


class Unreadable(Exception):
    """Reading cannot go on past this problem; stays inside the readers."""

    def __init__(self, problem: SyntaxProblem) -> None:
        super().__init__(problem.summary)
        self.problem = problem


class Form(StrEnum):
    """How a value is written."""

    PLAIN = "plain"
    """A scalar without quotes, and nothing at all."""
    SINGLE = "single"
    DOUBLE = "double"
    LITERAL = "literal"
    FOLDED = "folded"
    FLOW = "flow"
    """A collection in brackets."""
    BLOCK = "block"
    """A collection with a line for each entry."""
    ALIAS = "alias"
    """A repetition of what an anchor marks; places below it are the anchor's."""


@dataclass(slots=True)
class Node:
    """One value and where it is written; filled while its children are read."""

    value: Value
    span: Span
    keys: Mapping[str, Span] = field(default_factory=lambda: _NOTHING)
    """Of a mapping: where each key is written."""
    fields: Mapping[str, Node] = field(default_factory=lambda: _NOTHING)
    """Of a mapping: its values."""
    items: Sequence[Node] = ()
    """Of a sequence: its values."""
    weight: int = 1
    """Nodes in it once aliases are written out; long text counts for more."""
    height: int = 0
    """Levels of collections in it: 0 for a scalar."""
    form: Form = Form.PLAIN

    def child(self, step: str | int) -> Node | None:
        """Return the value of a field or the item at an index; None when there is none."""
        if isinstance(step, str):
            return self.fields.get(step)
        return self.items[step] if 0 <= step < len(self.items) else None

    def hold(self, child: Node) -> None:
        """Count a child in."""
        self.weight += child.weight
        self.height = max(self.height, child.height + 1)


@dataclass(frozen=True, slots=True)
class Reading:
    """The documents that are whole, in the order of the file, and every problem found."""

    documents: tuple[Node, ...]
    problems: tuple[SyntaxProblem, ...]


def key_span(root: Node, pointer: Pointer) -> Span:
    """Find the key at `pointer`; a list item has none and gives its own place, what is missing its nearest ancestor's key."""
    return _way(root, pointer)[-1][0]


def value_span(root: Node, pointer: Pointer) -> Span:
    """Find the value at `pointer`; what is missing gives the key of its nearest ancestor, whose value would be a whole block."""
    way = _way(root, pointer)
    return way[-1][1].span if len(way) == len(pointer) + 1 else way[-1][0]


def _way(root: Node, pointer: Pointer) -> list[tuple[Span, Node]]:
    """Walk as far as the pointer leads; each step with the span of its key. A mapping is the first item where a list is looked for."""
    way = [(root.span, root)]
    for step in pointer:
        here = way[-1][1]
        child = here if step == 0 and here.fields else here.child(step)
        if child is None:
            break
        way.append((here.keys.get(step, child.span) if isinstance(step, str) else child.span, child))
    return way
