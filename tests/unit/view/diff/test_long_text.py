import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.view.diff.long_text import _edits, _tokens, beginning, long_text_change, stretches
from catalogctl.view.paint.style import Style
from unit.view import samples


def explained(before: str, after: str, width: int = 200) -> list[str]:
    return [Style().paint(line) for line in long_text_change(before, after, width, Style())]


def test_a_changed_word_is_shown_between_a_few_words_of_context() -> None:
    lines = explained(samples.BLURB, samples.BLURB.replace("poderosos", "simples"))
    assert lines == [
        "1 change in 501 → 499 characters",
        "… amar — é um dos exercícios mais [-poderosos-]{+simples+} que existem. Olhar nos próprios…",
    ]


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("one two", "one two three", "one two{+ three+}"),
        ("one two three", "one three", "one [-two-] three"),
        ("one three", "one two three", "one {+two+} three"),
        ("don't stop", "don’t stop", "[-don't-]{+don’t+} stop"),
        ("<p>a</p>", "<div>a</div>", "[-<p>a</p>-]{+<div>a</div>+}"),
        ("a\nb", "a b", "[-a↵ -]{+a +}b"),
        ("end", "end\nnew paragraph", "end{+↵ new paragraph+}"),
    ],
)
def test_insertions_deletions_and_replacements_read_without_colour(before: str, after: str, line: str) -> None:
    assert explained(before, after)[1:] == [line]


def test_a_rewritten_text_is_never_shown_as_two_full_copies() -> None:
    new = " ".join(f"nova{number}" for number in range(200))
    lines = explained(samples.BLURB, new, 80)
    assert lines[0].startswith("rewritten: 501 → ")
    assert len(lines) == 5
    assert sum(map(len, lines)) < len(samples.BLURB)


def test_a_long_run_of_new_text_is_shown_by_its_two_ends() -> None:
    lines = explained("begin. end.", "begin. " + " ".join(f"word{number}" for number in range(400)) + " end.", 80)
    assert lines[0].startswith("rewritten")
    kept = " ".join(f"kept{number}" for number in range(400))
    lines = explained(f"{kept} end.", f"{kept} " + " ".join(f"word{number}" for number in range(200)) + " end.", 80)
    text = " ".join(lines)
    assert "word0" in text
    assert "word199" in text
    assert "word100" not in text
    assert " characters …)" in text


@pytest.mark.parametrize("text", ["a [-fake-] mark here", "ספר על הים ועל"])
def test_where_marks_would_mislead_before_and_after_have_a_line_each(text: str) -> None:
    lines = explained(f"{text} one", f"{text} two")
    assert lines[1:] == [f"- {text} one", f"+ {text} two"]


def test_changes_that_look_alike_are_spelled_out() -> None:
    assert explained("um caf\u00e9 quente", "um cafe\u0301 quente")[1] == "um [-caf\\xe9-]{+cafe\\u0301+} quente"


def test_a_letter_and_its_marks_are_one_word() -> None:
    assert _tokens("हिन्दी में cafe\u0301s") == ["हिन्दी ", "में ", "cafe\u0301s"]


@given(st.text("ab <>-\n紅夢", max_size=60), st.text("ab <>-\n紅夢", max_size=60))
def test_the_edits_turn_one_text_into_the_other(before: str, after: str) -> None:
    old, new = _tokens(before), _tokens(after)
    assert "".join(old) == before
    edits = _edits(old, new)
    if edits is None:
        return
    made, at = "", 0
    for a, b, c, d in edits:
        made += "".join(old[at:a]) + "".join(new[c:d])
        at = b
    assert made + "".join(old[at:]) == after


def test_the_beginning_of_a_text_ends_with_an_ellipsis_only_where_it_goes_on() -> None:
    assert beginning("short text", 40, 2, Style()) == ["short text"]
    shown = beginning(samples.BLURB, 40, 2, Style())
    assert len(shown) == 2
    assert shown[-1].endswith("…")
    assert all(len(line) <= 40 for line in shown)


@given(st.text("ab c<>.\n", max_size=60), st.text("ab c<>.\n", max_size=60))
def test_the_stretches_of_a_change_are_both_texts(before: str, after: str) -> None:
    parts = stretches(before, after)
    if parts is not None:
        assert "".join(part.kept + part.removed for part in parts) == before
        assert "".join(part.kept + part.added for part in parts) == after


def test_a_text_of_which_little_stays_has_no_stretches() -> None:
    assert stretches("one two three four five six " * 4, "uno dos tres cuatro cinco seis " * 4) is None
