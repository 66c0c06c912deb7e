"""Fields of many editions, set: which documents change, each in its place.

A value is written where it is said, if that place serves only editions that are selected and all of them get the same; else on each
edition. What is not said anywhere is said on the title where all of its editions are selected and a title can say it. A field that is
unset has no value afterwards: what is said further out does not take the place of what was said nearer.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from catalogctl.config.defaults import METADATA, Layers
from catalogctl.config.documents import Document, Documents
from catalogctl.config.syntax.encoding import MAX_BYTES
from catalogctl.config.syntax.scalars import plain
from catalogctl.config.syntax.source import Source, parse
from catalogctl.config.yaml_writer import spoken
from catalogctl.editing.assignment import KEEP, Assignment, Change
from catalogctl.editing.patch import Aliases, Wish, patch, same
from catalogctl.editing.write_files import Edited
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Pointer, error
from catalogctl.model.title import Origin
from catalogctl.query.provenance import layers_of
from catalogctl.query.view import EditionView, edition_views
from catalogctl.system.file import read_bounded

EditionKey = tuple[str, str]
"""The ids of a title and of an edition."""

_WHOLE: Final = frozenset({"series", "ages"})
"""Mappings that are one thing: whoever says a part of them says all of it."""


class Level(StrEnum):
    """Where a value is written."""

    WHERE_SAID = "where it is said"
    EDITION = "edition"
    TITLE = "title"
    DEFAULTS = "defaults"


@dataclass(frozen=True, slots=True)
class Edits:
    """What an edit comes to."""

    files: tuple[Edited, ...]
    taken_back: int = 0
    """Places where `null` takes back what is said further out, for other editions too."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place in a document."""

    path: str
    document: int
    pointer: Pointer


