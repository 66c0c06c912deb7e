"""A PublishDrive book that is on sale, and of which no file says so: a change makes a draft of it, and that is said beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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
