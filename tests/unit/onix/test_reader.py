"""Feeds as they come: other namespaces, encodings and characters are read and reported; hostile ones end in a diagnostic."""

from __future__ import annotations

import tracemalloc

import pytest

from catalogctl.onix.findings import MOST, Findings
from catalogctl.onix.reader import FeedReader
from catalogctl.onix.schemas import Release, reference_names
from feeds import PRODUCT, line_of, message, opener, problems, spoilt, told


def titles(data: bytes | str) -> list[str]:
    """Read the titles of a feed."""
    reader = FeedReader(opener(data), Findings("feed.xml"))
    return [record.text("DescriptiveDetail/TitleDetail/TitleElement/TitleText") for record in reader.records()]


def codes(data: bytes | str) -> set[str]:
    return {code for code, _, _ in told(data)}


def short(text: str) -> str:
    """Write a message in short tags."""
    names = {reference: tag for tag, reference in reference_names(Release.V31).items()}
    for reference in sorted(names, key=len, reverse=True):
        text = text.replace(f"<{reference}>", f"<{names[reference]}>").replace(f"</{reference}>", f"</{names[reference]}>")
        text = text.replace(f"<{reference}/>", f"<{names[reference]}/>").replace(f"<{reference} ", f"<{names[reference]} ")
    return text.replace("/reference", "/short")


def test_short_tags_are_the_same_book_and_as_sound() -> None:
    feed = short(message())
    assert "<b203>The Low Pier</b203>" in feed
    assert titles(feed) == ["The Low Pier"]
    assert problems(feed) == []
    assert [code for code, _, _ in told(spoilt("9.99", "0.00", feed))] == ["onix-zero-price"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("http://ns.editeur.org/onix/3.1/reference", "http://www.editeur.org/onix/3.1/reference"), {"onix-namespace"}),
        ((' xmlns="http://ns.editeur.org/onix/3.1/reference"', ""), {"onix-namespace"}),
        ((' release="3.1"', ""), {"onix-release"}),
        ((' release="3.1"', ' release="4.0"'), {"onix-release"}),
    ],
)
def test_the_first_element_may_say_otherwise(change: tuple[str, str], expected: set[str]) -> None:
    feed = message().replace(*change)
    assert codes(feed) == expected
    assert titles(feed) == ([] if "4.0" in feed else ["The Low Pier"])


def test_a_prefix_is_as_good_as_a_default_namespace() -> None:
    feed = message(spoilt("<p>A pier, and <em>two</em> sisters.</p>", "A pier.").replace(' textformat="05"', ""))
    prefixed = (
        feed.replace("</", "</o:").replace("<", "<o:").replace("<o:/o:", "</o:").replace("<o:?xml", "<?xml").replace("xmlns=", "xmlns:o=")
    )
    assert problems(prefixed) == []
    assert titles(prefixed) == ["The Low Pier"]


def test_a_bare_product_is_read() -> None:
    assert titles(PRODUCT) == ["The Low Pier"]
    assert codes(PRODUCT) == {"onix-bare-product", "onix-namespace"}


@pytest.mark.parametrize("spaced", [" 15", "15\u200b", "\ufeff15 ", "1\u200b5"])
def test_blanks_and_invisible_characters_around_a_code_are_trimmed_and_told(spaced: str) -> None:
    feed = message(spoilt("<ProductIDType>15<", f"<ProductIDType>{spaced}<"))
    assert told(feed) == [("onix-code-space", "warning", line_of(feed, "<ProductIDType>"))]


def test_control_characters_are_left_out_and_told() -> None:
    feed = message(spoilt("The Low Pier<", "The\x0b Low\x00 Pier&#2;<"))
    assert titles(feed) == ["The Low Pier"]
    assert told(feed) == [("onix-control-character", "warning", line_of(feed, "<TitleText>"))] * 3 or codes(feed) == {
        "onix-control-character"
    }


def test_entities_of_html_are_read_as_their_characters() -> None:
    feed = message(spoilt("The Low Pier<", "Caf&eacute; &ndash; Low &amp; Pier<"))
    assert titles(feed) == ["Café – Low & Pier"]
    assert {(code, severity) for code, severity, _ in told(feed)} == {("onix-entity", "warning")}


def test_an_unknown_entity_and_a_bare_ampersand_are_errors_and_the_rest_is_checked() -> None:
    feed = message(spoilt("The Low Pier<", "Low & Pier &house;<").replace("9.99", "0.00"))
    assert [(code, severity) for code, severity, _ in told(feed)] == [
        ("onix-entity", "error"),
        ("onix-entity", "error"),
        ("onix-zero-price", "error"),
    ]


