"""The facts of titles: each is read as it is written, and each mistake is one problem at its place, with a hint that helps."""

from decimal import Decimal
from pathlib import Path

import pytest

from catalogctl.config.title_file import document_of
from catalogctl.config.yaml_writer import write
from catalogctl.model.facts import Ages, Award, Copyright, Part, PriceChange, Promotion, Review, Tax, TerritoryPrice
from catalogctl.model.measure import Measure
from catalogctl.model.title import Series
from unit.config.folder import loaded, resolved

HEAD = "kind: title\nid: a\ntitle: A\n"
TITLE = (
    HEAD
    + """
title_prefix: The
original_title: Mirror Work
original_language: en
edition_number: 2
edition_year: 2026
edition_statement: Segunda edición
edition_types: [revised, illustrated]
audience: [children, school]
ages: {from: 6, to: 9}
short_description: Short
tagline: Look!
table_of_contents: <p>1</p>
reviews: [{text: Good, author: Ada Marsh, source: El Faro}]
awards: [{name: Premio, year: 2024, country: AR, code: winner}]
place: Salta
country: AR
copyright: {year: 2019, owner: Ada}
status: active
dates: {on_sale: 2026-03-31, first_published: 1998, announced: 2026-01}
rights: exclusive
series: [{name: Norte, number: 3, subtitle: Clásicos, issn: 2049-3630}, {name: Sur}]
subjects: {bisac: [SEL009000], dewey: ["823.914"], proprietary: {colecciones: [A1]}}
contributors:
  - {name: Ada Marsh, role: [author, illustrator], sort_name: "Marsh, Ada", bio: Wrote., ids: {orcid: 0000-0002-1825-0097}}
  - {unnamed: various, label: AA. VV., role: editor}
  - {name: Ivo, role: translator, website: "https://example.org/ivo", from_language: en, ids: {isni: 0000000121032683}}
editions:
  print:
    format: print
    height: 230 mm
    width: 15cm
    thickness: 0.7 in
    weight: 395 g
    form: [BC, B105]
    identifiers: {doi: 10.1234/a, sku: 42}
    parts: [{isbn: "9780306406157", format: print, count: 2}]
    accessibility: {conforms: [wcag-2.1, wcag-aa], features: [alternative-text], hazards: [none], summary: All.}
    duration: 7:25:00
    drm: none
    replaces: "9780306406157"
    replaced_by: [9781496822482]
    onix: {reference: com.a.print, availability: available, record: onix/a.xml}
    prices: {EUR: 9.99, USD: 10}
    prices_in: [{territories: [AT], currency: EUR, amount: 10.49, tax: {included: true, rate: 10, level: reduced}}]
    price_changes: [{from: 2027-01-01, prices: {EUR: 10.99}}]
    promotions: [{id: verano, from: 2026-12-24, until: 2026-12-24, prices: {EUR: 4.99}, territories: [ES]}]
"""
)


