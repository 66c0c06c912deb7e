"""Files are written whole or not at all, below their root, and through no link; each operation × each thing in the way."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalogctl.system import safe_folder
from catalogctl.system.safe_folder import PRIVATE, PUBLIC, PUBLIC_FOLDER, SafeFolder, UnsafePathError

OPERATIONS: dict[str, Callable[[SafeFolder], object]] = {
    "write": lambda folder: folder.write("file", b"ours"),
    "write_new": lambda folder: folder.write_new("file", b"ours"),
    "append": lambda folder: folder.append("file", b"ours"),
    "append_durably": lambda folder: folder.append_durably("file", b"ours"),
    "cut": lambda folder: folder.cut("file", 0),
    "continue_at": lambda folder: folder.continue_at("file", 0, b"ours"),
    "open_new": lambda folder: os.close(folder.open_new("file")),
    "make_file": lambda folder: folder.make_file("file"),
    "touch": lambda folder: folder.touch("file"),
    "read": lambda folder: folder.read("file", 100),
    "status": lambda folder: folder.status("file"),
    "rename": lambda folder: folder.rename("file", "other"),
}


@pytest.fixture(params=["by descriptor", "by path"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to reach a file: that of systems with open folders, and that of Windows."""
    if request.param == "by path":
        monkeypatch.setattr(safe_folder, "_BY_DESCRIPTOR", False)
    return str(request.param)


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    """A folder with a file, neither of which may change."""
    place = tmp_path / "outside"
    place.mkdir()
    (place / "file").write_bytes(b"theirs")
    os.utime(place / "file", (1, 1))
    yield place
    assert [path.name for path in place.iterdir()] == ["file"]
    assert (place / "file").read_bytes() == b"theirs"
    assert (place / "file").stat().st_mtime == 1


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "in").mkdir(parents=True)
    return folder


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("thing", ["link", "link within", "dangling", "loop", "folder", "fifo"])
def test_nothing_but_a_regular_file_is_used(root: Path, outside: Path, operation: str, thing: str) -> None:
    path = root / "in" / "file"
    (root / "in" / "real").write_bytes(b"kept")
    match thing:
        case "link":
            path.symlink_to(outside / "file")
        case "link within":
            path.symlink_to("real")
        case "dangling":
            path.symlink_to(outside / "new")
        case "loop":
            path.symlink_to("file")
        case "folder":
            path.mkdir()
        case _:
            os.mkfifo(path)
    with pytest.raises(UnsafePathError) as refused:
        OPERATIONS[operation](SafeFolder(root, "in"))
    assert refused.value.filename == str(path)
    assert (root / "in" / "real").read_bytes() == b"kept"
    assert sorted(os.listdir(root / "in")) == ["file", "real"]  # noqa: PTH208 -- hidden files as well


@pytest.mark.usefixtures("way", "outside")
@pytest.mark.parametrize("operation", [*OPERATIONS, "remove", "names", "make"])
@pytest.mark.parametrize("thing", ["link", "link within", "dangling", "loop", "file"])
@pytest.mark.parametrize("depth", [0, 1])
def test_no_folder_below_the_root_is_a_link(root: Path, tmp_path: Path, operation: str, thing: str, depth: int) -> None:
    path = root / ["first", "first/second"][depth]
    path.parent.mkdir(exist_ok=True)
    if thing == "file":
        path.write_bytes(b"")
    else:
        path.symlink_to({"link": tmp_path / "outside", "link within": root / "in", "dangling": root / "gone", "loop": path}[thing])
    more: dict[str, Callable[[SafeFolder], object]] = {
        "remove": lambda folder: folder.remove("file"),
        "names": lambda folder: folder.names(),
        "make": lambda folder: folder.make(),
    }
    with pytest.raises(UnsafePathError) as refused:
        (OPERATIONS | more)[operation](SafeFolder(root, *["first", "first/second"][depth].split("/"), "third"))
    assert refused.value.filename == str(path)
    assert not (root / "gone").exists()


