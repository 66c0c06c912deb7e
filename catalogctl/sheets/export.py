"""The catalog as the rows of our own sheet: one for each edition, with the text of each cell and by what it is known again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from catalogctl.config.documents import Document, Documents
from catalogctl.query.fields import Fields
from catalogctl.query.view import EditionView
from catalogctl.sheets.columns import Column, digest, exported_header, field_of, own_column, own_columns, price_column, text_of
from catalogctl.sheets.grid import LONGEST_CELL
from catalogctl.sheets.rows import ELSEWHERE, SHEETS, ListSheet, list_columns, list_rows, shown

FILE: Final = "@file:"
"""How a cell begins whose text is in a file beside the sheet."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One cell."""

    text: str
    digest: str
    """Of its whole text, also where that is in a file beside the sheet."""
    value: Any
    """What the edition says; `None`: nothing."""
    is_inherited: bool
    """Whether a title or its defaults say it, and not the edition itself."""


@dataclass(frozen=True, slots=True)
class ExportedRow:
    """One edition."""

    title: str
    edition: str
    cells: tuple[Exported, ...]
    digests: str
    """Of each cell, one after the other."""


@dataclass(frozen=True, slots=True)
class Export:
    """Our own sheet, before it is a file."""

    columns: tuple[Column, ...]
    rows: tuple[ExportedRow, ...]
    texts: Mapping[str, str]
    """Texts that are too long for a cell, by the name of the file that each goes into."""
    elsewhere: tuple[Column, ...] = ()
    """What further sheets show in its place, of which only the digests are here."""
    lists: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """The rows of each further sheet, with the two ids of the edition first."""

    @property
    def exported_header(self) -> str:
        """The name of the column of the digests."""
        return exported_header((*self.columns, *self.elsewhere))


def export(
    documents: Documents, views: Sequence[EditionView], fields: Fields, folder: str, *, names: Sequence[str] = (), wide: bool = False
) -> Export:
    """Make the sheet of some editions, in the order of their titles' and their own ids.

    Shapes:  `folder` is what the folder of texts too long for a cell is called; `names` are the headers wanted, all where empty;
             `wide` puts contributors, prices and tracks on sheets of their own.
    """
    columns = own_columns(_currencies(views), fields.accounts or (), fields)
    if names:
        known = {column.name: column for column in columns}
        columns = tuple(column for name in names if (column := known.get(name) or own_column(name, fields)) is not None)
    else:
        columns = tuple(
            column for column in columns if column.name not in _ONLY_WHERE_USED or any(field_of(view.facts, column.path) for view in views)
        )
    elsewhere: tuple[Column, ...] = ()
    if wide:
        columns = tuple(column for column in columns if not column.currency and column.name not in ELSEWHERE)
        elsewhere = (*map(price_column, _currencies(views)), *list_columns())
    blocks = {item.data["id"]: item for item in documents.items if item.kind == "title"}
    texts: dict[str, str] = {}
    ordered = sorted(views, key=lambda view: (view.title, view.edition))
    rows = tuple(_row(view, (columns, elsewhere), blocks[view.title], folder, texts) for view in ordered)
    lists = {sheet.name: tuple(_list_rows(sheet, ordered, folder, texts)) for sheet in SHEETS} if wide else {}
    return Export(columns, rows, texts, elsewhere, lists)


def _list_rows(sheet: ListSheet, views: Iterable[EditionView], folder: str, texts: dict[str, str]) -> Iterator[tuple[str, ...]]:
    for view in views:
        for number, row in enumerate(list_rows(sheet, view.facts), 1):
            beside = f"{view.title}.{view.edition}.{sheet.name}.{number}"
            cells = zip(sheet.columns, row, strict=True)
            yield (view.title, view.edition, *(_short(text, f"{beside}.{column.name}", folder, texts) for column, text in cells))


_ONLY_WHERE_USED: Final = frozenset({"status", "audience", "thema"})


def _currencies(views: Iterable[EditionView]) -> list[str]:
    return sorted({currency for view in views for currency, amount in (view.facts.get("prices") or {}).items() if amount is not None})


def _row(
    view: EditionView, columns: tuple[Sequence[Column], Sequence[Column]], document: Document, folder: str, texts: dict[str, str]
) -> ExportedRow:
    """Return a row: the cells of the first columns, and the digests of all of them."""
    own = document.data["editions"][view.edition]
    cells = tuple(_cell(view, column, own, folder, texts) for column in columns[0])
    elsewhere = (digest(shown(column, field_of(view.facts, column.path))) for column in columns[1])
    return ExportedRow(view.title, view.edition, cells, "".join((*(cell.digest for cell in cells), *elsewhere)))


def _cell(view: EditionView, column: Column, own: Mapping[str, Any], folder: str, texts: dict[str, str]) -> Exported:
    value = field_of(view.facts, column.path)
    text = text_of(column, value)
    cell = _short(text, f"{view.title}.{view.edition}.{column.name}", folder, texts)
    return Exported(cell, digest(text), value, value is not None and not _is_said(own, column.path))


def _short(text: str, name: str, folder: str, texts: dict[str, str]) -> str:
    """Return a text as a cell has it; one that is too long for a cell goes into a file of that name."""
    if len(text) <= LONGEST_CELL:
        return text
    texts[f"{name}.txt"] = text
    return f"{FILE}{folder}/{name}.txt"


def _is_said(own: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    value: Any = own
    for step in path:
        if not isinstance(value, Mapping) or step not in value:
            return False
        value = value[step]
    return True


def csv_rows(exported: Export) -> Iterator[list[str]]:
    """Yield the header and the rows as the texts of a file of separated values."""
    yield ["title_id", "edition", *(column.name for column in exported.columns), exported.exported_header]
    for row in exported.rows:
        yield [row.title, row.edition, *(cell.text for cell in row.cells), row.digests]
