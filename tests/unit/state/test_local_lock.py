"""The lock of a folder as other hosts, other processes and its own holder see it."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal
from catalogctl.state.backend import HEARTBEAT, LEASE, LockInfo
from catalogctl.state.local import LocalBackend
from catalogctl.state.local_lock import Lease
from catalogctl.system.safe_folder import SafeFolder
from unit.state.samples import WHEN

ELSEWHERE = LockInfo("far-1", "ana@far-away", 4711, "far-away", WHEN, "catalogctl apply --env default", "default")
"""A hold of another host, on which locks of this host's operating system have no effect."""
QUICK = Lease(length=0.4, heartbeat=0.05)


def place(folder: Path, lease: Lease = QUICK) -> LocalBackend:
    return LocalBackend(SafeFolder(folder / "state"), "default", lease)


def mine(id_: str = "mine") -> LockInfo:
    return LockInfo.of_this_process("default", "catalogctl apply", id_=id_, since=WHEN)


def card(folder: Path) -> Path:
    return folder / "state" / "default.lock.json"


def leave_card(folder: Path, info: LockInfo, token: int = 7, *, silent_for: float = 0) -> None:
    """Leave the card of a holder that was last heard of so many seconds ago."""
    path = card(folder)
    path.parent.mkdir(exist_ok=True)
    fields = {name: getattr(info, name) for name in ("id", "who", "pid", "host", "command", "environment")}
    # A file of its own, put in place: as another host does it.
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({**fields, "since": info.since.isoformat(), "token": token}))
    heard = time.time() - silent_for
    os.utime(fresh, (heard, heard))
    fresh.replace(path)


@contextmanager
def refusal() -> Iterator[list[tuple[Refusal, Diagnostic]]]:
    found: list[tuple[Refusal, Diagnostic]] = []
    with pytest.raises(CatalogError) as refused:
        yield found
    found.append((refused.value.refusal, refused.value.diagnostics[0]))


def test_the_promised_lease_is_at_most_a_minute_and_a_holder_has_several_tries_to_renew_it() -> None:
    assert LEASE <= 60
    assert HEARTBEAT * 3 <= LEASE
    assert Lease() == Lease(LEASE, HEARTBEAT)


def test_another_hosts_live_hold_is_respected_although_the_operating_systems_lock_is_free(tmp_path: Path) -> None:
    leave_card(tmp_path, ELSEWHERE, silent_for=20)
    with pytest.raises(CatalogError) as refused, place(tmp_path, Lease()).lock(mine(), 0.1):
        pytest.fail("two held it")
    [problem] = refused.value.diagnostics
    assert (refused.value.refusal, problem.code) == (Refusal.LOCKED, "state-locked")
    ends = datetime.now(UTC) + timedelta(seconds=LEASE - 20)
    told_end = datetime.fromisoformat(problem.detail.partition("lease ends at ")[2].partition(" unless")[0])
    assert abs((told_end - ends).total_seconds()) < 5
    for told in ("ana@far-away", "far-away", "2026-11-22 06:04:05", "`catalogctl apply --env default`", "process 4711", "far-1"):
        assert told in problem.detail
    assert "catalogctl state unlock far-1" in problem.hint
    held = place(tmp_path, Lease()).holder()
    assert held is not None
    assert (held.info, held.token) == (ELSEWHERE, 7)


def test_another_hosts_hold_whose_lease_ended_is_taken_over_with_a_greater_token(tmp_path: Path) -> None:
    leave_card(tmp_path, ELSEWHERE, token=41, silent_for=LEASE + 1)
    assert place(tmp_path, Lease()).holder() is None
    with place(tmp_path, Lease()).lock(mine(), 0) as lock:
        assert lock.token == 42
        lock.verify()


def test_the_end_of_another_hosts_lease_is_waited_for(tmp_path: Path) -> None:
    leave_card(tmp_path, ELSEWHERE)
    begun = time.monotonic()
    with place(tmp_path).lock(mine(), 20) as lock:
        assert QUICK.length - 0.1 <= time.monotonic() - begun < 10
        lock.verify()


