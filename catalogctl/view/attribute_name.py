"""What attributes are called and what they hold, as people know both from their title files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from catalogctl.model.resource import Attribute, Kind, ResourceType, Shape
from catalogctl.model.value import Value
from catalogctl.planning.change import AttributeChange, Missing
from catalogctl.view.json_text import json_prose


def attribute_name(kind: ResourceType, name: str) -> str:
    """Return the title file's word for an attribute, with the store's own in brackets where that is another word: `title (name)`."""
    word = kind.word(name)
    return word if _is_alike(word, name) or _is_alike(word, name.rpartition("_")[2]) else f"{word} ({name})"


def _is_alike(word: str, name: str) -> bool:
    """Whether two words differ in their endings alone (`categories`, `category`), or in what stands before (`content_api`, `api`)."""
    shorter, longer = sorted((word, name), key=len)
    return longer.startswith(shorter[:-1]) or longer.endswith(f"_{shorter}")


def as_written(attribute: Attribute, value: Value) -> tuple[Attribute, Value]:
    """Return an attribute and its value as people write it: contributors item by item, a text held as JSON without its quotes."""
    form, write = _form(attribute, [value])
    return form, write(value)


def changes_as_written(changes: Sequence[AttributeChange]) -> list[AttributeChange]:
    """Return changes with the values of both sides as people write them."""
    return [_change_as_written(change) for change in changes]


def _change_as_written(change: AttributeChange) -> AttributeChange:
    sides = (change.before, change.after)
    form, write = _form(change.attribute, [side for side in sides if not isinstance(side, Missing)])
    before, after = (side if isinstance(side, Missing) else write(side) for side in sides)
    return AttributeChange(change.path, form, before, after)


def _form(attribute: Attribute, values: Sequence[Value]) -> tuple[Attribute, Callable[[Value], Value]]:
    """Return an attribute of the form in which people write these values of it, and what writes one."""
    if attribute.items is not None:
        return replace(attribute, kind=Kind.TEXT, shape=Shape.LIST, normal=None, items=None), attribute.items
    if attribute.kind is Kind.JSON and all(value is None or json_prose(value) != value for value in values):
        return replace(attribute, kind=Kind.LONG_TEXT), json_prose
    return attribute, _as_it_is


def _as_it_is(value: Value) -> Value:
    return value
