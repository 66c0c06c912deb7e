"""What is written where: events as JSON, colours, hostile input, and never a secret."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from catalogctl.sandbox import Fault, FaultKind
from shop import TOKEN, Ran, Shop, ended, until

EVERY_COMMAND = (
    ["validate"],
    ["validate", "--format", "json"],
    ["validate", "--format", "github"],
    ["validate", "--format", "sarif"],
    ["validate", "--format", "gitlab-codequality"],
    ["validate", "--format", "junit"],
    ["plan"],
    ["plan", "--format", "json"],
    ["plan", "--format", "markdown"],
    ["plan", "--requests", "--detailed-exitcode"],
    ["plan", "--out", "plan.json"],
    ["show", "plan.json"],
    ["show", "plan.json", "--format", "markdown"],
    ["apply", "plan.json"],
    ["state", "list"],
    ["state", "show"],
    ["state", "show", "--format", "json"],
    ["show"],
    ["show", "--format", "json"],
    ["drift"],
    ["--log-level", "debug", "plan"],
    ["--json", "apply", "--auto-approve"],
    ["providers"],
    ["schema"],
    ["schema", "title"],
    ["version"],
    ["completion", "bash"],
    ["completion", "zsh"],
    ["completion", "fish"],
    ["--help"],
    ["apply", "--help"],
    ["destroy", "--auto-approve"],
)


def events(ran: Ran) -> list[dict[str, Any]]:
    """Read stdout as one JSON object a line, and nothing else."""
    return [json.loads(line) for line in ran.out.splitlines()]


def test_json_writes_one_event_per_line_and_nothing_else_on_stdout(shop: Shop) -> None:
    shop.titles(2)
    shop.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=422))
    told = events(shop.run("--json", "apply", "--auto-approve", "--parallelism", "1").ended(6))
    assert [event["type"] for event in told] == [
        "version",
        "load_complete",
        "refresh_start",
        "refresh_progress",
        "refresh_complete",
        "planned_change",
        "planned_change",
        "change_summary",
        "operations_start",
        "apply_start",
        "apply_errored",
        "diagnostic",
        "apply_start",
        "apply_complete",
        "change_summary",
    ]
    assert told[7]["changes"] == {"add": 2, "change": 0, "import": 0, "remove": 0, "operation": "plan"}
    assert told[-1]["changes"] == {"add": 1, "change": 0, "import": 0, "remove": 0, "operation": "apply"}
    assert (told[7]["estimate"]["requests"], told[-1]["done"], told[-1]["failed"]) == (2, 1, 1)
    assert told[-4]["diagnostic"]["code"] == "store-refused"
    complete = told[-2]
    assert (complete["hook"]["resource"]["addr"], complete["hook"]["id_value"]) == ("store/content/t01.epub", "1000001")
    assert complete["hook"]["resource"]["implied_provider"] == "publicala"


def test_events_go_into_a_file_beside_what_people_read(shop: Shop) -> None:
    shop.title()
    into = shop.folder / "events.jsonl"
    plain = shop.run("plan").ended(0)
    both = shop.run("--json-into", str(into), "plan").ended(0)
    assert both.out == plain.out
    assert [json.loads(line)["type"] for line in into.read_text(encoding="utf-8").splitlines()][-2:] == ["planned_change", "change_summary"]
    assert into.stat().st_mode & 0o777 == 0o600


def test_what_ends_a_command_is_the_last_event_of_both_streams(shop: Shop) -> None:
    shop.title(language="castellano")
    into = shop.folder / "events.jsonl"
    ran = shop.run("--json", "--json-into", str(into), "plan").ended(1)
    for lines in (ran.out.splitlines(), into.read_text(encoding="utf-8").splitlines()):
        last = json.loads(lines[-1])
        assert (last["type"], last["@level"], last["diagnostic"]["code"]) == ("diagnostic", "error", "bad-language")
    assert "bad-language" not in ran.err
    assert "castellano" in ran.err


def test_a_full_disk_under_the_events_stops_no_apply(shop: Shop) -> None:
    shop.titles(2)
    ran = shop.run("--json-into", "/dev/full", "apply", "--auto-approve").ended(0)
    assert "No more events are written into /dev/full" in ran.err
    assert len(shop.rows) == 2


def test_events_cannot_be_written_where_there_is_no_folder(shop: Shop) -> None:
    shop.title()
    ran = shop.run("--json-into", str(shop.folder / "none/events.jsonl"), "plan").ended(1)
    assert "A file or folder cannot be used" in ran.err


@pytest.mark.parametrize("command", [["plan"], ["drift"], ["validate"], ["apply", "--auto-approve"], ["destroy", "--auto-approve"]])
def test_with_json_what_people_read_goes_to_stderr(shop: Shop, command: list[str]) -> None:
    shop.title()
    ran = shop.run("--json", *command)
    assert ran.code in {0, 2}
    assert events(ran)[0]["type"] == "version"
    assert ran.err


def test_problems_are_told_in_three_forms(shop: Shop) -> None:
    shop.title(language="castellano")
    text = shop.run("validate").ended(1)
    assert text.out == ""
    assert re.search(r"catalog/faro\.json:4:\d+", text.err)
    assert "^^^^" in text.err
    (told,) = shop.run("validate", "--format", "json").ended(1).json
    assert (told["severity"], told["code"]) == ("error", "bad-language")
    assert shop.run("validate", "--format", "github").ended(1).out.startswith("::error file=catalog/faro.json,line=4,")


def test_validate_tells_of_the_paths_it_is_given_only(shop: Shop) -> None:
    shop.title("uno", language="castellano")
    shop.title("dos", language="castellano")
    told = shop.run("validate", str(shop.folder / "catalog/uno.json")).ended(1)
    assert "uno.json" in told.err
    assert "dos.json" not in told.err


def test_colours_are_for_terminals_and_no_color_is_obeyed(shop: Shop) -> None:
    shop.title()
    for environment, arguments, coloured in (
        ({"NO_COLOR": ""}, [], False),
        ({"NO_COLOR": "", "FORCE_COLOR": "1"}, [], True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, [], False),
        ({"NO_COLOR": "", "FORCE_COLOR": "1"}, ["--no-color"], False),
    ):
        planned = shop.spawn(*arguments, "plan", **environment).ended(0)
        assert ("\x1b[" in planned.all) is coloured


def test_a_terminal_that_knows_ascii_only_is_written_to_in_ascii(shop: Shop) -> None:
    shop.title(title="Über die Gewässer", description="東京 → 京都")
    planned = shop.spawn("plan", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C").ended(0)
    assert planned.all.isascii()


def test_quiet_writes_results_and_problems_and_no_progress(shop: Shop) -> None:
    shop.title()
    assert shop.run("--quiet", "plan").ended(0).err == ""
    assert shop.run("--quiet", "apply", "--auto-approve").ended(0).err == ""


@pytest.mark.parametrize("columns", ["80", "120"])
def test_no_line_of_a_plan_is_wider_than_was_asked_for(shop: Shop, columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    shop.title(description="word " * 200, title="A title that goes on and on " * 6, keywords=[f"keyword-{number}" for number in range(60)])
    shop.applied()
    shop.title(description="word " * 90 + "another " * 100, title="A title that goes on and on " * 7)
    for command in (["plan"], ["plan", "--requests"], ["state", "show"]):
        assert max(len(line) for line in shop.run(*command).ended(0).out.splitlines()) <= int(columns)


def test_no_secret_is_ever_written(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by a command nor into a file, also where the store repeats it and where a run is killed."""
    monkeypatch.chdir(shop.folder)
    shop.title(edition={"files": {"content": "https://files.example.com/a.epub?X-Amz-Signature=5ignature&X-Amz-Date=1"}})
    for command in EVERY_COMMAND:
        assert_no_secret(command, shop.run(*command))
    echoed = json.dumps({"message": f"Unknown token {TOKEN} for https://files.example.com/a.epub?X-Amz-Signature=5ignature"})
    shop.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=422, body=echoed))
    assert_no_secret(["refused"], shop.run("apply", "--auto-approve").ended(6))
    shop.server.inject(Fault(kind=FaultKind.FAIL, method="GET", status=401, body=echoed))
    assert_no_secret(["unauthenticated"], shop.run("--log-level", "debug", "plan").ended(8))
    shop.server.inject(Fault(kind=FaultKind.DELAY, method="POST", seconds=1))
    process = shop.start("--log-level", "debug", "apply", "--auto-approve")
    until((shop.folder / "state/default.journal").exists, "the journal")
    process.kill()
    assert_no_secret(["killed"], ended(process).ended(-signal.SIGKILL))
    files = list(shop.written_files())
    assert {"default.json", "default.journal", "plan.json"} <= {path.name for path in files}
    for path in files:
        if "catalog" not in path.parts:
            assert_no_secret([str(path)], Ran(0, path.read_bytes().decode(errors="replace"), ""))


