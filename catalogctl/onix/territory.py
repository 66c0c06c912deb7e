"""Territories of ONIX as sets of countries."""

from __future__ import annotations

from functools import cache

from lxml import etree

from catalogctl.config.schema import codes
from catalogctl.onix.record import local_name

ALL: str = "ALL"
"""A catalog's word for the whole world."""


@cache
def world() -> frozenset[str]:
    """Return the codes of all countries."""
    return frozenset(codes.countries())


def countries(territory: etree._Element | None) -> frozenset[str]:
    """Return the places that a <Territory> includes: codes of countries, and those of smaller regions as they are.

    Shapes:  no territory, and one that includes nothing and excludes nothing, is the empty set.
    """
    if territory is None:
        return frozenset()
    said: dict[str, set[str]] = {}
    for one in territory:
        said.setdefault(local_name(one), set()).update((one.text or "").split())
    regions = said.get("RegionsIncluded", set())
    included = said.get("CountriesIncluded", set()) | (regions - {"WORLD", "ROW"})
    if "WORLD" in regions or (not included and (said.get("CountriesExcluded") or said.get("RegionsExcluded"))):
        included |= world()
    return frozenset(included - said.get("CountriesExcluded", set()) - said.get("RegionsExcluded", set()))
