"""What changes in a long text, word by word, with a little of what stands around it; never two full copies.

    … each day, with [-love-]{+care+} for yourself, in front of the mirror…

Where those marks would mislead (the text holds some itself, or runs from right to left), each place is two lines instead:

    - … each day, with love for yourself,…
    + … each day, with care for yourself,…
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from catalogctl.model.quantity import counted
from catalogctl.view.paint import escape
from catalogctl.view.paint.layout import clip, plain, wrap
from catalogctl.view.paint.style import Piece, Style, Tone

_CJK = "\u2e80-\u2fff\u3040-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"(?:<[^<>\s][^<>]*>|[{_CJK}]|[^\W{_CJK}]+(?:['’][^\W{_CJK}]+)*|\S|^)\s*")
"""A tag, a letter of a script without spaces, a word or a sign, each with the white space behind it: were that a token of its own, every
second token would be the same, and a matcher finds little to hold on to in such a text."""
_MARKS = re.compile(r"\[-|-\]|\{\+|\+\}")

_MAY_BE_MARKS = re.compile("[\u0300-\u1fff\u20d0-\U0010ffff]")
"""Letters of which some are combining marks; no mark is among the others."""
_CONTEXT = 32
"""Characters shown on each side of a change, cut at a word."""
_FOLD = 4
"""Fewer equal characters than this between two changes belong to the change: `[-a b-]{+c d+}` reads better than two."""
_LONGEST_RUN = 240
"""Characters of one removed or added run that are shown; of a longer one its two ends."""
_REWRITTEN = 0.35
"""Below this share of common words a text counts as rewritten, and no diff would explain it."""
_FEW_WORDS = 12
"""Up to so many, old and new side by side are no trouble to read."""
_REWRITTEN_LINES = 2
_THOROUGH = 1_000_000
"""Pairs of words up to which every word may be held on to; in longer texts the most frequent ones may not, which is much faster."""


@dataclass(frozen=True, slots=True)
class _Hunk:
    """One changed place, with what is before and after it."""

    lead: str
    removed: str
    added: str
    trail: str
    """Up to the next place, if that is near; else a little context."""
    starts: bool
    """Nothing is left out before it."""
    ends: bool
    """Nothing is left out after it."""
    joined: bool
    """Goes on where the one before it ended."""


def long_text_change(before: str, after: str, width: int, style: Style) -> Iterator[list[Piece]]:
    """Explain how one long text becomes another, in lines of pieces."""
    old, new = _tokens(before), _tokens(after)
    edits = _edits(old, new)
    if edits is None:
        yield from _rewritten(before, after, width, style)
        return
    hunks = list(_hunks(old, new, edits))
    size = f"{len(before):,}" if len(before) == len(after) else f"{len(before):,} {style.arrow} {len(after):,}"
    yield [(f"{counted(len(hunks), 'change')} in {size} characters", Tone.FAINT)]
    in_line = not (_MARKS.search(before + after) or escape.has_right_to_left(before + after))
    groups: list[list[_Hunk]] = []
    for hunk in hunks:
        if hunk.joined:
            groups[-1].append(hunk)
        else:
            groups.append([hunk])
    for group in groups:
        if in_line:
            yield from wrap(_marked(group, style), width, rest=[plain("  ")])
        else:
            yield from wrap(_side(group, style, Tone.REMOVED), width, first=[("- ", Tone.REMOVED)], rest=[plain("  ")])
            yield from wrap(_side(group, style, Tone.ADDED), width, first=[("+ ", Tone.ADDED)], rest=[plain("  ")])


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a text that stays, and what goes and comes behind it."""

    kept: str
    removed: str
    added: str


