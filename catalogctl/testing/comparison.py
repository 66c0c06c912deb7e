"""Two things that should be the same, and words for how they are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import orjson

from catalogctl.model.value import canonical


def demand_same(what: str, asked: object, found: object) -> None:
    """Raise AssertionError, telling the difference, unless two things are equal."""
    if asked == found:
        return
    from deepdiff import DeepDiff

    difference = DeepDiff(asked, found, verbose_level=2, ignore_type_in_groups=[(dict, object)]).pretty() or f"- {asked!r}\n+ {found!r}"
    raise AssertionError(f"{what}: asked and found differ\n{difference}\n  asked: {asked!r}\n  found: {found!r}")


def demand_same_lines(what: str, asked: Iterable[str], found: Iterable[str]) -> None:
    """Raise AssertionError, naming what is missing and what is too many, unless two bags hold the same lines, in any order."""
    wanted, had = Counter(asked), Counter(found)
    if wanted == had:
        return
    missing = "".join(f"\n  - {line}" for line in sorted((wanted - had).elements()))
    extra = "".join(f"\n  + {line}" for line in sorted((had - wanted).elements()))
    raise AssertionError(f"{what}: these were asked for and not found (-), or found and not asked for (+){missing}{extra}")


def plain(value: object) -> Any:
    """Give a value as it is written down in state, for telling differences."""
    return orjson.loads(canonical(value))
