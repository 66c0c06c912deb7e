import io
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from catalogctl import __version__
from catalogctl.events import (
    ApplyFinished,
    ApplyStarted,
    AssetCutOff,
    AssetPublished,
    AssetRead,
    AssetSent,
    Event,
    LoadFinished,
    ObjectRefused,
    ObjectSettled,
    OperationFailed,
    OperationFinished,
    OperationProgressed,
    OperationSkipped,
    OperationStarted,
    OperationWithheld,
    PlanMade,
    RefreshFinished,
    RefreshProgressed,
    Waited,
)
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import SourceRange, error, warning
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.change import Change
from catalogctl.planning.order import order
from catalogctl.planning.plan import Plan
from catalogctl.view.formats.events_json import EventStream
from catalogctl.view.live.progress import Lines, Manner, progress
from catalogctl.view.paint.style import Style
from catalogctl.view.paint.values import took_text
from catalogctl.view.text import apply
from catalogctl.view.text.apply import Tally
from unit.view import samples

A, B, C = (Address("store", "content", name, "epub") for name in ("a", "b", "c"))
REFUSED = error("refused", "The store refused the request", "422: prices.USD is not a number.", "check the price", address=str(B))
RUN = (
    LoadFinished(3, 2, 1),
    RefreshProgressed("store", 1, 3),
    RefreshFinished("store", 3),
    ApplyStarted(3, {"store": 3}),
    AssetPublished("assets/a.epub", 1_240_000, reused=False),
    OperationStarted(f"create {A}", "create", A),
    OperationFinished(f"create {A}", "create", A, "41", 0.42),
    Waited("store", 30.0, "the store asked for patience (429)"),
    OperationFailed(f"update {B}", "update", B, REFUSED, unknown=False),
    OperationSkipped(f"delete {C}", "delete", C, f"update {B}"),
)


def shown(manner: Manner, *events: Event) -> str:
    stream = io.StringIO()
    with progress(stream, manner, style=Style(), width=100) as listen:
        for event in events:
            listen(event)
    return stream.getvalue()


def test_in_a_log_each_thing_that_is_over_is_a_line() -> None:
    assert shown(Manner.LINES, *RUN).splitlines() == [
        "Read 3 titles from 2 files (1 cached)",
        "Read store in 3 requests",
        "Applying 3 operations",
        "assets/a.epub published (1.2 MB)",
        "[1/3] created store/content/a.epub  (id 41, 0.4 s)",
        "store: waiting 30 s: the store asked for patience (429)",
        "[2/3] FAILED: update store/content/b.epub: The store refused the request",
        "[3/3] skipped: delete store/content/c.epub: update store/content/b.epub did not succeed",
    ]


def test_quiet_is_quiet() -> None:
    assert shown(Manner.NONE, *RUN) == ""


def test_in_a_log_a_large_file_is_told_of_every_ten_seconds_and_a_long_step_when_it_tells_of_itself() -> None:
    now = iter((0.0, 11.0, 12.0, 0.0, 4.0, 11.0, 12.0, 22.0, 23.0, 24.0))
    stream = io.StringIO()
    say = Lines(stream, Style(), 100, lambda: next(now))
    for megabytes in (10, 32, 60):
        say(AssetRead("assets/a.epub", megabytes * 1_000_000, 60_000_000))
    for megabytes in (1, 5, 12, 13, 50, 60):
        say(AssetSent("store", "assets/a.epub", megabytes * 1_000_000, 60_000_000))
    say(OperationProgressed(f"create {A}", "create", A, 20.0))
    say(AssetCutOff("store", "assets/b.epub", 2_000_000, 60_000_000))
    assert stream.getvalue().splitlines() == [
        "reading assets/a.epub: 32 MB of 60 MB, 2.0 MB/s",
        "sending assets/a.epub: 12 MB of 60 MB, 1.0 MB/s",
        "sending assets/a.epub: 50 MB of 60 MB, 3.5 MB/s",
        "sent assets/a.epub (60 MB)",
        "still creating store/content/a.epub  (20 s)",
        "sending assets/b.epub broke off after 2.0 MB of 60 MB",
    ]


def planned(events: Iterable[Event]) -> Plan:
    """A plan of which each step that is reported of is one."""
    steps = [event for event in events if isinstance(event, OperationFinished | OperationFailed | OperationSkipped | OperationWithheld)]
    changes = {
        step.address: Change(step.address, samples.CONTENT, Action(step.verb), Reason.NONE, None, "key", {"pages": 1}, {"pages": 2})
        for step in steps
    }
    return replace(samples.plan(*changes.values()), graph=order(tuple(changes.values())))


