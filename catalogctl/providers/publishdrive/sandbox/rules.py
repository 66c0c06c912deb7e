"""What the documents demand of a book's metadata, and what of it is kept.

Chosen where they are silent: `language` is a list; an ISBN is thirteen digits without hyphens; a price has at most the three
decimals that some currencies have, is not negative, and is once per currency; one half of a contributor's name may be
empty; null empties an optional field; details belong to the book's own format, and null is the only value for those of
another; a list that is sent replaces the whole list; the external id can be changed; audio without details is unabridged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import cast

from catalogctl.provider.emulation import Json
from catalogctl.providers.publishdrive.sandbox import codes
from catalogctl.providers.publishdrive.sandbox.answers import ValueFault
from catalogctl.providers.publishdrive.sandbox.book import DETAILS, UNTOLD, WRITABLE, Book, completed, with_default_details
from catalogctl.providers.publishdrive.sandbox.switches import PublishdriveSwitches

LISTS = "language category keyword saleTerritory contributor price".split()
"""The fields that are lists, without the chapters."""
REQUIRED = "format title language description category copyright saleTerritory publicationDate contributor price".split()
POD_KEYS = ("pageCount", "trimSizeId", "bindingType", "coverLaminateType", "interiorColorType", "paperColorType")
LONGEST_TEXT = 100_000
"""Chosen: some column ends somewhere; characters."""
NOT_WRITABLE = "This field is not known here."


@dataclass(slots=True)
class Verdict:
    """What was found in one body."""

    values: dict[str, Json] = field(default_factory=dict)
    """The attributes to store; only to be used where there are no faults."""
    faults: list[ValueFault] = field(default_factory=list)


def judge_new(body: Mapping[str, Json], switches: PublishdriveSwitches) -> Verdict:
    """Judge the body of a POST and complete it with the service's defaults."""
    verdict = Verdict()
    verdict.faults += [ValueFault(name, "This field is required.") for name in REQUIRED if name not in body]
    kind = body.get("format")
    if kind == "print" and "isbn" not in body:
        verdict.faults.append(ValueFault("isbn", "A print book needs an ISBN."))
    _judge_fields(body, kind, switches, verdict)
    if not verdict.faults:
        verdict.values = completed(verdict.values)
        _judge_whole(verdict)
    return verdict


def judge_changed(body: Mapping[str, Json], book: Book, switches: PublishdriveSwitches) -> Verdict:
    """Judge the body of a PATCH without its chapters, and give all attributes as they are after it."""
    verdict = Verdict()
    given = {name: value for name, value in body.items() if name != "chapters"}
    _judge_fields(given, book.format, switches, verdict)
    if given.get("format", book.format) != book.format:
        verdict.faults.append(ValueFault("format", "The format of a book cannot be changed."))
    if verdict.faults:
        return verdict
    own = DETAILS[book.format]
    if own in verdict.values:
        kept = cast("dict[str, Json]", book.attributes[own] or {}) if switches.details_in_patch == "merges" else {}
        verdict.values[own] = with_default_details(book.format, {**kept, **cast("dict[str, Json]", verdict.values[own])})
    if switches.lists_in_patch == "merges":
        verdict.values |= {name: _merged(book.attributes[name], verdict.values[name]) for name in LISTS if name in verdict.values}
    verdict.values = {**book.attributes, **verdict.values}
    _judge_whole(verdict)
    return verdict


def _merged(there: Json, sent: Json) -> Json:
    """Add the items of a list to those of another one; of two prices in one currency, the one that is sent counts."""
    added = cast("list[Json]", sent)
    named = [row["currency"] for row in added if isinstance(row, dict) and "currency" in row]
    kept = [
        row for row in cast("list[Json]", there or []) if row not in added and not (isinstance(row, dict) and row.get("currency") in named)
    ]
    return [*kept, *added]


