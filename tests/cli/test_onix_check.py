"""`onix check` as it is typed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from feeds import line_of, message, spoilt
from shop import catalogctl


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_sound_file_is_said_to_be_so_with_the_issue_of_the_code_lists(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text(message(), encoding="utf-8")
    ran = catalogctl("onix", "check", "feed.xml").ended(0)
    assert ran.out.startswith("1 product in 1 file of ONIX 3.1, all in order; code lists")
    assert ran.err == ""


def test_problems_are_told_with_file_line_and_caret(tmp_path: Path) -> None:
    feed = message(spoilt("9.99", "9.995"))
    (tmp_path / "feed.xml").write_text(feed, encoding="utf-8")
    ran = catalogctl("onix", "check", "feed.xml").ended(1)
    assert f"error: More digits than the currency has\n  feed.xml:{line_of(feed, '9.995')}:24\n" in ran.err
    assert "^^^^^" in ran.err


def test_the_forms_of_validate_are_those_of_the_check(tmp_path: Path) -> None:
    feed = message(spoilt("The Low Pier<", "The Low Pier <"))
    (tmp_path / "feed.xml").write_text(feed, encoding="utf-8")
    line = line_of(feed, "The Low Pier <")
    [found] = json.loads(catalogctl("onix", "check", "--format", "json", "feed.xml").ended(0).out)
    assert (found["code"], found["severity"], found["file"], found["line"]) == ("onix-title-space", "warning", "feed.xml", line)
    assert f"::warning file=feed.xml,line={line}," in catalogctl("onix", "check", "--format", "github", "feed.xml").ended(0).out
    catalogctl("onix", "check", "--format", "sarif", "--output", "found.sarif", "feed.xml").ended(0)
    [result] = json.loads((tmp_path / "found.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    assert result["ruleId"] == "onix-title-space"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == line


def test_without_the_extra_the_line_that_installs_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "feed.xml").write_text(message(), encoding="utf-8")
    monkeypatch.setitem(sys.modules, "lxml", None)
    told = catalogctl("onix", "check", "feed.xml").ended(1).err
    assert "`onix check` needs the extra `onix`" in told
    assert "-m pip install 'lxml>=6.1,<7' 'onixcheck>=0.9.12,<0.10'" in told


@pytest.mark.parametrize("path", ["no.xml", "/dev/zero"])
def test_what_is_no_file_is_an_error_without_a_traceback(path: str) -> None:
    ran = catalogctl("onix", "check", path)
    assert ran.code in {1, 5}
    assert "Traceback" not in ran.err
    assert ran.err.startswith("error: ")
