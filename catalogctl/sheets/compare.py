"""A sheet held against the title files: what a person changed in it, what changed on both sides, and what is new.

the cell is as it was exported                      → no edit, whatever the files say now
the cell was changed, the files say what they did   → an edit
both were changed, to different values              → a conflict; nothing is written
the sheet does not say what was exported            → an edit where cell and files differ; an empty cell says nothing
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from catalogctl.config.schema import codes
from catalogctl.config.schema.meant import format_meant
from catalogctl.config.syntax.scalars import CodeError
from catalogctl.config.yaml_writer import role_word
from catalogctl.model.diagnostics import Diagnostic, SourceRange, error, warning
from catalogctl.model.title import Format
from catalogctl.query.view import EditionView
from catalogctl.sheets.columns import EDITION, TITLE, Column, Form, digest, exported_digests, field_of, price_column, put_field
from catalogctl.sheets.export import FILE
from catalogctl.sheets.grid import Cell, Grid, Row
from catalogctl.sheets.mapping import PRICES, Mapped, Target
from catalogctl.sheets.people import credited
from catalogctl.sheets.read_xlsx import flaw_of, merged_key
from catalogctl.sheets.rows import CONTRIBUTORS, shown
from catalogctl.sheets.values import CellError, Reading, read_cell, split

_FORMATS: Final = frozenset(form.value for form in Format)


class Side(StrEnum):
    """Who is right where both the files and what is imported, a sheet or a feed, were changed."""

    NEITHER = ""
    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """One field of one edition that a sheet changes."""

    view: EditionView
    path: tuple[str, ...]
    before: Any
    value: Any
    """`None` takes the field back."""
    place: SourceRange


@dataclass(frozen=True, slots=True)
class NewEdition:
    """A row about an edition that no file declares."""

    title: str
    """The id of its title; may be one that is there."""
    edition: str
    facts: Mapping[str, Any]
    place: SourceRange


@dataclass(slots=True)
class Comparison:
    """What a sheet changes."""

    edits: list[FieldEdit] = field(default_factory=list)
    new: list[NewEdition] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    rows: int = 0
    unlisted: int = 0
    """Editions of the files that have no row; they stay as they are."""


@dataclass(frozen=True, slots=True)
class _Known:
    """The editions of the files by each of their keys."""

    by_name: Mapping[tuple[str, str], EditionView]
    by_isbn: Mapping[str, EditionView]
    by_external_id: Mapping[str, EditionView]
    titles: frozenset[str]


def compare(grid: Grid, mapped: Mapped, views: Sequence[EditionView], texts: Mapping[str, str], side: Side = Side.NEITHER) -> Comparison:
    """Hold each row against the edition that it is about.

    Shapes:  `texts` are the long texts beside the sheet, by the name that a cell gives.
    Raises:  nothing; what is wrong is among the problems.
    """
    return _Comparing(grid, mapped, views, texts, side).all()


class _Comparing:
    def __init__(self, grid: Grid, mapped: Mapped, views: Sequence[EditionView], texts: Mapping[str, str], side: Side) -> None:
        self._grid = grid
        self._mapped = mapped
        self._texts = texts
        self._side = side
        self._known = _Known(
            {(view.title, view.edition): view for view in views},
            {view.facts["isbn"]: view for view in views if view.facts.get("isbn")},
            {next(view.values(("external_id",))): view for view in views},
            frozenset(view.title for view in views),
        )
        self._found = Comparison()
        self._seen: dict[tuple[str, str], Row] = {}
        self._remarks: dict[str, list[tuple[Diagnostic, int]]] = {}

    def all(self) -> Comparison:
        found = self._found
        found.rows = len(self._grid.rows)
        for row in self._grid.rows:
            if self._mapped.by_work:
                self._work(row)
            else:
                self._edition(row)
        found.unlisted = len(self._known.by_name.keys() - self._seen.keys())
        found.problems.extend(self._shared_isbns())
        found.problems.extend(self._grid.remarks)
        found.problems.extend(self._summarised())
        return found

    # ── rows ──

    def _work(self, row: Row) -> None:
        """Take a row that is a work: the columns of each edition, and those that all have in common."""
        editions = dict.fromkeys(target.edition for target in self._mapped.targets if target.edition)
        common = [target for target in self._mapped.targets if not target.edition]
        for edition in editions:
            own = [target for target in self._mapped.targets if target.edition == edition]
            isbn = next((target for target in own if target.column.name == "isbn"), None)
            if all(row.cells[target.index].is_empty for target in own if target is isbn or isbn is None):
                continue
            key = None if isbn is None else self._read(row, isbn.index, isbn.column)
            view = None if key is None else self._known.by_isbn.get(str(key.value))
            self._row(row, view, [*common, *own], edition)

    def _edition(self, row: Row) -> None:
        keys = self._mapped.keys
        merged = merged_key(self._grid, row, keys.values())
        if merged is not None:
            self._found.problems.append(merged)
            return
        if TITLE in keys and EDITION in keys:
            title, edition = (str(self._text(row, keys[name]) or "") for name in (TITLE, EDITION))
            if not title and not edition and (isbn := self._by_isbn(row)) is not None:
                self._row(row, isbn, self._mapped.targets, isbn.edition)
                return
            if not title or not edition:
                self._row(row, None, self._mapped.targets, edition, title)
                return
            self._row(row, self._known.by_name.get((title, edition)), self._mapped.targets, edition, title)
            return
        [(name, index)] = keys.items()
        if name == "isbn":
            key = self._read(row, index, Column("isbn", ("isbn",), Form.ISBN))
            if key is None:
                return
            if key.value is None:
                self._problem(row, index, "sheet-key", "A row without a key", "It has no ISBN, so that it is about no edition.")
                return
            self._row(row, self._known.by_isbn.get(key.value), self._mapped.targets, "", isbn=key.value)
        else:
            text = str(self._text(row, index) or "")
            view = self._known.by_external_id.get(text)
            if view is None and not text:
                self._problem(row, index, "sheet-key", "A row without a key", "Its key is empty, so that it is about no edition.")
                return
            self._row(row, view, self._mapped.targets, "")

    def _by_isbn(self, row: Row) -> EditionView | None:
        target = next((one for one in self._mapped.targets if one.column.name == "isbn"), None)
        if target is None or row.cells[target.index].is_empty:
            return None
        reading = self._read(row, target.index, target.column)
        return None if reading is None else self._known.by_isbn.get(str(reading.value))

    def _row(self, row: Row, view: EditionView | None, targets: Sequence[Target], edition: str, title: str = "", isbn: str = "") -> None:
        if view is None:
            self._new(row, targets, (title, edition, isbn))
            return
        first = self._seen.setdefault((view.title, view.edition), row)
        if first is not row:
            detail = f"Rows {first.number} and {row.number} are both about {view.title}.{view.edition}."
            self._found.problems.append(error("sheet-row-twice", "Two rows for one edition", detail).at(self._grid.place(row)))
            return
        exported = self._exported(row)
        dated: dict[str, Any] = {}
        starts = self._starts(row)
        targets, people = _apart(targets)
        if people:
            self._found.edits.extend(self._credits(row, people, view))
        for target in targets:
            for edit in self._edits(row, target, view, exported):
                if starts and edit.path[0] == PRICES and len(edit.path) == 2:
                    dated[edit.path[1]] = edit.value
                else:
                    self._found.edits.append(edit)
        if dated:
            changes = [one for one in view.facts.get("price_changes") or [] if one.get("from") != starts]
            changes = sorted([*changes, {"from": starts, "prices": dated}], key=lambda one: str(one["from"]))
            before = view.facts.get("price_changes")
            if before != changes:
                self._found.edits.append(FieldEdit(view, ("price_changes",), before, changes, self._grid.place(row)))

    def _credits(self, row: Row, targets: Sequence[Target], view: EditionView) -> Iterator[FieldEdit]:
        """Yield what the columns of some roles change of the contributors."""
        before = view.facts.get(CONTRIBUTORS) or []
        value = credited(before, self._named(row, targets))
        if value is not None:
            yield FieldEdit(view, (CONTRIBUTORS,), before or None, value or None, self._grid.place(row, targets[0].index))

    def _named(self, row: Row, targets: Sequence[Target]) -> dict[str, list[str]]:
        """Return the names that a row has of each role."""
        said: dict[str, list[str]] = {}
        for target in targets:
            reading = self._read(row, target.index, target.column, None, target)
            if reading is None or (reading.value is None and not self._mapped.erases):
                continue
            said.setdefault(role_word(self._role(target.role)), []).extend(person["name"] for person in reading.value or ())
        return said

    @staticmethod
    def _role(role: str) -> str:
        try:
            return codes.contributor_role(role)
        except CodeError:
            return role

    def _starts(self, row: Row) -> str:
        index = self._mapped.starts
        if index is None:
            return ""
        reading = self._read(row, index, Column("from", ("from",), Form.DAY))
        return "" if reading is None or reading.value is None else str(reading.value)

    def _exported(self, row: Row) -> Mapping[str, str]:
        index = self._mapped.exported
        if index is None:
            return {}
        value = row.cells[index].value
        return exported_digests(self._grid.header[index], value) if isinstance(value, str) else {}

    def _shared_isbns(self) -> Iterator[Diagnostic]:
        """Yield a problem for each ISBN that a row gives to a title while it is another's, in the sheet or in the files."""
        given = [(edit.view.title, edit.view.edition, edit.value, edit.place) for edit in self._found.edits if edit.path == ("isbn",)]
        edited = {(title, edition) for title, edition, *_ in given}
        owners = {isbn: view for isbn, view in self._known.by_isbn.items() if (view.title, view.edition) not in edited}
        given += [(new.title, new.edition, new.facts.get("isbn"), new.place) for new in self._found.new]
        first: dict[str, tuple[str, str, int]] = {}
        for title, edition, isbn, place in given:
            if not isbn:
                continue
            if isbn in owners:
                owner = owners[isbn]
                row = self._seen.get((owner.title, owner.edition))
                first.setdefault(isbn, (owner.title, owner.edition, 0 if row is None else row.number))
            other, whose, number = first.setdefault(isbn, (title, edition, place.line))
            if other != title:
                rows = f"Rows {number} and {place.line} both have" if number else f"Row {place.line} has"
                detail = f"{rows} the ISBN {isbn}: {other}.{whose} and {title}.{edition} are two titles."
                yield error("sheet-isbn-twice", "One ISBN of two titles", detail, "Correct the ISBN of one of them.").at(place)

    # ── cells ──

    def _edits(self, row: Row, target: Target, view: EditionView, exported: Mapping[str, str]) -> Iterator[FieldEdit]:
        if target.column.path == (PRICES,):
            for one, cell in self._pairs(row, target):
                prices = Row(row.number, tuple(cell if place == target.index else other for place, other in enumerate(row.cells)))
                edit = self._cell(prices, one, view, exported)
                if edit is not None:
                    yield edit
            return
        edit = self._cell(row, target, view, exported)
        if edit is not None:
            yield edit

    def _pairs(self, row: Row, target: Target) -> Iterator[tuple[Target, Cell]]:
        """Yield the prices of a cell such as `ARS:1000|USD:20`, each as a cell of its own column."""
        reading = self._read(row, target.index, target.column)
        for pair in [] if reading is None else reading.value or []:
            currency, colon, amount = pair.partition(":")
            currency = currency.strip().upper()
            if not colon or currency not in codes.currencies():
                detail = f"`{pair[:60]}` is no price with its currency."
                self._problem(row, target.index, "sheet-amount", "Not an amount", f"{detail} Write it as USD:9.99.")
                continue
            yield Target(target.index, price_column(currency)), Cell(amount.strip())

    def _cell(self, row: Row, target: Target, view: EditionView, exported: Mapping[str, str]) -> FieldEdit | None:
        column = target.column
        if row.cells[target.index].is_absent:
            return None
        before = field_of(view.facts, column.path)
        was = exported.get(column.name)
        raw = row.cells[target.index].value
        if was is not None and isinstance(raw, str) and digest(raw) == was:
            return None  # as it was exported, letter by letter, so that nothing in it has to be understood
        if column.form is Form.TEXT and isinstance(before, list):
            column = replace(column, form=Form.WORDS)
        reading = self._read(row, target.index, column, before, target)
        if reading is None:
            return None
        value = reading.value
        if value is None and was is None and not self._mapped.erases:
            return None
        said, now = shown(column, self._canonical(column, value)), shown(column, before)
        if said == now or (was is not None and digest(said) == was):
            return None
        if was is not None and digest(now) != was:
            if self._side is Side.OURS:
                return None
            if self._side is Side.NEITHER:
                self._conflict(row, target, view, (now, said))
                return None
        if column.form is Form.YES_NO and column.path[0] == "publish" and len(column.path) == 2:
            value = {} if value else False
        if isinstance(before, str) and before.endswith("\n") and isinstance(value, str):
            value += "\n"  # the file's own way to write a text of several lines
        return FieldEdit(view, column.path, before, value, self._grid.place(row, target.index))

    def _canonical(self, column: Column, value: Any) -> Any:
        """Return a value as the files have it once they are read."""
        if column.form is Form.PEOPLE and value is not None:

            def roles(role: Any) -> Any:
                return self._role(role) if isinstance(role, str) else [self._role(one) for one in role or []]

            return [{**person, "role": roles(person.get("role"))} for person in value]
        return value

    def _read(self, row: Row, index: int, column: Column, before: Any = None, target: Target | None = None) -> Reading | None:
        """Return what a cell means; `None` where it has no meaning, which is then among the problems."""
        flaw = flaw_of(self._grid, row, index)
        if flaw is not None:
            self._found.problems.append(flaw)
            return None
        cell = row.cells[index]
        if isinstance(cell.value, str) and cell.value.startswith(FILE):
            name = cell.value.removeprefix(FILE)
            if name not in self._texts:
                self._problem(row, index, "sheet-text-file", "A file of a long text is missing", f"`{name}` is not beside the sheet.")
                return None
            return Reading(self._texts[name])
        if target is not None and target.values is not None and not cell.is_empty:
            word = str(cell.value).strip()
            if word not in target.values:
                detail = f"The mapping does not say what `{word[:60]}` means; it knows {', '.join(map(repr, target.values))}."
                self._problem(row, index, "sheet-value", "A word that the mapping does not know", detail)
                return None
            cell = Cell(target.values[word])
        if target is not None and target.role and not cell.is_empty:
            names = split(str(cell.value), self._mapped.locale.list)
            return Reading([{"name": name, "role": target.role} for name in names])
        if target is not None and target.cents and re.fullmatch("[0-9]+", str(cell.value or "")):
            cell = Cell(Decimal(str(cell.value)) / 100)
        try:
            reading = read_cell(column, cell, self._mapped.locale, self._grid.epoch, before)
        except CellError as wrong:
            name = self._grid.cell_name(row, index)
            problem = error(wrong.code, wrong.summary, f"Cell {name}: {wrong.detail}", wrong.hint).at(self._grid.place(row, index))
            self._found.problems.append(problem)
            return None
        for remark in reading.remarks:
            place = self._grid.place(row, index)
            said = warning(remark.code, remark.summary, f"Cell {self._grid.cell_name(row, index)}: {remark.detail}").at(place)
            self._remarks.setdefault(remark.code, []).append((said, row.number))
        return reading

    def _text(self, row: Row, index: int) -> Any:
        reading = self._read(row, index, Column(self._grid.header[index], ()))
        return None if reading is None else reading.value

    def _summarised(self) -> Iterator[Diagnostic]:
        """Yield one warning of each kind, which says how many more there are."""
        for said in self._remarks.values():
            first, _ = said[0]
            more = len(said) - 1
            detail = f"{first.detail} The same holds of {more:,} other cell{'s' if more > 1 else ''}." if more else first.detail
            yield warning(first.code, first.summary, detail).at(first.source)

    def _conflict(self, row: Row, target: Target, view: EditionView, both: tuple[str, str]) -> None:
        now, said = (f"`{text[:80]}`" if text else "nothing" for text in both)
        detail = (
            f"Since the export, {target.column.name} of {view.title}.{view.edition} was changed in the files, which say {now}, "
            f"and in the sheet, which says {said}."
        )
        hint = "Take the sheet's with --theirs, or keep the files' with --ours; or change one of the two."
        problem = error("sheet-conflict", "Changed on both sides", detail, hint).at(self._grid.place(row, target.index))
        self._found.problems.append(problem)

    def _problem(self, row: Row, index: int, code: str, summary: str, detail: str) -> None:
        name = self._grid.cell_name(row, index)
        self._found.problems.append(error(code, summary, f"Cell {name}: {detail}").at(self._grid.place(row, index)))

    # ── what is new ──

    def _new(self, row: Row, targets: Sequence[Target], names: tuple[str, str, str]) -> None:
        facts: dict[str, Any] = {}
        if names[2]:
            facts["isbn"] = names[2]
        broken = False
        targets, people = _apart(targets)
        if named := self._named(row, people):
            facts[CONTRIBUTORS] = credited((), named) or []
        for target in targets:
            cell = row.cells[target.index]
            if cell.is_empty:
                continue
            if target.column.path == (PRICES,):
                for one, amount in self._pairs(row, target):
                    try:
                        put_field(facts, one.column.path, read_cell(one.column, amount, self._mapped.locale, self._grid.epoch).value)
                    except CellError as wrong:
                        self._problem(row, target.index, wrong.code, wrong.summary, wrong.detail)
                        broken = True
                continue
            reading = self._read(row, target.index, target.column, None, target)
            if reading is None:
                broken = True
                continue
            value = reading.value
            if target.column.form is Form.YES_NO and target.column.path[0] == "publish":
                if not value:
                    continue
                value = {} if len(target.column.path) == 2 else value
            put_field(facts, target.column.path, value)
        if broken:
            return
        edition = names[1] or str(facts.get("format") or "")
        word = str(facts.get("format") or edition)
        meant = word if word in _FORMATS else format_meant(word).removeprefix("Write ")
        if meant in _FORMATS or facts.get("format"):
            facts["format"] = meant if meant in _FORMATS else word
        title = names[0] or slug(str(facts.get("title") or "")) or str(facts.get("isbn") or "")
        place = self._grid.place(row)
        if not facts.get("title") and title not in self._known.titles:
            what = f"The ISBN {facts['isbn']}" if facts.get("isbn") else "The row"
            detail = f"{what} is of no edition of the catalog, and the row has no title for a new one."
            self._found.problems.append(error("sheet-unknown-edition", "A row about no edition", detail).at(place))
            return
        if not facts.get("format"):
            detail = f"{title}.{edition or '?'} is new, and nothing says whether it is an epub, a pdf, an audiobook or print."
            self._found.problems.append(error("sheet-no-format", "A new edition without a format", detail).at(place))
            return
        edition = edition or str(facts["format"])
        first = self._seen.setdefault((title, edition), row)
        if first is not row:
            detail = f"Rows {first.number} and {row.number} are both about {title}.{edition}, which is new."
            self._found.problems.append(error("sheet-row-twice", "Two rows for one edition", detail).at(place))
            return
        self._found.new.append(NewEdition(title, edition, facts, place))


def _apart(targets: Sequence[Target]) -> tuple[list[Target], list[Target]]:
    """Return the columns of a row without those that have the people of one role each, and these."""
    people = [target for target in targets if target.role and target.column.path == (CONTRIBUTORS,)]
    return [target for target in targets if target not in people], people


def slug(text: str) -> str:
    """Return a text as an id: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