def summed_up(*events: Event) -> list[str]:
    tally = Tally(planned(events))
    for event in events:
        tally(event)
    return list(
        apply.render(tally, seconds=41.0, width=100, style=Style(), stopped="the run was stopped", go_on="catalogctl apply --target a")
    )


def test_an_apply_of_a_saved_plan_names_what_was_refused_what_goes_with_it_and_what_was_done_already() -> None:
    refused = ObjectRefused("update", A, error("plan-stale", "An object is not what the plan was reviewed on"))
    withheld = OperationWithheld("create store/track/a.epub/x", "create", B, f"update {A}")
    assert summed_up(ObjectSettled("delete", A), refused, withheld) == [
        "Refused, since they are not what the plan was reviewed on:",
        f"  update {A}",
        "",
        "Skipped:",
        f"  create store/track/a.epub/x  goes with update {A}",
        "",
        "Already as planned, so nothing was sent:",
        f"  delete {A}",
        "",
        "       done  failed  refused  skipped  not started",
        "store     0       0        1        1            0",
        "",
        "Not applied: 0 done, 0 failed, 1 refused, 1 skipped, 0 not started, in 41 s.",
        "For the rest, make and review a new plan:",
        "  catalogctl apply --target a",
    ]


def test_a_saved_plan_that_was_done_already_says_so() -> None:
    assert (
        summed_up(ObjectSettled("update", A), ObjectSettled("create", A))[-1]
        == "Nothing was left to do. All 2 objects are already as planned."
    )
    assert summed_up(ObjectSettled("update", A))[-1] == "Nothing was left to do. The object is already as planned."


def test_an_apply_that_went_well_is_one_line() -> None:
    assert summed_up(*RUN[:7]) == ["Applied: 1 done (1 created), 0 failed, 0 not started, in 41 s."]


def test_an_apply_in_part_lists_failures_with_their_messages_what_was_not_started_and_how_to_go_on() -> None:
    assert summed_up(*RUN) == [
        "FAILED  update store/content/b.epub",
        "  error: The store refused the request",
        "    store/content/b.epub",
        "    422: prices.USD is not a number.",
        "    hint: check the price",
        "",
        "Skipped:",
        "  delete store/content/c.epub  needs update store/content/b.epub",
        "",
        "       done  failed  skipped  not started",
        "store     1       1        1            0",
        "",
        "Applied in part: 1 done (1 created), 1 failed, 1 skipped, 0 not started, in 41 s.",
        "What is done is recorded. To go on from here:",
        "  catalogctl apply --target a",
    ]


def test_several_accounts_are_counted_one_by_one_and_in_all_also_when_all_went_well() -> None:
    other = Address("store-mx", "content", "a", "epub")
    assert summed_up(*RUN[:7], OperationFinished(f"update {other}", "update", other, "7", 0.1)) == [
        "          done  failed  skipped  not started",
        "store        1       0        0            0",
        "store-mx     1       0        0            0",
        "in all       2       0        0            0",
        "",
        "Applied: 2 done (1 created, 1 updated), 0 failed, 0 not started, in 41 s.",
    ]


def test_what_was_skipped_says_because_of_what_and_what_was_stopped_says_so() -> None:
    lines = summed_up(
        OperationSkipped(f"create {A}", "create", A, f"update {B}", given_up=True),
        OperationSkipped(f"create {C}", "create", C, ""),
    )
    assert f"  create {A}  nothing more was sent to store after update {B}" in lines
    assert f"  create {C}  the run was stopped" in lines
    assert "store     0       0        1            1" in lines


def test_the_counts_are_those_of_the_plan_whatever_steps_it_takes() -> None:
    adopted, noted, forgotten, replaced = (samples.at(name) for name in ("adopted", "noted", "forgotten", "replaced"))
    there = samples.unchanged("a")
    changes = (
        replace(there, address=adopted, action=Action.ADOPT, attributes=(samples.differs("pages", 1, 2),)),
        replace(there, address=noted, action=Action.ADOPT),
        replace(there, address=forgotten, action=Action.FORGET),
        replace(there, address=replaced, action=Action.REPLACE, before={"pages": 1}, after={"pages": 2}),
    )
    plan = replace(samples.plan(*changes), graph=order(changes))
    steps = [OperationFinished(step.name, step.verb.value, step.address, "7", 0.1) for step in plan.graph.operations]
    last = ApplyFinished(len(steps), 0, 0, 0, 3)
    assert len(steps) == 3

    def said(*events: Event) -> str:
        tally = Tally(plan)
        for event in events:
            tally(event)
        return list(apply.render(tally, seconds=41.0, width=100, style=Style(), stopped="the run was stopped", go_on=""))[-1]

    assert said(*steps, last) == "Applied: 4 done (1 replaced, 2 adopted, 1 forgotten), 0 failed, 0 not started, in 41 s."
    assert said(steps[0], *(one for one in steps if one.verb == "delete")).startswith("Applied: 1 done (1 adopted), ")
    changed = streamed(PlanMade(plan), *steps, last)
    plans, applies = (line["changes"] for line in changed if line["type"] == "change_summary")
    assert {**plans, "operation": "apply"} == applies


