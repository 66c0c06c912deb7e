"""The words of a catalog as codes of ONIX."""

from __future__ import annotations

from functools import cache
from typing import Final

from catalogctl.model.title import Edition, Format
from catalogctl.onix.schemas import CodeList, Release, code_lists

FORMS: Final = {Format.EPUB: ("ED", "E101"), Format.PDF: ("ED", "E107"), Format.AUDIOBOOK: ("AJ",), Format.PRINT: ("BA",)}
"""Lists 150 and 175: the form of an edition that says no finer one, and its detail."""
UNITS: Final = {"g": "gr"}
"""List 50, where its code is another than the catalog's word."""
_QUALIFIERS: Final = {"1": "94", "2": "95", "3": "96", "4": "97", "5": "98", "6": "99"}
"""List 27: the scheme of a Thema qualifier, by its first digit."""
THEMA: Final = "93"
BISAC: Final = "10"
THEMA_QUALIFIERS: Final = frozenset(_QUALIFIERS.values())
"""List 27: the schemes of Thema qualifiers."""


def forms(edition: Edition) -> tuple[str, ...]:
    """Return the form of an edition and its details."""
    return edition.facts.form or FORMS[edition.format]


def thema_scheme(code: str) -> str:
    """Return the scheme of a Thema code: that of subjects, or one of the qualifiers."""
    return _QUALIFIERS.get(code[:1], THEMA)


@cache
def _listed(number: int) -> CodeList:
    return code_lists(Release.V31).lists[number]


def language_code(tag: str) -> str:
    """Return the code of ISO 639-2/B for a language tag; empty where list 74 has none."""
    import pycountry

    primary = tag.partition("-")[0]
    known = pycountry.languages.get(alpha_2=primary) if len(primary) == 2 else pycountry.languages.get(alpha_3=primary)
    if known is None:
        return ""
    codes = (getattr(known, "bibliographic", ""), known.alpha_3)
    return next((code for code in codes if code and code in _listed(74).codes), "")


@cache
def language_tag(code: str, country: str = "", script: str = "") -> str:
    """Return the language tag for a code of ISO 639-2, with its country and script; empty where there is none."""
    import pycountry

    if len(code) != 3:
        return ""
    known = pycountry.languages.get(bibliographic=code.lower()) or pycountry.languages.get(alpha_3=code.lower())
    if known is None:
        return ""
    primary = getattr(known, "alpha_2", "") or known.alpha_3
    return "-".join(filter(None, (primary, script if len(script) == 4 else "", country if len(country) == 2 else "")))


def script_code(tag: str) -> str:
    """Return the script that a language tag names; empty where it names none that list 121 has."""
    script = next((part for part in tag.split("-")[1:] if len(part) == 4 and part.isalpha()), "")
    return script if script in _listed(121).codes else ""


def country_code(code: str) -> str:
    """Return a country's code; empty where list 91 does not have it."""
    return code if code in _listed(91).codes else ""


def tag_country(tag: str) -> str:
    """Return the country that a language tag names; empty where it names none."""
    region = next((part for part in tag.split("-")[1:] if len(part) == 2), "")
    return country_code(region)
