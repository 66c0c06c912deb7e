"""How much memory and time a piece of work takes, within this process or in one of its own."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS = 5.0
"""What no input may make a command take longer than."""
MEGABYTES = 500
"""What no input may make a command take more than, the interpreter and all its modules included."""
_BARE = 70
"""Megabytes that a command takes which does nothing."""


@contextmanager
def bearable() -> Iterator[None]:
    """Make sure that a block takes neither too long nor too much memory.

    Time is the processor's, which other processes cannot take away; a wait does not count, and is limited by the clients' deadlines.
    """
    gc.unfreeze()  # what a command in this process froze would be kept for ever
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak counts from here on
    before, started = _kilobytes("VmRSS"), time.process_time()
    yield
    took, grown = time.process_time() - started, (_kilobytes("VmHWM") - before) / 1024
    assert took < SECONDS, f"took {took:.1f} s"
    assert grown < MEGABYTES - _BARE, f"took {grown:.0f} MB more"


def _kilobytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def limited() -> None:
    """Have a child process killed that computes for too long or asks for much more memory than it may have; for `preexec_fn`."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS), int(SECONDS) + 1))
    # Address space is not memory: threads and mapped files take some that is never touched.
    resource.setrlimit(resource.RLIMIT_AS, (3 * MEGABYTES * 1024 * 1024,) * 2)
