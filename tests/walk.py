"""The walks of the pages: their commands run as written, and what they print held against what is shown.

    python tests/walk.py        runs each walk and writes what it printed into its page

A `console` block holds commands (`$ …`), each followed by what it prints; a `diff` block is an edit, its first line naming the file;
a block with a language and the name of a file is that file.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import catalogctl

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Walk:
    """One section of a page."""

    page: str
    heading: str
    """How its heading begins."""

    @property
    def path(self) -> Path:
        """The page's file."""
        return ROOT / self.page


WALKS = (
    Walk("README.md", "## Ten minutes"),
    Walk("docs/adopting.md", "## From a feed"),
    Walk("docs/adopting.md", "## From a sheet"),
    Walk("docs/adopting.md", "## From a store"),
)
_BLOCK = re.compile(r"^```(console|diff|[a-z]+ \S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SECONDS = re.compile(r"\b\d+\.\d s\b")


@dataclass(frozen=True)
class Step:
    """One command and what is shown below it."""

    command: str
    shown: str


def walked(walk: Walk, folder: Path) -> Iterator[tuple[Step, str]]:
    """Follow a walk in an empty folder; give each command with what it printed."""
    walker = _Walker(folder)
    for block in _BLOCK.finditer(_section(walk)):
        if block[1] == "diff":
            walker.edit(block[2])
        elif block[1] != "console":
            walker.write(block[1].split()[1], block[2])
        else:
            for step in _steps(block[2]):
                yield step, walker.run(step.command)


def comparable(printed: str) -> str:
    """Give what was printed without what differs from run to run: how long it took."""
    return _SECONDS.sub("0.0 s", printed)


def rewritten(walk: Walk, folder: Path) -> str:
    """Give the page of a walk with what its commands print now."""
    printed = iter([(step.command, out) for step, out in walked(walk, folder)])

    def block(found: re.Match[str]) -> str:
        if found[1] != "console":
            return found[0]
        lines = [f"$ {command}\n{comparable(out)}" for command, out in (next(printed) for _ in _steps(found[2]))]
        return f"```console\n{''.join(lines)}```"

    section = _section(walk)
    return walk.path.read_text(encoding="utf-8").replace(section, _BLOCK.sub(block, section))


def _section(walk: Walk) -> str:
    page = walk.path.read_text(encoding="utf-8")
    start = page.index(walk.heading)
    end = page.find("\n## ", start + 1)
    return page[start:] if end < 0 else page[start:end]


def _steps(block: str) -> list[Step]:
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)[1:]
    return [Step(command, shown) for command, shown in zip(parts[::2], parts[1::2], strict=True)]


class _Walker:
    """A shell that remembers its folder, with `catalogctl` on its path and a cache of its own."""

    def __init__(self, folder: Path) -> None:
        commands = folder / "bin"
        commands.mkdir()
        command = commands / "catalogctl"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m catalogctl "$@"\n', encoding="utf-8")
        command.chmod(0o755)
        self.here = folder / "walk"
        self.here.mkdir()
        self.where = folder / "where"
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("CATALOGCTL_", "FORCE_COLOR"))}
        self.environ = clean | {
            "PATH": f"{commands}:{clean['PATH']}",
            "PYTHONPATH": str(Path(catalogctl.__file__).parents[1]),
            "CATALOGCTL_CACHE_DIR": str(folder / "cache"),
            "COLUMNS": "80",
            "PYTHONIOENCODING": "utf-8",
            "WHERE": str(self.where),
        }

    def run(self, command: str) -> str:
        """Run one line; its exit code is not judged, what it prints is."""
        script = f'{command}\npwd > "$WHERE"\n'
        shell = ["/bin/sh", "-c", f"exec 2>&1; {script}"]
        ran = subprocess.run(shell, cwd=self.here, env=self.environ, stdout=subprocess.PIPE, encoding="utf-8", check=False)
        self.here = Path(self.where.read_text(encoding="utf-8").strip())
        return ran.stdout

    def write(self, name: str, text: str) -> None:
        """Write a file that the page shows."""
        (self.here / name).write_text(text, encoding="utf-8")

    def edit(self, block: str) -> None:
        """Make the edit that a diff shows: each `-` line becomes the `+` line below it."""
        name, *lines = block.splitlines()
        path = self.here / name.removeprefix("--- ")
        text = path.read_text(encoding="utf-8")
        for was, now in zip(lines[::2], lines[1::2], strict=True):
            assert (was[:1], now[:1]) == ("-", "+"), f"{was!r} and {now!r} are no edit"
            assert text.count(was[1:]) == 1, f"{was[1:]!r} is not once in {name}"
            text = text.replace(was[1:], now[1:])
        path.write_text(text, encoding="utf-8")


def main() -> None:
    """Write what the commands print into the pages."""
    for walk in WALKS:
        with TemporaryDirectory(prefix="catalogctl-walk-") as name:
            walk.path.write_text(rewritten(walk, Path(name).resolve()), encoding="utf-8")


if __name__ == "__main__":
    main()
