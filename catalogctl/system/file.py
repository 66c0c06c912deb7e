"""Reading a file whose name came from outside: only a regular one, and never more of it than is bearable."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

_PIECE: Final = 1 << 20
_BEGINNING: Final = 1_001
"""Bytes by which a file is known."""
READ: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""Flags that open a file for reading. O_NONBLOCK: opening a pipe that no one writes to would otherwise wait without end."""


@dataclass(frozen=True, slots=True)
class SizeLimit:
    """How large a file may be: a foreign one, and one that begins as catalogctl writes it.

    Units:   bytes.
    """

    foreign: int
    own: int
    is_own: Callable[[bytes], bool]
    """Takes the first bytes of a file."""


def largest_of(limit: int | SizeLimit, beginning: bytes) -> int:
    """Return how many bytes a file that begins like this may have."""
    if isinstance(limit, int):
        return limit
    return limit.own if limit.is_own(beginning[:_BEGINNING]) else limit.foreign


def read_bounded(path: str | Path, limit: int | SizeLimit) -> bytes:
    """Read a regular file, or one byte more of it than the limit where it has that many.

    Units:   bytes.
    Raises:  OSError, its `strerror` in words: as `open`, and for a folder, a device, a pipe or a socket, which may have no end.
    """
    file = os.open(path, READ)
    try:
        return read_descriptor(file, limit, path)
    finally:
        os.close(file)


def read_descriptor(file: int, limit: int | SizeLimit, path: str | Path) -> bytes:
    """Read an open file as `read_bounded` does; `path` is what errors call it."""
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    if isinstance(limit, int):
        largest = limit
    else:
        largest = largest_of(limit, os.read(file, _BEGINNING))
        os.lseek(file, 0, os.SEEK_SET)
    # Asked for one byte more than there should be, one read tells of most files that they end there.
    data = os.read(file, min(status.st_size, largest) + 1)
    return data if len(data) == status.st_size else _rest(file, data, largest)


def read_stream(file: BinaryIO, limit: SizeLimit) -> bytes:
    """Read a pipe to its end, or one byte more of it than the limit where it has that many."""
    beginning = file.read(_BEGINNING)
    return beginning + file.read(max(largest_of(limit, beginning) + 1 - len(beginning), 0))


def read_whole(path: str | Path, limit: int | SizeLimit) -> bytes:
    """Read a regular file that has at most so many bytes.

    Units:   bytes.
    Raises:  OSError as `read_bounded`, and for a larger file.
    """
    return bounded(read_bounded(path, limit), limit, path)


def bounded(data: bytes, limit: int | SizeLimit, path: str | Path) -> bytes:
    """Return what was read, unless it is more than the limit.

    Raises:  OSError (EFBIG).
    """
    largest = largest_of(limit, data)
    if len(data) > largest:
        raise OSError(errno.EFBIG, f"it has more than {largest:,} bytes", str(path))
    return data


def _rest(file: int, data: bytes, largest: int) -> bytes:
    pieces, size = [data], len(data)
    while size <= largest and (piece := os.read(file, min(_PIECE, largest + 1 - size))):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)
