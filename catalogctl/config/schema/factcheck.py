"""What may be wrong between the facts of one document that each for itself is right: codes by their key, spans, repeats, prices in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any, Final

from catalogctl.config.schema import trade_codes
from catalogctl.config.schema.codes import isbn13
from catalogctl.config.schema.problem import Problem
from catalogctl.config.syntax.scalars import CodeError
from catalogctl.config.syntax.source import Part
from catalogctl.model.diagnostics import Pointer, Severity
from catalogctl.model.money import too_precise

_EARLIEST_ZONE: Final = timedelta(hours=14)
_LATEST_ZONE: Final = timedelta(hours=-12)
_FORMS: Final = {"epub": "E", "pdf": "E", "audiobook": "A", "print": "BP"}
"""Format → the first letters of the codes of ONIX list 150 that are finer words for it."""
_CHECKED: Final[Mapping[str, Callable[[str], str]]] = {"doi": trade_codes.doi, "uuid": trade_codes.uuid}


def work_problems(block: Mapping[str, Any], here: Pointer) -> Iterator[Problem]:
    """List what may be wrong with the facts of a work that a block declares."""
    ages = block.get("ages") or {}
    if not ages and "ages" in block and block["ages"] is not None:
        yield _nothing((*here, "ages"), "ages", "from: 6")
    first, last = ages.get("from"), ages.get("to")
    if first is not None and last is not None and first > last:
        detail = f"The youngest reader would be {first} years old, and the oldest {last}."
        yield Problem(
            (*here, "ages", "to"), Part.VALUE, "ages-reversed", "Ages in the wrong order", detail, f"Write\nfrom: {last}\nto: {first}"
        )
    for field in ("edition_types", "audience"):
        yield from _repeats(block, field, here)
    yield from _disordered(block.get("dates") or {}, (*here, "dates"))


def term_problems(block: Mapping[str, Any], here: Pointer) -> Iterator[Problem]:
    """List what may be wrong with the terms of sale, and the accessibility, that a block declares."""
    access = block.get("accessibility") or {}
    for field in ("conforms", "features", "hazards"):
        yield from _repeats(access, field, (*here, "accessibility"))
    hazards = access.get("hazards") or []
    if "none" in hazards and len(hazards) > 1:
        at = (*here, "accessibility", "hazards", hazards.index("none"))
        detail = "`none` says that nothing in it may harm a reader, and other hazards stand beside it."
        yield Problem(at, Part.VALUE, "hazards-contradict", "No hazard, and some", detail, "Keep `none` alone, or the hazards.")
    yield from _prices_in(block.get("prices_in") or [], (*here, "prices_in"))
    for field in ("price_changes", "promotions"):
        for place, entry in enumerate(block.get(field) or []):
            for currency, amount in entry["prices"].items():
                yield from _digits(currency, amount, (*here, field, place, "prices", currency))
    yield from _changes(block.get("price_changes") or [], (*here, "price_changes"))
    yield from _promotions(block.get("promotions") or [], (*here, "promotions"))


def own_problems(edition: Mapping[str, Any], here: Pointer) -> Iterator[Problem]:
    """List what may be wrong with what an edition declares for itself."""
    for name, value in (edition.get("identifiers") or {}).items():
        if value is not None:
            yield from _identifier(name, value, (*here, "identifiers", name))
    for field in ("replaces", "replaced_by"):
        yield from _repeats(edition, field, here)
        said = edition.get(field)
        if edition.get("isbn") is not None and edition["isbn"] in _listed(said):
            at = (*here, field, said.index(edition["isbn"])) if isinstance(said, list) else (*here, field)
            detail = f"{edition['isbn']} is the ISBN of this edition, which cannot stand in its own place."
            yield Problem(at, Part.VALUE, "replaces-itself", "A product that replaces itself", detail, "Give the other product's ISBN.")
    for place, part in enumerate(edition.get("parts") or []):
        if not part.get("isbn") and not part.get("format"):
            yield _nothing((*here, "parts", place), "a part", "isbn: …")
    yield from _form(edition, here)


def _nothing(place: Pointer, what: str, example: str) -> Problem:
    return Problem(
        place, Part.VALUE, "nothing-said", "Nothing is said", f"Nothing here says what {what} would be.", f"Say it, for instance\n{example}"
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _repeats(block: Mapping[str, Any], field: str, here: Pointer) -> Iterator[Problem]:
    """Warn of a word that a list has twice."""
    seen: set[str] = set()
    for place, value in enumerate(block[field] if isinstance(block.get(field), list) else ()):
        if value in seen:
            detail = f"`{value}` stands further up in this list already."
            yield Problem(
                (*here, field, place), Part.VALUE, "repeated-word", "Listed twice", detail, "Remove one of the two.", Severity.WARNING
            )
        seen.add(value)


def _disordered(dates: Mapping[str, Any], here: Pointer) -> Iterator[Problem]:
    """Find a pre-order that begins after the sale."""
    preorder, sale = dates.get("preorder_from"), dates.get("on_sale")
    if preorder is None or sale is None:
        return
    length = min(len(preorder), len(sale))
    if preorder[:length] > sale[:length]:
        detail = f"It would be on sale from {sale} on, and could be pre-ordered only from {preorder} on."
        yield Problem(
            (*here, "preorder_from"), Part.VALUE, "preorder-after-sale", "A pre-order after the sale", detail, "Exchange the two days."
        )


def _identifier(name: str, value: str, place: Pointer) -> Iterator[Problem]:
    folded = name.strip().casefold()
    if folded in {"isbn", "isbn13", "isbn-13", "isbn_13", "isbn10"}:
        try:
            hint = f'Write it on the edition:\nisbn: "{isbn13(value)}"'
        except CodeError:
            hint = "Write it on the edition, as `isbn`."
        detail = f"`{name}` is a field of its own: stores know an edition by it."
        yield Problem(place, Part.KEY, "identifier-is-field", "An ISBN among the identifiers", detail, hint)
    elif folded in _CHECKED and name != folded:
        detail = f"`{name}` is written {folded} here."
        yield Problem(place, Part.KEY, "identifier-name", "Another name for an identifier", detail, f"Write {folded}")
    elif folded in _CHECKED:
        try:
            _CHECKED[folded](value)
        except CodeError as wrong:
            yield Problem(place, Part.VALUE, "bad-identifier", wrong.summary, wrong.detail, wrong.hint)


def _form(edition: Mapping[str, Any], here: Pointer) -> Iterator[Problem]:
    codes = _listed(edition.get("form"))
    if not codes:
        return
    place: Pointer = (*here, "form", 0) if isinstance(edition["form"], list) else (*here, "form")
    format_ = edition["format"]
    if len(codes[0]) != 2:
        detail = f"`{codes[0]}` is a detail of ONIX list 175, and says nothing without a code of list 150 before it."
        yield Problem(
            place, Part.VALUE, "form-detail-alone", "A detail without a form", detail, f"Write\nform: [{_FORMS[format_][0]}…, {codes[0]}]"
        )
    elif codes[0][0] not in _FORMS[format_]:
        detail = f"`{codes[0]}` is no finer word for {format_}: its codes begin with {' or '.join(_FORMS[format_])}."
        yield Problem(place, Part.VALUE, "form-not-format", "A form that is not the format", detail, "Correct the form, or the format.")
    for number, code in enumerate(codes[1:], 1):
        if len(code) == 2:
            detail = f"`{code}` is a second form; an edition has one, with details of list 175 behind it."
            yield Problem(
                (*here, "form", number), Part.VALUE, "form-twice", "Two forms", detail, "Keep one, and make an edition of the other."
            )


# Prices


def _digits(currency: str, amount: str, place: Pointer) -> Iterator[Problem]:
    if (wrong := too_precise(currency, amount)) is not None:
        yield Problem(place, Part.VALUE, "price-precision", "Price too precise", *wrong)


def _prices_in(entries: list[Mapping[str, Any]], here: Pointer) -> Iterator[Problem]:
    """Find amounts that cannot be paid, and a currency with two prices for one country."""
    seen: dict[tuple[str, str], int] = {}
    for place, entry in enumerate(entries):
        yield from _digits(entry["currency"], entry["amount"], (*here, place, "amount"))
        yield from _everywhere(entry, (*here, place))
        twice: dict[int, list[str]] = {}
        for country in entry.get("territories") or [""]:
            first = seen.setdefault((entry["currency"], country), place)
            if first != place:
                twice.setdefault(first, []).append(country)
        for first, countries in twice.items():
            where = ", ".join(countries) or "everywhere else"
            detail = f"Entry {first + 1} of the list has a price in {entry['currency']} for {where} already; only one can be charged."
            hint = "Remove one of the two, or take the country out of one of them."
            yield Problem((*here, place), Part.VALUE, "price-twice", "Two prices in one currency for one place", detail, hint)


def _everywhere(entry: Mapping[str, Any], here: Pointer) -> Iterator[Problem]:
    territories = entry.get("territories") or []
    if "ALL" in territories:
        detail = "ALL is everywhere; a price for everywhere needs no territories."
        yield Problem(
            (*here, "territories", territories.index("ALL")), Part.VALUE, "territories-all", "ALL among countries", detail,
            "Leave `territories` out, or name the countries.",
        )  # fmt: skip


def _changes(entries: list[Mapping[str, Any]], here: Pointer) -> Iterator[Problem]:
    """Find two regular prices of one currency from one time on."""
    seen: dict[tuple[str, str], int] = {}
    for place, entry in enumerate(entries):
        for currency in entry["prices"]:
            first = seen.setdefault((currency, entry["from"]), place)
            if first != place:
                detail = f"Entry {first + 1} of the list changes the price in {currency} from {entry['from']} on already."
                way = (*here, place, "prices", currency)
                yield Problem(way, Part.KEY, "price-twice", "Two prices from one day on", detail, "Remove one of the two.")


def _promotions(entries: list[Mapping[str, Any]], here: Pointer) -> Iterator[Problem]:
    """Find promotions that end before they begin, have one id, or hold at one time in one place."""
    ids: dict[str, int] = {}
    sound: list[tuple[int, Mapping[str, Any]]] = []
    for place, entry in enumerate(entries):
        first = ids.setdefault(entry["id"], place)
        if first != place:
            detail = f"Promotion {first + 1} of the list has the id `{entry['id']}` already; reports could not tell the two apart."
            yield Problem(
                (*here, place, "id"), Part.VALUE, "duplicate-promotion", "Duplicate promotion id", detail, "Give each an id of its own."
            )
        yield from _everywhere(entry, (*here, place))
        if _ends_before(entry):
            detail = f"It would begin on {entry['from']} and end on {entry['until']}; the last day is part of it."
            hint = f"Write\nfrom: {entry['until']}\nuntil: {entry['from']}\nOr correct the year."
            yield Problem((*here, place, "until"), Part.VALUE, "until-before-from", "An end before its beginning", detail, hint)
        else:
            sound.append((place, entry))
    for (one, earlier), (other, later) in combinations(sound, 2):
        currencies = [currency for currency in later["prices"] if currency in earlier["prices"]]
        if currencies and _meet(earlier, later) and _overlap(earlier, later):
            detail = (
                f"`{earlier['id']}` (promotion {one + 1}) holds from {earlier['from']} until {earlier['until']} and has a price in "
                f"{', '.join(currencies)} as well; only one of the two can be charged."
            )
            hint = "Let one end on the day before the other begins, or give them different countries."
            yield Problem((*here, other, "from"), Part.VALUE, "promotion-overlap", "Promotions that overlap", detail, hint)


def _ends_before(entry: Mapping[str, Any]) -> bool:
    begins, ends = entry["from"], entry["until"]
    if len(begins) == len("2026-12-24") == len(ends):
        return bool(ends < begins)
    # A day is in a zone that is not known here: what is said is wrong in every zone.
    return _end(ends)[1] <= _begin(begins)[0]


def _meet(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two promotions have a country in common."""
    here, there = (set(entry.get("territories") or ["ALL"]) for entry in (one, other))
    return "ALL" in here or "ALL" in there or not here.isdisjoint(there)


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two promotions hold at one time, in whatever zone days are."""
    days = [entry[name] for entry in (one, other) for name in ("from", "until")]
    if all(len(day) == len("2026-12-24") for day in days):
        return bool(days[0] <= days[3] and days[2] <= days[1])
    return _begin(days[0])[1] < _end(days[3])[0] and _begin(days[2])[1] < _end(days[1])[0]


def _begin(text: str) -> tuple[datetime, datetime]:
    """Return the earliest and the latest instant at which a day begins, over all zones."""
    moment = datetime.fromisoformat(text if "T" in text else f"{text}T00:00:00+00:00")
    return (moment, moment) if "T" in text else (moment - _EARLIEST_ZONE, moment - _LATEST_ZONE)


def _end(text: str) -> tuple[datetime, datetime]:
    """Return the earliest and the latest instant at which a day ends, over all zones."""
    early, late = _begin(text)
    return (early, late) if "T" in text else (early + timedelta(days=1), late + timedelta(days=1))
