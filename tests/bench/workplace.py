"""Where a benchmark happens: a store in a process of its own, and a catalog repository with the command that works on it."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from measure import Cost, median, run

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LIST = "/integration-api/v1/dashboard/issues"
TOKEN = "bench"  # opens an emulation on this machine and nothing else


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
def store(latency: float = 0.0, provider: str = "publicala") -> Iterator[Store]:
    """Run a store for as long as the block takes."""
    command = [sys.executable, str(HERE / "store.py"), provider, str(latency)]
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
