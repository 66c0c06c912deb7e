"""drift --write and plan --accept: what a store has becomes what the files say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogctl.providers.publicala.sandbox import PublicalaSandbox, PublicalaSwitches
from catalogctl.sandbox import SandboxServer
from hostile.trio import keys, trio
from shop import TOKEN, Shop


@pytest.fixture
def drifted(shop: Shop) -> Shop:
    shop.project()
    shop.title("faro")
    shop.title("luz")
    shop.run("apply", "--auto-approve").ended(0)
    shop.sandbox.edit("key-faro", name="OFERTA")
    shop.sandbox.edit("key-luz", name="Nueva luz")
    return shop


def title(shop: Shop, name: str) -> str:
    said: str = json.loads((shop.folder / f"catalog/{name}.json").read_text(encoding="utf-8"))["title"]
    return said


def test_drift_is_written_into_the_files_and_then_there_is_none(drifted: Shop) -> None:
    shown = drifted.run("drift", "--write").ended(1)
    assert '+ "title": "OFERTA"' in shown.out
    assert "--yes" in shown.err
    assert title(drifted, "faro") == "El faro"
    done = drifted.run("drift", "--write", "--yes").ended(0)
    assert "2 values of the stores in 2 files changed" in done.out
    assert (title(drifted, "faro"), title(drifted, "luz")) == ("OFERTA", "Nueva luz")
    assert "No changes" in drifted.run("plan").ended(0).out
    drifted.run("fmt", "--diff").ended(1)  # the files were not in the one layout, and are not now


def test_one_address_is_accepted(drifted: Shop) -> None:
    drifted.run("plan", "--accept", "store/content/luz.epub", "--yes").ended(0)
    assert (title(drifted, "faro"), title(drifted, "luz")) == ("El faro", "Nueva luz")
    assert "selects nothing" in drifted.run("plan", "--accept", "store/content/nada.epub", "--yes").ended(1).err


def test_address_takes_what_the_store_has_where_only_the_files_changed(shop: Shop) -> None:
    shop.project()
    for name in ("faro", "luz"):
        shop.title(name, edition={"prices": {"USD": "9.75"}})
    shop.run("apply", "--auto-approve").ended(0)
    for name in ("faro", "luz"):
        shop.title(name, title="Otra cosa", edition={"prices": {"USD": "14.90", "EUR": "12.90"}})
    assert "Nothing has drifted" in shop.run("drift", "--write", "--yes").ended(0).out
    shop.run("plan", "--accept", "store/content/faro.epub", "--yes").ended(0)
    said = json.loads((shop.folder / "catalog/faro.json").read_text(encoding="utf-8"))
    assert (said["title"], said["editions"]["epub"]["prices"]) == ("El faro", {"USD": "9.75"})
    assert title(shop, "luz") == "Otra cosa"
    assert "No changes" in shop.run("plan", "--target", "faro").ended(0).out


def test_what_the_files_say_already_is_not_written_twice(drifted: Shop) -> None:
    drifted.run("drift", "--write", "--yes").ended(0)
    assert "the files say so already" in drifted.run("drift", "--write", "--yes").ended(0).out
    drifted.run("apply", "--auto-approve").ended(0)
    assert "Nothing has drifted" in drifted.run("drift", "--write", "--yes").ended(0).out


def test_what_is_gone_is_told_and_not_taken(drifted: Shop) -> None:
    drifted.sandbox.remove("key-luz")
    done = drifted.run("drift", "--write", "--yes").ended(2)
    assert "is gone from the store" in " ".join(done.out.split())
    assert "Not taken into the files: 1 value" in done.out
    assert title(drifted, "faro") == "OFERTA"


def test_what_one_of_two_stores_has_is_said_to_that_account_alone(shop: Shop) -> None:
    shop.project()
    text = (shop.folder / "catalogctl.yaml").read_text(encoding="utf-8")
    second = text.partition("  store:\n")[2].partition("assets:")[0].replace(shop.url, "sandbox")
    shop.write("catalogctl.yaml", text.replace("assets:", f"  other:\n{second}assets:", 1))
    shop.title("faro", edition={"publish": {"store": {}, "other": {}}})
    shop.run("apply", "--auto-approve").ended(0)
    shop.sandbox.edit("key-faro", name="OFERTA")
    shop.run("drift", "--write", "--yes").ended(0)
    said = json.loads((shop.folder / "catalog/faro.json").read_text(encoding="utf-8"))
    assert said["title"] == "El faro"
    assert said["editions"]["epub"]["publish"] == {"store": {"title": "OFERTA"}, "other": {}}
    assert "No changes" in shop.run("plan").ended(0).out


@pytest.fixture
def other(shop: Shop) -> Iterator[PublicalaSandbox]:
    """A second store, account `other`."""
    sandbox = PublicalaSandbox(PublicalaSwitches(v3_docs="A", conversion_steps=()), token=TOKEN)
    with SandboxServer({"publicala": sandbox}) as server:
        shop.project()
        text = (shop.folder / "catalogctl.yaml").read_text(encoding="utf-8")
        second = text.partition("  store:\n")[2].partition("assets:")[0].replace(shop.url, server.url("publicala"))
        shop.write("catalogctl.yaml", text.replace("assets:", f"  other:\n{second}assets:", 1))
        yield sandbox


TWO = """\
kind: title
id: faro
title: &name El faro  # as on the cover
original_title: *name
language: es
contributors: [{name: Ana Ruiz, role: author}]
publication_date: 2021-03-04
editions:
  epub:
    format: epub
    external_id: key-faro
    prices: &usd {USD: 9.90}
    files: {content: "https://files.example.com/faro.epub"}
    publish: {store: {}, other: {}}
  pdf:
    format: pdf
    external_id: key-pdf
    prices: *usd
    files: {content: "https://files.example.com/faro.pdf"}
    publish: {store: {}, other: {}}
