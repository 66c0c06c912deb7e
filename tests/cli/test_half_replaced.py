"""A replace whose create failed, or was killed after its delete: the next create sends what the deleted object had and no file declares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from catalogctl.sandbox import Fault, FaultKind, SandboxServer
from hostile.trio import BOOK, Trio, keys, trio
from shop import TOKEN, Ran, Shop, ended, opened
from simulation.killing import DeadlyPublicala, DeadlyPublishdrive, Instant, killed

pytestmark = pytest.mark.usefixtures("piped")

LISTS: dict[str, list[Any]] = {"category": ["Mar"], "country": ["Chile", "Peru"], "keyword": ["sal"]}
OTHER_FILE = {"files": {"content": "https://files.example.com/other.epub"}}
AUDIO: dict[str, Any] = {
    "format": "audiobook",
    "external_id": "key-faro",
    "prices": {"USD": "9.90"},
    "tracks": [{"id": f"t{number}", "title": f"Parte {number}", "file": f"https://files.example.com/t{number}.mp3"} for number in (1, 2)],
}


def replaced(shop: Shop) -> Ran:
    return shop.run("apply", "--auto-approve", "--allow", "replaces=1")


@contextmanager
def half(folder: Path, *, status: int = 422, edition: dict[str, Any] | None = None, **more: Any) -> Iterator[Shop]:
    """Give a shop whose book was deleted for another file, and not created again."""
    with opened(folder) as shop:
        shop.title(edition=edition or {})
        shop.applied()
        shop.sandbox.edit("key-faro", **LISTS, **more)
        shop.title(edition={**(edition or {}), **OTHER_FILE})
        shop.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=status, count=None))
        replaced(shop)
        shop.server.clear_faults()
        assert shop.rows == {}
        yield shop


def has_all(shop: Shop, **otherwise: Any) -> None:
    wanted = {**LISTS, **otherwise}
    assert {name: shop.rows["key-faro"][name] for name in wanted} == wanted
    shop.run("plan", "--detailed-exitcode").ended(0)
    (entry,) = shop.state["resources"]
    assert "half_replaced" not in entry
    assert not LISTS.keys() & entry["attributes"].keys()


@pytest.mark.parametrize("status", [422, 500])
def test_after_a_failed_create_the_next_plan_says_and_sends_what_is_carried(tmp_path: Path, status: int) -> None:
    with half(tmp_path, status=status) as shop:
        planned = shop.run("plan").ended(0)
        assert "replace-continued" in shop.run("--json", "plan").all
        assert "categories, countries, keywords" in " ".join(planned.all.split())
        assert "an earlier replace deleted it and did not create it again" in " ".join(planned.out.split())
        shop.applied()
        has_all(shop, file_url="https://files.example.com/other.epub")


def test_so_does_a_saved_plan_and_one_that_asks_no_store(tmp_path: Path) -> None:
    with half(tmp_path) as shop:
        assert "to create" in shop.run("plan", "--no-refresh").ended(0).out
        shop.run("plan", "--out", "saved.json").ended(0)
        shop.run("apply", "saved.json").ended(0)
        has_all(shop)


def test_a_saved_plan_of_the_replace_goes_on_where_it_ended_and_not_after_another_edit(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.title()
        shop.applied()
        shop.sandbox.edit("key-faro", **LISTS)
        shop.title(edition=OTHER_FILE)
        shop.run("plan", "--out", "saved.json").ended(0)
        shop.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=422, count=2))
        for _ in range(2):
            ended_in_part = shop.run("apply", "saved.json", "--allow", "replaces=1").ended(6)
            assert "catalogctl apply saved.json" in ended_in_part.out
        shop.title(edition=OTHER_FILE, title="Otro")
        shop.run("apply", "saved.json").ended(5)
        shop.title(edition=OTHER_FILE)
        shop.run("apply", "saved.json").ended(0)
        has_all(shop)


def test_the_edit_taken_back_still_carries(tmp_path: Path) -> None:
    with half(tmp_path) as shop:
        shop.title()
        shop.applied()
        has_all(shop, file_url="https://files.example.com/faro.epub")


def test_what_is_declared_meanwhile_is_sent_as_declared(tmp_path: Path) -> None:
    with half(tmp_path) as shop:
        shop.title(edition={**OTHER_FILE, "publish": {"store": {"countries": ["Chile"], "categories": []}}})
        shop.applied()
        row = shop.rows["key-faro"]
        assert (row["country"], row["category"], row["keyword"]) == (["Chile"], [], ["sal"])


def test_what_is_ignored_stays_as_the_store_had_it(tmp_path: Path) -> None:
    ignoring = {"lifecycle": {"ignore_changes": ["prices"]}}
    with half(tmp_path, edition=ignoring, prices={"USD": 3.0}) as shop:
        shop.applied()
        has_all(shop, amounts_in_cents={"USD": 300})


def test_what_was_declared_and_is_taken_out_meanwhile_is_emptied(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.title(keywords=["faro"])
        shop.applied()
        shop.sandbox.edit("key-faro", country=["Chile"])
        shop.title(keywords=["faro"], edition=OTHER_FILE)
        shop.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=422))
        replaced(shop)
        shop.title(edition=OTHER_FILE)
        shop.applied()
        assert (shop.rows["key-faro"]["keyword"], shop.rows["key-faro"]["country"]) == ([], ["Chile"])


def test_a_second_failure_forgets_nothing(tmp_path: Path) -> None:
    with half(tmp_path) as shop:
        before = shop.state
        shop.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=422))
        shop.run("apply", "--auto-approve").ended(6)
        assert shop.state["resources"] == before["resources"]
        shop.run("drift").ended(0)
        shop.run("apply", "--refresh-only", "--auto-approve").ended(0)
        assert shop.state["resources"] == before["resources"]
        shop.applied()
        has_all(shop)


def test_state_rm_forgets_what_would_be_carried(tmp_path: Path) -> None:
    with half(tmp_path) as shop:
        assert "store/content/faro.epub" in shop.run("state", "list").ended(0).out
        assert "not created again" in " ".join(shop.run("state", "show").ended(0).out.split())
        assert "stays in the store" not in shop.run("state", "rm", "*/*").ended(0).out
        shop.applied()
        assert shop.rows["key-faro"]["country"] == []


def test_a_title_that_is_taken_out_or_destroyed_leaves_nothing_in_state(tmp_path: Path) -> None:
    for way in ("taken out", "destroyed"):
        with half(tmp_path / way) as shop:
            shop.title("otro")
            if way == "taken out":
                (shop.folder / "catalog/faro.json").unlink()
                shop.applied()
            else:
                shop.run("destroy", "--auto-approve").ended(0)
            assert [one["key"] for one in shop.state["resources"]] == (["key-otro"] if way == "taken out" else [])


def test_a_book_that_is_moved_meanwhile_carries(tmp_path: Path) -> None:
    with half(tmp_path) as shop:
        (shop.folder / "catalog/faro.json").unlink()
        edition = {"external_id": "key-faro", **OTHER_FILE}
        shop.title("farol", edition=edition)
        assert "renamed-without-move" in shop.run("--json", "plan").all
        shop.title("farol", edition=edition, moved=[{"from": "faro", "to": "farol"}])
        shop.applied()
        has_all(shop)


def test_a_book_that_was_made_by_hand_meanwhile_is_adopted(tmp_path: Path) -> None:
    with half(tmp_path) as shop:
        row = {"external_id": "key-faro", "name": "El faro", "publication_date": "2021-03-04", "lang": "es", "prices": {"USD": 9.9}}
        shop.sandbox.seed([{**row, "country": ["Cuba"]}])
        shop.applied()
        assert shop.rows["key-faro"]["country"] == ["Cuba"]
        assert "half_replaced" not in shop.state["resources"][0]


def test_a_revert_of_the_half_replace_makes_the_old_book_again(tmp_path: Path) -> None:
    with half(tmp_path) as shop:
        run = shop.run("history", "--format", "json").ended(0).json[0]["run"]["id"]
        shop.run("revert", run, "--out", "back.json").ended(0)
        shop.run("apply", "back.json").ended(0)
        row = shop.rows["key-faro"]
        assert (row["file_url"], row["country"]) == ("https://files.example.com/faro.epub", LISTS["country"])


def test_an_audiobook_is_made_again_with_its_tracks_as_they_were(tmp_path: Path) -> None:
    with opened(tmp_path, v3_docs="A") as shop:
        edition = {**AUDIO, "publish": {"store": {"content_api": "v3", "price_windows": []}}}
        shop.title(editions={"audio": edition})
        shop.applied()
        shop.sandbox.edit("key-faro", keyword=["sal"], category=["Mar"])
        shop.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=422, count=None))
        shop.run("apply", "--auto-approve", "--replace", "store/content/*", "--allow", "replaces=9")
        shop.server.clear_faults()
        assert not shop.sandbox.rows()
        left_out = shop.run("apply", "--auto-approve", "--target", "store/track/*").ended(1)
        assert "Something needed is left out" in left_out.err
        shop.applied()
        (book,) = [row for row in shop.sandbox.rows() if "content_id" not in row]
        assert (book["keyword"], book["category"]) == (["sal"], ["Mar"])
        assert [row["title"] for row in shop.sandbox.rows() if "content_id" in row] == ["Parte 1", "Parte 2"]
        shop.run("plan", "--detailed-exitcode").ended(0)


@contextmanager
def publishdrive(folder: Path, monkeypatch: pytest.MonkeyPatch, store: DeadlyPublishdrive) -> Iterator[Trio]:
    for name, value in keys().items():
        monkeypatch.setenv(name, value)
    with trio(folder, others={"publishdrive": store}) as shop:
        shop.only("publishdrive")
        bare = {name: said for name, said in BOOK.items() if name not in {"keywords", "territories"}}
        shop.title({**bare, "editions": {"epub": {**BOOK["editions"]["epub"], "publish": {"publishdrive": {"territories": ["ES"]}}}}})
        shop.run("apply", "--auto-approve").ended(0)
        store.edit("key-faro", keyword=["sal"], subtitle="Una historia")
        yield shop


def book(shop: Trio) -> dict[str, Any]:
    (found,) = [row for row in shop.emulators["publishdrive"].rows() if "title" in row]
    return dict(found)


def test_a_book_of_publishdrive_is_created_again_with_what_it_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with publishdrive(tmp_path, monkeypatch, DeadlyPublishdrive()) as shop:
        shop.server.inject(Fault(kind=FaultKind.FAIL, method="POST", path=r"/books$", status=422))
        shop.run("apply", "--auto-approve", "--replace", "*/book/*").ended(6)
        shop.run("apply", "--auto-approve").ended(0)
        assert (book(shop)["keyword"], book(shop)["subtitle"]) == (["sal"], "Una historia")
        shop.run("plan", "--detailed-exitcode").ended(0)


@pytest.mark.parametrize("instant", list(Instant))
@pytest.mark.parametrize("number", [2, 4])
def test_a_book_of_publishdrive_survives_a_kill_at_any_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, instant: Instant
) -> None:
    store = DeadlyPublishdrive()
    with publishdrive(tmp_path, monkeypatch, store) as shop:
        store.trap.seen, store.trap.at = 0, number + (instant is Instant.ANSWERED)
        store.trap.instant = Instant.ARRIVED if instant is Instant.ANSWERED else instant
        process = shop.start("apply", "--auto-approve", "--replace", "*/book/*")
        store.trap.kill = process.kill
        ended(process)
        store.trap.at = None
        shop.run("apply", "--auto-approve").ended(0)
        assert (book(shop)["keyword"], book(shop)["subtitle"], book(shop)["saleTerritory"]) == (["sal"], "Una historia", ["ES"])
        shop.run("plan", "--detailed-exitcode").ended(0)


@pytest.mark.parametrize("instant", list(Instant))
@pytest.mark.parametrize("number", [3, 4])
def test_a_content_survives_a_kill_at_any_request(tmp_path: Path, number: int, instant: Instant) -> None:
    store = DeadlyPublicala()
    with SandboxServer({"publicala": store}) as server:
        shop = Shop(tmp_path, store, server)
        shop.project()
        shop.title()
        shop.applied()
        store.edit("key-faro", **LISTS)
        shop.title(edition=OTHER_FILE)
        store.trap.seen = 0
        killed(shop, store.trap, instant, number)
        replaced(shop).ended(0)
        has_all(shop, file_url="https://files.example.com/other.epub")
        assert TOKEN not in json.dumps(shop.state)


def test_a_revert_of_a_delete_says_what_it_does_not_know(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.title()
        shop.title("otro")
        shop.applied()
        (shop.folder / "catalog/faro.json").unlink()
        shop.applied("--allow", "deletes=1")
        told = " ".join(shop.run("revert", "latest").ended(0).all.split())
        assert "it would be sold in all of them" in told
        assert "revert-may-lose" in shop.run("--json", "revert", "latest").all
