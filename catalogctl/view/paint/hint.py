"""A hint, taken apart: what is said to people, and the commands and lines of YAML among it, which are there to be copied."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from catalogctl.view.paint.style import PROGRAM

_SENTENCE = re.compile(r"[A-Z`].*[.:?]$")


@dataclass(frozen=True, slots=True)
class Said:
    """Lines of a hint that belong together."""

    lines: tuple[str, ...]
    literal: bool
    """Whether they are to be copied, so that no line of them may be broken."""


def parted(hint: str) -> tuple[Said, ...]:
    """Take a hint apart into sentences and what is to be copied, in its order.

    Shapes:  it begins with a sentence; a later line is one if it begins with a capital or a mark of code and ends as sentences do.
             Empty for no hint.
    """
    first, *more = hint.splitlines() or [""]
    lines = [(first, False), *((line, not _SENTENCE.match(line)) for line in more)]
    return tuple(Said(tuple(line for line, _ in several), literal) for literal, several in groupby(lines, key=lambda line: line[1]) if hint)


_COMMAND = re.compile(rf"{PROGRAM} (?!-)")


def hint_text(hint: str, command: str) -> str:
    """Return a hint with its commands as they are typed here: of lines that are a command, the program becomes `command`.

    Shapes:  a command that names global options itself stays as it is.
    """
    return "\n".join(command + line.removeprefix(PROGRAM) if _COMMAND.match(line) else line for line in hint.splitlines())
