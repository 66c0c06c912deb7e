"""Files named on the command line: a checkout leads nowhere, the person's own links do, and open descriptors are themselves."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from catalogctl.system.safe_folder import UnsafePathError
from catalogctl.system.typed_path import descriptor_of, folder_at, locate, open_typed, read_typed, write_typed


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a project in a folder of it, and the person at work there."""
    project = tmp_path / "checkout" / "project"
    project.mkdir(parents=True)
    (tmp_path / "checkout" / ".git").mkdir()
    (tmp_path / "outside").mkdir()
    monkeypatch.chdir(project)
    return tmp_path / "checkout"


@pytest.mark.parametrize(
    "typed", ["out/file", "./out/file", "../out/file", "{checkout}/out/file", "{checkout}/project/out/file", "{short}/file"]
)
def test_a_link_in_a_checkout_is_not_followed_however_the_path_is_written(checkout: Path, tmp_path: Path, typed: str) -> None:
    for place in (checkout, checkout / "project"):
        (place / "out").symlink_to(tmp_path / "outside")
    (tmp_path / "short").symlink_to(checkout / "project")
    path = typed.format(checkout=checkout, short=tmp_path / "short/out")
    for use in (lambda: write_typed(path, Path(), b"ours"), lambda: read_typed(path, Path(), 10), lambda: open_typed(path, Path())):
        with pytest.raises(UnsafePathError):
            use()
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_link_that_a_person_made_elsewhere_is_followed(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").symlink_to(tmp_path / "outside")
    write_typed(tmp_path / "mine" / "file", checkout / "project", b"ours")
    assert (tmp_path / "outside" / "file").read_bytes() == b"ours"


@pytest.mark.parametrize("target", ["outside/file", "outside/gone", "last"])
def test_the_last_part_is_never_followed(checkout: Path, tmp_path: Path, target: str) -> None:
    (tmp_path / "outside" / "file").write_bytes(b"theirs")
    for last in (tmp_path / "last", checkout / "last"):
        last.symlink_to(tmp_path / target)
        with pytest.raises(UnsafePathError):
            write_typed(last, checkout / "project", b"ours")
    assert (tmp_path / "outside" / "file").read_bytes() == b"theirs"
    assert not (tmp_path / "outside" / "gone").exists()


def test_a_missing_folder_is_not_made(checkout: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_typed("missing/file", checkout, b"ours")
    assert not (checkout / "project" / "missing").exists()
    folder_at("made/deep", checkout, mode=0o755).write("file", b"ours")
    assert (checkout / "project" / "made/deep/file").read_bytes() == b"ours"


def test_a_pipe_is_written_to(checkout: Path, tmp_path: Path) -> None:
    read: list[bytes] = []
    os.mkfifo(tmp_path / "pipe")
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write_typed(tmp_path / "pipe", checkout, b"x" * 200_000)
    reader.join(20)
    assert read == [b"x" * 200_000]


def test_an_open_descriptor_is_written_to_where_it_stands(checkout: Path, tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb", buffering=0) as file:
        file.write(b"before ")
        write_typed(f"/dev/fd/{file.fileno()}", checkout, b"ours")
        file.write(b" after")
    assert (tmp_path / "log").read_bytes() == b"before ours after"
    paths = ("/dev/stdout", "/dev/stderr", "/proc/self/fd/7", "/dev/null", "stdout")
    assert [descriptor_of(path) for path in paths] == [1, 2, 7, None, None]
    write_typed("/dev/null", checkout, b"gone")


def test_a_folder_is_no_file(checkout: Path) -> None:
    with pytest.raises(OSError, match="folder"):
        locate("/", checkout)
    with pytest.raises(UnsafePathError, match="a folder"):
        write_typed(checkout / "project", checkout, b"")
