"""Whatever a checkout puts where a command writes, nothing outside it is written or read: the command refuses (5) and names the path."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

import small
from shop import Ran, Shop

THINGS = ("link", "dangling", "loop", "fifo")
FILES = (
    "state/default.json",
    "state/default.journal",
    "state/default.lock",
    "state/default.lock.json",
    "state/default.lock.token",
    "state/history/default.000001.json",
    ".catalogctl/sandbox/default.second.jsonl",
    ".catalogctl/sandbox/default.second.jsonl.lock",
)
FOLDERS = ("state", "state/history", "state/runs", "public", ".catalogctl", ".catalogctl/sandbox")
OUTPUTS = (
    ("plan", "--out"),
    ("plan", "--output"),
    ("plan", "--format", "json", "--output"),
    ("plan", "--format", "html", "--output"),
    ("plan", "--format", "markdown", "--output"),
    ("plan", "--report", "gitlab-terraform="),
    ("plan", "--json-into"),
    ("drift", "--output"),
    ("validate", "--format", "sarif", "--output"),
)


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that is no part of the project, and must be as it was."""
    place = tmp_path_factory.mktemp("outside")
    (place / "file").write_text("untouched", encoding="utf-8")
    (place / "folder").mkdir()
    (place / "folder" / "old.000001.json").write_text("untouched", encoding="utf-8")
    before = look(place)
    yield place
    assert look(place) == before


def look(place: Path) -> list[tuple[str, int, int, bytes]]:
    found = [(path, path.stat()) for path in sorted(place.rglob("*"))]
    return [(str(path), seen.st_mode, seen.st_mtime_ns, path.read_bytes() if path.is_file() else b"") for path, seen in found]


@pytest.fixture
def checkout(shop: Shop) -> Shop:
    """A project with a file to publish, and an account of the embedded sandbox beside that of a store."""
    shop.project()
    shop.write("catalogctl.yaml", (shop.folder / "catalogctl.yaml").read_text(encoding="utf-8").replace("assets:\n", _SECOND))
    publish: dict[str, object] = {"store": {}, "second": {}}
    shop.title(edition={"files": {"content": "faro.epub"}, "publish": publish})
    (shop.folder / "catalog/faro.epub").write_bytes(small.epub())
    return shop


_SECOND = "  second: {provider: publicala, base_url: sandbox}\nassets:\n"


