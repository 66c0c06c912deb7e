import json

import pytest

from catalogctl.model.diagnostics import Diagnostic, Severity, SourceRange, error, warning
from catalogctl.view.formats import diagnostics_github, diagnostics_json
from catalogctl.view.paint.layout import cells
from catalogctl.view.paint.style import Style
from catalogctl.view.text import diagnostics as diagnostics_text

ISBN = error(
    "isbn-check-digit",
    "The ISBN's check digit is wrong",
    "9781496822483 ends in 3; for these digits it would be 2.",
    'isbn: "9781496822482"',
).at(SourceRange("catalog/mirror-work.yaml", 14, 11, 26, '    isbn: "9781496822483"'))
PRICE = warning("price-unusual", "A price is unusually high", address="store/content/a.epub", attribute="prices.USD")
FIELD = error(
    "unknown-field",
    "Unknown field",
    hint="did you mean editions?\ncatalogctl schema title",
).at(SourceRange("catalog/a.yaml", 3, 1, 8, "editons:"))
ALL = (PRICE, ISBN, FIELD)


def text(*diagnostics: Diagnostic, width: int = 80) -> list[str]:
    return list(diagnostics_text.render(diagnostics, width=width, style=Style()))


def test_problems_read_like_this_by_file_and_line_with_their_count() -> None:
    assert text(*ALL) == [
        "error: Unknown field",
        "  catalog/a.yaml:3:1",
        "    3 │ editons:",
        "      │ ^^^^^^^",
        "  hint: did you mean editions?",
        "        catalogctl schema title",
        "",
        "error: The ISBN's check digit is wrong",
        "  catalog/mirror-work.yaml:14:11",
        '   14 │     isbn: "9781496822483"',
        "      │           ^^^^^^^^^^^^^^^",
        "  9781496822483 ends in 3; for these digits it would be 2.",
        '  hint: isbn: "9781496822482"',
        "",
        "warning: A price is unusually high",
        "  store/content/a.epub · prices.USD",
        "",
        "2 errors, 1 warning in 2 files",
    ]


def test_points_hang_and_what_a_hint_gives_to_be_copied_is_never_broken() -> None:
    move = "  - {from: store/content/the-hedge-surveyor.epub, to: store/content/the-surveyor.epub}"
    hint = f"If it only got another name, say so:\nmoved:\n{move}\nIf it is another edition, give it an external_id of its own."
    lines = text(
        error("c", "s", "Two things are wrong:\n- the first of them is told in so many words that it goes on below", hint), width=60
    )
    assert lines[1:9] == [
        "  Two things are wrong:",
        "  - the first of them is told in so many words that it goes",
        "    on below",
        "  hint: If it only got another name, say so:",
        "        moved:",
        f"        {move}",
        "        If it is another edition, give it an external_id of",
        "        its own.",
    ]


def test_no_problems_are_no_lines() -> None:
    assert text() == []


def test_carets_stand_below_wide_letters_and_escapes() -> None:
    source = SourceRange("a.yaml", 1, 7, 9, "名: \x1b x紅夢 y")
    lines = text(error("c", "s").at(source))
    line, carets = lines[2], lines[3]
    assert line == "    1 │ 名: \\x1b x紅夢 y"
    assert carets.rstrip().endswith("^^^^")
    assert cells(carets[: carets.index("^")]) == cells(line[: line.index("紅")])


BEFORE = {
    "latin": ("José ñandú", 10),
    "marks": ("e\u0301o\u0308\u0323z\u0338\u0321", 3),
    "hebrew": ("עִבְרִית", 5),
    "arabic": ("العَرَبِيَّة", 7),
    "thai": ("ภาษาไทย ก้", 9),
    "khmer": ("ខ្មែរ", 3),
    "hangul": ("한국어", 6),
    "jamo": ("\u1112\u1161\u11ab", 2),
    "kana": ("がか\u3099", 4),
    "emoji": ("🎉✅", 4),
    "skin": ("👍🏽", 2),
    "flags": ("🇺🇾🇨🇴", 4),
    "keycap": ("1\ufe0f\u20e3", 2),
    "picture of a sign": ("❤\ufe0f⚠\ufe0f", 4),
}
"""A text, and the cells that it takes in a terminal."""


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize(("before", "size"), BEFORE.values(), ids=BEFORE.keys())
def test_carets_are_below_what_is_meant_behind_letters_of_every_width(before: str, size: int, width: int) -> None:
    for many in (1, 2, 40):
        source = f"n: {before * many} bad{before}"
        at = source.index("bad") + 1
        lines = text(error("c", "s").at(SourceRange("a.yaml", 1, at, at + 3, source)), width=width)
        line, carets = lines[2], lines[3]
        shown = line[: line.index("bad")]
        assert cells(shown) == carets.index("^")
        assert carets.count("^") == 3
        assert max(map(cells, lines)) <= width
        if many == 1:
            assert carets.index("^") == len("    1 │ n: ") + size + 1


@pytest.mark.parametrize(("bad", "size"), BEFORE.values(), ids=BEFORE.keys())
def test_as_many_carets_as_cells_are_below_what_is_meant(bad: str, size: int) -> None:
    lines = text(error("c", "s").at(SourceRange("a.yaml", 1, 4, 4 + len(bad), f"n: {bad} b")))
    assert lines[3].count("^") == size


