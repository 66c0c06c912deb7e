"""Warnings of one kind, which are reported as one."""

from __future__ import annotations

from collections.abc import Iterable

from catalogctl.model.diagnostics import Diagnostic, Severity

_LEAST = 3
"""So many warnings with one code and one summary are reported as one; fewer are reported each by itself, as errors always are."""


def by_kind(problems: Iterable[Diagnostic]) -> list[tuple[Diagnostic, ...]]:
    """Group the warnings and notes of one kind where the first of them stands; each other problem is a group of its own."""
    kinds: dict[tuple[str, ...], list[Diagnostic]] = {}
    for number, item in enumerate(problems):
        own = (str(number),) if item.severity is Severity.ERROR else ()
        kinds.setdefault((item.severity.value, item.code, item.summary, *own), []).append(item)
    found: list[tuple[Diagnostic, ...]] = []
    for several in kinds.values():
        found += [tuple(several)] if len(several) >= _LEAST else [(item,) for item in several]
    return found


def subject_text(item: Diagnostic) -> str:
    """Return what a problem is about: its address, else its place in the files."""
    return item.address or ("" if item.source is None else f"{item.source.path}:{item.source.line}")
