"""Answers are read in every shape that is documented, and errors for what they are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalogctl.model.asset import Asset
from catalogctl.provider.answer import Answer
from catalogctl.providers.openpublishing import convert
from catalogctl.providers.openpublishing.types import FILE, told_bytes
from unit.providers.openpublishing.press import BOOK

SAMPLE = """{"_id": 2, "file_name": "example_file_name.epub", "file_size": 1752680,
"href": "https:\\/\\/api.openpublishing.com\\/rpc\\/document_admin_upload?method=download&file_id=2", "labels": [],
"mime_type": "application/epub+zip", "properties": {"epub_version": "3"}, "sha1": "17c1415da57c11cd2fdbd94edbbd3eeae7fcbc32",
"timestamp": 1656057222, "type": "ebook_epub", "validation": null}"""


def answer(body: Any, status: int = 200) -> Answer:
    return Answer(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


def test_the_documents_sample_is_read() -> None:
    file = convert.read_file(json.loads(SAMPLE))
    assert (file.id, file.type, file.labels, file.name) == ("2", "ebook_epub", (), "example_file_name.epub")
    assert (file.sha1, file.size, file.timestamp) == ("17c1415da57c11cd2fdbd94edbbd3eeae7fcbc32", 1752680, 1656057222)
    assert file.validation is None


@pytest.mark.parametrize("missing", ["_id", "type", "labels", "file_name", "file_size", "sha1", "timestamp", "validation"])
def test_what_the_documents_promise_may_not_be_missing(missing: str) -> None:
    row = {name: value for name, value in json.loads(SAMPLE).items() if name != missing}
    with pytest.raises(ValueError, match=f"{missing} is missing"):
        convert.read_file(row)


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"_id": None}, "_id: expected an id, got null"),
        ({"_id": True}, "_id: expected an id, got true"),
        ({"_id": "a/b"}, "_id: expected an id, got the text 'a/b'"),
        ({"type": 7}, "type: expected a text, got the number 7"),
        ({"labels": None}, "labels: expected a list, got null"),
        ({"labels": "distribution:retail"}, "labels: expected a list, got the text 'distribution:retail'"),
        ({"labels": [7]}, r"labels\[0\]: expected a text, got the number 7"),
        ({"file_name": []}, "file_name: expected a text, got a list"),
        ({"file_size": "1"}, "file_size: expected a whole number, got the text '1'"),
        ({"sha1": None}, "sha1: expected a text, got null"),
        ({"sha1": "abc"}, "sha1: expected a text of another form, got the text 'abc'"),
        ({"timestamp": "now"}, "timestamp: expected a whole number, got the text 'now'"),
        ({"timestamp": True}, "timestamp: expected a whole number, got true"),
    ],
    ids=str,
)
def test_a_value_of_the_wrong_type_is_refused_with_its_name_and_never_read_as_empty(told: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=f"\\[3\\].{complaint}"):
        convert.read_file({**json.loads(SAMPLE), **told}, "[3]")


def test_an_id_is_a_number_or_the_text_of_a_uuid() -> None:
    for id_ in (2, "2", "3f0e8a52-6c1d-4d2e-9c3a-0d8a4b1b2c3d"):
        assert convert.read_file({**json.loads(SAMPLE), "_id": id_}).id == str(id_)


@pytest.mark.parametrize("whole", [[1], {"items": [1]}, {"_links": {}, "_pagination": {}, "items": [1]}, {"links": {}, "items": [1]}])
def test_a_list_is_taken_out_of_any_envelope(whole: Any) -> None:
    assert list(convert.read_list(answer(whole))) == [1]


@pytest.mark.parametrize(
    "whole",
    [
        {},
        {"items": None},
        b"",
        {"items": [1], "_pagination": {"total": 2}},
        {"items": [1], "_links": {"next": "/more"}},
        {"items": [1], "links": {"next": "/more"}},
        {"items": [1], "_pagination": {"page": 1, "per_page": 1, "pages": 2, "count": 2}},
        {"items": [1], "_pagination": {"whatever": 2}},
        {"items": [1], "has_more": True},
    ],
)
def test_what_is_no_list_or_not_all_of_one_is_not_believed(whole: Any) -> None:
    with pytest.raises(ValueError, match=r"list|more|empty"):
        convert.read_list(answer(whole))


@pytest.mark.parametrize(
    ("said", "on"), [(True, True), ("true", True), ("True", True), (1, True), (False, False), ("false", False), (0, False)]
)
def test_a_switch_is_read_however_it_is_written(said: Any, on: bool) -> None:
    assert convert.read_enabled(answer({"enabled": said})) is on


@pytest.mark.parametrize("whole", [{}, {"enabled": None}, {"enabled": "perhaps"}, {"enabled": 2}, []])
def test_a_switch_that_is_neither_on_nor_off_is_not_believed(whole: Any) -> None:
    with pytest.raises(ValueError, match="enabled"):
        convert.read_enabled(answer(whole))


@pytest.mark.parametrize(
    ("id_", "status"),
    [
        (505, 503),
        ("511", 503),
        (404, 404),
        ("products::not_found", 404),
        ("server::temporarily_not_available", 503),
        ("product_files::conflict", 409),
        ("auth::invalid_credentials", 403),
        ("query::unknown_filter", 422),
        (None, 422),
    ],
)
def test_an_error_in_a_200_stands_for_a_status(id_: Any, status: int) -> None:
    error = {"ERROR": {"ID": id_, "LOCALE_STR": "No.", "PARAMETERS": {"a": 1}}}
    assert convert.status(answer(error)) == status
    assert convert.status(answer({"OK": {"FAILURES": [error]}})) == status
    assert convert.status(answer(error, 418)) == 418
    assert convert.explain(answer(error)).startswith("No.")
    assert '{"a":1}' in convert.explain(answer(error))


def test_an_answer_without_an_error_is_what_it_is() -> None:
    assert convert.status(answer({"OK": {"FAILURES": []}})) == 200
    assert convert.status(answer({"items": [{"file_name": '"ERROR"'}]})) == 200
    assert convert.status(answer(b'"ERROR" torn')) == 200
    assert convert.explain(answer({"message": "gone"})) == "gone"
    assert convert.explain(answer(b"<html>")) == ""


def test_bytes_are_compared_by_their_sha1_alone() -> None:
    file = FILE.attributes["file"]
    assert file.same(told_bytes(BOOK.sha1), BOOK)
    assert not file.same(told_bytes("0" * 40), BOOK)
    assert not file.same(told_bytes(""), Asset("", sha256=BOOK.sha256))


def test_a_product_that_tells_another_ean_or_identifier_is_not_the_one() -> None:
    def is_meant(told: dict[str, Any], selector: str) -> bool | None:
        return convert.is_meant(convert.read_product({"_id": 1, **told}), selector)

    assert is_meant({"ean": "978-1-4968-2248-2"}, "ean:9781496822482")
    assert is_meant({}, "ean:9781496822482") is None
    assert is_meant({"ean": None}, "ean:9781496822482") is None
    assert is_meant({"ean": "9781496822482"}, "id:house:B:1") is None
    assert is_meant({"ean": "9781496822499"}, "ean:9781496822482") is False
    row = {"external_identifiers": [{"type": None, "value": "B:1"}, {"type": "house", "value": "B:2"}]}
    assert is_meant(row, "id:house:B:2")
    assert is_meant(row, "id:house:B:1") is False


@pytest.mark.parametrize(
    "told",
    [
        {"ean": 9781496822482},
        {"title": 7},
        {"external_identifiers": {}},
        {"external_identifiers": [{"type": "house", "value": 7}]},
        {"_id": []},
    ],
)
def test_what_a_product_tells_of_itself_has_the_types_that_are_assumed(told: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        convert.read_product({"_id": 1, **told})
