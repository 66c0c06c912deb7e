"""What an edit comes to: every edition for which a field has another value afterwards, whether it was selected or not. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalogctl.config.defaults import Layers
from catalogctl.config.documents import Document, Documents
from catalogctl.editing.assign import EditionKey
from catalogctl.query.provenance import layers_of
from catalogctl.query.view import EditionView, edition_views


@dataclass(frozen=True, slots=True)
class Effect:
    """One field of one edition that has another value after an edit."""

    environment: str
    edition: EditionKey
    field: str
    before: Any
    """Canonical; `None`: it had no value."""
    after: Any
    said_in: str
    """The file that says the value after the edit; empty where none does."""
    is_selected: bool

    @property
    def name(self) -> str:
        """The edition as people write it."""
        return ".".join(self.edition)


@dataclass(frozen=True, slots=True)
class Kept:
    """A value of its own that an account goes on having whatever the edit says to all."""

    account: str
    edition: EditionKey
    field: str
    value: Any


def effects(
    before: Documents, after: Documents, edited: Container[str], fields: Sequence[tuple[str, ...]], selected: Container[EditionKey]
) -> Iterator[Effect]:
    """List the effects of an edit in one environment, in the order of its files.

    Shapes:  `edited` are the paths of the files that change; `fields` are what is assigned to.
    """
    layers, new_layers = Layers(before.items), Layers(after.items)
    known = {item.data["id"]: item for item in before.items if item.kind == "title"}
    for item in _about(after, edited):
        old = known.get(item.data["id"])
        held = {} if old is None else {view.edition: view for view in edition_views(old, layers)}
        for view in edition_views(item, new_layers):
            for path in fields:
                value, now = _value(held.get(view.edition), path), _value(view, path)
                if value != now:
                    key = (view.title, view.edition)
                    said_in = "" if now is None else _said_in(new_layers, item, view.edition, path)
                    yield Effect(after.project.environment, key, ".".join(path), value, now, said_in, key in selected)


def kept(after: Documents, edited: Container[str], assigned: Mapping[tuple[str, ...], Container[EditionKey]]) -> Iterator[Kept]:
    """List the values that accounts are given beside what an edit says to all of them.

    Shapes:  `assigned` has, by field, the editions that the edit gives a value.
    """
    layers = Layers(after.items)
    for item in _about(after, edited):
        for view in edition_views(item, layers):
            for path in (path for path, editions in assigned.items() if (view.title, view.edition) in editions):
                for account in view.accounts:
                    own = _value(view, ("publish", account, *path)) if path[0] != "publish" else None
                    if own is not None and own != _value(view, path):
                        yield Kept(account, (view.title, view.edition), ".".join(path), own)


def _about(after: Documents, edited: Container[str]) -> Iterator[Document]:
    """List the titles that an edit can bear on: those in its files, and those below defaults in them."""
    folders = [posixpath.dirname(item.path) for item in after.items if item.kind == "defaults" and item.path in edited]
    for item in after.items:
        if item.kind == "title" and (item.path in edited or any(not folder or item.path.startswith(f"{folder}/") for folder in folders)):
            yield item


def _value(view: EditionView | None, path: tuple[str, ...]) -> Any:
    value: Any = None if view is None else view.facts
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _said_in(layers: Layers, item: Document, edition: str, path: tuple[str, ...]) -> str:
    for _, data, origin in layers_of(layers, item, edition):
        value: Any = data
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None:
            return origin.path
    return ""
