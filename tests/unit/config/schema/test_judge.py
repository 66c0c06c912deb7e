from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from catalogctl.config.schema.document import BlocksDocument, DefaultsDocument, TitleDocument, canonical
from catalogctl.config.schema.explain import MAX_PROBLEMS
from catalogctl.config.schema.judge import judge
from catalogctl.config.schema.problem import AS_WRITTEN, Problem
from catalogctl.config.syntax.source import Part


def title(**fields: Any) -> dict[str, Any]:
    return {"kind": "title", "id": "a", "title": "A", **fields}


def edition(**fields: Any) -> dict[str, Any]:
    return title(editions={"epub": {"format": "epub", **fields}})


def problems(value: Any, model: type[BaseModel] = TitleDocument) -> tuple[Problem, ...]:
    found = judge(model).read(value)
    return found if isinstance(found, tuple) else ()


def only(value: Any, model: type[BaseModel] = TitleDocument) -> Problem:
    (problem,) = problems(value, model)
    return problem


def read(value: Any) -> dict[str, Any]:
    model = judge(TitleDocument).read(value)
    assert not isinstance(model, tuple), model
    return canonical(model)


def test_what_is_not_said_is_not_in_the_data_and_null_is() -> None:
    assert read(title(subtitle=None)) == {"kind": "title", "id": "a", "title": "A", "subtitle": None}


def test_codes_amounts_and_days_are_canonical_text() -> None:
    said = read(
        title(
            publication_date="2019-09-13",
            contributors=[{"name": "Louise Hay", "role": "translator"}],
            editions={"epub": {"format": "epub", "isbn": "0-306-40615-2", "prices": {"USD": Decimal("2.50"), "EUR": 3, "CLP": "990.00"}}},
        )
    )
    epub = said["editions"]["epub"]
    assert said["contributors"] == [{"name": "Louise Hay", "role": "B06"}]
    assert epub["isbn"] == "9780306406157"
    assert epub["prices"] == {"USD": "2.50", "EUR": "3", "CLP": "990.00"}


@pytest.mark.parametrize("isbn", ["9781496822482", 9781496822482, "978-1-4968-2248-2"])
def test_an_isbn_is_the_same_quoted_unquoted_and_hyphenated(isbn: object) -> None:
    assert read(edition(isbn=isbn))["editions"]["epub"]["isbn"] == "9781496822482"


def test_an_account_with_nothing_after_it_has_no_options() -> None:
    assert read(edition(publish={"store": None, "other": False}))["editions"]["epub"]["publish"] == {"store": {}, "other": False}


def test_the_hint_of_a_wrong_check_digit_is_the_right_isbn() -> None:
    problem = only(edition(isbn="9781496822483"))
    assert problem.pointer == ("editions", "epub", "isbn")
    assert "9781496822482" in problem.hint


def test_all_problems_are_told_at_once_those_of_codes_among_them() -> None:
    value = title(titel="x", keywords="one", editions={"epub": {"format": "epub", "isbn": "9781496822483", "pages": "many"}})
    assert {problem.pointer for problem in problems(value)} == {
        ("titel",),
        ("keywords",),
        ("editions", "epub", "isbn"),
        ("editions", "epub", "pages"),
    }


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("titel", "title"),
        ("publicationDate", "publication_date"),
        ("Publisher", "publisher"),
        ("lang", "language"),
    ],
)
def test_an_unknown_field_is_marked_at_its_key_and_the_nearest_known_one_is_named(written: str, meant: str) -> None:
    problem = only(title(**{written: "x"}))
    assert (problem.code, problem.pointer, problem.part) == ("unknown-field", (written,), Part.KEY)
    assert problem.hint == f"Did you mean `{meant}`?"


@pytest.mark.parametrize(
    ("written", "value", "meant"),
    [
        ("author", "Ana Ruiz", "contributors: [{name: Ana Ruiz, role: author}]"),
        ("translators", ["Ana Ruiz"], "contributors: [{name: Ana Ruiz, role: translator}]"),
        ("authors", [{"name": "Ana Ruiz"}], "contributors: [{name: Ana Ruiz, role: author}]"),
        ("tags", "sea, tide", "keywords: [sea, tide]"),
        ("bisac", ["FIC000000"], "subjects: {bisac: [FIC000000]}"),
    ],
)
def test_a_field_of_another_name_is_written_with_its_value(written: str, value: object, meant: str) -> None:
    assert only(title(**{written: value})).hint == f"Write\n{meant}"


def test_a_field_of_another_block_is_sent_there() -> None:
    assert only(title(isbn="9781496822482")).hint.startswith("It is a field of an edition: write\neditions:\n  epub:\n    isbn: ")


def test_fields_that_belong_elsewhere_together_are_one_problem() -> None:
    assert only(title(format="pdf", prices={"USD": 1})).hint.endswith("  pdf:\n    format: pdf\n    prices: {USD: 1}")


