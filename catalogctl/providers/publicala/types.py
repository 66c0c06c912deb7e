"""The one resource type of publica.la's v1 API, its attributes and their traits."""

from __future__ import annotations

from collections.abc import Mapping

from catalogctl.model.resource import Attribute, Kind, ReplaceOrder, ResourceType, Shape, Trait
from catalogctl.model.value import Value
from catalogctl.providers.publicala.assumptions import AUDIO_NAMES, CLEARED_BY, ZERO_MAY_VANISH

_UNREADABLE = frozenset({Trait.WRITE_ONLY})
_LATE = frozenset({Trait.WRITE_ONLY, Trait.AFTER_CREATE})

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


def _taxonomy(name: str, shape: Shape, declared: str) -> Attribute:
    return Attribute(name, Kind.TEXT, shape, _UNREADABLE, unset=(), declared=declared)


_ATTRIBUTES = (
    Attribute("external_id", Kind.TEXT, declared="external_id"),
    Attribute("type", Kind.TEXT, traits=frozenset({Trait.REPLACES}), normal=_file_type, declared="format"),
    Attribute("file", Kind.ASSET, traits=frozenset({Trait.WRITE_ONLY, Trait.REPLACES}), declared="files.content"),
    Attribute("name", Kind.TEXT, normal=plain_text, declared="title"),
    Attribute("lang", Kind.TEXT, normal=_folded, declared="language"),
    Attribute("publication_date", Kind.DATE, declared="publication_date"),
    Attribute("published_at", Kind.DATETIME, traits=_UNREADABLE, declared="publish.{account}.published_at"),
    Attribute("description", Kind.LONG_TEXT, unset=CLEARED_BY, normal=plain_text, declared="description"),
    Attribute("free", Kind.BOOLEAN, unset=False, normal=_truth, declared="publish.{account}.free"),
    Attribute("prices", Kind.MONEY, Shape.MAP, unset={}, normal=_without_zeros, declared="prices"),
    _taxonomy("author", Shape.LIST, "contributors"),
    _taxonomy("publisher", Shape.LIST, "publisher"),
    _taxonomy("bisac", Shape.SET, "subjects.bisac"),
    _taxonomy("category", Shape.SET, "publish.{account}.categories"),
    _taxonomy("collection", Shape.SET, "publish.{account}.collections"),
    _taxonomy("country", Shape.SET, "publish.{account}.countries"),
    _taxonomy("keyword", Shape.SET, "keywords"),
    Attribute("table_of_contents", Kind.JSON, traits=_UNREADABLE, unset=CLEARED_BY, declared="publish.{account}.table_of_contents"),
    Attribute("pages", Kind.INTEGER, traits=_UNREADABLE, unset=CLEARED_BY, declared="pages"),
    Attribute("height", Kind.INTEGER, traits=_UNREADABLE, unset=CLEARED_BY, declared="height"),
    Attribute("width", Kind.INTEGER, traits=_UNREADABLE, unset=CLEARED_BY, declared="width"),
    Attribute("weight", Kind.INTEGER, traits=_UNREADABLE, unset=CLEARED_BY, declared="weight"),
    Attribute("binding_type", Kind.TEXT, traits=_UNREADABLE, unset=CLEARED_BY, declared="binding"),
    Attribute("editing_location", Kind.TEXT, traits=_UNREADABLE, unset=CLEARED_BY, declared="editing_location"),
    Attribute("stock", Kind.INTEGER, traits=frozenset({Trait.WRITE_ONLY, Trait.ON_DECISION}), declared="publish.{account}.stock"),
    Attribute(
        "preorder_from",
        Kind.DATETIME,
        traits=_LATE,
        unset=CLEARED_BY,
        declared="publish.{account}.preorder_from",
    ),
    Attribute(
        "sale_from",
        Kind.DATETIME,
        traits=_LATE,
        unset=CLEARED_BY,
        declared="publish.{account}.sale_from",
    ),
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