def test_entities_in_a_cdata_section_are_text() -> None:
    feed = message(
        spoilt(
            '<Text textformat="05"><p>A pier, and <em>two</em> sisters.</p></Text>',
            '<Text textformat="02"><![CDATA[<p>A &ndash; B & C</p>]]></Text>',
        )
    )
    assert problems(feed) == []


@pytest.mark.parametrize(
    ("codec", "declared", "expected"),
    [
        ("utf-8", "UTF-8", set()),
        ("utf-8-sig", "UTF-8", set()),
        ("utf-16", "UTF-16", set()),
        ("iso8859-1", "ISO-8859-1", set()),
        ("cp1252", "windows-1252", set()),
        ("cp1252", "ISO-8859-1", {"onix-encoding"}),
        ("cp1252", None, {"onix-encoding"}),
        ("utf-8", None, set()),
    ],
)
def test_the_encoding_is_found(codec: str, declared: str | None, expected: set[str]) -> None:
    title = "Mañana “sí”" if codec != "iso8859-1" else "Mañana"
    feed = message(spoilt("The Low Pier<", f"{title}<"))
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    feed = feed.replace(head, "" if declared is None else head.replace("UTF-8", declared))
    assert titles(feed.encode(codec)) == [title]
    assert codes(feed.encode(codec)) == expected


@pytest.mark.parametrize(("declared", "byte"), [("UTF-8", b"\xf1"), ("UTF-7", b"n"), ("rot13", b"n"), ("windows-1252", b"\x81")])
def test_bytes_that_are_no_text_are_an_error_and_never_other_letters(declared: str, byte: bytes) -> None:
    feed = message(spoilt("The Low Pier<", "Ma@ana<")).replace("UTF-8", declared).encode().replace(b"@", byte)
    assert {(code, severity) for code, severity, _ in told(feed)} == {("onix-encoding", "error")}
    assert titles(feed) == []


@pytest.mark.parametrize(
    ("said", "format_said", "expected"),
    [
        ("&lt;p&gt;A pier.&lt;/p&gt;", "", {"onix-text-format"}),
        ("&lt;p&gt;A pier.&lt;/p&gt;", ' textformat="02"', set()),
        ("&amp;lt;p&amp;gt;A pier.&amp;lt;/p&amp;gt;", ' textformat="02"', {"onix-text-format"}),
        ("<![CDATA[<p>A pier.</p>]]>", ' textformat="05"', {"onix-text-format"}),
        ("a &lt; b", "", set()),
    ],
)
def test_a_text_in_another_format_than_it_says_is_told(said: str, format_said: str, expected: set[str]) -> None:
    feed = message(spoilt('<Text textformat="05"><p>A pier, and <em>two</em> sisters.</p></Text>', f"<Text{format_said}>{said}</Text>"))
    assert codes(feed) == expected


def test_a_placeholder_is_no_value() -> None:
    feed = message(spoilt("<PersonName>Ada Marsh<", "<PersonName>N/A<"))
    assert told(feed) == [("onix-placeholder", "warning", line_of(feed, "<PersonName>"))]


def test_release_2_1_is_read_with_its_defaults() -> None:
    feed = """<?xml version="1.0"?>
<!DOCTYPE ONIXMessage SYSTEM "http://www.editeur.org/onix/2.1/reference/onix-international.dtd">
<ONIXMessage>
<Header><FromCompany>Ribera</FromCompany><SentDate>20261201</SentDate><DefaultCurrencyCode>EUR</DefaultCurrencyCode></Header>
<Product>
<RecordReference>com.ribera.1</RecordReference>
<NotificationType>03</NotificationType>
<ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>9788419873408</IDValue></ProductIdentifier>
<ProductForm>BC</ProductForm>
<Title><TitleType>01</TitleType><TitleText>The Low Pier</TitleText></Title>
<Contributor><SequenceNumber>1</SequenceNumber><ContributorRole>A01</ContributorRole><PersonName>Ada Marsh</PersonName></Contributor>
<NumberOfPages>208</NumberOfPages>
<BASICMainSubject>FIC19</BASICMainSubject>
<Publisher><PublishingRole>01</PublishingRole><PublisherName>Ribera</PublisherName></Publisher>
<PublishingStatus>04</PublishingStatus>
<PublicationDate>20260231</PublicationDate>
<SupplyDetail>
<SupplierName>Ribera</SupplierName>
<AvailabilityCode>IP</AvailabilityCode>
<ProductAvailability>20</ProductAvailability>
<Price><PriceTypeCode>02</PriceTypeCode><PriceAmount>9.99</PriceAmount></Price>
</SupplyDetail>
</Product>
</ONIXMessage>"""
    assert titles(feed) == ["The Low Pier"]
    assert [(code, line) for code, _, line in told(feed) if code not in {"onix-old-release", "onix-release"}] == [
        ("onix-bisac-form", line_of(feed, "<BASICMainSubject>")),
        ("onix-real-date", line_of(feed, "<PublicationDate>")),
    ]


