"""Problems as SARIF 2.1.0, for code scanning.

Source:  docs.oasis-open.org, SARIF 2.1.0; docs.github.com, "SARIF support for code scanning": at most 25,000 results in a run, of which
         5,000 are shown, and each needs a place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote

from catalogctl import __version__
from catalogctl.model.diagnostics import Diagnostic, Severity
from catalogctl.model.value import canonical_lines, plainly
from catalogctl.view.formats.diagnostics_github import worst_first
from catalogctl.view.formats.fingerprint import fingerprints, place
from catalogctl.view.paint.escape import json_text

_MOST: Final = 25_000
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def render(diagnostics: Iterable[Diagnostic], project_file: str) -> str:
    """Write problems as one SARIF run; of more than GitHub takes, the worst.

    Shapes:  a problem without a place is shown at the beginning of `project_file`. Rules are the codes, ordered; columns count characters.
    """
    found = worst_first(diagnostics)
    shown = list(zip(found, fingerprints(found), strict=True))[:_MOST]
    rules = sorted({item.code: item.summary for item, _ in reversed(shown)}.items())
    numbers = {code: number for number, (code, _) in enumerate(rules)}
    driver = {
        "name": "catalogctl",
        "version": __version__,
        "rules": [{"id": code, "shortDescription": {"text": json_text(summary)}} for code, summary in rules],
    }
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(item, mark, numbers[item.code], project_file) for item, mark in shown],
    }
    if len(found) > len(shown):
        more = {"level": "warning", "message": {"text": f"and {len(found) - len(shown):,} more"}}
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": [more]}]
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return plainly(canonical_lines({"$schema": schema, "version": "2.1.0", "runs": [run]})).decode()


def _result(item: Diagnostic, mark: str, rule: int, project_file: str) -> dict[str, Any]:
    where = place(item, project_file)
    said = [f"{item.address}: {item.detail or item.summary}" if item.address else item.detail or item.summary]
    if item.hint:
        said.append(f"hint: {item.hint}")
    region = {"startLine": where.line, "startColumn": where.column, "endColumn": max(where.end_column, where.column + 1)}
    uri = quote(where.path, safe="/", errors="surrogateescape")
    return {
        "ruleId": item.code,
        "ruleIndex": rule,
        "level": _LEVELS[item.severity],
        "message": {"text": json_text("\n".join(said))},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": region}}],
        "partialFingerprints": {"catalogctl/v1": mark},
    }
