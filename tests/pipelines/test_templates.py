"""What the action, the templates and the hooks promise by their form: nothing leads nowhere, and nothing needless is allowed."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalogctl.cli.main import COMMANDS
from pipelines.workplace import ACTION, ROOT

SCRIPTS = {path.name for path in (ROOT / "ci").iterdir() if path.is_file() and path.suffix != ".sh" and os.access(path, os.X_OK)}
WORKFLOWS = sorted((ROOT / "templates").glob("*.github.yml"))
GITLAB = yaml.safe_load((ROOT / "templates/catalogctl.gitlab-ci.yml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")


def lines() -> Iterator[str]:
    """Give every line of shell in the action and the template."""
    yield from (step["run"] for step in ACTION["runs"]["steps"] if "run" in step)
    for job in GITLAB.values():
        if isinstance(job, dict):
            for part in ("before_script", "script", "after_script"):
                yield from job.get(part, [])


def test_every_step_runs_a_script_that_is_there_and_every_script_is_run() -> None:
    run = {name for line in lines() for name in re.findall(r"(?:/ci|\$SCRIPTS)/([\w.-]+)", line)}
    assert run <= SCRIPTS
    called = {name for script in SCRIPTS for name in re.findall(r"\$ci/([\w.-]+)", (ROOT / "ci" / script).read_text(encoding="utf-8"))}
    called |= set(re.findall(r"\$ci/([\w.-]+)", (ROOT / "ci/settings.sh").read_text(encoding="utf-8")))
    assert run | called - {"remote.sh"} == SCRIPTS


def test_every_input_is_used_and_every_used_one_is_declared() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(ACTION["inputs"])
    ids = {step["id"] for step in ACTION["runs"]["steps"] if "id" in step}
    assert set(re.findall(r"steps\.([a-z-]+)\.", text)) == ids


def test_no_value_from_outside_is_part_of_the_text_of_a_script() -> None:
    assert not any("${{" in line for line in lines())


def test_what_the_scripts_put_out_is_what_the_action_reads() -> None:
    read = set(re.findall(r"steps\.\w+\.outputs\.([a-z-]+)", (ROOT / "action.yml").read_text(encoding="utf-8")))
    texts = [(ROOT / "ci" / name).read_text(encoding="utf-8") for name in SCRIPTS]
    assert {name for text in texts for name in re.findall(r"\boutput ([a-z-]+) ", text)} == read


def test_the_scripts_are_told_what_the_page_says() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "ci").iterdir() if path.is_file()]
    told = {name for text in texts for name in re.findall(r"\bCATALOG_[A-Z_]+[A-Z]\b", text)}
    told |= {f"CATALOG_{name}" for name in re.findall(r"[A-Z_]+[A-Z]", re.search(r"for variable in (.*);", "\n".join(texts))[1])}  # type: ignore[index]
    assert set(re.findall(r"`(CATALOG_[A-Z_]+)`", PAGE)) >= told
    assert set(re.findall(r"`([a-z-]+)`", PAGE)) >= set(ACTION["inputs"]) | set(ACTION["outputs"])


@pytest.mark.parametrize("path", [ROOT / "action.yml", *WORKFLOWS], ids=lambda path: path.name)
def test_what_others_wrote_is_used_at_a_commit(path: Path) -> None:
    used = re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8"))
    assert used
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}|OWNER/catalogctl@COMMIT", one) for one in used)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_allows_what_each_job_needs_and_never_runs_strangers_files_with_keys(path: Path) -> None:
    workflow: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert "pull_request_target" not in workflow[True]  # YAML 1.1 reads `on` as true
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        writes = {what for what, how in job["permissions"].items() if how == "write"}
        assert writes == {"plan": {"pull-requests"}, "apply": {"contents"}, "drift": {"issues"}}[name]
        assert job["steps"][0]["with"] == {"persist-credentials": False}
        assert "concurrency" in job
        assert ("environment" in job) is (name == "apply")
        assert job["steps"][1]["with"].keys() <= ACTION["inputs"].keys()


@pytest.mark.parametrize("name", sorted(SCRIPTS | {"settings.sh", "remote.sh"}))
def test_a_script_can_be_read_by_what_is_to_run_it(name: str) -> None:
    text = (ROOT / "ci" / name).read_text(encoding="utf-8")
    if name.endswith(".py"):
        compile(text, name, "exec")
        assert text.startswith("#!/usr/bin/env python3\n")
    else:
        subprocess.run(["bash", "-n", str(ROOT / "ci" / name)], check=True)
        assert text.startswith(("#!/usr/bin/env bash\n", "# shellcheck shell=bash\n"))


def test_the_hooks_run_commands_that_there_are() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    for hook in hooks:
        program, command, *_ = hook["entry"].split()
        assert (program, hook["id"]) == ("catalogctl", f"catalogctl-{command}")
        assert command in COMMANDS
        for path in ("catalogctl.yaml", "shop/catalog/a/b.json", "catalog/assets/cover.jpg"):
            assert re.search(hook["files"], path)
        assert not re.search(hook["files"], "README.md")
