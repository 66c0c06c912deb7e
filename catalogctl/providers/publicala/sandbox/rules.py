"""What the document's request tables demand of a body, and what of it is kept.

Chosen where the document is silent: an optional field may be null, which empties it; strings are trimmed and an empty
string is null, as Laravel's middleware does; unknown keys are taken and ignored; `binding_type` and `editing_location`
are in samples only and are taken on create and on update; `published_at` is in a sample of a create only, and an
update ignores it, as it does `type` of what is not physical (the table of the update says "Required for physical");
a body that is not a JSON object counts as an empty one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import orjson

from catalogctl.provider.emulation import Json
from catalogctl.providers.publicala.sandbox.checks import (
    BodyCheck,
    address,
    amount,
    cleaned,
    codes,
    codes_of_strings,
    count,
    day,
    flag,
    instant,
    language,
    parses,
    some_text,
    terms,
    text,
)
from catalogctl.providers.publicala.sandbox.issue import CURRENCIES, MEASURES, PHYSICAL, TAXONOMIES, TERMS
from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches

EXTENSIONS = ("mpga", "mp3", "pdf", "epub")
AUDIO = frozenset({"mpga", "mp3"})
IMMUTABLE = "The file and file type cannot be updated."

_PLAIN = frozenset({"publication_date", "published_at", "name", "description", "external_id", "free", "prices", "lang", "type"})
_COMMON = _PLAIN | {"table_of_contents", *TAXONOMIES}
_PRINTED = frozenset({*MEASURES, "binding_type", "editing_location"})
_SALE = frozenset({"preorder_from", "sale_from"})


def judge_new(body: Json, switches: PublicalaSwitches) -> BodyCheck:
    """Judge the body of a POST by the table for physical content where its type says so, else by that for digital content."""
    given = cleaned(body)
    verdict = BodyCheck()
    required = {"publication_date", "name", "external_id"}
    if switches.required_fields == "lenient":
        required = {"name"}
    if given.get("type") == PHYSICAL:
        known = _COMMON | _PRINTED
        verdict.values["extension"] = PHYSICAL
    else:
        known = _COMMON | {"extension", "file_url"}
        required |= {"extension", "file_url"}
    _judge(given, known, required, switches, verdict)
    if "type" in given and given["type"] != PHYSICAL:
        _judge_digital_type(given, verdict)
    return verdict


def judge_changed(body: Json, extension: str, switches: PublicalaSwitches) -> BodyCheck:
    """Judge the body of a PUT to a content whose stored file type is `extension`."""
    given = cleaned(body)
    verdict = BodyCheck()
    strict = switches.required_fields == "strict"
    required = {"publication_date", "name", "external_id"} if strict else {"publication_date", "name"}
    if extension == PHYSICAL:
        known = (_COMMON | _PRINTED | _SALE) - {"published_at"}
        _judge(given, known, required | ({"type"} if strict else set()), switches, verdict)
        if given.get("type") not in (None, PHYSICAL):
            verdict.say("type", IMMUTABLE)
    else:
        known = (_COMMON | _SALE | {"extension"}) - {"published_at", "type"}
        _judge(given, known, required | ({"extension"} if strict else set()), switches, verdict)
        for name in ("extension", "type"):
            if given.get(name) is not None and not _same_file_type(given[name], extension):
                verdict.say(name, IMMUTABLE)
    verdict.values.pop("extension", None)
    return verdict


def _judge(given: Mapping[str, Json], known: frozenset[str], required: set[str], switches: PublicalaSwitches, verdict: BodyCheck) -> None:
    verdict.ignored = tuple(sorted(given.keys() - known))
    for name in sorted(required):
        if given.get(name) in (None, [], {}):
            verdict.refuse(name, "field is required.")
    physical = "pages" in known
    for name in sorted(known & given.keys()):
        value = given[name]
        if name == "table_of_contents":
            (text if physical else _structure)(name, value, verdict)
        elif name == "bisac":
            codes(codes_of_strings(value) if switches.required_fields == "lenient" else value, verdict)
        elif name == "collection":
            terms(name, value, verdict)
            existing(name, value, switches, verdict)
        elif name == "prices":
            _prices(value, switches, verdict)
        elif name != "type":
            _CHECKS[name](name, value, verdict)


def _judge_digital_type(given: Mapping[str, Json], verdict: BodyCheck) -> None:
    extension = given.get("extension")
    if given["type"] is not None and not (isinstance(extension, str) and _same_file_type(given["type"], extension)):
        verdict.refuse_choice("type")


def _same_file_type(sent: Json, extension: str) -> bool:
    return sent == extension or {sent if isinstance(sent, str) else "", extension} <= AUDIO


def _extension(name: str, value: Json, verdict: BodyCheck) -> None:
    if value is None:
        return
    if value not in EXTENSIONS:
        verdict.refuse_choice(name)
    verdict.values[name] = value


def existing(name: str, value: Json, switches: PublicalaSwitches, verdict: BodyCheck) -> None:
    """Refuse collections that do not exist, where the switch names those that do."""
    if switches.collections is None or not isinstance(value, list):
        return
    for index, term in enumerate(value):
        if term not in switches.collections:
            verdict.refuse_choice(f"{name}.{index}")


def _prices(value: Json, switches: PublicalaSwitches, verdict: BodyCheck) -> None:
    # PHP reads {} and [] as the same empty array.
    prices = {} if value in (None, []) else value
    if not isinstance(prices, dict):
        verdict.refuse("prices", "must be an object.")
        return
    amounts: dict[str, int] = {}
    for currency, price in prices.items():
        place = f"prices.{currency}"
        if currency not in CURRENCIES:
            verdict.refuse_choice(place)
        elif (kept := amount(place, price, verdict)) is not None and (price != 0 or switches.zero_price == "kept"):
            amounts[currency] = kept
    verdict.values["amounts_in_cents"] = amounts


def _structure(name: str, value: Json, verdict: BodyCheck) -> None:
    if isinstance(value, str):
        if not parses(orjson.loads, value):
            verdict.refuse(name, "must be a valid JSON string.")
    elif value is not None and not isinstance(value, list | dict):
        verdict.refuse(name, "must be a valid JSON string.")
    verdict.values[name] = value


_CHECKS: Mapping[str, Callable[[str, Json, BodyCheck], None]] = {
    "publication_date": day,
    "published_at": instant,
    "name": some_text,
    "description": text,
    "external_id": some_text,
    "free": flag,
    "lang": language,
    "extension": _extension,
    "file_url": address,
    "preorder_from": instant,
    "sale_from": instant,
    "binding_type": text,
    "editing_location": text,
    **dict.fromkeys(TERMS, terms),
    **dict.fromkeys(MEASURES, count),
}
