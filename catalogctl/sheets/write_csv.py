"""Our own sheet as CSV: UTF-8 with a mark, CRLF, ISO days, decimal points, and no cell that a spreadsheet program takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from catalogctl.sheets.read_csv import FORMULA


def write_csv(rows: Iterable[Sequence[str]], separator: str = ",") -> bytes:
    """Return the bytes of a file of separated values."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerows([_guarded(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _guarded(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA) or value.removeprefix("'").startswith(FORMULA) else value
