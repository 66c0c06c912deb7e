"""Our attributes ↔ the JSON of publica.la's v1 API, exactly. Pure.

Source: the service's page on content, last read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

import orjson

from catalogctl.model.link import Links
from catalogctl.model.resource import Observed
from catalogctl.model.value import Attributes, Scalar, Value
from catalogctl.providers.publicala.assumptions import FAILED_CONVERSION, PAGES, TRUNCATIONS, TYPE_IS_SENT_FOR, UNSAID_OWNER_IS_US
from catalogctl.providers.publicala.types import CONTENT, TAXONOMIES, V3_ALONE, plain_text

Row = Mapping[str, object]
"""One content as an answer shows it."""

_CENT = Decimal("0.01")
_MOST_DIGITS = 24
"""Before or behind the point of an amount; arithmetic is exact for a few more."""
_LONGEST_TEXT = 64
"""Characters in which an amount may be written."""
_NO_FIELD = frozenset({"type", "file", "api", *V3_ALONE})
"""Attributes that are sent under another name, or not at all."""


def body(attributes: Attributes, names: frozenset[str], file_url: str | None) -> bytes:
    """Write the request for a create (with `file_url`) or an update (without) from a content's attributes.

    Shapes:  `names` are the attributes that may be sent; the seven taxonomies are sent in any case.
    """
    request: dict[str, object] = {name: [] for name in TAXONOMIES}
    for name, value in attributes.items():
        if name in names and name not in _NO_FIELD:
            request[name] = _to_store(name, value)
    kind = attributes["type"]
    if kind != "physical":
        request["extension"] = kind
    if kind in TYPE_IS_SENT_FOR:
        request["type"] = kind
    if file_url is not None:
        request["file_url"] = file_url
    return orjson.dumps(request, option=orjson.OPT_SORT_KEYS)


def _to_store(name: str, value: Value) -> object:
    if name == "bisac" and isinstance(value, tuple):
        return [{"code": code} for code in value]
    if name == "table_of_contents" and isinstance(value, str):
        return orjson.Fragment(value)
    if name == "description":
        return value or ""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return {key: write_amount(entry) for key, entry in value.items()}
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return value


def write_amount(amount: Scalar) -> orjson.Fragment:
    """Write an amount as the JSON number it is, digit by digit, with no float on the way."""
    if not isinstance(amount, Decimal):
        message = f"{amount!r} is no amount"
        raise TypeError(message)
    return orjson.Fragment(format(amount if -amount.as_tuple().exponent >= 2 else amount.quantize(_CENT), "f"))  # type: ignore[operator]


def is_ours(row: Row) -> bool:
    """Whether a content belongs to this store and is there: lists show other tenants' and deleted ones too."""
    return read_flag(row.get("is_owned_by_current_tenant", UNSAID_OWNER_IS_US)) and row.get("ti_deleted_at") is None


def is_withdrawn(row: Row) -> bool:
    """Whether a content is there and not on sale, which nothing in the API can change."""
    return read_flag(row.get("ti_withdrawn"))


_NAMING = frozenset({int, str})
"""What ids and external ids may be in JSON; a boolean is neither."""


def identity(row: Row) -> tuple[str, str] | None:
    """Give a row's id and external id as text, the latter empty where it has none; `None` for a row without an id."""
    id_, key = row.get("id"), row.get("external_id")
    if id_.__class__ not in _NAMING:
        return None
    return str(id_), str(key) if key.__class__ in _NAMING else ""


def from_store(row: Row) -> Observed:
    """Read one content.

    Raises:  ValueError when the row is not what the documents promise.
    """
    named = identity(row)
    if named is None:
        message = "has a content without an id"
        raise ValueError(message)
    attributes: dict[str, Value] = {"external_id": named[1] or None}
    for name, keys, read in _READERS:
        # What an answer leaves out altogether it does not tell; that is not the same as telling that there is none.
        if keys[0] in row or keys[-1] in row:
            attributes[name] = read(row)
    for key in _TYPE_KEYS:
        kind = row.get(key)
        if isinstance(kind, str):
            attributes["type"] = kind
            break
    return Observed(named[0], named[1], attributes, links=links(row))


_LINKS = {"product": ("share_url", "product_url"), "reader": ("url", "reader_url")}
"""What there is to see → the keys of its address, by v1 and by v3."""


def links(row: Row) -> Links:
    """Give where people see a content, as its row says."""
    return {what: link for what, keys in _LINKS.items() for key in keys if isinstance(link := row.get(key), str)}


def pages(row: Row, store_url: str) -> Links:
    """Give where people see a content of which no more than its slug is told."""
    slug = row.get("slug")
    if not isinstance(slug, str) or not slug:
        return {}
    return {what: store_url + path.format(slug=quote(slug, safe="")) for what, path in PAGES.items()}


