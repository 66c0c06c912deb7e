"""The state and the records of runs in a checkout: `held.py FOLDER STATE ENVIRONMENT COMMAND`. A link among them is refused.

`list` names the environment's files, one a line in the order of bytes: the state; the journal that a run leaves which was cut off; the
records of runs, and plans of those that are not done, that a host takes. `large` names those that none takes. `restore COMMIT` makes them
those that are named on stdin, as the commit has them. `copy TO SINCE` copies the records that are newer than the file SINCE.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # last: an installed catalogctl comes first

from catalogctl.config.git import blob
from catalogctl.model.diagnostics import CatalogError, error
from catalogctl.system.safe_folder import SafeFolder
from ci.ending import leave

LARGEST = 95 * 1024 * 1024
"""Bytes of a record; GitHub and GitLab take no file of more than 100 MiB."""


class Held:
    """The files of one environment in the folder of the state."""

    def __init__(self, folder: str, state: str, environment: str) -> None:
        self._checkout = Path.cwd()
        self._path = Path(folder, state)
        try:
            self._state = SafeFolder.below(self._checkout, self._path)
        except ValueError:
            detail = f"{self._path} is not below {self._checkout}."
            raise CatalogError(error("ci-state-elsewhere", "The folder of the state is not in the checkout", detail)) from None
        self._runs = self._state.folder("runs")
        self._environment = environment

    def files(self) -> Iterator[tuple[str, int]]:
        """Yield the path of each file in the checkout, and its size."""
        for name in (f"{self._environment}.json", f"{self._environment}.journal"):
            try:
                yield str(self._path / name), self._state.status(name).st_size
            except FileNotFoundError:
                continue
        for name in self.records():
            yield str(self._path / "runs" / name), self._runs.status(name).st_size

    def records(self) -> list[str]:
        """List the names of the records of runs."""
        return [name for name in self._runs.names() if self._is_record(name)]

    def restore(self, commit: str, files: list[str]) -> None:
        """Make the files those of a commit, and no others."""
        superfluous = {path for path, _ in self.files()}.difference(files)
        for file in files:
            data = blob(self._checkout, commit, file)
            if data is None:
                raise CatalogError(error("ci-state-unread", "The recorded state cannot be read", f"git does not give {file} of {commit}."))
            self._place(file).write(Path(file).name, data)
        for file in superfluous:
            self._place(file).remove(Path(file).name)

    def copy(self, to: Path, since: Path) -> None:
        """Copy the records that are newer than a file."""
        for _ in self.files():
            pass  # each is looked at: a link is refused
        target = SafeFolder(to.parent, to.name)
        target.make()
        started = since.stat().st_mtime_ns
        for name in self.records():
            if self._runs.status(name).st_mtime_ns > started:
                target.write(name, self._runs.read(name, self._runs.status(name).st_size))

    def _place(self, file: str) -> SafeFolder:
        if Path(file).parent == self._path:
            return self._state
        if Path(file).parent == self._path / "runs" and self._is_record(Path(file).name):
            return self._runs
        raise CatalogError(error("ci-state-elsewhere", "The folder of the state is not in the checkout", f"{file} is not below it."))

    def _is_record(self, name: str) -> bool:
        return name.startswith(f"{self._environment}.") and name.endswith((".jsonl", ".plan.json"))


def main() -> int:
    """Do as reported."""
    folder, state, environment, *command = sys.argv[1:]
    held = Held(folder, state, environment)
    match command:
        case ["list"]:
            print("".join(f"{path}\n" for path in sorted(path for path, size in held.files() if size <= LARGEST)), end="")
        case ["large"]:
            print("".join(f"{path}\n" for path, size in held.files() if size > LARGEST), end="")
        case ["restore", commit]:
            held.restore(commit, sys.stdin.read().splitlines())
        case ["copy", to, since]:
            held.copy(Path(to), Path(since))
        case _:
            print(__doc__, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    leave(main)
