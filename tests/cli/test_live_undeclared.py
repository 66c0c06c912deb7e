"""A PublishDrive book that is on sale, and of which no file says so: a change makes a draft of it, and that is said beforehand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogctl.providers.publishdrive.sandbox import PublishdriveSandbox, PublishdriveSwitches
from hostile.trio import BOOK, Trio, keys, trio

pytestmark = pytest.mark.usefixtures("piped")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trio]:
    for name, value in keys().items():
        monkeypatch.setenv(name, value)
    with trio(tmp_path) as one:
        one.only("publishdrive")
        declared(one)
        one.run("apply", "--auto-approve").ended(0)
        one.emulators["publishdrive"].edit("key-faro", status="published")
        yield one


def declared(shop: Trio, options: dict[str, Any] | None = None, **said: Any) -> None:
    shop.title(BOOK, editions={"epub": {**BOOK["editions"]["epub"], "publish": {"publishdrive": options or {}}}}, **said)


@pytest.mark.parametrize("form", ["text", "markdown", "json", "html"])
def test_a_change_says_that_the_book_leaves_sale_in_every_form(shop: Trio, form: str) -> None:
    assert "takes a book off sale" not in shop.run("plan", "--format", form).ended(0).all
    declared(shop, description="<p>Otra.</p>")
    assert "A change takes a book off sale" in shop.run("plan", "--format", form).ended(0).all


def test_so_does_another_file(shop: Trio) -> None:
    (shop.folder / "catalog/faro.jpg").write_bytes((shop.folder / "catalog/faro.jpg").read_bytes()[:-2] + b"\xff\xfe\x00\x04ab\xff\xd9")
    assert "A change takes a book off sale" in shop.run("plan").ended(0).out


def test_following_its_hint_hands_the_book_in_again(shop: Trio) -> None:
    declared(shop, {"published": True, "final_version": True}, description="<p>Otra.</p>")
    told = shop.run("plan").ended(0)
    assert "A change takes a book off sale" not in told.all
    assert "back to review" in told.out
    shop.run("apply", "--auto-approve").ended(0)
    [row] = [row for row in shop.emulators["publishdrive"].rows() if row.get("externalId") == "key-faro"]
    assert row["status"] in {"in_review", "published"}


@pytest.mark.parametrize(
    ("form", "words", "times"), [("text", "RISK: back to review:", 1), ("markdown", "**back to review**", 1), ("html", "Back to review", 2)]
)
def test_the_change_is_a_listed_risk_once(shop: Trio, form: str, words: str, times: int) -> None:
    assert words not in shop.run("plan", "--format", form).ended(0).all
    cover = shop.folder / "catalog/faro.jpg"
    cover.write_bytes(cover.read_bytes()[:-2] + b"\xff\xfe\x00\x04ab\xff\xd9")
    declared(shop, description="<p>Otra.</p>")
    shown = " ".join(shop.run("plan", "--format", form).ended(0).out.split())
    assert words in shown
    assert shown.count("which this plan does not do") == times


def test_the_risk_is_in_json_and_in_a_saved_plan_that_is_shown(shop: Trio) -> None:
    declared(shop, description="<p>Otra.</p>")
    shop.run("plan", "--out", "saved.json").ended(0)
    for plan in (shop.run("plan", "--format", "json").ended(0).out, shop.run("show", "saved.json", "--format", "json").ended(0).out):
        risks = {entry["address"]: entry["risks"] for entry in json.loads(plan)["resource_changes"] if "risks" in entry}
        assert risks == {"publishdrive/book/faro.epub": ["back to review"]}
    assert "RISK: back to review:" in shop.run("show", "saved.json").ended(0).out


def test_a_plan_that_leaves_out_the_declared_publication_is_a_risk_and_no_undeclared_sale(shop: Trio) -> None:
    declared(shop, {"published": True, "final_version": True})
    shop.run("apply", "--auto-approve").ended(0)
    declared(shop, {"published": True, "final_version": True}, description="<p>Otra.</p>")
    told = shop.run("plan", "--target", "publishdrive/book/faro.epub").ended(0)
    assert "RISK: back to review:" in told.out
    assert "which this plan does not do" in " ".join(told.out.split())
    assert "A change takes a book off sale" not in told.all


def test_a_new_file_of_a_live_book_is_a_risk_too(shop: Trio) -> None:
    files = BOOK["editions"]["epub"]["files"]
    edition = {**BOOK["editions"]["epub"], "external_id": "key-otro", "publish": {"publishdrive": {}}}
    for given in ({"content": files["content"]}, files):
        shop.title({**BOOK, "id": "otro"}, editions={"epub": {**edition, "files": given}})
        for target in ((), ("--target", "publishdrive/file/otro.epub/ebook_cover")) if given is files else ((),):
            told = shop.run("plan", *target).ended(0).out
            assert ("RISK: back to review:" in told) is (given is files)
        shop.run("apply", "--auto-approve").ended(0)
        shop.emulators["publishdrive"].edit("key-otro", status="published")


def test_a_saved_plan_is_refused_for_a_book_that_went_on_sale_since(shop: Trio) -> None:
    shop.emulators["publishdrive"].edit("key-faro", status="draft")
    declared(shop, description="<p>Otra.</p>")
    assert "back to review" not in shop.run("plan", "--out", "saved.json").ended(0).all
    shop.emulators["publishdrive"].edit("key-faro", status="published")
    refused = shop.run("apply", "saved.json").ended(5)
    assert "leaves sale for review: planned no, now yes" in refused.all
    [row] = [row for row in shop.emulators["publishdrive"].rows() if row.get("externalId") == "key-faro"]
    assert row["status"] == "published"


def test_a_service_that_ignores_the_external_id_of_a_create_is_found_out_and_gets_no_second_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in keys().items():
        monkeypatch.setenv(name, value)
    store = PublishdriveSandbox(PublishdriveSwitches(create_external_id="ignored"))
    with trio(tmp_path, others={"publishdrive": store}) as other:
        other.only("publishdrive")
        other.run("apply", "--auto-approve")
        for command in (("plan",), ("apply", "--auto-approve")):
            assert "has no external id for the book" in " ".join(other.run(*command).ended(9).err.split())
        assert len([row for row in store.rows() if "title" in row]) == 1


def test_an_account_says_what_the_cover_of_an_ebook_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in keys().items():
        monkeypatch.setenv(name, value)
    store = PublishdriveSandbox(PublishdriveSwitches(ebook_cover_role="cover"))
    with trio(tmp_path, others={"publishdrive": store}) as other:
        other.only("publishdrive")
        refused = " ".join(other.run("apply", "--auto-approve").ended(6).all.split())
        assert "Invalid file role for this book format." in refused
        project = other.folder / "catalogctl.yaml"
        said = project.read_text(encoding="utf-8").replace(
            "provider: publishdrive\n", "provider: publishdrive\n    ebook_cover_role: cover\n"
        )
        project.write_text(said, encoding="utf-8")
        other.run("apply", "--auto-approve").ended(0)
        other.run("plan", "--detailed-exitcode").ended(0)
        cover = other.folder / "catalog/faro.jpg"
        cover.write_bytes(cover.read_bytes()[:-2] + b"\xff\xfe\x00\x04ab\xff\xd9")
        other.run("apply", "--auto-approve").ended(0)
        other.run("plan", "--detailed-exitcode").ended(0)
