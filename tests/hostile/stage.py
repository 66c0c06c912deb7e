"""The three stores, with sockets between or none, and a project that they agree with, to be spoilt and had back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from catalogctl.provider.emulation import Emulator
from catalogctl.state.local import LocalJournal
from hostile.measured import bearable
from hostile.trio import Trio, keys, trio
from hostile.wire import Wire, wired
from shop import Environment, Ran

Connection = Callable[[Mapping[str, Emulator], Mapping[str, str]], AbstractContextManager[Wire]]
LONGEST_OUTPUT = 2_000_000
"""Characters."""


@dataclass
class Stage:
    """The stores, the project, and copies of what it holds."""

    shop: Trio = field(repr=False)
    wire: Wire = field(repr=False)
    kept: Path
    """The project's files as they were when everything was applied."""
    journal: bytes = field(repr=False)
    """That of the apply, as it was when it was over."""

    def remove(self, name: str) -> None:
        """Take away a file or a folder of the project."""
        there = self.shop.folder / name
        if there.is_dir():
            shutil.rmtree(there)
        there.unlink(missing_ok=True)

    def restore(self, name: str) -> None:
        """Put back a file or a folder of the project as it was, or take away what was not there."""
        self.remove(name)
        there, whole = self.shop.folder / name, self.kept / name
        if whole.is_dir():
            shutil.copytree(whole, there)
        elif whole.exists():
            shutil.copyfile(whole, there)

    @contextmanager
    def stores_had_back(self) -> Iterator[None]:
        """Give the stores back what they hold now when the block is over."""
        held = {name: emulator.snapshot() for name, emulator in self.shop.emulators.items()}
        try:
            yield
        finally:
            for name, emulator in self.shop.emulators.items():
                emulator.restore(held[name])

    def run(self, *arguments: str) -> Ran:
        """Run a command within its time and memory; whatever it says, it is no fault of ours and drives no terminal."""
        with bearable():
            ran = self.shop.run(*arguments)
        assert "A fault of catalogctl" not in ran.all, ran.err
        assert "Traceback" not in ran.all
        assert not set(ran.all) & set("\x00\x1b\x07\x9b\u202e")
        assert len(ran.all) < LONGEST_OUTPUT
        return ran


@contextmanager
def staged(folder: Path, connected: Connection = wired) -> Iterator[Stage]:
    """Apply the project, and keep what came of it."""
    journals: list[bytes] = []
    remove = LocalJournal.remove

    def keep(journal: LocalJournal) -> None:
        journals.append(journal.read() or b"")
        remove(journal)

    with pytest.MonkeyPatch.context() as patch:
        for name, value in (*Environment(folder / "cache").items(), *keys().items()):
            patch.setenv(name, value)
        project, kept = folder / "project", folder / "kept"
        project.mkdir()
        with trio(project) as shop, connected(shop.emulators, {name: shop.server.url(name) for name in shop.emulators}) as wire:
            patch.setattr(LocalJournal, "remove", keep)
            shop.run("apply", "--auto-approve").ended(0)
            patch.setattr(LocalJournal, "remove", remove)
            assert "No changes" in shop.run("plan").ended(0).out
            shutil.copytree(project, kept)
            [journal] = journals
            yield Stage(shop, wire, kept, journal)


def checks(examples: int) -> settings:
    """Return the settings of a property: as many examples, shrunk by hand."""
    return settings(
        max_examples=examples,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
