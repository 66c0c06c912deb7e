"""Reads ONIX for Books 3.0 and 2.1 products into title files, mechanically: each fact that has a place there, as it is.

This is no importer. It exists to feed the engine with what other people's catalogs hold: languages, names, prices and texts that no one
made up for a test. Source: the tag names and code lists of ONIX 3.0 (reference and short tags).
"""

from __future__ import annotations

import html
import html.entities
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pycountry

from catalogctl.model.language import canonical_tag

Document = dict[str, Any]

_SHORT = {
    "a001": "RecordReference", "b221": "ProductIDType", "b244": "IDValue", "b012": "ProductForm", "b333": "ProductFormDetail",
    "b202": "TitleType", "b203": "TitleText", "b030": "TitlePrefix", "b031": "TitleWithoutPrefix", "b029": "Subtitle",
    "b034": "SequenceNumber", "b035": "ContributorRole", "b036": "PersonName", "b037": "PersonNameInverted", "b039": "NamesBeforeKey",
    "b040": "KeyNames", "b047": "CorporateName", "b253": "LanguageRole", "b252": "LanguageCode", "b218": "ExtentType",
    "b219": "ExtentValue", "b067": "SubjectSchemeIdentifier", "b069": "SubjectCode", "b070": "SubjectHeadingText", "x426": "TextType",
    "d104": "Text", "b079": "ImprintName", "b291": "PublishingRole", "b081": "PublisherName", "x448": "PublishingDateRole", "b306": "Date",
    "x462": "PriceType", "j151": "PriceAmount", "j152": "CurrencyCode", "x449": "CountriesIncluded", "x450": "RegionsIncluded",
    "b089": "SalesRightsType", "product": "Product", "productidentifier": "ProductIdentifier", "titledetail": "TitleDetail",
    "titleelement": "TitleElement", "contributor": "Contributor", "language": "Language", "extent": "Extent", "subject": "Subject",
    "textcontent": "TextContent", "imprint": "Imprint", "publisher": "Publisher", "publishingdate": "PublishingDate", "price": "Price",
    "salesrights": "SalesRights", "collection": "Collection", "x409": "TitleElementLevel", "x410": "PartNumber",
}  # fmt: skip
_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]*);")
_FORMATS = {"E": "epub", "A": "audiobook", "B": "print"}


def products(path: Path) -> Iterator[ET.Element]:
    """Read every product of a file, with reference names and without namespaces; a file that is not XML has none.

    The entities of ONIX 2.1, which its DTD declares, are those of HTML.
    """
    data = _ENTITY.sub(
        lambda found: "".join(f"&#{ord(sign)};" for sign in html.entities.html5[f"{found[1].decode()};"]).encode(), path.read_bytes()
    )
    try:
        whole = ET.fromstring(data)
    except ET.ParseError:
        return
    for element in whole.iter():
        plain = element.tag.rpartition("}")[2]
        element.tag = _SHORT.get(plain, plain)
    yield from whole.iter("Product")


def title(product: ET.Element, number: int) -> Document | None:
    """Return the title file of one product; `None` where it has no title or is in no form that a title file has."""
    form = _FORMATS.get(_text(product, ".//ProductForm")[:1])
    element = product.find(".//DescriptiveDetail/TitleDetail/TitleElement")
    element = product.find(".//TitleDetail/TitleElement") if element is None else element
    element = product.find(".//Title") if element is None else element
    name = "" if element is None else _text(element, "TitleText") or _joined(element, "TitlePrefix", "TitleWithoutPrefix")
    if form is None or not name:
        return None
    said = {
        "subtitle": "" if element is None else _text(element, "Subtitle"),
        "language": _language(product),
        "contributors": list(_contributors(product)),
        "publisher": _text(product, ".//Publisher/PublisherName"),
        "imprint": _text(product, ".//Imprint/ImprintName"),
        "series": _series(product),
        "publication_date": _date(product),
        "description": _description(product),
        "subjects": _subjects(product),
        "keywords": _keywords(product),
        "territories": _territories(product),
    }
    pages = next((_text(one, "ExtentValue") for one in product.iter("Extent") if _text(one, "ExtentType") in {"00", "05", "11"}), "")
    edition: Document = {"format": form, "external_id": f"record-{number}", "prices": _prices(product)}
    edition["pages"] = int(pages) if pages.isdecimal() else None
    return {"kind": "title", "id": f"r{number:03}", "title": name, **_said(said), "editions": {form: _said(edition)}}


