"""A plan as a person reads it: title by title, what will become of it and why, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from catalogctl.model.diagnostics import Diagnostic
from catalogctl.model.quantity import counted
from catalogctl.model.resource import ReplaceOrder
from catalogctl.planning.action import Action
from catalogctl.planning.attribute_words import by_name, edits
from catalogctl.planning.change import Change, Drift
from catalogctl.planning.plan import Plan, PlannedRequest, Refresh
from catalogctl.planning.risk.risk import Assessed, Risk, assess, going_along
from catalogctl.planning.scope import Purpose
from catalogctl.provider.protocol import Verb
from catalogctl.view.paint.layout import cells, flow, indent, pad, paragraph, plain, wrap
from catalogctl.view.paint.style import Piece, Style, Tone
from catalogctl.view.paint.values import duration_text
from catalogctl.view.text import diagnostics
from catalogctl.view.text.attributes import attribute_lines, brief, change_lines
from catalogctl.view.text.title_table import title_table
from catalogctl.view.words.changes import why, word
from catalogctl.view.words.ignored import left_alone
from catalogctl.view.words.moves import moved
from catalogctl.view.words.plan_facts import is_whole, unasked
from catalogctl.view.words.reverts import moved_back, not_put_back, revert_words
from catalogctl.view.words.risks import concerns, risk_word
from catalogctl.view.words.title_name import title_name

_MARGIN = 8
"""Cells before the names of attributes."""
_OFF_SALE = frozenset({Risk.UNPUBLISH, Risk.REVIEW})
"""Is red as other losses are."""
_METHOD_WIDTH = len("DELETE")
_CREATED_LINES = 2
"""Lines of a long text shown of what will be created; of what will be deleted, one."""

Place = Callable[[Change], str]
"""Tells `file:line` of what one would open to see why: the one field that changes, else the whole declaration."""


def _file_only(change: Change) -> str:
    return "" if change.origin is None else change.origin.path


def render(
    plan: Plan,
    *,
    width: int,
    style: Style,
    place: Place = _file_only,
    show_requests: bool = False,
    refusals: Sequence[Diagnostic] = (),
) -> Iterator[str]:
    """Write a plan, line by line as it is asked for, so that the first titles of a large one are there at once.

    Shapes:  lines without line breaks, none wider than `width` cells; nothing a store or a file says reaches them unescaped.
             `refusals` are why it must not be applied; of these, which are told elsewhere, only the kinds are named.
    """
    yield from _reverts(plan, width, style)
    yield from _drift(plan, width, style)
    yield from render_changes(plan, plan.changes, width=width, style=style, place=place)
    if plan.diagnostics:
        yield from diagnostics.render(plan.diagnostics, width=width, style=style)
        yield ""
    yield from left_alone(plan.changes, width, style)
    yield from moved(plan.changes, width, style)
    yield from _cost(plan, width, style, show_requests=show_requests)
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


def render_changes(plan: Plan, changes: Iterable[Change], *, width: int, style: Style, place: Place = _file_only) -> Iterator[str]:
    """Write some of a plan's changes, title by title."""
    shown = sorted((change for change in changes if change.action.changes_anything), key=_position)
    company = going_along(shown)
    risky = {one.change.address: one for one in assess(shown)}
    silent = {step.address for step in plan.graph.operations if step.silent and step.verb is Verb.CREATE}
    of_title = _by_title(plan, {change.address.title for change in shown})
    for title, of_one in groupby(shown, key=lambda change: change.address.title):
        yield from _title(title, title_name(plan.titles, title, of_title[title]), width, style)
        yield from title_table(of_title[title], width, style)
        for edition, of_edition in groupby(of_one, key=lambda change: change.address.edition):
            yield from paragraph([plain(style.safe(edition))], width, style, margin=2)
            for is_part, several in groupby(of_edition, key=lambda change: change.address in company):
                for change in several:
                    if is_part:
                        yield from _part(change, width, style, said=change.address not in silent)
                    else:
                        yield from _change(change, width, style, place)
                        yield from _risks(risky[change.address], width, style)
                        yield ""
                if is_part:
                    yield ""


