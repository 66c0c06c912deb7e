"""Country codes → the names by which publica.la knows countries, and all the names that are taken for one."""

from __future__ import annotations

from functools import cache
from typing import Final

import pycountry

EVERYWHERE = "ALL"

_ALSO: Final = (
    *("Bahamas", "Brunei", "Burma", "Cape Verde", "Congo", "Czech Republic", "Democratic Republic of the Congo", "East Timor", "Gambia"),
    *("Ivory Coast", "Macao", "Macau", "Macedonia", "Micronesia", "Netherlands", "Palestine", "Republic of the Congo", "Russia"),
    *("Swaziland", "The Bahamas", "The Gambia", "The Netherlands", "Turkey", "United States of America", "Vatican City"),
)
"""English names that are in use beside those of ISO 3166-1. The documents show one name, `Finland`, and no list. 2026-11-30."""


@cache
def _name(code: str) -> str:
    country = pycountry.countries.get(alpha_2=code)
    return code if country is None else str(getattr(country, "common_name", country.name))


def country_names(territories: tuple[str, ...]) -> tuple[str, ...]:
    """Return the English names for ISO 3166-1 codes; for ALL none, which is a sale without borders."""
    return () if EVERYWHERE in territories else tuple(_name(code) for code in territories)


@cache
def known_names() -> tuple[str, ...]:
    """List the names that countries have in English, sorted."""
    official = {str(name) for one in pycountry.countries for name in (one.name, getattr(one, "common_name", None)) if name}
    return tuple(sorted({*official, *_ALSO}))
