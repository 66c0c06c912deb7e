"""The codes a title is written in: ISBN, language, country, currency, subjects and contributors' roles.

Each function takes what the user wrote, gives the one canonical form, or raises CodeError with the correction. Pure: the tables are those
of the installed pycountry and python-stdnum, loaded when first asked for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NoReturn

from catalogctl.config.schema import names
from catalogctl.config.schema.meant import role_meant
from catalogctl.config.syntax.scalars import CodeError, shown
from catalogctl.model.alike import most_alike
from catalogctl.model.language import TWO_LETTERS, canonical_tag, two_letters
from catalogctl.model.role import ROLES, role_name

# ISBN

_BETWEEN_DIGITS = str.maketrans("", "", " -\u00a0\u2010\u2011\u2012\u2013")
"""Hyphens and spaces, and what word processors put in their place."""
_SPREADSHEET = re.compile(r"([0-9]{9,13})\.0+")
_SHORT = re.compile("[0-9]{6,8}[0-9X]")
_ISSN = re.compile(r"(?:ISSN:?\s*)?[0-9]{4}[-\u2010-\u2012][0-9]{3}[0-9Xx]", re.IGNORECASE)
"""Only the hyphen tells it from an ISBN-10 that has lost two zeros: their check digits are the same."""
_SCIENTIFIC = re.compile(r"9[.,]?7[89]?[0-9]*[eE]\+?[0-9]{2}")
_LONGEST_TEXT = 200
_ROUNDED = re.compile("97[89][0-9]{0,5}0{5,10}")


def isbn13(text: str) -> str:
    """Return the 13 digits of an ISBN written as ISBN-13 or ISBN-10, with hyphens and spaces or without.

    Raises:  CodeError whose hint is the ISBN with the right check digit, or the one that a spreadsheet damaged, when one can be determined.
    """
    if _SCIENTIFIC.fullmatch(text.strip()):
        raise _lost(text)
    digits = text.translate(_BETWEEN_DIGITS)
    if len(digits) == 13 and digits.isdecimal() and digits.isascii():
        if digits[:3] in ("978", "979") and digits[:4] != "9790":
            right = _check13(digits)
            if right == digits[12]:
                return digits
            raise _lost(text) if _ROUNDED.fullmatch(digits) else _wrong_check_digit(text, digits[:12] + right)
        _refuse_prefix(text, digits)
    ten = digits.upper()
    if len(ten) == 10 and ten.isascii() and ten[:9].isdecimal() and (ten[9].isdecimal() or ten[9] == "X"):
        right = _check10(ten)
        if right == ten[9]:
            return _from10(ten)
        raise _wrong_check_digit(text, ten[:9] + right)
    if _ISSN.fullmatch(text.strip()) and _check10(ten[-8:].zfill(10)) == ten[-1]:
        detail = f"`{shown(text)}` is an ISSN, the number of a journal or a series."
        raise CodeError("Not an ISBN", detail, "Give the ISBN of this book, or leave the field out until there is one.")
    raise _no_isbn(text, ten)


def isbn_range_warning(isbn: str) -> str | None:
    """Say that no agency has given out the range of a valid ISBN-13; None when one has.

    The table of ranges is as old as the installed python-stdnum, so this is never more than a warning.
    """
    from stdnum.isbn import split

    parts: tuple[str, ...] = split(isbn)
    if parts[2]:
        return None
    where = f"group {parts[0]}-{parts[1]}" if parts[1] else f"prefix {parts[0]}"
    return (
        f"`{isbn}` has a right check digit, but no publisher's range of the {where} holds it. Recent ranges may be missing from the table."
    )


def _check13(digits: str) -> str:
    odd, even = digits[0:12:2], digits[1:12:2]
    return str(-(sum(map(int, odd)) + 3 * sum(map(int, even))) % 10)


def _check10(digits: str) -> str:
    return "0123456789X"[-sum((10 - place) * int(digit) for place, digit in enumerate(digits[:9])) % 11]


def _from10(digits: str) -> str:
    body = "978" + digits[:9]
    return body + _check13(body)


def _lost(text: str) -> CodeError:
    return CodeError(
        "Not an ISBN",
        f"`{shown(text)}` is what a spreadsheet makes of an ISBN that it takes for a number: its last digits are lost.",
        "Take the ISBN from where it came from, and write it in quotes. In the spreadsheet, make the column text first.",
    )


def _wrong_check_digit(text: str, right: str) -> CodeError:
    return CodeError(
        "Wrong check digit in an ISBN",
        f"The last digit of `{shown(text)}` does not fit the others, so at least one digit is wrong.",
        f"If the others are right, the check digit should be {right[-1]}: {right}",
    )


def _refuse_prefix(text: str, digits: str) -> NoReturn:
    if digits[:4] == "9790":
        raise CodeError(
            "Not an ISBN", f"`{shown(text)}` begins with 979-0 and so is an ISMN, the number of printed music.", "Give the ISBN."
        )
    raise CodeError(
        "Not an ISBN",
        f"`{shown(text)}` begins with {digits[:3]}; an ISBN begins with 978 or 979.",
        "Give the ISBN, not another article number.",
    )


def _no_isbn(text: str, digits: str) -> CodeError:
    if not re.search("[0-9]", text):
        what = "There are no digits here." if not digits else f"`{shown(text)}` has no digits."
        return CodeError("Not an ISBN", what, "Give the 13 digits of the ISBN, or leave the field out until there is one.")
    damaged = _SPREADSHEET.fullmatch(digits)
    if damaged:
        return CodeError(
            "Not an ISBN", f"`{shown(text)}` is an ISBN that a spreadsheet took for a number.", f'Write "{damaged[1].zfill(10)}"'
        )
    lost = digits.zfill(10)
    if _SHORT.fullmatch(digits) and _check10(lost) == lost[9]:
        return CodeError("Not an ISBN", f"`{shown(text)}` is an ISBN-10 that has lost the zero it begins with.", f'Write "{lost}"')
    if (inner := _isbn_within(text)) is not None:
        return CodeError("Not an ISBN", f"`{shown(text)}` has more in it than an ISBN.", f"Write {inner}")
    if not digits.isascii() or not digits.isdecimal():
        return CodeError(
            "Not an ISBN", f"`{shown(text)}` has characters other than digits, hyphens and spaces.", "Give the 13 digits of the ISBN."
        )
    if len(digits) == 12 and digits[:3] in ("978", "979") and digits[:4] != "9790":
        whole = digits + _check13(digits)
        detail = f"`{shown(text)}` has 12 digits; an ISBN has 13, and may have lost its last one, the check digit."
        return CodeError("Not an ISBN", detail, f"If no other digit is missing, the check digit should be {whole[-1]}: {whole}")
    return CodeError(
        "Not an ISBN",
        f"`{shown(text)}` has {len(digits)} digits; an ISBN has 13, or 10 in the old form.",
        "Compare it with the ISBN on the copyright page.",
    )


def _isbn_within(text: str) -> str | None:
    """Return the one right ISBN that a text has among other words; `None` where it has none, or several."""
    found: set[str] = set()
    for run in re.findall(r"[0-9][0-9 \u00a0\u2010-\u2013-]{8,28}[0-9Xx]", text[:_LONGEST_TEXT]):
        if run == text:
            return None
        try:
            found.add(isbn13(run))
        except CodeError:
            continue
    return found.pop() if len(found) == 1 else None


# Languages, countries, currencies

_WITH_AMOUNT = re.compile(r"([A-Z]{3})(?::|\s+)([0-9]{1,12}(?:\.[0-9]{1,6})?)")


@lru_cache(maxsize=1)
def currencies() -> tuple[str, ...]:
    """List the codes of ISO 4217 that a price can be in, in order: no metals, no test codes."""
    return tuple(sorted(names.currency_names()))


@lru_cache(maxsize=1)
def countries() -> tuple[str, ...]:
    """List the alpha-2 codes of ISO 3166-1, in order."""
    return tuple(sorted(names.country_names()))


def language(text: str) -> str:
    """Return a language tag of BCP 47 in its canonical form: `pt`, `pt-BR`, `zh-Hant`, `ast`.

    Raises:  CodeError whose hint turns names, longer codes and other spellings into the tag.
    """
    if text in TWO_LETTERS:
        return text
    tag = canonical_tag(text)
    if tag == text and _is_known(tag):
        return text
    meant = tag if tag is not None and _is_known(tag) else names.guess_language(text.strip())
    if meant is None:
        meant = names.guess_language(re.split(r"[-_ (/,]", text.strip(), maxsplit=1)[0])
    name = names.language_names().get(two_letters(meant) or "")
    raise CodeError(
        "Unknown language",
        f"`{shown(text)}` is no language tag of BCP 47, such as en, pt-BR and zh-Hant.",
        f"Write {meant}{f' ({name}).' if name else ''}" if meant else "Look the code up under ISO 639-1.",
    )


def _is_known(tag: str) -> bool:
    """Return whether the language, script and region of a canonical tag are registered ones."""
    language, *subtags = tag.split("-")
    if language not in TWO_LETTERS and not names.is_long_language(language):
        return False
    scripts = [subtag for subtag in subtags if len(subtag) == 4 and subtag.isalpha()]
    regions = [subtag for subtag in subtags if len(subtag) == 2]
    return all(map(names.is_script, scripts)) and all(region in names.country_names() for region in regions)


def country(text: str) -> str:
    """Return an ISO 3166-1 alpha-2 code: two capital letters.

    Raises:  CodeError whose hint turns names and three-letter codes into the code.
    """
    if text in names.country_names():
        return text
    code = names.guess_country(text.strip())
    several = names.guess_countries(text)
    if several:
        detail = f"`{shown(text)}` is not a country, and each country that is meant has to be named."
        raise CodeError("Unknown country", detail, f"As publishers use the word, write\n{', '.join(several)}")
    hint = f"Write {code} ({names.country_names()[code]})." if code else _country_of_language(text.strip().lower())
    detail = f"`{shown(text)}` is not one of the two-letter country codes of ISO 3166-1, such as AR, BR and US."
    raise CodeError("Unknown country", detail, hint)


_SPOKEN_AT_HOME = dict(
    pair.split("=")
    for pair in "cs=CZ da=DK el=GR en=GB fa=IR he=IL hi=IN hy=AM ja=JP ka=GE kk=KZ km=KH ko=KR lo=LA nb=NO nn=NO ur=PK zh=CN".split()
)
"""The country that is meant where the code of a language, and of no country, is written for one."""


def _country_of_language(code: str) -> str:
    if code not in TWO_LETTERS:
        return "Look the code up under ISO 3166-1."
    said = f"{code.upper()} is the code of a language, {names.language_names()[code]}."
    home = _SPOKEN_AT_HOME.get(code)
    return f"{said} If its country is meant, write\n{home}" if home else f"{said} Name the countries by their codes under ISO 3166-1."


def unknown_region(number: str) -> CodeError:
    """Say that a number is no group of countries, and which country it is, if it is one's."""
    code = names.country_of_number(number)
    detail = f"`{shown(number)}` is no group of countries of UN M49, such as 419, Latin America and the Caribbean."
    hint = f"Write {code} ({names.country_names()[code]})." if code else "The numbers are listed in docs/configuration.md."
    return CodeError("Unknown country", detail, hint)


