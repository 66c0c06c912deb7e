"""Records read: each composite comes to its field, and what a title file refuses stays out."""

from __future__ import annotations

from typing import Any

import pytest

from catalogctl.config.project import OnixSettings
from catalogctl.onix.findings import Findings
from catalogctl.onix.map_record import MappedRecord, map_record
from catalogctl.onix.reader import FeedReader
from catalogctl.onix.reading import ReadingRules
from feeds import PRODUCT, message, opener, spoilt


def mapped(product: str = PRODUCT, rules: ReadingRules | None = None, release: str = "3.1") -> MappedRecord:
    """Read one product."""
    record = next(FeedReader(opener(message(product, release=release)), Findings("feed.xml")).records())
    return map_record(record, rules or ReadingRules())


def facts(*changes: tuple[str, str], **rules: Any) -> dict[str, Any]:
    """Read the product of the tests with some changes."""
    product = PRODUCT
    for old, new in changes:
        product = spoilt(old, new, product)
    found = mapped(product, ReadingRules(**rules))
    assert found.refusal is None, found.refusal
    return dict(found.facts)


def refused(*changes: tuple[str, str]) -> str:
    """Return the code of why no edition is made of the product of the tests with some changes."""
    product = PRODUCT
    for old, new in changes:
        product = spoilt(old, new, product)
    found = mapped(product)
    assert found.refusal is not None
    return found.refusal.item.code


def test_each_composite_comes_to_its_field() -> None:
    assert facts() == {
        "format": "epub",
        "isbn": "9788419873408",
        "title": "The Low Pier",
        "language": "en",
        "contributors": [{"name": "Ada Marsh", "role": "A01"}],
        "imprint": "Ribera",
        "publication_date": "2026-09-01",
        "status": "active",
        "territories": {"except": ["CA", "US"]},
        "rights": "exclusive",
        "description": "<p>A pier, and <em>two</em> sisters.</p>",
        "subjects": {"bisac": ["FIC019000"], "thema": ["FBA"]},
        "prices_in": [
            {"territories": ["ES"], "currency": "EUR", "amount": "9.99"},
            {"territories": ["AT", "DE"], "currency": "EUR", "amount": "10.99"},
        ],
        "weight": "395 g",
    }


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("<ProductForm>ED</ProductForm><ProductFormDetail>E107</ProductFormDetail>", ("pdf", None)),
        ("<ProductForm>EA</ProductForm><ProductFormDetail>E101</ProductFormDetail>", ("epub", ["EA", "E101"])),
        ("<ProductForm>AJ</ProductForm><ProductFormDetail>A103</ProductFormDetail>", ("audiobook", ["AJ", "A103"])),
        ("<ProductForm>BC</ProductForm>", ("print", "BC")),
        ("<ProductForm>BA</ProductForm>", ("print", None)),
    ],
)
def test_a_form_is_a_format_and_where_it_is_finer_a_form(form: str, expected: tuple[str, object]) -> None:
    read = facts(("<ProductForm>ED</ProductForm>\n      <ProductFormDetail>E101</ProductFormDetail>", form))
    assert (read["format"], read.get("form")) == expected


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<ProductForm>ED<", "<ProductForm>PD<", "onix-form-passed-over"),
        ("<ProductFormDetail>E101<", "<ProductFormDetail>E116<", "onix-form-passed-over"),
        ("<ProductComposition>00<", "<ProductComposition>20<", "onix-form-passed-over"),
        ("<NotificationType>03<", "<NotificationType>88<", "onix-test-record"),
        ("<TitleType>01<", "<TitleType>05<", "onix-title-missing"),
        (
            "<DescriptiveDetail>",
            "<ProductIdentifier><ProductIDType>03</ProductIDType><IDValue>9780306406157</IDValue></ProductIdentifier><DescriptiveDetail>",
            "onix-isbn-differs",
        ),
    ],
)
def test_what_is_no_edition_is_passed_over_by_name(old: str, new: str, code: str) -> None:
    assert refused((old, new)) == code


def test_a_digital_product_of_no_kind_is_read_as_epub_with_a_warning() -> None:
    found = mapped(spoilt("<ProductFormDetail>E101</ProductFormDetail>", "<ProductFormDetail>E200</ProductFormDetail>"))
    assert (found.facts["format"], found.facts["form"]) == ("epub", ["ED", "E200"])
    assert [remark.item.code for remark in found.remarks] == ["onix-form-guessed"]


def test_test_records_are_taken_where_they_are_asked_for() -> None:
    assert facts(("<NotificationType>03<", "<NotificationType>88<"), tests=True)["title"] == "The Low Pier"


def test_an_isbn_that_is_none_is_left_out_and_reported_with_its_line() -> None:
    found = mapped(spoilt("9788419873408", "9788419873409"))
    assert "isbn" not in found.facts
    [remark] = found.remarks
    assert (remark.item.code, remark.item.severity, remark.near) == ("onix-isbn-check", "warning", "9788419873409")


