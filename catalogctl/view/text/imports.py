"""What an import of a whole account left alone, for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from catalogctl.model.quantity import counted
from catalogctl.provider.importing import Unimportable
from catalogctl.view.paint.layout import clip, paragraph, plain
from catalogctl.view.paint.style import Style, Tone

_SHOWN: Final = 20
"""How many of many are named."""
_NAME: Final = 50
"""Cells of a name."""


def render_strangers(strangers: Sequence[Unimportable], what: str, *, width: int, style: Style) -> Iterator[str]:
    """Write which objects something became of (`Left alone`), and why."""
    if not strangers:
        return
    yield from paragraph([(f"{what}, {counted(len(strangers), 'object')}:", Tone.WARNING)], width, style)
    for one in strangers[:_SHOWN]:
        name = clip(style.safe(one.name), _NAME, "…")
        head = f"{style.safe(one.id)}  {name}" if name else style.safe(one.id)
        yield from paragraph([(head, Tone.STRONG)], width, style, margin=2, hanging=2)
        yield from paragraph([plain(style.safe(one.why))], width, style, margin=6)
    if len(strangers) > _SHOWN:
        yield from paragraph([plain(f"and {len(strangers) - _SHOWN:,} more")], width, style, margin=2)


def render_joins(account: str, ways: Sequence[str], differing: Sequence[tuple[str, str]], *, width: int, style: Style) -> Iterator[str]:
    """Write what was joined with titles that are there, and where the stores disagree.

    Shapes:  `ways` has for each object what it was recognized by, `differing` an edition and its fields.
    """
    if not ways:
        return
    by = ", ".join(f"{count:,} by {how}" for how, count in Counter(ways).items())
    yield from paragraph([plain(f"{counted(len(ways), 'object')} of {account} joined with titles of the catalog ({by}).")], width, style)
    head = f"{account} has these fields otherwise, and keeps them:"
    yield from render_differing(head, differing, ", each in a comment of its file", width=width, style=style)


def render_differing(head: str, differing: Sequence[tuple[str, str]], place: str, *, width: int, style: Style) -> Iterator[str]:
    """Write where a store and the files disagree.

    Shapes:  `differing` has an edition and its fields; `place` says of what is not named where it is found.
    """
    if not differing:
        return
    yield from paragraph([(head, Tone.WARNING)], width, style)
    for edition, fields in differing[:_SHOWN]:
        yield from paragraph([plain(f"{edition}  {fields}")], width, style, margin=2, hanging=4)
    if len(differing) > _SHOWN:
        yield from paragraph([plain(f"and {len(differing) - _SHOWN:,} more{place}")], width, style, margin=2)
