"""One question about a checkout, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalogctl.model.diagnostics import Diagnostic, Diagnostics


@dataclass(frozen=True, slots=True)
class Check:
    """One question, and what came of it."""

    name: str
    """Stable and kebab-case, for programs."""
    fine: str
    """What is true where nothing was found, as a sentence."""
    findings: tuple[Diagnostic, ...] = ()

    @classmethod
    def of(cls, name: str, fine: str, *groups: Iterable[Diagnostic]) -> Check:
        """Make a check with its findings in order."""
        return cls(name, fine, Diagnostics.of(*groups).items)
