"""What a request's body is judged with, in either version of the API: one check for each kind of value, and their findings.

A check takes the name of a field, the value that was sent, and the verdict that it adds to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

from catalogctl.provider.emulation import Json
from catalogctl.providers.publicala.sandbox.issue import cents

HIGHEST_PRICE = 99_999_999
"""Chosen: some column ends somewhere."""
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
class BodyCheck:
    """What was found in one body."""

    values: dict[str, object] = field(default_factory=dict)
    """By the stored fields' names, ready for an Issue; only what the body named."""
    errors: dict[str, list[str]] = field(default_factory=dict)
    """By field in Laravel's dotted form; empty where the body is accepted."""
    ignored: tuple[str, ...] = ()
    prefix: str = ""
    """What comes before every field in `errors`, where the body is a part of another one."""

    def refuse(self, key: str, complaint: str) -> None:
        """Add a complaint, which is a sentence without its subject."""
        self.say(key, f"The {self.prefix}{key.replace('_', ' ')} {complaint}")

    def refuse_choice(self, key: str) -> None:
        """Add the complaint about a value outside a closed set."""
        self.say(key, f"The selected {self.prefix}{key.replace('_', ' ')} is invalid.")

    def say(self, key: str, sentence: str) -> None:
        """Add a complaint in its own words."""
        self.errors.setdefault(f"{self.prefix}{key}", []).append(sentence)


def cleaned(body: Json) -> dict[str, Json]:
    """Give the keys of a body as Laravel's middleware leaves them: strings trimmed, empty ones null; a body that is no object is empty."""
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


def text(name: str, value: Json, verdict: BodyCheck) -> None:
    """Take a string or null."""
    if value is not None and not isinstance(value, str):
        verdict.refuse(name, "must be a string.")
    verdict.values[name] = value


def some_text(name: str, value: Json, verdict: BodyCheck) -> None:
    """Take a string; null is `required`'s business, and where nothing is required it leaves the stored value alone."""
    if value is None:
        return
    text(name, value, verdict)


def address(name: str, value: Json, verdict: BodyCheck) -> None:
    """Take an address of the web; null leaves the stored value alone."""
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


def flag(name: str, value: Json, verdict: BodyCheck) -> None:
    """Take true, false, 1, 0, or null for false."""
    if isinstance(value, bool) or value is None or (isinstance(value, int) and value in (0, 1)):
        verdict.values[name] = bool(value)
    else:
        verdict.refuse(name, "field must be true or false.")


def day(name: str, value: Json, verdict: BodyCheck) -> None:
    """Take YYYY-MM-DD; null leaves the stored value alone."""
    if value is None:
        return
    if not isinstance(value, str) or not _DATE.fullmatch(value) or not parses(date.fromisoformat, value):
        verdict.refuse(name, "does not match the format Y-m-d.")
    verdict.values[name] = value


def instant(name: str, value: Json, verdict: BodyCheck) -> None:
    """Take YYYY-MM-DD HH:MM:SS or null."""
    if value is not None and (not isinstance(value, str) or not _DATETIME.fullmatch(value) or not parses(datetime.fromisoformat, value)):
        verdict.refuse(name, "does not match the format Y-m-d H:i:s.")
    verdict.values[name] = value


def parses(parse: Callable[[str], object], value: str) -> bool:
    """Return whether `parse` takes the value, which it refuses by a ValueError."""
    try:
        parse(value)
    except ValueError:
        return False
    return True


def language(name: str, value: Json, verdict: BodyCheck) -> None:
    """Take a code of ISO 639-1 or null."""
    if value is not None and not isinstance(value, str):
        verdict.refuse(name, "must be a string.")
    elif value is not None and value not in _ISO_639_1:
        verdict.refuse_choice(name)
    verdict.values[name] = value


def count(name: str, value: Json, verdict: BodyCheck) -> None:
    """Take a whole number that is not negative, or null."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        verdict.refuse(name, "must be an integer.")
    elif value is not None and value < 0:
        verdict.refuse(name, "must be at least 0.")
    verdict.values[name] = value


def terms(name: str, value: Json, verdict: BodyCheck) -> None:
    """Take a list of strings, or null for an empty one; a term that comes twice is kept once."""
    given = [] if value is None else value
    if not isinstance(given, list):
        verdict.refuse(name, "must be an array.")
        return
    for index, term in enumerate(given):
        if not isinstance(term, str):
            verdict.refuse(f"{name}.{index}", "must be a string.")
    verdict.values[name] = tuple(dict.fromkeys(str(term) for term in given))


def codes(value: Json, verdict: BodyCheck) -> None:
    """Take `bisac` as a list of `{"code": …}`, or null for an empty one; a code that comes twice is kept once."""
    rows = [] if value is None else value
    if not isinstance(rows, list):
        verdict.refuse("bisac", "must be an array.")
        return
    kept: list[str] = []
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            verdict.refuse(f"bisac.{index}", "must be an array.")
            continue
        place, code = f"bisac.{index}.code", row.get("code")
        if not isinstance(code, str):
            verdict.refuse(place, "field is required." if code is None else "must be a string.")
        elif not _BISAC.fullmatch(code):
            verdict.refuse_choice(place)
        else:
            kept.append(code)
    verdict.values["bisac"] = tuple(dict.fromkeys(kept))


def codes_of_strings(value: Json) -> Json:
    """Write the plain strings of a list as `{"code": …}`; anything else is left as it is."""
    return [{"code": row} if isinstance(row, str) else row for row in value] if isinstance(value, list) else value


def amount(place: str, value: Json, verdict: BodyCheck) -> int | None:
    """Return a price in hundredths; None where it is refused."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        verdict.refuse(place, "must be a number.")
    elif value < 0:
        verdict.refuse(place, "must be at least 0.")
    elif value > HIGHEST_PRICE:
        verdict.refuse(place, f"may not be greater than {HIGHEST_PRICE}.")
    else:
        return cents(value)
    return None
