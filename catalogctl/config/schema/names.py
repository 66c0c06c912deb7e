"""The names people use for languages, countries and currencies, and the codes they stand for.

The codes and English names are those of the installed pycountry, its translations serve the hints. Each table is made when first asked for.
"""

from __future__ import annotations

import gettext
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from catalogctl.model.alike import LONGEST, most_alike

NO_MONEY = frozenset("XAD XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX".split())
"""Metals, units of account of banks, and codes for testing and for none."""


@lru_cache(maxsize=1)
def language_names() -> Mapping[str, str]:
    """Map each code of ISO 639-1 to its English name."""
    return {entry.alpha_2: _common_name(entry) for entry in _languages()}


@lru_cache(maxsize=1)
def country_names() -> Mapping[str, str]:
    """Map each alpha-2 code of ISO 3166-1 to the common English name."""
    return {entry.alpha_2: _common_name(entry) for entry in _countries()}


@lru_cache(maxsize=1)
def currency_names() -> Mapping[str, str]:
    """Map each code of ISO 4217 that a price can be in to its English name."""
    return {entry.alpha_3: entry.name for entry in _currencies()}


def is_long_language(code: str) -> bool:
    """Return whether ISO 639-3 has a code of three letters."""
    import pycountry

    return pycountry.languages.get(alpha_3=code) is not None


def is_script(code: str) -> bool:
    """Return whether ISO 15924 has a code of a script."""
    import pycountry

    return pycountry.scripts.get(alpha_4=code) is not None


def guess_language(text: str) -> str | None:
    """Find the code someone meant by a name, a three-letter code or a code in capitals."""
    return _guess(text, _language_words(), "iso639-3")


def guess_country(text: str) -> str | None:
    """Find the code someone meant by a name, a three-letter code or a code in small letters."""
    return _guess(text, _country_words(), "iso3166-1")


def is_country_name(text: str) -> bool:
    """Return whether a text is a country's name, in English, Spanish, Portuguese, French or German, or its code of three letters."""
    word = _folded(text.strip())
    return word in _country_words() or word in _translated_words("iso3166-1")


def country_of_number(number: str) -> str | None:
    """Return the code of the country with a number of ISO 3166-1, which is its number in UN M49 as well."""
    import pycountry

    entry = pycountry.countries.get(numeric=number)
    return None if entry is None else str(entry.alpha_2)


_REGIONS = {
    "eu": "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK",
    "european union": "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK",
    "dach": "DE AT CH",
    "benelux": "BE NL LU",
    "latam": "AR BO BR CL CO CR CU DO EC GT HN MX NI PA PE PR PY SV UY VE",
    "latin america": "AR BO BR CL CO CR CU DO EC GT HN MX NI PA PE PR PY SV UY VE",
    "north america": "CA US",
    "scandinavia": "DK NO SE",
    "uk & ireland": "GB IE",
}
"""Words for several countries, and the countries as publishers mean them."""


def guess_countries(text: str) -> tuple[str, ...]:
    """Find the codes of the countries someone meant by a word for several; none where it is no such word."""
    return tuple(_REGIONS.get(_folded(text.strip()), "").split())


def guess_currency(text: str) -> str | None:
    """Find the code someone meant by a name, a sign or a code that is not one: the first two letters are the country's."""
    found = _guess(text, _currency_words(), "iso4217")
    if found or not 2 <= len(text) <= 4:
        return found
    return next((code for code in sorted(currency_names()) if code[:2] == text[:2].upper()), None)


# The tables of pycountry type their entries loosely: every field is an attribute that may be missing.


@lru_cache(maxsize=1)
def _languages() -> tuple[Any, ...]:
    import pycountry

    return tuple(entry for entry in pycountry.languages if hasattr(entry, "alpha_2"))


@lru_cache(maxsize=1)
def _countries() -> tuple[Any, ...]:
    import pycountry

    return tuple(pycountry.countries)


@lru_cache(maxsize=1)
def _currencies() -> tuple[Any, ...]:
    import pycountry

    return tuple(entry for entry in pycountry.currencies if entry.alpha_3 not in NO_MONEY)


def _common_name(entry: Any) -> str:
    return str(getattr(entry, "common_name", entry.name))


