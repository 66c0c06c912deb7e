"""Runs of apply for people: a line each, or one with its changes, its requests and what became of its steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from catalogctl.history.run import Begun, Fate, Heading, Run, RunCall, RunChange, RunOutcome, RunStep
from catalogctl.model.quantity import counted
from catalogctl.planning.action import Action
from catalogctl.planning.attribute_words import by_name, edits
from catalogctl.planning.plan import Summary
from catalogctl.view.paint.layout import cells, clip, flow, pad, pad_left, paragraph, plain
from catalogctl.view.paint.style import Piece, Style, Tone
from catalogctl.view.text.attributes import brief, change_lines
from catalogctl.view.words.changes import word

_TONES: Final = {
    RunOutcome.RUNNING: Tone.NOTE,
    RunOutcome.DONE: Tone.CREATE,
    RunOutcome.PARTIAL: Tone.WARNING,
    RunOutcome.INTERRUPTED: Tone.WARNING,
    RunOutcome.FAILED: Tone.ERROR,
}
_FATES: Final = {
    Fate.DONE: "done",
    Fate.FAILED: "FAILED",
    Fate.UNKNOWN: "outcome unknown",
    Fate.NOT_STARTED: "not started",
    Fate.SETTLED: "already so",
    Fate.REFUSED: "refused",
}
_DIGITS: Final = 7
"""Hex digits of a commit and of a digest that are shown, as git does."""
_NARROWEST: Final = 8
"""Cells that a name keeps, however little room there is."""


def render_list(runs: Sequence[tuple[Heading, RunOutcome]], *, width: int, style: Style) -> Iterator[str]:
    """Write a line for each run, in the order given, and below one that reverted another which one that is.

    Shapes:  lines without line breaks, none wider than `width` cells; where the columns do not fit, a run has several, without columns.
    """
    rows = [_row(heading, outcome, style) for heading, outcome in runs]
    heads = ("RUN", "STARTED (UTC)", "BY", "COMMIT", "PLAN", "CHANGES", "OUTCOME")
    widths = [max(map(cells, column)) for column in zip(heads, *rows, strict=True)]
    spare = width - sum(widths) - 2 * (len(widths) - 1)
    widths[2] = max(_NARROWEST, widths[2] + min(0, spare))
    fits = sum(widths) + 2 * (len(widths) - 1) <= width
    if fits:
        yield style.paint([("  ".join(map(pad, heads, widths)).rstrip(), Tone.FAINT)])
    for (heading, outcome), row in zip(runs, rows, strict=True):
        texts = [pad(clip(text, size, style.ellipsis), size) for text, size in zip(row, widths, strict=True)] if fits else row
        *before, last = texts
        parts: list[list[Piece]] = [*([plain(text)] for text in before), [(last.rstrip(), _TONES[outcome])]]
        yield from flow(parts, plain("  "), width, style)
        if heading.begun.reverts is not None:
            said = f"reverts {style.safe(heading.begun.reverts.run)}"
            yield from paragraph([(said, Tone.FAINT)], width, style, margin=widths[0] + 2)


def _row(heading: Heading, outcome: RunOutcome, style: Style) -> tuple[str, ...]:
    begun = heading.begun
    return (
        style.safe(begun.id),
        f"{begun.started:%Y-%m-%d %H:%M}",
        style.safe(begun.actor),
        _commit(begun, style),
        style.safe(begun.digest[:_DIGITS]),
        _counts(begun.summary, style),
        outcome.value,
    )


def _commit(begun: Begun, style: Style) -> str:
    if begun.commit is None:
        return "-"
    return f"{style.safe(begun.commit.id[:_DIGITS])}{'+' if begun.commit.edited else ''}"


def _counts(counts: Summary, style: Style) -> str:
    found = (
        ("+", counts.create),
        ("~", counts.update),
        ("-/+", counts.replace),
        ("-", counts.delete),
        (style.sign(Action.ADOPT), counts.adopt),
        (style.sign(Action.FORGET), counts.forget),
    )
    return " ".join(f"{sign}{count}" for sign, count in found if count) or "none"


def render_run(run: Run, outcome: RunOutcome, *, width: int, style: Style, every_call: bool) -> Iterator[str]:
    """Write one run.

    Shapes:  as `render_list`; `every_call` lists each request, else those to one endpoint are a line.
    """
    yield from _head(run, outcome, width, style)
    if run.changes:
        yield ""
        yield style.paint([("Changes", Tone.STRONG)])
        for one in run.changes:
            yield from _change(one, width, style)
    troubles = [step for step in run.steps if step.fate not in {Fate.DONE, Fate.SETTLED}]
    if troubles:
        yield ""
        yield style.paint([("Not done", Tone.STRONG)])
        for step in troubles:
            yield from _trouble(step, width, style)
    if run.recovered:
        yield ""
        yield style.paint([("Found out about an earlier run that was cut off", Tone.STRONG)])
        for step in run.recovered:
            yield from paragraph([plain(f"{style.safe(step.operation)}: {_FATES[step.fate]}")], width, style, margin=2)
    if run.calls:
        yield ""
        yield style.paint([("Requests", Tone.STRONG)])
        yield from _calls(run.calls, width, style) if every_call else _endpoints(run.calls, width, style)


def _head(run: Run, outcome: RunOutcome, width: int, style: Style) -> Iterator[str]:
    begun, ended = run.begun, run.ended
    yield style.paint([(f"Run {style.safe(begun.id)}  ", Tone.STRONG), (outcome.value, _TONES[outcome])])
    facts = [("environment", style.safe(begun.environment)), ("started", f"{begun.started:%Y-%m-%d %H:%M:%S %Z}")]
    if ended is not None and not ended.cut_off:
        facts.append(("took", f"{(ended.at - begun.started).total_seconds():.1f} s"))
    elif ended is not None:
        facts.append(("cut off", f"as the next run noticed, {ended.at:%Y-%m-%d %H:%M:%S %Z}"))
    facts += [("by", style.safe(begun.actor)), ("command", style.safe(begun.command)), ("on", style.safe(begun.host))]
    if begun.job:
        facts.append(("job", style.safe(begun.job)))
    if begun.commit is not None:
        edited = ", and files that were edited" if begun.commit.edited else ""
        facts.append(("commit", f"{style.safe(begun.commit.id)}{edited}"))
    how = "saved" if begun.saved else "made by this run"
    how += ", approved by its digest" if begun.approved else ""
    facts.append(("plan", f"{style.safe(begun.digest)} ({how})"))
    if begun.reverts is not None:
        facts.append(("reverts", f"run {style.safe(begun.reverts.run)}"))
    if ended is not None and ended.serial is not None:
        facts.append(("state", f"serial {begun.serial} {style.arrow} {ended.serial}"))
    if ended is not None and ended.reason:
        facts.append(("reason", style.safe(ended.reason)))
    counts = Counter(one.fate for one in run.changes)
    facts.append(("changes", ", ".join(f"{counts[fate]:,} {_FATES[fate]}" for fate in Fate if counts[fate]) or "none"))
    names = max(cells(name) for name, _ in facts)
    for name, text in facts:
        yield from paragraph([(f"{pad(name, names)}  ", Tone.FAINT), plain(text)], width, style, margin=2, hanging=names + 2)


def _change(one: RunChange, width: int, style: Style) -> Iterator[str]:
    change = one.change
    sign = style.sign(change.action)
    tone = style.tone(change.action) if change.action.changes_anything else Tone.FAINT
    said = "noted" if not change.action.changes_anything else word(change)
    head: list[Piece] = [(f"{sign} {said}", tone), (f"  {style.safe(str(change.address))}", Tone.STRONG)]
    if change.moved_from is not None:
        head.append(plain(f"  was {style.safe(str(change.moved_from))}"))
    head.append((f"  {_FATES[one.fate]}", Tone.FAINT if one.fate is Fate.DONE else Tone.WARNING))
    yield from paragraph(head, width, style, margin=2, hanging=4)
    match change.action:
        case Action.CREATE | Action.DELETE:
            facts = brief(by_name(change.after or change.before or {}, change.parts), change.type, style)
            if facts:
                yield from paragraph([(f" {style.dot} ".join(facts), Tone.FAINT)], width, style, margin=6, hanging=2)
        case Action.UPDATE | Action.REPLACE | Action.ADOPT:
            yield from change_lines(edits(change), change.type, width, 6, style)
        case _:
            pass


def _trouble(step: RunStep, width: int, style: Style) -> Iterator[str]:
    tone = Tone.ERROR if step.fate in {Fate.FAILED, Fate.UNKNOWN} else Tone.WARNING
    head: list[Piece] = [plain(f"{style.safe(step.operation)}  "), (_FATES[step.fate], tone)]
    yield from paragraph(head, width, style, margin=2)
    because = f"after {step.detail}" if step.fate is Fate.NOT_STARTED and step.detail else step.detail
    for line in because.splitlines():
        yield from paragraph([plain(style.safe(line))], width, style, margin=4, hanging=0)


@dataclass(slots=True)
class _Endpoint:
    statuses: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    slowest: float = 0.0
    retries: int = 0


def _endpoints(calls: Sequence[RunCall], width: int, style: Style) -> Iterator[str]:
    found: dict[tuple[str, str, str], _Endpoint] = {}
    for call in calls:
        endpoint = found.setdefault((call.account, call.method, call.path), _Endpoint())
        endpoint.statuses[_status(call)] += 1
        endpoint.seconds += call.seconds
        endpoint.slowest = max(endpoint.slowest, call.seconds)
        endpoint.retries += call.attempt > 1
    for (account, method, path), endpoint in sorted(found.items()):
        number = endpoint.statuses.total()
        statuses = ", ".join(f"{count:,} × {status}" for status, count in sorted(endpoint.statuses.items()))
        retried = f"{style.dot} {counted(endpoint.retries, 'retry', 'retries')} " if endpoint.retries else ""
        told = f"{statuses} {retried}{style.dot} {endpoint.seconds / number:.2f} s each, {endpoint.slowest:.2f} s at most"
        yield from paragraph([plain(style.safe(f"{account}: {method} {path}"))], width, style, margin=2, hanging=2)
        yield from paragraph([(told, Tone.FAINT)], width, style, margin=6, hanging=0)


def _calls(calls: Sequence[RunCall], width: int, style: Style) -> Iterator[str]:
    digits = len(str(len(calls)))
    for number, call in enumerate(calls, 1):
        attempt = f", attempt {call.attempt}" if call.attempt > 1 else ""
        about = f"  {call.address}" if call.address is not None else ""
        told = f"{pad_left(str(number), digits)}. {_status(call)} {call.seconds:7.3f} s{attempt}  {call.method} {call.path}"
        yield from paragraph([plain(style.safe(told)), (style.safe(about), Tone.FAINT)], width, style, margin=2, hanging=digits + 2)


def _status(call: RunCall) -> str:
    return "---" if call.status is None else str(call.status)
