"""Whether a file is whole: what its end, its tables and its checksums say, where its first bytes say what it should be.

    EPUB           the ZIP's central directory, every member's checksum, container.xml → the package document
    PDF            `%%EOF`, the cross-reference table that is before it, and no zeros where objects should be
    JPEG, GIF      the end marker; of a JPEG, no zeros that its tables of codes cannot mean
    PNG            every chunk's checksum, up to IEND
    MP3            whole frames from the first to the last
    MP4, RIFF      whole boxes, as long as they say

What is read is bounded, whatever a file says of itself.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final
from xml.etree import ElementTree as ET

from catalogctl.config.mp3_frames import broken_frames
from catalogctl.config.pdf_holes import hole

_CHUNK: Final = 1 << 20
_UNPACKED: Final = 256 * 1024**2
"""Bytes of an archive's members that are unpacked in all; a member beyond is not checked. Bombs unpack to more."""
_DIRECTORY: Final = 16 * 1024**2
"""Bytes of an archive's directory: a hundred thousand members, where a book has a thousand."""
_XML: Final = 16 * 1024**2
"""Bytes of a package document that are read."""
_TAIL: Final = 64 * 1024 + 22
"""Bytes at the end of an archive in which its directory's own record stands: a comment may follow it."""
_PDF_TAIL: Final = 4096
_SEGMENTS: Final = 10_000
_NO_PIXELS: Final = 64
"""Zeros in a row in the data of a JPEG that, with most tables of codes, no picture has."""


class _Damaged(Exception):
    """A file that is not whole; says what is missing."""


def damage(file: BinaryIO, kind: str, size: int) -> str:
    """Return what is missing from a file of a kind, as a clause; empty where nothing is, or where the kind has no end to look for.

    Shapes:  `kind` as `assets.sniff` gives it; the file is open for reading in binary, and is left wherever reading ended.
    Raises:  OSError.
    """
    check = _CHECKS.get(kind)
    if check is None:
        return ""
    try:
        check(file, size)
    except _Damaged as found:
        return str(found)
    return ""


# -- archives ------------------------------------------------------------------------------------------------------------


def _zip(file: BinaryIO, size: int) -> zipfile.ZipFile:
    """Open an archive by the directory at its end."""
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        message = "the ZIP's central directory, at the end of the file, is missing"
        raise _Damaged(message)
    if int.from_bytes(tail[at + 12 : at + 16], "little") > _DIRECTORY:
        message = "the ZIP's central directory is larger than that of any book"
        raise _Damaged(message)
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, EOFError, UnicodeDecodeError, NotImplementedError, OverflowError) as broken:
        message = "the ZIP's central directory cannot be read"
        raise _Damaged(message) from broken


def _archive(file: BinaryIO, size: int) -> None:
    _zip(file, size)


def _epub(file: BinaryIO, size: int) -> None:
    archive = _zip(file, size)
    container = _member(archive, "META-INF/container.xml", "`META-INF/container.xml`, which names its package document, is missing")
    roots = [node.get("full-path") for node in container.iter() if node.tag.rpartition("}")[2] == "rootfile"]
    path = next((path for path in roots if path), None)
    if path is None:
        message = "its `META-INF/container.xml` names no package document"
        raise _Damaged(message)
    package = _member(archive, path, f"its package document `{path}` is missing")
    if package.tag.rpartition("}")[2] != "package":
        message = f"`{path}` is no package document"
        raise _Damaged(message)
    left = _UNPACKED
    for info in archive.infolist():
        for part in _parts(archive, info):
            left -= len(part)
            if left <= 0:
                return


def _member(archive: zipfile.ZipFile, name: str, otherwise: str) -> ET.Element:
    """Read a member that is XML."""
    try:
        info = archive.getinfo(name)
    except KeyError as missing:
        raise _Damaged(otherwise) from missing
    text = bytearray()
    for part in _parts(archive, info):
        text += part
        if len(text) > _XML:
            message = f"its `{name}` is larger than any"
            raise _Damaged(message)
    try:
        return ET.fromstring(bytes(text))  # noqa: S314 -- bounded above; expat bounds what entities may stand for
    except (ET.ParseError, ValueError, LookupError) as broken:
        message = f"its `{name}` is no XML"
        raise _Damaged(message) from broken


