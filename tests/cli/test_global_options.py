"""Global options are before a command or after it, and mean the same there."""

from __future__ import annotations

import json
from contextlib import chdir
from pathlib import Path

import click
import pytest

from catalogctl.cli.command import GLOBAL
from catalogctl.cli.main import COMMANDS, cli
from shop import Shop, catalogctl, ended


def leaves(group: click.Group, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """List the commands that are no groups, by the words that are typed."""
    found: list[tuple[str, ...]] = []
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        found += leaves(command, (*above, name)) if isinstance(command, click.Group) else [(*above, name)]
    return found


LEAVES = leaves(cli)


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_command_takes_every_global_option_after_its_name(tmp_path: Path, words: tuple[str, ...]) -> None:
    """What is wrong is the folder, which is looked at when the line was read to its end: each option before it was taken."""
    named = {"folder": ["-C", "/nowhere/at/all"], "environment": ["--env", "eu"], "log_level": ["--log-level", "error"]}
    named["json_into"] = ["--json-into", str(tmp_path / "events")]
    given = [word for item in GLOBAL for word in named.get(str(item.name).removeprefix("global_"), [item.opts[0]])]
    needed = {"import": 2, "revert": 1, "history show": 1, "state push": 1, "state mv": 2, "state mv-account": 1, "state rm": 1}
    needed |= {"state unlock": 1, "explain": 1, "unset": 1, "mv": 2, "split": 3, "merge": 2, "new": 1, "onix check": 1}
    worded = {"completion": ["bash"], "export csv": ["--output", "x.csv"], "export xlsx": ["--output", "x.xlsx"]}
    arguments = worded.get(" ".join(words), ["-"] * needed.get(" ".join(words), 0))
    ran = catalogctl(*words, *given, *arguments)
    assert (ran.code, "error: There is no such folder" in ran.err) == (1, True), ran


@pytest.mark.parametrize(
    "line",
    [
        ["--quiet", "state", "list"],
        ["state", "--quiet", "list"],
        ["state", "list", "--quiet"],
        ["state", "list", "-q", "*"],
        ["-q", "state", "--quiet", "list", "-q"],
        ["history", "--quiet"],
        ["plan", "--detailed-exitcode", "--quiet", "--no-refresh"],
    ],
    ids=" ".join,
)
def test_an_option_means_the_same_wherever_it_stands(shop: Shop, line: list[str]) -> None:
    shop.title()
    ran = shop.run(*line)
    assert ran.err == ""
    shop.run(*(word for word in line if word not in {"-q", "--quiet"}), "--json-into", "events")
    assert json.loads((shop.folder / "events").read_text(encoding="utf-8").splitlines()[0])["type"] == "version"


def test_events_are_written_for_json_after_the_command(shop: Shop) -> None:
    shop.title()
    before, after = (shop.run(*line).ended(0).out.splitlines() for line in (["--json", "plan"], ["plan", "--json"]))
    assert [json.loads(line)["type"] for line in before] == [json.loads(line)["type"] for line in after]
    assert any('"planned_change"' in line for line in after)


def test_a_folder_and_an_environment_may_follow_the_command(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    shop.project("environments: {eu: {}}\n")
    shop.title()
    here = tmp_path_factory.mktemp("elsewhere")
    with chdir(here):
        told = catalogctl("plan", "-C", str(shop.folder), "--env", "eu", "--out", "p.json").ended(0)
        assert f"catalogctl -C {shop.folder} --env eu apply p.json" in told.err
        catalogctl("apply", "p.json", "--env", "eu", "-C", str(shop.folder)).ended(0)
    assert (shop.folder / "state/eu.json").exists()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (["--env", "eu", "plan", "--env", "us"], "--env is given twice, with different values: eu and us"),
        (["plan", "--env", "eu", "--env", "us"], "--env is given twice, with different values: eu and us"),
        (["-C", ".", "state", "-C", "..", "list"], "-C is given twice, with different values: . and .."),
        (["--log-level=debug", "validate", "--log-level", "info"], "--log-level is given twice, with different values: debug and info"),
    ],
    ids=lambda it: " ".join(it) if isinstance(it, list) else "",
)
def test_two_values_for_one_option_are_refused(shop: Shop, line: list[str], told: str) -> None:
    assert f"Error: {told}\n" in shop.run(*line).ended(1).err


def test_the_same_value_twice_counts_once(shop: Shop) -> None:
    shop.run("--env", "default", "validate", "--env=default", "--no-color", "--no-color").ended(0)


def test_the_variable_chooses_an_environment_where_no_option_does(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.project("environments: {eu: {}, us: {}}\n")
    monkeypatch.setenv("CATALOGCTL_ENV", "eu")
    assert "environment eu" in shop.run("history").ended(0).err
    assert "environment us" in shop.run("history", "--env", "us").ended(0).err
    monkeypatch.setenv("CATALOGCTL_ENV", "")
    assert "environment default" in shop.run("history").ended(0).err


def test_what_follows_two_dashes_is_no_option(shop: Shop) -> None:
    assert "--quiet" in shop.run("validate", "--", "--quiet").all


def test_help_has_global_options_in_a_section_of_their_own(shop: Shop) -> None:
    own, told = shop.run("state", "list", "--help").ended(0).out.split("Global options, explained by catalogctl --help:\n")
    assert told.split() == "-C DIR --env NAME --no-color -q, --quiet --log-level LEVEL --json --json-into FILE".split()
    assert "--quiet" not in own
    assert all(len(line) <= 80 for line in told.splitlines())
    program = shop.run("--help").ended(0).out
    assert "Global options, before or after the command:\n  -C DIR  " in program
    assert all(f"\n  {name} " in program for name in COMMANDS)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (["plan", "--quite"], "'--quiet'"),
        (["state", "list", "--jsn"], "'--json'"),
        (["pln"], "'plan'"),
        (["--version-x"], "'--version'"),
        (["state", "lst"], "Did you mean 'list'?"),
    ],
    ids=lambda it: " ".join(it) if isinstance(it, list) else "",
)
def test_a_misspelt_word_is_answered_with_the_nearest(shop: Shop, line: list[str], told: str) -> None:
    assert told in shop.run(*line).ended(1).err


def test_the_version_is_printed_by_an_option_as_by_the_command(shop: Shop) -> None:
    assert shop.run("--version").ended(0).out == shop.run("version").ended(0).out
    assert shop.run("--version", "nonsense").ended(0).out.startswith("catalogctl ")


def test_a_shell_completes_global_options_after_a_command(shop: Shop) -> None:
    lines = {"catalogctl state list --qu": "--quiet", "catalogctl plan --log-level de": "debug", "catalogctl --vers": "--version"}
    for words, expected in lines.items():
        asked = {"_CATALOGCTL_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        assert f"plain,{expected}" in ended(shop.start(**asked)).out.splitlines()
