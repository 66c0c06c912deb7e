"""Editions that go from one title to another one: into a document of their own (split), or into one that is there (merge).

What is true of an edition stays as it is. Split copies what the title says; merge says what both titles say alike once, and gives the
editions that come what differs.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from catalogctl.config.defaults import METADATA, Layers, lay_over
from catalogctl.config.documents import Document, Documents
from catalogctl.config.field_order import in_order, order_at
from catalogctl.config.syntax.encoding import decode
from catalogctl.config.syntax.source import Source, parse
from catalogctl.config.title_file import over
from catalogctl.config.yaml_writer import spoken
from catalogctl.editing.draft import Draft, blocks_of, copied, leads_to, pin_keys, readdress_imports, take_out_moves
from catalogctl.editing.edition_text import with_editions_of, without_comments_of
from catalogctl.editing.patch import Aliases, Wish, patch, piece_places, same
from catalogctl.editing.rename import refuse_misshapen
from catalogctl.editing.write_files import Edited
from catalogctl.editing.written import documents as pieces_of
from catalogctl.model.address import Address
from catalogctl.model.alike import most_alike
from catalogctl.model.diagnostics import CatalogError, error
from catalogctl.query.view import EditionView, edition_views

_BLOCKS: Final = ("moved", "removed", "import")
_WHOLE: Final = frozenset({"series", "ages"})
_OF_PLACE: Final = frozenset({"acknowledge"})
"""What an edition says of its warnings, and nothing that is true of it."""


@dataclass(frozen=True, slots=True)
class Regrouping:
    """Which editions go where."""

    source: str
    target: str
    editions: tuple[str, ...]
    """Those that go; empty: all of the title, which ends."""

    def names(self, title: str, edition: str) -> bool:
        """Return whether an edition gets another name."""
        return title == self.source and (not self.editions or edition in self.editions)

    def moved(self, address: Address) -> bool:
        """Return whether a resource gets another address."""
        return self.names(address.title, address.edition)

    def new(self, address: Address) -> Address:
        """Return the address that a resource gets."""
        return replace(address, title=self.target)

    @property
    def blocks(self) -> list[dict[str, str]]:
        """The `moved` block that says the same."""
        if not self.editions:
            return [{"from": self.source, "to": self.target}]
        return [{"from": f"{self.source}.{name}", "to": f"{self.target}.{name}"} for name in self.editions]


@dataclass(frozen=True, slots=True)
class RegroupEdits:
    """What a split or a merge comes to."""

    files: tuple[Edited, ...]
    pinned: tuple[str, ...]
    """Editions whose key in the stores was made of the old name, and is written down now."""


def splitting(documents: Documents, source: str, target: str, editions: Sequence[str]) -> tuple[Regrouping, Document]:
    """Return which editions leave a title, once it is certain that they can.

    Raises:  CatalogError (regroup-refused, rename-refused).
    """
    document = _title(documents, source)
    refuse_misshapen(target)
    titles = _titles(documents)
    if target in titles:
        hint = f"To move all editions of {source} there:\ncatalogctl merge {source} {target}"
        raise _refusal(f"A title is called `{target}` already, in {titles[target].path}.", hint)
    known = document.data.get("editions") or {}
    for name in editions:
        if name not in known:
            near = most_alike(name, list(known))
            raise _refusal(f"{source} has no edition `{name}`.", f"Did you mean {near[0]}?" if near else "")
    named = tuple(name for name in known if name in editions)
    if len(named) == len(known):
        raise _refusal(f"No edition would be left of {source}.", f"To rename the title:\ncatalogctl mv {source} {target}")
    return Regrouping(source, target, named), document


def split(documents: Documents, layers: Layers, change: Regrouping, document: Document, *, with_block: bool) -> RegroupEdits:
    """Return the files after editions got a document of their own, which is a copy of the title's without the others."""
    draft = Draft(documents)
    source = draft.source(document.path)
    raw = draft.document(document.path, document.index)
    pinned = pin_keys(draft, layers, change, document)
    new = {name: copied(value) for name, value in raw.items() if name not in _BLOCKS}
    new |= {"id": change.target, "editions": {name: new["editions"][name] for name in change.editions}}
    left = [name for name in raw["editions"] if name not in change.editions]
    raw["editions"] = {name: raw["editions"][name] for name in left}
    back = [{"from": f"{change.target}.{name}", "to": f"{change.source}.{name}"} for name in left]
    take_out_moves(draft, {change.target: back, **dict.fromkeys((f"{change.target}.{name}" for name in change.editions), ())})
    if with_block or any(leads_to(documents, f"{change.source}.{name}") for name in change.editions) or _leads_to_title(documents, change):
        new["moved"] = change.blocks
    readdress_imports(draft, change)
    path = posixpath.join(posixpath.dirname(document.path), change.target + posixpath.splitext(document.path)[1])
    if (documents.project.root / path).exists():
        raise _refusal(f"{path} is there already.", "Choose another name.")
    is_json = _is_json(path)
    pieces, place = _pieces(source, document.index)
    begun = without_comments_of(pieces[place], left, is_json=is_json).removeprefix("---\n").removeprefix("---\r\n")
    written = Edited(path, b"", patch(Source(path, begun.encode()), {0: Wish(new)}, Aliases.EXPAND))
    pieces[place] = without_comments_of(pieces[place], change.editions, is_json=is_json)
    draft.sources[document.path] = Source(document.path, _mark(source) + "".join(pieces).encode())
    files = [replace(one, before=source.data) if one.path == document.path else one for one in draft.files({})]
    return RegroupEdits((written, *files), pinned)


