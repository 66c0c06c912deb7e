"""What is mended in a feed does not depend on the pieces in which it is read, and no line moves."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from catalogctl.onix.findings import Findings
from catalogctl.onix.repair import Repair

TOKENS = (
    *(
        "<!DOCTYPE a ",
        "[",
        "]",
        ">",
        '"',
        "'",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        '<?xml version="1.0"?>',
        "<ONIXMessage>",
        "<",
    ),
    *("&", "&amp;", "&eacute;", "&house;", "&#1;", "&#x41;", "&#99999999;", ";", "\n", "\x0b", "\x00", "text", "é", "--", "!"),
)
texts = st.lists(st.sampled_from(TOKENS), max_size=30).map("".join)


def mended(pieces: list[str]) -> tuple[str, list[tuple[str, int]]]:
    findings = Findings("feed.xml")
    repair = Repair(findings)
    out = "".join([*(repair.feed(piece) for piece in pieces), repair.feed("", final=True)])
    return out, [(item.code, item.source.line) for item in findings.diagnostics({}) if item.source]


@given(texts, st.lists(st.integers(0, 200), max_size=8))
@settings(deadline=None, max_examples=150)
def test_pieces_make_no_difference_and_no_line_moves(text: str, cuts: list[int]) -> None:
    places = sorted({min(cut, len(text)) for cut in cuts})
    pieces = [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
    whole = mended([text])
    assert mended(pieces) == whole
    assert mended(list(text)) == whole
    assert whole[0].count("\n") == text.count("\n")
