"""A product of ONIX 2.1 as one of 3.0: the elements that a catalog needs, one way; what it has besides is left out.

Source:  EDItEUR, "ONIX 2.1 to 3.0 migration", as the trade knows it. Lines are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Final

from lxml import etree

from catalogctl.onix.record import local_name
from catalogctl.onix.schemas import Release

_NEW: Final = f"{{{Release.V30.namespace}}}"
_OLD: Final = f"{{{Release.V21.namespace}}}"
_FORMS: Final = {"DG": "ED", "DH": "ED", "DN": "ED", "BE": "BC"}
"""List 7 → list 150, where the letters changed; most stayed."""
_NAMES: Final = frozenset(
    "PersonName PersonNameInverted TitlesBeforeNames NamesBeforeKey PrefixToKey KeyNames NamesAfterKey SuffixToKey LettersAfterNames "
    "TitlesAfterNames CorporateName BiographicalNote".split()
)
_TEXTS: Final = {"01": "03", "02": "02", "03": "03", "04": "04", "08": "06", "09": "06", "13": "12", "23": "14"}
"""List 33 → list 153: descriptions, contents, reviews, a biography, an excerpt."""


class _Made:
    """Builds a tree of 3.0; each element keeps the line of what it was made from."""

    def __init__(self, name: str, source: etree._Element) -> None:
        self.element = etree.Element(_NEW + name, nsmap={None: Release.V30.namespace})
        _place(self.element, source)

    def add(self, name: str, source: etree._Element, text: str | None = None, **attributes: str) -> etree._Element:
        made = etree.SubElement(self.element, _NEW + name, attributes)
        _place(made, source)
        made.text = text
        return made

    def below(self, name: str, source: etree._Element) -> _Made:
        inner = _Made(name, source)
        self.element.append(inner.element)
        return inner

    def copied(self, source: etree._Element, name: str | None = None) -> None:
        """Take an element over whole, under its own name or another."""
        taken = deepcopy(source)
        for one in taken.iter("*"):
            one.tag = _NEW + local_name(one)
        if name is not None:
            taken.tag = _NEW + name
        taken.tail = None
        _place(taken, source)
        self.element.append(taken)


def _place(made: etree._Element, source: etree._Element) -> None:
    made.sourceline = source.sourceline  # type: ignore[misc] # it can be set, whatever its types say


def upgraded(product: etree._Element, header: etree._Element | None) -> etree._Element:
    """Return a product of 2.1, in its reference tags, as one of 3.0."""

    def all_of(name: str, below: etree._Element = product) -> list[etree._Element]:
        return below.findall(_OLD + name)

    def text_of(name: str, below: etree._Element = product) -> str:
        return (below.findtext(_OLD + name) or "").strip()

    made = _Made("Product", product)
    for name in ("RecordReference", "NotificationType", "ProductIdentifier"):
        for one in all_of(name):
            made.copied(one)
    _descriptive(made.below("DescriptiveDetail", product), product, all_of, text_of)
    _collateral(made, product, all_of, text_of)
    _publishing(made.below("PublishingDetail", product), product, all_of, text_of)
    for supply in all_of("SupplyDetail"):
        _supply(made.below("ProductSupply", supply).below("SupplyDetail", supply), supply, header)
    return made.element


def _descriptive(made: _Made, product: etree._Element, all_of: Callable[..., list[etree._Element]], text_of: Callable[..., str]) -> None:
    made.add("ProductComposition", product, "00")
    for one in all_of("ProductForm"):
        made.add("ProductForm", one, _FORMS.get((one.text or "").strip(), (one.text or "").strip()))
    for one in all_of("EpubType"):
        detail = {"029": "E101", "002": "E107"}.get((one.text or "").strip())
        if detail is not None:
            made.add("ProductFormDetail", one, detail)
    for measure in all_of("Measure"):
        to = made.below("Measure", measure)
        to.add("MeasureType", measure, text_of("MeasureTypeCode", measure))
        to.add("Measurement", measure, text_of("Measurement", measure))
        to.add("MeasureUnitCode", measure, text_of("MeasureUnitCode", measure))
    for series in all_of("Series"):
        collection = made.below("Collection", series)
        collection.add("CollectionType", series, "10")
        name = text_of("TitleOfSeries", series) or text_of("TitleText", _first(all_of("Title", series), series))
        title = collection.below("TitleDetail", series)
        title.add("TitleType", series, "01")
        whole = title.below("TitleElement", series)
        whole.add("TitleElementLevel", series, "02")
        whole.add("TitleText", series, name)
        if number := text_of("NumberWithinSeries", series):
            part = title.below("TitleElement", series)
            part.add("TitleElementLevel", series, "01")
            part.add("PartNumber", series, number)
    for one in all_of("Title") or ([product] if text_of("DistinctiveTitle") else []):
        detail_of = made.below("TitleDetail", one)
        detail_of.add("TitleType", one, text_of("TitleType", one) or "01")
        title = detail_of.below("TitleElement", one)
        title.add("TitleElementLevel", one, "01")
        for name in ("TitlePrefix", "TitleWithoutPrefix"):
            for said in all_of(name, one):
                title.copied(said)
        named = text_of("TitleText", one) or (text_of("DistinctiveTitle") if one is product else "")
        if named and not text_of("TitleWithoutPrefix", one):
            title.add("TitleText", _first(all_of("TitleText", one), one), named)
        for said in all_of("Subtitle", one):
            title.copied(said)
    for one in all_of("Contributor"):
        person = made.below("Contributor", one)
        for said in one:
            if local_name(said) in {"SequenceNumber", "ContributorRole"} or local_name(said) in _NAMES:
                person.copied(said)
    for name in ("EditionTypeCode", "EditionNumber", "EditionStatement"):
        for one in all_of(name):
            made.copied(one, "EditionType" if name == "EditionTypeCode" else None)
    for one in all_of("Language"):
        made.copied(one)
    for one in all_of("NumberOfPages"):
        extent = made.below("Extent", one)
        extent.add("ExtentType", one, "00")
        extent.add("ExtentValue", one, one.text)
        extent.add("ExtentUnit", one, "03")
    for name, scheme in (("BASICMainSubject", "10"), ("BICMainSubject", "12")):
        for one in all_of(name):
            subject = made.below("Subject", one)
            subject.add("MainSubject", one)
            subject.add("SubjectSchemeIdentifier", one, scheme)
            subject.add("SubjectCode", one, one.text)
    for one in all_of("Subject"):
        made.copied(one)
    for one in all_of("AudienceCode"):
        audience = made.below("Audience", one)
        audience.add("AudienceCodeType", one, "01")
        audience.add("AudienceCodeValue", one, one.text)


def _collateral(
    product_made: _Made, product: etree._Element, all_of: Callable[..., list[etree._Element]], text_of: Callable[..., str]
) -> None:
    texts = [one for one in all_of("OtherText") if text_of("TextTypeCode", one) in _TEXTS]
    if not texts:
        return
    made = product_made.below("CollateralDetail", product)
    for one in texts:
        content = made.below("TextContent", one)
        content.add("TextType", one, _TEXTS[text_of("TextTypeCode", one)])
        content.add("ContentAudience", one, "00")
        for said in all_of("Text", one):
            content.copied(said)


def _publishing(made: _Made, product: etree._Element, all_of: Callable[..., list[etree._Element]], text_of: Callable[..., str]) -> None:
    for one in all_of("Imprint"):
        made.below("Imprint", one).add("ImprintName", one, text_of("ImprintName", one))
    for one in all_of("Publisher"):
        publisher = made.below("Publisher", one)
        publisher.add("PublishingRole", one, text_of("PublishingRole", one) or "01")
        publisher.add("PublisherName", one, text_of("PublisherName", one))
    if not all_of("Publisher") and not all_of("Imprint") and (said := text_of("PublisherName")):
        publisher = made.below("Publisher", product)
        publisher.add("PublishingRole", product, "01")
        publisher.add("PublisherName", product, said)
    for name in ("CityOfPublication", "CountryOfPublication", "PublishingStatus"):
        for one in all_of(name):
            made.copied(one)
    for one in all_of("PublicationDate"):
        dated = made.below("PublishingDate", one)
        dated.add("PublishingDateRole", one, "01")
        dated.add("Date", one, (one.text or "").strip())
    for one in all_of("SalesRights"):
        rights = made.below("SalesRights", one)
        rights.add("SalesRightsType", one, text_of("SalesRightsType", one))
        territory = rights.below("Territory", one)
        countries = " ".join((said.text or "").strip() for said in all_of("RightsCountry", one))
        regions = " ".join((said.text or "").strip() for said in all_of("RightsTerritory", one))
        if countries:
            territory.add("CountriesIncluded", one, countries)
        if regions:
            territory.add("RegionsIncluded", one, regions)


def _supply(made: _Made, supply: etree._Element, header: etree._Element | None) -> None:
    def said(name: str, below: etree._Element = supply) -> str:
        return (below.findtext(_OLD + name) or "").strip()

    supplier = made.below("Supplier", supply)
    supplier.add("SupplierRole", supply, said("SupplierRole") or "00")
    supplier.add("SupplierName", supply, said("SupplierName"))
    made.add("ProductAvailability", supply, said("ProductAvailability"))
    if expected := said("ExpectedShipDate"):
        dated = made.below("SupplyDate", supply)
        dated.add("SupplyDateRole", supply, "08")
        dated.add("Date", supply, expected)
    for one in supply.findall(_OLD + "Price"):
        price = made.below("Price", one)
        kind = said("PriceTypeCode", one) or ("" if header is None else said("DefaultPriceTypeCode", header))
        currency = said("CurrencyCode", one) or ("" if header is None else said("DefaultCurrencyCode", header))
        for name, value in (("PriceType", kind), ("PriceAmount", said("PriceAmount", one)), ("CurrencyCode", currency)):
            if value:
                price.add(name, _first(one.findall(_OLD + name), one), value)
        countries = " ".join((item.text or "").strip() for item in one.findall(_OLD + "CountryCode"))
        if countries:
            price.below("Territory", one).add("CountriesIncluded", one, countries)
        for name, role in (("PriceEffectiveFrom", "14"), ("PriceEffectiveUntil", "15")):
            if value := said(name, one):
                dated = price.below("PriceDate", one)
                dated.add("PriceDateRole", one, role)
                dated.add("Date", one, value)


def _first(found: list[etree._Element], otherwise: etree._Element) -> etree._Element:
    return found[0] if found else otherwise
