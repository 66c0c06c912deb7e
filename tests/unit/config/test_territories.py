"""Territories: countries, groups that have a name everywhere, and groups of the project."""

from pathlib import Path

import pytest

from catalogctl.config.project import load_project
from catalogctl.config.territories import expand
from catalogctl.model.diagnostics import CatalogError
from catalogctl.model.region import every_country, regions
from unit.config.folder import PROJECT, resolved, told, write

GROUPS = {"latam": ("AR", "MX", "UY"), "world": ("ALL",)}
LATAM = PROJECT + "territory_groups: {latam: [AR, MX, UY], home: [latam, ES], rest: {except: [home, EU]}}\n"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (None, ()),
        ([], ()),
        ("ALL", ("ALL",)),
        (["ALL"], ("ALL",)),
        (["UY", "AR", "UY"], ("UY", "AR", "UY")),
        (["latam", "BR", "AR"], ("AR", "MX", "UY", "BR")),
        (["EU"], regions()["EU"]),
        (["419"], regions()["419"]),
        (["001"], ("ALL",)),
        (["world"], ("ALL",)),
        (["002", "019", "142", "150", "009", "AQ"], ("ALL",)),
        ({"except": ["US", "CA"]}, tuple(code for code in every_country() if code not in {"US", "CA"})),
        ({"except": ["latam", "EU"]}, tuple(code for code in every_country() if code not in {*GROUPS["latam"], *regions()["EU"]})),
        ({"except": ["001"]}, ()),
    ],
)
def test_territories_are_countries(said: object, found: tuple[str, ...]) -> None:
    assert expand(said, GROUPS) == found


def sold(said: str) -> dict[str, str]:
    editions = "editions:\n  epub: {format: epub, publish: {store: {}}}\n"
    return {
        "catalogctl.yaml": LATAM,
        "catalog/a.yaml": f"kind: title\nid: a\ntitle: A\nterritories: {said}\n{editions}",
    }


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("ALL", ("ALL",)),
        ("[home]", ("AR", "MX", "UY", "ES")),
        ("{except: [rest]}", tuple(sorted({"AR", "MX", "UY", "ES", *regions()["EU"]}))),
        ('["053"]', regions()["053"]),
    ],
)
def test_a_title_may_name_groups_of_the_project(tmp_path: Path, said: str, found: tuple[str, ...]) -> None:
    catalog = resolved(tmp_path, sold(said))
    assert told(catalog.diagnostics) == []
    assert catalog.titles[0].editions[0].metadata.territories == found


@pytest.mark.parametrize(
    ("said", "code", "hint"),
    [
        ("[latan]", "unknown-group", "Did you mean latam?"),
        ("[LATAM]", "unknown-group", "Did you mean latam?"),
        ("[AR, andes]", "unknown-group", "Declare it in catalogctl.yaml, for instance\nterritory_groups: {andes: [AR, UY]}"),
        ("[Spain]", "bad-country", "Write ES (Spain)."),
        ("[Argentna]", "bad-country", "Write AR (Argentina)."),
        ("[benelux]", "bad-country", "As publishers use the word, write\nBE, NL, LU"),
        ("[eu]", "bad-country", "Write EU"),
        ('["076"]', "bad-country", "Write BR (Brazil)."),
        ('["998"]', "bad-country", "The numbers are listed in docs/configuration.md."),
        ("[419]", "wrong-type", 'Quote it: "419"'),
        ("[World]", "bad-country", "Write ALL"),
        ("ES", "wrong-type", "Write a list, with one item if there is but one:\n[ES]"),
        ("{excpt: [US]}", "unknown-field", "Did you mean `except`?"),
        ("{except: [ALL]}", "territories-all", "Name the countries that are left out."),
        ('{except: ["001"]}', "territories-none", "Name the countries. To leave it to the store where it is sold, leave the field out."),
        ("[ALL, AR]", "territories-all", "Keep ALL alone, or the countries."),
    ],
)
def test_what_is_no_country_and_no_group_is_told_with_what_was_meant(tmp_path: Path, said: str, code: str, hint: str) -> None:
    [problem] = [item for item in resolved(tmp_path, sold(said)).diagnostics if item.code != "title-without-editions"]
    assert (problem.code, problem.hint) == (code, hint)
    assert problem.source is not None
    assert (problem.source.path, problem.source.line) == ("catalog/a.yaml", 4)


@pytest.mark.parametrize(
    ("groups", "code", "place"),
    [
        ("{latam: [AR, latan]}", "unknown-group", "catalogctl.yaml:5:32"),
        ("{one: [two], two: [AR, one]}", "group-cycle", "catalogctl.yaml:5:20"),
        ("{one: [one]}", "group-cycle", "catalogctl.yaml:5:20"),
        ("{Spain: [AR]}", "bad-group-name", "catalogctl.yaml:5:20"),
        ("{world: [AR]}", "bad-group-name", "catalogctl.yaml:5:20"),
        ("{la: [AR]}", "bad-group-name", "catalogctl.yaml:5:20"),
        ("{latam: [ALL, AR]}", "territories-all", "catalogctl.yaml:5:28"),
        ("{latam: []}", "territories-none", "catalogctl.yaml:5:27"),
    ],
)
def test_groups_of_a_project_are_held_to_be_countries(tmp_path: Path, groups: str, code: str, place: str) -> None:
    write(tmp_path, {"catalogctl.yaml": f"{PROJECT.lstrip()}territory_groups: {groups}\n"})
    with pytest.raises(CatalogError) as refused:
        load_project(tmp_path)
    assert [(item.code, str(item.source)) for item in refused.value.diagnostics] == [(code, place)]


def test_an_environment_may_have_groups_of_its_own(tmp_path: Path) -> None:
    overlay = "environments: {mx: {territory_groups: {latam: [MX]}}}\n"
    write(tmp_path, {"catalogctl.yaml": LATAM + overlay})
    assert load_project(tmp_path, "mx").territory_groups["home"] == ("MX", "ES")
