"""What is written as plan JSON is what the published schema says, and nothing the schema does not name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft7Validator

from catalogctl.planning.plan import Plan
from catalogctl.planning.planfile.file import encode
from catalogctl.planning.planfile.schema import plan_schema
from properties.test_planfile import plans
from unit.view import samples

SCHEMA = Draft7Validator(plan_schema())
CASES = Path(__file__).parents[3] / "cases"
RECORDED = sorted(CASES.glob("*/plan.json"))
LEFT_OUT = {"base", "catalogctl_version", "checksum", "digest", "fingerprint"}
"""What the recorded plans do not hold, because it differs from run to run."""


def violations(plan: Any) -> Iterator[str]:
    return (f"{list(problem.absolute_path)}: {problem.message}" for problem in SCHEMA.iter_errors(plan))


def test_the_schema_is_a_schema() -> None:
    Draft7Validator.check_schema(plan_schema())


@pytest.mark.parametrize("plan", [samples.everything(), samples.large_values(), samples.plan()])
def test_a_plan_made_by_hand_is_valid(plan: Plan) -> None:
    assert list(violations(json.loads(encode(plan, place=lambda _: None)))) == []


@settings(max_examples=60, deadline=None)
@given(plans())
def test_any_plan_is_valid(plan: Plan) -> None:
    assert [text for text in violations(json.loads(encode(plan, place=lambda _: None))) if "does not match" not in text] == []


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.parent.name)
def test_each_recorded_plan_is_valid_but_for_what_differs_from_run_to_run(path: Path) -> None:
    noise = [f"'{name}' is a required" for name in LEFT_OUT]
    found = [text for text in violations(json.loads(path.read_bytes())) if not any(name in text for name in noise)]
    assert found == []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda plan: plan["summary"].update(create=-1), "less than the minimum"),
        (lambda plan: plan["resource_changes"][0]["change"].update(actions=["explode"]), "is not one of"),
        (lambda plan: plan.update(surplus=1), "Additional properties"),
        (lambda plan: plan["resource_changes"][0].pop("natural_key"), "'natural_key' is a required property"),
    ],
)
def test_what_no_plan_looks_like_is_not_valid(spoil: Any, told: str) -> None:
    plan = json.loads(encode(samples.everything(), place=lambda _: None))
    spoil(plan)
    assert any(told in text for text in violations(plan))
