"""YAML read with care: every value with its place, and every problem of the file in words.

Slower than `yaml_source` and only asked when something is unusual or a place is wanted.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from yaml import MarkedYAMLError, YAMLError
from yaml._yaml import CParser
from yaml.events import AliasEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, StreamEndEvent

from catalogctl.config.syntax import yaml_errors
from catalogctl.config.syntax.amounts import comma_in_braces
from catalogctl.config.syntax.encoding import lines
from catalogctl.config.syntax.invisible import escaped_problems, raw_problems
from catalogctl.config.syntax.scalars import ScalarError, plain, quoted, shown, tagged, unknown_tag
from catalogctl.config.syntax.tree import MAX_DEPTH, MAX_PROBLEMS, Form, Node, Reading, Span, SyntaxProblem, Unreadable
from catalogctl.model.diagnostics import Severity

MAX_ALIASED = 100_000
"""Nodes that aliases may add to one file; a few lines of aliases to aliases can stand for billions."""

_COMMENT = re.compile(r"[ \t]*(#[^\s].*)")
"""A comment without a blank behind its sign, on the rest of a line."""

_COMMAS = re.compile("(,[0-9]{1,3})*,")
_TEXT_WEIGHT = 64
"""Characters of text that count as one node, so that repeating one long text is limited as well."""

_FORMS = {"": Form.PLAIN, "'": Form.SINGLE, '"': Form.DOUBLE, "|": Form.LITERAL, ">": Form.FOLDED}

_SEVERAL_DIRECTIVES = 1_000
"""libyaml compares each directive with all before it, so a file of them would take hours."""


def too_many_directives(text: str) -> bool:
    """Return whether a file must not even be given to libyaml."""
    return text.count("\n%") > _SEVERAL_DIRECTIVES


def read(text: str) -> Reading:
    """Read all documents of a file with places and problems; those with an error in them are left out.

    Raises:  nothing. After an error in the syntax the rest of the file is not read.
    """
    reader = _Reader(text)
    reader.problems.extend(raw_problems(text))
    try:
        reader.stream()
    except Unreadable as end:
        reader.problems.append(end.problem)
    except MarkedYAMLError as broken:
        problem = yaml_errors.explain(broken, text)
        # A comment that swallows a bracket is reported as that, and not as a comment besides.
        reader.problems[:] = [one for one in reader.problems if one.code != "silent-comment" or one.span[:2] != problem.span[:2]]
        reader.problems.append(problem)
    except YAMLError as broken:
        reader.problems.append(
            SyntaxProblem("yaml-syntax", "Not YAML", f"The file cannot be read: {shown(str(broken))}.", "", (0, 0, 0, 0))
        )
    return Reading(tuple(reader.documents), tuple(reader.problems[:MAX_PROBLEMS]))


class _Reader:
    """One pass over one file."""

    def __init__(self, text: str) -> None:
        self.following = CParser(text).get_event
        self.rows = lines(text)
        self.documents: list[Node] = []
        self.problems: list[SyntaxProblem] = []
        self.aliased = 0
        self.anchors: dict[str, Node | None] = {}
        """Of this document; None while the anchored node is still open."""

    def stream(self) -> None:
        self.following()
        while True:
            event: Any = self.following()
            if isinstance(event, StreamEndEvent):
                return
            told = len(self.problems)
            self.directives(event)
            self.anchors = {}
            event = self.following()
            empty = isinstance(event, ScalarEvent) and not event.value and not event.style and event.tag is None and event.anchor is None
            if not empty:
                root = self.node(event, 1)
                self.following()
                if all(problem.severity is not Severity.ERROR for problem in self.problems[told:]):
                    self.documents.append(root)
            else:
                self.following()

    def directives(self, event: Any) -> None:
        span = _span(event)
        if event.version == (1, 1):
            self.problems.append(
                SyntaxProblem(
                    "yaml-directive",
                    "Read as YAML 1.2",
                    "The file says it is YAML 1.1, but a catalog is read as YAML 1.2: `no`, `on` and `007` are text.",
                    "Remove the %YAML line.",
                    span,
                    Severity.WARNING,
                )
            )
        if event.tags is not None:
            self.tell("yaml-directive", "Tag directive", "%TAG defines tags, and a catalog has none.", "Remove the %TAG line.", span)

    def tell(self, code: str, summary: str, detail: str, hint: str, span: Span) -> None:
        self.note(SyntaxProblem(code, summary, detail, hint, span))

    def node(self, event: Any, depth: int) -> Node:
        if isinstance(event, AliasEvent):
            return self.alias(event, depth)
        if isinstance(event, ScalarEvent):
            node = self.scalar(event)
        else:
            if depth > MAX_DEPTH:
                raise Unreadable(_too_deep(_span(event)))
            if event.tag is not None:
                self.refuse(unknown_tag(event.tag), _span(event))
            if event.anchor is not None:
                self.anchors[event.anchor] = None
            node = self.mapping(event, depth) if isinstance(event, MappingStartEvent) else self.sequence(event, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def scalar(self, event: Any) -> Node:
        span = _span(event)
        node = Node(event.value, span, weight=1 + len(event.value) // _TEXT_WEIGHT, form=_FORMS[event.style or ""])
        try:
            if event.tag is not None:
                node.value = tagged(event.tag, event.value)
            elif not event.style:
                node.value = plain(event.value)
        except ScalarError as wrong:
            self.refuse(wrong, span)
        if not event.style and event.tag is None:
            self.comment(event, node)
        elif event.style == '"':
            for problem in escaped_problems(self.raw(span), span[0], span[1]):
                self.note(problem)
        return node

    def raw(self, span: Span) -> str:
        """Return the text of the file between two places, with its line breaks as \\n."""
        first, column, last, end = span
        if first == last:
            return self.rows[first][column:end]
        return "\n".join([self.rows[first][column:], *self.rows[first + 1 : last], self.rows[last][:end]])

    def comment(self, event: Any, node: Node) -> None:
        """Tell of a comment that begins right behind an unquoted text, or in the place of a value: the # may belong to it."""
        line, column = event.end_mark.line, event.end_mark.column
        found = _COMMENT.match(self.rows[line], column) if line < len(self.rows) else None
        if found is None:
            return
        span = (line, found.start(1), line, len(self.rows[line].rstrip()))
        written = shown(found[1].rstrip())
        if isinstance(node.value, str):
            whole = node.value + found.group().rstrip()
            detail = f"From the # on, `{written}` is a comment; the value is `{shown(node.value)}`."
            hint = f"If it belongs to the text, quote the whole:\n{quoted(whole)}\nIf it is a comment, put a blank behind the #."
            self.note(SyntaxProblem("silent-comment", "A comment right behind a text", detail, hint, span, Severity.WARNING))
        elif node.value is None and not event.value:
            detail = f"`{written}` is a comment, so there is no value here."
            hint = f"If it is the value, quote it:\n{quoted(found[1].rstrip())}\nIf it is a comment, put a blank behind the #."
            self.note(SyntaxProblem("comment-for-value", "A comment where a value belongs", detail, hint, span, Severity.WARNING))

    def note(self, problem: SyntaxProblem) -> None:
        """Keep a problem; past the most that are reported for one file, end the reading."""
        if len(self.problems) >= MAX_PROBLEMS:
            raise Unreadable(problem)
        self.problems.append(problem)

    def refuse(self, wrong: ScalarError, span: Span) -> None:
        self.tell(wrong.code, wrong.summary, wrong.detail, wrong.hint, span)

    def alias(self, event: Any, depth: int) -> Node:
        span, name = _span(event), shown(event.anchor)
        if event.anchor not in self.anchors:
            known = ", ".join(f"`&{shown(anchor)}`" for anchor in list(self.anchors)[:5])
            hint = (
                f"The anchors before it in this document are {known}."
                if known
                else f"Mark the value to repeat with `&{name}`, earlier in the same document, or quote the text."
            )
            self.tell(
                "yaml-alias",
                "Unknown anchor",
                f"`*{name}` repeats a value marked `&{name}`, and there is none before it in this document.",
                hint,
                span,
            )
            return Node(None, span)
        target = self.anchors[event.anchor]
        if target is None:
            self.tell(
                "yaml-alias",
                "Value inside itself",
                f"`*{name}` is inside the value that it repeats, without end.",
                "Write the value out.",
                span,
            )
            return Node(None, span)
        self.aliased += target.weight
        if self.aliased > MAX_ALIASED:
            raise Unreadable(
                SyntaxProblem(
                    "yaml-alias-bomb",
                    "Aliases too large",
                    f"The aliases of this file, up to `*{name}`, stand for more than {MAX_ALIASED:,} values.",
                    "Write the values out, or move what titles share to `kind: defaults`.",
                    span,
                )
            )
        if depth + target.height - 1 > MAX_DEPTH:
            raise Unreadable(_too_deep(span))
        return Node(target.value, span, target.keys, target.fields, target.items, target.weight, target.height, Form.ALIAS)

    def mapping(self, start: Any, depth: int) -> Node:
        value: dict[str, Any] = {}
        keys: dict[str, Span] = {}
        fields: dict[str, Node] = {}
        node = Node(value, _span(start), keys, fields, height=1, form=Form.FLOW if start.flow_style else Form.BLOCK)
        before: Node | None = None
        key: str | None = None
        while True:
            event: Any = self.following()
            if isinstance(event, MappingEndEvent):
                node.span = _whole(start, event)
                return node
            if start.flow_style and before is not None and self.decimal_comma(key or "", before, event):
                self.following()
                continue
            key = self.key(event, node, depth)
            child = self.node(self.following(), depth + 1)
            before = child
            node.hold(child)
            if key is not None:
                value[key] = child.value
                fields[key] = child
                keys[key] = _span(event)

    def decimal_comma(self, currency: str, before: Node, key: Any) -> bool:
        """Tell of an amount that braces took apart at its commas: `{EUR: 8,99}`, `{INR: 1,00,000}`. False where the key is one."""
        amount = isinstance(before.value, (int, Decimal)) and not isinstance(before.value, bool)
        if not amount or not isinstance(key, ScalarEvent) or key.style:
            return False
        line, column, _, end = before.span
        row = self.rows[line] if line < len(self.rows) else ""
        start, last = _span(key)[:2], _span(key)[3]
        between = row[end : start[1]]
        if start[0] != line or not _COMMAS.fullmatch(between):
            return False
        wrong = comma_in_braces(row[column : start[1] - 1], key.value, currency)
        if wrong is None:
            return False
        if between != ",":
            self.problems.pop()  # of its first half alone
        self.tell("bad-price", wrong.summary, wrong.detail, wrong.hint, (line, column, line, last))
        return True

    def key(self, event: Any, owner: Node, depth: int) -> str | None:
        """Take a key as the text that is written; None when it cannot be one, after saying why."""
        span = _span(event)
        if isinstance(event, AliasEvent):
            self.tell("yaml-key", "Alias as a key", "A key is text, not an alias.", "Write the key out.", span)
            return None
        if not isinstance(event, ScalarEvent):
            self.tell(
                "yaml-key",
                "Collection as a key",
                "A key is text, not a list or a mapping.",
                "Quote it if it is text that begins with `[` or `{`.",
                span,
            )
            self.node(event, depth + 1)
            return None
        if event.tag is not None:
            self.scalar(event)  # for what it says of the tag; the key is the text in any case
        if event.anchor is not None:
            self.anchors[event.anchor] = Node(event.value, span)
        if event.style == '"':
            for problem in escaped_problems(self.raw(span), span[0], span[1]):
                self.note(problem)
        key: str = event.value
        if key == "<<" and not event.style:
            self.tell(
                "yaml-merge-key",
                "Merge key",
                "`<<` is not part of YAML 1.2, and readers disagree on what it does.",
                "Repeat the fields, or move what titles share to a document of `kind: defaults`.",
                span,
            )
            return None
        if not key and not event.style:
            self.tell(
                "yaml-key", "Key missing", "There is a value here without a key.", "Write the name of the field before the colon.", span
            )
            return None
        if key in owner.keys:
            line, column = owner.keys[key][:2]
            self.tell(
                "duplicate-key",
                "Duplicate key",
                f"`{shown(key)}` is already given on line {line + 1}, column {column + 1}; only one of the two could count.",
                "Keep one of them.",
                span,
            )
            return None
        return key

    def sequence(self, start: Any, depth: int) -> Node:
        value: list[Any] = []
        items: list[Node] = []
        node = Node(value, _span(start), items=items, height=1, form=Form.FLOW if start.flow_style else Form.BLOCK)
        while True:
            event: Any = self.following()
            if isinstance(event, SequenceEndEvent):
                node.span = _whole(start, event)
                return node
            child = self.node(event, depth + 1)
            node.hold(child)
            items.append(child)
            value.append(child.value)


def _span(event: Any) -> Span:
    start, end = event.start_mark, event.end_mark
    return (start.line, start.column, end.line, end.column)


def _whole(start: Any, end: Any) -> Span:
    return (start.start_mark.line, start.start_mark.column, end.end_mark.line, end.end_mark.column)


def _too_deep(span: Span) -> SyntaxProblem:
    return SyntaxProblem(
        "nesting-too-deep",
        "Nested too deep",
        f"There are more than {MAX_DEPTH} collections inside each other here.",
        "Check the brackets and the indentation; a title needs six levels.",
        span,
    )
