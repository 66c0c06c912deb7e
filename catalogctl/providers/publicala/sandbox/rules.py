"""What the document's request tables demand of a body, and what of it is kept.

Chosen where the document is silent: an optional field may be null, which empties it; strings are trimmed and an empty
string is null, as Laravel's middleware does; unknown keys are taken and ignored; `binding_type`, `editing_location` and
`published_at` stand in samples only and are taken on create and on update; a body that is not a JSON object counts as
an empty one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

import orjson

from catalogctl.provider.emulation import Json
from catalogctl.providers.publicala.sandbox.issue import CURRENCIES, MEASURES, PHYSICAL, TAXONOMIES, TERMS, cents
from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches

EXTENSIONS = ("mpga", "mp3", "pdf", "epub")
AUDIO = frozenset({"mpga", "mp3"})
HIGHEST_PRICE = 99_999_999
"""Chosen: some column ends somewhere."""

_PLAIN = frozenset({"publication_date", "published_at", "name", "description", "external_id", "free", "prices", "lang", "type"})
_COMMON = _PLAIN | {"table_of_contents", *TAXONOMIES}
_PRINTED = frozenset({*MEASURES, "binding_type", "editing_location"})
_SALE = frozenset({"preorder_from", "sale_from"})

_PHP_WHITESPACE = " \t\n\r\0\x0b"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
_BISAC = re.compile(r"[A-Z]{3}\d{6}")
_ISO_639_1 = frozenset(
    (
        "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff "
        "fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks "
        "ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps "
        "pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur "
        "uz ve vi vo wa wo xh yi yo za zh zu"
    ).split(),
)


@dataclass(slots=True)
class Verdict:
    """What was found in one body."""

    values: dict[str, object] = field(default_factory=dict)
    """By the stored fields' names, ready for an Issue; only what the body named."""
    errors: dict[str, list[str]] = field(default_factory=dict)
    """By field in Laravel's dotted form; empty where the body is accepted."""
    ignored: tuple[str, ...] = ()

    def refuse(self, key: str, complaint: str) -> None:
        """Add a complaint, which is a sentence without its subject."""
        self.errors.setdefault(key, []).append(f"The {key.replace('_', ' ')} {complaint}")

    def refuse_choice(self, key: str) -> None:
        """Add the complaint about a value outside a closed set."""
        self.errors.setdefault(key, []).append(f"The selected {key.replace('_', ' ')} is invalid.")


def judge_new(body: Json, switches: PublicalaSwitches) -> Verdict:
    """Judge the body of a POST by the table for physical content where its type says so, else by that for digital content."""
    given = _cleaned(body)
    verdict = Verdict()
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


def judge_changed(body: Json, extension: str, switches: PublicalaSwitches) -> Verdict:
    """Judge the body of a PUT to a content whose stored file type is `extension`."""
    given = _cleaned(body)
    verdict = Verdict()
    strict = switches.required_fields == "strict"
    required = {"publication_date", "name", "external_id"} if strict else {"publication_date", "name"}
    if extension == PHYSICAL:
        known = _COMMON | _PRINTED | _SALE
        _judge(given, known, required | ({"type"} if strict else set()), switches, verdict)
        if given.get("type") not in (None, PHYSICAL):
            verdict.errors.setdefault("type", []).append("The file and file type cannot be updated.")
    else:
        known = _COMMON | _SALE | {"extension"}
        _judge(given, known, required | ({"extension"} if strict else set()), switches, verdict)
        for name in ("extension", "type"):
            if given.get(name) is not None and not _same_file_type(given[name], extension):
                verdict.errors.setdefault(name, []).append("The file and file type cannot be updated.")
    verdict.values.pop("extension", None)
    return verdict


def _judge(given: Mapping[str, Json], known: frozenset[str], required: set[str], switches: PublicalaSwitches, verdict: Verdict) -> None:
    verdict.ignored = tuple(sorted(given.keys() - known))
    for name in sorted(required):
        if given.get(name) in (None, [], {}):
            verdict.refuse(name, "field is required.")
    physical = "pages" in known
    for name in sorted(known & given.keys()):
        value = given[name]
        if name == "table_of_contents":
            (_text if physical else _structure)(name, value, verdict)
        elif name == "bisac":
            _codes(value, switches, verdict)
        elif name == "collection":
            _terms(name, value, verdict)
            _existing(value, switches, verdict)
        elif name == "prices":
            _prices(value, switches, verdict)
        elif name != "type":
            _CHECKS[name](name, value, verdict)


def _judge_digital_type(given: Mapping[str, Json], verdict: Verdict) -> None:
    extension = given.get("extension")
    if given["type"] is not None and not (isinstance(extension, str) and _same_file_type(given["type"], extension)):
        verdict.refuse_choice("type")


def _same_file_type(sent: Json, extension: str) -> bool:
    return sent == extension or {sent if isinstance(sent, str) else "", extension} <= AUDIO


def _cleaned(body: Json) -> dict[str, Json]:
    return {key: _trimmed(value) for key, value in body.items()} if isinstance(body, dict) else {}


def _trimmed(value: Json) -> Json:
    match value:
        case str():
            return value.strip(_PHP_WHITESPACE) or None
        case list():
            return [_trimmed(item) for item in value]
        case dict():
            return {key: _trimmed(item) for key, item in value.items()}
        case _:
            return value


def _text(name: str, value: Json, verdict: Verdict) -> None:
    if value is not None and not isinstance(value, str):
        verdict.refuse(name, "must be a string.")
    verdict.values[name] = value