_OF_COUNTRIES = {
    country: language
    for language, countries in {"en": "us gb", "es": "mx sp", "de": "at", "ja": "jp", "zh": "cn tw", "da": "dk", "cs": "cz", "el": "gr",
                                "ko": "kr", "uk": "ua", "vi": "vn", "he": "il", "sr": "rs"}.items()
    for country in countries.split()
}  # fmt: skip
"""Codes of countries that people write for a language, where no language has the code."""


@lru_cache(maxsize=1)
def _language_words() -> Mapping[str, str]:
    own = {"castellano": "es", "castilian": "es", "espanol": "es", "francais": "fr", "deutsch": "de", "italiano": "it", "greek": "el"}
    own |= {"mandarin": "zh", "farsi": "fa", "valencian": "ca", "flemish": "nl", "iw": "he", "ji": "yi"} | _OF_COUNTRIES
    return _words(_languages(), "alpha_2", ("alpha_2", "alpha_3", "bibliographic", "name", "common_name")) | own


@lru_cache(maxsize=1)
def _country_words() -> Mapping[str, str]:
    own = {"uk": "GB", "great britain": "GB", "england": "GB", "usa": "US", "russia": "RU", "turkey": "TR", "el": "GR", "holland": "NL"}
    return _words(_countries(), "alpha_2", ("alpha_2", "alpha_3", "name", "common_name", "official_name")) | own


_SUCCEEDED = {
    former: currency
    for currency, formers in {
        "EUR": "ats bef bgn cyp dem eek esp fim frf grd hrk iep itl ltl luf lvl mtl nlg pte sit skk", "ARS": "ara arp",
        "BRL": "brb brc brr", "BYN": "byr", "AZN": "azm", "GHS": "ghc", "MXN": "mxp", "MZN": "mzm", "PEN": "pei", "PLN": "plz",
        "RON": "rol", "RUB": "rur", "SDG": "sdd", "TRY": "trl", "UYU": "uyp", "VES": "veb vef", "ZMW": "zmk",
    }.items()
    for former in formers.split()
}  # fmt: skip
"""Codes of currencies that others have taken the place of; one that is a currency still is looked up before."""


@lru_cache(maxsize=1)
def _currency_words() -> Mapping[str, str]:
    signs = {"€": "EUR", "£": "GBP", "$": "USD", "us$": "USD", "u$s": "USD", "r$": "BRL", "¥": "JPY", "₹": "INR", "₩": "KRW", "zł": "PLN"}
    own = {"dollar": "USD", "dollars": "USD", "euros": "EUR", "real": "BRL", "reais": "BRL"}
    return _words(_currencies(), "alpha_3", ("alpha_3", "name")) | signs | own | _SUCCEEDED


def _words(entries: Iterable[Any], code: str, fields: tuple[str, ...]) -> dict[str, str]:
    """Map whatever names an entry, folded, to its code; where two entries share a word, the first keeps it."""
    words: dict[str, str] = {}
    for field in fields:
        for entry in entries:
            name = getattr(entry, field, None)
            if name:
                words.setdefault(_folded(name), getattr(entry, code))
    return words


def _guess(text: str, words: Mapping[str, str], domain: str) -> str | None:
    """Find the code someone meant: by name, by a name in Spanish, Portuguese, French or German, or by a name nearly so."""
    word = _folded(text) if len(text) <= LONGEST else ""
    if not word:
        return None
    found = words.get(word) or _translated_words(domain).get(word)
    if found or len(word) < 4:
        return found
    names = [name for name in words if len(name) >= 4]
    near = most_alike(word, names, cutoff=0.8)
    return words[near[0]] if near else None


@lru_cache(maxsize=3)
def _translated_words(domain: str) -> Mapping[str, str]:
    import pycountry

    entries, field = {"iso639-3": (_languages(), "alpha_2"), "iso3166-1": (_countries(), "alpha_2"), "iso4217": (_currencies(), "alpha_3")}[
        domain
    ]
    words: dict[str, str] = {}
    for tongue in ("es", "pt", "fr", "de"):
        catalog = gettext.translation(domain, pycountry.LOCALES_DIR, languages=[tongue], fallback=True)
        for entry in entries:
            for name in (entry.name, _common_name(entry)):
                words.setdefault(_folded(catalog.gettext(name)), getattr(entry, field))
    return words


def _folded(text: str) -> str:
    """Drop accents and case."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
