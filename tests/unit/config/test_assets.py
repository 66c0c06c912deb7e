import hashlib
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

import small
from catalogctl.config.assets import Mention, MentionedFile, Use, find, sniff
from catalogctl.config.cache import NO_CACHE, Cache, FileStamp, Sum, open_cache

EPUB = small.epub()
ZIP = b"PK\x03\x04" + bytes(60)


def look(root: Path, written: str, use: Use = Use.EPUB, folder: str = "catalog", cache: Cache = NO_CACHE) -> MentionedFile:
    mention = Mention(folder, written, use)
    return find(str(root), [mention], cache)[mention]


def flaw(root: Path, written: str, use: Use = Use.EPUB) -> str:
    found = look(root, written, use)
    assert found.flaw is not None
    return found.flaw.code


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a project in a folder that has a file beside it."""
    (tmp_path / "outside.epub").write_bytes(EPUB)
    folder = tmp_path.resolve() / "project"
    (folder / "catalog/assets").mkdir(parents=True)
    (folder / "catalog/assets/a.epub").write_bytes(EPUB)
    return folder


def test_a_file_is_known_by_its_digest_and_named_from_the_project_folder(root: Path) -> None:
    found = look(root, "assets/a.epub")
    assert found.flaw is None
    assert found.asset is not None
    assert found.asset.location == "catalog/assets/a.epub"
    assert found.asset.size == len(EPUB)
    assert found.asset == look(root, "../assets/./a.epub", folder="catalog/assets").asset


@pytest.mark.parametrize("written", ["../../outside.epub", "/etc/passwd", "~/a.epub", "../..", "assets/../../../outside.epub"])
def test_a_path_out_of_the_project_is_refused(root: Path, written: str) -> None:
    assert flaw(root, written) == "asset-outside"


def test_a_link_out_of_the_project_is_refused_and_one_inside_is_followed(root: Path) -> None:
    (root / "catalog/file.epub").symlink_to(root.parent / "outside.epub")
    (root / "catalog/folder").symlink_to(root.parent)
    (root / "catalog/inside.epub").symlink_to(root / "catalog/assets/a.epub")
    assert flaw(root, "file.epub") == "asset-outside"
    assert flaw(root, "folder/outside.epub") == "asset-outside"
    assert look(root, "inside.epub").flaw is None


def test_what_is_no_file_with_bytes_in_it_is_told(root: Path) -> None:
    (root / "catalog/empty.epub").write_bytes(b"")
    os.mkfifo(root / "catalog/pipe.epub")
    (root / "catalog/gone.epub").symlink_to(root / "nowhere")
    assert flaw(root, "assets") == "asset-folder"
    assert flaw(root, "empty.epub") == "asset-empty"
    assert flaw(root, "pipe.epub") == "asset-device"
    assert flaw(root, "gone.epub") == "asset-missing"
    assert flaw(root, "assets\\a.epub") == "asset-path"
    assert flaw(root, "assets/a\0.epub") == "asset-path"
    assert flaw(root, "assets/a\0b/a.epub") == "asset-path"
    assert flaw(root, "x" * 300) == "asset-unreadable"


def test_a_missing_file_gets_the_nearest_name(root: Path) -> None:
    found = look(root, "assets/b.epub")
    assert found.flaw is not None
    assert (found.flaw.code, found.flaw.hint) == ("asset-missing", "Did you mean assets/a.epub?")


def test_a_file_whose_name_differs_in_case_or_in_unicode_form_is_named(root: Path) -> None:
    assert hint_of(root, "assets/A.EPUB") == "Write assets/a.epub\nOr rename the file."
    assert hint_of(root, "Assets/a.epub") == "Write assets/a.epub\nOr rename the file."
    (root / "catalog/assets/canci\u00f3n.epub").write_bytes(EPUB)
    found = look(root, "assets/cancio\u0301n.epub").flaw
    assert found is not None
    assert "the file's is NFC, the path's is NFD" in found.detail
    assert found.hint == "Write assets/canci\u00f3n.epub\nOr rename the file."
    (root / "catalog/assets/a\u0308.epub").write_bytes(EPUB)
    assert hint_of(root, "assets/\u00e4.epub") == "Write assets/a\u0308.epub\nOr rename the file."


def hint_of(root: Path, written: str) -> str:
    found = look(root, written).flaw
    assert found is not None
    return found.hint


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.example.com/a.epub",
        "https:///a.epub",
        "ftp://x/a",
        "https://u:p@x.example/a",
        "https://x/a b",
        "https://x:y/",
        "file:///a",
        "https://\0h/x",
        "https://h/\0",
        "https://h/\x1b[31m",
        "https://h x/a",
        "https://<h>/x",
        "https://a..b/x",
        "https://ex%41mple.com/x",
        "https://h\\x/y",
        f"https://{'h' * 300}/x",
    ],
)
def test_a_url_is_https_and_names_a_host(root: Path, url: str) -> None:
    assert flaw(root, url) == "asset-url"


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.example.com/a%20(1).mp3?sig=1",
        "http://127.0.0.1:8080/a.epub",
        "http://localhost/a",
        "https://bücher.example/ä",
        "https://[2001:db8::1]/a",
    ],
)
def test_a_good_url_is_kept_as_it_is_written(root: Path, url: str) -> None:
    found = look(root, url)
    assert found.asset is not None
    assert (found.flaw, found.asset.location, found.asset.sha256) == (None, url, "")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (EPUB, "epub"),
        (ZIP, "zip"),
        (b"%PDF-1.7\n", "pdf"),
        (b"\x00junk before\n%PDF-1.4", "pdf"),
        (b"ID3\x04\x00", "mp3"),
        (b"\xff\xfb\x90\x00", "mp3"),
        (b"\xff\xf3\x44\xc4", "mp3"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "wav"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
        (b"\x00\x00\x00\x20ftypM4A ", "mp4"),
        (b"  <!DOCTYPE html>", "html"),
        (b"version https://git-lfs.github.com/spec/v1\n", "lfs"),
        (b"\xff\xff\xff\xff", ""),
        (b"\xff", ""),
        (b"plain text", ""),
        (b"", ""),
        (bytes(1024), "blank"),
        (bytes(1023) + b"x", ""),
    ],
)
def test_a_file_is_what_its_first_bytes_say(head: bytes, kind: str) -> None:
    assert sniff(head) == kind


@pytest.mark.parametrize(
    ("content", "use", "severity"),
    [
        (EPUB, Use.EPUB, None),
        (EPUB, Use.PDF, "error"),
        (ZIP, Use.EPUB, "warning"),
        (ZIP, Use.PDF, "error"),
        (b"no idea", Use.AUDIO, "warning"),
        (small.jpeg(), Use.COVER, None),
        (small.png(), Use.COVER, None),
        (small.pdf(), Use.PDF, None),
        (small.mp3(), Use.AUDIO, None),
        (EPUB[:-30], Use.EPUB, "error"),
        (EPUB[:-30], Use.ANY, "error"),
        (small.jpeg()[:-2], Use.COVER, "error"),
        (b"GIF89a", Use.COVER, "error"),
        (b"<html>", Use.EPUB, "error"),
        (bytes(2048), Use.EPUB, "error"),
        (bytes(2048), Use.AUDIO, "error"),
        (bytes(2048), Use.ANY, None),
    ],
)
def test_a_file_of_another_kind_is_an_error_and_one_of_no_known_kind_a_warning(
    root: Path, content: bytes, use: Use, severity: str | None
) -> None:
    (root / "catalog/file").write_bytes(content)
    found = look(root, "file", use)
    assert (found.flaw.severity if found.flaw else None) == severity
    assert (found.asset is None) == (severity == "error" and found.flaw is not None and found.flaw.code != "asset-damaged")


def test_a_file_is_read_to_its_end_where_one_of_those_that_mention_it_can_use_it(root: Path) -> None:
    wrong, right = Mention("catalog", "assets/a.epub", Use.PDF), Mention("catalog", "assets/a.epub", Use.EPUB)
    found = find(str(root), [wrong, right], NO_CACHE)
    assert found[wrong].flaw is not None
    assert found[right] == look(root, "assets/a.epub")


def test_of_a_large_file_it_is_told_how_far_it_has_been_read(root: Path) -> None:
    path, size = root / "catalog/assets/a.epub", 100 * 1024**2
    os.truncate(path, size)
    heard: list[tuple[str, int, int]] = []
    mention = Mention("catalog", "assets/a.epub", Use.EPUB)
    find(str(root), [mention], NO_CACHE, lambda *how_far: heard.append(how_far))
    assert {(told, whole) for told, _, whole in heard} == {("catalog/assets/a.epub", size)}
    far = [read for _, read, _ in heard]
    assert far == sorted(set(far))
    assert far[-1] == size
    assert len(far) == 4


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a minute pass, so that no file has just changed."""
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now + 60 * 10**9)


