"""fmt: files in the one layout, written, checked or shown."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from shop import Shop

UNTIDY = "id:   faro\nkind: title # the kind\ntitle: Faro\n"
TIDY = "kind: title # the kind\nid: faro\ntitle: Faro\n"


def test_files_are_written_and_then_are_as_they_should_be(shop: Shop) -> None:
    shop.project()
    file = shop.write("catalog/deep/faro.yaml", UNTIDY)
    file.chmod(0o600)
    assert "Would lay out catalog/deep/faro.yaml" in shop.run("fmt", "--check").ended(1).out
    assert file.read_text() == UNTIDY
    done = shop.run("fmt").ended(0)
    assert done.out == "Laid out catalog/deep/faro.yaml\n"
    assert file.read_text() == TIDY
    assert file.stat().st_mode & 0o777 == 0o600
    assert shop.run("fmt", "--check").ended(0).out == ""
    assert shop.run("fmt", "--check").ended(0).err.endswith("2 files already in the one layout.\n")  # from the cache


def test_a_difference_is_shown_and_nothing_is_written(shop: Shop) -> None:
    shop.project()
    shop.write("catalog/faro.yaml", UNTIDY)
    shown = shop.run("fmt", "--diff", "catalog").ended(1).out
    assert shown.startswith("--- a/catalog/faro.yaml\n+++ b/catalog/faro.yaml\n")
    assert "-id:   faro\n" in shown
    assert "+id: faro\n" in shown
    assert (shop.folder / "catalog/faro.yaml").read_text() == UNTIDY


def test_a_broken_file_is_told_and_the_others_are_written(shop: Shop) -> None:
    shop.project()
    shop.write("catalog/a.yaml", "kind: [title\n")
    shop.write("catalog/b.yaml", UNTIDY)
    done = shop.run("fmt").ended(1)
    assert "catalog/a.yaml:" in done.err
    assert (shop.folder / "catalog/b.yaml").read_text() == TIDY
    assert (shop.folder / "catalog/a.yaml").read_text() == "kind: [title\n"


def test_a_file_outside_any_project_is_laid_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shop: Shop) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.yaml").write_text(UNTIDY)
    monkeypatch.chdir(elsewhere)
    shop.run("fmt", str(elsewhere / "a.yaml")).ended(0)
    assert (elsewhere / "a.yaml").read_text() == TIDY


def test_stdin_is_written_to_stdout(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    cases: list[tuple[str, tuple[str, ...], int, str]] = [
        (UNTIDY, (), 0, TIDY),
        (UNTIDY, ("--check",), 1, ""),
        (TIDY, ("--check",), 0, ""),
        ('{ "a":1}', (), 0, '{"a": 1}\n'),
    ]
    for said, arguments, code, out in cases:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(said.encode())))
        assert shop.run("fmt", "-", *arguments).ended(code).out == out
    assert "stdin is one file" in shop.run("fmt", "-", "catalog").ended(1).err


@pytest.mark.skipif(os.name != "posix", reason="links of another kind")
def test_a_link_is_not_written_through(shop: Shop) -> None:
    shop.project()
    shop.write("real.yaml", UNTIDY)
    (shop.folder / "catalog/faro.yaml").symlink_to("../real.yaml")
    assert "a symbolic link" in shop.run("fmt").ended(1).err
    assert (shop.folder / "real.yaml").read_text() == UNTIDY


def test_a_file_that_is_not_there_is_told(shop: Shop) -> None:
    shop.project()
    assert "nowhere.yaml" in shop.run("fmt", "nowhere.yaml").ended(1).err


def test_a_known_catalog_is_known_by_its_bytes_alone(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.project()
    shop.write("catalog/deep/faro.yaml", TIDY)
    shop.run("fmt", "--check").ended(0)
    with monkeypatch.context() as patch:
        patch.delattr("catalogctl.editing.unformatted.unformatted")
        assert shop.run("fmt", "--check").ended(0).err.endswith("2 files already in the one layout.\n")
    file = shop.write("catalog/new.yaml", UNTIDY)
    assert shop.run("fmt", "--check").ended(1).out == "Would lay out catalog/new.yaml\n"
    file.unlink()
    shop.write("catalog/deep/faro.yaml", UNTIDY)
    assert shop.run("fmt", "--check").ended(1).out == "Would lay out catalog/deep/faro.yaml\n"


def test_a_known_catalog_with_a_link_out_of_it_is_refused(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    shop.project()
    shop.write("catalog/faro.yaml", TIDY)
    shop.run("fmt", "--check").ended(0)
    stranger = tmp_path_factory.mktemp("elsewhere") / "stranger.yaml"
    stranger.write_text(TIDY)
    (shop.folder / "catalog/link.yaml").symlink_to(stranger)
    assert "Link out of the project" in shop.run("fmt", "--check").ended(1).err


def test_each_environment_is_known_with_its_own_folders(shop: Shop) -> None:
    shop.project()
    with (shop.folder / "catalogctl.yaml").open("a") as file:
        file.write("environments:\n  other:\n    catalog: [others/]\n")
    shop.run("fmt")
    shop.write("catalog/faro.yaml", TIDY)
    other = shop.write("others/faro.yaml", UNTIDY)
    for _ in range(2):
        shop.run("fmt", "--check").ended(0)
        assert shop.run("--env", "other", "fmt", "--check").ended(1).out == "Would lay out others/faro.yaml\n"
    other.write_text(TIDY)
    for _ in range(2):
        shop.run("--env", "other", "fmt", "--check").ended(0)
    (shop.folder / "catalogctl.yaml").write_text("version: [1\n")
    shop.run("--env", "other", "fmt", "--check").ended(1)
