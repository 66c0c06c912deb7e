"""What a plan leaves alone although the files say otherwise, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from catalogctl.model.address import print_path
from catalogctl.model.title import Ignore
from catalogctl.planning.change import Change
from catalogctl.view.layout import paragraph, plain
from catalogctl.view.style import Piece, Style, Tone
from catalogctl.view.value_text import counted

_SHOWN: Final = 3
"""Objects that are named for each entry of `ignore_changes`; the rest are counted."""


def left_alone(changes: Iterable[Change], width: int, style: Style) -> Iterator[str]:
    """Write each entry of `ignore_changes` that keeps a plan from something, with its reason and what it keeps it from.

    Shapes:  no line at all where nothing is left alone.
    """
    by_rule: dict[Ignore, dict[str, list[str]]] = {}
    for change in changes:
        for item in change.ignored:
            by_rule.setdefault(item.rule, {}).setdefault(str(change.address), []).append(print_path(item.path))
    if not by_rule:
        return
    yield from paragraph([("Left alone, as ignore_changes says", Tone.STRONG)], width, style)
    for rule, places in sorted(by_rule.items(), key=lambda item: (item[0].path, item[0].reason, str(item[0].until))):
        yield from paragraph(_head(rule, style), width, style, margin=2)
        for address, paths in list(places.items())[:_SHOWN]:
            held: list[Piece] = [plain(style.safe(address)), (f"  {style.safe(', '.join(paths))}", Tone.FAINT)]
            yield from paragraph(held, width, style, margin=4)
        if len(places) > _SHOWN:
            yield from paragraph([(f"and {counted(len(places) - _SHOWN, 'more object')}", Tone.FAINT)], width, style, margin=4)
    yield ""


def _head(rule: Ignore, style: Style) -> list[Piece]:
    until = None if rule.until is None else f"until {rule.until.isoformat()}"
    return [plain(f" {style.dot} ".join(style.safe(part) for part in (rule.path, rule.reason, until) if part))]
