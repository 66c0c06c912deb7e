"""One record while it is read: the facts it comes to, which elements each of them is from, and what is to be said of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from catalogctl.config.project import OnixSettings
from catalogctl.config.syntax.encoding import UNSEEN
from catalogctl.model.diagnostics import Diagnostic, warning
from catalogctl.onix.canonical import is_text
from catalogctl.onix.html import as_html
from catalogctl.onix.record import ProductRecord, is_placeholder, local_name

NO_SETTINGS: Final = OnixSettings()


@dataclass(frozen=True, slots=True)
class Claim:
    """An element that a fact was read from, and of a list the item that it is."""

    element: etree._Element
    item: Any = None


@dataclass(frozen=True, slots=True)
class RecordRemark:
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


class RecordReading:
    """One record on its way to facts."""

    def __init__(self, record: ProductRecord, rules: ReadingRules) -> None:
        self.record = record
        self.rules = rules
        self.facts: dict[str, Any] = {}
        """Canonical data of an edition."""
        self.claims: dict[str, list[Claim]] = defaultdict(list)
        """By the unit that one fact or several that go together are."""
        self.remarks: list[RecordRemark] = []
        self.refusal: RecordRemark | None = None
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
        return self._seen(said, element)

    def html(self, element: etree._Element) -> str:
        """Return a text that may have HTML in it, which counts as read; what no description has is left out of it, with a note."""
        found = as_html(element)
        if is_placeholder(found.text):
            return ""
        self._used.update(element.iter("*"))
        if found.problem is not None:
            self.remark(found.problem, element)
        return self._seen(found.text, element)

    def _seen(self, text: str, element: etree._Element) -> str:
        """Return a text without control characters, which no file has."""
        if UNSEEN.search(text) is None:
            return text
        point = ord(UNSEEN.findall(text)[0])
        detail = f"<{local_name(element)}> has a control character (U+{point:04X}). It is left out of the field."
        hint = "Delete it; it often comes from a database or a word processor."
        self.remark(warning("onix-control-character", "A control character", detail, hint), element)
        return UNSEEN.sub("", text)

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

    def tie(self, unit: str, path: str) -> None:
        """Note that elements are true only as long as a fact is as it was, though nothing was read from them."""
        for element in self.all(path):
            self.claims[unit].append(Claim(element))

    def remark(self, item: Diagnostic, element: etree._Element | None = None, near: str = "") -> None:
        """Take something to be said of an element; of the record where there is none."""
        at = self.record.element if element is None else element
        self.remarks.append(RecordRemark(item, at.sourceline or self.record.line, near))

    def refuse(self, item: Diagnostic, element: etree._Element | None = None, near: str = "") -> None:
        """Say why no edition can be made of the record; the first reason counts."""
        at = self.record.element if element is None else element
        self.refusal = self.refusal or RecordRemark(item, at.sourceline or self.record.line, near)

    # ── counting ──

    def counted(self) -> tuple[int, tuple[str, ...]]:
        """Return how many values something was read from, and the paths of the others."""
        read, unread = 0, []
        for leaf in _leaves(self.record.element):
            if leaf in self._used:
                read += 1
            else:
                unread.append(_path_of(leaf))
        return read, tuple(unread)


def _leaves(element: etree._Element) -> Iterator[etree._Element]:
    """Yield the elements that say something: texts with what is in them, and elements without others in them."""
    for child in element:
        if not len(child) or is_text(child):
            yield child
        else:
            yield from _leaves(child)


def _path_of(element: etree._Element) -> str:
    names = [local_name(element)]
    parent = element.getparent()
    while parent is not None and parent.getparent() is not None and local_name(parent) != "Product":
        names.append(local_name(parent))
        parent = parent.getparent()
    return "/".join(reversed(names))


_AMOUNT: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?")
_DIGITS: Final = re.compile("[0-9]{1,9}")


def amount_of(text: str) -> Decimal | None:
    """Return an amount written in digits with a decimal point; `None` for anything else."""
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


def count_of(text: str) -> int:
    """Return a whole number above zero; 0 for anything else."""
    return int(text) if _DIGITS.fullmatch(text) else 0


def word_of(words: Mapping[str, str], code: str) -> str:
    """Return a catalog's word for a code of ONIX; empty where it has none."""
    return next((word for word, one in words.items() if one == code), "") if code else ""
