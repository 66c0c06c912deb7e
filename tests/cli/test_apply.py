"""apply: who agrees, what a saved plan may do, and what happens when it is interrupted or killed."""

from __future__ import annotations

import json
import os
import pty
import shlex
import signal
import stat
import subprocess
from pathlib import Path

import pytest

import small
from catalogctl.sandbox import Fault, FaultKind
from shop import Ran, Shop, ended, until


def answered(shop: Shop, answer: str, *arguments: str) -> Ran:
    """Run a command whose stdin is a terminal on which someone types an answer."""
    theirs, ours = pty.openpty()
    try:
        process = shop.start_with(ours, *arguments)
        os.write(theirs, f"{answer}\n".encode())
        return ended(process)
    finally:
        os.close(theirs)
        os.close(ours)


@pytest.mark.parametrize("answer", ["", "y", "YES", "no", "yes please"])
def test_anything_but_yes_is_a_no_and_nothing_is_sent(shop: Shop, answer: str) -> None:
    shop.title()
    assert "Nothing was done." in answered(shop, answer, "apply").ended(1).err
    assert shop.writes == []
    assert not (shop.folder / "state/default.json").exists()


def test_yes_is_a_yes(shop: Shop) -> None:
    shop.title()
    answered(shop, "yes", "apply").ended(0)
    assert list(shop.rows) == ["key-faro"]
    assert "1 object is lost for good." in answered(shop, "yes", "destroy").ended(0).out
    assert shop.rows == {}


def test_a_saved_plan_is_applied_without_being_asked(shop: Shop) -> None:
    shop.title()
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--out", plan).ended(0)
    shop.run("apply", plan).ended(0)
    assert list(shop.rows) == ["key-faro"]
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def test_a_saved_plan_does_what_was_reviewed_and_no_more(shop: Shop) -> None:
    """Whatever else has to be done by now, in titles that it is not about."""
    shop.titles(3)
    shop.applied("--target", "t00")
    shop.title("t00", title="Otro")
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--target", "t00", "--target", "t01", "--out", plan).ended(0)
    shop.sandbox.clear_log()
    shop.run("apply", plan).ended(0)
    assert sorted(request.method for request in shop.writes) == ["POST", "PUT"]
    assert sorted(shop.rows) == ["key-t00", "key-t01"]


