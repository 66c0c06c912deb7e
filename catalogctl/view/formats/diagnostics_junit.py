"""Problems as a JUnit report: a suite for each file, and in it a test for each problem; a file in order is a test that passed.

Source:  the format as Jenkins, GitLab and Azure DevOps read it; a warning is a test that passed and has something to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from catalogctl.model.diagnostics import Diagnostic, Severity
from catalogctl.view.formats.diagnostics_github import worst_first
from catalogctl.view.formats.fingerprint import place
from catalogctl.view.paint.escape import terminal


def render(diagnostics: Iterable[Diagnostic], files: Iterable[str], project_file: str) -> str:
    """Write an XML document. No clock is in it.

    Shapes:  `files` are all that were checked; a problem without a place belongs to `project_file`.
    """
    by_file: dict[str, list[Diagnostic]] = {path: [] for path in sorted({*files, project_file})}
    for item in worst_first(diagnostics):
        by_file.setdefault(place(item, project_file).path, []).append(item)
    suites = [line for path, items in sorted(by_file.items()) for line in _suite(path, items)]
    failures = sum(_fails(item) for items in by_file.values() for item in items)
    tests = sum(max(1, len(items)) for items in by_file.values())
    head = f'<testsuites name="catalogctl validate" tests="{tests}" failures="{failures}" errors="0">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>"]) + "\n"


def _suite(path: str, items: list[Diagnostic]) -> Iterator[str]:
    name = _attribute(path)
    yield f'  <testsuite name={name} tests="{max(1, len(items))}" failures="{sum(map(_fails, items))}" errors="0" skipped="0">'
    if not items:
        yield f'    <testcase classname={name} name="in order"/>'
    for item in items:
        where = f" at {item.source.line}:{item.source.column}" if item.source else ""
        line = f' line="{item.source.line}"' if item.source else ""
        yield f"    <testcase classname={name} name={_attribute(item.code + where)} file={name}{line}>"
        said = "\n".join(part for part in (item.address or "", item.detail, item.hint and f"hint: {item.hint}") if part)
        if _fails(item):
            yield f"      <failure type={_attribute(item.code)} message={_attribute(item.summary)}>{_text(said)}</failure>"
        else:
            yield f"      <system-out>{_text(f'{item.severity.value}: {item.summary}')}\n{_text(said)}</system-out>"
        yield "    </testcase>"
    yield "  </testsuite>"


def _fails(item: Diagnostic) -> bool:
    return item.severity is Severity.ERROR


def _text(text: str) -> str:
    """Make text fit for XML 1.0, which knows no control characters; its line breaks are kept."""
    return escape(terminal(text, newline="\n"))


def _attribute(text: str) -> str:
    return quoteattr(terminal(text))
