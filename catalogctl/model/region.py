"""Groups of countries that have a name everywhere: the regions of UN M49 by their numbers, and the European Union.

The table is written out: every command that reads a catalog may need it, and pycountry has countries alone. A test compares the two.

Source:  UN Statistics Division, M49, read 2026-11. It has no number for Taiwan, which is in Eastern Asia here as geography has it, and
         puts Antarctica into no region.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

ALL: Final = "ALL"
"""Every country there is."""
WORLD: Final = "001"
"""The same, as M49 has it."""
EUROPEAN_UNION: Final = "EU"

_SUBREGIONS: Final = """
    015 DZ EG EH LY MA SD TN
    014 BI DJ ER ET IO KE KM MG MU MW MZ RE RW SC SO SS TF TZ UG YT ZM ZW
    017 AO CD CF CG CM GA GQ ST TD
    018 BW LS NA SZ ZA
    011 BF BJ CI CV GH GM GN GW LR ML MR NE NG SH SL SN TG
    029 AG AI AW BB BL BQ BS CU CW DM DO GD GP HT JM KN KY LC MF MQ MS PR SX TC TT VC VG VI
    013 BZ CR GT HN MX NI PA SV
    005 AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE
    021 BM CA GL PM US
    143 KG KZ TJ TM UZ
    030 CN HK JP KP KR MN MO TW
    035 BN ID KH LA MM MY PH SG TH TL VN
    034 AF BD BT IN IR LK MV NP PK
    145 AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE
    151 BG BY CZ HU MD PL RO RU SK UA
    154 AX DK EE FI FO GB GG IE IM IS JE LT LV NO SE SJ
    039 AD AL BA ES GI GR HR IT ME MK MT PT RS SI SM VA
    155 AT BE CH DE FR LI LU MC NL
    053 AU CC CX HM NF NZ
    054 FJ NC PG SB VU
    057 FM GU KI MH MP NR PW UM
    061 AS CK NU PF PN TK TO TV WF WS
"""
"""The smallest regions: each country is in one of them."""
_OF_NONE: Final = ("AQ",)
"""Countries of no region."""
_REGIONS: Final = """
    202 014 017 018 011
    002 015 202
    419 029 013 005
    003 029 013 021
    019 419 021
    142 143 030 035 034 145
    150 151 154 039 155
    009 053 054 057 061
    001 002 019 142 150 009
"""
"""Regions that consist of regions, each after those that it consists of."""
_OTHERS: Final = """
    830 GG JE
    EU AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK
"""
"""Groups across the regions. The Union is its 27 member states since 2020-02-01, by their own codes alone."""


@lru_cache(maxsize=1)
def regions() -> Mapping[str, tuple[str, ...]]:
    """Return the countries of each group by its number, and of the European Union, as sorted ISO 3166-1 codes of two letters."""
    found: dict[str, tuple[str, ...]] = {}
    for line in (*_SUBREGIONS.split("\n"), *_OTHERS.split("\n")):
        if codes := line.split():
            found[codes[0]] = tuple(sorted(codes[1:]))
    for line in _REGIONS.split("\n"):
        if parts := line.split():
            found[parts[0]] = tuple(sorted({code for part in parts[1:] for code in found[part]}))
    found[WORLD] = tuple(sorted({*found[WORLD], *_OF_NONE}))
    return found


def region_codes() -> tuple[str, ...]:
    """List the names of the groups, as titles write them: `EU` and numbers of three digits."""
    return tuple(sorted(regions(), key=lambda name: (name.isdecimal(), name)))


def every_country() -> tuple[str, ...]:
    """List the countries of ISO 3166-1."""
    return regions()[WORLD]
