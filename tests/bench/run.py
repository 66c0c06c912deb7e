"""Measure catalogctl against the floor, against itself warm, and against its peers; write docs/benchmarks.md.

    python tests/bench/run.py [--titles 10000] [--rounds 3] [--date 2026-01-31] [--no-peers] [--output FILE]

Every figure is the median of the rounds. catalogctl runs as a user runs it, a process a command; the store it talks to is another process,
whose CPU is not counted. Exit code 1 if a target is missed.
"""

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import catalogs
import peers
from measure import Cost, median, run

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PAGE = 15
LIST = "/integration-api/v1/dashboard/issues"
TOKEN = "bench"  # opens an emulation on this machine and nothing else
CREATES, LATENCY, CONCURRENCY = 1000, 0.05, 10


@dataclass(slots=True)
class Report:
    """What was measured, in the order of the page."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    """What, and its figures."""
    targets: list[tuple[str, str, bool]] = field(default_factory=list)
    """What was promised, what was measured, and whether it is kept."""

    def measured(self, what: str, cost: Cost, note: str = "") -> None:
        """Add a row of costs."""
        figures = f"{cost.wall:.2f} | {cost.cpu:.2f} | {cost.memory / 2**20:.0f}"
        self.rows.append((what, f"{figures} | {note}"))
        print(f"{what:90} {figures}  {note}", file=sys.stderr, flush=True)

    def skipped(self, what: str, why: str) -> None:
        """Add a row without figures."""
        self.rows.append((what, f"– | – | – | {why}"))
        print(f"{what:90} {why}", file=sys.stderr, flush=True)

    def judge(self, promise: str, found: str, kept: bool) -> None:
        """Add a target."""
        self.targets.append((promise, found, kept))
        print(f"{'kept' if kept else 'MISSED':7} {promise}: {found}", file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class Store:
    """The store in its own process."""

    url: str

    def requests(self) -> list[dict[str, object]]:
        """List the requests it answered, and forget them."""
        answer: list[dict[str, object]] = json.loads(self._ask("GET"))
        self._ask("DELETE")
        return answer

    def pages(self) -> Iterator[bytes]:
        """Give every page of its list as it is on the wire."""
        number, last = 1, 1
        while number <= last:
            ask = urllib.request.Request(f"{self.url}{LIST}?page={number}", headers={"Accept": "application/json", "X-User-Token": TOKEN})
            with urllib.request.urlopen(ask) as answer:
                page: bytes = answer.read()
            last = json.loads(page)["data"]["paginator"]["last_page"]
            number += 1
            yield page

    def _ask(self, method: str) -> bytes:
        ask = urllib.request.Request(f"{self.url}/_sandbox/requests", method=method)
        with urllib.request.urlopen(ask) as answer:
            body: bytes = answer.read()
        return body


@contextmanager
def store(latency: float = 0.0) -> Iterator[Store]:
    """Run a store for as long as the block takes."""
    command = [sys.executable, str(HERE / "store.py"), str(latency)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Store(process.stdout.readline().strip())
        finally:
            process.stdin.close()


@dataclass(frozen=True, slots=True)
class Workplace:
    """A catalog repository, the cache of its runs, and the command that works on it."""

    folder: Path

    @property
    def catalog(self) -> Path:
        """Where the title files are."""
        return self.folder / "catalog"

    def forget(self) -> None:
        """Make the next run a cold one."""
        for path in sorted((self.folder / ".cache").rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()

    def catalogctl(self, *arguments: str) -> Cost:
        """Run the command; it has to succeed, and a plan has to be empty."""
        env = {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(self.folder / ".cache"), "CATALOGCTL_BENCH_TOKEN": TOKEN}
        cost, _ = run([sys.executable, "-m", "catalogctl", *arguments], cwd=self.folder, env=env)
        return cost


def cold_and_warm(workplace: Workplace, rounds: int, *command: str) -> tuple[Cost, Cost]:
    """Run a command with nothing cached and again with everything cached, several times."""
    cold: list[Cost] = []
    warm: list[Cost] = []
    for _ in range(rounds):
        workplace.forget()
        cold.append(workplace.catalogctl(*command))
        warm.append(workplace.catalogctl(*command))
    return median(cold), median(warm)


def plans(report: Report, work: Path, titles: int, rounds: int) -> tuple[Cost, Cost]:
    """Plan catalogs of three sizes with nothing changed; give the cost for the largest, cold and warm."""
    memory: list[int] = []
    results: tuple[Cost, Cost] | None = None
    for size in (titles // 4, titles // 2, titles):
        with store() as shop:
            workplace = Workplace(work / f"plan-{size}")
            catalogs.write_catalog(workplace.folder, size, shop.url, CONCURRENCY)
            applied = workplace.catalogctl("apply", "--auto-approve")
            report.measured(f"apply, {size:,} new titles", applied)
            shop.requests()
            results = cold_and_warm(workplace, rounds, "plan", "--detailed-exitcode")
            asked = shop.requests()
            report.measured(f"plan, {size:,} unchanged titles, cold", results[0])
            report.measured(f"plan, {size:,} unchanged titles, warm", results[1])
            memory.append(results[0].memory)
            if size == titles:
                reads(report, asked, size, 2 * rounds)
                above_the_floor(report, workplace, shop, results, rounds)
                loading(report, workplace, rounds)
    first, second = memory[1] - memory[0], memory[2] - memory[1]
    promise = "memory grows linearly: doubling the growth in titles at most doubles the growth in memory (and a tenth)"
    report.judge(promise, f"{first / 2**20:.0f} MiB, then {second / 2**20:.0f} MiB", second <= 2 * first * 1.1)
    assert results is not None
    return results


def reads(report: Report, asked: list[dict[str, object]], titles: int, runs: int) -> None:
    """Judge the requests of the plans: list pages, as few as the page size allows, and nothing else."""
    pages = math.ceil(titles / PAGE)
    others = [request for request in asked if (request["method"], request["path"]) != ("GET", LIST)]
    found = f"{len(asked) / runs:g} requests a plan, {len(others)} of them of another kind"
    report.judge(f"a plan makes exactly {pages} list requests and no other", found, len(asked) == pages * runs and not others)


def above_the_floor(report: Report, workplace: Workplace, shop: Store, ours: tuple[Cost, Cost], rounds: int) -> None:
    """Measure the floor on the same files and the same answers, and judge the cold plan by it."""
    pages = workplace.folder / "pages"
    pages.mkdir()
    for number, page in enumerate(shop.pages()):
        (pages / f"{number:05d}.json").write_bytes(page)
    costs = []
    for _ in range(rounds):
        command = [sys.executable, str(HERE / "floor.py"), str(workplace.catalog), str(pages)]
        cost, printed = run(command, cwd=workplace.folder, env={"PYTHONPATH": str(ROOT)})
        _, differ = printed.split()
        assert differ == "0", f"the floor compares what is not the same: {printed}"
        costs.append(cost)
    floor = median(costs)
    report.measured("the floor: read, parse, compare the same files and pages, and nothing else", floor)
    ratio = ours[0].cpu / floor.cpu
    report.judge("the CPU of a cold plan is within 3 × the floor", f"{ratio:.2f} ×", ratio <= 3)


def loading(report: Report, workplace: Workplace, rounds: int) -> None:
    """Measure loading by itself: from files to judged documents, with nothing remembered and with everything."""
    cold, warm = cold_and_warm(workplace, rounds, "validate")
    report.measured("validate, the same titles, cold", cold)
    report.measured("validate, the same titles, warm", warm)
    seconds: dict[str, list[float]] = {"cold": [], "warm": []}
    command = [sys.executable, str(HERE / "load.py"), str(workplace.folder)]
    env = {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(workplace.folder / ".cache")}
    for _ in range(rounds):
        workplace.forget()
        for state in ("cold", "warm"):
            seconds[state].append(float(run(command, cwd=workplace.folder, env=env)[1]))
    slow, fast = (statistics.median(seconds[state]) for state in ("cold", "warm"))
    found = f"{slow:.2f} s, then {fast:.2f} s: {slow / fast:.1f} ×"
    report.judge("loading warm is at least 3 × faster than cold (CPU of loading alone)", found, slow / fast >= 3)


def creates(report: Report, work: Path) -> None:
    """Create titles in a store that takes its time, and judge how well the waiting is shared."""
    with store(LATENCY) as shop:
        workplace = Workplace(work / "creates")
        catalogs.write_catalog(workplace.folder, CREATES, shop.url, CONCURRENCY)
        cost = workplace.catalogctl("apply", "--auto-approve")
        sent = [request for request in shop.requests() if request["method"] == "POST"]
    # The store notes a request when it answers, so the first one's latency is put back on.
    moments = sorted(datetime.fromisoformat(str(request["at"])) for request in sent)
    took = (moments[-1] - moments[0]).total_seconds() + LATENCY
    ideal = CREATES * LATENCY / CONCURRENCY
    what = f"{CREATES:,} creates at {LATENCY * 1000:.0f} ms and concurrency {CONCURRENCY}"
    report.measured(f"apply, {what}", cost, f"from the first to the last create {took:.2f} s; {ideal:.2f} s is ideal")
    report.judge(f"{what} finish within 1.3 × {ideal:g} s", f"{took / ideal:.2f} ×", len(sent) == CREATES and took <= 1.3 * ideal)


def beside_peers(report: Report, work: Path, titles: int, rounds: int, ours: tuple[Cost, Cost]) -> None:
    """Time the peers, and judge ours by the quickest of what holds all the records."""
    quickest: dict[str, tuple[Cost, str]] = {}
    for peer in (peers.octodns, peers.terraform):
        for timing in peer(work, titles, rounds):
            what = f"{timing.tool}, no change: {timing.workload}"
            if timing.cost is None:
                report.skipped(what, timing.note)
                continue
            report.measured(what, timing.cost, timing.note)
            if timing.records == titles and (timing.load not in quickest or timing.cost.wall < quickest[timing.load][0].wall):
                quickest[timing.load] = (timing.cost, what)
    for load, (cost, what) in quickest.items():
        for name, mine, least in (("warm", ours[1], 5), ("cold", ours[0], 2)):
            ratio = cost.wall / mine.wall
            report.judge(f"{name}, at least {least} × faster than the quickest peer with {load} ({what})", f"{ratio:.1f} ×", ratio >= least)


def page(report: Report, arguments: argparse.Namespace) -> str:
    """Write the page."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`; the harness is in [tests/bench](../tests/bench).",
        "",
        f"- Date: {arguments.date}",
        f"- Machine: {processor()}, {os.cpu_count()} cores; {platform.system()} {platform.machine()}; Python {platform.python_version()}",
        f"- Command: `make bench ARGS='--titles {arguments.titles} --rounds {arguments.rounds}'`; medians of {arguments.rounds} rounds",
        "- A title is 2.3 KB of YAML with one EPUB edition. The store is an emulation in another process, whose CPU is not counted.",
        "- Cold: nothing cached, as in a fresh clone. Warm: the parses of the run before, kept by content digest.",
        "",
        "| what | wall, s | CPU, s | memory, MiB | |",
        "|---|---:|---:|---:|---|",
        *(f"| {what} | {figures} |" for what, figures in report.rows),
        "",
        "| target | measured | |",
        "|---|---:|---|",
        *(f"| {promise} | {found} | {'kept' if kept else '**missed**'} |" for promise, found, kept in report.targets),
        "",
    ]
    return "\n".join(lines)


def processor() -> str:
    """Name the processor, where the system tells."""
    cpuinfo = Path("/proc/cpuinfo")
    names = [line for line in cpuinfo.read_text(encoding="utf-8").splitlines() if line.startswith("model name")] if cpuinfo.exists() else []
    return names[0].partition(":")[2].strip() if names else platform.processor() or "unknown"


def main() -> int:
    """Measure, write the page, and tell whether every target is kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--titles", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--date", default="not given")
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks.md")
    arguments = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="catalogctl-bench-") as name:
        work = Path(name)
        ours = plans(report, work, arguments.titles, arguments.rounds)
        creates(report, work)
        if arguments.peers:
            beside_peers(report, work, arguments.titles, arguments.rounds, ours)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(page(report, arguments), encoding="utf-8")
    return 0 if all(kept for *_, kept in report.targets) else 1


if __name__ == "__main__":
    sys.exit(main())
