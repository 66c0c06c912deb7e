"""A terminal with a command on it: what is typed, what is on the screen, and what has scrolled out of it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyte

from shop import IMPORTABLE


@dataclass
class Terminal:
    """A screen, and the process that writes on it."""

    process: subprocess.Popen[bytes]
    descriptor: int
    screen: pyte.HistoryScreen
    stream: pyte.ByteStream
    written: bytearray = field(default_factory=bytearray)
    """Every byte that came."""
    frames: list[list[str]] = field(default_factory=list)
    """What stood on the screen, each time that something came."""

    @property
    def lines(self) -> list[str]:
        """What is on the screen, without what is empty below."""
        shown = [line.rstrip() for line in self.screen.display]
        while shown and not shown[-1]:
            shown.pop()
        return shown

    @property
    def scrolled(self) -> list[str]:
        """What has scrolled out of the screen at its top."""
        return ["".join(row[column].data for column in range(self.screen.columns)).rstrip() for row in self.screen.history.top]

    @property
    def all(self) -> str:
        return "\n".join((*self.scrolled, *self.lines))

    def type(self, text: str) -> None:
        os.write(self.descriptor, text.encode())

    def resize(self, columns: int, lines: int) -> None:
        cut = max(0, self.screen.lines - lines)
        self.screen.resize(lines, columns)
        cursor = self.screen.cursor
        cursor.x, cursor.y = min(cursor.x, columns - 1), max(0, cursor.y - cut)  # as everything else that was cut off at the top
        _resize(self.descriptor, columns, lines)

    def until(self, true: Callable[[], object], what: str, seconds: float = 20) -> None:
        """Take what is written until something is true of the screen."""
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}; on the screen:\n{self.all}"
            self._take(0.05)

    def ended(self, code: int) -> None:
        """Take all that is written, and make sure of the exit code."""
        while self._take(0.2) or self.process.poll() is None:
            pass
        assert self.process.wait() == code, self.all

    def _take(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.descriptor], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.descriptor, 65536)
        except OSError:  # what Linux says when no one has the other end any more
            return False
        self.written += data
        self.stream.feed(data)
        self.frames.append(self.lines)
        return bool(data)


@contextmanager
def on_terminal(
    folder: Path, *arguments: str, columns: int = 80, lines: int = 24, environment: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """Run a command in a folder, on a terminal of this size; it takes an interrupt that is typed."""
    ours, theirs = pty.openpty()
    _resize(ours, columns, lines)
    own = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
    process = subprocess.Popen(
        [sys.executable, "-m", "catalogctl", *arguments],
        cwd=folder,
        env={**own, "PYTHONPATH": IMPORTABLE, "TERM": "xterm-256color", **(environment or {})},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 -- makes it the terminal that its Ctrl-C comes from
    )
    os.close(theirs)
    screen = pyte.HistoryScreen(columns, lines, history=10_000, ratio=0.5)
    terminal = Terminal(process, ours, screen, pyte.ByteStream(screen))
    try:
        yield terminal
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _resize(descriptor: int, columns: int, lines: int) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
