"""Editions become contents, field by field of the request tables, and what the service cannot hold is refused."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from catalogctl.config.documents import load
from catalogctl.config.project import load_project
from catalogctl.config.resolve import resolve
from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.measure import Measure
from catalogctl.model.resource import Resource
from catalogctl.model.title import Contributor, Format, Ignore, Lifecycle, Track
from catalogctl.provider.protocol import Offer
from catalogctl.providers.publicala import convert
from catalogctl.providers.publicala.compile import compile_edition
from catalogctl.providers.publicala.options import Options
from catalogctl.providers.publicala.types import CONTENT
from unit.providers.publicala.shop import ORIGIN, TODAY, account, codes, edition, resource, shop

MEASURES: dict[str, Any] = {"height": Measure(Decimal(34)), "width": Measure(Decimal(40)), "weight": Measure(Decimal(290))}
SAMPLES = Path(__file__).resolve().parents[4] / "catalog" / "samples"

FIFTEEN = """{"USD": 2.00, "ARS": 0.02, "EUR": 2.35, "MXN": 0.10, "COP": 0.00, "PEN": 0.51, "CLP": 0.00, "AUD": 1.47,
"UYU": 0.05, "BOB": 0.29, "PYG": 0.00, "BRL": 0.38, "INR": 0.03, "GTQ": 0.26, "HNL": 0.08}"""
PRICES = json.loads(FIFTEEN, parse_float=Decimal)

DOCUMENTED: Mapping[str, dict[str, Any]] = {
    "pdf": {
        "publication_date": "2020-06-01",
        "name": "The Computing Machine",
        "description": "The description of the publication...",
        "free": 0,
        "bisac": [{"code": "ANT018000"}],
        "extension": "pdf",
        "file_url": "https://valid/url/for.pdf",
        "collection": ["The classics"],
        "author": ["Grace Hopper"],
        "country": ["Finland"],
        "category": ["Hardware meets software"],
        "publisher": ["publica.la"],
        "keyword": ["API", "book"],
        "prices": PRICES,
    },
    "epub": {
        "description": "sha256:699014c5c978f43e13dbf8b3b99ae21a2c8b126c050d9ce9e86a3cbd86b052e5",
        "external_id": "isbn112233441",
        "lang": "en",
        "name": "The Power of Habits",
        "type": "epub",
        "author": ["Grace Hopper"],
        "published_at": "2022-09-01 12:00:00",
        "bisac": [{"code": "SEL009000"}],
        "extension": "epub",
        "file_url": "https://valid/url/for.epub",
        "publisher": ["publica.la"],
        "keyword": ["API", "book"],
        "prices": PRICES,
    },
    "mp3": {
        "description": "sha256:30643324b8b5da447d40c4419c37ffdcbec5d90f39976c60ff350b7c758340f1",
        "external_id": "696900",
        "lang": "pt",
        "name": "test audio api",
        "type": "mp3",
        "publication_date": "2019-09-13",
        "extension": "mp3",
        "file_url": "https://filesamples.com/samples/audio/mp3/Symphony%20No.6%20(1st%20movement).mp3",
    },
    "physical": {
        "description": "sha256:d99036dcf163cf5fc8b6c82c666413970855e190ed1124aad03d2295e25b2693",
        "external_id": "999333222",
        "lang": "es",
        "name": "test physical api",
        "type": "physical",
        "publication_date": "2024-09-13",
        "binding_type": "Japonesa",
        "editing_location": "Japan",
        "table_of_contents": "<tabla de contenido>",
        "pages": 256,
        "height": 34,
        "width": 40,
        "weight": 290,
        "stock": 1,
    },
}
"""The four bodies that the service's page on content shows; long descriptions by their digest."""


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Resource]:
    """The samples' titles, read and compiled, by the name of their file."""
    folder = tmp_path_factory.mktemp("samples")
    shutil.copytree(SAMPLES, folder / "catalog")
    (folder / "catalogctl.yaml").write_text("version: 1\naccounts: {store: {provider: publicala, base_url: sandbox}}\n")
    titles = resolve(load(load_project(folder))).titles
    found: dict[str, Resource] = {}
    for title in titles:
        (one,) = title.editions
        options = Options.model_validate(one.publish["store"])
        compiled = compile_edition(Offer(account(), title, one, options, title.origin, TODAY), options)
        assert [item for item in compiled.diagnostics if item.severity == "error"] == []
        found[Path(title.origin.path).stem] = compiled.resources[0]
    return found


