"""How the columns of someone else's sheet are read: a mapping file, those that are built in, and one that is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from catalogctl.config.schema.judge import judge
from catalogctl.config.syntax.source import Source, locate, parse
from catalogctl.model.alike import most_alike
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Severity, error
from catalogctl.query.fields import FieldKind, Fields, UnknownFieldError
from catalogctl.sheets.columns import EDITION, KEYS, TITLE, Column, Form, own_column, own_names, price_column
from catalogctl.sheets.grid import Grid
from catalogctl.sheets.rows import list_columns
from catalogctl.sheets.values import Locale

IGNORE: Final = "ignore"
FROM: Final = "from"
"""The column of a price list with the day from which its prices hold."""
PRICES: Final = "prices"
"""Stands for the prices in all currencies, in one cell."""


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class LocaleBlock(_Block):
    """How numbers, days and lists are written in the sheet."""

    decimal: Literal[".", ","] | None = Field(None, description="The sign before the cents.")
    date: Literal["dmy", "mdy", "ymd"] | None = Field(None, description="The order of day, month and year.")
    list: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        default=None, description="What stands between the items of a list."
    )


class TargetBlock(_Block):
    """Where the cells of one column go."""

    to: str = Field(description="The field of an edition: `title`, `prices.EUR`, `publish.store.collections`.")
    edition: str | None = Field(None, description="The edition, where a row is a work with columns for each of its forms.")
    role: str | None = Field(None, description="The role of the people in the column.")
    values: Mapping[str, str] | None = Field(None, description="What each word of the column means here.")
    cents: bool = Field(default=False, description="Whether its amounts are in cents: 1999 is 19.99.")


class MappingBlock(_Block):
    """A mapping file."""

    sheet: str | None = Field(None, description="The sheet of the workbook.")
    header_row: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="The row with the names of the columns, from 1."
    )
    key: Literal["isbn", "external_id", "title_id"] | None = Field(
        default=None, description="By what an edition is known. By default its ISBN."
    )
    shape: Literal["edition", "work"] | None = Field(None, description="Whether a row is an edition or a work.")
    empty: Literal["keep", "erase"] | None = Field(None, description="What an empty cell means. By default nothing.")
    locale: LocaleBlock | None = Field(None, description="How numbers, days and lists are written.")
    columns: Mapping[str, str | TargetBlock] = Field(description="Where each column goes, by its header; `ignore` passes it over.")
    defaults: Mapping[str, Any] | None = Field(None, description="Fields of titles that are new.")


@dataclass(frozen=True, slots=True)
class Target:
    """What one column of a sheet is for."""

    index: int
    column: Column
    edition: str = ""
    role: str = ""
    values: Mapping[str, str] | None = None
    cents: bool = False


@dataclass(frozen=True, slots=True)
class Mapped:
    """The columns of a sheet, each with what it is for."""

    targets: tuple[Target, ...]
    keys: Mapping[str, int]
    """The columns by which a row is known: title_id and edition, isbn, or external_id."""
    exported: int | None
    """The column that says what was exported."""
    starts: int | None
    """The column with the day from which the prices of a row hold."""
    erases: bool
    """Whether an empty cell takes back what the files say, where the sheet does not say what was exported."""
    locale: Locale
    defaults: Mapping[str, Any]
    by_work: bool = False


def read_mapping(source: Source) -> MappingBlock:
    """Read a mapping file.

    Raises:  CatalogError with all that is wrong with it, each with its line.
    """
    parsed = parse(source)
    wrong = [found for found in parsed.diagnostics if found.severity is Severity.ERROR]
    if wrong:
        raise CatalogError(*wrong)
    read = judge(MappingBlock).read(parsed.documents[0] if parsed.documents else {})
    if isinstance(read, MappingBlock):
        return read
    raise CatalogError(*(problem.diagnostic(lambda pointer, part: locate(source, 0, pointer, part)) for problem in read))


def own_mapping(grid: Grid, fields: Fields, locale: Locale, ignored: frozenset[str] = frozenset()) -> Mapped:
    """Return what the columns of our own sheet are for, or of a list of prices.

    Raises:  CatalogError (sheet-column) for each column that is none of ours, (sheet-key) where no column names the editions.
    """
    targets: list[Target] = []
    keys: dict[str, int] = {}
    exported = starts = None
    wrong = []
    for index, name in enumerate(grid.header):
        own = _own_name(name, fields)
        if not name or name in ignored:
            continue
        if name.startswith("exported:"):
            exported = index
        elif own in KEYS:
            keys[own] = index
        elif own == FROM:
            starts = index
        elif (column := _listed(grid, index) or own_column(own, fields)) is not None:
            targets.append(Target(index, column))
        elif (path := _field_path(name, fields)) is not None:
            targets.append(Target(index, path))
        else:
            wrong.append(_unknown_column(grid, index, fields))
    if wrong:
        raise CatalogError(*wrong)
    if not (TITLE in keys and EDITION in keys):
        isbn = next((target.index for target in targets if target.column.name == "isbn"), None)
        if isbn is None:
            raise _no_key(grid)
        keys = {"isbn": isbn}
        targets = [target for target in targets if target.index != isbn]
    _once(grid, targets)
    locale = replace(locale, is_ours=exported is not None)
    return Mapped(tuple(targets), keys, exported, starts, exported is not None, locale, {})


def _listed(grid: Grid, index: int) -> Column | None:
    """Return the list that a column has of a further sheet; `None` for a column of the sheet itself."""
    if index < len(grid.header) - grid.lists:
        return None
    return next((column for column in list_columns() if column.name == grid.header[index]), None)


def foreign_mapping(grid: Grid, block: MappingBlock, fields: Fields, locale: Locale) -> Mapped:
    """Return what the columns of a sheet are for by a mapping file.

    Raises:  CatalogError (sheet-column) for a column that the mapping does not name, and for a field that there is not.
    """
    said = block.locale or LocaleBlock()
    locale = Locale(locale.decimal or said.decimal or "", locale.date or said.date or "", said.list or locale.list)
    targets: list[Target] = []
    starts = None
    wrong = []
    for index, name in enumerate(grid.header):
        entry = block.columns.get(name)
        if entry == IGNORE or not name:
            continue
        if entry is None:
            wrong.append(_unknown_column(grid, index, fields))
            continue
        target = entry if isinstance(entry, TargetBlock) else TargetBlock(to=entry)
        if target.to == FROM:
            starts = index
            continue
        column = column_of(target.to, fields)
        if column is None:
            near = most_alike(target.to, [*own_names(fields), *fields.names()])
            hint = f"Did you mean {near[0]}?" if near else "Fields are named as `list --columns` and `set` name them."
            wrong.append(error("sheet-column", "A mapping names an unknown field", f"There is no field `{target.to}`.", hint))
            continue
        targets.append(Target(index, column, target.edition or "", target.role or "", target.values, target.cents))
    if wrong:
        raise CatalogError(*wrong)
    by_work = block.shape == "work"
    key = block.key or "isbn"
    keys: dict[str, int] = {target.column.name: target.index for target in targets if target.column.name == key and not target.edition}
    if not keys and not (by_work and any(target.column.name == key for target in targets)):
        raise _no_key(grid)
    return Mapped(tuple(targets), keys, None, starts, block.empty == "erase", locale, block.defaults or {}, by_work)


def _own_name(name: str, fields: Fields) -> str:
    """Return a header as ours are written, whatever its capitals."""
    if own_column(name, fields) is not None or name in {*KEYS, FROM}:
        return name
    for known in (*own_names(fields), FROM):
        if name.casefold() == known.casefold():
            return known
    return name.upper() if own_column(name.upper(), fields) is not None else name


def column_of(name: str, fields: Fields) -> Column | None:
    """Return the column of a field that a mapping names; `None` where there is no such field."""
    if name == PRICES:
        return Column(PRICES, (PRICES,), Form.WORDS)
    if name in KEYS:
        return Column(name, (name,))
    return own_column(name, fields) or _field_path(name, fields)


def _field_path(name: str, fields: Fields) -> Column | None:
    """Return the column of a field that is named by its path: `prices.EUR`, `publish.store.territories`."""
    path = tuple(name.split("."))
    try:
        found = fields.find(path)
    except (UnknownFieldError, IndexError):
        return None
    if found.kind is FieldKind.GROUP:
        return None
    if path[0] == PRICES and len(path) == 2:
        return price_column(path[1])
    form = {FieldKind.DATE: Form.DAY, FieldKind.TRUTH: Form.YES_NO}.get(found.kind, Form.TEXT)
    if form is Form.TEXT and fields.holds_list(found.path):
        form = Form.WORDS
    return Column(name, found.path, form)


def _unknown_column(grid: Grid, index: int, fields: Fields) -> Diagnostic:
    name = grid.header[index]
    near = most_alike(name, [*own_names(fields), FROM])
    meant = f"Did you mean {near[0]}? Otherwise leave it out with" if near else "Leave it out with"
    hint = f"{meant} --ignore '{name}', or say in a mapping file what it is for; --guess proposes one."
    return error("sheet-column", "An unknown column", f"The column `{name}` is none of ours.", hint).at(grid.place(grid.header_row, index))


def _no_key(grid: Grid) -> CatalogError:
    detail = "No column says which edition a row is about."
    hint = "Add the columns title_id and edition, or isbn."
    return CatalogError(error("sheet-key", "Rows without a key", detail, hint).at(grid.place(grid.header_row)))


def _once(grid: Grid, targets: list[Target]) -> None:
    known: dict[tuple[str, ...], Target] = {}
    for target in targets:
        first = known.setdefault(target.column.path, target)
        if first is not target:
            detail = f"The columns `{grid.header[first.index]}` and `{grid.header[target.index]}` are both `{target.column.name}`."
            problem = error("sheet-column", "Two columns for one field", detail).at(grid.place(grid.header_row, target.index))
            raise CatalogError(problem)
