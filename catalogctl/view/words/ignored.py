"""What a plan leaves alone although the files say otherwise, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from catalogctl.model.address import Address, AttributePath, print_path
from catalogctl.model.quantity import counted
from catalogctl.model.resource import ResourceType
from catalogctl.model.title import Ignore
from catalogctl.planning.change import Change
from catalogctl.view.paint.layout import paragraph, plain
from catalogctl.view.paint.style import Piece, Style, Tone

_SHOWN: Final = 3
"""Objects that are named for each entry of `ignore_changes`; the rest are counted."""


def left_alone(changes: Iterable[Change], width: int, style: Style) -> Iterator[str]:
    """Write each entry of `ignore_changes` that keeps a plan from something, with its reason and what it keeps it from.

    Shapes:  no line at all where nothing is left alone.
    """
    told = by_rule(changes)
    if not told:
        return
    yield from paragraph([("Left alone, as ignore_changes says", Tone.STRONG)], width, style)
    for rule, places in told:
        yield from paragraph([plain(f" {style.dot} ".join(style.safe(part) for part in rule_parts(rule)))], width, style, margin=2)
        for address, paths in places[:_SHOWN]:
            held: list[Piece] = [plain(style.safe(str(address))), (f"  {style.safe(', '.join(paths))}", Tone.FAINT)]
            yield from paragraph(held, width, style, margin=4)
        if len(places) > _SHOWN:
            yield from paragraph([(f"and {counted(len(places) - _SHOWN, 'more object')}", Tone.FAINT)], width, style, margin=4)
    yield ""


def by_rule(changes: Iterable[Change]) -> list[tuple[Ignore, list[tuple[Address, list[str]]]]]:
    """Collect what is left alone by the entry that says so, in order: the objects, each with its paths."""
    found: dict[Ignore, dict[Address, list[str]]] = {}
    for change in changes:
        for item in change.ignored:
            found.setdefault(item.rule, {}).setdefault(change.address, []).append(_path(change.type, item.path))
    ordered = sorted(found.items(), key=lambda item: (item[0].path, item[0].reason, str(item[0].until)))
    return [(rule, list(places.items())) for rule, places in ordered]


def _path(type_: ResourceType, path: AttributePath) -> str:
    """Print the path of an attribute with the title file's word for it, by which `ignore_changes` may name it too."""
    name, *entry = path
    return print_path((type_.word(str(name)), *entry))


def rule_parts(rule: Ignore) -> list[str]:
    """Tell an entry: what it is about, its reason and its last day, as far as it has them."""
    until = "" if rule.until is None else f"until {rule.until.isoformat()}"
    return [part for part in (rule.path, rule.reason, until) if part]
