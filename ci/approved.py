"""Find what was approved by merging the commit that is checked out: `approved.py NAME FOLDER [AUTHOR]`.

Writes FOLDER/plan.json, the plan that was saved for the last commit of the pull request, or where it is kept no more FOLDER/digest, the
digest of that plan as the comment names it. Where there is neither, nothing was approved: exit code 5.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # last: an installed catalogctl comes first

from catalogctl.model.diagnostics import CatalogError, Refusal, error
from ci.ending import leave
from ci.host import Merged, Service, service
from ci.mark import plan_mark
from ci.run import this_run


def main() -> int:
    """Write down what was approved."""
    name, folder, author = (*sys.argv[1:], "")[:3]
    run = this_run()
    host = service(run, author)
    merged = host.merged(run.sha)
    if merged is None:
        raise refused(f"Commit {run.sha} was not merged from a pull request, so there is no approved plan.")
    if merged.is_fork:
        raise refused(
            f"Pull request {merged.number} came from a fork. Its plan was made without asking the stores, by a run that the fork could "
            "change, so merging it has approved the files but no plan."
        )
    print(_written(host, merged, name, Path(folder)))
    return 0


def refused(why: str) -> CatalogError:
    """Make the refusal to apply what no one approved."""
    hint = 'Look at what would be done now, which is shown below, and approve it by its digest. docs/ci.md, "When an apply is refused".'
    return CatalogError(error("ci-not-approved", "There is no approved plan", f"{why} Nothing was done.", hint), refusal=Refusal.STALE)


def _written(host: Service, merged: Merged, name: str, folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    plan = host.saved_plan(merged, f"catalogctl-plan-{name}")
    if plan is not None and _asked_nobody(plan):
        raise refused(f"The plan that was saved for {merged.head} was made without asking the stores.")
    if plan is not None:
        (folder / "plan.json").write_bytes(plan)
        return f"To be applied: the plan that was saved for {merged.head}, the last commit of pull request {merged.number}."
    for one in host.comments(merged.number):
        mark = plan_mark(one.body, name)
        if mark is not None and mark.head == merged.head and mark.digest != "none":
            (folder / "digest").write_text(mark.digest, encoding="ascii")
            shown = f"in pull request {merged.number}, {mark.digest}"
            return f"The saved plan is kept no more. To be applied: a plan with the digest {shown}."
    head = f"{merged.head}, the last commit of pull request {merged.number}"
    raise refused(f"For {head}, there is neither a saved plan nor a comment with its digest.")


def _asked_nobody(plan: bytes) -> bool:
    try:
        return bool(json.loads(plan)["refresh"] == "state")
    except (ValueError, TypeError, KeyError):
        return False  # it is no plan, as apply will say


if __name__ == "__main__":
    leave(main)
