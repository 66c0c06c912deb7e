"""No line is wider than the terminal, whatever letters a title has and whichever command shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogctl.view.paint.layout import cells
from hostile.trio import AUDIOBOOK, BOOK, Trio, keys, trio
from shop import catalogctl

pytestmark = pytest.mark.usefixtures("piped")

WIDE = {
    "double width": "字" * 40,
    "marks": "e\u0301o\u0308\u0323" * 30,
    "emoji": "👩\u200d👩\u200d👧🇺🇾🏳\ufe0f\u200d🌈👍🏽1\ufe0f\u20e3" * 8,
    "jamo": "\u1112\u1161\u11ab" * 30,
    "vowel signs": "हिन्दी क्षत्रिय " * 12,
    "one word": "W" * 150,
    "escapes": "⺀000\u200d字" * 8,
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trio]:
    for name, value in keys().items():
        monkeypatch.setenv(name, value)
    with trio(tmp_path) as one:
        yield one


def declared(shop: Trio, text: str, price: str) -> None:
    people = [{"name": f"{text[:60]} {price}", "role": role} for role in ("author", "narrator")]
    said = {"title": text, "contributors": people, "keywords": [text[:90], price], "description": f"{text} {price}"}
    epub, audio = BOOK["editions"]["epub"], AUDIOBOOK["editions"]["audio"]
    shop.title(BOOK, editions={"epub": {**epub, "prices": {"USD": price}}}, **said)
    tracks = [{**track, "title": f"{text[:90]} {number} {price}"} for number, track in enumerate(audio["tracks"])]
    shop.title(AUDIOBOOK, editions={"audio": {**audio, "contributors": people, "tracks": tracks}}, **said)


@pytest.mark.parametrize("text", WIDE.values(), ids=WIDE.keys())
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_command_writes_a_line_that_is_wider_than_asked(shop: Trio, width: int, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))

    def shown(*command: str) -> str:
        ran = shop.run(*command)
        assert ran.code in {0, 2}, ran.all
        # Commands and addresses are there to be copied, and stay whole.
        told = [line for line in (ran.out + ran.err).splitlines() if not line.strip().startswith("catalogctl ") and "://" not in line]
        assert [line for line in told if cells(line) > width] == [], command
        return ran.out

    declared(shop, text, "9.90")
    for command in (["validate"], ["plan"], ["apply", "--auto-approve"]):
        shown(*command)
    for command in (["list"], ["list", "--columns", "name,keywords,title,path"], ["explain", str(BOOK["id"])], ["report"]):
        shown(*command)
    [run] = re.findall("^[0-9a-f]{8}", shop.run("history").out, re.MULTILINE)
    declared(shop, text, "9.95")
    for key, emulator in (("key-faro", "publishdrive"), ("key-sal", "publishdrive")):
        shop.emulators[emulator].edit(key, title=f"{text} otra")
    for command in (["drift"], ["plan"], ["history"], ["history", "show", "RUN"], ["revert", "RUN"], ["state", "show", "*"], ["providers"]):
        shown(*(run if part == "RUN" else part for part in command))


@pytest.mark.parametrize("typed", ["plan --allow deletes", "schema titles", "completion csh", "plan --taget x", "apply nope", "state mv a"])
@pytest.mark.parametrize("width", [40, 60])
def test_what_is_wrong_with_a_command_line_keeps_to_the_width(typed: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    ran = catalogctl(*typed.split())
    assert ran.code == 1
    assert [line for line in ran.err.splitlines() if cells(line) > width] == []
