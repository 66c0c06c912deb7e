"""The changes of a plan as a person reads them: the riskiest first, equal ones as a group, the others title by title."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from catalogctl.model.address import Address
from catalogctl.planning.plan import Plan
from catalogctl.planning.risk.risk import Assessed, Rank
from catalogctl.provider.protocol import Verb
from catalogctl.view.diff.equal_changes import EqualChanges
from catalogctl.view.paint.layout import paragraph, plain
from catalogctl.view.paint.style import Style, Tone
from catalogctl.view.text.groups import group_lines
from catalogctl.view.text.one_change import change_and_risks, part_lines
from catalogctl.view.text.reading_order import ReadingOrder, TitleChanges
from catalogctl.view.text.sheet import PlanSheet
from catalogctl.view.text.title_table import title_table
from catalogctl.view.words.title_name import title_name


def render_changes(plan: Plan, order: ReadingOrder, sheet: PlanSheet) -> Iterator[str]:
    """Write changes of a plan: groups and titles, the riskiest first."""
    silent = {step.address for step in plan.graph.operations if step.silent and step.verb is Verb.CREATE}
    bulk = sum(group.is_bulk for group in order.groups)
    for section in order.sections():
        if isinstance(section, EqualChanges):
            yield from group_lines(section, plan.titles, sheet, bulk)
        else:
            yield from _title(section, plan.titles, sheet, silent)


def _title(title: TitleChanges, names: Mapping[str, str], sheet: PlanSheet, silent: set[Address]) -> Iterator[str]:
    width, style = sheet.width, sheet.style
    yield from _heading(title, names, width, style)
    yield from title_table(title.all, width, style)
    for edition, of_edition in groupby(_in_order(title.alone), key=lambda one: one.change.address.edition):
        yield from paragraph([plain(style.safe(edition))], width, style, margin=2)
        for is_part, several in groupby(of_edition, key=lambda one: one.goes_along):
            for one in several:
                if is_part:
                    yield from part_lines(one.change, width, style, said=one.change.address not in silent)
                else:
                    yield from change_and_risks(one, sheet)
                    yield ""
            if is_part:
                yield ""


def _heading(title: TitleChanges, names: Mapping[str, str], width: int, style: Style) -> Iterator[str]:
    id_ = title.all[0].address.title
    name = title_name(names, id_, title.all)
    if name and name != id_:
        yield from paragraph([(style.safe(name), Tone.STRONG), (f"  ({style.safe(id_)})", Tone.FAINT)], width, style)
    else:
        yield from paragraph([(style.safe(id_), Tone.STRONG)], width, style)


def _in_order(changes: Sequence[Assessed]) -> list[Assessed]:
    """Sort the changes of a title: its editions by their riskiest change, and in each the riskiest first, its parts behind it."""
    known = {one.change.address: one for one in changes}
    editions: dict[str, Rank] = {}
    for one in changes:
        editions.setdefault(one.change.address.edition, one.rank)

    def position(one: Assessed) -> tuple[Rank, str, Rank, str, str, str]:
        at = one.change.address
        return (editions[at.edition], at.edition, _lead(one, known).rank, at.account, at.type, at.key)

    return sorted(changes, key=position)


def _lead(one: Assessed, known: Mapping[Address, Assessed]) -> Assessed:
    """Return the change with which another goes along; itself, where it goes by itself."""
    owner = known.get(one.change.owner) if one.goes_along and one.change.owner is not None else None
    return one if owner is None else _lead(owner, known)
