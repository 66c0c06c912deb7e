import time

import pytest

from catalogctl.config.defaults import Layers
from catalogctl.model.diagnostics import CatalogError, Diagnostic
from catalogctl.query.fields import Fields
from catalogctl.query.view import EditionView, catalog_views
from catalogctl.query.where import MAX_DEPTH, MAX_LENGTH, parse
from unit.config.folder import loaded

FILES = {
    "catalog/defaults.yaml": """
kind: defaults
imprint: Ribera
edition:
  prices: {USD: 9.99}
  publish: {store: {free: false}}
""",
    "catalog/quay.yaml": """
kind: title
id: quay
title: The Long Quay
language: pt-BR
publication_date: 2026-03-01
series: {name: Quiroga, number: 9}
contributors:
  - {name: Ada Marsh, role: author}
  - {name: Inés Zárate, role: translator}
keywords: [verano, mar]
editions:
  epub: {format: epub, isbn: "9781496822482", prices: {EUR: "4.99"}, files: {cover: cover.jpg}}
  print: {format: print, pages: 256, title: "Quay, bound", publish: {store-mx: {stock: 12}, store: false}}
""",
    "catalog/casa.yaml": """
kind: title
id: casa
title: La casa
imprint:
keywords: []
series: {name: Quiroga, number: 10}
editions:
  pdf: {format: pdf, prices: {USD: 10}, territories: [AR, UY], lifecycle: {protect: true}}
""",
}


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> list[EditionView]:
    documents = loaded(tmp_path_factory.mktemp("project"), FILES)
    assert not documents.diagnostics.items
    return list(catalog_views(documents.items, Layers(documents.items)))


def refusal(text: str) -> Diagnostic:
    with pytest.raises(CatalogError) as refused:
        parse(text, Fields(("store", "store-mx")))
    [problem] = refused.value.diagnostics
    return problem


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("id = quay", "quay.epub quay.print"),
        ("title = 'The Long Quay'", "quay.epub"),
        ('title = "Quay, bound"', "quay.print"),
        ("id=casa or edition=print", "casa.pdf quay.print"),
        ("id = quay and not format = print", "quay.epub"),
        ("format = print or format = epub and id = casa", "quay.print"),
        ("(format = print or format = epub) and id = casa", ""),
        ("format in (epub, pdf)", "casa.pdf quay.epub"),
        ("format not in (epub, pdf)", "quay.print"),
        ("imprint = Ribera", "quay.epub quay.print"),
        ("imprint != Ribera", "casa.pdf"),
        ("imprint exists", "quay.epub quay.print"),
        ("imprint < z", "quay.epub quay.print"),
        ("cover exists", "quay.epub"),
        ("files exists", "quay.epub"),
        ("keywords not exists", "casa.pdf"),
        ("keywords = mar", "quay.epub quay.print"),
        ("keywords != mar", "casa.pdf"),
        ("contributors.name ~ *Z?rate", "quay.epub quay.print"),
        ("contributors.name = 'Ine\u0301s Za\u0301rate'", "quay.epub quay.print"),
        ("contributors.role = translator", "quay.epub quay.print"),
        ("contributors.role = B06", "quay.epub quay.print"),
        ("title !~ *Quay*", "casa.pdf"),
        ("title ~ Quay", ""),
        ("prices.EUR = 4.99", "quay.epub"),
        ("prices.USD < 10", "quay.epub quay.print"),
        ("prices.USD >= 10.00", "casa.pdf"),
        ("prices.USD > 9.989999999999999999999", "casa.pdf quay.epub quay.print"),
        ("series.number < 10", "quay.epub quay.print"),
        ("series.number = 10", "casa.pdf"),
        ("publication_date < 2026-03-02", "quay.epub quay.print"),
        ("publication_date <= 2026-02-28", ""),
        ("publication_date ~ 2026-*", "quay.epub quay.print"),
        ("isbn = 978-1-4968-2248-2", "quay.epub"),
        ("external_id = casa-pdf", "casa.pdf"),
        ("external_id ~ 978*", "quay.epub"),
        ("pages > 100.5", "quay.print"),
        ("account = store", "casa.pdf quay.epub"),
        ("publish.store exists", "casa.pdf quay.epub"),
        ("publish.store.free = false", "casa.pdf quay.epub"),
        ("publish.store-mx.stock >= 12", "quay.print"),
        ("path ~ */casa.yaml", "casa.pdf"),
        ("territories = UY", "casa.pdf"),
        ("lifecycle.protect = true", "casa.pdf"),
        ("NOT id = quay AND format EXISTS", "casa.pdf"),
        ("id ~ '[qc]*'", "casa.pdf quay.epub quay.print"),
        ("id ~ 'q[u'", ""),
    ],
)
def test_expression_selects_the_editions_of_which_it_is_true(views: list[EditionView], text: str, selected: str) -> None:
    where = parse(text, Fields(("store", "store-mx")))
    assert " ".join(f"{view.title}.{view.edition}" for view in views if where.selects(view)) == selected


