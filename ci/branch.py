"""Refuse to apply a branch that is not to be applied (exit code 5): `branch.py [BRANCH…]`.

The default branch may be; where others are named, they alone. A workflow's or a template's own conditions say the same, and a copy of them
may not.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # last: an installed catalogctl comes first

from catalogctl.model.diagnostics import CatalogError, Refusal, error
from ci.ending import leave
from ci.host import service
from ci.run import Run, this_run


def main() -> int:
    """Say nothing, or refuse."""
    run = this_run()
    if run.branch is not None:
        check(run, run.branch, tuple(sys.argv[1:]))
    return 0


def check(run: Run, branch: str, named: tuple[str, ...]) -> None:
    """Raise a refusal when the branch is not among those that may be applied."""
    allowed = named or (run.default_branch or service(run).default_branch(),)
    if branch in allowed:
        return
    taken = f"branch {branch}" if branch else "no branch"
    detail = f"This run is of {taken}, and {' and '.join(allowed)} alone may be applied. Nothing was done."
    hint = "Merge it first. Where another branch is to be applied, name it in a setting outside of the repository: docs/ci.md, `branches`."
    raise CatalogError(error("ci-branch", "This branch is not to be applied", detail, hint), refusal=Refusal.STALE)


if __name__ == "__main__":
    leave(main)
