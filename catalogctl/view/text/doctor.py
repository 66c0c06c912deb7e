"""A checkup as people read it, and as programs do.

✓ ok       No link leads out of the checkout, and none is in a place where files are written.
! warning  A file of secrets is not ignored by git (secret-not-ignored)
           .env has the name of a file of secrets, and the next `git add .` takes it.
           hint: Have git ignore it:
                 echo .env >> .gitignore
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from catalogctl.model.check import Check
from catalogctl.model.diagnostics import Diagnostic, Severity
from catalogctl.model.quantity import counted
from catalogctl.model.value import canonical_lines, plainly
from catalogctl.view.formats.diagnostics_json import record
from catalogctl.view.paint.escape import json_text
from catalogctl.view.paint.hint import hint_text, parted
from catalogctl.view.paint.layout import indent, paragraph, plain, wrap
from catalogctl.view.paint.style import Piece, Style, Tone

_WIDTH: Final = len("✓ warning  ")
_TONES: Final = {Severity.ERROR: Tone.ERROR, Severity.WARNING: Tone.WARNING, Severity.NOTE: Tone.NOTE}
_SIGNS: Final = {Severity.ERROR: ("✗", "x"), Severity.WARNING: ("!", "!"), Severity.NOTE: ("i", "i")}


def render(checks: Sequence[Check], *, width: int, style: Style) -> Iterator[str]:
    """Write what was looked at, one check after the other, and a line that counts what is open.

    Shapes:  no line is wider than `width` cells, but for what a hint gives to be copied.
    """
    fancy = style.arrow == "→"
    for check in checks:
        if not check.findings:
            yield from _item("✓" if fancy else "+", "ok", Tone.CREATE, [plain(style.safe(check.fine))], width, style)
        for item in check.findings:
            sign = _SIGNS[item.severity][0 if fancy else 1]
            head: list[Piece] = [(style.safe(item.summary), Tone.STRONG), (f" ({item.code})", Tone.FAINT)]
            yield from _item(sign, item.severity.value, _TONES[item.severity], head, width, style)
            yield from _about(item, width, style)
    yield ""
    yield count_text(checks)


def count_text(checks: Sequence[Check]) -> str:
    """Say in one line what is open."""
    counts = Counter(item.severity for check in checks for item in check.findings)
    if not counts:
        return f"Nothing is open; {counted(len(checks), 'check')}."
    found = ", ".join(counted(counts[severity], severity.value) for severity in Severity if counts[severity])
    return f"{found}; {sum(not check.findings for check in checks)} of {counted(len(checks), 'check')} found nothing."


def render_json(checks: Sequence[Check]) -> str:
    """Write a checkup as one JSON object, with a line break at the end."""
    counts = Counter(item.severity for check in checks for item in check.findings)
    told = [{"name": check.name, "says": _says(check), "findings": [record(item) for item in check.findings]} for check in checks]
    summary = {f"{severity.value}s": counts[severity] for severity in Severity}
    return plainly(canonical_lines({"checks": told, "summary": summary})).decode()


def _says(check: Check) -> str | None:
    """Return what is true where a check found nothing; `None` where it found something."""
    return None if check.findings else json_text(check.fine)


def _item(sign: str, word: str, tone: Tone, said: list[Piece], width: int, style: Style) -> Iterator[str]:
    first: list[Piece] = [(f"{sign} {word}".ljust(_WIDTH), tone)]
    for line in wrap(said, width, first=first, rest=indent(_WIDTH)):
        yield style.paint(line)


def _about(item: Diagnostic, width: int, style: Style) -> Iterator[str]:
    if item.source is not None:
        yield from paragraph([(style.safe(str(item.source)), Tone.FAINT)], width, style, margin=_WIDTH)
    for said in item.detail.splitlines():
        yield from paragraph([plain(style.safe(said))], width, style, margin=_WIDTH, hanging=0)
    first: list[Piece] = [*indent(_WIDTH), ("hint: ", Tone.NOTE)]
    rest = indent(_WIDTH + len("hint: "))
    for part in parted(hint_text(item.hint, style.command)):
        for said in part.lines:
            pieces = [plain(style.safe(said))]
            for line in [[*first, *pieces]] if part.literal else wrap(pieces, width, first=first, rest=rest):
                yield style.paint(line)
            first = rest
