"""Zeros inside a PDF, where a copy or a sync has left out a stretch: a PDF has no checksums, but its objects are text.

Zeros are sound inside a stream that holds what is no text, a picture say, and between two objects, where they are blanks. What is
compressed says by itself whether it is whole.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

_HOLE: Final = 32
"""Zeros in a row that no text has."""
_CHUNK: Final = 1 << 20
_HEAD: Final = 4096
"""Bytes before a stream in which the mapping that describes it begins."""
_UNPACKED: Final = 256 * 1024**2
"""Bytes that are unpacked in all; a stream beyond is not looked into."""
_TABLE: Final = 16 * 1024**2
"""Bytes of a table of objects that are read."""
_NO_TEXT: Final = re.compile(rb"/Subtype|/Type\b|/Length1\b|/N\b")
"""What the mapping of a stream has that is no page: a picture, a font, a colour profile, a file."""


def hole(file: BinaryIO, size: int, table: int) -> tuple[int, int] | None:
    """Return where zeros begin and end that lie inside an object; `None` where there are none.

    Shapes:  `table` is where the table of objects begins.
    """
    left, passed = _UNPACKED, 0
    for start, end in _zeros(file, size):
        if start < passed:
            continue
        opened = _before(file, start, b"stream")
        if opened < 0 or _read(file, opened - 3, 3) == b"end":
            if not _is_gap(file, start, end, size, table):
                return start, end
            continue
        closed, unpacked = _stream_end(file, opened + len(b"stream"), start, left)
        if closed < 0:
            return start, end
        left, passed = left - unpacked, closed
        if left <= 0:
            return None
    return None


def _zeros(file: BinaryIO, size: int) -> Iterator[tuple[int, int]]:
    """List the stretches of zeros, in their order."""
    at = 0
    while at < size:
        chunk = _read(file, at, _CHUNK)
        found = chunk.find(bytes(_HOLE))
        if found < 0:
            at += max(1, len(chunk) - _HOLE + 1)
            continue
        start = end = at + found
        while part := _read(file, end, _CHUNK):
            rest = part.lstrip(b"\0")
            end += len(part) - len(rest)
            if rest:
                break
        yield start, end
        at = end


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(max(0, at))
    return file.read(size + min(0, at))


def _before(file: BinaryIO, at: int, word: bytes) -> int:
    """Return where a word is for the last time before a place; -1 where it is not."""
    while at > 0:
        start = max(0, at - _CHUNK)
        found = _read(file, start, at - start).rfind(word)
        if found >= 0:
            return start + found
        at = start + len(word) - 1 if start else 0
    return -1


def _is_gap(file: BinaryIO, start: int, end: int, size: int, table: int) -> bool:
    """Return whether zeros fill up between two objects, and no object should be there by the table of objects."""
    before = _read(file, start - 64, 64).rstrip(b"\0 \t\r\n")
    after = _read(file, end, 64).lstrip(b"\0 \t\r\n\f")
    if end >= size:
        return before.endswith(b"%%EOF")
    if not before.endswith((b"endobj", b"%%EOF")) or not re.match(rb"\d+ \d+ obj|xref|trailer|startxref|%", after):
        return False
    listed = _read(file, table, _TABLE)
    if not listed.lstrip().startswith(b"xref"):
        return False
    return not any(start <= int(found[1]) < end for found in re.finditer(rb"(\d{10}) \d{5} n", listed))


def _stream_end(file: BinaryIO, opened: int, start: int, left: int) -> tuple[int, int]:
    """Return where the stream ends that has zeros in it, and how many bytes were unpacked; -1 where they do not belong there."""
    head = _read(file, opened - _HEAD, _HEAD).rpartition(b" obj")[2]
    begin = opened + (2 if _read(file, opened, 2) == b"\r\n" else 1)
    said = re.search(rb"/Length\s+(\d{1,12})(?!\d|\s+\d+\s+R)", head)
    end = begin + int(said[1]) if said else start
    if said and (start >= end or not _read(file, end, 32).lstrip().startswith(b"endstream")):
        return -1, 0
    form = re.search(rb"/Filter\s*\[?\s*/(\w+)", head)
    if form is None:
        return (end if _NO_TEXT.search(head) else -1), 0
    if form[1] in {b"FlateDecode", b"Fl"}:
        return _unpacked_end(file, begin, left)
    return (-1, 0) if form[1] in {b"ASCIIHexDecode", b"ASCII85Decode", b"LZWDecode"} else (end, 0)


def _unpacked_end(file: BinaryIO, at: int, left: int) -> tuple[int, int]:
    """Unpack what begins at a place, up to a bound; -1 where it does not come to its end, or its checksum is another."""
    flow, size = zlib.decompressobj(), 0
    data = b""
    while not flow.eof and size < left:
        if not data:
            data = _read(file, at, _CHUNK)
            at += len(data)
        if not data:
            return -1, size
        try:
            size += len(flow.decompress(data, _CHUNK))
        except zlib.error:
            return -1, size
        data = flow.unconsumed_tail
    return at - len(flow.unused_data), size
