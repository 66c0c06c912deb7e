"""Our attributes ↔ the JSON of publica.la's v3 API, exactly. Pure.

Requests are flat (`free`, `free_until`), answers are nested (`free: {enabled, until}`); lists are sent whole, and what is not
sent stays as it is.
Source: the service's pages on content by v3, last read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

import orjson

from catalogctl.model.asset import Asset
from catalogctl.model.resource import NO_UNSET, Observed
from catalogctl.model.value import Attributes, Scalar, Value
from catalogctl.provider.strict import read
from catalogctl.providers.publicala.answers import Content, ContentKey, Metadata, NewContent, ShownPrice
from catalogctl.providers.publicala.assumptions import BOTH_KEYS_ARE_SENT, V3_MEASURES, V3_TERMS
from catalogctl.providers.publicala.calls import UNSENT_BY_V3, by_v3
from catalogctl.providers.publicala.convert import Row, links, write_amount
from catalogctl.providers.publicala.options import Api
from catalogctl.providers.publicala.types import CONTENT, FILES, V1_ALONE

_ISBN_LENGTH = 13
_NAMES = {
    **{name: keys[0] for name, keys in V3_TERMS.items()},
    **{name: name for name in V3_MEASURES},
    "publication_date": "published_at",
    "editing_location": "publication_place",
    "file": "file_url",
    "sftp_file": "file",
    "cover": "cover_url",
}
"""What attributes are called in a request, where that is not their own name."""
_BY_V1 = frozenset({"external_id", "type", "name", "lang", "description", "free", "prices", "publication_date"})
"""What v1 tells of a content: all that may be taken from v3 of one that is written by v1."""


def body(attributes: Attributes, names: frozenset[str], urls: Mapping[str, str]) -> bytes:
    """Write a request with some of a content's attributes; `urls` are the addresses of its files, by attribute."""
    return orjson.dumps(_fields(attributes, names, urls), option=orjson.OPT_SORT_KEYS)


def new_body(attributes: Attributes, urls: Mapping[str, str]) -> bytes:
    """Write the request for a new content; what is none need not be said."""
    said = frozenset(name for name, value in attributes.items() if value not in (None, (), {}))
    request = {**_fields(attributes, said, urls), "file_type": _file_type(attributes)}
    return orjson.dumps(request, option=orjson.OPT_SORT_KEYS)


def _fields(attributes: Attributes, names: frozenset[str], urls: Mapping[str, str]) -> dict[str, object]:
    request: dict[str, object] = {}
    for name in names - UNSENT_BY_V3:
        value = attributes.get(name)
        if name in urls:
            request[_NAMES[name]] = urls[name]
        elif name == "external_id":
            request |= _key(str(value), attributes)
        elif name in {"prices", "price_windows"}:
            request["prices"] = _price_rows(attributes)
        elif name not in {*FILES, "cover"} or value is not None:
            request[_NAMES.get(name, name)] = _to_store(name, value)
    return request


def _file_type(attributes: Attributes) -> Value:
    return "audio" if attributes["type"] in {"mp3", "mpga"} else attributes["type"]


def _to_store(name: str, value: Value) -> object:
    if name == "bisac" and isinstance(value, tuple):
        return [{"code": code} for code in value]
    return list(value) if isinstance(value, tuple) else value


def _key(key: str, attributes: Attributes) -> dict[str, object]:
    """Say the external id in both of the ways that the documents know."""
    kind = ("isbn_printed" if attributes.get("type") == "physical" else "isbn_digital") if is_isbn(key) else "external_id"
    primary = {"type": kind, "value": key, "is_primary": True}
    return {"external_id": key, "identifiers": [primary]} if BOTH_KEYS_ARE_SENT else {"external_id": key}


def is_isbn(text: str) -> bool:
    """Whether a text is an ISBN-13 without hyphens, its check digit right."""
    if len(text) != _ISBN_LENGTH or not (text.isascii() and text.isdecimal()) or text[:3] not in {"978", "979"}:
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(text)) % 10 == 0


def same_key(told: str, wanted: str) -> bool:
    """Whether two external ids are one: to the letter, or one ISBN with and without hyphens."""
    return told == wanted or (is_isbn(plain := told.replace("-", "")) and plain == wanted.replace("-", ""))


def _price_rows(attributes: Attributes) -> list[dict[str, object]]:
    """Write all prices, those that hold at all times first: the array replaces what is there."""
    prices = attributes.get("prices")
    entries = prices if isinstance(prices, Mapping) else {}
    rows: list[dict[str, object]] = [{"currency_id": currency, "amount": write_amount(entry)} for currency, entry in entries.items()]
    for currency, amount, term in _windows(attributes):
        rows.append({"currency_id": currency, "amount": write_amount(amount), **term})
    return rows


def _windows(attributes: Attributes) -> Iterator[tuple[str, Decimal, dict[str, str]]]:
    text = attributes.get("price_windows")
    for row in orjson.loads(text) if isinstance(text, str) else ():
        term = {name: row[name] for name in ("starts_at", "ends_at") if row[name] is not None}
        yield row["currency"], Decimal(row["amount"]), term


