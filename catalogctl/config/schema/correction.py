"""A scalar that its kind refuses → how it was meant to be written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from catalogctl.config.schema.leaf import Leaf
from catalogctl.config.schema.meant import days_meant, part_of_a_day

_TRUTH: Final = {"yes": "true", "on": "true", "y": "true", "true": "true", "no": "false", "off": "false", "n": "false", "false": "false"}
_NONE: Final = frozenset("none no never off null false -1 nil".split())
"""Words for a limit that say either that nothing may be done, or that anything may."""
_WITHOUT_END: Final = frozenset("unlimited infinite infinity inf no-limit nolimit any all".split())
_SECONDS: Final = {
    "ms": "ms millisecond milliseconds msec",
    "s": "s sec secs second seconds segundos sekunden",
    "m": "m min mins minute minutes minutos minuten",
    "h": "h hr hrs hour hours horas stunde stunden",
    "d": "d day days tag tage dias",
}
_UNITS: Final = {name: unit for unit, names in _SECONDS.items() for name in names.split()}
_MEASURES: Final[Mapping[str, Decimal]] = {
    name: Decimal(factor)
    for factor, names in {
        "1": ",mm,g,gr,p,pp,pgs,pages,seiten,páginas,pcs,per minute,/min,/minute,rpm",
        "10": "cm",
        "25.4": 'in,inch,inches,",″',
        "1000": "kg",
    }.items()
    for name in names.split(",")
}
"""What people write behind a number, and how many of ours it is: millimetres, grams, pages, requests a minute."""
_QUANTITY: Final = re.compile(r"\s*([0-9]{1,12})(?:[.,]([0-9]{1,3}))?\s*(\D{0,20}?)\s*")
_LONGEST: Final = 200
_NAMES: Final = frozenset({"slug", "name", "track-id"})
_MOST_SECONDS: Final = 253_402_300_799
"""The last second of the year 9999, in the time that computers count."""
_FIRST_SECOND: Final = 500_000_000


def correction(leaf: Leaf, value: Any) -> str:
    """Return the hint with what was meant, where a guess can be made that this kind of scalar takes; empty where none can."""
    if leaf.name in {"date", "moment"}:
        return _day_hint(str(value), leaf.name) if not isinstance(value, (bool, list, dict, type(None))) else ""
    if leaf.name == "bound" and str(value).strip().lower() in _NONE:
        return "Write 0\nOr, for no limit, write unlimited"
    for guess in _guesses(leaf.name, value):
        try:
            leaf.read(guess)
        except ValueError:
            continue
        if guess != value:
            return f"Write {guess}"
    return ""


def truth(value: Any) -> str:
    """Return `true` or `false` for a word that other readers of YAML take for one of them; empty for any other."""
    return _TRUTH.get(value.lower(), "") if isinstance(value, str) else ""


def quantity(text: str) -> Decimal | None:
    """Return the number that a text with a unit stands for, in the units of a catalog; `None` where it is none."""
    found = _QUANTITY.fullmatch(text) if len(text) <= _LONGEST else None
    factor = _MEASURES.get(found[3].strip().rstrip(".").lower()) if found else None
    return None if found is None or factor is None else Decimal(f"{found[1]}.{found[2] or 0}") * factor


def _guesses(kind: str, value: Any) -> Iterator[str | int]:
    if isinstance(value, list) and value and isinstance(value[0], (str, int)):
        value = value[0]
        yield value
    if isinstance(value, dict) and len(value) == 1:
        yield from (one for one in value.values() if isinstance(one, str))
    text = str(value).strip() if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool) else ""
    match kind:
        case "count" | "least":
            number = quantity(text)
            if number is not None and (number == number.to_integral_value() or not text[-1:].isdecimal()):
                yield int(number.to_integral_value())
        case "duration":
            yield from _durations(text)
        case "running-time":
            yield from _running_times(text)
        case "bound" | "percentage":
            yield from _bounds(text)
        case _ if isinstance(value, str):
            plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
            yield text.strip("\"'“”‘’„«»")
            yield text.replace(",", ".")
            yield " ".join(value.split())
            if kind in _NAMES:
                yield re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
        case _:
            pass


def _durations(text: str) -> Iterator[str]:
    if found := re.fullmatch(r"([0-9]{1,9}(?:[.,][0-9]{1,3})?)\s*([^\W\d_]+)\.?", text):
        yield f"{found[1].replace(',', '.')}{_UNITS.get(found[2].lower(), '?')}"
    if found := re.fullmatch(r"(?:([0-9]{1,3}):)?([0-9]{1,2}):([0-9]{1,2})", text):
        yield f"{int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])}s"


def _running_times(text: str) -> Iterator[str]:
    parts = [(number, _UNITS.get(unit.lower())) for number, unit in re.findall(r"([0-9]{1,6})\s*([^\W\d_]+)", text)]
    if parts and all(unit in {"h", "m", "s"} for _, unit in parts):
        yield " ".join(f"{number}{unit}" for number, unit in parts)
    if found := re.fullmatch(r"([0-9]{1,3}):([0-5]?[0-9])(?::([0-5]?[0-9]))?(?:\s*(?:h|hrs|hours))?", text):
        yield f"{int(found[1])}h {int(found[2])}m" + (f" {int(found[3])}s" if found[3] else "")


def _bounds(text: str) -> Iterator[str]:
    word = re.sub(r"\s+", "-", text.lower())
    if word in _WITHOUT_END:
        yield "unlimited"
    if found := re.fullmatch(r"%?\s*([0-9]{1,9})(?:[.,]([0-9]{1,3}))?\s*(?:%|percent|per cent|prozent|por ciento|pct)?", text.lower()):
        number = Decimal(f"{found[1]}.{found[2] or 0}")
        is_share = re.fullmatch(r"[0-9]+[.,][0-9]+", text) and number < 1
        yield f"{(number * 100 if is_share else number).normalize():f}%"


def _day_hint(text: str, kind: str) -> str:
    """Return the day, or the day and time, that was probably meant, as it is written here."""
    if kind == "moment":
        found = re.fullmatch(r"\s*(\d{4}-\d{2}-\d{2})[T ]+(\d{2}:\d{2})(:\d{2})?(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?\s*", text)
        if found:
            hint = f"Write {found[1]} {found[2]}{found[3] or ':00'}"
            return f"{hint}\nThe time is that of the store's own zone, without an offset: convert it first." if found[4] else hint
    days = days_meant(text) or _counted_from_1970(text)
    time = " 00:00:00" if kind == "moment" else ""
    if not days:
        part = part_of_a_day(text)
        return f"Add the day, for instance\n{part}{time}" if part else ""
    return f"Write {days[0]}{time}" + (f"\nOr, if the month comes first, write {days[1]}{time}" if len(days) > 1 else "")


def _counted_from_1970(text: str) -> tuple[str, ...]:
    """Return the day of a time that is counted in seconds or milliseconds, as exports write it."""
    if not re.fullmatch("[0-9]{9,13}", text):
        return ()
    seconds = int(text) / (1000 if len(text) > 10 else 1)
    return (datetime.fromtimestamp(seconds, UTC).date().isoformat(),) if _FIRST_SECOND <= seconds <= _MOST_SECONDS else ()