def test_what_changed_is_linked_once_and_no_text_in_a_link_drives_the_terminal() -> None:
    links = {"reader": "https://shop.example/reader/a", "product": "https://shop.example/\x1b[31ma"}
    made, late = (OperationFinished(f"{verb} {A}", verb, A, "41", 0.1, links) for verb in ("create", "update"))
    assert summed_up(made, late)[:4] == [
        "To be seen at:",
        f"  {A}",
        "    product  https://shop.example/\\x1b[31ma",
        "    reader   https://shop.example/reader/a",
    ]


def test_an_outcome_that_is_not_known_is_not_called_a_failure() -> None:
    lines = summed_up(OperationFailed(f"create {A}", "create", A, REFUSED, unknown=True))
    assert lines[0] == "OUTCOME UNKNOWN  create store/content/a.epub"
    assert "store     0       0                1        0            0" in lines
    assert "Not applied: 0 done, 0 failed, 1 outcome unknown, 0 not started, in 41 s." in lines
    assert "  It may have happened all the same; the next apply looks it up before it does anything." in lines


def test_of_many_steps_not_started_the_first_are_named_and_the_others_counted() -> None:
    lines = summed_up(*(OperationSkipped(f"create {number}", "create", A, "") for number in range(25)))
    assert "  create 19  the run was stopped" in lines
    assert "  and 5 more" in lines


@pytest.mark.parametrize(("seconds", "text"), [(0.04, "0.0 s"), (9.96, "10 s"), (41.2, "41 s"), (185, "3 min 5 s"), (3725, "1 h 2 min")])
def test_measured_times_are_told_as_exactly_as_they_matter(seconds: float, text: str) -> None:
    assert took_text(seconds) == text


NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def streamed(*events: Event) -> list[dict[str, Any]]:
    lines: list[str] = []
    stream = EventStream(lines.append, lambda: NOON)
    for event in events:
        stream(event)
    assert all("\n" not in line for line in lines)
    return [json.loads(line) for line in lines]


def test_every_line_has_what_terraforms_lines_have_and_the_first_says_who_writes() -> None:
    lines = streamed(*RUN)
    for line in lines:
        assert line["@level"] in {"info", "warn", "error"}
        assert line["@message"]
        assert line["@module"] == "catalogctl.ui"
        assert line["@timestamp"] == "2026-11-24T12:00:00.000000+00:00"
        assert re.fullmatch("[a-z_]+", line["type"])
    assert lines[0]["type"] == "version"
    assert (lines[0]["catalogctl"], lines[0]["ui"]) == (__version__, "1.2")


def test_a_step_is_told_as_terraform_tells_it() -> None:
    *_, started, done = streamed(PlanMade(samples.plan()), *RUN[5:7])
    assert started["type"] == "apply_start"
    assert started["@message"] == "store/content/a.epub: Creating..."
    assert started["hook"]["action"] == "create"
    assert started["hook"]["resource"] == {
        "addr": "store/content/a.epub",
        "module": "",
        "resource": "store/content/a.epub",
        "implied_provider": "",
        "resource_type": "content",
        "resource_name": "a.epub",
        "resource_key": None,
        "account": "store",
    }
    assert done["type"] == "apply_complete"
    assert (done["hook"]["id_key"], done["hook"]["id_value"], done["hook"]["elapsed_seconds"]) == ("id", "41", 0)
    still = streamed(OperationProgressed(f"create {A}", "create", A, 20.01))[-1]
    assert (still["type"], still["@message"]) == ("apply_progress", "store/content/a.epub: Still creating... [20s elapsed]")
    assert (still["hook"]["action"], still["hook"]["elapsed_seconds"]) == ("create", 20)
    assert (done["operation"], done["seconds"]) == ("create store/content/a.epub", 0.42)