def country_name(alpha2: str) -> str:
    """Return the common English name of a country by its code, as `country` returns it: Bolivia, not Bolivia, Plurinational State of.

    Raises:  CodeError for what is no code.
    """
    return names.country_names()[country(alpha2)]


def currency(text: str) -> str:
    """Return an ISO 4217 code: three capital letters.

    Raises:  CodeError with the nearest code, or with the code of a name or sign.
    """
    if text in names.currency_names():
        return text
    if text in names.NO_MONEY:
        raise CodeError("Unknown currency", f"`{text}` is no money that a price can be in.", "Give the currency that customers pay in.")
    if (run := _WITH_AMOUNT.fullmatch(text)) and run[1] in names.currency_names():
        missing = "blank behind the colon" if ":" in text else "colon behind the currency"
        raise CodeError("Unknown currency", f"`{shown(text)}` has no {missing}.", f"Write {run[1]}: {run[2]}")
    code = names.guess_currency(text.strip())
    raise CodeError(
        "Unknown currency",
        f"`{shown(text)}` is not one of the three-letter currency codes of ISO 4217, such as USD, EUR and ARS.",
        f"Did you mean {code}?" if code else "Look the code up under ISO 4217.",
    )


# Subjects

_BISAC = re.compile(r"[A-Z]{3}[0-9]{6}")
_BISAC_NEARLY = re.compile(r"([A-Z]{3})[ -]?([0-9]{1,6})")
_BISAC_BEFORE_WORDS = re.compile(r"([A-Z]{3})([0-9]{6})[ :/-]+[^\W\d_]")
_LONGEST_THEMA = 5
_THEMA = re.compile(r"(?:[A-Y][A-Z0-9]{0,9}|[1-6][A-Z0-9]{1,9})(?:-[A-Z0-9]{1,6})*")


