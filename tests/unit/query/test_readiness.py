from datetime import date
from decimal import Decimal

import pytest

from catalogctl.config.defaults import Layers
from catalogctl.config.store_facts import AccountFacts
from catalogctl.query.readiness import Access, Readiness, readiness
from catalogctl.query.view import catalog_views, on_each_account
from unit.config.folder import loaded

TODAY = date(2026, 12, 1)
FILES = {
    "catalog/a.yaml": """
kind: title
id: a
title: Aurora
language: es
publication_date: 2026-12-10
editions:
  epub:
    format: epub
    prices: {USD: 9.99, EUR: 8.99}
    files: {cover: cover.jpg}
    accessibility: {conforms: [epub-a11y-1.1], features: [alternative-text], hazards: [none], summary: All of it.}
    publish: {store: {}, store-mx: {}}
  print: {format: print, prices: {USD: 20}, territories: [US, CA], publish: {store: {}}}
""",
    "catalog/b.yaml": """
kind: title
id: b
title: Brisa
language: pt-BR
editions:
  pdf:
    format: pdf
    prices: {USD: 9.99}
    accessibility: {exemption: micro-enterprise}
    dates: {on_sale: 2027-03-01}
    promotions: [{id: navidad, from: 2026-12-24, until: 2026-12-31, prices: {USD: 4.99}}]
    publish: {store: {}}
  audio: {format: audiobook, accessibility: {hazards: [none]}, publish: {store: {}}}
  free: {format: epub, publish: {store: {free: true}}}
""",
}


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Readiness:
    documents = loaded(tmp_path_factory.mktemp("project"), FILES)
    assert not documents.diagnostics.errors
    told = AccountFacts(documents, Layers(documents.items), {})
    views = catalog_views(documents.items, told.layers, told.groups)
    return readiness((row for view in views for row in on_each_account(view, told)), TODAY, 30)


def test_it_counts_titles_editions_and_accounts(facts: Readiness) -> None:
    assert (facts.titles, facts.editions, facts.accounts) == (2, 5, ("store", "store-mx"))


def test_edition_without_a_cover_is_listed_once(facts: Readiness) -> None:
    assert [f"{one.title}.{one.edition}" for one in facts.without_cover] == ["a.print", "b.pdf", "b.audio", "b.free"]


def test_accessibility_is_that_of_digital_editions(facts: Readiness) -> None:
    assert {f"{one.place.title}.{one.place.edition}": (one.access, len(one.lacking)) for one in facts.accessibility} == {
        "a.epub": (Access.READY, 0),
        "b.pdf": (Access.EXEMPT, 0),
        "b.audio": (Access.PARTLY, 3),
        "b.free": (Access.UNSAID, 4),
    }
    assert facts.access == {Access.READY: 1, Access.PARTLY: 1, Access.UNSAID: 1, Access.EXEMPT: 1}


def test_country_counts_what_is_sold_everywhere_too(facts: Readiness) -> None:
    assert {market.code: market.numbers for market in facts.markets} == {"CA": (5, 1), "US": (5, 1), "ALL": (4, 1)}
    assert facts.markets[-1].name == "All other countries"


def test_ladder_has_each_price_once_for_each_edition(facts: Readiness) -> None:
    [dollars, euros] = facts.ladders
    assert [(rung.amount, rung.number) for rung in dollars.rungs] == [(Decimal("9.99"), 2), (Decimal(20), 1)]
    assert (dollars.currency, dollars.number, dollars.middle) == ("USD", 3, Decimal("9.99"))
    assert (euros.currency, euros.number, euros.lacking) == ("EUR", 1, ())


def test_edition_without_a_price_is_listed_unless_it_is_free(facts: Readiness) -> None:
    assert [(f"{place.title}.{place.edition}", account) for place, account in facts.unpriced] == [("b.audio", "store")]


def test_languages_are_counted_by_titles(facts: Readiness) -> None:
    assert [(one.code, one.name, one.titles, one.editions) for one in facts.languages] == [
        ("es", "Spanish", 1, 2),
        ("pt-BR", "Portuguese (BR)", 1, 3),
    ]


def test_what_comes_is_ordered_by_its_day_and_ends_with_the_last(facts: Readiness) -> None:
    assert [(str(one.day), one.what, f"{one.place.title}.{one.place.edition}", one.accounts) for one in facts.coming] == [
        ("2026-12-10", "is published", "a.epub", ("store", "store-mx")),
        ("2026-12-10", "is published", "a.print", ("store",)),
        ("2026-12-24", "promotion navidad begins", "b.pdf", ("store",)),
        ("2026-12-31", "promotion navidad ends", "b.pdf", ("store",)),
    ]


def test_nothing_is_ready_in_an_empty_catalog() -> None:
    empty = readiness((), TODAY, 30)
    assert (empty.titles, empty.ladders, empty.coming) == (0, (), ())
