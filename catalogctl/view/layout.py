"""Pieces of text → lines no wider than asked, measured in terminal cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from rich.cells import cell_len, split_graphemes

from catalogctl.view.style import Piece, Style, Tone

Word: TypeAlias = list[Piece]
"""What must stay together on a line, if it can."""

_RUN = re.compile(r" +|[^ ]+")


def cells(text: str) -> int:
    """Give how many cells wide a text is: two for a CJK character, none for a combining mark."""
    return len(text) if text.isascii() else cell_len(text)


def pad(text: str, width: int) -> str:
    """Fill a text with spaces to a width, on its right."""
    return text + " " * max(0, width - cells(text))


def pad_left(text: str, width: int) -> str:
    """Fill a text with spaces to a width, on its left."""
    return " " * max(0, width - cells(text)) + text


def clip(text: str, width: int, ellipsis: str) -> str:
    """Shorten a text to a width, with an ellipsis where something was cut."""
    if cells(text) <= width:
        return text
    head, _ = _cut(text, max(1, width - len(ellipsis)))
    return head.rstrip() + ellipsis


def wrap(pieces: Iterable[Piece], width: int, *, first: Sequence[Piece] = (), rest: Sequence[Piece] = ()) -> Iterator[list[Piece]]:
    """Break pieces into lines, at spaces where possible; a word wider than a line is cut.

    Shapes:  `first` begins the first line and `rest` all others; both count towards `width`. At least one line.
    """
    pieces = list(pieces)
    free = width - _cells_of(first)
    if _cells_of(pieces) <= free:
        yield [*first, *pieces]
        return
    line: list[Piece] = list(first)
    room = width - _cells_of(rest)
    empty = True
    gap: Piece | None = None
    for found in _words(pieces):
        if isinstance(found, tuple):
            gap = found
            continue
        word = found
        size = _cells_of(word)
        needed = size + (cells(gap[0]) if gap and not empty else 0)
        if needed > free and not empty:
            yield line
            line, free, empty = list(rest), room, True
        elif gap and not empty:
            line.append(gap)
            free -= cells(gap[0])
        gap = None
        while size > free:
            head, word = _cut_word(word, max(1, free))
            yield [*line, *head]
            line, free, size = list(rest), room, _cells_of(word)
        line.extend(word)
        free -= size
        empty = not size and empty
    yield line


def paragraph(pieces: Iterable[Piece], width: int, style: Style, *, margin: int = 0, hanging: int = 2) -> Iterator[str]:
    """Write pieces as lines of text that begin `margin` cells from the left, those after the first `hanging` cells further in."""
    for line in wrap(pieces, width, first=indent(margin), rest=indent(margin + hanging)):
        yield style.paint(line)


def flow(parts: Iterable[Sequence[Piece]], joint: Piece, width: int, style: Style, *, margin: int = 0, hanging: int = 2) -> Iterator[str]:
    """Write parts one after the other as `paragraph` does, with a joint between them; lines end between parts where that is enough."""
    line: list[Piece] = []
    inset = margin
    for part in parts:
        joined = [*line, joint, *part] if line else list(part)
        if line and _cells_of(joined) > width - inset:
            yield from paragraph(line, width, style, margin=inset, hanging=margin + hanging - inset)
            joined, inset = list(part), margin + hanging
        line = joined
    yield from paragraph(line, width, style, margin=inset, hanging=margin + hanging - inset)


def _words(pieces: Iterable[Piece]) -> Iterator[Word | Piece]:
    """Give words (lists of pieces) and the gaps between them (single pieces)."""
    word: Word = []
    for text, tone in pieces:
        for run in _RUN.findall(text):
            if run[0] == " ":
                if word:
                    yield word
                    word = []
                yield (run, tone)
            else:
                word.append((run, tone))
    if word:
        yield word


def _cells_of(pieces: Iterable[Piece]) -> int:
    size = 0
    for text, _ in pieces:
        size += len(text) if text.isascii() else cell_len(text)
    return size


def _cut_word(word: Word, width: int) -> tuple[Word, Word]:
    head: Word = []
    for index, (text, tone) in enumerate(word):
        size = cells(text)
        if size > width:
            left, right = _cut(text, width) if width or not head else ("", text)
            return [*head, (left, tone)], [(right, tone), *word[index + 1 :]]
        head.append((text, tone))
        width -= size
    return head, []


def _cut(text: str, width: int) -> tuple[str, str]:
    """Split after at most `width` cells, never inside a letter with its marks; at least one letter goes to the left."""
    if text.isascii():
        return text[:width], text[width:]
    used = 0
    spans, _ = split_graphemes(text)
    for start, end, size in spans:
        if used + size > width:
            at = start or end
            return text[:at], text[at:]
        used += size
    return text, ""


def plain(text: str) -> Piece:
    """Make a piece that has no tone of its own."""
    return (text, Tone.PLAIN)


def indent(width: int) -> list[Piece]:
    """Make the space that a line begins with."""
    return [(" " * width, Tone.PLAIN)]