def from_store(row: Row) -> Observed:
    """Read one content with all that was asked for.

    Raises:  ValueError when the row is not what the documents promise.
    """
    told = read(Content, row)
    prices = {price.currency_id: price.amount for price in told.prices if is_lasting(price)}
    more: dict[str, Value] = {"description": told.description, "prices": {**prices}}
    return _observed(told, row, {**more, **dict(_terms(told.metadata))})


def from_created(row: Row) -> Observed:
    """Read one content as the answer to its create shows it.

    Raises:  as `from_store`.
    """
    return _observed(read(NewContent, row), row, {})


def _observed(told: NewContent, row: Row, more: Attributes) -> Observed:
    key = key_of(row)
    attributes: dict[str, Value] = {"external_id": key or None}
    # What an answer leaves out altogether it does not tell; that is not the same as telling that there is none.
    attributes |= {name: getattr(told, theirs) for name, theirs in _FIELDS.items() if theirs in told.model_fields_set}
    if told.free is not None:
        attributes |= {"free": told.free.enabled, "free_until": told.free.until, "require_login": told.free.require_login}
    if told.preview is not None:
        attributes |= {"preview": told.preview.enabled, "preview_require_login": told.preview.require_login}
    # Only the newer documents know identifiers, and that a content's file can be replaced.
    return Observed(told.id, key, {**attributes, **more}, frozenset(FILES) if is_newer(row) else frozenset(), links(row))


_FIELDS = {
    "type": "file_type",
    "name": "name",
    "lang": "lang",
    "publication_date": "published_at",
    "subtitle": "subtitle",
    "editing_location": "publication_place",
    "audience": "audience",
}
"""Attribute → its field."""


def is_newer(row: Row) -> bool:
    """Whether a store follows the newer of the two documents: only that one shows identifiers."""
    return "identifiers" in row


def key_of(row: Row) -> str:
    """Give a content's external id: its own, else the primary of its identifiers; empty where it has none.

    Raises:  ValueError when the row is not what the documents promise.
    """
    told = read(ContentKey, row)
    values = [entry.value for entry in told.identifiers if entry.is_primary]
    if told.external_id or not values:
        return told.external_id or ""
    return plain if is_isbn(plain := values[0].replace("-", "")) else values[0]


def _terms(metadata: Metadata) -> Iterator[tuple[str, Value]]:
    """Read the taxonomies that are told, under whichever of their names."""
    for name, keys in V3_TERMS.items():
        terms = next((getattr(metadata, key) for key in keys if key in metadata.model_fields_set), None)
        if terms is not None:
            yield name, tuple(sorted(set(terms)) if CONTENT.attributes[name].shape == "set" else terms)


def is_lasting(price: ShownPrice) -> bool:
    """Whether a price holds at all times."""
    return price.starts_at is None and price.ends_at is None


def has_passing_prices(row: Row) -> bool:
    """Whether a content shows prices that hold for a time."""
    return not all(map(is_lasting, read(Content, row).prices))


def for_wanted(row: Row, seen: Observed, expected: Attributes, key: str) -> Observed:
    """Give a content as it counts for the one that is wanted, whose attributes and key these are.

    Left out is what a content that is written by v1 does not tell. Put in is what needs no telling: the API that it is written by,
    that it has no file where it shall have none, and that it has nothing of what its API has no place for.
    """
    told = dict(seen.attributes)
    if same_key(seen.key, key):
        told["external_id"], seen = key, replace(seen, key=key)
    if not by_v3(expected):
        known = {name: value for name, value in told.items() if name in _BY_V1}
        return replace(seen, attributes=known, in_place=frozenset())
    if "prices" in told:
        told["prices"] = _known_prices(row, expected)
    told |= {name: None for name in FILES if name in expected and expected[name] is None}
    return replace(seen, attributes={**told, "api": Api.V3.value, **without(V1_ALONE)})


def without(names: tuple[str, ...]) -> dict[str, Value]:
    """Give the values that stand for having none of some attributes, which the API in use has no place for."""
    emptied: dict[str, Value] = {}
    for name in names:
        unset = CONTENT.attributes[name].unset
        if unset is not NO_UNSET:
            emptied[name] = unset
    return emptied


def _known_prices(row: Row, expected: Attributes) -> dict[str, Scalar]:
    """Read the prices that hold at all times, past those that hold for a time: these come and go, and may hide the others."""
    shown = read(Content, row).prices
    prices: dict[str, Scalar] = {price.currency_id: price.amount for price in shown if is_lasting(price)}
    wanted = expected.get("prices")
    ours = wanted if isinstance(wanted, Mapping) else {}
    passing: dict[str, set[Decimal]] = {}
    for currency, amount, _ in _windows(expected):
        passing.setdefault(currency, set()).add(amount)
    for currency, amounts in passing.items():
        told = {price.amount for price in shown if price.currency_id == currency}
        if not told or (ours.get(currency) not in told and not told <= amounts):
            continue
        if currency in ours:
            prices[currency] = ours[currency]
        elif told <= amounts:
            prices.pop(currency, None)
    return prices


def files_of(attributes: Attributes, names: frozenset[str]) -> dict[str, Asset]:
    """Give the files among some attributes, which are to have an address before they can be sent."""
    return {name: value for name in sorted(names) if isinstance(value := attributes.get(name), Asset)}
