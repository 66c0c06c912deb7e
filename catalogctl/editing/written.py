"""One document as it is written: where each value begins and ends in the text, and where the comments are."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from catalogctl.config.syntax import json_source, yaml_places
from catalogctl.config.syntax.encoding import decode
from catalogctl.config.syntax.source import Parsed, Source, parse
from catalogctl.config.syntax.tree import Form, Node, Span, Unreadable, Value
from catalogctl.model.diagnostics import CatalogError, Severity

BREAK: Final = re.compile("\r\n|\r|\n")
"""What ends a line; libyaml's other three line ends are in no file that is read."""
_PROPERTIES: Final = re.compile(r"(?:(?:!<[^>\s]*>|[&!][^\s,\[\]{}]*)(?:[ \t]+|(?=[\r\n,\[\]{}])|\Z))+")
"""The anchor and the tag before a value."""
_HEADER: Final = re.compile(r"[|>][-+0-9]*(?:[ \t]+(?P<comment>#[^\r\n]*))?")
"""The first line of a text in lines of its own."""
_MARKER: Final = re.compile(r"(?:\A|(?<=[\r\n]))---(?=[ \t\r\n]|\Z)")
_COLON: Final = re.compile(r"[ \t\r\n]*:")


def readable(source: Source) -> tuple[Parsed, str, bool]:
    """Return what a file says, its text, and whether it is JSON.

    Raises:  CatalogError with the errors of its syntax.
    """
    parsed = parse(source)
    wrong = [found for found in parsed.diagnostics if found.severity is Severity.ERROR]
    if wrong:
        raise CatalogError(*wrong)
    is_json = source.path.lower().endswith(".json")
    try:
        return parsed, decode(source.data, yaml=not is_json), is_json
    except Unreadable as unreadable:  # `parse` says so as well
        raise AssertionError(unreadable) from unreadable


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, from its sign to the end of its line."""

    start: int
    end: int


class Written:
    """The text of one document with its places, as offsets into the text."""

    def __init__(self, text: str, root: Node, *, is_json: bool) -> None:
        self.text = text
        self.root = root
        self.is_json = is_json
        self.line_starts = [0, *(found.end() for found in BREAK.finditer(text))]
        first = BREAK.search(text)
        self.line_end = first.group() if first else "\n"
        """What ends a line of the file."""

    @property
    def value(self) -> Value:
        """What the document says."""
        return self.root.value

    # ── places ──

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a place."""
        return len(self.text) if line >= len(self.line_starts) else self.line_starts[line] + column

    def line(self, offset: int) -> int:
        """Return the line of an offset, from 0."""
        return bisect_right(self.line_starts, offset) - 1

    def column(self, offset: int) -> int:
        """Return the column of an offset, from 0."""
        return offset - self.line_starts[self.line(offset)]

    def end_of_line(self, offset: int) -> int:
        """Return the offset at which the line of an offset ends, before its line break."""
        found = BREAK.search(self.text, offset)
        return found.start() if found else len(self.text)

    def next_line(self, offset: int) -> int:
        """Return the offset at which the line after that of an offset begins."""
        line = self.line(offset) + 1
        return self.line_starts[line] if line < len(self.line_starts) else len(self.text)

    def span(self, span: Span) -> tuple[int, int]:
        """Return a key's place as offsets."""
        return self.offset(*span[:2]), self.offset(*span[2:])

    def start(self, node: Node) -> int:
        """Return where a value begins, its anchor and tag with it."""
        return self.offset(*node.span[:2])

    def inside(self, node: Node) -> int:
        """Return where a value begins after its anchor and tag."""
        start = self.start(node)
        if node.form is Form.ALIAS or self.text[start : start + 1] not in {"&", "!"}:
            return start
        found = _PROPERTIES.match(self.text, start)
        return found.end() if found else start

    def end(self, node: Node) -> int:
        """Return where a value ends: collections of lines with their last child, texts of lines without the blank lines after them."""
        while node.form is Form.BLOCK:
            children = list(node.fields.values()) if node.fields else node.items
            if not children:
                break
            node = children[-1]
        end = self.offset(*node.span[2:])
        if node.form not in {Form.LITERAL, Form.FOLDED}:
            return end
        header = _HEADER.match(self.text, self.inside(node))
        assert header is not None, "a text in lines begins with its header"
        least = header.end()
        keeps = "+" in header.group().partition("#")[0]
        return max(least, self._before_blank_lines(end, keeps=keeps))

    def _before_blank_lines(self, end: int, *, keeps: bool) -> int:
        """Go back over the line break before an offset, and over blank lines unless they are part of the text."""
        if keeps:
            return end - (2 if self.text[end - 2 : end] == "\r\n" else 1 if self.text[end - 1] in "\r\n" else 0)
        while True:
            before = end
            while before and self.text[before - 1] in " \t":
                before -= 1
            if not before or self.text[before - 1] not in "\r\n":
                return end
            end = before - (2 if self.text[before - 2 : before] == "\r\n" else 1)

    def colon(self, key: Span) -> int | None:
        """Return the offset behind the colon of a key; `None` where it is not where a plain key has it."""
        found = _COLON.match(self.text, self.span(key)[1])
        return found.end() if found else None

    def header(self, node: Node) -> str:
        """Return the signs that begin a text in lines, without a comment."""
        found = _HEADER.match(self.text, self.inside(node))
        return found.group().partition("#")[0].rstrip() if found else ""

    # ── comments ──

    def comments(self) -> list[Comment]:
        """List the comments, in order."""
        return [] if self.is_json else list(self._comments())

    def _comments(self) -> Iterator[Comment]:
        at = 0
        for start, end in [*self._leaves(self.root), (len(self.text), len(self.text))]:
            while (sign := self.text.find("#", at, start)) >= 0:
                at = self.end_of_line(sign)
                yield Comment(sign, at)
            if self.text[start : start + 1] in {"|", ">"} or self.text[start : start + 1] in {"&", "!"}:
                inside = _PROPERTIES.match(self.text, start)
                header = _HEADER.match(self.text, inside.end() if inside else start)
                if header and header["comment"] and header.end() <= end:
                    yield Comment(header.start("comment"), header.end("comment"))
            at = max(at, end)

    def _leaves(self, root: Node) -> list[tuple[int, int]]:
        """List the places of keys, scalars and anchors, in order."""
        found: list[tuple[int, int]] = []
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if node.form in {Form.BLOCK, Form.FLOW}:
                start, inside = self.start(node), self.inside(node)
                if inside > start:
                    found.append((start, inside))
                found.extend(self.span(key) for key in node.keys.values())
                waiting.extend(node.fields.values())
                waiting.extend(node.items)
            else:
                found.append((self.start(node), self.end(node)))
        return sorted(found)


def documents(text: str, *, is_json: bool) -> list[str]:
    """Cut the text of a file before each line of three hyphens; joined, the pieces are the text again."""
    if is_json:
        return [text]
    cuts = [0, *(found.start() for found in _MARKER.finditer(text) if found.start()), len(text)]
    return [text[start:end] for start, end in pairwise(cuts)]


def read(text: str, *, is_json: bool) -> Written | None:
    """Read one piece of a file with its places; `None` where there is no document in it, or one that is not whole."""
    reading = json_source.read(text) if is_json else yaml_places.read(text)
    return Written(text, reading.documents[0], is_json=is_json) if len(reading.documents) == 1 else None
