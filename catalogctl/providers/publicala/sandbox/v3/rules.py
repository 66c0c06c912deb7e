"""What v3's pages demand of a content's body, and what of it is kept.

Chosen where the documents are silent: an optional field may be null, which empties it; strings are trimmed and an empty
string is null; terms are taken under v1's names and in the plural; BISAC codes are taken as `{"code": …}` and as strings;
the physical measures are called as in v1; digital text needs one of `file` and `file_url`, audio may have one, which ends
in .mp3, and physical content has none; one currency has one price without a term; a term is a date ("Dates should be in
YYYY-MM-DD format", the page on creating a content), from midnight in UTC; an identifier of the type `ddc` is three digits and decimals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from catalogctl.provider.emulation import Json
from catalogctl.providers.publicala.sandbox.checks import (
    BodyCheck,
    address,
    amount,
    codes,
    codes_of_strings,
    count,
    day,
    flag,
    language,
    some_text,
    terms,
    text,
)
from catalogctl.providers.publicala.sandbox.issue import AUDIO, CURRENCIES, PHYSICAL, plain, primary_value, unix
from catalogctl.providers.publicala.sandbox.rules import IMMUTABLE, existing
from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches

FILE_TYPES: Mapping[str, str] = {"pdf": "pdf", "epub": "epub", "audio": "mp3", PHYSICAL: PHYSICAL}
"""What v1 calls v3's file types."""
BULK_LIMITS: Mapping[str, int] = {"A": 100, "B": 50}
"""Contents in one bulk create, by the version of the documents."""
MOST_IDENTIFIERS = 20
_LENGTHS: Mapping[str, int] = {"name": 255, "external_id": 64, "title": 255}
_PLURALS: Mapping[str, str] = {"keywords": "keyword", "categories": "category", "collections": "collection"}
_TYPES = frozenset({"isbn_digital", "isbn_printed", "uuid", "ddc", "external_id"})
_LONGEST_VALUE = 255
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DDC = re.compile(r"\d{3}(\.\d+)?")
_ISBN = re.compile(r"97[89]\d{10}")

Claim = tuple[str | None, str]
"""What no two contents of a store share: an external id, whose type is None, or an identifier's type and plain value."""


def judge_new(given: Mapping[str, Json], switches: PublicalaSwitches, *, prefix: str = "") -> BodyCheck:
    """Judge a new content; `prefix` is where it is in the request's body."""
    verdict = BodyCheck(prefix=prefix)
    file_type = given.get("file_type")
    for name in ("file_type", "lang", "name"):
        if given.get(name) in (None, [], {}):
            verdict.refuse(name, "field is required.")
    if isinstance(file_type, str) and file_type in FILE_TYPES:
        verdict.values["extension"] = FILE_TYPES[file_type]
        _source(given, FILE_TYPES[file_type], verdict)
    elif file_type is not None:
        verdict.refuse_choice("file_type")
    _judge(given, _checks(switches) | {"share_with_tenants_ids": _tenants}, frozenset({"file_type", "file", "file_url"}), verdict)
    return verdict


def judge_changed(given: Mapping[str, Json], extension: str, switches: PublicalaSwitches) -> BodyCheck:
    """Judge what a content whose stored file type is `extension` shall become; an omitted field stays as it is."""
    verdict = BodyCheck()
    for name in ("lang", "name"):
        if name in given and given[name] is None:
            verdict.refuse(name, "field is required.")
    sent = [name for name in ("file", "file_url") if given.get(name) is not None]
    if switches.v3_docs == "A":
        for name in sent:
            verdict.say(name, IMMUTABLE)
    elif sent:
        _source(given, extension, verdict)
    _judge(given, _checks(switches), frozenset({"file", "file_url"}), verdict)
    return verdict


def judge_new_track(given: Mapping[str, Json]) -> BodyCheck:
    """Judge a new track: it needs a title and a file, and may name its order."""
    verdict = BodyCheck()
    if given.get("title") is None:
        verdict.refuse("title", "field is required.")
    if given.get("file") is None and given.get("file_url") is None:
        verdict.refuse("file", "field is required when file url is not present.")
    _source(given, "mp3", verdict)
    _judge(given, {"title": _short(_LENGTHS["title"]), "order": _order}, frozenset({"file", "file_url"}), verdict)
    return verdict


