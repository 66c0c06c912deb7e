"""One content as the emulated store keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

import orjson

from catalogctl.provider.emulation import Json

CURRENCIES = ("USD", "ARS", "EUR", "MXN", "COP", "PEN", "CLP", "AUD", "UYU", "BOB", "PYG", "BRL", "INR", "GTQ", "HNL")
TERMS = ("collection", "author", "country", "category", "publisher", "keyword")
"""The taxonomies that are lists of plain strings."""
TAXONOMIES = ("bisac", *TERMS)
MEASURES = ("pages", "height", "width", "weight", "stock")
PHYSICAL = "physical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """Everything stored of one content, write-only fields included; field names are the API's where it has one."""

    id: int
    external_id: str | None
    name: str
    description: str | None = None
    extension: str
    """pdf, epub, mp3, mpga, or `physical`."""
    file_url: str | None = None
    lang: str | None = None
    free: bool = False
    publication_date: str
    """YYYY-MM-DD in the store's timezone."""
    published_at: str | None = None
    """What was sent under this name; shown nowhere, since `publication_date` decides."""
    amounts_in_cents: dict[str, int] = field(default_factory=dict)
    bisac: tuple[str, ...] = ()
    collection: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    publisher: tuple[str, ...] = ()
    keyword: tuple[str, ...] = ()
    table_of_contents: Json = None
    pages: int | None = None
    height: int | None = None
    width: int | None = None
    weight: int | None = None
    stock: int | None = None
    binding_type: str | None = None
    editing_location: str | None = None
    preorder_from: str | None = None
    sale_from: str | None = None
    created_at: str
    """YYYY-MM-DD HH:MM:SS, UTC, as `updated_at`."""
    updated_at: str
    owned: bool = True
    """Whether this store's tenant owns it."""
    converting_since: float | None = None
    """Unix time of the start of its conversion; None where there is nothing to wait for."""
    conversion_status: str | None = None
    """Set from behind: overrides the course of the conversion."""
    shown: dict[str, Json] = field(default_factory=dict)
    """Set from behind: keys of the API's rows shown with these values instead."""


STORED = frozenset(item.name for item in fields(Issue))


def encode(issue: Issue) -> dict[str, Json]:
    """Give the issue as JSON values."""
    return cast("dict[str, Json]", orjson.loads(orjson.dumps(issue)))


def decode(values: Mapping[str, Json]) -> Issue:
    """Rebuild an issue from `encode`'s JSON values."""
    restored: dict[str, object] = {**values, **{name: tuple(cast("list[str]", values[name])) for name in TAXONOMIES}}
    return Issue(**restored)  # type: ignore[arg-type]  # the values are `encode`'s own


def cents(amount: object) -> int:
    """Turn a JSON number into the hundredths that the store keeps; half a cent goes up."""
    return int((Decimal(str(amount)) * 100).to_integral_value(ROUND_HALF_UP))


def edited(issue: Issue, changes: Mapping[str, object], shown_keys: frozenset[str]) -> Issue:
    """Change an issue without any of the API's rules; `changes` may also name keys of the API's rows (`ti_withdrawn`).

    Raises:  ValueError for a key that is neither stored nor shown.
    """
    stored: dict[str, object] = {}
    shown = dict(issue.shown)
    for key, value in changes.items():
        match key:
            case "prices":
                prices = cast("dict[str, object]", value or {})
                stored["amounts_in_cents"] = {currency: cents(amount) for currency, amount in prices.items()}
            case "bisac":
                stored[key] = tuple(term["code"] if isinstance(term, dict) else str(term) for term in cast("list[object]", value or ()))
            case "file_type" | "type":
                stored["extension"] = value
            case "is_owned_by_current_tenant":
                stored["owned"] = value
            case _ if key in TERMS:
                stored[key] = tuple(cast("list[str]", value or ()))
            case "id" | "shown":
                raise ValueError(f"{key} cannot be edited")
            case _ if key in STORED:
                stored[key] = value
            case _ if key in shown_keys:
                shown[key] = cast("Json", value)
            case _:
                raise ValueError(f"a content has no {key}")
    return replace(issue, shown=shown, **stored)  # type: ignore[arg-type]  # a test's own values, kept as given
