"""The picture of the moment, on a terminal: how far each account is, what is waited for, which files and calls are under way.

Applying      ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  12/40  1 failed   41 s
store         ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  10/30  1 failed
publishdrive  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━   2/10
publishdrive is sent nothing for 27 s: the store asked for patience
assets/faro.epub  ━━━━━━━━━━━━━━━━━━━━━  12 MB of 60 MB  3.1 MB/s  16 s left
POST  …/v1/dashboard/issues       store/content/mirror-work.epub         3 s
… and 6 more calls
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import ceil
from typing import Final, TextIO, TypeVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.control import Control
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.segment import ControlType
from rich.table import Table
from rich.text import Text

from catalogctl.events import (
    ApplyStarted,
    AssetCutOff,
    AssetPublished,
    AssetRead,
    AssetSent,
    CallFinished,
    CallStarted,
    Event,
    Listener,
    OperationFailed,
    OperationFinished,
    OperationSkipped,
    OperationStarted,
    RefreshFinished,
    RefreshProgressed,
    Waited,
)
from catalogctl.model.quantity import counted, size_text
from catalogctl.view.paint.layout import cells, clip, indent, pad, wrap
from catalogctl.view.paint.style import WIDTHS, Style
from catalogctl.view.paint.values import took_text
from catalogctl.view.words.events import event_line

FRAMES: Final = 8
"""How often a second it is drawn again."""
_ECHO: Final = len("^C^C") + 1
"""Cells that are kept free at the end of lines: a terminal writes there what is typed, and must not begin a new line for it."""
_TALLEST: Final = 20
"""Lines that it has at most."""
_ACCOUNTS, _WAITS, _FILES = 6, 3, 4
"""Lines at most of each kind; what is left is for calls."""
_MEASURED: Final = 10.0
"""Seconds back from now over which the speed of a file is measured."""

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class _Standing:
    """How far an account is."""

    total: int
    over: int = 0
    failed: int = 0
    unknown: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class _Upload:
    """How far a file is."""

    size: int
    seen: tuple[tuple[float, int], ...]
    """When how many bytes had been read or sent, the newest last."""

    @property
    def sent(self) -> int:
        return self.seen[-1][1]

    @property
    def speed(self) -> float:
        """Bytes a second."""
        (then, before), (now, sent) = self.seen[0], self.seen[-1]
        return (sent - before) / (now - then) if now > then else 0.0


@contextmanager
def live(stream: TextIO, style: Style, clock: Callable[[], float] = time.monotonic) -> Iterator[Listener]:
    """Show the picture as long as this is entered; what else is written on stderr meanwhile appears above it, and stays."""
    console = Console(file=stream, no_color=not style.colour, highlight=False, markup=False, emoji=False, soft_wrap=False)
    picture = LiveView(style, clock)
    frame = _Frame(console, picture)
    # What goes to stdout is a result, and may go elsewhere: nothing is written there while this is shown.
    shown = Live(
        get_renderable=frame.next, console=console, transient=True, refresh_per_second=FRAMES, redirect_stdout=False, redirect_stderr=True
    )

    def listen(event: Event) -> None:
        picture.note(event)
        if isinstance(event, OperationFailed):
            for line in wrap(event_line(event, style), console.width, rest=indent(4)):
                console.print(Text.from_ansi(style.paint(line)))

    try:
        with shown:
            yield listen
    finally:
        console.show_cursor(show=True)  # a second interrupt may have come while the picture was being cleared away


class _Frame:
    """Makes the next frame, and clears away what a terminal that has become narrower has made of the last one."""

    def __init__(self, console: Console, picture: LiveView) -> None:
        self._console = console
        self._picture = picture
        self._width = console.width
        self._lines: list[int] = []
        """How wide the lines of the last frame were."""

    def next(self) -> _Lines:
        """Return what to draw now."""
        width, height = self._console.size
        if width < self._width:
            surplus = sum(max(0, ceil(line / width) - 1) for line in self._lines)
            self._console.control(Control(*[(ControlType.ERASE_IN_LINE, 2), (ControlType.CURSOR_UP, 1)] * surplus))
        self._width = width
        drawn = self._picture.drawn(self._console, min(width - _ECHO, WIDTHS[1]), min(height - 1, _TALLEST))
        self._lines = [line.cell_len for line in drawn]
        return _Lines(drawn)


class _Lines:
    """Lines that are as wide as they may be."""

    def __init__(self, lines: Sequence[Text]) -> None:
        self._lines = lines

    def __rich_console__(self, _console: Console, _options: ConsoleOptions) -> RenderResult:
        yield from self._lines


class LiveView:
    """What is known of the moment.

    Events come from several threads, and one that draws reads it meanwhile. There is no lock: each value is put in place whole, and a
    lock could be held by the very code that a signal interrupts.
    """

    def __init__(self, style: Style, clock: Callable[[], float]) -> None:
        self._style = style
        self._clock = clock
        self._reading: dict[str, tuple[int, int]] = {}
        self._accounts: dict[str, _Standing] = {}
        self._began = 0.0
        self._steps: dict[str, tuple[OperationStarted, float]] = {}
        self._calls: dict[tuple[str, int], tuple[CallStarted, float]] = {}
        self._waits: dict[str, tuple[float, str]] = {}
        self._uploads: dict[tuple[str, str], _Upload] = {}
        self._tallest = 0

    def note(self, event: Event) -> None:
        """Take an event into account."""
        match event:
            case RefreshProgressed():
                self._reading[event.account] = (event.done, event.total)
            case RefreshFinished():
                self._reading.pop(event.account, None)
            case ApplyStarted():
                self._accounts = {account: _Standing(total) for account, total in sorted(event.accounts.items())}
                self._began, self._tallest = self._clock(), 0
            case OperationStarted():
                self._steps[event.name] = (event, self._clock())
            case OperationFinished() | OperationFailed() | OperationSkipped():
                self._over(event)
            case CallStarted():
                self._calls[event.account, event.number] = (event, self._clock())
            case CallFinished():
                self._calls.pop((event.account, event.number), None)
            case Waited():
                self._waits[event.account] = (self._clock() + event.seconds, event.why)
            case AssetRead():
                self._moved("", event.path, event.read, event.size, over=event.read == event.size)
            case AssetSent():
                self._moved(event.account, event.path, event.sent, event.size, over=event.sent == event.size and event.account != "")
            case AssetCutOff():
                self._uploads.pop((event.account, event.path), None)
            case AssetPublished():
                self._uploads.pop(("", event.path), None)
            case _:
                return

    def _over(self, event: OperationFinished | OperationFailed | OperationSkipped) -> None:
        self._steps.pop(event.name, None)
        had = self._accounts.get(event.address.account)
        if had is not None:
            self._accounts[event.address.account] = replace(
                had,
                over=had.over + 1,
                failed=had.failed + (isinstance(event, OperationFailed) and not event.unknown),
                unknown=had.unknown + (isinstance(event, OperationFailed) and event.unknown),
                skipped=had.skipped + isinstance(event, OperationSkipped),
            )

    def _moved(self, account: str, path: str, amount: int, size: int, *, over: bool) -> None:
        key, now = (account, path), self._clock()
        if over:
            self._uploads.pop(key, None)
            return
        had = self._uploads.get(key)
        seen = () if had is None else tuple(one for one in had.seen if now - one[0] <= _MEASURED) or had.seen[-1:]
        self._uploads[key] = _Upload(size, (*seen, (now, amount)))

    def drawn(self, console: Console, width: int, height: int) -> list[Text]:
        """Draw it: no line wider than `width` cells, and no more of them than `height`.

        It never becomes less tall: what jumps up and down cannot be read.
        """
        lines: list[Text] = []
        for part in (self._bars, self._held, self._files, self._under_way):
            lines += part(console, width, max(0, height - len(lines)))
        self._tallest = min(max(self._tallest, len(lines)), height)
        return [*lines[:height], *[Text()] * (self._tallest - len(lines))]

    def _bars(self, console: Console, width: int, room: int) -> list[Text]:
        """How far it is in all, and each account."""
        grid = _grid(3)
        if self._accounts:
            accounts = list(self._accounts.items())
            every = [standing for _, standing in accounts]
            total = _Standing(
                sum(one.total for one in every),
                sum(one.over for one in every),
                sum(one.failed for one in every),
                sum(one.unknown for one in every),
                sum(one.skipped for one in every),
            )
            elapsed = _whole(self._clock() - self._began)
            _bar(grid, Text("Applying", "bold"), total.over, total.total, *_counts(total), elapsed)
            shown, more = _fitting(accounts if len(accounts) > 1 else [], min(_ACCOUNTS, room - 1))
            for account, standing in shown:
                _bar(grid, Text(self._style.safe(account)), standing.over, standing.total, *_counts(standing))
            return [*_rendered(console, grid, width), *_and_more(more, "account")]
        shown_readings, more = _fitting(list(self._reading.items()), min(_ACCOUNTS, room))
        for account, (done, total_pages) in shown_readings:
            _bar(grid, Text(f"Reading {self._style.safe(account)}"), done, total_pages, f"{done:,}/{total_pages:,}")
        return [*_rendered(console, grid, width), *_and_more(more, "account")]

    def _held(self, _console: Console, width: int, room: int) -> list[Text]:
        """Which accounts are sent nothing for a while."""
        now = self._clock()
        waits = [(account, until - now, why) for account, (until, why) in list(self._waits.items()) if until > now]
        shown, more = _fitting(waits, min(_WAITS, room))
        lines: list[Text] = []
        for account, seconds, why in shown:
            text = f"{self._style.safe(account)} is sent nothing for {_whole(ceil(seconds))}: {self._style.safe(why)}"
            lines.append(Text(clip(text, width, self._style.ellipsis), "yellow"))
        return [*lines, *_and_more(more, "account")]

    def _files(self, console: Console, width: int, room: int) -> list[Text]:
        """Which files are read or on their way."""
        shown, more = _fitting(list(self._uploads.items()), min(_FILES, room))
        grid = _grid(4)
        for (_, path), upload in shown:
            name = Text(_tail(self._style.safe(path), width // 3, self._style.ellipsis))
            speed, left = upload.speed, ""
            if speed:
                left = f"{_whole(ceil((upload.size - upload.sent) / speed))} left"
            amount = f"{size_text(upload.sent)} of {size_text(upload.size)}"
            _bar(grid, name, upload.sent, upload.size, amount, f"{size_text(round(speed))}/s" if speed else "", left)
        return [*_rendered(console, grid, width), *_and_more(more, "file")]

    def _under_way(self, _console: Console, width: int, room: int) -> list[Text]:
        """Which calls are under way, and which steps wait for their turn."""
        now = self._clock()
        calls = list(self._calls.values())
        busy = {call.address for call, _ in calls}
        rows = [(call.method, call.path, call.account if call.address is None else str(call.address), since) for call, since in calls]
        idle = [(step, since) for step, since in list(self._steps.values()) if step.address not in busy]
        rows += [(step.verb, "waits", str(step.address), since) for step, since in idle]
        shown, more = _fitting(sorted(rows, key=lambda row: row[3]), room)
        safe, ellipsis = self._style.safe, self._style.ellipsis
        times = [_whole(now - since) for *_, since in shown]
        methods = max((cells(safe(method)) for method, *_ in shown), default=0)
        free = width - methods - max(map(cells, times), default=0) - 6
        paths = max((cells(safe(path)) for _, path, *_ in shown), default=0)
        names = min(max((cells(safe(name)) for _, _, name, _ in shown), default=0), max(free * 3 // 5, free - paths))
        lines: list[Text] = []
        for (method, path, name, _), seconds in zip(shown, times, strict=True):
            line = Text(no_wrap=True)
            line.append(f"{safe(method):<{methods}}  ", "cyan")
            line.append(pad(_tail(safe(path), free - names, ellipsis), free - names), "dim")
            line.append(f"  {pad(_tail(safe(name), names, ellipsis), names)}  ")
            line.append(seconds.rjust(max(map(len, times))), "dim")
            lines.append(line)
        return [*lines, *_and_more(more, "call")]


def _grid(remarks: int) -> Table:
    grid = Table.grid(padding=(0, 2), expand=True, pad_edge=False)
    grid.add_column(no_wrap=True, overflow="ellipsis")
    grid.add_column(ratio=1, min_width=4)
    for _ in range(remarks):
        grid.add_column(no_wrap=True, justify="right", overflow="ellipsis")
    return grid


def _bar(grid: Table, name: Text, done: int, total: int, *remarks: str | Text) -> None:
    bar = ProgressBar(total=max(total, 1), completed=min(done, total) if total else 1, complete_style="green", finished_style="green")
    grid.add_row(name, bar, *remarks)


def _counts(standing: _Standing) -> tuple[str, Text]:
    wrong = [f"{standing.failed:,} failed"] if standing.failed else []
    wrong += [f"{standing.unknown:,} outcome unknown"] if standing.unknown else []
    wrong += [f"{standing.skipped:,} skipped"] if standing.skipped else []
    return f"{standing.over:,}/{standing.total:,}", Text(", ".join(wrong), "red")


def _rendered(console: Console, grid: Table, width: int) -> list[Text]:
    """Lay a table out, a text for each of its rows."""
    if not grid.row_count:
        return []
    lines = console.render_lines(grid, console.options.update(width=width), pad=False)
    return [Text.assemble(*((segment.text, segment.style or "") for segment in line), no_wrap=True) for line in lines]


def _fitting(rows: Sequence[_Row], room: int) -> tuple[Sequence[_Row], int]:
    """Return the rows that fit, and how many others there are; a line that counts these takes up a row itself."""
    if len(rows) <= room:
        return rows, 0
    kept = max(0, room - 1)
    return rows[:kept], len(rows) - kept if room > 0 else 0


def _and_more(number: int, what: str) -> list[Text]:
    return [Text(f"… and {number:,} more {counted(number, what).rpartition(' ')[2]}", "dim")] if number else []


def _whole(seconds: float) -> str:
    """Write a time that is counted up or down: in whole seconds."""
    return f"{int(seconds)} s" if seconds < 10 else took_text(int(seconds))


def _tail(text: str, width: int, ellipsis: str) -> str:
    """Shorten a path or an address to a width: what tells it from its neighbours is at its end."""
    if cells(text) <= width:
        return text
    while text and cells(text) > width - len(ellipsis):
        text = text[1:]
    return ellipsis + text if width >= len(ellipsis) else ""