def test_a_value_that_no_title_file_has_is_left_out_and_the_rest_is_taken() -> None:
    found = mapped(spoilt("<SubjectCode>FIC019000<", "<SubjectCode>FIC19<"))
    assert found.facts["subjects"] == {"thema": ["FBA"]}
    [remark] = found.remarks
    assert remark.item.code == "onix-value-refused"
    assert remark.item.detail.endswith("`subjects.bisac` is left out.")


@pytest.mark.parametrize(
    ("text", "expected", "codes"),
    [
        ("<Text>A pier.</Text>", "A pier.", []),
        ('<Text textformat="02">&lt;p&gt;A &lt;b&gt;pier&lt;/b&gt;.&lt;/p&gt;</Text>', "<p>A <b>pier</b>.</p>", []),
        ("<Text><![CDATA[<p>A<br/>pier &amp; sea.</p>]]></Text>", "<p>A<br/>pier &amp; sea.</p>", []),
        ('<Text textformat="02">&amp;lt;p&amp;gt;A pier.&amp;lt;/p&amp;gt;</Text>', "<p>A pier.</p>", []),
        (
            "<Text><![CDATA[<div><p style='x'>A <font>pier</font></p><script>alert(1)</script></div>]]></Text>",
            "<p>A pier</p>",
            ["onix-text-reduced"],
        ),
        ('<Text><![CDATA[<p><a href="javascript:x()">A</a></p>]]></Text>', "<p><a>A</a></p>", ["onix-text-reduced"]),
        ("<Text>a &lt; b</Text>", "a < b", []),
    ],
)
def test_a_text_is_what_it_is_and_not_what_it_says(text: str, expected: str, codes: list[str]) -> None:
    found = mapped(spoilt('<Text textformat="05"><p>A pier, and <em>two</em> sisters.</p></Text>', text))
    assert found.facts["description"] == expected
    assert [remark.item.code for remark in found.remarks] == codes


PRICES = PRODUCT[PRODUCT.index("        <Price>") : PRODUCT.index("      </SupplyDetail>")]


def price(amount: str, *, kind: str = "02", currency: str = "EUR", more: str = "", qualifier: str = "") -> str:
    said = f"<PriceQualifier>{qualifier}</PriceQualifier>" if qualifier else ""
    paid = f"<PriceAmount>{amount}</PriceAmount><CurrencyCode>{currency}</CurrencyCode>"
    return f"<Price><PriceType>{kind}</PriceType>{said}{paid}{more}</Price>"


def dated(first: str, last: str = "") -> str:
    days = [(role, day) for role, day in (("14", first), ("15", last)) if day]
    return "".join(f"<PriceDate><PriceDateRole>{role}</PriceDateRole><Date>{day}</Date></PriceDate>" for role, day in days)


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        (price("9.9"), {"prices": {"EUR": "9.90"}}),
        (price("9.99") + price("8.00", kind="01"), {"prices": {"EUR": "9.99"}}),
        (price("8.00", kind="01"), {"prices_in": [{"currency": "EUR", "amount": "8.00", "tax": {"included": False}}]}),
        (price("9.99") + price("5.00", kind="05") + price("99.00", qualifier="06"), {"prices": {"EUR": "9.99"}}),
        (
            price("9.99") + price("4.99", qualifier="08", more=dated("20261224", "20261226")),
            {
                "prices": {"EUR": "9.99"},
                "promotions": [{"id": "onix-2026-12-24", "from": "2026-12-24", "until": "2026-12-26", "prices": {"EUR": "4.99"}}],
            },
        ),
        (
            price("9.99", more=dated("", "20261231")) + price("8.99", more=dated("20270101")),
            {"prices": {"EUR": "9.99"}, "price_changes": [{"from": "2027-01-01", "prices": {"EUR": "8.99"}}]},
        ),
        ("<UnpricedItemType>01</UnpricedItemType>", {"onix": {"unpriced": "free"}}),
        ("<UnpricedItemType>04</UnpricedItemType>", {}),
        (price("0.00"), {"prices": {"EUR": "0.00"}}),
        (price("much"), {}),
    ],
)
def test_prices_that_customers_pay_are_read_and_no_others(prices: str, expected: dict[str, Any]) -> None:
    names = ("prices", "prices_in", "promotions", "price_changes", "onix")
    assert {name: value for name, value in facts((PRICES, prices)).items() if name in names} == expected


def test_promotions_that_overlap_are_flattened_and_the_lowest_price_wins() -> None:
    both = price("9.99") + price("4.99", qualifier="08", more=dated("20261201", "20261220"))
    both += price("3.99", qualifier="08", more=dated("20261210", "20261231"))
    found = facts((PRICES, both))["promotions"]
    assert [(one["from"], one["until"], one["prices"]["EUR"]) for one in found] == [
        ("2026-12-01", "2026-12-09", "4.99"),
        ("2026-12-10", "2026-12-31", "3.99"),
    ]


