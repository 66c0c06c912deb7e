"""`import onix`: titles from feeds, the records beside them, and of a newer feed what it changed and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds import PRODUCT, message, spoilt
from shop import Ran, Shop, catalogctl, opened

ONIX = "onix: {sender: Ribera, namespace: com.ribera}\n"
WORK = (
    "<RelatedMaterial><RelatedWork><WorkRelationCode>01</WorkRelationCode><WorkIdentifier><WorkIDType>11</WorkIDType>"
    "<IDValue>A0220090000154FA</IDValue></WorkIdentifier></RelatedWork></RelatedMaterial>"
)
RELATED = (
    "<RelatedMaterial><RelatedProduct><ProductRelationCode>06</ProductRelationCode><ProductIdentifier><ProductIDType>15</ProductIDType>"
    "<IDValue>9788419873408</IDValue></ProductIdentifier></RelatedProduct></RelatedMaterial>"
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Shop]:
    with opened(tmp_path) as shop:
        shop.project(ONIX)
        yield shop


def product(*changes: tuple[str, str]) -> str:
    text = PRODUCT
    for old, new in changes:
        text = spoilt(old, new, text)
    return text


def printed(*changes: tuple[str, str]) -> str:
    """Return the printed edition of the book of the tests."""
    form = "<ProductForm>ED</ProductForm>\n      <ProductFormDetail>E101</ProductFormDetail>"
    names = (("com.ribera.pier.epub", "com.ribera.pier.print"), ("9788419873408", "9780306406157"))
    return product(*names, (form, "<ProductForm>BC</ProductForm>"), *changes)


def imported(shop: Shop, *products: str, options: tuple[str, ...] = (), code: int = 0, release: str = "3.1") -> Ran:
    shop.write("feed.xml", message(*products, release=release))
    return shop.run("import", "onix", "feed.xml", "--write", "catalog/feed", "--yes", *options).ended(code)


def text(shop: Shop, name: str) -> str:
    return (shop.folder / "catalog/feed" / name).read_text(encoding="utf-8")


def test_a_preview_tells_what_would_be_written_and_writes_nothing(house: Shop) -> None:
    house.write("feed.xml", message(PRODUCT))
    ran = house.run("import", "onix", "feed.xml").ended(0)
    assert "1 new title with 1 edition for catalog:\n  catalog/the-low-pier.yaml  epub\n" in ran.out
    assert "values read into fields" in ran.out
    assert "To write: --write catalog" in ran.out
    assert list((house.folder / "catalog").iterdir()) == []


def test_a_title_and_the_record_beside_it_are_written_as_files_are(house: Shop) -> None:
    imported(house, PRODUCT)
    assert text(house, "the-low-pier.yaml") == (
        """kind: title
id: the-low-pier
title: The Low Pier
language: en
contributors:
  - {name: Ada Marsh, role: author}
imprint: Ribera
publication_date: 2026-09-01
status: active
territories: {except: [CA, US]}
rights: exclusive
description: "<p>A pier, and <em>two</em> sisters.</p>"
subjects: {bisac: [FIC019000], thema: [FBA]}
editions:
  epub:
    format: epub
    isbn: "9788419873408"
    prices_in: [{territories: [ES], currency: EUR, amount: 9.99}, {territories: [AT, DE], currency: EUR, amount: 10.99}]
    weight: "395 g"
    onix: {reference: com.ribera.pier.epub, record: onix/9788419873408.xml}
