import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalogctl.model.resource import ReplaceOrder
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.change import ABSENT, Change
from catalogctl.planning.order import order
from catalogctl.planning.plan import Plan, PlannedRequest
from catalogctl.view.paint.layout import cells
from catalogctl.view.paint.style import Style
from catalogctl.view.paint.values import duration_text
from catalogctl.view.text.attributes import brief
from catalogctl.view.text.plan import render
from catalogctl.view.text.sheet import PlanSheet
from unit.planning.house import SALE, book, chapter, decided
from unit.planning.house import Thing as Part
from unit.view import samples

PLAIN = Style()
TROUBLE = "\x1b\x9b\n\r\u202e\u2066\u200b\u2028\ufeff\ud800\u0301[]{}+-"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def rendered(plan: Plan, width: int = 80, style: Style = PLAIN, *, show_requests: bool = False) -> list[str]:
    return list(render(plan, PlanSheet(width, style, samples.place, show_requests=show_requests)))


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("sample", ["everything", "large_values", "hostile"])
def test_a_plan_reads_like_this(sample: str, width: int, matches_golden: Callable[[str, Iterable[str]], None]) -> None:
    matches_golden(f"{sample}_{width}", rendered(getattr(samples, sample)(), width))


def test_a_plan_on_a_stream_without_unicode_reads_like_this(matches_golden: Callable[[str, Iterable[str]], None]) -> None:
    lines = rendered(samples.everything(), style=Style(encoding="latin-1"))
    "\n".join(lines).encode("latin-1")
    matches_golden("everything_latin1", lines)


def test_colour_adds_nothing_to_what_is_said() -> None:
    coloured = rendered(samples.everything(), style=Style(colour=True))
    assert any("\x1b[" in line for line in coloured)
    assert [ANSI.sub("", line) for line in coloured] == rendered(samples.everything())


@pytest.mark.parametrize("width", [40, 53, 80, 120])
@pytest.mark.parametrize("sample", ["everything", "large_values", "hostile"])
def test_no_line_is_wider_than_asked(sample: str, width: int) -> None:
    lines = rendered(getattr(samples, sample)(), width, show_requests=True)
    assert [line for line in lines if cells(line) > width] == []


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec=None) | st.sampled_from(TROUBLE), min_size=1, max_size=60))
@example("⺀000000\x1f\x1f\x1f\U0001fa87")
@example("👍🏽🇺🇾❤\ufe0f1\ufe0f\u20e3👩\u200d👩e\u0301\u1112\u1161\u11ab" * 4)
def test_hostile_text_reaches_no_line_unescaped_and_widens_none(text: str) -> None:
    for line in rendered(samples.hostile(text), 60, show_requests=True):
        assert all(character.isprintable() or unicodedata.category(character) == "Zs" for character in line)
        assert cells(line) <= 60


def test_titles_come_in_order_with_their_editions_then_accounts_below_them() -> None:
    wanted = [samples.at("a", "pdf"), samples.at("b", "epub", "alpha"), samples.at("b", "epub", "zeta"), samples.at("b", "pdf")]
    text = "\n".join(rendered(samples.plan(*(samples.updating(address, samples.differs("pages", 1, 2)) for address in reversed(wanted)))))
    places = [text.index(str(address)) for address in wanted]
    assert places == sorted(places)
    assert text.count("\nb\n") == 1


def test_an_empty_plan_is_one_sentence_with_its_counts() -> None:
    plan = samples.plan(samples.unchanged("a"), samples.unchanged("b"), reads=3)
    said = "No changes. The stores hold what the files say: 2 objects of 2 titles. This plan took 3 reads of the stores."
    assert " ".join(rendered(plan)) == said


def test_a_plan_over_nothing_says_so() -> None:
    assert " ".join(rendered(samples.plan(reads=0))) == (
        "No changes. Nothing is declared and nothing is recorded. This plan took 0 reads of the stores."
    )


def test_an_entry_of_state_that_will_be_brought_up_to_date_is_counted() -> None:
    plan = samples.plan(replace(samples.unchanged("a"), updates_state_only=True))
    assert rendered(plan)[0] == "1 object already as the files say; the state takes note."