@pytest.mark.parametrize("before", ["हिन्दी क्षत्रिय", "কি", "தமிழ்", "တိုင်းဒေသ"])
def test_what_is_meant_is_named_behind_letters_whose_width_terminals_disagree_on(before: str) -> None:
    source = f"n: {before} bad x"
    at = source.index("bad") + 1
    lines = text(error("c", "s").at(SourceRange("a.yaml", 1, at, at + 3, source)))
    assert lines[3].endswith("^^^ bad")
    assert cells(lines[3][: lines[3].index("^")]) == cells(lines[2][: lines[2].index("bad")])


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_source_line_is_never_cut_inside_an_escape_or_a_letter(width: int) -> None:
    for letter in ("\x1b", "\u200d", "\U000e0001", "e\u0301", "👍🏽", "🇺🇾", "字"):
        for shift in range(12):
            source = "a" * shift + letter * 60 + "bad" + letter * 60
            at = source.index("bad") + 1
            lines = text(error("c", "s").at(SourceRange("a.yaml", 1, at, at + 3, source)), width=width)
            around = lines[2].removeprefix("    1 │ ").replace("…", "")
            whole = Style().safe(letter)
            assert set(around.replace(whole, "")) <= set("abd"), around
            assert max(map(cells, lines)) <= width


def test_a_long_source_line_is_cut_around_what_is_meant() -> None:
    source = SourceRange("a.yaml", 1, 301, 304, "a" * 300 + "BAD" + "c" * 300)
    lines = text(error("c", "s").at(source))
    assert "BAD" in lines[2]
    assert lines[3].index("^") == lines[2].index("BAD")
    assert lines[3].count("^") == 3
    assert all(cells(line) <= 80 for line in lines)


def test_a_place_behind_the_end_of_its_line_has_one_caret() -> None:
    lines = text(error("c", "s").at(SourceRange("a.yaml", 1, 5, 5, "abcd")))
    assert lines[3] == "      │     ^"


def test_hostile_text_in_problems_is_made_visible_and_kept_within_the_width() -> None:
    bad = "\x1b[2J\u202e" + "x" * 200
    lines = text(error("c", bad, bad, bad, address=bad, attribute=bad).at(SourceRange(bad, 1, 1, 3, bad)), width=60)
    assert all(line.isprintable() and cells(line) <= 60 for line in lines)


def test_json_has_every_name_for_every_problem() -> None:
    first, second, third = json.loads(diagnostics_json.render(ALL))
    assert first == {
        "severity": "error",
        "code": "unknown-field",
        "summary": "Unknown field",
        "detail": "",
        "hint": "did you mean editions?\ncatalogctl schema title",
        "address": None,
        "attribute": None,
        "file": "catalog/a.yaml",
        "line": 3,
        "column": 1,
        "end_column": 8,
    }
    assert second["line"] == 14
    assert (third["address"], third["attribute"], third["file"], third["line"]) == ("store/content/a.epub", "prices.USD", None, None)


def test_json_is_written_even_of_a_file_name_that_is_no_text() -> None:
    [found] = json.loads(diagnostics_json.render([error("c", "s").at(SourceRange("a\udcff.yaml", 1, 1, 2, "x"))]))
    assert found["file"] == "a\\udcff.yaml"


def test_github_annotations_name_the_place_and_say_what_and_what_to_do() -> None:
    [line] = diagnostics_github.render([ISBN])
    properties, _, message = line.removeprefix("::").partition("::")
    assert properties == "error file=catalog/mirror-work.yaml,line=14,col=11,endColumn=25,title=The ISBN's check digit is wrong"
    assert message == '9781496822483 ends in 3; for these digits it would be 2.%0Ahint: isbn: "9781496822482"'


def test_github_annotations_without_a_place_name_the_address() -> None:
    [line] = diagnostics_github.render([PRICE])
    assert line == "::warning title=A price is unusually high::store/content/a.epub: A price is unusually high"


def test_github_is_sent_what_it_shows_worst_first_and_a_count_of_the_rest() -> None:
    def many(severity: Severity) -> list[Diagnostic]:
        return [Diagnostic(severity, "c", "s", source=SourceRange(f"{number:02}.yaml", 1, 1, 2, "x")) for number in range(14)]

    lines = list(diagnostics_github.render([*many(Severity.NOTE), *many(Severity.WARNING), *many(Severity.ERROR)]))
    kinds = [line.split(" ")[0].split("::")[1] for line in lines]
    assert kinds == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    assert lines[-1] == "::notice::and 13 more"


def test_no_text_of_a_file_can_begin_a_workflow_command() -> None:
    bad = "x\n::error::forged\r\n%0A,line=1"
    [line] = diagnostics_github.render([Diagnostic(Severity.NOTE, bad, bad, bad, bad, source=SourceRange(bad, 1, 1, 2, bad))])
    assert "\n" not in line
    assert "\r" not in line
    assert line.startswith("::notice file=x%0A%3A%3Aerror%3A%3Aforged%0A%250A%2Cline=1,line=1,col=1,title=x%0A")