"""
    )
    record = text(house, "onix/9788419873408.xml")
    assert record.startswith(
        '<?xml version="1.0" encoding="UTF-8"?>\n<Product xmlns="http://ns.editeur.org/onix/3.1/reference">\n  <Record'
    )
    house.run("validate").ended(0)
    house.run("fmt", "--check").ended(0)


def test_short_tags_and_reference_tags_of_one_book_give_the_same_files(house: Shop) -> None:
    from catalogctl.onix.schemas import Release, reference_names

    imported(house, PRODUCT)
    before = text(house, "the-low-pier.yaml"), text(house, "onix/9788419873408.xml")
    short = message(PRODUCT).replace("ONIXMessage", "ONIXmessage").replace("/reference", "/short")
    for name, reference in sorted(reference_names(Release.V31).items(), key=lambda pair: -len(pair[1])):
        for start in ("<", "</"):
            short = short.replace(f"{start}{reference}>", f"{start}{name}>").replace(f"{start}{reference}/", f"{start}{name}/")
            short = short.replace(f"{start}{reference} ", f"{start}{name} ")
    assert "<a001>" in short
    for path in sorted((house.folder / "catalog/feed").rglob("*.*"), reverse=True):
        path.unlink()
    house.write("short.xml", short)
    house.run("import", "onix", "short.xml", "--write", "catalog/feed", "--yes").ended(0)
    assert (text(house, "the-low-pier.yaml"), text(house, "onix/9788419873408.xml")) == before


@pytest.mark.parametrize(
    ("products", "options", "rule"),
    [
        (
            (product(("    <ProductSupply>", f"{WORK}<ProductSupply>")), printed(("    <ProductSupply>", f"{WORK}<ProductSupply>"))),
            (),
            "work identifier",
        ),
        ((PRODUCT, printed(("    <ProductSupply>", f"{RELATED}<ProductSupply>"))), (), "related product"),
        ((PRODUCT, printed()), ("--group", "title"), "title"),
    ],
)
def test_records_of_one_work_are_one_title_and_the_rule_is_named(
    house: Shop, products: tuple[str, str], options: tuple[str, ...], rule: str
) -> None:
    ran = imported(house, *products, options=options)
    assert f"catalog/feed/the-low-pier.yaml  epub, print  (joined by {rule})" in " ".join(ran.out.split("\n"))
    assert f"Joined to titles: 2 by {rule}." in ran.out or f"Joined to titles: 1 by {rule}." in ran.out
    said = text(house, "the-low-pier.yaml")
    assert said.count("title: The Low Pier") == 1
    assert "  epub:\n" in said
    assert "  print:\n" in said


def test_records_that_nothing_joins_are_titles_of_their_own(house: Shop) -> None:
    ran = imported(house, PRODUCT, printed())
    assert "2 new titles with 2 editions" in ran.out
    assert text(house, "the-low-pier-2.yaml").startswith("kind: title\nid: the-low-pier-2\n")


def test_only_what_is_asked_for_is_taken(house: Shop) -> None:
    ran = imported(house, PRODUCT, printed(), options=("--where", "format = print"))
    assert "Not asked for by --where: 1 product." in ran.out
    assert "  print:\n" in text(house, "the-low-pier.yaml")


def test_a_record_reference_twice_counts_as_the_last_says(house: Shop) -> None:
    ran = imported(house, PRODUCT, product(("The Low Pier<", "The High Pier<")))
    assert "warning: A record reference twice" in ran.err
    assert "title: The High Pier" in text(house, "the-high-pier.yaml")


def test_one_isbn_in_two_records_leaves_the_second_out_by_name(house: Shop) -> None:
    ran = imported(house, PRODUCT, product(("com.ribera.pier.epub", "com.ribera.other")), code=1)
    assert "error: One ISBN in two records" in ran.err
    assert [path.name for path in (house.folder / "catalog/feed").glob("*.yaml")] == ["the-low-pier.yaml"]


def test_a_file_that_cannot_be_read_to_its_end_writes_nothing(house: Shop) -> None:
    house.write("feed.xml", message(PRODUCT).replace("</ONIXMessage>", "<Product>"))
    ran = house.run("import", "onix", "feed.xml", "--write", "catalog/feed", "--yes").ended(1)
    assert "error: Not well-formed XML" in ran.err
    assert not (house.folder / "catalog/feed").exists()


def test_without_a_terminal_the_import_asks_for_yes(house: Shop) -> None:
    house.write("feed.xml", message(PRODUCT))
    ran = house.run("import", "onix", "feed.xml", "--write", "catalog/feed")
    assert ran.code != 0
    assert "Add --yes." in ran.err
    assert not (house.folder / "catalog/feed").exists()


def test_release_2_1_is_read_one_way_without_a_record(house: Shop) -> None:
    house.write(
        "old.xml",
        "<ONIXMessage><Header><FromCompany>R</FromCompany><SentDate>20261201</SentDate><DefaultCurrencyCode>EUR</DefaultCurrencyCode></Header>"
        "<Product><RecordReference>com.ribera.1</RecordReference><NotificationType>03</NotificationType>"
        "<ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>9788419873408</IDValue></ProductIdentifier>"
        "<ProductForm>BC</ProductForm><Title><TitleType>01</TitleType><TitleText>The Low Pier</TitleText></Title>"
        "<Publisher><PublishingRole>01</PublishingRole><PublisherName>Ribera</PublisherName></Publisher>"
        "<SupplyDetail><SupplierName>Ribera</SupplierName><ProductAvailability>20</ProductAvailability>"
        "<Price><PriceTypeCode>02</PriceTypeCode><PriceAmount>9.99</PriceAmount></Price></SupplyDetail></Product></ONIXMessage>",
    )
    ran = house.run("import", "onix", "old.xml", "--write", "catalog/feed", "--yes").ended(0)
    assert "of release 2.1 no record is kept" in ran.out
    said = text(house, "the-low-pier.yaml")
    assert "prices: {EUR: 9.99}" in said
    assert "onix: {reference: com.ribera.1}" in said
    assert not (house.folder / "catalog/feed/onix").exists()


def test_without_the_extra_one_line_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "lxml", None)
    assert "`import onix` needs the extra `onix`" in catalogctl("import", "onix", "feed.xml").ended(1).err


# -- hostile -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "inside",
    [
        "<x>" * 150 + "</x>" * 150,
        "<Subject><SubjectSchemeIdentifier>24</SubjectSchemeIdentifier></Subject>" * 12_000,
        f'<TextContent><TextType>03</TextType><Text textformat="05">{"<b>" * 150}x{"</b>" * 150}</Text></TextContent>',
    ],
)
def test_a_record_without_bounds_is_left_out_and_the_others_are_taken(house: Shop, inside: str) -> None:
    other = printed()
    ran = imported(house, product(("    </DescriptiveDetail>", f"{inside}</DescriptiveDetail>")), other, code=1)
    assert "error: A record without bounds" in ran.err
    assert "Traceback" not in ran.err
    assert "1 new title with 1 edition" in ran.out


NINES = "9" * 6_000


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<SequenceNumber>1<", f"<SequenceNumber>{NINES}<"),
        ("<Measurement>395<", "<Measurement>1E999999<"),
        ("<PriceAmount>9.99<", "<PriceAmount>1E999999<"),
        ("<PriceAmount>9.99<", "<PriceAmount>NaN<"),
        ("20260901", NINES),
        ("    </DescriptiveDetail>", f"<EditionNumber>{NINES}</EditionNumber></DescriptiveDetail>"),
        (
            "    </DescriptiveDetail>",
            f"<Extent><ExtentType>00</ExtentType><ExtentValue>{NINES}</ExtentValue><ExtentUnit>03</ExtentUnit></Extent></DescriptiveDetail>",
        ),
        ("<LanguageCode>eng<", f"<LanguageCode>{NINES}<"),
        ("com.ribera.pier.epub", "../../etc/passwd"),
        ("com.ribera.pier.epub", "x" * 100_000),
        ("<CountriesIncluded>ES<", f"<CountriesIncluded>{'ZZ ' * 20_000}<"),
        ("<SubjectCode>FBA<", "<SubjectCode>\u202egnp.exe<"),
    ],
)
def test_a_value_that_is_none_ends_in_no_traceback_and_in_no_file_elsewhere(house: Shop, old: str, new: str) -> None:
    house.write("feed.xml", message(spoilt(old, new)))
    ran = house.run("import", "onix", "feed.xml", "--write", "catalog/feed", "--yes")
    assert "Traceback" not in ran.err
    assert ran.code in {0, 1}
    assert {path.name for path in house.folder.iterdir()} <= {"catalog", "catalogctl.yaml", "feed.xml", ".catalogctl", "public"}
    if any((house.folder / "catalog").rglob("*.yaml")):
        house.run("validate").ended(0)
        house.run("fmt", "--check").ended(0)


def test_no_entity_is_read_and_nothing_is_written_of_a_feed_with_one(house: Shop) -> None:
    head, rest = message(spoilt("The Low Pier<", "&i;<")).split("\n", 1)
    house.write("feed.xml", f'{head}\n<!DOCTYPE ONIXMessage [<!ENTITY i SYSTEM "file:///etc/passwd">]>\n{rest}')
    ran = house.run("import", "onix", "feed.xml", "--write", "catalog/feed", "--yes").ended(1)
    assert "error: An unknown entity" in ran.err
    assert "root:" not in ran.all
    assert not (house.folder / "catalog/feed").exists()


def test_a_name_of_control_signs_is_harmless_on_the_terminal(house: Shop) -> None:
    ran = imported(house, product(("com.ribera.pier.epub", "a\u009b31mb")), code=1)
    assert "\u009b" not in ran.all


def test_a_control_character_in_a_text_is_left_out_and_the_book_is_taken(house: Shop) -> None:
    ran = imported(house, product(("A pier, and", "A pier\u0085, and"), ("Ada Marsh", "Ada\u009d Marsh")))
    assert "warning: A control character" in ran.err
    assert "name: Ada Marsh" in text(house, "the-low-pier.yaml")
    house.run("validate").ended(0)