def bisac(text: str) -> str:
    """Return a BISAC subject code, judged by its form alone: the list itself is licensed and not part of this package.

    Raises:  CodeError whose hint restores capitals and lost zeros.
    """
    if _BISAC.fullmatch(text):
        return text
    nearly = _BISAC_NEARLY.fullmatch(text.strip().upper()) or _BISAC_BEFORE_WORDS.match(text.strip().upper())
    hint = "Give the code, such as SEL009000, not the heading. BISG lists both:\nhttps://www.bisg.org/complete-bisac-subject-headings-list"
    if nearly:
        hint = f"Write {nearly[1]}{nearly[2].zfill(6)}"
    elif _THEMA.fullmatch(text) and len(text) <= _LONGEST_THEMA:
        hint = f"It has the form of a Thema code; say it beside `bisac`:\nthema: [{text}]"
    raise CodeError("Not a BISAC code", f"`{shown(text)}` is not three capital letters and six digits.", hint)


def thema(text: str) -> str:
    """Return a Thema subject code or qualifier, judged by its form alone.

    Raises:  CodeError whose hint restores capitals.
    """
    if _THEMA.fullmatch(text):
        return text
    word = text.strip().upper()
    first = text.strip().split(" ", 1)[0].rstrip(":")  # in capitals: the code that is before its heading
    short = next((one for one in (word, first) if len(one) <= _LONGEST_THEMA and _THEMA.fullmatch(one)), "")
    raise CodeError(
        "Not a Thema code",
        f"`{shown(text)}` is neither a subject, which begins with a letter, nor a qualifier, which begins with a digit from 1 to 6.",
        f"Write {short}" if short else "Give the code, such as VSPM or 1KLSB, not the heading.",
    )


