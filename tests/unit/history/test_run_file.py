"""The record of a run: what is read back is what was written, as far as it has come, and nothing else is believed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from catalogctl.history.run import Begun, Ended, Fate, RunCall, RunOutcome, RunStep
from catalogctl.history.run_file import begun_line, call_line, change_line, decode, ended_line, heading, noted_line, step_line
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import CatalogError
from catalogctl.planning.action import Action
from catalogctl.planning.plan import Plan, Summary
from properties.test_planfile import plans

NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
BEGUN = Begun(
    id="0a1b2c3d",
    environment="default",
    started=NOW,
    actor="ana",
    host="desk",
    command="catalogctl apply",
    job="",
    version="0.1.0",
    commit=None,
    digest="0" * 64,
    saved=False,
    purpose="converge",
    reverts=None,
    lineage="",
    serial=0,
    accounts={},
    summary=Summary(),
    operations=0,
    hold="hold-1",
)
ENDED = ended_line(Ended(NOW, RunOutcome.DONE, serial=1))


def lines(plan: Plan) -> list[bytes]:
    """Give the first lines of the record of a plan's run."""
    steps: dict[str, list[str]] = {}
    for operation in plan.graph.operations:
        steps.setdefault(str(operation.address), []).append(operation.name)
    doing = [change for change in plan.changes if change.action.changes_anything]
    changes = [change_line(change, None, steps.get(str(change.address), ()), lambda _: None) for change in doing]
    return [begun_line(BEGUN), *changes]


@settings(max_examples=60, deadline=None)
@given(plans())
def test_what_was_there_before_is_read_back_as_it_was(plan: Plan) -> None:
    kinds = {(change.type.provider, change.type.name): change.type for change in plan.changes}
    run = decode(b"".join(lines(plan)), "run", lambda provider, name: kinds.get((provider, name)))
    assert run.begun == BEGUN
    doing = [change for change in plan.changes if change.action.changes_anything]
    assert [one.change.address for one in run.changes] == [change.address for change in doing]
    for one, change in zip(run.changes, doing, strict=True):
        whole = change.action not in {Action.UPDATE, Action.ADOPT}
        names = set(change.before or {}) if whole else set(change.before or {}) & change.changed
        assert {name: (one.change.before or {})[name] for name in names} == {name: (change.before or {})[name] for name in names}
        assert one.change.attributes == change.attributes
        assert one.fate in {Fate.NOT_STARTED, Fate.UNKNOWN}


@settings(max_examples=30, deadline=None)
@given(plans())
def test_cut_short_anywhere_a_record_tells_all_that_its_whole_lines_say(plan: Plan) -> None:
    kinds = {(change.type.provider, change.type.name): change.type for change in plan.changes}
    steps = [step_line(RunStep(one.name, one.verb.value, one.address, Fate.DONE, 0.1)) for one in plan.graph.operations]
    record = [*lines(plan), noted_line(), *steps, ENDED]
    for kept in range(1, len(record) + 1):
        torn = b"".join(record[:kept]) + (record[kept][: len(record[kept]) // 2] if kept < len(record) else b"")
        run = decode(torn, "run", lambda provider, name: kinds.get((provider, name)))
        assert (run.ended is not None) == (kept == len(record))
        assert heading(torn, "run") == run.heading
    assert {one.fate for one in run.changes} <= {Fate.DONE}


def test_a_step_that_was_found_out_later_counts_as_it_was_found_out() -> None:
    address = Address.parse("store/content/faro.epub")
    said = [step_line(RunStep("create x", "create", address, fate)) for fate in (Fate.UNKNOWN, Fate.DONE)]
    assert heading(b"".join([begun_line(BEGUN), *said]), "run").steps == {Fate.DONE: 1}


def test_without_its_lock_a_run_that_has_no_end_was_cut_off() -> None:
    head = heading(begun_line(BEGUN) + call_line(RunCall("store", "GET", "/x", None, "", 1, None, 0.1)), "run")
    assert head.calls == 1
    assert [head.outcome(holder) for holder in ("hold-1", "hold-2", None)] == [
        RunOutcome.RUNNING,
        RunOutcome.INTERRUPTED,
        RunOutcome.INTERRUPTED,
    ]


@pytest.mark.parametrize("data", [b"", b"\n", b"[]\n", b'{"begun":{}}\n', begun_line(BEGUN) + b'{"step":1}\n', ENDED])
def test_what_no_run_writes_is_not_believed(data: bytes) -> None:
    with pytest.raises(CatalogError) as refused:
        decode(data, "run", lambda *_: None)
    assert refused.value.diagnostics[0].code == "run-damaged"


def test_a_record_of_a_newer_version_is_refused_as_such() -> None:
    with pytest.raises(CatalogError) as refused:
        heading(begun_line(BEGUN).replace(b'"format_version":"1.0"', b'"format_version":"2.0"'), "run")
    assert refused.value.diagnostics[0].code == "run-too-new"
