"""Saved plans: exactly what was shown is done, once; what moved is refused alone, and a change of what a plan was made from is named."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import small
from catalogctl.config import assets
from catalogctl.config.cache import FileStamp, Sum, open_cache
from catalogctl.model.value import digest
from catalogctl.planning.planfile import file as planfile
from shop import TOKEN, Ran, Shop


def saved(shop: Shop, *arguments: str) -> str:
    """Save a plan, forget the requests that it took, and give its path."""
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--out", plan, *arguments).ended(0)
    shop.sandbox.clear_log()
    return plan


def names(shop: Shop) -> dict[str, str]:
    return {key.removeprefix("key-"): str(row["name"]) for key, row in shop.rows.items()}


def flat(ran: Ran) -> str:
    return " ".join(ran.all.split())


# One object that moved.


def test_a_moved_object_is_refused_alone_and_shown_three_ways_and_the_rest_is_applied(shop: Shop) -> None:
    shop.titles(3)
    shop.applied()
    for title in ("t00", "t01"):
        shop.title(title, title="La luz", edition={"prices": {"USD": "12.00"}})
    plan = saved(shop)
    shop.sandbox.edit("key-t00", name="OFERTA")
    done = shop.run("apply", plan).ended(5)
    assert names(shop) == {"t00": "OFERTA", "t01": "La luz", "t02": "El faro"}
    assert [request.method for request in shop.writes] == ["PUT"]
    assert done.err.splitlines()[2:9] == [
        "error: An object is not what the plan was reviewed on",
        "  store/content/t00.epub",
        "  Planned was to update it, and it is no longer as it was then.",
        "  title (name)",
        '      planned from "El faro"',
        '      now          "OFERTA"',
        '      wanted       "La luz"',
    ]
    assert "prices" not in done.err
    assert "1 done (1 updated), 0 failed, 1 refused, 0 not started" in flat(done)
    assert "update store/content/t00.epub" in done.out
    shop.run("apply", saved(shop)).ended(0)
    assert names(shop)["t00"] == "La luz"


@pytest.mark.parametrize("change", ["gone", "appeared", "another"])
def test_an_object_that_went_came_or_is_another_is_refused(shop: Shop, change: str) -> None:
    shop.titles(2)
    shop.applied()
    shop.title("t00", title="La luz")
    shop.title("t01", title="La luz")
    shop.title("t02")
    plan = saved(shop)
    if change != "appeared":
        shop.sandbox.remove("key-t00")
    if change == "another":
        shop.sandbox.seed([{"external_id": "key-t00", "name": "Otra"}])
    if change == "appeared":
        shop.sandbox.seed([{"external_id": "key-t02", "name": "Otra"}])
    refused = shop.run("apply", plan).ended(5)
    words = {"gone": "removed from the store", "appeared": "there is one in the store", "another": "it is another object"}
    assert words[change] in flat(refused)
    kept = {"gone": ["t01", "t02"], "appeared": ["t00", "t01"], "another": ["t01", "t02"]}
    assert sorted(request.method for request in shop.writes) == (["PUT", "PUT"] if change == "appeared" else ["POST", "PUT"])
    assert all(names(shop)[title] in {"La luz", "El faro"} for title in kept[change])


def test_with_fail_fast_a_refused_object_stops_the_whole_plan(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    for title in ("t00", "t01"):
        shop.title(title, title="La luz")
    plan = saved(shop)
    shop.sandbox.edit("key-t00", name="OFERTA")
    assert "Nothing was done" in shop.run("apply", plan, "--fail-fast").ended(5).err
    assert shop.writes == []


def test_what_moved_so_that_it_cannot_be_planned_any_more_is_refused_alone_too(shop: Shop) -> None:
    """The store holds an object of another kind under the key by now."""
    shop.titles(2)
    plan = saved(shop)
    shop.sandbox.seed([{"external_id": "key-t00", "file_type": "pdf"}])
    assert "An object of another kind holds this key" in shop.run("apply", plan).ended(5).err
    assert [request.method for request in shop.writes] == ["POST"]
    assert shop.addresses == ["store/content/t01.epub"]


# What is done already.


@pytest.mark.parametrize("arguments", [[], ["--destroy"], ["--replace", "*"], ["--refresh-only"], ["--no-refresh"]])
def test_a_plan_applied_twice_writes_nothing_the_second_time_and_says_so(shop: Shop, arguments: list[str]) -> None:
    shop.titles(3)
    shop.applied()
    if arguments == ["--refresh-only"]:
        shop.sandbox.edit("key-t00", name="OFERTA")
        shop.sandbox.remove("key-t01")
    elif not arguments or arguments == ["--no-refresh"]:
        shop.title("t00", title="La luz")
        shop.title("t03")
        (shop.folder / "catalog/t02.json").unlink()
    plan = saved(shop, *arguments)
    shop.run("apply", plan).ended(0)
    state = (shop.folder / "state/default.json").read_bytes()
    rows = shop.rows
    shop.sandbox.clear_log()
    again = shop.run("apply", plan).ended(0)
    assert (shop.writes, shop.rows, (shop.folder / "state/default.json").read_bytes()) == ([], rows, state)
    assert "Nothing was left to do." in again.out
    assert "already as planned" in again.out


def test_what_somebody_did_by_hand_is_skipped_and_said_and_state_learns_of_it(shop: Shop) -> None:
    shop.titles(3)
    shop.applied()
    shop.title("t00", title="La luz")
    shop.title("t01", title="La luz")
    (shop.folder / "catalog/t02.json").unlink()
    plan = saved(shop)
    shop.sandbox.edit("key-t00", name="La luz")
    shop.sandbox.remove("key-t02")
    done = shop.run("apply", plan).ended(0)
    assert [request.method for request in shop.writes] == ["PUT"]
    assert "Already as planned, so nothing was sent: update store/content/t00.epub delete store/content/t02.epub" in flat(done)
    assert shop.addresses == ["store/content/t00.epub", "store/content/t01.epub"]
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def test_what_failed_the_first_time_is_done_by_the_same_plan_the_second_time(shop: Shop) -> None:
    from catalogctl.sandbox import Fault, FaultKind

    shop.titles(3)
    plan = saved(shop)
    shop.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=422, body='{"message": "no"}'))
    shop.run("apply", plan).ended(6)
    shop.sandbox.clear_log()
    assert "1 created" in shop.run("apply", plan).ended(0).out
    assert [request.method for request in shop.writes] == ["POST"]
    assert len(shop.rows) == 3


# What the plan was made from.


@pytest.mark.parametrize(
    ("path", "text", "named"),
    [
        ("catalog/t00.json", None, "catalog/t00.json (title t00) changed"),
        ("catalogctl.yaml", "safety: {max_deletes: 3}\n", "catalogctl.yaml changed"),
        ("catalog/all.yaml", "kind: defaults\npublisher: Otro\n", "catalog/all.yaml (defaults) is new"),
        ("catalog/b.yaml", "removed: [{address: store/content/gone.epub, destroy: false}]\n", "catalog/b.yaml (blocks) is new"),
    ],
)
def test_a_file_that_has_a_say_in_the_plan_and_changed_is_named(shop: Shop, path: str, text: str | None, named: str) -> None:
    shop.titles(2)
    shop.applied()
    shop.title("t00", title="La luz")
    plan = saved(shop)
    if text is None:
        shop.title("t00", title="Otra")
    else:
        with (shop.folder / path).open("a", encoding="utf-8") as file:
            file.write(text)
    refused = shop.run("apply", plan).ended(5)
    assert named in flat(refused)
    assert shop.requests == ()


def test_another_title_and_what_is_not_said_never_make_a_plan_stale(shop: Shop) -> None:
    """Neither its file, nor its document in the same file, nor a comment, nor a new title."""
    shop.titles(2)
    one = json.loads((shop.folder / "catalog/t00.json").read_bytes())
    other = json.loads((shop.folder / "catalog/t01.json").read_bytes())
    for title in ("t00", "t01"):
        (shop.folder / f"catalog/{title}.json").unlink()
    both = shop.write("catalog/both.yaml", f"{json.dumps(one)}\n---\n{json.dumps(other)}\n")
    plan = saved(shop, "--target", "t01")
    both.write_text(f"# so it is\n{json.dumps({**one, 'title': 'Otra'})}\n---\n{json.dumps(other, indent=2)}\n", encoding="utf-8")
    shop.title("t02")
    shop.run("apply", plan).ended(0)
    assert names(shop) == {"t01": "El faro"}


def test_an_asset_that_changed_is_named_before_anything_is_asked_or_sent(shop: Shop) -> None:
    asset = shop.write("catalog/faro.pdf", small.pdf("one").decode())
    shop.title(edition={"format": "pdf", "files": {"content": "faro.pdf"}})
    plan = saved(shop)
    asset.write_text(small.pdf("two").decode(), encoding="utf-8")
    assert "catalog/faro.pdf is no longer the file that this was planned with" in flat(shop.run("apply", plan).ended(5))
    assert shop.requests == ()


def test_all_files_of_a_saved_plan_are_read_again_before_its_first_write_whatever_is_remembered(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = {f"t{number:02}": shop.write(f"catalog/t{number:02}.pdf", small.pdf(str(number)).decode()) for number in range(3)}
    for title, file in written.items():
        shop.title(title, edition={"format": "pdf", "files": {"content": file.name}})
    plan = saved(shop)
    # A cache that takes two of the files for those that the plan was made with, as where their size and times say so.
    monkeypatch.setattr(assets, "_SETTLED", -60.0)
    with open_cache() as cache:
        for title in ("t01", "t02"):
            was, path = written[title].read_bytes(), written[title]
            path.write_bytes(was.replace(b"PDF-1.7", b"PDF-1.6"))
            times = path.stat()
            stamp = FileStamp(str(path.resolve()), times.st_size, times.st_mtime_ns, times.st_ctime_ns, times.st_ino)
            sha256, sha1, md5 = (hashlib.new(name, was).hexdigest() for name in ("sha256", "sha1", "md5"))
            cache.remember_sums({stamp: Sum(sha256, sha1, md5, "pdf")})
    refused = shop.run("apply", plan).ended(5)
    assert "error: A file changed after the plan" in refused.err
    assert [f"catalog/{title}.pdf is no longer the file" in flat(refused) for title in written] == [False, True, True]
    assert shop.writes == []
    assert shop.rows == {}


def test_an_account_that_points_elsewhere_by_a_variable_is_named(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    project = shop.folder / "catalogctl.yaml"
    project.write_text(project.read_text(encoding="utf-8").replace(shop.url, "${env:SHOP_URL}"), encoding="utf-8")
    monkeypatch.setenv("CATALOGCTL_ADDRESS_VARIABLES", "SHOP_URL")
    monkeypatch.setenv("SHOP_URL", shop.url)
    shop.title()
    plan = saved(shop)
    monkeypatch.setenv("SHOP_URL", "http://127.0.0.1:9")
    refused = shop.run("apply", plan).ended(5)
    assert f"Account 'store' was {shop.url} in the plan; it points at http://127.0.0.1:9 now." in flat(refused)


def test_a_plan_without_the_state_that_it_was_made_from_is_refused(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    shop.title("t00", title="La luz")
    plan = saved(shop)
    shutil.rmtree(shop.folder / "state")
    assert "is empty here" in flat(shop.run("apply", plan).ended(5))
    assert shop.writes == []


# Limits count when it is applied.


def test_safety_and_protection_are_looked_at_when_a_saved_plan_is_applied(shop: Shop) -> None:
    shop.project("safety: {max_deletes: 1}\n")
    shop.titles(3)
    shop.applied()
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--destroy", "--out", plan, "--allow", "deletes=3").ended(0)
    assert "--allow deletes=3" in shop.run("apply", plan).ended(3).err
    assert len(shop.rows) == 3
    shop.run("apply", plan, "--allow", "deletes=3").ended(0)
    assert shop.rows == {}


# The file.


def test_a_plan_edited_by_hand_is_not_done_even_where_its_checksum_is_right_again(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    shop.title("t00", title="La luz")
    plan = Path(saved(shop))
    document: dict[str, Any] = json.loads(plan.read_bytes().replace(b"La luz", b"A mano"))
    for name in ("digest", "checksum"):
        del document[name]
    plan.write_text(json.dumps({**document, "digest": "0" * 64, "checksum": "0" * 64}), encoding="utf-8")
    shop.run("apply", str(plan)).ended(5)
    from catalogctl.cli.backend import known_type
    from catalogctl.planning.planfile.decode import rebuild
    from catalogctl.planning.planfile.file import digest as digest_of

    document["digest"] = digest_of(rebuild(document, known_type))
    plan.write_text(json.dumps({**document, "checksum": digest(document)}), encoding="utf-8")
    assert 'wanted now "La luz"' in flat(shop.run("apply", str(plan)).ended(5))
    assert shop.writes == []


def test_a_file_that_is_larger_than_any_plan_is_none(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.title()
    plan = saved(shop)
    monkeypatch.setattr(planfile, "PLAN_LIMIT", replace(planfile.PLAN_LIMIT, own=1000))
    for command in ("apply", "show"):
        assert "more than 1,000 bytes, which no plan has" in flat(shop.run(command, plan).ended(5))
        assert "A path is not safe to use" in shop.run(command, "/dev/zero").ended(5).err
    assert shop.requests == ()


def test_equal_plans_are_equal_bytes_on_any_machine_and_are_applied_on_another(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever the folder, the order of the files, the hash seed, the time zone and the language are."""
    shop.write("catalog/faro.pdf", small.pdf("one").decode())
    shop.titles(4)
    shop.applied("--target", "t00")
    shop.title("t00", title="Ñandú…", edition={"files": {"content": "https://files.example.com/t00.epub?X-Amz-Signature=hunter2"}})
    shop.title("t01", edition={"format": "pdf", "files": {"content": "faro.pdf"}})
    elsewhere = tmp_path_factory.mktemp("another checkout with a longer name")
    shutil.rmtree(elsewhere)
    (elsewhere / "catalog").mkdir(parents=True)
    for path in sorted((shop.folder / "catalog").iterdir(), reverse=True):
        shutil.copy(path, elsewhere / "catalog")
    shutil.copy(shop.folder / "catalogctl.yaml", elsewhere)
    shutil.copytree(shop.folder / "state", elsewhere / "state")
    other = Shop(elsewhere, shop.sandbox, shop.server)
    around = {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LC_ALL": "C", "COLUMNS": "120", "CATALOGCTL_CACHE_DIR": ""}
    shop.spawn("plan", "--out", "plan.json", PYTHONHASHSEED="7", TZ="UTC").ended(0)
    other.spawn("plan", "--out", "plan.json", **around).ended(0)
    data = (shop.folder / "plan.json").read_bytes()
    assert data == (elsewhere / "plan.json").read_bytes()
    for private in (TOKEN, "hunter2", str(shop.folder), str(elsewhere), str(Path.home())):
        assert private not in data.decode()
    shutil.copy(shop.folder / "plan.json", elsewhere / "reviewed.json")
    other.spawn("apply", "reviewed.json", **around).ended(0)
    assert len(shop.rows) == 4
    assert "No changes" in other.run("plan", "--detailed-exitcode").ended(0).out


def test_the_first_plan_is_the_same_bytes_each_time_too(shop: Shop) -> None:
    """There is no state yet, whose lineage is drawn by lot."""
    shop.title()
    first, second = (hashlib.sha256(Path(saved(shop)).read_bytes()).hexdigest() for _ in range(2))
    assert first == second


def test_paths_of_plans_are_those_of_the_folder_one_is_in_whatever_the_project(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shop.project("environments: {staging: {}}\n")
    shop.title()
    here = Shop(tmp_path_factory.mktemp("here"), shop.sandbox, shop.server)
    told = here.spawn("-C", str(shop.folder), "--env", "staging", "plan", "--out", "a plan.json").ended(0)
    assert (here.folder / "a plan.json").exists()
    command = next(line for line in told.err.splitlines() if "apply" in line).strip()
    assert command == f"catalogctl -C {shop.folder} --env staging apply 'a plan.json'"
    here.spawn("-C", os.path.relpath(shop.folder, here.folder), "apply", "--env", "staging", "a plan.json").ended(0)
    assert list(shop.rows) == ["key-faro"]


def test_what_became_of_each_object_is_an_event(shop: Shop) -> None:
    shop.titles(3)
    shop.applied()
    for title in ("t00", "t01", "t02"):
        shop.title(title, title="La luz")
    plan = saved(shop)
    shop.sandbox.edit("key-t00", name="OFERTA")
    shop.sandbox.edit("key-t01", name="La luz")
    events = [json.loads(line) for line in shop.run("--json", "apply", plan).ended(5).out.splitlines()]
    found = {event["type"]: event for event in events}
    refused, settled = found["object_refused"]["hook"], found["object_settled"]["hook"]
    assert refused["resource"]["addr"] == "store/content/t00.epub"
    assert found["diagnostic"]["diagnostic"]["code"] == "plan-stale"
    assert sum(event["type"] == "diagnostic" for event in events) == 1
    assert (settled["resource"]["addr"], settled["action"]) == ("store/content/t01.epub", "update")
    planned, last = (event for event in events if event["type"] == "change_summary")
    assert {name: last[name] for name in ("done", "failed", "skipped", "refused")} == {"done": 1, "failed": 0, "skipped": 0, "refused": 1}
    assert planned["changes"]["change"] == 1