@pytest.mark.parametrize(
    ("text", "code", "place", "hint"),
    [
        ("format = epub and seris.name = x", "where-field", (19, 24), "Did you mean series.name?"),
        ("series.nam = x", "where-field", (8, 11), "Did you mean series.name?"),
        ("prices.EURO = 1", "where-field", (8, 12), "Did you mean prices.EUR?"),
        ("cover.x exists", "where-field", (7, 8), "Write\ncover"),
        ("publish.stor.free = true", "where-field", (9, 13), "Did you mean publish.store.free?"),
        ("account = stor", "where-value", (11, 15), "Did you mean store?"),
        ("format = ebook", "where-value", (10, 15), "It is one of: epub, pdf, audiobook, print"),
        ("territories = UK", "where-value", (15, 17), "Write GB (United Kingdom)."),
        ("prices.EUR = cheap", "where-value", (14, 19), "Write it as 9.99 or 12"),
        ("publication_date > 2026-02-30", "where-value", (20, 30), "The last day of that month is\n2026-02-28"),
        ("isbn = 9781496822483", "where-value", (8, 21), "If the others are right, the check digit should be 2: 9781496822482"),
        ("series = x", "where-value", (10, 11), "To ask whether there is any:\nseries exists"),
        ("lifecycle.protect > true", "where-value", (21, 25), "Write\nlifecycle.protect = true"),
        ("prices.EUR < 4,99", "where-syntax", (15, 16), "The decimals of a number are behind a point: 4.99"),
        ("title = Two words", "where-syntax", (13, 18), 'A value with blanks is quoted: "Two words"'),
        ("title = O'Reilly", "where-syntax", (10, 11), 'A value with a quote in it is quoted whole: "O\'Reilly"'),
        ("title == x", "where-syntax", (7, 9), "Write ="),
        ("title = x && id = y", "where-syntax", (11, 13), "Write and"),
        ("title = and", "where-syntax", (9, 12), 'If it is the value, quote it: "and"'),
        ("exists cover", "where-syntax", (1, 7), "For instance:\ncover exists"),
        ("(title = x", "where-syntax", (1, 2), "Close it."),
        ("title = x)", "where-syntax", (10, 11), "Remove it."),
        ("title =", "where-syntax", (8, 9), 'A value with blanks or signs is quoted: "two words"'),
        ("title in (a b)", "where-syntax", (13, 14), 'A value with blanks is quoted: "two words"'),
        ("   ", "where-syntax", (1, 2), "For instance:\nformat = epub and prices.EUR < 5"),
    ],
)
def test_mistake_is_refused_at_its_place_with_what_to_write(text: str, code: str, place: tuple[int, int], hint: str) -> None:
    problem = refusal(text)
    assert problem.source is not None
    assert (problem.code, (problem.source.column, problem.source.end_column), problem.hint) == (code, place, hint)
    assert (problem.source.path, problem.source.line, problem.source.text) == ("--where", 1, text)


def test_place_in_an_expression_of_several_lines_is_on_its_line() -> None:
    problem = refusal("format = epub\n  and titel = x")
    assert problem.source is not None
    assert (str(problem.source), problem.source.text) == ("--where:2:7", "  and titel = x")


@pytest.mark.parametrize("deeper", ["(", "not "])
def test_nesting_ends_at_a_depth(deeper: str) -> None:
    closing = ")" if deeper == "(" else ""
    parse(deeper * MAX_DEPTH + "format = epub" + closing * MAX_DEPTH)
    assert refusal(deeper * (MAX_DEPTH + 1) + "format = epub").code == "where-too-large"


def test_length_ends_at_a_number_of_characters() -> None:
    parse("format=epub" + " " * (MAX_LENGTH - 11))
    assert refusal("format=epub" + " " * (MAX_LENGTH - 10)).code == "where-too-large"


def test_globs_of_many_stars_take_no_long_time() -> None:
    where = parse(f"description ~ '{'*a' * 1000}b'")
    view = EditionView("t", "e", "t.yaml", {"description": "a" * 100_000})
    begun = time.perf_counter()
    assert not where.selects(view)
    assert time.perf_counter() - begun < 5


def test_every_field_of_the_models_can_be_asked_for() -> None:
    known = Fields()
    names = list(known.names())
    assert {"id", "edition", "account", "path", "title", "series.name", "contributors.role", "files.cover", "prices"} <= set(names)
    for name in names:
        assert str(known.find(tuple(name.split(".")))) == name
