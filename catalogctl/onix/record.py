"""One product of a feed: its reference tags, asked for by their names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from lxml import etree

from catalogctl.onix.schemas import Release

_PLACEHOLDERS: Final = frozenset({"n/a", "n.a.", "-", "--", "–", "—", "tbc", "tba", "tbd", "null"})
"""What databases write where they have nothing."""


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """One product, in the namespace and the reference tags of its release.

    Lines are those of the file; an element that was not in it has the line of what it was made from.
    """

    element: etree._Element
    release: Release
    """That of its tags: a product of 2.1 is read as one of 3.0."""
    header: etree._Element | None
    """The message's header, in the same tags."""

    @property
    def reference(self) -> str:
        """The record reference; empty where it has none."""
        return self.text("RecordReference")

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.element.sourceline or 1

    def all(self, path: str, below: etree._Element | None = None) -> list[etree._Element]:
        """Return the elements at a path of names, in their order."""
        return (self.element if below is None else below).findall(_way(self.release, path))

    def first(self, path: str, below: etree._Element | None = None) -> etree._Element | None:
        """Return the first element at a path."""
        return (self.element if below is None else below).find(_way(self.release, path))

    def text(self, path: str, below: etree._Element | None = None) -> str:
        """Return the text of the first element at a path; empty for none, and for what is in the place of a value."""
        found = self.first(path, below)
        said = "" if found is None else (found.text or "").strip()
        return "" if is_placeholder(said) else said

    def name(self, element: etree._Element) -> str:
        """Return an element's name without its namespace."""
        return local_name(element)

    def leaves(self) -> Iterator[etree._Element]:
        """List the elements without elements in them."""
        return (element for element in self.element.iter("*") if not len(element))


@cache
def _way(release: Release, path: str) -> str:
    """Return a path of names with their namespace: lxml looks it up faster than names with a table of prefixes."""
    space = f"{{{release.namespace}}}"
    return "/".join(name if name == "*" else space + name for name in path.split("/"))


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def is_placeholder(text: str) -> bool:
    """Return whether a text says that there is no value."""
    return text.strip().casefold() in _PLACEHOLDERS
