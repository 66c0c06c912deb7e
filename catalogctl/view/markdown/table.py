"""Tables as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from catalogctl.view.paint.escape import markdown


def render(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write a table, a line a row; whatever a cell holds, it stays one cell."""
    yield _row(heads)
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield _row(row)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(markdown, cells))} |"
