"""Records of editions: what is declared is said in ONIX's codes, and what is not declared is not said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from catalogctl.config.documents import load
from catalogctl.config.project import OnixSettings, load_project
from catalogctl.config.resolve import resolve
from catalogctl.config.title_file import said_of
from catalogctl.model.title import Title
from catalogctl.onix.compose import clean
from catalogctl.onix.export import Export, ExportRequest, export, messages
from catalogctl.onix.fields import comparable, fields
from catalogctl.onix.findings import Findings
from catalogctl.onix.map_record import map_record
from catalogctl.onix.reader import FeedReader
from catalogctl.onix.reading import ReadingRules
from catalogctl.onix.recipients import RECIPIENTS
from catalogctl.onix.schemas import Release
from feeds import opener, problems

SENT = datetime(2026, 12, 1, 9, tzinfo=UTC)
SETTINGS = OnixSettings(sender="Ribera Editorial", email="onix@example.com", namespace="com.ribera")
NAMESPACE = {"o": Release.V31.namespace}


def titles(folder: Path, **said: Any) -> tuple[Title, ...]:
    """Declare one title with one edition, and resolve it; what is said of `edition` is the edition's."""
    edition = {"format": "epub", "isbn": "9788419873408", **said.pop("edition", {})}
    document = {"kind": "title", "id": "pier", "title": "The Low Pier", "imprint": "Ribera", **said, "editions": {"epub": edition}}
    (folder / "catalog").mkdir(exist_ok=True)
    (folder / "catalogctl.yaml").write_text("version: 1\n", encoding="utf-8")
    (folder / "catalog" / "pier.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    resolved = resolve(load(load_project(folder)))
    assert resolved.diagnostics.errors == (), resolved.diagnostics.errors
    return resolved.titles


def made(folder: Path, request: ExportRequest | None = None, **said: Any) -> Export:
    return export(
        [(title, edition) for title in titles(folder, **said) for edition in title.editions], request or ExportRequest(SETTINGS, SENT)
    )


def record(folder: Path, request: ExportRequest | None = None, **said: Any) -> etree._Element:
    """Export one edition, and read the message."""
    request = request or ExportRequest(SETTINGS, SENT)
    found = made(folder, request, **said)
    assert [fault.item for fault in found.faults if fault.item.severity == "error"] == []
    [data] = messages(found, request, None)
    return etree.fromstring(data)


def texts(message: etree._Element, path: str) -> list[str]:
    """Return the texts at a path of names below the product."""
    way = "/".join(f"o:{name}" for name in path.split("/"))
    found = message.xpath(f"o:Product/{way}", namespaces=NAMESPACE)
    assert isinstance(found, list)
    return ["".join(one.itertext()).strip() for one in found if isinstance(one, etree._Element)]


FULL: Mapping[str, Any] = {
    "title_prefix": "The",
    "subtitle": "A novel",
    "original_title": "El muelle",
    "original_language": "es",
    "language": "pt-BR",
    "contributors": [
        {
            "name": "Ada Marsh",
            "role": ["author", "illustrator"],
            "last_name": "Marsh",
            "bio": "<p>Ada.</p>",
            "ids": {"orcid": "0000-0002-1825-0097"},
        },
        {"name": "Puerto Ltd.", "role": "editor", "corporate": True},
        {"unnamed": "various", "role": "author"},
        {"name": "Inés Z", "role": "translator", "from_language": "es"},
    ],
    "series": [{"name": "Piers", "number": 3, "issn": "2049-3630"}],
    "edition_number": 2,
    "edition_types": ["revised"],
    "subjects": {"bisac": ["FIC019000", "FIC000000"], "thema": ["1KLSB", "FBA"], "clil": ["3443"], "proprietary": {"shelf": ["A1"]}},
    "keywords": ["pier", "sea"],
    "audience": "general",
    "ages": {"from": 6, "to": 9},
    "description": "<p>A pier.</p>",
    "short_description": "A pier.",
    "tagline": "Low!",
    "table_of_contents": "1. One",
    "reviews": [{"text": "Read it.", "author": "B. Quill", "source": "El Faro"}],
    "awards": [{"name": "Premio Ribera", "year": 2024, "country": "AR", "code": "winner"}],
    "publisher": "Grupo Ribera",
    "place": "Buenos Aires",
    "country": "AR",
    "copyright": {"year": 2026, "owner": "Ada Marsh"},
    "status": "active",
    "publication_date": "2026-09-01",
    "dates": {"on_sale": "2026-08", "first_published": 1998},
    "territories": ["MX", "AR"],
    "rights": "exclusive",
}
FULL_EDITION: Mapping[str, Any] = {
    "identifiers": {"doi": "10.1234/pier", "sku": "A-1"},
    "drm": "watermark",
    "accessibility": {
        "conforms": ["wcag-2.1"],
        "features": ["alternative-text"],
        "hazards": ["none"],
        "summary": "All of it.",
        "exemption": "micro-enterprise",
    },
    "height": "230 mm",
    "weight": "395 g",
    "pages": 208,
    "replaces": "9780306406157",
    "prices": {"EUR": "9.99", "CLP": 9990},
    "prices_in": [{"territories": ["AT"], "currency": "EUR", "amount": "9.49", "tax": {"included": True, "rate": 10, "level": "reduced"}}],
    "files": {"cover": "https://cdn.example.com/pier.jpg"},
    "onix": {"reference": "com.ribera.fixed.1"},
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("RecordReference", ["com.ribera.fixed.1"]),
        ("NotificationType", ["03"]),
        ("ProductIdentifier/IDValue", ["9788419873408", "9788419873408", "10.1234/pier", "A-1"]),
        ("ProductIdentifier/IDTypeName", ["sku"]),
        ("DescriptiveDetail/ProductFormFeature/ProductFormFeatureValue", ["81", "14", "75", "00", "00"]),
        ("DescriptiveDetail/Measure/MeasureUnitCode", ["mm", "gr"]),
        ("DescriptiveDetail/EpubTechnicalProtection", ["02"]),
        ("DescriptiveDetail/Collection/TitleDetail/TitleElement/PartNumber", ["3"]),
        ("DescriptiveDetail/TitleDetail/TitleElement/TitlePrefix", ["The"]),
        ("DescriptiveDetail/TitleDetail/TitleElement/TitleWithoutPrefix", ["Low Pier"]),
        ("DescriptiveDetail/TitleDetail/TitleElement/TitleText", ["El muelle"]),
        ("DescriptiveDetail/Contributor/ContributorRole", ["A01", "A12", "B01", "A01", "B06"]),
        ("DescriptiveDetail/Contributor/KeyNames", ["Marsh"]),
        ("DescriptiveDetail/Contributor/NamesBeforeKey", ["Ada"]),
        ("DescriptiveDetail/Contributor/CorporateName", ["Puerto Ltd."]),
        ("DescriptiveDetail/Contributor/UnnamedPersons", ["04"]),
        ("DescriptiveDetail/Contributor/FromLanguage", ["spa"]),
        ("DescriptiveDetail/Contributor/NameIdentifier/IDValue", ["0000000218250097"]),
        ("DescriptiveDetail/Language/LanguageCode", ["por", "spa"]),
        ("DescriptiveDetail/Language/CountryCode", ["BR"]),
        ("DescriptiveDetail/Subject/SubjectSchemeIdentifier", ["10", "10", "94", "93", "29", "24", "20"]),
        ("DescriptiveDetail/Subject/SubjectHeadingText", ["pier; sea"]),
        ("DescriptiveDetail/AudienceRange/AudienceRangeValue", ["6", "9"]),
        ("CollateralDetail/TextContent/TextType", ["03", "02", "10", "04", "06"]),
        ("CollateralDetail/TextContent/Text", ["<p>A pier.</p>", "A pier.", "Low!", "1. One", "Read it."]),
        ("CollateralDetail/SupportingResource/ResourceVersion/ResourceLink", ["https://cdn.example.com/pier.jpg"]),
        ("CollateralDetail/Prize/PrizeCode", ["01"]),
        ("PublishingDetail/PublishingDate/Date", ["20260901", "202608", "1998"]),
        ("PublishingDetail/SalesRights/SalesRightsType", ["01"]),
        ("PublishingDetail/SalesRights/Territory/CountriesIncluded", ["AR MX"]),
        ("PublishingDetail/CopyrightStatement/CopyrightOwner/PersonName", ["Ada Marsh"]),
        ("RelatedMaterial/RelatedProduct/ProductRelationCode", ["03"]),
        ("ProductSupply/SupplyDetail/ProductAvailability", ["20"]),
        ("ProductSupply/SupplyDetail/Price/PriceAmount", ["9990", "9.99", "9.49"]),
        ("ProductSupply/SupplyDetail/Price/Tax/TaxRatePercent", ["10"]),
    ],
)
def test_a_fact_is_said_in_the_codes_of_onix(path: str, expected: list[str], tmp_path: Path) -> None:
    assert texts(record(tmp_path, **FULL, edition=dict(FULL_EDITION)), path) == expected


