"""A title or an edition, renamed: in its file, in the names of its assets and in the blocks that name it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from catalogctl.config.defaults import Layers
from catalogctl.config.documents import Document, Documents
from catalogctl.config.schema.leaf import LEAVES
from catalogctl.config.syntax.scalars import CodeError, FormError
from catalogctl.editing.draft import Draft, blocks_of, copied, leads_to, pin_keys, readdress_imports, take_out_moves
from catalogctl.editing.write_files import Edited, Renamed
from catalogctl.model.address import Address
from catalogctl.model.alike import most_alike
from catalogctl.model.diagnostics import CatalogError, Pointer, error

_NAME: Final = re.compile(r"(?P<title>[^/.\s]+)(?:\.(?P<edition>[^/.\s]+))?")


@dataclass(frozen=True, slots=True)
class Renaming:
    """What is renamed, and to what."""

    source: str
    target: str

    @property
    def title(self) -> str:
        """The title as it is called so far."""
        return self.source.partition(".")[0]

    @property
    def edition(self) -> str:
        """The edition as it is called so far; empty where the whole title is renamed."""
        return self.source.partition(".")[2]

    def names(self, title: str, edition: str) -> bool:
        """Return whether an edition gets another name."""
        return title == self.title and self.edition in {"", edition}

    def moved(self, address: Address) -> bool:
        """Return whether a resource gets another address."""
        return self.names(address.title, address.edition)

    def new(self, address: Address) -> Address:
        """Return the address that a resource gets."""
        title, _, edition = self.target.partition(".")
        return replace(address, title=title, edition=edition or address.edition)


@dataclass(frozen=True, slots=True)
class Extras:
    """What is done beside the rename in its file."""

    with_block: bool = False
    """Write the block that an apply takes."""
    with_assets: bool = False
    """Rename the title's own local files that bear its name as well. A store that knows files by their names replaces them."""


@dataclass(frozen=True, slots=True)
class RenameEdits:
    """What a rename comes to."""

    files: tuple[Edited, ...]
    checked: Mapping[str, bytes]
    """The same files while the assets have their old names."""
    assets: tuple[Renamed, ...]
    pinned: tuple[str, ...]
    """Editions whose key in the stores was made of the old name, and is written down now."""


def renaming(documents: Documents, source: str, target: str) -> tuple[Renaming, Document]:
    """Return what is renamed, once it is certain that it can be.

    Raises:  CatalogError (rename-refused, bad-slug).
    """
    old, new = _NAME.fullmatch(source), _NAME.fullmatch(target)
    if old is None or new is None or bool(old["edition"]) is not bool(new["edition"]):
        raise _refusal(f"`{source}` cannot become `{target}`.", "Name two titles or two editions:\ncatalogctl mv TITLE.OLD TITLE.NEW")
    titles = {item.data["id"]: item for item in documents.items if item.kind == "title"}
    document = titles.get(old["title"])
    if document is None:
        near = most_alike(old["title"], list(titles))
        raise _refusal(f"No title is called `{old['title']}`.", f"Did you mean {near[0]}?" if near else "")
    for name in (new["title"], new["edition"]):
        refuse_misshapen(name)
    if old["edition"]:
        editions = document.data.get("editions") or {}
        if old["title"] != new["title"]:
            raise _refusal(f"`{source}` is an edition of {old['title']}, and `{target}` would be one of another title.", "")
        if old["edition"] not in editions:
            near = most_alike(old["edition"], list(editions))
            raise _refusal(f"{old['title']} has no edition `{old['edition']}`.", f"Did you mean {near[0]}?" if near else "")
        if new["edition"] in editions:
            raise _refusal(f"{old['title']} has an edition `{new['edition']}` already.", "")
    elif new["title"] in titles:
        raise _refusal(f"A title is called `{new['title']}` already, in {titles[new['title']].path}.", "")
    return Renaming(source, target), document


