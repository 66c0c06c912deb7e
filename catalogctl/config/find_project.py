"""Finding the project that a folder lies in: its own project file, or the nearest above it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from catalogctl.model.diagnostics import CatalogError, error

FILE: Final = "catalogctl.yaml"
"""The name of a project file."""


def missing_project(detail: str) -> CatalogError:
    """Make the error of a folder that has no project file."""
    hint = "Change to the project folder (or name it with -C), or make a new project here:\ncatalogctl init"
    return CatalogError(error("project-missing", "No project file", detail, hint))


def find_project(start: Path) -> Path | None:
    """Return the folder of the project that a folder lies in; `None` where neither it nor one above has a project file.

    Above the top of a git repository and on another file system nothing is looked for.

    Raises:  CatalogError (project-of-another-user) when the file above, or its folder, belongs to neither this user nor root: what
             other people put into a shared folder decides about nothing below it.
    """
    first, *above = _searched(start)
    if os.path.lexists(first / FILE):
        return first
    for folder in above:
        if os.path.lexists(folder / FILE):
            _refuse_strangers(folder, start)
            return folder
    return None


def highest(start: Path) -> Path:
    """Return the last folder in which the project of `start` is looked for."""
    *_, last = _searched(start)
    return last


def _searched(start: Path) -> Iterator[Path]:
    """List the folder, then those above it, as far as a project reaches."""
    folder = start.resolve()
    device = folder.stat().st_dev
    yield folder
    while not os.path.lexists(folder / ".git") and folder.parent != folder and folder.parent.stat().st_dev == device:
        folder = folder.parent
        yield folder


def _refuse_strangers(folder: Path, start: Path) -> None:
    if not hasattr(os, "geteuid"):  # no owners to compare
        return
    trusted = {0, os.geteuid()}
    if os.geteuid() == 0 and os.environ.get("SUDO_UID", "").isdecimal():
        trusted.add(int(os.environ["SUDO_UID"]))
    for path in (folder / FILE, folder):
        owner = path.lstat().st_uid
        if owner not in trusted:
            detail = (
                f"{path} belongs to {_name(owner)}, and {start.resolve()} lies below it. A project that is found above the present folder "
                "decides where keys go, so it must be yours or root's."
            )
            hint = f"If you mean that project, name its folder:\ncatalogctl -C {shlex.quote(str(folder))} validate"
            raise CatalogError(error("project-of-another-user", "The project belongs to another user", detail, hint))


def _name(owner: int) -> str:
    import pwd

    try:
        return f"user {pwd.getpwuid(owner).pw_name}"
    except KeyError:
        return f"user {owner}"
