"""Filters in a query: `field=value` or `field__op=value`.

Chosen where the document is silent: several filters must all hold; a field of several values matches when one of them does;
`labels=a,b` asks for both; what is no documented filter is refused, as is an operator for the identifiers, which are looked
up as a pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from catalogctl.providers.openpublishing.sandbox.answers import RequestRefused
from catalogctl.providers.openpublishing.sandbox.product import PROPERTIES, StoredFile, StoredProduct

IDENTIFIER_TYPE, IDENTIFIER_VALUE = "external_identifier_type", "external_identifier_value"
PRODUCT_FILTERS = ("ean", "title", *PROPERTIES)
FILE_FILTERS = ("type", "labels", "mime_type", "file_name", "property_epub_version")


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter."""

    field: str
    operator: str
    operand: str

    def holds(self, values: Iterable[str]) -> bool:
        """Return whether a field of these values passes; an unset field has none."""
        found = tuple(values)
        match self.operator:
            case "isnull":
                return not found
            case "isnotnull":
                return bool(found)
            case "ne":
                return self.operand not in found
            case _:
                return any(_OPERATORS[self.operator](value, self.operand) for value in found)


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """What products are asked for."""

    conditions: tuple[Condition, ...]
    identifier_type: str | None
    identifier_value: str | None

    @property
    def eans(self) -> tuple[str, ...]:
        """The EANs that are asked for as such."""
        return tuple(one.operand for one in self.conditions if (one.field, one.operator) == ("ean", "eq") and one.operand)

    def finds(self, product: StoredProduct) -> bool:
        """Return whether a product is among them; a value alone matches only identifiers whose type is unset."""
        if self.identifier_value is not None:
            named = (self.identifier_type, self.identifier_value) in product.identifiers
        else:
            named = self.identifier_type is None or any(kind == self.identifier_type for kind, _ in product.identifiers)
        return named and all(one.holds(_product_values(product, one.field)) for one in self.conditions)


def product_query(query: str) -> ProductQuery:
    """Read the query of a list of products. Raises RequestRefused for what is no documented filter."""
    pair: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in (IDENTIFIER_TYPE, IDENTIFIER_VALUE):
            pair[name] = value
        else:
            others.append((name, value))
    conditions = tuple(_condition(name, value, PRODUCT_FILTERS) for name, value in others)
    return ProductQuery(conditions, pair.get(IDENTIFIER_TYPE), pair.get(IDENTIFIER_VALUE))


def file_conditions(query: str) -> tuple[Condition, ...]:
    """Read the query of a list of files. Raises RequestRefused for what is no documented filter."""
    conditions = [_condition(name, value, FILE_FILTERS) for name, value in parse_qsl(query, keep_blank_values=True)]
    found: list[Condition] = []
    for one in conditions:
        if (one.field, one.operator) == ("labels", "eq"):
            found += [Condition("labels", "eq", label) for label in filter(None, (part.strip() for part in one.operand.split(",")))]
        else:
            found.append(one)
    return tuple(found)


def file_passes(file: StoredFile, conditions: Iterable[Condition]) -> bool:
    """Return whether a file passes all conditions."""
    return all(one.holds(_file_values(file, one.field)) for one in conditions)


def _condition(name: str, value: str, filters: tuple[str, ...]) -> Condition:
    field, separator, operator = name.partition("__")
    operator = operator if separator else "eq"
    if field not in filters or operator not in (*_OPERATORS, "ne", "isnull", "isnotnull"):
        raise RequestRefused(422, "query::unknown_filter", "There is no such filter.", filter=name)
    if operator == "range" and value.count(",") != 1:
        raise RequestRefused(422, "query::invalid_range", "A range is two values with a comma between them.", filter=name)
    return Condition(field, operator, value)


def _within(value: str, bounds: str) -> bool:
    lowest, _, highest = bounds.partition(",")
    return not _precedes(value, lowest) and not _precedes(highest, value)


def _precedes(one: str, other: str) -> bool:
    """Order whole numbers by what they are worth and all else as text, which is how dates want it."""
    if all(value.isascii() and value.isdecimal() for value in (one, other)):
        return int(one) < int(other)
    return one < other


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "eq": lambda value, operand: value == operand,
    "gt": lambda value, operand: _precedes(operand, value),
    "gte": lambda value, operand: not _precedes(value, operand),
    "lt": _precedes,
    "lte": lambda value, operand: not _precedes(operand, value),
    "range": _within,
    "startswith": lambda value, operand: value.startswith(operand),
    "contains": lambda value, operand: operand in value,
    "endswith": lambda value, operand: value.endswith(operand),
}


def _product_values(product: StoredProduct, field: str) -> tuple[str, ...]:
    match field:
        case "ean":
            return _texts(product.ean)
        case "title":
            return (product.title,)
        case _:
            return _texts(product.properties.get(field))


def _file_values(file: StoredFile, field: str) -> tuple[str, ...]:
    match field:
        case "type":
            return (file.type,)
        case "labels":
            return file.labels
        case "mime_type":
            return (file.mime_type,)
        case "file_name":
            return (file.file_name,)
        case _:
            return _texts(file.properties.get("epub_version"))


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
