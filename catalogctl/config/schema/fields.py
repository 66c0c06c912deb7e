"""The scalars of documents: what each may look like, and how it is read."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic_core import core_schema

from catalogctl.config.schema import codes, names
from catalogctl.config.schema.leaf import Leaf
from catalogctl.config.syntax import amounts
from catalogctl.config.syntax.encoding import CONTROL
from catalogctl.config.syntax.scalars import CodeError, FormError, shown
from catalogctl.model.address import Address
from catalogctl.model.language import TWO_LETTERS
from catalogctl.model.region import ALL, region_codes

MAX_WHOLE: Final = 2**31 - 1
"""Pages, millimetres, grams: nothing in a catalog is larger, and every store can hold it."""


def _text(pattern: str, *, most: int | None = None) -> Callable[[Any], str]:
    compiled = re.compile(pattern.removeprefix("^").removesuffix("$"))

    def read(value: object) -> str:
        if not isinstance(value, str) or (most is not None and len(value) > most) or compiled.fullmatch(value) is None:
            raise FormError
        return value

    return read


def _text_leaf(name: str, form: str, pattern: str, most: int | None = None, examples: tuple[str, ...] = ()) -> Leaf:
    schema: dict[str, object] = {"type": "string", "pattern": pattern}
    if most is not None:
        schema["maxLength"] = most
    if examples:
        schema["examples"] = list(examples)
    return Leaf(name, form, schema, _text(pattern, most=most), core_schema.str_schema(pattern=pattern, max_length=most, strict=True))


def _listed_leaf(name: str, form: str, known: tuple[str, ...], check: Callable[[str], str], examples: tuple[str, ...]) -> Leaf:
    names = frozenset(known)

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise FormError
        if value not in names:
            check(value)  # says what is wrong, and what was probably meant
            raise FormError
        return value

    return Leaf(
        name, form, {"type": "string", "enum": list(known), "examples": list(examples)}, read, core_schema.literal_schema(list(known))
    )


def _patterned_leaf(name: str, form: str, pattern: str, check: Callable[[str], str], examples: tuple[str, ...], *, whole: bool) -> Leaf:
    """Make a kind that has a pattern; `whole` where the pattern says everything that `check` would."""
    well_formed = _text(pattern)

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise FormError
        read_as = check(value)
        well_formed(value)
        return read_as

    native = core_schema.str_schema(pattern=pattern, strict=True) if whole else None
    return Leaf(name, form, {"type": "string", "pattern": pattern, "examples": list(examples)}, read, native)


def _whole(value: object) -> int:
    """Take a whole number also when it is written with zeros after the point, as JSON Schema does."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    raise FormError


def _least(value: object) -> int:
    number = _whole(value)
    if not 0 <= number <= MAX_WHOLE:
        raise FormError
    return number


def _counted(value: object) -> int:
    number = _whole(value)
    if not 1 <= number <= MAX_WHOLE:
        raise FormError
    return number


_ISBN_PATTERN: Final = "^[0-9Xx \u00a0\u2010\u2011\u2012\u2013-]{10,30}$"
_MAX_ISBN: Final = 9_999_999_999_999
_isbn_text = _text(_ISBN_PATTERN)


def _isbn(value: object) -> str:
    if isinstance(value, str):
        read_as = codes.isbn13(value)
        _isbn_text(value)
        return read_as
    number = _whole(value)
    read_as = codes.isbn13(str(value) if isinstance(value, Decimal) and "E" in str(value) else str(number))
    if not 0 <= number <= _MAX_ISBN:
        raise FormError
    return read_as


_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _date(value: object) -> str:
    if not isinstance(value, str) or _DATE.fullmatch(value) is None:
        raise FormError
    try:
        date.fromisoformat(value)
    except ValueError:
        detail = f"`{value}` has the form of a date, but the calendar has no such day."
        raise CodeError("No such day", detail, _nearest_day(value)) from None
    return value


def _nearest_day(text: str) -> str:
    """Return the hint for a day that the calendar does not have: the two numbers in the other order, or the last day of the month."""
    year, month, day = (int(part) for part in text.split("-"))
    if 1 <= day <= 12 and 1 <= month <= 31 and year:
        return f"The month comes before the day: write\n{year:04}-{day:02}-{month:02}"
    if year and 1 <= month <= 12 and day > 28:
        return f"The last day of that month is\n{year:04}-{month:02}-{monthrange(year, month)[1]:02}"
    return "Write the day as YYYY-MM-DD, with a month from 01 to 12."


def _number_as_text(value: object) -> str:
    if isinstance(value, bool):
        raise FormError
    if isinstance(value, (int, Decimal)):
        return str(value) if isinstance(value, int) else format(value, "f")
    return _line(value)