def _judge_fields(given: Mapping[str, Json], kind: Json, switches: PublishdriveSwitches, verdict: Verdict) -> None:
    """Judge each field of a body by itself; `kind` is the format of its book, if it is one."""
    untold = UNTOLD if switches.untold_shapes == "as_sent" else ()
    for name, value in given.items():
        if name in untold:
            verdict.values[name] = value
        elif name not in WRITABLE:
            verdict.faults.append(ValueFault(name, NOT_WRITABLE))
        elif name in DETAILS.values() and kind in DETAILS and DETAILS[str(kind)] != name:
            verdict.faults += [] if value is None else [ValueFault(name, f"These details are not for the format {kind}.")]
        elif name == "isbn" and kind == "print" and value is None:
            verdict.faults.append(ValueFault(name, "A print book needs an ISBN."))
        else:
            verdict.faults += _CHECKS[name](name, value, switches)
            verdict.values[name] = value
    if verdict.values.get("keyword", []) is None:
        verdict.values["keyword"] = []
    if not verdict.faults and "language" in verdict.values and switches.language_case == "upper":
        verdict.values["language"] = [str(code).upper() for code in cast("list[Json]", verdict.values["language"])]


def _judge_whole(verdict: Verdict) -> None:
    """Judge what several fields decide together."""
    roles = [cast("dict[str, Json]", row)["role"] for row in cast("list[Json]", verdict.values["contributor"])]
    if verdict.values["format"] == "audio" and codes.NARRATOR not in roles:
        verdict.faults.append(ValueFault("contributor", f"An audiobook needs a contributor with the role {codes.NARRATOR}."))
    pod = verdict.values["podDetails"]
    if isinstance(pod, dict):
        verdict.faults += [ValueFault(f"podDetails.{key}", "This field is required.") for key in POD_KEYS if key not in pod]


_Check = Callable[[str, Json, PublishdriveSwitches], Iterator[ValueFault]]


def _text(place: str, value: Json, _: PublishdriveSwitches) -> Iterator[ValueFault]:
    if not isinstance(value, str):
        yield ValueFault(place, "This must be a string.")
    elif not value.strip():
        yield ValueFault(place, "This must not be empty.")
    elif len(value) > LONGEST_TEXT:
        yield ValueFault(place, f"This must not be longer than {LONGEST_TEXT} characters.")


def _flag(place: str, value: Json, _: PublishdriveSwitches) -> Iterator[ValueFault]:
    if not isinstance(value, bool):
        yield ValueFault(place, "This must be true or false.")


def _whole_number(place: str, value: Json, _: PublishdriveSwitches) -> Iterator[ValueFault]:
    if isinstance(value, bool) or not isinstance(value, int):
        yield ValueFault(place, "This must be a whole number.")
    elif value < 0:
        yield ValueFault(place, "This must not be negative.")


def _day(place: str, value: Json, _: PublishdriveSwitches) -> Iterator[ValueFault]:
    if not isinstance(value, str) or not codes.DAY.fullmatch(value) or not _exists(value):
        yield ValueFault(place, "This must be a date, YYYY-MM-DD.")


