"""The layout of a YAML document.

A comment on lines of its own belongs to the field below it, and moves with it. One with an empty line below it is a mark: the fields
above and below are put in order among themselves, and none crosses it. One that is further in than the field below it belongs to the
collection above.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from catalogctl.config.field_order import Ordering, in_order
from catalogctl.config.syntax.scalars import plain
from catalogctl.config.syntax.tree import Form, Node
from catalogctl.config.yaml_writer import WIDTH, flow, quoted
from catalogctl.editing.written import BREAK, Written
from catalogctl.model.diagnostics import Pointer

_STEP: Final = "  "
_OTHERWISE: Final = re.compile(
    r"[yn]|yes|no|on|off"
    r"|[-+]?0[xob]?[0-9a-f_]+|[-+]?[0-9][0-9_]*(\.[0-9_]*)?(e[-+]?[0-9]+)?|[-+]?\.[0-9][0-9_]*(e[-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?|[-+]?\.inf|\.nan|=|<<"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}.*|[0-9]{4}-([0-9]-[0-9]{1,2}|[0-9]{1,2}-[0-9])",
    re.IGNORECASE,
)
"""Words that other readers of YAML take for something else than the text they are here. A day is a day to all who read a catalog."""
_COMMENT: Final = re.compile(r"(?P<blanks>[ \t]*)(?P<comment>#[^\r\n]*)")
_BETWEEN: Final = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*)*")
_MODELINE: Final = re.compile(r"#\s*yaml-language-server:")


def yaml_layout(written: Written, order: Ordering) -> str:
    """Return the text of one document, from its line of three hyphens, where it has one, to the end of its last line."""
    return "\n".join(_Layout(written, order).document()) + "\n"


def misread(text: str) -> bool:
    """Return whether another reader takes a word without quotes, which is text here, for something else."""
    return _OTHERWISE.fullmatch(text) is not None


@dataclass(slots=True)
class _Entry:
    """One field or item, as it will be written."""

    name: str
    lead: list[str]
    """Lines above it that go where it goes."""
    lines: list[str]


class _Layout:
    """One pass over one document; `_at` is the offset up to which it is written again."""

    def __init__(self, written: Written, order: Ordering) -> None:
        self._w = written
        self._order = order
        self._at = 0

    def document(self) -> list[str]:
        root = self._w.root
        lines: list[str] = []
        if self._w.text.startswith("---"):
            self._at = 3
            lines.append("---" + self._behind())
        lines += self._modeline()
        if root.form is Form.BLOCK and self._w.inside(root) == self._w.start(root):
            lines += self._block(root, "", ())
        else:
            lines += self._entry(root, "", "", ())
        rest = [row.rstrip() if row.startswith(("...", "%")) else row.strip() for row in self._rows(len(self._w.text))]
        return [*lines, *rest[: next((place for place in range(len(rest), 0, -1) if rest[place - 1]), 0)]]

    def _modeline(self) -> list[str]:
        """Take the address of the schema, which stays above everything."""
        row = BREAK.split(self._w.text[self._at : self._w.end_of_line(self._at)])[0]
        if not _MODELINE.match(row) or self._at:
            return []
        self._at = self._w.next_line(self._at)
        return [row.rstrip()]

    # ── what is between values ──

    def _next(self) -> int:
        """Return the offset of the next sign that is neither blank nor in a comment."""
        found = _BETWEEN.match(self._w.text, self._at)
        return found.end() if found else self._at

    def _rows(self, end: int) -> list[str]:
        """Take the lines that end between here and an offset, the rest of the present one among them where there is a comment."""
        is_first = self._at == 0 or self._w.text[self._at - 1] in "\r\n"
        first, *rows = BREAK.split(self._w.text[self._at : end])
        if rows and (is_first or first.strip()):
            rows.insert(0, first)
        self._at = max(self._at, end)
        return rows[:-1] if end < len(self._w.text) or not rows or not rows[-1].strip() else rows

    def _behind(self) -> str:
        """Take the comment on the rest of the line, with the blanks before it."""
        found = _COMMENT.match(self._w.text, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return f"{found['blanks'] or ' '}{found['comment'].rstrip()}"

    def _foot(self, column: int, margin: str) -> list[str]:
        """Take the comments below a collection that are as far in as it is, and further than what follows."""
        start, end = self._at, self._next()
        following = -1 if end == len(self._w.text) or self._w.text.startswith("...", end) else self._w.column(end)
        rows = self._rows(end)
        self._at = start
        taken = 0
        for number, row in enumerate(rows):
            inside = len(row) - len(row.lstrip())
            if row.strip() and (inside < column or inside <= following):
                break
            taken = number + 1 if row.strip() else taken
        if taken:
            self._at = self._w.end_of_line(self._w.line_starts[self._w.line(start) + taken])
        return _set_in(rows[:taken], margin)

    # ── collections in lines ──

    def _block(self, node: Node, margin: str, pointer: Pointer) -> list[str]:
        """Write a collection with a line for each entry, each line below `margin`."""
        entries: list[_Entry] = []
        marks: dict[int, list[str]] = {}
        column = self._w.column(self._next())
        for name, child in _children(node):
            start = self._w.span(node.keys[name])[0] if isinstance(name, str) else self._next()
            mark, lead = _split(_set_in(self._rows(start), margin))
            if mark:
                marks[len(entries)] = mark
            way = (*pointer, name)
            if isinstance(name, str):
                lines = self._field(node, name, child, margin, way)
            else:
                self._at = start + 1
                lines = self._item(child, margin, way)
            entries.append(_Entry(str(name), lead, lines))
        lines = _ordered(entries, marks, self._order(pointer) if node.fields else ())
        return [*lines, *self._foot(column, margin)]

    def _field(self, node: Node, name: str, child: Node, margin: str, pointer: Pointer) -> list[str]:
        start, end = self._w.span(node.keys[name])
        self._at = self._w.colon(node.keys[name]) or end
        return self._entry(child, f"{margin}{_key(self._w.text[start:end])}:", margin, pointer)

    def _item(self, child: Node, margin: str, pointer: Pointer) -> list[str]:
        """Write an item of a list; the first field of a mapping is behind the hyphen."""
        if child.form is not Form.BLOCK or self._w.inside(child) > self._w.start(child):
            lines = self._entry(child, f"{margin}-", margin, pointer)
            if lines[0] == f"{margin}-" and len(lines) > 1:  # brackets that are too wide became lines
                lines[:2] = [f"{margin}- {lines[1].removeprefix(margin + _STEP)}"]
            return lines
        comment = self._behind()
        below = self._block(child, f"{margin}{_STEP}", pointer)
        if comment or not below[0].strip() or below[0].lstrip().startswith("#"):
            return [f"{margin}-{comment}", *below]
        return [f"{margin}- {below[0].removeprefix(margin + _STEP)}", *below[1:]]

    def _entry(self, child: Node, head: str, margin: str, pointer: Pointer) -> list[str]:
        """Write a value behind its key or its hyphen."""
        w = self._w
        start, inside = w.start(child), w.inside(child)
        lead = [] if child.form is Form.BLOCK and inside == start else self._between(start if start < w.end(child) else self._at, margin)
        if inside > start and child.form is not Form.ALIAS:
            head = _joined(head, w.text[start:inside].strip())
            self._at = start + len(w.text[start:inside].rstrip())
        if child.form is Form.BLOCK:
            comment = self._behind()
            return [*lead, head + comment, *self._block(child, f"{margin}{_STEP}", pointer)]
        if inside > start:
            lead += self._between(inside if inside < w.end(child) else self._at, margin)
        if child.form is Form.FLOW and (child.fields or child.items):
            return [*lead, *self._brackets(child, head, margin, pointer)]
        first, *rest = self._text(child, f"{margin}{_STEP}")
        self._at = max(self._at, w.end(child))
        lines = [_joined(head, first), *rest]
        if child.form not in {Form.LITERAL, Form.FOLDED}:
            lines[-1] += self._behind()
        return [*lead, *lines]

    def _between(self, start: int, margin: str) -> list[str]:
        """Take the comments between a key and its value on a later line; they go above the key."""
        return [row for row in _set_in(self._rows(start), margin) if row]

    # ── values ──

    def _text(self, node: Node, margin: str) -> list[str]:
        """Write a scalar, what follows its first line below `margin`."""
        w = self._w
        raw = w.text[w.inside(node) : w.end(node)]
        if node.form in {Form.LITERAL, Form.FOLDED}:
            return _in_lines(raw, str(node.value), margin)
        if node.form is Form.PLAIN and isinstance(node.value, str) and w.inside(node) == w.start(node) and misread(raw):
            return [quoted(raw)]
        rows = BREAK.split(raw)
        escapes = node.form is Form.DOUBLE
        inner = [_stripped(row, is_first=not place, is_last=place == len(rows) - 1, escapes=escapes) for place, row in enumerate(rows)]
        return [inner[0], *(f"{margin}{row}" if row else "" for row in inner[1:])]

    def _brackets(self, node: Node, head: str, margin: str, pointer: Pointer) -> list[str]:
        """Write brackets on one line; on several where that is too wide, or where comments are between them."""
        w = self._w
        end = w.end(node)
        if self._has_comments(node):
            lines = self._commented(node, head, margin, pointer)
            lines[-1] += self._behind()
            return lines
        line = _joined(head, self._bare(node, pointer))
        self._at = end
        comment = self._behind()
        if len(line) <= WIDTH or not head.strip():
            return [line + comment]
        return [head + comment, *self._opened(node, f"{margin}{_STEP}", pointer)]

    def _opened(self, node: Node, margin: str, pointer: Pointer) -> list[str]:
        """Write what stood in brackets with a line for each entry; there are no comments in it."""
        lines: list[str] = []
        for name in self._names(node, pointer):
            child = node.fields[name] if isinstance(name, str) else node.items[name]
            head = f"{margin}{self._flow_key(node, name)}:" if isinstance(name, str) else f"{margin}-"
            text = self._flow(child, (*pointer, name))
            if child.form is not Form.FLOW or not child.value or len(head) + 1 + len(text) <= WIDTH:
                lines.append(f"{head} {text}" if text else head)
                continue
            below = self._opened(child, f"{margin}{_STEP}", (*pointer, name))
            has_anchor = self._w.inside(child) > self._w.start(child)
            if isinstance(name, int) and not has_anchor:
                lines += [f"{head} {below[0].removeprefix(margin + _STEP)}", *below[1:]]
            else:
                lines += [f"{head}{self._properties(child)}", *below]
        return lines

    def _properties(self, node: Node) -> str:
        said = self._w.text[self._w.start(node) : self._w.inside(node)].strip()
        return f" {said}" if said and node.form is not Form.ALIAS else ""

    def _flow_key(self, node: Node, name: str) -> str:
        start, end = self._w.span(node.keys[name])
        return _key(self._w.text[start:end])

    def _flow(self, node: Node, pointer: Pointer) -> str:
        """Write a value on one line."""
        w = self._w
        if node.form is Form.FLOW:
            return _joined(self._properties(node).lstrip(), self._bare(node, pointer))
        raw = w.text[w.start(node) : w.end(node)]
        if BREAK.search(raw):
            properties = self._properties(node).lstrip()
            said = quoted(node.value) if node.form in {Form.SINGLE, Form.DOUBLE} and isinstance(node.value, str) else flow(node.value)
            return _joined(properties, said)
        return quoted(raw) if node.form is Form.PLAIN and isinstance(node.value, str) and misread(raw) else raw

    def _bare(self, node: Node, pointer: Pointer) -> str:
        """Write brackets on one line, without their anchor."""
        parts: list[str] = []
        for name in self._names(node, pointer):
            child = node.fields[name] if isinstance(name, str) else node.items[name]
            text = self._flow(child, (*pointer, name)) or "null"
            parts.append(f"{self._flow_key(node, name)}: {text}" if isinstance(name, str) else text)
        inner = ", ".join(parts)
        return f"{{{inner}}}" if isinstance(node.value, dict) else f"[{inner}]"

    def _names(self, node: Node, pointer: Pointer) -> Sequence[str | int]:
        return in_order(list(node.fields), self._order(pointer)) if node.fields else range(len(node.items))

    def _has_comments(self, node: Node) -> bool:
        place = bisect_left(self._comment_starts, self._w.start(node))
        return place < len(self._comment_starts) and self._comment_starts[place] < self._w.end(node)

    @cached_property
    def _comment_starts(self) -> list[int]:
        return [one.start for one in self._w.comments()]

    def _commented(self, node: Node, head: str, margin: str, pointer: Pointer) -> list[str]:
        """Write brackets with comments in them: each entry on a line of its own, in the order they have."""
        w = self._w
        inner = f"{margin}{_STEP}"
        opening, end = w.inside(node), w.end(node)
        self._at = opening + 1
        lines = [_joined(head, w.text[opening]) + self._behind()]
        entries = list(_children(node))
        for number, (name, child) in enumerate(entries, 1):
            start = w.span(node.keys[name])[0] if isinstance(name, str) else w.start(child)
            lines += [row for row in _set_in(self._rows(start), inner) if row]
            before = f"{inner}{self._flow_key(node, name)}:" if isinstance(name, str) else inner
            way = (*pointer, name)
            if child.form is Form.FLOW and self._has_comments(child):
                lines += self._commented(child, _joined(before, self._properties(child).strip()), inner, way)
            else:
                lines.append(_joined(before, self._flow(child, way) or "null"))
            self._at = w.end(child) if not isinstance(name, str) else max(w.end(child), w.span(node.keys[name])[1])
            if number < len(entries):
                lines[-1] += ","
            comma = self._next()
            if w.text.startswith(",", comma) and w.line(comma) == w.line(self._at):
                self._at = comma + 1
            lines[-1] += self._behind()
        lines += [row for row in _set_in(self._rows(end - 1), inner) if row and row.strip() != ","]
        self._at = end
        return [*lines, f"{inner}{w.text[end - 1]}"]


def _children(node: Node) -> Iterator[tuple[str | int, Node]]:
    yield from node.fields.items() if node.fields else enumerate(node.items)


def _set_in(rows: Sequence[str], margin: str) -> list[str]:
    return [f"{margin}{row.strip()}" if row.strip() else "" for row in rows]


def _split(rows: list[str]) -> tuple[list[str], list[str]]:
    """Take apart what nothing crosses, a comment with an empty line below it, and the comment of the field."""
    for place in range(len(rows), 0, -1):
        if not rows[place - 1] and any(rows[: place - 1]):
            return rows[:place], rows[place:]
    return [], rows


def _ordered(entries: list[_Entry], marks: Mapping[int, list[str]], order: Sequence[str]) -> list[str]:
    """Put the entries between two marks in their order."""
    lines: list[str] = []
    starts = sorted({0, *marks})
    for start, end in zip(starts, [*starts[1:], len(entries)], strict=True):
        lines += marks.get(start, [])
        some = {entry.name: entry for entry in entries[start:end]}
        for name in in_order(list(some), order):
            lines += [*some[name].lead, *some[name].lines]
    return lines


def _joined(head: str, text: str) -> str:
    """Put a blank between two texts where there are two."""
    return f"{head} {text}" if head.strip() and text else f"{head}{text}"


def _key(raw: str) -> str:
    """Write a key, in quotes where another reader would take it for something else than a text."""
    if raw[:1] in {'"', "'", "&", "!"} or (not misread(raw) and isinstance(plain(raw), str)):
        return raw
    return quoted(raw)


def _in_lines(raw: str, value: str, margin: str) -> list[str]:
    """Write a text in lines of its own again, as far in as it belongs."""
    header, *rows = BREAK.split(raw)
    first = next((row for row in rows if row.strip()), None)
    if first is None:
        return [header.rstrip()]
    said = next(line for line in value.split("\n") if line.strip())
    column = len(first) - len(first.lstrip(" ")) - (len(said) - len(said.lstrip(" ")))
    signs, blanks, comment = header.partition("#")
    digits = [sign for sign in signs if sign.isdecimal()]
    if digits:
        signs = signs.replace(digits[0], str(len(_STEP)))
    ends_early = not value.endswith("\n") and "-" not in signs and "+" not in signs
    signs = signs.rstrip() + ("-" if ends_early else "")
    return [f"{signs} {blanks}{comment}".rstrip(), *(f"{margin}{row[column:]}" if row[column:] else "" for row in rows)]


def _stripped(row: str, *, is_first: bool, is_last: bool, escapes: bool) -> str:
    """Take the blanks away that a line break inside a scalar swallows; one that is escaped is part of the text."""
    if not is_first:
        row = row.lstrip(" \t")
    if is_last:
        return row
    bare = row.rstrip(" \t")
    if escapes and (len(bare) - len(bare.rstrip("\\"))) % 2 and bare != row:
        return row[: len(bare) + 1]
    return bare