def assert_no_secret(what: list[str], ran: Ran) -> None:
    assert TOKEN not in ran.all, what
    assert "5ignature" not in ran.all, what
    assert "Traceback" not in ran.all, what
    assert "fault of catalogctl" not in ran.all, what


def test_a_secret_written_into_the_project_file_is_refused_and_not_repeated(shop: Shop) -> None:
    path = shop.folder / "catalogctl.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("${env:PUBLICALA_TOKEN}", TOKEN), encoding="utf-8")
    refused = shop.run("plan").ended(1)
    assert "A secret is written out" in refused.err
    assert TOKEN not in refused.all


HOSTILE_FILES = (
    b"",
    b"\x00\x01\x02",
    b"\xff\xfe\x00k",
    b"- a\n- b\n",
    b"null",
    b"42",
    b'"text"',
    b"{" * 3000,
    b"[" * 3000,
    b"a: &a [*a]\n",
    b"x: &x [a,a,a,a,a,a,a,a,a]\n" + b"".join(b"y%d: &y%d [*x,*x,*x,*x,*x,*x,*x,*x]\n" % (n, n) for n in range(9)),
    b"kind: title\nid: [1]\ntitle: {a: b}\neditions: 7\n",
    b"kind: title\nid: x\ntitle: x\neditions: {epub: null}\n",
    b"kind: title\nid: x\ntitle: x\neditions: {epub: {format: [epub], prices: [1], publish: yes, files: {content: {}}}}\n",
    b"kind: title\nid: ../../etc\ntitle: x\n",
    b'kind: title\nid: x\ntitle: "\\ud800"\n',
    b"kind: title\nid: x\ntitle: x\neditions: {epub: {format: epub, prices: {USD: -1}, files: {content: /etc/passwd}}}\n",
    b"moved: [{from: a, to: b}, 7]\nimport: {a: b}\nremoved: x\n",
    b"version: 1\naccounts: []\n",
    b"version: 2\n",
    b"version: 1\naccounts: {store: {provider: [x], base_url: {}}}\n",
    b"version: 1\naccounts: {store: {provider: publicala, base_url: 'https://[::1'}}\n",
    b"version: 1\ncatalog: [/etc, ../..]\naccounts: {}\n",
    b"version: 1\nbackend: {type: local, path: ../../elsewhere}\naccounts: {}\n",
    b"a: !!python/object/apply:os.system [id]\n",
)


