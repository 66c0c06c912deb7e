"""Shows on stderr how far things are: live on a terminal, in plain lines in a log, nothing when asked to be quiet."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import TextIO

from catalogctl.events import (
    ApplyStarted,
    AssetCutOff,
    AssetRead,
    AssetSent,
    Event,
    Listener,
    OperationFailed,
    OperationFinished,
    OperationSkipped,
)
from catalogctl.model.quantity import size_text
from catalogctl.view.paint.layout import indent, wrap
from catalogctl.view.paint.style import Piece, Style, Tone
from catalogctl.view.words.events import event_line

SAID_EVERY = 10.0
"""Seconds between two lines about one file that is on its way."""

_NO_CI = {"", "0", "false"}


class Manner(Enum):
    """How what happens is shown."""

    NONE = "not at all"
    LINES = "a line for each thing that is over"
    LIVE = "as a picture of the moment, which changes in place and is gone in the end"


def manner_for(stream: TextIO | None, *, quiet: bool = False, no_color: bool = False, environ: Mapping[str, str] = os.environ) -> Manner:
    """Find out how to show what happens on a stream; `None` is one that was closed before we began.

    What changes in place is for a terminal that someone looks at: not for the log of a CI system, which may claim to be one,
    and not where they asked for plain text (NO_COLOR, --no-color, TERM=dumb).
    """
    if quiet or stream is None:
        return Manner.NONE
    plain = no_color or bool(environ.get("NO_COLOR")) or environ.get("TERM") in {"dumb", "unknown"}
    watched = stream.isatty() and environ.get("CI", "").lower() in _NO_CI
    return Manner.LIVE if watched and not plain else Manner.LINES


@contextmanager
def progress(stream: TextIO | None, manner: Manner, *, style: Style, width: int) -> Iterator[Listener]:
    """Return a listener that shows events on a stream; what changes in place is cleared away at the end, however that comes.

    Units:  `width` in cells, for plain lines; a live picture is as wide as its terminal is at the moment.
    """
    if stream is None or manner is Manner.NONE:
        yield _nothing
    elif manner is Manner.LINES:
        yield Lines(stream, style, width)
    else:
        # Imported here: a command whose output goes to a file or a pipe never needs it.
        from catalogctl.view.live.picture import live

        with live(stream, style) as listen:
            yield listen


def _nothing(_: Event) -> None:
    """Listen, and keep still."""


class Lines:
    """One line for each thing that is over, and now and then one for what takes long; operations are numbered as they end."""

    def __init__(self, stream: TextIO, style: Style, width: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._style = style
        self._width = width
        self._clock = clock
        self._total = 0
        self._over = 0
        self._moving: dict[tuple[str, str], tuple[float, int]] = {}
        """By account and path: when a file was reported last, and how much of it had been read or sent by then."""

    def __call__(self, event: Event) -> None:
        """Write what there is to say of an event."""
        if isinstance(event, ApplyStarted):
            self._total = event.operations
        pieces = self._moved(event) if isinstance(event, AssetRead | AssetSent | AssetCutOff) else event_line(event, self._style)
        if not pieces:
            return
        if isinstance(event, OperationFinished | OperationFailed | OperationSkipped):
            self._over += 1
            pieces = [(f"[{self._over}/{self._total}] ", pieces[-1][1]), *pieces]
        lines = wrap(pieces, self._width, rest=indent(4))
        self._stream.write("".join(f"{self._style.paint(line)}\n" for line in lines))
        self._stream.flush()

    def _moved(self, event: AssetRead | AssetSent | AssetCutOff) -> list[Piece]:
        """Say of a file that is read or on its way how far it is, now and then; and that one has arrived."""
        doing, account, amount = ("reading", "", event.read) if isinstance(event, AssetRead) else ("sending", event.account, event.sent)
        key, now = (account, event.path), self._clock()
        if isinstance(event, AssetCutOff) or amount == event.size:
            self._moving.pop(key, None)
            return event_line(event, self._style)
        then, before = self._moving.setdefault(key, (now, amount))
        if now - then < SAID_EVERY:
            return []
        self._moving[key] = (now, amount)
        speed = size_text(round((amount - before) / (now - then)))
        how_far = f"{size_text(amount)} of {size_text(event.size)}, {speed}/s"
        return [(f"{doing} {self._style.safe(event.path)}: {how_far}", Tone.FAINT)]
