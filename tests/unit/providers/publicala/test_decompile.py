"""A content as the store shows it becomes the edition that would declare it."""

from __future__ import annotations

from typing import Any

import pytest

from catalogctl.model.title import Contributor, Format, Title
from catalogctl.provider.importing import FoundEdition, Unimportable
from catalogctl.provider.protocol import Offer
from catalogctl.providers.publicala import convert, convert_v3
from catalogctl.providers.publicala.compile import compile_edition
from catalogctl.providers.publicala.decompile import decompile
from catalogctl.providers.publicala.options import Api, Options
from catalogctl.providers.publicala.track import ObservedTrack
from catalogctl.providers.publicala.types import CONTENT
from unit.providers.publicala.shop import ORIGIN, TODAY, V1_ROW, V3_ROW, account

ROW: dict[str, Any] = {
    **V3_ROW,
    "id": "77",
    "external_id": "key-faro",
    "name": "El faro",
    "lang": "ES",
    "file_type": "epub",
    "published_at": "2021-03-04T00:00:00.000000Z",
    "description": "<p>uno</p>\r\n<p>dos</p>",
    "free": {"enabled": True, "until": "2026-12-31T00:00:00.000000Z", "require_login": True},
    "preview": {"enabled": False, "require_login": False},
    "prices": [{"currency_id": "USD", "amount": 9.9, "starts_at": None, "ends_at": None}],
    "metadata": {"author": ["Ana Ruiz", "Eva Sol"], "publisher": ["Casa"], "bisac": [{"code": "FIC000000"}], "keywords": ["mar", "luz"]},
}


def found(api: Api = Api.V3, usual: Api = Api.V1, tracks: tuple[ObservedTrack, ...] = (), **told: Any) -> FoundEdition:
    one = either(api, usual, tracks, **told)
    assert isinstance(one, FoundEdition)
    return one


def either(api: Api = Api.V3, usual: Api = Api.V1, tracks: tuple[ObservedTrack, ...] = (), **told: Any) -> FoundEdition | Unimportable:
    row = {**(ROW if api is Api.V3 else V1_ROW), **told}
    seen = convert_v3.from_store(row) if api is Api.V3 else convert.from_store(row)
    return decompile("store", seen, row, api, usual, tracks)


def unlike(holding: FoundEdition, **told: Any) -> set[str]:
    """Name what a plan would change, once the edition is declared."""
    row = {**ROW, **told}
    options = Options.model_validate(holding.edition.publish["store"])
    offer = Offer(account(), Title("faro", (holding.edition,), ORIGIN), holding.edition, options, ORIGIN, TODAY)
    compiled = compile_edition(offer, options)
    assert [problem for problem in compiled.diagnostics if problem.severity == "error"] == []
    wanted = compiled.resources[0].attributes
    seen = convert_v3.for_wanted(row, convert_v3.from_store(row), wanted, "key-faro").attributes
    return {name for name, value in wanted.items() if name in seen and not CONTENT.attributes[name].same(seen[name], value)}


def test_what_is_told_is_declared_and_comes_to_the_same() -> None:
    holding = found()
    about = holding.edition.metadata
    assert (about.title, about.language, about.publisher, about.description) == ("El faro", "es", "Casa", "<p>uno</p>\n<p>dos</p>\n")
    assert [person.name for person in about.contributors] == ["Ana Ruiz", "Eva Sol"]
    assert holding.edition.publish["store"] == {"content_api": "v3", "free": True, "free_until": "2026-12-31", "require_login": True}
    assert unlike(holding) == set()


def test_the_api_is_not_said_where_it_is_the_accounts_own() -> None:
    assert "content_api" not in found(usual=Api.V3).edition.publish["store"]


@pytest.mark.parametrize(
    ("told", "form", "name"),
    [
        ("pdf", Format.PDF, "pdf"),
        ("audio", Format.AUDIOBOOK, "audio"),
        ("mp3", Format.AUDIOBOOK, "audio"),
        ("physical", Format.PRINT, "print"),
    ],
)
def test_the_type_gives_the_format_and_the_editions_name(told: str, form: Format, name: str) -> None:
    edition = found(file_type=told).edition
    assert (edition.format, edition.id) == (form, name)
    assert unlike(found(file_type=told), file_type=told) == set()


@pytest.mark.parametrize(("key", "isbn"), [("9781496822482", "9781496822482"), ("9781496822483", None), ("978-1-4968-2248-2", None)])
def test_a_key_that_is_an_isbn_to_the_letter_is_one(key: str, isbn: str | None) -> None:
    edition = found(external_id=key).edition
    assert (edition.external_id, edition.isbn) == (key, isbn)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"external_id": None}, "no external id"),
        ({"external_id": "  "}, "no external id"),
        ({"file_type": "cbz"}, "type 'cbz'"),
        ({"file_type": ""}, "type ''"),
    ],
)
def test_what_cannot_be_declared_is_a_stranger(told: dict[str, Any], why: str) -> None:
    one = either(**told)
    assert isinstance(one, Unimportable)
    assert why in one.why