def test_every_fact_is_read_as_it_is_written(tmp_path: Path) -> None:
    found = resolved(tmp_path, {"catalog/a.yaml": TITLE})
    assert found.diagnostics.errors == ()
    [edition] = found.titles[0].editions
    about, facts = edition.metadata, edition.metadata.facts
    assert (facts.title_prefix, facts.original_title, facts.original_language) == ("The", "Mirror Work", "en")
    assert (facts.edition_number, facts.edition_year, facts.edition_statement) == (2, 2026, "Segunda edición")
    assert (facts.edition_types, facts.audience, facts.ages) == (("revised", "illustrated"), ("children", "school"), Ages(6, 9))
    assert (facts.short_description, facts.tagline, facts.table_of_contents) == ("Short", "Look!", "<p>1</p>")
    assert (facts.reviews, facts.awards) == ((Review("Good", "Ada Marsh", "El Faro"),), (Award("Premio", 2024, "AR", "winner"),))
    assert (facts.place, facts.country, facts.copyright) == ("Salta", "AR", Copyright(2019, "Ada"))
    assert (facts.status, facts.rights) == ("active", "exclusive")
    assert facts.dates == {"on_sale": "2026-03-31", "first_published": "1998", "announced": "2026-01"}
    assert (facts.subjects, facts.own_subjects) == ({"dewey": ("823.914",)}, {"colecciones": ("A1",)})
    assert (about.series, about.further_series) == (Series("Norte", "3", "Clásicos", "2049-3630"), (Series("Sur"),))
    ada, various, ivo = about.contributors
    assert (ada.roles, ada.sort_name, ada.bio, ada.orcid) == (("A01", "A12"), "Marsh, Ada", "Wrote.", "0000-0002-1825-0097")
    assert (various.unnamed, various.name, various.role) == ("various", "AA. VV.", "B01")
    assert (ivo.website, ivo.from_language, ivo.isni) == ("https://example.org/ivo", "en", "0000000121032683")
    assert [(role, person.name) for role, person in about.credits][:2] == [("A01", "Ada Marsh"), ("A12", "Ada Marsh")]
    own = edition.facts
    assert [edition.height, edition.width] == [Measure(Decimal(230), "mm"), Measure(Decimal(15), "cm")]
    assert [edition.thickness, edition.weight] == [Measure(Decimal("0.7"), "in"), Measure(Decimal(395), "g")]
    assert (own.form, own.identifiers, own.parts) == (
        ("BC", "B105"),
        {"doi": "10.1234/a", "sku": "42"},
        (Part("9780306406157", "print", 2),),
    )
    assert own.accessibility is not None
    assert (own.accessibility.conforms, own.accessibility.hazards) == (("wcag-2.1", "wcag-aa"), ("none",))
    assert (own.duration, own.drm, own.replaces, own.replaced_by) == (26700, "none", ("9780306406157",), ("9781496822482",))
    assert (own.onix.reference, own.onix.availability, own.onix.record) == ("com.a.print", "available", "onix/a.xml")
    tax = Tax(included=True, rate=Decimal(10), level="reduced")
    assert own.prices_in == (TerritoryPrice("EUR", Decimal("10.49"), ("AT",), tax),)
    assert own.price_changes == (PriceChange("2027-01-01", {"EUR": Decimal("10.99")}),)
    assert own.promotions == (Promotion("verano", "2026-12-24", "2026-12-24", {"EUR": Decimal("4.99")}, ("ES",)),)


def test_what_was_read_is_written_and_reads_the_same_again(tmp_path: Path) -> None:
    [title] = resolved(tmp_path / "one", {"catalog/a.yaml": TITLE}).titles
    text = write(document_of(title, {}), "", {})
    [again] = resolved(tmp_path / "two", {"catalog/a.yaml": text}).titles
    assert again.editions == title.editions
    assert "amount: 10.49" in text
    assert "role: [author, illustrator]" in text


ON_TITLE = [
    ("status: actve", "4:9 bad-status", "Did you mean active?"),
    ("status: on sale", "4:9 bad-status", "forthcoming, active"),
    ('status: "07"', "4:9 bad-status", "Write out-of-print"),
    ("audience: Young Adult", "4:11 bad-audience", "Write young-adult"),
    ("edition_types: [UBR]", "4:17 bad-edition-type", "Write unabridged"),
    ("ages: {from: 9, to: 6}", "4:21 ages-reversed", "from: 6"),
    ("ages: {}", "4:7 nothing-said", "from: 6"),
    ("country: Argentina", "4:10 bad-country-code", "Write AR"),
    ("country: ALL", "4:10 bad-country-code", "such as AR"),
    ("copyright: {year: 20199}", "4:19 bad-year", "For instance: 2019"),
    ("dates: {on_sale: 31.3.2026}", "4:18 bad-partial-date", "Write 2026-03-31"),
    ("dates: {on_sale: 2026-02-31}", "4:18 bad-partial-date", "2026-02-28"),
    ("dates: {on_sale: 2026-13}", "4:18 bad-partial-date", "from 01 to 12"),
    ("dates: {on_sale: 2026-03-01, preorder_from: 2026-04-01}", "4:45 preorder-after-sale", "Exchange the two days."),
    ("series: {name: Norte, issn: 2049-3631}", "4:29 bad-issn", '0: "2049-3630"'),
    ("series: {name: Norte, issn: 20493630}", "4:29 wrong-type", "Write 2049-3630"),
    ("series: []", "4:9 too-few", "Add one"),
    ("contributors: [{name: Ada, role: author, ids: {orcid: 0000-0002-1825-0098}}]", "4:55 bad-orcid", "0000-0002-1825-0097"),
    ('contributors: [{name: Ada, role: author, ids: {isni: "0000 0001 2103 2683"}}]', "4:54 bad-isni", "0000000121032683"),
    ("contributors: [{unnamed: anonym, role: author}]", "4:26 bad-unnamed", "anonymous"),
    ("contributors: [{name: Ada, role: author, website: example.org}]", "4:51 bad-website", "Write https://example.org"),
    ("contributors: [{name: Ada, role: [author, autor]}]", "4:43 bad-role", "author"),
    ("contributors: [{name: Ada, role: [author, A01]}]", "4:43 repeated-word", "Remove one"),
    ("awards: [{name: Premio, code: shortlist}]", "4:31 bad-achievement", "shortlisted"),
    ("rights: sole", "4:9 bad-rights", "exclusive"),
    ("subjects: {deway: [1]}", "4:12 unknown-field", "dewey"),
]