"""


def both(shop: Shop, other: PublicalaSandbox, name: str) -> None:
    shop.write("catalog/faro.yaml", TWO)
    shop.run("apply", "--auto-approve").ended(0)
    for sandbox in (shop.sandbox, other):
        for key in ("key-faro", "key-pdf"):
            sandbox.edit(key, name=name)


def test_what_all_stores_have_is_said_once_where_it_is_said(shop: Shop, other: PublicalaSandbox) -> None:
    both(shop, other, "OFERTA")
    shop.run("drift", "--write", "--yes").ended(0)
    # The repetition in the way is written out, and no other one.
    expected = TWO.replace("title: &name El faro", "title: OFERTA", 1).replace("original_title: *name", "original_title: El faro")
    assert (shop.folder / "catalog/faro.yaml").read_text(encoding="utf-8") == expected
    assert "No changes" in shop.run("plan").ended(0).out


def test_what_stores_have_otherwise_than_each_other_is_said_to_each(shop: Shop, other: PublicalaSandbox) -> None:
    both(shop, other, "OFERTA")
    other.edit("key-pdf", name="Rebajas")
    shop.run("drift", "--write", "--yes").ended(0)
    said = (shop.folder / "catalog/faro.yaml").read_text(encoding="utf-8")
    assert "title: &name El faro  # as on the cover" in said
    assert "publish: {store: {title: OFERTA}, other: {title: Rebajas}}" in said
    assert "No changes" in shop.run("plan").ended(0).out


def test_what_no_file_can_say_is_left_out_and_the_rest_is_written(shop: Shop, other: PublicalaSandbox) -> None:
    both(shop, other, "OFERTA")
    shop.title("luz")
    shop.run("apply", "--auto-approve", "--target", "*/luz.*").ended(0)
    shop.sandbox.edit("key-luz", name="LUZ", lang="qq")
    done = shop.run("drift", "--write", "--yes").ended(2)
    assert "store/content/luz.epub lang: the files cannot say it" in " ".join(done.out.split())
    assert title(shop, "luz") == "LUZ"
    assert "title: OFERTA" in (shop.folder / "catalog/faro.yaml").read_text(encoding="utf-8")
    shop.run("plan", "--accept", "store/content/luz.epub", "--yes").ended(1)


@pytest.mark.usefixtures("piped")
def test_what_three_stores_have_is_written_where_each_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, key in keys().items():
        monkeypatch.setenv(variable, key)
    with trio(tmp_path) as shop:
        shop.run("apply", "--auto-approve").ended(0)
        shop.sandbox.edit("key-faro", name="OFERTA", prices={"USD": "4.00", "EUR": "8.50"})
        shop.emulators["publishdrive"].edit("key-faro", title="OFERTA")
        shop.emulators["openpublishing"].edit("9781496822482", enabled=False, channels={"kobo": False})
        shop.run("drift", "--write", "--yes").ended(0)
        said = json.loads((tmp_path / "catalog/faro.json").read_text(encoding="utf-8"))
        epub = said["editions"]["epub"]
        assert said["title"] == "OFERTA"
        assert (epub["prices"], epub["publish"]["store"]["prices"]) == ({"USD": "9.90", "EUR": "8.50"}, {"USD": 4.00})
        assert epub["publish"]["openpub"]["distribution"] == {"enabled": False, "channels": {"kobo": False}}
        assert "No changes" in shop.run("plan").ended(0).out
