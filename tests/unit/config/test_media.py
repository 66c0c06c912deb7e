"""Covers and recordings: what is shown of a local file, and when nothing is."""

from __future__ import annotations

import hashlib
import io
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from catalogctl.config.media import Media
from catalogctl.model.asset import Asset

SAMPLES = Path(__file__).parents[3] / "catalog" / "clasicos" / "assets"
RIBERA = SAMPLES.parents[1] / "ribera" / "assets"


def image(colour: str, size: tuple[int, int] = (600, 900), form: str = "JPEG") -> bytes:
    written = io.BytesIO()
    Image.new("RGB" if form == "JPEG" else "RGBA", size, colour).save(written, form)
    return written.getvalue()


def asset(root: Path, name: str, data: bytes) -> Asset:
    (root / name).write_bytes(data)
    return Asset(name, hashlib.sha256(data).hexdigest(), len(data))


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_cover_becomes_a_small_jpeg(tmp_path: Path, form: str) -> None:
    picture = Media(tmp_path).picture(asset(tmp_path, "cover", image("navy", form=form)))
    assert picture is not None
    assert (picture.media_type, picture.width, picture.height) == ("image/jpeg", 107, 160)
    with Image.open(io.BytesIO(picture.data)) as small:
        assert small.size == (107, 160)


def test_what_was_recorded_is_found_by_its_digest_wherever_it_lies(tmp_path: Path) -> None:
    there = asset(tmp_path, "moved.jpg", image("navy"))
    assert Media(tmp_path, [there]).picture(Asset("", sha256=there.sha256)) is not None
    assert Media(tmp_path).picture(Asset("", sha256=there.sha256)) is None


def test_what_was_replaced_under_its_name_is_found_in_the_history(tmp_path: Path) -> None:
    old = asset(tmp_path, "cover.jpg", image("navy"))
    for command in (["init", "--quiet"], ["add", "."], ["-c", "user.name=e", "-c", "user.email=e@example.com", "commit", "-qm", "1"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    new = asset(tmp_path, "cover.jpg", image("maroon"))
    media = Media(tmp_path, [new])
    assert media.picture(Asset("", sha256=old.sha256), new) == Media(tmp_path).picture(asset(tmp_path, "other.jpg", image("navy")))
    assert media.picture(Asset("", sha256="0" * 64), new) is None


def test_a_recording_that_was_replaced_tells_how_long_it_ran(tmp_path: Path) -> None:
    old, new = (SAMPLES / "memorias-postumas-de-bras-cubas.mp3").read_bytes(), (RIBERA / "doce-lunas-en-el-salar-01.mp3").read_bytes()
    before = asset(tmp_path, "a.mp3", old)
    for command in (["init", "--quiet"], ["add", "."], ["-c", "user.name=e", "-c", "user.email=e@example.com", "commit", "-qm", "1"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    after = asset(tmp_path, "a.mp3", new)
    media = Media(tmp_path, [after])
    ran, runs = media.seconds(Asset("", sha256=before.sha256), after), media.seconds(after)
    assert (ran or 0) > (runs or 0) > 1
    assert media.seconds(Asset("", sha256="0" * 64), after) is None


def test_without_a_history_there_is_no_old_picture(tmp_path: Path) -> None:
    new = asset(tmp_path, "cover.jpg", image("maroon"))
    assert Media(tmp_path, [new]).picture(Asset("", sha256="0" * 64), new) is None


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff\xe0 cut off", b"<html>", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40])
def test_what_is_no_image_has_no_picture(tmp_path: Path, data: bytes) -> None:
    assert Media(tmp_path).picture(asset(tmp_path, "cover.jpg", data)) is None


def test_a_file_that_is_another_by_now_is_not_shown(tmp_path: Path) -> None:
    planned = asset(tmp_path, "cover.jpg", image("navy"))
    (tmp_path / "cover.jpg").write_bytes(image("maroon"))
    assert Media(tmp_path).picture(planned) is None


def test_nothing_outside_the_project_is_shown(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    outside = asset(tmp_path, "cover.jpg", image("navy"))
    (inside / "link.jpg").symlink_to(tmp_path / "cover.jpg")
    for location in ("../cover.jpg", "link.jpg", str(tmp_path / "cover.jpg")):
        assert Media(inside).picture(Asset(location, outside.sha256)) is None


def test_a_url_has_no_picture() -> None:
    assert Media(Path()).picture(Asset("https://cdn.example.com/cover.jpg")) is None


def test_a_recording_tells_how_long_it_runs() -> None:
    data = (SAMPLES / "memorias-postumas-de-bras-cubas.mp3").read_bytes()
    there = Asset("memorias-postumas-de-bras-cubas.mp3", hashlib.sha256(data).hexdigest())
    seconds = Media(SAMPLES).seconds(there)
    assert seconds is not None
    assert 1 < seconds < 60


def test_what_is_no_recording_has_no_length(tmp_path: Path) -> None:
    assert Media(tmp_path).seconds(asset(tmp_path, "a.mp3", b"ID3 and nothing more")) in {None, 0.0}
    assert Media(tmp_path).seconds(asset(tmp_path, "a.jpg", image("navy"))) is None
