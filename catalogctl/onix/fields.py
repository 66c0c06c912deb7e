"""The facts of an edition field by field, as a three-way comparison sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias

from catalogctl.config.territories import Groups, expand
from catalogctl.config.yaml_writer import spoken

Path: TypeAlias = tuple[str, ...]
"""A field of an edition, as a title file calls it: `("prices", "EUR")`."""

_BY_KEY: Final = frozenset({"prices", "subjects", "dates", "identifiers", "files", "onix"})
"""Mappings that are compared key by key."""
_OF_A_RECORD: Final = frozenset(
    "format isbn form title title_prefix subtitle original_title series language original_language contributors publisher imprint "
    "publication_date status place country copyright territories rights description short_description tagline table_of_contents "
    "keywords audience ages reviews awards edition_number edition_types edition_statement prices_in price_changes promotions drm "
    "accessibility height width thickness weight pages duration parts replaces replaced_by external_id".split()
)
_INSIDE: Final[Mapping[str, frozenset[str] | None]] = {
    "prices": None,
    "subjects": None,
    "identifiers": None,
    "dates": frozenset({"on_sale", "preorder_from", "announced", "first_published", "print"}),
    "files": frozenset({"cover", "extract"}),
    "onix": frozenset({"availability", "unpriced"}),
}
"""Of mappings, the keys that a record says; `None`: all."""
_UNORDERED: Final = frozenset({"prices_in", "promotions", "price_changes", "replaces", "replaced_by"})
"""Lists whose order says nothing."""
_NOT_CLAIMED: Final = "non-exclusive"
"""What an export says of rights that are not said to be exclusive."""
_LISTS: Final = frozenset({"audience", "replaces", "replaced_by", "form", "series"})
"""Fields that are one thing or a list of them."""


def fields(facts: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """List the fields that a record can say, each with its value; what is null or empty is not said."""
    for name, value in facts.items():
        if name in _OF_A_RECORD and value not in (None, [], {}, ""):
            yield (name,), value
        elif name in _BY_KEY and isinstance(value, Mapping):
            known = _INSIDE[name]
            for key, inner in value.items():
                if inner not in (None, [], {}, "") and (known is None or key in known):
                    yield (name, str(key)), inner


def comparable(path: Path, value: Any, groups: Groups) -> Any:
    """Return a value in a form in which equal facts are equal, however they are written."""
    if path == ("rights",):
        return value or _NOT_CLAIMED
    if value is None:
        return None
    name = path[-1]
    if path == ("territories",):
        return frozenset(expand(value, groups))
    if path[0] == "prices":
        return f"{Decimal(str(value)).normalize():f}"
    if path[0] in _LISTS and not isinstance(value, list):
        value = [value]
    if path == ("promotions",):  # their ids are the catalog's own
        value = [{part: inner for part, inner in one.items() if part != "id"} for one in value]
    if path[0] in _UNORDERED:
        return sorted((_plain(spoken(one), groups) for one in value), key=repr)
    return _plain(spoken(value, name), groups)


def _plain(value: Any, groups: Groups) -> Any:
    match value:
        case Mapping():
            return {
                name: sorted(expand(inner, groups)) if name == "territories" else _plain(inner, groups)
                for name, inner in value.items()
                if inner not in (None, [], {}, "", False)
            }
        case list() | tuple():
            return [_plain(one, groups) for one in value]
        case bool():
            return value
        case int() | float():
            return str(value)
        case str():
            return value.strip()
        case Decimal():
            return f"{value.normalize():f}"
        case _:
            return str(value)