def judge_changed_track(given: Mapping[str, Json]) -> BodyCheck:
    """Judge what a track shall become; an omitted field stays as it is."""
    verdict = BodyCheck()
    if "title" in given and given["title"] is None:
        verdict.refuse("title", "field is required.")
    _source(given, "mp3", verdict)
    _judge(given, {"title": _short(_LENGTHS["title"]), "duration": count}, frozenset({"file", "file_url"}), verdict)
    return verdict


def judge_order(given: Mapping[str, Json], tracks: tuple[str, ...]) -> BodyCheck:
    """Judge a reorder, which names each of the `tracks` once."""
    verdict = BodyCheck(ignored=tuple(sorted(given.keys() - {"track_ids"})))
    ids = given.get("track_ids")
    if ids is None or (ids == [] and tracks):
        verdict.refuse("track_ids", "field is required.")
    elif not isinstance(ids, list):
        verdict.refuse("track_ids", "must be an array.")
    elif wrong := [index for index, one in enumerate(ids) if not isinstance(one, str)]:
        for index in wrong:
            verdict.refuse(f"track_ids.{index}", "must be a string.")
    elif sorted(cast("list[str]", ids)) != sorted(tracks):
        verdict.say("track_ids", "Some track IDs do not belong to this audiobook")
    else:
        verdict.values["tracks"] = tuple(ids)
    return verdict


def claims(values: Mapping[str, object], switches: PublicalaSwitches) -> Iterator[tuple[str, Claim]]:
    """Yield what judged values lay claim to, with the field that says it."""
    external_id = values.get("external_id")
    if switches.v3_docs == "A":
        if isinstance(external_id, str):
            yield "external_id", (None, external_id)
        return
    for index, one in enumerate(cast("tuple[dict[str, Json], ...]", values.get("identifiers", ()))):
        place = f"identifiers.{index}.value"
        if one["type"] != "ddc":
            yield place, (str(one["type"]), plain(one))
        if one["is_primary"]:
            yield place, (None, plain(one))


_Check = Callable[[str, Json, BodyCheck], None]


def _judge(given: Mapping[str, Json], checks: Mapping[str, _Check], judged: frozenset[str], verdict: BodyCheck) -> None:
    verdict.ignored = tuple(sorted(given.keys() - checks.keys() - judged))
    for name in sorted(checks.keys() & given.keys()):
        checks[name](name, given[name], verdict)
    for plural, name in _PLURALS.items():
        if plural in verdict.values:
            verdict.values[name] = verdict.values.pop(plural)
    if "published_at" in verdict.values:
        verdict.values["publication_date"] = verdict.values.pop("published_at")
    _either("cover", "cover_url", given, verdict)


def _either(one: str, other: str, given: Mapping[str, Json], verdict: BodyCheck) -> None:
    """Refuse two fields of which one excludes the other, and have the one that was sent take the other's place."""
    sent = [name for name in (one, other) if given.get(name) is not None]
    if len(sent) == 2:
        verdict.refuse(one, f"field is prohibited when {other.replace('_', ' ')} is present.")
    elif sent:
        verdict.values.update({name: None for name in (one, other) if name not in sent})


def _source(given: Mapping[str, Json], extension: str, verdict: BodyCheck) -> None:
    """Judge `file` and `file_url`, of which a text needs one, and physical content has none."""
    sent = {name: given[name] for name in ("file", "file_url") if given.get(name) is not None}
    if extension == PHYSICAL:
        for name in sent:
            verdict.refuse(name, "field is prohibited.")
        return
    if not sent and extension not in AUDIO:
        verdict.refuse("file", "field is required when file url is not present.")
    for name, value in sent.items():
        (address if name == "file_url" else some_text)(name, value, verdict)
        if extension in AUDIO and f"{verdict.prefix}{name}" not in verdict.errors and not _is_mp3(str(value)):
            verdict.refuse("file", "must be a valid audio file (MP3).")
    _either("file", "file_url", given, verdict)


