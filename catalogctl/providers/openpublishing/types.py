"""The resource types of Open Publishing: a file of a product, and a switch of a product's distribution."""

from __future__ import annotations

from collections.abc import Iterable

from catalogctl.model.asset import Asset
from catalogctl.model.resource import Attribute, Identity, Kind, RemovalRule, ReplaceOrder, ResourceType, Shape, Trait
from catalogctl.model.value import Attributes, Value

_SHA1 = "sha1:"


def selector_is_id(selector: str) -> bool:
    """Return whether a product is named by its id, so that nothing needs to be looked up."""
    return ":" not in selector


def may_be_one_product(there: Value, wanted: Value) -> bool:
    """Return whether two selectors may lead to one product: an id is no other id, and all else has to be looked up."""
    return not (selector_is_id(str(there)) and selector_is_id(str(wanted)))


def told_bytes(sha1: str) -> Asset:
    """Return a file's bytes as the service tells of them: by their sha1 and nothing else."""
    return Asset(f"{_SHA1}{sha1}")


def same_bytes(there: Value, wanted: Value) -> bool:
    """Return whether the bytes that the service tells of are those of a local file."""
    return isinstance(there, Asset) and isinstance(wanted, Asset) and bool(wanted.sha1) and there.location == f"{_SHA1}{wanted.sha1}"


def slot(type_: str, labels: Iterable[str]) -> str:
    """Name what a file is on its product: its type and its labels."""
    named = ", ".join(sorted(labels))
    return f"{type_} ({named})" if named else type_


def file_key(selector: str, type_: str, labels: Iterable[str]) -> str:
    """Return the natural key of a file."""
    return f"{slot(type_, labels)} of {selector}"


def switch_key(selector: str, channel: str) -> str:
    """Return the natural key of a switch; `channel` is empty for the product's own."""
    return f"{channel or 'distribution'} of {selector}"


def _told_by_the_others(_: Value) -> Value:
    """A key that is put together from other attributes is never a difference of its own."""
    return ""


def _channels(value: Value) -> tuple[str, ...]:
    """Write which channel a switch is of; the product's own switch is of none."""
    return (value,) if isinstance(value, str) and value else ()


_FIXED = frozenset({Trait.REPLACES})
_KEY = frozenset({Trait.COMPOSED})

_FILE = (
    Attribute("slot", Kind.TEXT, traits=_KEY, normal=_told_by_the_others),
    Attribute("product", Kind.TEXT, traits=_FIXED, aliases=may_be_one_product, declared="publish.{account}.product"),
    Attribute("type", Kind.TEXT, traits=_FIXED, declared="files"),
    Attribute("labels", Kind.TEXT, Shape.SET, _FIXED, declared="publish.{account}.labels"),
    Attribute("file_name", Kind.TEXT, traits=_FIXED | {Trait.NORMALISED}, declared="files"),
    Attribute("file", Kind.ASSET, traits=_FIXED | {Trait.NORMALISED, Trait.UPLOADED}, alike=same_bytes, declared="files"),
)

FILE = ResourceType(
    provider="openpublishing",
    name="file",
    attributes={attribute.name: attribute for attribute in _FILE},
    key="slot",
    identity=Identity.KEPT,
    replace_order=ReplaceOrder.CREATE_FIRST,
    loss="The product no longer has this file, and distribution goes on without it.",
)

_SWITCH = (
    Attribute("switch", Kind.TEXT, traits=_KEY, normal=_told_by_the_others),
    # Another product is another switch: that one is set, and this one stays as it is.
    Attribute("product", Kind.TEXT, traits=frozenset({Trait.RENEWS}), aliases=may_be_one_product, declared="publish.{account}.product"),
    Attribute("channel", Kind.TEXT, traits=frozenset({Trait.RENEWS}), items=_channels, declared="publish.{account}.distribution.channels"),
    Attribute("enabled", Kind.BOOLEAN, traits=frozenset({Trait.ON_SALE, Trait.INHERITED}), declared="publish.{account}.distribution"),
)

DISTRIBUTION = ResourceType(
    provider="openpublishing",
    name="distribution",
    attributes={attribute.name: attribute for attribute in _SWITCH},
    key="switch",
    identity=Identity.KEPT,
    replace_order=ReplaceOrder.DELETE_FIRST,
    loss="Nothing: a switch cannot be taken away.",
    removal=RemovalRule.LEFT,
)


def has_several_labels(attributes: Attributes) -> bool:
    """Return whether a file is sent with labels that the service could take for one, or for none."""
    labels = attributes["labels"]
    return isinstance(labels, tuple) and len(labels) > 1
