"""Three judges (the fast validator, the reference validator, the models) and one truth."""

from collections.abc import Iterable
from copy import deepcopy
from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from catalogctl.config.schema.document import BlocksDocument, DefaultsDocument, TitleDocument, canonical
from catalogctl.config.schema.draft7 import model_schema
from catalogctl.config.schema.explain import Reference, problems
from catalogctl.config.schema.judge import judge
from catalogctl.config.schema.projectfile import ProjectDocument
from catalogctl.model import vocabulary
from catalogctl.model.diagnostics import Pointer

MODELS: dict[str, type[BaseModel]] = {
    "title": TitleDocument,
    "defaults": DefaultsDocument,
    "blocks": BlocksDocument,
    "project": ProjectDocument,
}

lines = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(lambda text: bool(text.strip()))
slugs = st.from_regex(r"[a-z0-9][a-z0-9-]{0,9}", fullmatch=True)
days = st.dates().map(str)
amounts = st.one_of(st.integers(0, 10**6), st.decimals(0, 10**6, places=2), st.decimals(0, 999, places=2).map(str))
counts = st.integers(1, 5000)
isbns = st.sampled_from(["9781496822482", 9781496822482, "978-0-306-40615-7", "0-306-40615-2"])
boundaries = st.sampled_from(["2026-12-24", "2027-01-01", "2026-12-24T18:00:00+01:00", "2026-12-24T18:00Z"])
dated_prices = st.dictionaries(st.sampled_from(["USD", "EUR"]), amounts, min_size=1)


