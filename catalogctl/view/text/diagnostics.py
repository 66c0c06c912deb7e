"""Problems as people read them: the kind, the place with its source line, what and why, and what to do.

error: The ISBN's check digit is wrong
  catalog/mirror-work.yaml:14:11
     14 │     isbn: "9781496822483"
        │           ^^^^^^^^^^^^^^^
  9781496822483 ends in 3; for these digits it would be 2.
  hint: isbn: "9781496822482"
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from unicodedata import category

from catalogctl.model.diagnostics import Diagnostic, Diagnostics, Severity, SourceRange
from catalogctl.model.quantity import counted
from catalogctl.view.paint.hint import hint_text, parted
from catalogctl.view.paint.layout import cells, clip, clip_start, indent, paragraph, plain, wrap
from catalogctl.view.paint.style import Piece, Style, Tone
from catalogctl.view.words.problem_kinds import by_kind, subject_text

_TONES = {Severity.ERROR: Tone.ERROR, Severity.WARNING: Tone.WARNING, Severity.NOTE: Tone.NOTE}
_FEW = 3
"""Warnings of one kind of which each is shown beside a result."""
_NAMED = 12
"""So many others of the kind are named."""
_CHARACTERS_A_CELL = 8
_BEFORE_CARET = 20
"""Cells of a long source line that are shown before the stretch pointed at, where half of the line has them."""


def render(diagnostics: Iterable[Diagnostic], *, width: int, style: Style) -> Iterator[str]:
    """Write problems in their order (file, line, column; those without a place last), and a line that counts them.

    Shapes:  nothing at all when there are none; no line is wider than `width` cells, but for what a hint gives to be copied.
    """
    ordered = Diagnostics.of(diagnostics)
    for item in ordered:
        yield from diagnostic_lines(item, width=width, style=style)
        yield ""
    if len(ordered):
        yield count_text(ordered)


def render_by_kind(diagnostics: Iterable[Diagnostic], *, width: int, style: Style, whole: str) -> Iterator[str]:
    """Write problems as `render` does, but several warnings of one kind as one paragraph: they are beside a result.

    Shapes:  `whole` is the command that lists all of them, empty where no one asked for less; it is named where any is left out.
    """
    ordered = Diagnostics.of(diagnostics)
    kinds = by_kind(ordered) if whole else [(item,) for item in ordered]
    for several in kinds:
        yield from _kind(several, width, style) if len(several) > 1 else diagnostic_lines(several[0], width=width, style=style)
        yield ""
    if any(len(several) > _FEW for several in kinds):
        yield from paragraph([plain("All of them are listed by")], width, style)
        yield f"  {style.safe(whole)}"
        yield ""
    if len(ordered):
        yield count_text(ordered)


def _kind(several: Sequence[Diagnostic], width: int, style: Style) -> Iterator[str]:
    """Write warnings of one kind as one: what each of the first says, which the others are about, and the hint once where it is one."""
    first = several[0]
    head: list[Piece] = [(f"{first.severity.value}: ", _TONES[first.severity]), (style.safe(first.summary), Tone.STRONG)]
    yield from paragraph([*head, (f"  ({len(several):,} times)", Tone.FAINT)], width, style)
    one_hint = len({item.hint for item in several}) == 1
    one_detail = len({item.detail for item in several}) == 1
    for item in several[:_FEW]:
        yield from _about(item, width, style)
        if not one_detail:
            yield from _detail(item, width, style)
        if not one_hint:
            yield from _hint(hint_text(item.hint, style.command), width, style)
    if len(several) > _FEW:
        subjects = list(dict.fromkeys(subject_text(item) for item in several[_FEW:]))
        named = [style.safe(subject) for subject in subjects[:_NAMED] if subject]
        more = f"and {counted(len(several) - _FEW, 'more', 'more')}{': ' if named else ''}{', '.join(named)}"
        left = f", {style.ellipsis}" if named and len(subjects) > _NAMED else ""
        yield from paragraph([(f"{more}{left}", Tone.FAINT)], width, style, margin=2, hanging=2)
    if one_detail:
        yield from _detail(first, width, style)
    if one_hint:
        yield from _hint(hint_text(first.hint, style.command), width, style)


def count_text(diagnostics: Iterable[Diagnostic]) -> str:
    """Count problems: `2 errors, 1 warning in 3 files`."""
    items = list(diagnostics)
    counts = Counter(item.severity for item in items)
    kinds = ", ".join(counted(counts[severity], severity.value) for severity in Severity if counts[severity])
    files = {item.source.path for item in items if item.source is not None}
    return f"{kinds} in {counted(len(files), 'file')}" if files else kinds


def diagnostic_lines(item: Diagnostic, *, width: int, style: Style) -> Iterator[str]:
    """Write one problem."""
    head: list[Piece] = [(f"{item.severity.value}: ", _TONES[item.severity]), (style.safe(item.summary), Tone.STRONG)]
    yield from paragraph(head, width, style)
    if item.source is not None:
        yield from paragraph([(style.safe(str(item.source)), Tone.FAINT)], width, style, margin=2)
        yield from _source(item.source, width, style, _TONES[item.severity])
    yield from _about(replace(item, source=None), width, style)
    yield from _detail(item, width, style)
    yield from _hint(hint_text(item.hint, style.command), width, style)


def _about(item: Diagnostic, width: int, style: Style) -> Iterator[str]:
    about = [text for text in ("" if item.source is None else str(item.source), item.address, item.attribute) if text]
    if about:
        yield from paragraph([(style.safe(f" {style.dot} ".join(about)), Tone.FAINT)], width, style, margin=2)


def _detail(item: Diagnostic, width: int, style: Style) -> Iterator[str]:
    for said in item.detail.splitlines():
        yield from paragraph([plain(style.safe(said))], width, style, margin=2, hanging=2 if said.startswith("- ") else 0)


def _hint(hint: str, width: int, style: Style) -> Iterator[str]:
    lead = "hint: "
    margin = indent(2 + len(lead))
    first = [*indent(2), (lead, Tone.NOTE)]
    for part in parted(hint):
        for said in part.lines:
            pieces = [plain(style.safe(said))]
            for line in [[*first, *pieces]] if part.literal else wrap(pieces, width, first=first, rest=margin):
                yield style.paint(line)
            first = margin


def _source(source: SourceRange, width: int, style: Style, tone: Tone) -> Iterator[str]:
    """Show the source line, cut around the stretch that is meant, and carets under that stretch.

    Terminals do not agree how wide a vowel sign of Devanagari and its kind is (Unicode's Mc); behind one the stretch is named as well.
    """
    number = f"{source.line:>5}"
    bar = " │ " if style.arrow == "→" else " | "
    room = width - cells(number) - cells(bar)
    start = max(0, source.column - 1)
    end = max(start, source.end_column - 1)
    # Of a line of megabytes only what may be shown is looked at; most characters are a cell wide, and few have many marks on them.
    near = _CHARACTERS_A_CELL * width
    parts = (source.text[max(0, start - near) : start], source.text[start : min(end, start + near)], source.text[end : end + near])
    left, middle, right = (style.safe(part) for part in parts)
    if cells(left) + max(1, cells(middle)) > room:
        left = clip_start(left, min(_BEFORE_CARET, room // 2), style.ellipsis)
    line = clip(left + middle + right, room, style.ellipsis)
    carets = max(1, min(cells(middle), room - cells(left)))
    named = f" {middle}" if any(category(letter) == "Mc" for letter in left) else ""
    shown = named if cells(left) + carets + cells(named) <= room else ""
    yield style.paint([(number, Tone.FAINT), (bar, Tone.FAINT), plain(line)])
    yield style.paint([(" " * cells(number), Tone.FAINT), (bar, Tone.FAINT), plain(" " * cells(left)), ("^" * carets + shown, tone)])
