"""A plan at a glance: how much of what on each account, what is risky, and the headlines of equal changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Final

from catalogctl.model.quantity import counted
from catalogctl.planning.action import Action
from catalogctl.planning.plan import Plan
from catalogctl.planning.risk.risk import Risk
from catalogctl.view.diff.equal_changes import group_drift
from catalogctl.view.paint.layout import cells, pad, pad_left, paragraph, plain
from catalogctl.view.paint.style import Piece, Style, Tone
from catalogctl.view.text.reading_order import ReadingOrder, TitleChanges
from catalogctl.view.text.sheet import Extent
from catalogctl.view.words.changes import word
from catalogctl.view.words.equal_changes import headline
from catalogctl.view.words.problem_kinds import by_kind
from catalogctl.view.words.risks import RISKS

_GROUPS: Final = 12
"""Groups whose headlines are written; the others are counted."""
_ACTIONS: Final = (Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE, Action.ADOPT, Action.FORGET)
_ALWAYS: Final = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE})
"""Have a column even where there are none."""


def render_summary(plan: Plan, width: int, style: Style) -> Iterator[str]:
    """Write a plan at a glance; of an empty one no line. What it costs, and the verdict, are not in it."""
    if not plan.is_empty:
        order = ReadingOrder(plan, Extent.USUAL)
        yield from _table(plan, width, style)
        yield ""
        yield from _risks(order, width, style)
        yield from _headlines(order, plan, width, style)
        yield ""
    drifted = [item for item in plan.drift if item.matters]
    if drifted:
        alike = sum(1 for _ in group_drift(drifted))
        ways = f" in {counted(alike, 'way')}" if alike < len(drifted) else ""
        said = f"{counted(len(drifted), 'object')}{ways}"
        yield from paragraph([("Changed outside catalogctl: ", Tone.WARNING), plain(said)], width, style)
        yield ""
    for several in by_kind(plan.diagnostics):
        times = f"  ({len(several):,} times)" if len(several) > 1 else ""
        lead: Piece = (f"{several[0].severity.value}: ", Tone.WARNING)
        yield from paragraph([lead, plain(style.safe(several[0].summary)), (times, Tone.FAINT)], width, style)
    if plan.diagnostics:
        yield ""


def _table(plan: Plan, width: int, style: Style) -> Iterator[str]:
    """Write a row for each account, with a column for each action; where the lines are too short for that, a sentence for each."""
    counts: dict[str, Counter[Action]] = {}
    for change in plan.changes:
        counts.setdefault(change.address.account, Counter())[change.action] += 1
    total = sum(counts.values(), Counter[Action]())
    columns = [(action, action.value) for action in _ACTIONS if action in _ALWAYS or total[action]]
    columns.append((Action.NO_OP, "unchanged"))
    first = max(cells(style.safe(name)) for name in counts)
    widths = {action: max(len(head), len(f"{total[action]:,}")) for action, head in columns}
    if first + 2 + sum(size + 2 for size in widths.values()) > width:
        for name, row in sorted(counts.items()):
            told = f" {style.dot} ".join(f"{row[action]:,} {head}" for action, head in columns if row[action])
            yield from paragraph([plain(f"{style.safe(name)}: {told}")], width, style, margin=2)
        return
    heads: list[Piece] = [(f"  {pad_left(head, widths[action])}", Tone.FAINT) for action, head in columns]
    yield style.paint([plain(" " * (first + 2)), *heads])
    for name, row in sorted(counts.items()):
        line: list[Piece] = [plain(f"  {pad(style.safe(name), first)}")]
        for action, _ in columns:
            tone = style.tone(action) if row[action] else Tone.FAINT
            line.append((f"  {pad_left(f'{row[action]:,}', widths[action])}", tone))
        yield style.paint(line)


def _risks(order: ReadingOrder, width: int, style: Style) -> Iterator[str]:
    risks = order.risks()
    if risks:
        told = f" {style.dot} ".join(counted(risks[risk], *RISKS[risk]) for risk in Risk if risks[risk])
        yield from paragraph([("Risks: ", Tone.ERROR), plain(told)], width, style)
        yield ""


def _headlines(order: ReadingOrder, plan: Plan, width: int, style: Style) -> Iterator[str]:
    for group in islice(order.groups, _GROUPS):
        change = group.sample.change
        lead: Piece = (f"{style.sign(change.action)} {word(change)}", style.tone(change.action))
        on = plain(f"  {style.safe(f'{change.address.account}/{change.type.name}')}")
        said = plain(f"  {style.safe(headline(group, plan.titles, style)[0])}")
        yield from paragraph([lead, on, said], width, style, margin=2)
    more = len(order.groups) - _GROUPS
    if more > 0:
        yield from paragraph([(f"and {counted(more, 'more group')} of equal changes", Tone.FAINT)], width, style, margin=2)
    changes = titles = 0
    for section in order.sections():
        if isinstance(section, TitleChanges):
            changes += len(section.alone)
            titles += 1
    if titles:
        what = "other change" if order.groups else "change"
        yield from paragraph([plain(f"{counted(changes, what)} to {counted(titles, 'title')}")], width, style, margin=2)
