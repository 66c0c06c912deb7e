"""One thing wrong with a value, known by the way to it; its line is looked up when it is reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from catalogctl.config.syntax.source import Part
from catalogctl.model.diagnostics import Diagnostic, Pointer, Severity, SourceRange

AS_WRITTEN: Final = "\0as written\0"
"""Stands in a detail and a hint for the value as the file has it: `1e3`, where the value is the number 1000."""

Place: TypeAlias = Callable[[Pointer, Part], SourceRange]
"""Finds where a value, or the key that names it, is written."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a value, before its place is looked up."""

    pointer: Pointer
    part: Part
    code: str
    summary: str
    detail: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    missing: str = ""
    """The field that is not there but must be; empty for any other problem."""
    means: frozenset[str] = frozenset()
    """Fields of the same mapping that are there once the hint is followed."""
    keys: tuple[str, ...] = ()
    """Keys that are none of those that their mapping may have; empty for any other problem."""
    known: tuple[str, ...] = ()
    """Those that it may have."""

    def diagnostic(self, place: Place) -> Diagnostic:
        """Say it with file, line and column."""
        source = place(self.pointer, self.part)
        written = source.text[source.column - 1 : source.end_column - 1]
        detail, hint = (text.replace(AS_WRITTEN, written) for text in (self.detail, self.hint))
        return Diagnostic(self.severity, self.code, self.summary, detail, hint, source=source)
