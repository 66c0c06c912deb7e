"""Gathered records → files: new titles with the records beside them, and of titles that are there what a newer feed changed.

    base    the record beside the title, as the last feed had it
    theirs  the record of the feed
    ours    the title's file

Only what theirs says otherwise than base reaches a file, and only where ours still says what base says. What both changed is a conflict: it
is listed, and nothing of that edition is written.
"""

from __future__ import annotations

import hashlib
import posixpath
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from catalogctl.config.defaults import METADATA, Layers, lay_over
from catalogctl.config.documents import Document, Documents
from catalogctl.config.syntax.encoding import MAX_BYTES
from catalogctl.config.syntax.source import Source
from catalogctl.config.title_file import over
from catalogctl.config.write_titles import Folder, Unfit
from catalogctl.config.yaml_writer import spoken
from catalogctl.editing.assign import Assigning, EditionKey
from catalogctl.editing.assignment import Assignment, Change
from catalogctl.editing.layout import laid_out
from catalogctl.editing.patch import Aliases
from catalogctl.editing.write_files import Edited
from catalogctl.model.diagnostics import CatalogError, error
from catalogctl.model.slug import slug
from catalogctl.model.title import Format
from catalogctl.onix.fields import Path, comparable, fields
from catalogctl.onix.gather import Gathering, RecordDeletion, Slot
from catalogctl.onix.known import FOLDER, Known
from catalogctl.onix.map_record import map_record
from catalogctl.onix.reading import ReadingRules
from catalogctl.query.fields import Fields, UnknownFieldError
from catalogctl.query.view import EditionView
from catalogctl.sheets.compare import Side
from catalogctl.system.safe_folder import SafeFolder

_FORMATS: Final = tuple(one.value for one in Format)
_NAMES: Final = {"audiobook": "audio"}
_FINER: Final = {"BB": "hardback", "BC": "paperback"}
_BATCH: Final = 200
"""Titles that are written together: a title and its records always are."""
_SHOWN: Final = 200
"""Of each kind of thing, so many are named; all are counted."""
_OF_FEEDS: Final = frozenset({"publish", "lifecycle", "binding", "editing_location", "tracks", "edition_year"})
"""Fields that no record says: what defaults say of them holds."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that the feed changed."""

    edition: str
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field that both changed, or that is there without a record to compare with."""

    edition: str
    field: str
    base: Any
    ours: Any
    theirs: Any


@dataclass(slots=True)
class FeedOutcome:
    """What an import would do, with counts of all and names of some."""

    titles: int = 0
    editions: int = 0
    added: list[str] = field(default_factory=list)
    """Editions that titles get which are there."""
    joined: Counter[str] = field(default_factory=Counter)
    """Editions by the rule that joined them with others."""
    named: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    """Of new titles the file, the editions and the rules that joined them."""
    changes: list[FieldChange] = field(default_factory=list)
    changed_fields: int = 0
    changed_editions: int = 0
    unchanged: int = 0
    refreshed: int = 0
    """Editions whose record alone is replaced."""
    conflicts: list[Conflict] = field(default_factory=list)
    conflicting: int = 0
    """Editions of which nothing is written."""
    records: int = 0
    """Records that are kept beside titles."""
    deletions: list[tuple[RecordDeletion, EditionView | None]] = field(default_factory=list)
    left_out: int = 0
    """Records that no file can hold."""

    @property
    def writes(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.titles or self.added or self.changed_editions or self.refreshed)


class Drafted:
    """Files that may be written, laid aside on disk until they are."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("")
        self._rows.execute("pragma journal_mode = off")
        self._rows.execute("pragma synchronous = off")
        self._rows.execute("create table files (number integer primary key, batch integer, path text, before blob, after blob)")
        self.count = 0

    def add(self, batch: int, edited: Edited) -> None:
        """Lay a file aside."""
        row = (batch, edited.path, edited.before, edited.after)
        self._rows.execute("insert into files (batch, path, before, after) values (?, ?, ?, ?)", row)
        self.count += 1

    def all(self) -> Iterator[tuple[int, Edited]]:
        """Yield the files with their batches, in order."""
        for batch, path, before, after in self._rows.execute("select batch, path, before, after from files order by batch, number"):
            yield batch, Edited(path, before, after)

    def batches(self) -> Iterator[list[Edited]]:
        """Yield the files that are written together."""
        for _, rows in groupby(self.all(), key=lambda row: row[0]):
            yield [edited for _, edited in rows]

    def close(self) -> None:
        """Forget them."""
        self._rows.close()


