"""Files of every kind that are as small as whole ones can be, and differ in a note."""

from __future__ import annotations

import io
import zipfile
import zlib

_CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">'
    '<rootfiles><rootfile full-path="p.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)


def epub(note: str = "", picture: bytes = b"") -> bytes:
    """Make an EPUB with nothing to read in it, and a picture of any size; equal arguments give equal bytes."""
    members: dict[str, str | bytes] = {"mimetype": "application/epub+zip", "META-INF/container.xml": _CONTAINER}
    members |= {"p.opf": f"<package><!--{note}--></package>", "p.jpg": picture}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return written.getvalue()


def pdf(note: str = "") -> bytes:
    """Make a PDF without a page."""
    body = f"%PDF-1.7\n%{note}\n1 0 obj\n<</Type/Catalog>>\nendobj\n".encode()
    table = "xref\n0 2\n0000000000 65535 f \n0000000011 00000 n \ntrailer\n<</Size 2/Root 1 0 R>>\n"
    return body + f"{table}startxref\n{len(body)}\n%%EOF\n".encode()


def jpeg(note: str = "") -> bytes:
    """Make the segments of a JPEG around no picture."""
    said = note.encode()
    return b"\xff\xd8\xff\xfe" + (len(said) + 2).to_bytes(2, "big") + said + b"\xff\xda\x00\x02\x00\xff\xd9"


def png(note: str = "") -> bytes:
    """Make a PNG of one pixel."""
    parts = ((b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0"), (b"tEXt", note.encode()), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b""))
    chunks = (len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big") for kind, data in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def mp3(note: str = "") -> bytes:
    """Make one frame of an MP3."""
    return b"\xff\xfb\x90\x00" + note.encode().ljust(413, b"\x01")
