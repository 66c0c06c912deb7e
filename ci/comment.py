"""Keep one comment of a pull request up to date: `comment.py FILE NAME [AUTHOR]`.

The comment is found by the hidden mark in its first line, among those that AUTHOR wrote, and edited in place; where there is none, it is
written. Without a pull request there is nothing to do. A run for a fork may only read: that is said, and is no failure.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # last: an installed catalogctl comes first

from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal, Severity, error
from ci.api import ApiError
from ci.ending import leave, tell
from ci.host import Comment, Service, service
from ci.mark import plan_mark
from ci.run import this_run


def main() -> int:
    """Write the comment, or say why not."""
    file, name, author = (*sys.argv[1:], "")[:3]
    run = this_run()
    if run.pull_request is None:
        print("There is no pull request to comment on.")
        return 0
    if run.is_fork or not run.token:
        why = "This run is for a fork, and may only read." if run.is_fork else "There is no token."
        tell(Diagnostic(Severity.NOTE, "ci-no-comment", "The plan is not a comment", f"{why} It is {run.holder} of this run: {run.page}"))
        return 0
    body = Path(file).read_text(encoding="utf-8")
    mark = plan_mark(body, name)
    if mark is None or mark.head != run.head:
        detail = f"{file} does not begin with the mark of a comment about {name} at {run.head}. Nothing was posted."
        raise CatalogError(error("ci-foreign-comment", "This run did not write that comment", detail), refusal=Refusal.STALE)
    host = service(run, author)
    if len(body) > host.longest:
        body = f"{mark}\n## The plan is longer than a comment\n\nIt is {run.holder} of [this run]({run.page}).\n"
    print(write(host, run.pull_request, body, name))
    return 0


def write(host: Service, pull_request: int, body: str, name: str) -> str:
    """Put a text in place of our comment, or write the first one; say which."""
    ours = [comment for comment in host.comments(pull_request) if plan_mark(comment.body, name) is not None]
    # Two runs at once may each have written a first one.
    for superfluous in ours[1:]:
        _gone(host, pull_request, superfluous)
    if ours:
        try:
            host.edit_comment(pull_request, ours[0].id, body)
        except ApiError as failed:
            if failed.status != 404:
                raise
        else:
            return "The comment is up to date."
    host.comment(pull_request, body)
    return "The comment is written."


def _gone(host: Service, pull_request: int, comment: Comment) -> None:
    try:
        host.delete_comment(pull_request, comment.id)
    except ApiError as failed:
        if failed.status != 404:
            raise


if __name__ == "__main__":
    leave(main)
