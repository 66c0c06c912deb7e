"""The characters of a feed: by its byte order mark, by the encoding that it declares, as UTF-8, and last as Windows-1252."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, Final

from catalogctl.model.diagnostics import Diagnostic, error, warning

_PIECE: Final = 1 << 18
"""Bytes read at a time."""
_DECLARED: Final = re.compile(rb"""\s*<\?xml[^>]{1,200}?\bencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,40})["']""")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_KNOWN: Final = re.compile(
    r"utf-8|utf-16(-le|-be)?|ascii|cp(125\d|437|850|852|866|932|949|950)|iso8859-\d{1,2}|koi8-[ru]|shift_jis|euc_(jp|kr)|gb(2312|k|18030)|big5"
)
"""Encodings of text; what else Python knows by name may unpack archives or run rules of its own."""
_SYMBOLS_OF_1252: Final = re.compile(rb"[\x80-\x9f]")

Opener = Callable[[], AbstractContextManager[BinaryIO]]
"""Opens the file from its beginning."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file is decoded, and what is to be said of that."""

    codec: str
    problem: Diagnostic | None = None
    line: int = 1

    @property
    def is_usable(self) -> bool:
        """Whether the file can be decoded."""
        return self.problem is None or self.problem.severity != "error"


def encoding_of(opened: Opener) -> Encoding:
    """Find out how a file is encoded, by reading it whole once."""
    with opened() as file:
        head = file.read(1024)
    marked = next((codec for mark, codec in _MARKS if head.startswith(mark)), None)
    if marked is None and b"\0" in head[:4]:
        marked = "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    if marked is not None:
        return _checked(opened, marked, "its first bytes say")
    declared = _DECLARED.match(head)
    if declared is None:
        broken = _first_broken(opened, "utf-8")
        if broken is None:
            return Encoding("utf-8")
        detail = f"The file declares no encoding and is not UTF-8: byte 0x{broken[1]:02X} on this line. It is read as Windows-1252."
        hint = 'Declare the encoding in the first line:\n<?xml version="1.0" encoding="windows-1252"?>'
        found = _checked(opened, "cp1252", "it seems")
        return (
            found
            if not found.is_usable
            else Encoding("cp1252", warning("onix-encoding", "An undeclared encoding", detail, hint), broken[0])
        )
    name = declared[1].decode("ascii")
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        codec = ""
    if not _KNOWN.fullmatch(codec):
        detail = f"The file says that it is in `{name}`, which is no encoding that catalogctl reads."
        return Encoding("utf-8", error("onix-encoding", "An unknown encoding", detail, "Save it as UTF-8."))
    if codec == "iso8859-1" and (line := _first_of(opened, _SYMBOLS_OF_1252)) is not None:
        detail = "The file says ISO 8859-1, and has bytes that are signs in Windows-1252 alone. It is read as that."
        hint = 'Declare what it is in:\n<?xml version="1.0" encoding="windows-1252"?>'
        found = _checked(opened, "cp1252", "it seems")
        return (
            found
            if not found.is_usable
            else Encoding("cp1252", warning("onix-encoding", "Another encoding than declared", detail, hint), line)
        )
    return _checked(opened, codec, "it says")


def pieces(opened: Opener, encoding: Encoding) -> Iterator[str]:
    """Read a file as text, by pieces, with each line break as \\n."""
    decoder = codecs.getincrementaldecoder(encoding.codec)("replace")
    breaks = io.IncrementalNewlineDecoder(decoder, translate=True)
    with opened() as file:
        while data := file.read(_PIECE):
            yield breaks.decode(data)
    yield breaks.decode(b"", final=True)


def line_texts(opened: Opener, encoding: Encoding, wanted: frozenset[int]) -> Mapping[int, str]:
    """Read some lines of a file, by their numbers; of a line that is longer than a piece, its beginning."""
    found: dict[int, str] = {}
    line, rest, last = 1, "", max(wanted, default=0)
    for piece in pieces(opened, encoding):
        head, *others = (rest + piece).split("\n")
        for text in (head, *others[:-1]) if others else ():
            if line in wanted:
                found.setdefault(line, text)
            line += 1
        rest = (others[-1] if others else head)[:_PIECE]
        if line > last:
            return found
    if line in wanted:
        found.setdefault(line, rest)
    return found


def _checked(opened: Opener, codec: str, told: str) -> Encoding:
    broken = _first_broken(opened, codec)
    if broken is None:
        return Encoding(codec)
    line, byte = broken
    detail = f"The file is in {codec.upper()}, {told}, and byte 0x{byte:02X} on this line is no character of it."
    return Encoding(codec, error("onix-encoding", "Not in the encoding that it says", detail, "Save it as UTF-8."), line)


def _first_broken(opened: Opener, codec: str) -> tuple[int, int] | None:
    """Return the line and the value of the first byte that is no text."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    line = 1
    with opened() as file:
        while True:
            data = file.read(_PIECE)
            try:
                line += decoder.decode(data, final=not data).count("\n")
            except UnicodeDecodeError as wrong:
                before = wrong.object[: wrong.start].decode(codec.removesuffix("-sig"), "replace")
                return line + before.count("\n"), wrong.object[wrong.start]
            if not data:
                return None


def _first_of(opened: Opener, sign: re.Pattern[bytes]) -> int | None:
    line = 1
    with opened() as file:
        while data := file.read(_PIECE):
            found = sign.search(data)
            if found:
                return line + data.count(b"\n", 0, found.start())
            line += data.count(b"\n")
    return None