def stretches(before: str, after: str) -> tuple[Stretch, ...] | None:
    """Take a change of a long text apart, whole: `kept` and `removed` together are `before`, `kept` and `added` are `after`.

    Shapes:  `None` when too little stays to speak of a change: another text took its place.
    """
    old, new = _tokens(before), _tokens(after)
    edits = _edits(old, new)
    if edits is None:
        return None
    found: list[Stretch] = []
    at = 0
    for a, b, c, d in edits:
        removed, added = "".join(old[a:b]), "".join(new[c:d])
        lead = trail = ""
        if removed and added:
            whole = removed, added
            lead, trail, removed, added = _bared(removed, added)
            if len(lead) == min(map(len, whole)):
                # The one begins the other: the white space at the end of what is left is of that alone.
                trail, (removed, added) = "", (text[len(lead) :] for text in whole)
        found.append(Stretch("".join(old[at:a]) + lead, removed, added))
        if trail:
            found.append(Stretch(trail, "", ""))
        at = b
    return (*found, Stretch("".join(old[at:]), "", ""))


def beginning(text: str, width: int, lines: int, style: Style) -> list[str]:
    """Return the first lines of a long text, with an ellipsis where it goes on."""
    shown = style.safe(" ".join(text[: width * lines * 2].split()))
    wrapped = ["".join(piece for piece, _ in line).rstrip() for line in wrap([plain(shown)], width)]
    if len(wrapped) <= lines and len(text) <= width * lines * 2:
        return wrapped
    last = clip(wrapped[lines - 1] + " " * width, width, style.ellipsis) if len(wrapped) >= lines else wrapped[-1] + style.ellipsis
    return [*wrapped[: lines - 1], last]


def _rewritten(before: str, after: str, width: int, style: Style) -> Iterator[list[Piece]]:
    yield [(f"rewritten: {len(before):,} {style.arrow} {len(after):,} characters; they begin", Tone.FAINT)]
    for sign, text, tone in (("- ", before, Tone.REMOVED), ("+ ", after, Tone.ADDED)):
        for number, line in enumerate(beginning(text, width - 2, _REWRITTEN_LINES, style)):
            yield [(sign if number == 0 else "  ", tone), (line, tone)]


def _tokens(text: str) -> list[str]:
    tokens: list[str] = [token for token in _TOKEN.findall(text) if token]
    if not _MAY_BE_MARKS.search(text):
        return tokens
    # Marks are no letters to a pattern, yet they belong to the letter before them, and the word goes on behind them.
    joined: list[str] = []
    for token in tokens:
        if joined and not joined[-1][-1].isspace() and (_is_mark(token[0]) or (_is_mark(joined[-1][-1]) and token[0].isalnum())):
            joined[-1] += token
        else:
            joined.append(token)
    return joined


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


Edit = tuple[int, int, int, int]
"""old[a:b] becomes new[c:d]."""


