"""Texts of another encoding, and HTML that is open, are warnings; what only looks like them is none."""

from __future__ import annotations

import pytest

from catalogctl.config.schema.prose import prose_problems
from catalogctl.model.diagnostics import Severity


def told(text: str, field: str = "description") -> list[tuple[str, str, str]]:
    found = list(prose_problems({field: text}, ()))
    assert all(one.severity is Severity.WARNING and one.pointer == (field,) for one in found)
    return [(one.code, one.detail, one.hint) for one in found]


@pytest.mark.parametrize("field", ["title", "description", "subtitle"])
@pytest.mark.parametrize("letters", ["está", "Ñandú", "L\u2019amour", "10 €", "Łódź", "Привет", "日本", "\U0001f680 sale"])
@pytest.mark.parametrize("codec", ["latin-1", "cp1252"])
def test_utf_8_that_was_read_letter_by_letter_is_told_with_what_was_meant(letters: str, codec: str, field: str) -> None:
    try:
        spoilt = letters.encode().decode(codec)
    except UnicodeDecodeError:
        pytest.skip("some bytes are no letter there")
    ((code, _, hint),) = told(f"Uno {spoilt} dos", field)
    assert code == "mojibake"
    assert all(sign not in hint for sign in "ÃÂâ")


@pytest.mark.parametrize("text", ["«AMANHû", "SÃO PAULO Â Ã", "5 × 3 °C", "Ärger, Ü º", "Ð ð Þ þ", "À la «carte»", "NÃO… Â° Ã"])
def test_letters_that_are_right_are_left_alone(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("<p>Un <em>faro.</p>", "`<em>` is never closed."),
        ("<b>Un <i>faro</b></i>", "`<i>` is not closed before `</b>`."),
        ("Un faro</b>.", "`</b>` closes nothing."),
        ("<foo>x</foo>", "`<foo>` is no element of HTML."),
        ("<strong>Un faro", "`<strong>` is never closed."),
        ("<strog>Un</strog>", "`<strog>` is no element of HTML."),
    ],
)
def test_html_that_is_not_whole_is_told_by_its_first_mistake(text: str, detail: str) -> None:
    assert [(code, said) for code, said, _ in told(text)] == [("html-open", detail)]


@pytest.mark.parametrize(
    "text", ["<p>Uno<p>Dos", "<ul><li>a<li>b</ul>", "<br/>uno<br>", "a < b y c > d", "<P>Uno</P>", "<a href='x'>y</a>", "&lt;b>"]
)
def test_html_that_is_whole_is_left_alone(text: str) -> None:
    assert told(text) == []


def test_a_title_is_no_html() -> None:
    assert told("<b>Uno", "title") == []
