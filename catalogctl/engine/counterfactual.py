"""Which attributes of an edition's resources come from one of its fields: those that would be otherwise without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from catalogctl.config.schema.judge import judge
from catalogctl.config.store_facts import FACTS
from catalogctl.engine.stores import Stores
from catalogctl.model.address import Address
from catalogctl.model.title import Edition, Title
from catalogctl.model.value import Attributes
from catalogctl.provider.protocol import Offer

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Facts = TypeVar("_Facts", bound="DataclassInstance")
_OTHERWISE: Final = "(otherwise)"
"""In place of a text without which there is no edition."""
_INSIDE: Final[Mapping[tuple[str, ...], str]] = {
    ("subjects", "bisac"): "bisac",
    ("subjects", "thema"): "thema",
    ("files", "content"): "content",
    ("files", "cover"): "cover",
    ("files", "extract"): "extract",
}
"""Fields that an edition has under another name."""
_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "subjects": ("bisac", "thema"),
    "files": ("content", "cover", "extract"),
    "series": ("series", "further_series"),
}
"""Fields that an edition has as several."""


Dependents: TypeAlias = Mapping[Address, frozenset[str]]
"""Resource → the names of some of its attributes."""


def depending(stores: Stores, title: Title, edition: Edition, account: str, field: tuple[str, ...]) -> Dependents | None:
    """Return the attributes that depend on a field, by the addresses of their resources.

    Shapes:  None where it cannot be determined, because the edition would be refused without it.
    """
    compiled = _compiled(stores, title, edition, account)
    other = _without(edition, account, field)
    if not compiled or other is None:
        return None
    without = _compiled(stores, title, other, account)
    if not without:
        return None
    return {address: _different(attributes, without.get(address, {})) for address, attributes in compiled.items()}


def _different(attributes: Attributes, others: Attributes) -> frozenset[str]:
    return frozenset(name for name, value in attributes.items() if name not in others or others[name] != value)


def _compiled(stores: Stores, title: Title, edition: Edition, account: str) -> Mapping[Address, Attributes]:
    provider = stores.provider_of(account)
    options = judge(provider.options).read(dict(edition.publish[account]))
    if isinstance(options, tuple):
        return {}
    today = stores.timing.now().astimezone(UTC).date()
    origin = title.origin.at("editions", edition.id)
    compiled = provider.compile(Offer(stores.accounts[account], title, edition, options, origin, today))
    return {resource.address: resource.attributes for resource in compiled.resources}


def _without(edition: Edition, account: str, field: tuple[str, ...]) -> Edition | None:
    """Return an edition that does not say a field; None where there would be no edition."""
    match field:
        case ("publish", named, fact, *inside) if named == account and fact in FACTS and fact not in edition.publish[account]:
            return _without(edition, account, (fact, *inside))
        case ("publish", named, option, *_) if named == account:
            options = {name: value for name, value in edition.publish[account].items() if name != option}
            return replace(edition, publish={**edition.publish, account: options}, files=_without_files(edition, account, option))
        case ("publish", *_) | ("format", *_) | ("lifecycle", *_) | ("id" | "edition" | "account" | "path", *_):
            return None
        case ("prices", currency, *_):
            return replace(edition, prices={name: amount for name, amount in edition.prices.items() if name != currency})
        case ("prices",):
            return replace(edition, prices={})
        case ("tracks", *_):
            return replace(edition, tracks=())
        case ("isbn",) if edition.external_id == edition.isbn:
            return replace(edition, isbn=None, external_id=_OTHERWISE)
        case ("external_id", *_):
            return replace(edition, external_id=_OTHERWISE)
        case _:
            name = _INSIDE.get(field[:2], "")
            return _changed(edition, (name,) if name else _GROUPS.get(field[0], (field[0],)))


def _without_files(edition: Edition, account: str, option: str) -> Mapping[str, Mapping[str, Any]]:
    return {name: files for name, files in edition.files.items() if name != account or option != "files"}


def _changed(edition: Edition, names: tuple[str, ...]) -> Edition | None:
    """Return an edition in which some facts are as where no one says them; None where it has none of them."""
    metadata, own = edition.metadata, edition.facts
    work = _emptied(metadata.facts, names)
    said = _emptied(replace(metadata, facts=work, emptied=metadata.emptied - set(names)), names)
    other = _emptied(replace(edition, metadata=said, facts=_emptied(own, names)), names)
    return None if other == edition else other


def _emptied(one: _Facts, names: tuple[str, ...]) -> _Facts:
    """Return a value whose fields of some names are what they are by default; a text that must be there is another one."""
    changed: dict[str, Any] = {}
    for field in fields(one):
        if field.name in names:
            if field.default is not MISSING:
                changed[field.name] = field.default
            else:
                changed[field.name] = field.default_factory() if field.default_factory is not MISSING else _OTHERWISE
    return replace(one, **changed) if changed else one
