"""What an apply came to: told at its end, from the events it sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from catalogctl.events import Event, ObjectRefused, ObjectSettled, OperationFailed, OperationFinished, OperationSkipped, OperationWithheld
from catalogctl.view.diagnostics_text import diagnostic_lines
from catalogctl.view.layout import paragraph, plain
from catalogctl.view.style import Piece, Style, Tone
from catalogctl.view.value_text import counted

_SHOWN = 20
"""So many steps are listed by name."""
_LOOKED_UP = "It may have happened all the same; the next apply looks it up before it does anything."


class Tally:
    """A listener that keeps what the summary needs."""

    def __init__(self) -> None:
        self.finished: list[OperationFinished] = []
        self.failed: list[OperationFailed] = []
        self.skipped: list[OperationSkipped | OperationWithheld] = []
        self.settled: list[ObjectSettled] = []
        self.refused: list[ObjectRefused] = []

    def __call__(self, event: Event) -> None:
        """Keep what became of an operation or an object; other events pass by."""
        match event:
            case OperationFinished():
                self.finished.append(event)
            case OperationFailed():
                self.failed.append(event)
            case OperationSkipped() | OperationWithheld():
                self.skipped.append(event)
            case ObjectSettled():
                self.settled.append(event)
            case ObjectRefused():
                self.refused.append(event)
            case _:
                return

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to be done."""
        return not self.failed and not self.skipped and not self.refused


def render(tally: Tally, *, seconds: float, width: int, style: Style) -> Iterator[str]:
    """Write each failure with its message, what was refused, what was not tried because of these, and the counts; of a run that was
    stopped also what is done.

    Units:  `seconds` is the time the whole apply took.
    """
    for failed in tally.failed:
        head: list[Piece] = [("OUTCOME UNKNOWN  " if failed.unknown else "FAILED  ", Tone.ERROR), (style.safe(failed.name), Tone.STRONG)]
        yield from paragraph(head, width, style)
        for line in diagnostic_lines(failed.diagnostic, width=width - 2, style=style):
            yield f"  {line}" if line else ""
        if failed.unknown:
            yield from paragraph([plain(_LOOKED_UP)], width, style, margin=2)
        yield ""
    if any(isinstance(skipped, OperationSkipped) and not skipped.because for skipped in tally.skipped):
        yield from _listed("Done:", Tone.WARNING, [(finished.name, "") for finished in tally.finished], width, style)
    refused = [(f"{one.action} {one.address}", "") for one in tally.refused]
    yield from _listed("Refused, since they are not what the plan was reviewed on:", Tone.ERROR, refused, width, style)
    yield from _listed("Not started:", Tone.WARNING, [(skipped.name, _why(skipped)) for skipped in tally.skipped], width, style)
    settled = [(f"{one.action} {one.address}", "") for one in tally.settled]
    yield from _listed("Already as planned, so nothing was sent:", Tone.PLAIN, settled, width, style)
    yield from _counts(tally, seconds, width, style)


def _why(skipped: OperationSkipped | OperationWithheld) -> str:
    match skipped:
        case OperationWithheld():
            return f"goes with {skipped.because}"
        case OperationSkipped():
            return f"needs {skipped.because}" if skipped.because else "the run was stopped"


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
    if tally.settled and tally.is_whole and not tally.finished:
        said = f" {_all_settled(len(tally.settled))} already as planned."
        yield from paragraph([("Nothing was left to do.", Tone.CREATE), plain(said)], width, style)
        return
    verbs = {"create": "created", "update": "updated", "delete": "deleted"}
    counts = Counter(verbs.get(event.verb, event.verb) for event in tally.finished)
    done = ", ".join(f"{number:,} {word}" for word, number in sorted(counts.items()))
    pieces: list[Piece] = [_how_far(tally)]
    pieces.append(plain(f"{len(tally.finished):,} done" + (f" ({done})" if done else "")))
    pieces.append((f", {len(tally.failed):,} failed", Tone.ERROR if tally.failed else Tone.FAINT))
    if tally.refused:
        pieces.append((f", {len(tally.refused):,} refused", Tone.ERROR))
    pieces.append((f", {len(tally.skipped):,} not started", Tone.WARNING if tally.skipped else Tone.FAINT))
    pieces.append(plain(f", in {took_text(seconds)}."))
    yield from paragraph(pieces, width, style)
    if tally.refused:
        yield from paragraph([plain("What is done is recorded. Plan anew, and review that, for the rest.")], width, style)
    elif not tally.is_whole:
        yield from paragraph([plain("What is done is recorded. Run apply again to go on from here.")], width, style)


def _all_settled(number: int) -> str:
    return f"All {counted(number, 'object')} are" if number > 1 else "The object is"


def _how_far(tally: Tally) -> Piece:
    if tally.is_whole:
        return ("Applied: ", Tone.CREATE)
    return ("Applied in part: ", Tone.WARNING) if tally.finished or tally.settled else ("Not applied: ", Tone.ERROR)


def took_text(seconds: float) -> str:
    """Write a time that was measured: `0.4 s`, `41 s`, `3 min 5 s`, `1 h 2 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 1:
        return f"{rest} s"
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours} h {minutes_left} min" if hours else f"{minutes} min {rest} s"