def _is_mp3(place: str) -> bool:
    return place.partition("?")[0].lower().endswith(".mp3")


def _short(length: int) -> _Check:
    def check(name: str, value: Json, verdict: BodyCheck) -> None:
        some_text(name, value, verdict)
        if isinstance(value, str) and len(value) > length:
            verdict.refuse(name, f"may not be greater than {length} characters.")

    return check


def _optional(check: _Check) -> _Check:
    """Have null empty the field."""

    def checked(name: str, value: Json, verdict: BodyCheck) -> None:
        if value is None:
            verdict.values[name] = None
        else:
            check(name, value, verdict)

    return checked


def _order(name: str, value: Json, verdict: BodyCheck) -> None:
    count(name, value, verdict)
    if value == 0:
        verdict.refuse(name, "must be at least 1.")


def _year(name: str, value: Json, verdict: BodyCheck) -> None:
    count(name, value, verdict)
    if isinstance(value, int) and value > 9999:
        verdict.refuse(name, "may not be greater than 9999.")


def _tenants(name: str, value: Json, verdict: BodyCheck) -> None:
    rows = [] if value is None else value
    if not isinstance(rows, list):
        verdict.refuse(name, "must be an array.")
        return
    for index, row in enumerate(rows):
        if isinstance(row, bool) or not isinstance(row, int):
            verdict.refuse(f"{name}.{index}", "must be an integer.")
    verdict.values[name] = tuple(rows)


def _bisac(form: str) -> _Check:
    """Judge BISAC codes in the form, or the forms, that the switch says."""

    def check(name: str, value: Json, verdict: BodyCheck) -> None:
        rows = value if isinstance(value, list) else []
        if form == "strings" and any(isinstance(row, dict) for row in rows):
            verdict.refuse(f"{name}.0", "must be a string.")
        else:
            codes(value if form == "objects" else codes_of_strings(value), verdict)

    return check


def _prices(zero: str, last_day: str) -> _Check:
    """Judge prices; `zero` says what becomes of a price of 0, and `last_day` whether a term has its last day, as the switches do."""

    def check(name: str, value: Json, verdict: BodyCheck) -> None:
        rows = [] if value is None else value
        if not isinstance(rows, list):
            verdict.refuse(name, "must be an array.")
            return
        always: dict[str, int] = {}
        scheduled: list[dict[str, Json]] = []
        for index, row in enumerate(rows):
            place = f"{name}.{index}"
            price = _price(place, row, last_day, verdict)
            if price is None or (price["amount_in_cents"] == 0 and zero == "dropped"):
                continue
            if price["starts_at"] is not None or price["ends_at"] is not None:
                scheduled.append(price)
            elif price["currency_id"] in always:
                verdict.refuse(f"{place}.currency_id", "field has a duplicate value.")
            else:
                always[str(price["currency_id"])] = cast("int", price["amount_in_cents"])
        verdict.values |= {"amounts_in_cents": always, "scheduled_prices": tuple(scheduled)}

    return check


def _price(place: str, row: Json, last_day: str, verdict: BodyCheck) -> dict[str, Json] | None:
    if not isinstance(row, dict):
        verdict.refuse(place, "must be an array.")
        return None
    currency, price = row.get("currency_id"), row.get("amount")
    if currency is None:
        verdict.refuse(f"{place}.currency_id", "field is required.")
    elif currency not in CURRENCIES:
        verdict.refuse_choice(f"{place}.currency_id")
    if price is None:
        verdict.refuse(f"{place}.amount", "field is required.")
    kept = None if price is None else amount(f"{place}.amount", price, verdict)
    term: dict[str, Json] = {}
    for name in ("starts_at", "ends_at"):
        judged = BodyCheck()
        day(f"{place}.{name}", row.get(name), judged)
        verdict.errors |= judged.errors
        term[name] = None if judged.errors else unix(row.get(name))
    start, end = term["starts_at"], term["ends_at"]
    if isinstance(start, float) and isinstance(end, float) and (end < start or (end == start and last_day == "exclusive")):
        verdict.refuse(f"{place}.ends_at", "must be a date after starts at.")
    return None if kept is None or currency not in CURRENCIES else {"currency_id": currency, "amount_in_cents": kept, **term}


