"""Which editions are declared otherwise than a commit declares them: what is true of each is compared, defaults and overrides settled."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from catalogctl.config.defaults import Layers
from catalogctl.config.documents import Document, Documents, read_file
from catalogctl.config.git import ask
from catalogctl.config.read_rules import SUFFIXES
from catalogctl.config.syntax.encoding import MAX_BYTES
from catalogctl.config.syntax.source import Source
from catalogctl.model.diagnostics import CatalogError, error
from catalogctl.query.view import catalog_views
from catalogctl.system.file import read_bounded

EditionKey = tuple[str, str]
"""The ids of a title and of one of its editions."""


@dataclass(frozen=True, slots=True)
class Changed:
    """How the declared editions differ from those of a commit."""

    editions: frozenset[EditionKey]
    """Declared otherwise, or new."""
    gone: frozenset[EditionKey]


def changed_since(documents: Documents, commit: str) -> Changed:
    """Compare the files with those of a commit; a file that was broken then declared nothing.

    Raises:  CatalogError (unknown-commit) where git does not know the commit, or there is no git.
    """
    root = documents.project.root
    named = ask(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
    listed = None if named is None else ask(root, "ls-tree", "-r", "-z", named.decode("ascii", "replace").strip(), "--", ".")
    if listed is None:
        detail = f"Git knows no commit `{commit[:80]}` of this project."
        raise CatalogError(error("unknown-commit", "Unknown commit", detail, "The last commits are listed by\ngit log --oneline"))
    blobs = dict(_blobs(listed))
    now, then = _declared(documents.items), _declared(tuple(_earlier(documents, blobs)))
    changed = {key for key, facts in now.items() if then.get(key) != facts} | _with_other_records(documents, blobs)
    return Changed(frozenset(changed), frozenset(then.keys() - now.keys()))


def _with_other_records(documents: Documents, blobs: Mapping[str, str]) -> set[EditionKey]:
    """Return the editions whose records beside their titles are others than those of a commit."""
    found: set[EditionKey] = set()
    for view in catalog_views(documents.items, Layers(documents.items)):
        said = (view.facts.get("onix") or {}).get("record")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(view.path), str(said or "")))
        if said and not path.startswith(("/", "..")):
            before = blobs.get(path, "")
            if not before or _blob_id(documents.project.root / path, before) != before:
                found.add((view.title, view.edition))
    return found


def _declared(items: tuple[Document, ...]) -> Mapping[EditionKey, object]:
    return {(view.title, view.edition): view.facts for view in catalog_views(items, Layers(items))}


def _earlier(documents: Documents, blobs: Mapping[str, str]) -> Iterator[Document]:
    """Yield the documents of a commit; those of a file that is as it was are the ones at hand."""
    at_hand: dict[str, list[Document]] = {path: [] for path in documents.paths}
    for item in documents.items:
        at_hand[item.path].append(item)
    root = documents.project.root
    for path, blob in sorted(blobs.items()):
        if path in at_hand and _blob_id(root / path, blob) == blob:
            yield from at_hand[path]
        elif path in at_hand or _is_of_the_catalog(documents, path):
            data = ask(root, "cat-file", "blob", blob)
            yield from read_file(Source(path, data or b""))[0]


def _blobs(listed: bytes) -> Iterator[tuple[str, str]]:
    """Read what git lists of a tree: the path of each file, and its id."""
    for line in listed.decode("utf-8", "surrogateescape").split("\0"):
        head, _, path = line.partition("\t")
        if " blob " in head:
            yield path, head.rpartition(" ")[2]


def _blob_id(path: Path, like: str) -> str:
    """Return git's id of a file as it is now, by the algorithm of another id; empty for a file that cannot be read."""
    try:
        data = read_bounded(path, MAX_BYTES)
    except OSError:
        return ""
    algorithm = hashlib.sha1(usedforsecurity=False) if len(like) == 40 else hashlib.sha256()
    algorithm.update(f"blob {len(data)}\0".encode() + data)
    return algorithm.hexdigest()


def _is_of_the_catalog(documents: Documents, path: str) -> bool:
    """Return whether a file that is gone was one of the catalog."""
    folders = [folder.strip("/") for folder in documents.project.catalog]
    hidden = any(part.startswith(".") for part in path.split("/"))
    return (
        path.lower().endswith(SUFFIXES) and not hidden and any(folder in {"", "."} or path.startswith(f"{folder}/") for folder in folders)
    )
