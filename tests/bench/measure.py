"""What a command costs: seconds on the wall, seconds of its own CPU, and the most memory it held."""

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LAUNCH = Path(__file__).with_name("launch.py")


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
    log, figures = cwd / ".bench.log", cwd / ".bench.cost"
    launched = [sys.executable, "-I", "-S", str(_LAUNCH), str(figures), *command]
    with log.open("wb") as output:
        code = subprocess.run(
            launched,
            cwd=cwd,
            env={**_usual(), **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    printed = log.read_text(encoding="utf-8", errors="replace")
    log.unlink()
    if code != expect:
        raise CommandFailed(f"{' '.join(command)} ended with {code}, not {expect}:\n{printed[-2000:]}")
    wall, cpu, memory = figures.read_text(encoding="ascii").split()
    figures.unlink()
    return Cost(float(wall), float(cpu), int(memory) * 1024), printed


def _usual() -> dict[str, str]:
    """Give the environment as users have it: without what makes Python compile every module again or write byte by byte."""
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
