"""The embedded sandbox: one store for commands that run after, and beside, each other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from catalogctl.model.diagnostics import CatalogError
from catalogctl.provider.emulation import SandboxRequest, SandboxResponse
from catalogctl.providers.publicala.sandbox import PublicalaSandbox, PublicalaSwitches
from catalogctl.sandbox import EmbeddedSandbox
from catalogctl.system.safe_folder import SafeFolder
from unit.sandbox.storefront import DIGITAL, HEADERS, ISSUES, UPDATE

LOWERED = {name.lower(): value for name, value in HEADERS.items()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".catalogctl" / "sandbox" / "store.jsonl"


def opened(path: Path, **switches: Any) -> EmbeddedSandbox:
    return EmbeddedSandbox(SafeFolder(path.parent), path.name, PublicalaSandbox(PublicalaSwitches(**switches)))


def send(sandbox: EmbeddedSandbox, method: str, tail: str = "", body: object = None) -> SandboxResponse:
    return sandbox.respond(SandboxRequest(method, f"{ISSUES}{tail}", "", LOWERED, json.dumps(body).encode()))


def create(sandbox: EmbeddedSandbox, external_id: str) -> int:
    answer = send(sandbox, "POST", body=DIGITAL | {"external_id": external_id})
    assert answer.status == 201, answer.body
    return int(json.loads(answer.body)["data"]["issue"]["id"])


def keys(sandbox: EmbeddedSandbox) -> list[object]:
    return [row["external_id"] for row in sandbox.rows()]


@contextmanager
def running(sandbox: EmbeddedSandbox) -> Iterator[str]:
    try:
        yield sandbox.url
    finally:
        sandbox.close()


def test_what_one_command_wrote_the_next_one_finds(path: Path) -> None:
    first = opened(path)
    number = create(first, "a")
    create(first, "b")
    create(first, "c")
    assert send(first, "PUT", f"/{number}", UPDATE | {"external_id": "a", "name": "Changed"}).status == 204
    assert send(first, "DELETE", "/b").status == 200
    second = opened(path)
    assert second.rows() == first.rows()
    assert [row["name"] for row in second.rows()] == ["Changed", DIGITAL["name"]]


def test_an_id_is_not_given_again_by_a_later_command(path: Path) -> None:
    first = opened(path)
    last = create(first, "a")
    send(first, "DELETE", "/a")
    assert create(opened(path), "b") > last


def test_it_is_served_over_a_socket_from_the_first_use_of_its_url(path: Path) -> None:
    sandbox = opened(path)
    assert sandbox.server is None
    with running(sandbox) as url:
        request = Request(f"{url}{ISSUES}", json.dumps(DIGITAL).encode(), HEADERS)
        with urlopen(request, timeout=5) as answer:
            assert answer.status == 201
        assert sandbox.url == url
    assert sandbox.server is None
    assert keys(opened(path)) == ["computing-machine"]


def test_two_commands_at_once_see_each_others_writes_and_share_one_numbering(path: Path) -> None:
    first, second = opened(path), opened(path)
    numbers = [create(sandbox, f"{index}") for index, sandbox in enumerate([first, second, first, second, second, first])]
    assert len(set(numbers)) == 6
    assert keys(first) == keys(second) == [str(index) for index in range(6)]
    assert send(second, "GET", "/0").status == 200
    send(first, "DELETE", "/0")
    assert send(second, "GET", "/0").status == 404
    assert send(second, "POST", body=DIGITAL | {"external_id": "1"}).status == 422


def test_the_back_doors_are_kept_too(path: Path) -> None:
    sandbox = opened(path)
    sandbox.seed([{"external_id": "a"}, {"external_id": "b"}])
    sandbox.edit("a", name="Changed", ti_withdrawn=1)
    sandbox.remove("b")
    with pytest.raises(KeyError):
        sandbox.edit("b", name="x")
    again = opened(path)
    assert again.rows() == sandbox.rows()
    assert [(row["name"], row["shown"]) for row in again.rows()] == [("Changed", {"ti_withdrawn": 1})]
    again.reset()
    assert keys(opened(path)) == keys(sandbox) == []


def test_contents_can_be_carried_from_one_file_to_another(path: Path) -> None:
    source, target = opened(path), opened(path.with_name("other.jsonl"))
    create(source, "a")
    create(target, "left over")
    target.restore(source.snapshot())
    assert opened(path.with_name("other.jsonl")).rows() == source.rows()


def test_a_new_store_has_its_foreign_rows_once(path: Path) -> None:
    assert len(opened(path, foreign_rows=3).rows()) == 3
    assert len(opened(path, foreign_rows=3).rows()) == 3


@pytest.mark.parametrize("torn", [b'["1000002",{"id":10', b'["1000002",{"name":"' + b"x" * 5000, b"[", b'["1000001",null]'])
def test_a_torn_last_line_is_as_if_it_had_not_been_begun(path: Path, torn: bytes) -> None:
    create(opened(path), "a")
    with path.open("ab") as file:
        file.write(torn)
    sandbox = opened(path)
    assert keys(sandbox) == ["a"]
    create(sandbox, "b")
    assert keys(sandbox) == keys(opened(path)) == ["a", "b"]


def test_a_line_that_another_process_is_still_writing_is_read_when_it_is_whole(path: Path) -> None:
    writer, reader = opened(path), opened(path)
    create(writer, "a")
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert keys(reader) == []
    path.write_bytes(whole)
    assert keys(reader) == ["a"]


def test_a_write_costs_one_line_whatever_is_stored(path: Path) -> None:
    sandbox = opened(path)
    sandbox.seed({"external_id": f"{number}"} for number in range(500))
    before = path.stat().st_size
    create(sandbox, "a")
    added = path.read_bytes()[before:]
    assert added.count(b"\n") == 1
    assert json.loads(added)[1]["external_id"] == "a"


def test_superseded_lines_are_dropped_at_the_next_start_and_a_running_command_notices(path: Path) -> None:
    sandbox = opened(path)
    create(sandbox, "a")
    for number in range(300):
        sandbox.edit("a", name=f"Name {number}")
    grown = path.stat().st_size
    again = opened(path)
    assert path.stat().st_size < grown / 50
    assert keys(again) == keys(sandbox) == ["a"]
    create(again, "b")
    create(sandbox, "c")
    assert keys(again) == keys(sandbox) == keys(opened(path)) == ["a", "b", "c"]


def test_a_file_that_is_deleted_is_an_empty_store(path: Path) -> None:
    sandbox = opened(path)
    create(sandbox, "a")
    path.unlink()
    assert keys(sandbox) == []
    create(sandbox, "b")
    assert keys(opened(path)) == keys(sandbox) == ["b"]


@pytest.mark.parametrize("content", [b"not json\n", b"[1]\n", b'{"version":99,"mark":"x"}\n', b'{"version":1}\n'])
def test_a_file_that_is_something_else_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(CatalogError) as caught:
        opened(path)
    assert caught.value.diagnostics[0].code == "sandbox-file"
    assert path.read_bytes() == content


@pytest.mark.parametrize("line", [b'["x", 5]', b'["x", {}]', b'["cleared", 5]', b"[5, 5]", b"null", b'["track/1", {"id": 1}]'])
def test_a_line_that_this_sandbox_never_writes_is_told(path: Path, line: bytes) -> None:
    create(opened(path), "a")
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(CatalogError) as caught:
        opened(path)
    assert caught.value.diagnostics[0].code == "sandbox-file"


def test_a_broken_line_in_the_middle_is_told(path: Path) -> None:
    create(opened(path), "a")
    path.write_bytes(path.read_bytes() + b"rubbish\n" + b'["1000001",null]\n')
    with pytest.raises(CatalogError, match="embedded sandbox"):
        opened(path)


def test_a_write_that_cannot_be_stored_is_taken_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = opened(path)
    create(sandbox, "a")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(SafeFolder, "continue_at", full)
        with pytest.raises(OSError, match="No space"):
            send(sandbox, "POST", body=DIGITAL | {"external_id": "b"})
    assert keys(sandbox) == ["a"]
    create(sandbox, "b")
    assert keys(opened(path)) == ["a", "b"]


WRITER = """
import json, os, sys
from pathlib import Path
from catalogctl.provider.emulation import SandboxRequest
from catalogctl.providers.publicala.sandbox import PublicalaSandbox
from catalogctl.sandbox import EmbeddedSandbox
from catalogctl.system.safe_folder import SafeFolder

