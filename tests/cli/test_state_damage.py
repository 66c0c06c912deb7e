"""What can happen to state and journal: each ends in words that say what to do, or is mended, and never in silent loss."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogctl.sandbox import Fault, FaultKind
from shop import IMPORTABLE, Ran, Shop, ended, until

LOOKING = (["plan"], ["apply", "--auto-approve"], ["destroy", "--auto-approve"], ["drift"], ["state", "list"], ["state", "pull"])


def state_file(shop: Shop) -> Path:
    return shop.folder / "state/default.json"


def journal_file(shop: Shop) -> Path:
    return shop.folder / "state/default.journal"


def contents(shop: Shop) -> dict[str, bytes]:
    """Give every file of the state, but for those of the lock."""
    folder = shop.folder / "state"
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".lock" not in path.name
    }


def refused(shop: Shop, word: str, code: int = 5) -> None:
    """Make sure that whatever looks at the state is refused with this word, asks no store and changes no byte."""
    before = contents(shop)
    for command in LOOKING:
        told = shop.run(*command).ended(code)
        assert word in " ".join(told.err.split()), told.err
        assert "Traceback" not in told.all
    assert contents(shop) == before
    assert shop.requests == ()


def converges(shop: Shop, titles: int) -> None:
    """Make sure that one more apply ends in the declared catalog, with nothing doubled."""
    shop.run("apply", "--auto-approve").ended(0)
    assert len(shop.rows) == len(shop.sandbox.rows()) == len(shop.addresses) == titles
    assert not journal_file(shop).exists()
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def killed(shop: Shop, titles: int) -> None:
    """Kill an apply when half of its titles are made."""
    shop.titles(titles)
    shop.server.latency = 0.05
    process = shop.start("apply", "--auto-approve", "--parallelism", "1")
    until(lambda: len(shop.writes) >= titles // 2, "half of the creates")
    process.kill()
    ended(process)
    shop.server.latency = 0.0
    time.sleep(0.3)  # what it has sent by now comes to its end in the store
    shop.sandbox.clear_log()


# -- the state -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [0.0, 0.01, 0.5, 0.999])
def test_a_half_written_state_is_refused_and_had_back_from_those_that_are_kept(shop: Shop, part: float) -> None:
    shop.titles(3)
    shop.applied()
    whole = state_file(shop).read_bytes()
    # In place: as an editor or a copy that broke off does it. The state that is kept must not be the same file.
    state_file(shop).write_bytes(whole[: int(len(whole) * part)])
    refused(shop, "catalogctl state rebuild")
    kept = shop.write("kept.json", shop.run("state", "show", "--serial", "1", "--format", "json").ended(0).out)
    assert kept.read_bytes() == whole
    shop.run("state", "push", str(kept)).ended(5)
    pushed = shop.run("state", "push", "--force", str(kept)).ended(0).out
    [aside] = (shop.folder / "state").glob("default.json.damaged-*")
    assert aside.read_bytes() == whole[: int(len(whole) * part)]
    assert aside.name in "".join(pushed.split())
    assert shop.state["resources"] == json.loads(whole)["resources"]
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def test_a_state_whose_serial_was_edited_is_refused(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    text = state_file(shop).read_text(encoding="utf-8")
    for serial in ("0", "2", "-1", '"1"', "1.0", "null"):
        state_file(shop).write_text(text.replace('"serial": 1', f'"serial": {serial}'), encoding="utf-8")
        refused(shop, "does not match its checksum")


def test_the_state_of_a_newer_version_is_refused_and_neither_rebuilt_nor_pushed_over(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    pulled = shop.write("pulled.json", shop.run("state", "pull").out)
    state_file(shop).write_bytes(state_file(shop).read_bytes().replace(b'"version": 1', b'"version": 2'))
    refused(shop, "a newer catalogctl")
    before = contents(shop)
    shop.run("state", "rebuild", "--auto-approve").ended(5)
    shop.run("state", "push", "--force", str(pulled)).ended(5)
    assert contents(shop) == before


def test_a_state_that_is_gone_is_not_taken_for_no_state(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    state_file(shop).unlink()
    refused(shop, "Going on without it would create everything a second time")


def test_the_state_of_another_environment_is_refused(shop: Shop) -> None:
    shop.titles(2)
    shop.project("environments: {staging: {}}\n")
    shop.applied()
    (shop.folder / "state/staging.json").write_bytes(state_file(shop).read_bytes())
    assert "another environment" in shop.run("--env", "staging", "plan").ended(5).err


# -- the journal ---------------------------------------------------------------------------------------------------------


def test_a_journal_whose_end_was_torn_off_counts_without_its_last_line(shop: Shop) -> None:
    killed(shop, 6)
    lines = journal_file(shop).read_bytes().splitlines(keepends=True)
    for piece in (1, len(lines[-1]) // 2, len(lines[-1]) - 1):
        journal_file(shop).write_bytes(b"".join(lines[:-1]) + lines[-1][:piece])
        shop.run("state", "list").ended(0)
    converges(shop, 6)


@pytest.mark.parametrize("length", [0, 5, 60, -1])
@pytest.mark.parametrize("applied", [True, False])
def test_a_journal_that_was_cut_off_within_its_first_line_has_nothing_to_tell(shop: Shop, length: int, applied: bool) -> None:
    """It is written before anything else is done."""
    if applied:
        shop.titles(2)
        shop.applied()
    killed(shop, 6)
    first = journal_file(shop).read_bytes().splitlines(keepends=True)[0]
    journal_file(shop).write_bytes(first[:length])
    shop.run("state", "list").ended(0)
    converges(shop, 6)


def test_a_journal_that_was_cut_off_within_its_first_line_beside_another_state_is_refused(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    killed(shop, 6)
    first = journal_file(shop).read_bytes().splitlines(keepends=True)[0]
    journal_file(shop).write_bytes(first[:-20].replace(first[:8], b"00000000"))
    refused(shop, "catalogctl state rebuild")


def test_a_journal_whose_last_blocks_a_power_cut_left_empty_counts_without_its_last_line(shop: Shop) -> None:
    killed(shop, 6)
    *lines, last = journal_file(shop).read_bytes().splitlines(keepends=True)
    journal_file(shop).write_bytes(b"".join(lines) + last[:20] + bytes(len(last) - 21) + b"\n")
    converges(shop, 6)


def test_a_journal_that_was_changed_in_its_middle_is_refused_and_the_stores_tell_what_it_told(shop: Shop) -> None:
    killed(shop, 6)
    lines = journal_file(shop).read_bytes().splitlines(keepends=True)
    journal_file(shop).write_bytes(b"".join([*lines[:2], lines[2].replace(b"t0", b"t9"), *lines[3:]]))
    damaged = journal_file(shop).read_bytes()
    refused(shop, "catalogctl state rebuild")
    shop.run("state", "rebuild", "--auto-approve").ended(0)
    [aside] = (shop.folder / "state").glob("default.journal.damaged-*")
    assert aside.read_bytes() == damaged
    assert len(shop.addresses) == len(shop.rows)
    converges(shop, 6)


def test_an_earlier_state_that_was_put_back_beside_a_journal_is_refused(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    first = state_file(shop).read_bytes()
    shop.title("t00", title="otro")
    shop.applied()
    killed(shop, 6)
    state_file(shop).write_bytes(first)
    refused(shop, "belongs to another state")


# -- the disk ------------------------------------------------------------------------------------------------------------

FULL_DISK = """\
import errno, os