_BLANK: Final = " \\t\\r\\n\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""What a text may not consist of alone: stores trim it, and nothing would be left."""
_LINE_PATTERN: Final = f"^[^\\r\\n]*[^{_BLANK}][^\\r\\n]*$"
_PLACE_PATTERN: Final = f"^[^{CONTROL}]*[^ {CONTROL}][^{CONTROL}]*$"
_line = _text(_LINE_PATTERN)


def _options(value: object) -> dict[str, Any] | bool:
    if value is None or value is True:
        return {}
    if value is False or isinstance(value, dict):
        return value
    raise FormError


def _role(value: object) -> str:
    if not isinstance(value, str):
        raise FormError
    code = codes.contributor_role(value)
    if value not in _ROLES and _ROLE_CODE.fullmatch(value) is None:
        name = re.sub(r"[\s_-]+", "-", value.strip().casefold())
        raise CodeError("Unknown role", f"`{value}` is not how the name of this role is written.", f"Write {name}")
    return code


_ROLES: Final = frozenset(codes.contributor_roles())
_ROLE_PATTERN: Final = "^[A-Z][0-9]{2}$"
_ROLE_CODE = re.compile("[A-Z][0-9]{2}")


def _language(value: object) -> str:
    if not isinstance(value, str):
        raise FormError
    return codes.language(value)


_LONGER_TAG: Final = "^([a-z]{3}|[a-z]{2,3}-[A-Za-z0-9-]*[A-Za-z0-9])$"
"""What a tag looks like that is no code of two letters."""


def _country_name(value: object) -> str:
    """Take the English name of a country; a code and a misspelling are reported with the name."""
    if not isinstance(value, str):
        raise FormError
    known = names.country_names()
    code = value.strip().upper() if value.strip().upper() in known else names.guess_country(value.strip())
    if code is None or known[code] != value:
        detail = f"`{shown(value)}` is not the English name of a country, as this option takes it."
        hint = f"Write {known[code]}" if code else "Write the English name, such as Finland, or leave the option out and say `territories`."
        raise CodeError("Unknown country", detail, hint)
    return value


_EVERYWHERE: Final = frozenset(
    "all world worldwide world-wide global globally everywhere any ww wor mundo mundial todo todos welt weltweit monde".split()
)
"""What people write for the whole world; `WORLD` is how ONIX says it."""


GROUP_PATTERN: Final = "^[A-Za-z][A-Za-z0-9_-]{2,63}$"
"""What the name of a project's own group of countries looks like: never a code of two letters, and never a number."""
_GROUP: Final = re.compile("[A-Za-z][A-Za-z0-9_-]{2,63}")


def _territory(value: object) -> str:
    """Take a country, everywhere, a group that has a name everywhere, or what may be the name of a project's own group."""
    if not isinstance(value, str):
        raise FormError
    if value in _TERRITORIES:
        return value
    if value.strip().lower() in _EVERYWHERE:
        raise CodeError("Unknown country", f"`{value}` is not a country; everywhere is the one word ALL, in capitals.", "Write ALL")
    if _GROUP.fullmatch(value) and not names.is_country_name(value):
        return value
    if value.strip().upper() in {"EU", "UE"}:
        raise CodeError("Unknown country", f"`{shown(value)}` is not how the European Union is written.", "Write EU")
    if value.strip().isdecimal():
        raise codes.unknown_region(value.strip())
    return codes.country(value)


def _group_name(value: object) -> str:
    """Take a name that a project may give a group of countries; one that means something already is refused."""
    if not isinstance(value, str) or _GROUP.fullmatch(value) is None:
        raise FormError
    if value.lower() in _EVERYWHERE or names.is_country_name(value):
        detail = f"`{value}` means a country, or everywhere, wherever titles are read."
        raise CodeError("A group of countries with a name that is taken", detail, f"Write {value}-group")
    return value


_NO_GLOB: Final = " \\t\\r\\n*?\\[\\]"
_ADDRESS_PATTERN: Final = f"^[^/{_NO_GLOB}]+/[^/{_NO_GLOB}]+/[^/.{_NO_GLOB}]+\\.[^/{_NO_GLOB}]+(/[^{_NO_GLOB}]+)?$"


def _address(text: str) -> str:
    if any(sign in text for sign in "*?[]"):
        raise CodeError(
            "A glob where an address belongs",
            f"`{text}` matches many resources. A block names one: its effect cannot be undone by editing the file.",
            "Write a block for each address. They are listed by\ncatalogctl state list",
        )
    try:
        return str(Address.parse(text))
    except ValueError:
        raise CodeError(
            "Not an address",
            f"`{text}` does not have the form ACCOUNT/TYPE/TITLE.EDITION or ACCOUNT/TYPE/TITLE.EDITION/KEY.",
            "Addresses are listed by\ncatalogctl state list",
        ) from None


