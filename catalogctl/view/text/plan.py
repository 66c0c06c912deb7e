"""A plan as a person reads it: what will become of each title and why, the riskiest first, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from catalogctl.model.diagnostics import Diagnostic
from catalogctl.model.quantity import counted
from catalogctl.planning.action import Action
from catalogctl.planning.attribute_words import edits
from catalogctl.planning.change import Change, Drift
from catalogctl.planning.plan import Plan, PlannedRequest, Refresh
from catalogctl.planning.scope import Purpose
from catalogctl.view.diff.equal_changes import group_drift
from catalogctl.view.paint.layout import cells, flow, indent, pad, paragraph, plain, wrap
from catalogctl.view.paint.style import Piece, Style, Tone
from catalogctl.view.paint.values import duration_text
from catalogctl.view.text import diagnostics
from catalogctl.view.text.attributes import change_lines
from catalogctl.view.text.changes import render_changes
from catalogctl.view.text.groups import MEMBER_LINES, member_lines
from catalogctl.view.text.one_change import MARGIN
from catalogctl.view.text.reading_order import ReadingOrder
from catalogctl.view.text.sheet import Extent, PlanSheet
from catalogctl.view.text.summary import render_summary
from catalogctl.view.words.equal_changes import members_text
from catalogctl.view.words.ignored import left_alone
from catalogctl.view.words.moves import moved
from catalogctl.view.words.plan_facts import is_whole, unasked
from catalogctl.view.words.reverts import moved_back, not_put_back, revert_words

_METHOD_WIDTH = len("DELETE")


def render(plan: Plan, sheet: PlanSheet, refusals: Sequence[Diagnostic] = ()) -> Iterator[str]:
    """Write a plan, line by line as it is asked for, so that the first titles of a large one are there at once.

    Shapes:  lines without line breaks, none wider than `sheet.width` cells; nothing a store or a file says reaches them unescaped.
             `refusals` are why it must not be applied; of these, which are reported elsewhere, only the kinds are named.
    """
    width, style = sheet.width, sheet.style
    yield from _reverts(plan, width, style)
    if sheet.extent is Extent.SUMMARY:
        yield from render_summary(plan, width, style)
    else:
        yield from _drift(plan, sheet)
        yield from render_changes(plan, ReadingOrder(plan, sheet.extent), sheet)
        if plan.diagnostics:
            whole = "" if sheet.extent is Extent.FULL else f"{style.command} validate"
            yield from diagnostics.render_by_kind(plan.diagnostics, width=width, style=style, whole=whole)
            yield ""
        yield from left_alone(plan.changes, width, style)
        yield from moved(plan.changes, width, style)
    yield from _cost(plan, width, style, show_requests=sheet.show_requests)
    yield from _verdict(plan, width, style)
    if refusals:
        kinds = f" {style.dot} ".join(dict.fromkeys(style.safe(item.summary) for item in refusals))
        yield from paragraph([("Refused: ", Tone.ERROR), plain(kinds)], width, style, hanging=len("Refused: "))


def _reverts(plan: Plan, width: int, style: Style) -> Iterator[str]:
    if plan.reverts is None:
        return
    head, facts = revert_words(plan.reverts, style.safe, style.safe)
    yield from paragraph([(head, Tone.STRONG), plain(f", {facts}.")], width, style)
    yield ""


# -- drift ---------------------------------------------------------------------------------------------------------------


def _drift(plan: Plan, sheet: PlanSheet) -> Iterator[str]:
    width, style = sheet.width, sheet.style
    shown = [item for item in plan.drift if item.matters]
    if not shown:
        return
    yield from paragraph([("Changed outside catalogctl", Tone.WARNING), plain(f" (recorded {style.arrow} current)")], width, style)
    yield ""
    for group in group_drift(shown):
        yield from _drifted(group, plan, sheet)
        yield ""


def _drifted(group: Sequence[Drift], plan: Plan, sheet: PlanSheet) -> Iterator[str]:
    """Write an object that was changed, or several that were changed alike."""
    width, style, first = sheet.width, sheet.style, group[0]
    at = first.address
    what = str(at) if len(group) == 1 else f"{members_text([item.address for item in group], plan.titles)}  {at.account}/{first.type.name}"
    head: list[Piece] = [("! ", Tone.WARNING), (style.safe(what), Tone.STRONG)]
    if first.gone:
        head.append(("  is gone" if len(group) == 1 else "  are gone", Tone.WARNING))
    yield from paragraph(head, width, style, margin=4, hanging=4)
    yield from change_lines(edits(first), first.type, width, MARGIN, style)
    if len(group) > 1:
        lines = len(group) if sheet.extent is Extent.FULL else MEMBER_LINES
        yield from member_lines([item.address for item in group], lines, width, style)


def _other_drift(plan: Plan) -> str:
    others = sum(not item.matters for item in plan.drift)
    if not others:
        return ""
    verb = "differs" if others == 1 else "differ"
    return f"{counted(others, 'object')} in the stores {verb} from the state in ways that change nothing here."


# -- what it costs, and the verdict --------------------------------------------------------------------------------------


def _cost(plan: Plan, width: int, style: Style, *, show_requests: bool) -> Iterator[str]:
    other = _other_drift(plan)
    if other:
        yield from paragraph([plain(other)], width, style)
    noted = [change for change in plan.changes if change.updates_state_only]
    if noted and not _tells_of_drift(plan):
        yield from paragraph([plain(f"{_noted(plan, noted)}; the state takes note.")], width, style)
    if plan.is_empty:
        return
    yield from paragraph([plain(_reads(plan))], width, style)
    if not plan.requests:
        yield from paragraph([plain("Apply sends nothing to the stores: only the state changes.")], width, style)
        return
    requests = counted(plan.estimate.requests, "request")
    yield from paragraph([plain(f"Apply sends {requests} and takes {duration_text(plan.estimate.seconds)}:")], width, style)
    if show_requests:
        yield from _all_requests(plan.requests, width, style)
    else:
        yield from _request_counts(plan.requests, width, style)


def _noted(plan: Plan, noted: Sequence[Change]) -> str:
    """Return how the objects are of which nothing but the state's word is out of date."""
    if plan.purpose is Purpose.REFRESH:
        return f"{counted(len(noted), 'object')} otherwise than remembered"
    alone = sum(bool(change.ignored) for change in noted)
    told = [f"{counted(len(noted) - alone, 'object')} already as the files say"] if alone < len(noted) else []
    if alone:
        told.append(f"{counted(alone, 'object')} left alone")
    return ", ".join(told)


