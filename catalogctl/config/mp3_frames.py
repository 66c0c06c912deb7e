"""Whether the frames of an MP3 are whole, from the first to the last. What is read is bounded, whatever the file says of itself."""

from __future__ import annotations

import io
from typing import BinaryIO, Final

_CHUNK: Final = 1 << 20
_WALKED: Final = 64 * 1024**2
"""Bytes of a recording whose frames are walked; of a longer one, the first and the last."""
_FIRST_FRAME: Final = 256
_JUNK: Final = 4096
"""Bytes that are no frame after which there is none to be looked for."""
_HOLE: Final = 16
"""Zeros in the place of a frame from which on it is missing."""
_PADDING: Final = 2048
"""Zeros behind the last frame that a recorder adds to fill a block; where they fill none, frames may have been there."""
_BLOCK: Final = 512
_RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Samples a second, by the header's version and index."""
_BITS: Final = {
    (True, 3): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 1): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 3): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 1): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Kilobits a second, by whether it is version 1 and by the header's layer."""
_TAGS: Final = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"3DI")


def _frame(head: bytes) -> int:
    """Return the length of the frame that a header begins; 0 where it is none, -1 where it has a length of its own."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer, bits, rate = (head[1] >> 3) & 3, (head[1] >> 1) & 3, head[2] >> 4, (head[2] >> 2) & 3
    if version == 1 or layer == 0 or bits == 15 or rate == 3:
        return 0
    if bits == 0:
        return -1
    kilobits, hertz, padding = _BITS[version == 3, layer][bits - 1], _RATES[version][rate], (head[2] >> 1) & 1
    if layer == 3:
        return (12_000 * kilobits // hertz + padding) * 4
    return (72_000 if layer == 1 and version != 3 else 144_000) * kilobits // hertz + padding


def broken_frames(file: BinaryIO, size: int) -> str:
    """Return what is missing from a recording, as a clause; empty where every frame is whole.

    Raises:  OSError.
    """
    start = _after_tag(file, 0)
    file.seek(start)
    head = file.read(_FIRST_FRAME)
    said = _said_bytes(head)
    if said > size:
        return f"it says that it has {said:,} bytes, and has {size:,}"
    if size - start > _WALKED:
        start = size - _CHUNK
        file.seek(start)
        start += _resumed(file.read(_CHUNK))
    file.seek(start)
    return _walk(file.read(size - start), start)


def _said_bytes(head: bytes) -> int:
    """Return the length of the stream that its first frame tells, as those of a variable rate do; 0 where it tells none."""
    mark = next((at for name in (b"Xing", b"Info") if (at := head.find(name)) >= 0), -1)
    flags = int.from_bytes(head[mark + 4 : mark + 8], "big") if mark >= 0 else 0
    at = mark + 8 + (4 if flags & 1 else 0)
    return int.from_bytes(head[at : at + 4], "big") if flags & 2 else 0


def _resumed(data: bytes) -> int:
    """Return where the first of three frames in a row begins; 0 where there are none."""
    for at in range(min(len(data), _JUNK * 4)):
        first = _frame(data[at : at + 4])
        second = _frame(data[at + first : at + first + 4]) if first > 0 else 0
        if second > 0 and _frame(data[at + first + second : at + first + second + 4]) > 0:
            return at
    return 0


def _after_tag(file: BinaryIO, position: int) -> int:
    """Return where an ID3v2 tag ends that begins here; the same place where none does."""
    file.seek(position)
    head = file.read(10)
    if len(head) < 10 or head[:3] != b"ID3":
        return position
    length = 0
    for byte in head[6:]:
        length = length << 7 | byte & 0x7F
    return position + 10 + length + (10 if head[5] & 0x10 else 0)


def _walk(data: bytes, start: int) -> str:
    """Go from frame to frame, over tags and the padding at the end; a little that is no frame may be before the first."""
    at, frames, junk, last = 0, 0, 0, 0
    while at < len(data):
        length = _frame(data[at : at + 4])
        if length < 0:
            return ""  # a free format: its frames tell no length
        if length and (not junk or _frame(data[at + length : at + length + 4])):
            if at + length > len(data):
                return "its last frame is not whole"
            if frames and junk:
                return f"one of its frames is not whole, before byte {start + at:,}"
            at, frames, junk, last = at + length, frames + 1, 0, length
        elif data.startswith(_TAGS, at):
            break
        elif not data[at : at + (_JUNK if junk else _HOLE)].strip(b"\0"):
            rest = data[at:].lstrip(b"\0")
            if rest and not rest.startswith(_TAGS):
                return "it has zeros between its frames"
            zeros = len(data) - at - len(rest)
            if zeros > _PADDING or (zeros >= last and (start + at + zeros) % _BLOCK and (start + len(data)) % _BLOCK):
                return "it has zeros where its last frames should be"
            break
        elif data.startswith(b"ID3", at):
            at = _after_tag(io.BytesIO(data), at)
        else:
            at, junk = at + 1, junk + 1
            if junk > _JUNK:
                return "it has no frames from some place on"
    if frames and junk >= last:
        return "its last frame is not whole"
    if not frames:
        return "it has no frame of sound"
    return ""
