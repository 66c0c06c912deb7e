"""One track of an audiobook as the emulated store keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import cast

import orjson

from catalogctl.provider.emulation import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTrack:
    """Everything stored of one track but its place, which its content keeps; field names are the API's where it has one."""

    id: str
    """Decimal digits."""
    content_id: int
    title: str
    file: str | None = None
    """Path in the store's own storage; never shown."""
    file_url: str | None = None
    """Never shown."""
    duration: int | None = None
    """Seconds, as someone set them; None is what the file says."""
    size_in_kb: int | None = None
    """Kilobytes, as someone set them from behind; None is what the file says."""
    created_at: str
    """YYYY-MM-DD HH:MM:SS, UTC, as `updated_at`."""
    updated_at: str
    processing_since: float | None = None
    """Unix time at which its file arrived; None where it was processed long ago."""


_FIXED = frozenset({"id", "content_id"})
_EDITABLE = frozenset(item.name for item in fields(StoredTrack)) - _FIXED


def encode_track(track: StoredTrack) -> dict[str, Json]:
    """Return the track as JSON values."""
    return cast("dict[str, Json]", orjson.loads(orjson.dumps(track)))


def decode_track(values: Mapping[str, Json]) -> StoredTrack:
    """Rebuild a track from `encode_track`'s JSON values."""
    return StoredTrack(**values)  # type: ignore[arg-type]  # the values are `encode_track`'s own


def edited_track(track: StoredTrack, changes: Mapping[str, object]) -> StoredTrack:
    """Change a track without any of the API's rules; a new file is processed at once.

    Raises:  ValueError for a field that a track has not; its order is its content's.
    """
    for key in changes:
        if key in _FIXED:
            raise ValueError(f"{key} cannot be edited")
        if key not in _EDITABLE:
            raise ValueError(f"a track has no {key}")
    new_file = {name: changes.get(name) for name in ("file", "file_url")} if changes.keys() & {"file", "file_url"} else {}
    measured = {"duration": None, "size_in_kb": None, "processing_since": None} if new_file else {}
    return replace(track, **{**measured, **new_file, **changes})  # type: ignore[arg-type]  # a test's own values, kept as given
