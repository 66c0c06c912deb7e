"""Problems as annotations of a GitHub pull request: workflow commands, one a line.

Source:  docs.github.com, "Workflow commands for GitHub Actions". GitHub shows ten annotations of a kind for one step and drops the
         others without a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalogctl.model.diagnostics import Diagnostic, Diagnostics, Severity
from catalogctl.view.paint.escape import github_message, github_property

_SHOWN = 10
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """Write as many problems as GitHub shows, the worst first, and a notice that counts the others."""
    ordered = tuple(Diagnostics.of(diagnostics))
    left_out = 0
    for severity in Severity:
        found = [item for item in ordered if item.severity is severity]
        # The last line, which counts the others, is a notice too.
        room = _SHOWN - 1 if severity is Severity.NOTE else _SHOWN
        left_out += max(0, len(found) - room)
        for item in found[:room]:
            yield _command(item)
    if left_out:
        yield f"::notice::and {left_out:,} more"


def worst_first(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Order problems by how much they matter, then by place; each is reported once."""
    rank = list(Severity).index
    return sorted(Diagnostics.of(diagnostics), key=lambda item: rank(item.severity))


def _command(item: Diagnostic) -> str:
    properties: list[tuple[str, str]] = []
    if item.source is not None:
        source = item.source
        properties = [("file", source.path), ("line", str(source.line)), ("col", str(source.column))]
        if source.end_column > source.column + 1:
            properties.append(("endColumn", str(source.end_column - 1)))
    properties.append(("title", item.summary))
    said = ",".join(f"{name}={github_property(value)}" for name, value in properties)
    about = f"{item.address}: " if item.address else ""
    message = "\n".join(part for part in (f"{about}{item.detail or item.summary}", item.hint and f"hint: {item.hint}") if part)
    return f"::{_COMMANDS[item.severity]} {said}::{github_message(message)}"
