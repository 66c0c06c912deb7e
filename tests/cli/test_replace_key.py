"""A book that is replaced and gets another external id meanwhile: what it had is taken back under the key it had."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostile.trio import BOOK, keys, trio

EPUB = BOOK["editions"]["epub"]


@pytest.mark.usefixtures("piped")
def test_what_is_replaced_is_taken_back_under_the_key_it_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, key in keys().items():
        monkeypatch.setenv(variable, key)
    with trio(tmp_path) as shop:
        shop.only("publishdrive")
        shop.run("apply", "--auto-approve").ended(0)
        only = {"publishdrive": EPUB["publish"]["publishdrive"]}
        shop.title(BOOK, editions={"epub": {**EPUB, "external_id": "key-new", "publish": only}})
        shop.run("apply", "--auto-approve", "--replace", "*/book/*").ended(0)
        (book,) = [row for row in shop.emulators["publishdrive"].rows() if "title" in row]
        assert book["externalId"] == "key-new"
        assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out
