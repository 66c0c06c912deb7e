"""state list, state show, and show without a plan."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hostile.trio import keys, trio
from shop import Shop


def test_nothing_is_remembered_before_the_first_apply(shop: Shop) -> None:
    shop.title()
    assert shop.run("state", "list").ended(0).out == ""
    assert "holds nothing yet" in shop.run("state", "show").ended(0).err
    assert not (shop.folder / "state").exists()


def test_list_gives_the_addresses_that_globs_select(shop: Shop) -> None:
    shop.titles(3)
    shop.applied()
    assert shop.run("state", "list").ended(0).out.split() == [f"store/content/t{number:02}.epub" for number in range(3)]
    assert shop.run("state", "list", "t01", "store/*/t02.*").ended(0).out.split() == ["store/content/t01.epub", "store/content/t02.epub"]
    assert shop.run("state", "list", "nobody").ended(0).out == ""


def test_show_gives_what_is_remembered_of_them(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    told = shop.run("state", "show", "t01").ended(0).out
    assert told.startswith("store/content/t01.epub\n")
    assert "key-t01" in told
    assert "key-t00" not in told
    assert "nobody" in shop.run("state", "show", "nobody").ended(1).err


def test_show_as_json_is_the_state_itself(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    assert shop.run("state", "show", "--format", "json").ended(0).out == (shop.folder / "state/default.json").read_text(encoding="utf-8")
    assert shop.run("show", "--format", "json").out == shop.run("state", "show", "--format", "json").out
    (entry,) = shop.run("state", "show", "t01", "--format", "json").ended(0).json["resources"]
    assert entry["address"] == "store/content/t01.epub"


def test_the_state_has_the_members_that_are_promised(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    first = shop.state
    assert {"version", "serial", "lineage", "resources"} <= first.keys()
    entry = first["resources"][0]
    assert {"address", "provider", "account", "type", "id", "attributes", "observed", "dependencies", "protect"} <= entry.keys()
    assert entry["attributes"]["prices"] == {"USD": "9.90"}
    assert shop.url in json.dumps(entry["account"])


def test_serial_counts_the_states_that_differ_and_lineage_stays(shop: Shop) -> None:
    shop.title()
    shop.applied()
    first = shop.state
    shop.applied()
    assert shop.state == first
    shop.title(title="La luz")
    shop.applied()
    assert (shop.state["serial"], shop.state["lineage"]) == (first["serial"] + 1, first["lineage"])


def test_what_an_interrupted_run_did_is_listed_although_no_state_was_written(shop: Shop) -> None:
    shop.titles(4)
    shop.server.latency = 0.1
    process = shop.start("apply", "--auto-approve", "--parallelism", "1")
    while len(shop.writes) < 3 and process.poll() is None:
        pass
    process.kill()
    process.communicate()
    assert not (shop.folder / "state/default.json").exists()
    assert shop.run("state", "list").ended(0).out.split()[:2] == ["store/content/t00.epub", "store/content/t01.epub"]


def test_a_state_that_is_shown_has_no_key_that_is_put_together_from_what_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, key in keys().items():
        monkeypatch.setenv(variable, key)
    with trio(tmp_path) as shop:
        shop.only("openpub")
        told = shop.run("plan").ended(0).out
        shop.run("apply", "--auto-approve").ended(0)
        told += shop.run("state", "show").ended(0).out
        assert not re.search(r"^ +(slot|switch) ", told, re.MULTILINE)
        assert 'channels               ""' not in told
        assert "sha1:" not in told
        assert re.search(r"^ +channels +kobo$", told, re.MULTILINE)
