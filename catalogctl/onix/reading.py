"""One record while it is read: the facts it comes to, which elements each of them is from, and what is to be said of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from lxml import etree

from catalogctl.config.project import OnixSettings
from catalogctl.model.diagnostics import Diagnostic
from catalogctl.onix.html import as_html
from catalogctl.onix.record import ProductRecord, is_placeholder, local_name

Path: TypeAlias = tuple[str, ...]
"""A field of an edition, as a title file calls it: `("prices", "EUR")`."""

NO_SETTINGS: Final = OnixSettings()


@dataclass(frozen=True, slots=True)
class Claim:
    """An element that a fact was read from, and of a list the item that it is."""

    element: etree._Element
    item: Any = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of a record, with its line."""

    item: Diagnostic
    line: int
    near: str = ""


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """What decides how records are read."""

    settings: OnixSettings = NO_SETTINGS
    market: str = ""
    """The country whose supply counts where there are several; empty: they must be equal."""
    supply: int | None = None
    """Which supply counts, from 0; `None`: as `market` says."""
    external_id: str = ""
    """The name of the identifier under which stores know an edition."""
    tests: bool = False
    """Whether test records are taken."""


class Reading:
    """One record on its way to facts."""

    def __init__(self, record: ProductRecord, rules: ReadingRules) -> None:
        self.record = record
        self.rules = rules
        self.facts: dict[str, Any] = {}
        """Canonical data of an edition."""
        self.claims: dict[str, list[Claim]] = defaultdict(list)
        """By the unit that one fact or several that go together are."""
        self.remarks: list[Remark] = []
        self.refusal: Remark | None = None
        """Why no edition can be made of it."""
        self._used: set[etree._Element] = set()

    # ── asking ──

    def all(self, path: str, below: etree._Element | None = None) -> list[etree._Element]:
        """Return the elements at a path of names."""
        return self.record.all(path, below)

    def text(self, path: str, below: etree._Element | None = None) -> str:
        """Return the text of the first element at a path, which counts as read; empty for none and for a placeholder."""
        found = self.record.first(path, below)
        return "" if found is None else self.taken(found)

    def peek(self, path: str, below: etree._Element | None = None) -> str:
        """Return the text of the first element at a path, which does not count as read."""
        return self.record.text(path, below)

    def taken(self, element: etree._Element) -> str:
        """Return the text of an element, which counts as read; empty for a placeholder."""
        said = " ".join((element.text or "").split()) if not len(element) else ""
        if is_placeholder(said):
            return ""
        self._used.add(element)
        return said

    def html(self, element: etree._Element) -> str:
        """Return a text that may have HTML in it, which counts as read; what no description has is left out of it, with a note."""
        found = as_html(element)
        if is_placeholder(found.text):
            return ""
        self._used.update(element.iter("*"))
        if found.problem is not None:
            self.remark(found.problem, element)
        return found.text

    # ── saying ──

    def say(self, field: str, value: Any, *inside: str) -> None:
        """Take a fact; nothing for what is empty."""
        if value in ("", None) or value in ([], {}):
            return
        if inside:
            self.facts.setdefault(field, {})[inside[0]] = value
        else:
            self.facts[field] = value

    def claim(self, unit: str, element: etree._Element | None, item: Any = None) -> None:
        """Note that an element is what a fact was read from."""
        if element is not None:
            self.claims[unit].append(Claim(element, item))
            if not len(element):
                self._used.add(element)

    def remark(self, item: Diagnostic, element: etree._Element | None = None, near: str = "") -> None:
        """Take something to be said of an element; of the record where there is none."""
        at = self.record.element if element is None else element
        self.remarks.append(Remark(item, at.sourceline or self.record.line, near))

    def refuse(self, item: Diagnostic, element: etree._Element | None = None, near: str = "") -> None:
        """Say why no edition can be made of the record; the first reason counts."""
        at = self.record.element if element is None else element
        self.refusal = self.refusal or Remark(item, at.sourceline or self.record.line, near)

    # ── counting ──

    def unread(self) -> Iterator[str]:
        """List the paths of the values that nothing was read from."""
        return (_path_of(leaf) for leaf in self._leaves() if leaf not in self._used)

    def read(self) -> int:
        """Return how many values something was read from."""
        return sum(leaf in self._used for leaf in self._leaves())

    def _leaves(self) -> Iterator[etree._Element]:
        inside: etree._Element | None = None
        for leaf in self.record.element.iter("*"):
            if inside is not None and _is_below(leaf, inside):
                continue
            inside = None
            if leaf.get("textformat") is not None or (leaf.text and leaf.text.strip()):
                inside = leaf if len(leaf) else None
                yield leaf
            elif not len(leaf):
                yield leaf


def _is_below(element: etree._Element, above: etree._Element) -> bool:
    parent = element.getparent()
    while parent is not None:
        if parent is above:
            return True
        parent = parent.getparent()
    return False


def _path_of(element: etree._Element) -> str:
    names = [local_name(element)]
    parent = element.getparent()
    while parent is not None and parent.getparent() is not None and local_name(parent) != "Product":
        names.append(local_name(parent))
        parent = parent.getparent()
    return "/".join(reversed(names))


def word_of(words: Mapping[str, str], code: str) -> str:
    """Return a catalog's word for a code of ONIX; empty where it has none."""
    return next((word for word, one in words.items() if one == code), "") if code else ""
