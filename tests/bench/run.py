"""Measure catalogctl against the floor, against itself warm, against its peers, and on each API; write docs/benchmarks.md.

    python tests/bench/run.py [--part all] [--titles 10000] [--rounds 3] [--date 2026-01-31] [--no-peers] [--output FILE]

The page has five parts, which may be measured by themselves: `speed`, `finding` (what a catalog is asked offline), `editing` (what changes
its files), `apis` (requests on each API, memory of uploads), and `state` (what a step costs on states of two sizes).

Every figure is the median of the rounds. catalogctl runs as a user runs it, a process a command; the store it talks to is another process,
whose CPU is not counted. Exit code 1 if a target is missed.
"""

import argparse
import math
import os
import platform
import statistics
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import apis
import catalogs
import editing
import finding
import peers
import states
import uploads
from measure import Cost, median, run
from report import Report
from workplace import HERE, LIST, ROOT, Store, Workplace, cold_and_warm, store

PAGE = 15
CREATES, LATENCY, CONCURRENCY = 1000, 0.05, 10


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


def adopted(report: Report, work: Path, titles: int) -> None:
    """Import all that a store holds into an empty catalog; the plan after it is empty."""
    with store() as shop:
        full = Workplace(work / "import-from")
        catalogs.write_catalog(full.folder, titles, shop.url, CONCURRENCY)
        full.catalogctl("apply", "--auto-approve")
        empty = Workplace(work / "import-into")
        catalogs.write_catalog(empty.folder, 0, shop.url, CONCURRENCY)
        empty.catalog.mkdir(exist_ok=True)
        imported = empty.catalogctl("import", "store", "--all", "--write", "catalog/imported")
        report.measured(f"import store --all, {titles:,} contents into an empty catalog", imported)
        empty.catalogctl("plan", "--detailed-exitcode")


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


def section(title: str, report: Report, arguments: argparse.Namespace, part: str) -> str:
    """Write one part of the page."""
    lines = [
        f"## {title}",
        "",
        f"- Date: {arguments.date}",
        f"- Machine: {processor()}, {os.cpu_count()} cores; {platform.system()} {platform.machine()}; Python {platform.python_version()}",
        f"- Command: `make bench ARGS='--part {part} --titles {arguments.titles} --rounds {arguments.rounds}'`",
        *ABOUT[part],
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


ABOUT = {
    "speed": (
        "- Medians of the rounds. A title is 2.3 KB of YAML with one EPUB edition. The store is another process, whose CPU is not counted.",
        "- Cold: nothing cached, as in a fresh clone. Warm: the parses of the run before, kept by content digest.",
    ),
    "finding": (
        "- Medians of the rounds; of completions, of five times as many. Nothing is asked of a store, and no state is there.",
        "- Cold: nothing cached, as in a fresh clone. Warm: after the same command ran; a completion, after any command.",
    ),
    "editing": (
        "- Medians of the rounds; what writes every file is measured once, with two syncs a file. No store is asked.",
        "- Cold: nothing cached, as in a fresh clone. Warm: after the same command ran.",
    ),
    "state": (
        "- Steps are taken by themselves, with no store and no plan: what is measured is the journal and the draft of the next state.",
        "- The rows are whole processes, which also make the state that the steps begin with. Opening reads all of it, closing writes it.",
    ),
    "apis": ("- Each row was measured once. The stores are emulations in other processes, whose CPU and memory are not counted.",),
}
TITLES = {"speed": "Speed", "finding": "Finding", "editing": "Editing", "apis": "On each API", "state": "Steps and the size of the state"}
HEAD = "# Benchmarks\n\nWritten by `make bench`, in five parts; the harness is in [tests/bench](../tests/bench).\n\n"


def page(kept: str, fresh: dict[str, str]) -> str:
    """Put the parts together: those just measured, and of the page as it was those that were not."""
    parts = {}
    for part, title in TITLES.items():
        heading = f"## {title}\n"
        parts[part] = heading + kept.partition(heading)[2].partition("\n## ")[0]
    return HEAD + "\n\n".join(fresh.get(part, parts[part]).strip() for part in TITLES) + "\n"


def processor() -> str:
    """Name the processor, where the system tells."""
    cpuinfo = Path("/proc/cpuinfo")
    names = [line for line in cpuinfo.read_text(encoding="utf-8").splitlines() if line.startswith("model name")] if cpuinfo.exists() else []
    return names[0].partition(":")[2].strip() if names else platform.processor() or "unknown"


def main() -> int:
    """Measure, write the page, and tell whether every target is kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=["all", *TITLES], default="all")
    parser.add_argument("--titles", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--date", default="not given")
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks.md")
    arguments = parser.parse_args()
    reports = {part: Report() for part in TITLES if arguments.part in {part, "all"}}
    with tempfile.TemporaryDirectory(prefix="catalogctl-bench-") as name:
        work = Path(name)
        if "speed" in reports:
            ours = plans(reports["speed"], work, arguments.titles, arguments.rounds)
            creates(reports["speed"], work)
            adopted(reports["speed"], work, arguments.titles)
            if arguments.peers:
                beside_peers(reports["speed"], work, arguments.titles, arguments.rounds, ours)
        if "finding" in reports:
            finding.find(reports["finding"], work, arguments.titles, arguments.rounds)
        if "editing" in reports:
            editing.edit(reports["editing"], work, arguments.titles, arguments.rounds)
        if "apis" in reports:
            apis.reads(reports["apis"], work, arguments.titles)
            uploads.memory(reports["apis"], work)
        if "state" in reports:
            states.steps(reports["state"], work, arguments.rounds)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    kept = arguments.output.read_text(encoding="utf-8") if arguments.output.exists() else ""
    fresh = {part: section(TITLES[part], report, arguments, part) for part, report in reports.items()}
    arguments.output.write_text(page(kept, fresh), encoding="utf-8")
    return 0 if all(met for report in reports.values() for *_, met in report.targets) else 1


if __name__ == "__main__":
    sys.exit(main())
