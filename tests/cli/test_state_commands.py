"""Changing what is remembered by hand: mv, rm, pull, push, mv-account; and the states that are kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogctl.sandbox import Fault, FaultKind
from shop import Ran, Shop, opened, until


@pytest.fixture
def audio_shop(piped: None, tmp_path: Path) -> Iterator[Shop]:  # noqa: ARG001 -- a fixture that needs another
    """A project over a store that has audiobooks with tracks."""
    with opened(tmp_path, v3_docs="B") as one:
        yield one


def state_file(shop: Shop) -> Path:
    return shop.folder / "state/default.json"


def saved(shop: Shop, name: str, *arguments: str) -> str:
    """Write what a command prints to a file, and give its path."""
    return str(shop.write(name, shop.run(*arguments).ended(0).out))


def audiobook(shop: Shop, id_: str = "voz") -> None:
    """Write a title with one audiobook of two tracks."""
    tracks = [{"id": name, "title": name.title(), "file": f"https://files.example.com/{name}.mp3"} for name in ("intro", "end")]
    audio = {"format": "audiobook", "external_id": "key-voz", "tracks": tracks, "publish": {"store": {"content_api": "v3"}}}
    shop.title(id_, editions={"audio": audio})


def forget_everything(shop: Shop) -> None:
    """Remove the state and all that is kept of it."""
    for path in (shop.folder / "state").rglob("default*"):
        path.unlink()


def interrupted(shop: Shop) -> None:
    """Leave the journal of a run that was killed with two creates done and one under way, whose end no one knows."""
    shop.titles(3)
    shop.server.inject(Fault(kind=FaultKind.DELAY, method="POST", seconds=5, skip=2))
    process = shop.start("apply", "--auto-approve", "--parallelism", "1")
    until(lambda: shop.server.faulted, "the third create")
    process.kill()
    process.communicate()
    shop.server.clear_faults()


# -- mv ------------------------------------------------------------------------------------------------------------------


def test_mv_gives_an_entry_another_address_and_the_files_follow(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    before = shop.state
    moved = shop.run("state", "mv", "store/content/t01.epub", "store/content/luz.epub").ended(0)
    assert "store/content/t01.epub → store/content/luz.epub" in moved.out
    assert shop.addresses == ["store/content/luz.epub", "store/content/t00.epub"]
    assert (shop.state["serial"], shop.state["lineage"]) == (before["serial"] + 1, before["lineage"])
    assert not (shop.folder / "state/default.journal").exists()
    (shop.folder / "catalog/t01.json").unlink()
    shop.title("luz", edition={"external_id": "key-t01", "files": {"content": "https://files.example.com/t01.epub"}})
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out
    assert shop.writes == []


def test_mv_takes_the_parts_of_an_object_along(audio_shop: Shop) -> None:
    shop = audio_shop
    audiobook(shop)
    shop.applied()
    assert len(shop.addresses) == 4
    shop.run("state", "mv", "store/content/voz.audio", "store/content/eco.audio").ended(0)
    assert shop.addresses == [
        "store/content/eco.audio",
        "store/track/eco.audio/end",
        "store/track/eco.audio/intro",
        "store/track_order/eco.audio",
    ]
    assert "voz.audio" not in json.dumps(shop.state)
    (shop.folder / "catalog/voz.json").unlink()
    audiobook(shop, "eco")
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


@pytest.mark.parametrize(
    ("source", "target", "word"),
    [
        ("store/content/nobody.epub", "store/content/luz.epub", "State has nothing at store/content/nobody.epub"),
        ("store/content/t00.epub", "store/content/t01.epub", "so one would be lost"),
        ("store/content/t00.epub", "store/content/t00.epub", "to where it is"),
        ("store/content/t00.epub", "shop/content/t00.epub", "another account or type"),
        ("store/content/t00.epub", "store/track/t00.epub/one", "another account or type"),
        ("t00", "store/content/luz.epub", "is no address"),
        ("store/content/t00.epub", "luz", "is no address"),
    ],
)
def test_mv_refuses_what_would_lose_an_entry_or_make_no_sense(shop: Shop, source: str, target: str, word: str) -> None:
    shop.titles(2)
    shop.applied()
    before = shop.state
    assert word in " ".join(shop.run("state", "mv", source, target).ended(1).err.split())
    assert shop.state == before


def test_a_dry_run_says_the_same_and_does_nothing(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    before = sorted(path.name for path in (shop.folder / "state").rglob("*"))
    for command, word in (
        (["mv", "store/content/t01.epub", "store/content/luz.epub"], "Would be moved in state:"),
        (["rm", "t0?"], "Would be forgotten:"),
    ):
        assert word in shop.run("state", *command, "--dry-run").ended(0).out
    assert shop.state["serial"] == 1
    assert sorted(path.name for path in (shop.folder / "state").rglob("*")) == before


# -- rm ------------------------------------------------------------------------------------------------------------------


def test_rm_forgets_what_globs_select_and_leaves_the_stores_alone(shop: Shop) -> None:
    shop.titles(3)
    shop.applied()
    ids = {entry["address"]: entry["id"] for entry in shop.state["resources"]}
    forgotten = shop.run("state", "rm", "t00", "store/*/t02.*").ended(0).out
    assert f"store/content/t00.epub  stays in the store as {ids['store/content/t00.epub']}" in forgotten
    assert shop.addresses == ["store/content/t01.epub"]
    assert len(shop.rows) == 3
    assert shop.requests == ()
    planned = shop.run("plan").ended(0).out
    assert "2 to adopt" in planned
    assert "0 to create" in planned


def test_rm_forgets_the_parts_of_an_object_with_it_and_a_part_alone(audio_shop: Shop) -> None:
    shop = audio_shop
    audiobook(shop)
    shop.title()
    shop.applied()
    shop.run("state", "rm", "store/track/voz.audio/end").ended(0)
    assert len(shop.addresses) == 4
    shop.run("state", "rm", "store/content/voz.audio").ended(0)
    assert shop.addresses == ["store/content/faro.epub"]


def test_rm_of_what_is_not_there_forgets_nothing_of_the_rest_either(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    assert "nobody" in shop.run("state", "rm", "t00", "nobody").ended(1).err
    assert len(shop.addresses) == 2
    assert "Missing argument" in shop.run("state", "rm").ended(1).err


# -- history, show --serial, pull ----------------------------------------------------------------------------------------


def test_history_lists_the_states_that_can_be_had_back_and_show_shows_them(shop: Shop) -> None:
    assert "No state" in shop.run("state", "history").ended(0).err
    for name in ("uno", "dos", "tres"):
        shop.title(title=name)
        shop.applied()
    lines = shop.run("state", "history").ended(0).out.splitlines()
    assert [line.split()[0] for line in lines] == ["serial", "3", "2", "1"]
    assert [line.endswith("present") for line in lines] == [False, True, False, False]
    told = shop.run("state", "history", "--format", "json").ended(0).json
    assert [row["serial"] for row in told] == [3, 2, 1]
    assert told[0]["size"] == state_file(shop).stat().st_size
    assert '"dos"' in shop.run("state", "show", "--serial", "2", "faro").ended(0).out
    assert shop.run("state", "show", "--serial", "3", "--format", "json").ended(0).out == state_file(shop).read_text(encoding="utf-8")
    assert "3, 2, 1" in " ".join(shop.run("state", "show", "--serial", "9").ended(1).err.split())


def test_pull_writes_the_state_as_it_is_stored(shop: Shop) -> None:
    shop.titles(2)
    assert shop.run("state", "pull").ended(0).out == ""
    shop.applied()
    assert shop.run("state", "pull").ended(0).out == state_file(shop).read_text(encoding="utf-8")


def test_pull_has_what_an_interrupted_run_did_as_the_next_run_will_store_it(shop: Shop) -> None:
    interrupted(shop)
    assert not state_file(shop).exists()
    pulled = shop.run("state", "pull").ended(0)
    assert "1 of its steps is unknown" in " ".join(pulled.err.split())
    assert [entry["address"] for entry in pulled.json["resources"]] == ["store/content/t00.epub", "store/content/t01.epub"]
    assert pulled.json["serial"] == 1


# -- push ----------------------------------------------------------------------------------------------------------------


def with_history(shop: Shop) -> None:
    for name in ("uno", "dos", "tres"):
        shop.title(title=name)
        shop.applied()


def refused(shop: Shop, *arguments: str) -> Ran:
    """Push in vain: the state that is there must not change by it."""
    before = state_file(shop).read_bytes()
    ran = shop.run("state", "push", *arguments)
    assert state_file(shop).read_bytes() == before
    return ran


def test_push_of_what_was_pulled_changes_nothing(shop: Shop) -> None:
    with_history(shop)
    pulled = saved(shop, "pulled.json", "state", "pull")
    assert "present state already" in shop.run("state", "push", pulled).ended(0).out
    assert shop.state["serial"] == 3


def test_push_refuses_an_older_state_and_force_stores_it_as_a_new_one(shop: Shop) -> None:
    with_history(shop)
    old = saved(shop, "old.json", "state", "show", "--serial", "1", "--format", "json")
    assert "serial 1, the present one has 3" in " ".join(refused(shop, old).ended(5).err.split())
    pushed = shop.run("state", "push", "--force", old).ended(0)
    assert "The one before, with serial 3, is kept" in pushed.out
    assert shop.state["serial"] == 4
    assert shop.state["resources"] == json.loads(Path(old).read_bytes())["resources"]
    kept = shop.run("state", "history", "--format", "json").json
    assert [row["serial"] for row in kept] == [4, 3, 2, 1]


def test_push_refuses_another_state_of_the_same_serial(shop: Shop) -> None:
    with_history(shop)
    second = saved(shop, "second.json", "state", "show", "--serial", "2", "--format", "json")
    third = saved(shop, "third.json", "state", "pull")
    forget_everything(shop)
    shop.run("state", "push", second).ended(0)
    shop.run("state", "rm", "faro").ended(0)
    assert shop.state["serial"] == 3
    assert "not the same" in " ".join(refused(shop, third).ended(5).err.split())


def test_push_takes_a_later_state_of_the_same_lineage_and_keeps_the_one_before(shop: Shop) -> None:
    with_history(shop)
    first = saved(shop, "first.json", "state", "show", "--serial", "1", "--format", "json")
    third = saved(shop, "third.json", "state", "pull")
    forget_everything(shop)
    shop.run("state", "push", first).ended(0)
    assert state_file(shop).read_bytes() == Path(first).read_bytes()
    assert "The one before, with serial 1, is kept" in shop.run("state", "push", third).ended(0).out
    assert state_file(shop).read_bytes() == Path(third).read_bytes()
    assert [row["serial"] for row in shop.run("state", "history", "--format", "json").json] == [3, 1]


def test_push_reads_stdin(shop: Shop) -> None:
    with_history(shop)
    old = Path(saved(shop, "old.json", "state", "show", "--serial", "1", "--format", "json"))
    with old.open(encoding="utf-8") as file:
        process = shop.start_with(file.fileno(), "state", "push", "--force", "-")
        process.communicate()
    assert process.returncode == 0
    assert shop.state["serial"] == 4


def test_push_refuses_another_lineage(shop: Shop) -> None:
    with_history(shop)
    mine = saved(shop, "mine.json", "state", "pull")
    forget_everything(shop)
    shop.run("state", "rebuild", "--auto-approve").ended(0)
    assert "no versions of one state" in " ".join(refused(shop, mine).ended(5).err.split())
    shop.run("state", "push", "--force", mine).ended(0)
    assert shop.state["lineage"] == json.loads(Path(mine).read_bytes())["lineage"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda text: text.replace('"serial": 3', '"serial": 9'), "does not match its checksum"),
        (lambda text: text[:300], "not whole JSON"),
        (lambda _: "", "It is empty"),
        (lambda _: "version: 1\n", "not whole JSON"),
        (lambda text: text.replace('"version": 1', '"version": 2'), "format version 2"),
    ],
)
def test_push_refuses_what_is_no_state_also_by_force_and_names_the_file(shop: Shop, change: Any, word: str) -> None:
    with_history(shop)
    wrong = str(shop.write("wrong.json", change(shop.run("state", "pull").out)))
    for force in ([], ["--force"]):
        told = refused(shop, *force, wrong).ended(5).err.split()
        assert word in " ".join(told)
        assert "wrong.json" in "".join(told), "a long path is broken at the end of a line"


def test_push_refuses_the_state_of_another_environment(shop: Shop) -> None:
    with_history(shop)
    mine = saved(shop, "mine.json", "state", "pull")
    shop.project("environments: {staging: {}}\n")
    assert "another environment" in shop.run("--env", "staging", "state", "push", "--force", mine).ended(5).err
    assert not (shop.folder / "state/staging.json").exists()


def test_push_waits_for_no_step_whose_end_is_unknown(shop: Shop) -> None:
    interrupted(shop)
    pulled = saved(shop, "pulled.json", "state", "pull")
    for force in ([], ["--force"]):
        told = " ".join(shop.run("state", "push", *force, pulled).ended(7).err.split())
        assert "create store/content/t02.epub" in told
        assert "catalogctl apply" in told
    shop.run("apply", "--auto-approve").ended(0)
    assert len(shop.sandbox.rows()) == 3


# -- mv-account ----------------------------------------------------------------------------------------------------------


def at_localhost(shop: Shop) -> None:
    path = shop.folder / "catalogctl.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("127.0.0.1", "localhost"), encoding="utf-8")


def test_mv_account_says_that_a_store_has_moved(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    at_localhost(shop)
    assert "catalogctl state mv-account store" in shop.run("plan").ended(5).err
    assert "localhost" in shop.run("state", "mv-account", "store", "--dry-run").ended(0).out
    shop.run("plan").ended(5)
    shop.run("state", "mv-account", "store").ended(0)
    assert {entry["account"]["base_url"] for entry in shop.state["resources"]} == {shop.url.replace("127.0.0.1", "localhost")}
    assert shop.state["serial"] == 2
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out
    assert "already" in shop.run("state", "mv-account", "store").ended(0).out
    assert shop.state["serial"] == 2


def test_mv_account_takes_the_embedded_emulation_along(shop: Shop) -> None:
    block = "version: 1\naccounts: {%s: {provider: publicala, base_url: sandbox}}\n"
    shop.write("catalogctl.yaml", block % "store")
    shop.title()
    shop.applied()
    shop.write("catalogctl.yaml", block % "tienda")
    shop.title(edition={"publish": {"tienda": {}}})
    shop.run("plan").ended(1)  # which looks for the contents of an account that had none
    shop.run("state", "mv-account", "store", "tienda", "--dry-run").ended(0)
    shop.run("state", "mv-account", "store", "tienda").ended(0)
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def test_mv_account_gives_an_account_another_name(audio_shop: Shop) -> None:
    shop = audio_shop
    shop.title()
    audiobook(shop)
    shop.applied()
    path = shop.folder / "catalogctl.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("  store:", "  tienda:"), encoding="utf-8")
    for name in ("faro", "voz"):
        title = shop.folder / f"catalog/{name}.json"
        title.write_text(title.read_text(encoding="utf-8").replace('"store":', '"tienda":'), encoding="utf-8")
    assert "catalogctl state mv-account store NAME" in shop.run("plan").ended(1).err
    shop.run("state", "mv-account", "store", "tienda").ended(0)
    assert all(address.startswith("tienda/") for address in shop.addresses)
    assert '"store' not in json.dumps(shop.state)
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def test_mv_account_refuses_names_that_nobody_knows(shop: Shop) -> None:
    shop.title()
    shop.applied()
    assert "It names store" in shop.run("state", "mv-account", "store", "tienda").ended(1).err
    assert "nothing at tienda/*" in shop.run("state", "mv-account", "tienda", "store").ended(1).err
    assert shop.state["serial"] == 1


def test_mv_account_is_refused_while_the_end_of_a_step_is_unknown(shop: Shop) -> None:
    interrupted(shop)
    at_localhost(shop)
    assert "create store/content/t02.epub" in " ".join(shop.run("state", "mv-account", "store").ended(7).err.split())
    assert not state_file(shop).exists()
