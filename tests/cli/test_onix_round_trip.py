"""From a feed to files and to a feed again: what nobody touched is what it was, and what was edited is edited and nothing else."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from catalogctl.onix.canonical import canonical, with_defaults
from catalogctl.onix.findings import Findings
from catalogctl.onix.reader import FeedReader
from feeds import PRODUCT, message, opener, problems, spoilt
from shop import Shop, opened

SHARED = next((path for folder in Path(__file__).resolve().parents for path in [folder / "shared/onix"] if path.is_dir()), None)
SAMPLES = [] if SHARED is None else sorted(SHARED.glob("*.xml"))
AT = ("--sent-at", "2026-12-01T09:00:00Z")
TITLE = "catalog/feed/the-low-pier.yaml"
PERSON = "<PersonName>Ada Marsh</PersonName>"
HOUSE_ID = "<NameIdentifier><NameIDType>01</NameIDType><IDTypeName>House</IDTypeName><IDValue>77</IDValue></NameIdentifier>"
MUSEUM = "<ProfessionalAffiliation><Affiliation>Pier Museum</Affiliation></ProfessionalAffiliation>"
RICH = (
    (PERSON, f"{HOUSE_ID}{PERSON}{MUSEUM}"),
    ("<PriceAmount>9.99", "<Discount><DiscountPercent>40</DiscountPercent></Discount><PriceAmount>9.99"),
)


def rich(*changes: tuple[str, str]) -> str:
    text = PRODUCT
    for old, new in (*RICH, *changes):
        text = spoilt(old, new, text)
    return text


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Shop]:
    with opened(tmp_path) as shop:
        shop.project("onix: {sender: Ribera, namespace: com.ribera}\n")
        yield shop


def imported(shop: Shop, feed: str) -> None:
    shop.write("feed.xml", feed)
    shop.run("import", "onix", "feed.xml", "--write", "catalog/feed", "--yes").ended(0)


def exported(shop: Shop, *options: str) -> bytes:
    shop.run("export", "onix", *AT, *options, "--output", "out.xml").ended(0)
    return (shop.folder / "out.xml").read_bytes()


def records(data: bytes | str) -> dict[str, bytes]:
    """Return the products of a feed in their canonical form, by reference."""
    found = {}
    for record in FeedReader(opener(data), Findings("feed.xml")).records():
        with_defaults(record)
        found[record.reference] = canonical(record.element)
    return found


def edit(shop: Shop, old: str, new: str) -> None:
    path = shop.folder / TITLE
    shop.write(TITLE, spoilt(old, new, path.read_text(encoding="utf-8")))


def differences(before: bytes, after: bytes) -> list[str]:
    """Return the lines of two records that differ, without blanks."""
    lines = [{line.strip() for line in data.decode().splitlines()} for data in (before, after)]
    return sorted([f"-{line}" for line in lines[0] - lines[1]] + [f"+{line}" for line in lines[1] - lines[0]])


@pytest.mark.parametrize("release", ["3.0", "3.1"])
def test_what_nobody_touched_is_exported_as_it_was(house: Shop, release: str) -> None:
    feed = message(rich(), release=release)
    imported(house, feed)
    assert records(exported(house, "--release", release)) == records(feed)


@pytest.mark.parametrize("sample", SAMPLES, ids=[path.name for path in SAMPLES])
def test_each_valid_sample_is_exported_as_it_was(house: Shop, sample: Path) -> None:
    data = sample.read_bytes()
    if any(item.severity == "error" for item in problems(data)):
        pytest.skip("it is not valid itself")
    house.write("sample.xml", "")
    (house.folder / "sample.xml").write_bytes(data)
    house.run("import", "onix", "sample.xml", "--write", "catalog/feed", "--yes")
    kept = [path.read_bytes() for path in sorted((house.folder / "catalog/feed/onix").glob("*.xml"))]
    if not kept:
        pytest.skip("it has no edition, updates one, or is of release 2.1")
    release = "3.0" if b"/onix/3.0/" in kept[0] else "3.1"
    was, now = records(data), records(exported(house, "--release", release))
    assert now
    assert {reference: was[reference] for reference in now} == now


def test_a_feed_that_was_exported_is_imported_as_what_it_was(house: Shop) -> None:
    imported(house, message(rich()))
    files = {path.name: path.read_bytes() for path in (house.folder / "catalog/feed").rglob("*.*")}
    feed = exported(house)
    for path in (house.folder / "catalog/feed").rglob("*.*"):
        path.unlink()
    imported(house, feed.decode())
    assert {path.name: path.read_bytes() for path in (house.folder / "catalog/feed").rglob("*.*")} == files
    assert records(exported(house)) == records(feed)


def test_an_edited_title_changes_its_own_elements_and_no_others(house: Shop) -> None:
    imported(house, message(rich()))
    [before] = records(exported(house)).values()
    edit(house, "title: The Low Pier", "title: The High Pier")
    [after] = records(exported(house)).values()
    assert differences(before, after) == ["+<TitleText>The High Pier</TitleText>", "-<TitleText>The Low Pier</TitleText>"]


def test_an_edited_price_keeps_what_no_title_file_has_of_it(house: Shop) -> None:
    imported(house, message(rich()))
    [before] = records(exported(house)).values()
    edit(house, "amount: 9.99", "amount: 8.99")
    [after] = records(exported(house)).values()
    assert differences(before, after) == ["+<PriceAmount>8.99</PriceAmount>", "-<PriceAmount>9.99</PriceAmount>"]
    assert b"<DiscountPercent>40</DiscountPercent>" in after


def test_an_edited_contributor_keeps_what_no_title_file_has_of_them(house: Shop) -> None:
    imported(house, message(rich()))
    [before] = records(exported(house)).values()
    edit(house, "{name: Ada Marsh, role: author}", "{name: Ada Marsh, role: [author, illustrator]}\n  - {name: Eva Sol, role: translator}")
    [after] = records(exported(house)).values()
    assert b"Pier Museum" in after
    assert differences(before, after) == [
        "+<ContributorRole>A12</ContributorRole>",
        "+<ContributorRole>B06</ContributorRole>",
        "+<PersonName>Eva Sol</PersonName>",
        "+<SequenceNumber>2</SequenceNumber>",
    ]


def test_a_field_that_was_taken_out_goes_and_one_that_was_added_comes(house: Shop) -> None:
    imported(house, message(rich()))
    [before] = records(exported(house)).values()
    edit(house, "imprint: Ribera\n", "publisher: Ribera Editorial\nkeywords: [sea, pier]\n")
    edit(house, '    weight: "395 g"\n', "    pages: 208\n")
    [after] = records(exported(house)).values()
    told = differences(before, after)
    assert "-<ImprintName>Ribera</ImprintName>" in told
    assert "+<PublisherName>Ribera Editorial</PublisherName>" in told
    assert "+<SubjectHeadingText>sea; pier</SubjectHeadingText>" in told
    assert "-<Measurement>395</Measurement>" in told
    assert "+<ExtentValue>208</ExtentValue>" in told


def test_a_status_that_was_edited_brings_its_availability_and_its_notification(house: Shop) -> None:
    imported(house, message(rich(("<PublishingStatus>04", "<PublishingStatus>02"), ("Availability>20<", "Availability>10<"), *SOON)))
    edit(house, "status: forthcoming", "status: active")
    edit(house, "publication_date: 2026-12-24", "publication_date: 2026-11-24")
    [after] = records(exported(house)).values()
    assert b"<ProductAvailability>20</ProductAvailability>" in after
    assert b"<SupplyDate>" not in after
    assert b"<NotificationType>03</NotificationType>" in after


SOON = (
    ("<NotificationType>03", "<NotificationType>02"),
    ("20260901", "20261224"),
    (
        "</ProductAvailability>",
        "</ProductAvailability><SupplyDate><SupplyDateRole>08</SupplyDateRole><Date>20261224</Date></SupplyDate>",
    ),
)


def test_a_record_of_3_0_is_one_of_3_1_where_that_is_asked_for(house: Shop) -> None:
    old = rich(
        ("<Date>20260901</Date>", "<DateFormat>00</DateFormat><Date>20260901</Date>"),
        ("    </DescriptiveDetail>", "<AudienceCode>01</AudienceCode></DescriptiveDetail>"),
    )
    imported(house, message(old, release="3.0"))
    data = exported(house)
    assert problems(data) == []
    [record] = records(data).values()
    assert b'<Date dateformat="00">20260901</Date>' in record
    assert b"<AudienceCodeValue>01</AudienceCodeValue>" in record


def test_a_recipient_gets_the_record_as_it_wants_its_prices(house: Shop) -> None:
    start, end = PRODUCT.index("        <Price>"), PRODUCT.index("      </SupplyDetail>")
    free = (PRODUCT[start:end], "<UnpricedItemType>01</UnpricedItemType>")
    imported(house, message(spoilt(*free)))
    assert b"<UnpricedItemType>01</UnpricedItemType>" in exported(house)
    edit(house, "    onix:", "    prices: {EUR: 0}\n    onix:")
    google = etree.fromstring(exported(house, "--to", "google"))
    assert google.xpath("string(//*[local-name()='PriceAmount'])") == "0.00"


def test_of_several_markets_the_one_that_was_imported_is_what_is_compared(house: Shop) -> None:
    supply = PRODUCT[PRODUCT.index("    <ProductSupply>") : PRODUCT.index("  </Product>")]
    two = "".join(
        supply.replace(
            "<ProductSupply>", f"<ProductSupply><Market><Territory><CountriesIncluded>{code}</CountriesIncluded></Territory></Market>"
        ).replace("9.99", price)
        for code, price in (("ES", "9.99"), ("MX", "7.99"))
    )
    feed = message(spoilt(supply, two))
    house.write("feed.xml", feed)
    house.run("import", "onix", "feed.xml", "--write", "catalog/feed", "--market", "MX", "--yes").ended(0)
    assert records(exported(house)) == records(feed)


def test_a_record_that_cannot_be_read_is_an_error_at_its_title_and_nothing_is_written(house: Shop) -> None:
    imported(house, message(rich()))
    house.write("catalog/feed/onix/9788419873408.xml", "<Product/>")
    ran = house.run("export", "onix", *AT, "--output", "out.xml").ended(1)
    assert "error: A record that cannot be read" in ran.err
    assert "catalog/feed/the-low-pier.yaml:" in ran.err
    assert not (house.folder / "out.xml").exists()


def test_a_record_that_a_newer_feed_replaced_is_exported_since_the_commit_before_it(house: Shop) -> None:
    imported(house, message(rich()))
    named = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "first")):
        subprocess.run(["git", *named, *arguments], cwd=house.folder, check=True, capture_output=True)
    assert records(exported(house, "--since", "HEAD")) == {}
    newer = message(rich(("<DiscountPercent>40", "<DiscountPercent>45")))
    imported(house, newer)
    assert records(exported(house, "--since", "HEAD")) == records(newer)


EDITS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"title": "Other: a pier", "subtitle": "Sub", "series": [{"name": "A"}, {"name": "B", "number": "1"}]}, {"pages": 100}),
    (
        {"contributors": [], "language": "pt-BR", "original_language": "fr", "original_title": "Le quai"},
        {"height": "200 mm", "weight": None},
    ),
    ({"contributors": [{"name": "Ada Marsh", "role": ["author", "editor"]}, {"unnamed": "various", "role": "author"}]}, {"drm": "none"}),
    ({"status": "withdrawn", "territories": "ALL", "rights": None, "place": "Roma", "country": "IT"}, {"prices_in": None}),
    (
        {"status": "forthcoming", "publication_date": "2027-05-05", "dates": {"on_sale": "2027-05-05"}},
        {"identifiers": {"doi": "10.1234/x"}},
    ),
    ({"description": "plain", "short_description": "s", "tagline": "t", "table_of_contents": "<p>1</p>"}, {"replaces": "9780306406157"}),
    ({"subjects": {"bisac": ["FIC000000"], "clil": ["3443"]}, "keywords": ["a", "b"], "audience": ["children", "school"]}, {"isbn": None}),
    ({"reviews": [{"text": "r"}], "awards": [{"name": "P", "year": 2020, "code": "winner"}], "ages": {"from": 3, "to": 6}}, {}),
    ({"edition_number": 3, "edition_types": ["revised"], "edition_statement": "2nd", "copyright": {"year": 2020, "owner": "Me"}}, {}),
    (
        {"imprint": None, "publisher": "Ribera Editorial"},
        {
            "prices": {"EUR": "7.50", "USD": "1.99"},
            "prices_in": [{"territories": ["ES"], "currency": "EUR", "amount": "5.00"}],
            "price_changes": [{"from": "2027-01-01", "prices": {"EUR": "9.00"}}],
            "promotions": [{"id": "navidad", "from": "2026-12-20", "until": "2026-12-24", "prices": {"EUR": "1.00"}}],
            "files": {"cover": "https://files.example.com/c.jpg"},
            "accessibility": {"features": ["alternative-text"], "hazards": ["none"]},
        },
    ),
)
"""What is said otherwise of the title and of its edition; `None` takes a field out."""


@pytest.mark.parametrize("release", ["3.0", "3.1"])
def test_whatever_was_edited_is_exported_valid_and_read_as_it_is(house: Shop, release: str) -> None:
    imported(house, message(rich(), release="3.0"))
    record = house.folder / "catalog/feed/onix/9788419873408.xml"
    said, kept = yaml.safe_load((house.folder / TITLE).read_text(encoding="utf-8")), record.read_bytes()
    for of_title, of_edition in EDITS:
        edition = {**said["editions"]["epub"], **of_edition}
        title = {**said, **of_title, "editions": {"epub": {name: value for name, value in edition.items() if value is not None}}}
        house.write(TITLE, yaml.safe_dump({name: value for name, value in title.items() if value is not None}, allow_unicode=True))
        record.write_bytes(kept)
        before = (house.folder / TITLE).read_bytes()
        data = exported(house, "--release", release)
        assert [item for item in problems(data) if item.severity == "error"] == []
        ran = house.run("import", "onix", "out.xml", "--write", "catalog/feed", "--yes").ended(0)
        assert "with a new record and no changed field" in ran.out, ran.out
        assert (house.folder / TITLE).read_bytes() == before


def test_a_promotion_of_a_feed_goes_to_kobo_as_dated_prices_with_their_discount(house: Shop) -> None:
    start, end = PRODUCT.index("        <Price>"), PRODUCT.index("      </SupplyDetail>")
    discount = "<Discount><DiscountPercent>40</DiscountPercent></Discount>"
    paid = f"<Price><PriceType>02</PriceType>{{}}{discount}<PriceAmount>{{}}</PriceAmount>{{}}</Price>"
    euros = "<CurrencyCode>EUR</CurrencyCode>"
    dated = "<PriceDate><PriceDateRole>{}</PriceDateRole><Date>{}</Date></PriceDate>"
    days = dated.format("14", "20261224") + dated.format("15", "20261226")
    both = paid.format("", "9.99", euros) + paid.format("<PriceQualifier>08</PriceQualifier>", "4.99", euros + days)
    imported(house, message(spoilt(PRODUCT[start:end], both)))
    data = exported(house, "--to", "kobo")
    assert problems(data) == []
    prices = etree.fromstring(data).iter("{*}Price")
    told = [
        (one.findtext("{*}PriceAmount"), [day.text for day in one.iter("{*}Date")], one.findtext("{*}Discount/{*}DiscountPercent"))
        for one in prices
    ]
    assert told == [("9.99", ["20261223"], "40"), ("4.99", ["20261224", "20261226"], "40"), ("9.99", ["20261227"], "40")]