# Contributors

_ROLE_CODE = re.compile(r"[A-Z][0-9]{2}")


def contributor_role(text: str) -> str:
    """Return the code of ONIX List 17 for a role's name (`translator`, `Series editor`), or the code itself when it has the form of one.

    Raises:  CodeError with the nearest name.
    """
    if _ROLE_CODE.fullmatch(text):
        return text
    name = role_name(text)
    if name in ROLES:
        return ROLES[name]
    several = [role_name(part) for part in re.split(r"\s*(?:[,;/&+]|\band\b)\s*", text.strip()) if part]
    roles = [role if role in ROLES else role_meant(role) for role in several]
    if _ROLE_CODE.fullmatch(text.strip().upper()):
        hint = f"Write {text.strip().upper()}"
    elif len(roles) > 1 and all(roles):
        hint = f"Name the contributor once for each role, here with\nrole: {roles[0]}\nand in another item with\nrole: {roles[1]}"
    else:
        near = [role_meant(name)] if role_meant(name) else most_alike(name, ROLES)
        hint = f"Did you mean {near[0]}?" if near else "Write author, editor, translator, illustrator or narrator, or a code such as A01."
    raise CodeError("Unknown role", f"`{shown(text)}` is neither the name of a contributor's role nor a code of ONIX List 17.", hint)


def contributor_roles() -> tuple[str, ...]:
    """List the names that stand for codes, in the order of the codes."""
    return tuple(ROLES)
