"""The chapters in a PATCH: one row is written per sequence that is sent, and none is ever taken away."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from catalogctl.provider.emulation import Json
from catalogctl.providers.publishdrive.sandbox.answers import ValueFault
from catalogctl.providers.publishdrive.sandbox.book import Book, Chapter
from catalogctl.providers.publishdrive.sandbox.rules import NOT_WRITABLE

_KEYS = ("sequence", "fileId", "title", "titleAscii")


@dataclass(frozen=True, slots=True)
class PatchedChapters:
    """The chapters after a PATCH, and what is wrong with it; to be used only where nothing is."""

    chapters: tuple[Chapter, ...]
    faults: tuple[ValueFault, ...] = ()


def judge_chapters(body: Json, book: Book, audio_files: Collection[str]) -> PatchedChapters:
    """Judge the `chapters` of a PATCH against the ids of the audio files that the book has, and apply them.

    Each file is of one chapter at most once all are applied, so that two chapters can exchange theirs in one request.
    """
    if book.format != "audio":
        return PatchedChapters((), (ValueFault("chapters", f"A book of the format {book.format} has no chapters."),))
    if not isinstance(body, list):
        return PatchedChapters((), (ValueFault("chapters", "This must be an array."),))
    faults: list[ValueFault] = []
    written: dict[int, Chapter] = {}
    known = {chapter.sequence: chapter for chapter in book.chapters}
    for index, row in enumerate(body):
        place = f"chapters.{index}"
        complaints = tuple(_row_faults(place, row, known, audio_files))
        faults += complaints
        if complaints or not isinstance(row, dict):
            continue
        chapter = _applied(known.get(cast("int", row["sequence"])), row)
        if chapter.sequence in written:
            faults.append(ValueFault(f"{place}.sequence", "This sequence stands twice."))
        written[chapter.sequence] = chapter
    after = tuple(sorted({**known, **written}.values(), key=lambda chapter: chapter.sequence))
    return PatchedChapters(after, (*faults, *(() if faults else _shared(body, after))))


def _row_faults(place: str, row: Json, known: Collection[int], audio_files: Collection[str]) -> Iterator[ValueFault]:
    if not isinstance(row, dict):
        yield ValueFault(place, "This must be an object.")
        return
    yield from (ValueFault(f"{place}.{key}", NOT_WRITABLE) for key in row if key not in _KEYS)
    sequence = row.get("sequence")
    if isinstance(sequence, bool) or not isinstance(sequence, int) or sequence < 1:
        yield ValueFault(f"{place}.sequence", "This must be a whole number from 1 on.")
    elif sequence not in known:
        yield from (ValueFault(f"{place}.{key}", "A new chapter needs this field.") for key in ("fileId", "title") if key not in row)
    if "fileId" in row and row["fileId"] not in audio_files:
        yield ValueFault(f"{place}.fileId", "No audio file with this id is attached to the book.")
    yield from _title_faults(place, row)


def _title_faults(place: str, row: dict[str, Json]) -> Iterator[ValueFault]:
    title, plain = row.get("title"), row.get("titleAscii")
    if "title" in row and (not isinstance(title, str) or not title.strip()):
        yield ValueFault(f"{place}.title", "This must be a string that is not empty.")
    elif isinstance(title, str) and not title.isascii() and plain is None:
        yield ValueFault(f"{place}.titleAscii", "A title with characters outside ASCII needs this field.")
    if plain is not None and (not isinstance(plain, str) or not plain.isascii() or not plain.strip()):
        yield ValueFault(f"{place}.titleAscii", "This must be a string of ASCII characters that is not empty.")


def _applied(before: Chapter | None, row: dict[str, Json]) -> Chapter:
    # An ASCII title needs no second form, so that a new one does not keep the second form of the old one.
    values = {**({"titleAscii": None} if "title" in row else {}), **row}
    return Chapter(**values) if before is None else replace(before, **values)  # type: ignore[arg-type]  # judged


def _shared(body: Sequence[Json], chapters: Sequence[Chapter]) -> Iterator[ValueFault]:
    """Name the rows of the request whose file is another chapter's too, and those that leave a title without its ASCII form."""
    for index, row in enumerate(body):
        sequence = row.get("sequence") if isinstance(row, dict) else None
        mine = next(chapter for chapter in chapters if chapter.sequence == sequence)
        if sum(chapter.fileId == mine.fileId for chapter in chapters) > 1:
            yield ValueFault(f"chapters.{index}.fileId", "This file belongs to another chapter.")
        if not mine.title.isascii() and mine.titleAscii is None:
            yield ValueFault(f"chapters.{index}.titleAscii", "A title with characters outside ASCII needs this field.")
