"""What a command costs: seconds on the wall, seconds of its own CPU, and the most memory it held."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one run of one process and of what it started and waited for."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, user and system together."""
    memory: int
    """The largest resident set, in bytes."""


class CommandFailed(Exception):
    """A command that was to be timed did not end as it had to; its output is the message."""


def run(command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None, expect: int = 0) -> tuple[Cost, str]:
    """Run `command` in `cwd`, and give its cost and what it printed, both streams together.

    Raises:  CommandFailed if the exit code is not `expect`.
    """
    log = cwd / ".bench.log"
    with log.open("wb") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env={**_usual(), **(env or {})}, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        # wait4 gives the resources of this child alone; getrusage(RUSAGE_CHILDREN) would add up every child so far.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    printed = log.read_text(encoding="utf-8", errors="replace")
    log.unlink()
    if process.returncode != expect:
        raise CommandFailed(f"{' '.join(command)} ended with {process.returncode}, not {expect}:\n{printed[-2000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024), printed


def _usual() -> dict[str, str]:
    """Give the environment as users have it: without what makes Python compile every module anew or write byte by byte."""
    unusual = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
    return {name: value for name, value in os.environ.items() if name not in unusual}


def median(costs: Sequence[Cost]) -> Cost:
    """Take the median of each figure by itself."""
    return Cost(
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.cpu for cost in costs),
        round(statistics.median(cost.memory for cost in costs)),
    )


def repeat(rounds: int, once: Callable[[], Cost]) -> Cost:
    """Measure `rounds` times and take the median."""
    return median([once() for _ in range(rounds)])
