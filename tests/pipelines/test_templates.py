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

FILES = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "ci").iterdir() if path.is_file()}
SCRIPTS = {name for name, text in FILES.items() if text.startswith("#!")}
SOURCED = {name for name in FILES if name.endswith(".sh")}
ISOLATED = {name for name, text in FILES.items() if name.endswith(".py") and "leave(main)" in text.splitlines()[-1]}
"""What is started as Python."""
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
    assert run == SCRIPTS
    shell = [FILES[name] for name in SCRIPTS | SOURCED]
    assert {name for text in shell for name in re.findall(r'\bisolated "\$ci/([\w.-]+)"', text)} == ISOLATED
    assert {name for text in shell for name in re.findall(r'^\. "(?:\$\{\S+%/\*\}|\$ci)/([\w.-]+)"$', text, re.MULTILINE)} == SOURCED


# What a checkout could make run. test_hostile_checkouts.py tries it; these say how it is written, so that the next line is as the others.


def code(text: str) -> str:
    """Leave comments, and what is printed for people, out of a script."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return "\n".join(line for line in lines if not re.match(r"\s*(echo|printf) ", line))


SHELL = {name: code(FILES[name]) for name in SCRIPTS | SOURCED} | {"action.yml and the template": "\n".join(lines())}


@pytest.mark.parametrize("name", sorted(SHELL))
def test_python_is_started_isolated_and_git_in_one_way(name: str) -> None:
    text = SHELL[name]
    # `isolated` is the one way to start Python in a script; it and what finds a Python are in settings.sh.
    told = [line for line in text.splitlines() if re.search(r"python|\bpip\b", line, re.IGNORECASE)]
    known = {
        "settings.sh": {
            "if ! python=$(command -v catalogctl); then",
            'python=$(readlink -f "$python")',
            "python=${python%/*}/python3",
            'if [ ! -x "$python" ]; then python=$(command -v python3); fi',
            'isolated() { "$python" -I "$@"; }',
        },
        "clean.sh": {
            'GIT_* | PIP_* | PYTHON?* | BASH_ENV | ENV | GLOBIGNORE) unset "$variable" ;;',
            "export PYTHONSAFEPATH=1 PYTHONNOUSERSITE=1",
        },
        "action.yml and the template": {'PYTHON=python3 "$job/source/ci/install" "$job/env"'},
    }
    rest = {line.strip() for line in told} - known.get(name, set())
    assert all(re.search(r"\bisolated -m pip install .*--require-hashes --only-binary :all:", line) for line in rest), rest
    # `git` is the function of git.sh, which alone says `exec git`; the template has none yet when it fetches the scripts.
    starts = re.findall(r"(?:exec|command|env)\s+git\b|/git\b(?!\.sh)", text)
    assert starts == (["exec git"] if name == "git.sh" else [])
    if name == "action.yml and the template":
        safe = "command -p git -c core.hooksPath=/dev/null -c safe.bareRepository=explicit "
        assert all(line.startswith(safe) for line in text.splitlines() if re.search(r"\bgit -c|^git ", line))


def test_setting_up_starts_python_isolated() -> None:
    """`ci/install` runs it."""
    text = code((ROOT / "tools/setup").read_text(encoding="utf-8"))
    called = re.findall(r'"\$(?:candidate|python|venv/bin/python)" ([^\s"]+)', text)
    assert called
    assert set(called) == {"-I", "]", "];"}, "the brackets are tests of a file"
    assert "\n#!$venv/bin/python -I\n" in (ROOT / "tools/setup").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(SHELL))
def test_shell_writes_only_to_the_jobs_own_folder(name: str) -> None:
    """Not below the checkout, where a link could lead it elsewhere: there Python writes, with a SafeFolder."""
    text = SHELL[name]
    written = re.findall(r"(?<![<\d-])>>? *(?![&'])([^\s;)]+)", re.sub(r"'[^'\n]*'", "", text))
    written += re.findall(r"(?:tee(?: -a)?|--output|--out) ([^\s;)]+)", text)
    for command in re.findall(r"\b(?:rm|mkdir|mv|cp|chmod|ln|touch|install)\s+-?[^\n|]*", text):
        written += re.findall(r"\"\$[^\"]*\"?[^\s;)]*", command)
    ours = ("$out", "$work", "$told", "$GITHUB_OUTPUT", "$GITHUB_STEP_SUMMARY", "$GITHUB_ENV", "$GITHUB_PATH", "$job", "/dev/null")
    allowed = {
        "tell": {'"$OUT"'},  # refused below a checkout
        "install": {'"$1"', '"$folder/bin"'},
        "action.yml and the template": {'"$CI_PROJECT_DIR/catalogctl-ci"'},  # removed, itself
    }
    for path in written:
        assert path.strip('"').startswith(ours) or path in allowed.get(name, set()), path


def test_every_input_is_used_and_every_used_one_is_declared() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(ACTION["inputs"])
    ids = {step["id"] for step in ACTION["runs"]["steps"] if "id" in step}
    assert set(re.findall(r"steps\.([a-z-]+)\.", text)) == ids


def test_no_value_from_outside_is_part_of_the_text_of_a_script() -> None:
    assert not any("${{" in line for line in lines())


def test_what_the_scripts_put_out_is_what_the_action_reads() -> None:
    read = set(re.findall(r"steps\.\w+\.outputs\.([a-z-]+)", (ROOT / "action.yml").read_text(encoding="utf-8")))
    texts = [FILES[name] for name in SCRIPTS]
    assert {name for text in texts for name in re.findall(r"\boutput ([a-z-]+) ", text)} == read


def test_the_scripts_are_told_what_the_page_says() -> None:
    texts = list(FILES.values())
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


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_script_can_be_read_by_what_is_to_run_it(name: str) -> None:
    """`-p`: neither BASH_ENV nor a function that the environment brings is heeded."""
    text = FILES[name]
    if name.endswith(".py"):
        compile(text, name, "exec")
        assert not text.startswith("#!"), "Python is started by `isolated` alone"
    else:
        subprocess.run(["bash", "-n", str(ROOT / "ci" / name)], check=True)
        assert text.startswith("#!/bin/bash -p\n" if name in SCRIPTS else "# shellcheck shell=bash\n")
    assert os.access(ROOT / "ci" / name, os.X_OK) is (name in SCRIPTS)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_groups_carry_the_name_of_the_catalog(path: Path) -> None:
    """Where a repository has several, one does not wait for the other, and none cancels another's plan."""
    for kind, job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items():
        name = job["steps"][1]["with"]["name"]
        assert job["concurrency"]["group"].startswith(f"catalogctl-{kind}-{name}")
    assert GITLAB["catalogctl:apply"]["resource_group"] == "catalogctl-apply-$CATALOG_NAME"
    assert GITLAB["variables"]["CATALOG_NAME"] == "$CATALOG_ENVIRONMENT"


def test_the_hooks_run_commands_that_there_are() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    for hook in hooks:
        program, command, *_ = hook["entry"].split()
        assert (program, hook["id"]) == ("catalogctl", f"catalogctl-{command}")
        assert command in COMMANDS
        for path in ("catalogctl.yaml", "shop/catalog/a/b.json"):
            assert re.search(hook["files"], path)
        assert bool(re.search(hook["files"], "catalog/assets/cover.jpg")) == (command == "validate")  # fmt lays out no pictures
        assert not re.search(hook["files"], "README.md")
