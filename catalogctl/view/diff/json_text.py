"""What changes inside a JSON document, in words: a title file never shows its author braces and `[0].title`."""

from __future__ import annotations

import json
from collections.abc import Iterator

from catalogctl.model.address import AttributePath
from catalogctl.model.quantity import counted
from catalogctl.planning.attribute_words import json_words
from catalogctl.view.paint.escape import has_right_to_left
from catalogctl.view.paint.layout import clip, plain, wrap
from catalogctl.view.paint.style import Piece, Style, Tone

_PATHS_SHOWN = 30
_LARGEST = 400_000
"""Characters of both documents together, beyond which finding the paths takes longer than anybody would wait."""


def json_summary(text: str, style: Style) -> str:
    """Say in a few words what a JSON document is."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return f"{counted(len(text), 'character')}"
    match document:
        case list():
            return f"list of {counted(len(document), 'entry', 'entries')}, {counted(len(text), 'character')}"
        case dict():
            return f"mapping of {counted(len(document), 'entry', 'entries')}, {counted(len(text), 'character')}"
        case _:
            return style.safe(text)


def json_place(path: AttributePath) -> str:
    """Write where something is in a JSON document: `entry 3, title`."""
    return ", ".join(f"entry {step + 1}" if isinstance(step, int) else step for step in path) or "the whole"


def json_change(before: str, after: str, width: int, style: Style) -> Iterator[list[Piece]] | None:
    """Show the paths at which two JSON documents differ; `None` when they cannot be taken apart (one of them is no JSON)."""
    steps = json_steps(before, after)
    return _lines(steps, width, style) if steps else None


def json_steps(before: str, after: str) -> list[Step] | None:
    """List the paths at which two JSON documents differ, in order; `None` when they cannot be taken apart."""
    if len(before) + len(after) > _LARGEST:
        return None
    try:
        return sorted(_steps(json.loads(before), json.loads(after)), key=lambda step: [(isinstance(at, str), at) for at in step[0]])
    except (ValueError, RecursionError):
        return None


Step = tuple[AttributePath, str, str]
"""Path, what stood there, what shall be there; in words, empty where there is nothing."""


def _steps(old: object, new: object) -> Iterator[Step]:
    # Imported here: it takes a fifth of a second, and most plans change no JSON document.
    from deepdiff import DeepDiff

    tree = DeepDiff(old, new, view="tree", verbose_level=2, ignore_order=False, threshold_to_diff_deeper=0)
    for kind, levels in tree.items():
        for level in levels:
            path = tuple(level.path(output_format="list"))
            yield (path, "" if kind.endswith("_added") else json_words(level.t1), "" if kind.endswith("_removed") else json_words(level.t2))


def _lines(steps: list[Step], width: int, style: Style) -> Iterator[list[Piece]]:
    for path, old, new in steps[:_PATHS_SHOWN]:
        shown = style.safe(json_place(path))
        left, right = (clip(style.safe(text), 2 * width, style.ellipsis) for text in (old, new))
        rest = [plain("    ")]
        if old and new and not has_right_to_left(left + right):
            pieces = [plain(f"{shown}  "), (left, Tone.REMOVED), (f" {style.arrow} ", Tone.FAINT), (right, Tone.ADDED)]
            yield from wrap(pieces, width, first=[("~ ", Tone.UPDATE)], rest=rest)
            continue
        if old:
            yield from wrap([plain(f"{shown}  "), (left, Tone.REMOVED)], width, first=[("- ", Tone.REMOVED)], rest=rest)
        if new:
            yield from wrap([plain(f"{shown}  "), (right, Tone.ADDED)], width, first=[("+ ", Tone.ADDED)], rest=rest)
    if len(steps) > _PATHS_SHOWN:
        yield [(f"{style.ellipsis} and {len(steps) - _PATHS_SHOWN:,} more", Tone.FAINT)]
