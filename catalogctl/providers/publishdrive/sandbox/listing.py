"""The list of books: what its query may ask for, and its pages.

Chosen where the documents are silent: the order rises, and books that are equal in it follow in the order of creation;
a parameter that the documents do not name is refused; a page after the last one is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast
from urllib.parse import parse_qsl, urlencode

from catalogctl.provider.emulation import Json
from catalogctl.providers.publishdrive.sandbox.answers import ValueFault
from catalogctl.providers.publishdrive.sandbox.book import Book
from catalogctl.providers.publishdrive.sandbox.codes import FORMATS, LANGUAGE

LINKS = "https://api.example.com/v2/distribution/books"
"""The address in a page's links, which is not the one that was asked."""
HIGHEST_PER_PAGE = 100
SORTS: Mapping[str, Callable[[Book], str]] = {
    "createdAt": lambda book: f"{book.number:020}",
    "title": lambda book: str(book.attributes["title"]),
    "productIdentifier": lambda book: str(book.attributes["isbn"] or ""),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a list is asked for; pages count from 1."""

    page: int
    per_page: int
    sort: str
    kept: Mapping[str, str]
    """The query without its page, as it was sent."""

    def chosen(self, books: Iterable[Book]) -> list[Book]:
        """Choose the books on all its pages, in order; `books` come in the order of creation."""
        kind, language = self.kept.get("format"), self.kept.get("language")
        found = [book for book in books if kind in (None, book.format) and (language is None or _speaks(book, language))]
        return sorted(found, key=SORTS[self.sort])

    def on_page(self, chosen: list[Book]) -> list[Book]:
        """Return those that are on its page."""
        start = (self.page - 1) * self.per_page
        return chosen[start : start + self.per_page]

    def around(self, total: int, per_page_in_meta: Literal["true_value", "twenty"]) -> dict[str, Json]:
        """Return `meta` and `links` of its page, where `total` books are on all pages."""
        last = max(-(-total // self.per_page), 1)
        shown = 20 if per_page_in_meta == "twenty" else self.per_page
        return {
            "meta": {"total": total, "page": self.page, "perPage": shown, "lastPage": last},
            "links": {
                "self": self._link(self.page),
                "next": self._link(self.page + 1) if self.page < last else None,
                "prev": self._link(self.page - 1) if self.page > 1 else None,
            },
        }

    def _link(self, page: int) -> str:
        return f"{LINKS}?{urlencode({'page': page, **self.kept})}"


def read_question(query: str) -> Question | list[ValueFault]:
    """Read the query of a list, or name what is wrong with it."""
    given = dict(parse_qsl(query, keep_blank_values=True))
    page, per_page, sort = given.get("page", "1"), given.get("perPage", "50"), given.get("sort", "createdAt")
    faults = [
        ValueFault(name, "This parameter is not known here.")
        for name in given
        if name not in ("page", "perPage", "sort", "format", "language")
    ]
    if not _is_number(page, 10**9):
        faults.append(ValueFault("page", "This must be a whole number from 1 on."))
    if not _is_number(per_page, HIGHEST_PER_PAGE):
        faults.append(ValueFault("perPage", f"This must be a whole number from 1 to {HIGHEST_PER_PAGE}."))
    if sort not in SORTS:
        faults.append(ValueFault("sort", f"This must be one of {', '.join(SORTS)}."))
    if given.get("format", FORMATS[0]) not in FORMATS:
        faults.append(ValueFault("format", f"This must be one of {', '.join(FORMATS)}."))
    if not LANGUAGE.fullmatch(given.get("language", "en")):
        faults.append(ValueFault("language", "This is no language code."))
    if faults:
        return faults
    return Question(int(page), int(per_page), sort, {name: value for name, value in given.items() if name != "page"})


def _is_number(text: str, highest: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 12 and 1 <= int(text) <= highest


def _speaks(book: Book, language: str) -> bool:
    return language.casefold() in (str(code).casefold() for code in cast("list[Json]", book.attributes["language"]))
