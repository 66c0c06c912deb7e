"""Feeds → the records that count, read once and laid aside on disk, and which of them are one work.

A feed may have a hundred thousand products, and those of one work may be anywhere in it: what is in memory of each is its names alone.
The rest lies in a temporary database, which is gone with the process.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import orjson
from lxml import etree

from catalogctl.config.territories import Groups
from catalogctl.model.diagnostics import Diagnostic, Diagnostics, error, note, warning
from catalogctl.model.slug import slug
from catalogctl.onix.canonical import bounds_problem, canonical, updated, with_defaults
from catalogctl.onix.compose import Made
from catalogctl.onix.decode import Opener, line_texts
from catalogctl.onix.findings import Findings
from catalogctl.onix.from_record import converted
from catalogctl.onix.map_record import MappedRecord, map_record
from catalogctl.onix.reader import FeedReader
from catalogctl.onix.reading import ReadingRules
from catalogctl.onix.record import ProductRecord
from catalogctl.onix.schemas import Release
from catalogctl.query.view import EditionView
from catalogctl.query.where import Where

_MOST_OF_A_WORK: Final = 40
"""Editions that may share the identifier of a work; what more share is no identifier."""
_SHOWN: Final = 5
"""Problems of one kind in one file that are shown with their place: `onix check` shows more."""
_REFUSED: Final = frozenset({"onix-value-refused", "onix-isbn-check"})
_TOLD: Final = 5_000
"""Products after which it is said how far a feed is read."""
_TABLE: Final = "create table records (number integer primary key, facts blob, record blob)"
BlockBase = Callable[[str, str], Made]
"""Gives the record that a catalog keeps, by reference and ISBN; what a block update is laid over."""


@dataclass(slots=True)
class Slot:
    """One record that counts, by its names."""

    number: int
    """Of its row in the database."""
    path: str
    line: int
    reference: str
    isbn: str
    works: tuple[str, ...]
    related: tuple[str, ...]
    name: str
    """Title, first author and language, folded; empty where they are not compared."""
    joined_by: str = ""
    """The rule by which it is an edition of a title with others; empty: alone."""


@dataclass(frozen=True, slots=True)
class RecordDeletion:
    """An order to delete a record, which is never followed."""

    reference: str
    isbn: str
    path: str
    line: int


@dataclass(slots=True)
class FeedTally:
    """What is counted of all records."""

    products: int = 0
    values: int = 0
    """Read into fields."""
    fields: Counter[str] = field(default_factory=Counter)
    """Editions by the fields that they have from their records."""
    refused: int = 0
    """Values that no title file may have."""
    unread: Counter[str] = field(default_factory=Counter)
    """Paths of values that no field has."""
    dropped: int = 0
    """Of these, in records of which nothing is kept beside the title."""
    passed_over: Counter[str] = field(default_factory=Counter)
    """Products that are no edition, by why."""
    not_selected: int = 0
    one_way: int = 0
    """Records of release 2.1."""


@dataclass(frozen=True, slots=True)
class GatherRules:
    """How feeds are gathered."""

    reading: ReadingRules
    selects: Callable[[Mapping[str, Any]], bool]
    """Whether an edition is asked for."""
    base_of: BlockBase
    group: str = ""
    """`title`: equal title, author and language make one work; `none`: nothing does."""


@dataclass(frozen=True, slots=True)
class _File:
    wrong: Findings
    """What was wrong with reading it."""
    findings: Findings
    """What is to be said of its records."""
    opened: Opener
    reader: FeedReader


class Gathering:
    """The records of some feeds."""

    def __init__(self, rules: GatherRules) -> None:
        self._rules = rules
        # Without a name, the database is in memory as far as it is small, and in a file without a name beyond that.
        self._rows = sqlite3.connect("")
        self._rows.execute("pragma journal_mode = off")
        self._rows.execute("pragma synchronous = off")
        self._rows.execute(_TABLE)
        self._slots: dict[str, Slot] = {}
        self._isbns: dict[str, str] = {}
        self.deletions: dict[str, RecordDeletion] = {}
        self._files: list[_File] = []
        self.tally = FeedTally()
        self.broken = False
        """Whether a file could not be read to its end."""

    @property
    def slots(self) -> list[Slot]:
        """The records that count, in their order."""
        return sorted(self._slots.values(), key=lambda slot: slot.number)

    def close(self) -> None:
        """Forget all of it."""
        self._rows.close()

    # ── reading ──

    def read(self, path: str, opened: Opener, progress: Callable[[int], None] = lambda _: None) -> None:
        """Read one feed; what a later one says of a record counts. `progress` is told now and then how many products were read."""
        wrong, findings = Findings(path, _SHOWN), Findings(path, _SHOWN)
        reader = FeedReader(opened, wrong)
        self._files.append(_File(wrong, findings, opened, reader))
        for record in reader.records():
            self.tally.products += 1
            if self.tally.products % _TOLD == 0:
                progress(self.tally.products)
            self._take(record, reader, findings)
        self.broken = self.broken or wrong.has_errors

    def diagnostics(self) -> Diagnostics:
        """Return what is to be said of the files, with its lines."""
        found: list[Diagnostics] = []
        for file in self._files:
            lines = file.wrong.lines() | file.findings.lines()
            texts = line_texts(file.opened, file.reader.encoding, lines) if file.reader.encoding.is_usable else {}
            found += [file.wrong.diagnostics(texts), file.findings.diagnostics(texts)]
        return Diagnostics.of(*found)

    @property
    def mended(self) -> int:
        """How much was mended to be able to read the files."""
        return sum(file.wrong.warnings for file in self._files)

    def say(self, item: Diagnostic, slot: Slot) -> None:
        """Take something to be said of a record."""
        file = next(file for file in self._files if file.findings.path == slot.path)
        named = f"Record {slot.reference[:80]}: " if slot.reference else ""
        file.findings.add(replace(item, detail=named + item.detail), slot.line)

    def _take(self, record: ProductRecord, reader: FeedReader, findings: Findings) -> None:
        kind = record.text("NotificationType")
        key = record.reference or f"line {record.line} of {findings.path}"
        if kind == "05":
            self._delete(record, findings)
            return
        beyond = bounds_problem(record.element)
        if beyond is not None:
            self.tally.passed_over[beyond.summary] += 1
            findings.add(_about(beyond, record), record.line)
            return
        with_defaults(record)
        if kind == "04":
            whole = self._updated(record, findings)
            if whole is None:
                return
            record = whole
        mapped = map_record(record, self._rules.reading)
        for remark in mapped.remarks:
            findings.add(_about(remark.item, record), remark.line, remark.near)
        if mapped.refusal is not None:
            item = mapped.refusal.item
            self.tally.passed_over[item.summary] += 1
            findings.add(_about(item, record), mapped.refusal.line, mapped.refusal.near)
            return
        if not self._rules.selects(mapped.facts):
            self.tally.not_selected += 1
            return
        isbn = str(mapped.facts.get("isbn") or "")
        if isbn and self._isbns.get(isbn, key) != key:
            other = self._slots[self._isbns[isbn]]
            detail = f"The record of line {other.line} of {other.path} has the ISBN {isbn} too. This one is left out."
            findings.add(_about(error("onix-isbn-twice", "One ISBN in two records", detail, "Ask the sender."), record), record.line, isbn)
            return
        self._keep(key, record, mapped, reader, findings)

    def _keep(self, key: str, record: ProductRecord, mapped: MappedRecord, reader: FeedReader, findings: Findings) -> None:
        before = self._slots.pop(key, None)
        if before is not None:
            self._isbns.pop(before.isbn, None)
            if before.path == findings.path:
                detail = f"The record of line {before.line} has the reference `{key}` too; this one counts."
                findings.add(
                    warning("onix-reference-twice", "A record reference twice", detail, "Give each product a reference of its own."),
                    record.line,
                    key,
                )
        self.deletions.pop(key, None)
        is_one_way = reader.release is Release.V21
        data = b"" if is_one_way else canonical(record.element)
        number = self._rows.execute(
            "insert into records (facts, record) values (?, ?)", (orjson.dumps(mapped.facts), zlib.compress(data, 1))
        ).lastrowid
        assert number is not None, "a row has a number"
        isbn = str(mapped.facts.get("isbn") or "")
        name = _folded(mapped.facts) if self._rules.group == "title" else ""
        is_alone = self._rules.group == "none"
        works, related = ((), ()) if is_alone else (tuple(sorted(mapped.works)), tuple(sorted(mapped.related)))
        self._slots[key] = Slot(number, findings.path, record.line, key if record.reference else "", isbn, works, related, name)
        if isbn:
            self._isbns[isbn] = key
        self.tally.values += mapped.read
        self.tally.fields.update(list(mapped.facts))
        self.tally.refused += sum(remark.item.code in _REFUSED for remark in mapped.remarks)
        self.tally.unread.update(mapped.unread)
        self.tally.one_way += is_one_way
        self.tally.dropped += len(mapped.unread) if is_one_way else 0

    def _delete(self, record: ProductRecord, findings: Findings) -> None:
        isbn = next(
            (
                record.text("IDValue", one)
                for one in record.all("ProductIdentifier")
                if record.text("ProductIDType", one) in {"15", "03"}
            ),
            "",
        )  # fmt: skip
        key = record.reference or isbn
        slot = self._slots.pop(key, None)
        if slot is not None:
            self._isbns.pop(slot.isbn, None)
        self.deletions[key] = RecordDeletion(record.reference, isbn, findings.path, record.line)

    def _updated(self, record: ProductRecord, findings: Findings) -> ProductRecord | None:
        """Lay a block update over the record that this run has read, or that the catalog keeps."""
        isbn = next(
            (record.text("IDValue", one) for one in record.all("ProductIdentifier") if record.text("ProductIDType", one) == "15"), ""
        )
        slot = self._slots.get(record.reference)
        base = None
        if slot is not None and (data := self.record(slot)):
            base = etree.fromstring(data)
        elif slot is None:
            base = self._rules.base_of(record.reference, isbn)
        if base is None:
            detail = (
                "It replaces blocks of a record (notification type 04), and no record is kept beside a title that it could be laid over."
            )
            item = error("onix-block-update", "An update without its record", detail, "Ask the sender for the whole record (type 03).")
        else:
            release = next(one for one in Release if str(base.tag).startswith(f"{{{one.namespace}}}"))
            return ProductRecord(updated(base, converted(record.element, release)[0]), release, record.header)
        self.tally.passed_over[item.summary] += 1
        findings.add(_about(item, record), record.line)
        return None

    # ── what was laid aside ──

    def facts(self, slot: Slot) -> dict[str, Any]:
        """Return the facts of a record."""
        [data] = self._rows.execute("select facts from records where number = ?", (slot.number,)).fetchone()
        facts: dict[str, Any] = orjson.loads(data)
        return facts

    def record(self, slot: Slot) -> bytes:
        """Return the canonical form of a record; empty for one of release 2.1."""
        [data] = self._rows.execute("select record from records where number = ?", (slot.number,)).fetchone()
        return zlib.decompress(data)

    # ── grouping ──

    def works(self, home_of: Callable[[Slot], str], title_of: Mapping[str, str]) -> Iterator[tuple[str, list[Slot]]]:
        """Yield the records of each work together, with the title of the catalog that it is; empty: a new one.

        Shapes:  `home_of` gives the title of a record that the catalog has; `title_of` has titles by the ISBNs of their editions.
        """
        slots = self.slots
        circles = _Circles()
        counts = Counter(work for slot in slots for work in slot.works)
        self._tell_shared(counts)
        homes: dict[int, str] = {}
        for slot in slots:
            node = slot.number
            circles.add(node)
            home = home_of(slot)
            if home:
                homes[slot.number] = home
                circles.join(node, f"title {home}")
        for slot in slots:
            node = slot.number
            for work in slot.works:
                if 1 < counts[work] <= _MOST_OF_A_WORK:
                    slot.joined_by = "work identifier"
                    circles.join(node, f"work {work}")
            for isbn in slot.related:
                named = self._slots.get(self._isbns.get(isbn, ""))
                other = named.number if named is not None else f"title {title_of[isbn]}" if isbn in title_of else node
                if other != node:
                    slot.joined_by = slot.joined_by or "related product"
                    circles.join(node, other)
        self._join_by_name(slots, circles)
        found: dict[str | int, list[Slot]] = defaultdict(list)
        for slot in slots:
            found[circles.root(slot.number)].append(slot)
        for members in found.values():
            home = next((homes[slot.number] for slot in members if slot.number in homes), "")
            home = home or next((title_of[isbn] for slot in members for isbn in slot.related if isbn in title_of), "")
            for slot in members:
                if len(members) > 1:
                    slot.joined_by = slot.joined_by or "related product"
                elif not home:
                    slot.joined_by = ""
            yield home, members

    @staticmethod
    def _join_by_name(slots: list[Slot], circles: _Circles) -> None:
        first: dict[str, Slot] = {}
        for slot in slots:
            if not slot.name:
                continue
            other = first.setdefault(slot.name, slot)
            if other is not slot and circles.root(other.number) != circles.root(slot.number):
                slot.joined_by = slot.joined_by or "title"
                other.joined_by = other.joined_by or "title"
                circles.join(slot.number, other.number)

    def _tell_shared(self, counts: Counter[str]) -> None:
        for work, count in counts.items():
            if count > _MOST_OF_A_WORK:
                detail = f"{count} products have the work identifier `{work.rpartition(':')[2]}`. They are not joined by it."
                self._files[0].findings.add(note("onix-work-shared", "An identifier that is no work's", detail), 1)


def chosen_by(condition: Where | None, groups: Groups) -> Callable[[Mapping[str, Any]], bool]:
    """Return whether an edition with some facts is asked for; every one is where there is no condition."""

    def selects(facts: Mapping[str, Any]) -> bool:
        if condition is None:
            return True
        name = "audio" if facts["format"] == "audiobook" else str(facts["format"])
        return condition.selects(EditionView(slug(str(facts["title"])), name, "", facts, groups=groups))

    return selects


class _Circles:
    """Which of many are together, whichever way that is said."""

    def __init__(self) -> None:
        self._above: dict[str | int, str | int] = {}

    def add(self, one: str | int) -> None:
        self._above.setdefault(one, one)

    def root(self, one: str | int) -> str | int:
        self.add(one)
        while self._above[one] != one:
            self._above[one] = self._above[self._above[one]]
            one = self._above[one]
        return one

    def join(self, one: str | int, other: str | int) -> None:
        roots = self.root(one), self.root(other)
        self._above[roots[1]] = roots[0]


def _folded(facts: Mapping[str, Any]) -> str:
    """Return title, first author and language in a form in which equal works are equal; empty where there is no author."""
    people = facts.get("contributors") or []
    key = next((one.get("last_name") or one.get("name") or "" for one in people), "")
    if not key:
        return ""
    title = "".join(sign for sign in str(facts["title"]).casefold() if sign.isalnum())
    return f"{title}|{''.join(sign for sign in key.casefold() if sign.isalnum())}|{facts.get('language') or ''}"


def _about(item: Diagnostic, record: ProductRecord) -> Diagnostic:
    named = f"Record {record.reference[:80]}: " if record.reference else ""
    return replace(item, detail=named + item.detail)
