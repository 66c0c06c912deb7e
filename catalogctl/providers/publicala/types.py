"""The one resource type of publica.la's v1 API, its attributes and their traits."""

from __future__ import annotations

from collections.abc import Mapping

from catalogctl.model.resource import Attribute, Kind, ReplaceOrder, ResourceType, Shape, Trait
from catalogctl.model.value import Value
from catalogctl.providers.publicala.assumptions import AUDIO_NAMES, CLEARED_BY, ZERO_MAY_VANISH

_UNREADABLE = frozenset({Trait.WRITE_ONLY})

TAXONOMIES = ("author", "bisac", "category", "collection", "country", "keyword", "publisher")
"""Lists of terms. An update replaces each whole, and what leaving one out does is not documented: all are sent each time."""

PHYSICAL = ("pages", "height", "width", "weight", "binding_type", "editing_location")
"""Facts that the service uses for physical content only."""


def plain_text(value: Value) -> str:
    """Give a text as it can be compared.

    Line breaks come back as they please, blanks at the ends are trimmed, and an empty text comes back as null.
    """
    return "\n".join(value.splitlines()).strip() if isinstance(value, str) else ""


def _folded(value: Value) -> Value:
    return value.casefold() if isinstance(value, str) else value


def _file_type(value: Value) -> Value:
    return "audio" if value in AUDIO_NAMES else _folded(value)


def _truth(value: Value) -> Value:
    return bool(value)


def _without_zeros(value: Value) -> Value:
    entries = value if isinstance(value, Mapping) else {}
    return {currency: amount for currency, amount in entries.items() if amount or not ZERO_MAY_VANISH}


def _taxonomy(name: str, shape: Shape) -> Attribute:
    return Attribute(name, Kind.TEXT, shape, _UNREADABLE, unset=())


_ATTRIBUTES = (
    Attribute("external_id", Kind.TEXT),
    Attribute("type", Kind.TEXT, traits=frozenset({Trait.REPLACES}), normal=_file_type),
    Attribute("file", Kind.ASSET, traits=frozenset({Trait.WRITE_ONLY, Trait.REPLACES})),
    Attribute("name", Kind.TEXT, normal=plain_text),
    Attribute("lang", Kind.TEXT, normal=_folded),
    Attribute("publication_date", Kind.DATE),
    Attribute("published_at", Kind.DATETIME, traits=_UNREADABLE),
    Attribute("description", Kind.LONG_TEXT, unset=CLEARED_BY, normal=plain_text),
    Attribute("free", Kind.BOOLEAN, unset=False, normal=_truth),
    Attribute("prices", Kind.MONEY, Shape.MAP, unset={}, normal=_without_zeros),
    _taxonomy("author", Shape.LIST),
    _taxonomy("publisher", Shape.LIST),
    _taxonomy("bisac", Shape.SET),
    _taxonomy("category", Shape.SET),
    _taxonomy("collection", Shape.SET),
    _taxonomy("country", Shape.SET),
    _taxonomy("keyword", Shape.SET),
    Attribute("table_of_contents", Kind.JSON, traits=_UNREADABLE, unset=CLEARED_BY),
    Attribute("pages", Kind.INTEGER, traits=_UNREADABLE, unset=CLEARED_BY),
    Attribute("height", Kind.INTEGER, traits=_UNREADABLE, unset=CLEARED_BY),
    Attribute("width", Kind.INTEGER, traits=_UNREADABLE, unset=CLEARED_BY),
    Attribute("weight", Kind.INTEGER, traits=_UNREADABLE, unset=CLEARED_BY),
    Attribute("binding_type", Kind.TEXT, traits=_UNREADABLE, unset=CLEARED_BY),
    Attribute("editing_location", Kind.TEXT, traits=_UNREADABLE, unset=CLEARED_BY),
    Attribute("stock", Kind.INTEGER, traits=frozenset({Trait.WRITE_ONLY, Trait.ON_DECISION})),
    Attribute("preorder_from", Kind.DATETIME, traits=frozenset({Trait.WRITE_ONLY, Trait.AFTER_CREATE}), unset=CLEARED_BY),
    Attribute("sale_from", Kind.DATETIME, traits=frozenset({Trait.WRITE_ONLY, Trait.AFTER_CREATE}), unset=CLEARED_BY),
)

CONTENT = ResourceType(
    provider="publicala",
    name="content",
    attributes={attribute.name: attribute for attribute in _ATTRIBUTES},
    key="external_id",
    key_is_unique=True,
    replace_order=ReplaceOrder.DELETE_FIRST,
    loss="Its page, its address and its id in the store are lost, and past orders point to the old one.",
)