def request_of(ours: Resource) -> tuple[bytes, dict[str, Any]]:
    file = ours.attributes.get("file")
    body = convert.new_body(ours.attributes, frozenset(ours.attributes), file.location if isinstance(file, Asset) else None)
    return body, json.loads(body, parse_float=Decimal)


@pytest.mark.parametrize("sample", sorted(DOCUMENTED))
def test_the_request_carries_every_field_of_the_documents_sample(sample: str, samples: Mapping[str, Resource]) -> None:
    _, body = request_of(samples[sample])
    text = body.pop("description")
    expected = dict(DOCUMENTED[sample])
    description = str(expected.pop("description"))
    if description.startswith("sha256:"):
        assert f"sha256:{hashlib.sha256(text.encode()).hexdigest()}" == description
    else:
        assert text == description
    assert {name: body[name] for name in expected} == expected


@pytest.mark.parametrize("sample", ["pdf", "epub"])
def test_the_samples_prices_are_sent_to_the_digit(sample: str, samples: Mapping[str, Resource]) -> None:
    body, _ = request_of(samples[sample])
    digits = dict(re.findall(r'"([A-Z]{3})": ([\d.]+)', FIFTEEN))
    assert dict(re.findall(r'"([A-Z]{3})":([\d.]+)', body.decode())) == digits


def test_a_strict_store_takes_all_four_samples_and_ignores_none_of_their_fields(samples: Mapping[str, Resource]) -> None:
    with shop(required_fields="strict") as store:
        for ours in samples.values():
            id_ = store.create(ours).id
            store.update(id_, ours.attributes)
        assert [(request.status, request.ignored_keys) for request in store.log] == [(201, ()), (204, ())] * 4


DIGITAL_TABLE = """publication_date name description extension file_url external_id free bisac collection author country category publisher
keyword prices lang table_of_contents""".split()
PHYSICAL_TABLE = """publication_date name description external_id free bisac collection author country category publisher
keyword prices lang type table_of_contents pages height width weight stock""".split()
ABOUT = {"description": "Long.", "bisac": ("SEL009000",), "keywords": ("book",), "territories": ("FI",)}
SAID: dict[str, Any] = {
    "free": True,
    "collections": ["The classics"],
    "categories": ["Novela"],
    "preorder_from": "2022-08-01 00:00:00",
    "sale_from": "2022-09-01 12:00:00",
}


@pytest.mark.parametrize(
    ("form", "table", "more"),
    [
        (Format.EPUB, DIGITAL_TABLE, {"table_of_contents": [{"title": "Uno"}]}),
        (Format.PDF, DIGITAL_TABLE, {"table_of_contents": {"chapters": []}}),
        (Format.AUDIOBOOK, DIGITAL_TABLE, {"table_of_contents": '[{"title": "Uno"}]'}),
        (Format.PRINT, PHYSICAL_TABLE, {"table_of_contents": "<ol></ol>", "stock": 3}),
    ],
)
def test_every_field_of_the_request_tables_can_be_declared(form: Format, table: list[str], more: dict[str, Any]) -> None:
    one = edition(
        form,
        about=ABOUT,
        prices={"USD": Decimal(2)},
        pages=256,
        height=Measure(Decimal(34)),
        width=Measure(Decimal(40)),
        weight=Measure(Decimal(290)),
    )
    ours = resource(one, **SAID, **more)
    with shop() as store:
        id_ = store.create(ours).id
        store.update(id_, ours.attributes, "sale_from", "stock")
        created, updated = (request.body for request in store.log)
        assert [request.ignored_keys for request in store.log] == [(), ()]
    assert isinstance(created, dict)
    assert isinstance(updated, dict)
    assert {name for name in table if created.get(name) in (None, [], {}, "")} == set()
    later = {*table, "preorder_from", "sale_from"} - {"file_url"}
    assert {name for name in later if updated.get(name) in (None, [], {}, "")} == set()
    assert not {"preorder_from", "sale_from"} & created.keys()


