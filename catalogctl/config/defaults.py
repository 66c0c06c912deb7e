"""What is said nearest wins, field by field, and where that was.

    the edition  >  its title  >  defaults of the title's folder  >  defaults of the folder above  >  …
                                  (within one defaults document, its `edition:` block before the rest)

What one account is given in `publish` blocks goes before all of it, the edition's block before those of defaults (`store_facts`).

Mappings (prices, publish, files, …) are laid over each other key by key; lists, texts and a series replace. A null takes back what
stands further out.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from catalogctl.config.documents import Document
from catalogctl.config.project import laid_over
from catalogctl.model.diagnostics import Pointer
from catalogctl.model.title import Origin

METADATA: Final = frozenset(
    "title subtitle language contributors publisher imprint series publication_date description subjects keywords territories "
    "title_prefix original_title original_language edition_statement edition_number edition_types edition_year audience ages "
    "short_description tagline table_of_contents reviews awards place country copyright status dates rights".split()
)
"""What a title, its editions and defaults all can say."""

_WHOLE: Final = ("series", "ages")
"""Mappings that are one thing: half of a series is none."""

_ALSO_CALLED: Final[Mapping[str, Pointer]] = {
    "content": ("files", "content"),
    "cover": ("files", "cover"),
    "bisac": ("subjects", "bisac"),
    "thema": ("subjects", "thema"),
}
"""Names that `Edition` and `Metadata` have for something written elsewhere in a document."""


def lay_over(upper: Mapping[str, Any], lower: Mapping[str, Any]) -> dict[str, Any]:
    """Lay the fields of one block over those of another that is further out."""
    merged: dict[str, Any] = laid_over(upper, lower)
    for name in _WHOLE:
        if upper.get(name) is not None:
            merged[name] = upper[name]
    return merged


class Layers:
    """The defaults of every folder, made when first asked for."""

    def __init__(self, items: Iterable[Document]) -> None:
        self._documents: dict[str, Document] = {}
        self.twice: list[tuple[Document, Document]] = []
        """Defaults documents of a folder that has some already, with the first."""
        for item in items:
            if item.kind == "defaults":
                first = self._documents.setdefault(posixpath.dirname(item.path), item)
                if first is not item:
                    self.twice.append((item, first))
        self._settled: dict[str, Mapping[str, Any]] = {}

    def defaults(self, folder: str) -> Mapping[str, Any]:
        """Return what is true of the editions of a folder's titles unless these say otherwise."""
        known = self._settled.get(folder)
        if known is None:
            above: Mapping[str, Any] = self.defaults(posixpath.dirname(folder)) if folder else {}
            document = self._documents.get(folder)
            known = above if document is None else self._over(document.data, above)
            self._settled[folder] = known
        return known

    @staticmethod
    def _over(data: Mapping[str, Any], above: Mapping[str, Any]) -> Mapping[str, Any]:
        said = {name: value for name, value in data.items() if name in METADATA}
        return lay_over(data.get("edition") or {}, lay_over(said, above))

    def nearest_first(self, folder: str) -> Iterator[Document]:
        """List the defaults documents that a folder's titles are under."""
        while True:
            if folder in self._documents:
                yield self._documents[folder]
            if not folder:
                return
            folder = posixpath.dirname(folder)

    def told(self, document: Document, edition: str, account: str) -> Iterator[tuple[Mapping[str, Any], Origin]]:
        """List what the edition and the defaults above it say to one account, the nearest first, each with its place."""
        publishing = [(document.data.get("editions", {}).get(edition, {}), document.origin.at("editions", edition))]
        publishing += [
            (defaults.data.get("edition") or {}, defaults.origin.at("edition"))
            for defaults in self.nearest_first(posixpath.dirname(document.path))
        ]
        for block, origin in publishing:
            said = (block.get("publish") or {}).get(account, {})
            if not isinstance(said, dict):
                return  # `false` takes back what stands further out
            if said:
                yield said, origin.at("publish", account)

    def origin(self, document: Document, edition: str, field: Pointer, account: str = "") -> Origin:
        """Find where a field of an edition was said; what no one said stands where the edition does.

        Shapes:  `field` as `Edition` or as a document names it, with keys and places further in: `("prices", "USD")`. With an `account`,
                 where what that account is given was said.
        """
        way = (*_ALSO_CALLED[str(field[0])], *field[1:]) if field and field[0] in _ALSO_CALLED else field
        home = document.origin.at("editions", edition)
        if not way:
            return home
        layers: list[tuple[Mapping[str, Any], Origin]] = [*self._layers(document, edition)]
        if account:
            layers = [*self.told(document, edition, account), *layers]
        if way[0] == "external_id" and not any(_is_said(data, way) for data, _ in layers):
            way = ("isbn",)
        for length in range(len(way), 0, -1):
            for data, origin in layers:
                if _is_said(data, way[:length]):
                    return origin.at(*way[:length])
        return home

    def _layers(self, document: Document, edition: str) -> Iterator[tuple[Mapping[str, Any], Origin]]:
        yield document.data.get("editions", {}).get(edition, {}), document.origin.at("editions", edition)
        yield _metadata(document.data), document.origin
        for defaults in self.nearest_first(posixpath.dirname(document.path)):
            yield defaults.data.get("edition") or {}, defaults.origin.at("edition")
            yield _metadata(defaults.data), defaults.origin


def _metadata(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in data.items() if name in METADATA}


def _is_said(data: Any, way: Pointer) -> bool:
    for step in way:
        match data, step:
            case dict(), str() if step in data:
                data = data[step]
            case list(), int() if step < len(data):
                data = data[step]
            case _:
                return False
    return data is not None
