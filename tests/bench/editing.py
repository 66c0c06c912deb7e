"""What it costs to edit a catalog: `fmt`, `set` and `mv`, beside reading and hashing the same files. No store is asked."""

import sys
from pathlib import Path

import catalogs
from measure import median, run
from report import Report
from workplace import Workplace, cold_and_warm

CONCURRENCY = 10
READ_AND_HASH = """\
import hashlib, os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            hashlib.sha256(file.read()).digest()
"""
WITHIN = 2
"""How many times as much CPU as reading and hashing the files a warm `fmt --check` may take, beside the start of each."""


def edit(report: Report, work: Path, titles: int, rounds: int) -> None:
    """Measure each command with nothing cached and with everything; the files are in the one layout."""
    workplace = Workplace(work / "editing")
    catalogs.write_catalog(workplace.folder, titles, "sandbox", CONCURRENCY)
    first = workplace.catalogctl("fmt")
    report.measured(f"fmt, {titles:,} titles, every file written", first)
    hashing = [sys.executable, "-c", READ_AND_HASH, str(workplace.catalog)]
    floor = median([run(hashing, cwd=workplace.folder)[0] for _ in range(rounds)])
    report.measured("the floor: read and hash the same files, and nothing else", floor)
    idle = median([run([sys.executable, "-c", "pass"], cwd=workplace.folder)[0] for _ in range(rounds)])
    help_ = median([workplace.catalogctl("fmt", "--help") for _ in range(rounds)])
    report.measured("the start of catalogctl by itself (fmt --help)", help_)
    one = ["set", "prices.EUR=4.99", "--where", "id = title-000007", "--diff"]
    some = ["set", "prices.EUR*=0.8", "--ending", ".99", "--where", "id ~ title-0000*", "--diff"]
    for what, command in (("fmt --check", ["fmt", "--check"]), ("set, 1 edition", one), ("set, 100 editions", some)):
        cold, warm = cold_and_warm(workplace, rounds, *command)
        report.measured(f"{what}, {titles:,} titles, cold", cold)
        report.measured(f"{what}, {titles:,} titles, warm", warm)
        if what == "fmt --check":
            ratio = (warm.cpu - help_.cpu) / (floor.cpu - idle.cpu)
            promise = f"fmt --check, warm, takes at most {WITHIN} × of reading and hashing the files (CPU, beside the start of each)"
            report.judge(promise, f"{ratio:.2f} ×", ratio <= WITHIN)
    every = workplace.catalogctl("set", "prices.EUR*=0.8", "--where", "format = epub", "--yes")
    report.measured(f"set, every edition of {titles:,} titles, every file written", every)
    report.measured(f"mv, {titles:,} titles, warm", workplace.catalogctl("mv", "title-000007", "title-x", "--yes"))
