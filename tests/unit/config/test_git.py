"""What git tells of a project, in a checkout that means harm: it is asked, and runs nothing that the checkout brings."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from catalogctl.config.git import ask, edits


def git(folder: Path, *arguments: str) -> str:
    said = {"PATH": os.environ["PATH"], "HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    author = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com"]
    command = ["git", "-C", str(folder), *author, *arguments]
    return subprocess.run(command, env=said, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of two commits of one file, which is edited: git has to look into it."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    for text in ("one", "two"):
        (folder / "title.yaml").write_text(text, encoding="utf-8")
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "-m", text)
    (folder / "title.yaml").write_text("six", encoding="utf-8")
    return folder


def answers(folder: Path) -> list[bytes | None]:
    """Ask all that the product asks."""
    return [
        ask(folder, "rev-parse", "--verify", "HEAD"),
        edits(folder, ["title.yaml", "."]),
        ask(folder, "rev-list", "--max-count=9", "HEAD", "--", "title.yaml"),
        ask(folder, "cat-file", "blob", "HEAD:title.yaml"),
    ]


def test_an_edited_file_a_new_one_and_an_earlier_version_are_known(checkout: Path) -> None:
    (checkout / "new.yaml").write_text("new", encoding="utf-8")
    head, changed, commits, blob = answers(checkout)
    assert (head or b"").decode().strip() == git(checkout, "rev-parse", "HEAD")
    assert changed == b" M title.yaml\n?? new.yaml\n"
    assert len((commits or b"").split()) == 2
    assert blob == b"two"


def program(path: Path, ran: Path, words: str = "cat") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "$0" >> "{ran}"\nenv >> "{ran}"\n{words}\n', encoding="utf-8")
    path.chmod(0o755)
    return path


def set_filter(checkout: Path, run: Path) -> None:
    (checkout / ".gitattributes").write_text("* filter=x\n", encoding="utf-8")
    for key in ("clean", "process", "smudge"):
        git(checkout, "config", f"filter.x.{key}", str(run))
    git(checkout, "config", "filter.x.required", "true")


def set_odd_filter(checkout: Path, run: Path) -> None:
    (checkout / ".gitattributes").write_text("* filter=a=b\n", encoding="utf-8")
    git(checkout, "config", "filter.a=b.clean", str(run))


def set_monitor(checkout: Path, run: Path) -> None:
    git(checkout, "config", "core.fsmonitor", str(run))


def set_hooks(checkout: Path, run: Path) -> None:
    for hook in ("post-index-change", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc"):
        program(checkout / "hooks" / hook, run.parent / "RAN")
    git(checkout, "config", "core.hooksPath", "hooks")


def set_words(checkout: Path, run: Path) -> None:
    """A pager, textconv, a signature check and an external diff."""
    (checkout / ".gitattributes").write_text("* diff=x\n", encoding="utf-8")
    for key in ("core.pager", "pager.status", "pager.log", "gpg.program", "diff.external", "diff.x.textconv", "diff.x.command"):
        git(checkout, "config", key, str(run))
    git(checkout, "config", "log.showSignature", "true")


def set_path(checkout: Path, run: Path) -> None:  # noqa: ARG001 -- each has both
    for name in ("git", "env", "cat"):
        program(checkout / name, checkout.parent / "RAN")
        program(checkout / "bin" / name, checkout.parent / "RAN")


@pytest.mark.parametrize("hostile", [set_filter, set_odd_filter, set_monitor, set_hooks, set_words, set_path])
def test_nothing_runs_that_the_settings_or_the_files_of_a_checkout_name(
    checkout: Path, hostile: Callable[[Path, Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = checkout.parent / "RAN"
    hostile(checkout, program(checkout.parent / "outside" / "run", ran))
    monkeypatch.setenv("PATH", os.pathsep.join(["", ".", str(checkout / "bin"), os.environ["PATH"]]))
    head, changed, commits, blob = answers(checkout)
    assert not ran.exists(), ran.read_text(encoding="utf-8")
    assert head
    assert blob == b"two"
    assert len((commits or b"").split()) == 2
    assert changed is None or b" M title.yaml\n" in changed


def test_git_would_have_run_the_filter(checkout: Path) -> None:
    """The test above can fail."""
    set_filter(checkout, program(checkout.parent / "outside" / "run", checkout.parent / "RAN"))
    subprocess.run(["git", "-C", str(checkout), "status"], check=False, capture_output=True)
    assert (checkout.parent / "RAN").exists()


@pytest.mark.parametrize("parts", [("HEAD", "config", "objects", "refs", "index"), ("HEAD", "config", "commondir")])
def test_a_bare_repository_among_the_files_is_none(checkout: Path, parts: tuple[str, ...]) -> None:
    ran = checkout.parent / "RAN"
    project = checkout / "shop"
    shutil.copytree(checkout / ".git", project)
    shutil.copy(checkout / "title.yaml", project)
    if "commondir" in parts:
        (project / "commondir").write_text(f"{checkout / '.git'}\n", encoding="utf-8")
    for file in project.iterdir():
        if file.name not in {*parts, "title.yaml"}:
            shutil.rmtree(file) if file.is_dir() else file.unlink()
    run = program(checkout.parent / "outside" / "run", ran)
    settings = f'[core]\nbare = false\nworktree = .\nfsmonitor = "{run}"\n[filter "x"]\nclean = "{run}"\n'
    (project / "config").write_text(settings, encoding="utf-8")
    (project / ".gitattributes").write_text("* filter=x\n", encoding="utf-8")
    assert answers(project) == [None] * 4
    assert not ran.exists()


def test_a_submodule_is_not_entered(checkout: Path) -> None:
    ran = checkout.parent / "RAN"
    inner = checkout / "inner"
    inner.mkdir()
    git(inner, "init", "--quiet")
    git(inner, "commit", "--quiet", "--allow-empty", "-m", "inner")
    git(checkout, "add", "inner")
    git(inner, "config", "core.fsmonitor", str(program(checkout.parent / "outside" / "run", ran)))
    (inner / "new").write_text("new", encoding="utf-8")
    assert edits(checkout, ["inner"]) is not None
    assert not ran.exists()


def test_git_has_no_key_and_none_of_our_settings(checkout: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = tmp_path / "told"
    program(tmp_path / "bin" / "git", told, "exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PUBLICALA_TOKEN", "tok-5ecret")
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "x")
    assert ask(checkout, "rev-parse") is None
    names = {line.partition("=")[0] for line in told.read_text(encoding="utf-8").splitlines()[1:]}
    assert {name for name in names if name.startswith("GIT_")} == {
        "GIT_NO_LAZY_FETCH",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OPTIONAL_LOCKS",
        "GIT_TERMINAL_PROMPT",
    }
    assert names & {"PUBLICALA_TOKEN", "PYTHONPATH"} == set()