def _request_counts(requests: Iterable[PlannedRequest], width: int, style: Style) -> Iterator[str]:
    by_account: dict[str, Counter[str]] = {}
    for call in requests:
        by_account.setdefault(call.address.account, Counter())[call.method] += 1
    for account, methods in sorted(by_account.items()):
        counts = f" {style.dot} ".join(f"{methods[method]:,} {style.safe(method)}" for method in sorted(methods, key=_method_order))
        yield from paragraph([plain(f"{style.safe(account)}: {counts}")], width, style, margin=2)


def _method_order(method: str) -> tuple[int, str]:
    known = ("POST", "PUT", "PATCH", "DELETE")
    return (known.index(method) if method in known else len(known), method)


def _all_requests(requests: tuple[PlannedRequest, ...], width: int, style: Style) -> Iterator[str]:
    """Number the requests, what each is for in a column of its own, or below its path where there is no room beside it."""
    digits = len(str(len(requests)))
    margin = 2 + digits + 2 + _METHOD_WIDTH + 1
    # Twice over them, so that no line waits for the others and none is kept.
    sizes = Counter((cells(style.safe(call.path)), cells(style.safe(str(call.address)))) for call in requests)
    column = _path_width(sizes, width - margin - 2)
    for number, call in enumerate(requests, 1):
        path, address = style.safe(call.path), style.safe(str(call.address))
        first = plain(f"  {number:>{digits}}. {style.safe(call.method):<{_METHOD_WIDTH}} ")
        if cells(path) <= column and margin + column + 2 + cells(address) <= width:
            yield style.paint([first, plain(pad(path, column)), (f"  {address}", Tone.FAINT)])
            continue
        for line in wrap([plain(path)], width, first=[first], rest=indent(margin + 2)):
            yield style.paint(line)
        yield from paragraph([(address, Tone.FAINT)], width, style, margin=margin + 2)


