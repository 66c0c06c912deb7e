"""Problems of a feed with their lines: so many of each kind, counted beyond that, since a feed may have a hundred thousand of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from catalogctl.model.diagnostics import Diagnostic, Diagnostics, Severity, SourceRange
from catalogctl.model.quantity import counted

MOST: Final = 100
"""Problems of one kind in one file that are shown with their place."""
_LONGEST_LINE: Final = 10_000
"""Characters of a line that is shown; a feed without line breaks is one line."""


class Findings:
    """Collects the problems of one file."""

    def __init__(self, path: str, most: int = MOST) -> None:
        self._most = most
        """Problems of one kind that are shown with their place."""
        self.path = path
        """As it was typed."""
        self._items: list[tuple[Diagnostic, int, str]] = []
        self._counts: Counter[tuple[Severity, str]] = Counter()
        self._summaries: dict[tuple[Severity, str], str] = {}

    @property
    def has_errors(self) -> bool:
        """Whether one of them stops a command."""
        return any(severity is Severity.ERROR for severity, _ in self._counts)

    @property
    def warnings(self) -> int:
        """How many warnings there are, also those that are not shown."""
        return sum(count for (severity, _), count in self._counts.items() if severity is Severity.WARNING)

    def add(self, item: Diagnostic, line: int, near: str = "") -> None:
        """Take a problem; `near` is a text on its line that it is about."""
        kind = (item.severity, item.code)
        self._counts[kind] += 1
        self._summaries.setdefault(kind, item.summary)
        if self._counts[kind] <= self._most:
            self._items.append((item, max(line, 1), near))

    def lines(self) -> frozenset[int]:
        """Return the lines that are shown."""
        return frozenset(line for _, line, _ in self._items)

    def diagnostics(self, texts: Mapping[int, str]) -> Diagnostics:
        """Return the problems with their places, ordered, and a note for each kind of which not all are shown.

        Shapes:  `texts` are the lines of the file, by number.
        """
        shown = (item.at(self._place(line, near, texts.get(line, ""))) for item, line, near in self._items)
        more = (
            Diagnostic(severity, code, f"{self._summaries[severity, code]}: {count - self._most:,} more", self._further(count))
            for (severity, code), count in self._counts.items()
            if count > self._most
        )
        return Diagnostics.of(shown, more)

    def _further(self, count: int) -> str:
        return f"{self.path} has {counted(count, 'problem')} of this kind; the first {self._most} are shown with their lines."

    def _place(self, line: int, near: str, text: str) -> SourceRange:
        if len(text) > _LONGEST_LINE:
            return SourceRange(self.path, line, 1, 2, text[:_LONGEST_LINE])
        start = text.find(near) if near else -1
        if start < 0:
            start, near = len(text) - len(text.lstrip()), text.strip()
        return SourceRange(self.path, line, start + 1, start + 1 + max(len(near), 1), text)
