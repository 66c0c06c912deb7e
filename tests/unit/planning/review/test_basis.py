"""What a whole saved plan is refused for."""

from __future__ import annotations

from dataclasses import replace

from catalogctl.model.diagnostics import Diagnostic
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.order import order
from catalogctl.planning.plan import Base, Estimate, Plan
from catalogctl.planning.review.basis import basis_changed
from unit.planning.shelf import NEW_FILE, at, verdicts, want

FILES = {"catalogctl.yaml": "1", "catalog/a.yaml#azul": "2", "catalog/b.yaml#defaults": "3"}
HERE = Base("default", "lineage", 7, "", {"store": "https://store", "other": "https://other"}, FILES)
CHANGED = """\
What the plan does comes from these, and they are no longer as they were:
- c.yaml (blocks) is new
- catalog/b.yaml (defaults) is gone
- catalogctl.yaml changed"""
WANTED = want(file=NEW_FILE)
FOUND = verdicts([WANTED])
PLAN = Plan(FOUND.changes, order(FOUND.changes), (), replace(HERE, accounts={"store": "https://store"}), (), Estimate(0, 0.0), 0)
CATALOG = Catalog({at("azul"): WANTED})


def told(here: Base, catalog: Catalog = CATALOG, plan: Plan = PLAN) -> list[tuple[str, str]]:
    return [(found.code, found.detail) for found in basis_changed(plan, here, catalog)]


def only(found: tuple[Diagnostic, ...]) -> Diagnostic:
    (one,) = found
    return one


def test_a_plan_that_still_has_its_ground_is_not_refused_whatever_else_there_is() -> None:
    assert told(HERE) == []
    assert told(replace(HERE, serial=9, configuration="other")) == []


def test_each_thing_that_is_otherwise_is_named() -> None:
    elsewhere = Catalog({at("azul"): want(file=replace(NEW_FILE, sha256="c" * 64))})
    here = Base(
        "default", "else", 7, "", {"other": "https://other"}, {"catalogctl.yaml": "9", "catalog/a.yaml#azul": "2", "c.yaml#blocks": "1"}
    )
    assert told(here, elsewhere) == [
        ("plan-lineage", "It was made from lineage lineage; the state of environment default has lineage else."),
        ("plan-account", "Account 'store' was https://store in the plan; the project file no longer names it."),
        (
            "plan-files-changed",
            CHANGED,
        ),
        ("plan-asset-changed", "assets/new.epub is no longer the file that this was planned with (sha256 bbbbbbbb…, now cccccccc…)."),
    ]


def test_an_account_that_points_elsewhere_is_named_with_both_addresses() -> None:
    assert told(replace(HERE, accounts={"store": "https://elsewhere"})) == [
        ("plan-account", "Account 'store' was https://store in the plan; it points at https://elsewhere now.")
    ]


def test_of_another_environment_nothing_else_is_told() -> None:
    found = only(basis_changed(PLAN, Base("staging", "", 0, ""), Catalog({})))
    assert (found.code, found.hint) == ("plan-environment", "catalogctl --env default apply …")


def test_a_plan_made_before_there_was_a_state_fits_any() -> None:
    first = replace(PLAN, base=replace(PLAN.base, lineage="", serial=0))
    assert told(HERE, plan=first) == []
    assert "is empty here" in told(replace(HERE, lineage="", serial=0))[0][1]


def test_of_many_files_the_first_are_named() -> None:
    many = replace(HERE, documents={**FILES, **{f"catalog/{number:03}.yaml#t": "1" for number in range(50)}})
    lines = told(many)[0][1].splitlines()
    assert (len(lines), lines[-1]) == (22, "- and 30 more")
