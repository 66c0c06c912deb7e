"""Where each value of an edition comes from, and what it is said over."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalogctl.config.defaults import METADATA, Layers
from catalogctl.config.documents import Document
from catalogctl.config.project import Project
from catalogctl.config.syntax.source import parse
from catalogctl.model.diagnostics import Pointer
from catalogctl.model.title import Origin

_WHOLE: Final = ("series", "ages")
"""Mappings that are one thing: what is said of one replaces all of the other."""
_NOT_VALUES: Final = frozenset({"acknowledge"})


class _Whole(dict[str, Any]):
    """A mapping that is one thing."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One place that says a value."""

    layer: str
    """`edition`, `title` or `defaults`, and `publish.ACCOUNT` of one of these where it is said to one account."""
    value: Any
    """Canonical; None where it takes back what stands further out."""
    origin: Origin


@dataclass(frozen=True, slots=True)
class Traced:
    """One field of an edition: what holds, and what else is said of it."""

    path: tuple[str, ...]
    said: Statement
    """The nearest."""
    over: tuple[Statement, ...]
    """The others, nearest first."""

    def __str__(self) -> str:
        return ".".join(self.path)


def layers_of(layers: Layers, document: Document, edition: str) -> Iterator[tuple[str, Mapping[str, Any], Origin]]:
    """List all blocks that say something of an edition, the nearest first."""
    yield "edition", document.data.get("editions", {}).get(edition, {}), document.origin.at("editions", edition)
    yield "title", _shared(document.data), document.origin
    for defaults in layers.nearest_first(posixpath.dirname(document.path)):
        yield "defaults", defaults.data.get("edition") or {}, defaults.origin.at("edition")
        yield "defaults", _shared(defaults.data), defaults.origin


def _shared(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in data.items() if name in METADATA}


def trace(layers: Layers, document: Document, edition: str) -> tuple[Traced, ...]:
    """Trace every field that is said of an edition, in the order in which they are said, the edition's own first.

    Shapes:  down to single values and lists; a field that is said to be nothing is one too. What is said to one account alone stands
             under `publish.ACCOUNT`.
    """
    found: dict[tuple[str, ...], list[Statement]] = {}
    groups: set[tuple[str, ...]] = set()
    for layer, data, origin in layers_of(layers, document, edition):
        said = [(path, Statement(layer, value, origin.at(*path))) for path, value in _leaves(data, ())]
        new: dict[tuple[str, ...], list[Statement]] = {}
        for path, one in said:
            ending = next((path[:length] for length in range(1, len(path) + 1) if _ends(found.get(path[:length]))), None)
            if ending is not None:
                found[ending].append(one)
            elif path in found:
                found[path].append(one)
            elif path not in groups:
                new[path] = [one]
        found |= new
        groups.update(path[:length] for path in new for length in range(1, len(path)))
    if ("external_id",) not in found:
        found["external_id",] = [_external_id(found, document, edition)]
    return tuple(Traced(path, said[0], tuple(said[1:])) for path, said in found.items())


def _ends(said: list[Statement] | None) -> bool:
    """Return whether nothing counts that is said further out: a mapping alone is laid over another one."""
    return said is not None and (not isinstance(said[0].value, Mapping) or isinstance(said[0].value, _Whole))


def _external_id(found: Mapping[tuple[str, ...], list[Statement]], document: Document, edition: str) -> Statement:
    isbn = found.get(("isbn",))
    if isbn is not None and isbn[0].value is not None:
        return Statement("by default the ISBN", isbn[0].value, isbn[0].origin)
    return Statement("by default TITLE-EDITION", f"{document.data['id']}-{edition}", document.origin.at("editions", edition))


def _leaves(value: Mapping[str, Any], way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, inner in value.items():
        path = (*way, name)
        if name in _NOT_VALUES and not way:
            continue
        if not isinstance(inner, Mapping) or not inner:
            yield path, inner
        elif way or name not in _WHOLE:
            yield from _leaves(inner, path)
        else:
            yield path, _Whole(inner)


_CONNECTION: Final = frozenset({"provider", "base_url", "concurrency", "requests_per_minute", "timeout", "consistency_window"})
"""Settings of an account that are about its store, and about no value of an edition."""


def trace_settings(project: Project, account: str) -> tuple[Traced, ...]:
    """Trace what an account is set to that bears on values, as it is in the project's environment.

    Shapes:  the overlay of the environment goes before the account's own block; references to secrets are left out.
    """
    whole: Any = parse(project.source).documents[0]
    here: Pointer = ("accounts", account)
    blocks = [(f"environment {project.environment}", (*project.overlay, *here))] if project.overlay else []
    blocks.append(("account", here))
    found: dict[str, list[Statement]] = {}
    for layer, way in blocks:
        said = _at(whole, way)
        for name, value in said.items() if isinstance(said, dict) else ():
            if name not in _CONNECTION and not (isinstance(value, str) and value.startswith("${")):
                found.setdefault(name, []).append(Statement(layer, value, Origin(project.source.path, 0, (*way, name))))
    return tuple(Traced((name,), said[0], tuple(said[1:])) for name, said in found.items())


def _at(value: Any, way: Pointer) -> Any:
    for step in way:
        value = value.get(step) if isinstance(value, dict) else None
    return value
