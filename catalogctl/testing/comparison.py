"""Two things that should be the same, and words for how they are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

_SHOWN: Final = 1000
"""Characters of a thing that are shown whole."""


def demand_same(what: str, asked: object, found: object) -> None:
    """Raise AssertionError, telling the difference, unless two things are equal."""
    if asked == found:
        return
    from deepdiff import DeepDiff

    difference = DeepDiff(asked, found, verbose_level=2).pretty()
    raise AssertionError(f"{what}: asked and found differ\n{difference}\n  asked: {_short(asked)}\n  found: {_short(found)}")


def demand_same_lines(what: str, asked: Iterable[str], found: Iterable[str]) -> None:
    """Raise AssertionError, naming what is missing and what is too many, unless two bags hold the same lines, in any order."""
    wanted, had = Counter(asked), Counter(found)
    if wanted == had:
        return
    missing = "".join(f"\n  - {line}" for line in sorted((wanted - had).elements()))
    extra = "".join(f"\n  + {line}" for line in sorted((had - wanted).elements()))
    raise AssertionError(f"{what}: these were asked for and not found (-), or found and not asked for (+){missing}{extra}")


def _short(thing: object) -> str:
    text = repr(thing)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
