"""Files that a person names on the command line.

Outside a checkout the folder is the person's own, and links to it are followed. Inside a checkout no link is followed: a stranger may
have committed it. The last part of a path is never followed; a path that means an open descriptor, such as /dev/stdout, is that one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from catalogctl.system.file import SizeLimit
from catalogctl.system.safe_folder import PRIVATE, SafeFolder

_DESCRIPTOR: Final = re.compile(r"/dev/(?:fd/(?P<fd>\d{1,9})|(?P<name>stdin|stdout|stderr))|/proc/self/fd/(?P<proc>\d{1,9})")
_NUMBERS: Final = {"stdin": 0, "stdout": 1, "stderr": 2}


def locate(path: str | Path, project: Path, *, mode: int | None = None) -> tuple[SafeFolder, str]:
    """Return the folder and the name of a file that a person named.

    Shapes:  `project` is the folder of the project at hand; its checkout and that of the current folder are those whose links are not
             followed. `mode` is that of folders that are made; `None`: none are.
    Raises:  OSError where the path names no file.
    """
    whole = Path(os.path.abspath(path))  # noqa: PTH100 -- resolve() follows links
    if not whole.name:
        raise IsADirectoryError(21, "it is a folder", str(path))
    return folder_at(whole.parent, project, mode=mode), whole.name


def folder_at(path: str | Path, project: Path, *, mode: int | None = None) -> SafeFolder:
    """Return a folder that a person named, as `locate` returns that of a file."""
    whole = Path(os.path.abspath(path))  # noqa: PTH100 -- resolve() follows links
    checkouts = {_checkout(project), _checkout(Path.cwd())}
    for root in (*reversed(whole.parents), whole):
        if any(Path(os.path.realpath(root)).is_relative_to(one) for one in checkouts):
            return SafeFolder(root, *whole.relative_to(root).parts, mode=mode)
    return SafeFolder(whole, mode=mode)


def descriptor_of(path: str | Path) -> int | None:
    """Return the number of the open descriptor that a path such as /dev/stdout or /dev/fd/63 stands for; `None` for any other path."""
    found = _DESCRIPTOR.fullmatch(os.path.abspath(path))  # noqa: PTH100 -- resolve() follows links
    if found is None:
        return None
    return _NUMBERS[found["name"]] if found["name"] else int(found["fd"] or found["proc"])


def write_typed(path: str | Path, project: Path, data: bytes, mode: int = PRIVATE) -> None:
    """Write a file that a person named, whole or not at all; to a pipe, a device or an open descriptor, write as it is."""
    stream = _stream(path, project)
    if stream is None:
        folder, name = locate(path, project)
        folder.write(name, data, mode)
        return
    with os.fdopen(stream, "wb") as file:
        file.write(data)


def open_typed(path: str | Path, project: Path, mode: int = PRIVATE) -> int:
    """Open a file that a person named for writing as it comes, emptied where it is there; return its descriptor."""
    stream = _stream(path, project)
    if stream is not None:
        return stream
    folder, name = locate(path, project)
    return folder.open_new(name, mode)


def read_typed(path: str | Path, project: Path, limit: int | SizeLimit) -> bytes:
    """Read a file that a person named, or one byte more of it than the limit where it has that many."""
    folder, name = locate(path, project)
    return folder.read_bounded(name, limit)


@contextmanager
def opened_typed(path: str | Path, project: Path) -> Iterator[BinaryIO]:
    """Open a file that a person named for reading by pieces, from its beginning.

    Raises:  OSError, UnsafePathError among them; one that is no regular file is refused.
    """
    folder, name = locate(path, project)
    with folder.reading(name) as file, os.fdopen(file, "rb", closefd=False) as opened:
        yield opened


def _stream(path: str | Path, project: Path) -> int | None:
    number = descriptor_of(path)
    if number is not None:
        return os.dup(number)
    folder, name = locate(path, project)
    return folder.open_stream(name)


def _checkout(folder: Path) -> Path:
    """Return the nearest folder upward that is a git checkout; the folder itself where there is none."""
    real = Path(os.path.realpath(folder))
    return next((one for one in (real, *real.parents) if (one / ".git").exists()), real)
