"""Tables for people: columns as wide as what they hold, and where that is too much some of them give way."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from catalogctl.view.paint.layout import cells, clip, pad, plain
from catalogctl.view.paint.style import Style, Tone

_GAP: Final = 2
_LEAST: Final = 6
"""Cells that every column keeps."""
_READABLE: Final = 12
"""Cells that a column keeps as long as another one is wider."""


def render(heads: Sequence[str], rows: Sequence[Sequence[str]], names: Collection[str], width: int, style: Style) -> Iterator[str]:
    """Write a table, a line a row; none is wider than `width`: what does not fit is cut off with an ellipsis.

    Shapes:  columns whose heads are among `names` hold what is copied, and are cut after the others.
    """
    safe = [[style.safe(cell) for cell in row] for row in rows]
    widths = [max([cells(head), *(cells(row[place]) for row in safe)]) for place, head in enumerate(heads)]
    others = [place for place, head in enumerate(heads) if head not in names]
    for several, least in ((others, _READABLE), (range(len(heads)), _READABLE), (range(len(heads)), _LEAST)):
        _narrow(widths, several, least, width)
    while len(widths) > 1 and _total(widths) > width:
        widths.pop()
    yield style.paint([(_line([style.safe(head) for head in heads], widths, style), Tone.FAINT)])
    for row in safe:
        yield style.paint([plain(_line(row, widths, style))])


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)


def _narrow(widths: list[int], some: Collection[int], least: int, width: int) -> None:
    """Take from the widest of some columns, cell by cell, until all fit or each of these has no more than `least`."""
    while _total(widths) > width:
        widest = max(some, key=lambda place: widths[place], default=None)
        if widest is None or widths[widest] <= least:
            return
        widths[widest] -= 1


def _line(row: Sequence[str], widths: Sequence[int], style: Style) -> str:
    shown = (pad(clip(cell, size, style.ellipsis), size) for cell, size in zip(row, widths, strict=False))
    return (" " * _GAP).join(shown).rstrip()
