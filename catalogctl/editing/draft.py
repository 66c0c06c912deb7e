"""Documents on their way to what they shall say, before any file is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from catalogctl.config.defaults import Layers
from catalogctl.config.documents import Document, Documents
from catalogctl.config.syntax.encoding import MAX_BYTES
from catalogctl.config.syntax.source import Source, parse
from catalogctl.editing.patch import Aliases, Wish, patch
from catalogctl.editing.write_files import Edited
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import CatalogError, Pointer, error
from catalogctl.query.view import edition_views
from catalogctl.system.file import read_bounded


class Readdressing(Protocol):
    """A change after which resources have other addresses."""

    def names(self, title: str, edition: str) -> bool:
        """Return whether an edition gets another name."""

    def moved(self, address: Address) -> bool:
        """Return whether a resource gets another address."""

    def new(self, address: Address) -> Address:
        """Return the address that a resource gets."""


@dataclass(slots=True)
class Draft:
    """Documents as they shall be, by file and index."""

    documents: Documents
    sources: dict[str, Source] = field(default_factory=dict)
    wanted: dict[tuple[str, int], Any] = field(default_factory=dict)

    def source(self, path: str) -> Source:
        """Return a file as it is."""
        if path not in self.sources:
            self.sources[path] = Source(path, read_bounded(self.documents.project.root / path, MAX_BYTES))
        return self.sources[path]

    def document(self, path: str, index: int) -> Any:
        """Return what a document shall say, to be changed; so far what it says."""
        if (path, index) not in self.wanted:
            self.wanted[path, index] = copied(parse(self.source(path)).documents[index])
        return self.wanted[path, index]

    def files(self, renamed: Mapping[tuple[str, int], tuple[tuple[Pointer, str], ...]]) -> Iterator[Edited]:
        """List the files whose text changes.

        Shapes:  `renamed` has, by document, keys that are renamed: the place of each, and its new name.
        """
        wishes: dict[str, dict[int, Wish]] = defaultdict(dict)
        for (path, index), value in self.wanted.items():
            wishes[path][index] = Wish(value, renamed.get((path, index), ()))
        for path in sorted(wishes):
            source = self.source(path)
            after = patch(source, wishes[path], Aliases.EXPAND)
            if after != source.data:
                yield Edited(path, source.data, after)


def pin_keys(draft: Draft, layers: Layers, change: Readdressing, document: Document) -> tuple[str, ...]:
    """Write down the keys of editions that are made of the old name; return those that stores know by it.

    An ONIX record's reference is such a key too, where the project has a namespace to make it of.
    """
    raw = draft.document(document.path, document.index)
    namespace = draft.documents.project.onix.namespace
    pinned: list[str] = []
    for view in edition_views(document, layers):
        if not change.names(view.title, view.edition):
            continue
        block = raw["editions"][view.edition]
        if not view.facts.get("isbn") and not view.facts.get("external_id"):
            block["external_id"] = f"{view.title}-{view.edition}"
            pinned.append(f"{view.title}.{view.edition}")
        if namespace and not (view.facts.get("onix") or {}).get("reference"):
            block["onix"] = {"reference": f"{namespace}.{view.title}.{view.edition}", **(block.get("onix") or {})}
    return tuple(pinned)


def readdress_imports(draft: Draft, change: Readdressing) -> None:
    """Give `import` blocks of any document the new addresses."""
    for item in draft.documents.items:
        for number, block in enumerate(item.data.get("import") or ()):
            address = Address.parse(block["address"])
            if change.moved(address):
                blocks_of(draft.document(item.path, item.index), "import")[number]["address"] = str(change.new(address))


def blocks_of(raw: Mapping[str, Any], name: str) -> list[Any]:
    """Return the `moved`, `removed` or `import` blocks of a document as a list, also where there is only one without a list."""
    held = raw.get(name)
    return [held] if isinstance(held, dict) else held or []


def leads_to(documents: Documents, name: str) -> bool:
    """Return whether a `moved` block leads to a name: state may not have taken it yet, and then needs the next step as well."""
    blocks = [*blocks_of(documents.project.blocks, "moved"), *(block for item in documents.items for block in item.data.get("moved") or ())]
    ends = [_name(block["to"]) for block in blocks]
    return any(end == name or end.startswith(f"{name}.") for end in ends)


def take_out_moves(draft: Draft, names: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
    """Take out the `moved` blocks that lead away from names which are given again: with the way back they would be a circle.

    Shapes:  `names` are titles and editions, each with the blocks that take the place of one that leads away from it.
    Raises:  CatalogError (rename-refused) where the block is in the project file.
    """
    for block in blocks_of(draft.documents.project.blocks, "moved"):
        if _name(block["from"]) in names:
            path = draft.documents.project.source.path
            detail = f"A `moved` block in {path} leads from {block['from']} to {block['to']}: with the way back it would be a circle."
            raise CatalogError(
                error("rename-refused", "A rename that is refused", detail, "Take the block out, once it is applied everywhere.")
            )
    for item in draft.documents.items:
        held = [_name(block["from"]) for block in item.data.get("moved") or ()]
        if names.keys().isdisjoint(held):
            continue
        raw = draft.document(item.path, item.index)
        left: list[Any] = []
        for name, block in zip(held, blocks_of(raw, "moved"), strict=True):
            left += map(dict, names[name]) if name in names else [block]
        if left or item.kind == "blocks":
            raw["moved"] = left
        else:
            del raw["moved"]


def _name(end: str) -> str:
    """Return the title or the edition that an end of a block is about."""
    return end.split("/")[2] if end.count("/") >= 2 else end


def copied(value: Any) -> Any:
    """Return a document's value as a copy that can be changed."""
    if isinstance(value, dict):
        return {name: copied(item) for name, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value
