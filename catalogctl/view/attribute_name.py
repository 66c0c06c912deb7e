"""What attributes are called and what they hold, as people know both from their title files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from catalogctl.model.resource import Attribute, Kind, ResourceType, Shape
from catalogctl.model.value import Value
from catalogctl.planning.change import AttributeChange, Missing

_ALIKE = 2
"""Letters at most by which the shorter of two words for one thing may end otherwise: `category`, `categories`."""


def attribute_name(kind: ResourceType, name: str) -> str:
    """Return the word of the title file for an attribute, with the store's own in brackets where that is another word: `title (name)`."""
    word = kind.word(name)
    return word if any(_is_alike(word, part) for part in (name, name.rpartition("_")[2])) else f"{word} ({name})"


def _is_alike(word: str, other: str) -> bool:
    stem = min(len(word), len(other)) - _ALIKE
    return (stem > 1 and word[:stem] == other[:stem]) or word.endswith(f"_{other}")


def as_written(attribute: Attribute, value: Value) -> tuple[Attribute, Value]:
    """Return a value as people write it, and an attribute of that form: windows of prices, contributors."""
    if attribute.items is None or value is None:
        return attribute, value
    return replace(attribute, kind=Kind.TEXT, shape=Shape.LIST, normal=None, items=None), attribute.items(value)


def changes_as_written(changes: Sequence[AttributeChange]) -> list[AttributeChange]:
    """Return changes with what stands on both sides as people write it."""
    return [_change_as_written(change) if change.attribute.items else change for change in changes]


def _change_as_written(change: AttributeChange) -> AttributeChange:
    attribute, _ = as_written(change.attribute, ())
    before, after = (side if isinstance(side, Missing) else as_written(change.attribute, side)[1] for side in (change.before, change.after))
    return AttributeChange(change.path, attribute, before, after)