@pytest.mark.usefixtures("way")
def test_the_root_itself_may_be_reached_through_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "short").symlink_to(root)
    SafeFolder(tmp_path / "short", "in").write("file", b"ours")
    assert (root / "in" / "file").read_bytes() == b"ours"


@pytest.mark.usefixtures("way")
def test_a_hard_link_is_replaced_and_what_it_shares_is_untouched(root: Path, outside: Path) -> None:
    (root / "in" / "file").hardlink_to(outside / "file")
    SafeFolder(root, "in").write("file", b"ours")
    assert (root / "in" / "file").read_bytes() == b"ours"


@pytest.mark.usefixtures("way")
def test_modes_are_what_was_asked_for_whatever_was_there(root: Path) -> None:
    folder = SafeFolder(root, "new", "deep", mode=PUBLIC_FOLDER)
    for mode in (PUBLIC, PRIVATE, PUBLIC):
        folder.write("file", b"", mode)
        assert stat.S_IMODE((root / "new/deep/file").stat().st_mode) == mode
    assert stat.S_IMODE((root / "new").stat().st_mode) == PUBLIC_FOLDER


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()], ids=["full", "interrupted"])
def test_what_is_cut_off_leaves_the_old_file_and_nothing_else(
    root: Path, monkeypatch: pytest.MonkeyPatch, call: str, failure: BaseException
) -> None:
    folder = SafeFolder(root, "in")
    folder.write("file", b"before")

    def fail(*_: object, **__: object) -> None:
        raise failure

    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        with pytest.raises(type(failure)) as told:
            folder.write("file", b"after")
    assert os.listdir(root / "in") == ["file"]  # noqa: PTH208 -- hidden files as well
    assert folder.read("file", 100) == b"before"
    if isinstance(told.value, OSError):
        assert told.value.filename == str(root / "in" / "file"), "what was asked for, and not the file on its way there"


@pytest.mark.usefixtures("way")
def test_a_new_file_takes_no_other_ones_place(root: Path) -> None:
    folder = SafeFolder(root, "in")
    folder.write_new("file", b"first")
    with pytest.raises(FileExistsError):
        folder.write_new("file", b"second")
    assert folder.read("file", 100) == b"first"
    assert folder.names() == ["file"]


def test_a_file_that_was_put_in_the_place_of_a_journal_gets_nothing(root: Path) -> None:
    folder = SafeFolder(root)
    ours = folder.write("journal", b"ours\n")
    folder.append_durably("journal", b"more\n", ours)
    folder.write("journal", b"theirs\n")
    with pytest.raises(OSError, match="another file") as refused:
        folder.append_durably("journal", b"lost\n", ours)
    assert refused.value.errno == errno.ESTALE
    assert folder.read("journal", 100) == b"theirs\n"


def test_pieces_are_written_one_by_one(root: Path) -> None:
    SafeFolder(root).write("file", (b"%d," % number for number in range(5)))
    assert (root / "file").read_bytes() == b"0,1,2,3,4,"


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "../a", "/etc/passwd", "a\0b"])
def test_a_name_is_that_of_one_file(root: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not the name of one file"):
        SafeFolder(root).write(name, b"")
    with pytest.raises(ValueError, match="not the name of one file"):
        SafeFolder(root, name)


@pytest.mark.parametrize("path", ["..", "../a", "a/../../b", "/etc"])
def test_a_folder_below_a_root_is_below_it(root: Path, path: str) -> None:
    with pytest.raises(ValueError, match="is not below"):
        SafeFolder.below(root, path)
    assert SafeFolder.within([root], root / path) is None


def test_names_of_any_length_and_script_can_be_written(root: Path) -> None:
    for name in ("本" * 85, "a" * 255, "é.html"):
        SafeFolder(root).write(name, b"x")
        assert (root / name).read_bytes() == b"x"
