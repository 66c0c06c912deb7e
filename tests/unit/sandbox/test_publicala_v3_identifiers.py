"""What the newer documents say otherwise: identifiers, a file that can be replaced, and three more fields."""

from __future__ import annotations

from typing import Any

import pytest

from unit.sandbox.storefront import DIGITAL, UPDATE
from unit.sandbox.storefront_v3 import AUDIO, NO_AUDIO, PAPER, StoreV3, opened

ISBN = {"type": "isbn_digital", "value": "978-1-4968-2248-2"}
UUID = {"type": "uuid", "value": "123e4567-e89b-12d3-a456-426614174000"}
DDC = {"type": "ddc", "value": "813.54"}
OWN = {"type": "external_id", "value": "machine"}
TAKEN = ["has already been taken."]


@pytest.fixture
def store() -> StoreV3:
    return opened("B")


def test_identifiers_are_always_shown_and_the_primary_one_is_the_external_id(store: StoreV3) -> None:
    number = store.created(identifiers=[ISBN, {**OWN, "is_primary": True}, DDC])
    shown = store.get(number, fields="external_id").data
    assert shown == {
        "id": number,
        "external_id": "machine",
        "identifiers": [
            {"type": "isbn_digital", "value": "9781496822482", "is_primary": False},
            {"type": "external_id", "value": "machine", "is_primary": True},
            {"type": "ddc", "value": "813.54", "is_primary": False},
        ],
    }
    assert store.get("machine", id_type="external").data["id"] == number


def test_the_first_identifier_becomes_the_primary_one_and_its_isbn_loses_its_hyphens(store: StoreV3) -> None:
    number = store.created(identifiers=[ISBN, OWN])
    assert store.get("9781496822482", id_type="external").data["id"] == number
    assert store.list(**{"filter[external_id]": "9781496822482"}).data[0]["identifiers"][0]["is_primary"] is True


def test_an_isbn_may_come_back_with_hyphens() -> None:
    store = opened("B", isbn_echo="hyphenated")
    shown = store.get(store.created(identifiers=[{**ISBN, "value": "9781496822482"}, OWN])).data
    assert [one["value"] for one in shown["identifiers"]] == ["978-1-496-82248-2", "machine"]
    assert shown["external_id"] == "9781496822482"


def test_a_content_without_identifiers_has_none(store: StoreV3) -> None:
    shown = store.create().data
    assert (shown["identifiers"], shown["external_id"]) == ([], None)


def test_a_top_level_external_id_is_ignored(store: StoreV3) -> None:
    number = store.created(external_id="machine")
    assert store.get(number).data["external_id"] is None
    assert store.sandbox.requests[0].ignored_keys == ("external_id",)


@pytest.mark.parametrize(
    ("identifiers", "where"),
    [
        ("9781496822482", "identifiers"),
        ({"type": "ddc"}, "identifiers"),
        ([{"type": "ddc", "value": f"{number:03}"} for number in range(21)], "identifiers"),
        ([{**ISBN, "is_primary": True}, {**OWN, "is_primary": True}], "identifiers"),
        (["9781496822482"], "identifiers.0"),
        ([{"value": "x"}], "identifiers.0.type"),
        ([{"type": "isbn", "value": "9781496822482"}], "identifiers.0.type"),
        ([{"type": ["uuid"], "value": "x"}], "identifiers.0.type"),
        ([{"type": "external_id"}], "identifiers.0.value"),
        ([OWN, {"type": "external_id", "value": 5}], "identifiers.1.value"),
        ([{"type": "external_id", "value": "x" * 256}], "identifiers.0.value"),
        ([{**OWN, "is_primary": "yes"}], "identifiers.0.is_primary"),
        ([{**ISBN, "value": "978-1-234-56789-0"}], "identifiers.0.value"),
        ([{**ISBN, "value": "1496822482"}], "identifiers.0.value"),
        ([{"type": "isbn_printed", "value": "x781496822482"}], "identifiers.0.value"),
        ([{**UUID, "value": "123e4567"}], "identifiers.0.value"),
        ([{**DDC, "value": "fiction"}], "identifiers.0.value"),
        ([OWN, OWN], "identifiers.1.value"),
    ],
)
def test_an_identifier_that_is_not_as_its_type_demands_is_refused(store: StoreV3, identifiers: object, where: str) -> None:
    assert list(store.create(identifiers=identifiers).errors) == [where]
    assert store.sandbox.rows() == ()


