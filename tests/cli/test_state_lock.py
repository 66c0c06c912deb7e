"""Two runs at once, holders that died, were suspended or are on another host, and `state unlock`."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from catalogctl.sandbox import Fault, FaultKind
from shop import Shop, ended, until


def card(shop: Shop) -> Path:
    return shop.folder / "state/default.lock.json"


def on_card(shop: Shop) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(card(shop).read_bytes())
    return told


def leave_card_of_another_host(shop: Shop, *, silent_for: float) -> None:
    told = {
        "id": "f00d-1",
        "who": "ana@ci-runner-7",
        "pid": 4711,
        "host": "ci-runner-7",
        "since": "2026-11-24T09:30:00+00:00",
        "command": "catalogctl apply --auto-approve",
        "environment": "default",
        "token": 12,
    }
    card(shop).parent.mkdir(exist_ok=True)
    card(shop).write_text(json.dumps(told))
    heard = time.time() - silent_for
    os.utime(card(shop), (heard, heard))


@contextmanager
def suspended(shop: Shop) -> Iterator[Popen[str]]:
    """An apply that was stopped in the middle, as a laptop that is closed stops one; it goes on when this ends."""
    shop.titles(6)
    shop.server.latency = 0.15
    process = shop.start("apply", "--auto-approve", "--parallelism", "1")
    until(lambda: len(shop.writes) >= 2, "the second create")
    process.send_signal(signal.SIGSTOP)
    time.sleep(0.4)  # what it has sent by now comes to its end in the store
    shop.server.latency = 0.0
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)  # nothing happens to one that has ended


def test_of_two_applies_the_second_waits_and_finds_nothing_left_to_do(shop: Shop) -> None:
    shop.titles(3)
    shop.server.latency = 0.2
    first = shop.start("apply", "--auto-approve", "--parallelism", "1")
    until(card(shop).exists, "the lock")
    second = shop.start("apply", "--auto-approve", "--lock-timeout", "50s")
    assert "Applied" in ended(first).ended(0).out
    assert "No changes" in ended(second).ended(0).out
    assert len(shop.writes) == len(shop.rows) == 3


def test_one_that_does_not_wait_long_enough_is_told_who_where_since_when_and_what(shop: Shop) -> None:
    with suspended(shop) as process:
        held = on_card(shop)
        refused = shop.run("apply", "--auto-approve", "--lock-timeout", "0.2s").ended(4)
        told = " ".join(refused.err.split())
        since = held["since"].replace("T", " ")[:19]
        for name in (held["who"], socket.gethostname(), since, f"process {process.pid}", "catalogctl apply --auto-approve --parallelism 1"):
            assert name in told
        assert f"catalogctl state unlock {held['id']}" in told
        assert "Waited 0.2 s" in told
    ended(process).ended(0)


def test_a_plan_needs_no_lock_and_blocks_no_apply(shop: Shop) -> None:
    with suspended(shop) as process:
        assert "to create" in shop.run("plan").ended(0).out
        assert shop.run("state", "list").ended(0).out
        shop.run("plan", "--lock", "--lock-timeout", "0").ended(4)
    ended(process).ended(0)


def test_a_killed_holder_of_this_host_is_taken_over_at_once(shop: Shop) -> None:
    with suspended(shop) as process:
        process.kill()
        ended(process)
        assert card(shop).exists()
        begun = time.monotonic()
        shop.run("apply", "--auto-approve", "--lock-timeout", "0").ended(0)
        assert time.monotonic() - begun < 30
    assert len(shop.rows) == len(shop.sandbox.rows()) == 6


def test_a_run_whose_lock_was_taken_away_stops_before_its_next_write_and_the_next_goes_on(shop: Shop) -> None:
    with suspended(shop) as process:
        number = on_card(shop)["token"]
        shop.run("state", "unlock", "--force", on_card(shop)["id"]).ended(0)
        made = len(shop.writes)
    lost = ended(process).ended(4)
    assert "The lock of environment default is gone" in lost.err
    assert len(shop.writes) <= made + 1  # it may have been suspended between the verification and the call
    shop.run("apply", "--auto-approve").ended(0)
    assert len(shop.rows) == len(shop.sandbox.rows()) == len(shop.addresses) == 6
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out
    assert int((shop.folder / "state/default.lock.token").read_text()) == number + 1


def test_a_run_that_wakes_up_after_another_did_its_work_changes_nothing_any_more(shop: Shop) -> None:
    with suspended(shop) as process:
        shop.run("state", "unlock", "--force", on_card(shop)["id"]).ended(0)
        shop.run("apply", "--auto-approve", "--lock-timeout", "0").ended(0)
        after, made = shop.state, len(shop.writes)
    ended(process).ended(4)
    assert shop.state == after
    assert len(shop.writes) <= made + 1
    assert not (shop.folder / "state/default.journal").exists()
    assert len(shop.sandbox.rows()) == 6


def test_a_run_that_another_host_took_over_stops(shop: Shop) -> None:
    with suspended(shop) as process:
        leave_card_of_another_host(shop, silent_for=0)
    lost = ended(process).ended(4)
    assert "ana@ci-runner-7" in lost.err
    assert on_card(shop)["id"] == "f00d-1"


def test_a_suspended_run_that_nobody_took_over_goes_on(shop: Shop) -> None:
    with suspended(shop) as process:
        heard = time.time() - 100
        os.utime(card(shop), (heard, heard))
    ended(process).ended(0)
    assert len(shop.rows) == len(shop.addresses) == 6


def test_a_live_hold_of_another_host_is_respected_and_a_lapsed_one_is_taken_over(shop: Shop) -> None:
    shop.title()
    leave_card_of_another_host(shop, silent_for=30)
    told = " ".join(shop.run("apply", "--auto-approve", "--lock-timeout", "0").ended(4).err.split())
    for name in ("ana@ci-runner-7", "2026-11-24 09:30:00", "catalogctl apply --auto-approve", "process 4711 on ci-runner-7", "lock f00d-1"):
        assert name in told
    assert "Its lease ends at" in told
    assert shop.requests == ()
    leave_card_of_another_host(shop, silent_for=61)
    shop.run("apply", "--auto-approve", "--lock-timeout", "0").ended(0)
    assert int((shop.folder / "state/default.lock.token").read_text()) == 13


def test_unlock_takes_only_the_lock_that_is_named_and_says_what_it_breaks(shop: Shop) -> None:
    shop.title()
    leave_card_of_another_host(shop, silent_for=0)
    other = shop.run("state", "unlock", "--force", "beef-2").ended(1)
    assert "lock f00d-1" in " ".join(other.err.split())
    shop.run("apply", "--auto-approve", "--lock-timeout", "0").ended(4)
    said = " ".join(shop.run("state", "unlock", "--force", "f00d-1").ended(0).out.split())
    for name in ("ana@ci-runner-7", "process 4711 on ci-runner-7", "stops before its next write", "journal is kept"):
        assert name in said
    shop.run("apply", "--auto-approve", "--lock-timeout", "0").ended(0)
    assert "It is not locked" in shop.run("state", "unlock", "--force", "f00d-1").ended(1).err


def test_unlock_asks_and_without_a_terminal_it_needs_force(shop: Shop) -> None:
    leave_card_of_another_host(shop, silent_for=0)
    refused = shop.spawn("state", "unlock", "f00d-1").ended(1)
    assert "catalogctl state unlock --force f00d-1" in " ".join(refused.err.split())
    assert card(shop).exists()


@pytest.mark.parametrize(("answer", "code", "is_there"), [(b"y\n", 1, True), (b"yes\n", 0, False)])
def test_unlock_takes_only_yes_for_an_answer(shop: Shop, answer: bytes, code: int, is_there: bool) -> None:
    leave_card_of_another_host(shop, silent_for=0)
    ours, theirs = os.openpty()
    process = shop.start_with(theirs, "state", "unlock", "f00d-1")
    os.close(theirs)
    os.write(ours, answer)
    ended(process).ended(code)
    os.close(ours)
    assert card(shop).exists() == is_there


def test_a_command_that_changes_state_holds_it(shop: Shop) -> None:
    shop.title()
    shop.applied()
    pulled = shop.write("pulled.json", shop.run("state", "pull").ended(0).out)
    leave_card_of_another_host(shop, silent_for=0)
    before = shop.state
    for command in (
        ["mv", "store/content/faro.epub", "store/content/luz.epub"],
        ["rm", "faro"],
        ["push", "--force", str(pulled)],
        ["mv-account", "store"],
        ["rebuild", "--auto-approve"],
    ):
        shop.run("state", *command, "--lock-timeout", "0").ended(4)
    assert shop.state == before


def test_a_run_whose_lock_was_taken_while_it_waits_sends_nothing_more_and_says_what_it_did(shop: Shop) -> None:
    """It looks right before each attempt, after all waiting: here the store asked for patience."""
    shop.titles(3)
    shop.server.inject(Fault(kind=FaultKind.RATE_LIMIT, method="POST", skip=1, seconds=3))
    process = shop.start("apply", "--auto-approve", "--parallelism", "1")
    until(lambda: bool(shop.server.faulted), "the wish for patience")
    shop.run("state", "unlock", "--force", on_card(shop)["id"]).ended(0)
    stopped = ended(process).ended(4)
    assert len(shop.rows) == 1
    assert "lock of environment default is gone" in " ".join(stopped.err.split())
    assert "1 done (1 created), 1 failed, 1 not started" in stopped.out
    shop.applied()
    assert len(shop.rows) == 3