@pytest.mark.parametrize("release", [Release.V30, Release.V31])
def test_all_that_can_be_declared_is_valid(release: Release, tmp_path: Path) -> None:
    request = ExportRequest(SETTINGS, SENT, release)
    [data] = messages(made(tmp_path, request, **FULL, edition=dict(FULL_EDITION)), request, None)
    assert problems(data) == []
    assert f'release="{release}"'.encode() in data


def test_the_world_but_for_some_countries_is_said_as_that(tmp_path: Path) -> None:
    message = record(tmp_path, territories={"except": ["US", "CA"]})
    place = "PublishingDetail/SalesRights/Territory"
    assert texts(message, f"{place}/RegionsIncluded") == ["WORLD"]
    assert texts(message, f"{place}/CountriesExcluded") == ["CA US"]


def test_of_two_main_schemes_each_has_one_main_subject_and_a_qualifier_none(tmp_path: Path) -> None:
    message = record(tmp_path, **FULL, edition=dict(FULL_EDITION))
    main = message.xpath("o:Product/o:DescriptiveDetail/o:Subject[o:MainSubject]/o:SubjectCode/text()", namespaces=NAMESPACE)
    assert main == ["FIC019000", "FBA"]


@pytest.mark.parametrize(
    ("said", "early", "expected"),
    [
        ({"publication_date": "2026-09-01"}, False, ("03", "04", "20")),
        ({"publication_date": "2026-12-31"}, False, ("03", "02", "10")),
        ({"publication_date": "2027-01-01"}, False, ("02", "02", "10")),
        ({"publication_date": "2027-01-01"}, True, ("01", "02", "10")),
        ({}, False, ("03", "", "20")),
        ({"status": "forthcoming"}, False, ("02", "02", "99")),
        ({"status": "withdrawn", "publication_date": "2026-09-01"}, False, ("03", "11", "46")),
        ({"status": "out-of-print"}, False, ("03", "07", "51")),
        ({"edition": {"onix": {"availability": "to-order"}}}, False, ("03", "", "22")),
    ],
)
def test_notification_status_and_availability_follow_the_dates(
    said: dict[str, Any], early: bool, expected: tuple[str, ...], tmp_path: Path
) -> None:
    message = record(tmp_path, ExportRequest(SETTINGS, SENT, early=early), **said)
    paths = ("NotificationType", "PublishingDetail/PublishingStatus", "ProductSupply/SupplyDetail/ProductAvailability")
    assert tuple("".join(texts(message, path)) for path in paths) == expected
    dated = texts(message, "ProductSupply/SupplyDetail/SupplyDate/Date")
    assert bool(dated) == (expected[2] == "10")


