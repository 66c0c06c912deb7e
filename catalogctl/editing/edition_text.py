"""Editions as they are written, taken out of one text and put into another one with their comments. Pure; what does not fit stays out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from catalogctl.config.syntax.tree import Form, Node
from catalogctl.editing.patch import apply_cuts
from catalogctl.editing.written import BREAK, Written, read


def without_comments_of(text: str, names: Iterable[str], *, is_json: bool) -> str:
    """Return a document without the comments that are right above some of its editions."""
    written = None if is_json else read(text, is_json=False)
    editions = None if written is None else _in_lines(written)
    if written is None or editions is None:
        return text
    cuts = []
    for name in names:
        key = written.span(editions.keys[name])[0]
        start = _with_comments_above(written, key)
        if start < written.line_starts[written.line(key)]:
            cuts.append((start, written.line_starts[written.line(key)], ""))
    return apply_cuts(text, sorted(cuts))


def with_editions_of(text: str, other: str, names: Sequence[str]) -> str | None:
    """Return a document with editions of another one behind its own, as they are written there.

    Shapes:  both are YAML. `None` where one of them does not have its editions in lines.
    """
    here, there = read(text, is_json=False), read(other, is_json=False)
    own = None if here is None else _in_lines(here)
    theirs = None if there is None else _in_lines(there)
    if here is None or there is None or own is None or theirs is None:
        return None
    wide = here.column(here.span(next(iter(own.keys.values())))[0])
    lines: list[str] = []
    for name in names:
        key = there.span(theirs.keys[name])[0]
        start, end = _with_comments_above(there, key), there.next_line(max(key, there.end(theirs.fields[name])))
        said = BREAK.split(there.text[start:end].rstrip("\r\n"))
        moved = [_at_margin(line, wide - there.column(key)) for line in said]
        if None in moved:
            return None
        lines += [line for line in moved if line is not None]
    at = here.end_of_line(here.end(own))
    return text[:at] + "".join(f"{here.line_end}{line}" for line in lines) + text[at:]


def _in_lines(written: Written) -> Node | None:
    """Return the editions of a document where each begins a line."""
    editions = written.root.fields.get("editions")
    return editions if editions is not None and editions.form is Form.BLOCK and editions.fields else None


def _with_comments_above(written: Written, key: int) -> int:
    """Return where the comments begin that are right above a key and as far in as it is."""
    begun = {comment.start for comment in written.comments()}
    line, column = written.line(key), written.column(key)
    while line and written.line_starts[line - 1] + column in begun and not written.text[written.line_starts[line - 1] :][:column].strip():
        line -= 1
    return written.line_starts[line]


def _at_margin(line: str, more: int) -> str | None:
    if not line.strip():
        return line
    if more >= 0:
        return " " * more + line
    return None if line[:-more].strip() else line[-more:]