def read_text(value: object) -> str | None:
    """Read a text; anything else tells none."""
    return value if isinstance(value, str) else None


def read_flag(value: object) -> bool:
    """Read a flag: 0, 1, true, false and null all occur, at times as text."""
    return value not in {"", "0", "false"} if isinstance(value, str) else bool(value)


def _free(row: Row) -> bool:
    own = row.get("free")
    return read_flag(row.get("ti_free") if own is None else own)


def _description(row: Row) -> str | None:
    inner = row.get("issue_description")
    full = inner.get("description") if isinstance(inner, Mapping) else None
    short = row.get("description")
    if isinstance(full, str) and isinstance(short, str) and short.endswith(TRUNCATIONS):
        return full
    return read_text(short if short is not None else full)


def _date(row: Row) -> date | None:
    """Read the day as the store's own calendar has it: never through UTC, which may be on the day before."""
    for name in ("publication_date", "published_at"):
        value = row.get(name)
        text = value.get("date") if isinstance(value, Mapping) else value
        if isinstance(text, str):
            try:
                return date.fromisoformat(text[:10])
            except ValueError as failure:
                message = f"has {text!r} for a {name}"
                raise ValueError(message) from failure
    return None


def _prices(row: Row) -> dict[str, Scalar]:
    prices = row.get("prices")
    if not isinstance(prices, Mapping):
        return {}
    shown = {currency: read_amount(currency, told) for currency, told in prices.items() if told is not None}
    if all(figure == figure.quantize(_CENT) for figure in shown.values()):
        return {**shown}
    # Only what a float made of more than two decimals needs the amount in cents beside it to tell what it was.
    cents = _cents(row.get("price_morph"))
    return {currency: _exact(figure, cents.get(currency)) for currency, figure in shown.items()}


def _cents(rows: object) -> dict[str, Decimal]:
    exact: dict[str, Decimal] = {}
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, Mapping) or row.get("deleted_at") or row.get("country_code") or row.get("type") != "single":
            continue
        cents, currency = row.get("amount_in_cents"), row.get("currency_id")
        if isinstance(cents, int) and isinstance(currency, str):
            exact[currency] = Decimal(cents) / 100
    return exact


def read_amount(currency: str, told: object) -> Decimal:
    """Read an amount.

    Raises:  ValueError for what is no number.
    """
    message = f"has a price in {currency} that is no number"
    text = str(told)
    if len(text) > _LONGEST_TEXT:
        raise ValueError(message)
    try:
        shown = Decimal(text)
    except InvalidOperation as failure:
        raise ValueError(message) from failure
    # Written out, what is beyond all money takes as many digits as its exponent says.
    if not shown.is_finite() or not -_MOST_DIGITS < shown.adjusted() < _MOST_DIGITS:
        raise ValueError(message)
    return shown


def _exact(shown: Decimal, cents: Decimal | None) -> Decimal:
    """Take the amount in cents, which is exact, where it tells the same price as the figure beside it."""
    return cents if cents is not None and abs(cents - shown) < _CENT else shown


_READERS: tuple[tuple[str, tuple[str, ...], Callable[[Row], Value]], ...] = (
    ("name", ("name",), lambda row: read_text(row["name"])),
    ("lang", ("lang",), lambda row: read_text(row["lang"])),
    ("description", ("description", "issue_description"), _description),
    ("free", ("free", "ti_free"), _free),
    ("prices", ("prices",), _prices),
    ("publication_date", ("publication_date", "published_at"), _date),
)
"""Attribute, the one or two keys that tell it, and how it is read."""
_TYPE_KEYS = ("file_type", "type", "extension")


def may_be_shortened(row: Row) -> bool:
    """Whether a row's description ends like one that a list has cut."""
    text = _description(row)
    return text is not None and text.endswith(TRUNCATIONS)


def is_shortened(seen: Observed, expected: Attributes) -> bool:
    """Whether a description may have been cut by the list, so that only a single read can tell what it is."""
    text, wanted = seen.attributes.get("description"), expected.get("description")
    if not isinstance(text, str) or not text.endswith(TRUNCATIONS) or not isinstance(wanted, str):
        return False
    return not CONTENT.attributes["description"].same(text, wanted)


def is_start_of(seen: Observed, expected: Attributes) -> bool:
    """Whether a shortened description is the beginning of the one expected."""
    text, wanted = seen.attributes.get("description"), expected.get("description")
    if not isinstance(text, str) or not isinstance(wanted, str):
        return False
    for sign in TRUNCATIONS:
        text = text.removesuffix(sign)
    return plain_text(wanted).startswith(plain_text(text))


def failed_conversion(row: Row) -> str | None:
    """Give the state of a conversion that did not end well, as the store names it."""
    status = row.get("conversion_status")
    return status if isinstance(status, str) and any(part in status.lower() for part in FAILED_CONVERSION) else None
