"""Where a script runs: on which host, for which commit, in which pull request; all of it from the environment that the host gives."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, assert_never

from catalogctl.model.diagnostics import CatalogError, error


class Host(Enum):
    """Whose CI it is."""

    GITHUB = "GitHub"
    GITLAB = "GitLab"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job."""

    host: Host
    api: str
    """The base of its API's addresses."""
    repository: str
    """owner/name on GitHub, the number of the project on GitLab: that which a pull request is to be merged into."""
    sha: str
    """The commit that was checked out."""
    pull_request: int | None
    head: str
    """The last commit of the pull request; without one, `sha`."""
    is_fork: bool
    """Whether the pull request comes from another repository, so that its files are a stranger's and there is no key."""
    token: str
    """For the API; empty where there is none. Never printed."""
    page: str
    """The address of this run, for people."""
    branch: str | None
    """The branch that was checked out, empty for a tag or a merge request; `None` where the host does not say."""
    default_branch: str
    """As the event names it, and it may not."""
    is_queued: bool
    """Whether a merge queue tries a merge: it is checked and planned as a pull request is, and no one approves its plan."""

    @property
    def holder(self) -> str:
        """Where a text is that is too long for a comment, or that no one may write: `in the summary`; only GitHub has one."""
        match self.host:
            case Host.GITHUB:
                return "in the summary"
            case Host.GITLAB:
                return "among the artifacts"
            case _:
                assert_never(self.host)


def this_run() -> Run:
    """Tell where we are.

    Raises:  CatalogError (ci-unknown) outside of GitHub Actions and GitLab CI.
    """
    said = os.environ
    if said.get("GITHUB_ACTIONS") == "true":
        return _on_github(said)
    if said.get("GITLAB_CI") == "true":
        return _on_gitlab(said)
    detail = "Neither GITHUB_ACTIONS nor GITLAB_CI is set."
    raise CatalogError(error("ci-unknown", "This is neither GitHub Actions nor GitLab CI", detail))


def _on_github(said: Mapping[str, str]) -> Run:
    event = json.loads(Path(said["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8")) if said.get("GITHUB_EVENT_PATH") else {}
    pull: Mapping[str, Any] = event.get("pull_request") or {}
    # The head's repository is null when someone has deleted the fork since.
    origin = (pull.get("head", {}).get("repo") or {}).get("full_name")
    repository = said["GITHUB_REPOSITORY"]
    # Dependabot's runs are given a token and secrets of a fork's, whatever branch they are on.
    without_keys = said.get("GITHUB_ACTOR") == "dependabot[bot]"
    queued: Mapping[str, Any] = event.get("merge_group") or {}
    ref = said.get("GITHUB_REF")
    return Run(
        Host.GITHUB,
        said["GITHUB_API_URL"],
        repository,
        said["GITHUB_SHA"],
        pull.get("number"),
        pull.get("head", {}).get("sha") or queued.get("head_sha") or said["GITHUB_SHA"],
        bool(pull) and (origin != repository or without_keys),
        said.get("GITHUB_TOKEN", ""),
        f"{said['GITHUB_SERVER_URL']}/{repository}/actions/runs/{said['GITHUB_RUN_ID']}",
        None if ref is None else ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else "",
        str((event.get("repository") or {}).get("default_branch") or ""),
        bool(queued),
    )


def _on_gitlab(said: Mapping[str, str]) -> Run:
    number = said.get("CI_MERGE_REQUEST_IID")
    target = said.get("CI_MERGE_REQUEST_PROJECT_ID") or said["CI_PROJECT_ID"]
    return Run(
        Host.GITLAB,
        said["CI_API_V4_URL"],
        target,
        said["CI_COMMIT_SHA"],
        int(number) if number else None,
        # Only in a pipeline of merged results is the commit another one than the last of the branch.
        said.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or said["CI_COMMIT_SHA"],
        number is not None and said.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", target) != target,
        said.get("GITLAB_TOKEN", ""),
        said["CI_JOB_URL"],
        said.get("CI_COMMIT_BRANCH", "") if "CI_PIPELINE_SOURCE" in said else None,
        said.get("CI_DEFAULT_BRANCH", ""),
        is_queued=False,
    )
