"""What is measured and judged, in the order of the page."""

import sys
from dataclasses import dataclass, field

from measure import Cost


@dataclass(slots=True)
class Report:
    """What was measured, in the order of the page."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    """What, and its figures."""
    targets: list[tuple[str, str, bool]] = field(default_factory=list)
    """What was promised, what was measured, and whether it is kept."""

    def measured(self, what: str, cost: Cost, note: str = "") -> None:
        """Add a row of costs."""
        figures = f"{cost.wall:.2f} | {cost.cpu:.2f} | {cost.memory / 2**20:.0f}"
        self.rows.append((what, f"{figures} | {note}"))
        print(f"{what:90} {figures}  {note}", file=sys.stderr, flush=True)

    def skipped(self, what: str, why: str) -> None:
        """Add a row without figures."""
        self.rows.append((what, f"– | – | – | {why}"))
        print(f"{what:90} {why}", file=sys.stderr, flush=True)

    def judge(self, promise: str, found: str, kept: bool) -> None:
        """Add a target."""
        self.targets.append((promise, found, kept))
        print(f"{'kept' if kept else 'MISSED':7} {promise}: {found}", file=sys.stderr, flush=True)
