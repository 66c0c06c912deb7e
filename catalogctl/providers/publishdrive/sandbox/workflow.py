"""The course of a book: from draft through a review into the stores and out of them again, by the clock.

Chosen where the documents are silent: only what is submitted, published or objected to can be unpublished; a review is
over so many seconds after the submission; days are counted in UTC.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from catalogctl.providers.publishdrive.sandbox.answers import ValueFault
from catalogctl.providers.publishdrive.sandbox.book import Attached, Book, stamp
from catalogctl.providers.publishdrive.sandbox.codes import AUDIO_CONTENT, file_roles
from catalogctl.providers.publishdrive.sandbox.switches import PublishdriveSwitches

FINAL_WITHIN = timedelta(days=14)
"""A book that is published so soon must be final when it is submitted."""
OUT = frozenset({"in_review", "published", "action_needed"})
"""The statuses from which a book can be unpublished."""


def status_at(book: Book, switches: PublishdriveSwitches, now: datetime) -> str:
    """Tell the status of a book, the end of its review included."""
    if book.status != "in_review" or book.submitted_at is None or switches.review in ("never", "at_once"):
        return book.status
    over = datetime.fromisoformat(book.submitted_at) + timedelta(seconds=switches.review_seconds) <= now
    if not over:
        return book.status
    return "published" if switches.review == "reading" else "action_needed"


def redrafted(book: Book, now: datetime) -> Book:
    """Return a book as any successful write to it leaves it."""
    return replace(book, status="draft", submitted_at=None, updated_at=stamp(now))


def submitted(book: Book, switches: PublishdriveSwitches, now: datetime) -> Book:
    """Return a book as a publish leaves it."""
    if switches.review == "at_once":
        return replace(book, status="published", submitted_at=None, updated_at=stamp(now))
    return replace(book, status="in_review", submitted_at=stamp(now), updated_at=stamp(now))


def withdrawn(book: Book, now: datetime) -> Book:
    """Return a book as an unpublish leaves it."""
    return replace(book, status="withdrawn", submitted_at=None, updated_at=stamp(now))


def final_faults(book: Book, files: Sequence[Attached], switches: PublishdriveSwitches, now: datetime) -> Iterator[ValueFault]:
    """Name what a draft lacks to be published."""
    day = date.fromisoformat(str(book.attributes["publicationDate"]))
    if day - now.astimezone(UTC).date() <= FINAL_WITHIN and book.attributes["isFinalVersion"] is not True:
        yield ValueFault("isFinalVersion", f"This must be true from {FINAL_WITHIN.days} days before the publication date on.")
    roles = {file.role for file in files}
    needed = file_roles(book.format, switches.ebook_cover_role)
    yield from (ValueFault("files", f"A file with the role {role} is missing.") for role in needed if role not in roles)
    if book.format == "print" and book.attributes["podDetails"] is None:
        yield ValueFault("podDetails", "A print book needs its details.")
    if book.format == "audio":
        yield from _chapter_faults(book, files)


def _chapter_faults(book: Book, files: Sequence[Attached]) -> Iterator[ValueFault]:
    if not book.chapters:
        yield ValueFault("chapters", "An audiobook needs a chapter.")
    audio = [file.id for file in files if file.role == AUDIO_CONTENT]
    used = Counter(chapter.fileId for chapter in book.chapters)
    yield from (ValueFault("chapters", f"The file {file} belongs to {used[file]} chapters.") for file in audio if used[file] != 1)
    yield from (
        ValueFault("chapters", f"The file of chapter {chapter.sequence} is not attached.")
        for chapter in book.chapters
        if chapter.fileId not in audio
    )
