"""The one module that writes files.

A `SafeFolder` is a folder below a root. The root was chosen by the person or is the project; what lies between the root and a file may
come from a stranger's checkout. So each folder below the root is opened without following a link, and each file as well:

    root ── open ──▶ state ── open, O_NOFOLLOW ──▶ history ── O_NOFOLLOW ──▶ default.000012.json

A file is written under a fresh random name (O_EXCL), synced, renamed, and its folder synced: under its own name it is whole or not there.
Where the system cannot open files relative to an open folder (Windows), each folder is looked at before its path is used.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from typing import Final, NamedTuple, TypeAlias

from catalogctl.system.file import READ, SizeLimit, bounded, read_descriptor

PRIVATE: Final = 0o600
"""Mode of a file that tells what is not published yet: state, journal, records of runs, saved plans."""
PUBLIC: Final = 0o644
"""Mode of a file that others are to read: reports, titles, schemas, published assets; less what the umask takes away."""
PRIVATE_FOLDER: Final = 0o700
PUBLIC_FOLDER: Final = 0o755

FileId: TypeAlias = tuple[int, int]
"""What tells a file from another that has its name later: its device and its number there."""

_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
_FOLDER: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_BY_DESCRIPTOR: Final = hasattr(os, "O_NOFOLLOW") and (
    {os.open, os.mkdir, os.stat, os.unlink, os.rename} <= os.supports_dir_fd and os.listdir in os.supports_fd
)
_IS_JUNCTION: Final = getattr(os.path, "isjunction", None)
"""Tells a folder of Windows that leads elsewhere; Python has it from 3.12 on."""
_LEFTOVER: Final = re.compile(r"\..{1,40}\.[0-9a-f]{16}\.tmp", re.DOTALL)
"""The name of a temporary file, as `SafeFolder.pending` makes it."""
_KINDS: Final = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a disk"),
)


class UnsafePathError(OSError):
    """A link, or something else that is no regular file, stands where a file of ours is or is to be."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(errno.ELOOP, what, str(path))


class _Open(NamedTuple):
    """A folder that is open: by its descriptor where the system knows such, else by its path alone."""

    descriptor: int | None
    path: Path

    def name(self, name: str) -> str:
        return name if self.descriptor is not None else str(self.path / name)


class Pending:
    """A file that is on the disk to its last byte, under a name of its own until it is put in its place."""

    def __init__(self, folder: _Open, name: str, temporary: str) -> None:
        self._folder = folder
        self._name = name
        self._temporary = temporary

    def put(self) -> FileId:
        """Put the file in the place of any there is, durably."""
        at = self._folder
        made = os.stat(at.name(self._temporary), dir_fd=at.descriptor, follow_symlinks=False)
        os.replace(at.name(self._temporary), at.name(self._name), src_dir_fd=at.descriptor, dst_dir_fd=at.descriptor)
        _sync(at)
        return made.st_dev, made.st_ino

    def put_new(self) -> None:
        """Put the file in its place, durably.

        Raises:  FileExistsError where there is one.
        """
        at = self._folder
        try:
            os.link(at.name(self._temporary), at.name(self._name), src_dir_fd=at.descriptor, dst_dir_fd=at.descriptor)
        except FileExistsError:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(at.path / self._name)) from None
        except (OSError, NotImplementedError):  # a file system without hard links
            if _kind(at, self._name) is not None:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(at.path / self._name)) from None
            self.put()
        else:
            _sync(at)


