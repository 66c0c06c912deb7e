import io
from typing import TextIO

import pytest

from catalogctl.planning.action import Action
from catalogctl.view.paint.style import Style, Tone, style_for, width_for


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "no_color", "colour"),
    [
        (Terminal(), {}, False, True),
        (Terminal(), {}, True, False),
        (Terminal(), {"NO_COLOR": "1"}, False, False),
        (Terminal(), {"NO_COLOR": ""}, False, True),
        (Terminal(), {"TERM": "dumb"}, False, False),
        (io.StringIO(), {}, False, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, False, True),
        (io.StringIO(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour_is_for_terminals_that_nobody_forbade_it(stream: TextIO, environ: dict[str, str], no_color: bool, colour: bool) -> None:
    assert style_for(stream, no_color=no_color, environ=environ).colour is colour


def test_paint_without_colour_writes_no_ansi() -> None:
    pieces = [("a", Tone.ERROR), ("b", Tone.FAINT), ("  ", Tone.PLAIN)]
    assert Style().paint(pieces) == "ab"
    assert Style(colour=True).paint(pieces) == "\x1b[1;31ma\x1b[0m\x1b[2mb\x1b[0m"


def test_every_action_that_changes_something_has_a_sign_of_its_own_in_every_encoding() -> None:
    for style in (Style(), Style(encoding="ascii")):
        signs = [style.sign(action) for action in Action if action.changes_anything]
        assert len(set(signs)) == len(signs)
        assert all(sign.strip() for sign in signs)
        "".join(signs).encode(style.encoding)


def test_a_stream_that_cannot_encode_our_signs_gets_others_that_it_can() -> None:
    style = Style(encoding="latin-1")
    assert (style.sign(Action.ADOPT), style.arrow, style.ellipsis, style.dot) == ("@", "->", "...", "|")
    assert style.safe("é 紅\n") == "é \\u7d05\\n"


def test_width_is_columns_else_the_terminals_else_eighty_and_stays_within_reason() -> None:
    assert width_for(io.StringIO(), environ={}) == 80
    assert width_for(io.StringIO(), environ={"COLUMNS": "120"}) == 120
    assert width_for(io.StringIO(), environ={"COLUMNS": "5"}) == 40
    assert width_for(io.StringIO(), environ={"COLUMNS": "9999"}) == 140
    assert width_for(io.StringIO(), environ={"COLUMNS": "wide"}) == 80


def test_a_stream_closed_from_the_start_is_no_terminal() -> None:
    assert style_for(None, environ={}) == Style()
    assert width_for(None, environ={}) == 80
