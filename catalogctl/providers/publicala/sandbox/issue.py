"""One content as the emulated store keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
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
AUDIO = frozenset({"mp3", "mpga", "audio"})
"""The file types of audiobooks: two names that v1 takes, and v3's one."""


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
    file: str | None = None
    """Path in the store's own storage, in place of `file_url`."""
    cover_url: str | None = None
    """Where the cover was fetched; shown nowhere."""
    cover: str | None = None
    """Path in the store's own storage, in place of `cover_url`."""
    lang: str | None = None
    free: bool = False
    free_until: str | None = None
    """YYYY-MM-DD."""
    require_login: bool = False
    preview: bool = False
    preview_require_login: bool = False
    audience: str | None = None
    publication_date: str
    """YYYY-MM-DD in the store's timezone."""
    published_at: str | None = None
    """What was sent under this name; shown nowhere, since `publication_date` decides."""
    amounts_in_cents: dict[str, int] = field(default_factory=dict)
    """By currency: the prices that hold at all times, the only ones that v1 knows."""
    scheduled_prices: tuple[dict[str, Json], ...] = ()
    """v3's prices with a term: `currency_id`, `amount_in_cents`, and `starts_at` and `ends_at`, Unix times or null."""
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
    subtitle: str | None = None
    publication_place: str | None = None
    edition_year: int | None = None
    identifiers: tuple[dict[str, Json], ...] = ()
    """`type`, `value`, `is_primary`; empty also where the external id alone identifies the content."""
    share_with_tenants_ids: tuple[int, ...] = ()
    tracks: tuple[str, ...] = ()
    """Ids of an audiobook's tracks, in their order."""
    track_orders: tuple[int, ...] = ()
    """The number that each of `tracks` has as its order; rising, and with gaps where the store leaves them."""
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
_TUPLES = frozenset({*TAXONOMIES, "scheduled_prices", "identifiers", "share_with_tenants_ids", "tracks", "track_orders"})
_OTHER_NAMES = {
    "file_type": "extension",
    "type": "extension",
    "is_owned_by_current_tenant": "owned",
    "keywords": "keyword",
    "categories": "category",
    "collections": "collection",
    "geographic_restrictions": "country",
}
"""What a content's fields are called in answers and in v3, where that is not their name here."""


def encode(issue: Issue) -> dict[str, Json]:
    """Return the issue as JSON values."""
    return cast("dict[str, Json]", orjson.loads(orjson.dumps(issue)))


def decode(values: Mapping[str, Json]) -> Issue:
    """Rebuild an issue from `encode`'s JSON values."""
    restored: dict[str, object] = {name: tuple(cast("list[Json]", value)) if name in _TUPLES else value for name, value in values.items()}
    return Issue(**restored)  # type: ignore[arg-type]  # the values are `encode`'s own


def cents(amount: object) -> int:
    """Turn a JSON number into the hundredths that the store keeps; half a cent goes up."""
    return int((Decimal(str(amount)) * 100).to_integral_value(ROUND_HALF_UP))


def edited(issue: Issue, changes: Mapping[str, object], shown_keys: frozenset[str]) -> Issue:
    """Change an issue without any of the API's rules; `changes` may also name keys of the API's rows (`ti_withdrawn`).

    Shapes:  as in either version's answers: `prices` by currency or as a list, `free` a bool or an object, and so on.
    Raises:  ValueError for a key that is neither stored nor shown, and for tracks that are not its own.
    """
    stored: dict[str, object] = {}
    shown = dict(issue.shown)
    for key, value in _flat(changes).items():
        name = _OTHER_NAMES.get(key, key)
        match name:
            case "prices":
                stored.update(_edited_prices(value))
            case "bisac":
                stored[name] = tuple(term["code"] if isinstance(term, dict) else str(term) for term in cast("list[object]", value or ()))
            case "published_at" if isinstance(value, str) and " " not in value:
                stored["publication_date"] = value[:10]
            case "external_id":
                stored[name] = value
                stored.setdefault("identifiers", renamed(issue.identifiers, cast("str | None", value)))
            case "identifiers":
                stored[name] = tuple(cast("list[dict[str, Json]]", value or ()))
                stored["external_id"] = primary_value(stored[name])  # type: ignore[arg-type]  # made in the line above
            case "tracks":
                stored[name] = tuple(map(str, cast("list[object]", value)))
                stored["track_orders"] = tuple(range(1, len(issue.tracks) + 1))
                if sorted(cast("tuple[str, ...]", stored[name])) != sorted(issue.tracks):
                    raise ValueError("tracks can be put into another order only")
            case "id" | "shown" | "track_orders":
                raise ValueError(f"{key} cannot be edited")
            case _ if name in TERMS or name == "share_with_tenants_ids":
                stored[name] = tuple(cast("list[str]", value or ()))
            case _ if name in STORED:
                stored[name] = value
            case _ if name in shown_keys:
                shown[name] = cast("Json", value)
            case _:
                raise ValueError(f"a content has no {key}")
    return replace(issue, shown=shown, **stored)  # type: ignore[arg-type]  # a test's own values, kept as given


