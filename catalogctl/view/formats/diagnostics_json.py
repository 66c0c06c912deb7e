"""Problems for programs: a JSON list, one object each."""

from __future__ import annotations

from collections.abc import Iterable

from catalogctl.model.diagnostics import Diagnostic, Diagnostics
from catalogctl.model.value import canonical_lines, plainly
from catalogctl.view.paint.escape import json_text


def render(diagnostics: Iterable[Diagnostic]) -> str:
    """Write problems in their order as an indented JSON list, with a line break at the end."""
    return plainly(canonical_lines([record(item) for item in Diagnostics.of(diagnostics)])).decode()


def record(item: Diagnostic) -> dict[str, str | int | None]:
    """Return one problem as an object; it always has all its names, `None` where there is nothing to say."""
    source = item.source
    return {
        "severity": item.severity.value,
        "code": item.code,
        "summary": json_text(item.summary),
        "detail": json_text(item.detail),
        "hint": json_text(item.hint),
        "address": _optional(item.address),
        "attribute": _optional(item.attribute),
        "file": _optional(source.path if source else None),
        "line": source.line if source else None,
        "column": source.column if source else None,
        "end_column": source.end_column if source else None,
    }


def _optional(text: str | None) -> str | None:
    return None if text is None else json_text(text)
