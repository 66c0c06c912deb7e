"""Our attributes ↔ the JSON of publica.la's v1 API, exactly. Pure.

Source: the service's page on content, last read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from urllib.parse import quote

import orjson

from catalogctl.model.link import Links
from catalogctl.model.resource import Observed
from catalogctl.model.value import Attributes, Scalar, Value
from catalogctl.provider.strict import read, shown
from catalogctl.providers.publicala.answers import ContentRow, NewIssue
from catalogctl.providers.publicala.assumptions import CONVERTED, PAGES, TRUNCATIONS, TYPE_IS_SENT_FOR
from catalogctl.providers.publicala.types import CONTENT, V3_ALONE, plain_text

Row = Mapping[str, object]
"""One content as an answer shows it."""

_CENT = Decimal("0.01")
_NO_FIELD = frozenset({"type", "file", "api", "identifiers", "own_identifiers", "edition_year", *V3_ALONE})
"""Attributes that are sent under another name, or not at all."""


def new_body(attributes: Attributes, names: frozenset[str], file_url: str | None) -> bytes:
    """Write the request for a new content from its attributes, of which those in `names` may be sent; `file_url` is where its file is."""
    request = _fields(attributes, names)
    if attributes["type"] in TYPE_IS_SENT_FOR:
        request["type"] = attributes["type"]
    if file_url is not None:
        request["file_url"] = file_url
    return orjson.dumps(request, option=orjson.OPT_SORT_KEYS)


def changed_body(attributes: Attributes, names: frozenset[str]) -> bytes:
    """Write the request for an update: its table has no `published_at`, and `type` for physical content alone."""
    request = _fields(attributes, names - {"published_at"})
    if attributes["type"] == "physical":
        request["type"] = "physical"
    return orjson.dumps(request, option=orjson.OPT_SORT_KEYS)


def _fields(attributes: Attributes, names: frozenset[str]) -> dict[str, object]:
    request = {name: _to_store(name, value) for name, value in attributes.items() if name in names and name not in _NO_FIELD}
    if attributes["type"] != "physical":
        request["extension"] = attributes["type"]
    return request


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
    """Return whether a content belongs to this store and is there: lists show other tenants' and deleted ones too."""
    return row["is_owned_by_current_tenant"] is True and row.get("ti_deleted_at") is None


def is_withdrawn(row: Row) -> bool:
    """Return whether a content is there and not on sale, which nothing in the API can change."""
    return bool(row.get("ti_withdrawn"))


def identity(row: Row) -> tuple[str, str]:
    """Return the id and the external id of a row that was judged, as text; the latter is empty where it has none."""
    return str(row["id"]), str(row["external_id"] or "")


def from_store(row: Row) -> Observed:
    """Read one content as a list or a single answer shows it.

    Raises:  ValueError when the row is not what the documents promise.
    """
    told = read(ContentRow, row)
    return _observed(told, row, {"type": told.file_type})


def from_created(row: Row) -> Observed:
    """Read one content as the answer to its create shows it.

    Raises:  as `from_store`.
    """
    return _observed(read(NewIssue, row), row, {})


def _observed(told: NewIssue, row: Row, more: Attributes) -> Observed:
    attributes: dict[str, Value] = {
        "external_id": told.external_id or None,
        "name": told.name,
        "lang": told.lang,
        "description": _description(told),
        "free": told.free,
        "prices": _prices(told),
        "publication_date": told.publication_date.date,
        **more,
    }
    return Observed(str(told.id), told.external_id or "", attributes, links=links(row))


_LINKS = {"product": ("share_url", "product_url"), "reader": ("url", "reader_url")}
"""What there is to see → the keys of its address, by v1 and by v3."""


def links(row: Row) -> Links:
    """Return where people see a content, as its row says."""
    return {what: link for what, keys in _LINKS.items() for key in keys if isinstance(link := row.get(key), str)}


def pages(row: Row, store_url: str) -> Links:
    """Return where people see a content of which no more than its slug is reported."""
    slug = row.get("slug")
    if not isinstance(slug, str) or not slug:
        return {}
    return {what: store_url + path.format(slug=quote(slug, safe="")) for what, path in PAGES.items()}


def _description(told: NewIssue) -> str | None:
    """Return the whole description where the one beside it was cut.

    Raises:  ValueError when one of the two says that there is none, and the other one has a text.
    """
    short, full = told.description, told.issue_description.description
    if (short is None) != (full is None):
        message = f"is not as documented: description is {shown(short)}, and issue_description.description is {shown(full)}"
        raise ValueError(message)
    return full if short is not None and short.endswith(TRUNCATIONS) else short


def _prices(told: NewIssue) -> dict[str, Scalar]:
    if all(figure == figure.quantize(_CENT) for figure in told.prices.values()):
        return {**told.prices}
    # Only what a float made of more than two decimals needs the amount in cents beside it to tell what it was.
    cents = {
        row.currency_id: Decimal(row.amount_in_cents) / 100
        for row in told.price_morph
        if row.deleted_at is None and row.country_code is None and row.type == "single"
    }
    return {currency: _exact(figure, cents.get(currency)) for currency, figure in told.prices.items()}


def _exact(shown: Decimal, cents: Decimal | None) -> Decimal:
    """Take the amount in cents, which is exact, where it tells the same price as the figure beside it."""
    return cents if cents is not None and abs(cents - shown) < _CENT else shown


def may_be_shortened(seen: Observed) -> bool:
    """Return whether a description ends like one that a list has cut."""
    text = seen.attributes.get("description")
    return isinstance(text, str) and text.endswith(TRUNCATIONS)


def is_shortened(seen: Observed, expected: Attributes) -> bool:
    """Return whether a description may have been cut by the list, so that only a single read can tell what it is."""
    text, wanted = seen.attributes.get("description"), expected.get("description")
    if not isinstance(text, str) or not text.endswith(TRUNCATIONS) or not isinstance(wanted, str):
        return False
    return not CONTENT.attributes["description"].same(text, wanted)


def is_start_of(seen: Observed, expected: Attributes) -> bool:
    """Return whether a shortened description is the beginning of the one expected."""
    text, wanted = seen.attributes.get("description"), expected.get("description")
    if not isinstance(text, str) or not isinstance(wanted, str):
        return False
    for sign in TRUNCATIONS:
        text = text.removesuffix(sign)
    return plain_text(wanted).startswith(plain_text(text))


def conversion(row: Row) -> str | None:
    """Return the state of a conversion that is not known to have ended well, in the store's word; `None` where there is none."""
    status = row.get("conversion_status")
    return status if isinstance(status, str) and status not in CONVERTED else None


def without_description(seen: Observed) -> Observed:
    """Return a content of which nothing is reported about the description."""
    return replace(seen, attributes={name: value for name, value in seen.attributes.items() if name != "description"})
