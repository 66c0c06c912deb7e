"""Reading the files of a state, and saying what the system refuses to do with them."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import Timeout

from catalogctl.model.diagnostics import CatalogError, Refusal, error
from catalogctl.model.unsafe_path import unsafe_path
from catalogctl.system.file import SizeLimit
from catalogctl.system.safe_folder import SafeFolder, UnsafePathError

LARGEST_FOREIGN: Final = 256 * 1024 * 1024
"""Bytes of a file that does not begin as catalogctl writes it: read all the same, since what it is shall be said."""
LARGEST_OWN: Final = 4 * 1024**3
"""Bytes of a file that does. A title takes about 3.3 kB of a state."""
_NOT_OURS: Final = frozenset({errno.EINVAL, errno.EFBIG, errno.ELOOP, errno.ENXIO, errno.EISDIR})
"""What a folder, a pipe, a socket, a link that leads to itself and a file that is too large end in when they are read."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def read_file(folder: SafeFolder, name: str, limit: SizeLimit) -> bytes | None:
    """Return the content of a file; `None` when there is none.

    Raises:  CatalogError: stale (unsafe-path) where a link or no regular file is there, stale (state-unreadable) where it is a huge one,
             error (state-unreadable) where the system refuses it.
    """
    summary, path = "A file of the state could not be read", folder.path / name
    with telling("state-unreadable", summary, path):
        try:
            return folder.read(name, limit)
        except FileNotFoundError:
            return None
        except UnsafePathError:
            raise
        except OSError as problem:
            if problem.errno not in _NOT_OURS:
                raise
            detail = f"{path}: {problem.strerror or problem}. Something else was put in the place of the file that catalogctl wrote."
            hint = "Move it away, and put the file back as it was."
            raise CatalogError(error("state-unreadable", summary, detail, hint), refusal=Refusal.STALE) from problem


@contextmanager
def telling(code: str, summary: str, path: Path) -> Iterator[None]:
    """Tell what the system refuses to do with a file, as a diagnostic with this code."""
    try:
        yield
    except Timeout:
        raise
    except UnsafePathError as problem:
        raise unsafe_path(problem) from problem
    except OSError as problem:
        hint = "Free some space and run again." if problem.errno in _FULL else "Check that the folder is there and may be read and written."
        detail = f"{path}: {problem.strerror or problem}. What was recorded before is intact."
        raise CatalogError(error(code, summary, detail, hint)) from problem