@pytest.mark.parametrize(
    "where", ["catalog/hostile.yaml", "catalog/hostile.json", "catalogctl.yaml", "state/default.json", "state/default.journal"]
)
def test_hostile_files_are_told_without_a_traceback(shop: Shop, where: str) -> None:
    shop.title()
    shop.applied()
    good = (shop.folder / where).read_bytes() if (shop.folder / where).exists() else None
    for number, data in enumerate(HOSTILE_FILES):
        (shop.folder / where).write_bytes(data)
        for command in (["validate"], ["plan"], ["state", "list"], ["apply", "--auto-approve"]):
            calm(number, data, shop.run(*command))
    assert shop.writes == []
    if good is None:
        (shop.folder / where).unlink()
    else:
        (shop.folder / where).write_bytes(good)
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def test_hostile_plan_files_are_told_without_a_traceback(shop: Shop) -> None:
    shop.title()
    plan = shop.folder / "plan.json"
    shop.run("plan", "--out", str(plan)).ended(0)
    whole = plan.read_bytes()
    for number, data in enumerate([*HOSTILE_FILES, whole[:-20], whole.replace(b'"create"', b'"delete"'), whole.replace(b"null", b"7")]):
        plan.write_bytes(data)
        for command in (["show", str(plan)], ["apply", str(plan)]):
            told = shop.run(*command).ended(5)
            calm(number, data, told)
    assert shop.writes == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--env", "../../etc", "plan"],
        ["--env", "", "plan"],
        ["--env", "a b", "state", "list"],
        ["-C", "/nowhere/at/all", "plan"],
        ["plan", "--target", "[", "--exclude", "***", "--replace", "\x1b[31m"],
        ["plan", "--target", ""],
        ["state", "show", "\x1b]0;title\x07"],
        ["state", "show", "no/such/address.epub"],
        ["apply", "/dev/null"],
        ["show", "/dev/null"],
        ["plan", "--out", "/"],
        ["plan", "--allow", "deletes=NaN"],
        ["plan", "--allow", "deletes=1e999999"],
        ["plan", "--lock", "--lock-timeout", "-5"],
        ["plan", "--lock", "--lock-timeout", "nan"],
        ["validate", "/nowhere", "", "\x00"[:0]],
        ["init", "catalogctl.yaml/x"],
        ["schema", "--write", "catalogctl.yaml/x"],
    ],
)
def test_hostile_command_lines_are_told_without_a_traceback(shop: Shop, arguments: list[str]) -> None:
    shop.title()
    shop.applied()
    told = shop.run(*arguments)
    calm(0, b"", told)
    assert "\x1b" not in told.all
    assert shop.writes == []


