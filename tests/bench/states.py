"""What a step costs on states of two sizes."""

import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from measure import run
from report import Report
from workplace import HERE, ROOT

SMALL, LARGE, STEPS = 100, 100_000, 10_000


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of one run: opening the ledger, the steps, and closing it."""

    opening: float
    steps: float
    closing: float


def steps(report: Report, work: Path, rounds: int) -> None:
    """Take the same steps on both sizes in turn, and judge the ratio of their times."""
    took: dict[int, list[Took]] = {SMALL: [], LARGE: []}
    for number in range(rounds):
        for size, all_rounds in took.items():
            folder = work / f"state-{size}-{number}"
            folder.mkdir()
            command = [sys.executable, str(HERE / "ledger.py"), str(folder / "state"), str(size), str(STEPS)]
            cost, printed = run(command, cwd=folder, env={"PYTHONPATH": str(ROOT)})
            one = Took(*map(float, printed.split()))
            all_rounds.append(one)
            parts = f"opening {one.opening:.2f} s, the steps {one.steps:.2f} s, closing {one.closing:.2f} s"
            report.measured(f"{STEPS:,} steps on {size:,} resources, round {number + 1}", cost, parts)
    small, large = (statistics.median(one.steps for one in took[size]) for size in (SMALL, LARGE))
    found = f"{large:.2f} s, {small:.2f} s: {large / small:.2f} ×"
    promise = (
        f"{STEPS:,} steps on {LARGE:,} resources take no more than 1.5 × those on {SMALL} (each announced and settled, with a sync each)"
    )
    report.judge(promise, found, large <= 1.5 * small)