@dataclass(frozen=True, slots=True)
class FeedTarget:
    """Where an import goes."""

    documents: Documents
    layers: Layers
    known: Known
    folder: Folder
    reading: ReadingRules
    side: Side = Side.NEITHER


class FeedImport:
    """One import on its way to files."""

    def __init__(self, gathering: Gathering, target: FeedTarget) -> None:
        self._gathering = gathering
        self._target = target
        self.outcome = FeedOutcome()
        self.drafted = Drafted()
        self._groups = target.documents.project.territory_groups
        self._fields = Fields(tuple(target.documents.project.accounts))
        self._titles = {item.data["id"]: item for item in target.documents.items if item.kind == "title"}
        self._taken = {*self._titles, *target.folder.names()}
        self._assigning = Assigning(target.documents, target.layers)
        self._wanted: dict[Path, dict[EditionKey, Assignment]] = defaultdict(dict)
        self._names: dict[str, set[str]] = {}
        self._records = {path for view in target.known.views if (path := _record_path(target.known, view))}
        """Paths of records that are taken."""
        self._compared: set[EditionKey] = set()

    def plan(self) -> None:
        """Decide all of it, and lay the files aside.

        Raises:  CatalogError where a file cannot be edited without touching something else.
        """
        known = self._target.known
        works = list(self._gathering.works(self._home, known.titles_by_isbn))
        new = [members for home, members in works if not home]
        draft = (
            self._target.folder.defaults_of(self._gathering.facts(slot) for members in new for slot in members) if len(new) > 1 else None
        )
        if draft is not None:
            self.drafted.add(1, Edited(f"{self._target.folder.name}/{draft.name}", b"", draft.data))
        for home, members in works:
            if home:
                self._existing(home, members)
            else:
                self._new(members)
        for wanted in self._wanted.values():
            self._assigning.assign(wanted)
        for edited in self._assigning.edits(Aliases.REFUSE).files:
            self.drafted.add(0, _laid_out(edited))
        for deletion in self._gathering.deletions.values():
            self.outcome.deletions.append((deletion, self._deleted(deletion)))

    def _deleted(self, deletion: RecordDeletion) -> EditionView | None:
        """Return the edition that an order to delete is about: one of another record with the same ISBN is not."""
        view = self._target.known.find(deletion.reference, deletion.isbn)
        said = "" if view is None else str((view.facts.get("onix") or {}).get("reference") or "")
        return None if said and deletion.reference and said != deletion.reference else view

    def _home(self, slot: Slot) -> str:
        view = self._target.known.find(slot.reference, slot.isbn)
        return "" if view is None else view.title

    # ── new titles ──

    def _new(self, members: list[Slot]) -> None:
        folder, gathering = self._target.folder, self._gathering
        said = sorted(((gathering.facts(slot), slot) for slot in members), key=lambda one: _FORMATS.index(one[0]["format"]))
        first = said[0][0]
        id_ = _free(slug(str(first["title"])) or str(first.get("isbn") or "") or f"title-{members[0].number}", self._taken)
        inherited = self._target.layers.defaults(folder.name)
        wanted: dict[str, dict[str, Any]] = {}
        records: list[Edited] = []
        for facts, slot in said:
            name = _edition_name(facts, wanted)
            record = self._record_of(slot, folder.name)
            kept = {one: inherited[one] for one in _OF_FEEDS if one in inherited}
            wanted[name] = {**kept, **facts, "onix": _onix(facts, slot, record)}
            if record is not None:
                records.append(record)
        draft = folder.title_saying(id_, wanted, {})
        if isinstance(draft, Unfit):
            for _, slot in said:
                self._leave_out(slot, draft.why)
            return
        self._taken.add(id_)
        self.outcome.joined.update(slot.joined_by for slot in members if slot.joined_by)
        batch = 1 + self.outcome.titles // _BATCH
        for edited in (*records, Edited(f"{folder.name}/{draft.name}", b"", draft.data)):
            self.drafted.add(batch, edited)
        self.outcome.titles += 1
        self.outcome.editions += len(wanted)
        self.outcome.records += len(records)
        if len(self.outcome.named) < _SHOWN:
            rules = sorted({slot.joined_by for slot in members if slot.joined_by})
            self.outcome.named.append((f"{folder.name}/{draft.name}", tuple(wanted), ", ".join(rules)))

    def _leave_out(self, slot: Slot, why: str) -> None:
        self.outcome.left_out += 1
        self._gathering.say(error("onix-value-refused", "A record that no file can hold", why, "Ask the sender to correct it."), slot)

    def _record_of(self, slot: Slot, folder: str, path: str = "") -> Edited | None:
        """Return the record to be kept beside a title; `None` for one of release 2.1."""
        data = self._gathering.record(slot)
        if not data:
            return None
        path = path or self._free_path(slot, posixpath.normpath(f"{folder}/{FOLDER}"))
        return Edited(path, self._held(path), data)

    def _free_path(self, slot: Slot, folder: str) -> str:
        """Return a path for a new record: named by the ISBN, else by the reference."""
        path = f"{folder}/{slot.isbn}.xml"
        if not slot.isbn or path in self._records:
            mark = hashlib.sha256(slot.reference.encode()).hexdigest()[:8]
            path = f"{folder}/{'-'.join(filter(None, (slug(slot.reference)[:40].strip('-'), mark)))}.xml"
        self._records.add(path)
        return path

    def _held(self, path: str) -> bytes:
        """Return what a file holds; nothing where there is none."""
        folder, name = posixpath.split(path)
        place = self._target.documents.project.root
        if not (place / path).is_file():
            return b""
        return SafeFolder.below(place, folder, mode=None).read_bounded(name, MAX_BYTES)

    # ── titles that are there ──

    def _existing(self, home: str, members: list[Slot]) -> None:
        for slot in members:
            view = self._target.known.find(slot.reference, slot.isbn)
            if view is None:
                self._add(self._titles[home], slot)
                continue
            if (view.title, view.edition) in self._compared:
                self._leave_out(slot, f"{_named(view)} is the edition of another record of this import already.")
                continue
            self._compared.add((view.title, view.edition))
            try:
                self._compare(slot, view)
            except CatalogError as unusable:
                self.outcome.left_out += 1
                for item in unusable.diagnostics:
                    self._gathering.say(item, slot)

    def _add(self, item: Document, slot: Slot) -> None:
        """Add an edition to a title that is there."""
        facts = self._gathering.facts(slot)
        folder = posixpath.dirname(item.path)
        names = self._names.setdefault(item.data["id"], set(item.data.get("editions", {})))
        name = _edition_name(facts, names)
        names.add(name)
        record = self._record_of(slot, folder)
        said = {field: item.data[field] for field in METADATA if field in item.data}
        outer = lay_over(said, self._target.layers.defaults(folder))
        kept = {one: outer[one] for one in _OF_FEEDS if one in outer}
        whole = {**kept, **facts, "onix": _onix(facts, slot, record)}
        block = {"format": facts["format"], **over(whole, outer)}
        self._assigning.add_edition(item, name, spoken(block))
        if record is not None:
            self.drafted.add(0, record)
            self.outcome.records += 1
        self.outcome.joined[slot.joined_by] += 1
        self.outcome.added.append(f"{item.data['id']}.{name}")

    def _compare(self, slot: Slot, view: EditionView) -> None:
        """Compare the three sides of an edition, and take what the feed changed."""
        known, data = self._target.known, self._gathering.record(slot)
        held = known.data(view)
        if data and held == data:
            self.outcome.unchanged += 1
            return
        # Of release 2.1 no record is kept: what is compared are its facts alone.
        record = known.record(view)
        base = {} if record is None else dict(fields(map_record(record, self._target.reading).facts))
        theirs, ours = dict(fields(self._gathering.facts(slot))), dict(fields(view.facts))
        if ("external_id",) in theirs:  # what is not said is the key all the same
            ours.setdefault(("external_id",), next(view.values(("external_id",))))
        found: list[tuple[Path, Any]] = []
        conflicts: list[Conflict] = []
        for path in dict.fromkeys((*theirs, *base)):
            was, new, now = (comparable(path, side.get(path), self._groups) for side in (base, theirs, ours))
            if new in (was, now):
                continue
            if now == was or self._target.side is Side.THEIRS:
                found.append((path, theirs.get(path)))
            elif self._target.side is Side.NEITHER:
                conflicts.append(Conflict(_named(view), ".".join(path), base.get(path), ours.get(path), theirs.get(path)))
        if conflicts:
            self.outcome.conflicting += 1
            self.outcome.conflicts += conflicts[: max(0, _SHOWN - len(self.outcome.conflicts))]
            return
        self._change(slot, view, found, ours)
        self._keep(slot, view, held)

    def _change(self, slot: Slot, view: EditionView, found: list[tuple[Path, Any]], ours: Mapping[Path, Any]) -> None:
        for path, value in found:
            self._assign(view, path, value)
            if len(self.outcome.changes) < _SHOWN:
                self.outcome.changes.append(FieldChange(_named(view), ".".join(path), ours.get(path), value))
        self.outcome.changed_fields += len(found)
        said = view.facts.get("onix") or {}
        is_new = bool(slot.reference) and not said.get("reference") and slot.reference not in self._target.known.by_reference
        if is_new:
            self._assign(view, ("onix", "reference"), slot.reference)
        if found or is_new:
            self.outcome.changed_editions += 1
        elif self._gathering.record(slot):
            self.outcome.refreshed += 1
        else:
            self.outcome.unchanged += 1

    def _keep(self, slot: Slot, view: EditionView, held: bytes) -> None:
        """Keep the record of the feed in the place of the one that is there."""
        folder = posixpath.dirname(view.path)
        record = self._record_of(slot, folder, self._target.known.record_path(view))
        if record is None:
            return
        if not held:
            self._assign(view, ("onix", "record"), posixpath.relpath(record.path, folder))
        self.drafted.add(0, record)
        self.outcome.records += 1

    def _assign(self, view: EditionView, path: Path, value: Any) -> None:
        try:
            found = self._fields.find(path)
        except UnknownFieldError:
            path = path[:1]
            found = self._fields.find(path)
            value = {**(view.facts.get(path[0]) or {}), path[-1]: value}
        change = Change.UNSET if value is None else Change.SET
        said = Decimal(str(value)) if path[0] == "prices" and value is not None else spoken(value, path[-1])
        self._wanted[path][view.title, view.edition] = Assignment(found, change, said, ".".join(path), isinstance(value, list))


