"""The hidden first line of what we write for people on a host: what it is, and in a comment which plan it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalogctl.view.paint.escape import comment

_PLAN = re.compile(r"<!-- catalogctl:comment:(\S+) head=([0-9a-f]{40,64}) digest=([0-9a-f]{64}|none) -->")


@dataclass(frozen=True, slots=True)
class PlanMark:
    """What is above a plan in a pull request."""

    name: str
    head: str
    """The commit that it was made for."""
    digest: str
    """Of the plan; `none` where nothing can be approved by it."""

    def __str__(self) -> str:
        return f"<!-- catalogctl:comment:{comment(self.name)} head={self.head} digest={self.digest} -->"


def plan_mark(body: str, name: str) -> PlanMark | None:
    """Read the mark of a comment about the catalog of this name; `None` where it is about something else."""
    found = _PLAN.match(body)
    return PlanMark(name, found[2], found[3]) if found is not None and found[1] == comment(name) else None


def drift_mark(name: str) -> str:
    """Write the mark of the issue about the drift of a catalog."""
    return f"<!-- catalogctl:drift:{comment(name)} -->"
