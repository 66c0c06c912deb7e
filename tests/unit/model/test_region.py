from itertools import combinations

import pycountry

from catalogctl.model.region import every_country, region_codes, regions

SUBREGIONS = "015 014 017 018 011 029 013 005 021 143 030 035 034 145 151 154 039 155 053 054 057 061".split()
CONTINENTS = "002 019 142 150 009".split()


def test_the_countries_are_those_of_iso_3166() -> None:
    assert every_country() == tuple(sorted(country.alpha_2 for country in pycountry.countries))


def test_every_country_but_antarctica_is_in_one_subregion_and_one_continent() -> None:
    for parts in (SUBREGIONS, CONTINENTS):
        found = sorted(code for part in parts for code in regions()[part])
        assert found == [code for code in every_country() if code != "AQ"]


def test_regions_hold_what_their_parts_hold() -> None:
    held = {name: set(codes) for name, codes in regions().items()}
    assert held["002"] == held["015"] | held["202"]
    assert held["419"] == held["019"] - held["021"]
    assert held["003"] == held["019"] - held["005"]
    assert held["202"] == held["014"] | held["017"] | held["018"] | held["011"]
    assert all(held[one].isdisjoint(held[other]) for one, other in combinations(CONTINENTS, 2))
    assert {name: len(held[name]) for name in CONTINENTS} == {"002": 60, "019": 57, "142": 51, "150": 51, "009": 29}


def test_some_groups_are_as_everybody_knows_them() -> None:
    held = regions()
    assert held["021"] == ("BM", "CA", "GL", "PM", "US")
    assert held["053"] == ("AU", "CC", "CX", "HM", "NF", "NZ")
    assert held["013"] == ("BZ", "CR", "GT", "HN", "MX", "NI", "PA", "SV")
    assert {"AR", "BR", "CL", "CO", "CU", "MX", "PR"} < set(held["419"])
    assert len(held["EU"]) == 27
    assert {"GB", "CH", "NO", "IS"}.isdisjoint(held["EU"])
    assert {"BG", "HR", "RO"} < set(held["EU"])
    assert region_codes()[0] == "EU"
    assert held["001"] == every_country()