def test_a_failure_is_an_errored_step_and_a_diagnostic_told_once() -> None:
    lines = streamed(RUN[8], RUN[8])
    assert [line["type"] for line in lines] == ["version", "apply_errored", "diagnostic", "apply_errored"]
    assert lines[1]["unknown"] is False
    told = lines[2]
    assert (told["@level"], told["@message"]) == ("error", "Error: The store refused the request")
    assert {name: told["diagnostic"][name] for name in ("severity", "summary", "detail", "code", "hint", "address")} == {
        "severity": "error",
        "summary": "The store refused the request",
        "detail": "422: prices.USD is not a number.",
        "code": "refused",
        "hint": "check the price",
        "address": "store/content/b.epub",
    }


def test_a_problem_in_a_file_has_terraforms_range_and_snippet() -> None:
    lines: list[str] = []
    stream = EventStream(lines.append, lambda: NOON)
    stream.problems([warning("code", "Summary").at(SourceRange("catalog/a.yaml", 3, 5, 9, "  - prix: 3"))])
    told = json.loads(lines[-1])
    assert (told["@level"], told["diagnostic"]["severity"]) == ("warn", "warning")
    assert told["diagnostic"]["range"] == {
        "filename": "catalog/a.yaml",
        "start": {"line": 3, "column": 5, "byte": 0},
        "end": {"line": 3, "column": 9, "byte": 0},
    }
    assert told["diagnostic"]["snippet"]["code"] == "  - prix: 3"


def test_a_plan_is_a_line_for_each_change_and_each_drift_and_a_summary() -> None:
    plan = samples.everything()
    lines = streamed(PlanMade(plan))
    changes = {line["change"]["resource"]["addr"]: line["change"] for line in lines if line["type"] == "planned_change"}
    assert {address: change["action"] for address, change in changes.items()} == {
        "store/content/azul.epub": "import",
        "store-mx/content/azul.epub": "update",
        "store/content/dom-casmurro.epub": "update",
        "store/content/frankenstein.epub": "create",
        "store/content/mirror-work.epub": "replace",
        "store/content/mirror-work.pdf": "delete",
        "store/content/o-cortico.epub": "remove",
    }
    assert changes["store/content/mirror-work.epub"]["reason"] == "cannot_update"
    assert changes["store/content/mirror-work.pdf"]["reason"] == "delete_because_no_resource_config"
    assert "reason" not in changes["store/content/dom-casmurro.epub"]
    assert changes["store/content/azul.epub"]["importing"] == {"id": "88"}
    assert changes["store/content/azul.epub"]["resource"]["implied_provider"] == "sample"
    drifted = [(line["change"]["resource"]["addr"], line["change"]["action"]) for line in lines if line["type"] == "resource_drift"]
    assert ("store/content/o-cortico.epub", "delete") in drifted
    assert lines[-1]["type"] == "change_summary"
    assert lines[-1]["@message"] == "Plan: 2 to import, 2 to add, 2 to change, 2 to destroy."
    assert lines[-1]["changes"] == {"add": 2, "change": 2, "import": 2, "remove": 2, "operation": "plan"}
    assert (lines[-1]["summary"]["replace"], lines[-1]["reads"], lines[-1]["estimate"]["requests"]) == (1, 12, 6)


def test_the_end_of_an_apply_sums_up_what_was_done() -> None:
    last = streamed(PlanMade(planned(RUN)), *RUN, ApplyFinished(1, 1, 1, 0, 3))[-1]
    assert last["type"] == "change_summary"
    assert last["changes"] == {"add": 1, "change": 0, "import": 0, "remove": 0, "operation": "apply"}
    assert last["@message"] == "Apply incomplete! Resources: 1 added, 0 changed, 0 destroyed."
    assert {name: last[name] for name in ("done", "failed", "skipped", "refused", "serial")} == {
        "done": 1,
        "failed": 1,
        "skipped": 1,
        "refused": 0,
        "serial": 3,
    }


def test_half_a_pair_of_letters_from_a_file_name_is_spelled_out() -> None:
    told = streamed(AssetPublished("a\ud800.epub", 1, reused=True))[-1]
    assert told["path"] == "a\\ud800.epub"


def test_each_kind_of_event_is_a_line_that_people_can_read() -> None:
    assert {type(event) for event in samples.every_event()} == set(get_args(Event))
    lines = streamed(*samples.every_event())
    assert all(line["@message"] for line in lines)
    assert {line["type"] for line in lines if "hook" in line} == {
        "refresh_start",
        "refresh_progress",
        "refresh_complete",
        "object_settled",
        "object_refused",
        "apply_withheld",
        "apply_start",
        "apply_progress",
        "apply_complete",
        "apply_errored",
        "apply_skipped",
    }
