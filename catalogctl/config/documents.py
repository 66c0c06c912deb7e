"""The catalog folders → one document, or what is wrong with it, for each document of each file.

    walk → read → known by its bytes? → parse → which kind? → judge → canonical data

A broken file is a value: its problems are beside the documents of the others, so that everything is reported at once.
"""

from __future__ import annotations

import hashlib
import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import orjson

from catalogctl.config.cache import NO_CACHE, Cache
from catalogctl.config.field_order import BLOCKS
from catalogctl.config.project import Project
from catalogctl.config.read_rules import SUFFIXES, digest_of_rules
from catalogctl.config.schema.problem import Place, Problem
from catalogctl.config.syntax.encoding import MAX_BYTES
from catalogctl.config.syntax.source import Parsed, Part, Source, locate, parse
from catalogctl.config.syntax.tree import MAX_PROBLEMS
from catalogctl.model.alike import most_alike
from catalogctl.model.diagnostics import Diagnostic, Diagnostics, Pointer, Severity, SourceRange, Subject, error
from catalogctl.model.title import Origin
from catalogctl.system.file import read_bounded


@dataclass(frozen=True, slots=True)
class Document:
    """One document that is as it should be."""

    path: str
    """Relative to the project folder, with forward slashes."""
    index: int
    """Which document of the file, from 0."""
    kind: str
    """title, defaults or blocks."""
    data: Mapping[str, Any]
    """What it says and nothing else: amounts, days and codes as canonical text. Never to be changed."""

    @property
    def origin(self) -> Origin:
        """Where it stands."""
        return Origin(self.path, self.index)


@dataclass(frozen=True, slots=True)
class Documents:
    """Everything that was read."""

    project: Project
    items: tuple[Document, ...]
    """Ordered by path, then by place in the file."""
    diagnostics: Diagnostics
    files: int
    reused: int
    """Files whose documents were remembered from an earlier run."""
    digest: str
    """Of all files and of the project file: the configuration of a plan."""
    sources: dict[str, Source] = field(default_factory=dict, repr=False, compare=False)
    """Files read a second time, for their lines."""
    paths: tuple[str, ...] = ()
    """Every file that was read, in order."""
    places: Mapping[tuple[str, int], Document] = field(default_factory=dict, repr=False, compare=False)
    """The documents by path and index."""
    broken_titles: tuple[str, ...] = ()
    """The paths of titles that are not among the items because something is wrong with them, once for each."""

    def at(self, origin: Origin) -> Document | None:
        """Return the document that something was declared in."""
        return self.places.get((origin.path, origin.document))


EDIT_RECORD: Final = (".catalogctl", "edit.json")
"""Where an edit of several files is recorded while they are written, from the project folder on."""


def load(project: Project, cache: Cache = NO_CACHE) -> Documents:
    """Read every document of a project's catalog.

    Raises:  nothing; what is wrong is in `diagnostics`.
    """
    paths, unread = catalog_paths(project)
    problems = [*unread, *_interrupted(project)]
    whole = hashlib.sha256(project.digest.encode())
    rules = digest_of_rules()
    read: list[tuple[str, bytes, bytes]] = []
    prefix, edited = f"{project.root}/", project.edited
    for path in paths:
        try:
            # No Path: one for each of 10,000 files costs more than reading it.
            data = edited[path] if path in edited else read_bounded(prefix + path, MAX_BYTES)
        except OSError as broken:
            problems.append(_unreadable(path, broken.strerror or "it cannot be read"))
            continue
        sum_ = hashlib.sha256(data).digest()
        whole.update(path.encode(errors="surrogateescape") + b"\0" + sum_)
        read.append((path, data, hashlib.sha256(rules + _suffix(path) + sum_).digest()))
    known = cache.parses([key for _, _, key in read])
    items: list[Document] = []
    broken_titles: list[str] = []
    fresh: list[tuple[bytes, bytes]] = []
    reused = 0
    for path, data, key in read:
        remembered = known.get(key)
        documents = _remembered(path, remembered) if remembered is not None else None
        if documents is not None:
            reused += 1
        else:
            documents, wrong, titles = read_file(Source(path, data))
            problems.extend(wrong)
            broken_titles.extend([path] * titles)
            value = None if wrong else _remember(documents, data)
            if value is not None:
                fresh.append((key, value))
        items.extend(documents)
    cache.remember_parses(fresh)
    return Documents(
        project,
        tuple(items),
        Diagnostics.of(problems),
        len(read),
        reused,
        whole.hexdigest(),
        paths=tuple(path for path, _, _ in read),
        places={(item.path, item.index): item for item in items},
        broken_titles=tuple(broken_titles),
    )


