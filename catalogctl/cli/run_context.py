"""On whose behalf an apply is made: what the CI system says, and the commit of the files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from catalogctl.config.project import Project
    from catalogctl.engine.run_recorder import RunContext
    from catalogctl.planning.plan import Plan
    from catalogctl.state.journal import Outcome

ACTOR: Final = "CATALOGCTL_ACTOR"
"""Who applies, where the CI system has no word for it."""

_ACTORS: Final = (
    ACTOR,
    "GITHUB_ACTOR",
    "GITLAB_USER_LOGIN",
    "BUILD_REQUESTEDFOR",
    "BITBUCKET_STEP_TRIGGERER_UUID",
    "BUILDKITE_BUILD_CREATOR",
)
"""Variables in which CI systems say who started a job: GitHub, GitLab, Azure, Bitbucket, Buildkite."""
_JOBS: Final = ("CI_JOB_URL", "BUILD_URL", "BUILDKITE_BUILD_URL", "CIRCLE_BUILD_URL")
"""Variables in which CI systems say where a job's log is: GitLab, Jenkins, Buildkite, CircleCI."""
_LONGEST: Final = 200


def run_context(project: Project, saved: Plan | None, recovered: tuple[Outcome, ...], *, approved: bool) -> RunContext:
    """Say who applies what, for the record of the run."""
    from catalogctl.config.git import checkout
    from catalogctl.engine.run_recorder import RunContext
    from catalogctl.planning.planfile.file import digest

    return RunContext(
        actor=_first(_ACTORS, os.environ),
        job=_job(os.environ),
        commit=checkout(project),
        digest="" if saved is None else digest(saved),
        approved=approved,
        recovered=recovered,
    )


def _first(names: tuple[str, ...], environment: Mapping[str, str]) -> str:
    return next((found[:_LONGEST] for name in names if (found := environment.get(name, "").strip())), "")


def _job(environment: Mapping[str, str]) -> str:
    server, repository, run = (environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else _first(_JOBS, environment)
