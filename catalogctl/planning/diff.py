"""Two attribute sets and a resource type → what differs, in the store's normal form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from catalogctl.model.address import AttributePath, print_path
from catalogctl.model.resource import Attribute, ResourceType, Shape
from catalogctl.model.title import Ignore
from catalogctl.model.value import Attributes, Scalar, Value
from catalogctl.planning.change import ABSENT, AttributeChange, Missing


def diff(before: Mapping[str, Value | Missing], after: Attributes, type_: ResourceType) -> tuple[AttributeChange, ...]:
    """List what must change for `before` to become `after`, ordered by path.

    Shapes:  only names in `after` are compared: what is not declared is not managed. A value of `before` may
             be UNREADABLE, which always differs, and so does a reference in `after` that no one could fill yet. A
             mapping is compared key by key.
    Raises:  nothing. Values of different types at one path are one change.
    Source:  PRODUCT.md 5.3, 5.4.
    """
    known = type_.attributes
    found: list[AttributeChange] = []
    for name, wanted in after.items():
        had = before.get(name, ABSENT)
        if had == wanted:
            continue
        attribute = known[name]
        if isinstance(had, Missing):
            if had is ABSENT and _means_nothing(wanted):
                continue
        elif attribute.same(had, wanted):
            continue
        found.extend(_changes(attribute, had, wanted))
    found.sort(key=_by_path)
    return tuple(found)


def whole(before: Attributes | None, after: Attributes | None, type_: ResourceType) -> tuple[AttributeChange, ...]:
    """List every attribute of something that comes into being (`before` is None) or goes (`after` is None)."""
    found: list[AttributeChange] = []
    for name, value in (after or before or {}).items():
        if _means_nothing(value):
            continue
        attribute = type_.attributes[name]
        left: Value | Missing = ABSENT if before is None else value
        right: Value | Missing = ABSENT if after is None else value
        found.extend(_changes(attribute, left, right))
    found.sort(key=_by_path)
    return tuple(found)


def ignored(path: AttributePath, rules: tuple[Ignore, ...], type_: ResourceType) -> Ignore | None:
    """Find the first rule whose glob matches a path, or a path that it lies under, in the store's word or the title file's."""
    name, *rest = path
    ways = [(word, *rest) for word in _names(str(name), type_)]
    printed = [print_path(way[:length]) for way in ways for length in range(1, len(way) + 1)]
    return next((rule for rule in rules if any(fnmatchcase(text, rule.path) for text in printed)), None)


def could_ignore(rule: Ignore, type_: ResourceType) -> bool:
    """Return whether a rule matches any path that a resource of this type could have."""
    outer = rule.path.partition(".")[0].partition("[")[0]
    return any(
        fnmatchcase(name, rule.path) or (attribute.shape is Shape.MAP and outer != rule.path and fnmatchcase(name, outer))
        for attribute in type_.attributes.values()
        for name in _names(attribute.name, type_)
    )


def _names(attribute: str, type_: ResourceType) -> tuple[str, ...]:
    """Return the names by which people may mean an attribute: the store's, and the title file's."""
    return tuple(dict.fromkeys((attribute, type_.word(attribute))))


def _means_nothing(value: Value) -> bool:
    return value in (None, (), {}, "")


def _changes(attribute: Attribute, had: Value | Missing, wanted: Value | Missing) -> Iterator[AttributeChange]:
    if attribute.shape is not Shape.MAP:
        yield AttributeChange((attribute.name,), attribute, had, wanted)
        return
    if isinstance(had, Missing) and had is not ABSENT:
        yield AttributeChange((attribute.name,), attribute, had, wanted)
        return
    left, right = _entries(had), _entries(wanted)
    plain_left, plain_right = _normal_entries(attribute, left), _normal_entries(attribute, right)
    for key in {**left, **right}:
        if isinstance(had, Missing) or isinstance(wanted, Missing) or plain_left.get(key, ABSENT) != plain_right.get(key, ABSENT):
            yield AttributeChange((attribute.name, key), attribute, left.get(key, ABSENT), right.get(key, ABSENT))


def _entries(value: Value | Missing) -> Mapping[str, Scalar]:
    return value if isinstance(value, Mapping) else {}


def _normal_entries(attribute: Attribute, entries: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
    return entries if attribute.normal is None else _entries(attribute.normal(entries))


def _by_path(change: AttributeChange) -> tuple[str, ...]:
    return tuple(str(step) for step in change.path)
