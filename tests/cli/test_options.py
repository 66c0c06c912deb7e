"""The options of commands as values."""

from __future__ import annotations

from typing import Any

import click
import pytest

from catalogctl.cli.destroy import DestroyOptions
from catalogctl.cli.graph import GraphOptions
from catalogctl.cli.option_group import takes
from catalogctl.cli.options import ApplyOptions, ApprovalOptions, ChangeOptions, ImportOptions, SavingOptions, ScopeOptions
from catalogctl.cli.plan import PlanOptions
from catalogctl.view.markdown.marks import Limit


def parsed(kind: Any, *words: str) -> Any:
    """Return the options that a command of this kind receives from a line."""
    received: list[object] = []

    @click.command()
    @takes(kind)
    def command(options: object) -> None:
        received.append(options)

    command.main(args=list(words), standalone_mode=False)
    return received[0]


@pytest.mark.parametrize("kind", [ApplyOptions, DestroyOptions, GraphOptions, ImportOptions])
def test_options_made_by_hand_are_those_of_a_line_without_any(kind: Any) -> None:
    assert parsed(kind) == kind()


def test_options_of_a_plan_have_the_defaults_of_its_line() -> None:
    assert parsed(PlanOptions) == PlanOptions(saving=SavingOptions(limit=Limit(65_000)))


def test_options_are_grouped_as_the_line_gives_them() -> None:
    line = ("--target", "a*", "--target", "b", "--replace", "c", "--no-refresh", "--confirm", "each", "--lock-timeout", "2m")

    assert parsed(ApplyOptions, *line) == ApplyOptions(
        scope=ScopeOptions(targets=("a*", "b")),
        change=ChangeOptions(replaces=("c",), refresh=False),
        approval=ApprovalOptions(confirm="each"),
        lock_timeout=120.0,
    )
