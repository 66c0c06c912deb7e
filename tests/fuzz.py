"""Runs the generated tests with one seed after another, until the time is up or one fails.

    make fuzz ARGS="--seconds 3600"           other examples in each run
    make fuzz ARGS="--seed 7 --seconds 0"     the examples of one seed, once

CI takes the same examples in every run. A failure prints its seed and the example; keep the example in tests/corpus.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
GENERATED = ("properties", "unit/planning", "unit/view", "unit/config")
"""Folders of tests that take generated examples."""


def passes(seed: int, more: list[str]) -> bool:
    """Run the generated tests with the examples of a seed."""
    folders = [str(HERE / name) for name in GENERATED]
    command = [sys.executable, "-m", "pytest", "--quiet", "--exitfirst", f"--hypothesis-seed={seed}", *(more or folders)]
    return subprocess.run(command, env={**os.environ, "CATALOGCTL_FUZZ": "1"}, check=False).returncode == 0


def main() -> int:
    """Take seeds until one fails; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, help="the first seed; by default any")
    parser.add_argument("--seconds", type=float, default=600, help="no new seed is begun after this many")
    parser.add_argument("tests", nargs="*", help="files or folders, instead of all generated tests")
    chosen = parser.parse_args()
    seed = secrets.randbelow(2**32) if chosen.seed is None else chosen.seed
    ends = time.monotonic() + chosen.seconds
    while True:
        sys.stdout.write(f"seed {seed}\n")
        sys.stdout.flush()
        if not passes(seed, chosen.tests):
            sys.stdout.write(f'seed {seed} failed; again:\nmake fuzz ARGS="--seed {seed} --seconds 0"\n')
            return 1
        if time.monotonic() >= ends:
            return 0
        seed += 1


if __name__ == "__main__":
    sys.exit(main())
