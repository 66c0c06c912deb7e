"""Reading a file whose name came from outside: only a regular one, and never more of it than is bearable."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

_PIECE: Final = 1 << 20
READ: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""Flags that open a file for reading. O_NONBLOCK: opening a pipe that nobody writes to would otherwise wait without end."""


def read_bounded(path: str | Path, largest: int) -> bytes:
    """Read a regular file, or one byte more than `largest` of it where it has that many.

    Units:   bytes.
    Raises:  OSError, its `strerror` in words: as `open`, and for a folder, a device, a pipe or a socket, which may have no end.
    """
    file = os.open(path, READ)
    try:
        return read_descriptor(file, largest, path)
    finally:
        os.close(file)


def read_descriptor(file: int, largest: int, path: str | Path) -> bytes:
    """Read an open file as `read_bounded` does; `path` is what errors call it."""
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    # Asked for one byte more than there should be, one read tells of most files that they end there.
    data = os.read(file, min(status.st_size, largest) + 1)
    return data if len(data) == status.st_size else _rest(file, data, largest)


def read_whole(path: str | Path, largest: int) -> bytes:
    """Read a regular file that has at most so many bytes.

    Units:   bytes.
    Raises:  OSError as `read_bounded`, and for a larger file.
    """
    return bounded(read_bounded(path, largest), largest, path)


def bounded(data: bytes, largest: int, path: str | Path) -> bytes:
    """Return what was read, unless it is more than `largest` bytes.

    Raises:  OSError (EFBIG).
    """
    if len(data) > largest:
        raise OSError(errno.EFBIG, f"it has more than {largest:,} bytes", str(path))
    return data


def _rest(file: int, data: bytes, largest: int) -> bytes:
    pieces, size = [data], len(data)
    while size <= largest and (piece := os.read(file, min(_PIECE, largest + 1 - size))):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)