def _identifiers(name: str, value: Json, verdict: BodyCheck) -> None:
    rows = [] if value is None else value
    if not isinstance(rows, list):
        verdict.refuse(name, "must be an array.")
        return
    if len(rows) > MOST_IDENTIFIERS:
        verdict.refuse(name, f"may not have more than {MOST_IDENTIFIERS} items.")
    kept = [one for index, row in enumerate(rows) if (one := _identifier(f"{name}.{index}", row, verdict)) is not None]
    primaries = sum(one["is_primary"] is True for one in kept)
    if primaries > 1:
        verdict.refuse(name, "may not have more than one primary.")
    if kept and not primaries:
        kept[0] = kept[0] | {"is_primary": True}
    verdict.values |= {"identifiers": tuple(kept), "external_id": primary_value(kept)}


def _identifier(place: str, row: Json, verdict: BodyCheck) -> dict[str, Json] | None:
    if not isinstance(row, dict):
        verdict.refuse(place, "must be an array.")
        return None
    kind, value, primary = row.get("type"), row.get("value"), row.get("is_primary")
    if kind is None:
        verdict.refuse(f"{place}.type", "field is required.")
    elif not isinstance(kind, str) or kind not in _TYPES:
        verdict.refuse_choice(f"{place}.type")
    if primary is not None and not isinstance(primary, bool):
        verdict.refuse(f"{place}.is_primary", "field must be true or false.")
    if not isinstance(value, str):
        verdict.refuse(f"{place}.value", "field is required." if value is None else "must be a string.")
        return None
    one: dict[str, Json] = {"type": kind, "value": value, "is_primary": bool(primary)}
    one["value"] = plain(one)
    if len(value) > _LONGEST_VALUE:
        verdict.refuse(f"{place}.value", f"may not be greater than {_LONGEST_VALUE} characters.")
    elif not _is_well_formed(kind, plain(one)):
        verdict.refuse(f"{place}.value", "format is invalid.")
    return one


def _is_well_formed(kind: Json, value: str) -> bool:
    match kind:
        case "isbn_digital" | "isbn_printed":
            return bool(_ISBN.fullmatch(value)) and sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(value)) % 10 == 0
        case "uuid":
            return bool(_UUID.fullmatch(value))
        case "ddc":
            return bool(_DDC.fullmatch(value))
        case _:
            return True


def _checks(switches: PublicalaSwitches) -> dict[str, _Check]:
    """Return the check of each field that a version of the documents knows and that is not a file."""

    def collections(name: str, value: Json, verdict: BodyCheck) -> None:
        terms(name, value, verdict)
        existing(name, value, switches, verdict)

    checks: dict[str, _Check] = {
        "name": _short(_LENGTHS["name"]),
        "lang": language,
        "description": text,
        "published_at": day,
        "audience": text,
        "cover": text,
        "cover_url": _optional(address),
        "prices": _prices(switches.zero_price, switches.window_end),
        "free": flag,
        "free_until": _optional(day),
        "require_login": flag,
        "preview": flag,
        "preview_require_login": flag,
        "bisac": _bisac(switches.v3_bisac),
        **dict.fromkeys(("author", "publisher", *_PLURALS, *_PLURALS.values()), terms),
        **dict.fromkeys(("collection", "collections"), collections),
    }
    if switches.v3_measures == "kept":
        checks |= {"binding_type": text, **dict.fromkeys(("pages", "height", "width", "weight"), count)}
    if switches.v3_docs == "A":
        return checks | {"external_id": _optional(_short(_LENGTHS["external_id"]))}
    return checks | {"identifiers": _identifiers, "subtitle": text, "publication_place": text, "edition_year": _year}