def price_rows(message: etree._Element) -> list[tuple[str, ...]]:
    """List the prices: amount or reason, qualifier, countries, from, until."""
    found = message.xpath("o:Product/o:ProductSupply/o:SupplyDetail/o:Price", namespaces=NAMESPACE)
    assert isinstance(found, list)
    rows: list[tuple[str, ...]] = []
    for one in found:
        assert isinstance(one, etree._Element)

        def said(path: str, price: etree._Element = one) -> str:
            return " ".join(str(text) for text in price.xpath(path, namespaces=NAMESPACE))

        date = "o:PriceDate[o:PriceDateRole='{}']/o:Date/text()"
        rows.append(
            (
                said("o:PriceAmount/text()") or f"unpriced {said('o:UnpricedItemType/text()')}",
                said("o:PriceQualifier/text()"),
                said("o:Territory/*/text()"),
                said(date.format(14)),
                said(date.format(15)),
            )
        )
    return rows


TIMED: Mapping[str, Any] = {
    "prices": {"EUR": "8.99"},
    "price_changes": [{"from": "2027-03-01", "prices": {"EUR": "9.49"}}],
    "promotions": [{"id": "navidad", "from": "2026-12-24", "until": "2026-12-26", "prices": {"EUR": "4.99"}}],
}


