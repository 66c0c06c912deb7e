"""Warnings that were read once: which are not reported any more, for how long, and which entries are about nothing."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from catalogctl.config.documents import Documents
from catalogctl.model.alike import most_alike
from catalogctl.model.diagnostics import Diagnostic, Severity, SourceRange, Subject, warning
from catalogctl.model.title import Origin


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """One entry of `acknowledge`, and what it holds for."""

    code: str
    field: str
    """The field with all that is in it, as a glob; empty: any."""
    reason: str
    until: date
    """The last day on which it holds."""
    scope: Subject
    """Of a title its id, of an edition that as well, of defaults the file that they are in; of the project nothing."""
    origin: Origin

    def covers(self, code: str, subject: Subject) -> bool:
        """Return whether a warning with this code about this subject is one that was read."""
        scope = self.scope
        if code != self.code or (self.field and not _is_within(subject.field, self.field)):
            return False
        if scope.edition:
            return (subject.title, subject.edition) == (scope.title, scope.edition)
        if scope.title:
            return subject.title == scope.title
        folder = posixpath.dirname(scope.path)
        return not folder or subject.path.startswith(f"{folder}/")


class Acknowledgements:
    """All entries of a project; notes which of them a warning was found for."""

    def __init__(self, entries: Iterable[Acknowledgement], today: date = date.min) -> None:
        self._entries = tuple(entries)
        self._today = today
        self._used: set[Origin] = set()
        self._left: dict[tuple[str, Subject], None] = {}

    def covers(self, code: str, subject: Subject | None) -> bool:
        """Return whether a warning is not to be reported."""
        if subject is None or not self._entries:
            return False
        found = [entry for entry in self._entries if entry.covers(code, subject)]
        self._used.update(entry.origin for entry in found)
        if not found:
            self._left[code, subject] = None
        return any(self._today <= entry.until for entry in found)

    def told(self, problems: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """Return the problems that are to be reported: all errors, and the warnings that no one has acknowledged."""
        return tuple(item for item in problems if item.severity is Severity.ERROR or not self.covers(item.code, item.subject))

    def expired(self, place: Callable[[Origin], SourceRange]) -> Iterator[Diagnostic]:
        """Warn of entries whose last day is over."""
        for entry in self._entries:
            if self._today > entry.until:
                detail = f"`{entry.code}` was not to be told until {entry.until.isoformat()}, because: {entry.reason}."
                hint = "Remove the entry, or look once more and give it a later day."
                summary = "An acknowledgement that no longer holds"
                yield warning("acknowledgement-expired", summary, detail, hint).at(place(entry.origin))

    def unused(self, place: Callable[[Origin], SourceRange]) -> Iterator[Diagnostic]:
        """Warn of entries that hold and for which there is no warning; to be asked once all warnings were held against them."""
        for entry in self._entries:
            if self._today <= entry.until and entry.origin not in self._used:
                about = f" about `{entry.field}`" if entry.field else ""
                detail = f"There is no warning `{entry.code}`{about} here, so that the entry has no effect."
                part, near = self._meant(entry)
                hint = f"Did you mean `{near}`?" if near else "Remove the entry."
                origin = entry.origin.at(part) if near else entry.origin
                yield warning("acknowledgement-unused", "An acknowledgement of nothing", detail, hint).at(place(origin))

    def _meant(self, entry: Acknowledgement) -> tuple[str, str]:
        """Return the field of an entry to correct and its value, by which the entry is about a warning that no other is about."""
        codes = {code for code, subject in self._left if replace(entry, code=code).covers(code, subject)}
        if near := most_alike(entry.code, sorted(codes)):
            return "code", near[0]
        anywhere = replace(entry, field="")
        fields = {subject.field for code, subject in self._left if subject.field and anywhere.covers(code, subject)}
        # A whole field is said more often than the one item in it.
        wholes = {field.partition(".")[0] for field in fields}
        near = (most_alike(entry.field, sorted(wholes)) or most_alike(entry.field, sorted(fields))) if entry.field else []
        return ("field", near[0]) if near else ("", "")


def acknowledgements(documents: Documents, today: date) -> Acknowledgements:
    """Collect the entries of a project's files."""
    return Acknowledgements(_entries(documents), today)


def _entries(documents: Documents) -> Iterator[Acknowledgement]:
    project = documents.project
    for number, block in enumerate(project.acknowledge):
        yield _entry(block, Subject(""), Origin(project.source.path, 0, ("acknowledge", number)))
    for item in documents.items:
        if item.kind == "blocks":
            continue
        title = item.data["id"] if item.kind == "title" else ""
        for number, block in enumerate(item.data.get("acknowledge") or ()):
            yield _entry(block, Subject(item.path, title), item.origin.at("acknowledge", number))
        for name, edition in (item.data.get("editions") or {}).items():
            for number, block in enumerate(edition.get("acknowledge") or ()):
                yield _entry(block, Subject(item.path, title, name), item.origin.at("editions", name, "acknowledge", number))


def _entry(block: Mapping[str, Any], scope: Subject, origin: Origin) -> Acknowledgement:
    return Acknowledgement(block["code"], block.get("field") or "", block["reason"], date.fromisoformat(block["until"]), scope, origin)


def _is_within(field: str, said: str) -> bool:
    """Return whether a field is the one that was said, or in it."""
    steps, wanted = field.split("."), said.split(".")
    return len(steps) >= len(wanted) and all(fnmatchcase(step, want) for step, want in zip(steps, wanted, strict=False))
