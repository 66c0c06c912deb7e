"""Our attributes ↔ the JSON of publica.la's v3 API, exactly. Pure.

Requests are flat (`free`, `free_until`), answers are nested (`free: {enabled, until}`); lists are sent whole, and what is not
sent stays as it is.
Source: the service's pages on content by v3, last read 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

import orjson

from catalogctl.model.asset import Asset
from catalogctl.model.resource import NO_UNSET, Observed
from catalogctl.model.value import Attributes, Scalar, Value
from catalogctl.provider.protocol import Lookup
from catalogctl.provider.strict import quoted, read
from catalogctl.providers.publicala.answers import Content, ContentKey, MetadataAnswer, NewContent, ShownPrice
from catalogctl.providers.publicala.assumptions import (
    BOTH_KEYS_ARE_SENT,
    CLEARED_BY,
    V3_BISAC_FORM,
    V3_MEASURES,
    V3_RESTRICTIONS_ARE_COUNTRIES,
    V3_SHOWS_ALL_PRICES,
    V3_TERMS,
)
from catalogctl.providers.publicala.calls import UNSENT_BY_V3, by_v3
from catalogctl.providers.publicala.convert import Row, links, write_amount
from catalogctl.providers.publicala.identifiers import identifier_rows, own_identifiers
from catalogctl.providers.publicala.options import Api
from catalogctl.providers.publicala.types import CONTENT, FILES, SETTINGS, UNREAD, UNREAD_OF_PRINT, V1_ALONE, V3_ALONE
from catalogctl.providers.publicala.windows import windows_beside, windows_of, windows_text, written_windows

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


def body(attributes: Attributes, names: frozenset[str], urls: Mapping[str, str], bisac_form: str = V3_BISAC_FORM) -> bytes:
    """Write a request with some of a content's attributes; `urls` are the addresses of its files, by attribute."""
    return orjson.dumps(_fields(attributes, names, urls, bisac_form), option=orjson.OPT_SORT_KEYS)


def new_body(attributes: Attributes, urls: Mapping[str, str], bisac_form: str = V3_BISAC_FORM) -> bytes:
    """Write the request for a new content; what is none need not be said."""
    said = frozenset(name for name, value in attributes.items() if value not in (None, (), {}))
    request = {**_fields(attributes, said, urls, bisac_form), "file_type": _file_type(attributes)}
    return orjson.dumps(request, option=orjson.OPT_SORT_KEYS)


def _fields(attributes: Attributes, names: frozenset[str], urls: Mapping[str, str], bisac_form: str) -> dict[str, object]:
    request: dict[str, object] = {}
    for name in names - UNSENT_BY_V3:
        value = attributes.get(name)
        if name in urls:
            request[_NAMES[name]] = urls[name]
        elif name in {"external_id", "own_identifiers"}:
            request |= _keys(attributes, is_new="external_id" in names)
        elif name in {"prices", "price_windows", "shown_windows"}:
            request["prices"] = _price_rows(attributes)
        elif name == "bisac" and isinstance(value, tuple) and bisac_form == "objects":
            request[_NAMES[name]] = [{"code": code} for code in value]
        elif name not in {*FILES, "cover"} or value is not None:
            request[_NAMES.get(name, name)] = list(value) if isinstance(value, tuple) else value
    return request


def _file_type(attributes: Attributes) -> Value:
    return "audio" if attributes["type"] in {"mp3", "mpga"} else attributes["type"]


def _keys(attributes: Attributes, *, is_new: bool) -> dict[str, object]:
    """Say the external id in both of the ways that the documents know, with the identifiers that the content has and shall have beside it.

    Shapes:  `is_new` says whether the external id itself is to be sent.
    """
    key = str(attributes["external_id"])
    ours = identifier_rows(attributes.get("own_identifiers"))
    held = attributes.get("identifiers")
    there: list[dict[str, object]] = orjson.loads(held) if isinstance(held, str) else []
    mine = next((one for one in there if same_key(str(one["value"]), key)), None)
    usual = ("isbn_printed" if attributes.get("type") == "physical" else "isbn_digital") if is_isbn(key) else "external_id"
    primary = {"type": usual if mine is None else mine["type"], "value": key, "is_primary": True}
    types = {row["type"] for row in ours}
    others = [one for one in there if one is not mine and not one["is_primary"] and one["type"] not in types]
    others += [{**row, "is_primary": False} for row in ours]
    said: dict[str, object] = {"external_id": key} if is_new else {}
    return {**said, "identifiers": [primary, *others]} if BOTH_KEYS_ARE_SENT or others else said


def is_isbn(text: str) -> bool:
    """Return whether a text is an ISBN-13 without hyphens, its check digit right."""
    if len(text) != _ISBN_LENGTH or not (text.isascii() and text.isdecimal()) or text[:3] not in {"978", "979"}:
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(text)) % 10 == 0


