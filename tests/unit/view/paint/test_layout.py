import re
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import split_graphemes

from catalogctl.view.paint.escape import terminal
from catalogctl.view.paint.layout import cells, clip, pad, pad_left, wrap
from catalogctl.view.paint.style import Piece, Tone

WORDS = st.text(st.sampled_from("abcdefgh  紅夢é\u0301ก"), max_size=80)


def lines_of(text: str, width: int, first: Sequence[Piece] = (), rest: Sequence[Piece] = ()) -> list[str]:
    return ["".join(piece for piece, _ in line) for line in wrap([(text, Tone.PLAIN)], width, first=first, rest=rest)]


def test_lines_break_at_spaces() -> None:
    assert lines_of("one two three", 8) == ["one two", "three"]


def test_a_word_wider_than_the_line_is_cut() -> None:
    assert lines_of("abcdefghij k", 4) == ["abcd", "efgh", "ij k"]


def test_the_beginnings_of_lines_count_towards_the_width() -> None:
    first, rest = [("- ", Tone.REMOVED)], [("    ", Tone.PLAIN)]
    assert lines_of("aaa bbb ccc", 7, first=first, rest=rest) == ["- aaa", "    bbb", "    ccc"]


def test_a_letter_keeps_its_marks_and_a_wide_letter_is_not_halved() -> None:
    assert lines_of("紅樓夢x", 3) == ["紅", "樓", "夢x"]
    assert lines_of("e\u0301e\u0301e\u0301", 2) == ["e\u0301e\u0301", "e\u0301"]


def test_pieces_with_no_space_between_them_stay_together() -> None:
    lines = list(wrap([("aa [-", Tone.PLAIN), ("old", Tone.REMOVED), ("-] b", Tone.PLAIN)], 8))
    assert ["".join(text for text, _ in line) for line in lines] == ["aa", "[-old-]", "b"]


@given(WORDS, st.integers(2, 20))
def test_no_line_is_wider_than_asked_and_no_letter_is_lost(text: str, width: int) -> None:
    lines = lines_of(text, width)
    assert all(cells(line.rstrip(" ")) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_padding_and_clipping_count_cells_not_characters() -> None:
    assert pad("紅", 4) == "紅  "
    assert pad_left("e\u0301", 3) == "  e\u0301"
    assert clip("紅樓夢", 5, "…") == "紅樓…"
    assert clip("abc", 3, "…") == "abc"


# Letters that are more than one character, or wider than one cell: marks, Hangul from its parts, skin tones, flags, keycaps, emoji joined
# and with a variation selector; and escapes, as `terminal` makes them.
PLAIN_LETTERS = ("a", " ", "紅", "e\u0301", "\u0301", "\u1112\u1161\u11ab", "क्षि", "\\")
EMOJI = ("👍🏽", "🇺🇾", "🇺", "1\ufe0f\u20e3", "👩\u200d👩", "❤\ufe0f", "\ufe0f")
ESCAPED = tuple(terminal(text) for text in ("\x1f", "\t", "\u200d", "\ufe0f", "\U000e0101"))
ODD = st.lists(st.sampled_from(PLAIN_LETTERS + EMOJI + ESCAPED), max_size=12).map("".join)
PIECES = st.lists(st.tuples(ODD, st.sampled_from(Tone)), max_size=6)
BEGINNINGS = st.sampled_from(["", "-", "- ", "紅", "      "])


@pytest.mark.parametrize(
    ("pieces", "width", "lines"),
    [
        (["ab", "紅c"], 3, ["ab", "紅c"]),
        (["⺀0", r"\x1f\x1f", "🪇"], 12, ["⺀0" + r"\x1f\x1f", "🪇"]),
        (["ab", r"\u200dc"], 7, ["ab", r"\u200dc"]),
        ([r"abc\u200dd"], 8, ["abc", r"\u200dd"]),
        ([r"\U0001f1e6"], 4, [r"\U00", "01f1", "e6"]),
        (["🇺🇾🇺🇾"], 3, ["🇺🇾", "🇺🇾"]),
        (["abc❤", "\ufe0f"], 4, ["abc", "❤\ufe0f"]),
        (["e", "\u0301"], 1, ["e\u0301"]),
        (["aaa👍", "🏽"], 4, ["aaa", "👍🏽"]),
    ],
)
def test_what_is_one_letter_or_one_escape_is_not_cut_where_a_line_has_room_for_it(pieces: list[str], width: int, lines: list[str]) -> None:
    found = wrap([(text, Tone.PLAIN) for text in pieces], width)
    assert ["".join(text for text, _ in line) for line in found] == lines


def test_a_wide_letter_moves_to_the_next_line_where_the_first_has_no_room_for_it() -> None:
    assert lines_of("紅", 4, first=[("abc", Tone.PLAIN)]) == ["abc", "紅"]
    assert lines_of(r"\x1f", 6, first=[("abc", Tone.PLAIN)]) == ["abc", r"\x1f"]


@given(PIECES, st.integers(1, 14), BEGINNINGS, BEGINNINGS)
@example([("⺀000000" + r"\x1f\x1f", Tone.PLAIN), ("🪇", Tone.PLAIN)], 14, "", "")
def test_pieces_of_any_letters_are_no_wider_than_asked(pieces: list[Piece], width: int, first: str, rest: str) -> None:
    widest = max((size for text, _ in pieces for _, _, size in split_graphemes(text)[0]), default=1)
    width = max(width, max(cells(first), cells(rest)) + max(widest, 2))
    found = list(wrap(pieces, width, first=[(first, Tone.FAINT)], rest=[(rest, Tone.FAINT)]))
    lines = ["".join(text for text, _ in line) for line in found]
    assert [line for line in lines if cells(line.rstrip(" ")) > width] == []
    bare = [lines[0].removeprefix(first), *(line.removeprefix(rest) for line in lines[1:])]
    assert "".join(bare).replace(" ", "") == "".join(text for text, _ in pieces).replace(" ", "")


@given(ODD, st.integers(1, 10), st.sampled_from(["…", "..."]))
def test_a_clipped_text_is_no_wider_than_asked(text: str, width: int, ellipsis: str) -> None:
    shown = clip(text, width, ellipsis)
    assert cells(shown) <= width
    assert not re.search(r"\\(x[0-9a-f]?|u[0-9a-f]{0,3}|U[0-9a-f]{0,7})(…|\.\.\.)$", shown) or width < 12