def renamed(documents: Documents, layers: Layers, change: Renaming, document: Document, extras: Extras) -> RenameEdits:
    """Return the files as they are under the new name.

    The key by which a store knows an edition does not change: one that was made of the old name is written down.
    """
    plain = Draft(documents)
    keys = _rename_in(plain, layers, change, document)
    editions = () if change.edition else document.data.get("editions") or ()
    take_out_moves(plain, dict.fromkeys((change.target, *(f"{change.target}.{name}" for name in editions)), ()))
    if extras.with_block or leads_to(documents, change.source):
        raw = plain.document(document.path, document.index)
        raw["moved"] = [*blocks_of(raw, "moved"), {"from": change.source, "to": change.target}]
    renamed_keys = {(document.path, document.index): _renamed_keys(change)}
    checked = {one.path: one.after for one in plain.files(renamed_keys)}
    final = Draft(documents, plain.sources, {place: copied(value) for place, value in plain.wanted.items()})
    assets = _rename_assets(final, documents, change, document) if extras.with_assets else ()
    return RenameEdits(tuple(final.files(renamed_keys)), checked, assets, keys)


def _rename_in(draft: Draft, layers: Layers, change: Renaming, document: Document) -> tuple[str, ...]:
    pinned = pin_keys(draft, layers, change, document)
    raw = draft.document(document.path, document.index)
    if change.edition:
        new = change.target.partition(".")[2]
        raw["editions"] = {new if name == change.edition else name: one for name, one in raw["editions"].items()}
    else:
        raw["id"] = change.target
    readdress_imports(draft, change)
    return pinned


def _renamed_keys(change: Renaming) -> tuple[tuple[Pointer, str], ...]:
    return ((("editions", change.edition), change.target.partition(".")[2]),) if change.edition else ()


def _rename_assets(draft: Draft, documents: Documents, change: Renaming, document: Document) -> tuple[Renamed, ...]:
    """Return the new names of files that have the title's old name, where no other title uses them."""
    if change.edition:
        return ()
    raw = draft.document(document.path, document.index)
    others = {posixpath.basename(text) for item in documents.items if item is not document for text in _texts(item.data)}
    root, folder = documents.project.root, posixpath.dirname(document.path)
    found: dict[str, Renamed] = {}

    def new_name(text: str) -> str:
        head, name = posixpath.split(text)
        rest = name.removeprefix(change.source)
        if "://" in text or rest == name or (rest and rest[0].isalnum()) or name in others:
            return text
        path, target = (posixpath.normpath(posixpath.join(folder, head, one)) for one in (name, change.target + rest))
        if path.startswith("..") or not Path(root, path).is_file() or Path(root, path).is_symlink() or Path(root, target).exists():
            return text
        found[path] = Renamed(path, target)
        return posixpath.join(head, change.target + rest)

    for edition in (raw.get("editions") or {}).values():
        for holder in [edition, *(one for one in (edition.get("publish") or {}).values() if isinstance(one, dict))]:
            for name, text in (holder.get("files") or {}).items():
                if isinstance(text, str):
                    holder["files"][name] = new_name(text)
        for track in edition.get("tracks") or []:
            if isinstance(track.get("file"), str):
                track["file"] = new_name(track["file"])
    return tuple(found.values())


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str) and "." in value:
        yield value


def refuse_misshapen(name: str | None) -> None:
    """Stop where a title or an edition cannot be called so.

    Raises:  CatalogError (rename-refused).
    """
    if name is None:
        return
    try:
        LEAVES["slug"].read(name)
    except (CodeError, FormError):
        detail = f"`{name}` is not {LEAVES['slug'].form}."
        raise CatalogError(error("rename-refused", "A name that cannot be", detail, "Write for instance\nlong-quay")) from None


def _refusal(detail: str, hint: str) -> CatalogError:
    return CatalogError(error("rename-refused", "A rename that is refused", detail, hint or "To see what there is:\ncatalogctl list"))