_NAME_PATTERN: Final = f"^[^/.{_NO_GLOB}]+(\\.[^/.{_NO_GLOB}]+)?$"


def _address_or_name(text: str) -> str:
    return text if re.fullmatch(_NAME_PATTERN, text) else _address(text)


_SECONDS: Final = {"": Decimal(1), "ms": Decimal("0.001"), "s": Decimal(1), "m": Decimal(60), "h": Decimal(3600), "d": Decimal(86400)}
_DURATION_PATTERN: Final = "^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)?$"
_duration_text = _text(_DURATION_PATTERN)


def _duration(value: object) -> float:
    if isinstance(value, str):
        found = re.fullmatch("([0-9.]+)([a-z]*)", _duration_text(value))
        if found is None:
            raise FormError
        return float(Decimal(found[1]) * _SECONDS[found[2]])
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or not 0 <= value <= MAX_WHOLE:
        raise FormError
    return float(value)


UNLIMITED: Final = "unlimited"
"""A bound that is none."""
_PERCENTAGE_PATTERN: Final = f"^([0-9]{{1,9}}(\\.[0-9]{{1,3}})?%|{UNLIMITED})$"
_BOUND_PATTERN: Final = f"^([0-9]{{1,9}}|[0-9]{{1,9}}(\\.[0-9]{{1,3}})?%|{UNLIMITED})$"
_bound_text = _text(_BOUND_PATTERN)


def _bound(value: object) -> str:
    if isinstance(value, str):
        return _bound_text(value)
    number = _whole(value)
    if not 0 <= number <= MAX_WHOLE:
        raise FormError
    return str(number)


def _version(value: object) -> int:
    number = _whole(value)
    if number != 1:
        raise CodeError("Unknown version", f"This catalogctl reads version 1 of the project file; this is version {number}.", "Write 1")
    return number


