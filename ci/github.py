"""GitHub's REST API. Source: docs.github.com, "REST API", version 2022-11-28: issues, pulls, actions/artifacts."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from ci.api import Api, ApiError
from ci.host import Comment, Issue, Merged, Recorded
from ci.run import Run

_LARGEST = 256 * 1024 * 1024
"""Bytes of a file in an artifact."""


class GitHub:
    """One repository on GitHub."""

    longest = 65_536

    def __init__(self, run: Run, author: str) -> None:
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        if run.token:
            headers["Authorization"] = f"Bearer {run.token}"
        self._api = Api("GitHub", run.api, headers, run.token)
        self._root = f"/repos/{run.repository}"
        self._author = author

    def comments(self, pull_request: int) -> Iterator[Comment]:
        """List our comments of a pull request."""
        for item in self._api.every(f"{self._root}/issues/{pull_request}/comments"):
            if self._is_ours(item):
                yield Comment(item["id"], item.get("body") or "")

    def comment(self, pull_request: int, body: str) -> None:
        """Write a comment."""
        self._api.send("POST", f"{self._root}/issues/{pull_request}/comments", {"body": body})

    def edit_comment(self, pull_request: int, comment: int, body: str) -> None:  # noqa: ARG002 -- GitLab needs it
        """Put another text in place of a comment's."""
        self._api.send("PATCH", f"{self._root}/issues/comments/{comment}", {"body": body})

    def delete_comment(self, pull_request: int, comment: int) -> None:  # noqa: ARG002 -- GitLab needs it
        """Take a comment away."""
        self._api.send("DELETE", f"{self._root}/issues/comments/{comment}")

    def issues(self) -> Iterator[Issue]:
        """List the open issues that are ours; GitHub lists pull requests among them."""
        for item in self._api.every(f"{self._root}/issues", state="open", creator=self._author, sort="created", direction="asc"):
            if "pull_request" not in item and self._is_ours(item):
                yield Issue(item["number"], item["title"], item.get("body") or "")

    def open_issue(self, title: str, body: str) -> int:
        """Open an issue."""
        number: int = self._api.send("POST", f"{self._root}/issues", {"title": title, "body": body})["number"]
        return number

    def edit_issue(self, number: int, title: str, body: str) -> None:
        """Put other texts in place of an issue's."""
        self._api.send("PATCH", f"{self._root}/issues/{number}", {"title": title, "body": body})

    def close_issue(self, number: int, words: str) -> None:
        """Close an issue with a comment."""
        self._api.send("POST", f"{self._root}/issues/{number}/comments", {"body": words})
        self._api.send("PATCH", f"{self._root}/issues/{number}", {"state": "closed", "state_reason": "completed"})

    def merged(self, sha: str) -> Merged | None:
        """Find the pull request that was merged as this commit."""
        for item in self._api.every(f"{self._root}/commits/{sha}/pulls"):
            if item.get("merged_at") and item.get("merge_commit_sha") == sha:
                head, base = item["head"], item["base"]
                origin = (head.get("repo") or {}).get("id")
                return Merged(item["number"], head["sha"], origin != base["repo"]["id"])
        return None

    def saved_plan(self, merged: Merged, name: str) -> bytes | None:
        """Return the plan of the newest artifact that was made for the last commit of a pull request, by a run of this very repository.

        A run for a pull request from a fork leaves its artifacts here too, under whatever name it likes.
        """
        found = self._artifacts(f"{name}-{merged.head}", lambda run: run.get("head_sha") == merged.head)
        return None if found is None else self._content(found, "plan.json")

    def default_branch(self) -> str:
        """Name the branch that pull requests are merged into."""
        return str(self._api.get(self._root)["default_branch"])

    def recorded_state(self, name: str) -> Recorded | None:
        """Return the last copy of the state that a run on the main branch left."""
        branch = self.default_branch()
        found = self._artifacts(name, lambda run: run.get("head_branch") == branch)
        data = None if found is None else self._content(found, "state.json")
        return None if found is None or data is None else Recorded(data, found["created_at"])

    def _artifacts(self, name: str, belongs: Any) -> Mapping[str, Any] | None:
        newest: Mapping[str, Any] | None = None
        for item in self._api.every(f"{self._root}/actions/artifacts", "artifacts", name=name):
            run = item.get("workflow_run") or {}
            ours = run.get("head_repository_id") is not None and run.get("head_repository_id") == run.get("repository_id")
            if item["name"] != name or item["expired"] or not ours or not belongs(run):
                continue
            if newest is None or item["created_at"] > newest["created_at"]:
                newest = item
        return newest

    def _content(self, artifact: Mapping[str, Any], file: str) -> bytes | None:
        data = self._api.download(f"{self._root}/actions/artifacts/{artifact['id']}/zip")
        if data is None:
            return None
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                found = [entry for entry in archive.infolist() if PurePosixPath(entry.filename).name == file]
                return archive.read(found[0]) if found and found[0].file_size <= _LARGEST else None
        except (zipfile.BadZipFile, zlib.error) as damage:
            raise ApiError(None, "An artifact cannot be read", f"{artifact['name']}: {damage}.") from damage

    def _is_ours(self, item: Mapping[str, Any]) -> bool:
        return bool((item.get("user") or {}).get("login") == self._author)