def merging(documents: Documents, source: str, target: str) -> tuple[Regrouping, Document, Document]:
    """Return what goes into which title, once it is certain that it can.

    Raises:  CatalogError (regroup-refused).
    """
    document, into = _title(documents, source), _title(documents, target)
    if document is into:
        raise _refusal(f"{source} cannot become part of itself.", "")
    theirs = into.data.get("editions") or {}
    for name in document.data.get("editions") or {}:
        if name in theirs:
            hint = f"Rename one of them first, for instance:\ncatalogctl mv {source}.{name} {source}.{name}-2"
            raise _refusal(f"{source} and {target} both have an edition `{name}`.", hint)
    return Regrouping(source, target, ()), document, into


def merge(documents: Documents, layers: Layers, change: Regrouping, both: tuple[Document, Document], *, with_block: bool) -> RegroupEdits:
    """Return the files after the editions of the first title went into the second: what differs between the two is the editions' own."""
    document, into = both
    draft = Draft(documents)
    raw, target = draft.document(document.path, document.index), draft.document(into.path, into.index)
    pinned = pin_keys(draft, layers, change, document)
    outer = {name: into.data[name] for name in METADATA if name in into.data}
    outer = lay_over(outer, layers.defaults(posixpath.dirname(into.path)))
    for view in edition_views(document, layers):
        _own_what_differs(raw, view, document, outer)
    _readdress_files(raw, posixpath.dirname(document.path), posixpath.dirname(into.path))
    read = [one for one in raw.get("acknowledge") or [] if one not in (target.get("acknowledge") or [])]
    for block in (raw.get("editions") or {}).values() if read else ():
        block["acknowledge"] = [*(block.get("acknowledge") or []), *copied(read)]
    names = list(raw.get("editions") or {})
    take_out_moves(draft, dict.fromkeys((change.target, *(f"{change.target}.{name}" for name in names)), ()))
    before = draft.source(document.path)
    pieces, place = _pieces(before, document.index)
    readdress_imports(draft, change)
    target["editions"] = {**(target.get("editions") or {}), **copied(raw.get("editions") or {})}
    if with_block or _leads_to_title(documents, change):
        target["moved"] = [*blocks_of(target, "moved"), *change.blocks]
    for block in _BLOCKS:
        if raw.get(block):
            target[block] = [*copied(blocks_of(raw, block)), *blocks_of(target, block)]
    originals = {path: source.data for path, source in draft.sources.items()}
    if not _is_json(document.path) and not _is_json(into.path) and names:
        said = patch(Source(document.path, pieces[place].encode()), {0: Wish(raw)}, Aliases.EXPAND).decode()
        _plant(draft, into, target, said, names)
    del draft.wanted[document.path, document.index]
    found = {path: one.data for path, one in draft.sources.items() if one.data != originals.get(path, one.data)}
    found |= {one.path: one.after for one in draft.files({})}
    found[document.path] = _without(Source(document.path, found.get(document.path, before.data)), document.index)
    files = [Edited(path, originals.get(path) or draft.source(path).data, after) for path, after in sorted(found.items())]
    return RegroupEdits(tuple(files), pinned)


