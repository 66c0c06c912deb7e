"""Every harm that is limited, through the command: shown by plan, refused by apply, by apply of a saved plan and by destroy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import small
from catalogctl.providers.openpublishing.sandbox import OpenPublishingSandbox
from catalogctl.providers.publishdrive.sandbox import PublishdriveSandbox
from catalogctl.sandbox import SandboxServer
from shop import IMPORTABLE, TITLE, Ran, Shop, ended, opened

EPUB = small.epub()
JPEG = small.jpeg()
PRODUCT = 4711


@pytest.fixture
def shop_v3(piped: None, tmp_path: Path) -> Iterator[Shop]:  # noqa: ARG001 -- a fixture that needs another
    """A project over a store that has the newer content API as well."""
    with opened(tmp_path, v3_docs="B") as one:
        yield one


def refused_everywhere(shop: Shop, told: str, allowance: str, *, then: str = "apply") -> None:
    """Plan, apply and apply of the saved plan all refuse, say what would allow it and send nothing; with that it is done."""
    plan = str(shop.folder / "plan.json")
    planned = shop.spawn("plan", "--out", plan).ended(3)
    saved = json.loads(Path(plan).read_bytes())
    assert told in " ".join(item["detail"] for item in saved["diagnostics"])
    assert "Refused: " in planned.out
    assert f"apply --allow {allowance} {plan}" in planned.err
    for ran in (planned, shop.spawn("apply", "--auto-approve").ended(3), shop.spawn("apply", plan).ended(3)):
        assert told in flat(ran.err)
        assert f"--allow {allowance}" in flat(ran.err)
        assert "Traceback" not in ran.all
    name, number = allowance.split("=")
    less = f"{name}={int(number) - 1}"
    assert f"--allow {allowance}" in flat(shop.run("apply", plan, "--allow", less).ended(3).err)
    assert shop.writes == []
    if then == "apply":
        shop.run("apply", plan, "--allow", allowance).ended(0)
    else:
        shop.run("apply", "--auto-approve", "--allow", allowance).ended(0)
    assert "No changes" in shop.run("plan").ended(0).out


def flat(text: str) -> str:
    return " ".join(text.split())


# What is counted.


def test_deletes(shop: Shop) -> None:
    shop.titles(12)
    shop.applied()
    for name in ("t00", "t01"):
        (shop.folder / f"catalog/{name}.json").unlink()
    refused_everywhere(shop, "this plan deletes 2 objects of 12 recorded; safety allows 10%, which is 1.", "deletes=2")
    assert len(shop.rows) == 10


def test_updates(shop: Shop) -> None:
    shop.titles(12)
    shop.applied()
    for number in range(4):
        shop.title(f"t{number:02}", title="Otro")
    refused_everywhere(shop, "this plan updates 4 objects of 12 recorded; safety allows 30%, which is 3.", "updates=4", then="again")


def test_replaces(shop: Shop) -> None:
    shop.titles(12)
    shop.applied()
    for number in range(2):
        shop.title(f"t{number:02}", edition={"files": {"content": f"https://files.example.com/new-{number}.epub"}})
    refused_everywhere(shop, "this plan replaces 2 objects of 12 recorded; safety allows 10%, which is 1.", "replaces=2")


def test_creates_are_limited_where_a_limit_is_set_and_not_by_themselves(shop: Shop) -> None:
    shop.titles(30)
    shop.run("plan").ended(0)
    shop.project("safety: {max_creates: 29}\n")
    refused_everywhere(shop, "this plan creates 30 objects; safety allows 29.", "creates=30")


def test_in_a_small_catalog_percents_of_what_is_recorded_do_not_hold(shop: Shop) -> None:
    shop.titles(9)
    shop.applied()
    for number in range(8):
        (shop.folder / f"catalog/t{number:02}.json").unlink()
    shop.spawn("apply", "--auto-approve").ended(0)
    assert len(shop.rows) == 1


def test_destroy_is_limited_too(shop: Shop) -> None:
    shop.titles(10)
    shop.applied()
    refused = shop.spawn("destroy", "--auto-approve").ended(3)
    assert "deletes 10 objects of 10 recorded; safety allows 10%, which is 1." in flat(refused.err)
    shop.spawn("destroy", "--auto-approve", "--allow", "deletes=9").ended(3)
    assert shop.writes == []
    shop.spawn("destroy", "--auto-approve", "--allow", "deletes=10").ended(0)
    assert shop.rows == {}


def test_all_limits_that_are_exceeded_are_told_with_one_hint_for_all(shop: Shop) -> None:
    shop.titles(12)
    shop.applied()
    (shop.folder / "catalog/t00.json").unlink()
    (shop.folder / "catalog/t01.json").unlink()
    shop.title("t02", edition={"prices": {"USD": "990.00"}})
    refused = shop.run("apply", "--auto-approve").ended(3)
    assert refused.err.count("hint:") == 1
    assert flat(refused.err).count("--allow deletes=2 --allow price-change=9900") == 1
    assert "Too many deletes at once · A price in the wrong unit" in flat(refused.out)
    shop.run("apply", "--auto-approve", "--allow", "deletes=2").ended(3)
    shop.run("apply", "--auto-approve", "--allow", "price-change=9900").ended(3)
    assert shop.writes == []
    shop.run("apply", "--auto-approve", "--allow", "deletes=2", "--allow", "price-change=9900").ended(0)


def test_an_account_has_limits_of_its_own(shop: Shop) -> None:
    other = "  quiet: {provider: publicala, base_url: sandbox}\n"
    shop.titles(2)
    shop.project("safety: {max_deletes: unlimited, accounts: {store: {max_deletes: 0}}}\n")
    shop.applied()
    (shop.folder / "catalog/t00.json").unlink()
    assert "safety allows 0" in shop.run("plan").ended(3).err
    text = (shop.folder / "catalogctl.yaml").read_text(encoding="utf-8")
    shop.write(
        "catalogctl.yaml", text.replace("accounts:\n", f"accounts:\n{other}", 1).replace("{store: {max_deletes", "{quiet: {max_deletes")
    )
    shop.run("plan").ended(0)
    shop.write("catalogctl.yaml", text.replace("{store: {max_deletes", "{stroe: {max_deletes"))
    wrong = shop.run("plan").ended(1)
    assert "Did you mean store?" in wrong.err
    assert "catalogctl.yaml:12:" in wrong.err


@pytest.mark.parametrize(
    "allowance",
    ["deletes=-1", "deletes=NaN", "deletes=Infinity", "deletes=1e9", "deletes=1.5", "deletes=", "price-change=all", "Deletes=1", "=3"],
)
def test_an_allowance_that_is_no_number_is_a_wrong_command_line(shop: Shop, allowance: str) -> None:
    shop.title()
    assert "HARM=NUMBER" in shop.run("plan", "--allow", allowance).ended(1).err


def test_two_numbers_for_one_limit_are_a_wrong_command_line(shop: Shop) -> None:
    shop.title()
    assert "given twice" in shop.run("plan", "--allow", "deletes=1", "--allow", "deletes=9").ended(1).err


# Prices.


def test_a_price_that_moves_too_far(shop: Shop) -> None:
    shop.title()
    shop.applied()
    shop.title(edition={"prices": {"USD": "14.86"}})
    refused_everywhere(shop, "USD 9.90 → 14.86 is a change of 50.2%; safety allows 50%.", "price-change=51")


def test_a_price_in_cents_is_refused_also_where_prices_are_not_limited(shop: Shop) -> None:
    shop.project("safety: {max_price_change: unlimited}\n")
    shop.title(edition={"prices": {"USD": "12.99"}})
    shop.applied()
    shop.title(edition={"prices": {"USD": "1299"}})
    refused_everywhere(shop, "USD 12.99 → 1299.00 is a change of 9900%; it looks like an amount in another unit", "price-change=9900")


def test_a_book_that_is_given_away(shop: Shop) -> None:
    shop.title()
    shop.applied()
    shop.title(edition={"publish": {"store": {"free": True}}})
    refused_everywhere(shop, "USD 9.90 → nothing (it is given away) is a change of 100%; safety allows 50%.", "price-change=100")


def test_a_price_that_holds_for_a_time(shop_v3: Shop) -> None:
    shop = shop_v3

    def offer(amount: str) -> Mapping[str, Any]:
        row = {"currency": "USD", "amount": amount, "starts_at": "2030-12-01", "ends_at": "2030-12-24"}
        return {"publish": {"store": {"content_api": "v3", "price_windows": [row]}}}

    shop.title(edition=offer("4.99"))
    shop.applied()
    shop.title(edition=offer("499"))
    told = "USD from 2030-12-01 to 2030-12-24 4.99 → 499.00 is a change of 9900%"
    refused_everywhere(shop, told, "price-change=9900")


def test_putting_back_the_price_that_was_applied_is_no_harm(shop: Shop) -> None:
    shop.title()
    shop.applied()
    shop.sandbox.edit("key-faro", prices={"USD": "0.10"})
    shop.run("apply", "--auto-approve").ended(0)
    assert len(shop.writes) == 1


# Countries.


def test_countries_that_are_lost(shop: Shop) -> None:
    shop.title(territories=["AR", "MX", "UY"])
    shop.applied()
    shop.title(territories=["AR"])
    told = "it is no longer sold in 2 of 3 countries (Mexico, Uruguay); safety allows 50%."
    refused_everywhere(shop, told, "territory-loss=2")


def test_from_everywhere_to_one_country(shop: Shop) -> None:
    shop.title(territories=["ALL"])
    shop.applied()
    shop.title(territories=["AR"])
    refused_everywhere(shop, "it is no longer sold in 248 of 249 countries; safety allows 50%.", "territory-loss=248")


def test_to_widen_what_is_sold_nearly_everywhere_is_no_loss(shop: Shop) -> None:
    shop.title(territories={"except": ["US", "CA"]})
    shop.applied()
    shop.title(territories="ALL")
    shop.applied()
    assert shop.rows["key-faro"]["country"] == []
    shop.title(territories=["AR"])
    shop.applied("--allow", "territory-loss=248")
    shop.title(territories="ALL")
    refused_everywhere(shop, "it is sold everywhere, and no longer in 1 country alone (Argentina); safety allows 50%.", "territory-loss=1")


# A first plan.


def test_a_first_plan_that_would_delete_what_is_in_the_store_already(shop_v3: Shop) -> None:
    shop = shop_v3
    audio: Mapping[str, Any] = {
        "format": "audiobook",
        "external_id": "key-audio",
        "prices": {"USD": "9.90"},
        "tracks": [{"id": "intro", "title": "Intro", "file": "https://files.example.com/intro.mp3"}],
    }

    def declare(*options: str) -> None:
        publish = {"store": dict.fromkeys(options, "remove")}
        shop.write("catalog/audio.json", json.dumps({**TITLE, "id": "audio", "editions": {"audio": {**audio, "publish": publish}}}))

    declare()
    shop.applied()
    shop.sandbox.seed([{"content": "key-audio", "title": "Extra", "file_url": "https://files.example.com/extra.mp3"}])
    for path in (shop.folder / "state").rglob("*"):
        if path.is_file():
            path.unlink()
    declare("foreign_tracks")
    refused = shop.run("apply", "--auto-approve").ended(3)
    assert "A first plan that takes something away" in refused.err
    assert "--allow deletes=1" in refused.err
    assert shop.writes == []
    shop.run("apply", "--auto-approve", "--allow", "deletes=1").ended(0)
    assert [row["title"] for row in shop.sandbox.rows() if "content_id" in row] == ["Intro"]


# Protection.


def protected(shop: Shop) -> None:
    shop.title(edition={"lifecycle": {"protect": True}})
    shop.title("other")
    shop.applied()


@pytest.mark.parametrize("arguments", [["--replace", "faro"], ["--allow", "deletes=99"]])
def test_what_is_protected_outlasts_its_line_and_its_file(shop: Shop, arguments: list[str]) -> None:
    """Also when the edition has another name by then."""
    protected(shop)
    if "--replace" in arguments:
        shop.title()  # the line is gone, and the same plan would replace it
    else:
        (shop.folder / "catalog/faro.json").unlink()
    refused = shop.run("apply", "--auto-approve", *arguments).ended(3)
    assert "store/content/faro.epub is protected" in flat(refused.err)
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--out", plan, *arguments).ended(3)
    shop.run("apply", plan, *arguments[:0]).ended(3)
    assert shop.writes == []


def test_protection_moves_with_what_it_protects(shop: Shop) -> None:
    """Under its new address, where no line asks for it, it is not replaced either."""
    protected(shop)
    (shop.folder / "catalog/faro.json").unlink()
    shop.write("catalog/moved.yaml", "moved: [{from: store/content/faro.epub, to: store/content/luz.epub}]\n")
    shop.title("luz", edition={"external_id": "key-faro", "files": {"content": "https://files.example.com/other.epub"}})
    assert "store/content/luz.epub is protected" in flat(shop.run("apply", "--auto-approve").ended(3).err)
    assert shop.writes == []


def test_protection_is_lifted_by_an_apply_of_its_own_or_by_letting_go(shop: Shop) -> None:
    protected(shop)
    shop.title()
    assert "No changes" in shop.run("apply", "--auto-approve").ended(0).out
    assert not any(entry["protect"] for entry in shop.state["resources"])
    (shop.folder / "catalog/faro.json").unlink()
    shop.run("apply", "--auto-approve").ended(0)
    assert list(shop.rows) == ["key-other"]


def test_what_is_protected_and_no_longer_declared_can_be_let_go_and_stays_in_the_store(shop: Shop) -> None:
    protected(shop)
    (shop.folder / "catalog/faro.json").unlink()
    hint = flat(shop.run("plan").ended(3).err)
    assert "removed: [{address: store/content/faro.epub}]" in hint
    shop.write("catalog/gone.yaml", "removed: [{address: store/content/faro.epub}]\n")
    shop.run("apply", "--auto-approve").ended(0)
    assert sorted(shop.rows) == ["key-faro", "key-other"]
    assert shop.addresses == ["store/content/other.epub"]


# What is left alone.


def test_what_ignore_changes_names_is_left_alone_with_its_reason_and_counts_as_drift(shop: Shop) -> None:
    rule = {"path": "prices.*", "reason": "the store runs a campaign", "until": "2099-12-31"}
    shop.title(edition={"lifecycle": {"ignore_changes": [rule]}})
    shop.applied()
    shop.sandbox.edit("key-faro", prices={"USD": "5.00"})
    planned = shop.run("plan", "--detailed-exitcode").ended(0)
    assert "prices.* · the store runs a campaign · until 2099-12-31 store/content/faro.epub prices.USD" in flat(planned.out)
    assert "1 object in the stores differs from the state" in flat(planned.out)
    assert "5.00" in shop.run("drift").ended(2).out
    shop.run("apply", "--auto-approve").ended(0)
    assert shop.writes == []


def test_an_entry_whose_day_is_over_says_so_and_no_longer_holds(shop: Shop) -> None:
    rule = {"path": "prices.*", "reason": "campaign", "until": "2020-12-31"}
    shop.title(edition={"lifecycle": {"ignore_changes": [rule, "proces"]}})
    shop.applied()
    shop.sandbox.edit("key-faro", prices={"USD": "5.00"})
    planned = shop.run("plan", "--detailed-exitcode").ended(2)
    assert "USD 5.00 → 9.90" in flat(planned.out)
    for ran in (planned, shop.run("validate").ended(0)):
        assert "warning: An ignore_changes entry that no longer holds catalog/faro.json:" in flat(ran.err)
        assert "`prices.*` was to be left alone until 2020-12-31" in flat(ran.err)
        assert "`proces` matches no attribute of publicala/content" in flat(ran.err)


def test_an_entry_that_is_no_entry_is_told_at_its_place(shop: Shop) -> None:
    text = "kind: title\nid: a\ntitle: A\neditions:\n  epub:\n    format: epub\n    lifecycle:\n      ignore_changes:\n"
    for entry, line, told in (
        ("{path: prices, until: 2026-02-31}", "9:33", "No such day"),
        ("{path: prices, untill: 2026-12-31}", "9:26", "Did you mean `until`?"),
        ("{reason: because}", "9:", "Missing field: `path`"),
        ("7", "9:11", "Wrong kind of value"),
    ):
        shop.write("catalog/a.yaml", f"{text}        - {entry}\n")
        ran = shop.run("validate").ended(1)
        assert told in ran.err, ran.err
        assert f"catalog/a.yaml:{line}" in ran.err, ran.err


# Globs that select nothing.


def test_each_glob_that_selects_nothing_says_so(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    misspelt = ["--target", "t00", "--target", "t0O", "--exclude", "store/content/t99.*", "--replace", "tl1"]
    for command in (["plan"], ["apply", "--auto-approve"]):
        wrong = flat(shop.run(*command, *misspelt).ended(1).err)
        for option, glob in (("target", "t0O"), ("exclude", "store/content/t99.*"), ("replace", "tl1")):
            assert f"--{option} selects nothing Neither the files nor state have anything at {glob}." in wrong
        assert "at t00." not in wrong
    assert shop.writes == []


# The other stores: what is on sale there.


@dataclass(frozen=True)
class Mall:
    """A project over emulations of the two services that offer books elsewhere."""

    folder: Path
    drive: PublishdriveSandbox
    press: OpenPublishingSandbox

    def title(self, id_: str = "faro", *, drive: Mapping[str, Any] | None = None, press: Mapping[str, Any] | None = None) -> None:
        """Write a title with the options for each of the stores that sell it; `None` for one that does not."""
        publish = {name: options for name, options in (("drive", drive), ("press", press)) if options is not None}
        edition = {
            "format": "epub",
            "external_id": f"key-{id_}",
            "prices": {"USD": "9.90"},
            "files": {"content": "faro.epub", "cover": "faro.jpg"},
            "publish": publish,
        }
        about = {"description": "Un faro.", "subjects": {"bisac": ["FIC019000"]}, "territories": ["ALL"]}
        document = {**TITLE, **about, "id": id_, "editions": {"epub": edition}}
        (self.folder / "catalog" / f"{id_}.json").write_text(json.dumps(document), encoding="utf-8")

    def run(self, *arguments: str) -> Ran:
        environment = {**os.environ, "PYTHONPATH": IMPORTABLE, "PUBLISHDRIVE_API_KEY": "key", "OPENPUBLISHING_API_KEY": "key"}
        return ended(
            subprocess.Popen(
                [sys.executable, "-m", "catalogctl", *arguments],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        )


@pytest.fixture
def mall(piped: None, tmp_path: Path) -> Iterator[Mall]:  # noqa: ARG001 -- a fixture that needs another
    drive, press = PublishdriveSandbox(api_key="key"), OpenPublishingSandbox()
    press.seed([{"product": PRODUCT}])
    with SandboxServer({"publishdrive": drive, "openpublishing": press}) as server:
        blocks = {
            "drive": {**drive.account_block(server.url("publishdrive")), "requests_per_minute": 100000},
            "press": {**press.account_block(server.url("openpublishing")), "requests_per_minute": 100000},
        }
        safety = {"max_unpublish": 0}
        (tmp_path / "catalogctl.yaml").write_text(json.dumps({"version": 1, "accounts": blocks, "safety": safety}), encoding="utf-8")
        (tmp_path / "catalog").mkdir()
        (tmp_path / "catalog/faro.epub").write_bytes(EPUB)
        (tmp_path / "catalog/faro.jpg").write_bytes(JPEG)
        yield Mall(tmp_path, drive, press)
        assert server.errors == []


LIVE: Mapping[str, Any] = {"published": True, "final_version": True}


@pytest.mark.parametrize("after", [{"published": False, "final_version": True}, {"final_version": True}])
def test_a_book_that_is_taken_from_the_stores_of_publishdrive(mall: Mall, after: Mapping[str, Any]) -> None:
    """By saying so, and by no longer saying that it is published."""
    mall.title(drive=LIVE)
    mall.run("apply", "--auto-approve").ended(0)
    mall.title(drive=after)
    plan = "plan.json"
    sent = len([request for request in mall.drive.requests if request.method != "GET"])
    for command in (["plan", "--out", plan], ["apply", "--auto-approve"], ["apply", plan]):
        refused = mall.run(*command).ended(3)
        assert "On account 'drive' this plan takes 1 object from sale; safety allows 0." in flat(refused.err)
        assert "--allow unpublish=1" in refused.err
    assert len([request for request in mall.drive.requests if request.method != "GET"]) == sent
    mall.run("apply", plan, "--allow", "unpublish=1").ended(0)


def test_a_book_that_is_deleted_is_a_delete_and_not_one_taken_from_sale(mall: Mall) -> None:
    mall.title(drive=LIVE)
    mall.run("apply", "--auto-approve").ended(0)
    mall.run("destroy", "--auto-approve").ended(0)


def test_a_protected_book_is_not_taken_from_sale(mall: Mall) -> None:
    mall.title(drive=LIVE)
    path = mall.folder / "catalog/faro.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"format"', '"lifecycle": {"protect": true}, "format"'), encoding="utf-8")
    mall.run("apply", "--auto-approve").ended(0)
    mall.title(drive={"published": False, "final_version": True})
    refused = mall.run("apply", "--auto-approve", "--allow", "unpublish=1").ended(3)
    assert "drive/publication/faro.epub is protected, and this plan would take it from sale." in flat(refused.err)


def test_a_world_of_countries_that_is_lost_on_publishdrive(mall: Mall) -> None:
    mall.title(drive={})
    mall.run("apply", "--auto-approve").ended(0)
    mall.title(drive={"territories": ["AR", "MX"]})
    refused = mall.run("plan").ended(3)
    assert "it is no longer sold in 247 of 249 countries; safety allows 50%." in flat(refused.err)


def test_channels_that_are_switched_off_on_open_publishing(mall: Mall) -> None:
    mall.press.edit(str(PRODUCT), channels={"kobo": True, "amazon": True}, enabled=True)
    on = {"enabled": True, "channels": {"kobo": True, "amazon": True}}
    mall.title(press={"product": PRODUCT, "distribution": on})
    mall.run("apply", "--auto-approve").ended(0)
    mall.title(press={"product": PRODUCT, "distribution": {"enabled": True, "channels": {"kobo": False, "amazon": False}}})
    refused = mall.run("plan").ended(3)
    assert "On account 'press' this plan takes 2 objects from sale; safety allows 0." in flat(refused.err)
    mall.run("apply", "--auto-approve", "--allow", "unpublish=1").ended(3)
    mall.run("apply", "--auto-approve", "--allow", "unpublish=2").ended(0)


@pytest.mark.parametrize("status", ["withdrawn", "cancelled"])
def test_an_edition_whose_status_takes_it_from_sale_is_limited_and_never_deleted(mall: Mall, status: str) -> None:
    mall.press.edit(str(PRODUCT), enabled=True)
    mall.title(drive=LIVE, press={"product": PRODUCT, "distribution": {"enabled": True}})
    mall.run("apply", "--auto-approve").ended(0)
    path = mall.folder / "catalog/faro.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"title":', f'"status": "{status}", "title":', 1), encoding="utf-8")
    refused = mall.run("plan").ended(3)
    assert "On account 'drive' this plan takes 1 object from sale; safety allows 0." in flat(refused.err)
    assert "On account 'press' this plan takes 1 object from sale; safety allows 0." in flat(refused.err)
    done = mall.run("apply", "--auto-approve", "--allow", "unpublish=1").ended(0)
    assert "0 to delete" in done.out
    assert "No changes" in mall.run("plan").ended(0).out


def test_a_first_plan_that_would_take_an_adopted_book_from_sale(mall: Mall) -> None:
    mall.title(drive=LIVE)
    mall.run("apply", "--auto-approve").ended(0)
    for path in (mall.folder / "state").rglob("*"):
        if path.is_file():
            path.unlink()
    mall.title(drive={"published": False, "final_version": True})
    refused = mall.run("plan").ended(3)
    assert "State records nothing on account 'drive', and this plan takes 1 object from sale" in flat(refused.err)


def test_a_wrong_catalog_path_over_a_state_that_has_resources_is_refused_as_a_catalog_without_titles_is(shop: Shop) -> None:
    text = (shop.folder / "catalogctl.yaml").read_text(encoding="utf-8")
    shop.write("catalogctl.yaml", f"catalog: [nowhere/]\n{text}")
    assert "No such catalog folder" in shop.run("plan").ended(1).err, "nothing is recorded that could be lost"
    shop.write("catalogctl.yaml", text)
    shop.titles(2)
    shop.applied()
    shop.write("catalogctl.yaml", f"catalog: [nowhere/]\n{text}")
    for command in (["plan"], ["apply", "--auto-approve"]):
        refused = shop.run(*command).ended(3).err
        assert "State records 2 resources" in refused
        assert "mkdir" not in refused
    assert not shop.writes


def test_the_hint_over_a_catalog_without_titles_keeps_what_narrowed_the_command(shop: Shop) -> None:
    shop.titles(3)
    shop.applied()
    for path in (shop.folder / "catalog").rglob("*"):
        path.unlink()
    told = shop.run("apply", "--auto-approve", "--target", "store/*/t00.*", "--exclude", "t01").ended(3).err
    assert "If what is selected is to go, say so:" in told
    line = next(one.strip() for one in told.splitlines() if "catalogctl destroy" in one)
    assert line.endswith("destroy --target 'store/*/t00.*' --exclude t01")
    assert "If everything is to go, say so:" in shop.run("plan").ended(3).err
    shop.run("destroy", "--auto-approve", "--target", "store/*/t00.*", "--exclude", "t01").ended(0)
    assert len(shop.run("state", "list").ended(0).out.split()) == 2