def test_prices_to_come_end_on_the_day_before_and_promotions_have_their_qualifier(tmp_path: Path) -> None:
    assert price_rows(record(tmp_path, edition=dict(TIMED))) == [
        ("8.99", "", "", "", "20270228"),
        ("9.49", "", "", "20270301", ""),
        ("4.99", "08", "", "20261224", "20261226"),
    ]


def test_kobo_is_told_of_a_promotion_by_three_dated_prices(tmp_path: Path) -> None:
    said = {name: value for name, value in TIMED.items() if name != "price_changes"}
    request = ExportRequest(SETTINGS, SENT, to=RECIPIENTS["kobo"])
    assert price_rows(record(tmp_path, request, edition=said)) == [
        ("8.99", "", "", "", "20261223"),
        ("4.99", "", "", "20261224", "20261226"),
        ("8.99", "", "", "20261227", ""),
    ]


def test_an_instant_ends_a_minute_before_itself(tmp_path: Path) -> None:
    promotion = {"id": "noche", "from": "2026-12-24T18:00:00+01:00", "until": "2026-12-25T00:00:00+01:00", "prices": {"EUR": "4.99"}}
    rows = price_rows(record(tmp_path, edition={"prices": {"EUR": "8.99"}, "promotions": [promotion]}))
    assert rows[1] == ("4.99", "08", "", "20261224T1800+0100", "20261224T2359+0100")


@pytest.mark.parametrize(
    ("to", "prices", "expected"),
    [
        (None, {"EUR": 0}, []),
        (None, {"EUR": 0, "USD": "1.99"}, [("unpriced 01", "", "", "", ""), ("1.99", "", "", "", "")]),
        ("google", {"EUR": 0}, [("0.00", "", "", "", "")]),
        ("ebsco", {"EUR": 0}, [("0.01", "", "", "", "")]),
        ("google", {"EUR": "4.99"}, [("4.99", "", "", "", "")]),
    ],
)
def test_what_is_free_is_said_as_the_recipient_wants_it(
    to: str | None, prices: dict[str, Any], expected: list[tuple[str, ...]], tmp_path: Path
) -> None:
    request = ExportRequest(SETTINGS, SENT, to=None if to is None else RECIPIENTS[to])
    message = record(tmp_path, request, edition={"prices": prices})
    assert price_rows(message) == expected
    assert texts(message, "ProductSupply/SupplyDetail/UnpricedItemType") == ([] if expected else ["01"])


@pytest.mark.parametrize(("said", "expected"), [({}, "04"), ({"onix": {"unpriced": "revenue-share"}}, "06")])
def test_what_has_no_price_says_why(said: dict[str, Any], expected: str, tmp_path: Path) -> None:
    assert texts(record(tmp_path, edition=said), "ProductSupply/SupplyDetail/UnpricedItemType") == [expected]


@pytest.mark.parametrize(
    ("settings", "said", "code", "field"),
    [
        (OnixSettings(namespace="com.ribera"), {}, "onix-sender-missing", ""),
        (OnixSettings(sender="Ribera"), {}, "onix-no-reference", ""),
        (SETTINGS, {"imprint": None}, "onix-publisher-missing", "publisher"),
        (SETTINGS, {"edition": {"height": 230}}, "onix-unit-missing", "height"),
        (SETTINGS, {"edition": {"onix": {"availability": "not-yet-available"}}}, "onix-availability-date", "onix.availability"),
    ],
)
def test_what_onix_needs_and_nobody_says_is_an_error_and_nothing_is_written(
    settings: OnixSettings, said: dict[str, Any], code: str, field: str, tmp_path: Path
) -> None:
    found = made(tmp_path, ExportRequest(settings, SENT), **said)
    assert [(fault.item.code, fault.field) for fault in found.faults] == [(code, field)]
    assert found.products == ()


