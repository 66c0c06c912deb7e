"""What a product is known by, read: its reference and its identifiers. The reverse of what `export` writes of them."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from catalogctl.config.schema.codes import isbn13
from catalogctl.config.syntax.scalars import CodeError
from catalogctl.model.diagnostics import error, warning
from catalogctl.onix.reading import RecordReading

PUBLIC_SCHEMES: Final = {"doi": "06", "urn": "22", "gtin": "03", "ark": "35"}
"""List 5: identifiers whose scheme is known by its name."""
_KNOWN_NAMES: Final = frozenset({"doi", "uuid"})
"""Names that title files have in small letters."""
_ISBN: Final = ("15", "03", "02")
_OWN: Final = "01"
_BETWEEN: Final = re.compile("[-\u00a0 \u2010-\u2015]")


def read_identity(reading: RecordReading) -> None:
    """Read the identifiers: the ISBN, on which all must agree, and those of other schemes."""
    told: dict[str, etree._Element] = {}
    for identifier in reading.all("ProductIdentifier"):
        kind, number = reading.peek("ProductIDType", identifier), reading.peek("IDValue", identifier)
        if not number:
            continue
        if kind in _ISBN and (kind != "03" or _BETWEEN.sub("", number).startswith(("978", "979"))):
            _isbn(reading, identifier, number, told)
        elif kind == _OWN and reading.peek("IDTypeName", identifier) == "external_id":
            reading.text("IDTypeName", identifier)
            _take(reading, identifier)
            reading.say("external_id", number)
        elif kind == _OWN and (name := reading.peek("IDTypeName", identifier)):
            reading.text("IDTypeName", identifier)
            _take(reading, identifier)
            reading.say("identifiers", number, name.casefold() if name.casefold() in _KNOWN_NAMES else name)
        elif name := next((name for name, code in PUBLIC_SCHEMES.items() if code == kind), ""):
            _take(reading, identifier)
            reading.say("identifiers", re.sub(r"(?i)^(https?://)?(dx\.)?doi\.org/|^doi:\s*", "", number) if name == "doi" else number, name)
    if len(told) > 1:
        detail = f"The product has {' and '.join(told)}: these are the numbers of several products."
        reading.refuse(
            error("onix-isbn-differs", "Two ISBNs of one product", detail, "Leave out the one that is not its own."), list(told.values())[1]
        )
    elif told:
        reading.say("isbn", next(iter(told)))
    wanted = reading.rules.external_id
    if wanted and (value := next((value for name, value in reading.facts.get("identifiers", {}).items() if name == wanted), "")):
        reading.say("external_id", value)


def _isbn(reading: RecordReading, identifier: etree._Element, number: str, told: dict[str, etree._Element]) -> None:
    _take(reading, identifier)
    try:
        told.setdefault(isbn13(_BETWEEN.sub("", number)), identifier)
    except CodeError as wrong:
        detail = f"{wrong.detail} The record is read without it."
        reading.remark(warning("onix-isbn-check", wrong.summary, detail, wrong.hint), identifier, number)


def _take(reading: RecordReading, identifier: etree._Element) -> None:
    reading.text("ProductIDType", identifier)
    reading.text("IDValue", identifier)
    reading.claim("identifiers", identifier)
