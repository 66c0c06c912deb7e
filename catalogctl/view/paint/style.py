"""Colours and signs, in one place. All of it reads without colour, and without Unicode where the terminal has none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Final, TextIO, TypeAlias

from catalogctl.planning.action import Action
from catalogctl.view.paint import escape

_PIPED_WIDTH = 80
WIDTHS: Final = (40, 140)
"""Narrower than the first nothing can be laid out; beyond the second, lines are hard to follow with the eye."""


class Tone(Enum):
    """What a stretch of text is, as far as its colour goes."""

    PLAIN = auto()
    STRONG = auto()
    FAINT = auto()
    CREATE = auto()
    UPDATE = auto()
    REPLACE = auto()
    DELETE = auto()
    ADOPT = auto()
    ADDED = auto()
    REMOVED = auto()
    ADDED_MARK = auto()
    """The signs around what is added to a text, where no other means tells it apart."""
    REMOVED_MARK = auto()
    ERROR = auto()
    WARNING = auto()
    NOTE = auto()


_RENDITION: Final[Mapping[Tone, str]] = {
    Tone.STRONG: "1",
    Tone.FAINT: "2",
    Tone.CREATE: "32",
    Tone.UPDATE: "33",
    Tone.REPLACE: "1;35",
    Tone.DELETE: "1;31",
    Tone.ADOPT: "36",
    Tone.ADDED: "32",
    Tone.REMOVED: "31",
    Tone.ADDED_MARK: "32",
    Tone.REMOVED_MARK: "31",
    Tone.ERROR: "1;31",
    Tone.WARNING: "1;33",
    Tone.NOTE: "1;36",
}
"""ANSI, of the eight colours that every terminal has and every colour scheme keeps readable."""

Piece: TypeAlias = tuple[str, Tone]
"""A stretch of safe text in one tone."""

_TONES: Final[Mapping[Action, Tone]] = {
    Action.NO_OP: Tone.FAINT,
    Action.CREATE: Tone.CREATE,
    Action.UPDATE: Tone.UPDATE,
    Action.REPLACE: Tone.REPLACE,
    Action.DELETE: Tone.DELETE,
    Action.ADOPT: Tone.ADOPT,
    Action.FORGET: Tone.FAINT,
}
_FANCY: Final = "→↻…·↵"
PROGRAM: Final = "catalogctl"


@dataclass(frozen=True, slots=True)
class Style:
    """How text is put on one stream."""

    colour: bool = False
    encoding: str = "utf-8"
    command: str = PROGRAM
    """How a command line for the same project begins: `catalogctl -C shop`."""

    @property
    def _fancy(self) -> bool:
        return _can_encode(self.encoding)

    @property
    def arrow(self) -> str:
        """Between before and after."""
        return "→" if self._fancy else "->"

    @property
    def ellipsis(self) -> str:
        """In place of what is left out."""
        return "…" if self._fancy else "..."

    @property
    def dot(self) -> str:
        """Between things said in one line."""
        return "·" if self._fancy else "|"

    @property
    def newline(self) -> str:
        """In place of a line break that belongs to the text."""
        return escape.NEWLINE if self._fancy else "\\n"

    def sign(self, action: Action) -> str:
        """Return the sign of an action; each reads without colour."""
        match action:
            case Action.CREATE:
                return "+"
            case Action.UPDATE:
                return "~"
            case Action.REPLACE:
                return "-/+"
            case Action.DELETE:
                return "-"
            case Action.ADOPT:
                return "↻" if self._fancy else "@"
            case Action.FORGET:
                return "x"
            case Action.NO_OP:
                return " "

    @staticmethod
    def tone(action: Action) -> Tone:
        """Return the colour of an action."""
        return _TONES[action]

    def safe(self, text: str, *, newline: str | None = None) -> str:
        """Make foreign text fit for this stream; see `escape.terminal`."""
        if text.isascii() and text.isprintable():
            return text
        shown = escape.terminal(text, newline=self.newline if newline is None else newline)
        if self._fancy or shown.isascii():
            return shown
        return shown.encode(self.encoding, "backslashreplace").decode(self.encoding)

    def paint(self, pieces: Iterable[Piece]) -> str:
        """Make one line of pieces, without spaces at its end."""
        kept = list(pieces)
        while kept and not kept[-1][0].rstrip(" "):
            kept.pop()
        if kept:
            kept[-1] = (kept[-1][0].rstrip(" "), kept[-1][1])
        if not self.colour:
            return "".join(text for text, _ in kept)
        return "".join(f"\x1b[{_RENDITION[tone]}m{text}\x1b[0m" if text and tone in _RENDITION else text for text, tone in kept)


@cache
def _can_encode(encoding: str) -> bool:
    try:
        _FANCY.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def style_for(stream: TextIO | None, *, no_color: bool = False, environ: Mapping[str, str] = os.environ) -> Style:
    """Find out how to write on a stream; `None` is one that was closed before we began.

    Colour is for terminals; NO_COLOR and --no-color forbid it, FORCE_COLOR asks for it in a log that can show it (and yields to both).
    """
    wanted = bool(environ.get("FORCE_COLOR")) or (_is_terminal(stream) and environ.get("TERM") != "dumb")
    forbidden = no_color or bool(environ.get("NO_COLOR"))
    return Style(colour=wanted and not forbidden, encoding=getattr(stream, "encoding", None) or "utf-8")


def width_for(stream: TextIO | None, *, environ: Mapping[str, str] = os.environ) -> int:
    """Return the cells a line may have on a stream: COLUMNS where it is set, else the terminal's, else 80."""
    narrowest, widest = WIDTHS
    asked = environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked) > 0:
        width = int(asked)
    elif _is_terminal(stream):
        width = shutil.get_terminal_size((_PIPED_WIDTH, 24)).columns
    else:
        width = _PIPED_WIDTH
    return max(narrowest, min(width, widest))


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()
