"""Tables for spreadsheets and for programs: CSV as RFC 4180 has it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from catalogctl.view.paint.escape import json_text

_FORMULA: Final = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What a cell that a spreadsheet would run begins with, in the widths that some take for the same."""


def render(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a table as CSV, in UTF-8 with CRLF.

    Shapes:  a cell that a spreadsheet would take for a formula has a `'` before it.
    """
    written = io.StringIO(newline="")
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow([_harmless(head) for head in heads])
    for row in rows:
        table.writerow([_harmless(cell) for cell in row])
    return written.getvalue().encode()


def _harmless(cell: str) -> str:
    text = json_text(cell)
    return f"'{text}" if text.lstrip(" ")[:1] in _FORMULA and text else text
