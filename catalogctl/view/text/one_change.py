"""One change as text: what becomes of an object and why, what is lost, what is risky, and its attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from catalogctl.model.quantity import counted
from catalogctl.model.resource import ReplaceOrder
from catalogctl.planning.action import Action
from catalogctl.planning.attribute_words import by_name, edits
from catalogctl.planning.change import Change
from catalogctl.planning.risk.risk import Assessed, Risk
from catalogctl.view.paint.layout import cells, flow, paragraph, plain
from catalogctl.view.paint.style import Piece, Style, Tone
from catalogctl.view.text.attributes import attribute_lines, brief, change_lines
from catalogctl.view.text.sheet import PlanSheet
from catalogctl.view.words.changes import why, word
from catalogctl.view.words.risks import concerns, risk_word

MARGIN: Final = 8
"""Cells before the names of attributes."""
_OFF_SALE = frozenset({Risk.UNPUBLISH, Risk.REVIEW})
"""Is red as other losses are."""
_CREATED_LINES = 2
"""Lines of a long text shown of what will be created; of what will be deleted, one."""


def part_lines(change: Change, width: int, style: Style, *, said: bool) -> Iterator[str]:
    """Write what comes, goes or is created again with what it is part of, in as few lines as can be.

    Shapes:  `said` where it is more than what comes by itself.
    """
    yield from head(change, str(change.address), width, style, hanging=4)
    if change.action is Action.CREATE:
        facts = brief(by_name(change.after or {}, change.parts), change.type, style) if said else []
        if facts:
            yield from paragraph([(f" {style.dot} ".join(facts), Tone.FAINT)], width, style, margin=MARGIN, hanging=2)
    elif change.action is Action.REPLACE:
        otherwise = [item for item in edits(change) if item.path[0] != change.type.owner]
        yield from change_lines(otherwise, change.type, width, MARGIN, style)


def change_and_risks(one: Assessed, sheet: PlanSheet) -> Iterator[str]:
    """Write one change in full, and what is risky about it."""
    change, width, style = one.change, sheet.width, sheet.style
    yield from head(change, str(change.address), width, style)
    parts: list[Piece] = [plain(why(change, style))]
    if change.id is not None:
        parts.append((f"id {style.safe(change.id)}", Tone.FAINT))
    if change.origin is not None:
        parts.append((style.safe(sheet.place(change)), Tone.FAINT))
    yield from about(parts, width, style)
    yield from loss(change, width, style)
    lines = list(_body(change, width, style))
    if lines:
        yield ""
        yield from lines
    yield from risk_lines(one, width, style)


def head(change: Change, what: str, width: int, style: Style, *, hanging: int | None = None) -> Iterator[str]:
    """Write the sign and the word of an action, and what it is about."""
    sign = style.sign(change.action)
    pieces: list[Piece] = [(f"{sign} {word(change)}", style.tone(change.action)), (f"  {style.safe(what)}", Tone.STRONG)]
    if change.protect:
        pieces.append(("  protected", Tone.WARNING))
    yield from paragraph(pieces, width, style, margin=5 - cells(sign), hanging=cells(sign) + 3 if hanging is None else hanging)


def about(parts: list[Piece], width: int, style: Style) -> Iterator[str]:
    """Write why, what follows, which object it is and where it is declared; broken between these, if it must be."""
    yield from flow([[part] for part in parts], (f" {style.dot} ", Tone.FAINT), width, style, margin=6, hanging=0)


def loss(change: Change, width: int, style: Style) -> Iterator[str]:
    """Write what is lost where an object goes before another takes its place."""
    if change.action.destroys and not (change.action is Action.REPLACE and change.type.replace_order is ReplaceOrder.CREATE_FIRST):
        yield from paragraph([(f"LOST FOR GOOD: {style.safe(change.type.loss)}", Tone.ERROR)], width, style, margin=6, hanging=0)


def risk_lines(one: Assessed, width: int, style: Style) -> Iterator[str]:
    """Write what is risky about a change beyond its action; that it deletes or replaces is said with what is lost."""
    if one.change.takes_away:
        lost = f"LOST FOR GOOD: {counted(one.change.takes_away, 'object')} that the files do not declare, deleted from the store."
        yield from paragraph([(lost, Tone.ERROR)], width, style, margin=MARGIN, hanging=0)
    for concern in concerns(one):
        if concern.risk not in {Risk.DELETE, Risk.REPLACE}:
            lead = f"RISK: {risk_word(concern.risk)}: "
            tone = Tone.ERROR if concern.risk in _OFF_SALE else Tone.WARNING
            yield from paragraph([(lead, tone), plain(style.safe(concern.said))], width, style, margin=MARGIN, hanging=2)


def _body(change: Change, width: int, style: Style) -> Iterator[str]:
    match change.action:
        case Action.CREATE:
            return attribute_lines(by_name(change.after or {}, change.parts), change.type, width, MARGIN, style, long_lines=_CREATED_LINES)
        case Action.DELETE:
            return attribute_lines(by_name(change.before or {}, change.parts), change.type, width, MARGIN, style, long_lines=1)
        case Action.FORGET:
            return iter(())
        case _:
            return change_lines(edits(change), change.type, width, MARGIN, style)
