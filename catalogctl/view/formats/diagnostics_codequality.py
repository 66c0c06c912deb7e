"""Problems as GitLab's code quality report.

Source:  docs.gitlab.com, "Code Quality report format": `description`, `check_name`, `fingerprint`, `severity`, `location`.
"""

from __future__ import annotations

from collections.abc import Iterable

from catalogctl.model.diagnostics import Diagnostic, Severity
from catalogctl.model.value import canonical_lines, plainly
from catalogctl.view.formats.diagnostics_github import worst_first
from catalogctl.view.formats.fingerprint import fingerprints, place
from catalogctl.view.paint.escape import json_text

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(diagnostics: Iterable[Diagnostic], project_file: str) -> str:
    """Write problems as a JSON list, the worst first; one without a place is shown at the beginning of `project_file`."""
    found = worst_first(diagnostics)
    entries = [_entry(item, mark, project_file) for item, mark in zip(found, fingerprints(found), strict=True)]
    return plainly(canonical_lines(entries)).decode()


def _entry(item: Diagnostic, mark: str, project_file: str) -> dict[str, object]:
    where = place(item, project_file)
    about = f"{item.address}: " if item.address else ""
    detail = f": {item.detail}" if item.detail else ""
    return {
        "description": json_text(f"{about}{item.summary}{detail}"),
        "check_name": item.code,
        "fingerprint": mark,
        "severity": _SEVERITIES[item.severity],
        "location": {"path": json_text(where.path), "lines": {"begin": where.line}},
    }
