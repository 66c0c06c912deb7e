"""A whole catalog that an earlier run found in the one layout, known again by its bytes: no reader and no model is loaded."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from catalogctl.config.cache import Cache
from catalogctl.config.find_project import FILE
from catalogctl.config.read_rules import SUFFIXES, digest_of_rules
from catalogctl.config.syntax.encoding import MAX_BYTES
from catalogctl.system.file import read_bounded

IN_ORDER: Final = b"in the one layout"
"""What is remembered of a file, or of all files together, that need no other layout."""


@cache
def layout_rules(schemas: str | None) -> bytes:
    """Return what decides on the layout of a file, as a key begins; `schemas` as for `laid_out`."""
    rules = hashlib.sha256(digest_of_rules())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        rules.update(file.read_bytes())
    return rules.digest() + (schemas or "").encode()


def key_of_all(rules: bytes, files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the key of all files of a run: each by its name in problems and the SHA-256 of its bytes."""
    whole = hashlib.sha256(b"all files\0" + rules)
    for path, sum_ in files:
        whole.update(b"\0" + path.encode(errors="surrogateescape") + b"\0" + sum_)
    return whole.digest()


def remember_folders(known: Cache, environment: str, project_file: bytes, folders: Sequence[str]) -> None:
    """Keep where the catalog of a sound project file is, in one environment: its overlay may move it."""
    known.remember_parses([(_key_of_folders(environment, hashlib.sha256(project_file).digest()), "\0".join(folders).encode())])


def count_known(root: Path, environment: str, schemas: str | None, known: Cache) -> int | None:
    """Count the files of a catalog and its project file where all are as they were when each was found in the one layout.

    None where that is not known, or where anything is out of the ordinary: a link, a file that cannot be read, a missing folder.
    """
    try:
        if (root / FILE).is_symlink():
            return None
        whole = os.path.realpath(root)
        sum_ = _sum(f"{whole}/{FILE}")
        key = _key_of_folders(environment, sum_)
        folders = known.parses([key]).get(key)
        if folders is None:
            return None
        paths = sorted({path for folder in folders.decode().split("\0") for path in _files(whole, os.path.normpath(folder))})
        all_ = key_of_all(layout_rules(schemas), [(FILE, sum_), *((path, _sum(f"{whole}/{path}")) for path in paths)])
    except (OSError, _UnusualError):
        return None
    return 1 + len(paths) if known.parses([all_]).get(all_) == IN_ORDER else None


class _UnusualError(Exception):
    """Something is there that is to be looked at with care."""


def _sum(path: str) -> bytes:
    return hashlib.sha256(read_bounded(path, MAX_BYTES)).digest()


def _key_of_folders(environment: str, project_file: bytes) -> bytes:
    return hashlib.sha256(b"folders\0" + digest_of_rules() + project_file + environment.encode(errors="surrogateescape")).digest()


def _files(root: str, folder: str) -> Iterator[str]:
    absolute = os.path.normpath(f"{root}/{folder}")
    if os.path.realpath(absolute) != absolute or not f"{absolute}/".startswith(f"{root.rstrip('/')}/"):
        raise _UnusualError
    if os.path.isdir(absolute):  # noqa: PTH112 -- a Path costs more than the question
        yield from _below(absolute, "" if folder == "." else f"{folder}/")
    else:
        yield folder


def _below(absolute: str, folder: str) -> Iterator[str]:
    with os.scandir(absolute) as found:
        for entry in found:
            name = entry.name
            if name.startswith("."):
                continue
            if entry.is_symlink():
                raise _UnusualError
            if entry.is_dir():
                yield from _below(entry.path, f"{folder}{name}/")
            elif name.lower().endswith(SUFFIXES):
                yield folder + name
