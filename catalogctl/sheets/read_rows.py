"""The further sheets of a wide workbook, read back: what their rows say of each edition, as cells of its own row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from catalogctl.config.schema import codes
from catalogctl.model.diagnostics import CatalogError, Diagnostic, error
from catalogctl.sheets.columns import EDITION, EXPORTED, KEYS, TITLE, Column, Form, price_column, put_field
from catalogctl.sheets.export import FILE
from catalogctl.sheets.grid import ABSENT, EMPTY, Cell, CellValue, Grid, Listed, Row
from catalogctl.sheets.read_xlsx import flaw_of, merged_key
from catalogctl.sheets.rows import CONTRIBUTORS, PRICES, SHEETS, TRACKS, ListSheet, PriceKind
from catalogctl.sheets.values import CellError, Locale, read_cell

_Key = tuple[str, str]
_NEEDED: Final = {PRICES: ("currency", "amount"), TRACKS: ("id", "title")}
"""What no row of a sheet may leave out."""
_KINDS: Final = {kind.value: kind for kind in PriceKind}


@dataclass(slots=True)
class _Said:
    """What one further sheet says of one edition."""

    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    prices: dict[str, CellValue] = field(default_factory=dict)
    """The regular amount in each currency."""


class _CellsError(Exception):
    """A row with a cell that means nothing; what is wrong is among the problems."""


def with_lists(grid: Grid, lists: Sequence[Grid], locale: Locale, texts: Mapping[str, str]) -> tuple[Grid, tuple[Diagnostic, ...]]:
    """Return our own sheet with the cells that its further sheets say, and what is wrong with those.

    An edition without any row in a further sheet is left as it is. A row with its ids alone empties the list.

    Shapes:  `lists` are named as `SHEETS` names them; `texts` are the long texts beside the workbook, by the name that a cell gives.
    Raises:  CatalogError (sheet-column, sheet-key) for a further sheet whose columns are not ours.
    """
    readers = [_Lists(one, _sheet(one), locale, texts) for one in lists]
    problems = [problem for reader in readers for problem in reader.problems]
    places = [grid.header.index(name) if name in grid.header else -1 for name in KEYS]
    if min(places) < 0:
        raise CatalogError(
            error("sheet-key", "Rows without a key", "A workbook with further sheets needs the columns title_id and edition.")
        )
    names = [*dict.fromkeys(name for reader in readers for name in reader.columns(grid))]
    known: set[_Key] = set()
    rows: list[Row] = []
    for row in grid.rows:
        title, edition = (_word(row.cells[place]) for place in places)
        known.add((title, edition))
        cells = {name: cell for reader in readers for name, cell in reader.cells((title, edition), names).items()}
        rows.append(replace(row, cells=(*row.cells, *(cells.get(name, ABSENT) for name in names))))
    problems += [problem for reader in readers for problem in reader.strangers(known)]
    return replace(grid, header=(*grid.header, *names), rows=tuple(rows), lists=len(names)), tuple(problems)


def _sheet(grid: Grid) -> ListSheet:
    return next(sheet for sheet in SHEETS if sheet.name == grid.sheet)


def _word(cell: Cell) -> str:
    return "" if cell.value is None else str(cell.value).strip()


class _Lists:
    """One further sheet, taken apart by the edition that each row is about."""

    def __init__(self, grid: Grid, sheet: ListSheet, locale: Locale, texts: Mapping[str, str]) -> None:
        self._grid = grid
        self._texts = texts
        self._sheet = sheet
        self._locale = locale
        self._said: dict[_Key, _Said] = {}
        self._rows: dict[_Key, Row] = {}
        self.problems: list[Diagnostic] = [*grid.remarks]
        self._columns = self._known_columns()
        for row in grid.rows:
            self._read(row)

    def columns(self, grid: Grid) -> Iterator[str]:
        """Yield the lists, and for prices the currencies: those of the rows, and those that were exported."""
        yield from self._sheet.fields
        if self._sheet.name == PRICES:
            exported = next(name for name in grid.header if name.startswith(EXPORTED))
            yield from (
                name for name in exported.removeprefix(EXPORTED).split(",") if name in codes.currencies() and name not in grid.header
            )
            yield from dict.fromkeys(currency for said in self._said.values() for currency in said.prices if currency not in grid.header)

    def cells(self, key: _Key, names: Sequence[str]) -> Mapping[str, Cell]:
        """Return the cells of the row of an edition; none where the sheet has no row about it."""
        said = self._said.get(key)
        if said is None:
            return {}
        found = {name: Cell(Listed(tuple(items))) if (items := said.lists.get(name)) else EMPTY for name in self._sheet.fields}
        if self._sheet.name == PRICES:
            found |= {name: Cell(said.prices.get(name)) for name in names if name in codes.currencies()}
        return found

    def strangers(self, known: set[_Key]) -> Iterator[Diagnostic]:
        """Yield a problem for each edition that has no row in the sheet of the editions."""
        for key, row in self._rows.items():
            if key not in known:
                name = ".".join(filter(None, key)) or "no edition"
                detail = f"The row is about {name}, of which the sheet of the editions has no row."
                yield error("sheet-unknown-edition", "A row about no edition", detail).at(self._grid.place(row))

    def _known_columns(self) -> dict[int, Column]:
        ours = {column.name: column for column in (Column(TITLE, ()), Column(EDITION, ()), *self._sheet.columns)}
        found = {index: ours[name] for index, name in enumerate(self._grid.header) if name in ours}
        names = [column.name for column in found.values()]
        for index, name in enumerate(self._grid.header):
            if name and name not in ours:
                hint = f"This sheet has the columns {', '.join(ours)}."
                detail = f"The column `{name}` is none of ours."
                raise CatalogError(
                    error("sheet-column", "An unknown column", detail, hint).at(self._grid.place(self._grid.header_row, index))
                )
        missing = [name for name in (*KEYS, *_NEEDED.get(self._sheet.name, ())) if name not in names]
        if missing:
            detail = f"The sheet {self._sheet.name} has no column {', '.join(missing)}."
            raise CatalogError(error("sheet-key", "Rows without a key", detail).at(self._grid.place(self._grid.header_row)))
        if len(set(names)) < len(names):
            detail = f"A column of the sheet {self._sheet.name} is there twice."
            raise CatalogError(error("sheet-column", "Two columns for one field", detail).at(self._grid.place(self._grid.header_row)))
        return found

    def _read(self, row: Row) -> None:
        merged = merged_key(self._grid, row, (index for index, column in self._columns.items() if column.name in KEYS))
        if merged is not None:
            self.problems.append(merged)
            return
        by_name = {column.name: row.cells[index] for index, column in self._columns.items()}
        key = (_word(by_name[TITLE]), _word(by_name[EDITION]))
        said = self._said.setdefault(key, _Said())
        self._rows.setdefault(key, row)
        try:
            item = self._item(row)
            if item:
                self._add(row, said, item)
        except _CellsError:
            return

    def _item(self, row: Row) -> dict[str, Any]:
        """Return the fields of a row, each as a title file has it; nothing for a row with ids alone."""
        item: dict[str, Any] = {}
        currency = self._currency(row)
        for index, column in self._columns.items():
            if not column.path or (row.cells[index].is_empty):
                continue
            value = self._value(row, index, price_column(currency) if column.name == "amount" else column)
            if value is not None:
                put_field(item, column.path, value)
        return item

    def _currency(self, row: Row) -> str:
        """Return the currency of a row of prices; empty for another row."""
        currency = next((_word(row.cells[index]).upper() for index, column in self._columns.items() if column.name == "currency"), "")
        if currency and currency not in codes.currencies():
            detail = f"`{currency[:20]}` is no currency."
            raise self._problem(row, "bad-currency", "currency", "An unknown currency", detail, "Write its code of ISO 4217: EUR.")
        return currency

    def _value(self, row: Row, index: int, column: Column) -> Any:
        flaw = flaw_of(self._grid, row, index)
        if flaw is not None:
            self.problems.append(flaw)
            raise _CellsError
        cell = row.cells[index]
        if column.form is Form.DAY and isinstance(cell.value, str) and "T" in cell.value:
            return cell.value.strip()  # an instant with its offset, not a day
        if isinstance(cell.value, str) and cell.value.startswith(FILE):
            name = cell.value.removeprefix(FILE)
            if name not in self._texts:
                detail = f"`{name[:120]}` is not beside the sheet."
                raise self._problem(row, "sheet-text-file", column.name, "A file of a long text is missing", detail)
            return self._texts[name]
        try:
            return read_cell(column, cell, self._locale, self._grid.epoch).value
        except CellError as wrong:
            raise self._problem(row, wrong.code, column.name, wrong.summary, wrong.detail, wrong.hint) from None

    def _problem(self, row: Row, code: str, name: str, summary: str, detail: str, hint: str = "") -> _CellsError:
        """Note what is wrong with the cell of a column, and return what ends the reading of its row."""
        index = next((index for index, column in self._columns.items() if column.name == name), 0)
        cell = self._grid.cell_name(row, index)
        self.problems.append(error(code, summary, f"Cell {cell}: {detail}", hint).at(self._grid.place(row, index)))
        return _CellsError()

    def _add(self, row: Row, said: _Said, item: dict[str, Any]) -> None:
        for name in _NEEDED.get(self._sheet.name, ()):
            if name not in item:
                raise self._problem(row, "sheet-row", name, "A row is not whole", f"It has no {name}.")
        match self._sheet.name:
            case "contributors":
                said.lists.setdefault(CONTRIBUTORS, []).append(self._contributor(row, item))
            case "prices":
                self._price(row, said, item)
            case _:
                said.lists.setdefault(self._sheet.fields[0], []).append(item)

    def _contributor(self, row: Row, item: dict[str, Any]) -> dict[str, Any]:
        roles = item.get("role")
        if not roles:
            hint = "Write what they did: author, translator, narrator …"
            raise self._problem(row, "sheet-contributor", "role", "A contributor has no role", "The cell is empty.", hint)
        if not ("name" in item or "unnamed" in item):
            raise self._problem(row, "sheet-row", "name", "A row is not whole", "It has neither name nor unnamed.")
        first: dict[str, Any] = {key: item[key] for key in ("name", "unnamed") if key in item}
        return {
            **first,
            "role": roles[0] if len(roles) == 1 else roles,
            **{key: value for key, value in item.items() if key not in {*first, "role"}},
        }

    def _price(self, row: Row, said: _Said, item: dict[str, Any]) -> None:
        kind = self._kind(row, item)
        currency, amount = str(item.pop("currency")).upper(), item.pop("amount")
        match kind:
            case PriceKind.REGULAR:
                if currency in said.prices:
                    detail = f"Another row has the regular price in {currency} of this edition."
                    raise self._problem(row, "sheet-row-twice", "currency", "Two rows for one price", detail)
                said.prices[currency] = amount
            case PriceKind.TERRITORY:
                taxed = {**item, "currency": currency, "amount": Decimal(amount), **self._tax(row, item)}
                said.lists.setdefault(kind.field, []).append({name: taxed[name] for name in _TERRITORY_PRICE if name in taxed})
            case _:
                self._dated(row, said, kind, {**item, "prices": {currency: amount}})

    def _tax(self, row: Row, item: dict[str, Any]) -> dict[str, Any]:
        """Return the tax of a row with its rate as a number; nothing where it has no rate."""
        tax = item.get("tax") or {}
        if "rate" not in tax:
            return {}
        text = str(tax["rate"]).replace(",", ".").removesuffix("%").strip()
        if not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,4})?", text):
            detail = f"`{text[:20]}` is no rate in percent."
            raise self._problem(row, "sheet-number", "tax_rate", "Not a rate", detail, "Write a number such as 4 or 10.5.")
        return {"tax": {**tax, "rate": Decimal(text)}}

    def _dated(self, row: Row, said: _Said, kind: PriceKind, item: dict[str, Any]) -> None:
        """Add a price to the change or the promotion that it is part of: the one of the same day, or of the same name."""
        known = said.lists.setdefault(kind.field, [])
        by = "from" if kind is PriceKind.CHANGE else "id"
        missing = [name for name in (("from",) if kind is PriceKind.CHANGE else ("id", "from", "until")) if name not in item]
        if missing:
            name = {"id": "promotion"}.get(missing[0], missing[0])
            raise self._problem(row, "sheet-row", name, "A row is not whole", f"A {kind.value} needs {name}.")
        same = next((one for one in known if one[by] == item[by]), None)
        if same is None:
            known.append(item)
            return
        [(currency, amount)] = item["prices"].items()
        rest = {name: value for name, value in item.items() if name != "prices"}
        if rest != {name: value for name, value in same.items() if name != "prices"}:
            detail = f"Another row of the promotion {item[by]} has other days or territories."
            raise self._problem(row, "sheet-row", "promotion", "Two rows of one promotion differ", detail, "Make them equal.")
        if currency in same["prices"]:
            detail = f"Another row has the price in {currency} of the same {kind.value}."
            raise self._problem(row, "sheet-row-twice", "currency", "Two rows for one price", detail)
        same["prices"][currency] = amount

    def _kind(self, row: Row, item: dict[str, Any]) -> PriceKind:
        said = str(item.pop("kind", "")).casefold()
        if said and said not in _KINDS:
            detail = f"`{said[:20]}` is no kind of price."
            raise self._problem(row, "sheet-value", "kind", "An unknown kind of price", detail, f"Write {' or '.join(_KINDS)}.")
        if said:
            kind = _KINDS[said]
        elif "id" in item:
            kind = PriceKind.PROMOTION
        elif "from" in item:
            kind = PriceKind.CHANGE
        else:
            kind = PriceKind.TERRITORY if item.keys() & {"territories", "tax"} else PriceKind.REGULAR
        unused = sorted(item.keys() - {"currency", "amount"} - _MEANT[kind])
        if unused:
            name = {"id": "promotion", "tax": "tax_included"}.get(unused[0], unused[0])
            detail = f"A {kind.value} price has no {name}."
            hint = "Empty it, or change the kind."
            raise self._problem(row, "sheet-row", name, "A cell that its row has no use for", detail, hint)
        return kind


_TERRITORY_PRICE: Final = ("territories", "currency", "amount", "tax")
_MEANT: Final = {
    PriceKind.REGULAR: frozenset[str](),
    PriceKind.TERRITORY: frozenset({"territories", "tax"}),
    PriceKind.CHANGE: frozenset({"from"}),
    PriceKind.PROMOTION: frozenset({"id", "from", "until", "territories"}),
}
"""The fields that a row of each kind has beside its currency and amount."""