def _said(block: Document) -> Document:
    return {key: value for key, value in block.items() if value not in ("", None, [], {})}


def _text(element: ET.Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else " ".join("".join(found.itertext()).split())


def _joined(element: ET.Element, *paths: str) -> str:
    return " ".join(filter(None, (_text(element, path) for path in paths)))


def _language(product: ET.Element) -> str:
    for one in product.iter("Language"):
        if _text(one, "LanguageRole") == "01":
            parts = (_text(one, name) for name in ("LanguageCode", "ScriptCode", "CountryCode"))
            return canonical_tag("-".join(filter(None, parts))) or ""
    return ""


def _contributors(product: ET.Element) -> Iterator[Document]:
    for one in product.iter("Contributor"):
        role = _text(one, "ContributorRole")
        company, whole = _text(one, "CorporateName"), _text(one, "PersonName")
        first, last = _text(one, "NamesBeforeKey"), _text(one, "KeyNames")
        name = company or whole or " ".join(filter(None, (first, last))) or _text(one, "PersonNameInverted")
        if not re.fullmatch("[A-Z][0-9]{2}", role) or not name:
            continue
        parts = {"corporate": True} if company else {"first_name": first, "last_name": last} if first and last else {}
        yield {"name": name, "role": role, **parts}


def _series(product: ET.Element) -> Document:
    for one in product.iter("Collection"):
        name = _text(one, ".//TitleText") or _joined(one, ".//TitlePrefix", ".//TitleWithoutPrefix")
        if name:
            return _said({"name": name, "number": _text(one, ".//PartNumber")})
    return {}


def _date(product: ET.Element) -> str:
    for one in product.iter("PublishingDate"):
        digits = _text(one, "Date")
        if _text(one, "PublishingDateRole") == "01" and re.fullmatch("[0-9]{8}", digits):
            return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    return ""


def _description(product: ET.Element) -> str:
    for one in (*product.iter("TextContent"), *product.iter("OtherText")):
        text = one.find("Text")
        if {_text(one, "TextType"), _text(one, "TextTypeCode")} & {"01", "02", "03"} and text is not None:
            inner = "".join(ET.tostring(part, encoding="unicode") for part in text)
            return html.unescape((text.text or "") + inner).strip()
    return ""


def _subjects(product: ET.Element) -> Document:
    found: dict[str, list[str]] = {"bisac": [], "thema": []}
    for one in product.iter("Subject"):
        scheme, code = _text(one, "SubjectSchemeIdentifier"), _text(one, "SubjectCode")
        if scheme == "10" and re.fullmatch("[A-Z]{3}[0-9]{6}", code):
            found["bisac"].append(code)
        if scheme == "93" and re.fullmatch("[A-Z][A-Z0-9]{1,7}", code):
            found["thema"].append(code)
    return _said(found)


def _keywords(product: ET.Element) -> list[str]:
    texts = (_text(one, "SubjectHeadingText") for one in product.iter("Subject") if _text(one, "SubjectSchemeIdentifier") == "20")
    return [word.strip() for text in texts for word in text.split(";") if word.strip()]


def _territories(product: ET.Element) -> list[str]:
    for one in product.iter("SalesRights"):
        if _text(one, "SalesRightsType") in {"01", "02"}:
            if "WORLD" in _text(one, ".//RegionsIncluded").split():
                return ["ALL"]
            return [code for code in _text(one, ".//CountriesIncluded").split() if pycountry.countries.get(alpha_2=code)]
    return []


def _prices(product: ET.Element) -> Document:
    found: Document = {}
    for one in product.iter("Price"):
        currency, amount = _text(one, "CurrencyCode"), _text(one, "PriceAmount")
        if currency and re.fullmatch(r"[0-9]+(\.[0-9]+)?", amount):
            found.setdefault(currency, amount)
    return found
