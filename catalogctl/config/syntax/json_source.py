"""JSON, read fast by the standard library, and with care by a small scanner when a place is wanted.

As with YAML: the fast reader gives up on whatever needs a second thought, and the careful one says what is wrong and where.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from json.decoder import JSONDecodeError
from typing import Any, NoReturn

from catalogctl.config.syntax.amounts import comma_in_braces
from catalogctl.config.syntax.invisible import escaped_problems, is_usual, raw_problems
from catalogctl.config.syntax.scalars import MAX_NUMBER, ScalarError, decimal, plain, shown
from catalogctl.config.syntax.tree import MAX_DEPTH, MAX_PROBLEMS, Form, Node, Reading, Span, SyntaxProblem, Unreadable, Value
from catalogctl.model.diagnostics import Severity

_SPACE = re.compile(r"[ \t\n\r]*")
_WORD = re.compile(r"[-+.\w]+")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_BREAK = re.compile("\r\n|\r|\n")
_HALVES = re.compile(r"([0-9.]+),\Z")
_REST = re.compile(r"[-+.\w]+(?:,[0-9]{3}(?![0-9]))*")
_LOOK_AHEAD = 200
_CURLY = ("'", "`", "\u201c", "\u201d", "\u201e", "\u2018", "\u2019", "\u00ab")
_OTHER_QUOTES = re.compile(f'[{"".join(_CURLY)}]([^{"".join(_CURLY)}"\\\\\n]{{0,100}})[{"".join(_CURLY)}]')
_BARE_KEY = re.compile(r"([A-Za-z_][\w-]{0,60})\s*:")
_OTHER_WORDS = {
    word: ours
    for ours, words in {"true": "True TRUE", "false": "False FALSE", "null": "None nil NULL undefined"}.items()
    for word in words.split()
}
_HALF = re.compile("[\ud800-\udfff]")
_HALF_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


class _Unusual(Exception):
    """This file is for the careful reader."""


def values(text: str) -> tuple[tuple[Value, ...], tuple[int, ...]] | None:
    """Read the one document of a usual file and the line it begins on, or give None when it must be read with care.

    Units:   lines count from 1.
    Raises:  nothing.
    """
    if _HALF_ESCAPE.search(text) or not is_usual(text):
        return None
    try:
        value: Value = _DECODER.decode(text)
    except (ValueError, RecursionError, ScalarError, _Unusual):
        return None
    if _deeper(value, MAX_DEPTH):
        return None
    before = _SPACE.match(text)
    return (value,), (1 + len(_BREAK.findall(before.group() if before else "")),)


def _mapping(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise _Unusual
    return mapping


def _whole_number(text: str) -> int:
    if len(text) > MAX_NUMBER:
        raise _Unusual
    return int(text)


def _refused(_word: str) -> NoReturn:
    raise _Unusual


_DECODER = json.JSONDecoder(object_pairs_hook=_mapping, parse_float=decimal, parse_int=_whole_number, parse_constant=_refused)


def _deeper(value: Value, levels: int) -> bool:
    """Return whether there are more collections inside each other than `levels`."""
    children: Any = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    if children is None:
        return False
    return levels == 0 or any(_deeper(child, levels - 1) for child in children if isinstance(child, (dict, list)))


def read(text: str) -> Reading:
    """Read the document of a file with places and problems; left out when there is an error in it.

    Raises:  nothing. After an error in the syntax the rest of the file is not read.
    """
    scanner = _Scanner(text)
    scanner.problems.extend(raw_problems(text))
    root: Node | None = None
    try:
        root = scanner.document()
    except Unreadable as end:
        scanner.problems.append(end.problem)
    broken = any(problem.severity is Severity.ERROR for problem in scanner.problems)
    whole = (root,) if root is not None and not broken else ()
    return Reading(whole, tuple(scanner.problems[:MAX_PROBLEMS]))


class _Scanner:
    """One pass over one file."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.problems: list[SyntaxProblem] = []
        self.starts = [0, *(found.end() for found in _BREAK.finditer(text))]

    def span(self, start: int, end: int) -> Span:
        first, last = bisect_right(self.starts, start) - 1, bisect_right(self.starts, end) - 1
        return (first, start - self.starts[first], last, end - self.starts[last])

    def tell(self, code: str, summary: str, detail: str, hint: str, start: int) -> None:
        self.note(SyntaxProblem(code, summary, detail, hint, self.span(start, max(self.at, start + 1))))

    def note(self, problem: SyntaxProblem) -> None:
        """Keep a problem; past the most that are reported for one file, end the reading."""
        if len(self.problems) >= MAX_PROBLEMS:
            raise Unreadable(problem)
        self.problems.append(problem)

    def stop(self, detail: str, hint: str, start: int) -> NoReturn:
        raise Unreadable(SyntaxProblem("json-syntax", "Not JSON", detail, hint, self.span(start, start + 1)))

    def refuse_other_syntax(self) -> None:
        """Stop at what other languages have where JSON wants a key, a value or a comma."""
        rest = self.text[self.at : self.at + _LOOK_AHEAD]
        before = self.text[: self.at].rstrip()
        if rest.startswith(("//", "/*", "#")):
            self.stop("JSON has no comments.", "Remove the comment, or write the document as YAML, in a file that ends in .yaml.", self.at)
        if rest[:1] in ("}", "]") and before.endswith(","):
            comma = len(before) - 1
            self.stop(f"There is a comma before `{rest[0]}`, and nothing follows it.", "Remove the comma.", comma)
        if found := _OTHER_QUOTES.match(rest):
            self.stop("JSON has text between straight double quotes.", f'Write "{shown(found[1])}"', self.at)
        if rest.startswith(_CURLY):
            self.stop("JSON has text between straight double quotes.", 'Write " in the place of other quotation marks.', self.at)
        if found := _BARE_KEY.match(rest):
            if not self.text[: self.at].strip():
                hint = "Name the file with the ending .yaml, or write it as JSON, in braces."
                self.stop("This is YAML, and the file's name says that it is JSON.", hint, self.at)
            self.stop("A key needs double quotes.", f'Write "{shown(found[1])}":', self.at)

    def peek(self) -> str:
        """Return the next character that is not white space, without taking it; nothing at the end."""
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at
        return self.text[self.at : self.at + 1]

    def document(self) -> Node:
        if not self.peek():
            self.stop("The file is empty.", "Write a document, or delete the file.", self.at)
        root = self.node(1)
        if self.peek():
            self.stop("There is more text after the document; a JSON file has one.", "Put each document in a file of its own.", self.at)
        return root

    def node(self, depth: int) -> Node:
        first = self.peek()
        start = self.at
        if first not in ('"', "{", "["):
            self.refuse_other_syntax()
        if first and first in "{[":
            if depth > MAX_DEPTH:
                raise Unreadable(
                    SyntaxProblem(
                        "nesting-too-deep",
                        "Nested too deep",
                        f"There are more than {MAX_DEPTH} collections inside each other here.",
                        "Check the brackets; a title needs six levels.",
                        self.span(start, start + 1),
                    )
                )
            self.at += 1
            node = self.mapping(start, depth) if first == "{" else self.sequence(start, depth)
            node.span = self.span(start, self.at)
            return node
        if first == '"':
            text = self.string()
            return Node(text, self.span(start, self.at), form=Form.DOUBLE)
        return self.word(start)

    def string(self) -> str:
        start = self.at
        try:
            text: str
            text, self.at = _DECODER.raw_decode(self.text, start)
        except JSONDecodeError as broken:
            never = broken.msg.startswith("Unterminated")
            detail = (
                "The text opened here has no closing quote."
                if never
                else "There is a line break, a tab or an unknown escape inside quotes here."
            )
            hint = 'Add the closing `"`.' if never else "Write a line break as \\n, a tab as \\t, and a backslash as two."
            self.stop(detail, hint, start if never else broken.pos)
        if _HALF.search(text):
            self.tell(
                "json-half-character",
                "Half a character",
                "The text has one half of a surrogate pair, which is no character and cannot be stored.",
                "Write the character itself, or both halves.",
                start,
            )
        else:
            line, column, _, _ = self.span(start, start)
            for problem in escaped_problems(self.text[start : self.at], line, column):
                self.note(problem)
        return text

    def word(self, start: int) -> Node:
        found = _WORD.match(self.text, start)
        text = found.group() if found else ""
        if not text:
            what = f"`{shown(self.text[start])}` is no value." if start < len(self.text) else "The file ends here."
            self.stop(f"A value is expected. {what}", "Write the value, or remove the comma before it.", start)
        self.at = start + len(text)
        node = Node(None, self.span(start, self.at))
        if text in ("null", "true", "false"):
            node.value = plain(text)
        elif text in ("NaN", "Infinity", "-Infinity"):
            self.tell(
                "not-a-number",
                "Not a number",
                f"`{text}` is not a finite number, and no price or size can be.",
                "Write the number, or leave the field out.",
                start,
            )
        elif _NUMBER.fullmatch(text):
            self.number(node, text, start)
        elif (word := _OTHER_WORDS.get(text)) is not None:
            self.stop(f"`{text}` is how another language says it.", f"Write {word}", start)
        else:
            self.stop(
                f"`{shown(text)}` is neither a number nor one of null, true and false.", f'Quote it if it is text: "{shown(text)}"', start
            )
        return node

    def number(self, node: Node, text: str, start: int) -> None:
        try:
            node.value = decimal(text) if set(text) & set(".eE") else int(decimal(text))
        except ScalarError as wrong:
            self.tell(wrong.code, wrong.summary, wrong.detail, wrong.hint, start)

    def mapping(self, start: int, depth: int) -> Node:
        value: dict[str, Any] = {}
        keys: dict[str, Span] = {}
        fields: dict[str, Node] = {}
        node = Node(value, self.span(start, start), keys, fields, height=1, form=Form.FLOW)
        if self.peek() == "}":
            self.at += 1
            return node
        while True:
            if self.peek() != '"':
                self.refuse_comma(next(reversed(value), ""))
                self.refuse_other_syntax()
                self.stop("A key in double quotes is expected here.", "Quote the key, or remove the comma after the last field.", self.at)
            key_at = self.at
            key = self.string()
            key_span = self.span(key_at, self.at)
            if key in keys:
                line, column = keys[key][:2]
                self.tell(
                    "duplicate-key",
                    "Duplicate key",
                    f"`{shown(key)}` is already given on line {line + 1}, column {column + 1}; only one of the two could count.",
                    "Keep one of them.",
                    key_at,
                )
            if self.peek() != ":":
                self.stop("A colon is expected after a key.", 'Write `"key": value`.', self.at)
            self.at += 1
            child = self.node(depth + 1)
            node.hold(child)
            if key not in keys:
                value[key] = child.value
                keys[key] = key_span
                fields[key] = child
            if self.ends("}", start):
                return node

    def sequence(self, start: int, depth: int) -> Node:
        value: list[Any] = []
        items: list[Node] = []
        node = Node(value, self.span(start, start), items=items, height=1, form=Form.FLOW)
        if self.peek() == "]":
            self.at += 1
            return node
        while True:
            child = self.node(depth + 1)
            node.hold(child)
            items.append(child)
            value.append(child.value)
            if self.ends("]", start):
                return node

    def refuse_comma(self, currency: str) -> None:
        """Tell of a decimal comma, where the key that is expected is the other half of an amount."""
        found = _HALVES.search(self.text, max(0, self.at - MAX_NUMBER), self.at)
        rest = _REST.match(self.text, self.at)
        wrong = comma_in_braces(found[1], rest.group(), currency) if found and rest else None
        if wrong is not None and found is not None:
            raise Unreadable(SyntaxProblem("json-syntax", wrong.summary, wrong.detail, wrong.hint, self.span(found.start(), self.at + 1)))

    def ends(self, bracket: str, opened: int) -> bool:
        """Take the comma or the closing bracket after an item; tell whether it was the bracket."""
        sign = self.peek()
        if sign not in (",", bracket):
            if sign in ("/", "#"):
                self.refuse_other_syntax()
            line = self.span(opened, opened)[0] + 1
            self.stop(
                f"A comma or `{bracket}` is expected here; the bracket opened on line {line} is not closed.",
                f"Add the comma or the `{bracket}`.",
                self.at,
            )
        self.at += 1
        return sign == bracket
