"""The schemas and code lists of EDItEUR, as the package `onixcheck` brings them; none of them is part of catalogctl.

Of its files we read three kinds: the schema of the reference tags, that of the short tags, which tells the reference name of each, and
the code lists, which name their issue and its date.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_HEAD: Final = 4_000
"""Characters at the beginning of the code lists within which issue and date are named."""


class Release(StrEnum):
    """A release of ONIX for Books that can be read."""

    V21 = "2.1"
    V30 = "3.0"
    V31 = "3.1"

    @property
    def namespace(self) -> str:
        """The namespace of its reference tags."""
        return _NAMESPACES[self]

    @property
    def stem(self) -> str:
        """How the names of its schema files begin, folder and all."""
        return f"xsd{self.value}/ONIX_BookProduct_{'Release' if self is Release.V21 else ''}{self.value}"


_NAMESPACES: Final = {one: f"http://{'www' if one is Release.V21 else 'ns'}.editeur.org/onix/{one.value}/reference" for one in Release}


@dataclass(frozen=True, slots=True)
class CodeList:
    """One code list."""

    number: int
    name: str
    codes: Mapping[str, str]
    """Code → its heading."""
    deprecated: frozenset[str]
    """Codes that are not to be used any more."""


@dataclass(frozen=True, slots=True)
class CodeLists:
    """The code lists of one issue."""

    issue: int
    released: date
    lists: Mapping[int, CodeList]


def _file(name: str) -> Path:
    """Return a file of the schemas; the package is found and not imported."""
    found = importlib.util.find_spec("onixcheck")
    assert found is not None and found.origin is not None, "commands ask for the extra first"  # noqa: PT018
    return Path(found.origin).parent / "schema" / name


@cache
def schema(release: Release) -> etree.XMLSchema:
    """Return the compiled schema of the reference tags of a release."""
    return etree.XMLSchema(etree.parse(_file(f"{release.stem}_reference.xsd")))


@cache
def reference_names(release: Release) -> Mapping[str, str]:
    """Return the reference name of every short tag of a release."""
    short = etree.parse(_file(f"{release.stem}_short.xsd")).getroot()
    known = {name.casefold(): name for name in list_numbers(release).keys() | element_names(release)}
    names: dict[str, str] = {}
    for element in short.iter(f"{_XS}element"):
        name = element.get("name")
        if name is not None:
            told = next((one for one in element.iter(f"{_XS}attribute") if one.get("name") == "refname"), None)
            listed = None if told is None else told.find(f".//{_XS}enumeration")
            fixed = None if told is None else told.get("fixed")
            names[name] = str(listed.get("value")) if listed is not None else fixed or known.get(name.casefold(), name)
    return names


@cache
def element_names(release: Release) -> frozenset[str]:
    """Return the names of all elements of the reference tags."""
    return frozenset(name for element in _reference(release).iter(f"{_XS}element") if (name := element.get("name")) is not None)


@cache
def list_numbers(release: Release) -> Mapping[str, int]:
    """Return which code list the value of an element is from, by the element's reference name."""
    found: dict[str, int] = {}
    for element in _reference(release).iter(f"{_XS}element"):
        name, typed = element.get("name"), [element.get("type"), *(one.get("base") for one in element.iter(f"{_XS}extension"))]
        numbers = [int(number[1]) for one in typed if one is not None and (number := re.fullmatch(r"List(\d+)", one))]
        if name is not None and numbers:
            found[name] = numbers[0]
    return found


@cache
def child_order(release: Release, name: str) -> tuple[str, ...]:
    """Return the names of the elements that may be in another, in the order in which the schema wants them."""
    definition = next(one for one in _reference(release).iterchildren(f"{_XS}element") if one.get("name") == name)
    return tuple(dict.fromkeys(_children(release, definition)))


def _children(release: Release, definition: etree._Element) -> Iterator[str]:
    for one in definition.iterdescendants(f"{_XS}element", f"{_XS}group"):
        name = one.get("ref") or one.get("name")
        if name is not None and one.tag == f"{_XS}element":
            yield name
        elif name is not None:
            yield from _children(
                release, next(item for item in _reference(release).iterchildren(f"{_XS}group") if item.get("name") == name)
            )


@cache
def _reference(release: Release) -> etree._Element:
    return etree.parse(_file(f"{release.stem}_reference.xsd")).getroot()


@cache
def code_lists(release: Release) -> CodeLists:
    """Return the code lists that the schema of a release is held against."""
    path = _file(f"{release.stem.partition('/')[0]}/ONIX_BookProduct_CodeLists.xsd")
    head = path.read_text(encoding="utf-8")[:_HEAD]
    issue, released = re.search(r"ISSUE:\s*(\d+)", head), re.search(r"Release date:\s*(\d{4}-\d{2}-\d{2})", head)
    assert issue is not None and released is not None, "the file names its issue"  # noqa: PT018
    lists: dict[int, CodeList] = {}
    for kind in etree.parse(path).getroot().iter(f"{_XS}simpleType"):
        named = re.fullmatch(r"List(\d+)", kind.get("name") or "")
        if named is not None:
            number = int(named[1])
            lists[number] = _code_list(number, kind)
    return CodeLists(int(issue[1]), date.fromisoformat(released[1]), lists)


def _code_list(number: int, kind: etree._Element) -> CodeList:
    codes: dict[str, str] = {}
    deprecated: set[str] = set()
    for value in kind.iter(f"{_XS}enumeration"):
        code = str(value.get("value"))
        said = [one.text or "" for one in value.iter(f"{_XS}documentation")]
        codes[code] = said[0] if said else ""
        if any(text.lower().startswith("deprecated") or "(deprecated" in text.lower() for text in said[1:]):
            deprecated.add(code)
    told = kind.find(f"{_XS}annotation/{_XS}documentation")
    return CodeList(number, "" if told is None else told.text or "", codes, frozenset(deprecated))