def test_subjects_that_are_none_of_bisac_are_declared_as_the_store_has_them() -> None:
    edition = found(metadata={**ROW["metadata"], "bisac": [{"code": "nope"}, {"code": "FIC000000"}]}).edition
    assert (edition.metadata.bisac, edition.publish["store"]["subjects"]) == ((), ["FIC000000", "nope"])
    assert edition.lifecycle.ignore_changes == ()


@pytest.mark.parametrize(
    ("told", "tag", "stays"),
    [
        ("pt-BR", "pt-BR", False),
        ("zh_hant", "zh-Hant", False),
        ("eng", "en", False),
        ("ast", "ast", True),
        ("English", None, True),
        (None, None, False),
    ],
)
def test_a_language_is_declared_by_its_tag_and_one_that_has_none_stays(told: str | None, tag: str | None, stays: bool) -> None:
    holding = found(lang=told)
    assert holding.edition.metadata.language == tag
    assert any("Its language in the store" in remark for remark in holding.remarks) is stays


def test_several_publishers_are_declared_in_their_order_and_blanks_around_terms_are_none() -> None:
    told = {"publisher": ["Otra ", " Casa"], "author": [" Ana Ruiz", ""], "keywords": ["mar "]}
    edition = found(metadata={**ROW["metadata"], **told}).edition
    assert (edition.metadata.publisher, edition.publish["store"]["publishers"]) == (None, ["Otra", "Casa"])
    assert (edition.metadata.contributors, edition.metadata.keywords) == ((Contributor("Ana Ruiz", "A01"),), ("mar",))
    assert edition.lifecycle.ignore_changes == ()


def test_tracks_are_named_by_their_titles_and_no_two_alike() -> None:
    tracks = tuple(ObservedTrack(f"77/{number}", title) for number, title in enumerate(["Capítulo", "Capítulo", "白", "x" * 90], 1))
    edition = found(tracks=tracks, file_type="audio").edition
    assert [track.id for track in edition.tracks] == ["capitulo", "capitulo-2", "track-03", "x" * 60]
    assert [track.title for track in edition.tracks] == [track.title for track in tracks]


def test_one_track_that_is_called_as_the_book_is_its_file() -> None:
    """So does a store show an audiobook that was created with one."""
    assert found(tracks=(ObservedTrack("77/1", " El faro "),), file_type="audio").edition.tracks == ()


def test_prices_that_hold_for_a_time_are_no_prices_and_are_told_of() -> None:
    passing = {"currency_id": "EUR", "amount": 1, "starts_at": None, "ends_at": "2026-12-24T00:00:00Z"}
    holding = found(prices=[*ROW["prices"], passing])
    assert list(holding.edition.prices) == ["USD"]
    assert any("price_windows" in remark for remark in holding.remarks)


def test_what_v1_does_not_tell_is_said_to_be_in_danger() -> None:
    holding = found(Api.V1, prices={"USD": 9.9})
    assert holding.edition.metadata.contributors == ()
    assert any("replaces them all" in remark for remark in holding.remarks)
    assert "content_api" not in holding.edition.publish["store"]


def test_an_empty_description_is_none() -> None:
    assert found(description=" \r\n ").edition.metadata.description is None
    assert found(description="uno").edition.metadata.description == "uno"


def test_what_only_v3_has_a_field_for_is_declared_by_v3_alone() -> None:
    shown = [
        {"type": "external_id", "value": "key-faro", "is_primary": True},
        {"type": "ddc", "value": "863.6", "is_primary": False},
        {"type": "uuid", "value": "123e4567-e89b-42d3-a456-426614174000", "is_primary": False},
        {"type": "isbn_digital", "value": "978-0-306-40615-7", "is_primary": False},
    ]
    told: dict[str, Any] = {"publication_place": "Salta", "edition_year": 2026, "identifiers": shown}
    holding = found(**told)
    edition = holding.edition
    assert (edition.metadata.facts.place, edition.metadata.facts.edition_year) == ("Salta", 2026)
    assert edition.facts.identifiers == {"ddc": "863.6", "uuid": "123e4567-e89b-42d3-a456-426614174000"}
    assert edition.isbn == "9780306406157"
    assert unlike(holding, **told) == set()
    paper = found(file_type="physical", publication_place="Salta").edition
    assert (paper.editing_location, paper.metadata.facts.place) == ("Salta", "")


def test_two_identifiers_of_one_type_cannot_be_declared_and_stay() -> None:
    shown = [
        {"type": "external_id", "value": "key-faro", "is_primary": True},
        *({"type": "ddc", "value": value, "is_primary": False} for value in ("863.6", "863.7")),
    ]
    holding = found(identifiers=shown)
    assert holding.edition.facts.identifiers == {}
    assert unlike(holding, identifiers=shown) == set()