# -- hostile -------------------------------------------------------------------------------------------------------------

LAUGHS = (
    '<!DOCTYPE ONIXMessage [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>\n"
)


@pytest.mark.parametrize(
    "doctype",
    [
        LAUGHS,
        '<!DOCTYPE ONIXMessage [<!ENTITY i SYSTEM "file:///etc/passwd">]>\n',
        '<!DOCTYPE ONIXMessage [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p; <!ENTITY i "x">]>\n',
        '<!DOCTYPE ONIXMessage [<!-- it isn\'t ]> --> <!ENTITY i "]>">]>\n',
    ],
)
def test_no_entity_of_a_document_type_is_read(doctype: str) -> None:
    feed = message(spoilt("The Low Pier<", "&i;<"))
    head, rest = feed.split("\n", 1)
    feed = f"{head}\n{doctype}{rest}"
    assert {(code, severity) for code, severity, _ in told(feed)} == {("onix-doctype", "note"), ("onix-entity", "error")}
    assert titles(feed) == ["\ufffd"]


START = message(PRODUCT).partition("<DescriptiveDetail>")[0]


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        (START + "<DescriptiveDetail><X>", "text "),
        (START + "<DescriptiveDetail>", "<x/>"),
        (START, "<x>"),
        (START + '<DescriptiveDetail a="', "value "),
        (START + "<!-- ", "comment "),
        (START + "<![CDATA[", "text "),
        ("<!DOCTYPE ONIXMessage [", "<!ENTITY a 'a'>"),
        (message().partition("<Header>")[0], "<Other/>"),
        ("", "text "),
        ("<ONIXMessage ", 'a="1" '),
    ],
)
def test_what_has_no_end_ends_in_an_error_within_bounds(start: str, unit: str) -> None:
    data = (start + unit * (16_000_000 // len(unit))).encode()
    findings = Findings("feed.xml")
    tracemalloc.start()
    list(FeedReader(opener(data), findings).records())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert findings.has_errors
    assert peak < 30_000_000


@pytest.mark.parametrize("depth", [200, 300, 5_000])
def test_elements_in_elements_end_in_an_error(depth: int) -> None:
    feed = START + "<DescriptiveDetail>" + "<x>" * depth + "</x>" * depth + "</DescriptiveDetail></Product></ONIXMessage>"
    assert codes(feed) & {"onix-xml", "onix-schema"}


def test_what_is_whole_before_a_break_is_checked() -> None:
    feed = message(spoilt("9.99", "0.00"), "<Product><Descr")
    assert [code for code, _, _ in told(feed)] == ["onix-zero-price", "onix-xml"]


@pytest.mark.parametrize(
    "data", [b"", b"\0\0\0\0", b"<", b"{}", b"<html/>", b"PK\x03\x04", b"\xff\xfe", b"<?xml", b"<!DOCTYPE", b"&", b"<ONIXMessage/>"]
)
def test_what_is_no_feed_is_told(data: bytes) -> None:
    assert told(data)


def test_many_problems_of_one_kind_are_counted() -> None:
    feed = message(*(spoilt("9.99", "0.00").replace("pier.epub", f"{number}") for number in range(MOST + 20)))
    found = problems(feed)
    assert len(found) == MOST + 1
    [more] = [item for item in found if item.source is None]
    assert more.summary.endswith(": 20 more")
    assert f"has {MOST + 20} problems of this kind; the first {MOST} are shown" in more.detail


def test_a_feed_of_one_line_is_told_by_its_records() -> None:
    feed = message(*(spoilt("9.99", "0.00").replace("pier.epub", f"{number}") for number in range(5))).replace("\n", " ")
    assert [item.detail.split(":")[0] for item in problems(feed)] == [f"Record com.ribera.{number}" for number in range(5)]
