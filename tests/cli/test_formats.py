"""Plans and problems in the forms that pull requests and programs get, as a user asks for them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft7Validator

from catalogctl.cli.schema import schema_files
from shop import IMPORTABLE, Shop, catalogctl

SCHEMAS = Path(__file__).parents[2] / "schemas"


def changed(shop: Shop) -> None:
    """Apply three titles, then make one dearer, one cheaper, and take one away."""
    shop.titles(3)
    shop.applied()
    shop.title("t00", edition={"prices": {"USD": "10.90"}}, description="@octocat closes #1 <b>now</b>")
    shop.title("t01", edition={"prices": {"USD": "6.00"}})
    (shop.folder / "catalog/t02.json").unlink()


def test_markdown_into_a_file_is_the_same_as_on_stdout_and_each_time(shop: Shop) -> None:
    changed(shop)
    into = shop.folder / "plan.md"
    shown = shop.run("plan", "--format", "markdown").ended(0).out
    shop.run("plan", "--format", "markdown", "--output", str(into)).ended(0)
    assert into.read_text(encoding="utf-8") == shown
    lines = shown.splitlines()
    assert lines[0] == "<!-- catalogctl:plan:default -->"
    assert lines[2] == "## Plan: 0 to create, 2 to update, 0 to replace, 1 to delete · 0 unchanged"
    assert "**Risks:** 1 delete · 1 price fall" in lines
    assert "- **price fall** `store/content/t01.epub` El faro: USD 9.90 → 6.00 (-39.4 %)" in lines
    assert "@octocat" not in shown
    assert "<b>now" not in shown


def test_what_refuses_a_plan_stands_in_its_markdown(shop: Shop) -> None:
    shop.project("safety: {max_deletes: 0}\n")
    changed(shop)
    ran = shop.run("plan", "--format", "markdown").ended(3)
    assert "**Refused:** it cannot be applied, for 1 reason." in ran.out
    assert "Too many deletes at once" in ran.out


def test_a_saved_plan_is_shown_as_it_was_when_it_was_made(shop: Shop) -> None:
    shop.title()
    plan = str(shop.folder / "p.json")
    shown = shop.run("plan", "--out", plan, "--format", "markdown").ended(0).out
    assert shop.run("show", plan, "--format", "markdown").ended(0).out == shown


def test_the_state_has_no_markdown(shop: Shop) -> None:
    shop.title()
    shop.applied()
    assert "markdown is a form of plans" in shop.run("show", "--format", "markdown").ended(1).err


@pytest.mark.parametrize(("limit", "most"), [("2000", 2_000), ("6000", 6_000), ("github", 65_000), ("bitbucket", 32_000)])
def test_the_budget_is_kept(shop: Shop, limit: str, most: int) -> None:
    shop.titles(60)
    told = shop.run("plan", "--format", "markdown", "--max-bytes", limit).ended(0).out
    assert len(told.encode()) <= most
    assert ("<details>" in told) is (limit != "bitbucket")


@pytest.mark.parametrize("limit", ["1999", "0", "-1", "many", "1e9", "²000"])
def test_a_budget_in_which_no_plan_can_be_told_is_refused(shop: Shop, limit: str) -> None:
    shop.title()
    ran = shop.run("plan", "--format", "markdown", f"--max-bytes={limit}").ended(1)
    assert "neither a number from 2000 on nor one of github, gitlab, azure, bitbucket" in " ".join(ran.err.split())


def test_drift_is_told_in_markdown_too(shop: Shop) -> None:
    shop.title()
    shop.applied()
    shop.sandbox.edit("key-faro", name="OFERTA")
    told = shop.run("drift", "--format", "markdown").ended(2).out
    assert "## Drift: 1 object of 1 not as state remembers" in told
    assert '<del>"El faro"</del> → <ins>"OFERTA"</ins>' in told


def test_a_file_that_cannot_be_written_whole_is_not_written(shop: Shop) -> None:
    shop.title()
    into = shop.write("plan.md", "before")
    arguments = [sys.executable, "-m", "catalogctl", "plan", "--format", "markdown", "--output", str(into)]
    told = subprocess.run(
        ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *arguments],
        cwd=shop.folder,
        env={**os.environ, "PYTHONPATH": IMPORTABLE, "CATALOGCTL_CACHE_DIR": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1, told
    assert "plan.md:Filetoolarge." in "".join(told.stderr.split())
    assert into.read_text(encoding="utf-8") == "before"
    assert [path.name for path in shop.folder.iterdir() if "plan.md" in path.name] == ["plan.md"]


def test_a_file_is_replaced_where_it_is_and_nothing_is_left_beside_it(shop: Shop) -> None:
    shop.title()
    kept = shop.write("real/plan.md", "before")
    shop.run("plan", "--format", "markdown", "--output", str(kept)).ended(0)
    assert kept.read_text(encoding="utf-8").startswith("<!-- catalogctl:plan:default -->")
    assert os.listdir(kept.parent) == ["plan.md"]  # noqa: PTH208 -- hidden files as well


def test_gitlabs_widget_is_written_beside_the_plan(shop: Shop) -> None:
    changed(shop)
    report = shop.folder / "gitlab.json"
    shop.run("plan", "--report", f"gitlab-terraform={report}").ended(0)
    assert json.loads(report.read_bytes()) == {"create": 0, "update": 2, "delete": 1}


@pytest.mark.parametrize("said", ["gitlab-terraform", "gitlab-terraform=", "jenkins=x.json"])
def test_a_report_that_there_is_none_of_is_refused(shop: Shop, said: str) -> None:
    shop.title()
    assert "write it as gitlab-terraform=FILE" in " ".join(shop.run("plan", "--report", said).ended(1).err.split())


def test_the_published_schema_of_a_plan_holds_for_real_ones_and_is_the_one_checked_in(shop: Shop) -> None:
    published = schema_files()["plan.schema.json"]
    assert (SCHEMAS / "plan.schema.json").read_bytes() == published
    assert shop.run("schema", "plan").ended(0).out == published.decode()
    changed(shop)
    valid = Draft7Validator(json.loads(published))
    for command in (["plan"], ["plan", "--destroy"], ["plan", "--no-refresh"], ["drift"]):
        plan: dict[str, Any] = shop.run(*command, "--format", "json").json
        assert [problem.message for problem in valid.iter_errors(plan)] == []
        assert [change["change"]["actions"] for change in plan["resource_changes"]]


def test_problems_are_told_to_ci_systems_with_paths_as_the_repository_has_them(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.title(language="castellano")
    monkeypatch.chdir(shop.folder.parent)
    path = f"{shop.folder.name}/catalog/faro.json"
    validate = ("-C", shop.folder.name, "validate", "--format")
    assert f"file={path},line=4," in catalogctl(*validate, "github").ended(1).out
    (run,) = catalogctl(*validate, "sarif").ended(1).json["runs"]
    assert [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]] == [path]
    (entry,) = catalogctl(*validate, "gitlab-codequality").ended(1).json
    assert (entry["check_name"], entry["location"]) == ("bad-language", {"path": path, "lines": {"begin": 4}})
    root = ET.fromstring(catalogctl(*validate, "junit").ended(1).out)
    assert [case.get("classname") for case in root.iter("testcase") if case.find("failure") is not None] == [path]


def test_problems_go_into_a_file_whole(shop: Shop) -> None:
    shop.title(language="castellano")
    into = shop.folder / "report.sarif"
    ran = shop.run("validate", "--format", "sarif", "--output", str(into)).ended(1)
    assert ran.out == ""
    assert json.loads(into.read_bytes())["version"] == "2.1.0"
    assert "choose one with --format" in shop.run("validate", "--output", str(into)).ended(1).err


def test_a_catalog_in_order_is_an_empty_report_and_exit_code_0(shop: Shop) -> None:
    shop.title()
    assert shop.run("validate", "--format", "gitlab-codequality").ended(0).json == []
    assert shop.run("validate", "--format", "sarif").ended(0).json["runs"][0]["results"] == []


def test_what_is_wrong_with_the_project_file_is_told_to_programs_as_well(shop: Shop) -> None:
    shop.project("safty: {}\n")
    (entry,) = shop.run("validate", "--format", "json").ended(1).json
    assert (entry["code"], entry["file"]) == ("unknown-field", "catalogctl.yaml")
    assert "file=catalogctl.yaml,line=" in shop.run("validate", "--format", "github").ended(1).out
    ran = shop.run("validate").ended(1)
    assert (ran.out, ran.err.count("Did you mean `safety`?")) == ("", 1)