def _own_what_differs(raw: Any, view: EditionView, document: Document, outer: Mapping[str, Any]) -> None:
    """Let an edition say what would be otherwise below another title."""
    block, said = raw["editions"][view.edition], document.data["editions"][view.edition]
    below = lay_over(said, outer)
    for name in sorted({*METADATA, *view.facts, *outer} - _OF_PLACE):
        wanted = view.facts.get(name)
        if below.get(name) == wanted:
            continue
        further = outer.get(name)
        if wanted is None:
            block[name] = None
        elif name in raw and document.data.get(name) == wanted and (name in _WHOLE or not isinstance(further, dict)):
            block[name] = copied(raw[name])
        elif isinstance(wanted, dict) and isinstance(further, dict) and name not in _WHOLE:
            least = spoken(over(wanted, further, taken_back=False if name == "publish" else None), name)
            block[name] = {key: least[key] for key in in_order(list(least), order_at((name,)))}
        else:
            block[name] = spoken(wanted, name)


def _readdress_files(raw: Any, old: str, new: str) -> None:
    """Let the editions of a document name their local files as they are named from another folder."""
    if old == new:
        return

    def moved(text: Any) -> Any:
        if not isinstance(text, str) or "://" in text or text.startswith("/"):
            return text
        return posixpath.relpath(posixpath.join(old, text), new or ".")

    for edition in (raw.get("editions") or {}).values():
        for holder in (edition, *(edition.get("publish") or {}).values()):
            if isinstance(holder, dict) and isinstance(holder.get("files"), dict):
                holder["files"] = {kind: moved(text) for kind, text in holder["files"].items()}
        for track in edition.get("tracks") or ():
            if "file" in track:
                track["file"] = moved(track["file"])
        if (edition.get("onix") or {}).get("record"):
            edition["onix"]["record"] = moved(edition["onix"]["record"])


def _plant(draft: Draft, into: Document, target: Mapping[str, Any], said: str, names: Sequence[str]) -> None:
    """Write the editions with their comments into the text of the title that they go into, where they then say what they shall."""
    source = draft.source(into.path)
    pieces, place = _pieces(source, into.index)
    text = with_editions_of(pieces[place], said, names)
    if text is None:
        return
    pieces[place] = text
    planted = Source(into.path, _mark(source) + "".join(pieces).encode())
    after = parse(planted).documents
    now: Any = after[into.index] if len(after) == len(parse(source).documents) else None
    if isinstance(now, dict) and same(now.get("editions"), target["editions"]):
        draft.sources[into.path] = planted


def _without(source: Source, index: int) -> bytes:
    """Return a file without one of its documents; nothing where that is all there is."""
    said = parse(source).documents
    if len(said) == 1:
        return b""
    pieces, place = _pieces(source, index)
    del pieces[place]
    data = _mark(source) + "".join(pieces).encode()
    left = parse(Source(source.path, data)).documents
    if len(left) != len(said) - 1 or not all(map(same, left, (one for number, one in enumerate(said) if number != index))):
        raise _refusal(f"The document cannot be cut out of {source.path}.", "Give it a file of its own first.")
    return data


def _leads_to_title(documents: Documents, change: Regrouping) -> bool:
    """Return whether a block leads to the title as a whole, or to any of its editions where all of them go."""
    if not change.editions:
        return leads_to(documents, change.source)
    return any(block["to"] == change.source for item in documents.items for block in item.data.get("moved") or ())


def _pieces(source: Source, index: int) -> tuple[list[str], int]:
    is_json = _is_json(source.path)
    pieces = pieces_of(decode(source.data, yaml=not is_json), is_json=is_json)
    return pieces, piece_places(pieces, parse(source))[index]


def _mark(source: Source) -> bytes:
    mark = "\ufeff".encode()
    return mark if source.data.startswith(mark) else b""


def _is_json(path: str) -> bool:
    return path.lower().endswith(".json")


def _titles(documents: Documents) -> dict[str, Document]:
    return {item.data["id"]: item for item in documents.items if item.kind == "title"}


def _title(documents: Documents, name: str) -> Document:
    titles = _titles(documents)
    if name not in titles:
        near = most_alike(name, list(titles))
        raise _refusal(f"No title is called `{name}`.", f"Did you mean {near[0]}?" if near else "")
    return titles[name]


def _refusal(detail: str, hint: str) -> CatalogError:
    return CatalogError(
        error("regroup-refused", "A split or a merge that is refused", detail, hint or "To see what there is:\ncatalogctl list")
    )