def _edits(old: Sequence[str], new: Sequence[str]) -> list[Edit] | None:
    """Find what differs, neighbours folded together; `None` when too little stays to speak of edits."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    matcher = SequenceMatcher(None, left, right, autojunk=len(left) * len(right) > _THOROUGH)
    raw = [(a + head, b + head, c + head, d + head) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]
    edits: list[Edit] = []
    for edit in raw:
        if edits and len("".join(old[edits[-1][1] : edit[0]]).strip()) < _FOLD:
            edits[-1] = (edits[-1][0], edit[1], edits[-1][2], edit[3])
        else:
            edits.append(edit)
    words = max(len(old), len(new))
    changed = max(sum(b - a for a, b, _, _ in edits), sum(d - c for _, _, c, d in edits))
    return None if words > _FEW_WORDS and (words - changed) / words < _REWRITTEN else edits


def _hunks(old: Sequence[str], new: Sequence[str], edits: Sequence[Edit]) -> Iterator[_Hunk]:
    joined = False
    for number, (a, b, c, d) in enumerate(edits):
        following = edits[number + 1][0] if number + 1 < len(edits) else len(old)
        previous = edits[number - 1][1] if number else 0
        start = _back(old, a, previous)
        stop = _forth(old, b, following)
        near = number + 1 < len(edits) and len("".join(old[b:following])) <= 2 * _CONTEXT
        before, after, removed, added = _bared("".join(old[a:b]), "".join(new[c:d]))
        hunk = _Hunk(
            lead=("" if joined else "".join(old[start:a])) + before,
            removed=removed,
            added=added,
            trail=after + "".join(old[b : following if near else stop]),
            starts=start == 0,
            ends=not near and stop == len(old),
            joined=joined,
        )
        yield _told_apart(hunk)
        joined = near


def _bared(removed: str, added: str) -> tuple[str, str, str, str]:
    """Take from both what they begin with alike, where a word ends there, and the white space they end with alike."""
    before = after = ""
    short, long = sorted((removed, added), key=len)
    if short and long.startswith(short) and long[len(short)].isspace():
        before, removed, added = short, removed[len(short) :], added[len(short) :]
    ends = {text[len(text.rstrip()) :] for text in (removed, added) if text}
    if len(ends) == 1:
        [after] = ends
        removed, added = (text[: len(text) - len(after)] if text else "" for text in (removed, added))
    return before, after, removed, added


def _told_apart(hunk: _Hunk) -> _Hunk:
    if hunk.removed and hunk.added and escape.looks_alike(hunk.removed, hunk.added):
        return replace(hunk, removed=escape.revealed(hunk.removed), added=escape.revealed(hunk.added))
    return hunk


def _back(tokens: Sequence[str], at: int, limit: int) -> int:
    length = 0
    while at > limit and length < _CONTEXT:
        at -= 1
        length += len(tokens[at])
    return at


def _forth(tokens: Sequence[str], at: int, limit: int) -> int:
    length = 0
    while at < limit and length < _CONTEXT:
        length += len(tokens[at])
        at += 1
    return at


def _marked(group: Sequence[_Hunk], style: Style) -> Iterator[Piece]:
    yield from _opening(group, style)
    for hunk in group:
        yield plain(_flow(hunk.lead, style))
        if hunk.removed:
            yield from (("[-", Tone.REMOVED_MARK), (_run(hunk.removed, style), Tone.REMOVED), ("-]", Tone.REMOVED_MARK))
        if hunk.added:
            yield from (("{+", Tone.ADDED_MARK), (_run(hunk.added, style), Tone.ADDED), ("+}", Tone.ADDED_MARK))
        yield _trail(hunk, group, style)
    yield from _closing(group, style)


def _side(group: Sequence[_Hunk], style: Style, tone: Tone) -> Iterator[Piece]:
    yield from _opening(group, style)
    for hunk in group:
        yield plain(_flow(hunk.lead, style))
        yield (_run(hunk.removed if tone is Tone.REMOVED else hunk.added, style), tone)
        yield _trail(hunk, group, style)
    yield from _closing(group, style)


def _trail(hunk: _Hunk, group: Sequence[_Hunk], style: Style) -> Piece:
    return plain(_flow(hunk.trail.rstrip() if hunk is group[-1] else hunk.trail, style))


def _opening(group: Sequence[_Hunk], style: Style) -> Iterator[Piece]:
    if not group[0].starts:
        yield (f"{style.ellipsis} ", Tone.FAINT)


def _closing(group: Sequence[_Hunk], style: Style) -> Iterator[Piece]:
    if not group[-1].ends:
        yield (style.ellipsis, Tone.FAINT)


def _run(text: str, style: Style) -> str:
    if len(text) <= _LONGEST_RUN:
        return _flow(text, style)
    half = _LONGEST_RUN // 2
    head, tail = text[:half].rsplit(" ", 1)[0], text[-half:].split(" ", 1)[-1]
    left_out = counted(len(text) - len(head) - len(tail), "character")
    return f"{_flow(head, style)} ({style.ellipsis} {left_out} {style.ellipsis}) {_flow(tail, style)}"


def _flow(text: str, style: Style) -> str:
    return style.safe(text, newline=f"{style.newline} ")
