"""Applying what was approved by its digest, and planning where there is neither a key nor a store."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shop import Shop


def digest(shop: Shop, *arguments: str) -> str:
    """Give the digest that a reviewer sees below a plan."""
    told: str = shop.run("plan", "--format", "json", *arguments).ended(0).json["digest"]
    assert f"Digest of the whole plan: `{told}`" in shop.run("plan", "--format", "markdown", *arguments).out
    shop.sandbox.clear_log()
    return told


def flat(text: str) -> str:
    return " ".join(text.split())


# By its digest.


def test_a_plan_with_the_approved_digest_is_done_without_asking(shop: Shop) -> None:
    shop.titles(2)
    shop.run("apply", "--approved", digest(shop)).ended(0)
    assert len(shop.rows) == 2


@pytest.mark.parametrize("moved", ["file", "store", "another file"])
def test_any_other_plan_is_refused_and_nothing_is_sent(shop: Shop, moved: str) -> None:
    shop.titles(2)
    shop.applied()
    shop.title("t00", title="La luz")
    approved = digest(shop)
    match moved:
        case "file":
            shop.title("t00", title="La sombra")
        case "store":
            shop.sandbox.edit("key-t00", description="Otro texto")
            shop.sandbox.edit("key-t01", name="OFERTA")
        case _:
            shop.title("t02")
    refused = shop.run("apply", "--approved", approved).ended(5)
    assert "This is not the plan that was approved" in refused.err
    assert f"approved was {approved}" in flat(refused.err)
    assert "La luz" in refused.out or moved == "file", "what would be done is shown"
    assert shop.writes == []


@pytest.mark.parametrize(
    ("saved", "approved", "said"),
    [
        (False, False, "(made by this run)"),
        (True, False, "(saved)"),
        (False, True, "(made by this run, approved by its digest)"),
        (True, True, "(saved, approved by its digest)"),
    ],
)
def test_a_run_says_that_its_plan_was_approved_only_where_somebody_named_its_digest(
    shop: Shop, saved: bool, approved: bool, said: str
) -> None:
    shop.titles(1)
    named = ("--approved", digest(shop)) if approved else ("--auto-approve",)
    shop.run("plan", "--out", "plan.json").ended(0)
    shop.run("apply", *(("plan.json",) if saved else ()), *named).ended(0)
    shown = flat(shop.run("history", "show", "latest").ended(0).out)
    assert said in shown
    assert shop.run("history", "show", "latest", "--format", "json").ended(0).json["run"]["approved"] is approved


def test_what_is_done_already_needs_no_approval_a_second_time(shop: Shop) -> None:
    shop.titles(1)
    approved = digest(shop)
    shop.run("apply", "--approved", approved).ended(0)
    shop.sandbox.clear_log()
    assert "No changes" in shop.run("apply", "--approved", approved).ended(0).out
    assert shop.writes == []


def test_the_digest_is_the_same_in_another_checkout_from_a_later_serial_and_whatever_else_was_applied(shop: Shop, tmp_path: Path) -> None:
    shop.titles(3)
    shop.applied()
    shop.title("t00", title="La luz")
    approved = digest(shop)
    shop.title("t00")
    shop.title("t01", title="La sombra")
    shop.applied()
    shop.title("t00", title="La luz")
    shop.write("catalog/README.txt", "said to nobody")
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(shop.folder, elsewhere, ignore=shutil.ignore_patterns("elsewhere"))
    moved = Shop(elsewhere, shop.sandbox, shop.server)
    assert digest(moved) == approved
    moved.run("apply", "--approved", approved).ended(0)


def test_a_saved_plan_can_be_held_to_a_digest_too(shop: Shop) -> None:
    shop.titles(1)
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--out", plan).ended(0)
    approved = digest(shop)
    assert "not the plan that was approved" in shop.run("apply", plan, "--approved", "0" * 64).ended(5).err
    assert shop.writes == []
    shop.run("apply", plan, "--approved", approved).ended(0)


@pytest.mark.parametrize("text", ["", "abc", "A" * 64, "sha256:" + "a" * 64])
def test_what_is_no_digest_is_an_error_of_usage(shop: Shop, text: str) -> None:
    assert "64 hex digits" in flat(shop.run("apply", "--approved", text).ended(1).err)


def test_what_is_approved_as_a_whole_is_not_agreed_to_one_by_one(shop: Shop) -> None:
    assert "--confirm each and --approved contradict" in shop.run("apply", "--confirm", "each", "--approved", "a" * 64).ended(1).err


# Without a key.


@pytest.fixture
def handed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout without state and keys, and the state of the one that was applied, as a file of its own."""
    shop.titles(2)
    shop.applied()
    state = shop.folder / "handed.json"
    state.write_text(shop.run("state", "pull").ended(0).out, encoding="utf-8")
    shutil.rmtree(shop.folder / "state")
    monkeypatch.delenv("PUBLICALA_TOKEN")
    return state


def test_a_plan_from_a_state_that_was_handed_over_asks_nobody_and_says_so_in_every_form(shop: Shop, handed: Path) -> None:
    shop.title("t00", title="La luz")
    offline = ("plan", "--no-refresh", "--state", str(handed))
    said = "No store was asked: this plan is made from what was last recorded (serial 1 of the state)."
    assert said in flat(shop.run(*offline).ended(0).out)
    markdown = shop.run(*offline, "--format", "markdown").ended(0).out
    assert f"\n**{said}** What changed in the stores since then is not in it.\n" in markdown
    assert said in shop.run(*offline, "--format", "html").ended(0).out
    assert shop.run(*offline, "--format", "json").ended(0).json["refresh"] == "state"
    assert shop.run(*offline, "--detailed-exitcode").code == 2
    assert shop.requests == ()
    assert not (shop.folder / "state").exists()


def test_without_changes_such_a_plan_does_not_say_what_the_stores_hold(shop: Shop, handed: Path) -> None:
    told = flat(shop.run("plan", "--no-refresh", "--state", str(handed)).ended(0).out)
    assert "No changes. The state has what the files say: 2 objects of 2 titles. No store was asked" in told
    assert "stores hold" not in told


def test_an_empty_file_is_no_state_yet_and_a_damaged_one_is_refused(shop: Shop, handed: Path) -> None:
    text = handed.read_text(encoding="utf-8")
    handed.write_text("", encoding="utf-8")
    told = shop.run("plan", "--no-refresh", "--state", str(handed)).ended(0)
    assert "made from a state that has nothing yet" in flat(told.out)
    handed.write_text(text.replace("El faro", "El farol"), encoding="utf-8")
    shop.run("plan", "--no-refresh", "--state", str(handed)).ended(5)


def test_a_copy_of_the_state_cannot_be_held(shop: Shop, handed: Path) -> None:
    assert "--lock" in shop.run("plan", "--lock", "--state", str(handed)).ended(1).err