def test_an_unrelated_title_that_moved_does_not_make_a_plan_stale(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    shop.title("t00", title="Otro")
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--out", plan).ended(0)
    shop.sandbox.edit("key-t01", name="OFERTA")
    shop.run("apply", plan).ended(0)
    assert (shop.rows["key-t00"]["name"], shop.rows["key-t01"]["name"]) == ("Otro", "OFERTA")


def test_only_what_a_saved_plan_changes_is_read_again(shop: Shop) -> None:
    shop.titles(40)
    shop.applied()
    shop.title("t00", title="Otro")
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--out", plan).ended(0)
    shop.sandbox.clear_log()
    shop.run("apply", plan).ended(0)
    # The last of them asks for what v1 does not tell of the content that changes.
    assert len([request for request in shop.requests if request.method == "GET"]) <= 3


@pytest.mark.parametrize("arguments", [["--destroy"], ["--replace", "t00"], ["--refresh-only"], ["--destroy", "--target", "t01"]])
def test_every_kind_of_plan_can_be_saved_and_applied(shop: Shop, arguments: list[str]) -> None:
    shop.titles(3)
    shop.applied()
    if arguments == ["--refresh-only"]:
        shop.sandbox.edit("key-t00", name="OFERTA")
        shop.sandbox.remove("key-t01")
    plan = str(shop.folder / "plan.json")
    saved = shop.run("plan", "--format", "json", "--out", plan, *arguments).ended(0).json
    shop.sandbox.clear_log()
    shop.run("apply", plan).ended(0)
    writes = sorted(call["method"] for call in saved["requests"] if call["method"] != "GET")
    assert sorted(request.method for request in shop.writes) == writes
    expected = {"--destroy": [], "--replace": ["t00", "t01", "t02"], "--refresh-only": ["t00", "t02"]}[arguments[0]]
    if "--target" in arguments:
        expected = ["t00", "t02"]
    assert shop.addresses == [f"store/content/{title}.epub" for title in expected]


@pytest.mark.parametrize("option", [["--target", "t00"], ["--exclude", "t00"], ["--replace", "t00"], ["--refresh-only"], ["--no-refresh"]])
def test_a_saved_plan_cannot_be_narrowed_any_more(shop: Shop, option: list[str]) -> None:
    shop.titles(2)
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--out", plan).ended(0)
    shop.sandbox.clear_log()
    shop.run("apply", plan, *option).ended(1)
    assert shop.requests == ()


def test_state_and_what_lies_beside_it_are_private(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    shop.title("t00", title="Otro")
    shop.server.inject(Fault(kind=FaultKind.DROP_AFTER, method="PUT", count=None), Fault(kind=FaultKind.FAIL, path="issues/1", count=None))
    shop.run("apply", "--auto-approve").ended(7)
    files = [path for path in (shop.folder / "state").rglob("*") if path.is_file()]
    assert {"default.json", "default.journal"} <= {path.name for path in files}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_local_files_are_published_by_their_content_before_the_store_is_told(shop: Shop) -> None:
    shop.write("catalog/faro.pdf", small.pdf("one").decode())
    shop.title(edition={"format": "pdf", "files": {"content": "faro.pdf"}})
    shop.applied()
    url = shop.rows["key-faro"]["file_url"]
    published = shop.folder / "public" / url.removeprefix("https://files.example.com/")
    assert published.read_bytes() == small.pdf("one")
    shop.write("catalog/other-name.pdf", small.pdf("one").decode())
    shop.title(edition={"format": "pdf", "files": {"content": "other-name.pdf"}})
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def interrupted(shop: Shop, titles: int, number: int) -> Ran:
    """Interrupt an apply once, after its second create."""
    shop.titles(titles)
    shop.server.latency = 0.15
    process = shop.start("apply", "--auto-approve", "--parallelism", "1")
    until(lambda: len(shop.writes) >= 2, "the second create")
    process.send_signal(number)
    return ended(process)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_once_nothing_new_is_started_and_what_is_under_way_is_finished(shop: Shop, number: int, code: int) -> None:
    stopped = interrupted(shop, 8, number).ended(code)
    made = len(shop.writes)
    assert 2 <= made < 8
    assert len(shop.rows) == len(shop.addresses) == made
    assert f"{made} done ({made} created), 0 failed, {8 - made} not started" in stopped.out
    assert not (shop.folder / "state/default.journal").exists()
    shop.server.latency = 0.0
    shop.run("apply", "--auto-approve").ended(0)
    assert len(shop.writes) == len(shop.rows) == 8


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_twice_it_stops_now_and_the_journal_knows_what_was_under_way(shop: Shop, number: int, code: int) -> None:
    shop.titles(3)
    shop.server.inject(Fault(kind=FaultKind.DELAY, method="POST", seconds=3, skip=1))
    process = shop.start("apply", "--auto-approve", "--parallelism", "1")
    until(lambda: shop.server.faulted, "the slow create")
    process.send_signal(number)
    assert process.stderr is not None
    until(lambda: b"Interrupt again to stop now" in os.read(process.stderr.fileno(), 65536), "the word that it stops")  # type: ignore[union-attr]
    process.send_signal(number)
    stopped = ended(process, timeout=2).ended(code)
    assert "Traceback" not in stopped.all
    assert (shop.folder / "state/default.journal").exists()
    until(lambda: len(shop.rows) == 2, "the create that nobody waited for")
    shop.run("apply", "--auto-approve").ended(0)
    assert len(shop.sandbox.rows()) == 3
    assert len(shop.addresses) == 3
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def test_killed_at_any_instant_the_next_apply_ends_in_the_declared_catalog(shop: Shop) -> None:
    """Killed after 1, 2, 3 … of its requests, each time going on where the last one was killed; nothing is doubled."""
    shop.titles(10)
    shop.server.latency = 0.03
    kills = 0
    while True:
        reached = len(shop.writes) + 1 + kills % 2
        process = shop.start("apply", "--auto-approve", "--parallelism", "2")
        until(lambda reached=reached, process=process: len(shop.writes) >= reached or process.poll() is not None, "the next write")  # type: ignore[misc]
        if process.poll() is not None:
            ended(process).ended(0)
            break
        process.kill()
        ended(process).ended(-signal.SIGKILL)
        kills += 1
    assert kills >= 3
    assert sorted(shop.rows) == [f"key-t{number:02}" for number in range(10)]
    assert len(shop.sandbox.rows()) == 10
    assert len(shop.addresses) == 10
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def test_a_file_changed_while_applying_is_refused_and_the_rest_goes_on(shop: Shop) -> None:
    """Between the plan and the moment when the file is published."""
    asset = shop.write("catalog/t01.pdf", small.pdf("one").decode())
    shop.titles(3)
    shop.title("t01", edition={"format": "pdf", "files": {"content": "t01.pdf"}})
    shop.server.inject(Fault(kind=FaultKind.DELAY, method="POST", seconds=1.0))
    process = shop.start("apply", "--auto-approve", "--parallelism", "1")
    until(lambda: shop.server.faulted, "the first create")
    asset.write_text(small.pdf("two").decode(), encoding="utf-8")
    changed = ended(process).ended(5)
    assert "no longer the file" in changed.out
    assert sorted(shop.rows) == ["key-t00", "key-t02"]


def test_whoever_reads_our_output_may_go_away_and_the_catalog_is_applied_whole(shop: Shop) -> None:
    shop.titles(3)
    renewed = ["--json", "apply", "--auto-approve", "--replace", "*"]
    for arguments in (["apply", "--auto-approve"], renewed, ["plan"], ["state", "list"], ["show"]):
        process = shop.start(*arguments)
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 -- for communicate, which reads whatever is there
        gone = ended(process).ended(0)
        assert "Traceback" not in gone.err
        assert "Exception ignored" not in gone.err
        assert len(shop.rows) == 3
        assert len(shop.addresses) == 3


def test_a_newcomer_goes_from_an_empty_folder_to_an_applied_catalog_without_a_key(shop: Shop, tmp_path: Path) -> None:
    """`catalogctl init shop && cd shop && catalogctl validate && catalogctl plan && catalogctl apply`."""
    folder = tmp_path / "empty"
    folder.mkdir()
    newcomer = Shop(folder, shop.sandbox, shop.server)
    newcomer.spawn("init", "shop", PUBLICALA_TOKEN="").ended(0)
    inside = Shop(folder / "shop", shop.sandbox, shop.server)
    for arguments, code in (
        (["validate"], 0),
        (["plan", "--detailed-exitcode"], 2),
        (["apply", "--auto-approve"], 0),
        (["plan", "--detailed-exitcode"], 0),
        (["drift"], 0),
        (["state", "list"], 0),
    ):
        assert "Traceback" not in inside.spawn(*arguments, PUBLICALA_TOKEN="").ended(code).all
    assert inside.addresses == ["store/content/mirror-work.epub"]
    assert newcomer.spawn("init", "shop").ended(1).err.count("error:") == 1
    assert shop.requests == ()


def test_init_leaves_files_that_exist_alone(shop: Shop) -> None:
    (shop.folder / "catalogctl.yaml").unlink()
    shop.write(".gitignore", "mine\n")
    shop.run("init").ended(0)
    assert (shop.folder / ".gitignore").read_text(encoding="utf-8") == "mine\n"
    assert json.loads((shop.folder / ".vscode/settings.json").read_bytes())
    shop.run("validate").ended(0)


def test_the_demo_runs_through(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("empty")
    shown = Shop(folder, shop.sandbox, shop.server).spawn("demo").ended(0)
    assert "Special offer!" in shown.out
    assert list(folder.iterdir()) == []


def test_the_sandbox_command_serves_what_it_prints(shop: Shop) -> None:
    process = shop.start("--quiet", "sandbox", "--port", "0", PYTHONUNBUFFERED="1")
    assert isinstance(process, subprocess.Popen)
    assert process.stdout is not None
    printed = ""
    while "token:" not in printed:
        line = process.stdout.readline()
        assert line, ended(process)
        printed += line
    shop.write("catalogctl.yaml", "version: 1\n" + printed)
    shop.title(edition={"publish": {"publicala-sandbox": {}}})
    shop.run("apply", "--auto-approve").ended(0)
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out
    process.send_signal(signal.SIGINT)
    ended(process).ended(0)


def test_an_apply_in_part_ends_with_the_command_that_goes_on_and_it_does(shop: Shop) -> None:
    """With what of `--replace` is still to be done, and with nothing that was done already."""
    shop.titles(3)
    shop.applied()
    shop.server.inject(Fault(kind=FaultKind.FAIL, method="DELETE", status=422, skip=1))
    asked = ("apply", "--auto-approve", "--parallelism", "1", "--exclude", "t02", "--allow", "replaces=5", "--replace", "*")
    partly = shop.run(*asked).ended(6)
    *_, said, command = partly.out.splitlines()
    [left] = [title for title in ("t00", "t01") if f"FAILED  delete store/content/{title}.epub" in partly.out]
    assert said == "What is done is recorded. To go on from here:"
    wanted = f"apply --exclude t02 --allow replaces=5 --replace store/content/{left}.epub --auto-approve --parallelism 1"
    assert command == f"  catalogctl {wanted}"
    shop.sandbox.clear_log()
    shop.run(*shlex.split(command)[1:]).ended(0)
    assert [request.method for request in shop.writes] == ["DELETE", "POST"]


def test_a_saved_plan_that_was_done_in_part_goes_on_with_the_same_plan(shop: Shop) -> None:
    shop.titles(3)
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--out", plan).ended(0)
    shop.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=422))
    command = shop.run("apply", plan).ended(6).out.splitlines()[-1]
    assert command == f"  catalogctl apply {plan}"
    shop.run(*shlex.split(command)[1:]).ended(0)
    assert len(shop.rows) == 3


def test_what_was_made_and_changed_is_linked_on_the_store_itself(shop: Shop) -> None:
    """Made: the answer has no more than the slug. Changed: the row that was read says where it is."""
    shop.title()
    made = shop.applied().out
    page = f"{shop.url}/library/publication/el-faro-{shop.state['resources'][0]['id']}"
    assert f"To be seen at:\n  store/content/faro.epub\n    product  {page}\n    reader   " in made
    shop.title(edition={"prices": {"USD": "8.90"}})
    lines = [json.loads(line) for line in shop.run("--json", "apply", "--auto-approve").ended(0).out.splitlines()]
    assert [line["links"]["product"] for line in lines if line["type"] == "apply_complete"] == [page]
    assert "http" not in shop.run("destroy", "--auto-approve").ended(0).out.partition("Plan: ")[2]
