"""One thing wrong with a value, known by the way to it; its line is looked up when it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from catalogctl.config.source import Part
from catalogctl.model.diagnostics import Diagnostic, Pointer, Severity, SourceRange

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

    def diagnostic(self, place: Place) -> Diagnostic:
        """Say it with file, line and column."""
        return Diagnostic(self.severity, self.code, self.summary, self.detail, self.hint, source=place(self.pointer, self.part))