def test_what_a_store_says_cannot_drive_the_terminal(shop: Shop) -> None:
    shop.title()
    shop.applied()
    shop.sandbox.edit("key-faro", name="\x1b[2J\x1b]0;owned\x07\u202egnp", description="\x9b31m\r\n::error::x")
    body = json.dumps({"message": "\x1b[31mred\x07\u202e"})
    shop.server.inject(Fault(kind=FaultKind.FAIL, method="PUT", status=422, body=body))
    for told in (shop.run("plan"), shop.run("apply", "--auto-approve"), shop.run("drift"), shop.run("--json", "plan")):
        assert not set(told.all) & set("\x1b\x07\x9b\r\u202e")


def calm(number: int, data: bytes, told: Ran) -> None:
    where = f"{number}: {data[:60]!r}\n{told.all}"
    assert told.code in {0, 1, 3, 5}, where
    assert "Traceback" not in told.all, where
    assert "fault of catalogctl" not in told.all, where
    assert "\x00" not in told.all, where


def test_a_fault_of_our_own_is_told_as_one_and_shown_whole_on_request(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("ouch")

    monkeypatch.setattr("catalogctl.config.project.load_project", broken)
    shop.title()
    told = shop.run("state", "list").ended(1)
    assert "A fault of catalogctl itself" in told.err
    assert "RuntimeError: ouch" in told.err
    assert "Traceback" not in told.err
    assert "Traceback" in shop.run("--log-level", "debug", "state", "list").ended(1).err


def test_a_folder_is_no_plan_and_no_project(shop: Shop, tmp_path: Path) -> None:
    shop.title()
    shop.run("apply", str(tmp_path)).ended(1)
    (shop.folder / "catalogctl.yaml").unlink()
    (shop.folder / "catalogctl.yaml").mkdir()
    calm(0, b"", shop.run("plan"))