def test_an_unknown_field_that_is_like_no_other_gets_the_list() -> None:
    assert "publication_date" in only(title(zzz=1)).hint


def test_a_missing_field_is_explained_with_an_example() -> None:
    problem = only({"kind": "title", "id": "a"})
    assert (problem.code, problem.summary, problem.part) == ("missing-field", "Missing field: `title`", Part.KEY)
    assert problem.hint.splitlines()[-1].startswith("title: ")


def test_a_misspelt_field_is_not_reported_as_missing_too() -> None:
    assert only({"kind": "title", "id": "a", "titel": "A"}).hint == "Did you mean `title`?"


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (title(title=1984), f'Quote it: "{AS_WRITTEN}"'),
        (title(keywords=[True]), f'Quote it: "{AS_WRITTEN}"'),
        (edition(lifecycle={"protect": "yes"}), "Write true"),
        (edition(pages="0256"), "Write 256"),
        (edition(prices={"USD": "1,99"}), "Write 1.99"),
        (title(publication_date="13/09/2019"), "Write 2019-09-13"),
        (title(publication_date="2019-9-3"), "Write 2019-09-03"),
        (title(id="Mirror Work"), "Write mirror-work"),
        (title(language="ES"), "Write es (Spanish)."),
        (title(language="pt_BR"), "Write pt-BR (Portuguese)."),
        (title(territories=["Brazil"]), "Write BR (Brazil)."),
        (title(territories=["all"]), "Write ALL"),
        (title(subjects={"bisac": ["sel009000"]}), "Write SEL009000"),
        (title(contributors=[{"name": "A", "role": "authr"}]), "Did you mean author?"),
        (title(contributors=[{"name": "A", "role": "Author"}]), "Write author"),
        (title(editions={"e": {"format": "physical"}}), "Write print"),
        (title(editions={"e": {"format": "EPUB"}}), "Write epub"),
    ],
)
def test_the_hint_is_what_was_meant(value: dict[str, Any], hint: str) -> None:
    assert only(value).hint == hint


def test_a_price_has_a_currency_that_exists() -> None:
    problem = only(edition(prices={"EURO": 2}))
    assert (problem.pointer, problem.part, problem.code) == (("editions", "epub", "prices", "EURO"), Part.KEY, "bad-currency")


@pytest.mark.parametrize("amount", [-1, Decimal("-0.01"), "-1", "free", True, [1], 10**12, "1e3"])
def test_a_price_is_an_amount_of_zero_or_more(amount: object) -> None:
    assert only(edition(prices={"USD": amount})).pointer == ("editions", "epub", "prices", "USD")


def test_a_day_that_the_calendar_does_not_have_is_refused() -> None:
    assert only(title(publication_date="2024-02-30")).summary == "No such day"


def test_an_alternative_is_explained_by_the_one_that_was_meant() -> None:
    problem = only(title(series={"number": 2}))
    assert (problem.pointer, problem.code) == (("series",), "missing-field")
    assert only(title(series="Biblioteca")).code == "wrong-type"


def test_a_value_of_the_wrong_kind_is_told_once() -> None:
    assert len(problems(title(territories=[False]))) == 1


@pytest.mark.parametrize("field", ["id", "isbn", "title"])
def test_defaults_cannot_say_what_is_one_title_alone(field: str) -> None:
    assert only({"kind": "defaults", field: "x"}, DefaultsDocument).code == "unknown-field"


@pytest.mark.parametrize("address", ["mirror-work", "store/content/mirror-work", "a/b/c.d e"])
def test_an_address_has_its_form(address: str) -> None:
    assert only({"removed": [{"address": address}]}, BlocksDocument).code == "bad-address"


def test_a_document_of_another_kind_is_not_answered_with_an_endless_list() -> None:
    assert len(problems(title(**{f"x{number}": 1 for number in range(500)}))) == MAX_PROBLEMS


def test_codes_are_checked_beside_what_the_schema_refuses() -> None:
    value = {"kind": "title", "id": "a", "titel": "A", "editions": {"e": {"format": "x", "isbn": "9781496822483", "prices": {"XXZ": 1}}}}
    assert [item.code for item in problems(value)] == ["unknown-field", "not-one-of", "bad-currency", "bad-isbn"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"moved": "foo"}, "[{from: store/content/old-id.epub, to: store/content/new-id.epub}]"),
        ({"moved": ["foo"]}, "{from: store/content/old-id.epub, to: store/content/new-id.epub}"),
        ({"import": 12}, '[{address: store/content/mirror-work.epub, id: "468166"}]'),
    ],
)
def test_a_block_that_is_no_mapping_is_shown_one(said: dict[str, object], meant: str) -> None:
    assert only(said, BlocksDocument).hint.splitlines()[-1] == meant
