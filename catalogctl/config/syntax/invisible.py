"""Characters that no one sees: control characters, which are errors, and invisible ones, which are warnings.

They may be there raw, or be written as escapes or entities.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from catalogctl.config.syntax.encoding import UNSEEN, name_of
from catalogctl.config.syntax.tree import MAX_PROBLEMS, Span, SyntaxProblem
from catalogctl.model.diagnostics import Severity

_SPACED_SCRIPTS: Final = "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\uaa60-\uaa7f"
"""Thai, Lao, Tibetan, Myanmar, Khmer, Tai: a zero width space parts their words."""
_INVISIBLE: Final = re.compile(
    f"(?<![{_SPACED_SCRIPTS}])\u200b(?![{_SPACED_SCRIPTS}])|[\u2028\u2029\u2060-\u2064\u180e\u3164\uffa0\ufff9-\ufffb\U000e0001]"
)
_ESCAPE: Final = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_SHORT: Final = {"0": 0x00, "a": 0x07, "b": 0x08, "v": 0x0B, "f": 0x0C, "e": 0x1B, "N": 0x85, "L": 0x2028, "P": 0x2029}
"""The letters behind a backslash that write a control character or a separator, in YAML or JSON."""
_ENTITY: Final = re.compile(r"&#(?:[xX]([0-9A-Fa-f]{1,8})|([0-9]{1,8}));")
_OF_WINDOWS: Final = range(0x80, 0xA0)
"""HTML reads these entities as the characters that Windows-1252 has in their place."""


def is_usual(text: str) -> bool:
    """Return whether a file has no invisible character, and no escape or entity that writes one."""
    return (
        _INVISIBLE.search(text) is None
        and ("\\" not in text or next(_escapes(text), None) is None)
        and ("&#" not in text or next(_entities(text), None) is None)
    )


def raw_problems(text: str) -> Iterator[SyntaxProblem]:
    """List the invisible characters that are in a file as they are or as entities; raw control characters make it unreadable before."""
    for found in islice(_INVISIBLE.finditer(text), MAX_PROBLEMS):
        yield _invisible(found.group(), _place(text, found.start(), 1))
    for offset, written, sign in islice(_entities(text), MAX_PROBLEMS):
        span = _place(text, offset, len(written))
        yield _control(sign, written, span) if UNSEEN.search(sign) else _invisible(sign, span)


def escaped_problems(raw: str, line: int, column: int) -> Iterator[SyntaxProblem]:
    """List the escapes in a quoted text that write a control or an invisible character.

    Shapes:  `raw` is the text as it is written, and begins at `line` and `column`, which count from 0.
    """
    for offset, written, sign in islice(_escapes(raw), MAX_PROBLEMS):
        first, begin, last, end = _place(raw, offset, len(written))
        span = (line + first, begin + (column if first == 0 else 0), line + last, end + (column if last == 0 else 0))
        yield _control(sign, written, span) if UNSEEN.search(sign) else _invisible(sign, span)


def _escapes(raw: str) -> Iterator[tuple[int, str, str]]:
    for found in _ESCAPE.finditer(raw):
        digits = found[1] or found[2] or found[3]
        point = int(digits, 16) if digits else _SHORT.get(found[4], 0x20)
        sign = chr(point) if point <= 0x10FFFF else " "
        if UNSEEN.search(sign) or _INVISIBLE.search(sign):
            yield found.start(), found.group(), sign


def _entities(text: str) -> Iterator[tuple[int, str, str]]:
    for found in _ENTITY.finditer(text):
        point = int(found[1], 16) if found[1] else int(found[2])
        if point > 0x10FFFF or point in _OF_WINDOWS:
            continue
        around = f"{text[found.start() - 1 : found.start()]}{chr(point)}{text[found.end() : found.end() + 1]}"
        if UNSEEN.search(chr(point)) or _INVISIBLE.search(around):
            yield found.start(), found.group(), chr(point)


def _place(text: str, offset: int, length: int) -> Span:
    rows = re.split("\r\n|\r|\n", text[:offset])
    return (len(rows) - 1, len(rows[-1]), len(rows) - 1, len(rows[-1]) + length)


def _control(sign: str, written: str, span: Span) -> SyntaxProblem:
    detail = f"`{written}` writes a {name_of(sign)} (U+{ord(sign):04X}), which no reader of a store sees."
    hint = "Delete it, or write a line break as \\n and a tab as \\t."
    return SyntaxProblem("control-character", "Invisible character", detail, hint, span)


def _invisible(sign: str, span: Span) -> SyntaxProblem:
    if sign in "\u2028\u2029":
        detail = f"There is a {name_of(sign)} (U+{ord(sign):04X}) here: some readers break the line at it, and others show nothing."
        hint = "Use an ordinary line break, or a space."
        return SyntaxProblem("invisible-character", "Invisible character", detail, hint, span, Severity.WARNING)
    detail = f"There is a {name_of(sign)} (U+{ord(sign):04X}) here: it is invisible, and a search for the word that contains it fails."
    return SyntaxProblem("invisible-character", "Invisible character", detail, "Delete it.", span, Severity.WARNING)
