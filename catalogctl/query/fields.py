"""The fields of an edition that can be asked for, and what each of them holds.

The models say which there are, so that a new field can be asked for on the day it can be written. Beside them are those that an
edition has by its place: `id`, `edition`, `account` and `path`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import Any, Final

from catalogctl.config.schema.document import TitleDocument
from catalogctl.config.schema.draft7 import model_schema
from catalogctl.config.schema.leaf import LEAVES, Leaf
from catalogctl.config.store_facts import FACTS, OF_BOTH
from catalogctl.model.alike import most_alike

OF_ITS_PLACE: Final[Mapping[str, str]] = {
    "id": "slug",
    "edition": "slug",
    "account": "name",
    "path": "line",
}
"""What an edition has without a line that says so → the kind of scalar that it is."""

ALSO_CALLED: Final[Mapping[str, tuple[str, ...]]] = {
    "content": ("files", "content"),
    "cover": ("files", "cover"),
    "bisac": ("subjects", "bisac"),
    "thema": ("subjects", "thema"),
}
"""Short names of fields that are written further in."""

_NUMBERS: Final = frozenset({"price", "count"})
_COUNTED: Final = frozenset({"integer", "number"})


class FieldKind(StrEnum):
    """How the values of a field are compared."""

    TEXT = "text"
    NUMBER = "a number"
    DATE = "a day"
    TRUTH = "true or false"
    GROUP = "a group of fields"
    """A mapping, or a list of them: it exists or does not, and its fields have the values."""
    EITHER = "a text or a number"
    """A series' number, a provider's own option: each value says itself which it is."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field that can be asked for."""

    path: tuple[str, ...]
    """The steps from an edition; lists are passed through, so that `contributors.name` has the name of each contributor."""
    kind: FieldKind
    leaf: Leaf | None = field(default=None, repr=False, compare=False)
    """What reads a value of it as the files are read; None where any text is one, and where `choices` are all."""
    choices: tuple[str, ...] = field(default=(), repr=False, compare=False)
    """All values that it can have, where they are few."""

    def __str__(self) -> str:
        return ".".join(self.path)


class UnknownFieldError(Exception):
    """There is no such field; names the step that is wrong, and what it may have been meant for."""

    def __init__(self, step: int, known: tuple[str, ...], nearest: str) -> None:
        super().__init__(nearest)
        self.step = step
        """Which step of the path, from 0."""
        self.known = known
        """What could be there; empty where nothing could."""
        self.nearest = nearest
        """Of these the most alike; empty where none is."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What can be asked for in one project."""

    accounts: tuple[str, ...] | None = None
    """Those that `publish` may name; None: any."""
    statuses: tuple[str, ...] = ()
    """The words of the field `status`; empty where there is no such field."""

    def find(self, path: tuple[str, ...]) -> Field:
        """Return the field at a path.

        Raises:  UnknownFieldError.
        """
        steps = (*ALSO_CALLED[path[0]], *path[1:]) if path[0] in ALSO_CALLED else path
        moved = len(steps) - len(path)
        if steps == ("status",) and self.statuses:
            return Field(steps, FieldKind.TEXT, None, self.statuses)
        if steps[0] in OF_ITS_PLACE:
            if len(steps) > 1:
                raise UnknownFieldError(1, (), "")
            choices = self.accounts or () if steps[0] == "account" else ()
            return Field(steps, FieldKind.TEXT, LEAVES[OF_ITS_PLACE[steps[0]]], choices)
        if steps[0] == "publish" and len(steps) > 1:
            return self._published(steps)
        try:
            return _field(steps, _walk(_edition(), steps))
        except UnknownFieldError as wrong:
            known = (*OF_ITS_PLACE, *wrong.known) if wrong.step == 0 else wrong.known
            raise _unknown(max(0, wrong.step - moved), steps[wrong.step], known) from None

    def _published(self, steps: tuple[str, ...]) -> Field:
        _, account, *inside = steps
        if self.accounts is not None and account not in self.accounts:
            raise _unknown(1, account, self.accounts)
        if inside:
            try:
                found = _field(tuple(inside), _walk(_edition(), tuple(inside)))
            except UnknownFieldError as wrong:
                if wrong.step and inside[0] in FACTS - OF_BOTH:
                    raise _unknown(2 + wrong.step, inside[wrong.step], wrong.known) from None
                return Field(steps, FieldKind.EITHER)
            return replace(found, path=steps)
        return Field(steps, FieldKind.GROUP)

    @staticmethod
    def holds_list(path: tuple[str, ...]) -> bool:
        """Return whether the field at a path, as `find` gives it, is a list; of an option of a provider nothing is known."""
        steps = path[2:] if path[0] == "publish" else path
        try:
            above = _walk(_edition(), steps[:-1]) if len(steps) > 1 else [_edition()]
        except UnknownFieldError:
            return False
        return bool(steps) and any(_is_list(one.get("properties", {}).get(steps[-1], {})) for one in above)

    def names(self) -> Iterator[str]:
        """List the fields that have a value, without what a provider's options add."""
        yield from OF_ITS_PLACE
        yield from sorted(_names(_edition(), ()))