left = {left}  # bytes until nothing more goes into files named like {name}
whole_write, names, whole_open = os.write, {{}}, os.open

def open_and_note(path, *arguments, **named):
    file = whole_open(path, *arguments, **named)
    names[file] = os.fspath(path)
    return file

def write(file, data):
    global left
    if {name!r} not in str(names.get(file, "")):
        return whole_write(file, data)
    if left <= 0:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    piece = bytes(data)[:left]
    left -= len(piece)
    return whole_write(file, piece)

os.open, os.write = open_and_note, write
"""


def on_full_disk(shop: Shop, name: str, left: int, *arguments: str) -> Ran:
    """Run a command on a disk that takes so many more bytes into files named like this, the last piece included."""
    shop.write("full/sitecustomize.py", FULL_DISK.format(name=name, left=left))
    return shop.spawn(*arguments, PYTHONPATH=os.pathsep.join([str(shop.folder / "full"), IMPORTABLE]))


@pytest.mark.parametrize("left", [0, 100, 700, 2000])
def test_a_disk_that_is_full_when_the_journal_grows_stops_the_run_and_loses_nothing(shop: Shop, left: int) -> None:
    shop.titles(6)
    stopped = on_full_disk(shop, "default.journal", left, "apply", "--auto-approve", "--parallelism", "1")
    assert stopped.code == 1
    assert "No space left on device" in stopped.err
    assert "Free some space" in stopped.err
    assert "Traceback" not in stopped.all
    assert len(shop.writes) <= 3
    converges(shop, 6)


@pytest.mark.parametrize("left", [0, 1000])
def test_a_disk_that_is_full_when_the_state_is_written_leaves_the_old_one_and_the_journal(shop: Shop, left: int) -> None:
    shop.titles(4)
    shop.applied()
    before = contents(shop)
    shop.title("t00", title="otro")
    stopped = on_full_disk(shop, "state/.default", left, "apply", "--auto-approve").ended(1)
    assert "No space left on device" in " ".join(stopped.err.split())
    after = contents(shop)
    assert {name: after[name] for name in before} == before
    assert not list((shop.folder / "state").rglob("*.tmp"))
    converges(shop, 4)
    assert len(shop.writes) == 1


def test_a_disk_that_is_full_when_the_record_of_a_run_is_begun_keeps_everything_from_being_sent(shop: Shop) -> None:
    shop.titles(4)
    stopped = on_full_disk(shop, "runs/.default", 1000, "apply", "--auto-approve").ended(1)
    assert "The record of a run could not be written" in stopped.err
    assert shop.writes == []
    converges(shop, 4)


def test_a_limit_on_the_size_of_files_is_told_and_loses_nothing(shop: Shop) -> None:
    """As the operating system does it, with nothing of ours in between."""
    shop.titles(4)
    shop.applied()
    before = contents(shop)
    shop.title("t00", title="otro")
    small = len(before["default.json"]) - 100
    process = subprocess.Popen(
        [sys.executable, "-m", "catalogctl", "apply", "--auto-approve"],
        cwd=shop.folder,
        env={**os.environ, "PYTHONPATH": IMPORTABLE, "CATALOGCTL_CACHE_DIR": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (small, small)),  # noqa: PLW1509 -- a limit of this one process
    )
    stopped = ended(process).ended(1)
    assert "File too large" in stopped.err
    assert state_file(shop).read_bytes() == before["default.json"]
    assert journal_file(shop).exists()
    converges(shop, 4)
    assert len(shop.writes) == 1


# -- the folder ----------------------------------------------------------------------------------------------------------

AS_ANYBODY = """\
import ctypes

class Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]

class Sets(ctypes.Structure):
    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]

libc, header, sets = ctypes.CDLL(None), Header(0x20080522, 0), (Sets * 2)()
libc.capget(ctypes.byref(header), sets)
sets[0].effective &= ~0b10  # CAP_DAC_OVERRIDE: what lets root write where the mode says no
libc.capset(ctypes.byref(header), sets)
"""


@pytest.fixture
def read_only(shop: Shop) -> Iterator[Shop]:
    """A project with two titles applied, one of them changed since, whose state folder no one may write to."""
    shop.titles(2)
    shop.applied()
    shop.title("t00", title="otro")
    (shop.folder / "state").chmod(0o555)
    yield shop
    (shop.folder / "state").chmod(0o755)


def as_anybody(shop: Shop, *arguments: str) -> Ran:
    """Run a command without root's right to write everywhere."""
    shop.write("anybody/sitecustomize.py", AS_ANYBODY)
    return shop.spawn(*arguments, PYTHONPATH=os.pathsep.join([str(shop.folder / "anybody"), IMPORTABLE]))


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux to take a right away")
def test_in_a_folder_that_may_only_be_read_a_plan_is_made_and_an_apply_sends_nothing(read_only: Shop) -> None:
    before = contents(read_only)
    assert "1 to update" in as_anybody(read_only, "plan").ended(0).out
    assert as_anybody(read_only, "state", "list").ended(0).out
    for command in (
        ["apply", "--auto-approve"],
        ["state", "rm", "t00"],
        ["state", "mv", "store/content/t00.epub", "store/content/x.epub"],
        ["state", "rebuild", "--auto-approve"],
    ):
        told = as_anybody(read_only, *command).ended(1)
        assert "Permission denied" in told.err
        assert "may be read and written" in " ".join(told.err.split())
        assert "Traceback" not in told.all
    assert read_only.writes == []
    assert contents(read_only) == before


def test_a_file_where_the_folder_should_be_is_told(shop: Shop) -> None:
    shop.title()
    shop.write("state", "in the way\n")
    for command in (["apply", "--auto-approve"], ["state", "rm", "faro"]):
        told = shop.run(*command).ended(5)
        assert str(shop.folder / "state") in "".join(told.err.split())
        assert "Traceback" not in told.all
    assert shop.writes == []
    assert (shop.folder / "state").read_text() == "in the way\n"


def test_a_journal_that_cannot_be_written_any_more_during_a_run_is_told_and_loses_nothing(shop: Shop) -> None:
    """What was under way is finished by the store, and found there by the next run."""
    shop.titles(4)
    shop.server.inject(Fault(kind=FaultKind.DELAY, method="POST", seconds=1.0, skip=1))
    process = shop.start("apply", "--auto-approve", "--parallelism", "1")
    until(lambda: shop.server.faulted, "the slow create")
    journal_file(shop).rename(shop.folder / "elsewhere")
    journal_file(shop).mkdir()
    stopped = ended(process).ended(5)
    assert "A path is not safe to use" in stopped.err
    assert len(shop.writes) == 2
    journal_file(shop).rmdir()
    (shop.folder / "elsewhere").rename(journal_file(shop))
    converges(shop, 4)
