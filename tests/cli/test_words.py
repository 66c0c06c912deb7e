"""What attributes are called and hold is reported in a title file's words, on every store and by every command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostile.trio import AUDIOBOOK, BOOK, Trio, keys, trio

pytestmark = pytest.mark.usefixtures("piped")

RAW = re.compile(
    r'\[\d\]\.|\{"|"\]|firstName|Narrated by|narrated by|amount_in_cents|currency_id|^ *(?:name|price|contributor) ', re.MULTILINE
)
"""Shapes and names that only stores and our own code use; no text below has them, but for what is named as a store's word."""
IDS = re.compile(r"order becomes: .*\d{4}|(?:tracks|files) +[+-] \d")
"""Ids in the place of tracks."""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trio]:
    for name, value in keys().items():
        monkeypatch.setenv(name, value)
    with trio(tmp_path) as one:
        one.run("apply", "--auto-approve").ended(0)
        yield one


def edited(shop: Trio) -> None:
    """Change prices, windows, contributors, keywords and the order of tracks in the files."""
    people = [{"name": "Ana Ruiz", "role": "author"}, {"name": "Eva Sol", "role": "narrator"}]
    shop.title(BOOK, contributors=people, editions={"epub": {**BOOK["editions"]["epub"], "prices": {"USD": "10.90", "EUR": "8.50"}}})
    audio = AUDIOBOOK["editions"]["audio"]
    windows = [{"currency": "USD", "amount": "9.00", "starts_at": "2031-05-01", "ends_at": "2031-05-14"}]
    publish = {"store": {"content_api": "v3", "price_windows": windows}, "publishdrive": {}}
    tracks = list(reversed(audio["tracks"]))
    shop.title(AUDIOBOOK, editions={"audio": {**audio, "contributors": people, "publish": publish, "tracks": tracks}})


def meddled(shop: Trio) -> None:
    """Change the same in the stores."""
    drive = shop.emulators["publishdrive"]
    for key in ("key-faro", "key-sal"):
        people = [{"firstName": "Otra", "lastName": "Voz", "role": "Narrated by"}]
        drive.edit(key, contributor=people, price=[{"currency": "USD", "price": 13.5}, {"currency": "EUR", "price": 8.5}])
    shop.sandbox.edit("key-faro", author=["Otra Voz"], amounts_in_cents={"USD": 1350, "EUR": 850})
    shop.sandbox.edit("key-sal", author=["Otra Voz"], amounts_in_cents={"USD": 1350})


def told(text: str) -> None:
    """Hold a text to the words of title files; lines of the files themselves are what they are."""
    ours = re.sub(r"^.*│.*$", "", text, flags=re.MULTILINE)
    assert not RAW.findall(ours)
    assert not IDS.findall(ours)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_plan_its_record_and_its_revert_speak_the_words_of_title_files(shop: Trio, form: str) -> None:
    edited(shop)
    planned = shop.run("plan", "--format", form).ended(0).out
    told(planned)
    assert "Eva Sol (narrator)" in planned
    assert "USD 9.00 from 2031-05-01 to 2031-05-14" in planned
    assert "t2, t1" in re.sub(r"</?ins>", "", planned)
    shop.run("apply", "--auto-approve").ended(0)
    for run in re.findall("^[0-9a-f]{8}", shop.run("history").ended(0).out, re.MULTILINE):
        told(shop.run("history", "show", run).ended(0).out.partition("\nRequests")[0])
    told(shop.run("revert", run_of(shop)).ended(0).out)
    shown = shop.run("state", "show", "*").ended(0).out
    told(shown)
    assert "t2, t1" in shown


def run_of(shop: Trio) -> str:
    return shop.run("history").ended(0).out.splitlines()[1].partition(" ")[0]


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_drift_speaks_the_words_of_title_files(shop: Trio, form: str) -> None:
    meddled(shop)
    drifted = shop.run("drift", "--format", form).ended(2).out
    told(drifted)
    assert "Otra Voz (narrator)" in drifted


def test_what_a_revert_leaves_is_told_in_the_words_of_title_files(shop: Trio) -> None:
    edited(shop)
    shop.run("apply", "--auto-approve").ended(0)
    meddled(shop)
    left = shop.run("revert", run_of(shop)).ended(0)
    told(left.out)
    said = " ".join(left.all.split())
    assert "contributors the run set Ana Ruiz (author), Eva Sol (narrator) now Otra Voz (narrator) before Ana Ruiz (author)" in said
    assert "prices.USD the run set 10.90 now 13.50 before 9.90" in said


def test_what_a_saved_plan_is_refused_for_is_told_in_the_words_of_title_files(shop: Trio) -> None:
    edited(shop)
    shop.run("plan", "--out", "saved.json").ended(0)
    meddled(shop)
    refused = shop.run("apply", "saved.json").ended(5)
    told(refused.err)
    said = " ".join(refused.all.split())
    assert "contributors planned from Ana Ruiz (author) now Otra Voz (narrator) wanted Ana Ruiz (author), Eva Sol (narrator)" in said
    assert "prices.USD planned from 9.90 now 13.50 wanted 10.90" in said
