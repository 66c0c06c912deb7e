from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from catalogctl.view.layout import cells, clip, pad, pad_left, wrap
from catalogctl.view.style import Piece, Tone

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
