"""The commands, options and words that a hint gives are typed as it says, and they help; the census of all such hints is held too."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from cli.test_hints import BOOK, PROJECT, edited, project, told
from shop import catalogctl

MISSPELT = {
    "where-field": ("list --where 'formt = epub'", "formt"),
    "column-unknown": ("list --columns titel", "titel"),
    "explain-unknown": ("explain bok", "bok"),
    "explain-field": ("explain book.epub titel", "titel"),
    "rename-refused": ("mv bok other --yes", "bok"),
    "bad-price": ("set prices.USD=9,90 --where 'format = epub' --yes", "9,90"),
    "unknown-account": ("import --all stor --write catalog/imported", "stor"),
}
"""By the code: what was typed, and the word of it that the hint corrects."""

COMMANDS = {
    "not-in-state": "state show store/bok.epub",
    "bad-address": "state mv store/bok.epub store/b.epub",
    "address-form": "import store/book.epub 12",
    "run-unknown": "history show 99",
    "target-matches-nothing": "plan --target bok",
}
"""By the code: what was typed; the hint's commands show what there is instead."""


def said(folder: Path, typed: str) -> dict[str, Any]:
    """Give the only error of a command that is refused."""
    ran = catalogctl("-C", str(folder), "--json", *shlex.split(typed))
    assert ran.code != 0
    events = [json.loads(line) for line in ran.out.splitlines() if line.startswith("{")]
    [problem] = [event["diagnostic"] for event in events if event["type"] == "diagnostic" and event["diagnostic"]["severity"] == "error"]
    return dict(problem)


@pytest.fixture
def applied(tmp_path: Path) -> Path:
    folder = project(tmp_path)
    catalogctl("-C", str(folder), "apply", "--auto-approve").ended(0)
    return folder


@pytest.mark.parametrize("code", MISSPELT)
def test_a_command_with_the_word_of_the_hint_does_its_work(tmp_path: Path, code: str) -> None:
    folder = project(tmp_path)
    typed, wrong = MISSPELT[code]
    problem = said(folder, typed)
    meant = re.search(r"(?:Did you mean|Write) `?([^\s?`]+)", problem["hint"])
    assert (problem["code"], bool(meant)) == (code, True), problem
    catalogctl("-C", str(folder), *shlex.split(typed.replace(wrong, meant[1] if meant else ""))).ended(0)


@pytest.mark.parametrize("code", COMMANDS)
def test_the_commands_of_a_hint_run(applied: Path, code: str) -> None:
    problem = said(applied, COMMANDS[code])
    commands = [line for line in problem["hint"].splitlines() if line.startswith("catalogctl ")]
    assert (problem["code"], bool(commands)) == (code, True), problem
    for command in commands:
        assert catalogctl(*shlex.split(command)[1:]).ended(0).all


def test_the_allowance_of_a_hint_lets_a_meant_fall_of_a_price_through(applied: Path) -> None:
    (applied / "catalog/book.yaml").write_text(BOOK.replace("7.50", "1.50"), encoding="utf-8")
    problem = said(applied, "apply --auto-approve")
    [option] = [line for line in problem["hint"].splitlines() if line.startswith("--")]
    catalogctl("-C", str(applied), "apply", "--auto-approve", *option.split()).ended(0)
    assert catalogctl("-C", str(applied), "plan", "--detailed-exitcode").code == 0


def test_a_catalog_that_is_empty_is_destroyed_as_the_hints_say_one_after_the_other(applied: Path) -> None:
    (applied / "catalog/book.yaml").unlink()
    hint = said(applied, "apply --auto-approve")["hint"]
    refused = said(applied, shlex.join(shlex.split(hint.splitlines()[-1])[3:]))
    [command] = [line for line in refused["hint"].splitlines() if "--auto-approve" in line]
    catalogctl(*shlex.split(command)[1:], "--allow", "deletes=1").ended(0)
    assert catalogctl("-C", str(applied), "state", "list").ended(0).out.split() == []


def test_an_environment_is_declared_with_the_block_of_the_hint(tmp_path: Path) -> None:
    folder = project(tmp_path)
    hint = said(folder, "--env staging plan")["hint"]
    (folder / "catalogctl.yaml").write_text(f"{PROJECT}{hint.partition(chr(10))[2]}\n", encoding="utf-8")
    catalogctl("-C", str(folder), "--env", "staging", "plan").ended(0)


@pytest.mark.parametrize(
    ("entry", "part", "wrong", "meant"),
    [
        ("code: name-coma", "code", "name-coma", "name-comma"),
        ("code: name-comma, field: contributor", "field", "contributor}", "contributors}"),
    ],
)
def test_an_acknowledgement_that_is_nearly_about_a_warning_is_corrected_as_the_hint_says(
    tmp_path: Path, entry: str, part: str, wrong: str, meant: str
) -> None:
    book = edited("name: Petra Holm,", 'name: "Holm, Petra",') + f"acknowledge: [{{reason: as printed, until: 2131-01-01, {entry}}}]\n"
    folder = project(tmp_path, book)
    [unused] = [one for one in told(folder) if one["code"] == "acknowledgement-unused"]
    assert unused["hint"] == f"Did you mean `{meant.strip('}')}`?"
    row = book.split("\n")[unused["line"] - 1]
    assert row[unused["column"] - 1 : unused["end_column"] - 1] == wrong.strip("}"), part
    (folder / "catalog/book.yaml").write_text(book.replace(f"{wrong}", meant), encoding="utf-8")
    assert told(folder) == []


def test_an_acknowledgement_of_a_warning_that_another_covers_is_to_be_removed(tmp_path: Path) -> None:
    entries = ", ".join(f"{{code: {code}, reason: as printed, until: 2131-01-01}}" for code in ("name-comma", "name-coma"))
    folder = project(tmp_path, edited("name: Petra Holm,", 'name: "Holm, Petra",') + f"acknowledge: [{entries}]\n")
    [unused] = told(folder)
    assert unused["hint"] == "Remove the entry."
