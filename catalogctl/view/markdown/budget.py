"""As much of a document as fits into so many bytes, the most important first; parts are left out whole and never cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Form: TypeAlias = Callable[[], str]
"""Writes one form of one part: whole lines, each with its line break. Asked for only when there may be room for it."""

_PATIENCE = 30
"""After so many parts that did not fit, no more are tried."""


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of one kind that stand together."""

    head: str
    """What is above them, with its line breaks."""
    parts: Sequence[Sequence[Form]]
    """In the order in which they stand: each with its forms, from the shortest to the fullest."""
    rest: Callable[[Sequence[int]], str]
    """Says what is not reported, by how many forms each part was taken: 0 for a part that is left out."""


def fill(before: str, groups: Sequence[Group], after: str, steps: Iterable[tuple[int, int]], room: int) -> str:
    """Write a document of at most so many bytes of UTF-8.

    Shapes:  `groups` the most important first; each is there with its head and what it says of its rest, or not at all. `steps` name,
             the most important first, the group and part whose next form is to be taken if there is room for it. Equal arguments
             give equal documents.
    Units:   `room` in bytes; `before` and `after` are written even where they alone are longer.
    """
    levels = [[0] * len(group.parts) for group in groups]
    texts = [[""] * len(group.parts) for group in groups]
    left = room - _size(before) - _size(after)
    kept: set[int] = set()
    for number, group in enumerate(groups):
        least = _size(group.head) + _size(group.rest(levels[number]))
        if least <= left:
            kept.add(number)
            left -= least
    stuck: set[tuple[int, int]] = set()
    taken: list[tuple[int, int, str]] = []
    for number, part in steps:
        if len(stuck) == _PATIENCE:
            break
        if number not in kept or (number, part) in stuck:
            continue
        text = groups[number].parts[part][levels[number][part]]()
        more = _size(text) - _size(texts[number][part])
        if more > left:
            stuck.add((number, part))
            continue
        left -= more
        taken.append((number, part, texts[number][part]))
        texts[number][part] = text
        levels[number][part] += 1

    def written() -> str:
        told = ("".join((group.head, *texts[at], group.rest(levels[at]))) for at, group in enumerate(groups) if at in kept)
        return "".join((before, *told, after))

    # What is said of a rest may grow by a word while the rest shrinks: then what came last goes again.
    document = written()
    while taken and _size(document) > room:
        number, part, text = taken.pop()
        texts[number][part] = text
        levels[number][part] -= 1
        document = written()
    return document


def _size(text: str) -> int:
    return len(text.encode("utf-8"))
