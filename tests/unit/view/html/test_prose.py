"""A description as it is read."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalogctl.view.html.prose import as_read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", ""),
        ("Two\nlines", "Two\nlines"),
        ("<p>One\n two</p>\n<p>three</p>", "One two\n\nthree"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul><li>one</li><li>two</li></ul>after", "• one\n• two\n\nafter"),
        ("<h2>Head</h2><div><p>Text &amp; more</p></div>", "Head\n\nText & more"),
        ('<a href="https://a.example/x">here</a>', "here [https://a.example/x]"),
        ('<a href="JavaScript:alert(1)">here</a>', "here [leads to JavaScript:alert(1)]"),
        ('<img src="a.png" alt="A lamp">', "[image: A lamp]"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ('<b onclick="x()">bold</b>', '<b onclick="x()">bold'),
        ("1 < 2 & 3", "1 < 2 & 3"),
        ("<p>open <em>never closed", "open never closed"),
        ("a</details>b<i>c</i></i>", "a</details>bc</i>"),
        ("a<!-- hidden -->b", "a<!-- hidden -->b"),
    ],
)
def test_this_is_read_like_that(written: str, read: str) -> None:
    assert as_read(written) == read


@example("<p>a<![b[c")
@given(st.text("<>/abp= \"'&;!-[]\n", max_size=60))
def test_any_text_is_read_somehow(text: str) -> None:
    assert "\n\n\n" not in as_read(text) or "<" not in text
