"""The planted faults of a feed are found, each at its line and alone; a sound feed is not objected to."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogctl.onix.check import check
from feeds import HEADER, PRODUCT, TODAY, line_of, message, opener, problems, spoilt, told

PRICE = "<PriceAmount>9.99</PriceAmount>"
UNIT = "<MeasureUnitCode>gr</MeasureUnitCode>"
DATED = "".join(f"<PriceDate><PriceDateRole>{role}</PriceDateRole><Date>{{}}</Date></PriceDate>" for role in (14, 15))

SECOND_MAIN = (
    "</Subject><Subject><MainSubject/><SubjectSchemeIdentifier>10</SubjectSchemeIdentifier><SubjectCode>FIC000000</SubjectCode></Subject>"
    "\n    </Desc"
)

PLANTED = {
    "a wrong check digit": ("onix-isbn-check", "error", "9788419873408", "9788419873407"),
    "hyphens in an ISBN": ("onix-isbn-hyphen", "warning", "9788419873408", "978-84-19873-40-8"),
    "31 February": ("onix-real-date", "error", "20260901", "20260231"),
    "a price without a currency": ("onix-currency-missing", "error", f"{PRICE}\n          <CurrencyCode>EUR</CurrencyCode>", PRICE),
    "one currency twice": ("onix-price-duplicate", "error", "DE AT", "ES"),
    "until before from": (
        "onix-until-before-from",
        "error",
        "<CountriesIncluded>ES</CountriesIncluded></Territory>",
        "<CountriesIncluded>ES</CountriesIncluded></Territory>" + DATED.format("20270107", "20270101"),
    ),
    "not yet available, and no date": (
        "onix-availability-date",
        "error",
        "<ProductAvailability>20<",
        "<ProductAvailability>10<",
    ),
    "forthcoming, long past": ("onix-forthcoming-date", "warning", "<PublishingStatus>04<", "<PublishingStatus>02<"),
    "two main subjects": (
        "onix-main-subject-once",
        "error",
        "</Subject>\n    </Desc",
        SECOND_MAIN,
    ),
    "a BISAC code of another form": ("onix-bisac-form", "error", "FIC019000", "FIC19000"),
    "sales rights that overlap": ("onix-rights-disjoint", "error", "<CountriesExcluded>US CA<", "<CountriesExcluded>US<"),
    "neither publisher nor imprint": (
        "onix-publisher-missing",
        "error",
        "      <Imprint><ImprintName>Ribera</ImprintName></Imprint>\n",
        "",
    ),
    "a measure without a unit": ("onix-unit-missing", "error", UNIT, ""),
    "a price of zero": ("onix-zero-price", "error", "9.99", "0.00"),
    "more digits than the currency has": ("onix-price-digits", "error", "9.99", "9.995"),
    "a trailing blank in a title": ("onix-title-space", "warning", "The Low Pier<", "The Low Pier <"),
    "a code that is not on its list": ("onix-code", "error", "<ContributorRole>A01<", "<ContributorRole>A00<"),
}


def test_a_sound_feed_is_not_objected_to() -> None:
    assert problems(message()) == []


@pytest.mark.parametrize("release", ["3.0", "3.1"])
@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found_alone_and_where_it_is(fault: str, release: str) -> None:
    code, severity, old, new = PLANTED[fault]
    feed = message(spoilt(old, new), release=release)
    found = problems(feed)
    assert [(item.code, item.severity.value) for item in found] == [(code, severity)], [item.detail for item in found]
    [item] = found
    assert item.source is not None
    assert abs(item.source.line - line_of(message(), old.strip().splitlines()[0])) <= 8
    assert item.detail.startswith("Record com.ribera.pier.epub: ")
    assert item.source.text in feed.splitlines()


def test_a_message_without_a_sender_is_found() -> None:
    header = spoilt("    <Sender><SenderName>Ribera Editorial</SenderName></Sender>\n", "", HEADER)
    assert [(code, severity) for code, severity, _ in told(message(header=header))] == [("onix-sender-missing", "error")]
    assert [(code, severity) for code, severity, _ in told(message(header=""))] == [("onix-sender-missing", "error")]


def test_a_date_of_the_header_that_is_none_is_told_once() -> None:
    header = spoilt("20261201T0900Z", "20261301", HEADER)
    assert told(message(header=header)) == [("onix-real-date", "error", line_of(message(header=header), "20261301"))]


def test_what_a_schema_misses_beside_the_publisher_is_told_too() -> None:
    bare = "<Product>\n<RecordReference>com.ribera.1</RecordReference>\n<NotificationType>03</NotificationType>\n</Product>\n"
    assert {code for code, _, _ in told(message(bare))} == {"onix-publisher-missing", "onix-schema"}


def test_a_reference_twice_is_a_warning_at_the_second() -> None:
    feed = message(PRODUCT, PRODUCT)
    assert told(feed) == [("onix-reference-twice", "warning", line_of(feed, "<Product>") + PRODUCT.count("\n"))]


def test_periods_that_share_a_day_are_a_warning() -> None:
    first = DATED.format("20270101", "20270107")
    one = spoilt("<CountriesIncluded>ES</CountriesIncluded></Territory>", "<CountriesIncluded>ES</CountriesIncluded></Territory>" + first)
    with_both = spoilt(
        "<CountriesIncluded>DE AT</CountriesIncluded></Territory>",
        "<CountriesIncluded>ES</CountriesIncluded></Territory>" + DATED.format("20270107", "20270114"),
        one,
    )
    [item] = problems(message(with_both))
    assert (item.code, item.severity.value) == ("onix-price-overlap", "warning")
    assert "2027-01-07" in item.detail
    apart = with_both.replace("20270114", "20270115").replace(
        "<PriceDateRole>14</PriceDateRole><Date>20270107<", "<PriceDateRole>14</PriceDateRole><Date>20270108<"
    )
    assert problems(message(apart)) == []


def test_two_isbns_of_one_product_are_an_error() -> None:
    second = (
        "<ProductIdentifier><ProductIDType>03</ProductIDType><IDValue>9780306406157</IDValue></ProductIdentifier>\n    <DescriptiveDetail>"
    )
    assert [code for code, _, _ in told(message(spoilt("<DescriptiveDetail>", second)))] == ["onix-isbn-differs"]
    same = second.replace("9780306406157", "9788419873408")
    assert problems(message(spoilt("<DescriptiveDetail>", same))) == []


def test_an_availability_with_its_date_and_a_status_to_come_are_fine() -> None:
    dated = spoilt(
        "<ProductAvailability>20</ProductAvailability>",
        "<ProductAvailability>10</ProductAvailability><SupplyDate><SupplyDateRole>08</SupplyDateRole><Date>20270301</Date></SupplyDate>",
    )
    coming = spoilt("<PublishingStatus>04<", "<PublishingStatus>02<", dated).replace("20260901", "20270301")
    assert problems(message(coming)) == []


def test_a_code_that_goes_out_of_use_is_a_note_with_the_issue_of_the_lists() -> None:
    older = spoilt("<SubjectSchemeIdentifier>93<", "<SubjectSchemeIdentifier>12<")
    [item] = problems(message(older))
    assert (item.code, item.severity.value) == ("onix-code-deprecated", "note")
    assert "issue 7" in item.detail


def test_what_the_schema_objects_to_is_told_with_its_line_in_words_without_namespaces() -> None:
    feed = message(spoilt("      <ProductComposition>00</ProductComposition>\n", ""))
    [item] = problems(feed)
    assert item.code == "onix-schema"
    assert "editeur" not in item.detail
    assert item.source is not None
    assert item.source.line == line_of(feed, "<ProductForm>")


def real(name: str) -> Path:
    places = [folder / "shared" / "onix" / name for folder in list(Path(__file__).resolve().parents)[4:6]]
    found = next((path for path in places if path.exists()), None)
    if found is None:
        pytest.skip("the real files are not here")
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("jonix-Onix3.1-single-ref.xml", set()),
        ("jonix-Onix3.1-single-short.xml", set()),
        ("onixdata-Onix3sample_refnames_blockupdate.xml", set()),
        ("elibri-onix_measurement_example.xml", set()),
        ("elibri-onix_series_memberships_example.xml", set()),
        ("elibri-onix_deleted_product_example.xml", set()),
        ("elibri-onix_audiobook_example.xml", {"onix-text-format"}),
        ("elibri-onix_contributors_example.xml", {"onix-text-format"}),
        ("elibri-onix_texts_example.xml", {"onix-text-format"}),
        ("onixcheck-win_console_issue.xml", {"onix-namespace", "onix-code-space"}),
    ],
)
def test_a_sound_real_file_gives_no_error_and_what_is_told_of_it_is_true(name: str, expected: set[str]) -> None:
    found = check(name, opener(real(name).read_bytes()), TODAY).diagnostics
    assert found.errors == ()
    assert {item.code for item in found} == expected
