"""Files that were edited, written: several of them all or not at all.

    the edit as a whole → `.catalogctl/edit.json`, durably → file after file → the record is removed

A run that is cut off leaves the record, and what it says of each file, its bytes before and after, is enough to complete the edit:
whoever reads or edits the catalog next does that first, or says so. A write that fails is taken back at once.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import posixpath
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from catalogctl.config.documents import EDIT_RECORD
from catalogctl.config.syntax.encoding import MAX_BYTES
from catalogctl.model.diagnostics import CatalogError, Diagnostic, SourceRange, error
from catalogctl.system.safe_folder import PUBLIC, PUBLIC_FOLDER, SafeFolder, UnsafePathError

FOLDER, RECORD = EDIT_RECORD
_LARGEST_RECORD: Final = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Edited:
    """One file and what it shall hold."""

    path: str
    """Relative to the project folder, with forward slashes."""
    before: bytes
    """Without a byte: there is no such file yet."""
    after: bytes
    """Without a byte: the file goes."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """A file that gets another name in its folder; both relative to the project folder."""

    path: str
    target: str


class ChangedMeanwhileError(OSError):
    """A file has other bytes than those that an edit was made from."""

    def __init__(self, path: str) -> None:
        super().__init__(0, "it was changed while it was being edited", path)


def write_edited(folder: SafeFolder, name: str, edited: Edited) -> None:
    """Write one file whole or not at all, with the permissions it has; make it or remove it, where that is the edit.

    Raises:  ChangedMeanwhileError where it holds other bytes than those that were edited; OSError, UnsafePathError among them.
    """
    _refuse_changed(folder, name, edited)
    if not edited.before:
        folder.write_new(name, edited.after, PUBLIC)
        return
    if not edited.after:
        folder.remove(name)
        return
    folder.write(name, edited.after, stat.S_IMODE(folder.status(name).st_mode) or PUBLIC)


def _refuse_changed(folder: SafeFolder, name: str, edited: Edited) -> None:
    held = folder.read_bounded(name, MAX_BYTES) if edited.before else _held(folder, name)
    if held != edited.before:
        raise ChangedMeanwhileError(edited.path)


def _held(folder: SafeFolder, name: str) -> bytes:
    """Return the bytes of a file; none where there is no such file."""
    try:
        return folder.read_bounded(name, MAX_BYTES)
    except FileNotFoundError:
        return b""


def write_all(root: Path, edits: Sequence[Edited], renames: Sequence[Renamed] = ()) -> None:
    """Write several files and rename others, or none of them.

    1. Look whether all are as they were when they were read.
    2. Record the edit.
    3. Rename, and write the files; take back what was done where one cannot be.
    4. Remove the record.

    Raises:  CatalogError (edit-not-written).
    """
    if not edits:
        return
    for one in edits:
        folder, name = _place(root, one.path)
        try:
            _refuse_changed(folder, name, one)
            if one.before:
                folder.status(name)
        except OSError as failure:
            raise CatalogError(not_written(one.path, failure)) from None
    place = SafeFolder(root, FOLDER)
    is_recorded = len(edits) + len(renames) > 1
    if is_recorded:
        place.write(RECORD, json.dumps([*map(_recorded_name, renames), *map(_recorded, edits)]).encode())
    done: list[Edited | Renamed] = []
    steps: list[Edited | Renamed] = [*renames, *edits]
    try:
        for step in steps:
            _take(root, step)
            done.append(step)
    except OSError as failure:
        for taken in reversed(done):
            with suppress(OSError):
                _take(root, _reverse(taken))
        place.remove(RECORD)
        raise CatalogError(not_written(steps[len(done)].path, failure)) from None
    if is_recorded:
        place.remove(RECORD)


def _take(root: Path, step: Edited | Renamed) -> None:
    folder, name = _place(root, step.path)
    if isinstance(step, Edited):
        write_edited(folder, name, step)
        return
    target = posixpath.basename(step.target)
    if target in folder.names():
        raise FileExistsError(errno.EEXIST, "another file has the new name", step.target)
    folder.rename(name, target)


def _reverse(step: Edited | Renamed) -> Edited | Renamed:
    return Edited(step.path, step.after, step.before) if isinstance(step, Edited) else Renamed(step.target, step.path)


def complete(root: Path, tell: Callable[[str], None]) -> None:
    """Complete an edit of several files that was cut off, where there is one; what was changed by hand since stays, and is reported.

    Raises:  CatalogError (edit-not-written).
    """
    if not root.joinpath(*EDIT_RECORD).is_file():
        return
    place = SafeFolder(root, FOLDER)
    written = 0
    try:
        rows = json.loads(place.read(RECORD, _LARGEST_RECORD))
    except ValueError:  # the record itself was cut off: no file was written yet
        rows = []
    for row in rows:
        if "target" in row:
            _complete_name(root, Renamed(str(row["path"]), str(row["target"])))
            continue
        path, after = str(row["path"]), base64.b64decode(row["after"])
        folder, name = _place(root, path)
        try:
            held = folder.read_bounded(name, MAX_BYTES) if row["before"] != digest(b"") and after else _held(folder, name)
            if held == after:
                continue
            if digest(held) == row["before"]:
                write_edited(folder, name, Edited(path, held, after))
                written += 1
            else:
                tell(f"{path} was changed since an edit was cut off, and is left as it is.")
        except OSError as failure:
            raise CatalogError(not_written(path, failure)) from None
    for folder_of in sorted({posixpath.dirname(str(row["path"])) for row in rows}):
        with suppress(OSError):
            SafeFolder.below(root, folder_of, mode=None).remove_leftovers()
    place.remove(RECORD)
    tell(f"An edit that was cut off is completed; files that were still to be written: {written}.")


def _complete_name(root: Path, step: Renamed) -> None:
    folder, name = _place(root, step.path)
    try:
        if name in folder.names():
            _take(root, step)
    except OSError as failure:
        raise CatalogError(not_written(step.path, failure)) from None


def _recorded_name(one: Renamed) -> dict[str, str]:
    return {"path": one.path, "target": one.target}


def not_written(path: str, failure: OSError, consequence: str = "No file of this edit is changed.") -> Diagnostic:
    """Return the problem of a file that cannot be written."""
    place = SourceRange(path, 1, 1, 2, "")
    if isinstance(failure, UnsafePathError):
        why = f"{failure.filename}: {failure.strerror}"
        hint = "Edit the file that is meant, where it is."
    elif isinstance(failure, ChangedMeanwhileError):
        why, hint = f"`{path}`: {failure.strerror}", "Run the command again."
    else:
        why, hint = f"`{path}`: {failure.strerror or failure}", "Check the path, and who may read and write there."
    detail = f"{why}. {consequence}"
    return error("edit-not-written", "An edit that is not written", detail, hint).at(place)


def digest(data: bytes) -> str:
    """Return what the bytes of a file are known by in the record."""
    return hashlib.sha256(data).hexdigest()


def encoded(data: bytes) -> str:
    """Return the bytes of a file as the record has them."""
    return base64.b64encode(data).decode()


def _recorded(one: Edited) -> dict[str, str]:
    return {"path": one.path, "before": digest(one.before), "after": encoded(one.after)}


def _place(root: Path, path: str) -> tuple[SafeFolder, str]:
    folder, name = posixpath.split(path)
    return SafeFolder.below(root, folder, mode=PUBLIC_FOLDER), name
