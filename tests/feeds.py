"""Feeds about invented books, sound until a test spoils them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import BinaryIO

from catalogctl.model.diagnostics import Diagnostic
from catalogctl.onix.check import check
from catalogctl.onix.decode import Opener

TODAY = date(2026, 12, 1)
HEADER = """  <Header>
    <Sender><SenderName>Ribera Editorial</SenderName></Sender>
    <SentDateTime>20261201T0900Z</SentDateTime>
  </Header>
"""
PRODUCT = """  <Product>
    <RecordReference>com.ribera.pier.epub</RecordReference>
    <NotificationType>03</NotificationType>
    <ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>9788419873408</IDValue></ProductIdentifier>
    <DescriptiveDetail>
      <ProductComposition>00</ProductComposition>
      <ProductForm>ED</ProductForm>
      <ProductFormDetail>E101</ProductFormDetail>
      <Measure><MeasureType>08</MeasureType><Measurement>395</Measurement><MeasureUnitCode>gr</MeasureUnitCode></Measure>
      <TitleDetail>
        <TitleType>01</TitleType>
        <TitleElement><TitleElementLevel>01</TitleElementLevel><TitleText>The Low Pier</TitleText></TitleElement>
      </TitleDetail>
      <Contributor>
        <SequenceNumber>1</SequenceNumber>
        <ContributorRole>A01</ContributorRole>
        <PersonName>Ada Marsh</PersonName>
      </Contributor>
      <Language><LanguageRole>01</LanguageRole><LanguageCode>eng</LanguageCode></Language>
      <Subject><MainSubject/><SubjectSchemeIdentifier>10</SubjectSchemeIdentifier><SubjectCode>FIC019000</SubjectCode></Subject>
      <Subject><SubjectSchemeIdentifier>93</SubjectSchemeIdentifier><SubjectCode>FBA</SubjectCode></Subject>
    </DescriptiveDetail>
    <CollateralDetail>
      <TextContent>
        <TextType>03</TextType>
        <ContentAudience>00</ContentAudience>
        <Text textformat="05"><p>A pier, and <em>two</em> sisters.</p></Text>
      </TextContent>
    </CollateralDetail>
    <PublishingDetail>
      <Imprint><ImprintName>Ribera</ImprintName></Imprint>
      <PublishingStatus>04</PublishingStatus>
      <PublishingDate><PublishingDateRole>01</PublishingDateRole><Date>20260901</Date></PublishingDate>
      <SalesRights>
        <SalesRightsType>01</SalesRightsType>
        <Territory><RegionsIncluded>WORLD</RegionsIncluded><CountriesExcluded>US CA</CountriesExcluded></Territory>
      </SalesRights>
      <SalesRights><SalesRightsType>03</SalesRightsType><Territory><CountriesIncluded>US CA</CountriesIncluded></Territory></SalesRights>
    </PublishingDetail>
    <ProductSupply>
      <SupplyDetail>
        <Supplier><SupplierRole>01</SupplierRole><SupplierName>Ribera</SupplierName></Supplier>
        <ProductAvailability>20</ProductAvailability>
        <Price>
          <PriceType>02</PriceType>
          <PriceAmount>9.99</PriceAmount>
          <CurrencyCode>EUR</CurrencyCode>
          <Territory><CountriesIncluded>ES</CountriesIncluded></Territory>
        </Price>
        <Price>
          <PriceType>02</PriceType>
          <PriceAmount>10.99</PriceAmount>
          <CurrencyCode>EUR</CurrencyCode>
          <Territory><CountriesIncluded>DE AT</CountriesIncluded></Territory>
        </Price>
      </SupplyDetail>
    </ProductSupply>
  </Product>
"""


def message(*products: str, release: str = "3.1", header: str = HEADER) -> str:
    """Put products into a message."""
    start = f'<ONIXMessage release="{release}" xmlns="http://ns.editeur.org/onix/{release}/reference">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{start}\n{header}{"".join(products or (PRODUCT,))}</ONIXMessage>\n'


def spoilt(old: str, new: str, text: str = PRODUCT) -> str:
    """Replace a part of a text that is there once."""
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return text.replace(old, new)


def opener(data: bytes | str) -> Opener:
    """Open bytes as a file is opened."""
    raw = data.encode() if isinstance(data, str) else data

    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        yield io.BytesIO(raw)

    return opened


def problems(data: bytes | str) -> list[Diagnostic]:
    """Check a feed."""
    return list(check("feed.xml", opener(data), TODAY).diagnostics)


def told(data: bytes | str) -> list[tuple[str, str, int]]:
    """Check a feed, and give code, severity and line of each problem."""
    found = problems(data)
    assert all(item.source is not None for item in found)
    return [(item.code, item.severity.value, item.source.line) for item in found if item.source]


def line_of(text: str, part: str) -> int:
    """Return the line on which a part of a text stands."""
    return text[: text.index(part)].count("\n") + 1