def exchange(path: Path) -> None:
    """Write other bytes of the same size into a file, and set back its times, as a build that honours SOURCE_DATE_EPOCH does."""
    times = path.stat()
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"x")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns, path.stat().st_ino) == (times.st_size, times.st_mtime_ns, times.st_ino)


def test_a_file_is_read_once_until_it_changes(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = root / "catalog/assets/a.epub"
    later(monkeypatch)
    with open_cache({"CATALOGCTL_CACHE_DIR": str(tmp_path / "cache")}) as cache:
        first = look(root, "assets/a.epub", cache=cache).asset
        assert first is not None
        times = path.stat()
        stamp = FileStamp(str(path), times.st_size, times.st_mtime_ns, times.st_ctime_ns, times.st_ino)
        assert cache.sums([stamp])[stamp].sha256 == first.sha256
        # What is remembered of it is believed, so that it was not read.
        cache.remember_sums({stamp: Sum("0" * 64, "", "", "epub")})
        assert look(root, "assets/a.epub", cache=cache).asset == replace(first, sha256="0" * 64, sha1="", md5="")
        os.utime(path, ns=(10**18, 10**18 + 1))
        assert look(root, "assets/a.epub", cache=cache).asset == first


def test_other_bytes_of_the_same_size_and_times_are_seen(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = root / "catalog/assets/a.epub"
    os.utime(path, ns=(10**18, 10**18))
    later(monkeypatch)
    with open_cache({"CATALOGCTL_CACHE_DIR": str(tmp_path / "cache")}) as cache:
        first = look(root, "assets/a.epub", cache=cache).asset
        exchange(path)
        assert look(root, "assets/a.epub", cache=cache).asset != first


def test_a_file_that_has_just_changed_is_not_trusted_to_its_times(root: Path, tmp_path: Path) -> None:
    path = root / "catalog/assets/a.epub"
    os.utime(path, ns=(10**18, 10**18))
    times = path.stat()
    stamp = FileStamp(str(path), times.st_size, times.st_mtime_ns, times.st_ctime_ns, times.st_ino)
    with open_cache({"CATALOGCTL_CACHE_DIR": str(tmp_path / "cache")}) as cache:
        cache.remember_sums({stamp: Sum("0" * 64, "", "", "epub")})
        first = look(root, "assets/a.epub", cache=cache).asset
        assert first is not None
        assert first.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
