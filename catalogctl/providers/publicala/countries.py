"""Country codes → the names by which publica.la knows countries."""

from __future__ import annotations

from functools import cache

import pycountry

EVERYWHERE = "ALL"


@cache
def _name(code: str) -> str:
    country = pycountry.countries.get(alpha_2=code)
    return code if country is None else str(getattr(country, "common_name", country.name))


def country_names(territories: tuple[str, ...]) -> tuple[str, ...]:
    """Give the English names for ISO 3166-1 codes; for ALL none, which is a sale without borders."""
    return () if EVERYWHERE in territories else tuple(_name(code) for code in territories)