@pytest.mark.parametrize("one", [ISBN, UUID, OWN])
def test_an_identifier_is_one_contents_alone(store: StoreV3, one: dict[str, str]) -> None:
    number = store.created(identifiers=[{"type": "external_id", "value": "first"}, one])
    taken = {"identifiers.0.value": ["The identifiers.0.value has already been taken."]}
    assert store.create(identifiers=[one]).errors == taken
    other = store.created()
    assert store.update(other, {"identifiers": [one]}).errors == taken
    assert store.update(number, {"identifiers": [one]}).status == 200
    assert store.update(number, {"identifiers": []}).data["external_id"] is None
    assert store.update(other, {"identifiers": [one]}).status == 200


def test_a_class_of_dewey_is_shared(store: StoreV3) -> None:
    for number in range(2):
        assert store.create(identifiers=[{"type": "external_id", "value": f"x{number}"}, DDC]).status == 201


def test_a_primary_identifier_and_an_external_id_of_v1_are_one_name(store: StoreV3) -> None:
    number = store.v1("POST", "", DIGITAL).data["issue"]["id"]
    key = DIGITAL["external_id"]
    assert store.get(number).data["identifiers"] == [{"type": "external_id", "value": key, "is_primary": True}]
    assert list(store.create(identifiers=[{"type": "external_id", "value": key}]).errors) == ["identifiers.0.value"]
    assert list(store.create(identifiers=[OWN, {"type": "external_id", "value": key}]).errors) == ["identifiers.1.value"]


def test_identifiers_are_replaced_whole_and_kept_where_they_are_omitted(store: StoreV3) -> None:
    number = store.created(identifiers=[OWN, ISBN])
    assert len(store.update(number, {"name": "New"}).data["identifiers"]) == 2
    shown = store.update(number, {"identifiers": [UUID]}).data
    assert (shown["external_id"], len(shown["identifiers"])) == (UUID["value"], 1)


def test_an_external_id_that_v1_sets_takes_the_place_of_the_primary_identifier(store: StoreV3) -> None:
    number = store.created(identifiers=[OWN, ISBN])
    body = {**UPDATE, "external_id": "machine"}
    assert store.v1("PUT", f"/{number}", body).status == 204
    assert [one["value"] for one in store.get(number).data["identifiers"]] == ["machine", "9781496822482"]
    assert store.v1("PUT", f"/{number}", {**body, "external_id": "new"}).status == 204
    shown = store.get(number).data
    assert shown["external_id"] == "new"
    assert [(one["value"], one["is_primary"]) for one in shown["identifiers"]] == [("new", True), ("9781496822482", False)]


def test_the_file_is_replaced_in_place_and_converted_again(store: StoreV3) -> None:
    number = store.created()
    store.clock.pass_(5)
    assert store.get(number).data["conversion_status"] == "done"
    assert store.update(number, {"file_url": "https://cdn.example.com/new.pdf"}).data["conversion_status"] == "awaiting"
    assert store.stored(number)["file_url"] == "https://cdn.example.com/new.pdf"
    store.clock.pass_(5)
    assert store.update(number, {"file": "sftp/new.pdf"}).data["id"] == number
    assert (store.stored(number)["file"], store.stored(number)["file_url"]) == ("sftp/new.pdf", None)
    both = {"file": "sftp/x.pdf", "file_url": "https://cdn.example.com/x.pdf"}
    assert list(store.update(number, both).errors) == ["file"]


def test_a_conversion_by_reads_begins_again_with_a_new_file() -> None:
    store = opened("B", conversion_advances="read")
    number = store.created()
    assert [store.get(number).data["conversion_status"] for _ in range(2)] == ["converting", "done"]
    store.update(number, {"file_url": "https://cdn.example.com/new.pdf"})
    assert store.get(number).data["conversion_status"] == "converting"


def test_a_new_file_must_be_of_the_contents_kind(store: StoreV3) -> None:
    assert store.update(store.created(AUDIO), {"file_url": "https://cdn.example.com/x.wav"}).errors == NO_AUDIO
    assert list(store.update(store.created(PAPER), {"file": "sftp/x.pdf"}).errors) == ["file"]


def test_a_title_has_a_subtitle_a_place_and_a_year(store: StoreV3) -> None:
    more: dict[str, Any] = {"subtitle": "And Its Makers", "publication_place": "London", "edition_year": 1843}
    number = store.created(**more)
    shown = store.get(number, fields="subtitle,publication_place,edition_year").data
    assert {key: shown[key] for key in more} == more
    for key, value in (("subtitle", 5), ("publication_place", []), ("edition_year", "1843"), ("edition_year", 10000)):
        assert list(store.update(number, {key: value}).errors) == [key]
    assert store.update(number, {"subtitle": None}).data["subtitle"] is None


def test_the_older_documents_know_none_of_it() -> None:
    store = opened("A")
    number = store.created(subtitle="x", identifiers=[OWN])
    assert not store.get(number).data.keys() & {"identifiers", "subtitle", "publication_place", "edition_year"}
    assert store.sandbox.requests[0].ignored_keys == ("identifiers", "subtitle")
