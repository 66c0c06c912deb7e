"""Interrupts at any time, as someone at a keyboard or a CI system sends them, also while a large file is on its way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import small
from catalogctl.sandbox import Fault, FaultKind
from hostile.slow import SlowLine
from hostile.trio import ACCOUNTS, Trio, keys, trio
from shop import IMPORTABLE, Ran, Shop, ended, listens_to_interrupts, until

BOTH = pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
AT_ONCE = 1.0
"""Seconds that a second interrupt may take."""
LARGE = 60_000_000


@pytest.fixture
def stores(piped: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trio]:  # noqa: ARG001 -- a fixture that needs another
    for name, value in keys().items():
        monkeypatch.setenv(name, value)
    with trio(tmp_path) as made:
        yield made


def told(process: subprocess.Popen[str], words: bytes) -> bytes:
    """Wait until a process has said something on stderr, and give all that it said so far."""
    assert process.stderr is not None
    said = b""
    while words not in said:
        piece = os.read(process.stderr.fileno(), 65536)
        assert piece, ended(process)
        said += piece
    return said


def stopped_twice(process: subprocess.Popen[str], number: int) -> Ran:
    """Interrupt once, wait for the word that it stops, interrupt again, and measure how long that takes."""
    process.send_signal(number)
    told(process, b"Interrupt again to stop now")
    started = time.monotonic()
    process.send_signal(number)
    stopped = ended(process, timeout=10)
    assert time.monotonic() - started < AT_ONCE
    assert "Traceback" not in stopped.all
    return stopped


@BOTH
def test_while_it_plans_nothing_is_left_behind(shop: Shop, number: int, code: int) -> None:
    shop.titles(2)
    shop.server.inject(Fault(kind=FaultKind.DELAY, method="GET", seconds=3, count=None))
    process = shop.start("apply", "--auto-approve")
    until(lambda: shop.server.faulted, "the slow list")
    started = time.monotonic()
    process.send_signal(number)
    stopped = ended(process, timeout=10).ended(code)
    assert time.monotonic() - started < AT_ONCE
    assert stopped.err.endswith("Interrupted.\n")
    assert "Traceback" not in stopped.err
    assert shop.writes == []
    assert {"default.json", "default.journal", "default.lock.json"}.isdisjoint(path.name for path in (shop.folder / "state").iterdir())


@BOTH
def test_once_what_is_done_and_what_is_not_is_listed_and_each_once(shop: Shop, number: int, code: int) -> None:
    shop.titles(6)
    shop.server.latency = 0.2
    process = shop.start("apply", "--auto-approve", "--parallelism", "2")
    until(lambda: len(shop.writes) >= 2, "the second create")
    process.send_signal(number)
    stopped = ended(process).ended(code)
    made = sorted(shop.rows)
    assert 2 <= len(made) < 6
    done, _, rest = stopped.out.partition("Done:\n")[2].partition("Not started:\n")
    assert sorted(done.split()) == sorted(word for key in made for word in ("create", f"store/content/{key.removeprefix('key-')}.epub"))
    for number_ in range(6):
        name = f"create store/content/t{number_:02}.epub"
        assert stopped.all.count(f"{name}  the run was stopped") == (f"key-t{number_:02}" not in made)
    assert "skipped" not in stopped.err
    assert rest.count("the run was stopped") == 6 - len(made)
    assert sorted(shop.addresses) == [f"store/content/{key.removeprefix('key-')}.epub" for key in made]
    assert not (shop.folder / "state/default.journal").exists()
    shop.server.latency = 0.0
    shop.run("apply", "--auto-approve").ended(0)
    assert len([request for request in shop.writes if request.method == "POST"]) == 6
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def test_events_name_each_step_that_was_not_started(shop: Shop) -> None:
    shop.titles(4)
    shop.server.latency = 0.2
    process = shop.start("--json", "apply", "--auto-approve", "--parallelism", "1")
    until(lambda: shop.writes, "the first create")
    process.send_signal(signal.SIGINT)
    stopped = ended(process).ended(130)
    started = stopped.out.count('"type":"apply_start"')
    assert stopped.out.count('"type":"apply_skipped"') == 4 - started
    assert stopped.out.count('"type":"apply_complete"') == started == len(shop.rows)
    assert stopped.out.splitlines()[-1].endswith('"type":"change_summary"}')


def test_a_termination_after_an_interrupt_stops_at_once_as_well(shop: Shop) -> None:
    shop.titles(3)
    shop.server.inject(Fault(kind=FaultKind.DELAY, method="POST", seconds=3))
    process = shop.start("apply", "--auto-approve", "--parallelism", "1")
    until(lambda: shop.server.faulted, "the slow create")
    process.send_signal(signal.SIGINT)
    told(process, b"Interrupt again to stop now")
    process.send_signal(signal.SIGTERM)
    ended(process, timeout=AT_ONCE + 1).ended(143)
    assert (shop.folder / "state/default.journal").exists()
    until(lambda: len(shop.rows) == 1, "the create that nobody waited for")
    shop.run("apply", "--auto-approve").ended(0)
    assert len(shop.sandbox.rows()) == 3


@contextmanager
def sending(stores: Trio, account: str, seconds: float) -> Iterator[tuple[subprocess.Popen[str], SlowLine]]:
    """Begin an apply that needs so long to send one large file, and wait until it is under way."""
    stores.only(account)
    with SlowLine(stores.server.url(ACCOUNTS[account])) as line:
        stores.point({ACCOUNTS[account]: line.url})
        (stores.folder / "catalog/faro.epub").write_bytes(small.epub(picture=bytes(LARGE)))
        line.rate = LARGE / seconds
        process = stores.start("apply", "--auto-approve", "--parallelism", "1")
        until(lambda: line.passed > LARGE / 20, "a part of the file")
        yield process, line
        line.rate = None
        stores.run("apply", "--auto-approve").ended(0)
        assert "No changes" in stores.run("plan", "--detailed-exitcode").ended(0).out
        assert not (stores.folder / "state/default.journal").exists()


UPLOADING = pytest.mark.parametrize("account", ["publishdrive", "openpub"])


@UPLOADING
def test_once_while_a_large_file_is_sent_it_is_sent_to_its_end(stores: Trio, account: str) -> None:
    with sending(stores, account, 2.0) as (process, line):
        process.send_signal(signal.SIGINT)
        stopped = ended(process).ended(130)
        assert line.passed >= LARGE
        assert "Not started:" in stopped.out
        assert not (stores.folder / "state/default.journal").exists()


@UPLOADING
@BOTH
def test_twice_while_a_large_file_is_sent_it_ends_at_once(stores: Trio, account: str, number: int, code: int) -> None:
    with sending(stores, account, 15.0) as (process, line):
        stopped_twice(process, number).ended(code)
        assert line.passed < LARGE
        assert (stores.folder / "state/default.journal").exists()


def test_an_interrupt_while_the_command_line_is_being_imported_ends_it_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(30)\n", encoding="utf-8")
    paths = os.pathsep.join([str(tmp_path), IMPORTABLE])
    process = subprocess.Popen(
        [sys.executable, "-m", "catalogctl", "version"],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=listens_to_interrupts,  # noqa: PLW1509 -- a test runner in the background may have had them ignored
    )
    ran = ended(process)
    assert (ran.code, ran.all) == (130, "")
