"""history: every apply leaves a record of who, what and what came of it, whatever becomes of the run, and no secret is in it."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from catalogctl.engine import run_recorder
from catalogctl.history.run_file_schema import run_schema
from catalogctl.model.diagnostics import CatalogError, error
from catalogctl.sandbox import Fault, FaultKind
from catalogctl.state.local_runs import LocalRuns
from shop import TOKEN, Shop, ended, until


def listed(shop: Shop) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.run("history", "--format", "json").ended(0).json
    return found


def shown(shop: Shop, run: str = "latest") -> dict[str, Any]:
    found: dict[str, Any] = shop.run("history", "show", run, "--format", "json").ended(0).json
    return found


def records(shop: Shop) -> list[Path]:
    return sorted((shop.folder / "state/runs").glob("default.*.jsonl"))


def masked(text: str) -> str:
    """Leave out what differs from run to run."""
    text = re.sub(r"\b[0-9a-f]{64}\b", "DIGEST", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", "TIME", text)
    text = re.sub(r"\b[0-9a-f]{8}\b", "RUN", text)
    return re.sub(r"\d+\.\d+ s\b", "N s", text)


def git(shop: Shop, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], cwd=shop.folder, check=True, capture_output=True)


def test_every_apply_is_listed_newest_first_with_who_what_and_how_it_ended(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOGCTL_ACTOR", "ana")
    assert "No run of environment default" in shop.run("history").ended(0).err
    git(shop, "init", "-q")
    shop.titles(3)
    git(shop, "add", "-A")
    git(shop, "commit", "-qm", "three titles")
    shop.applied()
    shop.title("t00", title="La luz")
    (shop.folder / "catalog/t02.json").unlink()
    shop.applied()
    shop.applied()  # there is nothing to do, and that leaves no record
    second, first = listed(shop)
    assert (second["summary"]["update"], second["summary"]["delete"], second["steps"]["done"]) == (1, 1, 2)
    assert (first["summary"]["create"], first["calls"], first["ended"]["serial"]) == (3, 3, 1)
    assert {one["run"]["actor"] for one in (first, second)} == {"ana"}
    assert first["run"]["commit"]["id"] == second["run"]["commit"]["id"]
    assert (first["run"]["commit"]["edited"], second["run"]["commit"]["edited"]) == (False, True)
    ran = shop.run("history").ended(0)
    assert all(len(line) <= 80 for line in ran.out.splitlines())
    assert [line.split()[0] for line in ran.out.splitlines()[1:]] == [one["run"]["id"] for one in (second, first)]
    assert [re.findall(r"  (none|[+~-]\d.*?)  +done", line)[0] for line in ran.out.splitlines()[1:]] == ["~1 -1", "+3"]
    assert "earlier run" not in ran.err
    assert "1 earlier run is kept" in shop.run("history", "--limit", "1").ended(0).err


def test_a_run_is_shown_with_its_changes_and_requests(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOGCTL_ACTOR", "ana")
    shop.title("faro")
    shop.applied()
    shop.title("faro", title="La luz", edition={"prices": {"USD": "9.00"}})
    shop.server.inject(Fault(kind=FaultKind.RATE_LIMIT, method="PUT", seconds=0))
    shop.applied()
    lines = masked(shop.run("history", "show", "latest").ended(0).out).splitlines()
    at = lines.index("Changes")
    assert lines[0] == "Run RUN  done"
    assert "  by           ana" in lines
    assert "  changes      1 done" in lines
    assert lines[at:] == [
        "Changes",
        "  ~ update  store/content/faro.epub  done",
        '      title (name)  "El faro" → "La luz"',
        "      prices        ~ USD  9.90 → 9.00  -9.1 %",
        "",
        "Requests",
        "  store: PUT /integration-api/v1/dashboard/issues/{id}",
        "      1 × 204, 1 × 429 · 1 retry · N s each, N s at most",
    ]
    calls = shop.run("history", "show", "latest", "--calls").ended(0).out
    assert re.search(r"1\. 429 .* PUT /integration-api/v1/dashboard/issues/\{id\}", calls)
    assert re.search(r"2\. 204 .* s, attempt 2  PUT", calls)


def test_a_run_as_json_is_what_its_schema_says(shop: Shop) -> None:
    shop.titles(2)
    shop.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=400))
    shop.run("apply", "--auto-approve").ended(6)
    run = shown(shop)
    Draft7Validator.check_schema(run_schema())
    assert [problem.message for problem in Draft7Validator(run_schema()).iter_errors(run)] == []
    assert sorted(change["fate"] for change in run["resource_changes"]) == ["done", "failed"]
    assert (run["outcome"], run["ended"]["reason"]) == ("partial", "partial")
    assert {call["status"] for call in run["calls"]} == {201, 400}
    assert {call["address"] for call in run["calls"]} == {"store/content/t00.epub", "store/content/t01.epub"}
    [failed] = [step for step in run["steps"] if step["fate"] == "failed"]
    assert failed["code"] == "store-refused"
    assert "Not done" in shop.run("history", "show", "latest").ended(0).out


def test_a_run_is_asked_for_by_the_beginning_of_its_id(shop: Shop) -> None:
    shop.title("faro")
    shop.applied()
    id_ = listed(shop)[0]["run"]["id"]
    assert shown(shop, id_[:3])["run"]["id"] == id_
    assert "There is no such run" in shop.run("history", "show", "zzz").ended(1).err
    for path in records(shop):
        path.with_name(path.name.replace(id_, f"{id_[:3]}00000")).write_bytes(path.read_bytes())
    assert "More than one run begins so" in shop.run("history", "show", id_[:3]).ended(1).err


def test_a_run_that_is_killed_is_interrupted_and_the_next_one_completes_its_record(shop: Shop) -> None:
    shop.titles(4)
    shop.server.inject(Fault(kind=FaultKind.DELAY, method="POST", seconds=3, skip=2))
    process = shop.start("apply", "--auto-approve", "--parallelism", "1")
    until(lambda: shop.server.faulted, "the slow create")
    assert listed(shop)[0]["outcome"] == "running"
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and its parent does not know yet
    assert listed(shop)[0]["outcome"] == "interrupted"
    ended(process).ended(-signal.SIGKILL)
    until(lambda: len(shop.rows) == 3, "the create that nobody waited for")
    shop.run("apply", "--auto-approve").ended(0)
    after, cut = (shown(shop, one["run"]["id"]) for one in listed(shop))
    assert (cut["outcome"], cut["ended"]["cut_off"], cut["ended"]["serial"]) == ("interrupted", True, None)
    assert sorted(change["fate"] for change in cut["resource_changes"]) == ["done", "done", "done", "not-started"]
    assert [step["fate"] for step in after["recovered"]] == ["done"]
    assert after["recovered"][0]["operation"] in {step["operation"] for step in cut["steps"]}
    assert (after["outcome"], after["summary"]["create"]) == ("done", 1)


def test_no_key_is_in_a_record_in_any_encoding_and_no_signature(shop: Shop) -> None:
    packed = base64.b64encode(TOKEN.encode()).decode()
    shop.title("faro", title=f"El {TOKEN}", description=f"{packed} {TOKEN.encode().hex()}", keywords=[TOKEN])
    signed = "https://files.example.com/faro.epub?X-Amz-Signature=5ignature"
    shop.title("luz", edition={"files": {"content": signed}})
    shop.applied()
    [record] = records(shop)
    data = record.read_text()
    assert record.stat().st_mode & 0o777 == 0o600
    assert all(word not in data for word in (TOKEN, packed, TOKEN.encode().hex(), "5ignature"))
    assert data.count("\n") == len([json.loads(line) for line in data.splitlines()])


def test_the_oldest_records_are_forgotten(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_recorder, "KEPT", 3)
    for number in range(5):
        shop.title(title=f"El faro {number}")
        shop.applied()
    assert len(listed(shop)) == 3


def test_a_record_that_cannot_be_begun_keeps_everything_from_being_sent(shop: Shop) -> None:
    shop.title("faro")
    shop.write("state/runs", "in the way")
    refused = shop.run("apply", "--auto-approve").ended(5)
    assert "state/runs" in refused.err
    assert shop.writes == []


def test_a_record_that_cannot_go_on_stops_no_apply_and_is_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise CatalogError(error("run-not-recorded", "The record of a run could not be written", "No space left on device."))

    shop.title("faro")
    monkeypatch.setattr(LocalRuns, "append", full)
    ran = shop.run("apply", "--auto-approve").ended(0)
    assert "The record of this run is not whole" in ran.err
    assert shop.addresses == ["store/content/faro.epub"]


@pytest.mark.parametrize("spoil", [lambda _: b"", lambda data: data[: len(data) // 3], lambda data: b"{}\n" + data])
def test_a_damaged_record_is_told_and_stops_nothing_else(shop: Shop, spoil: Any) -> None:
    shop.title("faro")
    shop.applied()
    [record] = records(shop)
    record.write_bytes(spoil(record.read_bytes()))
    ran = shop.run("history", "show", "latest")
    assert ran.code in {0, 5}
    assert ran.code == 0 or "The record of a run is damaged" in ran.err
    assert not re.search(r"[A-Z]\w+Error", ran.err)
    if ran.code:
        listed_all = shop.run("history").ended(0)
        assert "warning: The record of a run is damaged" in listed_all.err
        assert "error" not in listed_all.err
    shop.title("luz")
    shop.run("apply", "--auto-approve").ended(0)
    assert shown(shop)["summary"]["create"] == 1


def test_what_was_put_in_the_place_of_a_record_hides_no_other_run(shop: Shop) -> None:
    shop.title("faro")
    shop.applied()
    [record] = records(shop)
    record.unlink()
    record.mkdir()
    shop.title("luz")
    shop.run("apply", "--auto-approve").ended(0)
    ran = shop.run("history").ended(0)
    assert "+1" in ran.out
    assert "warning:" in ran.err
    assert len(listed(shop)) >= 1
