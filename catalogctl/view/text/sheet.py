"""How a plan is laid out as text: how wide, in which style, and how much of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from catalogctl.planning.change import Change
from catalogctl.view.paint.style import Style

Place: TypeAlias = Callable[[Change], str]
"""Returns `file:line` of what one would open to see why: the one field that changes, else the whole declaration."""


class Extent(Enum):
    """How much of a plan is shown; the words of the options."""

    SUMMARY = "summary"
    """Counts, risks and the headlines of equal changes."""
    USUAL = "usual"
    """All changes; equal ones as a group, of many creates and deletes what they have in common."""
    FULL = "full"
    """All changes; of a group each member on a line, and of what is created or deleted all attributes."""
    EACH = "each"
    """As the usual, and nothing is grouped: each change is decided by itself."""


def file_only(change: Change) -> str:
    """Return the file in which a change is declared; empty where it is not declared any more."""
    return "" if change.origin is None else change.origin.path


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """What a plan is written on."""

    width: int
    """Cells of a line."""
    style: Style
    place: Place = file_only
    extent: Extent = Extent.USUAL
    show_requests: bool = False
    """Whether every request of an apply is listed, and not counted alone."""