class Assigning:
    """One edit of a catalog, as it grows assignment by assignment."""

    def __init__(self, documents: Documents, layers: Layers, level: Level = Level.WHERE_SAID, elsewhere: Sequence[Documents] = ()) -> None:
        """Begin an edit; `elsewhere` are the catalogs of other environments, which places of this one may serve too."""
        self._documents = documents
        self._layers = layers
        self._level = level
        self._titles = [item for item in documents.items if item.kind == "title"]
        groups = documents.project.territory_groups
        self._views: dict[EditionKey, tuple[EditionView, Document]] = {
            (view.title, view.edition): (view, item) for item in self._titles for view in edition_views(item, layers, groups)
        }
        here = {(item.path, item.index, key[1]) for key, (_, item) in self._views.items()}
        self._foreign = [
            (its_layers, item, edition)
            for other in elsewhere
            for its_layers in [Layers(other.items)]
            for item in other.items
            if item.kind == "title"
            for edition in item.data.get("editions", {})
            if (item.path, item.index, edition) not in here
        ]
        self._sources: dict[str, Source] = {}
        self._raw: dict[tuple[str, int], Any] = {}
        self._taken_back: set[_Spot] = set()

    @property
    def views(self) -> Iterator[EditionView]:
        """Every edition there is."""
        return (view for view, _ in self._views.values())

    def assign(self, wanted: Mapping[EditionKey, Assignment]) -> None:
        """Give a field of some editions a value each.

        Shapes:  all assignments are of one field.
        Raises:  CatalogError with every value that cannot be reckoned.
        """
        problems: list[Diagnostic] = []
        results: dict[EditionKey, Any] = {}
        for key, one in wanted.items():
            view = self._views[key][0]
            try:
                result = one.result(_at(view.facts, one.field.path))
            except CatalogError as wrong:
                if len(problems) < 20:
                    problems += [item if item.detail.startswith("`") and len(wanted) == 1 else _of(item, key) for item in wrong.diagnostics]
                continue
            if result is not KEEP and not self._is_so(view, one, result):
                results[key] = result
        if problems:
            raise CatalogError(*problems)
        if not results:
            return
        path = next(iter(wanted.values())).field.path
        is_unset = next(iter(wanted.values())).change is Change.UNSET
        if path[0] in _WHOLE and len(path) > 1:
            results = {key: self._whole(key, path, result) for key, result in results.items()}
            path, is_unset = path[:1], False
        if self._level is not Level.WHERE_SAID:
            spots = self._at_level(path, results, is_unset=is_unset)
        elif is_unset:
            spots = self._unset(path, results, wanted)
        else:
            spots = self._set(path, results)
        for spot, value in spots:
            self._write(spot, value)

    @staticmethod
    def _is_so(view: EditionView, one: Assignment, result: Any) -> bool:
        """Return whether an edition has a value already."""
        current = _at(view.facts, one.field.path)
        if one.change is Change.UNSET:
            return current is None
        if isinstance(result, (list, dict)) or one.field.leaf is None:
            return current is not None and same(spoken(current, one.field.path[-1]), result)
        try:
            return bool(current == one.field.leaf.read(result))
        except Exception:  # noqa: BLE001 -- what is no value is told when the result is checked
            return False

    def _whole(self, key: EditionKey, path: tuple[str, ...], result: Any) -> Any:
        held = _at(self._views[key][0].facts, path[:1]) or {}
        if not isinstance(held, dict):
            hint = f"Set the whole list, for instance\n{path[0]}=[{{…}}, {{…}}]"
            raise CatalogError(error("edit-value", "A field in a list", f"`{path[0]}` of {key[0]}.{key[1]} is a list.", hint))
        current = dict(held)
        if result is None:
            current.pop(path[1], None)
        else:
            current[path[1]] = result
        return current

    # ── places ──

    def _set(self, path: tuple[str, ...], results: Mapping[EditionKey, Any]) -> Iterator[tuple[_Spot, Any]]:
        """Decide where each value is written, each place once."""
        served: dict[_Spot, list[EditionKey | None]] = defaultdict(list)
        unsaid: dict[_Spot, list[EditionKey]] = defaultdict(list)
        for key, (view, item) in self._views.items():
            spot = next(_said(self._layers, item, view.edition, path), None)
            if spot is not None:
                served[spot].append(key)
            else:
                unsaid[_Spot(item.path, item.index, path)].append(key)
        for layers, item, edition in self._foreign:
            for spot in islice(_said(layers, item, edition, path), 1):
                served[spot].append(None)
        for spot, keys in served.items():
            some = [key for key in keys if key is not None and key in results]
            if not some:
                continue
            if len(some) == len(keys) and _alike(results[key] for key in some):
                yield spot, results[some[0]]
            else:
                yield from ((self._on_edition(key, path), results[key]) for key in some)
        for spot, all_of_title in unsaid.items():
            some = [key for key in all_of_title if key in results]
            if some and len(some) == len(all_of_title) and path[0] in METADATA and _alike(results[key] for key in some):
                yield spot, results[some[0]]
            else:
                yield from ((self._on_edition(key, path), results[key]) for key in some)

    def _unset(self, path: tuple[str, ...], results: Iterable[EditionKey], selected: Container[EditionKey]) -> Iterator[tuple[_Spot, Any]]:
        """Take a field away wherever it is said to nothing but what is selected, and take it back where it is said to others too."""
        needed: set[_Spot] = set()
        """Places that say it to others as well, be it below what these say themselves."""
        for key, (view, item) in self._views.items():
            if key not in selected:
                needed.update(_said(self._layers, item, view.edition, path))
        for layers, item, edition in self._foreign:
            needed.update(_said(layers, item, edition, path))
        taken: dict[_Spot, Any] = {}
        for key in results:
            item = self._views[key][1]
            own: list[_Spot] = []
            for spot in _said(self._layers, item, key[1], path):
                if spot in needed:
                    *own, last = [*own] or [self._on_edition(key, path)]
                    taken[last] = None
                    self._taken_back.add(last)
                    break
                own.append(spot)
            for spot in own:
                taken.setdefault(spot, _GONE)
        yield from taken.items()

    def _on_edition(self, key: EditionKey, path: tuple[str, ...]) -> _Spot:
        item = self._views[key][1]
        return _Spot(item.path, item.index, ("editions", key[1], *path))

    def _at_level(self, path: tuple[str, ...], results: Mapping[EditionKey, Any], *, is_unset: bool) -> Iterator[tuple[_Spot, Any]]:
        """Write at the level that was asked for, and take away what is said nearer, so that it holds."""
        yielded: dict[_Spot, Any] = {}
        for key, result in results.items():
            item = self._views[key][1]
            target = self._target(key, item, path)
            if target in yielded and not same(yielded[target], result):
                detail = f"`{'.'.join(path)}` would become two values at one place, {target.path}."
                raise CatalogError(error("edit-value", "Two values for one place", detail, "Leave --at out."))
            if target not in yielded:
                yielded[target] = result
                yield target, _GONE if is_unset else result
            for _, data, origin in layers_of(self._layers, item, key[1]):
                spot = _spot(origin, path)
                if spot == target:
                    break
                if _says(data, path) and spot not in yielded:
                    yielded[spot] = result
                    yield spot, _GONE

    def _target(self, key: EditionKey, item: Document, path: tuple[str, ...]) -> _Spot:
        if self._level is Level.EDITION:
            return self._on_edition(key, path)
        if self._level is Level.TITLE:
            if path[0] not in METADATA:
                raise _cannot_say("A title", path, "--at edition")
            return _Spot(item.path, item.index, path)
        for defaults in self._layers.nearest_first(posixpath.dirname(item.path)):
            in_edition = path[0] not in METADATA or _says(defaults.data.get("edition") or {}, path)
            return _Spot(defaults.path, defaults.index, ("edition", *path) if in_edition else path)
        detail = f"No document of `kind: defaults` is in the folder of {item.path} or above it."
        raise CatalogError(error("edit-value", "There are no defaults", detail, "Write one, or leave --at out."))

    # ── writing ──

    def _write(self, spot: _Spot, value: Any) -> None:
        raw = self._document(spot)
        above = raw
        for step in spot.pointer[:-1]:
            inner = above.get(step)
            if not isinstance(inner, dict):
                if value is _GONE:
                    return
                inner = above[step] = {}
            above = inner
        last = spot.pointer[-1]
        if value is not _GONE:
            above[last] = _as_written(above.get(last), value, str(last))
            return
        above.pop(last, None)
        for length in range(len(spot.pointer) - 1, 0, -1):  # a mapping with nothing left in it goes as well, but for an account
            way = spot.pointer[:length]
            holder = _at(raw, way[:-1])
            if not isinstance(holder, dict) or holder.get(way[-1]) != {} or "publish" in way or (way[0] == "editions" and length < 3):
                break
            del holder[way[-1]]

    def _document(self, spot: _Spot) -> Any:
        place = (spot.path, spot.document)
        if place not in self._raw:
            self._raw[place] = _unshared(parse(self._source(spot.path)).documents[spot.document])
        return self._raw[place]

    def _source(self, path: str) -> Source:
        if path not in self._sources:
            self._sources[path] = Source(path, read_bounded(self._documents.project.root / path, MAX_BYTES))
        return self._sources[path]

    def add_edition(self, item: Document, edition: str, block: Mapping[str, Any]) -> None:
        """Add an edition to a title; `block` is what the file is to say of it."""
        raw = self._document(_Spot(item.path, item.index, ()))
        raw.setdefault("editions", {})[edition] = dict(block)

    def edits(self, aliases: Aliases) -> Edits:
        """Return the files as they would be.

        Raises:  CatalogError with every file that cannot be edited.
        """
        wishes: dict[str, dict[int, Wish]] = defaultdict(dict)
        for (path, index), raw in self._raw.items():
            wishes[path][index] = Wish(raw)
        files: list[Edited] = []
        problems: list[Diagnostic] = []
        for path in sorted(wishes):
            source = self._source(path)
            try:
                after = patch(source, wishes[path], aliases)
            except CatalogError as refused:
                problems += refused.diagnostics
                continue
            if after != source.data:
                files.append(Edited(path, source.data, after))
        if problems:
            raise CatalogError(*problems)
        return Edits(tuple(files), len(self._taken_back))


