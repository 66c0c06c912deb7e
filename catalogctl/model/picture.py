"""What there is to see and hear of a file: a small picture of a cover, the running time of a recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Picture:
    """A small picture."""

    media_type: str
    data: bytes
    width: int
    """Pixels; 0 where it is not known."""
    height: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What can be shown of a file without opening it."""

    picture: Picture | None = None
    seconds: float | None = None
    """How long a recording runs."""


Previews: TypeAlias = Mapping[str, Preview]
"""By the SHA-256 of the file; one that is not at hand has none."""
