"""What a title's document says beside what its folder's defaults say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.config.defaults import METADATA, Layers, lay_over
from catalogctl.config.documents import Document
from catalogctl.config.title_file import document_of, said_of, shared
from catalogctl.model.title import Contributor, Edition, Format, Metadata, Origin, Series, Title

ORIGIN = Origin("catalog/x.yaml", 0)
ANA = Contributor("Ana Ruiz", "A01")


def title(*editions: Edition, id_: str = "faro") -> Title:
    return Title(id_, editions, ORIGIN)


def edition(form: Format = Format.EPUB, id_: str = "", publish: dict[str, Any] | None = None, **about: Any) -> Edition:
    said = Metadata(**{"title": "El faro", "language": "es", **about})
    name = id_ or form.value
    return Edition(name, form, said, f"key-{name}", prices={"USD": Decimal("9.90")}, publish={"store": {}} if publish is None else publish)


def test_what_all_editions_say_stands_on_the_title() -> None:
    said = document_of(title(edition(publisher="Casa"), edition(Format.PDF, publisher="Casa", subtitle="Dos")), {})
    assert {name: said.get(name) for name in ("title", "language", "publisher", "subtitle")} == {
        "title": "El faro",
        "language": "es",
        "publisher": "Casa",
        "subtitle": None,
    }
    assert said["editions"]["pdf"]["subtitle"] == "Dos"
    assert "subtitle" not in said["editions"]["epub"]


def test_an_external_id_is_said_where_it_is_not_what_it_would_be() -> None:
    usual = Edition("epub", Format.EPUB, Metadata("El faro"), "faro-epub", publish={})
    numbered = Edition("epub", Format.EPUB, Metadata("El faro"), "9781496822482", isbn="9781496822482", publish={})
    other = Edition("epub", Format.EPUB, Metadata("El faro"), "own", isbn="9781496822482", publish={})
    blocks = [document_of(title(one), {})["editions"]["epub"] for one in (usual, numbered, other)]
    assert ["external_id" in block for block in blocks] == [False, False, True]
    assert ["isbn" in block for block in blocks] == [False, True, True]


def test_what_titles_share_is_said_once_and_what_only_happens_to_be_equal_is_not() -> None:
    titles = [
        title(edition(publisher="Casa", subtitle="Uno", publish={"store": {"free": True, "categories": [name]}}), id_=name) for name in "ab"
    ]
    assert shared(said_of(one.id, edition) for one in titles for edition in one.editions) == {
        "kind": "defaults",
        "language": "es",
        "publisher": "Casa",
        "edition": {"publish": {"store": {"free": True}}},
    }
    assert shared(said_of(one.id, edition) for one in titles[:1] for edition in one.editions) == {}


@pytest.mark.parametrize(
    ("publishers", "usual"),
    [
        (["Casa", "Casa", "Casa", "Otra"], "Casa"),
        (["Casa", "Casa", "Otra"], "Casa"),
        (["Casa", "Otra", "Otra", "Casa"], None),
        (["Casa", "Otra"], None),
        (["Casa", "Casa", "Casa", ""], "Casa"),
        (["Casa", "Casa", ""], None),
        (["", "", ""], None),
    ],
)
def test_what_most_say_is_said_once_where_that_is_shorter_and_the_others_say_otherwise(publishers: list[str], usual: str | None) -> None:
    titles = [title(edition(publisher=publisher), id_=f"t{number}") for number, publisher in enumerate(publishers)]
    said = shared(said_of(one.id, edition) for one in titles for edition in one.editions)
    assert said.get("publisher") == usual
    lower = Layers([Document("catalog/defaults.yaml", 0, "defaults", said)]).defaults("catalog")
    for one, publisher in zip(titles, publishers, strict=True):
        document = document_of(one, lower)
        if publisher == usual:
            assert "publisher" not in document
        elif usual is not None:
            assert document["publisher"] == (publisher or None)


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "subtitle": st.sampled_from(["Uno", "Dos"]),
        "language": st.sampled_from(["es", "pt", None]),
        "publisher": st.sampled_from(["Casa", "Otra"]),
        "contributors": st.sampled_from([(ANA,), (ANA, Contributor("Eva", "E07"))]),
        "series": st.sampled_from([Series("Faros", "1"), Series("Faros"), Series("Otra", "2")]),
        "publication_date": st.just(date(2021, 3, 4)),
        "bisac": st.sampled_from([("FIC000000",), ()]),
        "thema": st.sampled_from([("FB",), ()]),
        "territories": st.sampled_from([("ALL",), ("AR", "UY")]),
    },
)
PUBLISH = st.dictionaries(
    st.sampled_from(["store", "other"]), st.dictionaries(st.sampled_from(["free", "preview"]), st.booleans(), max_size=2), min_size=1
)
EDITION = st.builds(lambda facts, publish: (facts, publish), FACTS, PUBLISH)


def made(facts: tuple[dict[str, Any], dict[str, Any]], form: Format) -> Edition:
    about, publish = facts
    return edition(form, publish=publish, **about)


@given(EDITION, EDITION, EDITION)
def test_laid_over_the_defaults_a_document_says_what_was_meant(one: Any, two: Any, below: Any) -> None:
    """Whatever the defaults of the folder are: what they say and the title does not is taken back."""
    house = document_of(title(made(below, Format.EPUB)), {})
    block = house["editions"]["epub"]
    defaults = {name: value for name, value in house.items() if name in METADATA - {"title"}} | {
        "publish": block["publish"],
        "prices": {"EUR": "1.00"},
    }
    editions = (made(one, Format.EPUB), made(two, Format.PDF))
    alone = document_of(title(*editions), {})
    said = document_of(title(*editions), defaults)
    for name in ("epub", "pdf"):
        wanted = lay_over(alone["editions"][name], {key: value for key, value in alone.items() if key in METADATA})
        outer = lay_over({key: value for key, value in said.items() if key in METADATA}, defaults)
        found = lay_over(said["editions"][name], outer)
        found["publish"] = {account: options for account, options in found["publish"].items() if options is not False}
        assert found == wanted