def identities(issue: Issue) -> tuple[dict[str, Json], ...]:
    """Return a content's identifiers; one that has none is identified by its external id."""
    if issue.identifiers or issue.external_id is None:
        return issue.identifiers
    return ({"type": "external_id", "value": issue.external_id, "is_primary": True},)


def primary_value(identifiers: Sequence[Mapping[str, Json]]) -> str | None:
    """Return the external id that identifiers make: the primary one's value, an ISBN without its hyphens."""
    for one in identifiers:
        if one["is_primary"]:
            return plain(one)
    return None


def plain(identifier: Mapping[str, Json]) -> str:
    """Return an identifier's value as it is compared: an ISBN without its hyphens and spaces."""
    value = str(identifier["value"])
    return value.replace("-", "").replace(" ", "") if str(identifier["type"]).startswith("isbn") else value


def renamed(identifiers: Sequence[Mapping[str, Json]], external_id: str | None) -> tuple[dict[str, Json], ...]:
    """Return the identifiers of a content whose external id was set by other means than by them."""
    if primary_value(identifiers) == external_id:
        return tuple(map(dict, identifiers))
    others = tuple({**one, "is_primary": False} for one in identifiers if not one["is_primary"])
    return () if external_id is None or not others else ({"type": "external_id", "value": external_id, "is_primary": True}, *others)


def _flat(changes: Mapping[str, object]) -> dict[str, object]:
    """Take v3's objects apart into the fields that they show."""
    flat: dict[str, object] = {}
    for key, value in changes.items():
        match key, value:
            case "free", dict():
                names = {"enabled": "free", "until": "free_until"}
                flat |= {names.get(name, name): inner for name, inner in cast("dict[str, object]", value).items()}
            case "preview", dict():
                flat |= {"preview" if name == "enabled" else f"preview_{name}": inner for name, inner in value.items()}
            case "metadata", dict():
                flat |= value
            case _:
                flat[key] = value
    if isinstance(flat.get("free_until"), str):
        flat["free_until"] = str(flat["free_until"])[:10]
    return flat


def _edited_prices(value: object) -> dict[str, object]:
    if not isinstance(value, list):
        prices = cast("dict[str, object]", value or {})
        return {"amounts_in_cents": {currency: cents(amount) for currency, amount in prices.items()}}
    rows = cast("list[dict[str, Json]]", value)
    dated = [row for row in rows if row.get("starts_at") or row.get("ends_at")]
    return {
        "amounts_in_cents": {str(row["currency_id"]): cents(row["amount"]) for row in rows if row not in dated},
        "scheduled_prices": tuple(
            {
                "currency_id": row["currency_id"],
                "amount_in_cents": cents(row["amount"]),
                "starts_at": unix(row.get("starts_at")),
                "ends_at": unix(row.get("ends_at")),
            }
            for row in dated
        ),
    }


def unix(instant: Json) -> float | None:
    """Read a date or an instant, UTC where it says no zone; None for null.

    Raises:  ValueError for any other value.
    """
    if instant is None:
        return None
    moment = datetime.fromisoformat(instant) if isinstance(instant, str) else None
    if moment is None:
        raise ValueError(f"{instant!r} is no instant")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
