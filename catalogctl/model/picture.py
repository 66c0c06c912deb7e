"""A small picture, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """A small picture."""

    media_type: str
    data: bytes
    width: int
    """Pixels; 0 where it is not known."""
    height: int
