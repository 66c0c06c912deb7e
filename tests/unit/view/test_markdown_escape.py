"""Foreign text in Markdown is text and nothing else: no markup, no link, no one pinged, on every host that a plan is shown on."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalogctl.view.paint.escape import comment, markdown, markdown_code, markdown_prose, terminal
from unit.view.rendered import Page, html, seen

TROUBLE = (
    "<script>alert(1)</script>",
    "</details></summary><img src=x onerror=alert(1)>",
    "<!-- -->",
    "`code` ``x``",
    "*a* **b** _c_ __d__ ~~e~~ ~f~",
    "[a](https://evil.example) ![b](x.png) [c]: /d",
    "a|b||c",
    "\\| \\` \\<",
    "&lt;b&gt; &#64; &amp;",
    "# x",
    "> x",
    "- x",
    "1. x",
    "---",
    "===",
    "```",
    "    x",
    "a\nb\r\nc",
    "\u202e\u2066\x1b[2J\x00\x01",
    "$x$ $$y$$",
    "[^1] {+a+} [-b-]",
    "שלום world",
    "a  b   c",
)
texts = st.one_of(
    st.sampled_from(TROUBLE), st.text(st.characters(codec="utf-8") | st.sampled_from("`*_~[]()<>|\\#&@:/.-+ \n$^{}!1a"), max_size=40)
)
CONTEXTS = (
    ("x {} y\n", "x {} y"),
    ("- **update** {} y\n", "update {} y"),
    ("| a | b |\n| --- | --- |\n| {} | z |\n", "a b {} z"),
    ("<details>\n<summary><b>{}</b>: y</summary>\n\nz\n\n</details>\n", "{}: y z"),
    ("  - `a`: <del>{}</del> → <ins>y</ins>\n", "a: {} → y"),
)


@pytest.mark.parametrize(("context", "told"), CONTEXTS)
@settings(max_examples=150, deadline=None)
@given(text=texts)
def test_a_reader_sees_the_text_as_it_is_wherever_it_stands(context: str, told: str, text: str) -> None:
    safe = markdown(text)
    assert "\n" not in safe
    page, bare = Page(context.replace("{}", safe)), Page(context.replace("{}", "word"))
    assert seen(page.text) == seen(told.replace("{}", terminal(text, newline="↵ ")))
    assert (page.tags, page.attributes, page.comments) == (bare.tags, bare.attributes, bare.comments)
    assert page.balanced


@settings(max_examples=200, deadline=None)
@given(texts)
@example("``x`")
def test_code_shows_the_text_as_it_is(text: str) -> None:
    page = Page(f"| a | b |\n| --- | --- |\n| {markdown_code(text)} | z |\n")
    assert set(page.tags) <= {"table", "thead", "tbody", "tr", "th", "td", "code"}
    assert seen(page.text) in {seen(f"a b {terminal(text)} z"), seen(f"a b {terminal(text, newline='↵ ')} z")}


@settings(max_examples=200, deadline=None)
@given(texts)
def test_text_at_the_beginning_of_a_line_begins_no_block(text: str) -> None:
    assert set(re.findall(r"<(\w+)", html(markdown(text)))) <= {"p"}


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("ping @octocat and @org/team", r"@[a-z]"),
        ("closes #12, owner/repo#3", r"#\d"),
        ("GitLab: !4 $5 &6 %7 ~8", r"[!$&%~]\d"),
        ("me@example.com", r"@\w"),
        ("https://evil.example ftp://evil.example", r"://"),
        ("www.evil.example", r"www\."),
        ("GH-12 and ABC-34", r"[A-Z]-\d"),
        (":rocket:", r":\w+:"),
        ("commit a1b2c3d and 0123456789abcdef0123456789abcdef01234567", r"\b[0-9a-f]{7,40}\b"),
        ("{+a+} {-b-}", r"\{[+-]"),
    ],
)
def test_nothing_is_left_that_a_host_would_make_a_link_of(text: str, linked: str) -> None:
    """Hosts look for these in the text that is left once Markdown is rendered, so no entity of Markdown would do."""
    assert re.search(linked, text)
    shown = Page(f"x {markdown(text)} y\n").text
    assert not re.search(linked, shown)
    assert seen(shown) == f"x {text} y"


def test_no_part_of_a_long_row_of_digits_is_a_commit() -> None:
    text = "abcd0123456789abcdef0123456789abcdef01234567"
    assert not re.search(r"[0-9a-f]{7}", Page(markdown(text)).text)


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        ("sha256:99f0e1d2… (1.2 MB)", "sha256:99f0e1d2…"),
        ("sha1:c1c8416363dc0e6891bc476a8b0ca3692fae0259", "sha1:c1c8416363dc0e6891bc476a8b0ca3692fae0259"),
        ("@8a19354f-2574-5a62-af8d-f2447e781ebf|", "8a19354f-2574-5a62-af8d-f2447e781ebf"),
    ],
)
def test_a_digest_is_code_in_prose_so_that_it_can_be_copied(text: str, copied: str) -> None:
    shown = html(f"x {markdown_prose(text)} <del>{markdown_prose(text)}</del>\n")
    assert shown.count(f"<code>{copied}</code>") == 2
    assert seen(Page(markdown_prose(text)).text) == text


@settings(max_examples=200, deadline=None)
@given(st.lists(texts | st.sampled_from(["a1b2c3d4", "sha256:99f0e1d2…", "defaced"]), max_size=5).map("".join))
def test_prose_shows_the_text_as_it_is(text: str) -> None:
    page = Page(f"| a | b |\n| --- | --- |\n| x {markdown_prose(text)} | z |\n")
    assert set(page.tags) <= {"table", "thead", "tbody", "tr", "th", "td", "code"}
    assert seen(page.text) == seen(f"a b x {terminal(text, newline='↵ ')} z")


@pytest.mark.parametrize("text", ["9781496822482", "AT-home", "50 %", "12.50", "publication_date", "C# and F#"])
def test_what_refers_to_nothing_stays_as_it_is_so_that_it_can_be_copied_and_searched_for(text: str) -> None:
    assert markdown(text) == text


def test_a_line_of_a_bot_or_of_gitlab_is_no_command() -> None:
    assert markdown("/approve") == "&#47;approve"


@given(st.text(max_size=20))
def test_a_hidden_comment_ends_where_it_shall(text: str) -> None:
    assert Page(f"<!-- catalogctl:plan:{comment(text)} -->\n\nx\n").comments == [f" catalogctl:plan:{comment(text)} "]
