"""What CI does with a checkout of strangers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from catalogctl.config.git import ask
from catalogctl.engine.checkup.surroundings import Surroundings
from catalogctl.model.check import Check
from catalogctl.model.diagnostics import Diagnostic, SourceRange, error, warning
from catalogctl.system.file import read_bounded

_TARGET: Final = re.compile(r"^(?!\s*#).*?\b(pull_request_target)\b")
_LARGEST: Final = 1024 * 1024


def workflows(where: Surroundings) -> Check:
    """Find workflows that give keys to the code of strangers, and what this job shows of its variables."""

    def found() -> Iterator[Diagnostic]:
        top = (ask(where.root, "rev-parse", "--show-toplevel") or b"").decode("utf-8", "replace").strip()
        for file in sorted((Path(top or where.root) / ".github" / "workflows").glob("*.y*ml")):
            if not file.is_symlink():
                yield from _targets(where, file)
        yield from _job(where.variables)

    return Check.of("workflows", "No workflow here gives keys to what strangers wrote.", found())


def _targets(where: Surroundings, file: Path) -> Iterator[Diagnostic]:
    for number, line in enumerate(read_bounded(file, _LARGEST).decode("utf-8", "replace").splitlines(), 1):
        met = _TARGET.match(line)
        if met is not None:
            place = SourceRange(where.shown(file), number, met.start(1) + 1, met.end(1) + 1, line)
            detail = "It runs with the keys of this repository for pull requests of forks, whose files strangers wrote."
            hint = "Use the event that runs them without keys:\npull_request"
            yield error("workflow-target", "A workflow runs for strangers with keys", detail, hint).at(place)


def _job(variables: Mapping[str, str]) -> Iterator[Diagnostic]:
    if variables.get("GITHUB_EVENT_NAME") == "pull_request_target":
        detail = "This job was started by pull_request_target: it has this repository's keys, and its files may be those of a fork."
        yield error("job-target", "This job has keys and a stranger's files", detail, "Start it by `pull_request` instead.")
    source, own = variables.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID"), variables.get("CI_PROJECT_ID")
    if source and own and source != own:
        detail = "This pipeline runs in this project, with its variables, for a merge request of a fork."
        hint = "Read the changes of a fork before its pipeline runs here, or turn such pipelines off in the project's CI settings."
        yield warning("job-fork", "This job has keys and the files of a fork", detail, hint)
    if variables.get("CI_DEBUG_TRACE", "").lower() in {"true", "1"}:
        detail = "CI_DEBUG_TRACE has GitLab write every variable into the log, keys included."
        hint = "Take CI_DEBUG_TRACE out of the variables, and have new keys issued."
        yield error("job-trace", "This job writes keys into its log", detail, hint)
