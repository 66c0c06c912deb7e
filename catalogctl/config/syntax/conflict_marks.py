"""The marks that git leaves in a file whose merge is not finished."""

from __future__ import annotations

import re
from typing import Final

from catalogctl.config.syntax.tree import SyntaxProblem

_MARK: Final = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?=[ \r\n]|\Z)[^\r\n]*", re.MULTILINE)


def merge_conflict(text: str) -> SyntaxProblem | None:
    """Return what is wrong with a file that has git's conflict marks in it; `None` where there are none."""
    marks = list(_MARK.finditer(text)) if "<<<<<<<" in text or "=======" in text or ">>>>>>>" in text or "|||||||" in text else []
    if not marks:
        return None
    end = next((mark for mark in marks if mark.group().startswith(">")), marks[-1])
    first, last = (text.count("\n", 0, mark.start()) + 1 for mark in (marks[0], end))
    where = f"Lines {first} to {last} hold two versions of the same text." if last > first else f"Line {first} has a mark of a merge."
    hint = "Keep one version, and delete the lines that begin with <<<<<<<, |||||||, ======= and >>>>>>>."
    detail = f"A merge of this file is not finished. {where}"
    return SyntaxProblem("merge-conflict", "Unfinished merge", detail, hint, (first - 1, 0, first - 1, len(marks[0].group())))
