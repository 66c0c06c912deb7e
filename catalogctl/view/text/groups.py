"""Equal changes as text: what they have in common once, and the members as briefly as asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from catalogctl.model.address import Address
from catalogctl.model.quantity import counted
from catalogctl.planning.action import Action
from catalogctl.planning.attribute_words import edits
from catalogctl.planning.change import Change
from catalogctl.view.diff.equal_changes import EqualChanges
from catalogctl.view.paint.layout import cells, flow, paragraph, plain
from catalogctl.view.paint.style import Piece, Style, Tone
from catalogctl.view.text.attributes import change_lines
from catalogctl.view.text.one_change import MARGIN, about, head, loss, risk_lines
from catalogctl.view.text.sheet import Extent, PlanSheet
from catalogctl.view.words.changes import why
from catalogctl.view.words.equal_changes import headline, member_name, own_name, parts_text, price_ranges

MEMBER_LINES: Final = 8
"""Lines of members of one group; further members are counted."""
_BULK_LINES: Final = 16
"""The same of all groups of creates together, but for one of each."""
_EDITIONS: Final = 6
"""Names of editions that are counted one by one."""


def group_lines(group: EqualChanges, names: Mapping[str, str], sheet: PlanSheet, bulk: int) -> Iterator[str]:
    """Write one group: its headline, what becomes of its members and why, the changes once, and who the members are.

    Shapes:  `names` are those of titles; `bulk` is how many groups of creates and deletes there are, which share their room. The last
             line is empty.
    """
    one, width, style = group.sample, sheet.width, sheet.style
    change = one.change
    title, whole = headline(group, names, style)
    yield from paragraph([(style.safe(title), Tone.STRONG)], width, style)
    yield from head(change, f"{change.address.account}/{change.type.name}", width, style)
    parts: list[Piece] = [plain(why(change, style))]
    if group.parts:
        parts.append(plain(f"with {style.safe(parts_text(group.parts))} of theirs"))
    yield from about(parts, width, style)
    yield from loss(change, width, style)
    if not group.is_bulk and not whole:
        yield ""
        yield from change_lines(edits(change), change.type, width, MARGIN, style)
    yield from risk_lines(one, width, style)
    yield ""
    if sheet.extent is Extent.FULL or change.action is Action.DELETE:
        yield from _each(group, names, sheet)
    else:
        lines = max(1, _BULK_LINES // max(1, bulk)) if group.is_bulk else MEMBER_LINES
        yield from _facts(group, width, style) if group.is_bulk else ()
        yield from member_lines(list(group.addresses), lines, width, style)
    yield ""


def member_lines(members: Sequence[Address], lines: int, width: int, style: Style) -> Iterator[str]:
    """Write members one after the other, editions of one title together, in so many lines; further ones are counted."""
    written = 0
    rows: list[list[str]] = []
    for title, several in groupby(members, key=lambda member: member.title):
        mine = list(several)
        one = member_name(mine[0]) if len(mine) == 1 else f"{title} ({', '.join(own_name(member) for member in mine)})"
        text = style.safe(one)
        if rows and sum(cells(item) + 2 for item in (*rows[-1], text)) - 1 <= width - MARGIN:
            rows[-1].append(text)
        elif len(rows) == lines:
            break
        else:
            rows.append([text])
        written += len(mine)
    for row in rows:
        end = "," if row is not rows[-1] else ""
        yield from paragraph([plain(", ".join(row) + end)], width, style, margin=MARGIN, hanging=0)
    if written < len(members):
        yield from paragraph([(f"and {len(members) - written:,} more", Tone.FAINT)], width, style, margin=MARGIN, hanging=0)


def _each(group: EqualChanges, names: Mapping[str, str], sheet: PlanSheet) -> Iterator[str]:
    """Write a line for each member: which object it is, and where it is declared or what its title is called."""
    for change in group.members:
        facts = [f"id {change.id}" if change.id is not None else "", _where(change, names, sheet)]
        said = f" {sheet.style.dot} ".join(sheet.style.safe(fact) for fact in facts if fact)
        pieces: list[Piece] = [plain(sheet.style.safe(member_name(change.address))), (f"  {said}" if said else "", Tone.FAINT)]
        yield from paragraph(pieces, sheet.width, sheet.style, margin=MARGIN, hanging=2)


def _where(change: Change, names: Mapping[str, str], sheet: PlanSheet) -> str:
    return names.get(change.address.title, "") if change.origin is None else sheet.place(change)


def _facts(group: EqualChanges, width: int, style: Style) -> Iterator[str]:
    """Count the members by their edition, and say how their prices range: `epub 700, pdf 300`, `USD 2.00 to 24.99`."""
    editions = sorted(Counter(member.edition for member in group.addresses).items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{name} {count:,}" for name, count in editions[:_EDITIONS]]
    more = [counted(len(editions) - _EDITIONS, "other edition")] if len(editions) > _EDITIONS else []
    prices = price_ranges(change.after or {} for change in group.members)
    facts = [", ".join([*shown, *more]), *prices]
    yield from flow([[plain(style.safe(fact))] for fact in facts], (f" {style.dot} ", Tone.FAINT), width, style, margin=MARGIN)