def _interrupted(project: Project) -> Iterator[Diagnostic]:
    """Refuse a catalog of which an edit has written some files and not the others."""
    if project.root.joinpath(*EDIT_RECORD).is_file():
        yield interrupted_edit()


def interrupted_edit() -> Diagnostic:
    """Return the problem of an edit that has written some files and not the others."""
    detail = "An edit of several files was cut off: some of them say what they said before, and others what they were to say."
    hint = "To complete it:\ncatalogctl fmt catalogctl.yaml\nTo give it up instead, put the files back, and remove .catalogctl/edit.json"
    return error("edit-interrupted", "An edit that was cut off", detail, hint)


def locate_origin(documents: Documents, origin: Origin, part: Part = Part.VALUE) -> SourceRange:
    """Find the file, line and column of something declared; the file is read once more, and only then.

    Raises:  nothing; a file that is gone since gives its first line.
    """
    source = documents.sources.get(origin.path)
    if source is None:
        source = documents.project.source if origin.path == documents.project.source.path else _again(documents.project, origin.path)
        documents.sources[origin.path] = source
    return locate(source, origin.document, origin.pointer, part)


def _again(project: Project, path: str) -> Source:
    if path in project.edited:
        return Source(path, project.edited[path])
    try:
        return Source(path, read_bounded(project.root / path, MAX_BYTES))
    except OSError:
        return Source(path, b"")


def catalog_paths(project: Project) -> tuple[list[str], tuple[Diagnostic, ...]]:
    """List the files of a project's catalog in order, relative to its folder, and what keeps others from being read."""
    problems: list[Diagnostic] = []
    gone = {path for path, data in project.edited.items() if not data}
    paths = sorted({*_walk(project, problems), *project.edited} - gone)
    return paths, tuple(problems)


# Walking


def _walk(project: Project, problems: list[Diagnostic]) -> Iterator[str]:
    """Find the files of the catalog: below the folders named, no dot-files, nothing outside the project."""
    for number, entry in enumerate(project.catalog):
        place = project.place(("catalog", number))
        folder = os.path.normpath(entry)
        if folder.startswith("..") or Path(folder).is_absolute():
            detail = f"`{entry}` is outside the project folder, so its changes would not be reviewed with the project."
            problems.append(error("catalog-outside", "Catalog folder outside the project", detail, "Move it inside.").at(place))
            continue
        absolute = project.root / folder
        try:
            there, is_folder = absolute.exists(), absolute.is_dir()
        except OSError as broken:
            problems.append(_unreadable(folder, broken.strerror or "it cannot be looked at"))
            continue
        if not there:
            hint = f"Correct the path, or make the folder:\nmkdir -p {shlex.quote(os.path.relpath(absolute))}"
            problems.append(
                error("catalog-missing", "No such catalog folder", f"There is no `{entry}` in the project folder.", hint).at(place)
            )
        elif is_folder:
            if _inside(project, str(absolute), folder, problems):
                yield from _walk_folder(project, "" if folder == "." else f"{folder}/", frozenset({os.path.realpath(absolute)}), problems)
        elif _inside(project, str(absolute), folder, problems):
            yield folder