def test_a_unit_of_the_project_is_taken_for_a_number_alone(tmp_path: Path) -> None:
    settings = OnixSettings(sender="Ribera", namespace="com.ribera", length="cm", weight="kg")
    message = record(tmp_path, ExportRequest(settings, SENT), edition={"height": 23, "weight": 1})
    assert texts(message, "DescriptiveDetail/Measure/MeasureUnitCode") == ["cm", "kg"]


def test_the_same_catalog_gives_the_same_bytes_ordered_by_reference_and_split(tmp_path: Path) -> None:
    [title] = titles(tmp_path)
    request = ExportRequest(SETTINGS, SENT, deleted={"com.ribera.zz": "9780306406157", "com.ribera.aa": "9780306406157"})
    chosen = [(title, title.editions[0])]
    found = export(chosen, request)
    assert found == export(chosen, request)
    [whole] = messages(found, request, None)
    order = [str(text) for text in etree.fromstring(whole).xpath("o:Product/o:RecordReference/text()", namespaces=NAMESPACE)]
    assert order == ["com.ribera.aa", "com.ribera.pier.epub", "com.ribera.zz"]
    parts = list(messages(found, request, 2))
    assert [part.count(b"<RecordReference>") for part in parts] == [2, 1]
    assert all(problems(part) == [] for part in parts)


def test_a_message_without_products_says_so(tmp_path: Path) -> None:
    request = ExportRequest(SETTINGS, SENT)
    [data] = messages(export([], request), request, None)
    assert b"<NoProduct/>" in data
    assert [item.code for item in problems(data)] == ["onix-empty"]
    assert titles(tmp_path)


def test_a_text_that_no_cdata_section_can_hold_is_escaped(tmp_path: Path) -> None:
    assert texts(record(tmp_path, description="a & <b>b</b> ]]> c"), "CollateralDetail/TextContent/Text") == ["a & <b>b</b> ]]> c"]


def test_characters_that_xml_does_not_have_are_left_out() -> None:
    assert clean(" a\x01b\ud800\uffff\U0001f600 ") == "ab\U0001f600"


def test_what_is_exported_is_read_as_what_it_was(tmp_path: Path) -> None:
    edition: dict[str, Any] = {
        "prices": {"EUR": "9.99", "USD": "10.50"},
        "prices_in": [{"territories": ["AT"], "currency": "EUR", "amount": "9.49", "tax": {"included": True, "rate": 10}}],
        "price_changes": [{"from": "2027-01-01", "prices": {"EUR": "9.89"}}],
        "promotions": [{"id": "onix-2026-12-24", "from": "2026-12-24", "until": "2026-12-26", "prices": {"EUR": "4.99"}}],
        "identifiers": {"doi": "10.1234/pier", "sku": "A-1"},
        "accessibility": {"conforms": ["epub-a11y-1.1"], "features": ["alternative-text"], "hazards": ["none"], "summary": "All of it."},
        "drm": "watermark",
        "pages": 208,
        "height": "230 mm",
        "weight": "0.395 kg",
        "replaces": "9780306406157",
        "onix": {"availability": "to-order"},
        "files": {"cover": "https://files.example.com/pier.jpg", "extract": "https://files.example.com/pier.pdf"},
    }
    said = {**FULL, "edition": edition}
    [title] = titles(tmp_path, **said)
    request = ExportRequest(SETTINGS, SENT)
    [data] = messages(made(tmp_path, request, **said), request, None)
    found = map_record(next(FeedReader(opener(data), Findings("feed.xml")).records()), ReadingRules(SETTINGS))
    assert found.refusal is None
    assert found.remarks == ()
    wanted, read = dict(fields(said_of("pier", title.editions[0]))), dict(fields(found.facts))
    wanted |= {("files", name): address for name, address in edition["files"].items()}
    wanted["subjects", "thema"].reverse()  # a qualifier is behind the subjects that it qualifies
    for path in sorted({*wanted, *read}):
        assert comparable(path, read.get(path), {}) == comparable(path, wanted.get(path), {}), path
