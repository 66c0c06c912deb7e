"""Records of runs on this machine's disk, for their owner alone: a file of JSON lines for each, `runs/ENVIRONMENT.NAME.jsonl`.

Beside that of a run which has not done all of its plan is the plan, `runs/ENVIRONMENT.NAME.plan.json`.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Final

from catalogctl.state.durable import LARGEST_FOREIGN, LARGEST_OWN, read_file, telling
from catalogctl.system.file import SizeLimit
from catalogctl.system.safe_folder import SafeFolder

_SUFFIX: Final = ".jsonl"
_PLAN: Final = ".plan.json"
_LIMIT: Final = SizeLimit(LARGEST_FOREIGN, LARGEST_OWN, lambda beginning: beginning.startswith(b'{"begun":{'))
_PLAN_LIMIT: Final = SizeLimit(LARGEST_FOREIGN, LARGEST_OWN, lambda beginning: beginning.startswith(b"{\n"))


class LocalRuns:
    """The records of one environment in a folder."""

    def __init__(self, folder: SafeFolder, environment: str) -> None:
        self._folder = folder
        self._environment = environment

    def names(self) -> tuple[str, ...]:
        """List the records there are, the newest first."""
        with telling("state-unreadable", "The records of runs could not be listed", self._folder.path):
            there = self._folder.names()
        found = (name.removesuffix(_SUFFIX).partition(".") for name in there if name.endswith(_SUFFIX))
        return tuple(sorted((name for environment, _, name in found if environment == self._environment), reverse=True))

    def read(self, name: str) -> bytes | None:
        """Return a record as far as it has come."""
        return read_file(self._folder, self._file(name), _LIMIT)

    def begin(self, name: str, pieces: Iterable[bytes]) -> None:
        """Make a new record, whole or not at all, durably."""
        with self._telling(name):
            self._folder.write(self._file(name), pieces)

    def append(self, name: str, data: bytes) -> None:
        """Add to a record, with one write and no sync."""
        with self._telling(name):
            self._folder.append(self._file(name), data)

    def seal(self, name: str, data: bytes) -> None:
        """Add the last of a record, with one write and one sync."""
        with self._telling(name):
            self._folder.append_durably(self._file(name), data)

    def remove(self, name: str) -> None:
        """Take a record away, and the plan beside it."""
        with self._telling(name, "An old record of a run could not be removed"):
            self._folder.remove(self._file(name))
            self._folder.remove(self._file(name, _PLAN))

    def keep_plan(self, name: str, data: bytes) -> None:
        """Keep the plan of a run beside its record, whole or not at all, durably."""
        with self._telling(name):
            self._folder.write(self._file(name, _PLAN), [data])

    def plan(self, name: str) -> bytes | None:
        """Return the plan that is kept of a run."""
        return read_file(self._folder, self._file(name, _PLAN), _PLAN_LIMIT)

    def drop_plan(self, name: str) -> None:
        """Take the plan of a run away."""
        with self._telling(name, "The plan of a run that ended could not be removed"):
            self._folder.remove(self._file(name, _PLAN))

    def _telling(self, name: str, summary: str = "The record of a run could not be written") -> AbstractContextManager[None]:
        return telling("run-not-recorded", summary, self._folder.path / self._file(name))

    def _file(self, name: str, suffix: str = _SUFFIX) -> str:
        return f"{self._environment}.{name}{suffix}"
