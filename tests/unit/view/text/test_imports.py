"""What was left alone is named, with nothing of it let through to the terminal."""

from __future__ import annotations

from catalogctl.provider.importing import Unimportable
from catalogctl.view.paint.style import Style
from catalogctl.view.text.imports import render_strangers


def test_each_is_named_with_its_reason_within_the_width() -> None:
    lines = list(
        render_strangers(
            [Unimportable("7", "Odd \x1b[31m" + "x" * 90, "It has no external id. " * 5)], "Left alone", width=60, style=Style()
        )
    )
    assert lines[0] == "Left alone, 1 object:"
    assert lines[1].startswith("  7  Odd ")
    assert "\x1b" not in "".join(lines)
    assert max(map(len, lines)) <= 60


def test_of_many_the_first_are_named_and_the_rest_counted() -> None:
    lines = list(render_strangers([Unimportable(str(number), "", "No.") for number in range(1200)], "Left alone", width=80, style=Style()))
    assert lines[0] == "Left alone, 1,200 objects:"
    assert lines[-1] == "  and 1,180 more"


def test_nothing_is_said_of_none() -> None:
    assert list(render_strangers([], "Left alone", width=80, style=Style())) == []
