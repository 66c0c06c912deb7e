"""Files in a checkout, read and written without following a link: a stranger may have committed one.

Each folder below the root is opened relative to the one above it, with O_NOFOLLOW, and each file as well.
"""

from __future__ import annotations

import os
import secrets
import shlex
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from catalogctl.model.diagnostics import CatalogError, Refusal, error

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class SafeFolder:
    """A folder below a root.

    Raises:  CatalogError, a refusal, from every method, where a link or another thing of the wrong kind stands in the way; OSError as the
             system does.
    """

    def __init__(self, root: Path, *names: str) -> None:
        self._root = root
        self._names = names

    @classmethod
    def below(cls, root: Path, path: Path) -> SafeFolder:
        """Return the folder at a path relative to a root.

        Raises:  ValueError where the path leads out of the root.
        """
        names = Path(os.path.normpath(path)).parts
        if path.is_absolute() or ".." in names:
            message = f"{path} is not below {root}"
            raise ValueError(message)
        return cls(root, *names)

    def folder(self, name: str) -> SafeFolder:
        """Return a folder in this one."""
        return SafeFolder(self._root, *self._names, name)

    def names(self) -> list[str]:
        """List the names in the folder, sorted; none where there is no folder."""
        try:
            with self._opened() as at:
                return sorted(os.listdir(at))  # noqa: PTH208 -- by its descriptor
        except FileNotFoundError:
            return []

    def status(self, name: str) -> os.stat_result:
        """Return what the system knows of a regular file.

        Raises:  FileNotFoundError.
        """
        with self._opened() as at:
            found = os.stat(name, dir_fd=at, follow_symlinks=False)
        if not stat.S_ISREG(found.st_mode):
            raise self._unsafe(name)
        return found

    def read(self, name: str) -> bytes:
        """Read a file."""
        self.status(name)
        with self._opened() as at, os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at), "rb") as file:
            return file.read()

    def write(self, name: str, data: bytes) -> None:
        """Write a file, whole or not at all, in the place of any there is; make the folder where there is none."""
        self.make()
        with suppress(FileNotFoundError):
            self.status(name)
        temporary = f".{secrets.token_hex(8)}.tmp"
        with self._opened() as at:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            with os.fdopen(os.open(temporary, flags, 0o600, dir_fd=at), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, name, src_dir_fd=at, dst_dir_fd=at)
            os.fsync(at)

    def remove(self, name: str) -> None:
        """Remove a file or a link."""
        with self._opened() as at:
            os.unlink(name, dir_fd=at)

    def make(self) -> None:
        """Make the folder, and those above it up to the root."""
        for count in range(len(self._names)):
            with self._opened(count) as at, suppress(FileExistsError):
                os.mkdir(self._names[count], 0o700, dir_fd=at)

    @contextmanager
    def _opened(self, depth: int | None = None) -> Iterator[int]:
        at = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for count, name in enumerate(self._names[:depth]):
                try:
                    below = os.open(name, _FOLDER, dir_fd=at)
                except FileNotFoundError:
                    raise
                except OSError:
                    raise self._unsafe(name, count) from None
                os.close(at)
                at = below
            yield at
        finally:
            os.close(at)

    def _unsafe(self, name: str, depth: int | None = None) -> CatalogError:
        path = self._root.joinpath(*self._names[:depth], name)
        detail = f"{path} is a link, or another thing than was expected there. It could lead anywhere."
        hint = f"Look where it leads, and remove it from the repository:\nls -l {shlex.quote(str(path))}"
        return CatalogError(error("unsafe-path", "A path is not safe to use", detail, hint), refusal=Refusal.STALE)