class _Gone:
    def __repr__(self) -> str:
        return "GONE"


_GONE: Final = _Gone()
"""Says that a field is to be there no more."""


def _spot(origin: Origin, path: tuple[str, ...]) -> _Spot:
    return _Spot(origin.path, origin.document, (*origin.pointer, *path))


def _at(value: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
    return value


def _said(layers: Layers, item: Document, edition: str, path: tuple[str, ...]) -> Iterator[_Spot]:
    """List the places that say a field of an edition, the nearest first, down to one that takes back what is said further out."""
    for _, data, origin in layers_of(layers, item, edition):
        if _says(data, path):
            yield _spot(origin, path)
        if _takes_back(data, path):
            return


def _takes_back(data: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Return whether nothing that is said of a field further out reaches an edition."""
    value: Any = data
    for step in path:
        if not isinstance(value, dict):
            return True
        if step not in value:
            return False
        value = value[step]
    return value is None


def _says(data: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Return whether a block says something of a field, or takes back what is said further out."""
    value: Any = data
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return False
        value = value[step]
    return True


def _alike(values: Iterable[Any]) -> bool:
    first, *others = values
    return all(same(first, other) for other in others)


def _unshared(value: Any) -> Any:
    """Copy a value so that nothing of it is in two places, as repetitions (`*name`) do."""
    if isinstance(value, dict):
        return {name: _unshared(item) for name, item in value.items()}
    return [_unshared(item) for item in value] if isinstance(value, list) else value


def _as_written(before: Any, value: Any, name: str) -> Any:
    """Return a value in the form in which the file has the one before: numbers in quotes stay in quotes, codes as they are written."""
    value = spoken(value, name)
    match before, value:
        case str(), _ if value is not None and not isinstance(value, (str, bool, list, dict)):
            return format(value, "f") if not isinstance(value, int) else str(value)
        case ((int() | Decimal()), str()) if not isinstance(before, bool) and not isinstance(plain(value), (str, bool)):
            return plain(value)
        case dict(), dict():
            return {inner: _as_written(before.get(inner), item, inner) for inner, item in value.items()}
        case list(), list():
            return _items_as_written(before, value, name)
        case _:
            return value


_CODES: Final = frozenset({"bisac", "thema", "territories"})
"""Lists of codes, whose capitals say nothing."""


def _items_as_written(before: Sequence[Any], wanted: Sequence[Any], name: str) -> list[Any]:
    """Return the items of a list; one that the file has already is as it is written there, each of them once."""
    left = list(before)
    items: list[Any] = []
    for item in wanted:
        place = next((place for place, raw in enumerate(left) if _is_item(raw, item, name)), None)
        items.append(item if place is None else left.pop(place))
    return items


def _is_item(raw: Any, item: Any, name: str) -> bool:
    """Return whether an item of a list is the value that a file has in its own words."""
    if isinstance(raw, str) and isinstance(item, str):
        return raw == item or (name in _CODES and raw.casefold() == item.casefold())
    return same(spoken(raw, name), item)


def _of(item: Diagnostic, key: EditionKey) -> Diagnostic:
    return replace(item, detail=f"{key[0]}.{key[1]}: {item.detail}")


def _cannot_say(who: str, path: Sequence[str], instead: str) -> CatalogError:
    detail = f"{who} cannot say `{'.'.join(path)}`."
    return CatalogError(error("edit-value", "A field of editions", detail, f"Write\n{instead}"))
