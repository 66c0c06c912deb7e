"""`state rebuild`: a state made from the files and the stores alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogctl.sandbox import Fault, FaultKind
from shop import Ran, Shop, ended, opened, until


@pytest.fixture
def audio_shop(piped: None, tmp_path: Path) -> Iterator[Shop]:  # noqa: ARG001 -- a fixture that needs another
    """A project over a store that has audiobooks with tracks."""
    with opened(tmp_path, v3_docs="B") as one:
        yield one


def lost(shop: Shop) -> None:
    """Remove the state and everything that is kept of it."""
    for path in (shop.folder / "state").rglob("default*"):
        path.unlink()


def rebuild(shop: Shop) -> Ran:
    return shop.run("state", "rebuild", "--auto-approve").ended(0)


def test_all_that_is_declared_is_found_by_its_key_and_nothing_is_written_to_the_store(shop: Shop) -> None:
    shop.titles(3)
    shop.sandbox.add_foreign(5)
    shop.applied()
    before = shop.state
    lost(shop)
    assert "3 resources found" in rebuild(shop).out
    assert shop.writes == []
    assert [(one["address"], one["id"], one["key"]) for one in shop.state["resources"]] == [
        (one["address"], one["id"], one["key"]) for one in before["resources"]
    ]
    assert shop.state["serial"] == 1
    assert shop.state["lineage"] != before["lineage"]
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out
    assert len(shop.rows) == 3


def test_parts_are_found_within_what_they_are_part_of(audio_shop: Shop) -> None:
    shop = audio_shop
    tracks = [{"id": name, "title": name.title(), "file": f"https://files.example.com/{name}.mp3"} for name in ("intro", "end")]
    audio = {"format": "audiobook", "external_id": "key-voz", "tracks": tracks, "publish": {"store": {"content_api": "v3"}}}
    shop.title("voz", editions={"audio": audio})
    shop.applied()
    before = {one["address"]: one["id"] for one in shop.state["resources"]}
    assert len(before) == 4
    lost(shop)
    rebuild(shop)
    assert {one["address"]: one["id"] for one in shop.state["resources"]} == before
    assert "0 to create" in shop.run("plan").ended(0).out


def test_what_the_store_holds_is_recorded_and_not_what_the_files_say(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    shop.sandbox.edit("key-t00", name="OFERTA", prices={"USD": "1.00", "EUR": "2.00"})
    lost(shop)
    rebuild(shop)
    [first, second] = shop.state["resources"]
    assert (first["attributes"]["name"], second["attributes"]["name"]) == ("OFERTA", "El faro")
    # The store's own price in euros is no one's: recorded, it would look declared once, and be taken away.
    assert first["attributes"]["prices"] == {"USD": "1.00"}
    shop.applied("--allow", "price-change=1000")
    assert (shop.rows["key-t00"]["name"], shop.rows["key-t01"]["name"]) == ("El faro", "El faro")


def test_what_is_not_found_is_told_and_left_to_the_next_apply(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    shop.title("nuevo")
    lost(shop)
    told = rebuild(shop).out
    assert "1 resource not found; the next apply creates them:\n  store/content/nuevo.epub" in told
    assert shop.addresses == ["store/content/t00.epub", "store/content/t01.epub"]
    assert "1 to create" in shop.run("plan").ended(0).out


def test_what_cannot_be_taken_is_told_and_the_rest_is_found(shop: Shop) -> None:
    """The store holds another kind of file under that key: taken over, it could only be deleted and created again."""
    shop.titles(2)
    shop.applied()
    shop.title("t00", edition={"format": "pdf", "files": {"content": "https://files.example.com/t00.pdf"}})
    lost(shop)
    assert "An object of another kind holds this key" in rebuild(shop).err
    assert shop.addresses == ["store/content/t01.epub"]
    assert len(shop.rows) == 2


def test_over_a_damaged_state_lineage_and_serial_go_on_and_the_damage_is_kept(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    lineage = shop.state["lineage"]
    path = shop.folder / "state/default.json"
    path.write_bytes(path.read_bytes()[:100])
    damaged = path.read_bytes()
    rebuild(shop)
    assert (shop.state["lineage"], shop.state["serial"]) == (lineage, 2)
    [aside] = (shop.folder / "state").glob("default.json.damaged-*")
    assert aside.read_bytes() == damaged
    assert aside.stat().st_mode & 0o777 == 0o600
    assert shop.run("state", "show", "--serial", "1", "--format", "json").ended(0).json["lineage"] == lineage


def test_over_a_sound_state_it_tells_what_would_be_forgotten_and_keeps_the_one_before(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    before = shop.state
    (shop.folder / "catalog/t01.json").unlink()
    told = rebuild(shop).out
    assert "1 resource in the present state that the new one will not have" in " ".join(told.split())
    assert "store/content/t01.epub" in told
    assert shop.addresses == ["store/content/t00.epub"]
    assert len(shop.rows) == 2
    assert shop.run("state", "show", "--serial", "1", "--format", "json").json == before


def test_without_a_terminal_it_only_says_what_it_found(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    lost(shop)
    refused = shop.spawn("state", "rebuild").ended(1)
    assert "2 resources found" in refused.out
    assert "catalogctl state rebuild --auto-approve" in refused.err
    assert not (shop.folder / "state/default.json").exists()


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 1), (b"yes\n", 0)])
def test_only_yes_is_taken_for_an_answer(shop: Shop, answer: bytes, code: int) -> None:
    shop.titles(2)
    shop.applied()
    lost(shop)
    ours, theirs = os.openpty()
    process = shop.start_with(theirs, "state", "rebuild")
    os.close(theirs)
    os.write(ours, answer)
    ended(process).ended(code)
    os.close(ours)
    assert (shop.folder / "state/default.json").exists() == (code == 0)


def test_a_store_that_cannot_be_asked_leaves_everything_as_it_is(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    path = shop.folder / "state/default.json"
    path.write_bytes(b"{}")
    shop.server.inject(Fault(kind=FaultKind.FAIL, status=503, count=None))
    shop.run("state", "rebuild", "--auto-approve").ended(9)
    assert path.read_bytes() == b"{}"
    assert not list((shop.folder / "state").glob("*.damaged-*"))


def test_a_store_that_suddenly_shows_nothing_is_not_believed_unless_state_forgets_first(shop: Shop) -> None:
    shop.titles(10)
    shop.applied()
    path = shop.folder / "state/default.json"
    whole = path.read_bytes()
    shop.sandbox.reset()
    refused = shop.run("state", "rebuild", "--auto-approve").ended(9)
    assert "not one of 10 objects of type content that state records on 'store'" in " ".join(refused.err.split())
    assert path.read_bytes() == whole
    assert "catalogctl state rm 'store/content/*'" in refused.err
    shop.run("state", "rm", "store/content/*").ended(0)
    assert "10 resources not found" in rebuild(shop).out


def test_with_no_state_that_is_of_use_an_empty_store_is_believed(shop: Shop) -> None:
    shop.titles(10)
    shop.applied()
    shop.sandbox.reset()
    path = shop.folder / "state/default.json"
    path.write_bytes(path.read_bytes()[:100])
    assert "10 resources not found" in rebuild(shop).out
    assert shop.addresses == []


def test_what_no_file_declares_was_not_looked_for_and_so_did_not_vanish(shop: Shop) -> None:
    shop.titles(11)
    shop.applied()
    for number in range(10):
        (shop.folder / f"catalog/t{number:02}.json").unlink()
    rebuild(shop)
    assert shop.addresses == ["store/content/t10.epub"]


def test_files_that_declare_nothing_forget_nothing(shop: Shop) -> None:
    """A wrong `catalog:` path is refused as in a plan."""
    shop.titles(1)
    shop.applied()
    (shop.folder / "catalog/t00.json").unlink()
    assert "catalogctl state rm '*/*'" in shop.run("state", "rebuild", "--auto-approve").ended(3).err
    assert shop.addresses == ["store/content/t00.epub"]
    shop.run("state", "rm", "*/*").ended(0)
    assert shop.addresses == []


def test_it_waits_for_no_step_whose_end_is_unknown(shop: Shop) -> None:
    shop.titles(2)
    shop.server.inject(Fault(kind=FaultKind.DELAY, method="POST", seconds=5, skip=1))
    process = shop.start("apply", "--auto-approve", "--parallelism", "1")
    until(lambda: shop.server.faulted, "the slow create")
    process.kill()
    ended(process)
    shop.server.clear_faults()
    assert "create store/content/t01.epub" in " ".join(shop.run("state", "rebuild", "--auto-approve").ended(7).err.split())


def test_a_state_that_says_the_same_is_left_alone(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    lost(shop)
    rebuild(shop)
    assert "as the stores say already (serial 1)" in rebuild(shop).out
    assert json.loads((shop.folder / "state/default.json").read_bytes())["serial"] == 1


def test_what_a_sound_state_has_is_not_forgotten_because_one_list_lacks_it(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    shop.server.inject(Fault(kind=FaultKind.DISTORT, method="GET", rows="short"))
    before = shop.addresses
    shop.run("state", "rebuild", "--auto-approve").ended(9)
    assert shop.addresses == before
    rebuild(shop)
    assert shop.addresses == before
