"""Files of a project that no title names any more, found again by what is in them."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from catalogctl.config.assets import Mention, Use, find
from catalogctl.config.cache import Cache
from catalogctl.config.project import Project
from catalogctl.model.asset import Asset

_MOST_FILES: Final = 20_000
"""So many files are looked at."""
_MOST_BYTES: Final = 4 * 1024**3
"""So much of them is read, the smallest first; what an earlier run has read counts as well."""


def strays(project: Project, identities: Collection[str], named: Collection[str], cache: Cache) -> list[Asset]:
    """Find files whose content is one of some.

    Shapes:  `identities` are `sha256:…`, `sha1:…` or `md5:…` in hex; `named` are the places, relative to the project folder, of files
             that need not be looked at. Nothing below a folder whose name begins with a dot is, nor what the state is kept in. Of
             files with the same content the first by path is given, those of the catalog before others.
    Raises:  nothing.
    """
    if not identities:
        return []
    sized: list[tuple[int, str]] = []
    for path, size in _walk(project.root, os.path.normpath(project.backend.path)):
        if path not in named:
            sized.append((size, path))
        if len(sized) == _MOST_FILES:
            break
    mentions: list[Mention] = []
    rest = _MOST_BYTES
    for size, path in sorted(sized):
        rest -= size
        if rest < 0:
            break
        mentions.append(Mention("", path, Use.ANY))
    catalog = tuple(f"{os.path.normpath(entry)}/" for entry in project.catalog)
    assets = [found.asset for found in find(str(project.root), mentions, cache).values() if found.asset is not None]
    chosen: dict[str, Asset] = {}
    for asset in sorted(assets, key=lambda one: (not one.location.startswith(catalog), one.location)):
        if not set(asset.identities).isdisjoint(identities):
            chosen.setdefault(asset.identity, asset)
    return list(chosen.values())


def _walk(root: Path, without: str) -> Iterator[tuple[str, int]]:
    """List regular files with their sizes, but for those without a byte; links are not followed."""
    for folder, folders, names in os.walk(root):
        here = os.path.relpath(folder, root)
        place = "" if here == os.curdir else f"{here}/"
        folders[:] = sorted(name for name in folders if not name.startswith(".") and f"{place}{name}" != without)
        for name in sorted(names):
            try:
                status = os.lstat(f"{folder}/{name}")
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode) and status.st_size:
                yield f"{place}{name}", status.st_size
