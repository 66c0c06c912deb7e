"""One event → one line for people, or none."""

from __future__ import annotations

from catalogctl.events import (
    ApplyStarted,
    AssetCutOff,
    AssetPublished,
    AssetSent,
    Event,
    LoadFinished,
    OperationFailed,
    OperationFinished,
    OperationProgressed,
    OperationSkipped,
    Recovered,
    RefreshFinished,
    Waited,
)
from catalogctl.model.quantity import counted, size_text
from catalogctl.view.paint.style import Piece, Style, Tone

_DOING = {"create": "creating", "update": "updating", "delete": "deleting"}
_DONE = {"create": "created", "update": "updated", "delete": "deleted"}


def event_line(event: Event, style: Style) -> list[Piece]:
    """Say what has happened; nothing (no pieces) of what has only begun or is under way."""
    match event:
        case LoadFinished():
            reused = f" ({event.reused:,} cached)" if event.reused else ""
            return [(f"Read {counted(event.titles, 'title')} from {counted(event.files, 'file')}{reused}", Tone.PLAIN)]
        case RefreshFinished():
            return [(f"Read {style.safe(event.account)} in {counted(event.requests, 'request')}", Tone.PLAIN)]
        case Recovered():
            parts = [f"{counted(event.done, 'step')} had been taken", f"{event.free:,} had not"]
            parts += [f"{event.open:,} still unknown"] if event.open else []
            return [(f"An earlier run was interrupted; its outcome was looked up: {', '.join(parts)}", Tone.WARNING)]
        case ApplyStarted() if event.operations:
            return [(f"Applying {counted(event.operations, 'operation')}", Tone.PLAIN)]
        case OperationProgressed():
            return [(f"still {_DOING.get(event.verb, event.verb)} {style.safe(str(event.address))}  ({event.seconds:.0f} s)", Tone.FAINT)]
        case OperationFinished():
            done = _DONE.get(event.verb, event.verb)
            about = f"id {style.safe(event.id)}, {event.seconds:.1f} s" if event.id else f"{event.seconds:.1f} s"
            return [(f"{done} ", Tone.CREATE), (style.safe(str(event.address)), Tone.PLAIN), (f"  ({about})", Tone.FAINT)]
        case OperationFailed():
            what = "OUTCOME UNKNOWN: " if event.unknown else "FAILED: "
            return [(what, Tone.ERROR), (f"{style.safe(event.name)}: {style.safe(event.diagnostic.summary)}", Tone.PLAIN)]
        case OperationSkipped() if event.given_up:
            said = f"{style.safe(event.name)}: nothing more is sent to {style.safe(event.address.account)}"
            return [("skipped: ", Tone.WARNING), (said, Tone.PLAIN)]
        case OperationSkipped() if event.because:  # what was never begun when the run was stopped is in the summary
            return [("skipped: ", Tone.WARNING), (f"{style.safe(event.name)}: {style.safe(event.because)} did not succeed", Tone.PLAIN)]
        case Waited():
            return [(f"{style.safe(event.account)}: waiting {event.seconds:.0f} s: {style.safe(event.why)}", Tone.FAINT)]
        case AssetPublished():
            how = "is already published" if event.reused else f"published ({size_text(event.size)})"
            return [(f"{style.safe(event.path)} {how}", Tone.FAINT)]
        case AssetSent() if event.sent == event.size:
            return [(f"sent {style.safe(event.path)} ({size_text(event.size)})", Tone.FAINT)]
        case AssetCutOff():
            how_far = f"{size_text(event.sent)} of {size_text(event.size)}"
            return [(f"sending {style.safe(event.path)} broke off after {how_far}", Tone.FAINT)]
        case _:
            return []
