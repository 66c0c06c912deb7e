"""Which version of the files something was made from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of git, and whether the files are just as in it."""

    id: str
    """As git names it, 40 hex digits or 64."""
    edited: bool
    """Whether the files are otherwise than in that commit."""