path, name, kill, issues, headers, body = sys.argv[1:]
sandbox = EmbeddedSandbox(SafeFolder(Path(path).parent), Path(path).name, PublicalaSandbox())
print("ready", flush=True)
sys.stdin.readline()
for number in range(40):
    sent = {**json.loads(body), "external_id": f"{name}-{number}"}
    answer = sandbox.respond(SandboxRequest("POST", issues, "", json.loads(headers), json.dumps(sent).encode()))
    assert answer.status == 201, answer.body
if kill == "yes":
    os.kill(os.getpid(), 9)
"""


def run_together(path: Path, *names: str, kill: str) -> list[int]:
    """Let processes create 40 contents each, all from the same moment on."""
    arguments = [ISSUES, json.dumps(LOWERED), json.dumps(DIGITAL)]
    commands = [[sys.executable, "-c", WRITER, str(path), name, kill, *arguments] for name in names]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for command in commands]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
    return [process.returncode for process in processes]


def test_a_killed_process_loses_nothing_that_it_had_answered(path: Path) -> None:
    assert run_together(path, "a", kill="yes") == [-9]
    assert len(keys(opened(path))) == 40


def test_processes_that_write_at_the_same_time_lose_and_double_nothing(path: Path) -> None:
    assert run_together(path, "a", "b", "c", kill="no") == [0, 0, 0]
    sandbox = opened(path)
    assert len(set(keys(sandbox))) == len({row["id"] for row in sandbox.rows()}) == 120
