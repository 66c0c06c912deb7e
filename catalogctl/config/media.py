"""What can be shown of a local file without opening it: a small picture of a cover, the running time of a recording."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import os
from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import Final

from catalogctl.config.assets import sniff
from catalogctl.config.git import earlier_version
from catalogctl.model.asset import Asset
from catalogctl.model.picture import Picture, Preview

_BOX: Final = (112, 160)
"""Pixels that a small picture fits into."""
_QUALITY: Final = 72
_LARGEST_FILE: Final = 32_000_000
"""Bytes of an image, beyond which making a small one of it takes longer than anybody would wait."""
_LARGEST_RECORDING: Final = 100_000_000
"""Bytes of a recording, beyond which it is not taken out of the history."""
_LARGEST_IMAGE: Final = 80_000_000
"""Pixels of an image, beyond which it is taken for one that is made to fill the memory."""
_AS_IT_IS: Final = 24_000
"""Bytes up to which an image is small enough to be shown itself, where Pillow is not installed."""
_SEARCHES: Final = 200
"""Covers and recordings that are looked for in the history of one project."""
_FORMATS: Final = {"jpeg": "image/jpeg", "png": "image/png"}
_RECORDINGS: Final = frozenset({"mp3", "mp4"})
_HEAD: Final = 1024
"""Bytes by which a file is known for what it is."""


class Media:
    """The local files of one project, and what there is to see and hear of them.

    A file is shown only where its bytes have the digest that the asset has: what was recorded of a store is found again by its digest,
    wherever the file lies by now, or in the history of the one that took its place.
    """

    def __init__(self, root: Path | None, assets: Iterable[Asset] = ()) -> None:
        self._root = None if root is None else Path(os.path.realpath(root))
        self._places: Mapping[str, str] = {
            asset.sha256: asset.location for asset in assets if asset.sha256 and asset.location and asset.is_local
        }
        self._pictures: dict[str, Picture | None] = {}
        self._seconds: dict[str, float | None] = {}
        self._searches = _SEARCHES

    def preview(self, asset: Asset, successor: Asset | None = None) -> Preview:
        """Return what can be shown of a file.

        Shapes:  `successor` is the file that takes its place.
        """
        return Preview(self.picture(asset, successor), self.seconds(asset, successor))

    def picture(self, asset: Asset, successor: Asset | None = None) -> Picture | None:
        """Give a small picture of a cover; `None` where there is none to be had: a URL, another kind of file, one that is gone or damaged.

        Shapes:  `successor` is the file that takes its place.
        """
        if asset.sha256 not in self._pictures:
            data = self._bytes(asset) or self._history(asset, successor, _FORMATS, _LARGEST_FILE)
            kind = sniff(data[:_HEAD])
            self._pictures[asset.sha256] = _small(data, kind) if kind in _FORMATS else None
        return self._pictures[asset.sha256]

    def seconds(self, asset: Asset, successor: Asset | None = None) -> float | None:
        """Return how long a recording runs, in seconds; `None` where that cannot be determined.

        Shapes:  `successor` is the file that takes its place.
        """
        if asset.sha256 not in self._seconds:
            path = self._path(asset)
            if path is not None:
                self._seconds[asset.sha256] = _running_time(path) if _is_one_of(path, _RECORDINGS) else None
            else:
                data = self._history(asset, successor, _RECORDINGS, _LARGEST_RECORDING)
                self._seconds[asset.sha256] = _running_time(io.BytesIO(data)) if data else None
        return self._seconds[asset.sha256]

    def _path(self, asset: Asset) -> Path | None:
        location = self._places.get(asset.sha256, asset.location if asset.is_local else "")
        if self._root is None or not asset.sha256 or not location:
            return None
        path = Path(os.path.realpath(self._root / location))
        return path if path.is_relative_to(self._root) and path.is_file() else None

    def _bytes(self, asset: Asset) -> bytes:
        path = self._path(asset)
        try:
            if path is None or path.stat().st_size > _LARGEST_FILE:
                return b""
            data = path.read_bytes()
        except OSError:
            return b""
        return data if hashlib.sha256(data).hexdigest() == asset.sha256 else b""

    def _history(self, asset: Asset, successor: Asset | None, kinds: Container[str], largest: int) -> bytes:
        path = None if successor is None else self._path(successor)
        if self._root is None or successor is None or path is None or not asset.sha256 or not self._searches:
            return b""
        if not _is_one_of(path, kinds):
            return b""
        self._searches -= 1
        return earlier_version(self._root, successor.location, asset.sha256, largest)


def _is_one_of(path: Path, kinds: Container[str]) -> bool:
    try:
        with path.open("rb") as file:
            return sniff(file.read(_HEAD)) in kinds
    except OSError:
        return False


def _small(data: bytes, kind: str) -> Picture | None:
    if importlib.util.find_spec("PIL") is None:
        return Picture(_FORMATS[kind], data, 0, 0) if len(data) <= _AS_IT_IS else None
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
            if image.width * image.height > _LARGEST_IMAGE:
                return None
            image.draft("RGB", (2 * _BOX[0], 2 * _BOX[1]))
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except Exception:  # noqa: BLE001 -- whatever a damaged image makes of its reader: there is no picture to show
        return None
    upright.thumbnail(_BOX)
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    written = io.BytesIO()
    paper.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return Picture(_FORMATS["jpeg"], written.getvalue(), *paper.size)


def _running_time(recording: Path | io.BytesIO) -> float | None:
    if importlib.util.find_spec("tinytag") is None:
        return None
    from tinytag import TinyTag

    try:
        if isinstance(recording, Path):
            return TinyTag.get(recording, tags=False).duration
        return TinyTag.get(file_obj=recording, tags=False).duration
    except Exception:  # noqa: BLE001 -- whatever a damaged recording makes of its reader: there is no length to tell
        return None