def test_a_price_for_all_the_countries_where_it_is_sold_is_the_price() -> None:
    where = "<Territory><RegionsIncluded>WORLD</RegionsIncluded><CountriesExcluded>US CA</CountriesExcluded></Territory>"
    assert facts((PRICES, price("9.99", more=where)))["prices"] == {"EUR": "9.99"}


def test_prices_without_tax_are_the_prices_where_the_project_says_so() -> None:
    settings = OnixSettings(price_type="rrp-without-tax")
    assert facts((PRICES, price("8.00", kind="01")), settings=settings)["prices"] == {"EUR": "8.00"}


SUPPLY = PRODUCT[PRODUCT.index("    <ProductSupply>") : PRODUCT.index("  </Product>")]


def market(country: str, amount: str) -> str:
    where = f"<Market><Territory><CountriesIncluded>{country}</CountriesIncluded></Territory></Market>"
    return SUPPLY.replace("<ProductSupply>", f"<ProductSupply>{where}").replace(PRICES, price(amount))


def test_of_several_markets_the_one_that_is_asked_for_counts() -> None:
    both = market("ES", "9.99") + market("MX", "7.99")
    assert refused((SUPPLY, both)) == "onix-markets"
    assert facts((SUPPLY, both), market="MX")["prices"] == {"EUR": "7.99"}
    assert facts((SUPPLY, market("ES", "9.99") + market("MX", "9.99")))["prices"] == {"EUR": "9.99"}


def test_an_identifier_becomes_the_key_of_stores_where_it_is_asked_for() -> None:
    own = "<ProductIdentifier><ProductIDType>01</ProductIDType><IDTypeName>SKU</IDTypeName><IDValue>A-1</IDValue></ProductIdentifier>"
    change = ("    <DescriptiveDetail>", f"{own}<DescriptiveDetail>")
    assert facts(change)["identifiers"] == {"SKU": "A-1"}
    assert facts(change, external_id="SKU")["external_id"] == "A-1"


def test_a_set_has_its_products_as_parts() -> None:
    part = (
        "<ProductPart><ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>9780306406157</IDValue></ProductIdentifier>"
        "<ProductForm>BC</ProductForm><NumberOfItemsOfThisForm>2</NumberOfItemsOfThisForm></ProductPart>"
    )
    read = facts(("<ProductComposition>00<", "<ProductComposition>10<"), ("      <TitleDetail>", f"{part}<TitleDetail>"))
    assert read["parts"] == [{"isbn": "9780306406157", "format": "print", "count": 2}]


def test_prices_that_no_customer_pays_are_no_price_and_a_note() -> None:
    found = mapped(spoilt(PRICES, price("5.00", kind="05")))
    assert "prices" not in found.facts
    assert [remark.item.code for remark in found.remarks] == ["onix-price-none"]


def test_a_series_has_its_number_from_wherever_it_is_said() -> None:
    detail = "<Collection><CollectionType>10</CollectionType><TitleDetail><TitleType>01</TitleType>{}</TitleDetail></Collection>"
    named = "<TitleElement><TitleElementLevel>02</TitleElementLevel>{}<TitleText>Piers</TitleText></TitleElement>"
    number = "<PartNumber>3</PartNumber>"
    apart = f"<TitleElement><TitleElementLevel>01</TitleElementLevel>{number}</TitleElement>{named.format('')}"
    for collection in (detail.format(named.format(number)), detail.format(apart)):
        assert facts(("      <TitleDetail>", f"{collection}<TitleDetail>"))["series"] == {"name": "Piers", "number": "3"}


def test_a_volume_without_a_name_of_its_own_is_called_by_its_collection() -> None:
    title = (
        "<TitleElement><TitleElementLevel>01</TitleElementLevel><PartNumber>3</PartNumber></TitleElement>"
        "<TitleElement><TitleElementLevel>02</TitleElementLevel><TitleText>Piers</TitleText></TitleElement>"
    )
    old = "<TitleElement><TitleElementLevel>01</TitleElementLevel><TitleText>The Low Pier</TitleText></TitleElement>"
    assert facts((old, title))["title"] == "Piers 3"


def test_defaults_of_the_header_are_those_of_a_record() -> None:
    from catalogctl.onix.canonical import with_defaults

    header = (
        "<Header><Sender><SenderName>R</SenderName></Sender><SentDateTime>20261201</SentDateTime>"
        "<DefaultLanguageOfText>spa</DefaultLanguageOfText><DefaultPriceType>02</DefaultPriceType>"
        "<DefaultCurrencyCode>USD</DefaultCurrencyCode></Header>"
    )
    bare = spoilt(PRICES, "<Price><PriceAmount>9.99</PriceAmount></Price>")
    bare = spoilt("<Language><LanguageRole>01</LanguageRole><LanguageCode>eng</LanguageCode></Language>", "", bare)
    record = next(FeedReader(opener(message(bare, header=header)), Findings("feed.xml")).records())
    with_defaults(record)
    found = map_record(record, ReadingRules()).facts
    assert (found["language"], found["prices"]) == ("es", {"USD": "9.99"})