def _laid_out(edited: Edited) -> Edited:
    """Return an edit that leaves a file in the one layout where it was in it before."""
    try:
        if laid_out(Source(edited.path, edited.before)) != edited.before:
            return edited
        return replace(edited, after=laid_out(Source(edited.path, edited.after)))
    except CatalogError:  # what cannot be laid out stays as it is written
        return edited


def _record_path(known: Known, view: EditionView) -> str:
    """Return the path of the record beside an edition; empty for none, and for one that cannot be."""
    try:
        return known.record_path(view)
    except CatalogError:
        return ""


def _onix(facts: Mapping[str, Any], slot: Slot, record: Edited | None) -> dict[str, Any]:
    said: dict[str, Any] = {"reference": slot.reference} if slot.reference else {}
    said |= facts.get("onix") or {}
    return said | ({"record": f"{FOLDER}/{posixpath.basename(record.path)}"} if record is not None else {})


def _named(view: EditionView) -> str:
    return f"{view.title}.{view.edition}"


def _edition_name(facts: Mapping[str, Any], taken: Mapping[str, Any] | set[str]) -> str:
    """Return a name for an edition: its format, else its finer form, else its format with a number."""
    form = facts.get("form") or ""
    finer = _FINER.get(form[0] if isinstance(form, list) else form, "")
    name = _NAMES.get(facts["format"], facts["format"])
    return finer if name in taken and finer and finer not in taken else _free(name, taken)


def _free(wanted: str, taken: Mapping[str, Any] | set[str]) -> str:
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name
