"""GitLab's REST API. Source: docs.gitlab.com, "REST API", v4, of 2026-11: notes, issues, commits, merge requests, job artifacts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from urllib.parse import quote

from ci.api import Api
from ci.host import Comment, Issue, Merged, Recorded
from ci.run import Run

_LABEL = "catalogctl-drift"
_PLANS, _STATES = "catalogctl:plan", "catalogctl:apply"
"""The jobs of the template whose artifacts these are."""
_FOLDER = "catalogctl-ci"
"""Where the template has artifacts, in the checkout."""


class GitLab:
    """One project on GitLab."""

    longest = 1_000_000

    def __init__(self, run: Run) -> None:
        self._api = Api("GitLab", run.api, {"PRIVATE-TOKEN": run.token} if run.token else {}, run.token)
        self._root = f"/projects/{run.repository}"

    @cached_property
    def _me(self) -> int:
        number: int = self._api.get("/user")["id"]
        return number

    def comments(self, pull_request: int) -> Iterator[Comment]:
        """List our notes on a merge request."""
        for item in self._api.every(f"{self._notes(pull_request)}", sort="asc", order_by="created_at"):
            if item["author"]["id"] == self._me and not item.get("system"):
                yield Comment(item["id"], item["body"])

    def comment(self, pull_request: int, body: str) -> None:
        """Write a note."""
        self._api.send("POST", self._notes(pull_request), {"body": body})

    def edit_comment(self, pull_request: int, comment: int, body: str) -> None:
        """Put another text in place of a note's."""
        self._api.send("PUT", f"{self._notes(pull_request)}/{comment}", {"body": body})

    def delete_comment(self, pull_request: int, comment: int) -> None:
        """Take a note away."""
        self._api.send("DELETE", f"{self._notes(pull_request)}/{comment}")

    def issues(self) -> Iterator[Issue]:
        """List the open issues that are ours."""
        for item in self._api.every(
            f"{self._root}/issues", state="opened", scope="created_by_me", labels=_LABEL, order_by="created_at", sort="asc"
        ):
            yield Issue(item["iid"], item["title"], item.get("description") or "")

    def open_issue(self, title: str, body: str) -> int:
        """Open an issue."""
        number: int = self._api.send("POST", f"{self._root}/issues", {"title": title, "description": body, "labels": _LABEL})["iid"]
        return number

    def edit_issue(self, number: int, title: str, body: str) -> None:
        """Put other texts in place of an issue's."""
        self._api.send("PUT", f"{self._root}/issues/{number}", {"title": title, "description": body})

    def close_issue(self, number: int, words: str) -> None:
        """Close an issue with a note."""
        self._api.send("POST", f"{self._root}/issues/{number}/notes", {"body": words})
        self._api.send("PUT", f"{self._root}/issues/{number}", {"state_event": "close"})

    def merged(self, sha: str) -> Merged | None:
        """Find the merge request that was merged as this commit."""
        for item in self._api.every(f"{self._root}/repository/commits/{sha}/merge_requests"):
            # With a fast-forward merge there is neither of the first two: the commit is the last one of the branch.
            commits = {item.get("merge_commit_sha"), item.get("squash_commit_sha"), item["sha"]}
            if item["state"] == "merged" and sha in commits:
                return Merged(item["iid"], item["sha"], item["source_project_id"] != item["target_project_id"])
        return None

    def saved_plan(self, merged: Merged, name: str) -> bytes | None:  # noqa: ARG002 -- jobs go by their own name
        """Return the plan of the newest pipeline for the last commit of a merge request."""
        request = self._api.get(f"{self._root}/merge_requests/{merged.number}")
        for pipeline in self._api.every(f"{self._root}/merge_requests/{merged.number}/pipelines"):
            # A pipeline of merged results has a commit of its own, so it is only known to be of this head when it is the newest.
            head = request.get("head_pipeline") or {}
            if pipeline["sha"] != merged.head and pipeline["id"] != head.get("id"):
                continue
            for job in self._api.every(f"{self._root}/pipelines/{pipeline['id']}/jobs"):
                if job["name"] == _PLANS and job["status"] == "success":
                    return self._api.download(f"{self._root}/jobs/{job['id']}/artifacts/{_FOLDER}/plan.json")
        return None

    def default_branch(self) -> str:
        """Name the branch that merge requests are merged into."""
        return str(self._api.get(self._root)["default_branch"])

    def recorded_state(self, name: str) -> Recorded | None:  # noqa: ARG002 -- jobs go by their own name
        """Return the last copy of the state that a pipeline of the main branch left."""
        path = f"{self._root}/jobs/artifacts/{quote(self.default_branch(), safe='')}/raw/{_FOLDER}/state.json?job={quote(_STATES)}"
        data = self._api.download(path)
        return None if data is None else Recorded(data, "")

    def _notes(self, pull_request: int) -> str:
        return f"{self._root}/merge_requests/{pull_request}/notes"