def test_what_is_left_alone_is_not_counted_as_what_the_files_say() -> None:
    lines = rendered(samples.plan(*samples.aside(moved=0, left=2).changes, replace(samples.unchanged("b"), updates_state_only=True)))
    assert "1 object already as the files say, 2 objects left alone; the state takes note." in lines
    assert "No changes. The stores hold what the files say, except fields left alone: 3" in "\n".join(lines)


def test_what_each_request_is_for_stands_in_a_column_or_below_it() -> None:
    calls = [("GET", "/books"), ("DELETE", "/books/{book}"), ("PUT", "/books")] * 4
    requests = tuple(PlannedRequest(method, path, samples.at(f"t{number}"), "update") for number, (method, path) in enumerate(calls))
    plan = samples.plan(samples.updating(samples.at("t"), samples.differs("pages", 1, 2)), requests=requests, seconds=1.0)
    beside = [line for line in rendered(plan, 60, show_requests=True) if "/books" in line]
    assert {line.index("/books") for line in beside} == {13}
    assert {line.index("store/content") for line in beside} == {28}
    below = rendered(plan, 40, show_requests=True)
    first = below.index("   1. GET    /books")
    assert below[first : first + 4] == [
        "   1. GET    /books",
        " " * 15 + "store/content/t0.epub",
        "   2. DELETE /books/{book}",
        " " * 15 + "store/content/t1.epub",
    ]


def test_a_part_of_which_a_list_holds_no_value_says_nothing_of_it() -> None:
    assert brief({"author": (None, None), "pages": 3}, samples.CONTENT, PLAIN) == ["pages 3"]


def test_drift_is_shown_where_it_matters_and_counted_where_it_does_not() -> None:
    lines = rendered(samples.everything())
    head = "\n".join(lines[: lines.index("Azul…  (azul)")])
    assert "store/content/dom-casmurro.epub" in head
    assert "2.50 → 2.00" in head
    assert "frankenstein" not in head
    assert "1 object in the stores differs from the state in ways that change nothing here." in lines


def test_a_replace_says_what_forces_it_what_follows_and_what_is_lost() -> None:
    text = "\n".join(rendered(samples.everything(), 140))
    assert "-/+ REPLACE  store/content/mirror-work.epub" in text
    assert "content: cannot change in place → the content is deleted, then created again" in text
    assert f"LOST FOR GOOD: {samples.CONTENT.loss}" in text


def test_a_replace_that_creates_first_says_so() -> None:
    kind = replace(samples.CONTENT, replace_order=ReplaceOrder.CREATE_FIRST)
    change = Change(samples.at("a"), kind, Action.REPLACE, Reason.REQUESTED, "1", "k", {}, {})
    assert "      asked for on the command line → a new content is created, then the old one" in rendered(samples.plan(change))


def test_requests_are_counted_by_account_and_listed_when_asked_for() -> None:
    counted = rendered(samples.everything())
    assert "Apply sends 6 requests and takes about 40 s:" in counted
    assert "  store: 2 POST · 1 PUT · 2 DELETE" in counted
    listed = rendered(samples.everything(), 120, show_requests=True)
    assert "  3. DELETE /integration-api/v1/dashboard/issues/{id}  store/content/mirror-work.epub" in listed


def test_a_plan_that_changes_only_the_state_says_that_nothing_is_sent() -> None:
    forgotten = Change(samples.at("a"), samples.CONTENT, Action.FORGET, Reason.ALREADY_GONE, "5", "k", {}, None)
    assert "Apply sends nothing to the stores: only the state changes." in rendered(samples.plan(forgotten))


def test_the_summary_is_the_last_line() -> None:
    change = samples.updating(samples.at("a"), samples.differs("pages", 1, 2))
    lines = rendered(samples.plan(change, samples.unchanged("b")), 120)
    assert lines[-1] == "Plan: 0 to create, 1 to update, 0 to replace, 0 to delete · 1 unchanged"


def test_a_protected_resource_is_marked() -> None:
    change = replace(samples.updating(samples.at("a"), samples.differs("pages", 1, 2)), protect=True)
    assert "    ~ update  store/content/a.epub  protected" in rendered(samples.plan(change))


