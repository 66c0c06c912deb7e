"""Pieces of text → lines no wider than asked, measured in terminal cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from rich.cells import cell_len, split_graphemes

from catalogctl.view.paint.style import Piece, Style, Tone

Word: TypeAlias = list[Piece]
"""What must stay together on a line, if it can."""

_RUN = re.compile(r" +|[^ ]+")
_FLAG_LETTERS = re.compile("[\U0001f1e6-\U0001f1ff]+$")
_ESCAPE = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
"""A character that no one could see, spelled out."""
_LONGEST_ESCAPE = 10
_BEGUN_ESCAPE = re.compile(r"\\(?:x[0-9a-f]?|u[0-9a-f]{0,3}|U[0-9a-f]{0,7})?$")
"""The beginning of one, without its end."""


def cells(text: str) -> int:
    """Return how many cells wide a text is: two for a CJK character, none for a combining mark."""
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
    room = width - len(ellipsis)
    head, _ = _cut(text, max(1, room))
    return head.rstrip() + ellipsis if cells(head) <= room else ellipsis[: max(1, width)]


def clip_start(text: str, width: int, ellipsis: str) -> str:
    """Shorten a text to a width as `clip` does, but keep its end."""
    if cells(text) <= width:
        return text
    used, start = len(ellipsis), len(text)
    for begin, _, size in reversed(split_graphemes(text)[0]):
        if used + size > width:
            break
        used, start = used + size, begin
    if _is_halved_flag(text, start):
        start += 1
    halved = [found.end() for found in _ESCAPE.finditer(text, max(0, start - _LONGEST_ESCAPE)) if found.start() < start < found.end()]
    return ellipsis + text[max(start, *halved, 0) :]


def wrap(pieces: Iterable[Piece], width: int, *, first: Sequence[Piece] = (), rest: Sequence[Piece] = ()) -> Iterator[list[Piece]]:
    """Break pieces into lines, at spaces where possible; a word wider than a line is cut.

    Shapes:  `first` begins the first line and `rest` all others; both count towards `width`. At least one line. A letter stays whole with
             its marks, an emoji with its parts, and an escape such as `\\x1f`; what is wider than a line by itself stands alone on one.
    """
    pieces = _whole_letters(pieces)
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
            head, tail = _cut_word(word, max(1, free))
            if room > free and _is_spoilt(head, word, free):
                head = []
            else:
                word = tail
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


def _whole_letters(pieces: Iterable[Piece]) -> list[Piece]:
    """Move marks and the other parts of a letter that begin a piece to the piece before, where the letter is."""
    whole: list[Piece] = []
    for text, tone in pieces:
        if whole and text and not text.isascii() and whole[-1][0]:
            before, tone_before = whole[-1]
            [_, end, _] = split_graphemes(before[-1:] + text)[0][0]
            moved = end - 1
            if moved:
                whole[-1] = (before + text[:moved], tone_before)
                text = text[moved:]  # noqa: PLW2901
        if text:
            whole.append((text, tone))
    return whole


def _words(pieces: Iterable[Piece]) -> Iterator[Word | Piece]:
    """Yield words (lists of pieces) and the gaps between them (single pieces)."""
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
            if head and _is_spoilt([(left, tone)], [(text, tone)], width):
                left, right = "", text
            return [*head, (left, tone)], [(right, tone), *word[index + 1 :]]
        head.append((text, tone))
        width -= size
    return head, []


def _is_spoilt(head: Word, word: Word, width: int) -> bool:
    """Return whether the first piece of what was cut off a word is wider than asked, or the half of an escape."""
    [(left, _), *_], [(text, _), *_] = head, word
    return cells(left) > width or bool(_BEGUN_ESCAPE.fullmatch(left) and left != text and _ESCAPE.match(text))


def _cut(text: str, width: int) -> tuple[str, str]:
    """Split after at most `width` cells, never inside a letter with its marks or an escape; at least one letter goes to the left."""
    head, tail = _cut_letters(text, width)
    begun = _BEGUN_ESCAPE.search(head)
    if begun and begun.start() and _ESCAPE.match(text, begun.start()):
        return text[: begun.start()], text[begun.start() :]
    return head, tail


def _cut_letters(text: str, width: int) -> tuple[str, str]:
    if text.isascii():
        return text[:width], text[width:]
    used = 0
    spans, _ = split_graphemes(text)
    for start, end, size in spans:
        if used + size > width:
            at = start - 1 if _is_halved_flag(text, start) else start
            at = at or end
            return text[:at], text[at:]
        used += size
    return text, ""


def _is_halved_flag(text: str, at: int) -> bool:
    """Return whether a cut would part the two letters that together are a flag."""
    before = _FLAG_LETTERS.search(text[:at])
    return before is not None and len(before[0]) % 2 == 1 and _FLAG_LETTERS.match(text[at : at + 1]) is not None


def plain(text: str) -> Piece:
    """Make a piece that has no tone of its own."""
    return (text, Tone.PLAIN)


def indent(width: int) -> list[Piece]:
    """Make the space that a line begins with."""
    return [(" " * width, Tone.PLAIN)]
