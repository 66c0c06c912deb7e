"""Which objects have another address from now on, and the same place in their store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalogctl.model.address import Address
from catalogctl.model.quantity import counted
from catalogctl.planning.change import Change
from catalogctl.view.paint.layout import paragraph, plain
from catalogctl.view.paint.style import Style, Tone

_SHOWN = 20


def moves(changes: Iterable[Change]) -> list[tuple[Address, Address]]:
    """List each address that state gives up, with the one that takes its place."""
    return [(change.moved_from, change.address) for change in changes if change.moved_from is not None]


def moved(changes: Iterable[Change], width: int, style: Style) -> Iterator[str]:
    """Write each address that state gives up for another; nothing is sent for that.

    Shapes:  no line at all where nothing moved.
    """
    told = moves(changes)
    if not told:
        return
    yield from paragraph([("Moved", Tone.STRONG), plain(", in the state alone: nothing is sent for it")], width, style)
    for source, target in told[:_SHOWN]:
        line = f"{style.safe(str(source))} {style.arrow} {style.safe(str(target))}"
        yield from paragraph([plain(line)], width, style, margin=4, hanging=2)
    if len(told) > _SHOWN:
        yield from paragraph([(f"and {counted(len(told) - _SHOWN, 'more object')}", Tone.FAINT)], width, style, margin=4)
    yield ""
