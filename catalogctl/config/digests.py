"""What the files say, piece by piece, each known by its digest: how a saved plan names what has changed since."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from catalogctl.config.documents import Document, Documents
from catalogctl.config.project import encodable
from catalogctl.model.value import digest

_BLOCKS: Final = ("moved", "removed", "import")


def document_digests(documents: Documents, titles: Collection[str]) -> dict[str, str]:
    """Return the digest of everything that has a say in what becomes of some titles.

    Shapes:  the project file is under its name, each of these titles under `FILE#ID`; what a file says to all titles is under
             `FILE#defaults` and `FILE#blocks`. A digest is of what is said, so that comments and layout do not count.
    Raises:  nothing.
    """
    said: dict[str, list[Any]] = {}
    for item in documents.items:
        if item.kind == "defaults" or (item.kind == "title" and item.data["id"] in titles):
            said.setdefault(_name(item), []).append(item.data)
        blocks = {name: item.data[name] for name in _BLOCKS if item.data.get(name)}
        if blocks:
            said.setdefault(f"{item.path}#blocks", []).append(blocks)
    project = documents.project
    return {project.source.path: project.digest, **{name: digest(encodable(parts)) for name, parts in said.items()}}


def _name(item: Document) -> str:
    return f"{item.path}#{item.data['id'] if item.kind == 'title' else item.kind}"
