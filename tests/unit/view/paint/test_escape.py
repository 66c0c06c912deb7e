import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.view.paint import escape

TROUBLE = "\x1b\x9b\r\n\t\u202e\u2066\u200b\u200d\u2028\u2029\ufeff\u00ad\u3164\u0301\ud800"
TEXTS = st.text(st.characters(codec=None) | st.sampled_from(TROUBLE))


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b31m", "\\x9b31m"),
        ("bell\x07", "bell\\x07"),
        ("a\nb", "a↵b"),
        ("a\r\nb", "a↵b"),
        ("a\rb", "a\\x0db"),
        ("a\tb", "a\\x09b"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("\u2067x\u2069", "\\u2067x\\u2069"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("soft\u00adhyphen", "soft\\xadhyphen"),
        ("\u2028", "\\u2028"),
        ("\ud83d", "\\ud83d"),
        ("\U000e0041", "\\U000e0041"),
        ("hangul\u3164filler", "hangul\\u3164filler"),
        ("não-quebrável\u00a0aqui", "não-quebrável\u00a0aqui"),
        ("שלום 紅樓夢 हिन्दी", "שלום 紅樓夢 हिन्दी"),
    ],
)
def test_what_could_drive_or_deceive_a_terminal_becomes_visible_and_letters_stay(foreign: str, shown: str) -> None:
    assert escape.terminal(foreign) == shown


@given(TEXTS)
def test_nothing_that_does_not_print_is_left(foreign: str) -> None:
    shown = escape.terminal(foreign)
    assert all(character.isprintable() or unicodedata.category(character) == "Zs" for character in shown)


def test_marks_piled_on_one_letter_are_cut_down_to_what_languages_need() -> None:
    shown = escape.terminal("e" + "\u0301" * 30)
    assert shown == "e" + "\u0301" * 4 + "\\u0301" * 26


def test_marks_that_no_language_combines_count_as_marks_too() -> None:
    assert escape.terminal("a" + "\u20dd" * 6) == "a" + "\u20dd" * 4 + "\\u20dd" * 2


def test_two_spellings_of_one_look_are_told_apart() -> None:
    assert escape.looks_alike("caf\u00e9", "cafe\u0301")
    assert escape.looks_alike("10\u00a0km", "10 km")
    assert not escape.looks_alike("cafe", "caf\u00e9")
    assert escape.revealed("caf\u00e9") == "caf\\xe9"
    assert escape.revealed("cafe\u0301") == "cafe\\u0301"


def test_right_to_left_text_is_recognised() -> None:
    assert escape.has_right_to_left("ab שלום")
    assert escape.has_right_to_left("مرحبا")
    assert not escape.has_right_to_left("abc 紅樓 é")


def test_a_github_message_keeps_its_line_breaks_and_cannot_begin_another_command() -> None:
    assert escape.github_message("50%\n::error::x\x1b") == "50%25%0A::error::x\\x1b"


def test_a_github_property_cannot_begin_another_property() -> None:
    assert escape.github_property("a,line=9::x%") == "a%2Cline=9%3A%3Ax%25"


def test_half_a_surrogate_pair_becomes_text_that_utf8_can_carry() -> None:
    assert escape.json_text("a\udc80b é") == "a\\udc80b é"


def test_markup_is_text_on_a_page_and_lines_stay_lines() -> None:
    assert escape.html("<b a=\"1\" c='2'>&\r\n\u202ex\x00") == "&lt;b a=&quot;1&quot; c=&#x27;2&#x27;&gt;&amp;\n\\u202ex\\x00"


@given(TEXTS)
def test_nothing_on_a_page_is_markup_or_unseen(text: str) -> None:
    shown = escape.html(text)
    assert not set("<>\"'") & set(shown)
    assert all(character == "\n" or character.isprintable() or unicodedata.category(character) == "Zs" for character in shown)