def test_a_content_is_what_the_edition_says() -> None:
    one = edition(lifecycle=Lifecycle(protect=True, ignore_changes=(Ignore("prices.*"),)), prices={"USD": Decimal(2)}, about=ABOUT)
    ours = resource(one, free=False, published_at="2022-09-01 12:00:00")
    assert ours.address == Address("store", "content", "habits", "one")
    assert (ours.type, ours.key, ours.origin, ours.protect, ours.ignore) == (CONTENT, "habits", ORIGIN, True, (Ignore("prices.*"),))
    assert ours.attributes == {
        "external_id": "habits",
        "type": "epub",
        "file": Asset("https://cdn.example/habits.epub"),
        "name": "The Power of Habits",
        "lang": "en",
        "publication_date": date(2022, 9, 1),
        "published_at": datetime(2022, 9, 1, 12),
        "description": "Long.",
        "free": False,
        "prices": {"USD": Decimal(2)},
        "author": ("Grace Hopper",),
        "publisher": ("publica.la",),
        "bisac": ("SEL009000",),
        "country": ("Finland",),
        "keyword": ("book",),
    }


def test_every_attribute_belongs_to_the_type() -> None:
    one = edition(Format.PRINT, about=ABOUT, binding="Japonesa", editing_location="Japan")
    ours = resource(one, stock=1, table_of_contents="<p>", **SAID)
    assert ours.attributes.keys() <= CONTENT.attributes.keys()


def test_authors_keep_their_order_and_other_roles_have_no_field() -> None:
    people = (Contributor("Zoe", "A01"), Contributor("Ana", "A01"), Contributor("Tom", "B06"))
    assert resource(edition(about={"contributors": people})).attributes["author"] == ("Zoe", "Ana")


def test_terms_are_a_set() -> None:
    assert resource(edition(about={"keywords": ("b", "a", "b")})).attributes["keyword"] == ("a", "b")


def test_sizes_of_an_electronic_edition_are_not_sent_since_the_store_uses_them_for_print_only() -> None:
    assert not {"pages", "height"} & resource(edition(pages=10, height=Measure(Decimal(3)))).attributes.keys()


def test_a_table_of_contents_is_the_same_whether_it_is_written_as_json_or_as_text_that_holds_json() -> None:
    assert resource(table_of_contents=[{"b": 1, "a": 2}]).attributes == resource(table_of_contents='[ {"a":2, "b":1} ]').attributes


@pytest.mark.parametrize(
    ("one", "options", "found"),
    [
        (edition(about={"publication_date": None}), {}, [("publication-date-required", "publication_date")]),
        (
            edition(Format.AUDIOBOOK, content=None, tracks=(Track("intro", "Intro", Asset("https://x.example/1.mp3")),)),
            {"content_api": "v1"},
            [("tracks-unsupported", "tracks")],
        ),
        (edition(), {"stock": 3}, [("print-only", "publish.store.stock")]),
        (edition(), {"published_at": "2022-09-02 00:00:00"}, [("dates-disagree", "publish.store.published_at")]),
        (
            edition(),
            {"preorder_from": "2022-10-01 00:00:00", "sale_from": "2022-09-01 00:00:00"},
            [("dates-out-of-order", "publish.store.preorder_from")],
        ),
        (edition(Format.PRINT), {"table_of_contents": [1]}, [("table-of-contents-form", "publish.store.table_of_contents")]),
        (edition(), {"table_of_contents": "<ol></ol>"}, [("table-of-contents-form", "publish.store.table_of_contents")]),
        (edition(), {"table_of_contents": "7"}, [("table-of-contents-form", "publish.store.table_of_contents")]),
        (edition(), {"table_of_contents": [2**70]}, [("table-of-contents-form", "publish.store.table_of_contents")]),
        (
            edition(),
            {"content_api": "v3", "price_windows": [{"currency": "GBP", "amount": "1.00", "ends_at": "2030-01-01"}]},
            [("currency-unsupported", "publish.store.price_windows.0.currency")],
        ),
    ],
)
def test_what_the_service_cannot_hold_is_refused_with_its_place(one: Any, options: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert codes(one, **options) == found


def test_all_problems_of_an_edition_are_told_at_once() -> None:
    one = edition(about={"publication_date": None}, content=None, prices={"COP": Decimal(0)})
    assert [code for code, _ in codes(one)] == ["publication-date-required", "zero-price"]


@pytest.mark.parametrize(
    "options",
    [
        {"sale_from": "2022-9-1 1:2:3"},
        {"sale_from": "2022-09-01"},
        {"sale_from": "2022-09-01 12:00:00+02:00"},
        {"sale_from": "2022-02-30 12:00:00"},
        {"sale_from": 20220901},
        {"sale_from": datetime.fromisoformat("2022-09-01T12:00:00+00:00")},
        {"stock": -1},
        {"categories": [""]},
        {"collection": ["x"]},
        {"content_api": "v2"},
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Options.model_validate(options)
