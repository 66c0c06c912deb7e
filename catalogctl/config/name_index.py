"""What a shell completes with: the names of a project, kept beside the parses of its files so that a key press need not read them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from catalogctl.config.cache import Cache
    from catalogctl.config.documents import Documents

TITLES: Final = "titles"
EDITIONS: Final = "editions"
ADDRESSES: Final = "addresses"
FIELDS: Final = "fields"
ABOUT: Final = "about"
"""Kinds of names; the last is what is known of the project besides."""


def key_of(root: str, environment: str) -> str:
    """Return by what a project's names are known, as it is for one environment."""
    return hashlib.sha256(f"{root}\0{environment}".encode(errors="surrogateescape")).hexdigest()


def remember_names(cache: Cache, documents: Documents, addresses: Iterable[str] | None, state: str) -> None:
    """Keep the names of a project, where they are not known already.

    Shapes:  `addresses` are those that the files declare; None where they were not compiled, and those known before stay. `state` is the
             folder of the state; empty where it is not on this machine.
    """
    project = documents.project
    key = key_of(str(project.root), project.environment)
    about = json.dumps(
        {
            "digest": documents.digest,
            "compiled": addresses is not None,
            "accounts": sorted(project.accounts),
            "environments": ["default", *project.environments],
            "state": state,
            "stamp": stamp(str(project.root), _folders(documents)),
        }
    ).encode()
    known = cache.names(key, ABOUT)
    if known == about or (addresses is None and known == about.replace(b'"compiled": false', b'"compiled": true')):
        return
    titles: list[str] = []
    editions: list[str] = []
    fields: dict[str, None] = {}
    for item in documents.items:
        blocks = item.data.get("editions", {}).items() if item.kind == "title" else [("", item.data.get("edition") or {})]
        if item.kind == "title":
            titles.append(item.data["id"])
            editions += [f"{item.data['id']}.{name}" for name, _ in blocks]
        for _, block in blocks:
            fields.update(dict.fromkeys(f"prices.{currency}" for currency in block.get("prices") or ()))
    fields.update(dict.fromkeys(f"publish.{account}" for account in sorted(project.accounts)))
    kept = {TITLES: titles, EDITIONS: editions, FIELDS: sorted(fields)}
    if addresses is not None:
        kept[ADDRESSES] = sorted(addresses)
    cache.remember_names(key, {**{kind: "\n".join(names).encode() for kind, names in kept.items()}, ABOUT: about})


def _folders(documents: Documents) -> list[str]:
    """List the folders in which a new file would be one of the catalog, and the project file."""
    found = {os.path.normpath(entry) for entry in documents.project.catalog}
    for path in documents.paths:
        folder = os.path.dirname(path)  # noqa: PTH120 -- no Path: one for each of 10,000 files
        while folder and folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)  # noqa: PTH120
    return sorted({*found, documents.project.source.path})


def stamp(root: str, paths: Iterable[str]) -> dict[str, int]:
    """Return when each of some folders and files was changed last; 0 for what is not there.

    Units:   nanoseconds.
    """
    found: dict[str, int] = {}
    for path in paths:
        try:
            found[path] = os.stat(f"{root}/{path}").st_mtime_ns  # noqa: PTH116 -- as above
        except OSError:
            found[path] = 0
    return found


def is_current(root: str, about: Mapping[str, object]) -> bool:
    """Return whether no file of a project came, went or was replaced since its names were kept."""
    known = about.get("stamp")
    return isinstance(known, dict) and stamp(root, known) == known