def one_or_many(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(values, st.lists(values, min_size=1, max_size=2))


def fields(required: dict[str, st.SearchStrategy[Any]], optional: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional={name: st.one_of(st.none(), values) for name, values in optional.items()})


partial_days = st.one_of(days.filter(lambda day: day[0] in "12"), st.integers(1000, 2999), st.sampled_from(["2026", "2026-03"]))
years = st.integers(1000, 2999)
people = st.one_of(
    fields(
        {"name": lines, "role": st.sampled_from(["author", "A01", "B06", "narrator", ["author", "illustrator"]])},
        {
            "sort_name": lines,
            "bio": lines,
            "ids": fields({}, {"orcid": st.just("0000-0002-1825-0097"), "isni": st.just("0000000121032683")}),
            "website": st.just("https://example.org/ada"),
            "from_language": st.just("en"),
        },
    ),
    fields({"unnamed": st.sampled_from(sorted(vocabulary.UNNAMED)), "role": st.just("author")}, {"label": lines}),
)
series = fields(
    {"name": lines},
    {"number": st.one_of(lines, st.integers(0, 99), st.decimals(0, 9, places=1)), "subtitle": lines, "issn": st.just("2049-3630")},
)
work: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("title_prefix", "original_title", "edition_statement", "tagline", "place", "short_description"), lines),
    "original_language": st.sampled_from(["en", "pt-BR"]),
    "edition_number": counts,
    "edition_types": st.lists(st.sampled_from(sorted(vocabulary.EDITION_TYPES)), max_size=2),
    "edition_year": years,
    "audience": one_or_many(st.sampled_from(sorted(vocabulary.AUDIENCES))),
    "ages": fields({}, {"from": st.integers(0, 9), "to": st.integers(9, 99)}),
    "table_of_contents": lines,
    "reviews": st.lists(fields({"text": lines}, {"author": lines, "source": lines}), max_size=2),
    "awards": st.lists(
        fields({"name": lines}, {"year": years, "country": st.just("AR"), "code": st.sampled_from(sorted(vocabulary.PRIZE_ACHIEVEMENTS))}),
        max_size=2,
    ),
    "country": st.sampled_from(["AR", "NO"]),
    "copyright": fields({}, {"year": years, "owner": lines}),
    "status": st.sampled_from(sorted(vocabulary.STATUSES)),
    "dates": fields({}, dict.fromkeys(("on_sale", "preorder_from", "announced", "first_published", "print"), partial_days)),
    "rights": st.sampled_from(sorted(vocabulary.SALES_RIGHTS)),
}
metadata: dict[str, st.SearchStrategy[Any]] = {
    **work,
    "subtitle": lines,
    "language": st.sampled_from(["es", "pt", "en", "pt-BR", "zh-Hant", "ast"]),
    "contributors": st.lists(people, max_size=3),
    "publisher": lines,
    "series": one_or_many(series),
    "publication_date": days,
    "description": st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    "subjects": fields(
        {},
        {
            "bisac": st.just(["SEL009000"]),
            "thema": st.lists(st.sampled_from(["VS", "1KLSB"])),
            "dewey": st.lists(lines, max_size=2),
            "proprietary": st.dictionaries(lines, st.lists(lines, max_size=2), max_size=2),
        },
    ),
    "keywords": st.lists(lines, max_size=3),
    "territories": st.lists(st.sampled_from(["AR", "MX", "NO"]), max_size=3),
}
terms: dict[str, st.SearchStrategy[Any]] = {
    **metadata,
    "prices": st.dictionaries(st.sampled_from(["USD", "EUR", "CLP"]), st.one_of(st.none(), amounts)),
    "height": st.one_of(counts, st.sampled_from(["230 mm", "23cm", "9.25 in"])),
    "weight": st.one_of(counts, st.sampled_from(["395 g", "0.4kg"])),
    "thickness": st.just("18 mm"),
    "accessibility": fields(
        {},
        {
            "conforms": st.lists(st.sampled_from(sorted(vocabulary.CONFORMANCES)), max_size=2),
            "features": st.lists(st.sampled_from(sorted(vocabulary.ACCESSIBILITY_FEATURES)), max_size=2),
            "hazards": st.lists(st.sampled_from(sorted(vocabulary.HAZARDS)), max_size=2),
            "exemption": st.sampled_from(sorted(vocabulary.EXEMPTIONS)),
            **dict.fromkeys(("summary", "certifier", "contact"), lines),
        },
    ),
    "drm": st.sampled_from(sorted(vocabulary.PROTECTIONS)),
    "prices_in": st.lists(
        fields(
            {"currency": st.sampled_from(["EUR", "ARS"]), "amount": amounts},
            {
                "territories": st.lists(st.sampled_from(["AR", "AT"]), min_size=1, max_size=2),
                "tax": fields(
                    {"included": st.booleans()},
                    {"rate": st.sampled_from([4, "5.5", Decimal("10.00"), "21%"]), "level": st.sampled_from(sorted(vocabulary.TAX_LEVELS))},
                ),
            },
        ),
        max_size=2,
    ),
    "price_changes": st.lists(st.fixed_dictionaries({"from": boundaries, "prices": dated_prices}), max_size=2),
    "promotions": st.lists(
        fields({"id": slugs, "from": boundaries, "until": boundaries, "prices": dated_prices}, {"territories": st.just(["ES"])}), max_size=2
    ),
    "pages": st.one_of(counts, counts.map(Decimal)),
    "binding": lines,
    "publish": st.dictionaries(slugs, st.one_of(st.none(), st.booleans(), st.dictionaries(slugs, st.one_of(amounts, lines), max_size=3))),
    "lifecycle": fields({}, {"protect": st.booleans(), "ignore_changes": st.lists(lines, max_size=2)}),
}
editions = fields(
    {"format": st.sampled_from(["epub", "pdf", "audiobook", "print"])},
    {
        **terms,
        "isbn": isbns,
        "external_id": lines,
        "files": fields({}, {"content": lines, "cover": lines, "extract": lines}),
        "identifiers": st.dictionaries(lines, st.one_of(lines, st.integers(0, 99)), max_size=2),
        "parts": st.lists(fields({}, {"isbn": isbns, "format": st.just("print"), "count": counts}), max_size=2),
        "duration": st.sampled_from(["7h 25m", "7:25:00", "90m", "1h1s", "59s"]),
        "form": one_or_many(st.sampled_from(["BC", "B105", "ED"])),
        "replaces": one_or_many(isbns),
        "replaced_by": one_or_many(isbns),
        "onix": fields(
            {},
            {
                **dict.fromkeys(("reference", "record"), lines),
                "availability": st.sampled_from(sorted(vocabulary.AVAILABILITIES)),
                "unpriced": st.sampled_from(sorted(vocabulary.UNPRICED)),
            },
        ),
        "tracks": st.lists(fields({"id": slugs, "title": lines, "file": lines}, {}), max_size=2),
    },
)
blocks: dict[str, st.SearchStrategy[Any]] = {
    "moved": st.just([{"from": "store/content/a.epub", "to": "store/content/b.epub"}]),
    "removed": st.lists(
        st.fixed_dictionaries({"address": st.just("store/content/a.epub")}, optional={"destroy": st.booleans()}), max_size=2
    ),
    "import": st.lists(
        st.fixed_dictionaries({"address": st.just("store/track/a.audio/intro"), "id": st.one_of(lines, counts)}), max_size=2
    ),
}
limits: dict[str, st.SearchStrategy[Any]] = {
    "max_deletes": st.sampled_from(["10%", 12, "unlimited"]),
    "min_existing": st.integers(0, 50),
    "max_price_change": st.sampled_from(["50%", "unlimited"]),
}
overlay: dict[str, st.SearchStrategy[Any]] = {
    "catalog": st.lists(lines, max_size=2),
    "timezone": st.sampled_from(["UTC", "Europe/Madrid"]),
    "accounts": st.dictionaries(
        slugs,
        fields({"provider": slugs, "base_url": lines}, {"timeout": st.sampled_from(["30s", 30, Decimal("0.5")]), "token": lines}),
        max_size=2,
    ),
    "safety": fields({}, {**limits, "accounts": st.dictionaries(slugs, fields({}, limits), max_size=2)}),
    "onix": fields(
        {},
        {
            "sender": st.one_of(lines, fields({"name": lines}, {"contact": lines, "email": lines})),
            "supplier": lines,
            "namespace": lines,
            "units": fields({}, {"length": st.sampled_from(["mm", "in"]), "weight": st.sampled_from(["g", "lb"])}),
            "price_type": st.sampled_from(["rrp", "fixed-without-tax"]),
        },
    ),
    "assets": fields({}, {"publish": fields({}, {"type": st.sampled_from(["directory", "s3"]), "url": lines, "sign_for": st.just("2h")})}),
}
GENERATED: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "title": st.fixed_dictionaries(
        {"kind": st.just("title"), "id": slugs, "title": lines},
        optional={**metadata, **blocks, "editions": st.dictionaries(slugs, editions, max_size=2)},
    ),
    "defaults": fields({"kind": st.just("defaults")}, {**metadata, **blocks, "edition": fields({}, terms)}),
    "blocks": fields({}, blocks),
    "project": fields(
        {"version": st.just(1)}, {**overlay, **blocks, "environments": st.dictionaries(slugs, fields({}, overlay), max_size=1)}
    ),
}

