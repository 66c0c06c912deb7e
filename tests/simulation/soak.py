"""Simulate schedule after schedule on all cores, until interrupted, and say what was simulated.

    python tests/simulation/soak.py [--seconds N] [--schedules N] [--seed S]

With `--seed` and no other option: the one schedule of that seed, in words, and what becomes of it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import count
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory

if __name__ == "__main__":  # run from the checkout, as `make soak` does
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from simulation.schedule import schedule
from simulation.shrink import shrunk
from simulation.simulate import simulate
from simulation.weather import Tally
from simulation.world import Workshop

BLOCK = 25
"""Schedules that a process runs before it reports."""
TOLD_EVERY = 10.0
"""Seconds between two lines about how it goes."""
AGAIN = "python tests/simulation/soak.py --seed"
_FAST = Path("/dev/shm")
"""A file system in memory, where there is one."""


def run_block(first: int, number: int) -> tuple[Tally, list[int]]:
    """Run the schedules of some seeds in a row; what was simulated, and the seeds that failed."""
    tally = Tally()
    with workshop() as shop:
        failed = [seed for seed in range(first, first + number) if simulate(schedule(seed), shop, tally) is not None]
    return tally, failed


def explained(seed: int) -> str:
    """Shrink the schedule of a seed that failed, and tell what is left of it; what becomes of one that does not fail as well."""
    with workshop() as shop:
        why = simulate(schedule(seed), shop, Tally())
        if why is None:
            return "\n".join([f"seed {seed}:", *_indented(schedule(seed).words()), "the stores hold what is declared, and nothing else"])
        small, why = shrunk(schedule(seed), lambda one: simulate(one, shop, Tally()))
    return "\n".join([f"seed {seed} fails; the least that still does:", *_indented(small.words()), why, "again:", f"    {AGAIN} {seed}"])


class workshop:  # noqa: N801 -- used like a function
    """Gives a workshop in a folder of its own, in memory where the machine can."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="catalogctl-simulation-", dir=_FAST if os.access(_FAST, os.W_OK) else None)

    def __enter__(self) -> Workshop:
        return Workshop(Path(self._folder.name).resolve())

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def _indented(lines: Iterator[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def report(tally: Tally, seconds: float) -> Iterator[str]:
    """Say what was simulated, a line for each kind."""
    yield f"{tally.schedules} schedules, {tally.applies} applies and {tally.requests} requests in {seconds:.0f} s"
    yield f"{tally.second_runs} schedules needed a second run with nothing going wrong"
    for what, counts in (("crashes", tally.crashes), ("faults", tally.faults), ("ends of the runs they were in", tally.endings)):
        yield f"{counts.total()} {what}:"
        yield from (f"    {number:7} {name}" for name, number in sorted(counts.items()))


def soak(first: int, seconds: float | None, schedules: int | None) -> int:
    """Run until the time or the schedules are used up, or someone interrupts; 0 where none failed."""
    started = told = time.monotonic()
    tally, failed, starts = Tally(), [], Counter[str]()
    with ProcessPoolExecutor() as pool:
        seeds = count(first, BLOCK)
        running: set[Future[tuple[Tally, list[int]]]] = set()
        try:
            while True:
                over = seconds is not None and time.monotonic() - started > seconds
                while not over and len(running) < (os.cpu_count() or 1) and (schedules is None or starts["schedules"] < schedules):
                    number = BLOCK if schedules is None else min(BLOCK, schedules - starts["schedules"])
                    starts["schedules"] += number
                    running.add(pool.submit(run_block, next(seeds), number))
                if not running:
                    break
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for block in done:
                    counted, seeds_failed = block.result()
                    tally.add(counted)
                    for seed in seeds_failed:
                        failed.append(seed)
                        print(explained(seed), flush=True)
                if time.monotonic() - told > TOLD_EVERY:
                    told = time.monotonic()
                    so_far = f"{tally.schedules} schedules, {tally.crashes.total()} crashes, {tally.faults.total()} faults"
                    print(f"{so_far}, {len(failed)} failed", flush=True)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
    print("\n".join(report(tally, time.monotonic() - started)))
    print(f"failed: {', '.join(map(str, failed)) or 'none'}")
    return 1 if failed else 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Simulate schedule after schedule, until interrupted.")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--schedules", type=int)
    parser.add_argument("--seed", type=int)
    chosen = parser.parse_args()
    if chosen.seed is not None and chosen.seconds is None and chosen.schedules is None:
        told = explained(chosen.seed)
        print(told)
        return 1 if told.startswith(f"seed {chosen.seed} fails") else 0
    first = SystemRandom().randrange(1_000_000_000) if chosen.seed is None else chosen.seed
    print(f"from seed {first}")
    return soak(first, chosen.seconds, chosen.schedules)


if __name__ == "__main__":
    raise SystemExit(main())