Line = Annotated[str, _text_leaf("line", "one line of text", _LINE_PATTERN)]
ExternalId = Annotated[
    str, _text_leaf("external-id", "one line of at most 255 characters", _LINE_PATTERN, 255, ("isbn112233441", "ABC-0042"))
]
Slug = Annotated[
    str,
    _text_leaf(
        "slug",
        "made of lower-case letters, digits and hyphens only (128 at most, a letter or digit first)",
        "^[a-z0-9][a-z0-9-]{0,127}$",
        examples=("mirror-work", "epub"),
    ),
]
Name = Annotated[
    str,
    _text_leaf(
        "name",
        "made of letters, digits, hyphens and underscores only (64 at most, a letter or digit first)",
        "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
        examples=("store", "store-mx"),
    ),
]
TrackId = Annotated[
    str,
    _text_leaf(
        "track-id",
        "made of letters, digits, dots, hyphens and underscores only (128 at most, a letter or digit first)",
        "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$",
        examples=("intro", "chapter-01"),
    ),
]
Location = Annotated[
    str,
    _text_leaf(
        "location",
        "a path or an https URL on one line",
        _LINE_PATTERN,
        examples=("assets/mirror-work.epub", "https://cdn.example.com/mirror-work.epub"),
    ),
]
Place = Annotated[
    str,
    _text_leaf(
        "place",
        "a path or a URL on one line, without control characters",
        _PLACE_PATTERN,
        examples=("state/", "https://cdn.example.com/assets"),
    ),
]
Date = Annotated[
    str,
    Leaf(
        "date",
        "a day as YYYY-MM-DD",
        {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "examples": ["2019-09-13"]},
        _date,
    ),
]
Moment = Annotated[
    str,
    Leaf(
        "moment",
        "a day and a time as YYYY-MM-DD HH:MM:SS",
        {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$", "examples": ["2021-09-15 12:00:00"]},
        _text("^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"),
    ),
]
"""Of providers' options, whose schemas name it; a time in the store's own zone."""
CountryName = Annotated[
    str, Leaf("country-name", "the English name of a country", {"type": "string", "examples": ["Finland"]}, _country_name)
]
"""Of providers' options, whose schemas name it and list the names."""
Count = Annotated[int, Leaf("count", "a whole number from 1 on", {"type": "integer", "minimum": 1, "maximum": MAX_WHOLE}, _counted)]
Isbn = Annotated[
    str,
    Leaf(
        "isbn",
        "an ISBN of 13 or 10 digits, with or without hyphens",
        {
            "type": ["string", "integer"],
            "pattern": _ISBN_PATTERN,
            "minimum": 0,
            "maximum": _MAX_ISBN,
            "examples": ["9781496822482", "978-0-306-40615-7"],
        },
        _isbn,
    ),
]
Price = Annotated[
    str,
    Leaf(
        "price",
        "an amount such as 9.99",
        {"type": ["number", "string"], "pattern": amounts.PATTERN, "minimum": 0, "maximum": amounts.LARGEST, "examples": ["9.99"]},
        amounts.amount,
    ),
]
TextOrNumber = Annotated[
    str,
    Leaf(
        "text-or-number",
        "one line of text or a number",
        {"type": ["string", "number"], "pattern": _LINE_PATTERN, "examples": ["3"]},
        _number_as_text,
    ),
]
Options = Annotated[
    dict[str, Any] | bool,
    Leaf(
        "options",
        "a mapping of the provider's options (or `false` for: not on this account)",
        {"type": ["object", "boolean", "null"]},
        _options,
    ),
]
Language = Annotated[
    str,
    Leaf(
        "language",
        "a language tag of BCP 47",
        {"type": "string", "anyOf": [{"enum": list(TWO_LETTERS)}, {"pattern": _LONGER_TAG}], "examples": ["es", "pt-BR", "zh-Hant"]},
        _language,
    ),
]
_TERRITORIES: Final = (ALL, *region_codes(), *codes.countries())
"""What may be in a list of territories in every project."""
Country = Annotated[
    str,
    Leaf(
        "country",
        "a country code of ISO 3166-1, ALL, EU, a number of UN M49 in quotes, or a group of the project",
        {"type": "string", "anyOf": [{"enum": list(_TERRITORIES)}, {"pattern": GROUP_PATTERN}], "examples": ["ALL", "AR", "EU", "419"]},
        _territory,
    ),
]
GroupName = Annotated[
    str,
    Leaf(
        "group-name",
        "made of letters, digits, hyphens and underscores only (3 to 64, a letter first)",
        {"type": "string", "pattern": GROUP_PATTERN, "examples": ["latam"]},
        _group_name,
    ),
]
Currency = Annotated[str, _listed_leaf("currency", "a currency code of ISO 4217", codes.currencies(), codes.currency, ("USD", "EUR"))]
Bisac = Annotated[str, _patterned_leaf("bisac", "a BISAC code", "^[A-Z]{3}[0-9]{6}$", codes.bisac, ("SEL009000",), whole=True)]
Thema = Annotated[
    str,
    _patterned_leaf(
        "thema",
        "a Thema code",
        "^([A-Y][A-Z0-9]{0,9}|[1-6][A-Z0-9]{1,9})(-[A-Z0-9]{1,6})*$",
        codes.thema,
        ("VS", "1KLSB"),
        whole=True,
    ),
]
Role = Annotated[
    str,
    Leaf(
        "role",
        "the name of a contributor's role or a code of ONIX list 17",
        {"type": "string", "anyOf": [{"enum": list(codes.contributor_roles())}, {"pattern": _ROLE_PATTERN}], "examples": ["author", "B06"]},
        _role,
    ),
]
AddressText = Annotated[
    str, _patterned_leaf("address", "an address", _ADDRESS_PATTERN, _address, ("store/content/mirror-work.epub",), whole=False)
]
AddressOrName = Annotated[
    str,
    _patterned_leaf(
        "address-or-name",
        "an address, a title or TITLE.EDITION",
        f"{_ADDRESS_PATTERN}|{_NAME_PATTERN}",
        _address_or_name,
        ("store/content/mirror-work.epub", "mirror-work", "mirror-work.epub"),
        whole=False,
    ),
]
Duration = Annotated[
    float,
    Leaf(
        "duration",
        "a number of seconds, or a number with ms, s, m, h or d",
        {"type": ["number", "string"], "pattern": _DURATION_PATTERN, "minimum": 0, "maximum": MAX_WHOLE, "examples": ["30s", 30]},
        _duration,
    ),
]
Bound = Annotated[
    str,
    Leaf(
        "bound",
        "a count such as 12, a percentage such as 10%, or `unlimited`",
        {"type": ["integer", "string"], "pattern": _BOUND_PATTERN, "minimum": 0, "maximum": MAX_WHOLE, "examples": ["10%", 12]},
        _bound,
    ),
]
Least = Annotated[
    int, Leaf("least", "a whole number from 0 on", {"type": "integer", "minimum": 0, "maximum": MAX_WHOLE, "examples": [10]}, _least)
]
Percentage = Annotated[str, _text_leaf("percentage", "a percentage such as 50%, or `unlimited`", _PERCENTAGE_PATTERN, examples=("50%",))]
Version = Annotated[int, Leaf("version", "1, the only version there is", {"type": "integer", "const": 1, "examples": [1]}, _version)]
