"""A plan's counts for GitLab's widget in a merge request.

Source:  docs.gitlab.com, `artifacts:reports:terraform`: `create`, `update` and `delete`, whole numbers of at most six digits.
"""

from __future__ import annotations

from collections import Counter

from catalogctl.model.value import canonical_lines
from catalogctl.planning.plan import Plan

_MOST = 999_999


def render(plan: Plan) -> str:
    """Write how many objects are created, updated and deleted; one that is replaced is deleted and created."""
    counts = Counter(action for change in plan.changes for action in change.actions)
    return canonical_lines({name: min(counts[name], _MOST) for name in ("create", "update", "delete")}).decode()