def test_lines_come_as_they_are_asked_for() -> None:
    asked: list[Change] = []

    def place(change: Change) -> str:
        asked.append(change)
        return "a.yaml:1"

    changes = (samples.updating(samples.at(f"t{number}"), samples.differs("pages", 1, number)) for number in range(2, 52))
    lines = render(samples.plan(*changes), PlanSheet(80, PLAIN, place))
    next(lines)
    assert asked == []
    assert sum(1 for _ in lines) > 50
    assert len(asked) == 50


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "less than a second"),
        (3.4, "about 3 s"),
        (41, "about 40 s"),
        (89, "about 90 s"),
        (200, "about 3 min"),
        (3600, "about 1 h"),
        (3599, "about 1 h"),
        (8100, "about 2 h 20 min"),
        (3_000_000, "about 35 days"),
    ],
)
def test_an_estimate_is_no_more_exact_than_it_can_be(seconds: float, words: str) -> None:
    assert duration_text(seconds) == words


def test_prices_stand_with_their_decimal_points_below_each_other() -> None:
    dear = samples.differs("prices", Decimal(2400), Decimal("2640.5"), "ARS")
    cheap = samples.differs("prices", Decimal("4.99"), Decimal("5.489"), "USD")
    assert rendered(samples.plan(samples.updating(samples.at("a"), dear, cheap)))[5:7] == [
        "        prices  ~ ARS  2400.00 → 2640.50   +10.0 %",
        "                ~ USD     4.99 →    5.489  +10.0 %",
    ]


def test_a_price_that_comes_or_goes_has_its_sign() -> None:
    come, go = samples.differs("prices", ABSENT, Decimal(5), "EUR"), samples.differs("prices", Decimal(5), ABSENT, "USD")
    lines = rendered(samples.plan(samples.updating(samples.at("a"), come, go)))
    assert "        prices  + EUR  (none) →   5.00" in lines
    assert "                - USD    5.00 → (none)" in lines


def test_a_request_may_name_a_method_we_do_not_know() -> None:
    change = samples.updating(samples.at("a"), samples.differs("pages", 1, 2))
    calls = (PlannedRequest("PURGE", "/x", change.address, "update"), PlannedRequest("PUT", "/x", change.address, "update"))
    assert "  store: 1 PUT · 1 PURGE" in rendered(samples.plan(change, requests=calls))


def test_rendering_a_plan_imports_neither_http_nor_schemas_nor_progress_bars_nor_a_differ_until_a_document_differs() -> None:
    heavy = {"rich.progress", "rich.console", "httpx", "pydantic", "jsonschema", "deepdiff"}
    program = f"import sys, catalogctl.view.text.plan; print(sorted({heavy} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.strip() == "[]"


def test_a_title_on_several_accounts_has_a_line_for_each_edition_and_a_column_for_each_account() -> None:
    changes = [
        samples.creating(samples.at("a", "epub", "store"), {"pages": 1}),
        samples.creating(samples.at("a", "pdf", "store"), {"pages": 1}),
        samples.updating(samples.at("a", "epub", "other"), samples.differs("pages", 1, 2)),
    ]
    lines = rendered(samples.plan(*changes))
    assert lines[1:4] == ["        other       store", "  epub  ~ 1 update  + 1 create", "  pdf               + 1 create"]


def test_a_table_that_does_not_fit_is_left_out() -> None:
    accounts = [f"an-account-with-a-long-name-{number}" for number in range(4)]
    lines = rendered(samples.plan(*(samples.creating(samples.at("a", "epub", account), {"pages": 1}) for account in accounts)))
    assert lines[1] == "  epub"


def test_what_comes_with_its_owner_is_told_in_a_line_or_two_and_what_comes_by_itself_in_one() -> None:
    found = decided([book(), chapter("one"), chapter("two", after="one"), Part(SALE, said={"open": False})])
    plan = replace(samples.plan(*found.changes), graph=order(found.changes))
    lines = rendered(plan)
    first = lines.index("    + create  house/chapter/odisea.audio/one")
    assert lines[first : first + 5] == [
        "    + create  house/chapter/odisea.audio/one",
        '        title "One"',
        "    + create  house/chapter/odisea.audio/two",
        '        title "Two"',
        "    + create  house/sale/odisea.audio",
    ]
    assert lines[first + 5] == ""


def test_what_goes_with_its_owner_is_told_in_a_line() -> None:
    lines = rendered(samples.plan(*decided([], [book(), chapter("one")]).changes))
    assert "    - DELETE  house/chapter/odisea.audio/one" in lines
    assert sum("LOST FOR GOOD" in line for line in lines) == 1
