"""What a problem is known by from run to run, also when lines are added above it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from catalogctl.model.diagnostics import Diagnostic, SourceRange
from catalogctl.model.value import digest
from catalogctl.view.paint.escape import json_text

_PLACE = re.compile(r":\d+(:\d+)?")


def fingerprints(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """Return each problem 64 hex digits of its own, made from its code, its file and what it says, and not from its line.

    Shapes:  in the order of the problems. Those that are the same in all of that are distinguished by their number.
    """
    met: Counter[str] = Counter()
    found: list[str] = []
    for item in diagnostics:
        said = [item.code, item.source.path if item.source else "", item.address or "", item.attribute or "", _PLACE.sub("", item.detail)]
        what = digest([json_text(part) for part in said])
        met[what] += 1
        found.append(what if met[what] == 1 else digest([what, met[what]]))
    return found


def place(item: Diagnostic, otherwise: str) -> SourceRange:
    """Return where a problem is shown; one without a place, at the beginning of the file named."""
    return item.source or SourceRange(otherwise, 1, 1, 2, "")