@pytest.mark.parametrize(("line", "told", "hint"), ON_TITLE)
def test_a_mistake_on_a_title_is_one_problem_with_a_hint(tmp_path: Path, line: str, told: str, hint: str) -> None:
    [found] = loaded(tmp_path, {"catalog/a.yaml": f"{HEAD}{line}\n"}).diagnostics
    assert f"{found.source} {found.code}" == f"catalog/a.yaml:{told}"
    assert hint in found.hint


ON_EDITION = [
    ("height: 23 km", "7:13 bad-length", "such as 230 mm"),
    ("weight: 395 mm", "7:13 bad-mass", "such as 395 g"),
    ("weight: 0 g", "7:13 bad-mass", "leave the field out"),
    ("height: 230 millimetres", "7:13 bad-length", "Write 230 mm"),
    ("identifiers: {doi: https://doi.org/10.1234/a}", "7:24 bad-identifier", "Write 10.1234/a"),
    ("identifiers: {DOI: 10.1234/a}", "7:19 identifier-name", "Write doi"),
    ("identifiers: {isbn: 9780306406157}", "7:19 identifier-is-field", 'isbn: "9780306406157"'),
    ("identifiers: {uuid: 9F8C}", "7:25 bad-identifier", "8-4-4-4-12"),
    ("duration: 7 hours", "7:15 bad-running-time", "Write 7h"),
    ("duration: 0s", "7:15 bad-running-time", "7h 25m"),
    ("form: AJ", "7:11 form-not-format", "Correct the form"),
    ("form: E101", "7:11 form-detail-alone", "form: [E"),
    ("form: [ED, EA]", "7:16 form-twice", "make an edition of the other"),
    ("parts: [{count: 2}]", "7:13 nothing-said", "isbn"),
    ("drm: DRM free", "7:10 bad-protection", "none"),
    ("accessibility: {features: [alternativeText]}", "7:32 bad-feature", "alternative-text"),
    ("accessibility: {hazards: [none, flashing]}", "7:31 hazards-contradict", "Keep `none` alone"),
    ('onix: {availability: "20"}', "7:26 bad-availability", "Write available"),
    ("isbn: 9780306406157\n    replaces: 9780306406157", "8:15 replaces-itself", "other product"),
    ("replaces: 9780306406158", "7:15 bad-isbn", "9780306406157"),
    ("prices_in: [{currency: EUR, amount: -1}]", "7:41 bad-price", "what a customer pays"),
    ("prices_in: [{currency: EUR, amount: 9.999}]", "7:41 price-precision", "9999"),
    ("prices_in: [{currency: Euro, amount: 9}]", "7:28 bad-currency", "EUR"),
    ("prices_in: [{territories: [ALL], currency: EUR, amount: 9}]", "7:32 territories-all", "Leave `territories` out"),
    (
        "prices_in: [{territories: [AT, DE], currency: EUR, amount: 9}, {territories: [DE], currency: EUR, amount: 8}]",
        "7:68 price-twice",
        "take the country out",
    ),
    ("prices_in: [{currency: EUR, amount: 9, tax: {included: true, rate: 210}}]", "7:72 bad-rate", "For instance: 4"),
    ("price_changes: [{from: 2027-01-01, prices: {EUR: 9}}, {from: 2027-01-01, prices: {EUR: 8}}]", "7:87 price-twice", "Remove one"),
    ("price_changes: [{from: 2027-01-01T10:00, prices: {EUR: 9}}]", "7:28 bad-boundary", "2027-01-01T10:00+01:00"),
    (
        "promotions: [{id: a, from: 2026-12-26, until: 2026-12-24, prices: {EUR: 9}}]",
        "7:51 until-before-from",
        "from: 2026-12-24\nuntil: 2026-12-26",
    ),
    (
        "promotions: [{id: a, from: 2026-12-26T10:00Z, until: 2026-12-26T10:00Z, prices: {EUR: 9}}]",
        "7:58 until-before-from",
        "correct the year",
    ),
    ("promotions: [{id: a, from: 2026-12-32, until: 2027-01-02, prices: {EUR: 9}}]", "7:32 bad-boundary", "2026-12-31"),
    ("timezone: UTC", "7:5 unknown-field", "Known fields"),
]


