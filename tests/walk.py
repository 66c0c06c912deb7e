"""The README's ten-minute walk: its commands run as written, and what they print held against what is shown.

    python tests/walk.py        runs the walk and writes what it printed into README.md

A `console` block holds commands (`$ …`), each followed by what it prints; a `diff` block is an edit, its first line naming the file.
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

README = Path(__file__).resolve().parents[1] / "README.md"
HEADING = "## Ten minutes"
_BLOCK = re.compile(r"^```(console|diff)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SECONDS = re.compile(r"\b\d+\.\d s\b")


@dataclass(frozen=True)
class Step:
    """One command and what is shown below it."""

    command: str
    shown: str


def walked(readme: str, folder: Path) -> Iterator[tuple[Step, str]]:
    """Follow the walk in an empty folder; give each command with what it printed."""
    walk = _Walk(folder)
    for block in _BLOCK.finditer(_section(readme)):
        if block[1] == "diff":
            walk.edit(block[2])
        else:
            for step in _steps(block[2]):
                yield step, walk.run(step.command)


def comparable(printed: str) -> str:
    """Give what was printed without what differs from run to run: how long it took."""
    return _SECONDS.sub("0.0 s", printed)


def rewritten(readme: str, folder: Path) -> str:
    """Give the page with what the commands print now."""
    printed = iter([(step.command, out) for step, out in walked(readme, folder)])

    def block(found: re.Match[str]) -> str:
        if found[1] == "diff":
            return found[0]
        lines = [f"$ {command}\n{comparable(out)}" for command, out in (next(printed) for _ in _steps(found[2]))]
        return f"```console\n{''.join(lines)}```"

    section = _section(readme)
    return readme.replace(section, _BLOCK.sub(block, section))


def _section(readme: str) -> str:
    start = readme.index(HEADING)
    return readme[start : readme.index("\n## ", start + 1)]


def _steps(block: str) -> list[Step]:
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)[1:]
    return [Step(command, shown) for command, shown in zip(parts[::2], parts[1::2], strict=True)]


class _Walk:
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
    """Write what the commands print into README.md."""
    with TemporaryDirectory(prefix="catalogctl-walk-") as name:
        page = README.read_text(encoding="utf-8")
        README.write_text(rewritten(page, Path(name).resolve()), encoding="utf-8")


if __name__ == "__main__":
    main()
