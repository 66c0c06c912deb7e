"""Changes of files, as a unified diff, and what they come to, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff
from typing import Any, Final

from catalogctl.editing.assign import EditionKey
from catalogctl.editing.effects import Effect, Kept
from catalogctl.model.quantity import counted
from catalogctl.query.columns import as_cell
from catalogctl.view.paint.style import Style, Tone

_NAMED: Final = 100
"""Editions that a sentence names; more are counted."""

_TONES = {"+": Tone.ADDED, "-": Tone.REMOVED, "@": Tone.ADOPT}


def render_diff(path: str, before: bytes, after: bytes, style: Style) -> Iterator[str]:
    """Write what is changed in a file; nothing where nothing is. Line ends that change are reported as such."""
    old, new = (data.decode(errors="replace") for data in (before, after))
    rows = unified_diff(*_beside(old, new), f"a/{path}", f"b/{path}", n=2, lineterm="")
    for number, row in enumerate(rows):
        tone = Tone.STRONG if number < 2 else _TONES.get(row[:1], Tone.PLAIN)
        yield style.paint([(style.safe(row), tone)])
    if before != after and _lines(old) == _lines(new):
        yield style.paint([(style.safe(f"a/{path}: only line ends, a byte order mark, or the line break at the end"), Tone.STRONG)])


def _beside(old: str, new: str) -> tuple[list[str], list[str]]:
    """Return the lines of both texts, without the empty one behind a line break at the end that both have."""
    one, other = _lines(old), _lines(new)
    return (one[:-1], other[:-1]) if one[-1] == other[-1] == "" else (one, other)


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def count_words(effects: Iterable[Effect], files: int) -> str:
    """Write how much an edit changes: `12 editions (3 of them not selected) in 9 files`."""
    changed: dict[EditionKey, bool] = {}
    for one in effects:
        changed[one.edition] = changed.get(one.edition, False) or one.is_selected
    if not changed:
        return f"{counted(files, 'file')}, and no value of an edition,"
    others = sum(not is_selected for is_selected in changed.values())
    beside = f" ({others:,} of them not selected)" if others else ""
    return f"{counted(len(changed), 'edition')}{beside} in {counted(files, 'file')}"


def effect_sentences(effects: Iterable[Effect], kept: Iterable[Kept], *, is_unset: bool, environment: str) -> Iterator[str]:
    """Say which values change that were not selected, what holds in the place of one that is unset, and what accounts keep."""
    others: dict[tuple[str, str, str, str], list[EditionKey]] = {}
    instead: dict[tuple[str, str, str], list[EditionKey]] = {}
    for one in effects:
        now = _shown(one.after)
        if not one.is_selected:
            others.setdefault((one.environment, one.field, _shown(one.before), now), []).append(one.edition)
        elif is_unset and one.after is not None:
            instead.setdefault((one.field, now, one.said_in), []).append(one.edition)
    for (field, now, said_in), editions in instead.items():
        yield f"{field} becomes {now}, which {said_in} says, for {_named(editions)}."
    for (where, field, before, now), editions in others.items():
        place = "" if where == environment else f" in the environment {where}"
        yield f"Not selected, and changed as well{place}: {field} {before} → {now} of {_named(editions)}."
    own: dict[tuple[str, str, str], list[EditionKey]] = {}
    for keeping in kept:
        own.setdefault((keeping.account, keeping.field, _shown(keeping.value)), []).append(keeping.edition)
    for (account, field, value), editions in own.items():
        yield f"{account} keeps a value of its own, publish.{account}.{field} {value}, for {_named(editions)}."


def _shown(value: Any) -> str:
    text = " ".join(as_cell(value).split())
    return (text if len(text) <= 80 else f"{text[:79]}…") or "none"


def _named(editions: Sequence[EditionKey]) -> str:
    names = [".".join(edition) for edition in editions[:_NAMED]]
    more = len(editions) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "")
