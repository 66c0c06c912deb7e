"""What an apply came to: reported at its end, from the events it sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from catalogctl.events import (
    ApplyFinished,
    Event,
    ObjectRefused,
    ObjectSettled,
    OperationFailed,
    OperationFinished,
    OperationSkipped,
    OperationWithheld,
)
from catalogctl.model.address import Address, in_order
from catalogctl.model.quantity import counted
from catalogctl.planning.action import Action
from catalogctl.planning.plan import Plan
from catalogctl.view.paint.layout import cells, clip, flow, pad, paragraph, plain
from catalogctl.view.paint.style import Piece, Style, Tone
from catalogctl.view.paint.values import took_text
from catalogctl.view.text.diagnostics import diagnostic_lines

_SHOWN = 20
"""So many steps are listed by name."""
_LINKED = 10
"""Of so many objects the links are listed."""
_COLUMNS = ("done", "failed", "outcome unknown", "refused", "skipped", "not started")
_ALWAYS = {"done", "failed", "skipped", "not started"}
_COUNTED = {"failed", "not started"}
"""Are reported in the last line also where there are none."""
_DONE = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.REPLACE: "replaced",
    Action.DELETE: "deleted",
    Action.ADOPT: "adopted",
    Action.FORGET: "forgotten",
}
"""In the order in which a plan counts them."""
_TONES = {
    "failed": Tone.ERROR,
    "outcome unknown": Tone.ERROR,
    "refused": Tone.ERROR,
    "skipped": Tone.WARNING,
    "not started": Tone.WARNING,
}
_LOOKED_UP = "It may have happened all the same; the next apply looks it up before it does anything."

_Event: TypeAlias = OperationFinished | OperationFailed | OperationSkipped | OperationWithheld | ObjectRefused


class Tally:
    """A listener that keeps what the summary of a plan's apply needs."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.is_over = False
        """Whether the apply came to its end, so that state has learned what it learns without a request."""
        self.finished: list[OperationFinished] = []
        self.failed: list[OperationFailed] = []
        self.skipped: list[OperationSkipped | OperationWithheld] = []
        self.not_started: list[OperationSkipped] = []
        self.settled: list[ObjectSettled] = []
        self.refused: list[ObjectRefused] = []

    def __call__(self, event: Event) -> None:
        """Keep what became of an operation or an object; other events pass by."""
        match event:
            case OperationFinished():
                self.finished.append(event)
            case OperationFailed():
                self.failed.append(event)
            case OperationSkipped() if not event.because:
                self.not_started.append(event)
            case OperationSkipped() | OperationWithheld():
                self.skipped.append(event)
            case ObjectSettled():
                self.settled.append(event)
            case ObjectRefused():
                self.refused.append(event)
            case ApplyFinished():
                self.is_over = True
            case _:
                return

    @property
    def is_whole(self) -> bool:
        """Return whether nothing is left to be done."""
        return not (self.failed or self.skipped or self.not_started or self.refused)

    def fates(self) -> tuple[list[OperationFailed], list[OperationFailed]]:
        """Part what failed from that of which the outcome is unknown."""
        return [one for one in self.failed if not one.unknown], [one for one in self.failed if one.unknown]

    def done(self) -> dict[Address, Action]:
        """Say what was done of the plan, in the plan's own words."""
        return self.plan.done(Counter(event.address for event in self.finished), noted=self.is_over)

    def objects(self) -> dict[str, list[Address]]:
        """Part the objects of the plan by what became of them, by the heads of columns; each counts once, however many steps it takes."""
        failed, unknown = self.fates()
        kinds: dict[str, Iterable[_Event]] = {
            "outcome unknown": unknown,
            "failed": failed,
            "refused": self.refused,
            "skipped": self.skipped,
            "not started": self.not_started,
        }
        found: dict[str, list[Address]] = {"done": list(self.done())}
        told: set[Address] = set()
        for kind, events in kinds.items():
            found[kind] = [address for address in dict.fromkeys(event.address for event in events) if address not in told]
            told.update(found[kind])
        return found

    def accounts(self) -> dict[str, Counter[str]]:
        """Count what became of the objects on each account, by the heads of columns."""
        found: dict[str, Counter[str]] = {}
        for kind, addresses in self.objects().items():
            for address in addresses:
                found.setdefault(address.account, Counter())[kind] += 1
        return found


