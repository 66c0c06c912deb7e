"""One title on many accounts, at a glance: a line for each edition, a column for each account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from catalogctl.planning.action import Action
from catalogctl.planning.change import Change
from catalogctl.view.paint.layout import cells, pad, plain
from catalogctl.view.paint.style import Piece, Style, Tone

_MARGIN = 2
_GAP = 2
_ORDER = (Action.DELETE, Action.REPLACE, Action.CREATE, Action.UPDATE, Action.ADOPT, Action.FORGET)
"""What matters most comes first."""
_UNCHANGED = "as declared"


def title_table(changes: Sequence[Change], width: int, style: Style) -> Iterator[str]:
    """Write the table of one title; nothing where it is on one account only, or where the table would be wider than `width`.

    Shapes:  `changes` are all of the title's, those that change nothing included.
    """
    accounts = sorted({change.address.account for change in changes})
    if len(accounts) < 2:
        return
    rows: list[tuple[str, list[list[Piece]]]] = []
    for edition in sorted({change.address.edition for change in changes}):
        mine = [change for change in changes if change.address.edition == edition]
        rows.append(
            (style.safe(edition), [_cell([change for change in mine if change.address.account == account], style) for account in accounts])
        )
    heads = [style.safe(account) for account in accounts]
    first = max(cells(edition) for edition, _ in rows)
    widths = [max(cells(head), *(_width(cols[place]) for _, cols in rows)) for place, head in enumerate(heads)]
    if _MARGIN + first + sum(_GAP + one for one in widths) > width:
        return
    gap = " " * _GAP
    yield style.paint(
        [plain(" " * (_MARGIN + first)), *[(gap + pad(head, size), Tone.FAINT) for head, size in zip(heads, widths, strict=True)]]
    )
    for edition, columns in rows:
        line: list[Piece] = [plain(" " * _MARGIN + pad(edition, first))]
        for pieces, size in zip(columns, widths, strict=True):
            line += [plain(gap), *pieces, plain(" " * (size - _width(pieces)))]
        yield style.paint(line)


def _cell(changes: Sequence[Change], style: Style) -> list[Piece]:
    """Say what becomes of one edition on one account: how many objects meet with which action."""
    if not changes:
        return []
    counts = Counter(change.action for change in changes)
    pieces: list[Piece] = []
    for action in _ORDER:
        if counts[action]:
            gap = "  " if pieces else ""
            pieces.append((f"{gap}{style.sign(action)} {counts[action]:,} {action.value}", style.tone(action)))
    return pieces or [(_UNCHANGED, Tone.FAINT)]


def _width(pieces: Sequence[Piece]) -> int:
    return sum(cells(text) for text, _ in pieces)
