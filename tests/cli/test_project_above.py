"""The project is found from the current folder upward, and said where it is not there; a stranger's is refused."""

from __future__ import annotations

import json
import os
import re
import subprocess
from contextlib import chdir
from pathlib import Path

import pytest

from catalogctl.config.find_project import FILE, find_project
from catalogctl.model.diagnostics import CatalogError
from shop import Ran, Shop, catalogctl

ROOT_ONLY = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
STRANGER = 12345


def run_in(folder: Path, *arguments: str) -> Ran:
    with chdir(folder):
        return catalogctl(*arguments)


def test_commands_work_in_a_folder_of_the_catalog_and_name_the_project(shop: Shop) -> None:
    shop.title()
    deep = shop.folder / "catalog" / "series" / "one"
    deep.mkdir(parents=True)
    for line in (["validate"], ["plan"], ["apply", "--auto-approve"], ["state", "list"], ["drift"], ["history"], ["doctor", "--extras"]):
        told = run_in(deep, *line).ended(0).err
        assert told.count("Project: ../../../catalogctl.yaml\n") == 1, line
    assert shop.addresses == ["store/content/faro.epub"]
    assert not (deep / "state").exists()


def test_the_project_is_not_named_where_it_is_here_or_named_or_nobody_asked(shop: Shop) -> None:
    shop.title()
    below = shop.folder / "catalog"
    assert "Project:" not in run_in(shop.folder, "validate").ended(0).all
    assert "Project:" not in run_in(below, "validate", "-C", "..").ended(0).all
    assert run_in(below, "validate", "--quiet").ended(0).err == ""
    events = run_in(below, "--json", "plan").ended(0)
    assert "Project:" not in events.all
    assert [json.loads(line) for line in events.out.splitlines()]


def test_paths_are_those_of_the_current_folder_and_problems_those_of_the_project(shop: Shop) -> None:
    shop.title()
    shop.title("bad", language="xx-nope")
    below = shop.folder / "catalog"
    told = run_in(below, "validate", "bad.json").ended(1).err
    assert "catalog/bad.json:" in told
    run_in(below, "validate", "faro.json").ended(0)
    (below / "bad.json").unlink()
    outside = shop.folder / "reports"
    outside.mkdir()
    run_in(outside, "plan", "--out", "p.json").ended(0)
    assert (outside / "p.json").exists()
    run_in(outside, "apply", "p.json").ended(0)


def test_a_plan_is_not_saved_where_it_would_be_read_as_a_title(shop: Shop) -> None:
    shop.title()
    below = shop.folder / "catalog"
    refused = run_in(below, "plan", "--out", "p.json").ended(1)
    assert " ".join(refused.err.split()).endswith("would lie in the catalog and be read as a title: use --out ../p.json")
    assert not (below / "p.json").exists()
    assert shop.requests == ()
    assert "--output ../p.json" in " ".join(run_in(below, "plan", "--format", "json", "--output", "p.json").ended(1).err.split())
    run_in(below, "plan", "--out", "../p.json").ended(0)
    run_in(below, "apply", "../p.json").ended(0)
    run_in(below, "plan", "--format", "markdown", "--output", "p.md").ended(0)


def test_a_command_that_a_hint_offers_works_where_it_was_read(shop: Shop) -> None:
    shop.write(FILE, (shop.folder / FILE).read_text(encoding="utf-8") + "catalog: [catalog/, 'more titles/']\n")
    below = shop.folder / "catalog"
    told = run_in(below, "validate").ended(1).err
    (command,) = re.findall(r"^ +(mkdir .*)$", told, flags=re.MULTILINE)
    subprocess.run(command, shell=True, cwd=below, check=True)
    assert (shop.folder / "more titles").is_dir()
    run_in(below, "validate").ended(0)


def test_with_a_named_folder_nothing_is_looked_for_above_it(shop: Shop) -> None:
    assert "No project file" in run_in(shop.folder, "validate", "-C", "catalog").ended(1).err


def test_nothing_is_looked_for_above_the_top_of_a_repository(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("version: 1\n", encoding="utf-8")
    repository = tmp_path / "repository"
    inside = repository / "catalog"
    inside.mkdir(parents=True)
    assert find_project(inside) == tmp_path
    for git in (repository.joinpath(".git").mkdir, lambda: repository.joinpath(".git").write_text("gitdir: elsewhere\n")):
        git()
        assert find_project(inside) is None
        told = run_in(inside, "validate").ended(1).err
        assert str(repository) in "".join(told.split())
        repository.joinpath(".git").rmdir() if repository.joinpath(".git").is_dir() else repository.joinpath(".git").unlink()
    (repository / ".git").mkdir()
    (repository / FILE).write_text("version: 1\n", encoding="utf-8")
    assert find_project(inside) == repository


def test_the_nearest_project_is_taken(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    (inner / "catalog").mkdir(parents=True)
    for folder in (tmp_path, inner):
        (folder / FILE).write_text("version: 1\n", encoding="utf-8")
    assert find_project(inner / "catalog") == inner
    assert find_project(inner) == inner


@ROOT_ONLY
@pytest.mark.parametrize("given_away", ["file", "folder"])
def test_a_project_above_that_belongs_to_another_user_is_refused(tmp_path: Path, given_away: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_UID", raising=False)
    below = tmp_path / "mine"
    below.mkdir()
    (tmp_path / "catalog").mkdir()
    (tmp_path / FILE).write_text("version: 1\n", encoding="utf-8")
    os.chown(tmp_path / FILE if given_away == "file" else tmp_path, STRANGER, STRANGER)
    refused = run_in(below, "validate").ended(1).err
    assert f"user {STRANGER}" in " ".join(refused.split())
    assert "The project belongs to another user" in refused
    command = re.findall(r"^ +catalogctl (-C .*)$", refused, flags=re.MULTILINE)
    assert command == [f"-C {tmp_path} validate"]
    run_in(below, *command[0].split()).ended(0)
    run_in(tmp_path, "validate").ended(0)
    monkeypatch.setenv("SUDO_UID", str(STRANGER))
    run_in(below, "validate").ended(0)


@ROOT_ONLY
def test_a_link_of_a_stranger_to_a_file_of_ours_is_refused(tmp_path: Path) -> None:
    below = tmp_path / "mine"
    below.mkdir()
    (tmp_path / "real.yaml").write_text("version: 1\n", encoding="utf-8")
    (tmp_path / FILE).symlink_to("real.yaml")
    os.chown(tmp_path / FILE, STRANGER, STRANGER, follow_symlinks=False)
    with pytest.raises(CatalogError) as refused:
        find_project(below)
    assert refused.value.diagnostics[0].code == "project-of-another-user"


def test_where_there_is_no_project_the_error_says_how_far_was_looked(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    told = " ".join(run_in(below, "plan").ended(1).err.split())
    assert "No project file" in told
    assert str(tmp_path) in told
    assert "catalogctl init" in told


def test_a_saved_plan_is_shown_and_the_demo_runs_in_a_folder_below(shop: Shop) -> None:
    shop.title()
    shop.run("plan", "--out", "p.json").ended(0)
    assert "<html" in run_in(shop.folder / "catalog", "show", "../p.json", "--format", "html").ended(0).out