def _parts(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack a member piece by piece; its checksum is looked at once the last piece is read."""
    try:
        with archive.open(info) as member:
            while part := member.read(_CHUNK):
                yield part
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as broken:
        message = f"its `{info.filename[:80]}` cannot be unpacked, or is not what its checksum says"
        raise _Damaged(message) from broken


# -- PDF -----------------------------------------------------------------------------------------------------------------


def _pdf(file: BinaryIO, size: int) -> None:
    file.seek(max(0, size - _PDF_TAIL))
    tail = file.read(_PDF_TAIL)
    end = tail.rfind(b"%%EOF")
    if end < 0:
        message = "the `%%EOF` at its end is missing"
        raise _Damaged(message)
    found = re.search(rb"startxref\s+(\d{1,12})\s*\Z", tail[:end])
    if found is None:
        message = "the `startxref` before its end, which says where its table of objects is, is missing"
        raise _Damaged(message)
    file.seek(0)
    header = max(0, file.read(1024).find(b"%PDF-"))
    for offset in (int(found[1]), int(found[1]) + header):
        file.seek(min(offset, size))
        if re.match(rb"\s*(xref\b|\d+\s+\d+\s+obj\b)", file.read(64)):
            if found_hole := hole(file, size, offset):
                message = f"it has {found_hole[1] - found_hole[0]:,} zeros inside, from byte {found_hole[0]:,} on"
                raise _Damaged(message)
            return
    message = "its table of objects is not where its end says"
    raise _Damaged(message)


# -- images --------------------------------------------------------------------------------------------------------------


def _jpeg(file: BinaryIO, size: int) -> None:
    position, flat, parts = 2, dict[int, bool](), 0
    for _ in range(_SEGMENTS):
        file.seek(min(position, size))
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF:
            break
        if head[1] == 0xFF:  # a byte that fills up
            position += 1
            continue
        length = int.from_bytes(head[2:], "big")
        said = file.read(max(0, length - 2))
        position += 2 + length
        if head[1] == 0xC4:
            flat |= _flat_codes(said)
        elif head[1] in {0xC0, 0xC1}:
            parts = said[5] if len(said) > 5 else 0
        elif head[1] == 0xDA:
            # Each of its blocks begins with a code of a table; zeros mean something only where all of these may be zeros.
            used = [table & 15 for table in said[2 : 2 + 2 * said[0] : 2]] if said and said[0] == parts else []
            _pixels(file, position, may_be_zeros=not used or all(flat.get(table, True) for table in used))
            return
    message = "the end marker of the picture is missing"
    raise _Damaged(message)


def _pixels(file: BinaryIO, position: int, *, may_be_zeros: bool) -> None:
    """Read the data of a JPEG up to its end marker."""
    file.seek(position)
    last = b""
    while chunk := file.read(_CHUNK):
        pixels, end, _ = (last + chunk).partition(b"\xff\xd9")
        if not may_be_zeros and bytes(_NO_PIXELS) in pixels:
            message = "it has zeros inside that are no pixels"
            raise _Damaged(message)
        if end:
            return
        last = chunk[-_NO_PIXELS:]
    message = "the end marker of the picture is missing"
    raise _Damaged(message)


def _flat_codes(tables: bytes) -> dict[int, bool]:
    """Return by the number of a table of codes of a JPEG whether its first code, which is all zeros, can repeat in an even surface."""
    at, found = 0, dict[int, bool]()
    while len(tables) - at > 17:
        kind, many = tables[at], sum(tables[at + 1 : at + 17])
        if kind >> 4:
            found[kind & 15] = tables[at + 17] & 15 == 0
        at += 17 + many
    return found


def _png(file: BinaryIO, size: int) -> None:
    position = 8
    pixels = False
    file.seek(position)
    while position < size:
        head = file.read(8)
        if len(head) < 8:
            break
        length = int.from_bytes(head[:4], "big")
        position += 12 + length
        if position > size:
            break
        sum_, left = zlib.crc32(head[4:]), length
        while left and (part := file.read(min(left, _CHUNK))):
            sum_, left = zlib.crc32(part, sum_), left - len(part)
        if left or int.from_bytes(file.read(4), "big") != sum_:
            message = f"its part `{head[4:].decode('latin-1')}` is not what its checksum says"
            raise _Damaged(message)
        pixels = pixels or head[4:] == b"IDAT"
        if head[4:] == b"IEND":
            if pixels:
                return
            break
    message = "the picture ends before its end marker, IEND"
    raise _Damaged(message)


def _gif(file: BinaryIO, size: int) -> None:
    file.seek(max(0, size - 1024))
    if not file.read(1024).rstrip(b"\0").endswith(b";"):
        message = "the end marker of the picture is missing"
        raise _Damaged(message)


def _riff(file: BinaryIO, size: int) -> None:
    file.seek(4)
    said = int.from_bytes(file.read(4), "little")
    if said + 8 > size and said not in {0, 0xFFFFFFFF}:
        message = f"it says that it has {said + 8:,} bytes, and has {size:,}"
        raise _Damaged(message)


# -- recordings ----------------------------------------------------------------------------------------------------------


def _mp3(file: BinaryIO, size: int) -> None:
    if missing := broken_frames(file, size):
        raise _Damaged(missing)


def _mp4(file: BinaryIO, size: int) -> None:
    position, seen = 0, set()
    for _ in range(_SEGMENTS):
        if position >= size:
            break
        file.seek(position)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        kind = head[4:8]
        if length == 1 and len(head) == 16:
            length = int.from_bytes(head[8:], "big")
        elif length == 0:
            length = size - position
        if len(head) < 8 or length < 8 or position + length > size:
            message = "its last part is not whole"
            raise _Damaged(message)
        seen.add(kind)
        position += length
    if b"moov" not in seen:
        message = "its `moov`, which says what is in it, is missing"
        raise _Damaged(message)
    if not seen & {b"mdat", b"moof"}:
        message = "its `mdat`, which holds the sound, is missing"
        raise _Damaged(message)


_CHECKS: Final[dict[str, Callable[[BinaryIO, int], None]]] = {
    "epub": _epub,
    "zip": _archive,
    "pdf": _pdf,
    "jpeg": _jpeg,
    "png": _png,
    "gif": _gif,
    "webp": _riff,
    "wav": _riff,
    "mp3": _mp3,
    "mp4": _mp4,
}