@pytest.mark.parametrize(("line", "told", "hint"), ON_EDITION)
def test_a_mistake_on_an_edition_is_one_problem_with_a_hint(tmp_path: Path, line: str, told: str, hint: str) -> None:
    text = f"{HEAD}editions:\n  e:\n    format: epub\n    {line}\n"
    [found] = loaded(tmp_path, {"catalog/a.yaml": text}).diagnostics
    assert f"{found.source} {found.code}" == f"catalog/a.yaml:{told}"
    assert hint in found.hint


BETWEEN = [
    ("prices_in: [{currency: EUR, amount: 9}]", "prices: {EUR: 8}", "price-twice", "name the `territories`"),
    ("promotions: [{id: a, from: 2027-01-01, until: 2027-01-02, prices: {USD: 1}}]", "prices: {EUR: 8}", "promotion-without-price", "USD"),
    (
        "promotions: [{id: a, from: 2027-01-01, until: 2027-01-02, prices: {EUR: 8}}]",
        "prices: {EUR: 8}",
        "promotion-not-lower",
        "lower price",
    ),
    (
        "promotions: [{id: a, from: 2027-01-01, until: 2027-01-02, prices: {EUR: 8}}]",
        "price_changes: [{from: 2027-01-01, prices: {EUR: 7}}]",
        "promotion-not-lower",
        "lower price",
    ),
    (
        "promotions: [{id: a, from: 2027-01-01, until: 2027-01-02, prices: {EUR: 1}}]",
        "{prices: {EUR: 8}, dates: {on_sale: 2027-01-03}}",
        "promotion-before-sale",
        "one of the days",
    ),
]


@pytest.mark.parametrize(("line", "default", "code", "hint"), BETWEEN)
def test_what_does_not_fit_what_defaults_say_is_one_problem_where_the_edition_says_it(
    tmp_path: Path, line: str, default: str, code: str, hint: str
) -> None:
    title = f"{HEAD}editions:\n  e:\n    format: epub\n    {line}\n"
    edition = default if default.startswith("{") else f"{{{default}}}"
    [found] = resolved(tmp_path, {"catalog/a.yaml": title, "catalog/b.yaml": f"kind: defaults\nedition: {edition}\n"}).diagnostics
    assert found.code == code
    assert str(found.source).startswith("catalog/a.yaml:7:")
    assert hint in found.hint


OVERLAPS = [
    ("from: 2026-12-24, until: 2026-12-26", "from: 2026-12-26, until: 2026-12-28", "", True),
    ("from: 2026-12-24, until: 2026-12-26", "from: 2026-12-27, until: 2026-12-28", "", False),
    ("from: 2026-12-24, until: 2026-12-26", "from: 2026-12-26, until: 2026-12-28", ", territories: [ES]", False),
    ("from: 2026-12-24T10:00Z, until: 2026-12-24T12:00Z", "from: 2026-12-24T13:00+01:00, until: 2026-12-24T14:00+01:00", "", False),
    ("from: 2026-12-24T10:00Z, until: 2026-12-24T12:00Z", "from: 2026-12-24T12:59+01:00, until: 2026-12-24T14:00+01:00", "", True),
    ("from: 2026-12-20, until: 2026-12-28", "from: 2026-12-24T12:00Z, until: 2026-12-24T14:00Z", "", True),
    ("from: 2026-12-20, until: 2026-12-24", "from: 2026-12-24T23:00Z, until: 2026-12-25T23:00Z", "", False),
]


@pytest.mark.parametrize(("one", "other", "where", "overlap"), OVERLAPS)
def test_two_promotions_overlap_only_where_they_hold_at_one_time_in_one_place(
    tmp_path: Path, one: str, other: str, where: str, overlap: bool
) -> None:
    territories = ", territories: [AR]" if where else ""
    listed = f"[{{id: a, {one}, prices: {{EUR: 1}}{territories}}}, {{id: b, {other}, prices: {{EUR: 2}}{where}}}]"
    text = f"{HEAD}editions:\n  e: {{format: epub, prices: {{EUR: 9}}, promotions: {listed}}}\n"
    codes = [found.code for found in resolved(tmp_path, {"catalog/a.yaml": text}).diagnostics]
    assert codes == (["promotion-overlap"] if overlap else [])
