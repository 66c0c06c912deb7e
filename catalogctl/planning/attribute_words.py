"""What attributes are called and what they hold, as people know both from their title files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from catalogctl.model.address import Address, AttributePath
from catalogctl.model.asset import Asset
from catalogctl.model.quantity import size_text
from catalogctl.model.region import ALL, every_country
from catalogctl.model.resource import Attribute, Kind, ResourceType, Shape, Trait
from catalogctl.model.value import Attributes, Reference, Scalar, Value, decimal_text
from catalogctl.planning.change import AttributeChange, Change, Drift, Missing

_DIGEST_SHOWN = 8
_FEW_COUNTRIES = 30
"""So many countries are listed as they are."""


def attribute_name(type_: ResourceType, name: str) -> str:
    """Return the title file's word for an attribute, with the store's own in brackets where that is another word: `title (name)`."""
    word = type_.word(name)
    return word if _is_alike(word, name) or _is_alike(word, name.rpartition("_")[2]) else f"{word} ({name})"


def shown_attributes(type_: ResourceType) -> Iterator[tuple[str, Attribute]]:
    """Yield the attributes that say something by themselves: not what it is part of, and no key that is put together from others."""
    for name, attribute in type_.attributes.items():
        if name != type_.owner and Trait.COMPOSED not in attribute.traits:
            yield name, attribute


def path_name(type_: ResourceType, path: AttributePath) -> str:
    """Return what people call one path of an attribute, with the entry of a mapping: `prices.USD`."""
    name, *entry = (str(step) for step in path)
    return ".".join([attribute_name(type_, name), *entry])


def _is_alike(word: str, name: str) -> bool:
    """Whether two words differ in their endings alone (`categories`, `category`), or in what is before (`content_api`, `api`)."""
    shorter, longer = sorted((word, name), key=len)
    return longer.startswith(shorter[:-1]) or longer.endswith(f"_{shorter}")


def edits(item: Change | Drift) -> tuple[AttributeChange, ...]:
    """Return what changes in an object, with the names of other objects in the place of their ids."""
    if not item.parts:
        return item.attributes
    return tuple(replace(one, before=_side(one.before, item.parts), after=_side(one.after, item.parts)) for one in item.attributes)


def by_name(attributes: Attributes, parts: Mapping[str, Address]) -> Attributes:
    """Return attributes with the names of other objects in the place of their ids."""
    return {name: named(value, parts) for name, value in attributes.items()} if parts else attributes


def named(value: Value, parts: Mapping[str, Address]) -> Value:
    """Return a value with references in the place of the ids in a list."""
    if not isinstance(value, tuple):
        return value
    return tuple(Reference(parts[item]) if isinstance(item, str) and item in parts else item for item in value)


def _side(value: Value | Missing, parts: Mapping[str, Address]) -> Value | Missing:
    return value if isinstance(value, Missing) else named(value, parts)


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
    sides = [value for value in values if isinstance(value, tuple)]
    few = len(sides) > 1 and len(set(sides[0]) ^ set(sides[1])) <= _FEW_COUNTRIES  # which are shown by themselves
    if not few and any(_left_out(side) for side in sides):
        return attribute, _without_countries
    return attribute, _as_it_is


def _left_out(codes: Sequence[Scalar]) -> list[str]:
    """Return the countries that a list of nearly every country leaves out; none for any other list."""
    if len(codes) <= len(every_country()) - _FEW_COUNTRIES:
        return []
    missing = sorted(set(every_country()).difference(map(str, codes)))
    return missing if len(missing) + len(codes) == len(every_country()) else []


def _without_countries(value: Value) -> Value:
    """Write a list of nearly every country by those that it leaves out, as a title file may."""
    missing = _left_out(value) if isinstance(value, tuple) else []
    return (f"{ALL} except {' '.join(missing)}",) if missing else value


def _as_it_is(value: Value) -> Value:
    return value


# -- values --------------------------------------------------------------------------------------------------------------


def value_words(attribute: Attribute, value: Value | Missing) -> str:
    """Write a value on one line as people write it: items in their order, windows and contributors without braces."""
    if isinstance(value, Missing):
        return value.value
    form, value = as_written(attribute, value)
    match value:
        case tuple():
            return ", ".join(item_words(item) for item in value) or "(no items)"
        case Mapping():
            return ", ".join(f"{name} {scalar_words(entry)}" for name, entry in sorted(value.items())) or "(no items)"
        case str() if form.kind is Kind.JSON:
            return "; ".join(json_entries(value) or [value])
        case _:
            return scalar_words(value)


def scalar_words(value: Scalar | Missing, ellipsis: str = "…") -> str:
    """Write one scalar on one line; text is quoted, so that its edges can be seen and no word of ours be mistaken for it."""
    match value:
        case None:
            return "(empty)"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return decimal_text(value)
        case datetime():
            return value.isoformat(" ", "minutes" if not value.second and not value.microsecond else "auto")
        case date():
            return value.isoformat()
        case Asset():
            return asset_words(value, ellipsis)
        case Reference():
            return f"(the id of {value.address})"
        case Enum():
            return str(value.value)
        case int():
            return str(value)
        case str():
            return f'"{value}"'


def asset_words(asset: Asset, ellipsis: str = "…") -> str:
    """Write which file it is: where it lies, the beginning of its digest and its size; of a URL all but its signature."""
    if not asset.sha256:
        return asset.identity
    short = f"sha256:{asset.sha256[:_DIGEST_SHOWN]}{ellipsis}"
    if not asset.location:
        return short
    size = f", {size_text(asset.size)}" if asset.size else ""
    return f"{asset.location} ({short}{size})"


def item_words(value: Scalar, ellipsis: str = "…") -> str:
    """Write one item of a list: bare, unless its edges, a comma or its emptiness would be missed; another object by its own name."""
    if isinstance(value, Reference) and value.address.key:
        return value.address.key.rpartition("/")[2]
    if not isinstance(value, str):
        return scalar_words(value, ellipsis)
    return f'"{value}"' if not value or "," in value or value != value.strip() or value.startswith(("(", '"')) else value


# -- JSON documents ------------------------------------------------------------------------------------------------------


def json_prose(value: Value) -> Value:
    """Return the text that a JSON document is, where it is a text and nothing else; any other value as it is."""
    try:
        return str(json.loads(value)) if isinstance(value, str) and value.startswith('"') else value
    except ValueError:
        return value


def json_entries(text: str) -> list[str] | None:
    """Write each entry of a JSON document in words; `None` for what is no list and no mapping, or has no entry."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match document:
        case list() if document:
            return [json_words(one) for one in document]
        case dict() if document:
            return [f"{name} {_inner(one)}" for name, one in sorted(document.items())]
        case _:
            return None


def json_words(value: object) -> str:
    """Write a JSON value without braces: `page 3, title "Uno"`; what is nested is in round brackets."""
    match value:
        case dict() if value:
            return ", ".join(f"{name} {_inner(one)}" for name, one in sorted(value.items()))
        case list() if value:
            return ", ".join(map(_inner, value))
        case dict() | list():
            return "(no entries)"
        case _:
            return json.dumps(value, ensure_ascii=False)


def _inner(value: object) -> str:
    return f"({json_words(value)})" if isinstance(value, dict | list) and value else json_words(value)
