"""Bytes → values, and the way back: from a value to the line it is written on.

    parse    fast, values only; every file goes through it
    locate   slower; asked only for the values that a diagnostic is about

YAML is read as YAML 1.2 core (`scalars`), `.json` files as JSON. A broken file is a value with diagnostics, never an exception.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from catalogctl.config.syntax import encoding, json_source, yaml_places, yaml_source
from catalogctl.config.syntax.conflict_marks import merge_conflict
from catalogctl.config.syntax.tree import Reading, Span, SyntaxProblem, Unreadable, Value, key_span, value_span
from catalogctl.model.diagnostics import Diagnostic, Pointer, SourceRange

__all__ = ["Parsed", "Part", "Source", "Value", "locate", "parse"]


@dataclass(frozen=True, slots=True)
class Source:
    """One file as read."""

    path: str
    """Relative to the project folder, with forward slashes; `.json` at its end makes it JSON, in any case of letters."""
    data: bytes


class Part(StrEnum):
    """Which end of a field a diagnostic points at."""

    KEY = "key"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one file says."""

    documents: tuple[Value, ...]
    """Those without an error in them, in the order of the file; their index here is the one `locate` takes."""
    lines: tuple[int, ...]
    """The line each of them begins on, from 1."""
    diagnostics: tuple[Diagnostic, ...] = ()


def parse(source: Source) -> Parsed:
    """Read every document of a file, or say what is wrong with it.

    Shapes:  documents that are empty are skipped; those after an error in the syntax are not read.
    Raises:  nothing, whatever the bytes.
    Source:  PRODUCT.md 2.2.
    """
    try:
        text = _text(source)
    except Unreadable as end:
        return Parsed((), (), (_diagnostic(source, end.problem, _shown_lines(source)),))
    read = json_source.values(text) if _is_json(source) else yaml_source.values(text)
    if read is not None:
        return Parsed(*read)
    reading = _reading(source)
    shown = encoding.lines(text)
    return Parsed(
        tuple(document.value for document in reading.documents),
        tuple(document.span[0] + 1 for document in reading.documents),
        tuple(_diagnostic(source, problem, shown) for problem in reading.problems),
    )


def locate(source: Source, document: int, pointer: Pointer, part: Part = Part.VALUE) -> SourceRange:
    """Find where a value, or the key that names it, is written.

    Shapes:  `document` is an index of `Parsed.documents`. A pointer that leads nowhere gives the key of its nearest ancestor; a
             document that is not there, the file's first line. Of a value on several lines the first is given, and below an alias
             the place is where the anchor is.
    Raises:  nothing.
    """
    rows = _shown_lines(source)
    documents = _reading(source).documents
    if not 0 <= document < len(documents):
        return _range(source, (0, 0, 0, len(rows[0])), rows)
    root = documents[document]
    return _range(source, key_span(root, pointer) if part is Part.KEY else value_span(root, pointer), rows)


def _is_json(source: Source) -> bool:
    return source.path.lower().endswith(".json")


def _text(source: Source) -> str:
    text = encoding.decode(source.data, yaml=not _is_json(source))
    if merge := merge_conflict(text):
        raise Unreadable(merge)
    if not _is_json(source) and yaml_places.too_many_directives(text):
        raise Unreadable(
            SyntaxProblem(
                "yaml-directive",
                "Too many directives",
                "Over a thousand lines of this file begin with `%`.",
                "Indent them if they are text.",
                (0, 0, 0, 1),
            )
        )
    return text


# One file's diagnostics are asked for together, so the last few readings are kept: a place is then a walk, not a reading.
@lru_cache(maxsize=4)
def _reading(source: Source) -> Reading:
    try:
        text = _text(source)
    except Unreadable as end:
        return Reading((), (end.problem,))
    return json_source.read(text) if _is_json(source) else yaml_places.read(text)


@lru_cache(maxsize=4)
def _shown_lines(source: Source) -> list[str]:
    """Cut the file into lines even when it is not text; what is no UTF-8 shows as �."""
    return encoding.lines(source.data.removeprefix(b"\xef\xbb\xbf").decode(errors="replace"))


def _diagnostic(source: Source, problem: SyntaxProblem, rows: list[str]) -> Diagnostic:
    return Diagnostic(
        problem.severity, problem.code, problem.summary, problem.detail, problem.hint, source=_range(source, problem.span, rows)
    )


def _range(source: Source, span: Span, rows: list[str]) -> SourceRange:
    """Keep a place to one line of the file, at least a character wide."""
    line, column, last_line, end = span
    if line >= len(rows):
        line, column, last_line, end = len(rows) - 1, len(rows[-1]), len(rows) - 1, 0
    text = rows[line]
    if last_line != line:
        end = len(text.rstrip())
    return SourceRange(source.path, line + 1, column + 1, max(end, column + 1) + 1, text)
