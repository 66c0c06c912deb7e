"""A plan for a pull request: what matters first, as much as fits, and never cut in the middle of anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import error
from catalogctl.planning.change import Change
from catalogctl.planning.plan import Plan
from catalogctl.planning.planfile.file import digest
from catalogctl.view.markdown.marks import LEAST, LIMITS, Limit
from catalogctl.view.markdown.plan import render
from properties.test_planfile import plans
from unit.planning.house import book, chapter, decided
from unit.view import samples
from unit.view.rendered import Page, html

GITHUB = LIMITS["github"]
SAMPLES: Mapping[str, Callable[[], Plan]] = {
    "everything": samples.everything,
    "large_values": samples.large_values,
    "hostile": lambda: samples.hostile(samples.HOSTILE.replace("\ud800", "") + PINGS),
}
PINGS = " @bob #1 https://evil.example <script>x</script> |a|b| `c` a1b2c3d </details> --> [x](y)"
OURS = {
    "h2",
    "h3",
    "p",
    "ul",
    "li",
    "pre",
    "code",
    "strong",
    "b",
    "del",
    "ins",
    "details",
    "summary",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}


def place(change: Change) -> str:
    return samples.place(change) if change.origin is not None else ""


def told(plan: Plan, limit: Limit = GITHUB) -> str:
    return render(plan, limit=limit, place=place)


def sound(text: str) -> None:
    """Make sure that a text is whole: every element closed, nothing but our own ones, every table with as many cells in each row."""
    page = Page(text)
    assert page.balanced
    assert set(page.tags) <= OURS, set(page.tags) - OURS
    assert page.attributes == []
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({row.count("|") for row in rows}) <= 1
    assert text.endswith("\n")


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_plan_reads_like_this(sample: str, matches_golden: Callable[[str, Iterable[str]], None]) -> None:
    text = told(SAMPLES[sample]())
    sound(text)
    matches_golden(f"{sample}_markdown", text.splitlines())


def test_where_a_host_shows_html_as_text_there_is_none(matches_golden: Callable[[str, Iterable[str]], None]) -> None:
    text = told(samples.everything(), LIMITS["bitbucket"])
    assert not re.search(r"<\w|<!", text)
    matches_golden("everything_markdown_plain", text.splitlines())


def test_counts_stand_on_top_and_the_riskiest_come_first() -> None:
    text = told(samples.plan(*samples.everything().changes, samples.priced("zebra", "10.00", "4.00")))
    places = [text.index(part) for part in ("1 to create", "**Risks:**", "**DELETE**", "**REPLACE**", "**price fall**", "| title")]
    assert places == sorted(places)
    assert "USD 10.00 → 4.00 (-60.0 %)" in text


def test_what_goes_with_its_owner_is_counted_beside_the_risks() -> None:
    text = told(samples.plan(*decided([], [book(), chapter("one")]).changes))
    assert "0 to replace, 2 to delete" in text
    assert "**Risks:** 1 delete · 1 part that goes with its owner" in text


def test_the_steepest_fall_comes_first_then_a_steep_rise_then_an_everyday_fall() -> None:
    text = told(
        samples.plan(samples.priced("a", "10.00", "9.00"), samples.priced("b", "10.00", "1.00"), samples.priced("c", "10.00", "20.00"))
    )
    assert "**Risks:** 2 price falls · 1 price rise" in text
    assert text.index("store/content/b.epub") < text.index("store/content/a.epub")
    assert text.index("| b |") < text.index("| c |") < text.index("| a |")


def test_the_first_line_names_the_environment_for_the_comment_of_the_next_run_to_find_it() -> None:
    plan = samples.plan(samples.priced("a", "1.00", "2.00"))
    named = replace(plan, base=replace(plan.base, environment="a--> b"))
    assert told(plan).splitlines()[0] == "<!-- catalogctl:plan:default -->"
    assert told(named).splitlines()[0] == "<!-- catalogctl:plan:a-%2d%3e%20b -->"


def test_the_digest_of_the_whole_plan_is_always_there() -> None:
    for plan in (samples.many(3000), samples.everything(), samples.plan()):
        assert f"Digest of the whole plan: `{digest(plan)}`" in told(plan, Limit(LEAST))


def test_ten_thousand_changes_fit_and_the_risky_ones_are_all_told() -> None:
    text = told(samples.many(10_000, risky=40))
    sound(text)
    assert len(text.encode()) <= 65_000
    assert len(text.encode()) > 60_000
    assert "**Risks:** 40 price falls" in text
    assert "- … and 15 price falls more" in text
    assert all(f"<summary><b>Title {number} (t{number:05})</b>: 1 update — 1 price fall" in text for number in range(9_960, 10_000))
    hidden = re.search(r"\| … and ([\d,]+) more titles \| ([\d,]+) updates \|", text)
    assert hidden is not None
    assert hidden[1] == hidden[2]
    rows = sum(line.startswith("| Title") for line in text.splitlines())
    assert rows + int(hidden[1].replace(",", "")) == 10_000
    details = text.count("<details>")
    rest = f"{10_000 - details:,}"
    assert f"… {rest} more titles not shown in full: {rest} updates ({rest} description edits, {rest} prices edits)." in text


def test_a_small_budget_leaves_out_texts_before_attributes_and_attributes_before_titles() -> None:
    plan = samples.many(12)
    sizes = [Limit(size) for size in (20_000, 6_000, 3_200)]
    full, shorter, shortest = (told(plan, limit) for limit in sizes)
    assert full.count("<del>livro</del>") == 12
    assert 0 < shorter.count("<del>livro</del>") < 12
    assert shortest.count("<del>livro</del>") < shorter.count("<del>livro</del>")
    assert all(text.count("| Title") == 12 for text in (full, shorter))


def test_what_refuses_a_plan_is_told_first() -> None:
    refused = error(
        "safety-limit",
        "Too many deletes at once",
        "On account 'store' …\n- one\n- two",
        "--allow deletes=3",
        address="store/content/a.epub",
    )
    text = told(replace(samples.everything(), diagnostics=(refused,)))
    assert "**Refused:** it cannot be applied, for 1 reason." in text
    assert text.index("Too many deletes at once") < text.index("### Look at these first")


def test_more_accounts_than_there_is_room_for_share_a_column() -> None:
    change = samples.priced("a", "1.00", "2.00")
    several = [replace(change, address=Address(f"shop-{number:02}", "content", "a", "epub")) for number in range(12)]
    text = told(samples.plan(*several))
    sound(text)
    assert "| title | shop-00 | shop-01 | shop-02 | shop-03 | shop-04 | shop-05 | shop-06 | 5 other accounts | risks | changes |" in text


def test_a_plan_that_does_nothing_says_so() -> None:
    assert "## No changes · 2 objects as the files say" in told(samples.plan(samples.unchanged("a"), samples.unchanged("b")))


def test_what_moved_and_what_is_left_alone_is_named_with_its_reason() -> None:
    text = told(samples.aside(moved=25, left=5))
    sound(text)
    assert "- `store/content/old-03.epub` → `store/content/new-03.epub`\n" in text
    said = "- `prices.USD` · the store runs a campaign · until 2099-12-31: `store/content/left-0.epub` (`prices.USD`), "
    assert said in text
    assert "and 2 more objects" not in text.partition(said)[0]
    assert "## No changes · 30 objects as the files say, 5 of them except fields left alone" in text
    assert re.search(r"- … and \d+ more objects\n", told(samples.aside(moved=60, left=5), Limit(LEAST)))


def test_what_a_hint_gives_to_be_copied_is_a_block_of_its_own() -> None:
    hint = "If it only got another name, say so:\nmoved:\n  - {from: a, to: b}\nIf it is another edition, give it a key of its own."
    text = told(samples.plan(diagnostics=(error("renamed", "Renamed", "Taken for two.", hint),)))
    assert "  - hint: If it only got another name, say so:\n    ```\n    moved:\n      - {from: a, to: b}\n    ```\n    If it is" in text
    assert "<pre><code>moved:\n  - {from: a, to: b}\n</code></pre>" in html(text)


@settings(max_examples=30, deadline=None)
@given(plans(), st.integers(LEAST, 9_000))
def test_any_plan_fits_into_any_budget_whole(plan: Plan, room: int) -> None:
    text = render(plan, limit=Limit(room), place=lambda change: change.origin.path if change.origin else "")
    assert len(text.encode()) <= room
    sound(text)
    assert text == render(plan, limit=Limit(room), place=lambda change: change.origin.path if change.origin else "")


@settings(max_examples=30, deadline=None)
@given(
    st.text(st.characters(codec="utf-8") | st.sampled_from("`*_~[]()<>|\\#&@:/.-+\n"), min_size=1, max_size=60), st.integers(LEAST, 40_000)
)
def test_hostile_text_in_every_place_breaks_nothing(text: str, room: int) -> None:
    shown = told(samples.hostile(text), Limit(room))
    assert len(shown.encode()) <= room
    sound(shown)
