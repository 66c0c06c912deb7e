"""The canonical form of a record: what is kept beside a title, and what two records are compared by.

Reference tags and the namespace of its release, what the header says by default said in place, attributes in order, indented, no comments.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import BinaryIO, Final

from lxml import etree

from catalogctl.model.diagnostics import Diagnostic, error
from catalogctl.onix.findings import Findings
from catalogctl.onix.reader import FeedReader
from catalogctl.onix.record import ProductRecord, local_name
from catalogctl.onix.schemas import Release, child_order

_HEAD: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'
LARGEST: Final = 16_000_000
"""Bytes of a record beside a title that are read."""
_DEEPEST: Final = 100
_MOST_ELEMENTS: Final = 20_000
"""Of one record; one with all its texts and prices has some hundreds."""
BLOCKS: Final = (
    "DescriptiveDetail CollateralDetail PromotionDetail ContentDetail PublishingDetail RelatedMaterial ProductionDetail ProductSupply"
).split()
"""The blocks of a product, which an update replaces whole."""


def bounds_problem(element: etree._Element) -> Diagnostic | None:
    """Return what makes a record none that anybody means: elements in elements without end, or more of them than any book has."""
    depth = count = 0
    for event, _ in etree.iterwalk(element, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > _DEEPEST or count > _MOST_ELEMENTS:
            what = f"elements nested more than {_DEEPEST} deep" if depth > _DEEPEST else f"more than {_MOST_ELEMENTS:,} elements"
            return error("onix-record-bounds", "A record without bounds", f"It has {what}. It is left out.", "Ask the sender.")
    return None


def with_defaults(record: ProductRecord) -> None:
    """Say in a record what the header of its message says for all: language, price type and currency."""
    header = record.header
    if header is None:
        return
    told = {local_name(one): (one.text or "").strip() for one in header if local_name(one).startswith("Default")}
    language = told.get("DefaultLanguageOfText", "")
    if language and not any(record.text("LanguageRole", one) == "01" for one in record.all("DescriptiveDetail/Language")):
        detail = record.first("DescriptiveDetail")
        if detail is not None:
            made = _made(record, "Language", ("LanguageRole", "01"), ("LanguageCode", language))
            insert(record.release, detail, [made])
    for price in record.all("ProductSupply/SupplyDetail/Price"):
        for name, default in (("PriceType", "DefaultPriceType"), ("CurrencyCode", "DefaultCurrencyCode")):
            lacks = record.first(name, price) is None and not (
                name == "CurrencyCode" and record.first("UnpricedItemType", price) is not None
            )
            if told.get(default) and lacks and not (name == "PriceType" and record.first("PriceTypeDescription", price) is not None):
                leaf = etree.Element(f"{{{record.release.namespace}}}{name}")
                leaf.text = told[default]
                leaf.sourceline = price.sourceline  # type: ignore[misc] # it can be set, whatever its types say
                insert(record.release, price, [leaf])


def _made(record: ProductRecord, name: str, *leaves: tuple[str, str]) -> etree._Element:
    space = f"{{{record.release.namespace}}}"
    made = etree.Element(space + name)
    for tag, text in leaves:
        etree.SubElement(made, space + tag).text = text
    return made


def insert(release: Release, parent: etree._Element, children: list[etree._Element]) -> None:
    """Put elements of one name into another one where the schema wants them, behind those of their name."""
    if not children:
        return
    order = {name: place for place, name in enumerate(child_order(release, local_name(parent)))}
    rank = order.get(local_name(children[0]), len(order))
    at = 0
    for place, other in enumerate(parent):
        if order.get(local_name(other), len(order)) <= rank:
            at = place + 1
    for number, child in enumerate(children):
        parent.insert(at + number, child)


def canonical(element: etree._Element) -> bytes:
    """Return the bytes of a product in its canonical form."""
    copy = normalized(element)
    indent(copy, 0)
    return _HEAD + etree.tostring(copy, encoding="UTF-8", xml_declaration=False) + b"\n"


def normalized(element: etree._Element) -> etree._Element:
    """Return a copy of a product without prefixes, comments and what is around it, its attributes in order."""
    if any(one.prefix is not None for one in element.iter("*")):
        space = str(element.tag).partition("}")[0].lstrip("{")
        return _copied(element, etree.Element(str(element.tag), nsmap={None: space}))
    made = deepcopy(element)
    made.tail = None
    etree.cleanup_namespaces(made)
    for one in made.iter("*"):
        if one.text == "":
            one.text = None
        if len(one.attrib) > 1:
            attributes = sorted((str(name), str(value)) for name, value in one.attrib.items())
            one.attrib.clear()
            for name, value in attributes:
                one.set(name, value)
    return made


def _copied(element: etree._Element, made: etree._Element) -> etree._Element:
    """Copy an element without the prefixes that its namespace has in its file, its attributes in order."""
    for name, value in sorted((str(name), str(value)) for name, value in element.attrib.items()):
        made.set(name, value)
    made.text = element.text or None
    for child in element:
        inner = _copied(child, etree.SubElement(made, str(child.tag)))
        inner.tail = child.tail
    return made


def indent(element: etree._Element, level: int) -> None:
    """Indent what has elements in it and no text of its own; texts and XHTML stay as they are."""
    if not len(element) or is_text(element):
        return
    inner = "\n" + "  " * (level + 1)
    element.text = inner
    for child in element:
        indent(child, level + 1)
        child.tail = inner
    element[-1].tail = "\n" + "  " * level


def is_text(element: etree._Element) -> bool:
    """Return whether an element is a text, with or without markup in it."""
    if element.get("textformat") is not None or (element.text or "").strip():
        return True
    return any((child.tail or "").strip() for child in element)


def read_canonical(data: bytes, path: str) -> tuple[ProductRecord | None, tuple[Diagnostic, ...]]:
    """Read a record in its canonical form, as carefully as a feed is read; `None` where it is none."""

    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        yield io.BytesIO(data)

    findings = Findings(path)
    reader = FeedReader(opened, findings)
    element = next((deepcopy(record.element) for record in reader.records() if bounds_problem(record.element) is None), None)
    if element is None or reader.release in {None, Release.V21} or findings.has_errors:
        return None, tuple(findings.diagnostics({}).errors)
    assert reader.release is not None, "it was read"
    record = ProductRecord(element, reader.release, None)
    return (record if record.first("DescriptiveDetail") is not None else None), ()


def updated(base: etree._Element, update: etree._Element) -> etree._Element:
    """Return a record after a block update: each block that the update has takes the place of the whole block.

    Shapes:  both are of one release. The notification type becomes 03, since what comes out is a whole record.
    """
    made = deepcopy(base)
    replaced = {local_name(one) for one in update if local_name(one) in BLOCKS}
    for one in list(made):
        if local_name(one) in replaced:
            made.remove(one)
    space = str(made.tag).partition("}")[0] + "}"
    release = next(one for one in Release if one.namespace == space[1:-1])
    for name in BLOCKS:
        insert(release, made, [deepcopy(one) for one in update if local_name(one) == name and name in replaced])
    notification = made.find(f"{space}NotificationType")
    if notification is not None:
        notification.text = "03"
    return made
