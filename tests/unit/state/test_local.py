"""States in a folder of this machine."""

import errno
import os
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalogctl.model.diagnostics import CatalogError, Refusal
from catalogctl.state import local
from catalogctl.state.backend import LockInfo, content_digest
from catalogctl.state.journal import JOURNAL_LIMIT
from catalogctl.state.local import KEPT, LocalBackend
from catalogctl.state.statefile import STATE_LIMIT
from catalogctl.system.safe_folder import SafeFolder
from unit.state.samples import WHEN, backend, content, lock

HOLD = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from catalogctl.state.backend import LockInfo
from catalogctl.state.local import LocalBackend
from catalogctl.system.safe_folder import SafeFolder

since = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
info = LockInfo.of_this_process("default", "catalogctl apply --env default", id_="the-first", since=since)
with LocalBackend(SafeFolder(Path(sys.argv[1])), "default").lock(info, 5):
    print("held", flush=True)
    time.sleep(60)
"""


def store(place: LocalBackend, count: int) -> bytes:
    """Write that many states, one after the other."""
    before: bytes | None = None
    for serial in range(1, count + 1):
        data = content(serial, serial=serial)
        place.write(data, serial, None if before is None else content_digest(before))
        before = data
    assert before is not None
    return before


def _named(place: LocalBackend) -> LockInfo | None:
    hold = place.holder()
    return None if hold is None else hold.info


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_there_is_no_state_before_the_first_and_reading_makes_no_folder(tmp_path: Path) -> None:
    place = backend(tmp_path)
    assert place.read() is None
    assert place.journal().read() is None
    assert place.history() == ()
    assert place.holder() is None
    assert list(tmp_path.iterdir()) == []


def test_what_was_written_is_read_and_can_be_had_back_later(tmp_path: Path) -> None:
    place = backend(tmp_path)
    last = store(place, 3)
    assert place.read() == last
    assert [kept.serial for kept in place.history()] == [3, 2, 1]
    assert place.read_history(1) == content(1, serial=1)
    assert place.history()[0].size == len(last)
    assert (datetime.now(UTC) - place.history()[0].time).total_seconds() < 60


def test_at_least_the_last_ten_states_are_kept_and_not_all(tmp_path: Path) -> None:
    place = backend(tmp_path)
    store(place, KEPT + 5)
    serials = [kept.serial for kept in place.history()]
    assert serials == list(range(KEPT + 5, 5, -1))
    assert len(serials) >= 10
    with pytest.raises(CatalogError) as refused:
        place.read_history(5)
    assert "24, 23" in refused.value.diagnostics[0].detail


def test_a_state_kept_is_untouched_when_the_state_is_replaced_or_removed(tmp_path: Path) -> None:
    place = backend(tmp_path)
    last = store(place, 1)
    (tmp_path / "state" / "default.json").unlink()
    assert place.read_history(1) == last


def test_all_files_can_be_read_by_their_owner_alone(tmp_path: Path) -> None:
    place = backend(tmp_path)
    mask = os.umask(0)
    try:
        with lock(place):
            store(place, 2)
            place.journal().begin(b"a\n")
            place.journal().append(b"b\n")
            modes = {name: (tmp_path / "state" / name).stat().st_mode & 0o777 for name in names(tmp_path / "state")}
    finally:
        os.umask(mask)
    assert set(modes) == {
        "default.journal",
        "default.json",
        "default.lock",
        "default.lock.json",
        "default.lock.token",
        "history/default.000001.json",
        "history/default.000002.json",
    }
    assert set(modes.values()) == {0o600}


def test_a_write_after_another_state_than_the_present_one_is_refused(tmp_path: Path) -> None:
    place = backend(tmp_path)
    first = store(place, 1)
    for after in (None, content_digest(b"another")):
        with pytest.raises(CatalogError) as refused:
            place.write(content(2, serial=2), 2, after)
        assert (refused.value.refusal, refused.value.diagnostics[0].code) == (Refusal.STALE, "state-moved-on")
    assert place.read() == first


def test_environments_do_not_meet(tmp_path: Path) -> None:
    first, second = LocalBackend(SafeFolder(tmp_path), "a"), LocalBackend(SafeFolder(tmp_path), "a-b")
    store(first, 2)
    with lock(first), lock(second):
        assert second.read() is None
        assert second.history() == ()


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a.b", "Prod", "-a", "a b", "a\n", "a" * 65])
def test_an_environment_whose_name_is_no_slug_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CatalogError) as refused:
        LocalBackend(SafeFolder(tmp_path), name)
    assert refused.value.diagnostics[0].code == "environment-name"


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_write_that_fails_is_told_and_leaves_the_old_state_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    place = backend(tmp_path)
    first = store(place, 1)

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        with pytest.raises(CatalogError) as refused:
            place.write(content(2, serial=2), 2, content_digest(first))
    [problem] = refused.value.diagnostics
    assert (problem.code, refused.value.refusal) == ("state-not-written", Refusal.ERROR)
    assert os.strerror(number) in problem.detail
    assert ("space" in problem.hint) == (number == errno.ENOSPC)
    assert place.read() == first
    assert not list(tmp_path.rglob("*.tmp"))
    place.write(content(2, serial=2), 2, content_digest(first))


def test_a_write_that_the_system_does_in_pieces_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole_write = os.write

    def write_a_piece(file: int, data: memoryview) -> int:
        return whole_write(file, data[:100])

    monkeypatch.setattr(os, "write", write_a_piece)
    assert store(backend(tmp_path), 1) == backend(tmp_path).read()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(CatalogError) as refused, lock(backend(tmp_path)):
        pass
    assert refused.value.diagnostics[0].code == "state-not-locked"


def test_a_state_that_cannot_be_read_is_told_and_not_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / "state" / "default.json").mkdir(parents=True)
    with pytest.raises(CatalogError) as refused:
        backend(tmp_path).read()
    assert (refused.value.diagnostics[0].code, refused.value.refusal) == ("unsafe-path", Refusal.STALE)


def test_a_journal_that_begins_as_one_may_be_larger_than_what_else_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "JOURNAL_LIMIT", replace(JOURNAL_LIMIT, foreign=100))
    journal = backend(tmp_path).journal()
    text = b'{"sequence":0}'
    ours = b"%08x %s\n" % (zlib.crc32(text), text) + b"x" * 100
    journal.begin(ours)
    assert journal.read() == ours
    journal.begin(b"0" + ours)
    with pytest.raises(CatalogError) as refused:
        journal.read()
    assert refused.value.refusal is Refusal.STALE


def test_nothing_is_added_to_a_journal_that_another_run_began_meanwhile(tmp_path: Path) -> None:
    ours, theirs = backend(tmp_path).journal(), backend(tmp_path).journal()
    ours.begin(b"ours\n")
    theirs.begin(b"theirs\n")
    with pytest.raises(CatalogError) as refused:
        ours.append(b"late\n")
    assert refused.value.diagnostics[0].code == "journal-not-written"
    theirs.append(b"more\n")
    assert theirs.read() == b"theirs\nmore\n"


def test_the_journal_grows_is_cut_and_goes_away(tmp_path: Path) -> None:
    journal = backend(tmp_path).journal()
    journal.begin(b"one\n")
    journal.append(b"two\n")
    journal.append(b"three\n")
    assert journal.read() == b"one\ntwo\nthree\n"
    journal.cut(8)
    journal.append(b"four\n")
    assert journal.read() == b"one\ntwo\nfour\n"
    journal.begin(b"new\n")
    assert journal.read() == b"new\n"
    journal.remove()
    journal.remove()
    assert journal.read() is None


def test_a_journal_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = backend(tmp_path).journal()
    journal.begin(b"one\n")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    writes: list[Callable[[], None]] = [
        lambda: journal.append(b"two\n"),
        lambda: journal.cut(1),
        lambda: journal.begin(b"new\n"),
        journal.remove,
    ]
    for write in writes:
        with pytest.raises(CatalogError) as refused:
            write()
        assert refused.value.diagnostics[0].code == "journal-not-written"


def test_a_second_run_is_refused_and_told_who_holds_the_first_where_since_when_and_for_what(tmp_path: Path) -> None:
    place = backend(tmp_path)
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "state")], stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(CatalogError) as refused, lock(place):
                pytest.fail("two held it")
            begun = time.monotonic()
            with pytest.raises(CatalogError), lock(place, timeout=0.3):
                pytest.fail("two held it")
            assert time.monotonic() - begun >= 0.3
            known = place.holder()
        finally:
            holder.kill()
    assert refused.value.refusal is Refusal.LOCKED
    [problem] = refused.value.diagnostics
    assert known is not None
    assert problem.code == "state-locked"
    for told in (
        known.info.who,
        socket.gethostname(),
        "2026-01-02 03:04:05",
        "catalogctl apply --env default",
        str(holder.pid),
        "the-first",
    ):
        assert told in problem.detail
    # Killed without a chance to say goodbye: its card is still there, and names no one any more.
    assert (tmp_path / "state" / "default.lock.json").exists()
    assert place.holder() is None
    with lock(place) as held:
        assert _named(place) == held.info
    assert not (tmp_path / "state" / "default.lock.json").exists()


def test_the_holder_of_another_host_is_believed_to_live(tmp_path: Path) -> None:
    place = backend(tmp_path)
    elsewhere = LockInfo("x", "ana@far-away", 2**22 + 1, "far-away", WHEN, "catalogctl apply", "default")
    with place.lock(elsewhere, 0):
        assert _named(place) == elsewhere


def test_a_lock_is_free_after_an_error_inside_it(tmp_path: Path) -> None:
    place = backend(tmp_path)
    with pytest.raises(ZeroDivisionError), lock(place):
        _ = 1 / 0
    with lock(place) as held:
        held.verify()


def test_a_holder_whose_name_cannot_be_read_still_holds(tmp_path: Path) -> None:
    place = backend(tmp_path)
    with lock(place):
        for card in (b"", b"[]", b'{"id": "x"}', b'{"since": 3}'):
            (tmp_path / "state" / "default.lock.json").write_bytes(card)
            assert place.holder() is None
        with pytest.raises(CatalogError) as refused, lock(place):
            pytest.fail("two held it")
        assert "left no name" in refused.value.diagnostics[0].detail


def test_a_holder_notices_that_its_lock_was_taken_away(tmp_path: Path) -> None:
    place = backend(tmp_path)
    with lock(place) as first:
        (tmp_path / "state" / "default.lock").unlink()
        with pytest.raises(CatalogError) as gone:
            first.verify()
        with place.lock(LockInfo("2", "b", 1, "elsewhere", WHEN, "catalogctl apply", "default"), 0) as second:
            second.verify()
            with pytest.raises(CatalogError) as taken:
                first.verify()
    assert {gone.value.diagnostics[0].code, taken.value.diagnostics[0].code} == {"lock-lost"}
    assert gone.value.refusal is Refusal.LOCKED


def test_what_a_killed_run_left_half_written_is_cleaned_up_by_the_next_one_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    for name in (".default.0011.tmp", ".default-2.0011.tmp", "note.tmp"):
        (folder / name).write_bytes(b"half")
    with lock(backend(tmp_path)):
        assert names(folder) == [".default-2.0011.tmp", "default.lock", "default.lock.json", "default.lock.token", "note.tmp"]


def test_a_state_that_begins_as_one_may_be_larger_than_what_else_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "STATE_LIMIT", replace(STATE_LIMIT, foreign=50))
    ours = store(backend(tmp_path), 1)
    assert len(ours) > 50
    assert backend(tmp_path).read() == backend(tmp_path).read_history(1) == ours
    (tmp_path / "state" / "default.json").write_bytes(b" " + ours)
    with pytest.raises(CatalogError) as refused:
        backend(tmp_path).read()
    assert refused.value.refusal is Refusal.STALE


def test_a_state_that_could_not_be_read_again_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store(backend(tmp_path), 1)
    monkeypatch.setattr(local, "LARGEST_OWN", len(first))
    with pytest.raises(CatalogError) as refused:
        backend(tmp_path).write(first + b" ", 2, content_digest(first))
    assert refused.value.diagnostics[0].code == "state-too-large"
    assert backend(tmp_path).read() == first
    assert [kept.serial for kept in backend(tmp_path).history()] == [1]


def test_a_journal_does_not_grow_beyond_what_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "LARGEST_OWN", 10)
    journal = backend(tmp_path).journal()
    journal.begin(b"12345678\n")
    journal.append(b"\n")
    with pytest.raises(CatalogError) as refused:
        journal.append(b"\n")
    assert refused.value.diagnostics[0].code == "journal-not-written"
    assert journal.read() == b"12345678\n\n"
