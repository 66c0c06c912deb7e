"""Which bytes a file may consist of: UTF-8 text without invisible control characters."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from catalogctl.config.syntax.tree import Span, SyntaxProblem, Unreadable

MAX_BYTES = 5_000_000
"""Of one file. A title is 2 KB; a larger file is an asset in the wrong folder or an attack, and no more of it is read."""

MAX_SIGNS = 500_000
"""Of one file: signs that begin a value, among them line breaks and commas. Five megabytes of prose have half as many; each value takes
a hundred times the memory of the two bytes it may be written with."""
_SIGNS = (("\n", 1), ("\r", 1), (",", 1), ("[", 1), ("{", 1), ("- ", 1), (": ", 1), ("? ", 3))
"""And how much each counts: libyaml takes the square of the number of explicit keys."""

_BOM = b"\xef\xbb\xbf"
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff"
"""Among them what turns the direction of text: a reviewer would see another order of letters than is there."""
UNSEEN = re.compile(f"[{_CONTROL}\x85]")
_UNSEEN_IN_YAML = re.compile(f"[{_CONTROL}\x85\u2028\u2029]")
"""YAML 1.2 reads the line and paragraph separators as text, libyaml as line breaks: no guess is made."""
CONTROL: Final = "\\x00-\\x1f\\x7f-\\x9f"
"""Characters that no path and no web address has, as a pattern's brackets take them: escapes in double quotes can write them."""
_BREAK = re.compile("\r\n|\r|\n")


def decode(data: bytes, yaml: bool) -> str:
    """Return the text of a file, without a byte order mark.

    Raises:  Unreadable with the place of the first byte or character that may not be there.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(
            SyntaxProblem(
                "file-too-large",
                "File too large",
                f"The file has more than {MAX_BYTES:,} bytes, the most that a file of a catalog may have.",
                "Split it into one file a title, or move it out of the catalog folder if it is an asset.",
                (0, 0, 0, 0),
            )
        )
    data = data.removeprefix(_BOM)
    wide = _wide(data)
    if wide:
        raise Unreadable(
            SyntaxProblem(
                "file-encoding",
                "Not UTF-8",
                f"The file is in {wide}, as some editors and spreadsheets save it.",
                "Save it as UTF-8.",
                (0, 0, 0, 0),
            )
        )
    try:
        text = data.decode()
    except UnicodeDecodeError as broken:
        raise Unreadable(_not_utf8(data, broken.start)) from None
    unseen = (_UNSEEN_IN_YAML if yaml else UNSEEN).search(text)
    if unseen:
        raise Unreadable(_control_character(text, unseen.start()))
    if sum(text.count(sign) * weight for sign, weight in _SIGNS) > MAX_SIGNS:
        detail = "It would take more memory than a command may use: a catalog file has some thousand values at most."
        raise Unreadable(
            SyntaxProblem("too-many-values", "Too many values in one file", detail, "Split it into one file a title.", (0, 0, 0, 0))
        )
    return text


def lines(text: str) -> list[str]:
    """Cut text into its lines, as an editor counts them: \\n, \\r\\n and a lone \\r end one, nothing else does."""
    return _BREAK.split(text)


def _wide(data: bytes) -> str:
    head = data[:4]
    if (
        head in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
        or head[:3] == b"\x00\x00\x00"
        or (len(head) == 4 and head[1:] == b"\x00\x00\x00")
    ):
        return "UTF-32"
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16"
    # Without a mark: text that begins with ASCII has a zero in every second byte.
    if len(head) >= 2 and (head[0] == 0) != (head[1] == 0):
        return "UTF-16"
    return ""


def _not_utf8(data: bytes, offset: int) -> SyntaxProblem:
    before = data[:offset].decode()
    byte = data[offset : offset + 1]
    guess = byte.decode("cp1252", "ignore")
    likely = f" In Windows-1252 it would be `{guess}`." if guess.isprintable() and guess else ""
    return SyntaxProblem(
        "file-encoding",
        "Not UTF-8",
        f"Byte {offset} (0x{byte.hex().upper()}) is not UTF-8 text.{likely}",
        "Save the file as UTF-8.",
        _one_character(before),
    )


def _control_character(text: str, offset: int) -> SyntaxProblem:
    character = text[offset]
    if character == "\ufeff":
        hint = "Delete it; it often comes from joining files."
    elif character in "\u2028\u2029":
        hint = "Use an ordinary line break."
    else:
        hint = "Delete it."
    return SyntaxProblem(
        "control-character",
        "Invisible character",
        f"There is a {name_of(character)} (U+{ord(character):04X}) here, which no reader of the file can see.",
        hint,
        _one_character(text[:offset]),
    )


def name_of(character: str) -> str:
    """Return the name of a character in small letters."""
    known = {"\ufeff": "byte order mark", "\x00": "NUL", "\x85": "next-line character"}
    return known.get(character) or unicodedata.name(character, "control character").lower()


def _one_character(before: str) -> Span:
    rows = lines(before)
    return (len(rows) - 1, len(rows[-1]), len(rows) - 1, len(rows[-1]) + 1)
