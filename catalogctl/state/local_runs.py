"""Records of runs on this machine's disk: a file of JSON lines for each, `runs/ENVIRONMENT.NAME.jsonl`, for its owner alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from catalogctl.state.durable import append, append_durably, make_folder, read_file, sync_folder, telling, temporary_file

_SUFFIX: Final = ".jsonl"
_CODE: Final = "run-not-recorded"
_SUMMARY: Final = "The record of a run could not be written"


class LocalRuns:
    """The records of one environment in a folder."""

    def __init__(self, folder: Path, environment: str) -> None:
        self._folder = folder
        self._environment = environment

    def names(self) -> tuple[str, ...]:
        """List the records there are, the newest first."""
        found = (path.name.removesuffix(_SUFFIX).partition(".") for path in self._folder.glob(f"{self._environment}.*{_SUFFIX}"))
        return tuple(sorted((name for environment, _, name in found if environment == self._environment), reverse=True))

    def read(self, name: str) -> bytes | None:
        """Give a record as far as it has come."""
        return read_file(self._path(name))

    def begin(self, name: str, pieces: Iterable[bytes]) -> None:
        """Make a new record, whole or not at all, durably."""
        path = self._path(name)
        with telling(_CODE, _SUMMARY, path):
            make_folder(self._folder)
            with temporary_file(self._folder, self._environment, pieces) as temporary:
                temporary.replace(path)
            sync_folder(self._folder)

    def append(self, name: str, data: bytes) -> None:
        """Add to a record, with one write and no sync."""
        path = self._path(name)
        with telling(_CODE, _SUMMARY, path):
            append(path, data)

    def seal(self, name: str, data: bytes) -> None:
        """Add the last of a record, with one write and one sync."""
        path = self._path(name)
        with telling(_CODE, _SUMMARY, path):
            append_durably(path, data)

    def remove(self, name: str) -> None:
        """Take a record away."""
        path = self._path(name)
        with telling(_CODE, "An old record of a run could not be removed", path):
            path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{self._environment}.{name}{_SUFFIX}"
