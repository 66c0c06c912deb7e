import io
import json
import re

import pytest

from catalogctl.events import (
    ApplyStarted,
    AssetPublished,
    Event,
    LoadFinished,
    ObjectRefused,
    ObjectSettled,
    OperationFailed,
    OperationFinished,
    OperationSkipped,
    OperationStarted,
    OperationWithheld,
    RefreshFinished,
    RefreshProgressed,
    Waited,
)
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import error
from catalogctl.view import apply_text, events_json
from catalogctl.view.apply_text import Tally, took_text
from catalogctl.view.progress import progress
from catalogctl.view.style import Style

A, B, C = (Address("store", "content", name, "epub") for name in ("a", "b", "c"))
REFUSED = error("refused", "The store refused the request", "422: prices.USD is not a number.", "check the price", address=str(B))
RUN = (
    LoadFinished(3, 2, 1),
    RefreshProgressed("store", 1, 3),
    RefreshFinished("store", 3),
    ApplyStarted(3),
    AssetPublished("assets/a.epub", 1_240_000, reused=False),
    OperationStarted(f"create {A}", "create", A),
    OperationFinished(f"create {A}", "create", A, "41", 0.42),
    Waited("store", 30.0, "the store asked for patience (429)"),
    OperationFailed(f"update {B}", "update", B, REFUSED, unknown=False),
    OperationSkipped(f"delete {C}", "delete", C, f"update {B}"),
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, *, quiet: bool = False) -> str:
    with progress(stream, style=Style(), width=100, quiet=quiet) as listen:
        for event in RUN:
            listen(event)
    return stream.getvalue()


def test_in_a_log_each_thing_that_is_over_is_a_line() -> None:
    assert shown(io.StringIO()).splitlines() == [
        "Read 3 titles from 2 files, 1 of them as in the last run",
        "Read store in 3 requests",
        "Applying 3 operations",
        "assets/a.epub published (1.2 MB)",
        "[1/3] created store/content/a.epub  (id 41, 0.4 s)",
        "store: waiting 30 s: the store asked for patience (429)",
        "[2/3] FAILED: update store/content/b.epub: The store refused the request",
        "[3/3] skipped: delete store/content/c.epub: update store/content/b.epub did not succeed",
    ]


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_quiet_is_quiet(stream: io.StringIO) -> None:
    assert shown(stream, quiet=True) == ""


def test_on_a_terminal_bars_come_and_go_and_what_went_wrong_stays() -> None:
    said = shown(Terminal())
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", said)
    assert "FAILED: update store/content/b.epub: The store refused the request" in plain
    assert "skipped: delete store/content/c.epub" in plain
    assert "3/3" in plain
    assert "created" not in plain


def test_bars_are_cleared_away_when_the_run_breaks_off() -> None:
    stream = Terminal()

    def run() -> None:
        with progress(stream, style=Style(), width=80) as listen:
            listen(ApplyStarted(3))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    assert stream.getvalue().endswith("\x1b[2K")


def test_hostile_text_cannot_drive_the_bars() -> None:
    stream = Terminal()
    bad = "[red]\x1b]0;owned\x07"
    with progress(stream, style=Style(), width=80) as listen:
        listen(RefreshProgressed(bad, 1, 2))
        listen(ApplyStarted(1))
        listen(OperationStarted(bad, "create", A))
        listen(OperationSkipped(bad, "create", A, ""))
    assert "\x1b]" not in stream.getvalue()
    assert "\x07" not in stream.getvalue()
    assert "[red]\\x1b]0;owned\\x07" in stream.getvalue()


def summed_up(*events: Event) -> list[str]:
    tally = Tally()
    for event in events:
        tally(event)
    return list(apply_text.render(tally, seconds=41.0, width=100, style=Style()))


def test_an_apply_of_a_saved_plan_names_what_was_refused_what_goes_with_it_and_what_was_done_already() -> None:
    refused = ObjectRefused("update", A, error("plan-stale", "An object is not what the plan was reviewed on"))
    withheld = OperationWithheld("create store/track/a.epub/x", "create", A, f"update {A}")
    assert summed_up(ObjectSettled("delete", A), refused, withheld) == [
        "Refused, since they are not what the plan was reviewed on:",
        f"  update {A}",
        "",
        "Not started:",
        f"  create store/track/a.epub/x  goes with update {A}",
        "",
        "Already as planned, so nothing was sent:",
        f"  delete {A}",
        "",
        "Applied in part: 0 done, 0 failed, 1 refused, 1 not started, in 41 s.",
        "What is done is recorded. Plan anew, and review that, for the rest.",
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
        "Not started:",
        "  delete store/content/c.epub  needs update store/content/b.epub",
        "",
        "Applied in part: 1 done (1 created), 1 failed, 1 not started, in 41 s.",
        "What is done is recorded. Run apply again to go on from here.",
    ]


def test_an_outcome_that_is_not_known_is_not_called_a_failure() -> None:
    lines = summed_up(OperationFailed(f"create {A}", "create", A, REFUSED, unknown=True))
    assert lines[0] == "OUTCOME UNKNOWN  create store/content/a.epub"
    assert "  It may have happened all the same; the next apply looks it up before it does anything." in lines


def test_of_many_steps_not_started_the_first_are_named_and_the_others_counted() -> None:
    lines = summed_up(*(OperationSkipped(f"create {number}", "create", A, "") for number in range(25)))
    assert "  create 19  the run was stopped" in lines
    assert "  and 5 more" in lines


@pytest.mark.parametrize(("seconds", "text"), [(0.04, "0.0 s"), (9.96, "10 s"), (41.2, "41 s"), (185, "3 min 5 s"), (3725, "1 h 2 min")])
def test_measured_times_are_told_as_exactly_as_they_matter(seconds: float, text: str) -> None:
    assert took_text(seconds) == text


def test_an_event_is_one_line_of_json_with_its_type_and_fields() -> None:
    lines = [events_json.line(event) for event in RUN]
    assert all("\n" not in line for line in lines)
    assert lines[0] == '{"files":2,"reused":1,"titles":3,"type":"load-finished"}'
    assert json.loads(lines[6]) == {
        "type": "operation-finished",
        "name": "create store/content/a.epub",
        "verb": "create",
        "address": "store/content/a.epub",
        "id": "41",
        "seconds": 0.42,
    }
    failed = json.loads(lines[8])
    assert failed["type"] == "operation-failed"
    assert failed["diagnostic"]["code"] == "refused"
    assert failed["unknown"] is False