def test_a_dead_holder_of_this_host_is_taken_over_at_once(tmp_path: Path) -> None:
    """Also where its number has been given to another process since: the operating system's lock went with it."""
    for pid in (2**22 + 1, os.getpid()):
        info = mine("dead")
        leave_card(tmp_path, LockInfo(info.id, info.who, pid, info.host, info.since, info.command, info.environment))
        with place(tmp_path, Lease()).lock(mine(), 0) as lock:
            lock.verify()


def test_a_hold_is_heard_of_again_for_as_long_as_it_lasts(tmp_path: Path) -> None:
    with place(tmp_path).lock(mine(), 0) as lock:
        first = place(tmp_path).holder()
        assert first is not None
        deadline = time.monotonic() + 20
        while (now := place(tmp_path).holder()) is not None and now.until < first.until + timedelta(seconds=2 * QUICK.length):
            assert time.monotonic() < deadline, "the lease is not renewed"
            time.sleep(0.02)
        assert now is not None
        lock.verify()


def test_a_holder_that_was_taken_over_stops_and_neither_renews_nor_removes_the_card_of_the_other(tmp_path: Path) -> None:
    with place(tmp_path).lock(mine(), 0) as lock:
        leave_card(tmp_path, ELSEWHERE, token=lock.token + 1, silent_for=1000)
        with refusal() as found:
            lock.verify()
        time.sleep(4 * QUICK.heartbeat)
    [(why, problem)] = found
    assert (why, problem.code) == (Refusal.LOCKED, "lock-lost")
    assert "ana@far-away" in problem.detail
    assert time.time() - card(tmp_path).stat().st_mtime > 900
    assert json.loads(card(tmp_path).read_bytes())["id"] == "far-1"


def test_a_holder_that_was_suspended_beyond_its_lease_goes_on_where_nobody_came(tmp_path: Path) -> None:
    still = Lease(length=0.2, heartbeat=1000)
    with place(tmp_path, still).lock(mine(), 0) as lock:
        time.sleep(0.3)
        lost = place(tmp_path, still)._locker._card.read()
        assert lost is not None
        assert lost.until < datetime.now(UTC)
        lock.verify()
        again = place(tmp_path, still)._locker._card.read()
        assert again is not None
        assert again.until > lost.until
        assert again.token == lock.token


def test_a_holder_whose_card_is_gone_stops(tmp_path: Path) -> None:
    with place(tmp_path).lock(mine(), 0) as lock:
        card(tmp_path).unlink()
        with refusal() as found:
            lock.verify()
    assert found[0][1].code == "lock-lost"


def test_tokens_grow_over_holders_and_survive_the_loss_of_either_file_that_tells_them(tmp_path: Path) -> None:
    seen: list[int] = []
    for lose in (None, "default.lock.json", None, "default.lock"):
        with place(tmp_path).lock(mine(), 0) as lock:
            seen.append(lock.token)
        if lose is not None:
            (tmp_path / "state" / lose).unlink(missing_ok=True)
    assert seen == [1, 2, 3, 4]
    with place(tmp_path).lock(mine(), 0) as lock:
        (tmp_path / "state" / "default.lock.token").unlink()
        place(tmp_path).break_lock("mine")
    with place(tmp_path).lock(mine("next"), 0) as after:
        assert after.token > lock.token


def test_a_lock_that_is_broken_can_be_had_although_its_process_lives(tmp_path: Path) -> None:
    with place(tmp_path).lock(mine("first"), 0) as first:
        with refusal() as found:
            place(tmp_path).break_lock("another")
        assert (found[0][0], found[0][1].code) == (Refusal.ERROR, "no-such-lock")
        assert "lock first" in found[0][1].detail
        first.verify()
        place(tmp_path).break_lock("first")
        with place(tmp_path).lock(mine("second"), 0) as second:
            second.verify()
            with refusal() as found:
                first.verify()
            assert found[0][1].code == "lock-lost"


def test_nothing_to_break_is_said(tmp_path: Path) -> None:
    with refusal() as found:
        place(tmp_path).break_lock("x")
    assert "It is not locked" in found[0][1].detail
    assert not (tmp_path / "state").exists()