def _path_width(sizes: Mapping[tuple[int, int], int], room: int) -> int:
    """Find the width of the paths' column at which the most rows have room for what is beside it; 0 where most have not.

    Shapes:  `sizes` counts the rows by the widths of their path and their address.
    """
    fitting = {
        column: sum(rows for (path, address), rows in sizes.items() if path <= column and column + address <= room)
        for column in {path for path, _ in sizes}
    }
    best = max(fitting, key=lambda column: (fitting[column], -column))
    return best if 2 * fitting[best] >= sum(sizes.values()) else 0


def _reads(plan: Plan) -> str:
    return f"This plan took {counted(plan.reads, 'read')} of the stores." if plan.refresh is Refresh.STORES else unasked(plan)


def _tells_of_drift(plan: Plan) -> bool:
    """Return whether this is a plan that only looks, and finds nothing but what is worth taking note of."""
    return plan.purpose is Purpose.REFRESH and plan.is_empty and bool(plan.drift)


def _verdict(plan: Plan, width: int, style: Style) -> Iterator[str]:
    if _tells_of_drift(plan):
        found = f" {counted(len(plan.drift), 'object')} of {len(plan.changes):,} not as state remembers. {_reads(plan)}"
        yield from paragraph([("Drift.", Tone.UPDATE), plain(found)], width, style, hanging=0)
        for lead, command in (("To see what puts it back:", "plan"), ("To take note of it:", "apply --refresh-only")):
            yield from paragraph([plain(style.safe(f"{lead} {style.command} {command}"))], width, style)
        return
    if plan.is_empty and plan.reverts is not None:
        yield from _nothing_sent_back(plan, width, style)
        return
    if plan.is_empty:
        objects = len(plan.changes)
        titles = len({change.address.title for change in plan.changes})
        if objects:
            apart = ", except fields left alone" if any(change.ignored for change in plan.changes) else ""
            apart += f", and {counted(plan.held_back, 'object')} held back" if plan.held_back else ""
            can = "they can" if plan.refresh is Refresh.STORES else "the stores can hold"
            files = "the files say" if is_whole(plan) else f"{can} of the files"
            said = "state remembers" if plan.purpose is Purpose.REFRESH else f"{files}{apart}"
            held = f" {_holders(plan)} what {said}: {counted(objects, 'object')} of {counted(titles, 'title')}. {_reads(plan)}"
        else:
            held = f" Nothing is declared and nothing is recorded. {_reads(plan)}"
        yield from paragraph([("No changes.", Tone.CREATE), plain(held)], width, style, hanging=0)
        return
    yield ""
    counts = plan.summary
    parts = [
        (counts.create, "create", Action.CREATE),
        (counts.update, "update", Action.UPDATE),
        (counts.replace, "replace", Action.REPLACE),
        (counts.delete, "delete", Action.DELETE),
        *([(counts.adopt, "adopt", Action.ADOPT)] if counts.adopt else []),
        *([(counts.forget, "forget", Action.FORGET)] if counts.forget else []),
    ]
    told: list[list[Piece]] = [[(f"{count:,} to {verb}", style.tone(action) if count else Tone.FAINT)] for count, verb, action in parts]
    told[0].insert(0, ("Plan: ", Tone.STRONG))
    pieces = [[*part, plain("," if number + 1 < len(told) else "")] for number, part in enumerate(told)]
    pieces.append([plain(f"{style.dot} {counts.no_op:,} unchanged")])
    yield from flow(pieces, plain(" "), width, style, hanging=len("Plan: "))
    if not_put_back(plan):
        yield from paragraph([(f"{not_put_back(plan)}.", Tone.WARNING)], width, style, hanging=0)


def _nothing_sent_back(plan: Plan, width: int, style: Style) -> Iterator[str]:
    """Say that taking a run back sends nothing, and why."""
    if plan.puts_all_back:
        yield from paragraph(
            [("No changes.", Tone.CREATE), plain(f" There is nothing to put back. {_reads(plan)}")], width, style, hanging=0
        )
        return
    told: list[Piece] = [("Nothing is put back.", Tone.WARNING)]
    if moved_back(plan):
        told = [(f"Plan: {moved_back(plan)}.", Tone.STRONG), plain(" Apply sends nothing to the stores: only the state changes.")]
    if not_put_back(plan):
        told.append((f" {not_put_back(plan)}.", Tone.WARNING))
    yield from paragraph([*told, plain(f" {_reads(plan)}")], width, style, hanging=0)


def _holders(plan: Plan) -> str:
    return "The stores hold" if plan.refresh is Refresh.STORES else "The state has"
