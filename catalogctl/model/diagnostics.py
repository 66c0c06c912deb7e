"""What can be wrong, where, why, and what to do about it.

Exception
└── CatalogError          carries diagnostics; caught once, in the command line
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

Pointer = tuple[str | int, ...]
"""The way from a document's root to one of its nodes: `("editions", "epub", "prices", "USD")`."""


class Severity(StrEnum):
    """How much a diagnostic matters: an error stops the command, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class SourceRange:
    """A stretch of one line of one file.

    Units:  `line`, `column` and `end_column` count from 1, in characters; `end_column` is exclusive.
    """

    path: str
    """Relative to the project folder, with forward slashes."""
    line: int
    column: int
    end_column: int
    text: str
    """The whole source line without its line break, for showing under the message."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a problem of the files is about, by which a warning can be acknowledged."""

    path: str
    """The file of the title or of the defaults, relative to the project folder."""
    title: str = ""
    """The title's id; empty for a problem of defaults."""
    edition: str = ""
    """Empty for what is said of all editions."""
    field: str = ""
    """Path within the edition, the title or the defaults: `contributors.1.name`; empty where it is not known."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem, told to a person who can do something about it."""

    severity: Severity
    code: str
    """Stable and kebab-case; documented in docs/diagnostics.md."""
    summary: str
    """The kind of problem, no full stop."""
    detail: str = ""
    """What is wrong here and why it matters, in sentences."""
    hint: str = ""
    """What to do; a command is on a line of its own."""
    address: str | None = None
    attribute: str | None = None
    """The attribute within the resource, printed as an attribute path."""
    source: SourceRange | None = None
    subject: Subject | None = field(default=None, compare=False)

    def at(self, source: SourceRange | None) -> Diagnostic:
        """Return where this problem is in the user's files."""
        return replace(self, source=source)


def error(
    code: str,
    summary: str,
    detail: str = "",
    hint: str = "",
    *,
    address: str | None = None,
    attribute: str | None = None,
) -> Diagnostic:
    """Make a diagnostic that stops the command."""
    return Diagnostic(Severity.ERROR, code, summary, detail, hint, address, attribute)


def warning(
    code: str,
    summary: str,
    detail: str = "",
    hint: str = "",
    *,
    address: str | None = None,
    attribute: str | None = None,
) -> Diagnostic:
    """Make a diagnostic that the user should read but that stops nothing."""
    return Diagnostic(Severity.WARNING, code, summary, detail, hint, address, attribute)


def note(code: str, summary: str, detail: str = "", hint: str = "", *, address: str | None = None) -> Diagnostic:
    """Make a diagnostic that says how things stand and asks for nothing."""
    return Diagnostic(Severity.NOTE, code, summary, detail, hint, address)


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """Problems in the order they are shown: by file, line and column, those without a place last."""

    items: tuple[Diagnostic, ...] = ()

    @classmethod
    def of(cls, *groups: Iterable[Diagnostic]) -> Diagnostics:
        """Collect groups of problems into one ordered whole, each reported once."""
        unique = dict.fromkeys(item for group in groups for item in group)
        return cls(tuple(sorted(unique, key=_place)))

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Those that stop the command."""
        return tuple(item for item in self.items if item.severity is Severity.ERROR)


def _place(item: Diagnostic) -> tuple[bool, str, int, int, str, str]:
    where = item.source
    if where is None:
        return (True, "", 0, 0, item.address or "", item.code)
    return (False, where.path, where.line, where.column, item.address or "", item.code)


UPGRADE = "Run this with a newer catalogctl: the one that wrote it, or a later one. `catalogctl version` names the one that runs now."
"""The hint where a file has a later format than this catalogctl reads."""


class Refusal(StrEnum):
    """Why a command stopped; the command line gives each its exit code (PRODUCT.md 3)."""

    ERROR = "error"
    SAFETY = "safety"
    LOCKED = "locked"
    STALE = "stale"
    PARTIAL = "partial"
    UNKNOWN_OUTCOME = "unknown-outcome"
    CREDENTIALS = "credentials"
    UNAVAILABLE = "unavailable"


class CatalogError(Exception):
    """Ends a command with what the user must know; never a bare message."""

    def __init__(self, *diagnostics: Diagnostic, refusal: Refusal = Refusal.ERROR) -> None:
        super().__init__("; ".join(item.summary for item in diagnostics))
        self.diagnostics = diagnostics
        self.refusal = refusal