def _by_title(plan: Plan, titles: set[str]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {title: [] for title in titles}
    for change in plan.changes:
        if change.address.title in found:
            found[change.address.title].append(change)
    return found


def _position(change: Change) -> tuple[str, str, str, str, str]:
    at = change.address
    return (at.title, at.edition, at.account, at.type, at.key)


def _title(title: str, name: str, width: int, style: Style) -> Iterator[str]:
    if name and name != title:
        yield from paragraph([(style.safe(name), Tone.STRONG), (f"  ({style.safe(title)})", Tone.FAINT)], width, style)
    else:
        yield from paragraph([(style.safe(title), Tone.STRONG)], width, style)


# -- one change ----------------------------------------------------------------------------------------------------------


def _part(change: Change, width: int, style: Style, *, said: bool) -> Iterator[str]:
    """Write what comes, goes or is made anew with what it is part of, in as few lines as can be.

    Shapes:  `said` where it is more than what comes by itself.
    """
    tone = style.tone(change.action)
    head: list[Piece] = [(f"{style.sign(change.action)} {word(change)}", tone), (f"  {style.safe(str(change.address))}", Tone.STRONG)]
    yield from paragraph(head, width, style, margin=5 - cells(style.sign(change.action)), hanging=4)
    if change.action is Action.CREATE:
        facts = brief(by_name(change.after or {}, change.parts), change.type, style) if said else []
        if facts:
            yield from paragraph([(f" {style.dot} ".join(facts), Tone.FAINT)], width, style, margin=_MARGIN, hanging=2)
    elif change.action is Action.REPLACE:
        otherwise = [item for item in edits(change) if item.path[0] != change.type.owner]
        yield from change_lines(otherwise, change.type, width, _MARGIN, style)


def _change(change: Change, width: int, style: Style, place: Place) -> Iterator[str]:
    tone = style.tone(change.action)
    sign = style.sign(change.action)
    head: list[Piece] = [(f"{sign} {word(change)}", tone), (f"  {style.safe(str(change.address))}", Tone.STRONG)]
    if change.protect:
        head.append(("  protected", Tone.WARNING))
    yield from paragraph(head, width, style, margin=5 - cells(sign), hanging=cells(sign) + 3)
    yield from _about(change, width, style, place)
    if change.action.destroys and not (change.action is Action.REPLACE and change.type.replace_order is ReplaceOrder.CREATE_FIRST):
        loss = f"LOST FOR GOOD: {style.safe(change.type.loss)}"
        yield from paragraph([(loss, Tone.ERROR)], width, style, margin=6, hanging=0)
    body = list(_body(change, width, style))
    if body:
        yield ""
        yield from body
    if change.takes_away:
        loss = f"LOST FOR GOOD: {counted(change.takes_away, 'object')} that the files do not declare, deleted from the store."
        yield from paragraph([(loss, Tone.ERROR)], width, style, margin=_MARGIN, hanging=0)


def _risks(one: Assessed, width: int, style: Style) -> Iterator[str]:
    """Write what is risky about a change beyond its action; that it deletes or replaces is said with what is lost."""
    for concern in concerns(one):
        if concern.risk not in {Risk.DELETE, Risk.REPLACE}:
            lead = f"RISK: {risk_word(concern.risk)}: "
            tone = Tone.ERROR if concern.risk in _OFF_SALE else Tone.WARNING
            yield from paragraph([(lead, tone), plain(style.safe(concern.said))], width, style, margin=_MARGIN, hanging=2)


def _about(change: Change, width: int, style: Style, place: Place) -> Iterator[str]:
    """Say why, what follows, which object it is and where it is declared; broken between these, if it must be."""
    parts: list[Piece] = [plain(why(change, style))]
    if change.id is not None:
        parts.append((f"id {style.safe(change.id)}", Tone.FAINT))
    if change.origin is not None:
        parts.append((style.safe(place(change)), Tone.FAINT))
    yield from flow([[part] for part in parts], (f" {style.dot} ", Tone.FAINT), width, style, margin=6, hanging=0)


def _body(change: Change, width: int, style: Style) -> Iterator[str]:
    match change.action:
        case Action.CREATE:
            return attribute_lines(by_name(change.after or {}, change.parts), change.type, width, _MARGIN, style, long_lines=_CREATED_LINES)
        case Action.DELETE:
            return attribute_lines(by_name(change.before or {}, change.parts), change.type, width, _MARGIN, style, long_lines=1)
        case Action.FORGET:
            return iter(())
        case _:
            return change_lines(edits(change), change.type, width, _MARGIN, style)


# -- drift ---------------------------------------------------------------------------------------------------------------


def _drift(plan: Plan, width: int, style: Style) -> Iterator[str]:
    shown = [item for item in plan.drift if item.matters]
    if not shown:
        return
    yield from paragraph([("Changed outside catalogctl", Tone.WARNING), plain(f" (recorded {style.arrow} current)")], width, style)
    yield ""
    for item in shown:
        yield from _drifted(item, width, style)
        yield ""


def _drifted(item: Drift, width: int, style: Style) -> Iterator[str]:
    head: list[Piece] = [("! ", Tone.WARNING), (style.safe(str(item.address)), Tone.STRONG)]
    if item.gone:
        head.append(("  is gone", Tone.WARNING))
    yield from paragraph(head, width, style, margin=4, hanging=4)
    yield from change_lines(edits(item), item.type, width, _MARGIN, style)


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
    rows = [(call.method, style.safe(call.path), style.safe(str(call.address))) for call in requests]
    column = _path_width([(cells(path), cells(address)) for _, path, address in rows], width - margin - 2)
    for number, (method, path, address) in enumerate(rows, 1):
        first = plain(f"  {number:>{digits}}. {style.safe(method):<{_METHOD_WIDTH}} ")
        if cells(path) <= column and margin + column + 2 + cells(address) <= width:
            yield style.paint([first, plain(pad(path, column)), (f"  {address}", Tone.FAINT)])
            continue
        for line in wrap([plain(path)], width, first=[first], rest=indent(margin + 2)):
            yield style.paint(line)
        yield from paragraph([(address, Tone.FAINT)], width, style, margin=margin + 2)


def _path_width(rows: Sequence[tuple[int, int]], room: int) -> int:
    """Find the width of the paths' column at which the most rows have room for what stands beside it; 0 where most have not."""
    fitting = {column: sum(path <= column and column + address <= room for path, address in rows) for column in {path for path, _ in rows}}
    best = max(fitting, key=lambda column: (fitting[column], -column))
    return best if 2 * fitting[best] >= len(rows) else 0


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