def put(path: Path, thing: str, target: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    match thing:
        case "link":
            path.symlink_to(target)
        case "dangling":
            path.symlink_to(target.parent / "new")
        case "loop":
            path.symlink_to(path.name)
        case _:
            os.mkfifo(path)


def refused(ran: Ran, path: Path) -> None:
    ran.ended(5)
    assert "A path is not safe to use" in ran.all
    assert "".join(str(path).split()) in "".join(ran.all.split())


@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize("name", FILES)
def test_an_apply_uses_no_file_that_is_none(checkout: Shop, outside: Path, name: str, thing: str) -> None:
    put(checkout.folder / name, thing, outside / "file")
    refused(checkout.run("apply", "--auto-approve"), checkout.folder / name)


@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize("name", FOLDERS)
def test_an_apply_follows_no_link_to_a_folder(checkout: Shop, outside: Path, name: str, thing: str) -> None:
    put(checkout.folder / name, thing, outside / "folder")
    refused(checkout.run("apply", "--auto-approve"), checkout.folder / name)


@pytest.mark.parametrize(
    "name", ["state/default.json.part", "state/.default.json.0123456789abcdef.tmp", ".catalogctl/sandbox/default.second.jsonl.new"]
)
def test_a_link_under_a_name_of_an_unfinished_file_is_left_alone_or_removed(checkout: Shop, outside: Path, name: str) -> None:
    put(checkout.folder / name, "link", outside / "file")
    checkout.run("apply", "--auto-approve").ended(0)


@pytest.mark.parametrize("thing", ["link", "dangling", "loop"])
@pytest.mark.parametrize("where", ["file", "folder"])
@pytest.mark.parametrize("arguments", OUTPUTS, ids=" ".join)
def test_what_is_shown_in_a_file_follows_no_link(checkout: Shop, outside: Path, arguments: tuple[str, ...], where: str, thing: str) -> None:
    path = checkout.folder / "out"
    put(path, thing, outside / where)
    typed = path if where == "file" else path / "file.txt"
    *command, last = arguments
    given = [f"{last}{typed}"] if last.endswith("=") else [last, str(typed)]
    refused(checkout.run(*command, *given), path)


@pytest.mark.parametrize("thing", ["link", "dangling", "loop"])
@pytest.mark.parametrize("name", ["schemas", "catalog", ".gitignore", ".vscode"])
def test_a_new_project_follows_no_link(shop: Shop, outside: Path, name: str, thing: str) -> None:
    (shop.folder / "new").mkdir()
    put(shop.folder / "new" / name, thing, outside / "folder")
    ran = shop.run("init", "new")
    if name == ".gitignore":
        assert ran.code in {0, 5}, "a file that is there is left as it is"
    else:
        refused(ran, shop.folder / "new" / name)


@pytest.mark.parametrize("thing", ["link", "dangling", "loop", "fifo"])
def test_schemas_are_written_through_no_link(checkout: Shop, outside: Path, thing: str) -> None:
    put(checkout.folder / "schemas", thing, outside / "folder")
    refused(checkout.run("schema", "--write", str(checkout.folder / "schemas")), checkout.folder / "schemas")


def test_schemas_are_written_over_no_link(checkout: Shop, outside: Path) -> None:
    put(checkout.folder / "schemas/title.schema.json", "link", outside / "file")
    refused(checkout.run("schema", "--write", str(checkout.folder / "schemas")), checkout.folder / "schemas/title.schema.json")


@pytest.mark.parametrize("command", [("apply",), ("show",), ("state", "push"), ("plan", "--state")], ids=" ".join)
def test_what_a_command_reads_is_no_link_of_the_checkout(checkout: Shop, outside: Path, command: tuple[str, ...]) -> None:
    put(checkout.folder / "plan.bin", "link", outside / "file")
    refused(checkout.run(*command, str(checkout.folder / "plan.bin")), checkout.folder / "plan.bin")


def test_an_earlier_state_is_listed_and_removed_through_no_link(checkout: Shop, outside: Path) -> None:
    put(checkout.folder / "state/history", "link", outside / "folder")
    for command in (("state", "history"), ("state", "pull", "--serial", "1")):
        ran = checkout.run(*command)
        if ran.code != 1:  # an option that the command does not have
            refused(ran, checkout.folder / "state/history")


def test_files_have_the_modes_that_their_readers_need(checkout: Shop) -> None:
    old = os.umask(0o022)
    try:
        checkout.run("apply", "--auto-approve").ended(0)
        checkout.run("plan", "--out", str(checkout.folder / "plan.bin"), "--output", str(checkout.folder / "plan.txt")).ended(0)
        checkout.run("schema", "--write", str(checkout.folder / "schemas")).ended(0)
    finally:
        os.umask(old)
    for path in checkout.folder.rglob("*"):
        if path.is_file() and path.relative_to(checkout.folder).parts[0] not in {"catalog", "catalogctl.yaml"}:
            is_public = path.relative_to(checkout.folder).parts[0] in {"public", "schemas", "plan.txt"}
            assert stat.S_IMODE(path.stat().st_mode) == (0o644 if is_public else 0o600), path


def test_nothing_is_left_beside_what_was_written(checkout: Shop) -> None:
    checkout.run("apply", "--auto-approve").ended(0)
    assert [path for path in checkout.folder.rglob("*") if path.name.endswith((".tmp", ".part", ".new"))] == []
