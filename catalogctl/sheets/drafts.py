"""What a sheet changes → the files as they would be: each field where it is said, new titles in files of their own, all of it judged."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from catalogctl.config.defaults import METADATA, Layers, lay_over
from catalogctl.config.documents import Document, Documents, read_file
from catalogctl.config.resolve import Resolved, resolve
from catalogctl.config.syntax.encoding import MAX_BYTES
from catalogctl.config.syntax.source import Source, parse
from catalogctl.config.yaml_writer import write
from catalogctl.editing.patch import Wish, patch
from catalogctl.editing.write_files import Edited
from catalogctl.model.diagnostics import Diagnostic
from catalogctl.sheets.compare import Comparison, FieldEdit, NewEdition
from catalogctl.system.file import read_bounded

_WHOLE: Final = ("series",)
"""Mappings that are one thing: an edition that says part of one says all of it."""
_AMOUNTS: Final = ("prices",)


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that is not there yet."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Drafts:
    """The files as they would be."""

    edited: tuple[Edited, ...]
    new: tuple[NewFile, ...]
    resolved: Resolved
    """The catalog with them, and everything that is wrong with it."""


def drafts(documents: Documents, layers: Layers, found: Comparison, folder: str, defaults: Mapping[str, Any]) -> Drafts:
    """Make the files that say what a sheet says; nothing is written.

    Shapes:  `folder` is where new titles go, relative to the project folder; `defaults` are fields of theirs.
    Raises:  CatalogError where a file cannot be edited without touching something else.
    """
    wishes: dict[str, dict[int, Any]] = defaultdict(dict)
    sources: dict[str, Source] = {}
    titles = {item.data["id"]: item for item in documents.items if item.kind == "title"}

    def document(item: Document) -> Any:
        """Return what a document says as it is written, to be changed."""
        source = sources.get(item.path)
        if source is None:
            source = sources[item.path] = Source(item.path, read_bounded(documents.project.root / item.path, MAX_BYTES))
        known = wishes[item.path]
        if item.index not in known:
            known[item.index] = deepcopy(parse(source).documents[item.index])
        return known[item.index]

    for edit, level in _placed(found.edits, titles):
        item = titles[edit.view.title]
        inherited = layers.defaults(posixpath.dirname(item.path))
        block = document(item)
        if level == "edition":
            inherited = lay_over({name: item.data[name] for name in METADATA if name in item.data}, inherited)
            block = block["editions"][edit.view.edition]
        _say(block, edit, inherited)
    new: dict[str, dict[str, Any]] = {}
    for one in found.new:
        if one.title in titles:
            value = document(titles[one.title])
            value.setdefault("editions", {})[one.edition] = _written(_own_facts(one, titles[one.title], layers))
        else:
            title = new.setdefault(one.title, {"kind": "title", "id": one.title, **_written(defaults), "editions": {}})
            title["editions"][one.edition] = dict(one.facts)
    edited = [
        Edited(path, sources[path].data, patch(sources[path], {index: Wish(value) for index, value in values.items()}))
        for path, values in sorted(wishes.items())
    ]
    edited = [one for one in edited if one.before != one.after]
    files = [_new_file(documents, folder, name, said) for name, said in new.items()]
    as_they_would_be = {one.path: one.after for one in edited} | {one.path: one.data for one in files}
    return Drafts(tuple(edited), tuple(files), _judged(documents, as_they_would_be))


def _placed(edits: Sequence[FieldEdit], titles: Mapping[str, Document]) -> Iterator[tuple[FieldEdit, str]]:
    """Yield each edit with the place where it is said: on its edition, or once on the title where all its editions change alike."""
    alike: dict[tuple[str, tuple[str, ...]], list[FieldEdit]] = defaultdict(list)
    for edit in edits:
        alike[edit.view.title, edit.path].append(edit)
    for (title, path), group in alike.items():
        editions = titles[title].data.get("editions", {})
        heirs = {name for name, block in editions.items() if not _is_said(block, path[:1])}
        changed = {edit.view.edition for edit in group}
        first = group[0]
        shared = path[0] in METADATA and heirs and heirs <= changed
        shared = shared and all(edit.value == first.value for edit in group if edit.view.edition in heirs)
        if shared:
            yield next(edit for edit in group if edit.view.edition in heirs), "title"
        for edit in group:
            if not (shared and edit.view.edition in heirs):
                yield edit, "edition"


def _is_said(block: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    value: Any = block
    for step in path:
        if not isinstance(value, Mapping) or step not in value:
            return False
        value = value[step]
    return True


def _say(block: dict[str, Any], edit: FieldEdit, inherited: Mapping[str, Any]) -> None:
    """Write one field into a block of a document; what is further out says `inherited`, and has to be taken back."""
    path, value = edit.path, _written_value(edit.path, edit.value)
    for step in path[:-1]:
        inner = block.get(step)
        if not isinstance(inner, dict):
            whole = edit.view.facts.get(step) if step in _WHOLE else None
            inner = dict(whole) if isinstance(whole, Mapping) else {}
            block[step] = inner
        block = inner
    last = path[-1]
    if value is not None:
        block[last] = value
    elif _is_said(inherited, path):
        block[last] = None
    else:
        block.pop(last, None)


def _written_value(path: tuple[str, ...], value: Any) -> Any:
    return _amount(value) if path[0] in _AMOUNTS and len(path) == 2 else _written(value)


def _written(value: Any) -> Any:
    """Return a value as a reader of a file gives it: amounts of prices as numbers."""
    match value:
        case Mapping():
            return {
                name: {currency: _amount(amount) for currency, amount in inner.items()} if name in _AMOUNTS else _written(inner)
                for name, inner in value.items()
            }
        case list() | tuple():
            return [_written(item) for item in value]
        case _:
            return value


def _amount(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _own_facts(one: NewEdition, item: Document, layers: Layers) -> dict[str, Any]:
    """Return what a new edition has to say itself: not what its title and the defaults say as well."""
    said = {name: item.data[name] for name in METADATA if name in item.data}
    inherited = lay_over(said, layers.defaults(posixpath.dirname(item.path)))
    return {name: value for name, value in one.facts.items() if not (name in METADATA and inherited.get(name) == value)}


def _new_file(documents: Documents, folder: str, name: str, said: dict[str, Any]) -> NewFile:
    editions: dict[str, dict[str, Any]] = said["editions"]
    first = next(iter(editions.values()))
    for field in METADATA:
        if field in first and all(block.get(field) == first[field] for block in editions.values()):
            said[field] = first[field]
            for block in editions.values():
                block.pop(field, None)
    schema = "schemas/title.schema.json"
    address = posixpath.relpath(schema, folder) if (documents.project.root / schema).is_file() else ""
    return NewFile(posixpath.normpath(f"{folder}/{name}.yaml"), write(said, address, {}).encode())


def _judged(documents: Documents, files: Mapping[str, bytes]) -> Resolved:
    """Resolve the catalog with some files as they would be."""
    changed = {path: Source(path, data) for path, data in files.items()}
    items = [item for item in documents.items if item.path not in changed]
    wrong: list[Diagnostic] = []
    for source in changed.values():
        read, problems, _ = read_file(source)
        items.extend(read)
        wrong.extend(problems)
    items.sort(key=lambda item: (item.path, item.index))
    with_them = replace(
        documents,
        items=tuple(items),
        diagnostics=type(documents.diagnostics).of(documents.diagnostics, wrong),
        places={(item.path, item.index): item for item in items},
        sources={**documents.sources, **changed},
        paths=tuple(sorted({*documents.paths, *changed})),
    )
    return resolve(with_them)