def same_key(told: str, wanted: str) -> bool:
    """Return whether two external ids are one: to the letter, or one ISBN with and without hyphens."""
    return told == wanted or (is_isbn(plain := told.replace("-", "")) and plain == wanted.replace("-", ""))


def _price_rows(attributes: Attributes) -> list[dict[str, object]]:
    """Write all prices, those that hold at all times first: the array replaces what is there."""
    prices = attributes.get("prices")
    entries = prices if isinstance(prices, Mapping) else {}
    rows: list[dict[str, object]] = [{"currency_id": currency, "amount": write_amount(entry)} for currency, entry in entries.items()]
    for currency, amount, term in (*_windows(attributes.get("price_windows")), *_windows(attributes.get("shown_windows"))):
        rows.append({"currency_id": currency, "amount": write_amount(amount), **term})
    return rows


def _windows(value: Value) -> Iterator[tuple[str, Decimal, dict[str, str]]]:
    for row in windows_of(value):
        term = {name: day for name in ("starts_at", "ends_at") if (day := row[name]) is not None}
        yield str(row["currency"]), Decimal(row["amount"] or 0), term


def from_store(row: Row) -> Observed:
    """Read one content with all that was asked for.

    Raises:  ValueError when the row is not what the documents promise.
    """
    told = read(Content, row)
    prices = {price.currency_id: price.amount for price in told.prices if is_lasting(price)}
    more: dict[str, Value] = {"description": told.description, "prices": {**prices}}
    return _observed(told, row, {**more, **dict(_terms(told.metadata)), **_countries(told.geographic_restrictions)})


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
    if is_newer(row):
        attributes["identifiers"] = _identifiers(told)
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
    "edition_year": "edition_year",
}
"""Attribute → its field."""


def _identifiers(told: ContentKey) -> str | None:
    """Return a content's identifiers as an attribute has them; `None` where it has none, or none beside its external id."""
    if all(one.is_primary for one in told.identifiers):
        return None
    rows = [{"type": one.type, "value": one.value, "is_primary": one.is_primary} for one in told.identifiers]
    return orjson.dumps(rows, option=orjson.OPT_SORT_KEYS).decode()


def is_newer(row: Row) -> bool:
    """Return whether a store follows the newer of the two documents: only that one shows identifiers."""
    return "identifiers" in row


def key_of(row: Row) -> str:
    """Return a content's external id: its own, else the primary of its identifiers; empty where it has none.

    Raises:  ValueError when the row is not what the documents promise.
    """
    told = read(ContentKey, row)
    values = [entry.value for entry in told.identifiers if entry.is_primary]
    if told.external_id or not values:
        return told.external_id or ""
    return plain if is_isbn(plain := values[0].replace("-", "")) else values[0]


def identifiers_of(row: Row) -> list[tuple[str, str]]:
    """List the type and the value of each identifier beside the primary one; none where a store does not show them."""
    return [(one.type, one.value) for one in read(ContentKey, row).identifiers if not one.is_primary] if is_newer(row) else []


def _terms(metadata: MetadataAnswer) -> Iterator[tuple[str, Value]]:
    """Read the taxonomies that are reported, under whichever of their names."""
    for name, keys in V3_TERMS.items():
        terms = next((getattr(metadata, key) for key in keys if key in metadata.model_fields_set), None)
        if terms is not None:
            # The store trims blanks at the ends of what it is sent: what it has from elsewhere is read alike.
            terms = [term for one in terms if (term := one.strip())]
            yield name, tuple(sorted(set(terms)) if CONTENT.attributes[name].shape == "set" else terms)


def _countries(restrictions: object) -> dict[str, Value]:
    """Read the countries that a content is sold in, none for everywhere; nothing where the answer does not show a list of names."""
    if not isinstance(restrictions, list) or not all(isinstance(name, str) for name in restrictions):
        return {}
    return {"country": tuple(sorted(set(restrictions)))} if V3_RESTRICTIONS_ARE_COUNTRIES or not restrictions else {}


def is_lasting(price: ShownPrice) -> bool:
    """Return whether a price holds at all times."""
    return price.starts_at is None and price.ends_at is None


def passing(row: Row) -> str:
    """Return the prices that a content shows and that hold for a time, as an attribute has them."""
    return _windows_of(_passing(row))


def _passing(row: Row) -> list[ShownPrice]:
    return [price for price in read(Content, row).prices if not is_lasting(price)]


def _windows_of(prices: Iterable[ShownPrice]) -> str:
    return windows_text(
        {"currency": price.currency_id, "amount": price.amount, "starts_at": _day(price.starts_at), "ends_at": _day(price.ends_at)}
        for price in prices
    )


def _day(moment: str | None) -> str | None:
    return None if moment is None else moment[:10]


