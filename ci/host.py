"""What the scripts ask of a host, whichever it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from ci.run import Host, Run


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of ours in a pull request."""

    id: int
    body: str


@dataclass(frozen=True, slots=True)
class Issue:
    """An open issue of ours."""

    number: int
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The pull request that a commit of the main branch came from."""

    number: int
    head: str
    """Its last commit."""
    is_fork: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """A copy of the state, as a run on the main branch left it."""

    data: bytes
    when: str
    """As the host tells it: ISO 8601, UTC."""


class Service(Protocol):
    """A host's API, as far as it is needed. All of it raises ApiError."""

    longest: int
    """Characters of a comment or an issue."""

    def comments(self, pull_request: int) -> Iterator[Comment]:
        """List our comments of a pull request, the oldest first; those of all others, whatever they say, are none of ours."""
        ...

    def comment(self, pull_request: int, body: str) -> None:
        """Write a comment."""
        ...

    def edit_comment(self, pull_request: int, comment: int, body: str) -> None:
        """Put another text in place of a comment's."""
        ...

    def delete_comment(self, pull_request: int, comment: int) -> None:
        """Take a comment away."""
        ...

    def issues(self) -> Iterator[Issue]:
        """List the open issues that are ours, the oldest first."""
        ...

    def open_issue(self, title: str, body: str) -> int:
        """Open an issue and give its number."""
        ...

    def edit_issue(self, number: int, title: str, body: str) -> None:
        """Put other texts in place of an issue's."""
        ...

    def close_issue(self, number: int, words: str) -> None:
        """Close an issue with a comment."""
        ...

    def merged(self, sha: str) -> Merged | None:
        """Find the pull request that was merged as this commit."""
        ...

    def saved_plan(self, merged: Merged, name: str) -> bytes | None:
        """Return the plan that was saved for the last commit of a pull request by a run of this repository; `None` where there is none."""
        ...

    def default_branch(self) -> str:
        """Name the branch that pull requests are merged into."""
        ...

    def recorded_state(self, name: str) -> Recorded | None:
        """Return the last copy of the state that a run on the main branch left; `None` where there is none."""
        ...


def service(run: Run, author: str = "") -> Service:
    """Connect to the host of a run; `author` is whose comments and issues are ours, where the host cannot tell us who we are."""
    match run.host:
        case Host.GITHUB:
            from ci.github import GitHub

            return GitHub(run, author or "github-actions[bot]")
        case Host.GITLAB:
            from ci.gitlab import GitLab

            return GitLab(run)
