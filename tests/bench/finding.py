"""What it costs to find things in a catalog: `list`, `explain`, `report` and the completion of a shell. No store is asked."""

import json
import sys
from pathlib import Path

import catalogs
from measure import Cost, median, run
from report import Report
from workplace import ROOT, TOKEN, Workplace, cold_and_warm

CONCURRENCY = 10
COMPLETION = 0.1
"""Seconds that a completion may take beside Python's own start."""
KEY_PRESSES = (
    ("a title", "catalogctl explain "),
    ("an edition", "catalogctl explain title-000001."),
    ("an address", "catalogctl plan --target store/content/"),
    ("a field", "catalogctl list --where pri"),
)


def find(report: Report, work: Path, titles: int, rounds: int) -> None:
    """Measure each command on catalogs of two sizes, with nothing cached and with everything."""
    halves: dict[str, Cost] = {}
    for size in (titles // 2, titles):
        workplace = Workplace(work / f"finding-{size}")
        catalogs.write_catalog(workplace.folder, size, "sandbox", CONCURRENCY)
        title = _a_title(workplace)
        for what, command in (
            ("list", ["list"]),
            ("list --where", ["list", "--format", "json", "--where", "prices.USD < 5 and title ~ '*a*'"]),
            ("list --against-state", ["list", "--against-state"]),
            ("explain", ["explain", title]),
            ("report", ["report", "--format", "html", "--output", "report.html"]),
        ):
            cold, warm = cold_and_warm(workplace, rounds, *command)
            if size == titles:
                report.measured(f"{what}, {size:,} titles, cold", cold)
                report.measured(f"{what}, {size:,} titles, warm", warm)
                ratio = warm.cpu / halves[what].cpu
                promise = f"{what}: twice the titles take no more than 2.3 × (CPU, warm)"
                report.judge(promise, f"{ratio:.2f} ×", ratio <= 2.3)
            else:
                halves[what] = warm
        if size == titles:
            _completion(report, workplace, rounds, size)


def _a_title(workplace: Workplace) -> str:
    first = min(path for path in workplace.catalog.rglob("*") if path.suffix in {".yaml", ".json"})
    text = first.read_text(encoding="utf-8")
    if first.suffix == ".json":
        return str(json.loads(text)["id"])
    return next(line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("id:"))


def _completion(report: Report, workplace: Workplace, rounds: int, titles: int) -> None:
    """Press keys: first where no command has run yet, then as it is ever after."""
    presses = 5 * rounds
    start = median([run([sys.executable, "-c", "pass"], cwd=workplace.folder)[0] for _ in range(presses)])
    report.measured("the start of Python by itself", start)
    workplace.forget()
    report.measured(f"completion of a title, {titles:,} titles, cold", _press(workplace, KEY_PRESSES[0][1]))
    workplace.catalogctl("validate")
    for what, line in KEY_PRESSES:
        _press(workplace, line)
        warm = median([_press(workplace, line) for _ in range(presses)])
        report.measured(f"completion of {what}, {titles:,} titles, warm", warm)
        beside = warm.cpu - start.cpu
        promise = f"the completion of {what} takes at most {COMPLETION * 1000:.0f} ms beside Python's start (CPU)"
        report.judge(promise, f"{beside * 1000:.0f} ms", beside <= COMPLETION)


def _press(workplace: Workplace, line: str) -> Cost:
    asked = {"_CATALOGCTL_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    env = {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(workplace.folder / ".cache"), "CATALOGCTL_BENCH_TOKEN": TOKEN, **asked}
    return run([sys.executable, "-m", "catalogctl"], cwd=workplace.folder, env=env)[0]