class SafeFolder:
    """A folder below a root, in which files are written and read without following a link.

    Raises:  UnsafePathError, from every method, where a folder between the root and a file, or the file itself, is a link or no such
             thing; OSError as the system does, its `filename` the whole path.
    """

    def __init__(self, root: Path, *names: str, mode: int | None = PRIVATE_FOLDER) -> None:
        """`names` are the folders below the root; `mode` is that of folders that are made, `None` where none are."""
        for name in names:
            _checked(name)
        self.root = root
        self.path = root.joinpath(*names)
        self._names = names
        self._mode = mode

    @classmethod
    def below(cls, root: Path, relative: str | PurePath, *, mode: int | None = PRIVATE_FOLDER) -> SafeFolder:
        """Return the folder at a path relative to a root.

        Raises:  ValueError where the path leads out of the root.
        """
        names = Path(os.path.normpath(relative)).parts
        if ".." in names or Path(relative).is_absolute() or Path(relative).drive:
            message = f"{relative} is not below {root}"
            raise ValueError(message)
        return cls(root, *names, mode=mode)

    @classmethod
    def within(cls, roots: Iterable[Path], path: Path, *, mode: int | None = PRIVATE_FOLDER) -> SafeFolder | None:
        """Return the folder at a path, below the first of the roots that it is in; `None` where it is in none."""
        whole = Path(os.path.normpath(path))
        for root in (Path(os.path.normpath(one)) for one in roots):
            if whole.is_relative_to(root):
                return cls(root, *whole.relative_to(root).parts, mode=mode)
        return None

    def folder(self, *names: str) -> SafeFolder:
        """Return a folder in this one."""
        return SafeFolder(self.root, *self._names, *names, mode=self._mode)

    # ── whole files ──

    def write(self, name: str, data: bytes | Iterable[bytes], mode: int = PRIVATE) -> FileId:
        """Write a file, whole or not at all, in the place of any there is."""
        with self.pending(name, data, mode) as pending:
            return pending.put()

    def write_new(self, name: str, data: bytes | Iterable[bytes], mode: int = PRIVATE) -> None:
        """Write a file, whole or not at all, where there is none.

        Raises:  FileExistsError.
        """
        with self.pending(name, data, mode) as pending:
            pending.put_new()

    @contextmanager
    def pending(self, name: str, data: bytes | Iterable[bytes], mode: int = PRIVATE) -> Iterator[Pending]:
        """Write a file under a name of its own, for the body to put in its place; it is gone again if the body does not."""
        with self._opened(make=True) as at:
            _refuse_other_kinds(at, name)
            temporary = f".{name[:40]}.{secrets.token_hex(8)}.tmp"
            with _naming(self.path / name):
                file = os.open(at.name(temporary), os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, mode, dir_fd=at.descriptor)
            try:
                try:
                    with _naming(self.path / name):
                        for piece in (data,) if isinstance(data, bytes) else data:
                            _write_all(file, piece)
                        os.fsync(file)
                finally:
                    os.close(file)
                with _naming(self.path / name):
                    yield Pending(at, name, temporary)
            finally:
                with suppress(OSError):
                    os.unlink(at.name(temporary), dir_fd=at.descriptor)

    def read(self, name: str, limit: int | SizeLimit) -> bytes:
        """Read a file that has at most so many bytes.

        Raises:  FileNotFoundError, and OSError (EFBIG) for a larger one.
        """
        return bounded(self.read_bounded(name, limit), limit, self.path / name)

    def read_bounded(self, name: str, limit: int | SizeLimit) -> bytes:
        """Read a file, or one byte more of it than the limit where it has that many."""
        with self._file(name, READ) as file:
            return read_descriptor(file, limit, self.path / name)

    # ── files that grow ──

    def append(self, name: str, data: bytes) -> None:
        """Add to a file that is there, with one write; it outlasts the process, and not yet the power."""
        with self._file(name, os.O_WRONLY | os.O_APPEND) as file:
            _write_all(file, data)

    def append_durably(self, name: str, data: bytes, only: FileId | None = None) -> None:
        """Add to a file that is there, with one write and one sync; with `only`, to none that was put in its place.

        Raises:  OSError (ESTALE) for another file.
        """
        with self._file(name, os.O_WRONLY | os.O_APPEND) as file:
            found = os.fstat(file)
            if only not in {None, (found.st_dev, found.st_ino)}:
                raise OSError(errno.ESTALE, "another file was put in its place", str(self.path / name))
            _write_all(file, data)
            os.fsync(file)

    def cut(self, name: str, length: int) -> None:
        """Drop what is after the first `length` bytes of a file, durably."""
        with self._file(name, os.O_WRONLY) as file:
            os.ftruncate(file, length)
            os.fsync(file)

    def continue_at(self, name: str, length: int, data: bytes) -> None:
        """Make `data` what follows the first `length` bytes of a file; it outlasts the process, and not yet the power."""
        with self._file(name, os.O_WRONLY) as file:
            os.ftruncate(file, length)
            os.lseek(file, length, os.SEEK_SET)
            _write_all(file, data)

    def open_new(self, name: str, mode: int = PRIVATE) -> int:
        """Open a file for writing as it comes, emptied where it is there, and return its descriptor."""
        with self._opened(make=False) as at:
            _refuse_other_kinds(at, name)
            with _naming(self.path / name):
                return os.open(at.name(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _NO_LINK, mode, dir_fd=at.descriptor)

    def open_stream(self, name: str) -> int | None:
        """Open a pipe or a character device that is there for writing, and return its descriptor; `None` where there is none."""
        with self._opened(make=False) as at:
            if _kind(at, name) not in {"a pipe", "a device"}:
                return None
            with _naming(self.path / name):
                return os.open(at.name(name), os.O_WRONLY | (_NO_LINK & ~getattr(os, "O_NONBLOCK", 0)), dir_fd=at.descriptor)

    def make_file(self, name: str, mode: int = PRIVATE) -> Path:
        """Make an empty file unless there is one, for a library that opens it by its path, which is returned."""
        with self._opened(make=True) as at:
            _refuse_other_kinds(at, name)
            with _naming(self.path / name):
                os.close(os.open(at.name(name), os.O_WRONLY | os.O_CREAT | _NO_LINK, mode, dir_fd=at.descriptor))
        return self.path / name

    # ── what is there ──

    def make(self) -> None:
        """Make the folder, and those above it up to the root, durably."""
        with self._opened(make=True):
            pass

    def names(self) -> list[str]:
        """List the names in the folder, sorted; none where there is no folder."""
        try:
            with self._opened(make=False) as at:
                return sorted(os.listdir(at.path if at.descriptor is None else at.descriptor))  # noqa: PTH208 -- by its descriptor
        except FileNotFoundError:
            return []

    def status(self, name: str) -> os.stat_result:
        """Return what the system knows of a file.

        Raises:  FileNotFoundError.
        """
        with self._opened(make=False) as at, _naming(self.path / name):
            found = os.stat(at.name(name), dir_fd=at.descriptor, follow_symlinks=False)
            _refuse_other_kinds(at, name)
            return found

    def touch(self, name: str) -> None:
        """Set a file's times to now."""
        with self._file(name, os.O_WRONLY) as file:
            os.utime(file if os.utime in os.supports_fd else self.path / name)

    def remove(self, name: str) -> None:
        """Remove a file or a link, if there is one."""
        with suppress(FileNotFoundError), self._opened(make=False) as at, _naming(self.path / name):
            os.unlink(at.name(name), dir_fd=at.descriptor)

    def remove_leftovers(self) -> None:
        """Remove what runs that were killed while they wrote a file left in the folder."""
        for name in self.names():
            if _LEFTOVER.fullmatch(name):
                self.remove(name)

    def rename(self, name: str, to: str) -> None:
        """Give a file another name in the folder, in the place of any there is, durably."""
        with self._opened(make=False) as at, _naming(self.path / name):
            _refuse_other_kinds(at, name)
            _refuse_other_kinds(at, to)
            os.replace(at.name(name), at.name(to), src_dir_fd=at.descriptor, dst_dir_fd=at.descriptor)
            _sync(at)

    def sync(self) -> None:
        """Make the names in the folder outlast a power cut."""
        with self._opened(make=False) as at:
            _sync(at)

    @contextmanager
    def reading(self, name: str) -> Iterator[int]:
        """Open a file for reading by pieces, and give its descriptor."""
        with self._file(name, READ) as file:
            yield file

    # ── opening ──

    @contextmanager
    def _file(self, name: str, flags: int) -> Iterator[int]:
        with self._opened(make=False) as at:
            with _naming(self.path / name):
                try:
                    file = os.open(at.name(name), flags | _NO_LINK, dir_fd=at.descriptor)
                except OSError:
                    _refuse_other_kinds(at, name)
                    raise
            try:
                if at.descriptor is None or not stat.S_ISREG(os.fstat(file).st_mode):
                    _refuse_other_kinds(at, name)
                with _naming(self.path / name):
                    yield file
            finally:
                os.close(file)

    @contextmanager
    def _opened(self, *, make: bool) -> Iterator[_Open]:
        mode = self._mode if make else None
        if mode is not None and not self.root.is_dir():
            self.root.mkdir(mode, parents=True, exist_ok=True)
            if os.name == "posix":
                SafeFolder(self.root.parent).sync()
        if not _BY_DESCRIPTOR:
            yield self._looked_at(mode)
            return
        with _naming(self.root):
            at = _Open(os.open(self.root, _FOLDER), self.root)
        try:
            for name in self._names:
                below = _descend(at, name, mode)
                if at.descriptor is not None:
                    os.close(at.descriptor)
                at = below
            yield at
        finally:
            if at.descriptor is not None:
                os.close(at.descriptor)

    def _looked_at(self, mode: int | None) -> _Open:
        at = _Open(None, self.root)
        for name in self._names:
            _make_folder(at, name, mode)
            _refuse_no_folder(at, name)
            at = _Open(None, at.path / name)
        return at


def _descend(at: _Open, name: str, mode: int | None) -> _Open:
    path = at.path / name
    with _naming(path):
        _make_folder(at, name, mode)
        try:
            return _Open(os.open(name, _FOLDER | _NO_LINK, dir_fd=at.descriptor), path)
        except OSError:
            _refuse_no_folder(at, name)
            raise


def _make_folder(at: _Open, name: str, mode: int | None) -> None:
    if mode is None:
        return
    try:
        os.mkdir(at.name(name), mode, dir_fd=at.descriptor)
    except FileExistsError:
        return
    _sync(at)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Name the whole path in what the system refuses: relative to an open folder, it names the last part alone."""
    try:
        yield
    except OSError as problem:
        if not isinstance(problem, UnsafePathError):
            problem.filename, problem.filename2 = str(path), None
        raise


def _checked(name: str) -> None:
    if name in {"", ".", ".."} or "/" in name or os.sep in name or "\0" in name:
        message = f"{name!r} is not the name of one file or folder"
        raise ValueError(message)


def _kind(at: _Open, name: str) -> str | None:
    """Return what a name stands for; `None` where there is nothing, an empty text for a regular file."""
    _checked(name)
    try:
        mode = os.stat(at.name(name), dir_fd=at.descriptor, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return None
    return next((what for is_one, what in _KINDS if is_one(mode)), "")


def _refuse_other_kinds(at: _Open, name: str) -> None:
    if what := _kind(at, name):
        raise UnsafePathError(at.path / name, f"it is {what}, and no regular file")


def _refuse_no_folder(at: _Open, name: str) -> None:
    what = _kind(at, name)
    if what == "a folder" and _IS_JUNCTION is not None and _IS_JUNCTION(at.path / name):
        what = "a junction"
    if what not in {None, "a folder"}:
        raise UnsafePathError(at.path / name, f"it is {what or 'a file'}, and no folder")


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _sync(at: _Open) -> None:
    # A new name outlasts a power cut only once its folder is synced; Windows has no such thing to ask for.
    if at.descriptor is not None:
        os.fsync(at.descriptor)