def _is_day(moment: str | None) -> bool:
    """Return whether a term can be sent again as it was shown: a day, or the midnight at which it begins."""
    return moment is None or re.fullmatch(r"\d{4}-\d{2}-\d{2}([T ]00:00(:00(\.0+)?)?(Z|\+00:00)?)?", moment, re.ASCII) is not None


def for_wanted(row: Row, seen: Observed, expected: Attributes, key: str) -> Observed:
    """Return a content as it counts for the one that is wanted, whose attributes and key these are.

    Left out is what a content that is written by v1 does not tell. Put in is what needs no telling: the API that it is written by,
    that it has no file where it shall have none, and that it has nothing of what its API has no place for.
    """
    told = dict(seen.attributes)
    if "edition_year" not in expected and told.get("edition_year") is None:  # what no other store would show
        told.pop("edition_year", None)
    if is_newer(row):
        told |= own_identifiers(identifiers_of(row), expected)
    if same_key(seen.key, key):
        told["external_id"], seen = key, replace(seen, key=key)
    if not by_v3(expected):
        known = {name: value for name, value in told.items() if name in _BY_V1}
        return with_losses_by_v1(replace(seen, attributes={**known, **without(V3_ALONE)}, in_place=frozenset()), row)
    if "prices" in told:
        told["prices"] = _known_prices(row, expected)
    beside = [price for price in _passing(row) if windows_of(windows_beside(_windows_of([price]), expected.get("price_windows")))]
    if all(_is_day(price.starts_at) and _is_day(price.ends_at) for price in beside):
        told["shown_windows"] = _windows_of(beside)
        if V3_SHOWS_ALL_PRICES:
            told["price_windows"] = passing(row)
    told |= {name: None for name in FILES if name in expected and expected[name] is None}
    told = {"identifiers": None, **told}  # the older documents know none but the external id
    attributes = {**told, "api": Api.V3.value, **without(V1_ALONE)}
    return replace(seen, attributes=attributes, irreplaceable=_lost_by_v3(told.get("country")), unread=unread_of(told))


def let_go(want: Lookup) -> Attributes:
    """Return the values that stand for having none of what a content was once written with by v3, and not every store has a place for."""
    return {"edition_year": CLEARED_BY} if "edition_year" in want.remembered and "edition_year" not in want.expected else {}


def _lost_by_v3(countries: Value) -> str:
    """Return what a content has that no create by v3 could give another one."""
    if not isinstance(countries, tuple) or not countries:
        return ""
    names = ", ".join(map(str, countries))
    return f"It is sold in {names} alone, and v3 has no field for countries: a new content would be sold everywhere."


def with_losses_by_v1(seen: Observed, row: Row) -> Observed:
    """Return a content that is written by v1 with what its row by v3 has and no create by v1 could give another one."""
    told = from_store(row).attributes
    values = [_said(name, value) for name in SETTINGS if (value := told.get(name)) not in (None, False, "")]
    values += [f"`price_windows` {window}" for window in written_windows(passing(row))]
    if told.get("editing_location") and told.get("type") != "physical":
        values.append(_said("editing_location", told["editing_location"]))
    values += [f"the identifier {one.type} {quoted(one.value)}" for one in read(ContentKey, row).identifiers if not one.is_primary]
    lost = f"It has {', '.join(values)}. The v1 API has no field for these: a new content would be created without them." if values else ""
    if lost and not told.get("country"):
        lost += " With `content_api: v3` it keeps them."
    return replace(seen, irreplaceable=lost, unread=unread_of(told))


def _said(name: str, value: Value) -> str:
    return f"`{name}`" if value is True else f"`{name}` {quoted(str(value))}"


def unread_of(told: Attributes) -> tuple[str, ...]:
    """Return the attributes that a content may have and that v3 does not return."""
    return (*UNREAD, *UNREAD_OF_PRINT) if told.get("type") == "physical" else UNREAD


def without(names: tuple[str, ...]) -> dict[str, Value]:
    """Return the values that stand for having none of some attributes, which the API in use has no place for."""
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
    offered: dict[str, set[Decimal]] = {}
    for currency, amount, _ in _windows(expected.get("price_windows")):
        offered.setdefault(currency, set()).add(amount)
    for currency, amounts in offered.items():
        told = {price.amount for price in shown if price.currency_id == currency}
        if not told or (ours.get(currency) not in told and not told <= amounts):
            continue
        if currency in ours:
            prices[currency] = ours[currency]
        elif told <= amounts:
            prices.pop(currency, None)
    return prices


def files_of(attributes: Attributes, names: frozenset[str]) -> dict[str, Asset]:
    """Return the files among some attributes, which are to have an address before they can be sent."""
    return {name: value for name in sorted(names) if isinstance(value := attributes.get(name), Asset)}