def _walk_folder(project: Project, folder: str, above: frozenset[str], problems: list[Diagnostic]) -> Iterator[str]:
    try:
        with os.scandir(project.root / folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as broken:
        problems.append(_unreadable(folder.rstrip("/"), broken.strerror or "it cannot be listed"))
        return
    for entry in entries:
        name = entry.name
        if name.startswith("."):
            continue
        path = folder + name
        named = name.lower().endswith(SUFFIXES)
        try:
            linked, is_folder, is_file = entry.is_symlink(), entry.is_dir(), named and entry.is_file()
        except OSError as broken:  # a link that leads to itself, as a rule
            problems.append(_unreadable(path, broken.strerror or "it cannot be looked at"))
            continue
        if linked and (is_folder or named) and not _inside(project, entry.path, path, problems):
            continue
        if is_folder:
            real = os.path.realpath(entry.path) if linked else entry.path
            if real not in above:
                yield from _walk_folder(project, f"{path}/", above | {real}, problems)
        elif named:
            if is_file:
                yield path
            else:
                problems.append(_unreadable(path, "it is no regular file, or a link that leads nowhere"))


def _inside(project: Project, absolute: str, path: str, problems: list[Diagnostic]) -> bool:
    real = Path(os.path.realpath(absolute))
    if real.is_relative_to(project.root):
        return True
    detail = f"`{path}` is a symbolic link to a place outside the project folder; what lies there is not reviewed with the project."
    problems.append(error("link-outside", "Link out of the project", detail, "Copy the file into the project.").at(_first_line(path)))
    return False


def _unreadable(path: str, why: str) -> Diagnostic:
    return error("file-unreadable", "File cannot be read", f"`{path}`: {why}.", "Check that it exists and who may read it.").at(
        _first_line(path)
    )


def _first_line(path: str) -> SourceRange:
    return SourceRange(path, 1, 1, 2, "")


# Reading


def read_file(source: Source) -> tuple[list[Document], list[Diagnostic], int]:
    """Return the documents that are as they should be, what is wrong with the others, and how many of the others are titles."""
    # Where every file is remembered, none of this is needed, and a quarter of a second is saved.
    from catalogctl.config.schema.crosscheck import cross_check, unwritten_options
    from catalogctl.config.schema.document import DOCUMENTS, canonical
    from catalogctl.config.schema.judge import judge
    from catalogctl.config.schema.remainder import cross_check_remainder

    parsed = parse(source)
    documents: list[Document] = []
    diagnostics = [_about(item, source.path, parsed) for item in parsed.diagnostics]
    broken_titles = 0
    for index, value in enumerate(parsed.documents):
        kind = _kind(value, source.path)
        if isinstance(kind, Problem):
            problems: tuple[Problem, ...] = (kind,)
        else:
            model = judge(DOCUMENTS[kind]).read(value)
            if isinstance(model, tuple):
                problems = (*model, *cross_check_remainder(kind, value, model))
            else:
                data = canonical(model)
                problems = (*cross_check(kind, data), *unwritten_options(kind, value))
            is_broken = any(problem.severity is Severity.ERROR for problem in problems)
            if not is_broken and not isinstance(model, tuple):
                documents.append(Document(source.path, index, kind, data))
            broken_titles += kind == "title" and is_broken
        diagnostics.extend(_told(problem, source, index, value) for problem in problems)
        if len(diagnostics) >= MAX_PROBLEMS:
            break
    return documents, _one_document(_once(diagnostics)), broken_titles


def _one_document(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """Tell a second document that no line of hyphens begins as that, and not as so many fields that are given twice."""
    twice = [item for item in diagnostics if item.code == "duplicate-key" and item.source is not None and item.source.column == 1]
    first = next((item for item in twice if item.source is not None and item.source.text.startswith("kind:")), None)
    if first is None:
        return diagnostics
    detail = f"{first.detail} A title begins with its kind, so that a second document may begin here."
    hint = "If so, write a line of three hyphens above it:\n---"
    told = replace(first, summary="Two documents in one", detail=detail, hint=hint)
    return [told if item is first else item for item in diagnostics if item is first or item not in twice]


def _once(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """Leave out what follows from a comment that is in the place of a value: the comment is the mistake."""
    places = {_line_of(item) for item in diagnostics if item.code == "comment-for-value"}
    missed = {_line_of(item) for item in diagnostics if item.code == "wrong-type"} & places
    return [
        replace(item, severity=Severity.ERROR) if item.code == "comment-for-value" and _line_of(item) in missed else item
        for item in diagnostics
        if item.code != "wrong-type" or _line_of(item) not in missed
    ]


def _about(item: Diagnostic, path: str, parsed: Parsed) -> Diagnostic:
    """Say of a problem of the text which title's document it is in."""
    line = 0 if item.source is None else item.source.line
    before = [value for start, value in zip(parsed.lines, parsed.documents, strict=True) if start <= line]
    return replace(item, subject=_subject(path, before[-1] if before else None))


def _subject(path: str, value: Any, pointer: Pointer = ()) -> Subject:
    """Say what a problem is about that is at a place of a document."""
    id_ = value.get("id") if isinstance(value, dict) else None
    title = id_ if isinstance(id_, str) else ""
    edition = str(pointer[1]) if len(pointer) > 1 and pointer[0] == "editions" else ""
    return Subject(path, title, edition, ".".join(str(step) for step in (pointer[2:] if edition else pointer)))


def _line_of(item: Diagnostic) -> tuple[str, int]:
    return ("", 0) if item.source is None else (item.source.path, item.source.line)


def _told(problem: Problem, source: Source, index: int, value: Any) -> Diagnostic:
    return replace(problem.diagnostic(_placed(source, index)), subject=_subject(source.path, value, problem.pointer))


def _placed(source: Source, index: int) -> Place:
    def place(pointer: Pointer, part: Part) -> SourceRange:
        return locate(source, index, pointer, part)

    return place


def _no_mapping(value: Any, path: str) -> tuple[str, str]:
    """Say why a value is no document, and how the file is written right."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return "A document is a mapping of fields; this is something else.", "Begin it with\nkind: title"
    detail = f"A document is a mapping of fields; this is a list of {len(value)} of them."
    if path.lower().endswith(".json"):
        return detail, "Write a file for each item: a JSON file is one document."
    return detail, "Write a document for each item, without the hyphen, and a line of three hyphens between them:\n---"


def _missing_kind(value: dict[str, Any]) -> str:
    other = next((name for name in ("type", "Kind", "KIND", "document") if str(value.get(name)).lower() in {"title", "defaults"}), None)
    if other is not None:
        return f"Write `kind` in the place of `{other}`."
    if "editions" in value or "title" in value:
        return "Begin it with\nkind: title"
    return "Add `kind: title` or `kind: defaults`, or move the file out of the catalog folders."


_TITLES: Final = frozenset("book work product ebook e-book audiobook libro livro buch titel título publication edition".split())


def _kind(value: Any, path: str) -> str | Problem:
    if not isinstance(value, dict):
        detail, hint = _no_mapping(value, path)
        return Problem((), Part.VALUE, "not-a-document", "Not a catalog document", detail, hint)
    kind = value.get("kind")
    if kind is None and "kind" not in value:
        if value and value.keys() <= BLOCKS:
            return "blocks"
        detail = "Every document of a catalog says what it is; this one does not, and so nothing would read it."
        return Problem(
            (),
            Part.KEY,
            "kind-missing",
            "Document without a kind",
            detail,
            _missing_kind(value),
        )
    if kind in ("title", "defaults"):
        return str(kind)
    near = "title" if str(kind).lower() in _TITLES else next(iter(most_alike(str(kind).lower(), ["title", "defaults"], cutoff=0.5)), "")
    hint = f"Did you mean {near}?" if near else "Write title, or defaults for what the titles of a folder have in common."
    return Problem(("kind",), Part.VALUE, "kind-unknown", "Unknown kind of document", f"`{kind}` is not one of: title, defaults.", hint)


# Remembering

_DECIMAL: Final = "\0decimal"
"""Marks an amount among a provider's options, which have no canonical text of their own."""
_ESCAPED: Final = b"\\u0000"


def _suffix(path: str) -> bytes:
    return path[path.rindex(".") :].lower().encode() if "." in path else b""


def _remember(documents: list[Document], data: bytes) -> bytes | None:
    """Write documents down for another run; None where that cannot be done without a doubt."""
    if b"\0" in data or b"u0000" in data or b"x00" in data:
        return None
    try:
        return orjson.dumps([[item.index, item.kind, item.data] for item in documents], default=_mark)
    except TypeError:  # a whole number that no JSON number holds
        return None


def _mark(value: object) -> dict[str, str]:
    if isinstance(value, Decimal):
        return {_DECIMAL: str(value)}
    message = f"a {type(value).__name__} is not written down"
    raise TypeError(message)


def _remembered(path: str, value: bytes) -> list[Document] | None:
    try:
        rows = orjson.loads(value)
        if _ESCAPED in value:
            rows = _unmarked(rows)
        return [Document(path, index, kind, data) for index, kind, data in rows]
    except (ValueError, TypeError):
        return None


def _unmarked(value: Any) -> Any:
    match value:
        case {"\0decimal": str() as text}:
            return Decimal(text)
        case dict():
            return {name: _unmarked(item) for name, item in value.items()}
        case list():
            return [_unmarked(item) for item in value]
        case _:
            return value
