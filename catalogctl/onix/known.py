"""What a catalog has of records already: its editions by their references and ISBNs, and the records beside its titles."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

from catalogctl.config.defaults import Layers
from catalogctl.config.documents import Documents
from catalogctl.model.diagnostics import CatalogError, SourceRange, error
from catalogctl.model.title import Edition, Title
from catalogctl.onix.canonical import LARGEST, read_canonical
from catalogctl.onix.from_record import KeptRecord
from catalogctl.onix.record import ProductRecord
from catalogctl.query.view import EditionView, catalog_views
from catalogctl.system.safe_folder import SafeFolder

FOLDER: Final = "onix"
"""The folder of records, beside the titles."""


class Known:
    """The editions of a catalog."""

    def __init__(self, root: Path, views: Iterable[EditionView], namespace: str) -> None:
        self._root = root
        self.views = tuple(views)
        self._namespace = namespace

    @cached_property
    def by_reference(self) -> Mapping[str, EditionView]:
        """Editions by their record references."""
        found: dict[str, EditionView] = {}
        for view in self.views:
            said = (view.facts.get("onix") or {}).get("reference")
            reference = said or (f"{self._namespace}.{view.title}.{view.edition}" if self._namespace else "")
            if reference:
                found.setdefault(str(reference), view)
        return found

    @cached_property
    def by_isbn(self) -> Mapping[str, EditionView]:
        """Editions by their ISBNs."""
        return {str(view.facts["isbn"]): view for view in reversed(self.views) if view.facts.get("isbn")}

    @cached_property
    def titles_by_isbn(self) -> Mapping[str, str]:
        """Titles by the ISBNs of their editions."""
        return {isbn: view.title for isbn, view in self.by_isbn.items()}

    def find(self, reference: str, isbn: str) -> EditionView | None:
        """Return the edition of a record."""
        return self.by_reference.get(reference) or self.by_isbn.get(isbn)

    def record_path(self, view: EditionView) -> str:
        """Return the path of the record that an edition came from, relative to the project; empty for none.

        Raises:  CatalogError (onix-record) where it would be outside the project.
        """
        said = (view.facts.get("onix") or {}).get("record")
        if not said:
            return ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(view.path), str(said)))
        if path.startswith(("/", "../")) or path == ".." or "\\" in path or "\0" in path:
            raise _unusable(view, str(said), "it is outside the project folder")
        return path

    def data(self, view: EditionView) -> bytes:
        """Return the bytes of the record beside an edition; empty where it has none.

        Raises:  CatalogError (onix-record) where it cannot be read.
        """
        path = self.record_path(view)
        if not path:
            return b""
        folder, name = posixpath.split(path)
        try:
            data = SafeFolder.below(self._root, folder, mode=None).read_bounded(name, LARGEST)
        except OSError as failure:
            raise _unusable(view, path, failure.strerror or str(failure)) from None
        if len(data) > LARGEST:
            raise _unusable(view, path, f"it has more than {LARGEST:,} bytes")
        return data

    def record(self, view: EditionView) -> ProductRecord | None:
        """Return the record beside an edition; `None` where it has none.

        Raises:  CatalogError (onix-record) where it cannot be read, or is no record of ONIX 3.
        """
        data = self.data(view)
        if not data:
            return None
        path = self.record_path(view)
        record, wrong = read_canonical(data, path)
        if record is None:
            why = wrong[0].detail.rstrip(".") if wrong else "it is no product of ONIX 3"
            raise _unusable(view, path, why[:1].lower() + why[1:])
        return record


def kept_records(documents: Documents, layers: Layers) -> Callable[[Title, Edition], KeptRecord | None]:
    """Return what gives the record that an edition came from, with what its files say now."""
    groups = documents.project.territory_groups
    known = Known(documents.project.root, catalog_views(documents.items, layers, groups), documents.project.onix.namespace)
    views = {(view.title, view.edition): view for view in known.views}

    def kept(title: Title, edition: Edition) -> KeptRecord | None:
        view = views.get((title.id, edition.id))
        record = None if view is None else known.record(view)
        return None if view is None or record is None else KeptRecord(record, view.facts, known.record_path(view), groups)

    return kept


def _unusable(view: EditionView, path: str, why: str) -> CatalogError:
    detail = f"`onix.record` of {view.title}.{view.edition} is `{path[:120]}`: {why}."
    hint = "Restore the file, or take `record` out of `onix:`: the edition is then written from its title alone."
    item = error("onix-record", "A record that cannot be read", detail, hint, address=f"{view.title}.{view.edition}")
    return CatalogError(item.at(SourceRange(view.path, 1, 1, 2, "")))