oddities = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([2**31, 2**64, Decimal("2.0"), Decimal("2.5"), Decimal(-1), Decimal("1e300"), Decimal(0)]),
    st.sampled_from(
        [
            "",
            " ",
            "\n",
            "a\n",
            "a\nb",
            "\u00a0",
            "1.",
            "1.2.3",
            "007",
            "9.99\n",
            "٣",
            "es\n",
            "pt-br",
            "xx-BR",
            "USD",
            "x" * 256,
            "10%",
            "2024-02-30",
            "all",
        ]
    ),
    st.builds(list),
    st.builds(dict),
    st.lists(st.one_of(st.none(), lines), max_size=2),
    st.dictionaries(lines, lines, max_size=2),
)


def ways(value: Any, here: Pointer = ()) -> list[Pointer]:
    """List the way to every node below the root."""
    steps: list[tuple[Any, Any]] = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    return [way for step, child in steps for way in [(*here, step), *ways(child, (*here, step))]]


@st.composite
def documents(draw: st.DrawFn, kind: str) -> Any:
    """Draw a document that is valid but for at most three changes."""
    value: Any = deepcopy(draw(GENERATED[kind]))
    for _ in range(draw(st.integers(0, 3))):
        where = draw(st.sampled_from([(), *ways(value)]))
        inside = value
        for step in where[:-1]:
            inside = inside[step]
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace" if where:
                inside[where[-1]] = draw(oddities)
            case "remove" if where:
                del inside[where[-1]]
            case _:
                target = inside[where[-1]] if where else value
                if isinstance(target, dict):
                    target[draw(st.sampled_from(["extra", "Title", "isbn", "a b", "USD", "usd", "kind", "x\n"]))] = draw(oddities)
    return value


def printed(path: Iterable[str | int]) -> str:
    """Print a path: the fast validator gives a key of digits as a number."""
    return "/".join(str(step) for step in path)


def refused_for_its_form(model: type[BaseModel], value: Any) -> bool | None:
    """Whether a model refuses a value; None when only codes in it are wrong, which no schema can say."""
    try:
        model.model_validate(value)
    except ValidationError as wrong:
        return None if all(item["type"].startswith("bad-") for item in wrong.errors()) else True
    return False


@pytest.mark.parametrize("kind", MODELS)
@given(data=st.data())
@settings(max_examples=250, deadline=None)
def test_the_three_judges_agree_on_every_document(kind: str, data: st.DataObject) -> None:
    value = data.draw(documents(kind))
    schema = model_schema(MODELS[kind])
    fast = jsonschema_rs.validator_for(schema)
    reference = Reference(schema)
    valid = fast.is_valid(value)
    assert reference.is_valid(value) == valid
    assert {printed(error.instance_path) for error in fast.iter_errors(value)} == {
        printed(error.absolute_path) for error in reference.iter_errors(value)
    }
    refused = refused_for_its_form(MODELS[kind], value)
    assert refused is not True if valid else refused is not False
    assert (problems(schema, value) == ()) == valid


@pytest.mark.parametrize("kind", ["title", "defaults", "blocks"])
@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_what_was_read_reads_the_same_again(kind: str, data: st.DataObject) -> None:
    """Canonical data is a valid document that says the same, so that nothing is lost or changed on the way."""
    model = judge(MODELS[kind]).read(data.draw(GENERATED[kind]))
    assert not isinstance(model, tuple), model
    once = canonical(model)
    again = judge(MODELS[kind]).read(once)
    assert not isinstance(again, tuple), again
    assert canonical(again) == once


@given(value=st.recursive(oddities, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(lines, inner, max_size=3))))
@example({"kind": "title"})
@settings(max_examples=100, deadline=None)
def test_whatever_a_document_is_its_problems_are_told_and_nothing_is_raised(value: Any) -> None:
    for model in MODELS.values():
        told = judge(model).read(value)
        if isinstance(told, tuple):
            assert told
            assert all(problem.summary and problem.detail and not problem.summary.endswith(".") for problem in told)