def _key(name: str, value: Json, verdict: Verdict) -> None:
    # Null is `required`'s business; where nothing is required it leaves the stored value alone.
    if value is None:
        return
    _text(name, value, verdict)


def _extension(name: str, value: Json, verdict: Verdict) -> None:
    if value is None:
        return
    if value not in EXTENSIONS:
        verdict.refuse_choice(name)
    verdict.values[name] = value


def _address(name: str, value: Json, verdict: Verdict) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        verdict.refuse(name, "must be a string.")
    elif not _is_address(value):
        verdict.refuse(name, "format is invalid.")
    verdict.values[name] = value


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", value)


def _flag(name: str, value: Json, verdict: Verdict) -> None:
    if isinstance(value, bool) or value is None or (isinstance(value, int) and value in (0, 1)):
        verdict.values[name] = bool(value)
    else:
        verdict.refuse(name, "field must be true or false.")


def _day(name: str, value: Json, verdict: Verdict) -> None:
    if value is None:
        return
    if not isinstance(value, str) or not _DATE.fullmatch(value) or not _parses(date.fromisoformat, value):
        verdict.refuse(name, "does not match the format Y-m-d.")
    verdict.values[name] = value


def _instant(name: str, value: Json, verdict: Verdict) -> None:
    if value is not None and (not isinstance(value, str) or not _DATETIME.fullmatch(value) or not _parses(datetime.fromisoformat, value)):
        verdict.refuse(name, "does not match the format Y-m-d H:i:s.")
    verdict.values[name] = value


def _parses(parse: Callable[[str], object], value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True


def _language(name: str, value: Json, verdict: Verdict) -> None:
    if value is not None and not isinstance(value, str):
        verdict.refuse(name, "must be a string.")
    elif value is not None and value not in _ISO_639_1:
        verdict.refuse_choice(name)
    verdict.values[name] = value


def _count(name: str, value: Json, verdict: Verdict) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        verdict.refuse(name, "must be an integer.")
    elif value is not None and value < 0:
        verdict.refuse(name, "must be at least 0.")
    verdict.values[name] = value


def _terms(name: str, value: Json, verdict: Verdict) -> None:
    terms = [] if value is None else value
    if not isinstance(terms, list):
        verdict.refuse(name, "must be an array.")
        return
    for index, term in enumerate(terms):
        if not isinstance(term, str):
            verdict.refuse(f"{name}.{index}", "must be a string.")
    verdict.values[name] = tuple(dict.fromkeys(str(term) for term in terms))


def _existing(value: Json, switches: PublicalaSwitches, verdict: Verdict) -> None:
    if switches.collections is None or not isinstance(value, list):
        return
    for index, term in enumerate(value):
        if term not in switches.collections:
            verdict.refuse_choice(f"collection.{index}")


def _codes(value: Json, switches: PublicalaSwitches, verdict: Verdict) -> None:
    rows = [] if value is None else value
    if not isinstance(rows, list):
        verdict.refuse("bisac", "must be an array.")
        return
    codes: list[str] = []
    for index, row in enumerate(rows):
        place = f"bisac.{index}"
        if isinstance(row, str) and switches.required_fields == "lenient":
            code: Json = row
        elif isinstance(row, dict):
            place, code = f"{place}.code", row.get("code")
        else:
            verdict.refuse(place, "must be an array.")
            continue
        if not isinstance(code, str):
            verdict.refuse(place, "field is required." if code is None else "must be a string.")
        elif not _BISAC.fullmatch(code):
            verdict.refuse_choice(place)
        else:
            codes.append(code)
    verdict.values["bisac"] = tuple(dict.fromkeys(codes))


def _prices(value: Json, switches: PublicalaSwitches, verdict: Verdict) -> None:
    # PHP reads {} and [] as the same empty array.
    prices = {} if value in (None, []) else value
    if not isinstance(prices, dict):
        verdict.refuse("prices", "must be an object.")
        return
    amounts: dict[str, int] = {}
    for currency, amount in prices.items():
        place = f"prices.{currency}"
        if currency not in CURRENCIES:
            verdict.refuse_choice(place)
        elif isinstance(amount, bool) or not isinstance(amount, int | float):
            verdict.refuse(place, "must be a number.")
        elif amount < 0:
            verdict.refuse(place, "must be at least 0.")
        elif amount > HIGHEST_PRICE:
            verdict.refuse(place, f"may not be greater than {HIGHEST_PRICE}.")
        elif amount != 0 or switches.zero_price == "kept":
            amounts[currency] = cents(amount)
    verdict.values["amounts_in_cents"] = amounts


def _structure(name: str, value: Json, verdict: Verdict) -> None:
    if isinstance(value, str):
        if not _parses(orjson.loads, value):
            verdict.refuse(name, "must be a valid JSON string.")
    elif value is not None and not isinstance(value, list | dict):
        verdict.refuse(name, "must be a valid JSON string.")
    verdict.values[name] = value


_CHECKS: Mapping[str, Callable[[str, Json, Verdict], None]] = {
    "publication_date": _day,
    "published_at": _instant,
    "name": _key,
    "description": _text,
    "external_id": _key,
    "free": _flag,
    "lang": _language,
    "extension": _extension,
    "file_url": _address,
    "preorder_from": _instant,
    "sale_from": _instant,
    "binding_type": _text,
    "editing_location": _text,
    **dict.fromkeys(TERMS, _terms),
    **dict.fromkeys(MEASURES, _count),
}
