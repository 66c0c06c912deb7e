"""Files that outlast a power cut: whole under their names or not there at all, readable by their owner alone."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TypeAlias

from filelock import Timeout

from catalogctl.model.diagnostics import CatalogError, Refusal, error
from catalogctl.system.file import read_whole

MODE: Final = 0o600
"""Of every file of a state."""
LARGEST: Final = 256 * 1024 * 1024
"""Bytes of a state; that of a hundred thousand titles is less than half of it."""
_NOT_OURS: Final = frozenset({errno.EINVAL, errno.EFBIG, errno.ELOOP, errno.ENXIO, errno.EISDIR})
"""What a folder, a pipe, a socket, a link that leads to itself and a file that is too large end in when they are read."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


FileId: TypeAlias = tuple[int, int]
"""What tells a file from another that has its name later: its device and its number there."""


def read_file(path: Path, largest: int = LARGEST) -> bytes | None:
    """Give the content of a file; `None` when there is none.

    Raises:  CatalogError (state-unreadable); stale where what is there is nothing that was ever written: no regular file, or a huge one.
    """
    summary = "A file of the state could not be read"
    with telling("state-unreadable", summary, path):
        try:
            return read_whole(path, largest)
        except FileNotFoundError:
            return None
        except OSError as problem:
            if problem.errno not in _NOT_OURS:
                raise
            detail = f"{path}: {problem.strerror or problem}. Something else was put in the place of the file that catalogctl wrote."
            hint = "Move it away, and put the file back as it was."
            raise CatalogError(error("state-unreadable", summary, detail, hint), refusal=Refusal.STALE) from problem


def replace_file(path: Path, environment: str, data: bytes) -> FileId:
    """Put a file of this content in place of any there is, and tell it from others of the same name."""
    with temporary_file(path.parent, environment, (data,)) as temporary:
        made = temporary.stat()
        temporary.replace(path)
    sync_folder(path.parent)
    return made.st_dev, made.st_ino


@contextmanager
def temporary_file(folder: Path, environment: str, pieces: Iterable[bytes]) -> Iterator[Path]:
    """Make a file of these pieces, on the disk to its last byte; it is gone again unless it was given another name meanwhile."""
    path = folder / f".{environment}.{secrets.token_hex(8)}.tmp"
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
        try:
            for piece in pieces:
                write_all(file, piece)
            os.fsync(file)
        finally:
            os.close(file)
        yield path
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def append(path: Path, data: bytes) -> None:
    """Add to a file that is there, with one write; the process it outlasts, the power not yet."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        write_all(file, data)
    finally:
        os.close(file)


def append_durably(path: Path, data: bytes, only: FileId | None = None) -> None:
    """Add to a file that is there, with one write and one sync; with `only`, to none that was put in its place.

    Raises:  OSError.
    """
    file = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        found = os.fstat(file)
        if only not in {None, (found.st_dev, found.st_ino)}:
            raise OSError(errno.ESTALE, "another file was put in its place", str(path))
        write_all(file, data)
        os.fsync(file)
    finally:
        os.close(file)


def write_all(file: int, data: bytes) -> None:
    """Write to an open file, in as many pieces as the system wants."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def make_folder(folder: Path) -> None:
    """Make a folder, those above it included, for its owner alone."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlast a power cut."""
    # A new name outlasts a power cut only once its folder is synced; Windows has no such thing to ask for.
    if os.name == "posix":
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


@contextmanager
def telling(code: str, summary: str, path: Path) -> Iterator[None]:
    """Tell what the system refuses to do with a file, as a diagnostic with this code."""
    try:
        yield
    except Timeout:
        raise
    except OSError as problem:
        hint = "Free some space and run again." if problem.errno in _FULL else "Check that the folder is there and may be read and written."
        detail = f"{path}: {problem.strerror or problem}. What was recorded before is intact."
        raise CatalogError(error(code, summary, detail, hint)) from problem
