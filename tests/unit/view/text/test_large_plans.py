"""A plan of thousands, as text: equal changes are one group, and how much of it is shown is a matter of choice."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from decimal import Decimal

import pytest

from catalogctl.model.diagnostics import warning
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.change import Change
from catalogctl.planning.plan import Plan, PlannedRequest
from catalogctl.planning.planfile.file import encode
from catalogctl.view.html import render as html_render
from catalogctl.view.markdown import plan as markdown_plan
from catalogctl.view.markdown.marks import LIMITS, Limit
from catalogctl.view.paint.layout import cells
from catalogctl.view.paint.style import Style
from catalogctl.view.text.plan import render
from catalogctl.view.text.reading_order import ReadingOrder
from catalogctl.view.text.sheet import Extent, PlanSheet
from catalogctl.view.text.title_table import title_table
from unit.view import samples

PAGES = samples.differs("pages", 1, 2)


def written(plan: Plan, extent: Extent = Extent.USUAL, width: int = 80, *, colour: bool = False) -> list[str]:
    return list(render(plan, PlanSheet(width, Style(colour), samples.place, extent)))


def priced(title: str, before: str, after: str) -> Change:
    was, will = Decimal(before), Decimal(after)
    change = samples.updating(samples.at(title), samples.differs("prices", was, will, "USD"))
    return replace(change, before={"prices": {"USD": was}}, after={"prices": {"USD": will}})


def cheaper(number: int = 35) -> list[Change]:
    return [priced(f"cuento-{one:02}", "9.99", "6.99") for one in range(number)]


def test_a_promotion_is_one_group() -> None:
    lines = written(samples.plan(*cheaper()))
    assert lines[:8] == [
        "35 editions of 35 titles: USD 9.99 → 6.99, -30 %",
        "    ~ update  store/content",
        "      the files changed",
        "        RISK: price fall: USD 9.99 → 6.99 (-30.0 %)",
        "",
        "        cuento-00.epub, cuento-01.epub, cuento-02.epub, cuento-03.epub,",
        "        cuento-04.epub, cuento-05.epub, cuento-06.epub, cuento-07.epub,",
        "        cuento-08.epub, cuento-09.epub, cuento-10.epub, cuento-11.epub,",
    ]
    assert lines[13:15] == ["        and 3 more", ""]
    assert len(lines) < 20


def test_in_full_each_member_has_a_line_with_its_id_and_its_place() -> None:
    lines = written(samples.plan(*cheaper()), Extent.FULL)
    assert [line for line in lines if "cuento-" in line] == [
        f"        cuento-{one:02}.epub  id 1001 · catalog/cuento-{one:02}.yaml:12" for one in range(35)
    ]


def test_two_equal_changes_are_shown_each_by_itself() -> None:
    assert sum("~ update  store/content/" in line for line in written(samples.plan(*cheaper(2)))) == 2


def test_what_decides_on_each_change_sees_each() -> None:
    changes = cheaper(3)
    sections = list(ReadingOrder(samples.plan(*changes), Extent.EACH, changes[:2]).sections())
    assert [one.all[0].address.title for one in sections if not hasattr(one, "members")] == ["cuento-00", "cuento-01"]


def test_a_group_whose_changes_are_long_shows_them_once() -> None:
    longer = samples.differs("description", samples.BLURB, samples.BLURB.replace("vinte e um dias", "trinta dias"))
    plan = samples.plan(
        *(samples.updating(samples.at("dom", edition), longer) for edition in ("epub", "pdf", "print")), titles={"dom": "Dom"}
    )
    text = "\n".join(written(plan))
    assert text.startswith("3 editions of Dom: description\n")
    assert text.count("[-vinte e um-]{+trinta+}") == 1
    assert "dom (epub, pdf, print)" in text


def test_the_riskiest_titles_come_first() -> None:
    plan = samples.plan(
        samples.updating(samples.at("a"), samples.differs("pages", 1, 2)),
        priced("b", "10", "9"),
        priced("c", "10", "2"),
        replace(samples.creating(samples.at("d"), {}), action=Action.DELETE, reason=Reason.NO_LONGER_DECLARED, before={}, after=None),
        *(priced(f"e{one}", "10", "4") for one in range(3)),
    )
    lines = written(plan)
    heads = [line for line in lines if line in {"a", "b", "c", "d"} or line.startswith("3 editions")]
    assert heads == ["d", "c", "3 editions of 3 titles: USD 10.00 → 4.00, -60 %", "b", "a"]


def test_in_a_title_the_riskiest_edition_comes_first() -> None:
    changes = [samples.updating(samples.at("a", "audio"), samples.differs("pages", 1, 2)), priced("a", "10", "9")]
    lines = written(samples.plan(*changes))
    assert lines.index("  epub") < lines.index("  audio")


@pytest.mark.parametrize(("limit", "said"), [({}, False), ({"store": Decimal(20)}, True), ({"store-mx": Decimal(20)}, False)])
def test_a_rise_beyond_the_limit_of_its_account_is_a_risk_and_changes_no_byte_of_the_json(limit: dict[str, Decimal], said: bool) -> None:
    usual = samples.plan(priced("a", "10", "13"))
    plan = replace(usual, steep=limit)
    assert any("RISK: price rise: USD 10.00 → 13.00 (+30.0 %)" in line for line in written(plan)) is said
    assert encode(plan, place=lambda _: None) == encode(usual, place=lambda _: None)
    assert plan == usual


def first_plan(number: int) -> Plan:
    made = [
        samples.creating(
            samples.at(f"t{one:04}", edition, account), {**samples.MIRROR, "name": f"Tomo {one}", "prices": {"USD": Decimal(one % 9 + 2)}}
        )
        for one in range(number)
        for edition, account in (("epub", "store"), ("epub", "store-mx"), ("pdf", "store"))
    ]
    return samples.plan(*made, diagnostics=tuple(warning("odd", "An odd thing", "It is odd.", address=f"t{one}") for one in range(number)))


def test_a_first_plan_of_a_thousand_titles_fits_on_two_screens() -> None:
    lines = written(first_plan(1000), width=120)
    assert len(lines) <= 100
    assert lines[0] == "2,000 editions of 1,000 titles"
    assert lines[4] == "        epub 1,000, pdf 1,000 · USD 2.00 to 10.00"
    assert "warning: An odd thing  (1,000 times)" in lines


def test_in_full_a_first_plan_shows_all_of_what_is_created() -> None:
    assert sum("+ create  store" in line for line in written(first_plan(30), Extent.FULL)) == 90
    assert sum("warning: An odd thing" in line for line in written(first_plan(30), Extent.FULL)) == 30


def test_many_deletes_are_each_named() -> None:
    gone = [
        Change(samples.at(f"t{one:02}"), samples.CONTENT, Action.DELETE, Reason.DESTROY, str(one), "key", samples.MIRROR, None)
        for one in range(30)
    ]
    lines = written(samples.plan(*gone, titles={"t07": "El mar"}))
    assert "        t07.epub  id 7 · El mar" in lines
    assert sum("LOST FOR GOOD" in line for line in lines) == 1
    assert sum(line.startswith("        t") for line in lines) == 30


def test_a_summary_counts_by_account_and_names_what_is_risky() -> None:
    lines = written(samples.plan(*cheaper(), *samples.everything().changes, drift=samples.everything().drift), Extent.SUMMARY)
    assert lines[:3] == [
        "            create  update  replace  delete  adopt  forget  unchanged",
        "  store          1      36        1       1      1       1         41",
        "  store-mx       0       0        0       0      1       0          0",
    ]
    assert "Risks: 1 delete · 1 replace · 35 price falls" in lines
    assert "  ~ update  store/content  35 editions of 35 titles: USD 9.99 → 6.99, -30 %" in lines
    assert "  7 other changes to 5 titles" in lines
    assert "Changed outside catalogctl: 2 objects" in lines


@pytest.mark.parametrize("extent", [Extent.SUMMARY, Extent.USUAL, Extent.FULL])
@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_asked(extent: Extent, width: int) -> None:
    odd = "紅樓夢：程乙本" * 4
    changes = [
        samples.updating(
            samples.at(f"{odd}-{one}"), samples.differs("name", "\x1b[31m" * 4, odd), samples.differs("lang", "\u202e", "a\nb")
        )
        for one in range(30)
    ]
    lines = written(samples.plan(*changes, *cheaper(), *first_plan(30).changes), extent, width)
    assert [line for line in lines if cells(line) > width] == []
    assert all(character.isprintable() for line in lines for character in line)


def peak(number: int, extent: Extent, *, show_requests: bool) -> int:
    """How many bytes are needed beside a plan of so many changes, no two of them alike, to write it."""
    changes = [priced(f"t{one:05}", f"{one + 10}.99", f"{one + 9}.99") for one in range(number)]
    requests = tuple(PlannedRequest("PUT", "/content/{id}", change.address, f"update {change.address}") for change in changes)
    plan = samples.plan(*changes, requests=requests)
    sheet = PlanSheet(80, Style(), samples.place, extent, show_requests=show_requests)
    for _ in render(plan, sheet):
        pass
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in render(plan, sheet):
        pass
    most = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    return most


@pytest.mark.parametrize(
    ("extent", "show_requests"), [(Extent.USUAL, False), (Extent.USUAL, True), (Extent.FULL, False), (Extent.SUMMARY, False)]
)
def test_five_times_the_changes_take_little_more_memory_to_be_written(extent: Extent, show_requests: bool) -> None:
    """What is remembered of texts that were made harmless is bounded; 100 bytes for each further change are the places in their order."""
    peak(1000, extent, show_requests=show_requests)  # fills what is remembered, so that it counts for neither
    assert peak(1000, extent, show_requests=show_requests) < peak(200, extent, show_requests=show_requests) + 800 * 100


def test_a_title_on_several_accounts_has_its_table_though_its_changes_are_in_groups() -> None:
    changes = [
        replace(one, address=samples.at(one.address.title, account=account)) for one in cheaper(3) for account in ("store", "store-mx")
    ]
    changes.append(samples.updating(samples.at("cuento-01", "pdf"), samples.differs("pages", 1, 2)))
    lines = written(samples.plan(*changes))
    table = list(title_table([one for one in changes if one.address.title == "cuento-01"], 80, Style()))
    assert len(table) == 3
    assert set(table) < set(lines)


# -- the same, for a pull request and as a page --------------------------------------------------------------------------


def large() -> Plan:
    same = tuple(warning("odd", "An odd thing", "It is odd.", "Look at it.", address=f"a{one}") for one in range(40))
    return samples.plan(*cheaper(), priced("otro", "10", "2"), samples.updating(samples.at("cuento-03", "pdf"), PAGES), diagnostics=same)


def in_markdown(plan: Plan, limit: Limit = LIMITS["github"]) -> str:
    return markdown_plan.render(plan, limit=limit, place=samples.place)


def test_in_markdown_equal_changes_are_a_part_that_unfolds_with_a_line_for_each() -> None:
    text = in_markdown(large())
    head = "<summary><b>35 editions of 35 titles: USD 9.99 → 6.99, -30 %</b> on store/content — 35 price falls</summary>"
    assert text.count(head) == 1
    assert sum(line.startswith("- `store/content/cuento-") and line.endswith("yaml:12`") for line in text.splitlines()) == 35
    assert text.count("<summary>") == 3
    assert "**Risks:** 36 price falls" in text
    assert "- **price fall** 35 editions of 35 titles on `store/content`: USD 9.99 → 6.99 (-30.0 %)" in text
    assert text.index("- **price fall** `store/content/otro.epub`") < text.index("- **price fall** 35 editions")


def test_in_markdown_warnings_of_one_kind_are_one() -> None:
    text = in_markdown(large())
    assert text.count("**An odd thing** · 40 times · `a0`: It is odd.") == 1
    assert text.count("Look at it.") == 1
    assert "… and 29 more" in text


@pytest.mark.parametrize("size", [2_000, 4_000, 8_000])
def test_markdown_keeps_to_its_limit_and_says_what_it_leaves_out(size: int) -> None:
    longer = [samples.updating(samples.at(f"z{one}"), samples.differs("name", "a" * 300, f"{one // 3}" + "b" * 300)) for one in range(90)]
    text = in_markdown(samples.plan(*cheaper(400), *longer), Limit(size))
    assert len(text.encode()) <= size
    assert "more" in text


def test_on_the_page_each_member_can_be_found() -> None:
    page = html_render.render(large(), digest="0123abcd" * 8, where=samples.place, previews={})
    assert page.count('class="title group') == 1
    assert page.count('class="change member"') == 35
    assert page.count('<article class="change') == 37
    assert "40 warnings" in page
    assert page.count("An odd thing") == 1
    assert '<tr data-row="cuento-00"><th scope="row"><a href="#g1">' in page
    assert '<tr data-row="cuento-03"><th scope="row"><a href="#t4">' in page
