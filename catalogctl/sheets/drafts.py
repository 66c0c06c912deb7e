"""What a sheet changes → the files as they would be: each field where it is said, new titles in files of their own."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from catalogctl.config.defaults import METADATA, Layers, lay_over
from catalogctl.config.documents import Document, Documents
from catalogctl.config.yaml_writer import write
from catalogctl.editing.assign import Assigning, EditionKey
from catalogctl.editing.assignment import Assignment, Change
from catalogctl.editing.patch import Aliases
from catalogctl.editing.write_files import Edited
from catalogctl.query.fields import Fields
from catalogctl.sheets.compare import Comparison, FieldEdit, NewEdition

_AMOUNTS: Final = ("prices",)


@dataclass(frozen=True, slots=True)
class Drafts:
    """The files as they would be."""

    edited: tuple[Edited, ...]
    new: tuple[Edited, ...]
    """Those that are not there yet, with no bytes before."""

    @property
    def all(self) -> tuple[Edited, ...]:
        """Both."""
        return (*self.edited, *self.new)


def drafts(documents: Documents, fields: Fields, found: Comparison, folder: str, defaults: Mapping[str, Any]) -> Drafts:
    """Make the files that say what a sheet says; nothing is written.

    Shapes:  `folder` is where new titles go, relative to the project folder; `defaults` are fields of theirs.
    Raises:  CatalogError where a file cannot be edited without touching something else.
    """
    layers = Layers(documents.items)
    assigning = Assigning(documents, layers)
    by_field: dict[tuple[str, ...], dict[EditionKey, Assignment]] = defaultdict(dict)
    for edit in found.edits:
        by_field[edit.path][edit.view.title, edit.view.edition] = _assignment(edit, fields)
    for wanted in by_field.values():
        assigning.assign(wanted)
    titles = {item.data["id"]: item for item in documents.items if item.kind == "title"}
    new: dict[str, dict[str, Any]] = {}
    for one in found.new:
        if one.title in titles:
            assigning.add_edition(titles[one.title], one.edition, _written(_own_facts(one, titles[one.title], layers)))
        else:
            title = new.setdefault(one.title, {"kind": "title", "id": one.title, **_written(defaults), "editions": {}})
            title["editions"][one.edition] = dict(one.facts)
    files = tuple(_new_file(documents, folder, name, said) for name, said in new.items())
    return Drafts(assigning.edits(Aliases.EXPAND).files, files)


def _assignment(edit: FieldEdit, fields: Fields) -> Assignment:
    change = Change.UNSET if edit.value is None else Change.SET
    value = _amount(edit.value) if edit.path[0] in _AMOUNTS and len(edit.path) == 2 else _written(edit.value)
    return Assignment(fields.find(edit.path), change, value, ".".join(edit.path), isinstance(value, list))


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


def _new_file(documents: Documents, folder: str, name: str, said: dict[str, Any]) -> Edited:
    editions: dict[str, dict[str, Any]] = said["editions"]
    first = next(iter(editions.values()))
    for field in METADATA:
        if field in first and all(block.get(field) == first[field] for block in editions.values()):
            said[field] = first[field]
            for block in editions.values():
                block.pop(field, None)
    schema = "schemas/title.schema.json"
    address = posixpath.relpath(schema, folder) if (documents.project.root / schema).is_file() else ""
    return Edited(posixpath.normpath(f"{folder}/{name}.yaml"), b"", write(said, address, {}).encode())
