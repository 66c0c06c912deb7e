"""Shows on stderr how far things are: bars on a terminal, plain lines in a log, nothing when asked to be quiet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from catalogctl.events import (
    ApplyStarted,
    AssetSent,
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
from catalogctl.view.event_text import event_line
from catalogctl.view.layout import indent, wrap
from catalogctl.view.style import Style
from catalogctl.view.value_text import size_text

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


@contextmanager
def progress(stream: TextIO | None, *, style: Style, width: int, quiet: bool = False) -> Iterator[Listener]:
    """Give a listener that shows events on a stream, and clear its bars away at the end, however that comes."""
    if quiet or stream is None:
        yield _nothing
    elif stream.isatty():
        yield from _bars(stream, style, width)
    else:
        yield _Lines(stream, style, width)


def _nothing(_: Event) -> None:
    """Listen, and keep still."""


class _Lines:
    """One line for each thing that is over; operations are numbered as they end."""

    def __init__(self, stream: TextIO, style: Style, width: int) -> None:
        self._stream = stream
        self._style = style
        self._width = width
        self._total = 0
        self._over = 0

    def __call__(self, event: Event) -> None:
        if isinstance(event, ApplyStarted):
            self._total = event.operations
        pieces = event_line(event, self._style)
        if not pieces:
            return
        if isinstance(event, OperationFinished | OperationFailed | OperationSkipped):
            self._over += 1
            pieces = [(f"[{self._over}/{self._total}] ", pieces[-1][1]), *pieces]
        for line in wrap(pieces, self._width, rest=indent(4)):
            self._stream.write(self._style.paint(line) + "\n")
        self._stream.flush()


def _bars(stream: TextIO, style: Style, width: int) -> Iterator[Listener]:
    # Imported here: a command whose output goes to a file or a pipe never needs it.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
    from rich.text import Text

    class Amount(ProgressColumn):
        """How many of how many; of a file how many bytes, and how fast they go."""

        def __init__(self) -> None:
            super().__init__()
            self._counted = MofNCompleteColumn()

        def render(self, task: Task) -> Text:
            """Write the amount of one bar."""
            if not task.fields.get("bytes"):
                return self._counted.render(task)
            speed = f", {size_text(int(task.speed))}/s" if task.speed else ""
            return Text(f"{size_text(int(task.completed))} of {size_text(int(task.total or 0))}{speed}")

    console = Console(file=stream, no_color=not style.colour, highlight=False, markup=False, emoji=False, width=width, soft_wrap=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=None), Amount(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        yield _Bars(shown, style, width)


class _Bars:
    """A bar for each account that is read, one for the operations and one for each file being sent; what went wrong is said above them."""

    def __init__(self, shown: Progress, style: Style, width: int) -> None:
        self._shown = shown
        self._style = style
        self._width = width
        self._reading: dict[str, TaskID] = {}
        self._sending: dict[str, TaskID] = {}
        self._applying: TaskID | None = None

    def __call__(self, event: Event) -> None:
        match event:
            case RefreshProgressed():
                self._shown.update(self._bar_of(event.account), completed=event.done, total=event.total)
            case RefreshFinished():
                task = self._bar_of(event.account)
                self._shown.update(task, visible=False)
                self._shown.stop_task(task)
            case ApplyStarted():
                self._applying = self._shown.add_task("Applying", total=event.operations)
            case OperationStarted() if self._applying is not None:
                self._shown.update(self._applying, description=self._style.safe(event.name))
            case OperationFinished() if self._applying is not None:
                self._shown.advance(self._applying)
            case AssetSent():
                self._show_sent(event)
            case OperationFailed() | OperationSkipped() | Waited():
                if self._applying is not None and not isinstance(event, Waited):
                    self._shown.advance(self._applying)
                self._say(event)
            case _:
                return

    def _show_sent(self, event: AssetSent) -> None:
        if event.path not in self._sending:
            self._sending[event.path] = self._shown.add_task(f"Sending {self._style.safe(event.path)}", total=event.size, bytes=True)
        self._shown.update(self._sending[event.path], completed=event.sent)
        if event.sent == event.size:
            self._shown.remove_task(self._sending.pop(event.path))

    def _bar_of(self, account: str) -> TaskID:
        if account not in self._reading:
            self._reading[account] = self._shown.add_task(f"Reading {self._style.safe(account)}", total=None)
        return self._reading[account]

    def _say(self, event: Event) -> None:
        from rich.text import Text

        pieces = event_line(event, self._style)
        for line in wrap(pieces, self._width, rest=indent(4)) if pieces else ():
            self._shown.console.print(Text.from_ansi(self._style.paint(line)))
