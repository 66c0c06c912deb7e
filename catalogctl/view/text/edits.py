"""Changes of files, as a unified diff."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from catalogctl.view.paint.style import Style, Tone

_TONES = {"+": Tone.ADDED, "-": Tone.REMOVED, "@": Tone.ADOPT}


def render_diff(path: str, before: bytes, after: bytes, style: Style) -> Iterator[str]:
    """Write what is changed in a file; nothing where nothing is. Line ends that change are reported as such."""
    old, new = (data.decode(errors="replace") for data in (before, after))
    rows = unified_diff(_lines(old), _lines(new), f"a/{path}", f"b/{path}", n=2, lineterm="")
    for number, row in enumerate(rows):
        tone = Tone.STRONG if number < 2 else _TONES.get(row[:1], Tone.PLAIN)
        yield style.paint([(style.safe(row), tone)])
    if before != after and _lines(old) == _lines(new):
        yield style.paint([(style.safe(f"a/{path}: only line ends, a byte order mark, or the line break at the end"), Tone.STRONG)])


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