def render(tally: Tally, *, seconds: float, width: int, style: Style, stopped: str, go_on: str) -> Iterator[str]:
    """Write where what changed is to be seen, each failure with its message, what was refused, what was not tried because of these, and
    the counts; of a run that was stopped also what is done.

    Shapes:  `stopped` is why steps were not begun; `go_on` is the command that does the rest. No line is wider
             than `width` cells, but for links and a command, to be copied.
    Units:   `seconds` is the time the whole apply took.
    """
    yield from _links(tally, width, style)
    for failed in tally.failed:
        head: list[Piece] = [("OUTCOME UNKNOWN  " if failed.unknown else "FAILED  ", Tone.ERROR), (style.safe(failed.name), Tone.STRONG)]
        yield from paragraph(head, width, style)
        for line in diagnostic_lines(failed.diagnostic, width=width - 2, style=style):
            yield f"  {line}" if line else ""
        if failed.unknown:
            yield from paragraph([plain(_LOOKED_UP)], width, style, margin=2)
        yield ""
    if tally.not_started:
        yield from _listed("Done:", Tone.WARNING, [(finished.name, "") for finished in tally.finished], width, style)
    refused = [(f"{one.action} {one.address}", "") for one in tally.refused]
    yield from _listed("Refused, since they are not what the plan was reviewed on:", Tone.ERROR, refused, width, style)
    yield from _listed("Skipped:", Tone.WARNING, [(one.name, _why(one)) for one in tally.skipped], width, style)
    not_started = [(one.name, stopped) for one in tally.not_started]
    yield from _listed("Not started:", Tone.WARNING, not_started, width, style)
    settled = [(f"{one.action} {one.address}", "") for one in tally.settled]
    yield from _listed("Already as planned, so nothing was sent:", Tone.PLAIN, settled, width, style)
    yield from _table(tally, width, style)
    yield from _counts(tally, seconds, width, style)
    if not tally.is_whole:
        rest = "For the rest, make and review a new plan:" if tally.refused else "To go on from here:"
        yield from paragraph([plain(f"What is done is recorded. {rest}" if tally.finished else rest)], width, style)
        yield f"  {style.safe(go_on)}"


def _why(skipped: OperationSkipped | OperationWithheld) -> str:
    match skipped:
        case OperationWithheld():
            return f"goes with {skipped.because}"
        case OperationSkipped() if skipped.given_up:
            return f"nothing more was sent to {skipped.address.account} after {skipped.because}"
        case OperationSkipped():
            return f"needs {skipped.because}"


def _links(tally: Tally, width: int, style: Style) -> Iterator[str]:
    """Say where people see what was made or changed."""
    found = {finished.address: finished.links for finished in tally.finished}
    seen = [(address, found[address]) for address in sorted(found, key=in_order) if found[address]]
    if not seen:
        return
    yield from paragraph([plain("To be seen at:")], width, style)
    for address, links in seen[:_LINKED]:
        yield from paragraph([plain(style.safe(str(address)))], width, style, margin=2)
        longest = max(map(len, links))
        for what, link in sorted(links.items()):
            yield style.paint([plain(f"    {what:<{longest}}  "), plain(style.safe(link))])
    if len(seen) > _LINKED:
        yield from paragraph([plain(f"and {len(seen) - _LINKED:,} more")], width, style, margin=2)
    yield ""


def _table(tally: Tally, width: int, style: Style) -> Iterator[str]:
    """Count what became of the steps on each account, where that is more than one line says."""
    counts = tally.accounts()
    if tally.is_whole and len(counts) < 2:
        return
    columns = [column for column in _COLUMNS if column in _ALWAYS or any(one[column] for one in counts.values())]
    every = Counter[str]()
    for one in counts.values():
        every.update(one)
    rows = [(style.safe(account), one) for account, one in sorted(counts.items())]
    rows += [("in all", every)] if len(rows) > 1 else []
    names = min(max(cells(name) for name, _ in rows), width - sum(len(column) + 2 for column in columns))
    yield style.paint([(" " * names + "".join(f"  {column}" for column in columns), Tone.FAINT)])
    for name, one in rows:
        pieces = [plain(pad(clip(name, names, style.ellipsis), names))]
        numbers = [
            (f"  {one[column]:>{len(column)},}", _TONES.get(column, Tone.PLAIN) if one[column] else Tone.FAINT) for column in columns
        ]
        yield style.paint([*pieces, *numbers])
    yield ""


def _listed(head: str, tone: Tone, steps: Sequence[tuple[str, str]], width: int, style: Style) -> Iterator[str]:
    """List steps or objects by name, each with a remark."""
    if not steps:
        return
    yield from paragraph([(head, tone)], width, style)
    for name, remark in steps[:_SHOWN]:
        pieces = [plain(style.safe(name)), *([(f"  {style.safe(remark)}", Tone.FAINT)] if remark else [])]
        yield from paragraph(pieces, width, style, margin=2)
    if len(steps) > _SHOWN:
        yield from paragraph([plain(f"and {len(steps) - _SHOWN:,} more")], width, style, margin=2)
    yield ""


def _counts(tally: Tally, seconds: float, width: int, style: Style) -> Iterator[str]:
    objects, actions = tally.objects(), tally.done()
    if tally.settled and tally.is_whole and not actions:
        said = f" {_all_settled(len(tally.settled))} already as planned."
        yield from paragraph([("Nothing was left to do.", Tone.CREATE), plain(said)], width, style)
        return
    counts = Counter(actions.values())
    done = ", ".join(f"{counts[action]:,} {word}" for action, word in _DONE.items() if counts[action])
    told: list[list[Piece]] = [[_how_far(tally), plain(f"{len(actions):,} done" + (f" ({done})" if done else ""))]]
    for column in _COLUMNS[1:]:
        number = len(objects[column])
        if number or column in _COUNTED:
            told.append([(f"{number:,} {column}", _TONES[column] if number else Tone.FAINT)])
    yield from flow([*([*part, plain(",")] for part in told), [plain(f"in {took_text(seconds)}.")]], plain(" "), width, style)


def _all_settled(number: int) -> str:
    return f"All {counted(number, 'object')} are" if number > 1 else "The object is"


def _how_far(tally: Tally) -> Piece:
    if tally.is_whole:
        return ("Applied: ", Tone.CREATE)
    return ("Applied in part: ", Tone.WARNING) if tally.finished else ("Not applied: ", Tone.ERROR)
