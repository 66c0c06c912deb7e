"""revert: what a run changed is put back by a plan like any other; what changed since, or cannot be had back, is reported and left."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import small
from hostile.trio import AUDIOBOOK, Trio, keys
from hostile.trio import trio as opened
from shop import Ran, Shop

FILE = "https://files.example.com/faro.epub"


@pytest.fixture
def trio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trio]:
    for name, value in keys().items():
        monkeypatch.setenv(name, value)
    with opened(tmp_path) as made:
        yield made


def git(shop: Shop, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], cwd=shop.folder, check=True, capture_output=True)


def flat(ran: Ran) -> str:
    return " ".join(ran.all.split())


def reverted(shop: Shop, *arguments: str, run: str = "latest") -> Ran:
    """Save the plan of a revert, make sure that planning sent nothing, apply it, and give what the plan said."""
    plan = str(shop.folder / "back.json")
    shop.sandbox.clear_log()
    said = shop.run("revert", run, "--out", plan, *arguments).ended(0)
    assert shop.writes == []
    shop.run("apply", plan, *(arguments if "--allow" in arguments else ())).ended(0)
    return said


def runs(shop: Shop) -> list[str]:
    """List the ids of the runs, the newest first."""
    return [one["run"]["id"] for one in shop.run("history", "--format", "json").ended(0).json]


def names(shop: Shop) -> dict[str, str]:
    return {key.removeprefix("key-"): str(row["name"]) for key, row in shop.rows.items()}


def prices(shop: Shop) -> dict[str, Any]:
    return {key.removeprefix("key-"): row["amounts_in_cents"] for key, row in shop.rows.items()}


def test_only_what_the_run_changed_is_put_back_and_the_plan_says_which_run(shop: Shop) -> None:
    shop.titles(3)
    shop.applied()
    shop.title("t00", title="La luz", edition={"prices": {"USD": "9.00"}, "publish": {"store": {"collections": ["Nuevos"]}}})
    shop.applied()
    before = shop.rows["key-t01"]
    said = reverted(shop)
    assert said.out.startswith(f"Revert of run {runs(shop)[1]}, applied ")
    assert f"\n          reverts {runs(shop)[1]}\n" in shop.run("history").ended(0).out
    assert names(shop)["t00"] == "El faro"
    assert prices(shop)["t00"] == {"USD": 990}
    assert shop.rows["key-t01"] == before
    assert "The files still say what the run did" in said.all
    assert 'title (name) "El faro" → "La luz"' in flat(shop.run("plan").ended(0))
    shop.title("t00")
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def test_with_the_files_taken_back_nothing_is_said_of_them_and_git_revert_is_offered_where_they_were_committed(shop: Shop) -> None:
    git(shop, "init", "-q")
    shop.title("faro")
    shop.applied()
    shop.title("faro", title="La luz")
    git(shop, "add", "-A")
    git(shop, "commit", "-qm", "another name")
    shop.applied()
    assert "git revert " in shop.run("revert", "latest").ended(0).all
    shop.title("faro")
    assert "The files still say" not in shop.run("revert", "latest").ended(0).all


@pytest.mark.parametrize("form", ["markdown", "html", "json"])
def test_every_form_of_the_plan_names_the_run(shop: Shop, form: str) -> None:
    shop.title("faro")
    shop.applied()
    [run] = runs(shop)
    told = shop.run("revert", run, "--format", form).ended(0).out
    assert run in told
    if form == "json":
        plan = json.loads(told)
        assert (plan["purpose"], plan["reverts"]["run"], plan["reverts"]["force"]) == ("revert", run, False)
        assert list(plan["base"]["documents"]) == [f"run {run}"]


def test_what_was_changed_since_is_named_three_ways_and_left_unless_that_is_asked_for(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    for title in ("t00", "t01"):
        shop.title(title, title="La luz", edition={"prices": {"USD": "9.00"}})
    shop.applied()
    [run, _] = runs(shop)
    shop.title("t00", title="La sal", edition={"prices": {"USD": "9.00"}})
    shop.applied()
    shop.sandbox.edit("key-t01", name="OFERTA")
    said = reverted(shop, run=run)
    assert names(shop) == {"t00": "La sal", "t01": "OFERTA"}
    assert prices(shop) == {"t00": {"USD": 990}, "t01": {"USD": 990}}
    assert 'title (name) the run set "La luz" now "La sal" before "El faro"' in flat(said)
    assert 'the run set "La luz" now "OFERTA" before "El faro"' in flat(said)
    assert f"revert {run} --target store/content/t00.epub --force --out" in flat(said)
    reverted(shop, "--force", "--target", "t00", run=run)
    assert names(shop) == {"t00": "El faro", "t01": "OFERTA"}


def test_what_the_run_created_goes_unless_it_was_changed_since(shop: Shop) -> None:
    shop.titles(3)
    shop.applied()
    shop.sandbox.edit("key-t01", name="OFERTA")
    said = reverted(shop, "--allow", "deletes=3")
    assert names(shop) == {"t01": "OFERTA"}
    assert "would be deleted, but was changed after the run created it" in flat(said)
    assert shop.addresses == ["store/content/t01.epub"]


def test_a_protected_object_and_the_limits_on_deletes_hold_for_a_revert(shop: Shop) -> None:
    shop.title("faro", edition={"lifecycle": {"protect": True}})
    shop.applied()
    assert "protected" in shop.run("revert", "latest").ended(3).all
    assert shop.run("revert", "latest", "--out", str(shop.folder / "p.json")).code == 3
    assert shop.run("apply", str(shop.folder / "p.json")).code == 3
    assert names(shop) == {"faro": "El faro"}


def test_what_the_run_deleted_is_there_again_as_it_was(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    rows = shop.rows
    (shop.folder / "catalog/t01.json").unlink()
    shop.applied()
    reverted(shop)
    different = {"id", "created_at", "updated_at", "converting_since"}
    assert {name: value for name, value in shop.rows["key-t01"].items() if name not in different} == {
        name: value for name, value in rows["key-t01"].items() if name not in different
    }
    assert shop.addresses == ["store/content/t00.epub", "store/content/t01.epub"]


def test_after_a_destroy_everything_is_there_again_and_the_revert_can_be_reverted(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    shop.run("destroy", "--auto-approve", "--allow", "deletes=9").ended(0)
    reverted(shop)
    assert names(shop) == {"t00": "El faro", "t01": "El faro"}
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out
    reverted(shop)
    assert shop.rows == {}


def test_a_file_that_the_project_has_no_more_is_told_and_the_object_stays(shop: Shop) -> None:
    def pdf(name: str, words: bytes) -> None:
        (shop.folder / "catalog" / name).write_bytes(small.pdf(words.decode()))
        shop.title("faro", title=name, edition={"format": "pdf", "files": {"content": name}})

    pdf("first.pdf", b"first")
    shop.applied()
    pdf("second.pdf", b"another one")
    shop.applied()
    (shop.folder / "catalog/first.pdf").unlink()
    shutil.rmtree(shop.folder / "public")
    said = shop.run("revert", "latest").ended(0)
    assert "A file that cannot be put back" in said.all
    assert [change["attributes"] for change in json.loads(shop.run("revert", "latest", "--format", "json").out)["resource_changes"]] == [
        [{"path": ["name"]}]
    ]
    pdf("first.pdf", b"first")
    reverted(shop)
    assert names(shop) == {"faro": "first.pdf"}
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def test_what_was_deleted_is_made_again_from_files_that_lie_there_with_no_title_to_name_them(trio: Trio) -> None:
    allowed = ("--allow", "deletes=9", "--allow", "unpublish=9")
    trio.run("apply", "--auto-approve").ended(0)
    was = trio.addresses
    (trio.folder / "catalog/faro.json").unlink()
    trio.run("apply", "--auto-approve", *allowed).ended(0)
    assert len(trio.addresses) < len(was)
    (trio.folder / "assets").mkdir()
    (trio.folder / "catalog/faro.jpg").rename(trio.folder / "assets/cover.jpg")
    plan = str(trio.folder / "back.json")
    said = trio.run("revert", "latest", "--out", plan, "--detailed-exitcode").ended(2)
    assert "cannot be put back" not in said.all
    trio.run("apply", plan).ended(0)
    assert trio.addresses == was
    trio.title()
    (trio.folder / "assets/cover.jpg").rename(trio.folder / "catalog/faro.jpg")
    assert "No changes" in trio.run("plan", "--detailed-exitcode").ended(0).out


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_where_nothing_can_be_put_back_every_form_says_so_first_and_the_exit_code_too(trio: Trio, form: str) -> None:
    trio.only("publishdrive")
    trio.title(AUDIOBOOK, editions={"audio": {**AUDIOBOOK["editions"]["audio"], "publish": {"store": {"content_api": "v3"}}}})
    trio.run("apply", "--auto-approve").ended(0)
    (trio.folder / "catalog/faro.json").unlink()
    trio.run("apply", "--auto-approve", "--allow", "deletes=9", "--allow", "unpublish=9").ended(0)
    for name in ("faro.epub", "faro.jpg"):
        (trio.folder / "catalog" / name).unlink()
    said = trio.run("revert", "latest", "--detailed-exitcode", "--format", form).ended(2)
    assert "4 objects cannot be put back" in flat(said)
    assert "There is nothing to put back" not in flat(said)
    assert "and the project has no file with that content any more" in flat(trio.run("revert", "latest"))


def test_a_file_that_went_after_the_plan_refuses_what_needs_it(trio: Trio) -> None:
    trio.run("apply", "--auto-approve").ended(0)
    (trio.folder / "catalog/faro.json").unlink()
    trio.run("apply", "--auto-approve", "--allow", "deletes=9", "--allow", "unpublish=9").ended(0)
    plan = str(trio.folder / "back.json")
    trio.run("revert", "latest", "--out", plan, "--target", "publishdrive/*/*").ended(0)
    (trio.folder / "catalog/faro.jpg").unlink()
    refused = trio.run("apply", plan).ended(5)
    assert "by now that cannot be done. Its file was sha256:" in flat(refused)


def test_what_was_adopted_and_changed_is_changed_back_and_stays_managed(shop: Shop) -> None:
    shop.sandbox.seed([{"external_id": "key-faro", "name": "El faro", "file_type": "epub"}])
    shop.title("faro")
    shop.applied()
    said = reverted(shop, "--allow", "price-change=100")
    assert len(shop.rows) == 1
    assert "it stays managed" in flat(said)
    assert names(shop) == {"faro": "El faro"}
    assert shop.addresses == ["store/content/faro.epub"]


def test_what_was_moved_is_moved_back_and_what_was_edited_with_it_too(shop: Shop) -> None:
    shop.title("faro")
    shop.applied()
    moves = [{"from": "store/content/faro.epub", "to": "store/content/luz.epub"}]
    shop.title("luz", title="La luz", edition={"external_id": "key-faro", "files": {"content": FILE}}, moved=moves)
    (shop.folder / "catalog/faro.json").unlink()
    shop.applied()
    assert (shop.addresses, names(shop)) == (["store/content/luz.epub"], {"faro": "La luz"})
    reverted(shop)
    assert (shop.addresses, names(shop)) == (["store/content/faro.epub"], {"faro": "El faro"})


def test_a_run_that_only_moved_addresses_is_taken_back_and_the_files_are_said_to_differ(shop: Shop) -> None:
    shop.title("faro")
    shop.applied()
    moves = [{"from": "store/content/faro.epub", "to": "store/content/luz.epub"}]
    shop.title("luz", edition={"external_id": "key-faro", "files": {"content": FILE}}, moved=moves)
    (shop.folder / "catalog/faro.json").unlink()
    shop.applied()
    plan = str(shop.folder / "back.json")
    said = shop.run("revert", "latest", "--out", plan, "--detailed-exitcode").ended(2)
    assert "Plan: 1 object of state moved back. Apply sends nothing to the stores: only the state changes." in flat(said)
    assert "The files still say what the run did" in said.all
    assert "1 object of state moved back" in shop.run("revert", "latest", "--format", "markdown").ended(0).out
    shop.run("apply", plan).ended(0)
    assert shop.addresses == ["store/content/faro.epub"]
    shop.run("apply", plan).ended(0)


def test_only_what_is_targeted_is_spoken_of(shop: Shop) -> None:
    edited(shop)
    for title in ("t00", "t01"):
        shop.sandbox.edit(f"key-{title}", name="OFERTA")
    assert "t01" not in shop.run("revert", "latest", "--target", "t00").ended(0).all


def test_only_what_was_done_is_taken_back(shop: Shop) -> None:
    from catalogctl.sandbox import Fault, FaultKind

    shop.titles(3)
    shop.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=400))
    shop.run("apply", "--auto-approve").ended(6)
    assert len(shop.rows) == 2
    reverted(shop, "--allow", "deletes=3")
    assert shop.rows == {}


def test_a_saved_revert_is_bound_by_the_record_and_done_once(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    for title in ("t00", "t01"):
        shop.title(title, title="La luz")
    shop.applied()
    plan = str(shop.folder / "back.json")
    shop.run("revert", "latest", "--out", plan).ended(0)
    shop.title("t00", title="Otra cosa en los archivos")  # what the files say has no part in it
    shop.sandbox.edit("key-t01", name="OFERTA")
    shop.sandbox.clear_log()
    refused = shop.run("apply", plan).ended(5)
    assert "An object is not what the plan was reviewed on" in refused.err
    assert 'title (name) planned from "La luz" now "OFERTA" wanted "El faro" hint: It was' in flat(refused)
    again = f"catalogctl revert {runs(shop)[1]} --target store/content/t01.epub --out"
    assert f"Make and review a new plan: {again} FILE" in flat(refused)
    assert f"{again} {plan}" in flat(refused)
    assert names(shop) == {"t00": "El faro", "t01": "OFERTA"}
    shop.sandbox.clear_log()
    shop.run("apply", plan).ended(5)
    assert shop.writes == []


def edited(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    for title in ("t00", "t01"):
        shop.title(title, title="La luz")
    shop.applied()


def created(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()


def deleted(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    shop.run("destroy", "--auto-approve", "--allow", "deletes=9").ended(0)


@pytest.mark.parametrize(("done", "method"), [(edited, "PUT"), (created, "DELETE"), (deleted, "POST")])
def test_a_saved_revert_that_was_done_in_part_goes_on_and_one_that_was_done_says_so(
    shop: Shop, done: Callable[[Shop], None], method: str
) -> None:
    from catalogctl.sandbox import Fault, FaultKind

    done(shop)
    plan = str(shop.folder / "back.json")
    allowed = ("--allow", "deletes=9")
    shop.run("revert", "latest", "--out", plan, *allowed).ended(0)
    shop.server.inject(Fault(kind=FaultKind.FAIL, method=method, status=422))
    in_part = shop.run("apply", plan, *allowed).ended(6)
    assert f"catalogctl apply {plan}" in flat(in_part)
    shop.sandbox.clear_log()
    rest = shop.run("apply", plan, *allowed).ended(0)
    assert "Already as planned, so nothing was sent:" in rest.out
    assert [request.method for request in shop.writes] == [method]
    shop.sandbox.clear_log()
    assert "Nothing was left to do. All 2 objects are already as planned." in flat(shop.run("apply", plan, *allowed).ended(0))
    assert shop.writes == []


def test_what_a_saved_revert_deletes_and_was_changed_meanwhile_is_refused(shop: Shop) -> None:
    created(shop)
    plan = str(shop.folder / "back.json")
    shop.run("revert", "latest", "--out", plan, "--allow", "deletes=9").ended(0)
    shop.sandbox.edit("key-t01", name="OFERTA")
    refused = shop.run("apply", plan, "--allow", "deletes=9").ended(5)
    assert "Planned was to delete it; it would now be left unchanged." in flat(refused)
    assert 'planned from "El faro" now "OFERTA" wanted (nothing)' in flat(refused)
    assert names(shop) == {"t01": "OFERTA"}


def test_what_a_saved_revert_changes_and_is_gone_is_refused_as_gone(shop: Shop) -> None:
    edited(shop)
    plan = str(shop.folder / "back.json")
    shop.run("revert", "latest", "--out", plan).ended(0)
    shop.run("state", "rm", "store/content/t01.epub").ended(0)
    assert "Planned was to update it; by now it is gone, or no longer managed." in flat(shop.run("apply", plan).ended(5))
    assert names(shop) == {"t00": "El faro", "t01": "La luz"}


def test_a_saved_revert_whose_record_changed_or_is_gone_is_refused(shop: Shop) -> None:
    shop.title("faro")
    shop.applied()
    shop.title("faro", title="La luz")
    shop.applied()
    plan = str(shop.folder / "back.json")
    shop.run("revert", "latest", "--out", plan).ended(0)
    record = max((shop.folder / "state/runs").iterdir())
    record.write_bytes(record.read_bytes().replace(b"El faro", b"El fuego"))
    assert "Files changed after the plan" in shop.run("apply", plan).ended(5).err
    record.unlink()
    assert "There is no such run" in shop.run("apply", plan).ended(1).err
    assert names(shop) == {"faro": "La luz"}


def test_the_hint_of_a_conflict_repeats_the_options_and_helps(shop: Shop) -> None:
    for turn, name in enumerate(("El faro", "La luz")):
        shop.title("faro", title=name, edition={"prices": {"USD": f"{9 + turn}.90"}})
        shop.applied()
    shop.sandbox.edit("key-faro", name="Otra")
    said = shop.run(
        "revert", "latest", "--allow", "price-change=30", "--parallelism", "2", "--lock-timeout", "9", "--out", "back.json"
    ).ended(0)
    [line] = [line.strip() for line in said.all.replace("\\\n", " ").splitlines() if "catalogctl revert" in line]
    words = shlex.split(" ".join(said.all[said.all.index(line) :].split("\n\n")[0].replace("\\\n", " ").split()))
    assert words[1:] == [
        *("revert", "latest", "--target", "store/content/faro.epub", "--allow", "price-change=30"),
        *("--parallelism", "2", "--lock-timeout", "9", "--force", "--out", "back.json"),
    ]
    shop.run(*words[1:]).ended(0)
    shop.run("apply", "back.json").ended(0)
    assert names(shop) == {"faro": "El faro"}