def _unknown(step: int, word: str, known: tuple[str, ...]) -> UnknownFieldError:
    near = most_alike(word, known)
    return UnknownFieldError(step, known, near[0] if near else "")


def _field(steps: tuple[str, ...], nodes: list[Mapping[str, Any]]) -> Field:
    """Tell what the field is that some alternatives of the schema describe."""
    leaf = next((LEAVES[node["$comment"]] for node in nodes if node.get("$comment") in LEAVES), None)
    types = {kind for node in nodes for kind in _types(node)} - {"null"}
    if any("properties" in node or "additionalProperties" in node for node in nodes) or (leaf is not None and leaf.name == "options"):
        return Field(steps, FieldKind.GROUP)
    if types == {"boolean"}:
        return Field(steps, FieldKind.TRUTH)
    if (leaf is not None and leaf.name in _NUMBERS) or (types and types <= _COUNTED):
        return Field(steps, FieldKind.NUMBER, leaf)
    if leaf is not None and leaf.name == "date":
        return Field(steps, FieldKind.DATE, leaf)
    if leaf is not None and leaf.name == "text-or-number":
        return Field(steps, FieldKind.EITHER)
    choices = tuple(word for node in nodes for word in node.get("enum", ()) if isinstance(word, str)) if leaf is None else ()
    return Field(steps, FieldKind.TEXT, leaf, choices)


def _types(node: Mapping[str, Any]) -> list[str]:
    kinds = node.get("type", [])
    return kinds if isinstance(kinds, list) else [kinds]


@cache
def _edition() -> Mapping[str, Any]:
    """Return the part of the schema that describes an edition, with what only its title says."""
    schema = model_schema(TitleDocument)
    edition = schema["definitions"]["EditionBlock"]
    own = {name: node for name, node in edition["properties"].items() if name != "acknowledge"}
    return {**edition, "properties": own}


def _alternatives(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """List what a value may be, with references followed and lists passed through."""
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        yield from _alternatives(model_schema(TitleDocument)["definitions"][name])
        return
    if node.get("$comment") in LEAVES:
        yield node
        return
    inner = [*node.get("anyOf", ()), *node.get("allOf", ()), *node.get("oneOf", ())]
    if "items" in node:
        inner.append(node["items"])
    if inner:
        for one in inner:
            yield from _alternatives(one)
    else:
        yield node


def _is_list(node: Mapping[str, Any]) -> bool:
    """Return whether a value is a list, and nothing else but nothing."""
    inner = [one for name in ("anyOf", "oneOf", "allOf") for one in node.get(name, ()) if one.get("type") != "null"]
    return "items" in node or (bool(inner) and all(map(_is_list, inner)))


def _walk(node: Mapping[str, Any], steps: tuple[str, ...]) -> list[Mapping[str, Any]]:
    """Follow the steps of a path through the schema.

    Raises:  UnknownFieldError, with all that could be in the place of the first step that leads nowhere.
    """
    here = [node]
    for number, step in enumerate(steps):
        known: dict[str, None] = {}
        found: list[Mapping[str, Any]] = []
        for one in here:
            for name, child in one.get("properties", {}).items():
                known[name] = None
                if name == step:
                    found.extend(_alternatives(child))
            values = one.get("additionalProperties")
            if isinstance(values, dict):
                keys = one.get("propertyNames", {}).get("enum")
                known.update(dict.fromkeys(keys or ()))
                if keys is None or step in keys:
                    found.extend(_alternatives(values))
        if not found:
            raise UnknownFieldError(number, tuple(known), "")
        here = found
    return here


def _names(node: Mapping[str, Any], way: tuple[str, ...]) -> Iterator[str]:
    """List the paths of the fields below a part of the schema; where any key can stand, the part itself."""
    inner = [(name, one) for name, child in node.get("properties", {}).items() for one in _alternatives(child)]
    for name, one in inner:
        path = (*way, name)
        if "properties" in one:
            yield from _names(one, path)
        elif name != "publish":
            yield ".".join(path)
