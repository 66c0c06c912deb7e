"""A snapshot as bytes, and back."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from catalogctl.model.diagnostics import CatalogError, Refusal
from catalogctl.model.value import UNKNOWN, Reference, Secret, canonical_lines
from catalogctl.state.snapshot import Snapshot
from catalogctl.state.statefile import StateStamp, decode, encode, stamp
from unit.state.samples import BOOK, LINEAGE, address, content, recorded, snapshot, types


def forged(**changes: Any) -> bytes:
    """A state file with other content and a checksum that fits it."""
    rest = {name: value for name, value in (json.loads(content(1, 2)) | changes).items() if name != "checksum"}
    return canonical_lines({**rest, "checksum": hashlib.sha256(canonical_lines(rest)).hexdigest()})


def refusal(data: bytes) -> CatalogError:
    with pytest.raises(CatalogError) as refused:
        decode(data, types, "default")
    return refused.value


def test_a_state_file_holds_each_resource_sorted_by_address_in_words_people_can_read() -> None:
    document = json.loads(encode(Snapshot(LINEAGE, 7, {address(2): recorded(2), address(1): recorded(1)}), "default"))
    assert list(document) == ["checksum", "environment", "lineage", "resources", "serial", "version"]
    assert (document["environment"], document["lineage"], document["serial"], document["version"]) == ("default", LINEAGE, 7, 1)
    assert [one["address"] for one in document["resources"]] == ["store/book/title-001.epub", "store/book/title-002.epub"]
    first = document["resources"][0]
    assert first["account"] == {"name": "store", "base_url": "https://acme.example"}
    assert (first["provider"], first["type"], first["id"], first["key"], first["protect"]) == ("acme", "book", "id-1", "key-1", False)
    assert first["attributes"]["money-map"] == {"EUR": "2.355", "USD": "2.00"}
    assert first["attributes"]["asset-one"] == "sha256:" + "ab" * 32
    assert first["observed"] == {"text-one": "Mirror Work"}


def test_what_was_encoded_is_decoded_as_it_was() -> None:
    first = replace(recorded(1), dependencies=(address(2), address(0)), protect=True)
    whole = Snapshot(LINEAGE, 3, {address(1): first, address(2): recorded(2)})
    assert decode(encode(whole, "default"), types, "default") == whole


def test_states_that_are_equal_are_equal_bytes_whatever_the_order_they_were_made_in() -> None:
    one = recorded(1)
    backwards = replace(one, attributes=dict(reversed(list(one.attributes.items()))))
    assert encode(Snapshot(LINEAGE, 1, {address(2): recorded(2), address(1): backwards}), "default") == content(1, 2)


def test_a_state_is_the_same_when_only_its_layout_was_changed() -> None:
    data = content(1, 2)
    assert decode(data.replace(b"\n", b"\r\n"), types, "default") == snapshot(1, 2)
    compact = json.dumps(json.loads(data), ensure_ascii=True).encode()
    assert decode(compact, types, "default") == snapshot(1, 2)
    assert stamp(compact, snapshot(1, 2)) == stamp(data, snapshot(1, 2))


@pytest.mark.parametrize("value", [Secret("hunter2"), UNKNOWN, Reference(address(2)), ("a", UNKNOWN), {"USD": UNKNOWN}])
def test_what_must_never_be_stored_cannot_be_encoded(value: Any) -> None:
    with pytest.raises(TypeError):
        encode(Snapshot(LINEAGE, 1, {address(1): recorded(1, **{"text-one": value})}), "default")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "It is empty"),
        (b" \n\n", "It is empty"),
        (b"\0" * 100, "not whole JSON"),
        (b"[]", "no state"),
        (b"{}", "format version is None"),
        (b'{"version": 0}', "format version is 0"),
        (b'{"version": true}', "format version is True"),
        (b'{"version": 1}', "checksum"),
        (b'{"version": 1, "checksum": 5}', "checksum"),
        (b"[" * 100_000, "not whole JSON"),
        (content(1)[:-40], "not whole JSON"),
        (content(1).replace(b"288", b"289"), "checksum"),
        (content(1).replace(b'"serial": 1', b'"serial": 9'), "checksum"),
        (forged(serial="1"), 'serial: a whole number is needed here, and not "1"'),
        (forged(resources={"a": 1}), "resources: a list is needed here, and not an object"),
        (forged(resources={}), "resources: a list is needed here, and not an object"),
        (forged(resources=[{}]), "resources[0].address: this member is missing"),
        (forged(serial=-1), "serial: -1 is out of range"),
        (forged(serial=True), "serial: a whole number is needed here, and not true"),
        (forged(serial=1.0), "serial: a whole number is needed here, and not 1.0"),
        (forged(serial=2**60), "serial: 1152921504606846976 is out of range"),
        (forged(lineage="a/b"), 'lineage: "a/b" does not have the right form'),
        (forged(more=1), "more: this member is unknown"),
        (forged(resources=json.loads(content(1, 2))["resources"][::-1]), "resources[1].address: this address is out of order"),
        *(
            (forged(resources=[{**json.loads(content(1))["resources"][0], **entry}]), told)
            for entry, told in (
                ({"id": [1]}, "resources[0].id: a text is needed here, and not a list"),
                ({"id": ""}, "resources[0]: the id is empty"),
                ({"key": 4}, "resources[0].key: a text is needed here, and not 4"),
                ({"protect": 1}, "resources[0].protect: true or false is needed here, and not 1"),
                ({"account": {"name": "other", "base_url": ""}}, "is not an address of account"),
                ({"account": {"name": "store", "base_url": 1}}, "resources[0].account.base_url: a text"),
                ({"address": "store/track/title-001.epub"}, "is not an address of account"),
                ({"address": "store"}, "is no address"),
                ({"dependencies": ["store"]}, "is no address"),
                ({"dependencies": "store"}, "resources[0].dependencies: a list"),
                ({"deposed": [{"id": 1, "key": ""}]}, "resources[0].deposed[0].id: a text"),
                ({"attributes": []}, "resources[0].attributes: an object is needed here, and not a list"),
                ({"attributes": {"money-one": "1e99999"}}, "is no amount"),
                ({"attributes": {"money-one": "NaN"}}, "is no amount"),
                ({"observed": {"integer-one": 1.5}}, "1.5 is no whole number"),
            )
        ),
        (forged(resources=None), "no version of catalogctl writes"),
        (forged(lineage=None), "lineage: a text is needed here, and not null"),
        (forged(resources=json.loads(content(1))["resources"] * 2), "resources[1].address: this address is there twice"),
    ],
)
def test_a_state_that_cannot_be_believed_is_refused_as_stale_and_never_taken_for_none(data: bytes, told: str) -> None:
    problem = refusal(data)
    assert problem.refusal is Refusal.STALE
    [diagnostic] = problem.diagnostics
    assert diagnostic.code == "state-damaged"
    assert told in diagnostic.detail
    assert "history" in diagnostic.hint


def test_an_attribute_that_is_not_of_its_kind_is_damage() -> None:
    resources = json.loads(content(1))["resources"]
    resources[0]["attributes"]["integer-one"] = "many"
    assert "'many' is no whole number" in refusal(forged(resources=resources)).diagnostics[0].detail


def test_a_state_of_a_newer_version_is_refused_with_the_way_to_upgrade() -> None:
    problem = refusal(forged(version=2))
    assert problem.refusal is Refusal.STALE
    assert problem.diagnostics[0].code == "state-too-new"
    assert "a newer catalogctl" in problem.diagnostics[0].hint


def test_the_state_of_another_environment_is_refused() -> None:
    with pytest.raises(CatalogError) as refused:
        decode(content(1), types, "staging")
    assert refused.value.refusal is Refusal.STALE
    assert "'default'" in refused.value.diagnostics[0].detail


def test_each_type_that_no_provider_here_knows_is_named_once() -> None:
    strange = replace(BOOK, provider="zebra")
    other = replace(BOOK, name="track")
    held = {address(n): replace(recorded(n), type=kind) for n, kind in enumerate((BOOK, other, strange, strange))}
    problem = refusal(encode(Snapshot(LINEAGE, 1, held), "default"))
    assert [(one.code, one.summary, one.address) for one in problem.diagnostics] == [
        ("state-type-unknown", "No provider here knows acme/track", str(address(1))),
        ("state-type-unknown", "No provider here knows zebra/book", str(address(2))),
    ]


def test_a_stamp_tells_states_apart_that_have_one_serial() -> None:
    data = content(1)
    assert stamp(data, snapshot(1)) == StateStamp(LINEAGE, 1, json.loads(data)["checksum"])
    assert stamp(content(2), snapshot(2)) != stamp(data, snapshot(1))
