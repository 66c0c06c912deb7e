"""Editions become files and switches, and what the service cannot hold is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from catalogctl.model.asset import Asset
from catalogctl.model.title import Format, Track
from catalogctl.provider.protocol import Step, Verb
from catalogctl.providers.openpublishing import provider
from catalogctl.providers.openpublishing.endpoints import ADD, DELETE, FIND_PRODUCT, LIST, READ, SET_CHANNEL, SET_SWITCH
from catalogctl.providers.openpublishing.options import Options
from catalogctl.providers.openpublishing.types import FILE
from unit.providers.openpublishing.press import BOOK, COVER, EAN, SECOND, asset, codes, compiled, edition, resource

URL = Asset("https://cdn.example/faro.epub")


def types(*editions: Any) -> list[tuple[str, Any]]:
    return [(one.address.key, one.attributes["file"]) for one in compiled(*editions).resources if one.type is FILE]


@pytest.mark.parametrize(
    ("form", "type_"),
    [(Format.EPUB, "ebook_epub"), (Format.PDF, "ebook_pdf"), (Format.AUDIOBOOK, "audiobook"), (Format.PRINT, "pod_bookblock")],
)
def test_the_content_is_of_the_formats_type_and_the_cover_a_marketing_cover(form: Format, type_: str) -> None:
    plain = asset("book", b"book")
    assert types(edition(form=form, content=plain, cover=COVER)) == sorted([(type_, plain), ("cover_marketing", COVER)], key=str)


def test_a_file_named_by_its_type_is_added_or_takes_the_usual_ones_place() -> None:
    other = asset("software.zip", b"zip")
    assert types(edition(files={"openpub": {"software": other, "ebook_epub": SECOND}})) == [("ebook_epub", SECOND), ("software", other)]
    assert types(edition(files={"another": {"software": other}})) == [("ebook_epub", BOOK)]


@pytest.mark.parametrize(
    ("said", "selector"),
    [
        (4711, "4711"),
        ({"ean": "978-1-4968-2248-2"}, f"ean:{EAN}"),
        ({"external_identifier": {"type": "house", "value": "B:1"}}, "id:house:B:1"),
    ],
)
def test_a_product_is_named_by_id_ean_or_identifier(said: Any, selector: str) -> None:
    one = resource(edition(options={"product": said, "labels": ["distribution:b", "distribution:a"]}))
    assert one.attributes["product"] == selector
    assert one.attributes["labels"] == ("distribution:a", "distribution:b")
    assert one.key == f"ebook_epub (distribution:a, distribution:b) of {selector}"


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"product": 0},
        {"product": {"ean": "9781496822483"}},
        {"product": {"ean": EAN, "external_identifier": {"type": "a", "value": "b"}}},
        {"product": {"external_identifier": {"value": "b"}}},
        {"product": 1, "labels": ["retail"]},
        {"product": 1, "labels": ["distribution:"]},
        {"product": 1, "labels": ["distribution:a,distribution:b"]},
        {"product": 1, "files": {"ebook_ibooks": "a"}},
        {"product": 1, "distribution": {"channels": {"a/b": True}}},
    ],
)
def test_options_that_the_service_cannot_mean_are_refused(said: Any) -> None:
    with pytest.raises(ValidationError):
        Options.model_validate(said)


def test_each_switch_is_a_resource_that_is_set_after_all_files_of_the_product() -> None:
    paper = edition("paper", Format.PRINT, content=asset("faro.pdf", b"%PDF-"))
    one = edition(options={"distribution": {"enabled": True, "channels": {"kobo": True, "amazon": False}}})
    switches = [item for item in compiled(one, paper).resources if item.type is not FILE]
    assert [(str(item.address), item.attributes["enabled"]) for item in switches] == [
        ("openpub/distribution/faro.epub", True),
        ("openpub/distribution/faro.epub/amazon", False),
        ("openpub/distribution/faro.epub/kobo", True),
    ]
    files = ["openpub/file/faro.epub/ebook_epub", "openpub/file/faro.paper/pod_bookblock"]
    needed = {item.address.key: sorted(map(str, item.dependencies)) for item in switches}
    own = "openpub/distribution/faro.epub"
    assert needed == {"": files, "amazon": [own, *files], "kobo": [own, *files]}


def test_of_editions_that_declare_one_thing_alike_the_first_has_it() -> None:
    said = {"distribution": {"enabled": True}}
    pdf = edition("pdf", Format.PDF, content=asset("faro.pdf", b"%PDF-"), cover=COVER, options=said)
    addresses = [str(one.address) for one in compiled(edition(cover=COVER, options=said), pdf).resources]
    assert addresses == ["openpub/file/faro.epub/ebook_epub"]


def test_editions_that_contradict_each_other_are_refused() -> None:
    first = edition(cover=COVER, options={"distribution": {"enabled": True}})
    other = edition("pdf", Format.PDF, content=None, cover=asset("b.jpg", b"b"), options={"distribution": {"enabled": False}})
    assert codes(other, first) == [("file-declared-twice", "files.cover"), ("distribution-disagrees", "publish.openpub.distribution")]
    elsewhere = edition("pdf", Format.PDF, content=None, cover=asset("b.jpg", b"b"), options={"product": 4712})
    assert codes(elsewhere, first) == []


def test_what_cannot_be_sent_is_refused() -> None:
    assert codes(edition(content=URL)) == [("upload-needs-local-file", "files.content")]
    assert codes(edition(files={"openpub": {"ebook_pdf": BOOK}})) == [("asset-kind", "publish.openpub.files.ebook_pdf")]
    assert codes(edition(content=None)) == [("content-required", "publish.openpub")]
    assert codes(edition(content=None, options={"distribution": {"enabled": True}})) == []


def test_tracks_have_no_place_and_one_file_does_instead() -> None:
    tracks = (Track("intro", "Intro", asset("intro.mp3", b"mp3")),)
    assert codes(edition("audio", Format.AUDIOBOOK, content=None, tracks=tracks)) == [("tracks-unsupported", "tracks")]
    whole = compiled(edition("audio", Format.AUDIOBOOK, content=asset("all.mp3", b"all"), tracks=tracks))
    assert [fact.field for fact in whole.unsupported if not fact.always] == ["tracks"]
    assert [fact.field for fact in compiled(edition()).unsupported if not fact.always] == []


def test_each_step_says_what_it_sends() -> None:
    by_id, by_ean = resource(), resource(edition(options={"product": {"ean": EAN}}))
    every = frozenset(by_id.attributes)
    assert provider.calls(Step(FILE, Verb.CREATE, None, by_id.attributes, every)) == (ADD, LIST)
    assert provider.calls(Step(FILE, Verb.CREATE, None, by_ean.attributes, every)) == (FIND_PRODUCT, ADD, LIST)
    assert provider.calls(Step(FILE, Verb.DELETE, by_id.attributes, None, frozenset())) == (READ, DELETE)
    said = {"product": {"ean": EAN}, "distribution": {"enabled": True, "channels": {"kobo": True}}}
    switch, kobo = resource(edition(options=said), ""), resource(edition(options=said), "kobo")
    changed = frozenset({"enabled"})
    assert provider.calls(Step(switch.type, Verb.UPDATE, None, switch.attributes, changed)) == (SET_SWITCH,)
    assert provider.calls(Step(kobo.type, Verb.UPDATE, None, kobo.attributes, changed | {"product"})) == (FIND_PRODUCT, SET_CHANNEL)