def _exists(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _isbn(place: str, value: Json, _: PublishdriveSwitches) -> Iterator[ValueFault]:
    if not isinstance(value, str) or not codes.is_isbn(value):
        yield ValueFault(place, "This is no valid ISBN.")


def _optional(check: _Check) -> _Check:
    def judge(place: str, value: Json, switches: PublishdriveSwitches) -> Iterator[ValueFault]:
        if value is not None:
            yield from check(place, value, switches)

    return judge


def _one_of(offered: Sequence[str]) -> _Check:
    """Judge a value of a set that is known to be whole."""

    def judge(place: str, value: Json, _: PublishdriveSwitches) -> Iterator[ValueFault]:
        if value not in offered:
            yield ValueFault(place, f"This must be one of {', '.join(offered)}.")

    return judge


def _seen(offered: Sequence[str]) -> _Check:
    """Judge a value of a set of which the documents show some members."""
    closed = _one_of(offered)

    def judge(place: str, value: Json, switches: PublishdriveSwitches) -> Iterator[ValueFault]:
        yield from (closed if switches.enums == "seen" else _text)(place, value, switches)

    return judge


def _of_form(matches: Callable[[str], object], name: str) -> _Check:
    def judge(place: str, value: Json, _: PublishdriveSwitches) -> Iterator[ValueFault]:
        if not isinstance(value, str) or not matches(value):
            yield ValueFault(place, f"This is no {name}.")

    return judge


def _list_of(check: _Check, *, least: int) -> _Check:
    def judge(place: str, value: Json, switches: PublishdriveSwitches) -> Iterator[ValueFault]:
        if not isinstance(value, list):
            yield ValueFault(place, "This must be an array.")
            return
        if len(value) < least:
            yield ValueFault(place, "This must not be empty.")
        for index, item in enumerate(value):
            yield from check(f"{place}.{index}", item, switches)

    return judge


def _object(checks: Mapping[str, _Check], required: Sequence[str] = ()) -> _Check:
    def judge(place: str, value: Json, switches: PublishdriveSwitches) -> Iterator[ValueFault]:
        if not isinstance(value, dict):
            yield ValueFault(place, "This must be an object.")
            return
        yield from (ValueFault(f"{place}.{key}", "This field is required.") for key in required if key not in value)
        for key, item in value.items():
            if key in checks:
                yield from checks[key](f"{place}.{key}", item, switches)
            else:
                yield ValueFault(f"{place}.{key}", NOT_WRITABLE)

    return judge


def _name(place: str, value: Json, _: PublishdriveSwitches) -> Iterator[ValueFault]:
    if not isinstance(value, str):
        yield ValueFault(place, "This must be a string.")


def _contributor(place: str, value: Json, switches: PublishdriveSwitches) -> Iterator[ValueFault]:
    checks = {"firstName": _name, "lastName": _name, "role": _seen(codes.CONTRIBUTOR_ROLES)}
    yield from _object(checks, tuple(checks))(place, value, switches)
    if isinstance(value, dict) and not any(str(value.get(key) or "").strip() for key in ("firstName", "lastName")):
        yield ValueFault(f"{place}.lastName", "This must not be empty.")


def _amount(place: str, value: Json, _: PublishdriveSwitches) -> Iterator[ValueFault]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield ValueFault(place, "This must be a number.")
    elif value < 0:
        yield ValueFault(place, "This must not be negative.")
    # A number comes back as it was written: str of a float is its shortest decimal form.
    elif Decimal(str(value)) % Decimal("0.001"):
        yield ValueFault(place, "This must not have more than three decimals.")


def _prices(place: str, value: Json, switches: PublishdriveSwitches) -> Iterator[ValueFault]:
    row = _object({"currency": _of_form(codes.CURRENCY.fullmatch, "currency code"), "price": _amount}, ("currency", "price"))
    yield from _list_of(row, least=1)(place, value, switches)
    currencies = [row.get("currency") for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    for index, currency in enumerate(currencies):
        if currency in currencies[:index]:
            yield ValueFault(f"{place}.{index}.currency", "This currency stands twice.")


def _territories(place: str, value: Json, switches: PublishdriveSwitches) -> Iterator[ValueFault]:
    yield from _list_of(_of_form(codes.TERRITORIES[switches.territory_codes].fullmatch, "country code"), least=1)(place, value, switches)
    if isinstance(value, list) and "ALL" in value and len(value) > 1:
        yield ValueFault(place, "ALL stands alone.")


_POD: Mapping[str, _Check] = {
    "pageCount": _whole_number,
    "trimSizeId": _whole_number,
    "bindingType": _seen(codes.BINDINGS),
    "coverLaminateType": _seen(codes.LAMINATES),
    "interiorColorType": _seen(codes.INTERIOR_COLORS),
    "paperColorType": _seen(codes.PAPER_COLORS),
}
_CHECKS: Mapping[str, _Check] = {
    "format": _one_of(codes.FORMATS),
    "title": _text,
    "subtitle": _optional(_text),
    "language": _list_of(_of_form(codes.LANGUAGE.fullmatch, "language code"), least=1),
    "description": _text,
    "category": _list_of(_of_form(codes.BISAC.fullmatch, "BISAC code"), least=1),
    "keyword": _optional(_list_of(_text, least=0)),
    "copyright": _seen(codes.COPYRIGHTS),
    "saleTerritory": _territories,
    "publicationDate": _day,
    "contributor": _list_of(_contributor, least=1),
    "price": _prices,
    "isbn": _optional(_isbn),
    "audioDetails": _object({"audioEdition": _seen(codes.AUDIO_EDITIONS)}),
    "ebookDetails": _object({"pageCount": _whole_number, "kdpEnrolled": _flag, "publishedOnAmazon": _flag}),
    "podDetails": _object(_POD),
    "isFinalVersion": _flag,
    "externalId": _optional(_text),
}
